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
use regex::bytes::Regex;
use runtime::Cursor;
use thiserror::Error;

use super::multiline::{self, Event, Grouper};
use super::spool::Spool;
use super::times::{self, Window};
use super::{Lost, Origin, only};
use crate::control_plane::{CallError, ControlPlane};

/// What PutLogEvents counts for each event beside its text.
const EVENT_OVERHEAD_BYTES: usize = 26;
/// PutLogEvents takes at most 1 MiB and 10,000 events a batch.
const BATCH_MAX_BYTES: usize = 1024 * 1024;
const BATCH_MAX_EVENTS: usize = 10_000;
/// A batch spans less than a day.
const BATCH_MAX_SPAN: Duration = Duration::from_secs(24 * 3600);
/// Why events are not taken although their request is.
const EXPIRED: &str = "they are older than their log group keeps events";
const TOO_OLD: &str = "they are older than the 14 days that CloudWatch Logs takes";
const TOO_NEW: &str = "their times are in the future of CloudWatch Logs";
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
    /// The region is none that the control plane serves; its words say which are, and a reason has no room
    /// for more.
    #[error("failed to validate logger args: awslogs-region: {0}")]
    Region(String),
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
                Err(error) if !error.is_final() && !error.is_of_region() => {
                    tracing::debug!(%error, "a log stream is asked for again");
                }
                outcome => return outcome.map_err(ShippingError::of_start),
            }
            retry.pause().await;
        }
        let outcome = destination.try_prepare(control_plane).await;
        outcome.map_err(ShippingError::of_start)
    }
}

impl ShippingError {
    /// Why a start fails.
    fn of_start(error: CallError) -> Self {
        match error {
            CallError::Refused {
                of_region: true,
                message,
                ..
            } => Self::Region(message),
            error => Self::Destination(error),
        }
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
            if !events.is_empty() {
                let refused = self.send(&events).await;
                // Told once, however many events are refused one after the other.
                let was_refused = std::mem::replace(&mut is_refused, refused.lines > 0);
                let (source, lines) = (&self.source, lost.lines);
                match (was_refused, is_refused) {
                    (false, true) => {
                        let why = &refused.why;
                        tracing::error!(%source, %why, "log lines are refused and lost; later ones are still sent");
                    }
                    (true, false) => {
                        tracing::warn!(%source, lines, "log lines are taken again; so many were lost");
                    }
                    _ => {}
                }
                lost = lost.and(refused);
            }
            if let Some(cursor) = read.done(grouper.held_from()) {
                spool.acknowledge(cursor).await;
            }
            if ended {
                return lost;
            }
        }
    }

    /// Sends events until each was taken or refused for good; gives the latter.
    async fn send(&self, mut events: &[Event]) -> Lost {
        let mut lost = Lost::default();
        let mut behind = Duration::ZERO;
        while !events.is_empty() {
            let (sent, put) = self.put(events, behind).await;
            let verdict = match put {
                Ok(rejected) => Verdict::of(sent, rejected.as_ref()),
                Err(error) => Verdict::refused(sent, error.to_string()),
            };
            lost = lost.and(verdict.lost);
            let mut done = verdict.done;
            if done < sent {
                if let Some(further) = times::further(behind) {
                    behind = further;
                    tracing::warn!(
                        source = %self.source,
                        "the time of log lines is in the future of CloudWatch Logs; they are sent with an earlier one"
                    );
                } else {
                    lost = lost.and(Lost {
                        lines: (sent - done) as u64,
                        why: TOO_NEW.to_owned(),
                    });
                    done = sent;
                }
            }
            events = events.get(done..).unwrap_or_default();
        }
        lost
    }

    /// Sends the first of some events, as many as go at once and with times as they can be now; gives how
    /// many these were, and which of them were not taken.
    async fn put(
        &self,
        events: &[Event],
        behind: Duration,
    ) -> (
        usize,
        Result<Option<logs::RejectedLogEventsInfo>, ShippingError>,
    ) {
        let destination = &self.awslogs.destination;
        let mut retry = self.control_plane.retry();
        loop {
            // Anew for each try: that it is refused may have to do with a clock that is set meanwhile.
            let times = Window::of(&*self.clock, behind).times(events);
            let sent = batch_length(events, &times);
            let input = self.request(events.iter().zip(&times).take(sent));
            let put: Result<logs::PutLogEventsResponse, _> = self
                .control_plane
                .call(&logs::SERVICE, "PutLogEvents", &destination.region, &input)
                .await;
            match put {
                Ok(taken) => return (sent, Ok(taken.rejected_log_events_info)),
                Err(error) if error.code() == Some("ResourceNotFoundException") => {
                    // Somebody deleted the stream while the container writes to it: AWS's driver
                    // makes it anew.
                    match destination.try_prepare(&self.control_plane).await {
                        Err(error) if error.is_final() => {
                            return (sent, Err(ShippingError::Destination(error)));
                        }
                        Err(error) => tracing::debug!(%error, "a log stream is asked for again"),
                        Ok(()) => {}
                    }
                }
                Err(error) if error.is_final() => {
                    return (sent, Err(ShippingError::Refused(error)));
                }
                Err(error) => tracing::debug!(%error, "log lines are sent again"),
            }
            retry.pause().await;
        }
    }

    fn request<'a>(
        &self,
        events: impl Iterator<Item = (&'a Event, &'a Timestamp)> + Clone,
    ) -> logs::PutLogEventsRequest {
        let destination = &self.awslogs.destination;
        let offsets: Vec<String> = events
            .clone()
            .map(|(event, _)| event.offset.to_string())
            .collect();
        let events = events.map(|(event, at)| logs::InputLogEvent {
            timestamp: Some(at.as_millis()),
            message: Some(event.text.clone()),
        });
        logs::PutLogEventsRequest {
            log_group_name: Some(destination.group.clone()),
            log_stream_name: Some(destination.stream.clone()),
            log_events: Some(events.collect()),
            sequence_token: Some(format!("longshore:{}:{}", self.source, offsets.join(","))),
            ..logs::PutLogEventsRequest::default()
        }
    }
}

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    /// How many of its first events were taken or lost. The others were in the sink's future, and
    /// can be sent again.
    done: usize,
    /// Those of them that were lost.
    lost: Lost,
}

impl Verdict {
    /// Nothing of it was taken, for good.
    fn refused(sent: usize, why: String) -> Self {
        Self {
            done: sent,
            lost: Lost {
                lines: sent as u64,
                why,
            },
        }
    }

    /// Of a batch that was taken but for what `rejected` tells of.
    fn of(sent: usize, rejected: Option<&logs::RejectedLogEventsInfo>) -> Self {
        let index = |member: Option<i32>| usize::try_from(member?).ok().map(|at| at.min(sent));
        let told = |member: fn(&logs::RejectedLogEventsInfo) -> Option<i32>| {
            rejected.and_then(|rejected| index(member(rejected)))
        };
        let old = told(|rejected| rejected.too_old_log_event_end_index).unwrap_or(0);
        let expired = told(|rejected| rejected.expired_log_event_end_index).unwrap_or(0);
        let done = told(|rejected| rejected.too_new_log_event_start_index).unwrap_or(sent);
        let lines = old.max(expired).min(done);
        let why = if expired > old { EXPIRED } else { TOO_OLD };
        Self {
            done,
            lost: Lost {
                lines: lines as u64,
                why: why.to_owned(),
            },
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

/// How many of the first events, which are sent with these times, PutLogEvents takes at once.
fn batch_length(events: &[Event], times: &[Timestamp]) -> usize {
    let first = times.first().copied().unwrap_or_default();
    let mut bytes = 0;
    let fits = |(event, at): &(&Event, &Timestamp)| {
        bytes += event.text.len() + EVENT_OVERHEAD_BYTES;
        bytes <= BATCH_MAX_BYTES && at.since(first) < BATCH_MAX_SPAN
    };
    let all = events.iter().zip(times).take(BATCH_MAX_EVENTS);
    // One alone always fits: an event is shorter than a batch.
    all.take_while(fits).count().max(1)
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
            let mut rest = events;
            let mut sizes = Vec::new();
            while !rest.is_empty() {
                let times: Vec<Timestamp> = rest.iter().map(|event| event.at).collect();
                let length = batch_length(rest, &times);
                sizes.push(length);
                rest = &rest[length..];
            }
            sizes
        };
        let many = events((0..25_000).map(|offset| (offset, 1, 0)));
        assert_eq!(sizes(&many), [10_000, 10_000, 5_000]);
        let big = events((0..12).map(|offset| (offset, 200_000, 0)));
        assert_eq!(sizes(&big), [5, 5, 2]);
        let day = 24 * 3600 * 1000;
        let apart = events([(0, 1, 0), (1, 1, day - 1), (2, 1, day)]);
        assert_eq!(sizes(&apart), [2, 1]);
    }

    #[test]
    fn what_a_batch_lost_is_counted_and_what_is_too_new_is_sent_again() {
        let verdict = |old, expired, new| {
            let rejected = logs::RejectedLogEventsInfo {
                too_old_log_event_end_index: old,
                expired_log_event_end_index: expired,
                too_new_log_event_start_index: new,
            };
            let Verdict { done, lost } = Verdict::of(9, Some(&rejected));
            (done, lost.lines, lost.why)
        };
        assert_eq!(Verdict::of(9, None).lost.lines, 0);
        assert_eq!(verdict(Some(2), None, None), (9, 2, TOO_OLD.to_owned()));
        assert_eq!(verdict(Some(2), Some(5), None), (9, 5, EXPIRED.to_owned()));
        assert_eq!(verdict(None, Some(2), Some(7)), (7, 2, EXPIRED.to_owned()));
        let (done, lines, _) = verdict(None, None, Some(0));
        assert_eq!((done, lines), (0, 0));
        let (done, lines, _) = verdict(Some(99), Some(-1), Some(99));
        assert_eq!((done, lines), (9, 9), "whatever an answer says");
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
