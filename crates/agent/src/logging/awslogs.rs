//! The awslogs driver: takes a container's lines from its spool and gives them to CloudWatch
//! Logs, in order, once.
//!
//! Each batch carries the offset of every line in PutLogEvents' otherwise unused
//! `sequenceToken`. After a crash, lines are sent again from the last acknowledged one, however
//! they are cut into batches then, and the sink takes only those that it does not have. Of an event
//! of several lines it is the offset of the last; an event that a crash cut off in the making is
//! sent again with what followed, so that there a line may come twice, and none is lost.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Timestamp};
use aws_api::logs;
use regex::Regex;
use runtime::Cursor;
use thiserror::Error;

use super::multiline::{self, Event, Grouper};
use super::spool::Spool;
use super::{Lost, Origin, only};
use crate::control_plane::{CallError, ControlPlane};

/// What PutLogEvents counts for each event beside its text.
const EVENT_OVERHEAD_BYTES: usize = 26;
/// PutLogEvents takes at most 1 MiB and 10,000 events a batch.
const BATCH_MAX_BYTES: usize = 1024 * 1024;
const BATCH_MAX_EVENTS: usize = 10_000;
/// A batch spans less than a day.
const BATCH_MAX_SPAN: Duration = Duration::from_secs(24 * 3600);
/// How much is read from the spool at once: well under a batch, so that one read is one batch.
const READ_BYTES: usize = 512 * 1024;
/// How often a stream is asked for before the container's start fails: some fourteen seconds, in
/// which a control plane that was killed is back.
const PREPARE_ATTEMPTS_MAX: u32 = 9;

/// How long the lines of an event are waited for: Docker's `batchPublishFrequency`.
const HELD_MAX: Duration = Duration::from_secs(5);
/// The options of the driver (ECS `LogConfiguration`, "awslogs"), beside those of every driver.
const OPTIONS: [&str; 6] = [
    "awslogs-create-group",
    "awslogs-datetime-format",
    "awslogs-group",
    "awslogs-multiline-pattern",
    "awslogs-region",
    "awslogs-stream-prefix",
];

/// Where a container's lines go, and what makes an event of them.
#[derive(Clone, Debug)]
pub(crate) struct Awslogs {
    destination: Destination,
    pattern: Option<Regex>,
}

/// Where a container's lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Destination {
    region: String,
    group: String,
    stream: String,
    create_group: bool,
}

/// Why lines cannot be shipped.
#[derive(Debug, Error)]
pub(crate) enum ShippingError {
    /// The group or stream could not be made.
    #[error("failed to validate logger args: {0}")]
    Destination(CallError),
    /// The sink refuses for good.
    #[error("{0}")]
    Refused(CallError),
}

impl Awslogs {
    /// What the options ask for.
    ///
    /// # Errors
    /// In words for the container's reason.
    pub(super) fn of(
        options: &BTreeMap<String, String>,
        origin: &Origin<'_>,
    ) -> Result<Self, String> {
        only(options, "awslogs", &OPTIONS)?;
        let option = |name: &str| options.get(name).filter(|text| !text.is_empty());
        Ok(Self {
            pattern: multiline::pattern(options)?,
            destination: Destination {
                region: option("awslogs-region")
                    .map_or(origin.region, String::as_str)
                    .to_owned(),
                group: option("awslogs-group").cloned().unwrap_or_default(),
                // Without a prefix, which only EC2 allows, Docker names the stream for the container.
                stream: option("awslogs-stream-prefix").map_or_else(
                    || origin.runtime_id.to_owned(),
                    |prefix| format!("{prefix}/{}/{}", origin.container, origin.task),
                ),
                create_group: option("awslogs-create-group")
                    .is_some_and(|text| text.eq_ignore_ascii_case("true")),
            },
        })
    }

    /// Makes the stream, and the group where that is asked for. What is there already is fine.
    ///
    /// # Errors
    /// As the container's start must fail with.
    pub(crate) async fn prepare(&self, control_plane: &ControlPlane) -> Result<(), ShippingError> {
        let destination = &self.destination;
        let mut retry = control_plane.retry();
        for _ in 1..PREPARE_ATTEMPTS_MAX {
            match destination.try_prepare(control_plane).await {
                Err(error) if !error.is_final() => {
                    tracing::debug!(%error, "a log stream is asked for again");
                }
                outcome => return outcome.map_err(ShippingError::Destination),
            }
            retry.pause().await;
        }
        let outcome = destination.try_prepare(control_plane).await;
        outcome.map_err(ShippingError::Destination)
    }
}

impl Destination {
    async fn try_prepare(&self, control_plane: &ControlPlane) -> Result<(), CallError> {
        let exists = |error: &CallError| error.code() == Some("ResourceAlreadyExistsException");
        if self.create_group {
            let input = logs::CreateLogGroupRequest {
                log_group_name: Some(self.group.clone()),
                ..logs::CreateLogGroupRequest::default()
            };
            let made: Result<logs::CreateLogGroupResponse, _> = control_plane
                .call(&logs::SERVICE, "CreateLogGroup", &self.region, &input)
                .await;
            if let Err(error) = made
                && !exists(&error)
            {
                return Err(error);
            }
        }
        let input = logs::CreateLogStreamRequest {
            log_group_name: Some(self.group.clone()),
            log_stream_name: Some(self.stream.clone()),
        };
        let made: Result<logs::CreateLogStreamResponse, _> = control_plane
            .call(&logs::SERVICE, "CreateLogStream", &self.region, &input)
            .await;
        match made {
            Err(error) if !exists(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Ships one container's lines until it has ended and nothing is left.
pub(super) struct Shipper {
    pub(super) control_plane: ControlPlane,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) awslogs: Awslogs,
    /// Tells the container's lines from those of any other in the same stream.
    pub(super) source: String,
}

impl Shipper {
    /// Ships to the end. A batch that is refused for good is passed over, as Docker's driver does it:
    /// its group may be made again, and a later one be taken.
    pub(super) async fn run(&self, spool: &mut Spool) -> Lost {
        let mut grouper = Grouper::new(self.awslogs.pattern.clone());
        let mut read = ReadAhead::default();
        let mut held_until = None;
        let mut lost = Lost::default();
        let mut is_refused = false;
        loop {
            let patience = held_until
                .map(|until: Duration| until.saturating_sub(self.clock.monotonic()))
                .unwrap_or(Duration::MAX);
            let mut events = Vec::new();
            let mut ended = false;
            match tokio::time::timeout(patience, spool.next(READ_BYTES)).await {
                Ok(batch) => {
                    let before = grouper.held_from();
                    events.extend(batch.records.iter().filter_map(|one| grouper.take(one)));
                    ended = batch.ended;
                    if ended {
                        events.extend(grouper.flush());
                    }
                    read.note(batch.records.last().map(|last| last.offset), batch.cursor);
                    if grouper.held_from() != before {
                        held_until = grouper
                            .held_from()
                            .map(|_| self.clock.monotonic() + HELD_MAX);
                    }
                }
                Err(_) => {
                    events.extend(grouper.flush());
                    held_until = None;
                }
            }
            for chunk in chunks(&in_order(events)) {
                let sent = self.send(chunk).await;
                // Told once, however many batches are refused one after the other.
                let was_refused = std::mem::replace(&mut is_refused, sent.is_err());
                let (source, lines) = (&self.source, lost.lines);
                match sent {
                    Err(error) => {
                        if !was_refused {
                            tracing::error!(%source, %error, "log lines are refused and lost; later ones are still sent");
                        }
                        lost = lost.and(Lost {
                            lines: chunk.len() as u64,
                            why: error.to_string(),
                        });
                    }
                    Ok(()) if was_refused => {
                        tracing::warn!(%source, lines, "log lines are taken again; so many were lost");
                    }
                    Ok(()) => {}
                }
            }
            if let Some(cursor) = read.done(grouper.held_from()) {
                spool.acknowledge(cursor).await;
            }
            if ended {
                return lost;
            }
        }
    }

    async fn send(&self, lines: &[Event]) -> Result<(), ShippingError> {
        let destination = &self.awslogs.destination;
        let events = lines.iter().map(|line| logs::InputLogEvent {
            timestamp: Some(line.at.as_millis()),
            message: Some(line.text.clone()),
        });
        let offsets: Vec<String> = lines.iter().map(|line| line.offset.to_string()).collect();
        let input = logs::PutLogEventsRequest {
            log_group_name: Some(destination.group.clone()),
            log_stream_name: Some(destination.stream.clone()),
            log_events: Some(events.collect()),
            sequence_token: Some(format!("longshore:{}:{}", self.source, offsets.join(","))),
            ..logs::PutLogEventsRequest::default()
        };
        let mut retry = self.control_plane.retry();
        loop {
            let put: Result<logs::PutLogEventsResponse, _> = self
                .control_plane
                .call(&logs::SERVICE, "PutLogEvents", &destination.region, &input)
                .await;
            match put {
                Ok(_) => return Ok(()),
                Err(error) if error.code() == Some("ResourceNotFoundException") => {
                    // Somebody deleted the stream while the container writes to it: AWS's driver
                    // makes it anew.
                    match destination.try_prepare(&self.control_plane).await {
                        Err(error) if error.is_final() => {
                            return Err(ShippingError::Destination(error));
                        }
                        Err(error) => tracing::debug!(%error, "a log stream is asked for again"),
                        Ok(()) => {}
                    }
                }
                Err(error) if error.is_final() => return Err(ShippingError::Refused(error)),
                Err(error) => tracing::debug!(%error, "log lines are sent again"),
            }
            retry.pause().await;
        }
    }
}

/// What was read and not yet acknowledged.
#[derive(Debug, Default)]
struct ReadAhead {
    /// The offset of the last line of each batch, and the place behind it.
    batches: VecDeque<(u64, Cursor)>,
}

impl ReadAhead {
    fn note(&mut self, last: Option<u64>, cursor: Cursor) {
        // A batch without lines still moves the cursor, past dropped ones.
        let last = last.unwrap_or_else(|| self.batches.back().map_or(0, |(last, _)| *last));
        self.batches.push_back((last, cursor));
    }

    /// The place before which everything was sent, when lines from `held` on were not.
    fn done(&mut self, held: Option<u64>) -> Option<Cursor> {
        let is_sent = |last: u64| held.is_none_or(|held| last < held);
        let mut done = None;
        while self.batches.front().is_some_and(|(last, _)| is_sent(*last)) {
            done = self.batches.pop_front().map(|(_, cursor)| cursor);
        }
        done
    }
}

/// The events with times that never go back, as PutLogEvents wants them, whatever the clock did.
fn in_order(mut events: Vec<Event>) -> Vec<Event> {
    let mut latest = Timestamp::default();
    for event in &mut events {
        latest = latest.max(event.at);
        event.at = latest;
    }
    events
}

/// The events in batches that PutLogEvents takes.
fn chunks(events: &[Event]) -> Vec<&[Event]> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    let mut first = Timestamp::default();
    for (index, event) in events.iter().enumerate() {
        let size = event.text.len() + EVENT_OVERHEAD_BYTES;
        let full = bytes + size > BATCH_MAX_BYTES
            || index - start == BATCH_MAX_EVENTS
            || event.at.since(first) >= BATCH_MAX_SPAN;
        if index > start && full {
            chunks.extend(events.get(start..index));
            start = index;
            bytes = 0;
        }
        if index == start {
            first = event.at;
        }
        bytes += size;
    }
    chunks.extend(events.get(start..).filter(|rest| !rest.is_empty()));
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::{Record, Stream};
    use std::path::Path;

    fn events(lines: impl IntoIterator<Item = (u64, usize, i64)>) -> Vec<Event> {
        let mut grouper = Grouper::new(None);
        lines
            .into_iter()
            .filter_map(|(offset, bytes, millis)| {
                grouper.take(&Record {
                    stream: Stream::Stdout,
                    at: Timestamp::from_millis(millis),
                    offset,
                    partial: false,
                    bytes: vec![b'x'; bytes],
                })
            })
            .collect()
    }

    #[test]
    fn batches_stay_within_what_the_api_takes() {
        let sizes = |events: &[Event]| -> Vec<usize> {
            chunks(events).iter().map(|chunk| chunk.len()).collect()
        };
        let many = events((0..25_000).map(|offset| (offset, 1, 0)));
        assert_eq!(sizes(&many), [10_000, 10_000, 5_000]);
        let big = events((0..12).map(|offset| (offset, 200_000, 0)));
        assert_eq!(sizes(&big), [5, 5, 2]);
        assert!(chunks(&[]).is_empty());
        let day = 24 * 3600 * 1000;
        let apart = in_order(events([(0, 1, 0), (1, 1, day - 1), (2, 1, day)]));
        assert_eq!(sizes(&apart), [2, 1]);
    }

    #[test]
    fn a_clock_that_goes_back_does_not_lose_lines() {
        let lines = in_order(events([(0, 1, 9), (1, 0, 9), (2, 1, 3)]));
        let sent: Vec<(u64, i64)> = lines
            .iter()
            .map(|line| (line.offset, line.at.as_millis()))
            .collect();
        assert_eq!(sent, [(0, 9), (2, 9)]);
    }

    #[test]
    fn only_what_was_sent_is_acknowledged() {
        let cursor = |position| Cursor {
            position,
            ..Cursor::default()
        };
        let mut read = ReadAhead::default();
        read.note(Some(10), cursor(1));
        read.note(Some(20), cursor(2));
        assert_eq!(read.done(Some(10)), None);
        assert_eq!(read.done(Some(15)), Some(cursor(1)));
        read.note(None, cursor(3));
        assert_eq!(read.done(Some(15)), None);
        assert_eq!(read.done(None), Some(cursor(3)));
        assert_eq!(read.done(None), None);
    }

    #[test]
    fn the_stream_is_named_as_on_aws() {
        let none = BTreeMap::new();
        let origin = Origin {
            container: "app",
            task: "0123",
            runtime_id: "feed",
            region: "eu-west-1",
            labels: &none,
            environment: &none,
            files: Path::new("/nonexistent"),
        };
        let mut options: BTreeMap<String, String> = [
            ("awslogs-stream-prefix", "web"),
            ("awslogs-group", "/ecs/hello"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let found = Awslogs::of(&options, &origin).unwrap().destination;
        assert_eq!(found.stream, "web/app/0123");
        assert_eq!(found.region, "eu-west-1");
        assert!(!found.create_group);
        options.remove("awslogs-stream-prefix");
        options.insert("awslogs-create-group".into(), "true".into());
        options.insert("awslogs-region".into(), "us-east-1".into());
        let found = Awslogs::of(&options, &origin).unwrap().destination;
        assert_eq!(found.stream, "feed");
        assert_eq!(found.region, "us-east-1");
        assert!(found.create_group);
    }
}
