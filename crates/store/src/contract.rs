//! The contract that every store keeps; `tests/conformance` is the same contract as a test.

use std::time::Duration;

use ambient::BoxFuture;

use crate::{KeyValue, LeaseId, Page, Range, Revision, StoreError, Txn, TxnOutcome, Watch};

/// An ordered map of bytes with etcd's semantics.
///
/// Reads come from memory, never wait for the disk, and show every write that was acknowledged
/// before they began. Writes are transactions, in one order for all, each durable before it is
/// acknowledged.
pub trait Store: Send + Sync {
    /// The key as it is now.
    ///
    /// # Errors
    /// [`StoreError::EmptyKey`].
    fn get(&self, key: &[u8]) -> Result<Option<KeyValue>, StoreError>;

    /// The keys that begin with a prefix, in order, as of one revision.
    ///
    /// # Errors
    /// None in the stores here; a store over a network can fail.
    fn range(&self, range: Range) -> Result<Page, StoreError>;

    /// The revision of the last acknowledged change.
    fn revision(&self) -> Revision;

    /// Does a transaction; resolves when it is durable and can be read.
    ///
    /// It begins when the future is first polled. A future dropped after that may or may not
    /// have been applied.
    ///
    /// # Errors
    /// The transaction breaks a limit or a rule ([`StoreError::TooManyOps`],
    /// [`StoreError::TxnTooLarge`], [`StoreError::EmptyKey`], [`StoreError::DuplicateKey`]); a put
    /// names a lease that is not there ([`StoreError::LeaseNotFound`]); the disk cannot follow
    /// ([`StoreError::Overloaded`]) or failed ([`StoreError::Io`], [`StoreError::Unavailable`]);
    /// or it failed at a moment that leaves the result open ([`StoreError::Unknown`]).
    fn txn(&self, txn: Txn) -> BoxFuture<'_, Result<TxnOutcome, StoreError>>;

    /// Changes to keys that begin with `prefix`, from the revision `from` on, that one included;
    /// 0 for all that come after now. To follow a page, watch from its `revision + 1`.
    ///
    /// Old changes are forgotten: the watch then says [`crate::WatchError::Compacted`], and the
    /// watcher lists again.
    ///
    /// # Errors
    /// [`StoreError::Closed`].
    fn watch(&self, prefix: &[u8], from: Revision) -> Result<Watch, StoreError>;

    /// Resolves when reads show the revision, at once when they do already.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the store closes first.
    fn wait_for(&self, revision: Revision) -> BoxFuture<'_, Result<(), StoreError>>;

    /// A new lease that runs out when it was not kept alive for `ttl`. The lease itself is
    /// durable; when the store is opened again, its time begins anew.
    ///
    /// # Errors
    /// [`StoreError::LeaseTtl`], [`StoreError::TooManyLeases`], or as [`Store::txn`].
    fn grant(&self, ttl: Duration) -> BoxFuture<'_, Result<LeaseId, StoreError>>;

    /// Begins the lease's time anew, by the store's clock, and says how long it is. Touches no
    /// disk.
    ///
    /// # Errors
    /// [`StoreError::LeaseNotFound`], also while the lease is being revoked.
    fn keep_alive(&self, lease: LeaseId) -> Result<Duration, StoreError>;

    /// Ends the lease and deletes its keys, at one revision.
    ///
    /// # Errors
    /// [`StoreError::LeaseNotFound`], or as [`Store::txn`].
    fn revoke(&self, lease: LeaseId) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Revokes the leases that have run out at `now` (monotonic time of the store's clock) and
    /// names them. Leases end only here: the owner calls it, more often than the shortest lease.
    ///
    /// # Errors
    /// As [`Store::txn`].
    fn tick(&self, now: Duration) -> BoxFuture<'_, Result<Vec<LeaseId>, StoreError>>;

    /// Forgets the changes up to `revision`, that one included; the keys as they are stay. To do
    /// it again does nothing.
    ///
    /// # Errors
    /// [`StoreError::FutureRevision`].
    fn compact(&self, revision: Revision) -> Result<(), StoreError>;

    /// Rises when the store is created anew or restored from a backup, so that whoever heard
    /// from an older one can tell. The same for as long as the store is open.
    fn epoch(&self) -> u64;
}
