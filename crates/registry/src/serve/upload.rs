//! Writing blobs: at once, in chunks, or by linking what another repository has (OCI Distribution
//! 1.1, "Pushing blobs").

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use http::{HeaderName, Response, StatusCode};
use hyper::body::Body as _;

use super::{Asking, CONTENT_DIGEST, Gathered, gather, respond};
use crate::limits::{LAYER_MAX_BYTES, WRITE_BYTES};
use crate::range::{chunk, uploaded};
use crate::refusal::Refusal;
use crate::registry::{Body, Inbound, empty};
use crate::uploads::Session;
use crate::{CatalogueError, Digest, Repository, Staging, is_repository_name};

/// The upload's id (Docker Registry HTTP API V2).
const UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// POST of uploads: begins one, or does all of it where the request says enough.
pub(crate) async fn begin(
    asking: &Asking<'_>,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    let registry = asking.registry;
    registry
        .catalogue
        .check(&asking.repository)
        .await
        .map_err(|error| asking.refusal(error))?;
    if let Some(digest) = asking.parameter("mount")
        && let Some(response) = mount(asking, &digest).await?
    {
        return Ok(response);
    }
    let digest = asking.parameter("digest");
    // Before anything is begun.
    let digest = digest.as_deref().map(parse).transpose()?;
    let id = registry.random.uuid();
    let now = registry.clock.monotonic();
    let session = registry
        .uploads
        .begin(&id, &asking.repository, now)
        .ok_or_else(Refusal::uploads_many)?;
    let staged = registry.blobs.stage(&id).await;
    match staged {
        Ok(staging) => *session.staging.lock().await = Some(staging),
        Err(error) => {
            registry.uploads.end(&id);
            return Err(error.into());
        }
    }
    match digest {
        None => Ok(under_way(asking, &id, &session, StatusCode::ACCEPTED)),
        Some(digest) => {
            let response = complete(asking, &id, &session, &digest, body).await;
            // Nobody knows its id, so nobody could go on with it.
            registry.uploads.end(&id);
            response
        }
    }
}

/// Links a blob that another repository of the same account and region has. None where it has
/// not, so that the client pushes it.
async fn mount(asking: &Asking<'_>, digest: &str) -> Result<Option<Response<Body>>, Refusal> {
    let digest = parse(digest)?;
    let Some(from) = asking.parameter("from") else {
        return Ok(None);
    };
    if !is_repository_name(&from) {
        return Err(Refusal::name_invalid());
    }
    let from = Repository {
        name: from,
        ..asking.repository.clone()
    };
    let registry = asking.registry;
    let found = match registry.catalogue.blob(&from, &digest).await {
        Ok(found) => found,
        Err(CatalogueError::RepositoryUnknown) => None,
        Err(error) => return Err(asking.refusal(error)),
    };
    let Some(bytes) = found else {
        return Ok(None);
    };
    link(asking, &digest, bytes).await.map(Some)
}

/// PATCH of an upload: adds bytes.
pub(crate) async fn append(
    asking: &Asking<'_>,
    id: &str,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    let session = find(asking, id)?;
    write(asking, id, &session, body).await?;
    Ok(under_way(asking, id, &session, StatusCode::ACCEPTED))
}

/// PUT of an upload: adds what bytes there are, and makes it a blob.
pub(crate) async fn finish(
    asking: &Asking<'_>,
    id: &str,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    let digest = asking.parameter("digest").ok_or_else(|| {
        Refusal::upload_invalid("An upload is finished with its digest as a parameter.")
    })?;
    let digest = parse(&digest)?;
    let session = find(asking, id)?;
    complete(asking, id, &session, &digest, body).await
}

/// GET of an upload: how far it is.
pub(crate) fn status(asking: &Asking<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let session = find(asking, id)?;
    Ok(under_way(asking, id, &session, StatusCode::NO_CONTENT))
}

/// DELETE of an upload: gives it up.
pub(crate) fn cancel(asking: &Asking<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    find(asking, id)?;
    asking.registry.uploads.end(id);
    let response = Response::builder().status(StatusCode::NO_CONTENT);
    Ok(respond(response, empty()))
}

fn parse(digest: &str) -> Result<Digest, Refusal> {
    digest.parse().map_err(|_| Refusal::digest_invalid())
}

fn find(asking: &Asking<'_>, id: &str) -> Result<Arc<Session>, Refusal> {
    asking
        .registry
        .uploads
        .find(id, &asking.repository)
        .ok_or_else(Refusal::upload_unknown)
}

fn location(asking: &Asking<'_>, id: &str) -> String {
    asking.location(&format!("blobs/uploads/{id}"))
}

fn under_way(
    asking: &Asking<'_>,
    id: &str,
    session: &Session,
    status: StatusCode,
) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header(LOCATION, location(asking, id))
        .header(RANGE, uploaded(session.length()))
        .header(UPLOAD_ID, id);
    respond(response, empty())
}

/// Adds the body to the upload.
async fn write(
    asking: &Asking<'_>,
    id: &str,
    session: &Session,
    body: &mut Inbound,
) -> Result<(), Refusal> {
    let mut staging = session
        .staging
        .try_lock()
        .map_err(|_| Refusal::upload_busy())?;
    let staging = staging.as_mut().ok_or_else(Refusal::upload_unknown)?;
    let before = staging.length();
    let announced = match asking.header(CONTENT_RANGE) {
        None => None,
        Some(header) => {
            let (start, length) = chunk(header).ok_or_else(|| {
                Refusal::upload_invalid("The Content-Range is not of the form <first>-<last>.")
            })?;
            if start != before {
                let location = location(asking, id);
                return Err(Refusal::out_of_order(&location, uploaded(before)));
            }
            let declared = asking.header(CONTENT_LENGTH);
            if declared.is_some_and(|declared| declared.parse() != Ok(length)) {
                return Err(Refusal::size_invalid());
            }
            Some(length)
        }
    };
    let received = receive(asking, session, &mut **staging, body).await;
    match received {
        Ok(()) if announced.is_none_or(|length| staging.length() - before == length) => Ok(()),
        // More or less than was said is in the file now, and the digest has gone over it.
        Ok(()) => {
            asking.registry.uploads.end(id);
            Err(Refusal::size_invalid())
        }
        Err(refusal) => Err(refusal),
    }
}

async fn receive(
    asking: &Asking<'_>,
    session: &Session,
    staging: &mut dyn Staging,
    body: &mut Inbound,
) -> Result<(), Refusal> {
    let too_large = || Refusal::too_large("layer", LAYER_MAX_BYTES);
    if staging.length().saturating_add(body.size_hint().lower()) > LAYER_MAX_BYTES {
        return Err(too_large());
    }
    loop {
        let gathered = gather(body, WRITE_BYTES).await;
        let (Gathered::Some(bytes) | Gathered::Last(bytes) | Gathered::Broken(bytes)) = &gathered;
        if staging.length().saturating_add(bytes.len() as u64) > LAYER_MAX_BYTES {
            return Err(too_large());
        }
        if !bytes.is_empty() {
            staging.append(bytes.clone()).await?;
            session.wrote(staging.length(), asking.registry.clock.monotonic());
        }
        match gathered {
            Gathered::Some(_) => {}
            Gathered::Last(_) => return Ok(()),
            Gathered::Broken(_) => return Err(Refusal::body_cut_off()),
        }
    }
}

/// Adds the body, makes the upload a blob, and links it.
async fn complete(
    asking: &Asking<'_>,
    id: &str,
    session: &Session,
    digest: &Digest,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    write(asking, id, session, body).await?;
    let staging = session
        .staging
        .try_lock()
        .map_err(|_| Refusal::upload_busy())?
        .take()
        .ok_or_else(Refusal::upload_unknown)?;
    // Good or not, it cannot be gone on with.
    asking.registry.uploads.end(id);
    let bytes = staging.length();
    staging.finish(digest).await?;
    link(asking, digest, bytes).await
}

async fn link(asking: &Asking<'_>, digest: &Digest, bytes: u64) -> Result<Response<Body>, Refusal> {
    asking
        .registry
        .catalogue
        .link_blob(&asking.repository, digest, bytes)
        .await
        .map_err(|error| asking.refusal(error))?;
    let response = Response::builder()
        .status(StatusCode::CREATED)
        .header(LOCATION, asking.location(&format!("blobs/{digest}")))
        .header(CONTENT_DIGEST, digest.as_str());
    Ok(respond(response, empty()))
}
