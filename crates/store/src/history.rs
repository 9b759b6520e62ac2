//! The recent changes, for watches: bounded, the oldest forgotten first.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::watch::{Batch, Event, WATCH_BATCH_MAX_EVENTS, WatchError};
use crate::{KeyValue, Revision};

/// The most events remembered for watches.
pub const HISTORY_MAX_EVENTS: usize = 65_536;

/// The most bytes remembered for watches, counted as keys and values, before and after, and
/// [`EVENT_OVERHEAD_BYTES`]. A value that is still current is counted though it costs nothing.
pub const HISTORY_MAX_BYTES: usize = 32 * 1_024 * 1_024;

/// What an event costs besides its keys and values.
const EVENT_OVERHEAD_BYTES: usize = size_of::<Event>();

/// All that one revision changed, in the order of its operations.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) revision: Revision,
    pub(crate) events: Arc<[Event]>,
}

impl Change {
    fn bytes(&self) -> usize {
        let of = |kv: &KeyValue| kv.key.len() + kv.value.len();
        self.events
            .iter()
            .map(|event| EVENT_OVERHEAD_BYTES + of(&event.kv) + event.prev.as_ref().map_or(0, of))
            .sum()
    }
}

/// How much is remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            events: HISTORY_MAX_EVENTS,
            bytes: HISTORY_MAX_BYTES,
        }
    }
}

#[derive(Debug)]
pub(crate) struct History {
    /// Rising by one from `forgotten + 1` to the store's revision.
    changes: VecDeque<Change>,
    forgotten: Revision,
    events: usize,
    bytes: usize,
    bounds: Bounds,
}

impl History {
    /// Knows nothing of `revision` and before.
    pub(crate) fn after(revision: Revision, bounds: Bounds) -> Self {
        Self {
            changes: VecDeque::new(),
            forgotten: revision,
            events: 0,
            bytes: 0,
            bounds,
        }
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.events += change.events.len();
        self.bytes += change.bytes();
        self.changes.push_back(change);
        while self.events > self.bounds.events || self.bytes > self.bounds.bytes {
            if !self.forget_oldest() {
                break;
            }
        }
    }

    /// Forgets `revision` and before.
    pub(crate) fn compact(&mut self, revision: Revision) {
        while self.forgotten < revision && self.forget_oldest() {}
    }

    fn forget_oldest(&mut self) -> bool {
        let Some(change) = self.changes.pop_front() else {
            return false;
        };
        self.events -= change.events.len();
        self.bytes -= change.bytes();
        self.forgotten = change.revision;
        true
    }

    /// The changes under `prefix` from the revision `from` on, up to
    /// [`WATCH_BATCH_MAX_EVENTS`] and then to the end of that revision; `None` when `from` has
    /// not come yet.
    pub(crate) fn read(&self, prefix: &[u8], from: Revision) -> Result<Option<Batch>, WatchError> {
        if from <= self.forgotten {
            return Err(WatchError::Compacted {
                asked: from,
                oldest: self.forgotten + 1,
            });
        }
        let skip = usize::try_from(from - self.forgotten - 1).unwrap_or(usize::MAX);
        if skip >= self.changes.len() {
            return Ok(None);
        }
        let mut batch = Batch {
            revision: from,
            events: Vec::new(),
        };
        for change in self.changes.range(skip..) {
            if batch.events.len() >= WATCH_BATCH_MAX_EVENTS {
                break;
            }
            let matching = change
                .events
                .iter()
                .filter(|event| event.kv.key.starts_with(prefix));
            batch.events.extend(matching.cloned());
            batch.revision = change.revision;
        }
        Ok(Some(batch))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::EventKind;

    fn change(revision: Revision, events: usize, value_bytes: usize) -> Change {
        let event = |index: usize| Event {
            kind: EventKind::Put,
            kv: KeyValue {
                key: Bytes::from(format!("{index:04}")),
                value: Bytes::from(vec![0; value_bytes]),
                create_revision: revision,
                mod_revision: revision,
                version: 1,
                lease: None,
            },
            prev: None,
        };
        Change {
            revision,
            events: (0..events).map(event).collect(),
        }
    }

    fn oldest(history: &History) -> Revision {
        match history.read(b"", 1) {
            Err(WatchError::Compacted { oldest, .. }) => oldest,
            _ => 1,
        }
    }

    #[test]
    fn events_are_bounded() {
        let bounds = Bounds {
            events: 10,
            bytes: usize::MAX,
        };
        let mut history = History::after(0, bounds);
        for revision in 1..=5 {
            history.push(change(revision, 3, 0));
            assert!(history.events <= 10);
        }
        assert_eq!(oldest(&history), 3);
        assert_eq!(history.read(b"", 6), Ok(None));
        assert_eq!(history.read(b"", 3).unwrap().unwrap().events.len(), 9);
        assert_eq!(history.read(b"0002", 4).unwrap().unwrap().events.len(), 2);
    }

    #[test]
    fn bytes_are_bounded_even_against_one_change() {
        let each = change(1, 1, 100).bytes();
        let bounds = Bounds {
            events: usize::MAX,
            bytes: 2 * each,
        };
        let mut history = History::after(0, bounds);
        for revision in 1..=4 {
            history.push(change(revision, 1, 100));
        }
        assert_eq!(oldest(&history), 3);
        history.push(change(5, 1, 10 * each));
        assert_eq!((oldest(&history), history.events, history.bytes), (6, 0, 0));
        history.push(change(6, 1, 100));
        assert_eq!(history.read(b"", 6).unwrap().unwrap().events.len(), 1);
    }
}
