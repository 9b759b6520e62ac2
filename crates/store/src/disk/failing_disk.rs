//! A disk that stalls, fills up, fails, or loses its power, put under the store by its tests.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use ambient::SystemClock;
use bytes::Bytes;
use redb::StorageBackend;

use super::file::builder;
use super::queue::{QUEUE_MAX_BYTES, QUEUE_MAX_REQUESTS};
use super::{OpenDatabase, RedbStore};
use crate::{Compare, Op, Range, Store, StoreError, Txn, TxnOutcome, Watch};

/// A bound on waiting for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The piece that a disk writes wholly or not at all.
const SECTOR_BYTES: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Nothing fails.
    None,
    /// After this many more operations that change the disk, one fails, or all from there on.
    After { operations: u32, for_ever: bool },
}

#[derive(Debug)]
struct Platter {
    /// What reads give.
    seen: Vec<u8>,
    /// What a loss of power leaves for sure.
    synced: Vec<u8>,
    /// What was written since the last sync.
    unsynced: Vec<(usize, Vec<u8>)>,
    syncs: u32,
    fault: Fault,
    stalled: bool,
    /// Someone is held up by the stall.
    waiting: bool,
}

impl Platter {
    /// Counts one operation that changes the disk.
    fn operate(&mut self) -> io::Result<()> {
        match &mut self.fault {
            Fault::None => Ok(()),
            Fault::After {
                operations: 0,
                for_ever,
            } => {
                if !*for_ever {
                    self.fault = Fault::None;
                }
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            Fault::After { operations, .. } => {
                *operations -= 1;
                Ok(())
            }
        }
    }
}

/// A disk with one file on it, shared by those who open it again and again.
#[derive(Clone)]
struct Disk {
    platter: Arc<(Mutex<Platter>, Condvar)>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    fn with(content: Vec<u8>) -> Self {
        let platter = Platter {
            synced: content.clone(),
            seen: content,
            unsynced: Vec::new(),
            syncs: 0,
            fault: Fault::None,
            stalled: false,
            waiting: false,
        };
        Self {
            platter: Arc::new((Mutex::new(platter), Condvar::new())),
        }
    }

    /// A disk with a new, empty store.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        drop(RedbStore::open(folder.path(), Arc::new(SystemClock::default())).unwrap());
        Self::with(std::fs::read(super::file::path(folder.path())).unwrap())
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.platter.0.lock().unwrap()
    }

    fn fail(&self, fault: Fault) {
        self.platter().fault = fault;
    }

    fn stall(&self, stalled: bool) {
        self.platter().stalled = stalled;
        self.platter.1.notify_all();
    }

    /// Waits until a sync is held up.
    fn wait_for_stall(&self) {
        let (platter, changed) = &*self.platter;
        let (platter, _) = changed
            .wait_timeout_while(platter.lock().unwrap(), PATIENCE, |platter| {
                !platter.waiting
            })
            .unwrap();
        assert!(platter.waiting);
    }

    /// What a loss of power at this moment leaves: of what was not synced, any sectors, this
    /// many in a hundred.
    fn lose_power(&self, moments: &mut Moments, kept_percent: u64) -> Self {
        let platter = self.platter();
        let mut left = platter.synced.clone();
        for (offset, bytes) in &platter.unsynced {
            for (index, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                if moments.below(100) >= kept_percent {
                    continue;
                }
                let start = offset + index * SECTOR_BYTES;
                let end = start + sector.len();
                if left.len() < end {
                    left.resize(end, 0);
                }
                left[start..end].copy_from_slice(sector);
            }
        }
        Self::with(left)
    }

    fn open_database(&self) -> OpenDatabase {
        let disk = self.clone();
        Arc::new(move |_: &Path| builder().create_with_backend(disk.clone()))
    }

    fn store(&self, folder: &Path) -> Result<RedbStore, StoreError> {
        let clock = Arc::new(SystemClock::default());
        RedbStore::open_with(folder, clock, self.open_database())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.platter().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let platter = self.platter();
        let start = usize::try_from(offset).unwrap();
        let bytes = platter
            .seen
            .get(start..start + out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let mut platter = self.platter();
        platter.operate()?;
        let len = usize::try_from(len).unwrap();
        platter.seen.resize(len, 0);
        // A file system's journal keeps a length; shorter also takes what was beyond.
        platter.synced.resize(len, 0);
        platter
            .unsynced
            .retain(|(offset, bytes)| offset + bytes.len() <= len);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let (platter, changed) = &*self.platter;
        let mut platter = platter.lock().unwrap();
        if platter.stalled {
            platter.waiting = true;
            changed.notify_all();
            // Bounded, so that a test that fails meanwhile ends all the same.
            (platter, _) = changed
                .wait_timeout_while(platter, PATIENCE, |platter| platter.stalled)
                .unwrap();
        }
        platter.waiting = false;
        platter.operate()?;
        platter.syncs += 1;
        platter.synced = platter.seen.clone();
        platter.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut platter = self.platter();
        let start = usize::try_from(offset).unwrap();
        let whole = platter.operate();
        // A write that fails may have done its first half.
        let data = match &whole {
            Ok(()) => data,
            Err(_) => &data[..data.len() / 2],
        };
        let end = start + data.len();
        if platter.seen.len() < end {
            platter.seen.resize(end, 0);
        }
        platter.seen[start..end].copy_from_slice(data);
        platter.unsynced.push((start, data.to_vec()));
        whole
    }
}

/// A small generator (splitmix64).
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(async { tokio::time::timeout(PATIENCE, future).await.unwrap() })
}

/// Writes a count to two keys, if it is the next.
fn count_to(count: u64) -> Txn {
    let put = |key: &'static str| Op::Put {
        key: Bytes::from_static(key.as_bytes()),
        value: Bytes::from(format!("{count:>3000}")),
        lease: None,
    };
    Txn {
        compares: vec![Compare::Version {
            key: Bytes::from_static(b"left"),
            equals: count - 1,
        }],
        then: vec![put("left"), put("right")],
        otherwise: vec![],
    }
}

fn counted(store: &RedbStore) -> u64 {
    let version = |key: &[u8]| store.get(key).unwrap().map_or(0, |kv| kv.version);
    assert_eq!(version(b"left"), version(b"right"));
    assert_eq!(version(b"left"), store.revision());
    version(b"left")
}

/// Tries until the store takes writes again.
async fn write_when_possible(store: &RedbStore, count: u64) -> TxnOutcome {
    loop {
        match store.txn(count_to(count)).await {
            Ok(outcome) => return outcome,
            Err(StoreError::Unavailable { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The watch saw each revision once, in order, and nothing that is not there.
fn check_watch(mut watch: Watch, store: &RedbStore) {
    let mut seen = 0;
    while let Some(batch) = watch.try_advance().unwrap() {
        for events in batch.events.chunk_by(|a, b| a.revision() == b.revision()) {
            seen += 1;
            assert_eq!((events.len(), events[0].revision()), (2, seen));
        }
    }
    assert_eq!(seen, store.revision());
}

/// Lets each operation on the disk fail in turn, once or for ever, while a transaction is
/// written; gives how often each kind of answer came.
fn fail_everywhere(for_ever: bool) -> (u32, u32, u32) {
    let (mut applied, mut refused, mut unknown) = (0, 0, 0);
    for operations in 0.. {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(super::file::path(folder.path()), b"").unwrap();
        let disk = Disk::new();
        let store = disk.store(folder.path()).unwrap();
        let watch = store.watch(b"", 1).unwrap();
        run(store.txn(count_to(1))).unwrap();
        disk.fail(Fault::After {
            operations,
            for_ever,
        });
        let answer = run(store.txn(count_to(2)));
        let failed = match disk.platter().fault {
            Fault::None => true,
            Fault::After { operations, .. } => for_ever && operations == 0,
        };

        // Reads go on, whatever the disk does.
        let before = counted(&store);
        match &answer {
            Ok(outcome) => {
                assert!(outcome.succeeded && outcome.revision == 2 && before == 2);
                applied += 1;
            }
            Err(StoreError::Io { .. }) => {
                assert_eq!(before, 1);
                refused += 1;
            }
            Err(StoreError::Unknown { .. }) => {
                assert!(for_ever);
                unknown += 1;
            }
            Err(error) => panic!("{error}"),
        }
        if for_ever && answer.is_err() {
            let meanwhile = run(store.txn(count_to(2)));
            assert!(
                matches!(meanwhile, Err(StoreError::Unavailable { .. })),
                "{meanwhile:?}"
            );
            assert_eq!(run(store.txn(Txn::default())).unwrap().revision, before);
        }

        // The disk is well again, and so is the store, without a restart.
        disk.fail(Fault::None);
        let outcome = run(write_when_possible(&store, 2));
        match &answer {
            Ok(_) => assert!(!outcome.succeeded),
            Err(StoreError::Io { .. }) => assert!(outcome.succeeded),
            Err(_) => {}
        }
        assert_eq!(counted(&store), 2);
        assert!(run(write_when_possible(&store, 3)).succeeded);
        check_watch(watch, &store);
        let all = store.range(Range::default()).unwrap();
        drop(store);
        let store = disk.store(folder.path()).unwrap();
        assert_eq!(store.range(Range::default()).unwrap(), all);
        if !failed {
            assert!(
                operations > 3,
                "a commit is more than {operations} operations"
            );
            break;
        }
    }
    (applied, refused, unknown)
}

#[test]
fn one_failure_anywhere_is_survived_and_its_outcome_known() {
    let (applied, refused, unknown) = fail_everywhere(false);
    println!("applied {applied}, refused {refused}, unknown {unknown}");
    assert!(applied > 0 && refused > 0 && unknown == 0);
}

#[test]
fn a_disk_that_stays_broken_gives_unknown_then_unavailable_then_heals() {
    let (applied, refused, unknown) = fail_everywhere(true);
    println!("applied {applied}, refused {refused}, unknown {unknown}");
    assert!(applied > 0 && unknown > 0);
}

#[test]
fn a_loss_of_power_takes_nothing_acknowledged() {
    let mut moments = Moments(20);
    let (mut kept, mut lost) = (0, 0);
    for round in 0..80 {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(super::file::path(folder.path()), b"").unwrap();
        let disk = Disk::new();
        let store = disk.store(folder.path()).unwrap();
        let acknowledged = 1 + moments.below(6);
        for count in 1..=acknowledged {
            run(store.txn(count_to(count))).unwrap();
        }
        // One more is under way: written, perhaps in part, and not synced.
        disk.stall(true);
        let (after, count) = std::thread::scope(|scope| {
            let under_way = scope.spawn(|| run(store.txn(count_to(acknowledged + 1))));
            disk.wait_for_stall();
            let after = disk.lose_power(&mut moments, [0, 50, 97, 100][round % 4]);
            disk.stall(false);
            under_way.join().unwrap().unwrap();
            (after, counted(&store))
        });
        assert_eq!(count, acknowledged + 1);
        drop(store);

        let store = after.store(folder.path()).unwrap();
        match counted(&store) - acknowledged {
            0 => lost += 1,
            1 => kept += 1,
            more => panic!("{more} more than were written"),
        }
        let next = counted(&store) + 1;
        assert!(run(store.txn(count_to(next))).unwrap().succeeded);
    }
    println!("the transaction under way was kept {kept} times, lost {lost} times");
    assert!(kept > 0 && lost > 0);
}

#[test]
fn those_who_wait_share_a_sync_and_those_too_many_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(super::file::path(folder.path()), b"").unwrap();
    let disk = Disk::new();
    let store = disk.store(folder.path()).unwrap();
    let put = |index: usize| Txn {
        then: vec![Op::Put {
            key: Bytes::from(index.to_string()),
            value: Bytes::new(),
            lease: None,
        }],
        ..Txn::default()
    };
    let syncs_before = disk.platter().syncs;
    disk.stall(true);
    run(async {
        let mut first = store.txn(put(0));
        assert!(poll_once(&mut first).is_none());
        disk.wait_for_stall();
        let mut waiting = Vec::new();
        for index in 1..=QUEUE_MAX_REQUESTS {
            let mut txn = store.txn(put(index));
            assert!(poll_once(&mut txn).is_none());
            waiting.push(txn);
        }
        let refused = store.txn(put(QUEUE_MAX_REQUESTS + 1)).await;
        assert!(
            matches!(refused, Err(StoreError::Overloaded { waiting_bytes, .. })
                if waiting_bytes < QUEUE_MAX_BYTES)
        );
        // Nothing can be read before it is durable.
        assert_eq!(store.revision(), 0);
        disk.stall(false);
        first.await.unwrap();
        for txn in waiting {
            txn.await.unwrap();
        }
    });
    assert_eq!(store.revision(), QUEUE_MAX_REQUESTS as u64 + 1);
    let syncs = disk.platter().syncs - syncs_before;
    println!("{} transactions took {syncs} syncs", QUEUE_MAX_REQUESTS + 1);
    assert!(syncs < 40, "{syncs} syncs");
}

#[test]
fn a_lease_that_is_ending_cannot_be_kept_alive() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(super::file::path(folder.path()), b"").unwrap();
    let disk = Disk::new();
    let store = disk.store(folder.path()).unwrap();
    let ttl = Duration::from_secs(1_000);
    let lease = run(store.grant(ttl)).unwrap();
    let put = Txn {
        then: vec![Op::Put {
            key: Bytes::from_static(b"a"),
            value: Bytes::new(),
            lease: Some(lease),
        }],
        ..Txn::default()
    };
    run(store.txn(put)).unwrap();

    // It fails to end: it lives on.
    disk.fail(Fault::After {
        operations: 0,
        for_ever: false,
    });
    let refused = run(store.tick(ttl * 2));
    assert!(matches!(refused, Err(StoreError::Io { .. })), "{refused:?}");
    assert_eq!(store.keep_alive(lease).unwrap(), ttl);
    assert!(store.get(b"a").unwrap().is_some());

    disk.stall(true);
    run(async {
        let mut ending = store.tick(ttl * 2);
        assert!(poll_once(&mut ending).is_none());
        disk.wait_for_stall();
        assert!(matches!(
            store.keep_alive(lease),
            Err(StoreError::LeaseNotFound { .. })
        ));
        let still = store.get(b"a").unwrap();
        assert!(still.is_some(), "not durable, so not done");
        disk.stall(false);
        assert_eq!(ending.await.unwrap(), [lease]);
    });
    assert!(store.get(b"a").unwrap().is_none());
}

/// Polls once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
