//! The AWS protocols: codecs that walk a schema, errors, validation, pagination tokens.
//!
//! Everything here is a pure function of bytes, names and header values. Sockets, HTTP servers,
//! signatures and the choice of status for errors common to all services are left to others.
//!
//! [`decode`] parses a request's body, [`encode`] and [`encode_error`] give a
//! response's body and headers, each in any of the protocols; [`validate`](fn@validate) holds an
//! input against its model, [`unsupported`] against what has an effect; [`recognise`] tells which operation a request names; [`page`] makes
//! and checks pagination tokens; [`event_stream`] writes
//! outputs that go on; [`document`] stores a shape inside a record.

#![forbid(unsafe_code)]

mod cbor;
mod codec;
pub mod document;
mod error;
pub mod event_stream;
#[cfg(fuzzing)]
pub mod fuzzing;
mod json;
pub mod page;
mod pattern;
mod query;
mod reading;
pub mod recognise;
mod support;
#[cfg(test)]
mod tests;
mod timestamp;
mod validate;
mod xml;

pub use codec::{Decoded, Encoded, decode, encode};
pub use error::{Failure, encode_error};
pub use pattern::unchecked_patterns;
pub use support::unsupported;
pub use validate::{VIOLATIONS_REPORTED_MAX, Violations, validate};

/// How deep lists, maps and structures may nest in a request, in levels. The deepest typed input
/// has ten; the limit keeps a hostile body from using up the stack.
pub const NESTING_MAX_LEVELS: usize = 64;
