//! FilterLogEvents, which is also what `aws logs tail` follows a group with.

use std::collections::HashMap;
use std::sync::Arc;

use aws_api::logs as model;
use aws_core::Caller;
use aws_wire::page;
use records::logs::{LogGroup, LogStream};

use super::walk::Walk;
use super::{
    EVENTS_MAX, find_group, group_name, listing, page_size, page_start, reference, resource,
    retention, stream,
};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::pattern::Pattern;
use crate::position::Position;
use crate::segment::{Order, Query, SCAN_MAX_BYTES, StreamRef, Tail};
use crate::sentences;

/// AWS: "Setting startFromHead to false is supported only when startTime is on or after Jan 1,
/// 2024 00:00:00 UTC."
const TAIL_FIRST_MILLIS: i64 = 1_704_067_200_000;

pub(crate) async fn filter(
    logs: &Logs,
    caller: &Caller,
    input: model::FilterLogEventsRequest,
) -> Result<model::FilterLogEventsResponse, Failure> {
    let listing = listing(caller, &input);
    let name = group_name(caller, input.log_group_name, input.log_group_identifier)?;
    caller.authorise(&resource(caller, &name, ""))?;
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|wrong| invalid(wrong.sentence()))?;
    let order = if input.start_from_head == Some(false) {
        if input
            .start_time
            .is_some_and(|start| start < TAIL_FIRST_MILLIS)
        {
            return Err(invalid(sentences::TAIL_BEFORE_2024));
        }
        Order::Backward
    } else {
        Order::Forward
    };
    let after = page_start(&listing, input.next_token.as_deref())?
        .map(|digits| {
            Position::from_digits(&digits).ok_or_else(|| invalid(sentences::TOKEN_INVALID))
        })
        .transpose()?;
    let group = find_group(logs, caller, &name)?;
    let streams = chosen(
        logs,
        caller,
        &group,
        input.log_stream_names,
        input.log_stream_name_prefix,
    )?;
    let mut names = HashMap::with_capacity(streams.len());
    let mut tails: Vec<(StreamRef, Arc<Tail>)> = Vec::with_capacity(streams.len());
    for stream in streams {
        let reference = reference(&group, &stream);
        tails.push((reference, logs.segments.tail(reference).await?));
        names.insert(reference.id, stream.name);
    }
    let page = logs
        .segments
        .select(Query {
            streams: tails,
            order,
            after,
            earliest: input
                .start_time
                .unwrap_or(0)
                .max(retention::cutoff(&group, logs.clock.now())),
            // AWS: "Events with a timestamp later than this time are not returned."
            latest: input.end_time.unwrap_or(i64::MAX),
            limit: page_size(input.limit, EVENTS_MAX),
            scan_bytes: SCAN_MAX_BYTES,
            matches: Box::new(move |message| pattern.matches(message)),
        })
        .await?;
    let shown = page
        .events
        .into_iter()
        .map(|event| model::FilteredLogEvent {
            event_id: Some(event.position.digits()),
            ingestion_time: Some(event.ingested),
            log_stream_name: names.get(&event.position.stream).cloned(),
            message: Some(event.message),
            timestamp: Some(event.timestamp),
        });
    Ok(model::FilterLogEventsResponse {
        events: Some(shown.collect()),
        next_token: page
            .next
            .map(|next| page::encode(&listing, next.digits().as_bytes())),
        // AWS: as of May 15, 2020, always empty.
        searched_log_streams: Some(Vec::new()),
    })
}

/// The streams of a group that are asked for.
fn chosen(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    names: Option<Vec<String>>,
    prefix: Option<String>,
) -> Result<Vec<LogStream>, Failure> {
    let names = names.unwrap_or_default();
    let prefix = prefix.unwrap_or_default();
    if names.is_empty() {
        return stream::streams(logs, caller, group, Walk::all(&prefix));
    }
    if !prefix.is_empty() {
        return Err(invalid(sentences::NAMES_AND_PREFIX));
    }
    let mut streams: Vec<LogStream> = Vec::with_capacity(names.len());
    for name in names {
        let key = LogStream::key(&caller.account, &caller.region, &group.name, &name);
        let found = logs.records.get(&key)?.ok_or_else(|| {
            Failure(model::Error::resource_not_found_exception(
                sentences::STREAM_NOT_FOUND,
            ))
        })?;
        if !streams.contains(&found.record) {
            streams.push(found.record);
        }
    }
    Ok(streams)
}
