//! The operations, and what they share: naming a group, finding it, page sizes and tokens.

pub(crate) mod delete;
pub(crate) mod filter_events;
pub(crate) mod get_events;
pub(crate) mod group;
pub(crate) mod live_tail;
pub(crate) mod put_events;
pub(crate) mod retention;
pub(crate) mod stream;
pub(crate) mod tags;
#[cfg(test)]
mod tests;
mod walk;

use aws_api::logs::Error;
use aws_core::{Arn, Caller, Common, Principal};
use aws_schema::Shape;
use aws_wire::page;
use records::Stored;
use records::logs::{LogGroup, LogStream};

use crate::Logs;
use crate::error::{Failure, invalid};
use crate::segment::StreamRef;
use crate::sentences;

/// How many groups or streams are described at once, when not asked (AWS: "If you don't specify a
/// value, the default is up to 50 items").
const DESCRIBE_MAX: usize = 50;
/// How many events are given at once, when not asked (AWS: "up to 10,000 log events").
const EVENTS_MAX: usize = 10_000;
/// How often a transaction is tried while others change what it depends on.
const ATTEMPTS_MAX: usize = 16;

/// As many as asked for, within a limit.
fn page_size(asked: Option<i32>, most: usize) -> usize {
    asked
        .and_then(|asked| usize::try_from(asked).ok())
        .map_or(most, |asked| asked.clamp(1, most))
}

/// The list that a page token belongs to.
fn listing(caller: &Caller, input: &dyn Shape) -> page::Call {
    let scope = [caller.account.as_str(), caller.region.as_str()];
    page::Call::new(&caller.action, &scope, input)
}

/// Where a list goes on, from the token that an earlier page of the same list gave.
fn page_start(listing: &page::Call, token: Option<&str>) -> Result<Option<String>, Failure> {
    let read = |token| {
        let bytes = page::decode(listing, token).ok();
        bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| invalid(sentences::TOKEN_INVALID))
    };
    token.map(read).transpose()
}

/// The ARN that IAM knows a group by, as AWS's denials name it; with a stream where one is meant.
fn resource(caller: &Caller, group: &str, stream: &str) -> Arn {
    caller.arn("logs", &format!("log-group:{group}:log-stream:{stream}"))
}

/// The name of the group that a request names one way or the other.
fn group_name(
    caller: &Caller,
    name: Option<String>,
    identifier: Option<String>,
) -> Result<String, Failure> {
    match (name, identifier) {
        (Some(_), Some(_)) => Err(Failure::from(Common::Validation(
            sentences::NAME_AND_IDENTIFIER.to_owned(),
        ))),
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => name_of_identifier(caller, &identifier),
        (None, None) => Err(invalid(sentences::NO_NAME_NOR_IDENTIFIER)),
    }
}

/// The name of a group from its ARN, with or without `:*`, or from its name.
fn name_of_identifier(caller: &Caller, identifier: &str) -> Result<String, Failure> {
    if !identifier.starts_with("arn:") {
        return Ok(identifier.to_owned());
    }
    let not_found = not_found_group;
    let arn: Arn = identifier.parse().map_err(|_| not_found())?;
    let name = arn.resource.strip_prefix("log-group:");
    let name = name.map(|name| name.strip_suffix(":*").unwrap_or(name));
    let name = name
        .filter(|_| arn.service == "logs")
        .ok_or_else(not_found)?;
    if arn.account != caller.account.as_str() {
        caller.authorise(&arn)?;
        return Err(not_found());
    }
    if arn.region != caller.region.as_str() {
        return Err(not_found());
    }
    Ok(name.to_owned())
}

/// The group of that name. One that is being deleted is not there any more.
fn find_group(logs: &Logs, caller: &Caller, name: &str) -> Result<LogGroup, Failure> {
    Ok(find_stored_group(logs, caller, name)?.record)
}

/// The same, as it is stored.
fn find_stored_group(
    logs: &Logs,
    caller: &Caller,
    name: &str,
) -> Result<Stored<LogGroup>, Failure> {
    let key = LogGroup::key(&caller.account, &caller.region, name);
    let found = logs.records.get(&key)?;
    found
        .filter(|stored| !stored.record.deleting)
        .ok_or_else(not_found_group)
}

/// Changes the group of that name.
async fn change_group(
    logs: &Logs,
    caller: &Caller,
    name: &str,
    change: impl Fn(&mut LogGroup) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let key = LogGroup::key(&caller.account, &caller.region, name);
    let changed = |group: Option<&LogGroup>| {
        let before = group.filter(|group| !group.deleting);
        let before = before.ok_or_else(not_found_group)?;
        let mut after = before.clone();
        change(&mut after)?;
        Ok::<_, Failure>((after != *before).then_some(after))
    };
    logs.records.change(&key, changed).await?;
    Ok(())
}

fn not_found_group() -> Failure {
    Failure(Error::resource_not_found_exception(
        sentences::GROUP_NOT_FOUND,
    ))
}

fn not_found_stream() -> Failure {
    Failure(Error::resource_not_found_exception(
        sentences::STREAM_NOT_FOUND,
    ))
}

/// The stream of that name in a group.
fn find_stream(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    name: &str,
) -> Result<StreamRef, Failure> {
    let stream = find_stored_stream(logs, caller, group, name)?;
    Ok(reference(group, &stream))
}

/// The same, where the caller may write to it: a node to what it has made, or it could put words into
/// other nodes' tasks' mouths.
fn find_own_stream(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    name: &str,
) -> Result<StreamRef, Failure> {
    let stream = find_stored_stream(logs, caller, group, name)?;
    match node_of(caller) {
        Some(node) if stream.node.as_deref() != Some(node) => {
            let stream = resource(caller, &group.name, name);
            let sentence = sentences::stream_of_other_node(caller, &stream);
            Err(Failure::from(Common::AccessDenied(sentence)))
        }
        _ => Ok(reference(group, &stream)),
    }
}

fn find_stored_stream(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    name: &str,
) -> Result<LogStream, Failure> {
    let key = LogStream::key(&caller.account, &caller.region, &group.name, name);
    let found = logs.records.get(&key)?;
    found
        .map(|stored| stored.record)
        .ok_or_else(not_found_stream)
}

/// The node that calls, if it is one.
fn node_of(caller: &Caller) -> Option<&str> {
    match &caller.principal {
        Principal::Instance { instance_id, .. } => Some(instance_id),
        Principal::Root { .. } => None,
    }
}

fn reference(group: &LogGroup, stream: &LogStream) -> StreamRef {
    StreamRef {
        group: group.id,
        id: stream.id,
    }
}

/// A random id, never 0.
fn new_id(logs: &Logs) -> u64 {
    u64::from_le_bytes(logs.random.bytes()).max(1)
}

/// What AWS gives as the token of the next upload, and has ignored since 2023.
fn sequence_token(next_sequence: u64) -> String {
    format!("{next_sequence:056}")
}
