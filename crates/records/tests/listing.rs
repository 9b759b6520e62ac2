//! Reading many records at once.

#![cfg(test)]

use std::sync::Arc;

use ambient::SystemClock;
use records::ecs::Family;
use records::{Prefix, RecordError, Records};
use store::{MemoryStore, Op, Store, Txn};

/// As many as are decoded on all cores, and some.
const MANY: usize = 10_003;

async fn put(store: &Arc<dyn Store>, entries: impl Iterator<Item = (String, String)>) {
    let entries: Vec<_> = entries.collect();
    for part in entries.chunks(100) {
        let then = part.iter().cloned().map(|(key, value)| Op::Put {
            key: key.into(),
            value: value.into(),
            lease: None,
        });
        let txn = Txn {
            then: then.collect(),
            ..Txn::default()
        };
        store.txn(txn).await.unwrap();
    }
}

fn family(number: usize) -> (String, String) {
    let value = format!("{{\"format\":1,\"data\":{{\"latest_revision\":{number}}}}}");
    (format!("families/{number:06}"), value)
}

#[tokio::test]
async fn many_records_are_read_whole_and_in_order() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    put(&store, (0..MANY).map(family)).await;
    let records = Records::new(Arc::clone(&store));
    let prefix = Prefix::<Family>::new(&["families"]);
    let all = records.all(&prefix).unwrap();
    let numbers: Vec<_> = all.iter().map(|one| one.record.latest_revision).collect();
    let wanted: Vec<_> = (0..i32::try_from(MANY).unwrap()).collect();
    assert_eq!(numbers, wanted);
    assert!(
        all.iter()
            .zip(0..)
            .all(|(one, number)| one.key == family(number).0)
    );

    // Wherever one is that cannot be read, it is told.
    for number in [0, MANY / 2, MANY - 1] {
        let (key, _) = family(number);
        put(&store, [(key.clone(), "{".to_owned())].into_iter()).await;
        match records.all(&prefix) {
            Err(RecordError::Corrupt { key: told, .. }) => assert_eq!(told, key),
            other => panic!("{:?}", other.map(|all| all.len())),
        }
        put(&store, [family(number)].into_iter()).await;
    }
    assert_eq!(records.all(&prefix).unwrap().len(), MANY);
}

#[tokio::test]
async fn a_record_is_read_however_its_json_is_written() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let records = Records::new(Arc::clone(&store));
    let prefix = Prefix::<Family>::new(&["one"]);
    for (value, wanted) in [
        ("{\"format\":1,\"data\":{\"latest_revision\":7}}", Ok(7)),
        (
            "{ \"format\": 1, \"data\": {\"latest_revision\": 7} }",
            Ok(7),
        ),
        ("{\"data\":{\"latest_revision\":7},\"format\":1}", Ok(7)),
        (
            "{\"format\":1,\"data\":{\"latest_revision\":7},\"more\":{}}",
            Ok(7),
        ),
        ("{\"format\":9,\"data\":{\"latest_revision\":7}}", Err(())),
        ("{\"format\":1,\"data\":{\"latest_revision\":7}", Err(())),
        ("{\"format\":1,\"data\":{\"latest_revision\":7}}}", Err(())),
        ("{\"format\":1,\"data\":{}}", Err(())),
    ] {
        put(&store, [("one/x".to_owned(), value.to_owned())].into_iter()).await;
        let read = records
            .all(&prefix)
            .map(|all| all[0].record.latest_revision);
        assert_eq!(read.map_err(|_| ()), wanted, "{value}");
    }
}
