//! PutRetentionPolicy and DeleteRetentionPolicy. That events expire is everybody's to see at once;
//! `crate::sweep` takes them off the disk.

use std::time::Duration;

use ambient::Timestamp;
use aws_api::logs as model;
use aws_core::Caller;
use records::logs::LogGroup;

use super::{change_group, resource};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::sentences;

/// AWS: the values that `retentionInDays` can have (API reference, PutRetentionPolicy).
const DAYS: [u16; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];
const DAY_SECONDS: u64 = 24 * 60 * 60;

pub(crate) async fn put(
    logs: &Logs,
    caller: &Caller,
    input: model::PutRetentionPolicyRequest,
) -> Result<model::PutRetentionPolicyResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    caller.authorise(&resource(caller, &name, ""))?;
    let days = input
        .retention_in_days
        .and_then(|days| u16::try_from(days).ok())
        .filter(|days| DAYS.contains(days))
        .ok_or_else(|| invalid(sentences::RETENTION_INVALID))?;
    change_group(logs, caller, &name, |group| {
        group.retention_days = Some(days);
        Ok(())
    })
    .await?;
    logs.woken.notify_one();
    Ok(model::PutRetentionPolicyResponse {})
}

pub(crate) async fn delete(
    logs: &Logs,
    caller: &Caller,
    input: model::DeleteRetentionPolicyRequest,
) -> Result<model::DeleteRetentionPolicyResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    caller.authorise(&resource(caller, &name, ""))?;
    change_group(logs, caller, &name, |group| {
        group.retention_days = None;
        Ok(())
    })
    .await?;
    Ok(model::DeleteRetentionPolicyResponse {})
}

/// Events of the group from before this time have expired, ms since the epoch.
pub(crate) fn cutoff(group: &LogGroup, now: Timestamp) -> i64 {
    group.retention_days.map_or(0, |days| {
        let kept = Duration::from_secs(u64::from(days) * DAY_SECONDS);
        let kept = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
        now.as_millis().saturating_sub(kept).max(0)
    })
}
