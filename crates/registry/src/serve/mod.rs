//! The endpoints: a file a kind of thing.

pub(crate) mod blob;
mod gather;
pub(crate) mod manifest;
pub(crate) mod referrers;
pub(crate) mod tags;
pub(crate) mod upload;

use http::header::AsHeaderName;
use http::request::Parts;
use http::response::Builder;
use http::{HeaderName, Response, StatusCode};

use crate::refusal::Refusal;
use crate::registry::Body;
use crate::{CatalogueError, PushFault, Registry, Repository};

/// The digest of what is sent (OCI Distribution 1.1, "Pulling manifests").
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// A request of somebody who may make it.
pub(crate) struct Asking<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) head: &'a Parts,
    pub(crate) repository: Repository,
}

impl Asking<'_> {
    /// A parameter of the query.
    fn parameter(&self, name: &str) -> Option<String> {
        let query = self.head.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A header's value, where it is text.
    fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// What a client is told of a failure of the catalogue.
    fn refusal(&self, error: CatalogueError) -> Refusal {
        Refusal::from_catalogue(error, &self.repository, None)
    }

    /// What a client is told of a step of a push that was not done.
    fn fault(&self, fault: PushFault) -> Refusal {
        Refusal::from_fault(fault, &self.repository, None)
    }

    /// The address of something of the repository.
    fn location(&self, rest: &str) -> String {
        format!("/v2/{}/{rest}", self.repository.name)
    }
}

/// Puts a response together out of what is known to be good.
fn respond(builder: Builder, body: Body) -> Response<Body> {
    builder.body(body).unwrap_or_else(|error| {
        tracing::error!(%error, "a response could not be put together");
        let mut response = Response::new(crate::registry::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
