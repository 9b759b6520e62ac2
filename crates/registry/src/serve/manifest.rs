//! Manifests and indexes, by tag and by digest (OCI Distribution 1.1, "Pulling manifests",
//! "Pushing manifests" and "Deleting").

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderName, Method, Response, StatusCode};
use hyper::body::Body as _;

use super::{Asking, CONTENT_DIGEST, Gathered, gather, respond};
use crate::limits::MANIFEST_MAX_BYTES;
use crate::manifest::Manifest;
use crate::refusal::Refusal;
use crate::registry::{Body, Inbound, empty};
use crate::{Digest, ManifestEntry, Reference, RegistryError};

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
    let bytes = receive(body).await?;
    let digest = Digest::of(&bytes);
    if let Reference::Digest(said) = &reference
        && *said != digest
    {
        return Err(Refusal::manifest_digest(&asking.repository, said));
    }
    let manifest = Manifest::read(&bytes, asking.header(CONTENT_TYPE))
        .map_err(|fault| Refusal::manifest_invalid(&fault))?;
    let image_bytes = if manifest.manifests.is_empty() {
        blobs_size(asking, &manifest).await?
    } else {
        greatest_image(asking, &manifest).await?
    };
    keep(asking, &digest, &bytes).await?;
    let entry = ManifestEntry {
        digest,
        media_type: manifest.media_type,
        manifest_bytes: bytes.len() as u64,
        image_bytes,
        artifact_media_type: manifest.artifact_media_type,
        subject: manifest.subject,
        manifests: manifest.manifests,
        pushed_at: registry.clock.now(),
    };
    let tag = match &reference {
        Reference::Tag(tag) => Some(tag.as_str()),
        Reference::Digest(_) => None,
    };
    registry
        .catalogue
        .put_manifest(&asking.repository, &entry, tag)
        .await
        .map_err(|error| Refusal::from_catalogue(error, &asking.repository, tag))?;
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

async fn receive(body: &mut Inbound) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::too_large("manifest", MANIFEST_MAX_BYTES as u64);
    if body.size_hint().lower() > MANIFEST_MAX_BYTES as u64 {
        return Err(too_large());
    }
    match gather(body, MANIFEST_MAX_BYTES + 1).await {
        Gathered::Last(bytes) => Ok(bytes),
        Gathered::Some(_) => Err(too_large()),
        Gathered::Broken(_) => Err(Refusal::body_cut_off()),
    }
}

/// The size of an image's blobs together; all must be in the repository, and as large as the
/// manifest says.
async fn blobs_size(asking: &Asking<'_>, manifest: &Manifest) -> Result<u64, Refusal> {
    let mut missing = Vec::new();
    let mut total: u64 = 0;
    // One blob may be several layers.
    let mut known = BTreeMap::new();
    for (digest, said) in &manifest.blobs {
        let found = match known.get(digest) {
            Some(found) => *found,
            None => {
                let catalogue = &asking.registry.catalogue;
                let found = catalogue
                    .blob(&asking.repository, digest)
                    .await
                    .map_err(|error| asking.refusal(error))?;
                known.insert(digest, found);
                if found.is_none() {
                    missing.push(digest.clone());
                }
                found
            }
        };
        match found {
            Some(bytes) if bytes != *said => {
                return Err(Refusal::blob_size(digest, *said, bytes));
            }
            Some(bytes) => total = total.saturating_add(bytes),
            None => {}
        }
    }
    if missing.is_empty() {
        Ok(total)
    } else {
        Err(Refusal::blobs_unknown(
            &asking.repository,
            "Layers",
            &missing,
        ))
    }
}

/// The size of the largest image of an index; all must be in the repository.
async fn greatest_image(asking: &Asking<'_>, manifest: &Manifest) -> Result<u64, Refusal> {
    let mut missing = Vec::new();
    let mut greatest = 0;
    for digest in &manifest.manifests {
        let reference = Reference::Digest(digest.clone());
        let found = asking
            .registry
            .catalogue
            .manifest(&asking.repository, &reference)
            .await
            .map_err(|error| asking.refusal(error))?;
        match found {
            Some(entry) => greatest = greatest.max(entry.image_bytes),
            None => missing.push(digest.clone()),
        }
    }
    if missing.is_empty() {
        Ok(greatest)
    } else {
        Err(Refusal::blobs_unknown(
            &asking.repository,
            "Images",
            &missing,
        ))
    }
}

/// Writes the manifest's bytes among the blobs.
async fn keep(asking: &Asking<'_>, digest: &Digest, bytes: &Bytes) -> Result<(), Refusal> {
    let registry = asking.registry;
    if registry.blobs.size(digest).await? == Some(bytes.len() as u64) {
        return Ok(());
    }
    let mut staging = registry.blobs.stage(&registry.random.uuid()).await?;
    staging.append(bytes.clone()).await?;
    staging.finish(digest).await?;
    Ok(())
}

/// The bytes of a manifest that is recorded.
pub(super) async fn bytes(asking: &Asking<'_>, entry: &ManifestEntry) -> Result<Bytes, Refusal> {
    use http_body_util::BodyExt as _;
    let blobs = &asking.registry.blobs;
    let lost = || RegistryError::Lost {
        digest: entry.digest.to_string(),
    };
    let blob = blobs.read(&entry.digest, 0, entry.manifest_bytes).await?;
    let mut body = blob.ok_or_else(lost)?.body;
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame.map_err(|_| lost())?.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes.freeze())
}
