//! DeleteLogGroup and DeleteLogStream. Records go first, with a note of what is to be removed from
//! disk; then the events. Whatever is cut off in the middle, `crate::sweep` takes up again.

use aws_api::logs as model;
use aws_core::{AccountId, Caller, Common, Region};
use records::Committed;
use records::logs::{LogGroup, LogRemoval, LogStream};

use super::{ATTEMPTS_MAX, find_group, not_found_stream, resource};
use crate::Logs;
use crate::error::Failure;
use crate::segment::{Removed, StreamRef};
use crate::sentences;

/// How many streams go in one transaction; the store takes 128 operations.
const STREAMS_AT_ONCE: usize = 100;

pub(crate) async fn group(
    logs: &Logs,
    caller: &Caller,
    input: model::DeleteLogGroupRequest,
) -> Result<model::DeleteLogGroupResponse, Failure> {
    let name = input.log_group_name.unwrap_or_default();
    caller.authorise(&resource(caller, &name, ""))?;
    let key = LogGroup::key(&caller.account, &caller.region, &name);
    let change = |group: Option<&LogGroup>| match group {
        None => Err(super::not_found_group()),
        Some(group) if group.deleting => Err(conflict()),
        Some(group) => Ok(Some(LogGroup {
            deleting: true,
            ..group.clone()
        })),
    };
    let group = logs.records.change(&key, change).await?;
    if let Some(group) = group {
        // From here on it is decided; should this call end early, the sweep does the rest.
        logs.woken.notify_one();
        finish_group(logs, &caller.account, &caller.region, &group).await?;
    }
    Ok(model::DeleteLogGroupResponse {})
}

/// Deletes the streams of a group that is being deleted, then the group, then its events. Several
/// may do so at once.
pub(crate) async fn finish_group(
    logs: &Logs,
    account: &AccountId,
    region: &Region,
    group: &LogGroup,
) -> Result<(), Failure> {
    let removal = LogRemoval {
        group: group.id,
        stream: None,
    };
    let key = LogGroup::key(account, region, &group.name);
    for _ in 0..ATTEMPTS_MAX {
        let Some(stored) = logs.records.get(&key)? else {
            break;
        };
        if stored.record.id != group.id {
            break;
        }
        // No stream comes to a group that is being deleted.
        let streams = LogStream::prefix(account, region, &group.name);
        loop {
            let page = logs.records.list(&streams, None, STREAMS_AT_ONCE)?;
            if page.items.is_empty() {
                break;
            }
            let mut transaction = logs.records.transaction();
            transaction.expect(&stored);
            for stream in page.items {
                transaction.delete_any(&records::Key::<LogStream>::from_bytes(stream.key));
            }
            if transaction.commit().await? == Committed::Conflict {
                break;
            }
        }
        let mut transaction = logs.records.transaction();
        transaction.delete(&stored);
        transaction.create(&removal.key(), &removal)?;
        if let Committed::Yes(_) = transaction.commit().await? {
            break;
        }
    }
    finish_removal(logs, &removal).await
}

pub(crate) async fn stream(
    logs: &Logs,
    caller: &Caller,
    input: model::DeleteLogStreamRequest,
) -> Result<model::DeleteLogStreamResponse, Failure> {
    let group_name = input.log_group_name.unwrap_or_default();
    let name = input.log_stream_name.unwrap_or_default();
    caller.authorise(&resource(caller, &group_name, &name))?;
    for _ in 0..ATTEMPTS_MAX {
        let group = find_group(logs, caller, &group_name)?;
        let key = LogStream::key(&caller.account, &caller.region, &group.name, &name);
        let stored = logs.records.get(&key)?.ok_or_else(not_found_stream)?;
        let removal = LogRemoval {
            group: group.id,
            stream: Some(stored.record.id),
        };
        let mut transaction = logs.records.transaction();
        transaction.delete(&stored);
        transaction.create(&removal.key(), &removal)?;
        if let Committed::Yes(_) = transaction.commit().await? {
            logs.woken.notify_one();
            finish_removal(logs, &removal).await?;
            return Ok(model::DeleteLogStreamResponse {});
        }
    }
    Err(Failure::from(Common::Throttling(
        sentences::RATE_EXCEEDED.to_owned(),
    )))
}

/// Removes events from disk, and then the note that they are to be removed.
pub(crate) async fn finish_removal(logs: &Logs, removal: &LogRemoval) -> Result<(), Failure> {
    let removed = match removal.stream {
        None => Removed::Group(removal.group),
        Some(id) => Removed::Stream(StreamRef {
            group: removal.group,
            id,
        }),
    };
    logs.segments.remove(removed).await?;
    let mut transaction = logs.records.transaction();
    transaction.delete_any(&removal.key());
    transaction.commit().await?;
    Ok(())
}

/// Another is at it.
pub(crate) fn conflict() -> Failure {
    Failure(model::Error::operation_aborted_exception(
        sentences::CONFLICT,
    ))
}
