//! What happened in a simulation, and what should not have.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::SimClock;
use crate::dice::digest;

/// How many lines are kept; the older ones are counted in the digest only.
const LINES_MAX: usize = 2_000;
/// After this many, more would not help.
const VIOLATIONS_MAX: usize = 20;

/// The trace of one run.
pub(crate) struct Trace {
    clock: Arc<SimClock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    violations: Vec<String>,
    digest: u64,
    count: u64,
}

impl Trace {
    /// An empty trace.
    #[must_use]
    pub(crate) fn new(clock: Arc<SimClock>) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// Writes down what happened.
    pub(crate) fn note(&self, what: &str) {
        let millis = self.clock.millis();
        let mut kept = self.kept();
        // A sum, because what happens in one millisecond has no order.
        kept.digest = kept.digest.wrapping_add(digest(millis, [what.as_bytes()]));
        kept.count += 1;
        keep(&mut kept, millis, what);
    }

    /// Writes down that a promise was broken.
    pub(crate) fn violation(&self, what: &str) {
        let millis = self.clock.millis();
        let mut kept = self.kept();
        if kept.violations.len() < VIOLATIONS_MAX {
            kept.violations.push(format!("{millis:>8} ms  {what}"));
        }
        keep(&mut kept, millis, &format!("VIOLATION {what}"));
    }

    /// The promises that were broken.
    #[must_use]
    pub(crate) fn violations(&self) -> Vec<String> {
        self.kept().violations.clone()
    }

    /// The last lines.
    #[must_use]
    pub(crate) fn lines(&self) -> Vec<String> {
        self.kept().lines.iter().cloned().collect()
    }

    /// Stands for all that was noted, and how much it was.
    #[must_use]
    pub(crate) fn digest(&self) -> (u64, u64) {
        let kept = self.kept();
        (kept.digest, kept.count)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(kept: &mut Kept, millis: u64, what: &str) {
    if kept.lines.len() == LINES_MAX {
        kept.lines.pop_front();
    }
    kept.lines.push_back(format!("{millis:>8} ms  {what}"));
}
