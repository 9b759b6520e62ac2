//! A transaction: what must hold, what is then done, what is done otherwise; and its limits,
//! which are etcd's. What it does to the keys is in `draft.rs`.

use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;

use crate::{KeyValue, LeaseId, Revision, StoreError};

/// The most compares, and the most operations in either branch: etcd's `--max-txn-ops`.
pub const TXN_MAX_OPS: usize = 128;

/// The most bytes in one transaction: etcd's `--max-request-bytes`, 1.5 MiB.
pub const TXN_MAX_BYTES: usize = 1_536 * 1_024;

/// What each compare and operation counts for besides its keys and values, near to what etcd's
/// encoding adds.
pub const OP_OVERHEAD_BYTES: usize = 16;

/// A condition on the store as it is when the transaction's turn comes.
///
/// Each can be said in etcd's terms, the ones on prefixes with a range end.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compare {
    /// The key was last changed by exactly this revision; 0 means that it is absent.
    ModRevision {
        /// The key.
        key: Bytes,
        /// The revision.
        equals: Revision,
    },
    /// The key was created by exactly this revision; 0 means that it is absent.
    CreateRevision {
        /// The key.
        key: Bytes,
        /// The revision.
        equals: Revision,
    },
    /// The key has been written this often since it was created; 0 means that it is absent.
    Version {
        /// The key.
        key: Bytes,
        /// The number of writes.
        equals: u64,
    },
    /// The key is there with exactly this value.
    Value {
        /// The key.
        key: Bytes,
        /// The value.
        equals: Bytes,
    },
    /// The key is there.
    Exists {
        /// The key.
        key: Bytes,
    },
    /// The key is not there.
    Absent {
        /// The key.
        key: Bytes,
    },
    /// No key begins with this.
    PrefixEmpty {
        /// The prefix; empty for the whole store.
        prefix: Bytes,
    },
    /// No key that begins with this was written after this revision. Deletions are not seen.
    PrefixNotWrittenAfter {
        /// The prefix; empty for the whole store.
        prefix: Bytes,
        /// The last revision that may have written there.
        revision: Revision,
    },
}

impl Compare {
    /// The key, or the prefix.
    fn key(&self) -> &Bytes {
        match self {
            Self::ModRevision { key, .. }
            | Self::CreateRevision { key, .. }
            | Self::Version { key, .. }
            | Self::Value { key, .. }
            | Self::Exists { key }
            | Self::Absent { key } => key,
            Self::PrefixEmpty { prefix } | Self::PrefixNotWrittenAfter { prefix, .. } => prefix,
        }
    }

    fn is_on_prefix(&self) -> bool {
        matches!(
            self,
            Self::PrefixEmpty { .. } | Self::PrefixNotWrittenAfter { .. }
        )
    }

    fn bytes(&self) -> usize {
        let value = match self {
            Self::Value { equals, .. } => equals.len(),
            _ => 0,
        };
        self.key().len() + value + OP_OVERHEAD_BYTES
    }
}

impl fmt::Debug for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key();
        match self {
            Self::ModRevision { equals, .. } => write!(f, "ModRevision({key:?}) = {equals}"),
            Self::CreateRevision { equals, .. } => write!(f, "CreateRevision({key:?}) = {equals}"),
            Self::Version { equals, .. } => write!(f, "Version({key:?}) = {equals}"),
            Self::Value { equals, .. } => write!(f, "Value({key:?}) = {} bytes", equals.len()),
            Self::Exists { .. } => write!(f, "Exists({key:?})"),
            Self::Absent { .. } => write!(f, "Absent({key:?})"),
            Self::PrefixEmpty { .. } => write!(f, "PrefixEmpty({key:?})"),
            Self::PrefixNotWrittenAfter { revision, .. } => {
                write!(f, "PrefixNotWrittenAfter({key:?}, {revision})")
            }
        }
    }
}

/// One step of a transaction. Steps are taken in order, and each sees those before it.
#[derive(Clone, PartialEq, Eq)]
pub enum Op {
    /// Writes the key, and ties it to the lease (or to none).
    Put {
        /// The key, not empty.
        key: Bytes,
        /// The value.
        value: Bytes,
        /// The lease whose end deletes the key.
        lease: Option<LeaseId>,
    },
    /// Deletes the key, if it is there.
    Delete {
        /// The key, not empty.
        key: Bytes,
    },
    /// Deletes all keys that begin with this.
    DeletePrefix {
        /// The prefix; empty for the whole store.
        prefix: Bytes,
    },
    /// Reads the key into [`TxnOutcome::gets`].
    Get {
        /// The key, not empty.
        key: Bytes,
    },
}

impl Op {
    /// The key, or the prefix.
    fn key(&self) -> &Bytes {
        match self {
            Self::Put { key, .. } | Self::Delete { key } | Self::Get { key } => key,
            Self::DeletePrefix { prefix } => prefix,
        }
    }

    fn bytes(&self) -> usize {
        let value = match self {
            Self::Put { value, .. } => value.len(),
            _ => 0,
        };
        self.key().len() + value + OP_OVERHEAD_BYTES
    }

    fn is_write(&self) -> bool {
        !matches!(self, Self::Get { .. })
    }
}

/// Values may hold secrets, so only their length is shown.
impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key();
        match self {
            Self::Put { value, lease, .. } => {
                write!(f, "Put({key:?}, {} bytes, {lease:?})", value.len())
            }
            Self::Delete { .. } => write!(f, "Delete({key:?})"),
            Self::DeletePrefix { .. } => write!(f, "DeletePrefix({key:?})"),
            Self::Get { .. } => write!(f, "Get({key:?})"),
        }
    }
}

/// If all of `compares` hold, `then` is done, else `otherwise`: all of it at one revision, or
/// nothing of it.
///
/// As in etcd, a branch may not put a key twice, nor put a key that it also deletes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Txn {
    /// What must hold; nothing always holds.
    pub compares: Vec<Compare>,
    /// What is done when it holds.
    pub then: Vec<Op>,
    /// What is done when it does not.
    pub otherwise: Vec<Op>,
}

impl Txn {
    /// Its keys and values, and [`OP_OVERHEAD_BYTES`] for each compare and operation.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.compares.iter().map(Compare::bytes).sum::<usize>()
            + self.ops().map(Op::bytes).sum::<usize>()
    }

    /// Whether no branch of it can change anything.
    pub(crate) fn is_read_only(&self) -> bool {
        !self.ops().any(Op::is_write)
    }

    fn ops(&self) -> impl Iterator<Item = &Op> {
        self.then.iter().chain(&self.otherwise)
    }

    /// What can be refused without looking at the store.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let count = self
            .compares
            .len()
            .max(self.then.len())
            .max(self.otherwise.len());
        if count > TXN_MAX_OPS {
            return Err(StoreError::TooManyOps { count });
        }
        let bytes = self.bytes();
        if bytes > TXN_MAX_BYTES {
            return Err(StoreError::TxnTooLarge { bytes });
        }
        let empty_key = self
            .compares
            .iter()
            .any(|compare| !compare.is_on_prefix() && compare.key().is_empty())
            || self
                .ops()
                .any(|op| !matches!(op, Op::DeletePrefix { .. }) && op.key().is_empty());
        if empty_key {
            return Err(StoreError::EmptyKey);
        }
        check_branch(&self.then)?;
        check_branch(&self.otherwise)
    }
}

/// One key changes at most once at a revision, so that watchers see each change.
fn check_branch(ops: &[Op]) -> Result<(), StoreError> {
    let mut puts = BTreeSet::new();
    for op in ops {
        if let Op::Put { key, .. } = op
            && !puts.insert(key)
        {
            return Err(StoreError::DuplicateKey { key: key.clone() });
        }
    }
    for op in ops {
        let covered = match op {
            Op::Delete { key } => puts.get(key).copied(),
            Op::DeletePrefix { prefix } => puts
                .range::<Bytes, _>(prefix..)
                .next()
                .copied()
                .filter(|key| key.starts_with(prefix)),
            Op::Put { .. } | Op::Get { .. } => None,
        };
        if let Some(key) = covered {
            return Err(StoreError::DuplicateKey { key: key.clone() });
        }
    }
    Ok(())
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnOutcome {
    /// Whether the compares held, so `then` was done and not `otherwise`.
    pub succeeded: bool,
    /// The transaction's own revision; when it changed nothing, the store's revision then.
    pub revision: Revision,
    /// What each [`Op::Get`] of the branch found, in order.
    pub gets: Vec<Option<KeyValue>>,
    /// How many keys the branch deleted.
    pub deleted: usize,
}
