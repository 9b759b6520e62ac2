//! PutLogEvents.

use std::sync::Arc;
use std::time::Duration;

use ambient::Timestamp;
use aws_api::logs as model;
use aws_core::Caller;

use super::{find_group, find_own_stream, node_of, resource, retention, sequence_token};
use crate::Logs;
use crate::error::{Failure, invalid, not_supported};
use crate::live::Fresh;
use crate::segment::{
    BATCH_MESSAGES_MAX_BYTES, Batch, CONTAINER_ID_MAX_BYTES, EVENT_OVERHEAD_BYTES, Kept, NewEvent,
    Source,
};
use crate::sentences;

/// AWS: "The maximum batch size is 1,048,576 bytes. This size is calculated as the sum of all
/// event messages in UTF-8, plus 26 bytes for each log event."
const UPLOAD_MAX_BYTES: usize = BATCH_MESSAGES_MAX_BYTES;
/// AWS: "Each log event can be no larger than 1 MB", since 2025; counted with the 26 bytes.
const EVENT_MAX_BYTES: usize = 1_048_576;
/// AWS: "Events more than 2 hours in the future are rejected while processing remaining valid
/// events."
const FUTURE_MAX_MILLIS: i64 = 2 * 60 * 60 * 1000;
/// AWS: "Events older than 14 days [...] are rejected while processing remaining valid events."
const AGE_MAX_MILLIS: i64 = 14 * 24 * 60 * 60 * 1000;
/// AWS: "For valid events (within 14 days in the past to 2 hours in future), the time span in a
/// single PutLogEvents request cannot exceed 24 hours."
const SPAN_MAX_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// What the sequence tokens of our own agent begin with.
const SOURCE_PREFIX: &str = "longshore:";

pub(crate) async fn put(
    logs: &Logs,
    caller: &Caller,
    input: model::PutLogEventsRequest,
) -> Result<model::PutLogEventsResponse, Failure> {
    let group_name = input.log_group_name.unwrap_or_default();
    let stream_name = input.log_stream_name.unwrap_or_default();
    caller.authorise(&resource(caller, &group_name, &stream_name))?;
    if input
        .entity
        .is_some_and(|entity| entity != model::Entity::default())
    {
        return Err(not_supported("entity of logs:PutLogEvents"));
    }
    let events: Vec<NewEvent> = input
        .log_events
        .unwrap_or_default()
        .into_iter()
        .map(|event| NewEvent {
            timestamp: event.timestamp.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
            offset: None,
        })
        .collect();
    let token = input
        .sequence_token
        .as_deref()
        .filter(|_| node_of(caller).is_some())
        .and_then(|token| token.strip_prefix(SOURCE_PREFIX));
    let (mut source, events) = with_offsets(token, events)?;
    check_sizes(&events)?;
    let now = logs.clock.now();
    let group = find_group(logs, caller, &group_name)?;
    let (events, rejected) = admit(events, now, retention::cutoff(&group, now))?;
    if let (Some(source), Some(last)) = (&mut source, events.last().and_then(|event| event.offset))
    {
        // What was too new may come again with another time.
        source.offset = last;
    }
    let stream = find_own_stream(logs, caller, &group, &stream_name)?;
    // Only what is watched is kept beside what is written.
    let watched = logs
        .live
        .is_watched(group.id)
        .then(|| Arc::new(events.clone()));
    let kept = if events.is_empty() {
        Kept {
            next: logs.segments.tail(stream).await?.sums.next_sequence,
            taken: 0,
        }
    } else {
        let batch = Batch {
            ingested: now.as_millis(),
            events,
            source,
        };
        logs.segments.append(stream, batch).await?
    };
    if let Some(events) = watched.filter(|_| kept.taken > 0) {
        let fresh = Fresh {
            stream: stream_name.into(),
            ingested: now.as_millis(),
            events,
            taken: kept.taken,
        };
        logs.live.offer(group.id, &fresh);
    }
    Ok(model::PutLogEventsResponse {
        next_sequence_token: Some(sequence_token(kept.next)),
        rejected_log_events_info: rejected,
        rejected_entity_info: None,
    })
}

/// What our agent's token says of where the events come from.
fn with_offsets(
    token: Option<&str>,
    mut events: Vec<NewEvent>,
) -> Result<(Option<Source>, Vec<NewEvent>), Failure> {
    let Some(token) = token else {
        return Ok((None, events));
    };
    let wrong = || invalid(sentences::SOURCE_INVALID);
    let (container, offsets) = token.rsplit_once(':').ok_or_else(wrong)?;
    let offsets: Result<Vec<u64>, _> = offsets.split(',').map(str::parse).collect();
    let offsets = offsets.map_err(|_| wrong())?;
    let offset = *offsets.last().ok_or_else(wrong)?;
    let rising = offsets.is_sorted_by(|a, b| a < b);
    if container.is_empty() || container.len() > CONTAINER_ID_MAX_BYTES || !rising {
        return Err(wrong());
    }
    if offsets.len() == events.len() {
        for (event, offset) in events.iter_mut().zip(offsets) {
            event.offset = Some(offset);
        }
    } else if offsets.len() != 1 {
        return Err(wrong());
    }
    let source = Source {
        container: container.to_owned(),
        offset,
    };
    Ok((Some(source), events))
}

fn check_sizes(events: &[NewEvent]) -> Result<(), Failure> {
    let mut upload = 0;
    for event in events {
        let bytes = event.message.len() + EVENT_OVERHEAD_BYTES;
        if bytes > EVENT_MAX_BYTES {
            return Err(invalid(sentences::event_too_large(bytes, EVENT_MAX_BYTES)));
        }
        upload += bytes;
    }
    if upload > UPLOAD_MAX_BYTES {
        return Err(invalid(sentences::upload_too_large(
            upload,
            UPLOAD_MAX_BYTES,
        )));
    }
    Ok(())
}

/// The events that are neither too old nor too new, and what AWS says of the others. They are in
/// order, so the old ones stand first and the new ones last. What happened before `cutoff`, ms since
/// the epoch, has expired.
fn admit(
    mut events: Vec<NewEvent>,
    now: Timestamp,
    cutoff: i64,
) -> Result<(Vec<NewEvent>, Option<model::RejectedLogEventsInfo>), Failure> {
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid(sentences::NOT_CHRONOLOGICAL));
    }
    let oldest = now.as_millis().saturating_sub(AGE_MAX_MILLIS).max(0);
    let newest = now
        .plus(Duration::from_millis(FUTURE_MAX_MILLIS.unsigned_abs()))
        .as_millis();
    let old = events.partition_point(|event| event.timestamp < oldest);
    let expired = events.partition_point(|event| event.timestamp < cutoff);
    let valid = events.partition_point(|event| event.timestamp <= newest);
    let index = |at: usize| i32::try_from(at).ok();
    let rejected = model::RejectedLogEventsInfo {
        // AWS: "This field is exclusive."
        too_old_log_event_end_index: index(old).filter(|_| old > 0),
        // AWS: "This field is inclusive."
        too_new_log_event_start_index: index(valid).filter(|_| valid < events.len()),
        // AWS: older than the retention of the group, where that is the shorter one.
        expired_log_event_end_index: index(expired).filter(|_| expired > old),
    };
    events.truncate(valid);
    let events = events.split_off(old.max(expired).min(valid));
    if let (Some(first), Some(last)) = (events.first(), events.last())
        && last.timestamp - first.timestamp > SPAN_MAX_MILLIS
    {
        return Err(invalid(sentences::SPANS_TOO_LONG));
    }
    let rejected = (rejected != model::RejectedLogEventsInfo::default()).then_some(rejected);
    Ok((events, rejected))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn events(timestamps: &[i64]) -> Vec<NewEvent> {
        let event = |timestamp: &i64| NewEvent {
            timestamp: *timestamp,
            message: "m".into(),
            offset: None,
        };
        timestamps.iter().map(event).collect()
    }

    fn admitted(
        timestamps: &[i64],
    ) -> Result<(Vec<i64>, Option<model::RejectedLogEventsInfo>), String> {
        admit(events(timestamps), Timestamp::from_millis(NOW), 0)
            .map(|(events, rejected)| {
                let timestamps = events.iter().map(|event| event.timestamp).collect();
                (timestamps, rejected)
            })
            .map_err(|Failure(error)| error.to_string())
    }

    #[test]
    fn old_and_new_events_are_rejected_and_the_rest_is_kept() {
        let (kept, rejected) = admitted(&[
            NOW - AGE_MAX_MILLIS - 2,
            NOW - AGE_MAX_MILLIS - 1,
            NOW,
            NOW + FUTURE_MAX_MILLIS,
            NOW + FUTURE_MAX_MILLIS + 1,
        ])
        .unwrap();
        assert_eq!(kept, [NOW, NOW + FUTURE_MAX_MILLIS]);
        let rejected = rejected.unwrap();
        assert_eq!(rejected.too_old_log_event_end_index, Some(2));
        assert_eq!(rejected.too_new_log_event_start_index, Some(4));
        assert_eq!(admitted(&[NOW]).unwrap(), (vec![NOW], None));
        assert!(admitted(&[0, 1]).unwrap().0.is_empty());
        let (kept, rejected) = admitted(&[NOW * 2]).unwrap();
        assert!(kept.is_empty());
        assert_eq!(rejected.unwrap().too_new_log_event_start_index, Some(0));
    }

    #[test]
    fn order_and_span_are_held_to() {
        let error = admitted(&[NOW, NOW - 1]).unwrap_err();
        assert!(error.contains(sentences::NOT_CHRONOLOGICAL));
        let error = admitted(&[NOW - SPAN_MAX_MILLIS - 1, NOW]).unwrap_err();
        assert!(error.contains(sentences::SPANS_TOO_LONG));
        assert!(admitted(&[NOW - SPAN_MAX_MILLIS, NOW]).is_ok());
    }

    #[test]
    fn sizes_are_counted_with_their_overhead() {
        let sized = |bytes: usize, count: usize| {
            let event = NewEvent {
                timestamp: NOW,
                message: "x".repeat(bytes),
                offset: None,
            };
            check_sizes(&vec![event; count]).map_err(|Failure(error)| error.to_string())
        };
        assert!(sized(1_048_550, 1).is_ok());
        let error = sized(1_048_551, 1).unwrap_err();
        assert!(error.contains("Log event too large: 1048577 bytes exceeds limit of 1048576"));
        assert!(sized(1_048_550 / 2 - 13, 2).is_ok());
        let error = sized(1_048_550 / 2 - 12, 2).unwrap_err();
        assert!(error.contains("Upload too large: 1048578 bytes exceeds limit of 1048576"));
    }

    #[test]
    fn the_agent_s_token_has_one_offset_or_one_for_each_event() {
        let read = |token: &str| with_offsets(Some(token), events(&[1, 2]));
        let (source, one) = read("c:1:70").unwrap();
        assert_eq!(source.unwrap().container, "c:1");
        assert!(one.iter().all(|event| event.offset.is_none()));
        let (source, each) = read("c1:60,70").unwrap();
        assert_eq!(source.unwrap().offset, 70);
        assert_eq!(each[0].offset, Some(60));
        for wrong in ["c1", "c1:", ":1", "c1:x", "c1:1,2,3", "c1:2,1", "c1:2,2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
