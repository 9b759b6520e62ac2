//! A store's state in memory, shared by its readers, watches and one writer. What is here is
//! durable already (or never will be, in a `MemoryStore`); it is changed only by [`Resident::publish`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use ambient::Clock;
use bytes::Bytes;
use tokio::sync::watch;

use crate::draft::Effects;
use crate::history::{Bounds, History};
use crate::state::State;
use crate::watch::{Batch, Watch, WatchError};
use crate::{KeyValue, LeaseId, Page, Range, Revision, StoreError};

/// The most leases alive at once.
pub const LEASES_MAX: usize = 100_000;

/// The longest lease: etcd's `MaxLeaseTTL`, some 285 years.
pub const LEASE_TTL_MAX_SECONDS: u64 = 9_000_000_000;

/// How far the store is, for those who wait for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) revision: Revision,
    pub(crate) closed: bool,
}

struct Contents {
    state: State,
    history: History,
}

/// When leases run out: in memory only, so that keeping one alive costs no write.
#[derive(Default)]
struct Deadlines {
    leases: BTreeMap<LeaseId, Deadline>,
    /// Those that the batch in hand ends. They can no longer be kept alive, else one could be
    /// told that its lease lives while the disk is told that it is over.
    ending: BTreeSet<LeaseId>,
}

struct Deadline {
    ttl: Duration,
    /// By the clock's monotonic time.
    at: Duration,
}

pub(crate) struct Resident {
    clock: Arc<dyn Clock>,
    epoch: u64,
    contents: RwLock<Contents>,
    /// Locked after `contents` where both are.
    deadlines: Mutex<Deadlines>,
    progress: watch::Sender<Progress>,
}

impl Resident {
    pub(crate) fn new(state: State, epoch: u64, clock: Arc<dyn Clock>, bounds: Bounds) -> Self {
        let revision = state.revision;
        let now = clock.monotonic();
        let leases = state.leases.iter().map(|(&id, lease)| {
            let at = now.saturating_add(lease.ttl);
            (id, Deadline { ttl: lease.ttl, at })
        });
        let deadlines = Deadlines {
            leases: leases.collect(),
            ending: BTreeSet::new(),
        };
        Self {
            clock,
            epoch,
            contents: RwLock::new(Contents {
                state,
                history: History::after(revision, bounds),
            }),
            deadlines: Mutex::new(deadlines),
            progress: watch::Sender::new(Progress {
                revision,
                closed: false,
            }),
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(crate) fn revision(&self) -> Revision {
        self.contents().state.revision
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<KeyValue>, StoreError> {
        if key.is_empty() {
            return Err(StoreError::EmptyKey);
        }
        Ok(self.contents().state.keys.get(key).cloned())
    }

    pub(crate) fn page(&self, range: &Range) -> Page {
        self.contents().state.page(range)
    }

    /// Looks at the state; nothing is published meanwhile, so be short.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.contents().state)
    }

    /// Makes a batch visible: to readers, then to leases, then to those who wait. Only the one
    /// writer may call it, with what it drafted from the state as it is.
    pub(crate) fn publish(&self, effects: &Effects) {
        {
            let mut contents = self
                .contents
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            contents.state.apply(effects);
            for change in &effects.changes {
                contents.history.push(change.clone());
            }
        }
        if !effects.leases.is_empty() {
            let now = self.clock.monotonic();
            let mut deadlines = self.deadlines();
            for (&id, ttl) in &effects.leases {
                match *ttl {
                    Some(ttl) => {
                        let at = now.saturating_add(ttl);
                        deadlines.leases.insert(id, Deadline { ttl, at });
                    }
                    None => {
                        deadlines.leases.remove(&id);
                    }
                }
            }
        }
        self.progress
            .send_modify(|progress| progress.revision = effects.revision);
    }

    /// See [`crate::Store::watch`].
    pub(crate) fn watch(
        self: &Arc<Self>,
        prefix: &[u8],
        from: Revision,
    ) -> Result<Watch, StoreError> {
        let progress = self.progress.subscribe();
        if progress.borrow().closed {
            return Err(StoreError::Closed);
        }
        let from = if from == 0 { self.revision() + 1 } else { from };
        let prefix = Bytes::copy_from_slice(prefix);
        Ok(Watch::new(Arc::clone(self), progress, prefix, from))
    }

    /// See [`crate::Store::wait_for`].
    pub(crate) async fn wait_for(&self, revision: Revision) -> Result<(), StoreError> {
        let mut progress = self.progress.subscribe();
        let reached = progress
            .wait_for(|progress| progress.closed || progress.revision >= revision)
            .await
            .map_err(|_| StoreError::Closed)?;
        if reached.revision >= revision {
            Ok(())
        } else {
            Err(StoreError::Closed)
        }
    }

    /// See [`History::read`].
    pub(crate) fn changes(
        &self,
        prefix: &[u8],
        from: Revision,
    ) -> Result<Option<Batch>, WatchError> {
        self.contents().history.read(prefix, from)
    }

    /// See [`crate::Store::compact`].
    pub(crate) fn compact(&self, asked: Revision) -> Result<(), StoreError> {
        let mut contents = self
            .contents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let revision = contents.state.revision;
        if asked > revision {
            return Err(StoreError::FutureRevision { asked, revision });
        }
        contents.history.compact(asked);
        Ok(())
    }

    /// See [`crate::Store::keep_alive`].
    pub(crate) fn keep_alive(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        let now = self.clock.monotonic();
        let mut deadlines = self.deadlines();
        if deadlines.ending.contains(&lease) {
            return Err(StoreError::LeaseNotFound { lease });
        }
        let deadline = deadlines
            .leases
            .get_mut(&lease)
            .ok_or(StoreError::LeaseNotFound { lease })?;
        deadline.at = now.saturating_add(deadline.ttl);
        Ok(deadline.ttl)
    }

    /// Whether a lease has run out at `now`, so that a tick has anything to do.
    pub(crate) fn any_due(&self, now: Duration) -> bool {
        let deadlines = self.deadlines();
        deadlines.leases.values().any(|deadline| deadline.at <= now)
    }

    /// The leases that have run out at `now`, from here on ending.
    pub(crate) fn end_due(&self, now: Duration) -> Vec<LeaseId> {
        let mut deadlines = self.deadlines();
        let due = deadlines
            .leases
            .iter()
            .filter(|(id, deadline)| deadline.at <= now && !deadlines.ending.contains(id))
            .map(|(&id, _)| id)
            .collect::<Vec<_>>();
        deadlines.ending.extend(&due);
        due
    }

    /// Marks a lease as ending.
    pub(crate) fn end(&self, lease: LeaseId) {
        self.deadlines().ending.insert(lease);
    }

    /// The batch is over, whatever became of it: what it would have ended and did not lives on.
    pub(crate) fn batch_is_over(&self) {
        self.deadlines().ending.clear();
    }

    /// Tells those who wait that nothing more comes.
    pub(crate) fn close(&self) {
        self.progress.send_modify(|progress| progress.closed = true);
    }

    fn contents(&self) -> RwLockReadGuard<'_, Contents> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn deadlines(&self) -> MutexGuard<'_, Deadlines> {
        self.deadlines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
