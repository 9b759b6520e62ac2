//! What refers to a manifest: signatures, bills of materials and their like (OCI Distribution
//! 1.1, "Listing referrers").

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LINK};
use http::{HeaderName, Response};

use super::{Asking, respond};
use crate::Digest;
use crate::limits::{MANIFEST_MAX_BYTES, REFERRERS_PAGE_MAX};
use crate::manifest::{OCI_INDEX, Referrer, ReferrersIndex, annotations};
use crate::refusal::Refusal;
use crate::registry::{Body, full};

/// Says that `artifactType` was heeded.
const FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");

/// GET of the referrers of a digest, which need not be there itself.
pub(crate) async fn list(asking: &Asking<'_>, digest: &str) -> Result<Response<Body>, Refusal> {
    let parse = |text: &str| {
        text.parse::<Digest>()
            .map_err(|_| Refusal::digest_invalid())
    };
    let subject = parse(digest)?;
    let after = asking.parameter("last").as_deref().map(parse).transpose()?;
    let wanted = asking.parameter("artifactType");
    let entries = asking
        .registry
        .catalogue
        .referrers(
            &asking.repository,
            &subject,
            after.as_ref(),
            REFERRERS_PAGE_MAX + 1,
        )
        .await
        .map_err(|error| asking.refusal(error))?;
    let mut manifests = Vec::new();
    let mut read = 0;
    let mut last = None;
    let mut more = false;
    for (index, entry) in entries.iter().enumerate() {
        // What is read bounds what is sent, for annotations come from there.
        if index >= REFERRERS_PAGE_MAX || read >= MANIFEST_MAX_BYTES {
            more = true;
            break;
        }
        last = Some(&entry.digest);
        if wanted.is_some() && entry.artifact_media_type != wanted {
            continue;
        }
        let bytes = asking.registry.manifest_bytes(entry).await;
        let bytes = bytes.map_err(|fault| asking.fault(fault))?;
        read += bytes.len();
        manifests.push(Referrer {
            media_type: entry.media_type.clone(),
            digest: entry.digest.to_string(),
            size: entry.manifest_bytes,
            artifact_type: entry.artifact_media_type.clone(),
            annotations: annotations(&bytes),
        });
    }
    let bytes = serde_json::to_vec(&ReferrersIndex::of(manifests)).unwrap_or_default();
    let mut response = Response::builder().header(CONTENT_TYPE, OCI_INDEX);
    if wanted.is_some() {
        response = response.header(FILTERS, "artifactType");
    }
    if more && let Some(last) = last {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("last", last.as_str());
        if let Some(wanted) = &wanted {
            query.append_pair("artifactType", wanted);
        }
        let address = asking.location(&format!("referrers/{subject}?{}", query.finish()));
        response = response.header(LINK, format!("<{address}>; rel=\"next\""));
    }
    Ok(respond(response, full(Bytes::from(bytes))))
}
