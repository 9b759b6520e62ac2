//! What a batch of transactions does to a state, decided without touching it: no clock, no I/O.
//! The result is made durable by `disk`, and then visible by `resident.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

use bytes::Bytes;

use crate::history::Change;
use crate::resident::{LEASE_TTL_MAX_SECONDS, LEASES_MAX};
use crate::state::State;
use crate::watch::{Event, EventKind};
use crate::{Compare, KeyValue, LeaseId, Op, Revision, StoreError, Txn, TxnOutcome};

/// A state, and over it what the batch has done so far.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    base: &'a State,
    effects: Effects,
}

/// What a batch does, as the final image of all that it touches.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// The revision after the batch.
    pub(crate) revision: Revision,
    /// Each key touched, as it is after the batch; `None` when it is gone.
    pub(crate) keys: BTreeMap<Bytes, Option<KeyValue>>,
    /// Each lease granted, with its time, or ended (`None`).
    pub(crate) leases: BTreeMap<LeaseId, Option<Duration>>,
    /// The number of the last lease granted.
    pub(crate) last_lease: u64,
    /// What watches see, one for each revision.
    pub(crate) changes: Vec<Change>,
}

impl Effects {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.leases.is_empty()
    }
}

impl<'a> Draft<'a> {
    pub(crate) fn new(base: &'a State) -> Self {
        Self {
            base,
            effects: Effects {
                revision: base.revision,
                last_lease: base.last_lease,
                ..Effects::default()
            },
        }
    }

    pub(crate) fn finish(self) -> Effects {
        self.effects
    }

    /// Does a checked transaction, or refuses it and does nothing.
    pub(crate) fn txn(&mut self, txn: &Txn) -> Result<TxnOutcome, StoreError> {
        let succeeded = txn.compares.iter().all(|compare| self.holds(compare));
        let ops = if succeeded { &txn.then } else { &txn.otherwise };
        for op in ops {
            if let Op::Put {
                lease: Some(lease), ..
            } = op
            {
                self.lease(*lease)?;
            }
        }

        let revision = self.effects.revision + 1;
        let mut events = Vec::new();
        let mut gets = Vec::new();
        let mut deleted = 0;
        for op in ops {
            match op {
                Op::Put { key, value, lease } => {
                    events.push(self.put(revision, key, value, *lease));
                }
                Op::Delete { key } => {
                    if let Some(event) = self.delete(revision, key) {
                        events.push(event);
                        deleted += 1;
                    }
                }
                Op::DeletePrefix { prefix } => {
                    for key in self.keys_under(prefix) {
                        if let Some(event) = self.delete(revision, &key) {
                            events.push(event);
                            deleted += 1;
                        }
                    }
                }
                Op::Get { key } => gets.push(self.get(key).cloned()),
            }
        }
        self.changed(revision, events);
        Ok(TxnOutcome {
            succeeded,
            revision: self.effects.revision,
            gets,
            deleted,
        })
    }

    pub(crate) fn grant(&mut self, ttl: Duration) -> Result<LeaseId, StoreError> {
        let ttl_millis = ttl.as_millis();
        if ttl_millis == 0 || ttl > Duration::from_secs(LEASE_TTL_MAX_SECONDS) {
            return Err(StoreError::LeaseTtl { ttl_millis });
        }
        // Whole milliseconds, as it is stored.
        let ttl = Duration::from_millis(u64::try_from(ttl_millis).unwrap_or(u64::MAX));
        // Those ended in this batch are still counted: the limit need not be that sharp.
        if self.base.leases.len() + self.effects.leases.len() >= LEASES_MAX {
            return Err(StoreError::TooManyLeases);
        }
        self.effects.last_lease += 1;
        let lease = LeaseId(self.effects.last_lease);
        self.effects.leases.insert(lease, Some(ttl));
        Ok(lease)
    }

    /// Ends a lease, and deletes its keys at one revision.
    pub(crate) fn revoke(&mut self, lease: LeaseId) -> Result<(), StoreError> {
        self.lease(lease)?;
        let tied = |kv: &KeyValue| kv.lease == Some(lease);
        let mut keys: BTreeSet<Bytes> = self
            .base
            .leases
            .get(&lease)
            .map(|lease| lease.keys.clone())
            .unwrap_or_default();
        let touched = self.effects.keys.values().flatten();
        keys.extend(touched.filter(|kv| tied(kv)).map(|kv| kv.key.clone()));
        keys.retain(|key| self.get(key).is_some_and(tied));

        let revision = self.effects.revision + 1;
        let events = keys
            .iter()
            .filter_map(|key| self.delete(revision, key))
            .collect();
        self.changed(revision, events);
        self.effects.leases.insert(lease, None);
        Ok(())
    }

    fn holds(&self, compare: &Compare) -> bool {
        match compare {
            Compare::ModRevision { key, equals } => {
                self.get(key).map_or(0, |kv| kv.mod_revision) == *equals
            }
            Compare::CreateRevision { key, equals } => {
                self.get(key).map_or(0, |kv| kv.create_revision) == *equals
            }
            Compare::Version { key, equals } => self.get(key).map_or(0, |kv| kv.version) == *equals,
            Compare::Value { key, equals } => self.get(key).is_some_and(|kv| kv.value == equals),
            Compare::Exists { key } => self.get(key).is_some(),
            Compare::Absent { key } => self.get(key).is_none(),
            Compare::PrefixEmpty { prefix } => !self.any_under(prefix, |_| true),
            Compare::PrefixNotWrittenAfter { prefix, revision } => {
                !self.any_under(prefix, |kv| kv.mod_revision > *revision)
            }
        }
    }

    fn get(&self, key: &Bytes) -> Option<&KeyValue> {
        match self.effects.keys.get(key) {
            Some(entry) => entry.as_ref(),
            None => self.base.keys.get(key),
        }
    }

    /// The lease, if it is alive.
    fn lease(&self, lease: LeaseId) -> Result<(), StoreError> {
        let alive = match self.effects.leases.get(&lease) {
            Some(granted) => granted.is_some(),
            None => self.base.leases.contains_key(&lease),
        };
        if alive {
            Ok(())
        } else {
            Err(StoreError::LeaseNotFound { lease })
        }
    }

    /// The entries under a prefix: those that the batch touched, then the others. Not sorted.
    fn under<'b>(&'b self, prefix: &'b [u8]) -> impl Iterator<Item = &'b KeyValue> {
        let touched = self
            .effects
            .keys
            .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .filter_map(|(_, entry)| entry.as_ref());
        let others = self
            .base
            .under(prefix)
            .filter(|kv| !self.effects.keys.contains_key(&kv.key));
        touched.chain(others)
    }

    fn any_under(&self, prefix: &Bytes, condition: impl Fn(&KeyValue) -> bool) -> bool {
        self.under(prefix).any(condition)
    }

    /// Sorted, so that events come in the order of the keys.
    fn keys_under(&self, prefix: &Bytes) -> BTreeSet<Bytes> {
        self.under(prefix).map(|kv| kv.key.clone()).collect()
    }

    fn put(
        &mut self,
        revision: Revision,
        key: &Bytes,
        value: &Bytes,
        lease: Option<LeaseId>,
    ) -> Event {
        let prev = self.get(key).cloned();
        let kv = KeyValue {
            key: key.clone(),
            value: value.clone(),
            create_revision: prev.as_ref().map_or(revision, |prev| prev.create_revision),
            mod_revision: revision,
            version: prev.as_ref().map_or(0, |prev| prev.version) + 1,
            lease,
        };
        self.effects.keys.insert(key.clone(), Some(kv.clone()));
        Event {
            kind: EventKind::Put,
            kv,
            prev,
        }
    }

    fn delete(&mut self, revision: Revision, key: &Bytes) -> Option<Event> {
        let prev = self.get(key)?.clone();
        self.effects.keys.insert(key.clone(), None);
        Some(Event {
            kind: EventKind::Delete,
            kv: KeyValue {
                key: key.clone(),
                value: Bytes::new(),
                create_revision: 0,
                mod_revision: revision,
                version: 0,
                lease: None,
            },
            prev: Some(prev),
        })
    }

    /// What changed nothing takes no revision.
    fn changed(&mut self, revision: Revision, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.effects.revision = revision;
        self.effects.changes.push(Change {
            revision,
            events: events.into(),
        });
    }
}

/// That a batch is the same as its parts one by one; what each part does is held by
/// `tests/conformance`.
#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Part {
        Txn(Txn),
        Grant,
        Revoke(LeaseId),
    }

    /// What it answers, as text, so that all kinds can be compared.
    fn run(draft: &mut Draft<'_>, part: &Part) -> String {
        match part {
            Part::Txn(txn) => format!("{:?}", draft.txn(txn)),
            Part::Grant => format!("{:?}", draft.grant(Duration::from_secs(1))),
            Part::Revoke(lease) => format!("{:?}", draft.revoke(*lease)),
        }
    }

    /// Does the parts, so many in each batch; gives the answers, the events and the end.
    fn in_batches(parts: &[Part], batch: usize) -> (Vec<String>, Vec<Event>, State) {
        let mut state = State::default();
        let (mut answers, mut events) = (Vec::new(), Vec::new());
        for parts in parts.chunks(batch) {
            let mut draft = Draft::new(&state);
            answers.extend(parts.iter().map(|part| run(&mut draft, part)));
            let effects = draft.finish();
            for change in &effects.changes {
                assert!(
                    change
                        .events
                        .iter()
                        .all(|e| e.revision() == change.revision)
                );
                events.extend(change.events.iter().cloned());
            }
            state.apply(&effects);
        }
        (answers, events, state)
    }

    fn key() -> impl Strategy<Value = Bytes> {
        prop::sample::select(vec![&b"a"[..], b"a/", b"a/x", b"b", b"\xff"])
            .prop_map(Bytes::from_static)
    }

    fn lease() -> impl Strategy<Value = LeaseId> {
        (1..4_u64).prop_map(LeaseId)
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            4 => (key(), any::<u8>(), prop::option::of(lease())).prop_map(|(key, value, lease)| {
                let value = Bytes::copy_from_slice(&[value]);
                Op::Put { key, value, lease }
            }),
            1 => key().prop_map(|key| Op::Delete { key }),
            1 => key().prop_map(|prefix| Op::DeletePrefix { prefix }),
            2 => key().prop_map(|key| Op::Get { key }),
        ]
    }

    fn part() -> impl Strategy<Value = Part> {
        let compare = prop_oneof![
            key().prop_map(|key| Compare::Exists { key }),
            (key(), 0..6_u64).prop_map(|(key, equals)| Compare::ModRevision { key, equals }),
            key().prop_map(|prefix| Compare::PrefixEmpty { prefix }),
            (key(), 0..9_u64)
                .prop_map(|(prefix, revision)| Compare::PrefixNotWrittenAfter { prefix, revision }),
        ];
        let txn = (vec(compare, 0..2), vec(op(), 0..4), vec(op(), 0..3));
        let txn = txn.prop_map(|(compares, then, otherwise)| Txn {
            compares,
            then,
            otherwise,
        });
        prop_oneof![
            6 => txn.prop_filter("allowed", |txn| txn.check().is_ok()).prop_map(Part::Txn),
            2 => Just(Part::Grant),
            1 => lease().prop_map(Part::Revoke),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_batch_is_its_parts_one_by_one(parts in vec(part(), 1..24), batch in 2..24_usize) {
            prop_assert_eq!(in_batches(&parts, batch), in_batches(&parts, 1));
        }
    }
}
