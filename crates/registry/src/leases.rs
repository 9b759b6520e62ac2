//! Which blobs somebody relies on although no image names them yet: a push has uploaded them, or
//! has been told that it need not, and its manifest is still to come.
//!
//! Whoever relies on a blob holds it before looking whether it is there; the collector deletes a
//! blob, or a repository's link to it, only once it has claimed it. A claim is given when nobody
//! holds the blob and nobody has for the grace. It is all in memory: after a start, everything
//! counts as held just then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Clock;
use tokio::sync::Notify;

use crate::Digest;

/// The leases of one registry.
pub(crate) struct Leases {
    clock: Arc<dyn Clock>,
    /// Monotonic.
    since: Duration,
    grace: Duration,
    state: Mutex<State>,
    released: Notify,
}

#[derive(Default)]
struct State {
    leases: HashMap<Digest, Lease>,
    claimed: HashSet<Digest>,
}

struct Lease {
    holders: usize,
    /// When the last holder let go; monotonic. None where none ever relied on it.
    last: Option<Duration>,
}

impl Leases {
    pub(crate) fn new(clock: Arc<dyn Clock>, grace: Duration) -> Self {
        Self {
            since: clock.monotonic(),
            clock,
            grace,
            state: Mutex::default(),
            released: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a blob, after a deletion under way.
    pub(crate) async fn hold(&self, digest: &Digest) -> Held<'_> {
        loop {
            let released = self.released.notified();
            tokio::pin!(released);
            // Before looking, for a release between the two would be missed.
            released.as_mut().enable();
            {
                let mut state = self.state();
                if !state.claimed.contains(digest) {
                    let lease = state.leases.entry(digest.clone()).or_insert(Lease {
                        holders: 0,
                        last: None,
                    });
                    lease.holders += 1;
                    return Held {
                        leases: self,
                        digest: digest.clone(),
                        relied_on: true,
                    };
                }
            }
            released.await;
        }
    }

    /// When the collector begins to look; see [`Self::claim`].
    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Claims a blob, if nobody relies on it: nobody does now, nobody has for the grace, and
    /// nobody has since `looked`, which is when the collector began to look who names it.
    pub(crate) fn claim(&self, digest: &Digest, looked: Duration) -> Option<Claim<'_>> {
        let now = self.clock.monotonic();
        let over = |last: Duration| last < looked && now.saturating_sub(last) > self.grace;
        let mut state = self.state();
        let free = match state.leases.get(digest) {
            Some(lease) => lease.holders == 0 && lease.last.is_none_or(over),
            None => true,
        };
        if !free || now.saturating_sub(self.since) <= self.grace {
            return None;
        }
        state.leases.remove(digest);
        state.claimed.insert(digest.clone()).then(|| Claim {
            leases: self,
            digest: digest.clone(),
        })
    }

    /// Whether a claim would be given; so that the collector need not look further.
    pub(crate) fn could_claim(&self, digest: &Digest, looked: Duration) -> bool {
        self.claim(digest, looked).is_some()
    }

    /// Forgets those that are over.
    pub(crate) fn prune(&self) {
        let now = self.clock.monotonic();
        self.state().leases.retain(|_, lease| {
            lease.holders > 0
                || lease
                    .last
                    .is_some_and(|last| now.saturating_sub(last) <= self.grace)
        });
    }
}

/// A blob that will not be deleted before the grace after this is dropped.
pub(crate) struct Held<'a> {
    leases: &'a Leases,
    digest: Digest,
    relied_on: bool,
}

impl Held<'_> {
    /// The blob was not there, or is not relied on: no grace follows.
    pub(crate) fn let_go(mut self) {
        self.relied_on = false;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let now = self.leases.clock.monotonic();
        let mut state = self.leases.state();
        let Some(lease) = state.leases.get_mut(&self.digest) else {
            return;
        };
        lease.holders = lease.holders.saturating_sub(1);
        if self.relied_on {
            lease.last = Some(now);
        }
        if lease.holders == 0 && lease.last.is_none() {
            state.leases.remove(&self.digest);
        }
    }
}

/// The right to delete a blob. Whoever wants to hold it waits until this is dropped.
pub(crate) struct Claim<'a> {
    leases: &'a Leases,
    digest: Digest,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.leases.state().claimed.remove(&self.digest);
        self.leases.released.notify_waiters();
    }
}
