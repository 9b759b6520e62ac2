//! Watches: nothing left out, nothing twice, no revision split, and an honest end.

use std::time::Duration;

use bytes::Bytes;
use store::{
    Event, EventKind, HISTORY_MAX_BYTES, Op, StoreError, TXN_MAX_BYTES, TXN_MAX_OPS,
    WATCH_BATCH_MAX_EVENTS, WatchError,
};

use crate::stand::{Stand, bytes, delete, delete_prefix, put, text};

/// A bound on waiting for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

fn brief(events: &[Event]) -> Vec<String> {
    let one = |event: &Event| {
        let sign = match event.kind {
            EventKind::Put => '+',
            EventKind::Delete => '-',
        };
        format!(
            "{}{sign}{}={}<{}",
            event.revision(),
            text(&event.kv.key),
            text(&event.kv.value),
            event.prev_mod_revision()
        )
    };
    events.iter().map(one).collect()
}

pub(crate) async fn a_watch_replays_and_follows(make: fn() -> Stand) {
    let stand = make();
    stand.then(vec![put("w/a", "1"), put("x", "1")]).await;
    stand.then(vec![put("w/a", "2")]).await;
    stand.then(vec![put("x", "2")]).await;
    stand.then(vec![delete_prefix("")]).await;

    let mut all = stand.store().watch(b"w/", 1).unwrap();
    let events = soon(all.next()).await.unwrap();
    assert_eq!(brief(&events), ["1+w/a=1<0", "2+w/a=2<1", "4-w/a=<2"]);
    let gone = &events[2];
    assert_eq!(gone.prev.as_ref().unwrap().value, bytes("2"));
    assert_eq!((gone.kv.version, gone.kv.create_revision), (0, 0));
    assert_eq!(events[0].prev, None);

    let mut late = stand.store().watch(b"w/", 2).unwrap();
    let events = soon(late.next()).await.unwrap();
    assert_eq!(brief(&events), ["2+w/a=2<1", "4-w/a=<2"]);

    stand.then(vec![put("w/b", "3"), put("w/c", "3")]).await;
    for watch in [&mut all, &mut late] {
        let events = soon(watch.next()).await.unwrap();
        assert_eq!(brief(&events), ["5+w/b=3<0", "5+w/c=3<0"]);
        assert_eq!(watch.try_advance(), Ok(None));
    }

    // One that waits already, and one from a revision still to come.
    let mut ahead = stand.store().watch(b"", 7).unwrap();
    let follow = tokio::spawn(async move { (soon(late.next()).await, soon(ahead.next()).await) });
    stand.then(vec![delete("w/b")]).await;
    stand.then(vec![put("w/d", "4")]).await;
    let (first, second) = follow.await.unwrap();
    assert_eq!(brief(&first.unwrap())[0], "6-w/b=<5");
    assert_eq!(brief(&second.unwrap()), ["7+w/d=4<0"]);
}

pub(crate) async fn zero_watches_what_comes(make: fn() -> Stand) {
    let stand = make();
    stand.then(vec![put("a", "1")]).await;
    let mut watch = stand.store().watch(b"", 0).unwrap();
    assert_eq!(watch.try_advance(), Ok(None));
    stand.then(vec![put("a", "2")]).await;
    assert_eq!(brief(&soon(watch.next()).await.unwrap()), ["2+a=2<1"]);
}

pub(crate) async fn a_revision_is_never_split(make: fn() -> Stand) {
    let stand = make();
    let revisions = 3 * WATCH_BATCH_MAX_EVENTS / TXN_MAX_OPS;
    let count = TXN_MAX_OPS - 1; // so that batches do not end on a revision by chance
    for round in 0..revisions {
        let value = round.to_string();
        let puts = (0..count).map(|index| put(&format!("k{index:03}"), &value));
        stand.then(puts.collect()).await;
    }
    let mut watch = stand.store().watch(b"k", 1).unwrap();
    let (mut expected, mut batches) = (1, 0);
    while expected <= revisions as u64 {
        let events = soon(watch.next()).await.unwrap();
        assert!(events.len() < WATCH_BATCH_MAX_EVENTS + TXN_MAX_OPS);
        for revision in events.chunk_by(|a, b| a.revision() == b.revision()) {
            assert_eq!(revision[0].revision(), expected);
            assert_eq!(revision.len(), count);
            expected += 1;
        }
        batches += 1;
    }
    assert!(batches > 1, "the test must cross a batch's end");
}

pub(crate) async fn an_index_learns_of_quiet_revisions(make: fn() -> Stand) {
    let stand = make();
    let mut watch = stand.store().watch(b"w/", 1).unwrap();
    let revision = stand.then(vec![put("elsewhere", "1")]).await.revision;
    let batch = soon(watch.advance()).await.unwrap();
    assert_eq!((batch.revision, batch.events.len()), (revision, 0));
    stand.then(vec![put("elsewhere", "2")]).await;
    stand.then(vec![put("w/a", "3")]).await;
    let batch = soon(watch.advance()).await.unwrap();
    assert_eq!(batch.revision, 3);
    assert_eq!(brief(&batch.events), ["3+w/a=3<0"]);
}

pub(crate) async fn a_dropped_wait_loses_nothing(make: fn() -> Stand) {
    let stand = make();
    let mut watch = stand.store().watch(b"", 1).unwrap();
    for round in 0..5 {
        {
            let waiting = std::pin::pin!(watch.next());
            let pending = tokio::select! {
                biased;
                _ = waiting => false,
                () = std::future::ready(()) => true,
            };
            assert!(pending);
        }
        stand.then(vec![put("a", &round.to_string())]).await;
        let events = soon(watch.next()).await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].kv.value, bytes(&round.to_string()));
    }
}

pub(crate) async fn compaction_is_told(make: fn() -> Stand) {
    let stand = make();
    for value in ["1", "2", "3", "4"] {
        stand.then(vec![put("a", value)]).await;
    }
    let mut old = stand.store().watch(b"a", 2).unwrap();
    let mut oldest = stand.store().watch(b"a", 3).unwrap();
    let refused = stand.store().compact(5);
    assert!(matches!(
        refused,
        Err(StoreError::FutureRevision {
            asked: 5,
            revision: 4
        })
    ));
    stand.store().compact(2).unwrap();
    stand.store().compact(2).unwrap();
    stand.store().compact(1).unwrap();

    let compacted = WatchError::Compacted {
        asked: 2,
        oldest: 3,
    };
    for _ in 0..2 {
        assert_eq!(soon(old.next()).await, Err(compacted.clone()));
    }
    assert_eq!(
        brief(&soon(oldest.next()).await.unwrap()),
        ["3+a=3<2", "4+a=4<3"]
    );
    // The keys themselves stay.
    stand.store().compact(4).unwrap();
    assert_eq!(stand.get("a").unwrap().version, 4);
    let mut next = stand.store().watch(b"a", 5).unwrap();
    assert_eq!(next.try_advance(), Ok(None));
    stand.then(vec![put("a", "5")]).await;
    assert_eq!(brief(&soon(next.next()).await.unwrap()), ["5+a=5<4"]);
}

pub(crate) async fn a_slow_watch_is_told_and_costs_nothing(make: fn() -> Stand) {
    let stand = make();
    let mut slow = stand.store().watch(b"big", 1).unwrap();
    let value = Bytes::from(vec![1; TXN_MAX_BYTES - 1_024]);
    let rounds = HISTORY_MAX_BYTES / value.len() + 1;
    for _ in 0..rounds {
        let key = bytes("big");
        let value = value.clone();
        let lease = None;
        stand.then(vec![Op::Put { key, value, lease }]).await;
    }
    let Err(WatchError::Compacted { asked: 1, oldest }) = soon(slow.next()).await else {
        panic!("the history holds more than its bound");
    };
    assert!(oldest > 1 && oldest <= stand.store().revision());
    // What is left is within the bound, and can be watched.
    let mut watch = stand.store().watch(b"big", oldest).unwrap();
    let events = soon(watch.next()).await.unwrap();
    assert_eq!(events.last().unwrap().revision(), stand.store().revision());
    let held: usize = events
        .iter()
        .map(|event| event.kv.value.len() + event.prev.as_ref().map_or(0, |kv| kv.value.len()))
        .sum();
    assert!(held <= HISTORY_MAX_BYTES);
}

pub(crate) async fn waiting_for_a_revision(make: fn() -> Stand) {
    let stand = make();
    soon(stand.store().wait_for(0)).await.unwrap();
    let store = stand.store().clone();
    let waiting = tokio::spawn(async move {
        soon(store.wait_for(2)).await.unwrap();
        store.get(b"b").unwrap()
    });
    stand.then(vec![put("a", "")]).await;
    stand.then(vec![put("b", "")]).await;
    assert_eq!(waiting.await.unwrap().unwrap().mod_revision, 2);
    soon(stand.store().wait_for(1)).await.unwrap();
}

pub(crate) async fn closing_ends_watches_after_their_events(make: fn() -> Stand) {
    let mut stand = make();
    let mut watch = stand.store().watch(b"", 1).unwrap();
    let mut idle = stand.store().watch(b"other", 1).unwrap();
    let idle = tokio::spawn(async move { soon(idle.next()).await });
    stand.then(vec![put("a", "1")]).await;
    stand.close();
    assert_eq!(brief(&soon(watch.next()).await.unwrap()), ["1+a=1<0"]);
    assert_eq!(soon(watch.next()).await, Err(WatchError::Closed));
    assert_eq!(idle.await.unwrap(), Err(WatchError::Closed));
}
