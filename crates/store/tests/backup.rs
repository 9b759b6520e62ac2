//! Taking a store's snapshot while it is written to, and making a store of it elsewhere.

#![cfg(test)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambient::{BoxFuture, Clock, SystemClock, Timestamp};
use bytes::Bytes;
use store::{KeyValue, LeaseId, Op, Range, RedbStore, Store, StoreError, Txn, restore};

fn open(folder: &Path) -> RedbStore {
    RedbStore::open(folder, Arc::new(SystemClock)).unwrap()
}

fn wait<T>(future: BoxFuture<'_, T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn put(store: &RedbStore, key: String, lease: Option<LeaseId>) {
    let value = Bytes::from(key.clone().into_bytes());
    let key = Bytes::from(key.into_bytes());
    let then = vec![Op::Put { key, value, lease }];
    let txn = Txn {
        then,
        ..Txn::default()
    };
    wait(store.txn(txn)).unwrap();
}

fn all(store: &RedbStore) -> Vec<KeyValue> {
    store.range(Range::default()).unwrap().items
}

fn stream(store: &RedbStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.snapshot().write(&mut bytes).unwrap();
    bytes
}

fn refusal(folder: &Path, stream: &[u8]) -> StoreError {
    restore(folder, &mut { stream }, &SystemClock).unwrap_err()
}

/// What would overflow with the next write, or collide with the next lease, under a checksum that is
/// right: found by fuzzing.
#[test]
fn what_no_store_can_have_come_to_leaves_no_store() {
    use sha2::{Digest, Sha256};

    let parent = tempfile::tempdir().unwrap();
    let store = open(&parent.path().join("first"));
    let lease = wait(store.grant(Duration::from_secs(60))).unwrap();
    put(&store, "key".to_owned(), Some(lease));
    let whole = stream(&store);
    // Epoch, revision, last lease; the lease's time; the entry's revision of creation and version.
    let lease_at = 26 + 5 * 8;
    let entry_at = lease_at + 2 * 8 + 4 + 3 + 4;
    let numbers = [26, 34, 42, lease_at + 8, entry_at, entry_at + 16];
    for (case, at) in numbers.into_iter().enumerate() {
        let mut changed = whole[..whole.len() - 32].to_vec();
        // The number that is meant: all are small but for the epoch.
        assert!(changed[at] == 0, "{at}");
        changed[at..at + 8].copy_from_slice(&(u64::MAX - 1).to_be_bytes());
        let sum = Sha256::digest(&changed);
        changed.extend_from_slice(&sum);
        let target = parent.path().join(format!("target-{case}"));
        let error = refusal(&target, &changed);
        assert!(
            matches!(
                error,
                StoreError::Snapshot { .. } | StoreError::Corrupt { .. }
            ),
            "{at}: {error}"
        );
        assert!(!target.join("store.redb").exists(), "{at}");
    }
}

/// A clock that stands at one moment.
struct At(i64);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[test]
fn what_is_restored_is_what_the_snapshot_showed_with_a_higher_epoch() {
    let parent = tempfile::tempdir().unwrap();
    let [first, second, third] = ["first", "second", "third"].map(|name| parent.path().join(name));
    let store = open(&first);
    let lease = wait(store.grant(Duration::from_secs(60))).unwrap();
    for number in 0..300 {
        put(&store, format!("key-{number}"), None);
    }
    put(&store, "leased".to_owned(), Some(lease));
    let (before, revision, epoch) = (all(&store), store.revision(), store.epoch());
    let snapshot = store.snapshot();
    // What comes afterwards is not in it.
    put(&store, "later".to_owned(), None);
    let mut bytes = Vec::new();
    snapshot.write(&mut bytes).unwrap();
    assert_eq!(snapshot.revision(), revision);

    let restored = restore(&second, &mut bytes.as_slice(), &SystemClock).unwrap();
    assert_eq!(restored, revision);
    let copy = open(&second);
    assert_eq!(all(&copy), before);
    assert_eq!(copy.revision(), revision);
    assert!(copy.epoch() > epoch);
    // It goes on like any store: leases live, no lease's number is given twice.
    assert_eq!(copy.keep_alive(lease).unwrap(), Duration::from_secs(60));
    assert!(wait(copy.grant(Duration::from_secs(1))).unwrap() > lease);
    put(&copy, "after".to_owned(), None);
    assert_eq!(copy.revision(), revision + 1);

    // A clock that stands behind the epoch raises it all the same.
    restore(&third, &mut bytes.as_slice(), &At(-5)).unwrap();
    assert_eq!(open(&third).epoch(), epoch + 1);
}

#[test]
fn a_store_that_is_there_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "a".to_owned(), None);
    let bytes = stream(&store);
    drop(store);
    let refused = refusal(folder.path(), &bytes);
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    assert_eq!(all(&open(folder.path())).len(), 1);
}

#[test]
fn what_is_cut_short_changed_or_newer_leaves_no_store() {
    let parent = tempfile::tempdir().unwrap();
    let store = open(&parent.path().join("first"));
    for number in 0..20 {
        put(&store, format!("key-{number}"), None);
    }
    let whole = stream(&store);
    let target = parent.path().join("target");
    let refused = |bytes: &[u8]| {
        let error = refusal(&target, bytes);
        assert!(matches!(error, StoreError::Snapshot { .. }), "{error}");
        assert!(!target.join("store.redb").exists());
        error.to_string()
    };
    for length in (0..whole.len()).step_by(13) {
        let said = refused(&whole[..length]);
        assert!(said.contains("cannot be"), "{length}: {said}");
    }
    for at in [30, 200, whole.len() - 40, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        refused(&changed);
    }
    let mut newer = whole.clone();
    newer[25] = b'2';
    assert!(refused(&newer).contains("newer"));
    // After all of that the whole one is taken.
    restore(&target, &mut whole.as_slice(), &SystemClock).unwrap();
    assert_eq!(all(&open(&target)), all(&store));
}
