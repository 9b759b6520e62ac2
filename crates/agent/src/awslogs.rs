//! The awslogs driver: takes a container's lines from its spool and gives them to CloudWatch
//! Logs, in order, once.
//!
//! Each batch carries the offset of every line in PutLogEvents' otherwise unused
//! `sequenceToken`. After a crash, lines are sent again from the last acknowledged one, however
//! they are cut into batches then, and the sink takes only those that it does not have.

use std::time::Duration;

use ambient::Timestamp;

use agent_wire::LogConfig;
use aws_api::logs;
use runtime::{LogReader, Record, RuntimeError};
use thiserror::Error;

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
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(10);
/// How often a stream is asked for before the container's start fails: some twelve seconds, in
/// which a control plane that was killed is back.
const PREPARE_ATTEMPTS_MAX: u32 = 8;

/// Where a container's lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) region: String,
    pub(crate) group: String,
    pub(crate) stream: String,
    pub(crate) create_group: bool,
}

/// Why lines cannot be shipped.
#[derive(Debug, Error)]
pub(crate) enum ShippingError {
    /// The group or stream could not be made.
    #[error("failed to validate logger args: {0}")]
    Destination(CallError),
    /// The sink refuses for good.
    #[error("the log lines were refused: {0}")]
    Refused(CallError),
    /// The spool could not be read.
    #[error(transparent)]
    Spool(#[from] RuntimeError),
}

impl Destination {
    /// Where `config` sends the lines of a container of a task; `None` for other drivers.
    pub(crate) fn of(config: &LogConfig, container: &str, task_id: &str) -> Option<Self> {
        if config.r#type != "awslogs" {
            return None;
        }
        let option = |name: &str| config.config.get(name).cloned().unwrap_or_default();
        let prefix = option("awslogs-stream-prefix");
        Some(Self {
            region: option("awslogs-region"),
            group: option("awslogs-group"),
            stream: format!("{prefix}/{container}/{task_id}"),
            create_group: option("awslogs-create-group").eq_ignore_ascii_case("true"),
        })
    }

    /// Makes the stream, and the group where that is asked for. What is there already is fine.
    ///
    /// # Errors
    /// As the container's start must fail with.
    pub(crate) async fn prepare(&self, control_plane: &ControlPlane) -> Result<(), ShippingError> {
        let mut wait = RETRY_FIRST;
        for _ in 1..PREPARE_ATTEMPTS_MAX {
            match self.try_prepare(control_plane).await {
                Err(error) if !error.is_final() => {
                    tracing::debug!(%error, "a log stream is asked for again");
                }
                outcome => return outcome.map_err(ShippingError::Destination),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
        let outcome = self.try_prepare(control_plane).await;
        outcome.map_err(ShippingError::Destination)
    }

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
pub(crate) struct Shipper {
    pub(crate) control_plane: ControlPlane,
    pub(crate) destination: Destination,
    /// Tells the container's lines from those of any other in the same stream.
    pub(crate) source: String,
}

impl Shipper {
    /// Ships to the end.
    ///
    /// # Errors
    /// When lines cannot be shipped any more.
    pub(crate) async fn run(&self, reader: &mut dyn LogReader) -> Result<(), ShippingError> {
        loop {
            let batch = reader.next(READ_BYTES).await?;
            for chunk in chunks(&in_order(&batch.records)) {
                self.send(chunk).await?;
            }
            reader.acknowledge(batch.cursor).await?;
            if batch.ended {
                return Ok(());
            }
        }
    }

    async fn send(&self, lines: &[Line<'_>]) -> Result<(), ShippingError> {
        let events = lines.iter().map(|line| logs::InputLogEvent {
            timestamp: Some(line.at.as_millis()),
            message: Some(String::from_utf8_lossy(&line.record.bytes).into_owned()),
        });
        let offsets: Vec<String> = lines
            .iter()
            .map(|line| line.record.offset.to_string())
            .collect();
        let input = logs::PutLogEventsRequest {
            log_group_name: Some(self.destination.group.clone()),
            log_stream_name: Some(self.destination.stream.clone()),
            log_events: Some(events.collect()),
            sequence_token: Some(format!("longshore:{}:{}", self.source, offsets.join(","))),
            ..logs::PutLogEventsRequest::default()
        };
        let mut wait = RETRY_FIRST;
        loop {
            let put: Result<logs::PutLogEventsResponse, _> = self
                .control_plane
                .call(
                    &logs::SERVICE,
                    "PutLogEvents",
                    &self.destination.region,
                    &input,
                )
                .await;
            match put {
                Ok(_) => return Ok(()),
                Err(error) if error.code() == Some("ResourceNotFoundException") => {
                    // Somebody deleted the stream while the container writes to it: AWS's driver
                    // makes it anew.
                    match self.destination.try_prepare(&self.control_plane).await {
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
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
    }
}

/// A line with the time that it is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line<'a> {
    record: &'a Record,
    at: Timestamp,
}

/// The lines in the order of their offsets, with times that never go back, as PutLogEvents wants
/// them, whatever the clock did. Empty lines are left out: CloudWatch Logs takes none.
fn in_order(records: &[Record]) -> Vec<Line<'_>> {
    let mut latest = Timestamp::default();
    let lines = records
        .iter()
        .filter(|record| !record.bytes.is_empty())
        .map(|record| {
            latest = latest.max(record.at);
            Line { record, at: latest }
        });
    lines.collect()
}

/// The lines in batches that PutLogEvents takes.
fn chunks<'a, 'r>(lines: &'a [Line<'r>]) -> Vec<&'a [Line<'r>]> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    let mut first = Timestamp::default();
    for (index, line) in lines.iter().enumerate() {
        // A byte that is no UTF-8 becomes a character of three.
        let size = line.record.bytes.len() * 3 + EVENT_OVERHEAD_BYTES;
        let full = bytes + size > BATCH_MAX_BYTES
            || index - start == BATCH_MAX_EVENTS
            || line.at.since(first) >= BATCH_MAX_SPAN;
        if index > start && full {
            chunks.extend(lines.get(start..index));
            start = index;
            bytes = 0;
        }
        if index == start {
            first = line.at;
        }
        bytes += size;
    }
    chunks.extend(lines.get(start..).filter(|rest| !rest.is_empty()));
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::Timestamp;
    use runtime::Stream;

    fn record(offset: u64, bytes: usize, millis: i64) -> Record {
        Record {
            stream: Stream::Stdout,
            at: Timestamp::from_millis(millis),
            offset,
            partial: false,
            bytes: vec![b'x'; bytes],
        }
    }

    #[test]
    fn batches_stay_within_what_the_api_takes() {
        let records: Vec<Record> = (0..25_000).map(|offset| record(offset, 1, 0)).collect();
        let lines = in_order(&records);
        let sizes: Vec<usize> = chunks(&lines).iter().map(|chunk| chunk.len()).collect();
        assert_eq!(sizes, [10_000, 10_000, 5_000]);
        let big: Vec<Record> = (0..5).map(|offset| record(offset, 200_000, 0)).collect();
        let big = in_order(&big);
        assert_eq!(
            chunks(&big).iter().map(|chunk| chunk.len()).sum::<usize>(),
            5
        );
        assert!(chunks(&big).len() > 1);
        assert!(chunks(&[]).is_empty());
        let day = 24 * 3600 * 1000;
        let apart = [record(0, 1, 0), record(1, 1, day - 1), record(2, 1, day)];
        let apart = in_order(&apart);
        let sizes: Vec<usize> = chunks(&apart).iter().map(|chunk| chunk.len()).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn a_clock_that_goes_back_does_not_lose_lines() {
        let records = [record(0, 1, 9), record(1, 0, 9), record(2, 1, 3)];
        let lines = in_order(&records);
        let sent: Vec<(u64, i64)> = lines
            .iter()
            .map(|line| (line.record.offset, line.at.as_millis()))
            .collect();
        assert_eq!(sent, [(0, 9), (2, 9)]);
    }

    #[test]
    fn the_stream_is_named_as_on_aws() {
        let config = LogConfig {
            r#type: "awslogs".into(),
            config: [
                ("awslogs-stream-prefix", "web"),
                ("awslogs-group", "/ecs/hello"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        };
        let destination = Destination::of(&config, "app", "0123").unwrap();
        assert_eq!(destination.stream, "web/app/0123");
        assert!(!destination.create_group);
    }
}
