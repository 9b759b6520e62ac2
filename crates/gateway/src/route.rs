//! What is not an API call: the image registry and the agents' websockets.

use std::io;
use std::sync::Arc;

use ambient::BoxFuture;
use aws_core::Caller;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

/// The body of every response on the port.
pub type Body = BoxBody<Bytes, io::Error>;

/// A body that is in memory already.
#[must_use]
pub fn full_body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed()
}

/// Answers requests that are not API calls. Its own limits on bodies and time are its business.
pub trait Route: Send + Sync {
    /// Answers one request.
    ///
    /// `caller` is there when the gateway has verified a signature: always for agent sessions,
    /// never for the registry, which has a password of its own. A websocket's request can be
    /// upgraded with `hyper::upgrade::on`.
    fn handle(
        &self,
        caller: Option<Caller>,
        request: Request<Incoming>,
    ) -> BoxFuture<'static, Response<Body>>;
}

/// The routes that are served; what is absent is answered as not found.
#[derive(Clone, Default)]
pub struct Routes {
    /// `/v2/` without an AWS signature: OCI Distribution.
    pub registry: Option<Arc<dyn Route>>,
    /// `/acs/ws` and `/tcs/ws`: the two websockets of an ECS agent.
    pub agent_sessions: Option<Arc<dyn Route>>,
}
