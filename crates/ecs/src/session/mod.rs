//! Sessions of agents: which nodes are connected, and the websocket that each is served by.

mod connection;
mod outbox;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent_wire::{INSTANCE_STATUSES_MAX, InstanceStatus, InstanceStatuses};
use ambient::{Clock, Random};
use records::Records;
use tokio::sync::watch;

use crate::{Board, Config};

pub use connection::{Opening, SessionError};

/// The sessions that are open now. It is no record: who is connected is known from the
/// connection alone, and nobody is after a restart.
#[derive(Default)]
pub struct Sessions {
    /// The number of the newest session of each connected node.
    open: Mutex<BTreeMap<String, u64>>,
    /// When nodes that were connected went, on the monotonic clock; as long as somebody asks.
    left: Mutex<BTreeMap<String, Duration>>,
    /// What connected nodes say of themselves.
    statuses: Mutex<BTreeMap<String, Vec<InstanceStatus>>>,
    changes: watch::Sender<u64>,
}

impl Sessions {
    /// True while an agent of that node is connected.
    #[must_use]
    pub fn is_connected(&self, node: &str) -> bool {
        self.lock().contains_key(node)
    }

    /// Since when a node has not been connected, on the monotonic clock: zero where it has not been
    /// since we began, `None` while it is.
    #[must_use]
    pub fn away_since(&self, node: &str) -> Option<Duration> {
        let open = self.lock();
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        (!open.contains_key(node)).then(|| left.get(node).copied().unwrap_or_default())
    }

    /// How many nodes are connected.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Wakes whenever a node comes or goes.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Takes a new session of `node` for the newest; an older one then ends itself.
    fn enter(&self, node: &str) -> u64 {
        let mut number = 0;
        self.changes.send_modify(|changes| {
            *changes += 1;
            number = *changes;
        });
        self.lock().insert(node.to_owned(), number);
        // Again, now that it can be seen.
        self.changes.send_modify(|changes| *changes += 1);
        number
    }

    /// What a connected node has said of itself; nothing of one that is not.
    #[must_use]
    pub fn statuses(&self, node: &str) -> Vec<InstanceStatus> {
        let statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        statuses.get(node).cloned().unwrap_or_default()
    }

    /// Keeps what a node says of itself in a session, if that is its newest.
    fn tell(&self, node: &str, number: u64, said: InstanceStatuses) {
        let open = self.lock();
        if open.get(node) == Some(&number) {
            let mut statuses = said.statuses;
            statuses.truncate(INSTANCE_STATUSES_MAX);
            self.statuses
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(node.to_owned(), statuses);
        }
    }

    fn is_newest(&self, node: &str, number: u64) -> bool {
        self.lock().get(node) == Some(&number)
    }

    fn leave(&self, node: &str, number: u64, now: Duration) {
        let mut open = self.lock();
        if open.get(node) == Some(&number) {
            open.remove(node);
            self.statuses
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(node);
            self.left
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(node.to_owned(), now);
            drop(open);
            self.changes.send_modify(|changes| *changes += 1);
        }
    }

    /// Forgets when those nodes went that are `over`.
    pub(crate) fn forget(&self, over: impl Fn(&str) -> bool) {
        self.left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|node, _| !over(node));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What sessions are served from.
#[derive(Clone)]
pub struct SessionServer {
    /// The records.
    pub records: Records,
    /// The tasks in memory.
    pub board: Arc<Board>,
    /// Who is connected.
    pub sessions: Arc<Sessions>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// For message ids.
    pub random: Arc<dyn Random>,
    /// What is the same for every session.
    pub config: Config,
}
