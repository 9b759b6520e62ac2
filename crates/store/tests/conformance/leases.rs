//! Leases: they end when not kept alive, and take their keys with them.

use std::time::Duration;

use ambient::Clock;
use store::{Compare, EventKind, LEASE_TTL_MAX_SECONDS, LeaseId, StoreError, Txn};

use crate::stand::{Stand, bytes, delete, put, put_with};

const TTL: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(1);

async fn tick(stand: &Stand) -> Vec<LeaseId> {
    let now = stand.clock.monotonic();
    stand.store().tick(now).await.unwrap()
}

pub(crate) async fn a_lease_that_runs_out_takes_its_keys(make: fn() -> Stand) {
    let stand = make();
    let lease = stand.store().grant(TTL).await.unwrap();
    let other = stand.store().grant(TTL * 2).await.unwrap();
    assert!(lease.0 > 0 && lease != other);
    assert_eq!(stand.store().revision(), 0, "a lease is no change");
    stand
        .then(vec![
            put_with("a", lease),
            put_with("b", lease),
            put("c", ""),
        ])
        .await;
    stand.then(vec![put_with("d", other)]).await;
    assert_eq!(stand.get("a").unwrap().lease, Some(lease));

    stand.clock.pass(TTL - MOMENT);
    assert_eq!(tick(&stand).await, []);
    assert_eq!(stand.keys(""), ["a", "b", "c", "d"]);
    stand.clock.pass(MOMENT);
    assert_eq!(stand.keys(""), ["a", "b", "c", "d"], "only a tick ends it");
    assert_eq!(tick(&stand).await, [lease]);
    assert_eq!(stand.keys(""), ["c", "d"]);
    assert_eq!(stand.store().revision(), 3);

    let mut watch = stand.store().watch(b"", 3).unwrap();
    let events = watch.next().await.unwrap();
    assert_eq!(events.len(), 2);
    for event in events {
        assert_eq!((event.kind, event.revision()), (EventKind::Delete, 3));
    }
    assert_eq!(tick(&stand).await, [], "it ends once");
    let gone = stand.store().keep_alive(lease);
    assert!(matches!(gone, Err(StoreError::LeaseNotFound { lease: id }) if id == lease));
    stand.clock.pass(TTL);
    assert_eq!(tick(&stand).await, [other]);
    // A lease without keys ends without a revision.
    let empty = stand.store().grant(MOMENT).await.unwrap();
    assert!(empty > other, "no id comes twice");
    stand.clock.pass(MOMENT);
    let revision = stand.store().revision();
    assert_eq!(tick(&stand).await, [empty]);
    assert_eq!(stand.store().revision(), revision);
}

pub(crate) async fn keeping_alive_begins_anew(make: fn() -> Stand) {
    let stand = make();
    let lease = stand.store().grant(TTL).await.unwrap();
    stand.then(vec![put_with("a", lease)]).await;
    for _ in 0..5 {
        stand.clock.pass(TTL - MOMENT);
        assert_eq!(stand.store().keep_alive(lease).unwrap(), TTL);
        assert_eq!(tick(&stand).await, []);
    }
    // Late, but before the tick, is early enough.
    stand.clock.pass(TTL * 2);
    stand.store().keep_alive(lease).unwrap();
    assert_eq!(tick(&stand).await, []);
    stand.clock.pass(TTL);
    assert_eq!(tick(&stand).await, [lease]);
    assert_eq!(stand.get("a"), None);
}

pub(crate) async fn revoking_is_at_once(make: fn() -> Stand) {
    let stand = make();
    let lease = stand.store().grant(TTL).await.unwrap();
    stand
        .then(vec![put_with("a", lease), put_with("b", lease)])
        .await;
    stand.store().revoke(lease).await.unwrap();
    assert_eq!(stand.store().revision(), 2);
    assert!(stand.keys("").is_empty());
    assert!(stand.store().keep_alive(lease).is_err());
    let again = stand.store().revoke(lease).await;
    assert!(matches!(again, Err(StoreError::LeaseNotFound { .. })));
    stand.clock.pass(TTL);
    assert_eq!(tick(&stand).await, []);
}

pub(crate) async fn a_key_has_only_its_last_lease(make: fn() -> Stand) {
    let stand = make();
    let first = stand.store().grant(TTL).await.unwrap();
    let second = stand.store().grant(TTL * 2).await.unwrap();
    let all = ["freed", "moved", "remade", "tied"];
    stand
        .then(all.iter().map(|key| put_with(key, first)).collect())
        .await;
    stand
        .then(vec![
            put("freed", ""),
            put_with("moved", second),
            delete("remade"),
        ])
        .await;
    stand.then(vec![put("remade", "")]).await;
    stand.clock.pass(TTL);
    assert_eq!(tick(&stand).await, [first]);
    assert_eq!(stand.keys(""), ["freed", "moved", "remade"]);
    stand.clock.pass(TTL);
    assert_eq!(tick(&stand).await, [second]);
    assert_eq!(stand.keys(""), ["freed", "remade"]);
}

pub(crate) async fn unknown_leases_are_refused(make: fn() -> Stand) {
    let stand = make();
    let unknown = LeaseId(77);
    let txn = Txn {
        compares: vec![],
        then: vec![put("a", ""), put_with("b", unknown)],
        otherwise: vec![],
    };
    let refused = stand.txn(txn).await;
    assert!(matches!(refused, Err(StoreError::LeaseNotFound { lease }) if lease == unknown));
    assert!(stand.keys("").is_empty());
    assert_eq!(stand.store().revision(), 0);
    // A branch that is not taken may name it.
    let txn = Txn {
        compares: vec![Compare::Exists { key: bytes("a") }],
        then: vec![put_with("b", unknown)],
        otherwise: vec![put("c", "")],
    };
    assert!(!stand.txn(txn).await.unwrap().succeeded);
    assert_eq!(stand.keys(""), ["c"]);
    assert!(stand.store().keep_alive(unknown).is_err());
    assert!(stand.store().revoke(unknown).await.is_err());
}

pub(crate) async fn times_are_bounded(make: fn() -> Stand) {
    let stand = make();
    let longest = Duration::from_secs(LEASE_TTL_MAX_SECONDS);
    for ttl in [Duration::ZERO, MOMENT / 2, longest + MOMENT, Duration::MAX] {
        let refused = stand.store().grant(ttl).await;
        assert!(
            matches!(refused, Err(StoreError::LeaseTtl { .. })),
            "{ttl:?}"
        );
    }
    let lease = stand.store().grant(longest).await.unwrap();
    assert_eq!(stand.store().keep_alive(lease).unwrap(), longest);
}

pub(crate) async fn the_epoch_is_set(make: fn() -> Stand) {
    let mut stand = make();
    let epoch = stand.store().epoch();
    assert_eq!(
        epoch,
        u64::try_from(stand.clock.now().as_millis()).unwrap(),
        "a new store's epoch is the time it was made"
    );
    stand.clock.pass(TTL);
    assert_eq!(stand.store().epoch(), epoch);
    if stand.reopen() {
        assert_eq!(
            stand.store().epoch(),
            epoch,
            "opening it again is no new store"
        );
    }
    let later = make();
    assert!(later.store().epoch() > 0);
}
