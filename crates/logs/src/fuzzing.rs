//! What the fuzz targets need of this crate beyond what everybody sees; there with the cfg
//! `fuzzing` alone.

use crate::pattern::Pattern;
use crate::position::Position;

pub use crate::segment::fuzzing::{frame, frames, header, scan};

/// Whether a filter pattern takes a message; `None` where the pattern cannot be read.
#[must_use]
pub fn matches(pattern: &str, message: &str) -> Option<bool> {
    match Pattern::parse(pattern) {
        Ok(pattern) => Some(pattern.matches(message)),
        Err(wrong) => {
            let _ = wrong.sentence();
            None
        }
    }
}

/// Reads a position and writes it again.
#[must_use]
pub fn position(digits: &str) -> Option<String> {
    Position::from_digits(digits).map(Position::digits)
}
