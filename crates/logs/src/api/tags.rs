//! Tags of log groups, by the operations for any resource and by the older ones for groups.

use std::collections::BTreeMap;

use aws_api::logs as model;
use aws_core::Caller;

use super::{change_group, find_group, name_of_identifier, resource};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::sentences;

/// AWS: "You can associate as many as 50 tags with a CloudWatch Logs resource."
const TAGS_MAX: usize = 50;

pub(crate) async fn tag_resource(
    logs: &Logs,
    caller: &Caller,
    input: model::TagResourceRequest,
) -> Result<model::TagResourceResponse, Failure> {
    let name = group_of(caller, input.resource_arn)?;
    let too_many = || {
        Failure(model::Error::too_many_tags_exception(
            sentences::TOO_MANY_TAGS,
        ))
    };
    add(
        logs,
        caller,
        &name,
        input.tags.unwrap_or_default(),
        too_many,
    )
    .await?;
    Ok(model::TagResourceResponse {})
}

pub(crate) async fn tag_log_group(
    logs: &Logs,
    caller: &Caller,
    input: model::TagLogGroupRequest,
) -> Result<model::TagLogGroupResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    let too_many = || invalid(sentences::TOO_MANY_TAGS);
    add(
        logs,
        caller,
        &name,
        input.tags.unwrap_or_default(),
        too_many,
    )
    .await?;
    Ok(model::TagLogGroupResponse {})
}

pub(crate) async fn untag_resource(
    logs: &Logs,
    caller: &Caller,
    input: model::UntagResourceRequest,
) -> Result<model::UntagResourceResponse, Failure> {
    let name = group_of(caller, input.resource_arn)?;
    remove(logs, caller, &name, &input.tag_keys.unwrap_or_default()).await?;
    Ok(model::UntagResourceResponse {})
}

pub(crate) async fn untag_log_group(
    logs: &Logs,
    caller: &Caller,
    input: model::UntagLogGroupRequest,
) -> Result<model::UntagLogGroupResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    remove(logs, caller, &name, &input.tags.unwrap_or_default()).await?;
    Ok(model::UntagLogGroupResponse {})
}

pub(crate) async fn list_for_resource(
    logs: &Logs,
    caller: &Caller,
    input: model::ListTagsForResourceRequest,
) -> Result<model::ListTagsForResourceResponse, Failure> {
    let name = group_of(caller, input.resource_arn)?;
    let tags = Some(list(logs, caller, &name)?);
    Ok(model::ListTagsForResourceResponse { tags })
}

pub(crate) async fn list_log_group(
    logs: &Logs,
    caller: &Caller,
    input: model::ListTagsLogGroupRequest,
) -> Result<model::ListTagsLogGroupResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    let tags = Some(list(logs, caller, &name)?);
    Ok(model::ListTagsLogGroupResponse { tags })
}

/// Refuses tags that are AWS's own.
pub(crate) fn check(tags: &BTreeMap<String, String>) -> Result<(), Failure> {
    let is_reserved = |key: &String| key.to_ascii_lowercase().starts_with("aws:");
    if tags.keys().any(is_reserved) {
        return Err(invalid(sentences::TAG_KEY_RESERVED));
    }
    Ok(())
}

/// The group that an ARN names.
fn group_of(caller: &Caller, arn: Option<String>) -> Result<String, Failure> {
    let arn = arn.unwrap_or_default();
    if !arn.starts_with("arn:") {
        return Err(invalid(sentences::ARN_INVALID));
    }
    name_of_identifier(caller, &arn)
}

async fn add(
    logs: &Logs,
    caller: &Caller,
    name: &str,
    tags: BTreeMap<String, String>,
    too_many: impl Fn() -> Failure,
) -> Result<(), Failure> {
    caller.authorise(&resource(caller, name, ""))?;
    check(&tags)?;
    change_group(logs, caller, name, |group| {
        group.tags.extend(tags.clone());
        if group.tags.len() > TAGS_MAX {
            return Err(too_many());
        }
        Ok(())
    })
    .await
}

async fn remove(logs: &Logs, caller: &Caller, name: &str, keys: &[String]) -> Result<(), Failure> {
    caller.authorise(&resource(caller, name, ""))?;
    change_group(logs, caller, name, |group| {
        group.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await
}

fn list(logs: &Logs, caller: &Caller, name: &str) -> Result<BTreeMap<String, String>, Failure> {
    caller.authorise(&resource(caller, name, ""))?;
    Ok(find_group(logs, caller, name)?.tags)
}
