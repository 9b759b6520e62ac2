use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::Timestamp;

/// The one clock. Wall time is for people and signatures; monotonic time is for deadlines.
pub trait Clock: Send + Sync {
    /// Wall-clock time; it may jump.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; it never goes back.
    fn monotonic(&self) -> Duration;

    /// How long the machine has run, its sleep included: the same for every process of it, and nobody
    /// sets it. By default for a machine that began with the clock.
    fn since_boot(&self) -> Duration {
        self.monotonic()
    }
}

/// The operating system's clock.
#[derive(Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    fn since_boot(&self) -> Duration {
        // clock_gettime(2): this one cannot fail on Linux, and is never negative.
        Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
    }
}
