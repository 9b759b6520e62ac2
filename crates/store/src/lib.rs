//! Ordered keys, revisions, transactions, watches and leases: memory and redb.
//!
//! The contract is [`Store`], with the semantics of etcd's key-value API; what it stores are
//! bytes, and nothing here knows what they mean (crate `records` does). Two implementations:
//! [`MemoryStore`] for tests and the simulator, and [`RedbStore`], one file on disk with group
//! commit. Both keep everything in memory for reading, through the same code; they differ only
//! in how a transaction becomes durable.

#![forbid(unsafe_code)]

mod contract;
mod disk;
mod draft;
mod error;
mod history;
mod memory;
mod record;
mod resident;
mod state;
mod transaction;
mod watch;

pub use contract::Store;
pub use disk::{RedbStore, Snapshot, restore};
pub use error::StoreError;
pub use history::{HISTORY_MAX_BYTES, HISTORY_MAX_EVENTS};
pub use memory::MemoryStore;
pub use record::{KeyValue, LeaseId, Page, Range, Revision};
pub use resident::{LEASE_TTL_MAX_SECONDS, LEASES_MAX};
pub use transaction::{
    Compare, OP_OVERHEAD_BYTES, Op, TXN_MAX_BYTES, TXN_MAX_OPS, Txn, TxnOutcome,
};
pub use watch::{Batch, Event, EventKind, WATCH_BATCH_MAX_EVENTS, Watch, WatchError};
