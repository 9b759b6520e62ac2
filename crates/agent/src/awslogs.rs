//! The awslogs driver: takes a container's lines from its spool and gives them to CloudWatch
//! Logs, in order, once.
//!
//! A batch's end is written down before it is sent. After a crash the same batch is sent again,
//! from the last acknowledged line to that end, and the sink knows it by its offset: it takes
//! what it has not taken, whole batches at a time.

use std::path::PathBuf;
use std::time::Duration;

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
/// How much is read from the spool at once: well under a batch, so that one read is one batch.
const READ_BYTES: usize = 512 * 1024;
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(10);

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
    /// The batch's end could not be written down.
    #[error("could not write down how far log lines were sent: {0}")]
    Position(#[from] std::io::Error),
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
                return Err(ShippingError::Destination(error));
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
            Err(error) if !exists(&error) => Err(ShippingError::Destination(error)),
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
    /// Where the end of the batch under way is written.
    pub(crate) position: PathBuf,
}

impl Shipper {
    /// Ships to the end.
    ///
    /// # Errors
    /// When lines cannot be shipped any more.
    pub(crate) async fn run(&self, mut reader: Box<dyn LogReader>) -> Result<(), ShippingError> {
        let mut interrupted = self.batch_under_way()?;
        loop {
            let batch = reader.next(READ_BYTES).await?;
            // The rest of a batch that was cut off, alone, so that the sink knows it again.
            let cut_off = interrupted.take().unwrap_or(0);
            let (again, new): (Vec<_>, Vec<_>) = batch
                .records
                .iter()
                .partition(|record| record.offset <= cut_off);
            for records in [again, new] {
                for chunk in chunks(&records) {
                    self.send(chunk).await?;
                }
            }
            reader.acknowledge(batch.cursor).await?;
            if batch.ended {
                return Ok(());
            }
        }
    }

    fn batch_under_way(&self) -> Result<Option<u64>, ShippingError> {
        match std::fs::read_to_string(&self.position) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn send(&self, records: &[&Record]) -> Result<(), ShippingError> {
        let Some(last) = records.last() else {
            return Ok(());
        };
        if let (Some(folder), Some(name)) = (self.position.parent(), self.position.file_name()) {
            let name = name.to_string_lossy();
            crate::task::record::write(folder, &name, last.offset.to_string().as_bytes())?;
        }
        let events: Vec<logs::InputLogEvent> = records
            .iter()
            // CloudWatch Logs refuses empty messages; awslogs leaves empty lines out.
            .filter(|record| !record.bytes.is_empty())
            .map(|record| logs::InputLogEvent {
                timestamp: Some(record.at.as_millis()),
                message: Some(String::from_utf8_lossy(&record.bytes).into_owned()),
            })
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut input = logs::PutLogEventsRequest {
            log_group_name: Some(self.destination.group.clone()),
            log_stream_name: Some(self.destination.stream.clone()),
            log_events: Some(events),
            ..logs::PutLogEventsRequest::default()
        };
        input.sequence_token = Some(format!("longshore:{}:{}", self.source, last.offset));
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
                    self.destination.prepare(&self.control_plane).await?;
                }
                Err(error) if error.is_final() => return Err(ShippingError::Refused(error)),
                Err(error) => tracing::debug!(%error, "log lines are sent again"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
    }
}

/// The records in batches that PutLogEvents takes.
fn chunks<'a, 'r>(records: &'a [&'r Record]) -> Vec<&'a [&'r Record]> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    for (index, record) in records.iter().enumerate() {
        // A byte that is no UTF-8 becomes a character of three.
        let size = record.bytes.len() * 3 + EVENT_OVERHEAD_BYTES;
        if index > start && (bytes + size > BATCH_MAX_BYTES || index - start == BATCH_MAX_EVENTS) {
            chunks.extend(records.get(start..index));
            start = index;
            bytes = 0;
        }
        bytes += size;
    }
    chunks.extend(records.get(start..).filter(|rest| !rest.is_empty()));
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::Timestamp;
    use runtime::Stream;

    fn record(offset: u64, bytes: usize) -> Record {
        Record {
            stream: Stream::Stdout,
            at: Timestamp::from_millis(0),
            offset,
            partial: false,
            bytes: vec![b'x'; bytes],
        }
    }

    #[test]
    fn batches_stay_within_what_the_api_takes() {
        let records: Vec<Record> = (0..25_000).map(|offset| record(offset, 1)).collect();
        let records: Vec<&Record> = records.iter().collect();
        let sizes: Vec<usize> = chunks(&records).iter().map(|chunk| chunk.len()).collect();
        assert_eq!(sizes, [10_000, 10_000, 5_000]);
        let big: Vec<Record> = (0..5).map(|offset| record(offset, 200_000)).collect();
        let big: Vec<&Record> = big.iter().collect();
        assert_eq!(
            chunks(&big).iter().map(|chunk| chunk.len()).sum::<usize>(),
            5
        );
        assert!(chunks(&big).len() > 1);
        assert!(chunks(&[]).is_empty());
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
