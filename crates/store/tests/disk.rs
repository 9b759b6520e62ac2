//! What only a store on disk has: opening again, the folder's lock, the format, damage, epochs.
//! The contract that it shares with every store is in `tests/conformance`.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambient::{BoxFuture, SystemClock};
use bytes::Bytes;
use redb::TableDefinition;
use store::{KeyValue, LeaseId, Op, Range, RedbStore, Store, StoreError, Txn, WatchError, restore};

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");

fn open(folder: &Path) -> Result<RedbStore, StoreError> {
    RedbStore::open(folder, Arc::new(SystemClock))
}

fn wait<T>(future: BoxFuture<'_, T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn put(store: &RedbStore, key: &'static str, lease: Option<LeaseId>) -> u64 {
    let then = vec![Op::Put {
        key: Bytes::from_static(key.as_bytes()),
        value: Bytes::from(vec![7; 10_000]),
        lease,
    }];
    let txn = Txn {
        then,
        ..Txn::default()
    };
    wait(store.txn(txn)).unwrap().revision
}

fn all(store: &RedbStore) -> Vec<KeyValue> {
    store.range(Range::default()).unwrap().items
}

/// Writes to the file's tables as a newer or a broken release might.
fn tamper(folder: &Path, change: impl FnOnce(&redb::WriteTransaction)) {
    let database = redb::Database::open(folder.join("store.redb")).unwrap();
    let write = database.begin_write().unwrap();
    change(&write);
    write.commit().unwrap();
}

#[test]
fn opening_again_finds_everything_but_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let lease = wait(store.grant(Duration::from_secs(60))).unwrap();
    put(&store, "a", None);
    put(&store, "b", Some(lease));
    put(&store, "a", None);
    let (before, epoch) = (all(&store), store.epoch());
    assert_eq!(before.len(), 2);
    drop(store);

    let store = open(folder.path()).unwrap();
    assert_eq!(all(&store), before);
    assert_eq!((store.revision(), store.epoch()), (3, epoch));
    let mut old = store.watch(b"", 3).unwrap();
    let compacted = WatchError::Compacted {
        asked: 3,
        oldest: 4,
    };
    assert_eq!(old.try_advance(), Err(compacted));
    let mut new = store.watch(b"", 4).unwrap();
    assert_eq!(put(&store, "c", None), 4);
    assert_eq!(new.try_advance().unwrap().unwrap().events.len(), 1);

    // The lease is still tied to its key, and its number is not given twice.
    assert_eq!(store.keep_alive(lease).unwrap(), Duration::from_secs(60));
    assert!(wait(store.grant(Duration::from_secs(1))).unwrap() > lease);
    wait(store.revoke(lease)).unwrap();
    assert_eq!(store.get(b"b").unwrap(), None);
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(store.get(b"b").unwrap(), None);
    assert!(store.keep_alive(lease).is_err());
}

#[test]
fn a_folder_has_one_owner_and_the_refusal_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let stream = [].as_slice();
    for refused in [
        open(folder.path()).unwrap_err(),
        restore(folder.path(), &mut { stream }, &SystemClock).unwrap_err(),
    ] {
        assert!(matches!(&refused, StoreError::Locked { folder: at } if at == folder.path()));
        let message = refused.to_string();
        assert!(
            message.contains(folder.path().to_str().unwrap()),
            "{message}"
        );
    }
    // Whoever locks only the file itself, such as another tool on redb, is named as well.
    drop(first);
    let database = redb::Database::open(folder.path().join("store.redb")).unwrap();
    let refused = open(folder.path()).unwrap_err();
    assert!(matches!(&refused, StoreError::Locked { folder: at } if at == folder.path()));
    drop(database);
    open(folder.path()).unwrap();
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    put(&open(folder.path()).unwrap(), "a", None);
    tamper(folder.path(), |write| {
        let mut meta = write.open_table(META).unwrap();
        meta.insert("format", 2).unwrap();
    });
    {
        let refused = open(folder.path()).unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::NewerFormat {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{refused}"
        );
    }
    tamper(folder.path(), |write| {
        let mut meta = write.open_table(META).unwrap();
        assert_eq!(meta.insert("format", 1).unwrap().unwrap().value(), 2);
    });
    assert_eq!(all(&open(folder.path()).unwrap()).len(), 1);
}

#[test]
fn what_cannot_be_true_is_refused() {
    type Damage = fn(&redb::WriteTransaction);
    let damages: [(&str, Damage); 5] = [
        ("cut short", |write| {
            let mut keys = write.open_table(KEYS).unwrap();
            keys.insert(&b"b"[..], &[0; 31][..]).unwrap();
        }),
        ("revision 9", |write| {
            let mut keys = write.open_table(KEYS).unwrap();
            let mut entry = [0; 32];
            entry[15] = 9;
            keys.insert(&b"b"[..], &entry[..]).unwrap();
        }),
        ("lease 5", |write| {
            let mut keys = write.open_table(KEYS).unwrap();
            let mut entry = [0; 32];
            entry[31] = 5;
            keys.insert(&b"b"[..], &entry[..]).unwrap();
        }),
        ("does not say its revision", |write| {
            let mut meta = write.open_table(META).unwrap();
            meta.remove("revision").unwrap();
        }),
        ("keys", |write| {
            assert!(write.delete_table(KEYS).unwrap());
        }),
    ];
    for (expected, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        put(&open(folder.path()).unwrap(), "a", None);
        tamper(folder.path(), damage);
        let refused = open(folder.path()).unwrap_err();
        assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
        assert!(refused.to_string().contains(expected), "{refused}");
    }
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_alone() {
    for content in [&b""[..], b"not a database at all", &[0; 100_000]] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        fs::write(&path, content).unwrap();
        let refused = open(folder.path()).unwrap_err();
        assert!(
            matches!(refused, StoreError::Io { .. } | StoreError::Corrupt { .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains("store.redb"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[test]
fn half_a_new_store_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("store.redb.new"), b"half").unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(put(&store, "a", None), 1);
    drop(store);
    assert_eq!(all(&open(folder.path()).unwrap()).len(), 1);
    assert!(!folder.path().join("store.redb.new").exists());
}

#[test]
fn only_the_owner_may_read() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data").join("store");
    let _store = open(&folder).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
