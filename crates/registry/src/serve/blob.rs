//! Reading blobs (OCI Distribution 1.1, "Pulling blobs").

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use http::{Method, Response, StatusCode};

use super::{Asking, CONTENT_DIGEST, respond};
use crate::range::{Asked, asked};
use crate::refusal::Refusal;
use crate::registry::{Body, empty};
use crate::{Digest, RegistryError};

/// GET and HEAD of a blob.
pub(crate) async fn read(asking: &Asking<'_>, digest: &str) -> Result<Response<Body>, Refusal> {
    let digest: Digest = digest.parse().map_err(|_| Refusal::digest_invalid())?;
    let registry = asking.registry;
    let linked = if asking.head.method == Method::HEAD {
        // A client that hears of it does not push it, so it must be there, and stay.
        let layer = registry.layer(&asking.repository, &digest).await;
        layer.map_err(|fault| asking.fault(fault))?
    } else {
        let linked = registry.catalogue.blob(&asking.repository, &digest).await;
        linked.map_err(|error| asking.refusal(error))?
    };
    let size = linked.ok_or_else(Refusal::blob_unknown)?;
    let response = Response::builder()
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_DIGEST, digest.as_str())
        .header(ACCEPT_RANGES, "bytes");
    if asking.head.method == Method::HEAD {
        return Ok(respond(response.header(CONTENT_LENGTH, size), empty()));
    }
    let (response, start, length) = match asked(asking.header(RANGE), size) {
        Asked::Whole => (response, 0, size),
        Asked::Part { start, length } => {
            let range = format!("bytes {start}-{}/{size}", start + length - 1);
            let response = response
                .status(StatusCode::PARTIAL_CONTENT)
                .header(CONTENT_RANGE, range);
            (response, start, length)
        }
        Asked::Unsatisfiable => return Err(Refusal::range_unsatisfiable(size)),
    };
    let blob = registry.blobs.read(&digest, start, length).await?;
    let blob = blob.ok_or_else(|| RegistryError::Lost {
        digest: digest.to_string(),
    })?;
    Ok(respond(response.header(CONTENT_LENGTH, length), blob.body))
}
