//! Writing blobs: at once, in chunks, or by linking what another repository has (OCI Distribution
//! 1.1, "Pushing blobs").

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use http::{HeaderName, Response, StatusCode};
use hyper::body::Body as _;

use super::gather::{Gathered, Gatherer};
use super::{Asking, CONTENT_DIGEST, respond};
use crate::limits::{LAYER_MAX_BYTES, WRITE_BYTES};
use crate::range::{chunk, uploaded};
use crate::refusal::Refusal;
use crate::registry::{Body, Inbound, empty};
use crate::uploads::{EndsWithRequest, Session};
use crate::{Digest, Repository, Staging, is_repository_name};

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
    let begun = registry.begin_session(&asking.repository).await;
    let (id, session) = begun.map_err(|fault| asking.fault(fault))?;
    match digest {
        None => Ok(under_way(asking, &id, &session, StatusCode::ACCEPTED)),
        Some(digest) => {
            let _ends = EndsWithRequest {
                uploads: &registry.uploads,
                session: &session,
            };
            complete(asking, &id, &session, &digest, body).await
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
    let mounted = asking
        .registry
        .mount(&from, &asking.repository, &digest)
        .await
        .map_err(|fault| asking.fault(fault))?;
    Ok(mounted.then(|| created(asking, &digest)))
}

/// PATCH of an upload: adds bytes.
pub(crate) async fn append(
    asking: &Asking<'_>,
    id: &str,
    body: &mut Inbound,
) -> Result<Response<Body>, Refusal> {
    let session = find(asking, id).await?;
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
    let session = find(asking, id).await?;
    complete(asking, id, &session, &digest, body).await
}

/// GET of an upload: how far it is.
pub(crate) async fn status(asking: &Asking<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let session = find(asking, id).await?;
    Ok(under_way(asking, id, &session, StatusCode::NO_CONTENT))
}

/// DELETE of an upload: gives it up.
pub(crate) async fn cancel(asking: &Asking<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let session = find(asking, id).await?;
    asking.registry.uploads.end(&session);
    let response = Response::builder().status(StatusCode::NO_CONTENT);
    Ok(respond(response, empty()))
}

fn parse(digest: &str) -> Result<Digest, Refusal> {
    digest.parse().map_err(|_| Refusal::digest_invalid())
}

async fn find(asking: &Asking<'_>, id: &str) -> Result<Arc<Session>, Refusal> {
    let found = asking.registry.session(&asking.repository, id).await;
    found.map_err(|fault| asking.fault(fault))
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
            asking.registry.uploads.end(session);
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
    let mut body = Gatherer::new(body, WRITE_BYTES);
    let mut gathered = body.next().await;
    loop {
        let (Gathered::Some(bytes) | Gathered::Last(bytes) | Gathered::Broken(bytes)) = &gathered;
        if staging.length().saturating_add(bytes.len() as u64) > LAYER_MAX_BYTES {
            return Err(too_large());
        }
        // The next bytes come in while these are hashed and written.
        let next = match &gathered {
            Gathered::Some(bytes) => {
                let written = staging.append(bytes.clone());
                let (written, next) = tokio::join!(written, body.next());
                written?;
                Some(next)
            }
            Gathered::Last(bytes) | Gathered::Broken(bytes) => {
                if !bytes.is_empty() {
                    staging.append(bytes.clone()).await?;
                }
                None
            }
        };
        session.wrote(staging.length(), asking.registry.clock.monotonic());
        match (gathered, next) {
            (Gathered::Some(bytes), Some(next)) => {
                body.take_back(bytes);
                gathered = next;
            }
            (Gathered::Broken(_), _) => return Err(Refusal::body_cut_off()),
            (_, _) => return Ok(()),
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
    let completed = asking
        .registry
        .complete(&asking.repository, session, digest)
        .await;
    completed.map_err(|fault| asking.fault(fault))?;
    Ok(created(asking, digest))
}

fn created(asking: &Asking<'_>, digest: &Digest) -> Response<Body> {
    let response = Response::builder()
        .status(StatusCode::CREATED)
        .header(LOCATION, asking.location(&format!("blobs/{digest}")))
        .header(CONTENT_DIGEST, digest.as_str());
    respond(response, empty())
}
