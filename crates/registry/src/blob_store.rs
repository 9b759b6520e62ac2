//! Where bytes are kept: each blob once, under its digest. Which repository has which blob is the
//! catalogue's business.

use std::io;

use ambient::{BoxFuture, Timestamp};
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

    /// Begins a blob whose digest is not known yet, under a name of letters, digits, `-` and `.`.
    fn stage(
        &self,
        name: &str,
        unfinished: Unfinished,
    ) -> BoxFuture<'_, Result<Box<dyn Staging>, BlobError>>;

    /// Goes on with what was staged under that name as [`Unfinished::Kept`] and dropped, or was
    /// left by a process that ended. Nobody else may have it.
    fn resume(&self, name: &str) -> BoxFuture<'_, Result<Option<Box<dyn Staging>>, BlobError>>;

    /// What is staged.
    fn staged(&self) -> BoxFuture<'_, Result<Vec<Remnant>, BlobError>>;

    /// Throws away what is staged under that name; nothing is done where there is none.
    fn unstage(&self, name: &str) -> BoxFuture<'_, Result<(), BlobError>>;

    /// The blobs whose digests begin with the byte `shard`. All shards together are all blobs.
    fn digests(&self, shard: u8) -> BoxFuture<'_, Result<Vec<Digest>, BlobError>>;

    /// Deletes a blob and says how many bytes it had; 0 where there is none.
    fn delete<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<u64, BlobError>>;
}

/// What becomes of a staging that is dropped before it is a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// It leaves nothing behind.
    Discarded,
    /// It can be resumed, also by a later process.
    Kept,
}

/// Something that is staged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remnant {
    /// The name.
    pub name: String,
    /// When it was last written to.
    pub written_at: Timestamp,
}

/// A blob that is being written.
pub trait Staging: Send {
    /// Adds bytes, all or none. Where it is not awaited to its end, either may be.
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), BlobError>>;

    /// How many bytes there are.
    fn length(&self) -> u64;

    /// From now on it leaves nothing behind when it is dropped.
    fn discard(&mut self);

    /// Makes it a blob, durably, if its digest is `expected`. If not, it leaves nothing behind.
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
    /// An earlier write failed and could not be taken back.
    #[error("an earlier write to this upload failed half-way")]
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
