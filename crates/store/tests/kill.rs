//! What a killed process leaves: every acknowledged write, and nothing by halves.
//!
//! The test runs its own executable as the writer, which reports each acknowledged write on a
//! pipe, and kills it with SIGKILL at a seeded random moment, hundreds of times. What SIGKILL cannot
//! show, the loss of what was not synced, `src/disk/failures.rs` shows.

#![cfg(test)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ambient::SystemClock;
use bytes::Bytes;
use store::{Compare, Op, Range, RedbStore, Store, StoreError, Txn};

/// How often the writer is killed.
const KILLS: u32 = 440;

/// After this many kills the folder is thrown away, so that kills also meet a store being made.
const KILLS_PER_FOLDER: u32 = 11;

/// The writer's tasks, whose transactions share commits.
const WRITERS: u64 = 4;

/// Each transaction writes one of these slots, and deletes another.
const SLOTS: u64 = 8;

/// The most reports waited for before a kill, and the longest wait after that.
const REPORTS_MAX: u64 = 24;
const DELAY_MAX_MICROS: u64 = 4_000;

/// The longest wait before a kill that waits for no report: about the time that a start takes.
const START_DELAY_MAX_MICROS: u64 = 6_000;

/// Set for the child: the folder to write to.
const FOLDER_VARIABLE: &str = "LONGSHORE_STORE_KILL_TEST_FOLDER";
const TEST_NAME: &str = "sigkill_loses_nothing_acknowledged";

#[test]
fn sigkill_loses_nothing_acknowledged() {
    match std::env::var_os(FOLDER_VARIABLE) {
        Some(folder) => write_until_killed(Path::new(&folder)),
        None => kill_and_check(),
    }
}

fn open(folder: &Path) -> Result<RedbStore, StoreError> {
    RedbStore::open(folder, Arc::new(SystemClock))
}

fn side(writer: u64, side: &str) -> Bytes {
    Bytes::from(format!("w/{writer}/{side}"))
}

fn slot(writer: u64, count: u64) -> Bytes {
    Bytes::from(format!("w/{writer}/slot/{}", count % SLOTS))
}

/// How far a writer is by the store: what it wrote last, and at which revision.
fn progress(store: &dyn Store, writer: u64) -> (u64, u64) {
    let left = store.get(&side(writer, "left")).unwrap();
    left.map_or((0, 0), |kv| {
        let count = std::str::from_utf8(&kv.value).unwrap().parse().unwrap();
        (count, kv.mod_revision)
    })
}

/// The child: each writer counts up, on condition that its last count is still there.
fn write_until_killed(folder: &Path) {
    let store = Arc::new(open(folder).unwrap());
    report(&format!("open {} {}", store.revision(), store.epoch()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(count_up(Arc::clone(&store), writer));
        }
        let ended = writers.join_next().await;
        panic!("a writer ended: {ended:?}");
    });
}

async fn count_up(store: Arc<RedbStore>, writer: u64) {
    let (mut count, mut revision) = progress(store.as_ref(), writer);
    loop {
        count += 1;
        let value = Bytes::from(count.to_string());
        let put = |key| Op::Put {
            key,
            value: value.clone(),
            lease: None,
        };
        let txn = Txn {
            compares: vec![Compare::ModRevision {
                key: side(writer, "left"),
                equals: revision,
            }],
            then: vec![
                put(side(writer, "left")),
                put(slot(writer, count)),
                Op::Delete {
                    key: slot(writer, count + SLOTS / 2),
                },
                put(side(writer, "right")),
            ],
            otherwise: vec![],
        };
        let outcome = store.txn(txn).await.unwrap();
        assert!(outcome.succeeded, "writer {writer} lost its count {count}");
        revision = outcome.revision;
        report(&format!("ack {writer} {count} {revision}"));
    }
}

/// A line on stderr, whole or not at all (it is shorter than a pipe's atomic write).
fn report(line: &str) {
    std::io::stderr()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}

/// A small generator (splitmix64), so that a seed gives the same moments on every machine.
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

/// What the parent knows to be acknowledged.
#[derive(Default)]
struct Acknowledged {
    revision: u64,
    epoch: u64,
    /// The count and the revision of each writer.
    writers: BTreeMap<u64, (u64, u64)>,
}

impl Acknowledged {
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |index: usize| -> u64 { words[index].parse().unwrap() };
        match words[0] {
            "open" => {
                assert!(number(1) >= self.revision, "the revision went back: {line}");
                assert!(self.epoch == 0 || self.epoch == number(2), "{line}");
                self.epoch = number(2);
            }
            "ack" => {
                let (count, revision) = self.writers.entry(number(1)).or_default();
                assert!(number(2) > *count && number(3) > *revision, "{line}");
                (*count, *revision) = (number(2), number(3));
                self.revision = self.revision.max(number(3));
            }
            _ => panic!("the writer failed: {line}"),
        }
    }

    /// The store holds all of it, at most one transaction more of each writer, and all of each.
    fn check(&mut self, store: &dyn Store) {
        let page = store.range(Range::default()).unwrap();
        let newest = page.items.iter().map(|kv| kv.mod_revision).max();
        assert_eq!(page.revision, newest.unwrap_or(0));
        assert!(page.revision >= self.revision, "the revision went back");
        let mut expected = BTreeMap::new();
        for writer in 0..WRITERS {
            let (count, revision) = progress(store, writer);
            let (acked, acked_revision) = self.writers.get(&writer).copied().unwrap_or_default();
            assert!(
                count == acked || count == acked + 1,
                "writer {writer} is at {count}, acknowledged was {acked}"
            );
            if count == acked {
                assert_eq!(revision, acked_revision, "writer {writer}, count {count}");
            } else {
                assert!(revision > acked_revision, "writer {writer}, count {count}");
            }
            if count > 0 {
                expected.insert(side(writer, "left"), (count, revision));
                expected.insert(side(writer, "right"), (count, revision));
            }
            // The last slots written, but for those deleted since.
            for written in (count.saturating_sub(SLOTS / 2 - 1)..=count).filter(|&at| at > 0) {
                let entry = store.get(&slot(writer, written)).unwrap();
                let at = entry.expect("a slot is gone").mod_revision;
                assert!(written == count || at < revision);
                expected.insert(slot(writer, written), (written, at));
            }
            self.writers.insert(writer, (count, revision));
        }
        let found: BTreeMap<Bytes, (u64, u64)> = page
            .items
            .iter()
            .map(|kv| {
                let count = std::str::from_utf8(&kv.value).unwrap().parse().unwrap();
                (kv.key.clone(), (count, kv.mod_revision))
            })
            .collect();
        assert_eq!(found, expected);
        self.revision = page.revision;
    }
}

fn kill_and_check() {
    let mut moments = Moments(0x1095_0e5e);
    let mut folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::default();
    let (mut reports, mut at_start, mut unheard) = (0, 0, 0);
    for kill in 0..KILLS {
        if kill % KILLS_PER_FOLDER == 0 {
            folder = tempfile::tempdir().unwrap();
            acknowledged = Acknowledged::default();
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", TEST_NAME, "--nocapture", "--test-threads=1"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();

        // Every fourth is killed while it starts, the others after some acknowledgements.
        let wait_for = if kill % 4 == 0 {
            0
        } else {
            1 + moments.below(REPORTS_MAX)
        };
        for _ in 0..wait_for {
            acknowledged.hear(&lines.next().expect("the writer ended").unwrap());
        }
        if kill % 16 == 1 {
            let refused = open(folder.path()).unwrap_err();
            assert!(
                matches!(&refused, StoreError::Locked { folder: path } if path == folder.path()),
                "{refused}"
            );
        }
        // The moment itself: nothing to wait for, only time.
        let delay = if wait_for == 0 {
            moments.below(START_DELAY_MAX_MICROS)
        } else {
            moments.below(DELAY_MAX_MICROS)
        };
        std::thread::park_timeout(Duration::from_micros(delay));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(9),
            "the writer ended by itself"
        );
        // What it had said before it died counts as well.
        let mut heard = wait_for;
        for line in lines {
            acknowledged.hear(&line.unwrap());
            heard += 1;
        }
        at_start += u32::from(heard == 0);
        reports += heard;

        let before = acknowledged.writers.clone();
        let store = open(folder.path()).unwrap();
        assert!(acknowledged.epoch == 0 || acknowledged.epoch == store.epoch());
        acknowledged.epoch = store.epoch();
        acknowledged.check(&store);
        unheard += u32::from(!before.is_empty() && before != acknowledged.writers);
    }
    println!(
        "{KILLS} kills, {at_start} of them before the store was open; {reports} reports heard; \
         {unheard} times a write was there that had not been acknowledged"
    );
    assert!(
        at_start > 0 && reports > u64::from(KILLS),
        "the moments are badly chosen"
    );
}
