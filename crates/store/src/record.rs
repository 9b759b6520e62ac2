//! What is stored and how it is read: a key with its revisions, and pages of them.
//! Writing is in `transaction.rs`.

use std::fmt;

use bytes::Bytes;

/// The number of a change. It rises by one with each transaction that changes anything, over the
/// whole store, and never goes back; 0 is the empty store before its first change.
pub type Revision = u64;

/// Names a lease. Never 0, never used twice in the life of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(pub u64);

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A key with its value, as etcd's `mvccpb.KeyValue` has it. Cloning copies no bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// The key, never empty.
    pub key: Bytes,
    /// The value; empty in the event of a deletion.
    pub value: Bytes,
    /// The revision that created the key (after its last deletion); 0 in the event of a deletion.
    pub create_revision: Revision,
    /// The revision that last changed the key; in the event of a deletion, the one that deleted it.
    pub mod_revision: Revision,
    /// How often the key was written since it was created, from 1; 0 in the event of a deletion.
    pub version: u64,
    /// The lease whose end deletes the key.
    pub lease: Option<LeaseId>,
}

/// Values may hold secrets, so only their length is shown.
impl fmt::Debug for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyValue")
            .field("key", &self.key)
            .field("value_bytes", &self.value.len())
            .field("create_revision", &self.create_revision)
            .field("mod_revision", &self.mod_revision)
            .field("version", &self.version)
            .field("lease", &self.lease)
            .finish()
    }
}

/// Which keys to read, in the order of their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Only keys that begin with this; empty for all keys.
    pub prefix: Bytes,
    /// Only keys after this one: the last key of the page before.
    pub start_after: Option<Bytes>,
    /// At most this many; 0 for all (nothing is copied but handles).
    pub limit: usize,
}

impl Range {
    /// Everything that begins with `prefix`, in one page and so of one revision.
    #[must_use]
    pub fn prefix(prefix: impl Into<Bytes>) -> Self {
        Self {
            prefix: prefix.into(),
            ..Self::default()
        }
    }
}

/// What [`Range`] found, all of it as of one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In the order of the keys' bytes.
    pub items: Vec<KeyValue>,
    /// Whether keys beyond the limit were left out.
    pub more: bool,
    /// The store's revision when the page was read. A watch from `revision + 1` misses nothing
    /// that this page does not show.
    pub revision: Revision,
}
