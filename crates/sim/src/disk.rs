//! A store that behaves like one with a disk: a transaction waits its while, many are written at
//! once, the disk fails now and then, and a caller may be gone before its answer.
//!
//! What is stored is a [`MemoryStore`]'s. Reads are its own, which show what was written and no
//! more, as the contract has it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::BoxFuture;
use store::{
    KeyValue, LeaseId, MemoryStore, Op, Page, Range, Revision, Store, StoreError, Txn, TxnOutcome,
    Watch,
};
use tokio::sync::{Notify, oneshot};

use crate::clock::{LATTICE_MILLIS, SimClock, Turn};
use crate::dice::digest;

/// A commit takes at most this many turns of the store.
const COMMIT_TURNS_MAX: u64 = 3;
/// While the disk is in trouble: how many in a hundred transactions it refuses.
const REFUSED_PERCENT: u64 = 6;
/// While the disk is in trouble: how many in a hundred it gives no clear answer to.
const UNCLEAR_PERCENT: u64 = 4;

/// The store of one simulation. [`SimStore::run`] must be running.
pub(crate) struct SimStore {
    inner: MemoryStore,
    clock: Arc<SimClock>,
    seed: u64,
    waiting: Mutex<Vec<Waiting>>,
    arrived: Notify,
    trouble: AtomicBool,
    /// For a proof that the checks see it: compares are passed over.
    careless: bool,
}

struct Waiting {
    due: u64,
    order: u64,
    txn: Txn,
    reply: oneshot::Sender<Result<TxnOutcome, StoreError>>,
}

/// What becomes of a transaction.
enum Fate {
    Applied,
    Refused,
    /// True where it is applied all the same.
    Unclear(bool),
}

impl SimStore {
    /// An empty store. A `careless` one does not compare.
    #[must_use]
    pub(crate) fn new(clock: Arc<SimClock>, seed: u64, careless: bool) -> Self {
        Self {
            inner: MemoryStore::new(clock.clone()),
            clock,
            seed,
            waiting: Mutex::default(),
            arrived: Notify::new(),
            trouble: AtomicBool::new(false),
            careless,
        }
    }

    /// Whether the disk fails now and then from here on.
    pub(crate) fn set_trouble(&self, trouble: bool) {
        self.trouble.store(trouble, Ordering::Relaxed);
    }

    /// Applies what waits, for ever; calls `applied` after each batch.
    pub(crate) async fn run(&self, applied: impl Fn()) {
        loop {
            let next = self.waiting().iter().map(|one| one.due).min();
            let Some(next) = next else {
                self.arrived.notified().await;
                continue;
            };
            tokio::select! {
                biased;
                () = self.clock.until(next) => {
                    self.apply_due().await;
                    applied();
                }
                () = self.arrived.notified() => {}
            }
        }
    }

    async fn apply_due(&self) {
        let now = self.clock.millis();
        let mut due: Vec<Waiting> = {
            let mut waiting = self.waiting();
            let all = std::mem::take(&mut *waiting);
            let (due, later) = all.into_iter().partition(|one| one.due <= now);
            *waiting = later;
            due
        };
        // Not in the order in which they came: that one is not ours to repeat.
        due.sort_by_key(|one| (one.due, one.order));
        let mut answers = Vec::with_capacity(due.len());
        for one in due {
            let answer = match self.fate(&one) {
                Fate::Applied => self.apply(one.txn).await,
                Fate::Refused => Err(StoreError::Overloaded {
                    waiting: 0,
                    waiting_bytes: 0,
                }),
                Fate::Unclear(apply) => {
                    if apply {
                        let _ = self.apply(one.txn).await;
                    }
                    Err(StoreError::Unknown {
                        path: PathBuf::from("simulated"),
                        source: Arc::new(std::io::Error::other("simulated")),
                    })
                }
            };
            answers.push((one.reply, answer));
        }
        for (reply, answer) in answers {
            let _ = reply.send(answer);
        }
    }

    fn fate(&self, one: &Waiting) -> Fate {
        let draw = digest(self.seed ^ one.due, [one.order.to_le_bytes().as_slice()]);
        let coin = draw & (1 << 40) == 0;
        if one.reply.is_closed() {
            // Whoever asked has died meanwhile.
            return if coin { Fate::Applied } else { Fate::Refused };
        }
        if !self.trouble.load(Ordering::Relaxed) {
            return Fate::Applied;
        }
        match draw % 100 {
            chance if chance < REFUSED_PERCENT => Fate::Refused,
            chance if chance < REFUSED_PERCENT + UNCLEAR_PERCENT => Fate::Unclear(coin),
            _ => Fate::Applied,
        }
    }

    async fn apply(&self, mut txn: Txn) -> Result<TxnOutcome, StoreError> {
        if self.careless {
            txn.compares.clear();
        }
        self.inner.txn(txn).await
    }

    fn enqueue(&self, txn: Txn) -> oneshot::Receiver<Result<TxnOutcome, StoreError>> {
        let (reply, answer) = oneshot::channel();
        let order = order_of(&txn);
        let turns = digest(
            self.seed ^ self.clock.millis(),
            [order.to_le_bytes().as_slice()],
        ) % COMMIT_TURNS_MAX;
        let due = self.clock.next(Turn::Store, turns * LATTICE_MILLIS);
        self.waiting().push(Waiting {
            due,
            order,
            txn,
            reply,
        });
        self.arrived.notify_one();
        answer
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands for what a transaction does, whoever asks for it and when.
fn order_of(txn: &Txn) -> u64 {
    let parts = txn.then.iter().flat_map(|op| match op {
        Op::Put { key, value, .. } => [key.as_ref(), value.as_ref()],
        Op::Delete { key } | Op::Get { key } => [key.as_ref(), &[]],
        Op::DeletePrefix { prefix } => [prefix.as_ref(), &[]],
    });
    digest(0, parts)
}

impl Store for SimStore {
    fn get(&self, key: &[u8]) -> Result<Option<KeyValue>, StoreError> {
        self.inner.get(key)
    }

    fn range(&self, range: Range) -> Result<Page, StoreError> {
        self.inner.range(range)
    }

    fn revision(&self) -> Revision {
        self.inner.revision()
    }

    fn txn(&self, txn: Txn) -> BoxFuture<'_, Result<TxnOutcome, StoreError>> {
        Box::pin(async move { self.enqueue(txn).await.unwrap_or(Err(StoreError::Closed)) })
    }

    fn watch(&self, prefix: &[u8], from: Revision) -> Result<Watch, StoreError> {
        self.inner.watch(prefix, from)
    }

    fn wait_for(&self, revision: Revision) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.wait_for(revision)
    }

    fn grant(&self, ttl: Duration) -> BoxFuture<'_, Result<LeaseId, StoreError>> {
        self.inner.grant(ttl)
    }

    fn keep_alive(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.inner.keep_alive(lease)
    }

    fn revoke(&self, lease: LeaseId) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.revoke(lease)
    }

    fn tick(&self, now: Duration) -> BoxFuture<'_, Result<Vec<LeaseId>, StoreError>> {
        self.inner.tick(now)
    }

    fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.inner.compact(revision)
    }

    fn epoch(&self) -> u64 {
        self.inner.epoch()
    }
}
