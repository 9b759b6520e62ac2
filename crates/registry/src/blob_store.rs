//! Where bytes are kept: each blob once, under its digest. Which repository has which blob is the
//! catalogue's business.

use std::io;

use ambient::BoxFuture;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use thiserror::Error;

use crate::Digest;

/// A content-addressed store of blobs.
pub trait BlobStore: Send + Sync {
    /// The size of a blob in bytes, if it is there.
    fn size<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Option<u64>, BlobError>>;

    /// `length` bytes of a blob from `start` on, which must be within it.
    fn read<'a>(
        &'a self,
        digest: &'a Digest,
        start: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Option<Blob>, BlobError>>;

    /// Begins a blob whose digest is not known yet.
    fn stage(&self, id: &str) -> BoxFuture<'_, Result<Box<dyn Staging>, BlobError>>;
}

/// A blob that is being written. Dropped unfinished, it leaves nothing behind.
pub trait Staging: Send {
    /// Adds bytes. Where it fails or is not awaited to its end, the staging is of no more use.
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), BlobError>>;

    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Makes it a blob, durably, if its digest is `expected`.
    fn finish(self: Box<Self>, expected: &Digest) -> BoxFuture<'_, Result<(), BlobError>>;
}

/// The bytes of a blob, or of a part of one.
pub struct Blob {
    /// As they come from the store.
    pub body: BoxBody<Bytes, io::Error>,
}

/// Why bytes could not be kept or read.
#[derive(Debug, Error)]
pub enum BlobError {
    /// The digest of the bytes is not the one that was said.
    #[error("the bytes have the digest {found}, not {expected}")]
    Mismatch {
        /// What was said.
        expected: Digest,
        /// What is so.
        found: Digest,
    },
    /// An earlier write was not awaited to its end, so that what was written is not known.
    #[error("an earlier write to this upload was cut off")]
    CutOff,
    /// The disk is full.
    #[error("no space is left for {what}: free some, and try again")]
    Full {
        /// What was to be written.
        what: String,
    },
    /// The disk failed.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was tried, on what.
        what: String,
        /// What the operating system says.
        source: io::Error,
    },
}

impl BlobError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { what },
            _ => Self::Io { what, source },
        }
    }
}
