use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::Timestamp;

/// The one clock. Wall time is for people and signatures; monotonic time is for deadlines.
pub trait Clock: Send + Sync {
    /// Wall-clock time; it may jump.
    fn now(&self) -> Timestamp;

    /// How long the machine has run, its sleep left out: the same for every process of it, and nobody
    /// sets it. It never goes back.
    fn monotonic(&self) -> Duration;

    /// The same with its sleep. By default for a machine that has never slept.
    fn since_boot(&self) -> Duration {
        self.monotonic()
    }
}

/// The operating system's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

/// clock_gettime(2): none of these fails on Linux, and none is negative.
fn passed(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        passed(ClockId::Monotonic)
    }

    fn since_boot(&self) -> Duration {
        passed(ClockId::Boottime)
    }
}
