//! Time and randomness, as traits, so that a simulator can hold them.
//!
//! Nothing else in the project asks the operating system for the time or for random bytes;
//! `cargo xtask tidy` holds it to that.

#![forbid(unsafe_code)]

mod clock;
mod random;
mod steadiness;
mod timestamp;

pub use clock::{Clock, SystemClock};
pub use random::{Random, SystemRandom};
pub use steadiness::{JUMP_MIN, STEADY_FOR, Steadiness};
pub use timestamp::Timestamp;

/// A boxed future, for traits that must stay object-safe.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
