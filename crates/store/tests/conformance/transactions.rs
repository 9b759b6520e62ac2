//! Transactions and reading: revisions, compares, branches, limits, pages.

use std::sync::Arc;

use bytes::Bytes;
use store::{Compare, OP_OVERHEAD_BYTES, Op, Range, StoreError, TXN_MAX_BYTES, TXN_MAX_OPS, Txn};

use crate::stand::{Stand, bytes, delete, delete_prefix, get, put, text};

pub(crate) async fn a_key_lives_and_dies(make: fn() -> Stand) {
    let stand = make();
    assert_eq!(stand.store().revision(), 0);
    assert_eq!(stand.get("a"), None);

    let outcome = stand.then(vec![put("a", "one")]).await;
    assert!(outcome.succeeded);
    assert_eq!((outcome.revision, outcome.deleted), (1, 0));
    let first = stand.get("a").unwrap();
    assert_eq!((&first.key, &first.value), (&bytes("a"), &bytes("one")));
    assert_eq!(
        (first.create_revision, first.mod_revision, first.version),
        (1, 1, 1)
    );

    stand.then(vec![put("b", "")]).await;
    assert_eq!(stand.get("b").unwrap().value, Bytes::new());
    stand.then(vec![put("a", "two")]).await;
    let second = stand.get("a").unwrap();
    assert_eq!(second.value, bytes("two"));
    assert_eq!(
        (second.create_revision, second.mod_revision, second.version),
        (1, 3, 2)
    );

    let outcome = stand.then(vec![delete("a")]).await;
    assert_eq!((outcome.revision, outcome.deleted), (4, 1));
    assert_eq!(stand.get("a"), None);

    stand.then(vec![put("a", "three")]).await;
    let third = stand.get("a").unwrap();
    assert_eq!(
        (third.create_revision, third.mod_revision, third.version),
        (5, 5, 1)
    );
    assert_eq!(stand.store().revision(), 5);
    assert!(matches!(stand.store().get(b""), Err(StoreError::EmptyKey)));
}

pub(crate) async fn every_compare_holds_and_fails(make: fn() -> Stand) {
    let stand = make();
    stand.then(vec![put("dir/a", "x")]).await;
    stand.then(vec![put("other", "y")]).await;
    stand.then(vec![put("dir/a", "z")]).await;
    let key = || bytes("dir/a");
    let none = || bytes("dir/none");

    let cases = [
        (
            Compare::ModRevision {
                key: key(),
                equals: 3,
            },
            true,
        ),
        (
            Compare::ModRevision {
                key: key(),
                equals: 1,
            },
            false,
        ),
        (
            Compare::ModRevision {
                key: none(),
                equals: 0,
            },
            true,
        ),
        (
            Compare::ModRevision {
                key: key(),
                equals: 0,
            },
            false,
        ),
        (
            Compare::CreateRevision {
                key: key(),
                equals: 1,
            },
            true,
        ),
        (
            Compare::CreateRevision {
                key: key(),
                equals: 3,
            },
            false,
        ),
        (
            Compare::CreateRevision {
                key: none(),
                equals: 0,
            },
            true,
        ),
        (
            Compare::Version {
                key: key(),
                equals: 2,
            },
            true,
        ),
        (
            Compare::Version {
                key: key(),
                equals: 1,
            },
            false,
        ),
        (
            Compare::Version {
                key: none(),
                equals: 0,
            },
            true,
        ),
        (
            Compare::Value {
                key: key(),
                equals: bytes("z"),
            },
            true,
        ),
        (
            Compare::Value {
                key: key(),
                equals: bytes("x"),
            },
            false,
        ),
        (
            Compare::Value {
                key: none(),
                equals: Bytes::new(),
            },
            false,
        ),
        (Compare::Exists { key: key() }, true),
        (Compare::Exists { key: none() }, false),
        (Compare::Absent { key: none() }, true),
        (Compare::Absent { key: key() }, false),
        (
            Compare::PrefixEmpty {
                prefix: bytes("dir/b"),
            },
            true,
        ),
        (
            Compare::PrefixEmpty {
                prefix: bytes("dir/"),
            },
            false,
        ),
        (
            Compare::PrefixEmpty {
                prefix: Bytes::new(),
            },
            false,
        ),
        (
            Compare::PrefixNotWrittenAfter {
                prefix: bytes("dir/"),
                revision: 3,
            },
            true,
        ),
        (
            Compare::PrefixNotWrittenAfter {
                prefix: bytes("dir/"),
                revision: 2,
            },
            false,
        ),
        (
            Compare::PrefixNotWrittenAfter {
                prefix: bytes("ot"),
                revision: 2,
            },
            true,
        ),
    ];
    for (number, (compare, expected)) in cases.into_iter().enumerate() {
        assert_eq!(
            stand.holds(compare.clone()).await,
            expected,
            "{compare:?} should be {expected}"
        );
        // And the same where it is followed by a write, so goes the writer's way.
        let marker = format!("marker/{number}");
        let txn = Txn {
            compares: vec![compare.clone()],
            then: vec![put(&marker, "")],
            otherwise: vec![],
        };
        assert_eq!(stand.txn(txn).await.unwrap().succeeded, expected);
        assert_eq!(stand.get(&marker).is_some(), expected, "{compare:?}");
    }
}

pub(crate) async fn a_branch_is_chosen_and_done_in_order(make: fn() -> Stand) {
    let stand = make();
    stand.then(vec![put("a", "1"), put("b", "1")]).await;
    let txn = |expect_a: &str, expect_b: &str| Txn {
        compares: vec![
            Compare::Value {
                key: bytes("a"),
                equals: bytes(expect_a),
            },
            Compare::Value {
                key: bytes("b"),
                equals: bytes(expect_b),
            },
        ],
        then: vec![
            get("a"),
            put("a", "2"),
            get("a"),
            put("c", "1"),
            delete("b"),
            get("b"),
            get("none"),
        ],
        otherwise: vec![get("b"), put("d", "1")],
    };

    let outcome = stand.txn(txn("1", "1")).await.unwrap();
    assert!(outcome.succeeded);
    assert_eq!((outcome.revision, outcome.deleted), (2, 1));
    let values: Vec<_> = outcome
        .gets
        .iter()
        .map(|kv| kv.as_ref().map(|kv| text(&kv.value)))
        .collect();
    assert_eq!(
        values,
        [Some("1".to_owned()), Some("2".to_owned()), None, None]
    );
    assert_eq!(stand.keys(""), ["a", "c"]);
    for key in ["a", "c"] {
        assert_eq!(stand.get(key).unwrap().mod_revision, 2);
    }

    // One compare that fails is enough.
    let outcome = stand.txn(txn("2", "1")).await.unwrap();
    assert!(!outcome.succeeded);
    assert_eq!(outcome.gets, [None]);
    assert_eq!(outcome.revision, 3);
    assert_eq!(stand.keys(""), ["a", "c", "d"]);
    assert_eq!(stand.get("a").unwrap().mod_revision, 2);
}

pub(crate) async fn what_changes_nothing_takes_no_revision(make: fn() -> Stand) {
    let stand = make();
    stand.then(vec![put("a", "1")]).await;
    for then in [
        vec![],
        vec![get("a")],
        vec![delete("none")],
        vec![delete_prefix("none/")],
    ] {
        let outcome = stand.then(then).await;
        assert_eq!((outcome.revision, outcome.deleted), (1, 0));
    }
    let txn = Txn {
        compares: vec![Compare::Absent { key: bytes("a") }],
        then: vec![put("a", "2")],
        otherwise: vec![],
    };
    let outcome = stand.txn(txn).await.unwrap();
    assert!(!outcome.succeeded);
    assert_eq!((outcome.revision, stand.store().revision()), (1, 1));
    // The same value again is a change.
    assert_eq!(stand.then(vec![put("a", "1")]).await.revision, 2);
}

pub(crate) async fn limits_are_exact(make: fn() -> Stand) {
    let stand = make();
    let puts = |count: usize| -> Vec<Op> {
        (0..count)
            .map(|index| put(&format!("k{index}"), ""))
            .collect()
    };
    let compares = |count: usize| vec![Compare::Absent { key: bytes("z") }; count];
    let full = Txn {
        compares: compares(TXN_MAX_OPS),
        then: puts(TXN_MAX_OPS),
        otherwise: puts(TXN_MAX_OPS),
    };
    assert_eq!(TXN_MAX_OPS, 128);
    assert!(stand.txn(full).await.unwrap().succeeded);
    assert_eq!(stand.keys("k").len(), TXN_MAX_OPS);

    let too_many = TXN_MAX_OPS + 1;
    for txn in [
        Txn {
            compares: compares(too_many),
            ..Txn::default()
        },
        Txn {
            then: puts(too_many),
            ..Txn::default()
        },
        Txn {
            otherwise: puts(too_many),
            ..Txn::default()
        },
    ] {
        let refused = stand.txn(txn).await;
        assert!(matches!(refused, Err(StoreError::TooManyOps { count }) if count == too_many));
    }

    assert_eq!(TXN_MAX_BYTES, 1_572_864);
    let put_of = |total: usize| Op::Put {
        key: bytes("big"),
        value: Bytes::from(vec![7; total - "big".len() - OP_OVERHEAD_BYTES]),
        lease: None,
    };
    stand.then(vec![put_of(TXN_MAX_BYTES)]).await;
    let stored = stand.get("big").unwrap().value.len();
    assert_eq!(stored, TXN_MAX_BYTES - "big".len() - OP_OVERHEAD_BYTES);
    for (then, otherwise) in [
        (vec![put_of(TXN_MAX_BYTES + 1)], vec![]),
        (vec![put_of(TXN_MAX_BYTES)], vec![get("a")]),
    ] {
        let refused = stand
            .txn(Txn {
                then,
                otherwise,
                ..Txn::default()
            })
            .await;
        assert!(matches!(refused, Err(StoreError::TxnTooLarge { .. })));
    }

    for then in [vec![put("", "x")], vec![delete("")], vec![get("")]] {
        let refused = stand
            .txn(Txn {
                then,
                ..Txn::default()
            })
            .await;
        assert!(matches!(refused, Err(StoreError::EmptyKey)));
    }
    let refused = stand
        .txn(Txn {
            compares: vec![Compare::Exists { key: Bytes::new() }],
            ..Txn::default()
        })
        .await;
    assert!(matches!(refused, Err(StoreError::EmptyKey)));
    assert_eq!(stand.store().revision(), 2);
}

pub(crate) async fn a_key_may_change_only_once(make: fn() -> Stand) {
    let stand = make();
    for branch in [
        vec![put("a", "1"), put("a", "2")],
        vec![put("a", "1"), delete("a")],
        vec![delete("a"), put("a", "1")],
        vec![put("dir/a", "1"), delete_prefix("dir/")],
        vec![delete_prefix(""), put("a", "1")],
    ] {
        for txn in [
            Txn {
                then: branch.clone(),
                ..Txn::default()
            },
            Txn {
                otherwise: branch.clone(),
                ..Txn::default()
            },
        ] {
            let refused = stand.txn(txn).await;
            assert!(
                matches!(refused, Err(StoreError::DuplicateKey { .. })),
                "{branch:?}: {refused:?}"
            );
        }
    }
    assert_eq!(stand.store().revision(), 0);
    // Beside the prefix, in the other branch, or deleted twice is no conflict.
    let txn = Txn {
        then: vec![put("a", "1"), delete_prefix("b"), delete_prefix("aa")],
        otherwise: vec![put("a", "2"), delete("b"), delete("b"), delete_prefix("b")],
        ..Txn::default()
    };
    assert!(stand.txn(txn).await.unwrap().succeeded);
}

pub(crate) async fn a_prefix_is_deleted(make: fn() -> Stand) {
    let stand = make();
    let keys = ["a", "dir", "dir/", "dir/x", "dir/y/z", "dir0", "e"];
    stand
        .then(keys.iter().map(|key| put(key, "")).collect())
        .await;
    let outcome = stand
        .then(vec![delete("dir/x"), delete_prefix("dir/"), put("f", "")])
        .await;
    assert_eq!(outcome.deleted, 3);
    assert_eq!(stand.keys(""), ["a", "dir", "dir0", "e", "f"]);
    assert_eq!(stand.then(vec![delete_prefix("")]).await.deleted, 5);
    assert!(stand.keys("").is_empty());

    // The last byte is where a range end would overflow.
    let key = |bytes: &'static [u8]| Bytes::from_static(bytes);
    let put = |key: Bytes| Op::Put {
        key,
        value: Bytes::new(),
        lease: None,
    };
    stand
        .then(vec![
            put(key(b"\xff")),
            put(key(b"\xff\xff")),
            put(key(b"\xfe")),
        ])
        .await;
    let prefix = key(b"\xff");
    assert_eq!(
        stand.then(vec![Op::DeletePrefix { prefix }]).await.deleted,
        2
    );
}

pub(crate) async fn pages_cover_a_prefix(make: fn() -> Stand) {
    let stand = make();
    let mut all: Vec<String> = (0..25).map(|index| format!("p/{index:02}")).collect();
    let others = ["o", "p", "p.", "p0", "q"];
    let puts = all.iter().map(String::as_str).chain(others);
    stand.then(puts.map(|key| put(key, key)).collect()).await;

    for limit in [1, 7, 24, 25, 26, 0] {
        let mut seen = Vec::new();
        let mut start_after = None;
        loop {
            let page = stand
                .store()
                .range(Range {
                    prefix: bytes("p/"),
                    start_after,
                    limit,
                })
                .unwrap();
            assert_eq!(page.revision, 1);
            assert!(limit == 0 || page.items.len() <= limit);
            seen.extend(page.items.iter().map(|kv| text(&kv.key)));
            start_after = page.items.last().map(|kv| kv.key.clone());
            if !page.more {
                break;
            }
            assert_eq!(page.items.len(), limit);
        }
        assert_eq!(seen, all, "limit {limit}");
    }

    // A start outside of the prefix, or between keys, or of a key that is gone.
    let after = |start: &str| {
        stand
            .store()
            .range(Range {
                prefix: bytes("p/"),
                start_after: Some(bytes(start)),
                limit: 1,
            })
            .unwrap()
    };
    assert_eq!(after("a").items[0].key, bytes("p/00"));
    assert_eq!(after("p/").items[0].key, bytes("p/00"));
    assert_eq!(after("p/03x").items[0].key, bytes("p/04"));
    assert!(after("p/24").items.is_empty());
    assert!(!after("p/24").more);
    assert!(after("z").items.is_empty());
    stand.then(vec![delete("p/05")]).await;
    assert_eq!(after("p/05").items[0].key, bytes("p/06"));
    all.remove(5);
    assert_eq!(stand.keys("p/"), all);
}

pub(crate) async fn counters_lose_no_increment(make: fn() -> Stand) {
    const WRITERS: u64 = 8;
    const INCREMENTS: u64 = 10;
    let stand = make();
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let store = Arc::clone(stand.store());
        writers.push(tokio::spawn(async move {
            let mut done = 0;
            while done < INCREMENTS {
                let before = store.get(b"counter").unwrap();
                let count: u64 = before
                    .as_ref()
                    .map_or(0, |kv| text(&kv.value).parse().unwrap());
                let txn = Txn {
                    compares: vec![Compare::ModRevision {
                        key: bytes("counter"),
                        equals: before.map_or(0, |kv| kv.mod_revision),
                    }],
                    then: vec![put("counter", &(count + 1).to_string())],
                    otherwise: vec![],
                };
                let outcome = store.txn(txn).await.unwrap();
                if outcome.succeeded {
                    // Acknowledged, so everyone can read it.
                    let now = store.get(b"counter").unwrap().unwrap();
                    assert!(now.mod_revision >= outcome.revision);
                    done += 1;
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let counter = stand.get("counter").unwrap();
    assert_eq!(text(&counter.value), (WRITERS * INCREMENTS).to_string());
    assert_eq!(counter.version, WRITERS * INCREMENTS);
    assert_eq!(stand.store().revision(), WRITERS * INCREMENTS);
}
