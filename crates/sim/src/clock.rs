//! Simulated time: tokio's paused clock, cut into turns.
//!
//! Monotonic time is tokio's own, which jumps to the next timer whenever nothing is left to do.
//! Wall time is monotonic time and an offset that a fault may change. What nobody would do anything in
//! is skipped: both clocks go on, and no timer with them.
//!
//! tokio wakes those who wait for one watch in an order that it draws itself and that cannot be
//! seeded. So that a seed still gives one run, nothing that depends on such an order may matter:
//! each kind of actor has its own milliseconds of every [`LATTICE_MILLIS`], and acts of its own
//! accord only then. All timers of `ecs` are multiples of the lattice, and keep to the turn in
//! which they were set.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use ambient::{Clock, Timestamp};
use tokio::time::Instant;

/// How often everybody's turn comes, in milliseconds.
pub(crate) const LATTICE_MILLIS: u64 = 40;
/// Nodes beyond this many share turns.
const NODE_TURNS: usize = 16;
/// When every simulation begins: 2026-01-01T00:00:00Z.
const BEGINNING_MILLIS: i64 = 1_767_225_600_000;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Transactions are applied.
    Store,
    /// Clients begin their calls.
    Clients,
    /// A node acts.
    Node(usize),
    /// A node opens its session, whose timers then keep to this turn.
    Session(usize),
    /// What is not a node's own fault goes wrong.
    Faults,
    /// All is looked at.
    Checks,
}

impl Turn {
    fn slot(self) -> u64 {
        let of_node = |index: usize| u64::try_from(index % NODE_TURNS).unwrap_or(0);
        match self {
            Self::Store => 0,
            Self::Clients => 1,
            Self::Node(index) => 2 + of_node(index),
            Self::Session(index) => 18 + of_node(index),
            Self::Faults => 34,
            Self::Checks => 35,
        }
    }
}

/// The clock of one simulation.
#[derive(Debug)]
pub(crate) struct SimClock {
    origin: Instant,
    ahead_millis: AtomicI64,
    skipped_millis: AtomicU64,
}

/// This moment of tokio's clock. A timer that is due at once says it, wherever time is paused.
fn this_moment() -> Instant {
    tokio::time::sleep(Duration::ZERO).deadline()
}

impl SimClock {
    /// A clock that begins now; must be called in a runtime whose time is paused.
    #[must_use]
    pub(crate) fn start() -> Self {
        Self {
            origin: this_moment(),
            ahead_millis: AtomicI64::new(0),
            skipped_millis: AtomicU64::new(0),
        }
    }

    /// Milliseconds since the simulation began, without those that were skipped.
    #[must_use]
    pub(crate) fn millis(&self) -> u64 {
        let passed = this_moment().saturating_duration_since(self.origin);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// Lets both clocks go on by so much at once.
    pub(crate) fn skip(&self, millis: u64) {
        self.skipped_millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// Moves wall time, forward or back.
    pub(crate) fn jump(&self, millis: i64) {
        self.ahead_millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// How far wall time is ahead of where it would be without jumps, in milliseconds.
    #[must_use]
    pub(crate) fn ahead_millis(&self) -> i64 {
        self.ahead_millis.load(Ordering::Relaxed)
    }

    /// The first moment of `turn` that is later than now, and by at least `after` milliseconds.
    #[must_use]
    pub(crate) fn next(&self, turn: Turn, after: u64) -> u64 {
        let least = self.millis().saturating_add(after.max(1));
        let past = least % LATTICE_MILLIS;
        least + (turn.slot() + LATTICE_MILLIS - past) % LATTICE_MILLIS
    }

    /// Waits until that many milliseconds since the beginning.
    pub(crate) async fn until(&self, millis: u64) {
        tokio::time::sleep_until(self.origin + Duration::from_millis(millis)).await;
    }

    /// Waits for [`SimClock::next`].
    pub(crate) async fn turn(&self, turn: Turn, after: u64) {
        self.until(self.next(turn, after)).await;
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.monotonic().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(BEGINNING_MILLIS + passed + self.ahead_millis())
    }

    fn monotonic(&self) -> Duration {
        let passed = this_moment().saturating_duration_since(self.origin);
        passed + Duration::from_millis(self.skipped_millis.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn everybody_has_milliseconds_of_their_own() {
        let clock = SimClock::start();
        for turn in [
            Turn::Store,
            Turn::Clients,
            Turn::Node(0),
            Turn::Node(15),
            Turn::Session(0),
            Turn::Session(15),
            Turn::Faults,
            Turn::Checks,
        ] {
            let before = clock.millis();
            clock.turn(turn, 33).await;
            assert_eq!(clock.millis() % LATTICE_MILLIS, turn.slot());
            assert!((33..33 + LATTICE_MILLIS).contains(&(clock.millis() - before)));
        }
        assert_eq!(clock.next(Turn::Checks, 0), clock.millis() + LATTICE_MILLIS);
    }

    #[tokio::test(start_paused = true)]
    async fn wall_time_jumps_and_monotonic_time_does_not() {
        let clock = SimClock::start();
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        clock.jump(-5_000);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(clock.now().as_millis() - wall.as_millis(), -3_000);
        assert_eq!(clock.monotonic() - monotonic, Duration::from_secs(2));
        let millis = clock.millis();
        clock.skip(1_000);
        assert_eq!(clock.monotonic() - monotonic, Duration::from_secs(3));
        assert_eq!(clock.now().as_millis() - wall.as_millis(), -2_000);
        assert_eq!(clock.millis(), millis, "no timer is due");
    }
}
