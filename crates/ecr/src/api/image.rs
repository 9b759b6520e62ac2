//! Images, as they are listed. A page reads as many records as it shows, and those that a filter
//! passes over.

use aws_api::ecr as model;
use aws_core::Caller;
use records::Key;
use records::ecr::{Image, ImageTag};
use registry::Reference;

use super::{Listing, alone, check_registry, find, place};
use crate::Ecr;
use crate::error::{Failure, from_catalogue, invalid};
use crate::sentences;

/// How many records are read at once where a filter passes over most.
const READ_AT_ONCE: usize = 1000;

/// An image and the tags that point at it.
struct Tagged {
    image: Image,
    tags: Vec<String>,
}

fn tagged(ecr: &Ecr, caller: &Caller, name: &str, image: Image) -> Result<Tagged, Failure> {
    let tags = ecr.catalogue.tags_of(&place(caller, name), &image);
    let tags = tags.map_err(|error| from_catalogue(error, caller, name, None))?;
    Ok(Tagged {
        image,
        tags: tags.into_iter().collect(),
    })
}

fn passes(tags: &[String], wanted: Option<&model::TagStatus>) -> bool {
    match wanted {
        Some(model::TagStatus::Tagged) => !tags.is_empty(),
        Some(model::TagStatus::Untagged) => tags.is_empty(),
        _ => true,
    }
}

/// Goes through the images that pass, in the order of their digests, those after `after` or, if
/// `included`, with it, until `take` says that it is enough.
fn walk(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    wanted: Option<&model::TagStatus>,
    (after, included): (Option<&str>, bool),
    mut take: impl FnMut(Tagged) -> bool,
) -> Result<(), Failure> {
    let (account, region) = (&caller.account, &caller.region);
    let key = |digest: &str| Image::key(account, region, name, digest);
    if included
        && let Some(digest) = after
        && let Some(stored) = ecr.records.get(&key(digest))?
    {
        let one = tagged(ecr, caller, name, stored.record)?;
        if passes(&one.tags, wanted) && !take(one) {
            return Ok(());
        }
    }
    let prefix = Image::prefix(account, region, name);
    let mut after = after.map(|digest| key(digest).bytes().clone());
    loop {
        let page = ecr.records.list(&prefix, after.as_ref(), READ_AT_ONCE)?;
        after = page.items.last().map(|stored| stored.key.clone());
        for stored in page.items {
            let one = tagged(ecr, caller, name, stored.record)?;
            if passes(&one.tags, wanted) && !take(one) {
                return Ok(());
            }
        }
        if !page.more {
            return Ok(());
        }
    }
}

/// The image that an id names. Where it names one by digest and by tag, both must be the same's.
pub(super) fn by_id(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    id: &model::ImageIdentifier,
) -> Result<Option<Image>, Failure> {
    let (account, region) = (&caller.account, &caller.region);
    let pointed = match &id.image_tag {
        None => None,
        Some(tag) => {
            let found = ecr
                .records
                .get(&ImageTag::key(account, region, name, tag))?;
            let Some(found) = found else {
                return Ok(None);
            };
            Some(found.record.digest)
        }
    };
    let digest = match (&id.image_digest, pointed) {
        (Some(said), Some(pointed)) if *said != pointed => return Ok(None),
        (Some(said), _) => said.clone(),
        (None, Some(pointed)) => pointed,
        (None, None) => return Ok(None),
    };
    let found = ecr
        .records
        .get(&Image::key(account, region, name, &digest))?;
    Ok(found.map(|stored| stored.record))
}

pub(crate) async fn describe(
    ecr: &Ecr,
    caller: &Caller,
    input: model::DescribeImagesRequest,
) -> Result<model::DescribeImagesResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let name = repository.name;
    let wanted = input
        .filter
        .as_ref()
        .and_then(|filter| filter.tag_status.as_ref());
    if let Some(ids) = &input.image_ids {
        alone(input.max_results, input.next_token.as_deref(), "imageIds")?;
        let mut details = Vec::with_capacity(ids.len());
        for id in ids {
            if id.image_digest.is_none() && id.image_tag.is_none() {
                return Err(invalid(sentences::IMAGE_ID_EMPTY));
            }
            let image = by_id(ecr, caller, &name, id)?;
            let image = image.ok_or_else(|| not_found(caller, &name, id))?;
            let one = tagged(ecr, caller, &name, image)?;
            if passes(&one.tags, wanted) {
                details.push(show(caller, &name, one));
            }
        }
        return Ok(model::DescribeImagesResponse {
            image_details: Some(details),
            next_token: None,
        });
    }
    let listing = Listing::new(
        caller,
        &input,
        input.max_results,
        input.next_token.as_deref(),
    )?;
    let mut found = Vec::new();
    let from = (listing.after.as_deref(), false);
    walk(ecr, caller, &name, wanted, from, |one| {
        found.push(one);
        found.len() <= listing.size
    })?;
    let next_token = listing.cut(&mut found, |one| one.image.digest.clone());
    let details = found.into_iter().map(|one| show(caller, &name, one));
    Ok(model::DescribeImagesResponse {
        image_details: Some(details.collect()),
        next_token,
    })
}

fn show(caller: &Caller, name: &str, one: Tagged) -> model::ImageDetail {
    let Tagged { image, tags } = one;
    model::ImageDetail {
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(name.to_owned()),
        image_digest: Some(image.digest),
        image_tags: Some(tags).filter(|tags| !tags.is_empty()),
        image_size_in_bytes: i64::try_from(image.blobs_size).ok(),
        image_pushed_at: Some(image.pushed_at),
        image_manifest_media_type: Some(image.media_type),
        artifact_media_type: image.artifact_media_type,
        subject_manifest_digest: image.subject,
        image_status: Some(model::ImageStatus::Active),
        ..model::ImageDetail::default()
    }
}

fn not_found(caller: &Caller, name: &str, id: &model::ImageIdentifier) -> Failure {
    let text = |value: &Option<String>| match value {
        Some(value) => format!("'{value}'"),
        None => "'null'".to_owned(),
    };
    let image = format!(
        "{{imageDigest:{}, imageTag:{}}}",
        text(&id.image_digest),
        text(&id.image_tag)
    );
    let sentence = sentences::image_not_found(&image, name, caller.account.as_str());
    Failure(model::Error::image_not_found_exception(sentence))
}

pub(crate) async fn list(
    ecr: &Ecr,
    caller: &Caller,
    input: model::ListImagesRequest,
) -> Result<model::ListImagesResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let wanted = input
        .filter
        .as_ref()
        .and_then(|filter| filter.tag_status.as_ref());
    let listing = Listing::new(
        caller,
        &input,
        input.max_results,
        input.next_token.as_deref(),
    )?;
    // A position is a digest and a tag of it: the page before may have ended between two tags.
    let after = listing.after.as_ref();
    let after = after.and_then(|position| position.split_once('/'));
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let from = (after.map(|(digest, _)| digest), true);
    walk(ecr, caller, &repository.name, wanted, from, |one| {
        let Tagged { image, tags } = one;
        let begun = after.filter(|(digest, _)| *digest == image.digest);
        if tags.is_empty() && begun.is_none() {
            found.push((image.digest, None));
        } else {
            let rest = tags
                .into_iter()
                .filter(|tag| begun.is_none_or(|(_, last)| tag.as_str() > last));
            found.extend(rest.map(|tag| (image.digest.clone(), Some(tag))));
        }
        found.len() <= listing.size
    })?;
    let next_token = listing.cut(&mut found, |(digest, tag)| {
        format!("{digest}/{}", tag.as_deref().unwrap_or_default())
    });
    let shown = found
        .into_iter()
        .map(|(digest, tag)| model::ImageIdentifier {
            image_digest: Some(digest),
            image_tag: tag,
        });
    Ok(model::ListImagesResponse {
        image_ids: Some(shown.collect()),
        next_token,
    })
}

/// The tags of an image, as an answer names each with its digest.
pub(super) fn identifiers(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    image: &Image,
) -> Result<Vec<model::ImageIdentifier>, Failure> {
    let tags = tagged(ecr, caller, name, image.clone())?.tags;
    let digest = || Some(image.digest.clone());
    if tags.is_empty() {
        return Ok(vec![model::ImageIdentifier {
            image_digest: digest(),
            image_tag: None,
        }]);
    }
    let each = tags.into_iter().map(|tag| model::ImageIdentifier {
        image_digest: digest(),
        image_tag: Some(tag),
    });
    Ok(each.collect())
}

/// Whether a tag is set to another image than the digest of the id says.
pub(super) fn differ(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    id: &model::ImageIdentifier,
) -> Result<bool, Failure> {
    let (Some(said), Some(tag)) = (&id.image_digest, &id.image_tag) else {
        return Ok(false);
    };
    let key = ImageTag::key(&caller.account, &caller.region, name, tag);
    let found = ecr.records.get(&key)?;
    Ok(found.is_some_and(|stored| stored.record.digest != *said))
}

/// Whether no tag points at an image any more.
pub(super) fn is_untagged(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    reference: &Reference,
) -> Result<bool, Failure> {
    let Reference::Digest(digest) = reference else {
        return Ok(false);
    };
    let key: Key<Image> = Image::key(&caller.account, &caller.region, name, digest.as_str());
    match ecr.records.get(&key)? {
        Some(stored) => Ok(tagged(ecr, caller, name, stored.record)?.tags.is_empty()),
        None => Ok(false),
    }
}
