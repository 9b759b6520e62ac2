//! The tags of a repository, page by page (OCI Distribution 1.1, "Listing tags").

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, LINK};
use serde::Serialize;

use super::{Asking, respond};
use crate::is_tag;
use crate::limits::TAGS_PAGE_MAX;
use crate::refusal::Refusal;
use crate::registry::{Body, full};

#[derive(Serialize)]
struct TagList<'a> {
    name: &'a str,
    tags: &'a [String],
}

/// GET of the tags.
pub(crate) async fn list(asking: &Asking<'_>) -> Result<Response<Body>, Refusal> {
    let most = match asking.parameter("n") {
        None => TAGS_PAGE_MAX,
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| Refusal::query_invalid("'n' is a number of tags."))?
            .min(TAGS_PAGE_MAX),
    };
    let after = asking.parameter("last").filter(|last| !last.is_empty());
    if after.as_deref().is_some_and(|last| !is_tag(last)) {
        return Err(Refusal::query_invalid(
            "'last' is a tag of an earlier page.",
        ));
    }
    let mut tags = asking
        .registry
        .catalogue
        .tags(&asking.repository, after.as_deref(), most + 1)
        .await
        .map_err(|error| asking.refusal(error))?;
    let more = tags.len() > most;
    tags.truncate(most);
    let list = TagList {
        name: &asking.repository.name,
        tags: &tags,
    };
    let bytes = serde_json::to_vec(&list).unwrap_or_default();
    let mut response = Response::builder().header(CONTENT_TYPE, "application/json");
    if more && let Some(last) = tags.last() {
        let address = asking.location(&format!("tags/list?n={most}&last={last}"));
        response = response.header(LINK, format!("<{address}>; rel=\"next\""));
    }
    Ok(respond(response, full(Bytes::from(bytes))))
}
