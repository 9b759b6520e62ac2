//! What the store does when its disk fails: whoever is told "done" keeps it, whoever is told
//! "not done" finds nothing, and nobody has to restart. `tests/kill.rs` is about the process.

use std::time::Duration;

use ambient::{Clock as _, SystemClock};
use bytes::Bytes;

use super::RedbStore;
use super::failing_disk::{Disk, Fault, Moments, PATIENCE};
use super::queue::{QUEUE_MAX_BYTES, QUEUE_MAX_REQUESTS};
use crate::{Compare, Op, Range, Store, StoreError, Txn, TxnOutcome, Watch};

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
    let after_it = SystemClock.monotonic() + ttl * 2;

    // It fails to end: it lives on.
    disk.fail(Fault::After {
        operations: 0,
        for_ever: false,
    });
    let refused = run(store.tick(after_it));
    assert!(matches!(refused, Err(StoreError::Io { .. })), "{refused:?}");
    assert_eq!(store.keep_alive(lease).unwrap(), ttl);
    assert!(store.get(b"a").unwrap().is_some());

    disk.stall(true);
    run(async {
        let mut ending = store.tick(after_it);
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
