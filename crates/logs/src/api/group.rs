//! CreateLogGroup and DescribeLogGroups.

use aws_api::logs as model;
use aws_core::Caller;
use aws_wire::page;
use records::logs::{LogGroup, LogGroupClass};

use super::walk::Walk;
use super::{
    DESCRIBE_MAX, find_group, listing, name_of_identifier, new_id, page_size, page_start, resource,
};
use super::{delete, tags};
use crate::Logs;
use crate::error::{Failure, invalid, not_supported};
use crate::sentences;

pub(crate) async fn create(
    logs: &Logs,
    caller: &Caller,
    input: model::CreateLogGroupRequest,
) -> Result<model::CreateLogGroupResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    caller.authorise(&resource(caller, &name, ""))?;
    if name.starts_with("aws/") {
        return Err(invalid(sentences::GROUP_NAME_RESERVED));
    }
    if input.kms_key_id.is_some_and(|key| !key.is_empty()) {
        return Err(not_supported("kmsKeyId of logs:CreateLogGroup"));
    }
    if input.deletion_protection_enabled == Some(true) {
        return Err(not_supported(
            "deletionProtectionEnabled of logs:CreateLogGroup",
        ));
    }
    match input.log_group_class {
        None | Some(model::LogGroupClass::Standard) => {}
        Some(other) => {
            return Err(not_supported(&format!(
                "logGroupClass {other} of logs:CreateLogGroup"
            )));
        }
    }
    let tags = input.tags.unwrap_or_default();
    tags::check(&tags)?;
    let group = LogGroup {
        id: new_id(logs),
        name,
        class: LogGroupClass::Standard,
        created_at: logs.clock.now(),
        tags,
        retention_days: None,
        deleting: false,
    };
    let key = LogGroup::key(&caller.account, &caller.region, &group.name);
    let change = |existing: Option<&LogGroup>| match existing {
        Some(group) if group.deleting => Err(delete::conflict()),
        Some(_) => Err(Failure(model::Error::resource_already_exists_exception(
            sentences::GROUP_EXISTS,
        ))),
        None => Ok(Some(group.clone())),
    };
    logs.records.change(&key, change).await?;
    Ok(model::CreateLogGroupResponse {})
}

pub(crate) async fn describe(
    logs: &Logs,
    caller: &Caller,
    input: model::DescribeLogGroupsRequest,
) -> Result<model::DescribeLogGroupsResponse, Failure> {
    // The resource that AWS's denials of this action name.
    caller.authorise(&resource(caller, "", ""))?;
    if input.include_linked_accounts == Some(true) {
        return Err(not_supported(
            "includeLinkedAccounts of logs:DescribeLogGroups",
        ));
    }
    if input
        .account_identifiers
        .as_ref()
        .is_some_and(|ids| !ids.is_empty())
    {
        return Err(not_supported(
            "accountIdentifiers of logs:DescribeLogGroups",
        ));
    }
    let size = page_size(input.limit, DESCRIBE_MAX);
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let prefix = given(input.log_group_name_prefix);
    let pattern = given(input.log_group_name_pattern);
    if prefix.is_some() && pattern.is_some() {
        return Err(invalid(sentences::PREFIX_AND_PATTERN));
    }
    let wanted = |group: &LogGroup| {
        let class = input
            .log_group_class
            .as_ref()
            .is_none_or(|class| *class == show_class(group.class));
        let named = prefix.as_ref().is_none_or(|it| group.name.starts_with(it));
        !group.deleting
            && class
            && named
            && pattern.as_ref().is_none_or(|it| group.name.contains(it))
    };

    let identifiers = input.log_group_identifiers.unwrap_or_default();
    let found = if identifiers.is_empty() {
        let all = LogGroup::prefix(&caller.account, &caller.region);
        let key = |name: &str| LogGroup::key(&caller.account, &caller.region, name);
        let walk = Walk {
            prefix: prefix.as_deref().unwrap_or_default(),
            after: start.as_deref(),
            most: size + 1,
        };
        walk.collect(logs, &all, key, wanted)?
    } else {
        let mut named = Vec::with_capacity(identifiers.len());
        for identifier in identifiers {
            let name = name_of_identifier(caller, &identifier)?;
            named.push(find_group(logs, caller, &name)?);
        }
        named.sort_by(|a, b| a.name.cmp(&b.name));
        named.dedup();
        let after = |group: &LogGroup| start.as_ref().is_none_or(|start| group.name > *start);
        named.retain(|group| wanted(group) && after(group));
        named
    };

    let more = found.len() > size;
    let mut shown = Vec::with_capacity(size.min(found.len()));
    let mut last = None;
    for group in found.into_iter().take(size) {
        let stored_bytes = logs.segments.stored_bytes(group.id).await?;
        shown.push(show(caller, &group, stored_bytes));
        last = Some(group.name);
    }
    Ok(model::DescribeLogGroupsResponse {
        log_groups: Some(shown),
        next_token: last
            .filter(|_| more)
            .map(|last| page::encode(&listing, last.as_bytes())),
    })
}

fn show_class(class: LogGroupClass) -> model::LogGroupClass {
    match class {
        LogGroupClass::Standard => model::LogGroupClass::Standard,
    }
}

fn show(caller: &Caller, group: &LogGroup, stored_bytes: u64) -> model::LogGroup {
    let arn = caller.arn("logs", &format!("log-group:{}", group.name));
    model::LogGroup {
        log_group_name: Some(group.name.clone()),
        arn: Some(format!("{arn}:*")),
        log_group_arn: Some(arn.to_string()),
        creation_time: Some(group.created_at.as_millis()),
        log_group_class: Some(show_class(group.class)),
        retention_in_days: group.retention_days.map(i32::from),
        metric_filter_count: Some(0),
        stored_bytes: Some(i64::try_from(stored_bytes).unwrap_or(i64::MAX)),
        deletion_protection_enabled: Some(false),
        ..model::LogGroup::default()
    }
}
