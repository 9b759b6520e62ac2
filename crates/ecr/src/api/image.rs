//! Images.

use std::collections::BTreeMap;

use aws_api::ecr as model;
use aws_core::Caller;
use records::Key;
use records::ecr::{Image, ImageTag};

use super::{alone, check_registry, find, paginate};
use crate::Ecr;
use crate::error::{Failure, invalid};
use crate::sentences;

/// An image and the tags that point at it.
struct Tagged {
    image: Image,
    tags: Vec<String>,
}

/// The images of a repository by digest, each with its tags.
fn images(ecr: &Ecr, caller: &Caller, name: &str) -> Result<Vec<Tagged>, Failure> {
    let (account, region) = (&caller.account, &caller.region);
    let mut tags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for stored in ecr.records.all(&ImageTag::prefix(account, region, name))? {
        let tag = Key::<ImageTag>::from_bytes(stored.key).last_part();
        tags.entry(stored.record.digest).or_default().push(tag);
    }
    let images = ecr.records.all(&Image::prefix(account, region, name))?;
    Ok(images
        .into_iter()
        .map(|stored| Tagged {
            tags: tags.remove(&stored.record.digest).unwrap_or_default(),
            image: stored.record,
        })
        .collect())
}

fn passes(tags: &[String], wanted: Option<&model::TagStatus>) -> bool {
    match wanted {
        Some(model::TagStatus::Tagged) => !tags.is_empty(),
        Some(model::TagStatus::Untagged) => tags.is_empty(),
        _ => true,
    }
}

pub(crate) async fn describe(
    ecr: &Ecr,
    caller: &Caller,
    input: model::DescribeImagesRequest,
) -> Result<model::DescribeImagesResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let all = images(ecr, caller, &repository.name)?;
    let show = |one: &Tagged| model::ImageDetail {
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(repository.name.clone()),
        image_digest: Some(one.image.digest.clone()),
        image_tags: Some(one.tags.clone()).filter(|tags| !tags.is_empty()),
        image_size_in_bytes: i64::try_from(one.image.blobs_size).ok(),
        image_pushed_at: Some(one.image.pushed_at),
        image_manifest_media_type: Some(one.image.media_type.clone()),
        artifact_media_type: one.image.artifact_media_type.clone(),
        subject_manifest_digest: one.image.subject.clone(),
        image_status: Some(model::ImageStatus::Active),
        ..model::ImageDetail::default()
    };
    if let Some(ids) = &input.image_ids {
        alone(input.max_results, input.next_token.as_deref(), "imageIds")?;
        let mut details = Vec::with_capacity(ids.len());
        for id in ids {
            if id.image_digest.is_none() && id.image_tag.is_none() {
                return Err(invalid(
                    "Invalid parameter at 'imageIds': a digest or a tag is needed",
                ));
            }
            let found = all.iter().find(|one| {
                let digest = id
                    .image_digest
                    .as_ref()
                    .is_none_or(|digest| *digest == one.image.digest);
                digest
                    && id
                        .image_tag
                        .as_ref()
                        .is_none_or(|tag| one.tags.contains(tag))
            });
            details.push(show(
                found.ok_or_else(|| not_found(caller, &repository.name, id))?,
            ));
        }
        return Ok(model::DescribeImagesResponse {
            image_details: Some(details),
            next_token: None,
        });
    }
    let wanted = input
        .filter
        .as_ref()
        .and_then(|filter| filter.tag_status.as_ref());
    let all = all
        .into_iter()
        .filter(|one| passes(&one.tags, wanted))
        .collect();
    let (page, next_token) = paginate(
        caller,
        &input,
        all,
        input.max_results,
        input.next_token.as_deref(),
        |one| one.image.digest.clone(),
    )?;
    Ok(model::DescribeImagesResponse {
        image_details: Some(page.iter().map(show).collect()),
        next_token,
    })
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
    let mut ids: Vec<(String, Option<String>)> = Vec::new();
    for one in images(ecr, caller, &repository.name)? {
        if !passes(&one.tags, wanted) {
            continue;
        }
        if one.tags.is_empty() {
            ids.push((one.image.digest, None));
        } else {
            ids.extend(
                one.tags
                    .into_iter()
                    .map(|tag| (one.image.digest.clone(), Some(tag))),
            );
        }
    }
    ids.sort();
    let position = |(digest, tag): &(String, Option<String>)| {
        format!("{digest}/{}", tag.as_deref().unwrap_or(""))
    };
    let (page, next_token) = paginate(
        caller,
        &input,
        ids,
        input.max_results,
        input.next_token.as_deref(),
        position,
    )?;
    let shown = page
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
