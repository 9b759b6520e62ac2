//! The store that lasts as long as its process: for tests and the simulator. No thread, no disk,
//! and no time but the given clock's, so that the same calls give the same results.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::{BoxFuture, Clock};

use crate::contract::Store;
use crate::disk::new_epoch;
use crate::draft::Draft;
use crate::history::Bounds;
use crate::resident::Resident;
use crate::state::State;
use crate::{KeyValue, LeaseId, Page, Range, Revision, StoreError, Txn, TxnOutcome, Watch};

/// A store in memory alone.
pub struct MemoryStore {
    resident: Arc<Resident>,
    /// One transaction at a time.
    writing: Mutex<()>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore")
            .field("revision", &self.resident.revision())
            .finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store. Leases run by `clock`, and the epoch comes from it.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let epoch = new_epoch(0, clock.as_ref());
        let resident = Resident::new(State::default(), epoch, clock, Bounds::default());
        Self {
            resident: Arc::new(resident),
            writing: Mutex::new(()),
        }
    }

    fn write<T>(
        &self,
        run: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, effects) = self.resident.look(|state| {
            let mut draft = Draft::new(state);
            let answer = run(&mut draft);
            (answer, draft.finish())
        });
        if !effects.is_empty() {
            self.resident.publish(&effects);
        }
        self.resident.batch_is_over();
        answer
    }
}

impl Drop for MemoryStore {
    fn drop(&mut self) {
        self.resident.close();
    }
}

impl Store for MemoryStore {
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
            self.write(|draft| draft.txn(&txn))
        })
    }

    fn watch(&self, prefix: &[u8], from: Revision) -> Result<Watch, StoreError> {
        self.resident.watch(prefix, from)
    }

    fn wait_for(&self, revision: Revision) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.resident.wait_for(revision))
    }

    fn grant(&self, ttl: Duration) -> BoxFuture<'_, Result<LeaseId, StoreError>> {
        Box::pin(async move { self.write(|draft| draft.grant(ttl)) })
    }

    fn keep_alive(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.resident.keep_alive(lease)
    }

    fn revoke(&self, lease: LeaseId) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.write(|draft| {
                self.resident.end(lease);
                draft.revoke(lease)
            })
        })
    }

    fn tick(&self, now: Duration) -> BoxFuture<'_, Result<Vec<LeaseId>, StoreError>> {
        Box::pin(async move {
            self.write(|draft| {
                let due = self.resident.end_due(now);
                for lease in &due {
                    draft.revoke(*lease)?;
                }
                Ok(due)
            })
        })
    }

    fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.resident.compact(revision)
    }

    fn epoch(&self) -> u64 {
        self.resident.epoch()
    }
}
