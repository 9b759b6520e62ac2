//! What a store holds at one revision: the keys and the leases. Pure data; how a transaction
//! changes it is decided in `draft.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use bytes::Bytes;

use crate::draft::Effects;
use crate::{KeyValue, LeaseId, Page, Range, Revision};

/// A lease and the keys that end with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) ttl: Duration,
    pub(crate) keys: BTreeSet<Bytes>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) revision: Revision,
    pub(crate) keys: BTreeMap<Bytes, KeyValue>,
    pub(crate) leases: BTreeMap<LeaseId, Lease>,
    /// The number of the last lease granted.
    pub(crate) last_lease: u64,
}

impl State {
    /// The entries whose keys begin with `prefix`, in order.
    pub(crate) fn under(&self, prefix: &[u8]) -> impl Iterator<Item = &KeyValue> {
        self.keys
            .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .map(|(_, kv)| kv)
            .take_while(move |kv| kv.key.starts_with(prefix))
    }

    pub(crate) fn page(&self, range: &Range) -> Page {
        let prefix: &[u8] = &range.prefix;
        let start = match &range.start_after {
            Some(key) if key.as_ref() >= prefix => Bound::Excluded(key.as_ref()),
            _ => Bound::Included(prefix),
        };
        let mut found = self
            .keys
            .range::<[u8], _>((start, Bound::Unbounded))
            .map(|(_, kv)| kv)
            .take_while(|kv| kv.key.starts_with(prefix));
        let limit = if range.limit == 0 {
            usize::MAX
        } else {
            range.limit
        };
        let items = found.by_ref().take(limit).cloned().collect();
        Page {
            items,
            more: found.next().is_some(),
            revision: self.revision,
        }
    }

    /// Puts in an entry, or takes one away, and keeps the leases' lists true.
    pub(crate) fn set(&mut self, key: &Bytes, entry: Option<KeyValue>) {
        let lease = entry.as_ref().and_then(|kv| kv.lease);
        let before = match entry {
            Some(kv) => self.keys.insert(key.clone(), kv),
            None => self.keys.remove(key),
        };
        let lease_before = before.and_then(|kv| kv.lease);
        if lease_before == lease {
            return;
        }
        if let Some(lease) = lease_before.and_then(|id| self.leases.get_mut(&id)) {
            lease.keys.remove(key);
        }
        if let Some(lease) = lease.and_then(|id| self.leases.get_mut(&id)) {
            lease.keys.insert(key.clone());
        }
    }

    /// Takes over what a batch of transactions did.
    pub(crate) fn apply(&mut self, effects: &Effects) {
        self.revision = effects.revision;
        self.last_lease = effects.last_lease;
        for (&id, &ttl) in &effects.leases {
            if let Some(ttl) = ttl {
                let keys = BTreeSet::new();
                self.leases.insert(id, Lease { ttl, keys });
            }
        }
        for (key, entry) in &effects.keys {
            self.set(key, entry.clone());
        }
        for (id, ttl) in &effects.leases {
            if ttl.is_none() {
                self.leases.remove(id);
            }
        }
    }
}
