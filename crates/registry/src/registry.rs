//! A request's way: who asks, what about, and who answers.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Random};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, EXPECT, HOST};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Empty, Full};
use tokio::sync::Semaphore;

use crate::leases::Leases;
use crate::limits::{
    CREDENTIALS_MAX_BYTES, DISCARD_MAX_SECONDS, DISCARDED_BYTES_MAX, MANIFEST_PIECE_BYTES,
    MANIFESTS_MAX_BYTES, UNNAMED_GRACE_SECONDS,
};
use crate::refusal::Refusal;
use crate::route::{Nowhere, Part, Target, target};
use crate::serve::{Asking, blob, manifest, referrers, tags, upload};
use crate::uploads::Uploads;
use crate::{
    BlobError, BlobStore, Catalogue, DiskBlobs, Grant, Repository, Right, TokenRefusal, Tokens,
};

/// The body of every response.
pub type Body = BoxBody<Bytes, io::Error>;
/// The body of a request, as the rest of the crate reads it.
pub(crate) type Inbound = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// Clients know a registry by this header (Docker Registry HTTP API V2, "API Version Check").
const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");
/// The parameter of a blob's address that stands for a password (`Tokens::verify_link`).
pub const LINK_PARAMETER: &str = "link";
/// Longer than any host name with a port (RFC 1035 section 2.3.4).
const HOST_MAX_BYTES: usize = 262;

/// An image registry.
pub struct Registry {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) catalogue: Arc<dyn Catalogue>,
    tokens: Arc<dyn Tokens>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) uploads: Uploads,
    /// How many pieces of manifests may be in memory.
    pub(crate) manifest_pieces: Arc<Semaphore>,
    pub(crate) leases: Leases,
    /// Shared with everybody who keeps blobs from being deleted.
    pub(crate) kept: Arc<()>,
}

/// Keeps the collector from deleting blobs for as long as it lives.
pub struct BlobsKept {
    _kept: Arc<()>,
}

impl Registry {
    /// A registry with its blobs in the folder `dir`, which is made if need be and belongs to
    /// this process alone.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(
        dir: &Path,
        catalogue: Arc<dyn Catalogue>,
        tokens: Arc<dyn Tokens>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, BlobError> {
        let blobs = Arc::new(DiskBlobs::open(dir)?);
        Ok(Self::new(blobs, catalogue, tokens, clock, random))
    }

    /// A registry over a blob store.
    #[must_use]
    pub fn new(
        blobs: Arc<dyn BlobStore>,
        catalogue: Arc<dyn Catalogue>,
        tokens: Arc<dyn Tokens>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            blobs,
            catalogue,
            tokens,
            leases: Leases::new(
                Arc::clone(&clock),
                Duration::from_secs(UNNAMED_GRACE_SECONDS),
            ),
            clock,
            random,
            uploads: Uploads::default(),
            manifest_pieces: Arc::new(Semaphore::new(MANIFESTS_MAX_BYTES / MANIFEST_PIECE_BYTES)),
            kept: Arc::default(),
        }
    }

    /// Keeps every blob that is named now, or later, until what this returns is dropped: for whoever
    /// copies records and blobs one after the other. A deletion that goes on is of a blob that nothing
    /// names and that is claimed, so nothing can name it before it is gone.
    #[must_use]
    pub fn keep_blobs(&self) -> BlobsKept {
        BlobsKept {
            _kept: Arc::clone(&self.kept),
        }
    }

    /// The same registry with another grace than [`UNNAMED_GRACE_SECONDS`] for what no manifest
    /// names.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.leases = Leases::new(Arc::clone(&self.clock), grace);
        self
    }

    /// Answers one request.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let mut body: Inbound = body.map_err(Into::into).boxed_unsync();
        let mut response = match self.answer(&head, &mut body).await {
            Ok(response) => response,
            Err(refusal) => {
                // Who asks first sends no body to a refusal, unless it is begun to be read.
                if !head.headers.contains_key(EXPECT) {
                    discard(&mut body).await;
                }
                refusal.into_response()
            }
        };
        let version = HeaderValue::from_static("registry/2.0");
        response.headers_mut().insert(API_VERSION, version);
        response
    }

    async fn answer(&self, head: &Parts, body: &mut Inbound) -> Result<Response<Body>, Refusal> {
        if let Some(link) = link(head) {
            return self.answer_link(head, &link).await;
        }
        let grant = self.authenticate(head)?;
        let (name, part) = match target(head.uri.path()) {
            Ok(Target::Repository { name, part }) => (name, part),
            Ok(Target::Base) if matches!(head.method, Method::GET | Method::HEAD) => {
                return Ok(Response::new(full(Bytes::from_static(b"{}"))));
            }
            Ok(Target::Base) => return Err(unsupported(head)),
            Err(Nowhere::Name) => return Err(Refusal::name_invalid()),
            Err(Nowhere::Endpoint) => return Err(Refusal::nothing_here()),
        };
        let asking = Asking {
            registry: self,
            head,
            repository: Repository {
                account: grant.account.clone(),
                region: grant.region.clone(),
                name: name.to_owned(),
            },
        };
        let pushes = |action: &str| match grant.right {
            Right::Push => Ok(()),
            Right::Pull => Err(Refusal::may_not(
                &grant.principal,
                action,
                &asking.repository,
            )),
        };
        match (part, &head.method) {
            (Part::Blob(digest), &Method::GET | &Method::HEAD) => blob::read(&asking, digest).await,
            (Part::Uploads, &Method::POST) => {
                pushes("InitiateLayerUpload")?;
                upload::begin(&asking, body).await
            }
            (Part::Upload(id), &Method::PATCH) => {
                pushes("UploadLayerPart")?;
                upload::append(&asking, id, body).await
            }
            (Part::Upload(id), &Method::PUT) => {
                pushes("CompleteLayerUpload")?;
                upload::finish(&asking, id, body).await
            }
            (Part::Upload(id), &Method::GET) => {
                pushes("UploadLayerPart")?;
                upload::status(&asking, id).await
            }
            (Part::Upload(id), &Method::DELETE) => {
                pushes("UploadLayerPart")?;
                upload::cancel(&asking, id).await
            }
            (Part::Manifest(reference), &Method::GET | &Method::HEAD) => {
                manifest::read(&asking, reference).await
            }
            (Part::Manifest(reference), &Method::PUT) => {
                pushes("PutImage")?;
                manifest::put(&asking, reference, body).await
            }
            (Part::Manifest(reference), &Method::DELETE) => {
                pushes("BatchDeleteImage")?;
                manifest::delete(&asking, reference).await
            }
            (Part::Tags, &Method::GET) => tags::list(&asking).await,
            (Part::Referrers(digest), &Method::GET) => referrers::list(&asking, digest).await,
            _ => Err(unsupported(head)),
        }
    }

    /// Answers whoever has a link to a blob, and no password.
    async fn answer_link(&self, head: &Parts, link: &str) -> Result<Response<Body>, Refusal> {
        let grant = match self.tokens.verify_link(link) {
            Ok(grant) => grant,
            Err(TokenRefusal::Expired) => return Err(Refusal::link_expired()),
            Err(TokenRefusal::Invalid) => return Err(Refusal::link_invalid()),
        };
        let of_this = matches!(
            target(head.uri.path()),
            Ok(Target::Repository { name, part: Part::Blob(digest) })
                if name == grant.repository.name && digest == grant.digest.as_str()
        );
        if !of_this || !matches!(head.method, Method::GET | Method::HEAD) {
            return Err(Refusal::link_invalid());
        }
        let asking = Asking {
            registry: self,
            head,
            repository: grant.repository,
        };
        blob::read(&asking, grant.digest.as_str()).await
    }

    /// Who asks, by HTTP Basic (RFC 7617), and for which account and region.
    fn authenticate(&self, head: &Parts) -> Result<Grant, Refusal> {
        let host = host(head);
        let unauthorized = || Refusal::unauthorized(host.unwrap_or("longshore"));
        let (username, password) = credentials(head).ok_or_else(unauthorized)?;
        let grant = match self.tokens.verify(&username, &password) {
            Ok(grant) => grant,
            Err(TokenRefusal::Expired) => return Err(Refusal::expired()),
            Err(TokenRefusal::Invalid) => return Err(unauthorized()),
        };
        match host.and_then(private_registry) {
            Some((account, region))
                if account != grant.account.as_str() || region != grant.region.as_str() =>
            {
                Err(Refusal::elsewhere())
            }
            _ => Ok(grant),
        }
    }
}

/// The link that a request has in place of a password.
fn link(head: &Parts) -> Option<String> {
    if head.headers.contains_key(AUTHORIZATION) {
        return None;
    }
    form_urlencoded::parse(head.uri.query()?.as_bytes())
        .find(|(key, _)| key == LINK_PARAMETER)
        .map(|(_, value)| value.into_owned())
}

fn unsupported(head: &Parts) -> Refusal {
    Refusal::unsupported(&format!("{} of this address", head.method))
}

/// The host that is asked, without anything that could not be in a header's quotes.
fn host(head: &Parts) -> Option<&str> {
    let named = head
        .uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| head.headers.get(HOST)?.to_str().ok())?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (named.len() <= HOST_MAX_BYTES && named.bytes().all(plain)).then_some(named)
}

/// Account and region of `<account>.dkr.ecr.<region>.amazonaws.com`, with or without a port.
fn private_registry(host: &str) -> Option<(&str, &str)> {
    let name = host.split_once(':').map_or(host, |(name, _port)| name);
    let (account, rest) = name.split_once(".dkr.ecr.")?;
    let region = rest.strip_suffix(".amazonaws.com")?;
    Some((account, region))
}

fn credentials(head: &Parts) -> Option<(String, String)> {
    let value = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > CREDENTIALS_MAX_BYTES {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

/// Reads and throws away, within bounds, what the sender of a refused request still sends.
async fn discard(body: &mut Inbound) {
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > DISCARDED_BYTES_MAX {
                break;
            }
        }
    };
    // Either way the refusal is sent; at worst the connection is cut after it.
    let _ = tokio::time::timeout(Duration::from_secs(DISCARD_MAX_SECONDS), reading).await;
}

/// A body that is in memory.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// No body.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecr_host_names_say_account_and_region() {
        let registry = Some(("123456789012", "eu-west-1"));
        let host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        assert_eq!(private_registry(host), registry);
        assert_eq!(private_registry(&format!("{host}:4566")), registry);
        for other in ["127.0.0.1:4566", "localhost", "x.dkr.ecr.y.example.com"] {
            assert_eq!(private_registry(other), None, "{other}");
        }
    }

    #[test]
    fn only_basic_credentials_are_read() {
        let read = |value: &str| {
            let request = Request::get("/v2/").header(AUTHORIZATION, value);
            credentials(&request.body(()).unwrap().into_parts().0)
        };
        let basic = STANDARD.encode("AWS:a:b");
        assert_eq!(
            read(&format!("basic {basic}")),
            Some(("AWS".to_owned(), "a:b".to_owned()))
        );
        let long = STANDARD.encode(format!("AWS:{}", "x".repeat(CREDENTIALS_MAX_BYTES)));
        for other in [
            format!("Bearer {basic}"),
            "Basic".to_owned(),
            "Basic !".to_owned(),
            format!("Basic {}", STANDARD.encode("no colon")),
            format!("Basic {long}"),
        ] {
            assert_eq!(read(&other), None);
        }
    }
}
