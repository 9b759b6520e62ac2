//! CreateLogStream and DescribeLogStreams.

use aws_api::logs as model;
use aws_core::{Caller, Common};
use aws_wire::page;
use records::Committed;
use records::logs::{LogGroup, LogStream};

use super::walk::Walk;
use super::{
    ATTEMPTS_MAX, DESCRIBE_MAX, find_group, find_stored_group, group_name, listing, new_id,
    node_of, page_size, page_start, reference, resource, sequence_token,
};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::segment::{StreamRef, Tail};
use crate::sentences;

pub(crate) async fn create(
    logs: &Logs,
    caller: &Caller,
    input: model::CreateLogStreamRequest,
) -> Result<model::CreateLogStreamResponse, Failure> {
    let group_name = input.log_group_name.unwrap_or_default();
    let name = input.log_stream_name.unwrap_or_default();
    caller.authorise(&resource(caller, &group_name, &name))?;
    // Conflicts tell only that something changed; each round says what, or tries again.
    for _ in 0..ATTEMPTS_MAX {
        let stored = find_stored_group(logs, caller, &group_name)?;
        let group = &stored.record;
        let key = LogStream::key(&caller.account, &caller.region, &group.name, &name);
        if logs.records.get(&key)?.is_some() {
            return Err(Failure(model::Error::resource_already_exists_exception(
                sentences::STREAM_EXISTS,
            )));
        }
        let stream = LogStream {
            id: new_id(logs),
            group: group.name.clone(),
            name: name.clone(),
            created_at: logs.clock.now(),
            node: node_of(caller).map(str::to_owned),
        };
        let mut transaction = logs.records.transaction();
        // As it is: none is made in a group that is being deleted meanwhile.
        transaction.expect(&stored);
        transaction.create(&key, &stream)?;
        if let Committed::Yes(_) = transaction.commit().await? {
            logs.segments.add_to_index(reference(group, &stream), &name);
            return Ok(model::CreateLogStreamResponse {});
        }
    }
    Err(Failure::from(Common::Throttling(
        sentences::RATE_EXCEEDED.to_owned(),
    )))
}

pub(crate) async fn describe(
    logs: &Logs,
    caller: &Caller,
    input: model::DescribeLogStreamsRequest,
) -> Result<model::DescribeLogStreamsResponse, Failure> {
    let size = page_size(input.limit, DESCRIBE_MAX);
    let listing = listing(caller, &input);
    let name = group_name(caller, input.log_group_name, input.log_group_identifier)?;
    caller.authorise(&resource(caller, &name, ""))?;
    let start = page_start(&listing, input.next_token.as_deref())?;
    let by_time = input.order_by == Some(model::OrderBy::LastEventTime);
    let prefix = input.log_stream_name_prefix.filter(|it| !it.is_empty());
    if by_time && prefix.is_some() {
        return Err(invalid(sentences::PREFIX_WITH_TIME_ORDER));
    }
    let group = find_group(logs, caller, &name)?;
    let prefix = prefix.as_deref().unwrap_or_default();
    let descending = input.descending == Some(true);

    // Each with what it is sorted by; the time is 0 where names alone count.
    let mut found: Vec<(i64, LogStream)> = Vec::new();
    if by_time {
        index(logs, caller, &group).await?;
        let after = start.as_deref().map(read_start).transpose()?;
        found = by_last_event(logs, caller, &group, after, descending, size + 1)?;
    } else {
        // From the front no more is read than is shown; from the back all must be.
        let walk = if descending {
            Walk::all(prefix)
        } else {
            Walk {
                prefix,
                after: start_name(start.as_deref()),
                most: size + 1,
            }
        };
        let streams = streams(logs, caller, &group, walk)?;
        found.extend(streams.into_iter().map(|stream| (0, stream)));
    }
    found.sort_by(|(a_time, a), (b_time, b)| (a_time, &a.name).cmp(&(b_time, &b.name)));
    if descending {
        found.reverse();
    }
    if let Some(start) = &start {
        let start = read_start(start)?;
        found.retain(|(time, stream)| {
            let place = (*time, stream.name.as_str());
            if descending {
                place < start
            } else {
                place > start
            }
        });
    }

    let more = found.len() > size;
    found.truncate(size);
    let next_token = found
        .last()
        .filter(|_| more)
        .map(|(time, last)| page::encode(&listing, format!("{time}:{}", last.name).as_bytes()));
    let mut shown = Vec::with_capacity(found.len());
    for (_, stream) in &found {
        let tail = logs.segments.tail(reference(&group, stream)).await?;
        shown.push(show(caller, stream, &tail));
    }
    Ok(model::DescribeLogStreamsResponse {
        log_streams: Some(shown),
        next_token,
    })
}

/// Has the group indexed by its streams' last events.
async fn index(logs: &Logs, caller: &Caller, group: &LogGroup) -> Result<(), Failure> {
    if !logs.segments.begin_index(group.id) {
        return Ok(());
    }
    // First all names: what is written to a stream that has its name is not missed.
    let streams = streams(logs, caller, group, Walk::all(""))?;
    for stream in &streams {
        let place = reference(group, stream);
        logs.segments.add_to_index(place, &stream.name);
    }
    for stream in &streams {
        logs.segments
            .look_for_index(reference(group, stream))
            .await?;
    }
    logs.segments.finish_index(group.id);
    Ok(())
}

/// Streams of an indexed group with the times of their last events, at most `most`.
fn by_last_event(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    after: Option<(i64, &str)>,
    descending: bool,
    most: usize,
) -> Result<Vec<(i64, LogStream)>, Failure> {
    loop {
        let mut found = Vec::with_capacity(most);
        let mut has_gone = false;
        let places = logs
            .segments
            .by_last_event(group.id, after, descending, most);
        for (time, name, id) in places {
            let key = LogStream::key(&caller.account, &caller.region, &group.name, &name);
            match logs.records.get(&key)? {
                Some(stored) if stored.record.id == id => found.push((time, stored.record)),
                _ => {
                    // Each round takes at least one out, so there is an end.
                    has_gone = true;
                    logs.segments.drop_from_index(StreamRef {
                        group: group.id,
                        id,
                    });
                }
            }
        }
        if !has_gone {
            return Ok(found);
        }
    }
}

/// A position of a list: a time and a name.
fn read_start(start: &str) -> Result<(i64, &str), Failure> {
    start
        .split_once(':')
        .and_then(|(time, name)| Some((time.parse::<i64>().ok()?, name)))
        .ok_or_else(|| invalid(sentences::TOKEN_INVALID))
}

/// The name in a position of a list.
fn start_name(start: Option<&str>) -> Option<&str> {
    start?.split_once(':').map(|(_, name)| name)
}

/// The streams of a group that are walked.
pub(super) fn streams(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    walk: Walk<'_>,
) -> Result<Vec<LogStream>, Failure> {
    let all = LogStream::prefix(&caller.account, &caller.region, &group.name);
    let key = |name: &str| LogStream::key(&caller.account, &caller.region, &group.name, name);
    walk.collect(logs, &all, key, |_| true)
}

fn show(caller: &Caller, stream: &LogStream, tail: &Tail) -> model::LogStream {
    model::LogStream {
        log_stream_name: Some(stream.name.clone()),
        arn: Some(resource(caller, &stream.group, &stream.name).to_string()),
        creation_time: Some(stream.created_at.as_millis()),
        first_event_timestamp: tail.sums.times.map(|(earliest, _)| earliest),
        last_event_timestamp: tail.sums.times.map(|(_, latest)| latest),
        last_ingestion_time: tail.sums.last_ingestion,
        upload_sequence_token: Some(sequence_token(tail.sums.next_sequence)),
        // AWS: since June 17, 2019, always 0 for streams; groups have the sum.
        stored_bytes: Some(0),
    }
}
