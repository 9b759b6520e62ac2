//! Manifests and indexes, by tag and by digest (OCI Distribution 1.1, "Pulling manifests",
//! "Pushing manifests" and "Deleting").

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderName, Method, Response, StatusCode};
use hyper::body::Body as _;
use tokio::sync::OwnedSemaphorePermit;

use super::gather::{Gathered, Gatherer};
use super::{Asking, CONTENT_DIGEST, respond};
use crate::limits::{MANIFEST_MAX_BYTES, MANIFEST_PIECE_BYTES};
use crate::refusal::Refusal;
use crate::registry::{Body, Inbound, empty};
use crate::{ManifestEntry, ManifestPush, Reference, Registry, RegistryError};

/// Says that the subject was understood (OCI Distribution 1.1, "Pushing manifests with subject").
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

fn parse(reference: &str) -> Result<Reference, Refusal> {
    Reference::parse(reference).ok_or_else(Refusal::reference_invalid)
}

async fn find(asking: &Asking<'_>, reference: &Reference) -> Result<ManifestEntry, Refusal> {
    let catalogue = &asking.registry.catalogue;
    let found = catalogue
        .manifest(&asking.repository, reference)
        .await
        .map_err(|error| asking.refusal(error))?;
    found.ok_or_else(|| Refusal::manifest_unknown(&asking.repository, reference))
}

/// GET and HEAD of a manifest. It is sent as it was pushed, whatever the client says it accepts.
pub(crate) async fn read(asking: &Asking<'_>, reference: &str) -> Result<Response<Body>, Refusal> {
    let entry = find(asking, &parse(reference)?).await?;
    let response = Response::builder()
        .header(CONTENT_TYPE, entry.media_type.as_str())
        .header(CONTENT_LENGTH, entry.manifest_bytes)
        .header(CONTENT_DIGEST, entry.digest.as_str());
    if asking.head.method == Method::HEAD {
        return Ok(respond(response, empty()));
    }
    let blobs = &asking.registry.blobs;
    let blob = blobs.read(&entry.digest, 0, entry.manifest_bytes).await?;
    let blob = blob.ok_or_else(|| RegistryError::Lost {
        digest: entry.digest.to_string(),
    })?;
    Ok(respond(response, blob.body))
}

/// PUT of a manifest.
pub(crate) async fn put(
    asking: &Asking<'_>,
    reference: &str,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    let reference = parse(reference)?;
    let registry = asking.registry;
    registry
        .catalogue
        .check(&asking.repository)
        .await
        .map_err(|error| asking.refusal(error))?;
    let (bytes, _room) = receive(registry, body).await?;
    let (digest, tag) = match &reference {
        Reference::Digest(digest) => (Some(digest), None),
        Reference::Tag(tag) => (None, Some(tag.as_str())),
    };
    let push = ManifestPush {
        bytes: &bytes,
        media_type: asking.header(CONTENT_TYPE),
        digest,
        tag,
    };
    let (entry, _) = registry
        .put_manifest(&asking.repository, &push)
        .await
        .map_err(|fault| Refusal::from_fault(fault, &asking.repository, tag))?;
    let mut response = Response::builder()
        .status(StatusCode::CREATED)
        .header(
            LOCATION,
            asking.location(&format!("manifests/{}", entry.digest)),
        )
        .header(CONTENT_DIGEST, entry.digest.as_str());
    if let Some(subject) = &entry.subject {
        response = response.header(SUBJECT, subject.as_str());
    }
    Ok(respond(response, empty()))
}

/// DELETE of a tag, or of a manifest with all its tags.
pub(crate) async fn delete(
    asking: &Asking<'_>,
    reference: &str,
) -> Result<Response<Body>, Refusal> {
    let reference = parse(reference)?;
    let deleted = asking
        .registry
        .catalogue
        .delete_manifest(&asking.repository, &reference)
        .await
        .map_err(|error| asking.refusal(error))?;
    if !deleted {
        return Err(Refusal::manifest_unknown(&asking.repository, &reference));
    }
    let response = Response::builder().status(StatusCode::ACCEPTED);
    Ok(respond(response, empty()))
}

/// A manifest, and the room that it takes of what all may; taken as it arrives.
async fn receive(
    registry: &Registry,
    body: &mut Inbound,
) -> Result<(Bytes, Vec<OwnedSemaphorePermit>), Refusal> {
    let too_large = || Refusal::too_large("manifest", MANIFEST_MAX_BYTES as u64);
    if body.size_hint().lower() > MANIFEST_MAX_BYTES as u64 {
        return Err(too_large());
    }
    let (mut all, mut room) = (BytesMut::new(), Vec::new());
    let mut pieces = Gatherer::new(body, MANIFEST_PIECE_BYTES);
    loop {
        let piece = pieces.next().await;
        let (Gathered::Some(bytes) | Gathered::Last(bytes) | Gathered::Broken(bytes)) = &piece;
        if all.len() + bytes.len() > MANIFEST_MAX_BYTES {
            return Err(too_large());
        }
        let piece_room = Arc::clone(&registry.manifest_pieces).try_acquire_owned();
        room.push(piece_room.map_err(|_| Refusal::manifests_many())?);
        all.extend_from_slice(bytes);
        match piece {
            Gathered::Some(bytes) => pieces.take_back(bytes),
            Gathered::Last(_) => return Ok((all.freeze(), room)),
            Gathered::Broken(_) => return Err(Refusal::body_cut_off()),
        }
    }
}
