//! A disk that is really full: the store says so, reads on, and writes again once there is room,
//! in the same process. Needs root, for a small file system of its own.

#![cfg(test)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ambient::SystemClock;
use bytes::Bytes;
use store::{Op, Range, RedbStore, Store, StoreError, Txn};
use tempfile::TempDir;

const DISK_KIB: u32 = 8_192;
const VALUE_BYTES: usize = 200_000;

/// More values than this disk could hold.
const ROOM_FOR: u64 = 50;

/// A bound on waiting for the store to write again.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file system in memory, gone when dropped.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("longshore-store-")
            .tempdir()
            .unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={DISK_KIB}k,mode=0700")])
            .arg("longshore-store-test")
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(mounted.success(), "mounting a tmpfs needs root");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

fn is_mounted(path: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    mounts.contains(path.to_str().unwrap())
}

fn open(folder: &Path) -> RedbStore {
    RedbStore::open(folder, Arc::new(SystemClock)).unwrap()
}

fn put(count: u64, bytes: usize) -> Txn {
    Txn {
        then: vec![Op::Put {
            key: Bytes::from(format!("k{count:04}")),
            value: Bytes::from(vec![1; bytes]),
            lease: None,
        }],
        ..Txn::default()
    }
}

/// What needs root.
mod root {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_survived_without_a_restart() {
        let disk = SmallDisk::mount();
        let path: PathBuf = disk.path().to_owned();
        let store = open(&path.join("store"));
        store.txn(put(0, VALUE_BYTES)).await.unwrap();

        let ballast = path.join("ballast");
        {
            let mut file = File::create(&ballast).unwrap();
            while file.write_all(&[0; 4_096]).is_ok() {}
        }
        // What the file has room for itself still fits; then no more.
        let mut acknowledged = 1;
        let error = loop {
            match store.txn(put(acknowledged, VALUE_BYTES)).await {
                Ok(_) => {
                    acknowledged += 1;
                    assert!(
                        acknowledged < ROOM_FOR,
                        "more was written than the disk holds"
                    );
                }
                Err(error) => break error,
            }
        };
        println!("after {acknowledged} writes: {error}");
        assert!(
            matches!(error, StoreError::Io { .. } | StoreError::Unknown { .. }),
            "{error}"
        );
        let message = error.to_string();
        assert!(
            message.contains("No space left") && message.contains("store.redb"),
            "{message}"
        );

        // While there is no room, writes are refused and reads go on.
        let refused = store.txn(put(acknowledged, VALUE_BYTES)).await.unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Io { .. } | StoreError::Unknown { .. } | StoreError::Unavailable { .. }
            ),
            "{refused}"
        );
        let before = store.range(Range::default()).unwrap();
        assert_eq!(before.items.len() as u64, acknowledged);

        fs::remove_file(&ballast).unwrap();
        let written = tokio::time::timeout(PATIENCE, async {
            loop {
                match store.txn(put(9_999, VALUE_BYTES)).await {
                    Ok(outcome) => break outcome,
                    Err(StoreError::Unavailable { .. }) => tokio::task::yield_now().await,
                    Err(error) => panic!("there is room again, but: {error}"),
                }
            }
        })
        .await
        .unwrap();
        let all = store.range(Range::default()).unwrap();
        assert_eq!(all.revision, written.revision);
        for kv in &before.items {
            assert!(all.items.contains(kv), "{kv:?} is gone");
        }
        drop(store);
        let store = open(&path.join("store"));
        assert_eq!(store.range(Range::default()).unwrap(), all);

        drop(store);
        drop(disk);
        assert!(!is_mounted(&path) && !path.exists());
    }
}
