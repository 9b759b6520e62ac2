//! What a test stands on: a store, the clock it runs by, and a way to open it again.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ambient::{Clock, Timestamp};
use bytes::Bytes;
use store::{
    Compare, KeyValue, LeaseId, MemoryStore, Op, Range, RedbStore, Store, StoreError, Txn,
    TxnOutcome,
};
use tempfile::TempDir;

/// A clock that goes only when told to.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    millis: AtomicU64,
}

impl TestClock {
    pub(crate) fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).plus(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::SeqCst))
    }
}

pub(crate) struct Stand {
    pub(crate) clock: Arc<TestClock>,
    store: Option<Arc<dyn Store>>,
    folder: Option<TempDir>,
}

pub(crate) fn memory() -> Stand {
    let clock = Arc::new(TestClock::default());
    Stand {
        store: Some(Arc::new(MemoryStore::new(clock.clone()))),
        clock,
        folder: None,
    }
}

pub(crate) fn redb() -> Stand {
    let clock = Arc::new(TestClock::default());
    let folder = tempfile::Builder::new()
        .prefix("longshore-store-")
        .tempdir()
        .unwrap();
    let store = RedbStore::open(folder.path(), clock.clone()).unwrap();
    Stand {
        store: Some(Arc::new(store)),
        clock,
        folder: Some(folder),
    }
}

/// Runs one test of the suite. Some threads, so that stores are used from several at once.
pub(crate) fn run<F: Future<Output = ()>>(make: fn() -> Stand, test: fn(fn() -> Stand) -> F) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
        .block_on(test(make));
}

impl Stand {
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        self.store.as_ref().unwrap()
    }

    pub(crate) fn close(&mut self) {
        self.store = None;
    }

    /// Closes the store and opens it again; false where nothing would be left.
    pub(crate) fn reopen(&mut self) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        self.store = None;
        let store = RedbStore::open(folder.path(), self.clock.clone()).unwrap();
        self.store = Some(Arc::new(store));
        true
    }

    pub(crate) async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        self.store().txn(txn).await
    }

    /// Does these, on no condition.
    pub(crate) async fn then(&self, then: Vec<Op>) -> TxnOutcome {
        let txn = Txn {
            then,
            ..Txn::default()
        };
        self.txn(txn).await.unwrap()
    }

    pub(crate) async fn holds(&self, compare: Compare) -> bool {
        let txn = Txn {
            compares: vec![compare],
            ..Txn::default()
        };
        self.txn(txn).await.unwrap().succeeded
    }

    pub(crate) fn get(&self, key: &str) -> Option<KeyValue> {
        self.store().get(key.as_bytes()).unwrap()
    }

    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let page = self.store().range(Range::prefix(bytes(prefix))).unwrap();
        assert!(!page.more);
        page.items.iter().map(|kv| text(&kv.key)).collect()
    }
}

pub(crate) fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

pub(crate) fn text(bytes: &Bytes) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn put(key: &str, value: &str) -> Op {
    Op::Put {
        key: bytes(key),
        value: bytes(value),
        lease: None,
    }
}

pub(crate) fn put_with(key: &str, lease: LeaseId) -> Op {
    Op::Put {
        key: bytes(key),
        value: bytes(key),
        lease: Some(lease),
    }
}

pub(crate) fn delete(key: &str) -> Op {
    Op::Delete { key: bytes(key) }
}

pub(crate) fn delete_prefix(prefix: &str) -> Op {
    Op::DeletePrefix {
        prefix: bytes(prefix),
    }
}

pub(crate) fn get(key: &str) -> Op {
    Op::Get { key: bytes(key) }
}
