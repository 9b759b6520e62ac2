//! The store on disk: one redb file, read whole into memory when opened, written by group commit.
//!
//! `file` knows the layout, `queue` holds requests back, `committer` is the one thread that
//! writes. A reader never comes here: it reads the shared memory of `resident.rs`.

mod committer;
#[cfg(test)]
mod failing_disk;
#[cfg(test)]
mod failures;
mod file;
mod queue;
mod snapshot;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use ambient::{BoxFuture, Clock};
use tokio::sync::oneshot;

use committer::Committer;
use file::{FolderLock, OpenDatabase, StoreFile};
use queue::{Queue, Run};
pub use snapshot::{Snapshot, restore};

use crate::contract::Store;
use crate::draft::Draft;
use crate::history::Bounds;
use crate::resident::Resident;
use crate::{
    KeyValue, LeaseId, OP_OVERHEAD_BYTES, Page, Range, Revision, StoreError, Txn, TxnOutcome, Watch,
};

/// The epoch of a store that comes after one of epoch `previous` (0: not known). Wall time, so
/// that a store made after its predecessor's folder was lost still comes after it.
pub(crate) fn new_epoch(previous: u64, clock: &dyn Clock) -> u64 {
    let now = u64::try_from(clock.now().as_millis()).unwrap_or(0);
    now.max(previous + 1)
}

/// The store in a file of a data folder.
///
/// Dropping it commits what waits, which blocks for as long as the disk takes.
pub struct RedbStore {
    resident: Arc<Resident>,
    queue: Arc<Queue>,
    path: PathBuf,
    committer: Option<JoinHandle<()>>,
    /// Let go of last.
    _lock: FolderLock,
}

impl std::fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedbStore")
            .field("path", &self.path)
            .field("revision", &self.resident.revision())
            .finish_non_exhaustive()
    }
}

impl RedbStore {
    /// Opens the store in `folder`, or makes both. Leases run by `clock`, from now on.
    ///
    /// Blocks while the file is read whole.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has the folder, [`StoreError::NewerFormat`],
    /// [`StoreError::Corrupt`], [`StoreError::Io`].
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::open_with(folder, clock, file::open_database())
    }

    fn open_with(
        folder: &Path,
        clock: Arc<dyn Clock>,
        open: OpenDatabase,
    ) -> Result<Self, StoreError> {
        let lock = file::lock_folder(folder)?;
        let path = file::create_if_absent(folder, || new_epoch(0, clock.as_ref()))?;
        let file = StoreFile::open(&path, &open)?;
        let loaded = file.load()?;
        let resident = Resident::new(loaded.state, loaded.epoch, clock, Bounds::default());
        let resident = Arc::new(resident);
        let queue = Arc::new(Queue::default());
        let committer = Committer {
            resident: Arc::clone(&resident),
            queue: Arc::clone(&queue),
            path: path.clone(),
            open,
            file: Some(file),
        };
        let at_end = AtEnd {
            resident: Arc::clone(&resident),
            queue: Arc::clone(&queue),
        };
        let run = move || {
            let _at_end = at_end;
            committer.run();
        };
        let committer = std::thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(run)
            .map_err(|error| StoreError::Io {
                action: "start a thread that writes",
                path: path.clone(),
                source: Arc::new(error),
            })?;
        Ok(Self {
            resident,
            queue,
            path,
            committer: Some(committer),
            _lock: lock,
        })
    }

    /// All that the store holds now, for a backup.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            state: self.resident.look(Clone::clone),
            epoch: self.resident.epoch(),
        }
    }

    /// Sends work to the committer and waits for it to be durable.
    async fn write<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        // Whoever no longer waits for the answer has dropped the other end: nothing to do.
        let run: Run = Box::new(move |turn| match turn {
            Ok(draft) => {
                let answer = work(draft);
                Some(Box::new(move |committed| {
                    tell.send(committed.and(answer)).ok();
                }))
            }
            Err(error) => {
                tell.send(Err(error)).ok();
                None
            }
        });
        self.queue.push(bytes, run)?;
        told.await.unwrap_or_else(|ended| {
            Err(StoreError::Unknown {
                path: self.path.clone(),
                source: Arc::new(ended),
            })
        })
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(committer) = self.committer.take()
            && committer.join().is_err()
        {
            tracing::error!(path = %self.path.display(), "the store's writing thread had panicked");
        }
    }
}

/// However the committer ends, nobody is left waiting for it.
struct AtEnd {
    resident: Arc<Resident>,
    queue: Arc<Queue>,
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.queue.close();
        self.queue.refuse(StoreError::Closed);
        self.resident.close();
    }
}

impl Store for RedbStore {
    fn get(&self, key: &[u8]) -> Result<Option<KeyValue>, StoreError> {
        self.resident.get(key)
    }

    fn range(&self, range: Range) -> Result<Page, StoreError> {
        Ok(self.resident.page(&range))
    }

    fn revision(&self) -> Revision {
        self.resident.revision()
    }

    fn txn(&self, txn: Txn) -> BoxFuture<'_, Result<TxnOutcome, StoreError>> {
        Box::pin(async move {
            txn.check()?;
            if txn.is_read_only() {
                return self.resident.look(|state| Draft::new(state).txn(&txn));
            }
            self.write(txn.bytes(), move |draft| draft.txn(&txn)).await
        })
    }

    fn watch(&self, prefix: &[u8], from: Revision) -> Result<Watch, StoreError> {
        self.resident.watch(prefix, from)
    }

    fn wait_for(&self, revision: Revision) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.resident.wait_for(revision))
    }

    fn grant(&self, ttl: Duration) -> BoxFuture<'_, Result<LeaseId, StoreError>> {
        Box::pin(self.write(OP_OVERHEAD_BYTES, move |draft| draft.grant(ttl)))
    }

    fn keep_alive(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.resident.keep_alive(lease)
    }

    fn revoke(&self, lease: LeaseId) -> BoxFuture<'_, Result<(), StoreError>> {
        let resident = Arc::clone(&self.resident);
        Box::pin(self.write(OP_OVERHEAD_BYTES, move |draft| {
            resident.end(lease);
            draft.revoke(lease)
        }))
    }

    fn tick(&self, now: Duration) -> BoxFuture<'_, Result<Vec<LeaseId>, StoreError>> {
        Box::pin(async move {
            if !self.resident.any_due(now) {
                return Ok(Vec::new());
            }
            let resident = Arc::clone(&self.resident);
            let end = move |draft: &mut Draft<'_>| {
                let due = resident.end_due(now);
                for lease in &due {
                    draft.revoke(*lease)?;
                }
                Ok(due)
            };
            self.write(OP_OVERHEAD_BYTES, end).await
        })
    }

    fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.resident.compact(revision)
    }

    fn epoch(&self) -> u64 {
        self.resident.epoch()
    }
}
