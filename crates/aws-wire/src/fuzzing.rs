//! What the fuzz targets need of this crate beyond what everybody sees; there with the cfg
//! `fuzzing` alone.

#[path = "tests/form.rs"]
mod form;

use aws_schema::{Protocol, Shape};

/// The form that a client of one of the two Query protocols sends for an input.
#[must_use]
pub fn form(protocol: Protocol, input: &dyn Shape) -> Vec<u8> {
    form::form(protocol, input)
}
