//! Walks over groups or streams in the order of their names.

use records::logs::{LogGroup, LogStream};
use records::{Key, Prefix, Record};

use crate::Logs;
use crate::error::Failure;

/// How many records are read from the store at once.
const RECORDS_AT_ONCE: usize = 256;

/// What has a name that its key sorts by.
pub(super) trait Named: Record {
    fn name(&self) -> &str;
}

impl Named for LogGroup {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for LogStream {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Which part of the names is walked.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    /// Those that begin with it.
    pub(super) prefix: &'a str,
    /// Those that follow it.
    pub(super) after: Option<&'a str>,
    /// At most so many.
    pub(super) most: usize,
}

impl<'a> Walk<'a> {
    /// All that begin with `prefix`.
    pub(super) fn all(prefix: &'a str) -> Self {
        Self {
            prefix,
            after: None,
            most: usize::MAX,
        }
    }

    /// The records under `all` that are walked and wanted. `key` is where one of a name is.
    pub(super) fn collect<R: Named>(
        self,
        logs: &Logs,
        all: &Prefix<R>,
        key: impl Fn(&str) -> Key<R>,
        wanted: impl Fn(&R) -> bool,
    ) -> Result<Vec<R>, Failure> {
        let mut found = Vec::new();
        let mut from = None;
        if let Some(after) = self.after.filter(|after| *after >= self.prefix) {
            from = Some(key(after).bytes().clone());
        } else if !self.prefix.is_empty() {
            // Lists begin after a key, and one may be named as the prefix is.
            let key = key(self.prefix);
            if let Some(stored) = logs.records.get(&key)?
                && wanted(&stored.record)
            {
                found.push(stored.record);
            }
            from = Some(key.bytes().clone());
        }
        while found.len() < self.most {
            let page = logs.records.list(all, from.as_ref(), RECORDS_AT_ONCE)?;
            for stored in page.items {
                if !stored.record.name().starts_with(self.prefix) || found.len() >= self.most {
                    return Ok(found);
                }
                from = Some(stored.key);
                if wanted(&stored.record) {
                    found.push(stored.record);
                }
            }
            if !page.more {
                break;
            }
        }
        Ok(found)
    }
}
