use std::fmt;

use crate::{Schema, Timestamp};

/// Gives the parts of a value, asked for by schema. A codec implements this once for its format.
///
/// A reader stands at one value; each method consumes it. Members that the schema does not know
/// are passed over, as AWS does; members whose value is null count as absent.
pub trait Reader {
    /// A structure or union: calls `each` with the index of every member that is present, and a
    /// reader that stands at its value, which `each` must consume.
    ///
    /// # Errors
    /// When the value is no structure, or `each` fails.
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(usize, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError>;

    /// A list: calls `each` once an item.
    ///
    /// # Errors
    /// When the value is no list, or `each` fails.
    fn list(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError>;

    /// A map: calls `each` once an entry.
    ///
    /// # Errors
    /// When the value is no map, or `each` fails.
    fn map(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError>;

    /// A string.
    ///
    /// # Errors
    /// When the value is of another kind.
    fn string(&mut self, schema: &'static Schema) -> Result<String, ReadError>;

    /// A boolean.
    ///
    /// # Errors
    /// When the value is of another kind.
    fn boolean(&mut self, schema: &'static Schema) -> Result<bool, ReadError>;

    /// An integer of either width.
    ///
    /// # Errors
    /// When the value is of another kind or does not fit.
    fn integer(&mut self, schema: &'static Schema) -> Result<i64, ReadError>;

    /// A floating-point number of either width.
    ///
    /// # Errors
    /// When the value is of another kind.
    fn float(&mut self, schema: &'static Schema) -> Result<f64, ReadError>;

    /// A moment.
    ///
    /// # Errors
    /// When the value is of another kind or out of range.
    fn timestamp(&mut self, schema: &'static Schema) -> Result<Timestamp, ReadError>;

    /// Bytes.
    ///
    /// # Errors
    /// When the value is of another kind or not in the protocol's encoding.
    fn blob(&mut self, schema: &'static Schema) -> Result<Vec<u8>, ReadError>;
}

/// Why a request could not be read. It becomes the protocol's serialisation error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What is wrong, in words for the caller; it holds no part of the value.
    pub message: String,
}

impl ReadError {
    /// An error with this message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}
