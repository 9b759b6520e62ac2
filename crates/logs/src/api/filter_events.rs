//! FilterLogEvents, which is also what `aws logs tail` follows a group with.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_api::logs as model;
use aws_core::Caller;
use aws_wire::page;
use records::logs::{LogGroup, LogStream};
use serde::{Deserialize, Serialize};

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

/// How long one page is looked for before it is given as it is: a costly expression takes seconds for a
/// megabyte. A third of what a call may take.
const PAGE_MAX: Duration = Duration::from_secs(20);
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
    let mut place = page_start(&listing, input.next_token.as_deref())?
        .map(|text| Place::read(&text).ok_or_else(|| invalid(sentences::TOKEN_INVALID)))
        .transpose()?
        .unwrap_or_default();
    let after = place.position()?;
    let group = find_group(logs, caller, &name)?;
    let streams = chosen(
        logs,
        caller,
        &group,
        input.log_stream_names,
        input.log_stream_name_prefix,
        &mut place,
    )?;
    let earliest = input
        .start_time
        .unwrap_or(0)
        .max(retention::cutoff(&group, logs.clock.now()));
    // AWS: "Events with a timestamp later than this time are not returned."
    let latest = input.end_time.unwrap_or(i64::MAX);
    let mut names = HashMap::new();
    let mut tails: Vec<(StreamRef, Arc<Tail>)> = Vec::new();
    for stream in streams {
        let reference = reference(&group, &stream);
        let tail = logs.segments.tail(reference).await?;
        let times = tail.sums.times;
        if times.is_some_and(|(first, last)| last >= earliest && first <= latest) {
            tails.push((reference, tail));
            names.insert(reference.id, stream.name);
        }
    }
    let clock = Arc::clone(&logs.clock);
    let until = clock.monotonic().saturating_add(PAGE_MAX);
    let page = logs
        .segments
        .select(Query {
            streams: tails,
            order,
            after,
            earliest,
            latest,
            limit: page_size(input.limit, EVENTS_MAX),
            scan_bytes: SCAN_MAX_BYTES,
            late: Box::new(move || clock.monotonic() >= until),
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
        next_token: place
            .next(page.next)
            .map(|next| page::encode(&listing, next.text().as_bytes())),
        // AWS: as of May 15, 2020, always empty.
        searched_log_streams: Some(Vec::new()),
    })
}

/// Where a filter goes on. Of a group of very many streams it looks at so many at a time, in the order of
/// their names: events are in the order of their time within each such run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// After this event of the run, as digits; empty where the run begins.
    event: String,
    /// The run has the streams after this one; empty for all.
    after: String,
    /// And this one is its last; absent where it goes to the end.
    last: Option<String>,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn position(&self) -> Result<Option<Position>, Failure> {
        if self.event.is_empty() {
            return Ok(None);
        }
        match Position::from_digits(&self.event) {
            Some(position) => Ok(Some(position)),
            None => Err(invalid(sentences::TOKEN_INVALID)),
        }
    }

    /// The next place, where there is one: in this run, or at the beginning of the next.
    fn next(self, within: Option<Position>) -> Option<Self> {
        match within {
            Some(position) => Some(Self {
                event: position.digits(),
                ..self
            }),
            None => self.last.map(|last| Self {
                after: last,
                ..Self::default()
            }),
        }
    }
}

/// The streams of a group that are asked for. Of more than may be looked at once, those of the run that
/// `place` is in; at its beginning this says where the run ends.
fn chosen(
    logs: &Logs,
    caller: &Caller,
    group: &LogGroup,
    names: Option<Vec<String>>,
    prefix: Option<String>,
    place: &mut Place,
) -> Result<Vec<LogStream>, Failure> {
    let names = names.unwrap_or_default();
    let prefix = prefix.unwrap_or_default();
    if names.is_empty() {
        let most = logs.filter_streams_max;
        let walk = Walk {
            after: Some(place.after.as_str()).filter(|after| !after.is_empty()),
            // In a run that was begun there may be new streams, and not more than that of them.
            most: most.saturating_mul(2),
            prefix: &prefix,
        };
        let mut streams = stream::streams(logs, caller, group, walk)?;
        match &place.last {
            Some(last) => streams.retain(|stream| stream.name <= *last),
            None if place.event.is_empty() && streams.len() > most => {
                streams.truncate(most);
                place.last = streams.last().map(|stream| stream.name.clone());
            }
            None => {}
        }
        return Ok(streams);
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
