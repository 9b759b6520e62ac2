//! Reading records, and changing one with compare-and-set.

use std::sync::Arc;

use bytes::Bytes;
use store::{Range, Revision, Store};

use crate::encoding::{decode, printable};
use crate::{Committed, Key, Prefix, Record, RecordError, Transaction};

/// How often a change is tried again when another got in first.
const CHANGE_ATTEMPTS_MAX: usize = 16;
/// How many records are read from the store at once.
const RANGE_PAGE_RECORDS: usize = 1000;

/// The records of a store.
#[derive(Clone)]
pub struct Records {
    store: Arc<dyn Store>,
}

/// A record with the revision at which it was last changed.
#[derive(Clone, Debug)]
pub struct Stored<R> {
    /// The key, as the store knows it.
    pub key: Bytes,
    /// The record.
    pub record: R,
    /// For compare-and-set.
    pub revision: Revision,
}

/// Records under a prefix, in the order of their keys.
#[derive(Clone, Debug)]
pub struct Listing<R> {
    /// The records.
    pub items: Vec<Stored<R>>,
    /// True where there are more after the last.
    pub more: bool,
}

impl Records {
    /// The records of `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The store beneath, for its revision and epoch.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The record under `key`.
    ///
    /// # Errors
    /// When the store fails or the record cannot be read.
    pub fn get<R: Record>(&self, key: &Key<R>) -> Result<Option<Stored<R>>, RecordError> {
        let Some(found) = self.store.get(key.bytes())? else {
            return Ok(None);
        };
        let record = decode(&found.key, &found.value)?;
        Ok(Some(Stored {
            key: found.key,
            record,
            revision: found.mod_revision,
        }))
    }

    /// At most `limit` records under `prefix`, those after the key `after` where one is given.
    ///
    /// # Errors
    /// When the store fails or a record cannot be read.
    pub fn list<R: Record>(
        &self,
        prefix: &Prefix<R>,
        after: Option<&Bytes>,
        limit: usize,
    ) -> Result<Listing<R>, RecordError> {
        let page = self.store.range(Range {
            prefix: prefix.bytes().clone(),
            start_after: after.cloned(),
            limit,
        })?;
        let mut items = Vec::with_capacity(page.items.len());
        for found in page.items {
            let record = decode(&found.key, &found.value)?;
            items.push(Stored {
                key: found.key,
                record,
                revision: found.mod_revision,
            });
        }
        Ok(Listing {
            items,
            more: page.more,
        })
    }

    /// Every record under `prefix`.
    ///
    /// # Errors
    /// When the store fails or a record cannot be read.
    pub fn all<R: Record>(&self, prefix: &Prefix<R>) -> Result<Vec<Stored<R>>, RecordError> {
        let mut items: Vec<Stored<R>> = Vec::new();
        loop {
            let after = items.last().map(|stored| stored.key.clone());
            let mut listing = self.list(prefix, after.as_ref(), RANGE_PAGE_RECORDS)?;
            items.append(&mut listing.items);
            if !listing.more {
                return Ok(items);
            }
        }
    }

    /// Begins a transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        Transaction::new(Arc::clone(&self.store))
    }

    /// Changes the record under `key`, again from its newest state whenever another got in first.
    /// `change` returns `None` to leave it as it is; it must have no effect but its result.
    ///
    /// # Errors
    /// When the store fails, the record cannot be read, or others keep changing it.
    pub async fn change<R: Record, E: From<RecordError>>(
        &self,
        key: &Key<R>,
        mut change: impl FnMut(Option<&R>) -> Result<Option<R>, E>,
    ) -> Result<Option<R>, E> {
        for _ in 0..CHANGE_ATTEMPTS_MAX {
            let before = self.get(key)?;
            let Some(after) = change(before.as_ref().map(|stored| &stored.record))? else {
                return Ok(before.map(|stored| stored.record));
            };
            let mut transaction = self.transaction();
            match &before {
                Some(stored) => transaction.replace(stored, &after)?,
                None => transaction.create(key, &after)?,
            }
            if let Committed::Yes(_) = transaction.commit().await? {
                return Ok(Some(after));
            }
        }
        Err(RecordError::Contended {
            key: printable(key.bytes()),
        }
        .into())
    }

    /// Decodes a record that a watch gave.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn decode<R: Record>(key: &[u8], value: &[u8]) -> Result<R, RecordError> {
        decode(key, value)
    }
}
