//! awsJson 1.0 and 1.1. The two differ in the content type alone.

mod read;
mod write;

pub(crate) use read::{Document, JsonReader, Value};
pub(crate) use write::Writer;
