//! The threads that write. Each stream belongs to one of them, so that nothing on a stream's
//! growing end is locked. A thread takes all that waits, writes it, syncs each file once, and
//! then answers: one sync for all who wait on the same file.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::appender::{Appender, Batch, Kept};
use super::gone::{Gone, Removed};
use super::latest::Latest;
use super::recent::Recent;
use super::tail::Tail;
use super::{Counters, SegmentError, Settings, StreamRef, TAILS_MAX_BYTES};

/// How many requests one round takes.
const ROUND_MAX_REQUESTS: usize = 256;
/// How many streams a thread keeps open between rounds, one file each. A round may have open as
/// many again.
const OPEN_STREAMS_MAX: usize = 256;

/// The streams that were used last, as they are on disk. Written by the threads that write, each
/// its own streams.
pub(super) type Tails = Mutex<Recent<StreamRef, Arc<Tail>>>;
/// How many bytes the groups that were asked about have on disk.
pub(super) type Sizes = Mutex<Recent<u64, u64>>;

/// What a thread is asked to do.
pub(super) enum Request {
    /// Keep events.
    Append {
        stream: StreamRef,
        batch: Batch,
        /// Of the bytes that may wait; given back with the answer.
        permit: OwnedSemaphorePermit,
        reply: oneshot::Sender<Result<Kept, SegmentError>>,
    },
    /// Say what there is of a stream.
    Load {
        stream: StreamRef,
        reply: oneshot::Sender<Result<Arc<Tail>, SegmentError>>,
    },
    /// Close what is open of what was removed; the answer is that nothing of it will be written.
    Close {
        removed: Removed,
        reply: oneshot::Sender<()>,
    },
    /// Remove the segments of a stream that have expired; the answer is how many bytes it freed.
    Expire {
        stream: StreamRef,
        /// What happened before has expired, ms since the epoch.
        cutoff: i64,
        reply: oneshot::Sender<Result<u64, SegmentError>>,
    },
}

/// One thread.
pub(super) struct Writer {
    pub(super) root: PathBuf,
    pub(super) settings: Settings,
    pub(super) tails: Arc<Tails>,
    pub(super) sizes: Arc<Sizes>,
    pub(super) counters: Arc<Counters>,
    pub(super) gone: Arc<Gone>,
    pub(super) latest: Arc<Latest>,
    pub(super) open: Recent<StreamRef, Appender>,
}

type Waiting = (
    oneshot::Sender<Result<Kept, SegmentError>>,
    OwnedSemaphorePermit,
    Kept,
);

/// What a round has taken in for one stream.
#[derive(Default)]
struct Taken {
    waiting: Vec<Waiting>,
    failed: Option<SegmentError>,
    begun: bool,
    flushed_before: u64,
}

impl Writer {
    /// Works until nobody can ask any more.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(first) = requests.blocking_recv() {
            let mut round = vec![first];
            while round.len() < ROUND_MAX_REQUESTS
                && let Ok(next) = requests.try_recv()
            {
                round.push(next);
            }
            self.round(round);
        }
    }

    fn round(&mut self, requests: Vec<Request>) {
        let mut space = None;
        let mut expiring = Vec::new();
        let mut taken: HashMap<StreamRef, Taken> = HashMap::new();
        for request in requests {
            match request {
                Request::Load { stream, reply } => {
                    // Nobody waits any more: no reason to answer.
                    let _ = reply.send(self.load(stream));
                }
                Request::Close { removed, reply } => {
                    self.open.retain(|stream| !removed.covers(*stream));
                    lock(&self.tails).retain(|stream| !removed.covers(*stream));
                    let _ = reply.send(());
                }
                Request::Expire {
                    stream,
                    cutoff,
                    reply,
                } => expiring.push((stream, cutoff, reply)),
                Request::Append {
                    stream,
                    batch,
                    permit,
                    reply,
                } => {
                    let space =
                        space.get_or_insert_with(|| super::check_space(&self.root, &self.settings));
                    if let Err(error) = space {
                        let _ = reply.send(Err(error.clone()));
                        continue;
                    }
                    let taken = taken.entry(stream).or_default();
                    match self.append(stream, batch, taken) {
                        Ok(kept) => taken.waiting.push((reply, permit, kept)),
                        Err(error) => {
                            // What was taken in before it for the same stream may be lost with it.
                            taken.failed = Some(error.clone());
                            let _ = reply.send(Err(error));
                        }
                    }
                }
            }
        }
        for (stream, taken) in taken {
            self.finish(stream, taken);
        }
        for (stream, cutoff, reply) in expiring {
            let _ = reply.send(self.expire(stream, cutoff));
        }
        self.open.trim(OPEN_STREAMS_MAX);
    }

    fn append(
        &mut self,
        stream: StreamRef,
        batch: Batch,
        taken: &mut Taken,
    ) -> Result<Kept, SegmentError> {
        if self.gone.has(stream) {
            return Err(SegmentError::Gone);
        }
        let segment_bytes = self.settings.segment_bytes;
        if self.open.get(&stream).is_none() {
            let folder = stream.folder(&self.root);
            let appender = match Appender::open(&folder)? {
                Some(appender) => appender,
                None => Appender::create(&folder)?,
            };
            self.open.insert(stream, appender, 1);
        }
        let Some(appender) = self.open.get(&stream) else {
            return Err(SegmentError::Closed);
        };
        if !taken.begun {
            taken.begun = true;
            taken.flushed_before = appender.flushed_bytes();
        }
        let taken = appender.append(batch, segment_bytes)?;
        Ok(Kept {
            next: appender.next_sequence(),
            taken,
        })
    }

    /// Makes durable what was taken in for one stream, shows it, and answers.
    fn finish(&mut self, stream: StreamRef, taken: Taken) {
        let Some(appender) = self.open.get(&stream) else {
            // Closed in the same round, because it was removed.
            for (reply, permit, _) in taken.waiting {
                let _ = reply.send(Err(SegmentError::Gone));
                drop(permit);
            }
            return;
        };
        let result = appender.flush();
        let tail = Arc::new(appender.durable().clone());
        if let Some((_, last)) = tail.sums.times {
            self.latest.raise(stream, last);
        }
        let grown = appender.flushed_bytes() - taken.flushed_before;
        if let Some(size) = lock(&self.sizes).get(&stream.group) {
            *size += grown;
        }
        self.publish(stream, tail);
        let result = match taken.failed {
            Some(error) => Err(error),
            None => result,
        };
        let batches = &self.counters.batches;
        batches.fetch_add(taken.waiting.len() as u64, Ordering::Relaxed);
        self.counters.syncs.fetch_add(1, Ordering::Relaxed);
        for (reply, permit, kept) in taken.waiting {
            let _ = reply.send(result.clone().map(|()| kept));
            drop(permit);
        }
    }

    fn expire(&mut self, stream: StreamRef, cutoff: i64) -> Result<u64, SegmentError> {
        if self.gone.has(stream) {
            return Ok(0);
        }
        let mut opened = None;
        let appender = match self.open.get(&stream) {
            Some(appender) => appender,
            None => match Appender::open(&stream.folder(&self.root))? {
                Some(appender) => opened.insert(appender),
                None => return Ok(0),
            },
        };
        let freed = appender.expire(cutoff);
        let tail = Arc::new(appender.durable().clone());
        if let Some(size) = lock(&self.sizes).get(&stream.group) {
            *size = size.saturating_sub(*freed.as_ref().unwrap_or(&0));
        }
        self.publish(stream, tail);
        freed
    }

    fn load(&mut self, stream: StreamRef) -> Result<Arc<Tail>, SegmentError> {
        if self.gone.has(stream) {
            return Ok(Arc::new(Tail::default()));
        }
        let tail = match self.open.get(&stream) {
            Some(appender) => Arc::new(appender.durable().clone()),
            // Its file is not kept open: those who only read should not push out those who write.
            None => match Appender::open(&stream.folder(&self.root))? {
                Some(appender) => Arc::new(appender.durable().clone()),
                None => Arc::new(Tail::default()),
            },
        };
        self.publish(stream, Arc::clone(&tail));
        Ok(tail)
    }

    fn publish(&self, stream: StreamRef, tail: Arc<Tail>) {
        let mut tails = lock(&self.tails);
        let weight = tail.weight();
        tails.insert(stream, tail, weight);
        tails.trim(TAILS_MAX_BYTES);
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
