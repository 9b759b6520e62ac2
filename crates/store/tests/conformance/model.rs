//! Random histories, done by the store and by a model so naive that it is plainly right: it
//! copies the whole map for each transaction and keeps every event for ever.

use std::collections::BTreeMap;
use std::time::Duration;

use ambient::Clock;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{
    Compare, Event, EventKind, KeyValue, LeaseId, Op, Range, StoreError, Txn, Watch, WatchError,
};

use crate::stand::Stand;

/// Histories tried, and steps in the longest.
const HISTORIES: u32 = 48;
const STEPS: usize = 40;

#[derive(Clone, Debug)]
enum Step {
    Txn(Txn),
    Grant { ttl_seconds: u64 },
    Revoke { lease: u64 },
    KeepAlive { lease: u64 },
    Pass { seconds: u64 },
    Tick,
    Compact { back: u64 },
    Watch { prefix: Bytes, back: u64 },
    Page { range: Range },
    Reopen,
}

#[derive(Clone, Debug, Default)]
struct Model {
    revision: u64,
    keys: BTreeMap<Bytes, KeyValue>,
    /// Time to live and deadline, in seconds.
    leases: BTreeMap<u64, (u64, u64)>,
    last_lease: u64,
    now: u64,
    events: Vec<Event>,
    forgotten: u64,
}

impl Model {
    fn holds(&self, compare: &Compare) -> bool {
        let under = |prefix: &Bytes| {
            let prefix = prefix.clone();
            self.keys
                .values()
                .filter(move |kv| kv.key.starts_with(&prefix))
        };
        match compare {
            Compare::ModRevision { key, equals } => match self.keys.get(key) {
                Some(kv) => kv.mod_revision == *equals,
                None => *equals == 0,
            },
            Compare::CreateRevision { key, equals } => match self.keys.get(key) {
                Some(kv) => kv.create_revision == *equals,
                None => *equals == 0,
            },
            Compare::Version { key, equals } => match self.keys.get(key) {
                Some(kv) => kv.version == *equals,
                None => *equals == 0,
            },
            Compare::Value { key, equals } => {
                matches!(self.keys.get(key), Some(kv) if kv.value == *equals)
            }
            Compare::Exists { key } => self.keys.contains_key(key),
            Compare::Absent { key } => !self.keys.contains_key(key),
            Compare::PrefixEmpty { prefix } => under(prefix).count() == 0,
            Compare::PrefixNotWrittenAfter { prefix, revision } => {
                under(prefix).all(|kv| kv.mod_revision <= *revision)
            }
            other => panic!("the model does not know {other:?}"),
        }
    }

    fn delete(&mut self, revision: u64, doomed: impl Fn(&KeyValue) -> bool) -> usize {
        let keys: Vec<KeyValue> = self
            .keys
            .values()
            .filter(|kv| doomed(kv))
            .cloned()
            .collect();
        for prev in &keys {
            self.keys.remove(&prev.key);
            self.events.push(Event {
                kind: EventKind::Delete,
                kv: KeyValue {
                    key: prev.key.clone(),
                    value: Bytes::new(),
                    create_revision: 0,
                    mod_revision: revision,
                    version: 0,
                    lease: None,
                },
                prev: Some(prev.clone()),
            });
        }
        keys.len()
    }

    /// Whether it succeeded, what it read, how many it deleted; or `None` when it is refused.
    fn txn(&mut self, txn: &Txn) -> Option<(bool, Vec<Option<KeyValue>>, usize)> {
        for branch in [&txn.then, &txn.otherwise] {
            for (index, op) in branch.iter().enumerate() {
                let Op::Put { key, .. } = op else { continue };
                for (other_index, other) in branch.iter().enumerate() {
                    let conflict = match other {
                        Op::Put { key: other, .. } => index != other_index && other == key,
                        Op::Delete { key: other } => other == key,
                        Op::DeletePrefix { prefix } => key.starts_with(prefix),
                        Op::Get { .. } => false,
                    };
                    if conflict {
                        return None;
                    }
                }
            }
        }
        let succeeded = txn.compares.iter().all(|compare| self.holds(compare));
        let branch = if succeeded { &txn.then } else { &txn.otherwise };
        let mut after = self.clone();
        let revision = self.revision + 1;
        let (mut gets, mut deleted) = (Vec::new(), 0);
        for op in branch {
            match op {
                Op::Put { key, value, lease } => {
                    if lease.is_some_and(|lease| !self.leases.contains_key(&lease.0)) {
                        return None;
                    }
                    let prev = after.keys.get(key).cloned();
                    let kv = KeyValue {
                        key: key.clone(),
                        value: value.clone(),
                        create_revision: prev.as_ref().map_or(revision, |kv| kv.create_revision),
                        mod_revision: revision,
                        version: prev.as_ref().map_or(1, |kv| kv.version + 1),
                        lease: *lease,
                    };
                    after.keys.insert(key.clone(), kv.clone());
                    after.events.push(Event {
                        kind: EventKind::Put,
                        kv,
                        prev,
                    });
                }
                Op::Delete { key } => deleted += after.delete(revision, |kv| kv.key == *key),
                Op::DeletePrefix { prefix } => {
                    deleted += after.delete(revision, |kv| kv.key.starts_with(prefix));
                }
                Op::Get { key } => gets.push(after.keys.get(key).cloned()),
            }
        }
        if after.events.len() > self.events.len() {
            after.revision = revision;
        }
        *self = after;
        Some((succeeded, gets, deleted))
    }

    fn end_lease(&mut self, lease: u64) {
        let revision = self.revision + 1;
        if self.delete(revision, |kv| kv.lease == Some(LeaseId(lease))) > 0 {
            self.revision = revision;
        }
        self.leases.remove(&lease);
    }

    /// What a watch of `prefix` from `from` on gives by now.
    fn watched(&self, prefix: &[u8], from: u64) -> Result<Vec<Event>, WatchError> {
        if from <= self.forgotten {
            return Err(WatchError::Compacted {
                asked: from,
                oldest: self.forgotten + 1,
            });
        }
        let wanted =
            |event: &&Event| event.kv.mod_revision >= from && event.kv.key.starts_with(prefix);
        Ok(self.events.iter().filter(wanted).cloned().collect())
    }
}

fn read_now(watch: &mut Watch) -> Result<Vec<Event>, WatchError> {
    let mut events = Vec::new();
    while let Some(batch) = watch.try_advance()? {
        events.extend(batch.events);
    }
    Ok(events)
}

async fn check(make: fn() -> Stand, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut stand = make();
    let mut model = Model::default();
    let mut follower = stand.store().watch(b"", 1).unwrap();
    let mut followed = 0;
    for step in steps {
        let store = stand.store().clone();
        match step {
            Step::Txn(txn) => {
                let expected = model.txn(&txn);
                match (store.txn(txn.clone()).await, expected) {
                    (Ok(outcome), Some((succeeded, gets, deleted))) => {
                        prop_assert_eq!(outcome.succeeded, succeeded);
                        prop_assert_eq!(outcome.revision, model.revision);
                        prop_assert_eq!(outcome.gets, gets);
                        prop_assert_eq!(outcome.deleted, deleted);
                    }
                    (
                        Err(StoreError::DuplicateKey { .. } | StoreError::LeaseNotFound { .. }),
                        None,
                    ) => {}
                    (actual, expected) => {
                        prop_assert!(false, "{txn:?} gave {actual:?}, expected {expected:?}");
                    }
                }
            }
            Step::Grant { ttl_seconds } => {
                model.last_lease += 1;
                let deadline = model.now + ttl_seconds;
                model
                    .leases
                    .insert(model.last_lease, (ttl_seconds, deadline));
                let lease = store.grant(Duration::from_secs(ttl_seconds)).await;
                prop_assert_eq!(lease.unwrap(), LeaseId(model.last_lease));
            }
            Step::Revoke { lease } => {
                let alive = model.leases.contains_key(&lease);
                prop_assert_eq!(store.revoke(LeaseId(lease)).await.is_ok(), alive);
                if alive {
                    model.end_lease(lease);
                }
            }
            Step::KeepAlive { lease } => {
                let now = model.now;
                let kept = model.leases.get_mut(&lease).map(|(ttl, deadline)| {
                    *deadline = now + *ttl;
                    Duration::from_secs(*ttl)
                });
                prop_assert_eq!(store.keep_alive(LeaseId(lease)).ok(), kept);
            }
            Step::Pass { seconds } => {
                model.now += seconds;
                stand.clock.pass(Duration::from_secs(seconds));
            }
            Step::Tick => {
                let due: Vec<u64> = model
                    .leases
                    .iter()
                    .filter(|(_, (_, deadline))| *deadline <= model.now)
                    .map(|(lease, _)| *lease)
                    .collect();
                for lease in &due {
                    model.end_lease(*lease);
                }
                let ended = store.tick(stand.clock.monotonic()).await.unwrap();
                let ended: Vec<u64> = ended.iter().map(|lease| lease.0).collect();
                prop_assert_eq!(ended, due);
            }
            Step::Compact { back } => {
                let revision = model.revision.saturating_sub(back);
                store.compact(revision).unwrap();
                model.forgotten = model.forgotten.max(revision);
            }
            Step::Watch { prefix, back } => {
                let from = (model.revision + 1).saturating_sub(back).max(1);
                let mut watch = store.watch(&prefix, from).unwrap();
                prop_assert_eq!(read_now(&mut watch), model.watched(&prefix, from));
            }
            Step::Page { range } => {
                let page = store.range(range.clone()).unwrap();
                let after =
                    |key: &Bytes| range.start_after.as_ref().is_none_or(|start| key > start);
                let all: Vec<&KeyValue> = model
                    .keys
                    .values()
                    .filter(|kv| kv.key.starts_with(&range.prefix) && after(&kv.key))
                    .collect();
                let count = if range.limit == 0 {
                    all.len()
                } else {
                    all.len().min(range.limit)
                };
                prop_assert_eq!(page.items.iter().collect::<Vec<_>>(), &all[..count]);
                prop_assert_eq!(page.more, count < all.len());
                prop_assert_eq!(page.revision, model.revision);
            }
            Step::Reopen => {
                drop(store);
                let before = read_now(&mut follower);
                if stand.reopen() {
                    prop_assert_eq!(before, model.watched(b"", followed + 1));
                    model.forgotten = model.revision;
                    followed = model.revision;
                    follower = stand.store().watch(b"", followed + 1).unwrap();
                    for (ttl, deadline) in model.leases.values_mut() {
                        *deadline = model.now + *ttl;
                    }
                } else {
                    prop_assert_eq!(&before, &model.watched(b"", followed + 1));
                    if before.is_ok() {
                        followed = model.revision;
                    }
                }
            }
        }
        let store = stand.store();
        prop_assert_eq!(store.revision(), model.revision);
        let page = store.range(Range::default()).unwrap();
        prop_assert!(page.items.iter().eq(model.keys.values()));
        for (key, kv) in &model.keys {
            let found = store.get(key).unwrap();
            prop_assert_eq!(found.as_ref(), Some(kv));
        }
    }
    prop_assert_eq!(read_now(&mut follower), model.watched(b"", followed + 1));
    Ok(())
}

/// Few keys, so that histories meet; some are prefixes of others.
fn key() -> impl Strategy<Value = Bytes> {
    prop::sample::select(vec![
        &b"a"[..],
        b"a/",
        b"a/x",
        b"a/y",
        b"b",
        b"b\xff",
        b"b\xff\xff",
        b"\xff",
        b"\0",
    ])
    .prop_map(Bytes::from_static)
}

fn prefix() -> impl Strategy<Value = Bytes> {
    prop_oneof![1 => Just(Bytes::new()), 8 => key()]
}

fn value() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..3).prop_map(Bytes::from)
}

fn lease() -> impl Strategy<Value = u64> {
    1..5_u64
}

fn number() -> impl Strategy<Value = u64> {
    0..12_u64
}

fn compare() -> impl Strategy<Value = Compare> {
    prop_oneof![
        (key(), number()).prop_map(|(key, equals)| Compare::ModRevision { key, equals }),
        (key(), number()).prop_map(|(key, equals)| Compare::CreateRevision { key, equals }),
        (key(), 0..3_u64).prop_map(|(key, equals)| Compare::Version { key, equals }),
        (key(), value()).prop_map(|(key, equals)| Compare::Value { key, equals }),
        key().prop_map(|key| Compare::Exists { key }),
        key().prop_map(|key| Compare::Absent { key }),
        prefix().prop_map(|prefix| Compare::PrefixEmpty { prefix }),
        (prefix(), number())
            .prop_map(|(prefix, revision)| Compare::PrefixNotWrittenAfter { prefix, revision }),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (key(), value(), prop::option::weighted(0.3, lease())).prop_map(
            |(key, value, lease)| Op::Put { key, value, lease: lease.map(LeaseId) }
        ),
        2 => key().prop_map(|key| Op::Delete { key }),
        1 => prefix().prop_map(|prefix| Op::DeletePrefix { prefix }),
        2 => key().prop_map(|key| Op::Get { key }),
    ]
}

fn txn() -> impl Strategy<Value = Txn> {
    (vec(compare(), 0..3), vec(op(), 0..5), vec(op(), 0..4)).prop_map(
        |(compares, then, otherwise)| Txn {
            compares,
            then,
            otherwise,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => txn().prop_map(Step::Txn),
        2 => (1..6_u64).prop_map(|ttl_seconds| Step::Grant { ttl_seconds }),
        1 => lease().prop_map(|lease| Step::Revoke { lease }),
        1 => lease().prop_map(|lease| Step::KeepAlive { lease }),
        2 => (0..4_u64).prop_map(|seconds| Step::Pass { seconds }),
        2 => Just(Step::Tick),
        1 => number().prop_map(|back| Step::Compact { back }),
        2 => (prefix(), number()).prop_map(|(prefix, back)| Step::Watch { prefix, back }),
        2 => (prefix(), prop::option::of(key()), 0..4_usize).prop_map(
            |(prefix, start_after, limit)| Step::Page {
                range: Range { prefix, start_after, limit }
            }
        ),
        1 => Just(Step::Reopen),
    ]
}

pub(crate) async fn random_histories_match_a_naive_model(make: fn() -> Stand) {
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        ..Config::default()
    };
    let here = tokio::runtime::Handle::current();
    let run = |steps| tokio::task::block_in_place(|| here.block_on(check(make, steps)));
    TestRunner::new(config)
        .run(&vec(step(), 1..STEPS), run)
        .unwrap();
}
