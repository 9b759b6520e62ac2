//! Backups of a store: any bytes, and streams whose checksum is right whatever they say. A stream is
//! refused, or makes a store that opens, takes a write, and gives a stream that makes the same again.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::LazyLock;

use ambient::SystemClock;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use store::{Op, RedbStore, Store, StoreError, Txn, restore};
use tempfile::TempDir;

use super::folder_in_memory;
use crate::input::Input;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| folder_in_memory("snapshots"));
const MAGIC: &[u8; 26] = b"longshore store snapshot 1";
/// Of the epoch, which rises each time.
const EPOCH: std::ops::Range<usize> = 26..34;
const SUM_BYTES: usize = 32;
const PARTS_MAX: usize = 16;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let stream = match input.byte() % 4 {
        0 => input.rest().to_vec(),
        1 => summed([MAGIC.as_slice(), input.rest()].concat()),
        _ => summed(made(&mut input)),
    };
    let folder = FOLDER.path().join("store");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder can be made");
    let Some(first) = through(&folder, &stream) else {
        return;
    };
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder can be made");
    let second = through(&folder, &first).expect("a store's own stream makes a store");
    assert!(
        body(&first) == body(&second),
        "a store is another after a restore"
    );
    assert!(first[EPOCH] < second[EPOCH], "the epoch rises");
}

/// The stream of the store that a stream makes; `None` where it is refused.
fn through(folder: &Path, stream: &[u8]) -> Option<Vec<u8>> {
    let clock = SystemClock;
    restore(folder, &mut { stream }, &clock).ok()?;
    let store = RedbStore::open(folder, Arc::new(clock)).expect("what was restored opens");
    let mut out = Vec::new();
    store.snapshot().write(&mut out).expect("memory takes it");
    let put = Txn {
        then: vec![Op::Put {
            key: Bytes::from_static(b"key"),
            value: Bytes::from_static(b"value"),
            lease: None,
        }],
        ..Txn::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let written = runtime.expect("a runtime").block_on(store.txn(put));
    let known: Result<_, StoreError> = written;
    known.expect("what was restored can be written to");
    Some(out)
}

fn body(stream: &[u8]) -> &[u8] {
    &stream[EPOCH.end..stream.len() - SUM_BYTES]
}

fn summed(mut stream: Vec<u8>) -> Vec<u8> {
    let sum = Sha256::digest(&stream);
    stream.extend_from_slice(&sum);
    stream
}

/// A stream of the right form with any numbers.
fn made(input: &mut Input<'_>) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    let leases = usize::from(input.byte()) % PARTS_MAX;
    let keys = usize::from(input.byte()) % PARTS_MAX;
    let numbers = [
        input.skewed(),
        input.skewed(),
        input.skewed(),
        leases as u64,
        keys as u64,
    ];
    for number in numbers {
        out.extend(number.to_be_bytes());
    }
    for _ in 0..leases {
        out.extend(input.skewed().to_be_bytes());
        out.extend(input.skewed().to_be_bytes());
    }
    for _ in 0..keys {
        let key = input.short();
        out.extend((key.len() as u32).to_be_bytes());
        out.extend_from_slice(key);
        // The revisions of creation and of the last change, the version, the lease; then the value.
        let mut entry = Vec::new();
        for _ in 0..4 {
            entry.extend(input.skewed().to_be_bytes());
        }
        entry.extend_from_slice(input.short());
        out.extend((entry.len() as u32).to_be_bytes());
        out.extend(entry);
    }
    out
}
