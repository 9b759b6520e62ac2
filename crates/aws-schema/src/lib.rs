//! Shapes of the AWS models as constant data, and the reader and writer that walk them.
//!
//! `aws-api` holds one [`Schema`] per shape, generated. A codec in `aws-wire` implements
//! [`Writer`] or [`Reader`] once for its format, and every shape of every service is then
//! spoken in it: no code is generated per protocol. The traits are object-safe so that the
//! generated code is compiled once and not once per format.

#![forbid(unsafe_code)]

mod construct;
mod read;
mod redact;
mod schema;
mod value;
mod write;

pub use ambient::Timestamp;
pub use read::{ReadError, Reader};
pub use redact::debug;
pub use schema::{
    Constraints, ErrorShape, Kind, Member, Operation, Protocol, Schema, ServiceSchema, Support,
    TimestampFormat,
};
pub use value::{Blob, Shape, Structure, Value, read_member, write_member};
pub use write::Writer;
