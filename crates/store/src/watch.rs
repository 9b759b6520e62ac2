//! A watch: the changes under a prefix, in order, none left out and no revision split.
//!
//! A watch has no queue of its own. It remembers where it is and reads the store's one bounded
//! history, so a slow watcher costs no memory: it falls off the history and must list again.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

use crate::resident::{Progress, Resident};
use crate::{KeyValue, Revision};

/// After this many events a [`Batch`] ends with the revision it is in.
pub const WATCH_BATCH_MAX_EVENTS: usize = 1_024;

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It was written.
    Put,
    /// It was deleted, by a transaction or with its lease.
    Delete,
}

/// One key, changed by one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The key as written. After a deletion: no value, `version` and `create_revision` 0, and
    /// `mod_revision` the revision that deleted it.
    pub kv: KeyValue,
    /// The key as it was before; absent when it was not there.
    pub prev: Option<KeyValue>,
}

impl Event {
    /// The revision of the change.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.kv.mod_revision
    }

    /// The revision that had changed the key before; 0 when it was not there.
    #[must_use]
    pub fn prev_mod_revision(&self) -> Revision {
        self.prev.as_ref().map_or(0, |prev| prev.mod_revision)
    }
}

/// A stretch of revisions, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Everything under the prefix up to this revision, that one included, has been given.
    pub revision: Revision,
    /// The changes under the prefix, in order; may be empty.
    pub events: Vec<Event>,
}

/// Why a watch gives no more events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// The watch was too slow, or asked for the past, or the store was opened anew.
    #[error(
        "the changes of revision {asked} are forgotten (the oldest kept is {oldest}); \
         list again and watch from the list's revision + 1"
    )]
    Compacted {
        /// The revision that the watch wanted next.
        asked: Revision,
        /// The oldest revision that a watch can begin at.
        oldest: Revision,
    },
    /// The store was closed; all events before that have been given.
    #[error("the store is closed")]
    Closed,
}

/// Follows the changes under a prefix. Dropping one of its futures loses nothing.
pub struct Watch {
    resident: Arc<Resident>,
    progress: watch::Receiver<Progress>,
    prefix: Bytes,
    from: Revision,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch")
            .field("prefix", &self.prefix)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Watch {
    pub(crate) fn new(
        resident: Arc<Resident>,
        progress: watch::Receiver<Progress>,
        prefix: Bytes,
        from: Revision,
    ) -> Self {
        Self {
            resident,
            progress,
            prefix,
            from,
        }
    }

    /// The next events, at least one; a revision's events all at once.
    ///
    /// # Errors
    /// [`WatchError::Compacted`] when the store has forgotten what would be next (every later
    /// call says so again), [`WatchError::Closed`] when no more can come.
    pub async fn next(&mut self) -> Result<Vec<Event>, WatchError> {
        loop {
            let batch = self.advance().await?;
            if !batch.events.is_empty() {
                return Ok(batch.events);
            }
        }
    }

    /// Like [`Watch::next`], but also resolves when revisions passed that changed nothing under
    /// the prefix: for an index, whose readers wait for a revision.
    ///
    /// # Errors
    /// As [`Watch::next`].
    pub async fn advance(&mut self) -> Result<Batch, WatchError> {
        loop {
            // Marked as seen before looking, so that what comes after the look wakes us.
            let closed = self.progress.borrow_and_update().closed;
            if let Some(batch) = self.try_advance()? {
                return Ok(batch);
            }
            if closed || self.progress.changed().await.is_err() {
                return Err(WatchError::Closed);
            }
        }
    }

    /// What [`Watch::advance`] would give without waiting; `None` when nothing is new.
    ///
    /// # Errors
    /// [`WatchError::Compacted`].
    pub fn try_advance(&mut self) -> Result<Option<Batch>, WatchError> {
        let batch = self.resident.changes(&self.prefix, self.from)?;
        if let Some(batch) = &batch {
            self.from = batch.revision + 1;
        }
        Ok(batch)
    }
}
