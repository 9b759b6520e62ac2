//! GetLogEvents.
//!
//! Its tokens are places in the stream: `f/` and a position for what follows it, `b/` and a
//! position for what stands before it. A page with nothing in it gives back the token that asked
//! for it, which is how AWS says that the stream ends there.

use aws_api::logs as model;
use aws_core::Caller;

use super::{EVENTS_MAX, find_group, find_stream, group_name, page_size, resource, retention};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::position::Position;
use crate::segment::{Order, Query, SCAN_MAX_BYTES};
use crate::sentences;

pub(crate) async fn get(
    logs: &Logs,
    caller: &Caller,
    input: model::GetLogEventsRequest,
) -> Result<model::GetLogEventsResponse, Failure> {
    let name = group_name(caller, input.log_group_name, input.log_group_identifier)?;
    let stream_name = input.log_stream_name.unwrap_or_default();
    caller.authorise(&resource(caller, &name, &stream_name))?;
    let token = input.next_token.as_deref().map(decode).transpose()?;
    let group = find_group(logs, caller, &name)?;
    let stream = find_stream(logs, caller, &group, &stream_name)?;
    let order = match token {
        Some((order, _)) => order,
        None if input.start_from_head == Some(true) => Order::Forward,
        None => Order::Backward,
    };
    let start = input.start_time.unwrap_or(0).max(0);
    let tail = logs.segments.tail(stream).await?;
    let page = logs
        .segments
        .select(Query {
            streams: vec![(stream, tail)],
            order,
            after: token.map(|(_, position)| position),
            earliest: start.max(retention::cutoff(&group, logs.clock.now())),
            // AWS: "Events with a timestamp equal to or later than this time are not included."
            latest: input.end_time.map_or(i64::MAX, |end| end.saturating_sub(1)),
            limit: page_size(input.limit, EVENTS_MAX),
            scan_bytes: SCAN_MAX_BYTES,
            late: Box::new(|| false),
            matches: Box::new(|_| true),
        })
        .await?;

    let mut events = page.events;
    if order == Order::Backward {
        events.reverse();
    }
    let (forward, backward) = match (events.first(), events.last()) {
        (Some(first), Some(last)) => {
            // A page that was cut short goes on where it was cut.
            match order {
                Order::Forward => (page.next.unwrap_or(last.position), first.position),
                Order::Backward => (last.position, page.next.unwrap_or(first.position)),
            }
        }
        _ => match (order, page.next.or(token.map(|(_, position)| position))) {
            (Order::Forward, Some(here)) => (here, after(here)),
            (Order::Backward, Some(here)) => (before(here), here),
            (_, None) => {
                let start = Position::start_of(start.unsigned_abs());
                (start, start)
            }
        },
    };
    let shown = events.into_iter().map(|event| model::OutputLogEvent {
        ingestion_time: Some(event.ingested),
        message: Some(event.message),
        timestamp: Some(event.timestamp),
    });
    Ok(model::GetLogEventsResponse {
        events: Some(shown.collect()),
        next_forward_token: Some(format!("f/{}/s", forward.digits())),
        next_backward_token: Some(format!("b/{}/s", backward.digits())),
    })
}

/// Just after a position.
fn after(position: Position) -> Position {
    Position {
        sequence: position.sequence.saturating_add(1),
        ..position
    }
}

/// Just before a position. No stream has the id 0, so that there is always one.
fn before(position: Position) -> Position {
    let Position {
        stream, sequence, ..
    } = position;
    let (stream, sequence) = match sequence.checked_sub(1) {
        Some(sequence) => (stream, sequence),
        None => (stream.saturating_sub(1), u64::MAX),
    };
    Position {
        stream,
        sequence,
        ..position
    }
}

/// What a token says: the direction, and what to go on after in that direction.
fn decode(token: &str) -> Result<(Order, Position), Failure> {
    let read = || {
        let (direction, rest) = token.split_once('/')?;
        let order = match direction {
            "f" => Order::Forward,
            "b" => Order::Backward,
            _ => return None,
        };
        let digits = rest.strip_suffix("/s").unwrap_or(rest);
        Some((order, Position::from_digits(digits)?))
    };
    read().ok_or_else(|| invalid(sentences::TOKEN_INVALID))
}
