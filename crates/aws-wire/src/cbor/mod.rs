//! smithy-rpc-v2-cbor: RFC 8949, of which the protocol uses text keys, tag 1 for moments, and
//! numbers of any width.

mod read;
mod tree;
mod write;

pub(crate) use read::Document;
pub(crate) use write::Writer;
