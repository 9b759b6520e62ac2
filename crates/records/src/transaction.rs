//! Several changes that happen together or not at all.

use std::sync::Arc;

use bytes::Bytes;
use store::{Compare, Op, Revision, Store, Txn};

use crate::encoding::encode;
use crate::{Key, Prefix, Record, RecordError, Stored};

/// Changes that are waiting to be committed. What each expects of its record is compared at
/// commit, so a transaction built from what was read is safe against those who got in first.
pub struct Transaction {
    store: Arc<dyn Store>,
    txn: Txn,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// All is written, durably, at this revision.
    Yes(Revision),
    /// Something was not as expected; nothing is written.
    Conflict,
}

impl Transaction {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            txn: Txn::default(),
        }
    }

    /// Writes a record that must not exist yet.
    ///
    /// # Errors
    /// When the record cannot be encoded.
    pub fn create<R: Record>(&mut self, key: &Key<R>, record: &R) -> Result<(), RecordError> {
        self.txn.compares.push(Compare::Absent {
            key: key.bytes().clone(),
        });
        self.put(key.bytes(), record)
    }

    /// Writes a record in place of the one that was read.
    ///
    /// # Errors
    /// When the record cannot be encoded.
    pub fn replace<R: Record>(
        &mut self,
        before: &Stored<R>,
        record: &R,
    ) -> Result<(), RecordError> {
        self.expect(before);
        self.put(&before.key, record)
    }

    /// Deletes the record that was read.
    pub fn delete<R: Record>(&mut self, before: &Stored<R>) {
        self.expect(before);
        self.txn.then.push(Op::Delete {
            key: before.key.clone(),
        });
    }

    /// Deletes whatever is under `key`, if anything.
    pub fn delete_any<R>(&mut self, key: &Key<R>) {
        self.txn.then.push(Op::Delete {
            key: key.bytes().clone(),
        });
    }

    /// Holds only if the record is still as it was read.
    pub fn expect<R: Record>(&mut self, before: &Stored<R>) {
        self.txn.compares.push(Compare::ModRevision {
            key: before.key.clone(),
            equals: before.revision,
        });
    }

    /// Holds only if there is something under `key`.
    pub fn expect_exists<R>(&mut self, key: &Key<R>) {
        self.txn.compares.push(Compare::Exists {
            key: key.bytes().clone(),
        });
    }

    /// Holds only if there is nothing under `prefix`.
    pub fn expect_none<R>(&mut self, prefix: &Prefix<R>) {
        self.txn.compares.push(Compare::PrefixEmpty {
            prefix: prefix.bytes().clone(),
        });
    }

    /// Holds only if there is nothing under `key`.
    pub fn expect_absent<R>(&mut self, key: &Key<R>) {
        self.txn.compares.push(Compare::Absent {
            key: key.bytes().clone(),
        });
    }

    fn put<R: Record>(&mut self, key: &Bytes, record: &R) -> Result<(), RecordError> {
        let value = encode(key, record)?;
        self.txn.then.push(Op::Put {
            key: key.clone(),
            value,
            lease: None,
        });
        Ok(())
    }

    /// Writes all of it, durably, or nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn commit(self) -> Result<Committed, RecordError> {
        let outcome = self.store.txn(self.txn).await?;
        Ok(if outcome.succeeded {
            Committed::Yes(outcome.revision)
        } else {
            Committed::Conflict
        })
    }
}
