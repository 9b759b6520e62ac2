//! Events on disk: a folder a group, in it a folder a stream, in it numbered segments that are
//! appended to and never changed.
//!
//! `frame` is one batch in bytes, `file` one segment, `appender` the growing end of one stream,
//! `writer` the threads that append and sync, `tail` what is remembered of a stream, `select`
//! reading. Names, limits and errors of the API are left to `crate::api`.
//!
//! Nothing is read when the store is opened. A stream is looked at when it is first asked for,
//! and all that is remembered of it can be forgotten and read again.

mod appender;
mod error;
mod file;
mod frame;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod gone;
mod latest;
mod recent;
mod select;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::{Semaphore, mpsc, oneshot};

pub(crate) use appender::{Batch, Kept, NewEvent};
pub use error::SegmentError;
pub(crate) use frame::{BATCH_MESSAGES_MAX_BYTES, CONTAINER_ID_MAX_BYTES, Source};
use gone::Gone;
pub(crate) use gone::Removed;
use latest::Latest;
pub(crate) use latest::Place;
use recent::Recent;
pub(crate) use select::{EVENT_OVERHEAD_BYTES, Order, Page, Query, SCAN_MAX_BYTES};
pub(crate) use tail::Tail;
use tail::{Block, Blocks, Span};
use writer::{Request, Sizes, Tails, Writer, lock};

/// How many threads write. Syncs of several files at once cost a journal little more than one.
const WRITERS: usize = 4;
/// How many requests may wait for one of them.
const QUEUE_MAX_REQUESTS: usize = 1024;
/// How many KiB of events may wait in all. The rest waits in its own request.
const QUEUE_MAX_KIB: u32 = 64 * 1024;
/// How many pages are read at once, each from one file.
const READS_MAX: usize = 16;
/// How much is remembered of streams, in bytes.
const TAILS_MAX_BYTES: usize = 64 * 1024 * 1024;
/// How much is remembered of segments that grow no more, in bytes.
const INDEXES_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Of how many such segments is remembered what they span.
const SPANS_MAX: usize = 256 * 1024;
/// Of how many groups is remembered how many bytes they have.
const SIZES_MAX: usize = 16 * 1024;
/// A segment that has grown so long is ended, in bytes.
const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;
/// How much of the disk logs leave free, in bytes: the store needs room to write when logs have
/// none.
const DISK_RESERVE_BYTES: u64 = 1024 * 1024 * 1024;

/// How many streams one FilterLogEvents looks at: what is known of each is read from the disk once.
const FILTER_STREAMS_MAX: usize = 10_000;

/// Sizes that a test or an operator may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A segment that has grown so long is ended, in bytes; at most 64 MiB.
    pub segment_bytes: u64,
    /// How much of the disk logs leave free, in bytes.
    pub disk_reserve_bytes: u64,
    /// How many streams one FilterLogEvents looks at; of a group that has more, the caller goes on.
    pub filter_streams_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            segment_bytes: SEGMENT_BYTES,
            disk_reserve_bytes: DISK_RESERVE_BYTES,
            filter_streams_max: FILTER_STREAMS_MAX,
        }
    }
}

/// What was done since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Batches of events that were kept.
    pub batches: u64,
    /// Syncs that it took: fewer, where several waited for the same file.
    pub syncs: u64,
}

/// The same, as the threads count.
#[derive(Default)]
struct Counters {
    batches: AtomicU64,
    syncs: AtomicU64,
}

/// A stream, by the ids of its group and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StreamRef {
    pub(crate) group: u64,
    pub(crate) id: u64,
}

impl StreamRef {
    fn folder(self, root: &Path) -> PathBuf {
        group_folder(root, self.group).join(format!("{:016x}", self.id))
    }
}

fn group_folder(root: &Path, group: u64) -> PathBuf {
    root.join(format!("{group:016x}"))
}

/// The store of events.
pub(crate) struct Segments {
    root: PathBuf,
    queues: Vec<mpsc::Sender<Request>>,
    threads: Vec<JoinHandle<()>>,
    waiting_kib: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    tails: Arc<Tails>,
    sizes: Arc<Sizes>,
    counters: Arc<Counters>,
    gone: Arc<Gone>,
    latest: Arc<Latest>,
    spans: Mutex<Recent<(StreamRef, u64), Option<Span>>>,
    indexes: Mutex<Recent<(StreamRef, u64), Arc<Blocks>>>,
    /// Held as long as the store is open.
    _lock: File,
}

impl Segments {
    /// Opens the store in `root`, which is made if need be, for this process alone.
    pub(crate) fn open(root: &Path, settings: Settings) -> Result<Self, SegmentError> {
        fs::create_dir_all(root).map_err(SegmentError::io("make the folder", root))?;
        let path = root.join("lock");
        let file = File::create(&path).map_err(SegmentError::io("make", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SegmentError::Locked {
                    path: root.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => {
                return Err(SegmentError::io("lock", &path)(error));
            }
        }
        let settings = Settings {
            segment_bytes: settings.segment_bytes.min(file::SEGMENT_LIMIT_BYTES),
            ..settings
        };
        let tails: Arc<Tails> = Arc::new(Mutex::new(Recent::new()));
        let gone = Arc::new(Gone::new());
        let latest = Arc::new(Latest::new());
        let sizes: Arc<Sizes> = Arc::new(Mutex::new(Recent::new()));
        let counters = Arc::new(Counters::default());
        let mut queues = Vec::with_capacity(WRITERS);
        let mut threads = Vec::with_capacity(WRITERS);
        for number in 0..WRITERS {
            let (queue, requests) = mpsc::channel(QUEUE_MAX_REQUESTS);
            let writer = Writer {
                root: root.to_owned(),
                settings,
                tails: Arc::clone(&tails),
                sizes: Arc::clone(&sizes),
                counters: Arc::clone(&counters),
                gone: Arc::clone(&gone),
                latest: Arc::clone(&latest),
                open: Recent::new(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("logs-writer-{number}"))
                .spawn(move || writer.run(requests))
                .map_err(SegmentError::io("start a thread for", root))?;
            queues.push(queue);
            threads.push(thread);
        }
        Ok(Self {
            root: root.to_owned(),
            queues,
            threads,
            waiting_kib: Arc::new(Semaphore::new(QUEUE_MAX_KIB as usize)),
            reads: Arc::new(Semaphore::new(READS_MAX)),
            tails,
            sizes,
            counters,
            gone,
            latest,
            spans: Mutex::new(Recent::new()),
            indexes: Mutex::new(Recent::new()),
            _lock: file,
        })
    }

    fn queue(&self, stream: StreamRef) -> Result<&mpsc::Sender<Request>, SegmentError> {
        let writer = usize::try_from(stream.id % WRITERS as u64).unwrap_or(0);
        self.queues.get(writer).ok_or(SegmentError::Closed)
    }

    /// Keeps a batch, durably.
    pub(crate) async fn append(
        &self,
        stream: StreamRef,
        batch: Batch,
    ) -> Result<Kept, SegmentError> {
        let bytes: usize = batch.events.iter().map(|one| one.message.len()).sum();
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(QUEUE_MAX_KIB);
        let permit = Arc::clone(&self.waiting_kib)
            .acquire_many_owned(kib.min(QUEUE_MAX_KIB))
            .await
            .map_err(|_| SegmentError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let request = Request::Append {
            stream,
            batch,
            permit,
            reply,
        };
        let sent = self.queue(stream)?.send(request).await;
        sent.map_err(|_| SegmentError::Closed)?;
        answer.await.map_err(|_| SegmentError::Closed)?
    }

    /// What there is of a stream.
    pub(crate) async fn tail(&self, stream: StreamRef) -> Result<Arc<Tail>, SegmentError> {
        if let Some(tail) = lock(&self.tails).get(&stream) {
            return Ok(Arc::clone(tail));
        }
        let (reply, answer) = oneshot::channel();
        let sent = self
            .queue(stream)?
            .send(Request::Load { stream, reply })
            .await;
        sent.map_err(|_| SegmentError::Closed)?;
        answer.await.map_err(|_| SegmentError::Closed)?
    }

    /// Removes all events of a group or a stream from disk. Once more is no harm.
    pub(crate) async fn remove(&self, removed: Removed) -> Result<(), SegmentError> {
        // From here on nothing of it is opened or made any more.
        self.gone.add(removed);
        self.latest.remove(removed);
        for queue in &self.queues {
            let (reply, answer) = oneshot::channel();
            let sent = queue.send(Request::Close { removed, reply }).await;
            sent.map_err(|_| SegmentError::Closed)?;
            answer.await.map_err(|_| SegmentError::Closed)?;
        }
        let (group, folder) = match removed {
            Removed::Group(group) => (group, group_folder(&self.root, group)),
            Removed::Stream(stream) => (stream.group, stream.folder(&self.root)),
        };
        let done = tokio::task::spawn_blocking(move || file::remove_folder(&folder)).await;
        // It is counted anew when somebody asks.
        lock(&self.sizes).remove(&group);
        done.map_err(|_| SegmentError::Closed)?
    }

    /// Removes the segments of a stream in which all happened before `cutoff`, ms since the epoch.
    /// Gives how many bytes that freed.
    pub(crate) async fn expire(&self, stream: StreamRef, cutoff: i64) -> Result<u64, SegmentError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Expire {
            stream,
            cutoff,
            reply,
        };
        let sent = self.queue(stream)?.send(request).await;
        sent.map_err(|_| SegmentError::Closed)?;
        answer.await.map_err(|_| SegmentError::Closed)?
    }

    /// Begins an index of a group's streams by their last events. Where it says so, every stream is
    /// to be told with [`Segments::add_to_index`], then looked at, and then it is whole.
    pub(crate) fn begin_index(&self, group: u64) -> bool {
        self.latest.begin(group)
    }

    /// There is such a stream.
    pub(crate) fn add_to_index(&self, stream: StreamRef, name: &str) {
        self.latest.add(stream, name);
    }

    /// Looks at a stream for the index. What is written from now on is followed anyway.
    pub(crate) async fn look_for_index(&self, stream: StreamRef) -> Result<(), SegmentError> {
        if let Some((_, last)) = self.tail(stream).await?.sums.times {
            self.latest.raise(stream, last);
        }
        Ok(())
    }

    /// Every stream of the group was told and looked at.
    pub(crate) fn finish_index(&self, group: u64) {
        self.latest.finish(group);
    }

    /// At most `most` streams of an indexed group that follow a time and a name.
    pub(crate) fn by_last_event(
        &self,
        group: u64,
        after: Option<(i64, &str)>,
        descending: bool,
        most: usize,
    ) -> Vec<Place> {
        self.latest.page(group, after, descending, most)
    }

    /// Takes out of the index what was deleted while the index was made.
    pub(crate) fn drop_from_index(&self, stream: StreamRef) {
        self.latest.remove(Removed::Stream(stream));
    }

    /// Whether a segment that a reader did not find is rightly not there.
    fn is_gone(&self, stream: StreamRef, number: u64) -> bool {
        self.gone.has(stream)
            || file::oldest(&stream.folder(&self.root)).is_some_and(|oldest| number < oldest)
    }

    /// What was done since the store was opened.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            batches: self.counters.batches.load(Ordering::Relaxed),
            syncs: self.counters.syncs.load(Ordering::Relaxed),
        }
    }

    /// Reads a page. Where this is not awaited to its end, the reading ends soon.
    pub(crate) async fn select(self: &Arc<Self>, query: Query) -> Result<Page, SegmentError> {
        let read = Arc::clone(&self.reads)
            .acquire_owned()
            .await
            .map_err(|_| SegmentError::Closed)?;
        let segments = Arc::clone(self);
        let waiting = Arc::new(());
        let awaited = Arc::downgrade(&waiting);
        let page = tokio::task::spawn_blocking(move || {
            let given_up = || awaited.strong_count() == 0;
            let page = select::select(&segments, &query, &given_up);
            // Not before: there are as many permits as threads may read.
            drop(read);
            page
        })
        .await
        .map_err(|_| SegmentError::Closed)?;
        drop(waiting);
        page
    }

    /// How many bytes a group has on disk. What comes in while it is counted for the first time
    /// may count twice or not at all; AWS does not promise more.
    pub(crate) async fn stored_bytes(self: &Arc<Self>, group: u64) -> Result<u64, SegmentError> {
        if let Some(size) = lock(&self.sizes).get(&group) {
            return Ok(*size);
        }
        let folder = group_folder(&self.root, group);
        let size = tokio::task::spawn_blocking(move || folder_bytes(&folder))
            .await
            .map_err(|_| SegmentError::Closed)??;
        let mut sizes = lock(&self.sizes);
        sizes.insert(group, size, 1);
        sizes.trim(SIZES_MAX);
        Ok(size)
    }

    /// What a segment spans that grows no more: the next one begins with it.
    fn sealed_span(&self, stream: StreamRef, number: u64) -> Result<Option<Span>, SegmentError> {
        let key = (stream, number);
        if let Some(span) = lock(&self.spans).get(&key) {
            return Ok(*span);
        }
        let next = file::path(&stream.folder(&self.root), number + 1);
        let span = file::header(&next)?.previous;
        let mut spans = lock(&self.spans);
        spans.insert(key, span, 1);
        spans.trim(SPANS_MAX);
        Ok(span)
    }

    /// The index of a segment that grows no more.
    fn sealed_index(&self, stream: StreamRef, number: u64) -> Result<Arc<Blocks>, SegmentError> {
        let key = (stream, number);
        if let Some(index) = lock(&self.indexes).get(&key) {
            return Ok(Arc::clone(index));
        }
        let path = file::path(&stream.folder(&self.root), number);
        let index = Arc::new(file::sealed_index(&path)?);
        let weight = size_of::<Blocks>() + index.0.len() * size_of::<Block>();
        let mut indexes = lock(&self.indexes);
        indexes.insert(key, Arc::clone(&index), weight);
        indexes.trim(INDEXES_MAX_BYTES);
        Ok(index)
    }
}

impl Drop for Segments {
    fn drop(&mut self) {
        self.queues.clear();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; there is nothing left to do for it.
            let _ = thread.join();
        }
    }
}

/// The sum of the sizes of a group's segments.
fn folder_bytes(group: &Path) -> Result<u64, SegmentError> {
    let read = |folder: &Path| match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SegmentError::io("read the folder", folder)(error)),
    };
    let mut bytes = 0;
    for stream in read(group)?.into_iter().flatten().flatten() {
        for segment in read(&stream.path())?.into_iter().flatten().flatten() {
            // One that was removed meanwhile counts nothing.
            bytes += segment.metadata().map_or(0, |metadata| metadata.len());
        }
    }
    Ok(bytes)
}

/// Whether there is room for events beside what is kept free.
fn check_space(root: &Path, settings: &Settings) -> Result<(), SegmentError> {
    let disk = rustix::fs::statvfs(root)
        .map_err(|error| SegmentError::io("ask for the free space of", root)(error.into()))?;
    let free_bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free_bytes < settings.disk_reserve_bytes {
        return Err(SegmentError::NoSpace {
            path: root.to_owned(),
            free_bytes,
            reserve_bytes: settings.disk_reserve_bytes,
        });
    }
    Ok(())
}
