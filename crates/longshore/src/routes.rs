//! What the gateway hands on that is no API call.

use std::sync::Arc;

use ambient::BoxFuture;
use aws_core::Caller;
use ecs::SessionServer;
use ecs::session::Opening;
use gateway::{Body, Route, full_body};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use registry::Registry;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The websockets of agents.
pub(crate) struct AgentSessions(pub(crate) SessionServer);

impl Route for AgentSessions {
    fn handle(
        &self,
        caller: Option<Caller>,
        mut request: Request<Incoming>,
    ) -> BoxFuture<'static, Response<Body>> {
        let server = self.0.clone();
        Box::pin(async move {
            let Some(caller) = caller else {
                return refuse(StatusCode::FORBIDDEN, "the session is not signed");
            };
            if request.uri().path() != "/acs/ws" {
                return refuse(
                    StatusCode::NOT_FOUND,
                    "telemetry sessions are not supported yet",
                );
            }
            let query: Vec<(String, String)> =
                form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                    .into_owned()
                    .collect();
            let opening = match Opening::parse(&caller, &query) {
                Ok(opening) => opening,
                Err(error) => return refuse(StatusCode::FORBIDDEN, &error.to_string()),
            };
            let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY) else {
                return refuse(StatusCode::BAD_REQUEST, "this is no websocket's request");
            };
            let accept = derive_accept_key(key.as_bytes());
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                match upgrade.await {
                    Ok(stream) => {
                        if let Err(error) =
                            server.serve(TokioIo::new(stream), &caller, &opening).await
                        {
                            tracing::info!(node = %opening.node, %error, "an agent's session ended");
                        }
                    }
                    Err(error) => tracing::info!(%error, "an agent's session was not opened"),
                }
            });
            let mut response = Response::new(full_body(""));
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            if let Ok(accept) = HeaderValue::from_str(&accept) {
                headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
            }
            response
        })
    }
}

fn refuse(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = Response::new(full_body(message.to_owned()));
    *response.status_mut() = status;
    response
}

/// The image registry.
pub(crate) struct Images(pub(crate) Arc<Registry>);

impl Route for Images {
    fn handle(
        &self,
        _caller: Option<Caller>,
        request: Request<Incoming>,
    ) -> BoxFuture<'static, Response<Body>> {
        let registry = Arc::clone(&self.0);
        Box::pin(async move { registry.handle(request).await })
    }
}
