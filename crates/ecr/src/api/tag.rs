//! Tags of repositories themselves, which are no tags of images.

use std::collections::BTreeMap;

use aws_api::ecr as model;
use aws_core::{Arn, Caller};
use records::ecr::Repository;

use super::find;
use crate::Ecr;
use crate::error::{Failure, invalid};
use crate::sentences;

/// The AWS quota for tags of one repository.
const TAGS_MAX: usize = 50;
/// ECR API reference, `Tag`.
const TAG_KEY_MAX_CHARS: usize = 128;
const TAG_VALUE_MAX_CHARS: usize = 256;

/// Adds tags, each key once; a key that was there gets the new value.
pub(super) fn add(
    tags: &mut BTreeMap<String, String>,
    more: Vec<model::Tag>,
) -> Result<(), Failure> {
    let mut new = BTreeMap::new();
    for tag in more {
        let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        let allowed = (1..=TAG_KEY_MAX_CHARS).contains(&key.chars().count())
            && value.chars().count() <= TAG_VALUE_MAX_CHARS
            && !key.to_ascii_lowercase().starts_with("aws:")
            && !new.contains_key(&key);
        if !allowed {
            let sentence = sentences::invalid_tag(&key);
            return Err(Failure(model::Error::invalid_tag_parameter_exception(
                sentence,
            )));
        }
        new.insert(key, value);
    }
    tags.extend(new);
    if tags.len() > TAGS_MAX {
        let sentence = sentences::too_many_tags(TAGS_MAX);
        return Err(Failure(model::Error::too_many_tags_exception(sentence)));
    }
    Ok(())
}

/// The name of the caller's repository that an ARN names.
fn name(caller: &Caller, arn: Option<&str>) -> Result<String, Failure> {
    let parsed = arn.and_then(|arn| arn.parse::<Arn>().ok());
    let name = parsed
        .as_ref()
        .and_then(|arn| arn.resource_of_kind("repository"))
        .unwrap_or_default();
    let own = caller.arn("ecr", &format!("repository/{name}"));
    if name.is_empty() || parsed.as_ref() != Some(&own) {
        return Err(invalid(sentences::invalid_arn()));
    }
    Ok(name.to_owned())
}

async fn change(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    mut with: impl FnMut(&mut BTreeMap<String, String>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // Says what is wrong with the name, and whether the caller may.
    find(ecr, caller, Some(name))?;
    let key = Repository::key(&caller.account, &caller.region, name);
    let changed = ecr.records.change(&key, |before| {
        let Some(mut repository) = before.cloned() else {
            return Ok::<_, Failure>(None);
        };
        with(&mut repository.tags)?;
        Ok(Some(repository))
    });
    match changed.await? {
        Some(_) => Ok(()),
        // Deleted just now.
        None => find(ecr, caller, Some(name)).map(|_| ()),
    }
}

pub(crate) async fn tag(
    ecr: &Ecr,
    caller: &Caller,
    input: model::TagResourceRequest,
) -> Result<model::TagResourceResponse, Failure> {
    let name = name(caller, input.resource_arn.as_deref())?;
    let more = input.tags.unwrap_or_default();
    change(ecr, caller, &name, |tags| add(tags, more.clone())).await?;
    Ok(model::TagResourceResponse::default())
}

pub(crate) async fn untag(
    ecr: &Ecr,
    caller: &Caller,
    input: model::UntagResourceRequest,
) -> Result<model::UntagResourceResponse, Failure> {
    let name = name(caller, input.resource_arn.as_deref())?;
    let keys = input.tag_keys.unwrap_or_default();
    change(ecr, caller, &name, |tags| {
        tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(model::UntagResourceResponse::default())
}

pub(crate) async fn list(
    ecr: &Ecr,
    caller: &Caller,
    input: model::ListTagsForResourceRequest,
) -> Result<model::ListTagsForResourceResponse, Failure> {
    let name = name(caller, input.resource_arn.as_deref())?;
    let repository = find(ecr, caller, Some(&name))?;
    let tags = repository.tags.into_iter().map(|(key, value)| model::Tag {
        key: Some(key),
        value: Some(value),
    });
    Ok(model::ListTagsForResourceResponse {
        tags: Some(tags.collect()),
    })
}
