//! Why the store did not do what it was asked. Each message says whether anything was applied.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use crate::{LEASE_TTL_MAX_SECONDS, LEASES_MAX, LeaseId, Revision, TXN_MAX_BYTES, TXN_MAX_OPS};

/// The cause that lies below, kept for all who waited for the same commit.
pub(crate) type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what it was asked.
///
/// Except for [`StoreError::Unknown`], nothing was applied.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The queue before the disk is full: try again later.
    #[error(
        "the store is overloaded: {waiting} requests of {waiting_bytes} bytes wait for the disk; \
         nothing was changed, try again in a moment"
    )]
    Overloaded {
        /// How many requests wait.
        waiting: usize,
        /// How many bytes they hold.
        waiting_bytes: usize,
    },
    /// More than [`TXN_MAX_OPS`] compares, or operations in a branch.
    #[error(
        "a transaction of {count} operations was refused: at most {TXN_MAX_OPS} are allowed; split it"
    )]
    TooManyOps {
        /// How many there were.
        count: usize,
    },
    /// More than [`TXN_MAX_BYTES`].
    #[error(
        "a transaction of {bytes} bytes was refused: at most {TXN_MAX_BYTES} are allowed; split it"
    )]
    TxnTooLarge {
        /// Its size, as [`crate::Txn::bytes`] counts.
        bytes: usize,
    },
    /// A key may not be empty (a prefix may).
    #[error("a transaction with an empty key was refused; name the key")]
    EmptyKey,
    /// A branch puts a key twice, or puts a key that it also deletes.
    #[error(
        "a transaction that changes the key {key:?} twice was refused; change it once in each branch"
    )]
    DuplicateKey {
        /// The key.
        key: Bytes,
    },
    /// The lease was never granted, was revoked, or ran out.
    #[error("the lease {lease} does not exist (any more); grant a new one")]
    LeaseNotFound {
        /// The lease asked for.
        lease: LeaseId,
    },
    /// A lease's time is zero, or longer than [`LEASE_TTL_MAX_SECONDS`].
    #[error(
        "a lease of {ttl_millis} ms was refused: it must last from 1 ms to {LEASE_TTL_MAX_SECONDS} s"
    )]
    LeaseTtl {
        /// The time asked for, in milliseconds.
        ttl_millis: u128,
    },
    /// [`LEASES_MAX`] leases are alive.
    #[error("a new lease was refused: {LEASES_MAX} are alive already; revoke some")]
    TooManyLeases,
    /// The revision lies ahead of the store's.
    #[error("the revision {asked} does not exist yet: the store is at {revision}")]
    FutureRevision {
        /// The revision asked for.
        asked: Revision,
        /// The store's revision.
        revision: Revision,
    },
    /// Reading or writing the disk failed before the commit: nothing was applied.
    #[error(
        "cannot {action} {path}: {source}; nothing was applied. Check the disk, then try again"
    )]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: Source,
    },
    /// The disk failed during the commit: the transaction is applied wholly or not at all, and
    /// which of the two is not known. Read before trying again.
    #[error(
        "committing to {path} failed: {source}; whether the transaction was applied is not known. \
         Read what it would have written before trying again"
    )]
    Unknown {
        /// The store's file.
        path: PathBuf,
        /// Why it failed.
        source: Source,
    },
    /// The disk failed a while ago, and the store is still trying to open its file again. Reads
    /// and watches go on.
    #[error(
        "the store cannot write to {path} since an error ({reason}); nothing was applied. \
         It tries again by itself: free space or repair the disk"
    )]
    Unavailable {
        /// The store's file.
        path: PathBuf,
        /// The last error.
        reason: String,
    },
    /// Another process has the data folder.
    #[error(
        "the data folder {folder} is in use by another process; stop that one, or choose another folder"
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// A newer release wrote the file.
    #[error(
        "{path} has store format {found}, and this release knows up to {known}; \
         run a newer release, or restore a backup made by this one"
    )]
    NewerFormat {
        /// The store's file.
        path: PathBuf,
        /// The format found.
        found: u64,
        /// The newest format known.
        known: u64,
    },
    /// What the file holds cannot be true.
    #[error("{path} is damaged: {detail}; restore a backup")]
    Corrupt {
        /// The store's file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A store is there already, where one was to be restored.
    #[error("{path} is there already; restore into an empty folder, or move that one away")]
    Exists {
        /// The store's file.
        path: PathBuf,
    },
    /// A stream of a backup cannot be used.
    #[error("the backup's store cannot be restored: {detail}")]
    Snapshot {
        /// What is wrong.
        detail: String,
    },
    /// The store is being closed.
    #[error("the store is closed; nothing was applied")]
    Closed,
}
