//! The admin address: metrics and health, for operators; it belongs on loopback.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use crate::limits::{ADMIN_CONNECTIONS_MAX, HEAD_READ_MAX_SECONDS, WRITE_STALL_MAX_SECONDS};
use crate::listen::{Allowed, listen};
use crate::route::{Body, full_body};

/// Content type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves `/metrics` and `/health` on `listener` until `shutdown`.
pub async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let allowed = Allowed {
        connections: ADMIN_CONNECTIONS_MAX,
        // It belongs on loopback, where all are one peer.
        peer_connections: ADMIN_CONNECTIONS_MAX,
        head_read: Duration::from_secs(HEAD_READ_MAX_SECONDS),
        write_stall: Duration::from_secs(WRITE_STALL_MAX_SECONDS),
    };
    listen(
        listener,
        allowed,
        shutdown,
        || {},
        move |request| {
            let answer = answer(&request, &registry);
            async move { answer }
        },
    )
    .await;
}

fn answer(request: &Request<Incoming>, registry: &Registry) -> Response<Body> {
    if request.method() != Method::GET {
        let mut response = text(
            StatusCode::METHOD_NOT_ALLOWED,
            "Only GET is answered here.\n",
        );
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET"));
        return response;
    }
    match request.uri().path() {
        "/health" => health(),
        "/metrics" => {
            let mut out = String::new();
            match encode(&mut out, registry) {
                Ok(()) => with_type(StatusCode::OK, OPEN_METRICS, out),
                Err(error) => {
                    tracing::error!(%error, "cannot write the metrics");
                    text(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "The metrics cannot be written.\n",
                    )
                }
            }
        }
        _ => text(StatusCode::NOT_FOUND, "Here are /metrics and /health.\n"),
    }
}

/// "Yes, I am here."
pub(crate) fn health() -> Response<Body> {
    with_type(
        StatusCode::OK,
        "application/json",
        "{\"status\":\"ok\"}\n".to_owned(),
    )
}

pub(crate) fn text(status: StatusCode, body: &str) -> Response<Body> {
    with_type(status, "text/plain; charset=utf-8", body.to_owned())
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(full_body(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
