//! Reading records, and changing one with compare-and-set.

use std::num::NonZero;
use std::sync::Arc;

use bytes::Bytes;
use store::{KeyValue, Range, Revision, Store};

use crate::encoding::{decode, printable};
use crate::{Committed, Key, Prefix, Record, RecordError, Transaction};

/// How often a change is tried again when another got in first.
const CHANGE_ATTEMPTS_MAX: usize = 16;
/// How many records are read from the store at once.
const RANGE_PAGE_RECORDS: usize = 1000;
/// From so many records on, all cores decode them: a start with a large store waits for little else.
const DECODE_APART_MIN_RECORDS: usize = 4000;

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
        read(found).map(Some)
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
        Ok(Listing {
            items: page.items.into_iter().map(read).collect::<Result<_, _>>()?,
            more: page.more,
        })
    }

    /// Every record under `prefix`.
    ///
    /// # Errors
    /// When the store fails or a record cannot be read.
    pub fn all<R: Record>(&self, prefix: &Prefix<R>) -> Result<Vec<Stored<R>>, RecordError> {
        let mut found: Vec<KeyValue> = Vec::new();
        loop {
            let mut page = self.store.range(Range {
                prefix: prefix.bytes().clone(),
                start_after: found.last().map(|last| last.key.clone()),
                limit: RANGE_PAGE_RECORDS,
            })?;
            found.append(&mut page.items);
            if !page.more {
                break;
            }
        }
        let cores = if found.len() < DECODE_APART_MIN_RECORDS {
            1
        } else {
            std::thread::available_parallelism().map_or(1, NonZero::get)
        };
        decode_all(&found, cores)
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

fn read<R: Record>(found: KeyValue) -> Result<Stored<R>, RecordError> {
    Ok(Stored {
        record: decode(&found.key, &found.value)?,
        key: found.key,
        revision: found.mod_revision,
    })
}

/// Decodes on so many cores, this thread's included; this thread does what no other could be had for.
fn decode_all<R: Record>(found: &[KeyValue], cores: usize) -> Result<Vec<Stored<R>>, RecordError> {
    let decode = |part: &[KeyValue]| {
        part.iter()
            .cloned()
            .map(read)
            .collect::<Result<Vec<_>, _>>()
    };
    let mut parts = found.chunks(found.len().div_ceil(cores).max(1));
    let Some(first) = parts.next() else {
        return Ok(Vec::new());
    };
    std::thread::scope(|scope| {
        let apart: Vec<_> = parts
            .map(|part| {
                let builder = std::thread::Builder::new().name("decode".to_owned());
                (part, builder.spawn_scoped(scope, move || decode(part)))
            })
            .collect();
        let mut all = decode(first)?;
        for (part, thread) in apart {
            let decoded = thread.ok().and_then(|thread| thread.join().ok());
            all.append(&mut decoded.unwrap_or_else(|| decode(part))?);
        }
        Ok(all)
    })
}
