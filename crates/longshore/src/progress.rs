//! What `up` and `server` say while they start: a line a step, with the time since the start.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;

/// Steps on standard error.
pub(crate) struct Progress {
    clock: Arc<dyn Clock>,
    began: Duration,
}

impl Progress {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let began = clock.monotonic();
        Self { clock, began }
    }

    /// Says what has been done.
    pub(crate) fn step(&self, what: &str) {
        let elapsed = self.clock.monotonic().saturating_sub(self.began);
        let line = format!("[{:6.3}s] {what}\n", elapsed.as_secs_f64());
        // In one piece: others write to the same place. A disk that has no room for it stops nobody.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
