//! Reading a container's output.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ambient::BoxFuture;
use shim::file;
use shim::spool::{Cursor, Reader, Record};

use crate::RuntimeError;
use crate::watch::{Watch, Watcher};

/// How often a reader looks whom nobody can tell of changes: with a thousand idle containers, ten
/// thousand cheap calls a second.
const POLL: Duration = Duration::from_millis(100);

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
    changes: Option<Changes>,
}

/// Who is told when there may be something to read.
struct Changes {
    watcher: Arc<Watcher>,
    /// Of the container's folder, where the exit record comes.
    folder: Watch,
    /// Of the spool, once there is one.
    spool: Option<Watch>,
}

impl SpoolReader {
    /// A reader for the container in `folder`. Without a watcher it looks now and then.
    pub(crate) fn open(folder: &Path, watcher: Option<Arc<Watcher>>) -> Result<Self, RuntimeError> {
        let spool = folder.join(file::SPOOL);
        let changes = watcher.and_then(|watcher| match watcher.watch(folder) {
            Ok(watch) => Some(Changes {
                watcher,
                folder: watch,
                spool: None,
            }),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the folder cannot be watched; it is looked at now and then");
                None
            }
        });
        Ok(Self {
            reader: Reader::open(&spool)?,
            spool,
            exit: folder.join(file::EXIT),
            changes,
        })
    }

    /// One look. It runs where it is called: it reads at most half a megabyte at a time of what
    /// was just written, and handing a look to a thread would cost more than the look.
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

impl Changes {
    /// Watches the spool too, if it can be: to be called before a look, which then sees what came
    /// before the watch.
    fn watch_spool(&mut self, spool: &Path) {
        if self.spool.is_none() {
            // Where there is none yet, the folder tells when it comes.
            self.spool = self.watcher.watch(spool).ok();
        }
    }

    async fn wait(&mut self) {
        match &mut self.spool {
            Some(spool) => tokio::select! {
                () = self.folder.changed() => {}
                () = spool.changed() => {}
            },
            // It may be that it cannot be watched.
            None => {
                let _ = tokio::time::timeout(POLL, self.folder.changed()).await;
            }
        }
    }
}

impl LogReader for SpoolReader {
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<LogBatch, RuntimeError>> {
        Box::pin(async move {
            loop {
                if let Some(changes) = &mut self.changes {
                    changes.watch_spool(&self.spool);
                }
                let batch = self.read(max_bytes)?;
                if batch.ended || !batch.records.is_empty() {
                    return Ok(batch);
                }
                match &mut self.changes {
                    Some(changes) => changes.wait().await,
                    None => tokio::time::sleep(POLL).await,
                }
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
