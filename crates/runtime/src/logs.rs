//! Reading a container's output.

use std::path::PathBuf;
use std::time::Duration;

use ambient::BoxFuture;
use shim::spool::{Cursor, Reader, Record};

use crate::RuntimeError;

/// How soon a reader looks again after it had found something.
const MIN_POLL: Duration = Duration::from_millis(2);
/// How seldom an idle reader looks: with a thousand idle containers, ten thousand cheap calls a
/// second.
const MAX_POLL: Duration = Duration::from_millis(100);

/// Gives a container's output in order, once, from the last acknowledged place on.
pub trait LogReader: Send {
    /// The next records: waits until there are some or the container has ended and nothing is
    /// left. Their bytes exceed `max_bytes` by at most one record.
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<LogBatch, RuntimeError>>;

    /// Makes durable that everything before `cursor` was taken, and frees its space: a container
    /// that blocks on a full spool goes on.
    fn acknowledge(&mut self, cursor: Cursor) -> BoxFuture<'_, Result<(), RuntimeError>>;
}

/// Some records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBatch {
    /// In order; empty only at the end.
    pub records: Vec<Record>,
    /// Behind the last of them.
    pub cursor: Cursor,
    /// Lines dropped before the cursor since the container's start.
    pub dropped: u64,
    /// True when nothing will follow.
    pub ended: bool,
}

/// Reads a shim's spool.
pub(crate) struct SpoolReader {
    reader: Reader,
    spool: PathBuf,
    /// The file whose existence tells that nothing more will be written.
    exit: PathBuf,
}

impl SpoolReader {
    pub(crate) fn open(spool: PathBuf, exit: PathBuf) -> Result<Self, RuntimeError> {
        Ok(Self {
            reader: Reader::open(&spool)?,
            spool,
            exit,
        })
    }

    /// One look. It runs where it is called: it reads at most half a megabyte at a time of what
    /// was just written, and handing an idle look to a thread would cost more than the look.
    fn read(&mut self, max_bytes: usize) -> Result<LogBatch, RuntimeError> {
        // In this order: the exit record is written after the last line.
        let ended = self.exit.exists();
        let records = self.reader.read(max_bytes)?;
        Ok(LogBatch {
            ended: ended && records.is_empty(),
            records,
            cursor: self.reader.cursor(),
            dropped: self.reader.dropped(),
        })
    }
}

impl LogReader for SpoolReader {
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<LogBatch, RuntimeError>> {
        Box::pin(async move {
            let mut pause = MIN_POLL;
            loop {
                let batch = self.read(max_bytes)?;
                if batch.ended || !batch.records.is_empty() {
                    return Ok(batch);
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_POLL);
            }
        })
    }

    fn acknowledge(&mut self, cursor: Cursor) -> BoxFuture<'_, Result<(), RuntimeError>> {
        let spool = self.spool.clone();
        // It syncs.
        Box::pin(blocking("acknowledge the log", move || {
            Reader::open(&spool)?.acknowledge(&cursor)?;
            Ok(())
        }))
    }
}

/// Runs what may block on a thread for that.
pub(crate) async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, RuntimeError> + Send + 'static,
) -> Result<T, RuntimeError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(RuntimeError::Command {
                command: what.to_owned(),
                message: format!("its thread ended: {error}"),
            })
        })
}
