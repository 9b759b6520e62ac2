//! The gateway itself: what it is made of, and the way of a request through it.

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Random};
use aws_core::{Authoriser, Region, Service};
use aws_schema::ServiceSchema;
use aws_sign::{Claim, Keys, SigningKeys};
use http::header::HeaderName;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::admin;
use crate::buckets::Buckets;
use crate::limits::{Limits, PRINCIPALS_REMEMBERED_MAX};
use crate::listen::{Allowed, listen};
use crate::metrics::Metrics;
use crate::recognise::{Destination, Head, recognise};
use crate::route::{Body, Routes};

/// Carries the request's id, as AWS's services do.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// What a gateway is made of.
pub struct Parts {
    /// The services that are served.
    pub services: Vec<Arc<dyn Service>>,
    /// The access keys that may sign.
    pub keys: Arc<dyn Keys>,
    /// Who may do what.
    pub authoriser: Arc<dyn Authoriser>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where request ids come from.
    pub random: Arc<dyn Random>,
    /// The regions that are served; signatures for others are refused.
    pub regions: Vec<Region>,
    /// What answers requests that are not API calls.
    pub routes: Routes,
    /// The limits.
    pub limits: Limits,
    /// What is measured.
    pub metrics: Metrics,
}

/// One port for every service.
pub struct Gateway {
    pub(crate) services: Vec<Arc<dyn Service>>,
    pub(crate) schemas: Vec<&'static ServiceSchema>,
    pub(crate) keys: Arc<dyn Keys>,
    pub(crate) signing_keys: SigningKeys,
    pub(crate) authoriser: Arc<dyn Authoriser>,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pub(crate) regions: Vec<Region>,
    pub(crate) routes: Routes,
    pub(crate) limits: Limits,
    metrics: Metrics,
    pub(crate) buckets: Buckets,
    /// One permit a KiB of body in memory.
    pub(crate) buffers: Arc<Semaphore>,
    /// One permit a call under way.
    pub(crate) work: Arc<Semaphore>,
}

/// What a response is counted as.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) code: &'static str,
}

impl Gateway {
    /// Puts a gateway together.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let limits = parts.limits;
        Arc::new(Self {
            schemas: parts
                .services
                .iter()
                .map(|service| service.schema())
                .collect(),
            services: parts.services,
            keys: parts.keys,
            signing_keys: SigningKeys::default(),
            authoriser: parts.authoriser,
            clock: parts.clock,
            random: parts.random,
            regions: parts.regions,
            routes: parts.routes,
            metrics: parts.metrics,
            buckets: Buckets::new(
                limits.principal_requests_per_second,
                limits.principal_burst_requests,
                PRINCIPALS_REMEMBERED_MAX,
            ),
            buffers: Arc::new(Semaphore::new(kib(limits.buffered_bytes))),
            work: Arc::new(Semaphore::new(limits.work_in_flight)),
            limits,
        })
    }

    /// Serves every request on `listener` until `shutdown`; then lets those under way end, for at
    /// most [`crate::limits::SHUTDOWN_MAX_SECONDS`].
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let allowed = Allowed {
            connections: self.limits.connections,
            peer_connections: self.limits.peer_connections,
            head_read: self.limits.head_read,
            write_stall: self.limits.write_stall,
        };
        let metrics = self.metrics.clone();
        let accepted = move || metrics.connected();
        listen(listener, allowed, shutdown, accepted, move |request| {
            Arc::clone(&self).answer(request)
        })
        .await;
    }

    /// The way of one request.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        let started = self.clock.monotonic();
        let _in_flight = self.metrics.begin();
        let request_id = self.random.uuid();
        let claim = Claim::read(request.uri().query(), request.headers());
        let head = Head {
            method: request.method(),
            path: request.uri().path(),
            query: request.uri().query(),
            headers: request.headers(),
        };
        let scope = claim.as_ref().ok().map(|claim| &claim.scope);
        let (mut response, counted) = match recognise(&self.schemas, &head, scope) {
            Destination::Health => (admin::health(), counted("gateway", "Health", "OK")),
            Destination::Registry => self.registry(request).await,
            Destination::AgentSession(session) => {
                self.agent_session(session, claim, request, &request_id)
                    .await
            }
            Destination::Api(address) => {
                Arc::clone(&self)
                    .api(address, claim, request, &request_id)
                    .await
            }
        };
        if let Ok(value) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let took = self.took(started);
        self.metrics
            .answered(counted.service, counted.operation, counted.code, took);
        tracing::debug!(
            request_id,
            service = counted.service,
            operation = counted.operation,
            code = counted.code,
            status = response.status().as_u16(),
            took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    }

    fn took(&self, started: Duration) -> Duration {
        self.clock.monotonic().saturating_sub(started)
    }

    async fn registry(&self, request: Request<Incoming>) -> (Response<Body>, Counted) {
        match &self.routes.registry {
            Some(route) => {
                let response = route.handle(None, request).await;
                let code = status_class(response.status());
                (response, counted("registry", "Distribution", code))
            }
            None => {
                let text = "This endpoint serves no image registry.\n";
                let response = admin::text(StatusCode::NOT_FOUND, text);
                (response, counted("registry", "Distribution", "NotFound"))
            }
        }
    }
}

pub(crate) fn counted(
    service: &'static str,
    operation: &'static str,
    code: &'static str,
) -> Counted {
    Counted {
        service,
        operation,
        code,
    }
}

/// Bytes in whole KiB, at least one.
pub(crate) fn kib(bytes: usize) -> usize {
    bytes.div_ceil(1024).max(1)
}

/// What a route's response is counted as: routes have codes of their own that are not known here.
pub(crate) fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..400 => "OK",
        400..500 => "ClientError",
        _ => "ServerError",
    }
}
