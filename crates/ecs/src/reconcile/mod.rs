//! Reconcilers: woken by the board and by a slow timer, they take no input, look again, and make
//! what is wanted so. Each is idempotent and says what it last did.

pub mod contact;
pub mod placement;
pub mod retention;

use std::sync::Mutex;
use std::time::Duration;

/// How often a reconciler looks even if nothing has woken it.
pub const IDLE_PERIOD: Duration = Duration::from_secs(5);

/// What a reconciler last did, for people.
#[derive(Debug, Default)]
pub struct Status(Mutex<String>);

impl Status {
    /// Remembers what was done.
    pub fn set(&self, text: String) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = text;
    }

    /// What was last done.
    #[must_use]
    pub fn get(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}
