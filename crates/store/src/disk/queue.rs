//! The bounded queue before the disk: whoever finds it full is told so at once.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::StoreError;
use crate::draft::Draft;

/// The most requests that wait for the disk.
pub(super) const QUEUE_MAX_REQUESTS: usize = 4_096;

/// The most bytes of requests that wait for the disk.
pub(super) const QUEUE_MAX_BYTES: usize = 64 * 1_024 * 1_024;

/// The most requests in one commit.
const BATCH_MAX_REQUESTS: usize = 1_024;

/// After this many bytes no more requests join a commit.
const BATCH_MAX_BYTES: usize = 16 * 1_024 * 1_024;

/// Answers a request: with what it came to if its commit succeeded, else with the failure.
pub(super) type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Does a request's part of the draft and gives back how to answer it; or, given an error,
/// answers with that.
pub(super) type Run = Box<dyn FnOnce(Result<&mut Draft<'_>, StoreError>) -> Option<Finish> + Send>;

struct Request {
    bytes: usize,
    run: Run,
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<Request>,
    bytes: usize,
    closed: bool,
    /// Why nothing is let in for now.
    refusal: Option<StoreError>,
}

#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// Something came, or the queue was closed.
    changed: Condvar,
}

impl Queue {
    /// Lets a request in, or says why not.
    pub(super) fn push(&self, bytes: usize, run: Run) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        if let Some(refusal) = &waiting.refusal {
            return Err(refusal.clone());
        }
        if waiting.requests.len() >= QUEUE_MAX_REQUESTS || waiting.bytes + bytes > QUEUE_MAX_BYTES {
            return Err(StoreError::Overloaded {
                waiting: waiting.requests.len(),
                waiting_bytes: waiting.bytes,
            });
        }
        waiting.bytes += bytes;
        waiting.requests.push_back(Request { bytes, run });
        self.changed.notify_one();
        Ok(())
    }

    /// Waits until there are requests, or the queue is closed.
    pub(super) fn wait(&self) {
        drop(self.wait_until_some());
    }

    fn wait_until_some(&self) -> MutexGuard<'_, Waiting> {
        self.changed
            .wait_while(self.waiting(), |waiting| {
                waiting.requests.is_empty() && !waiting.closed
            })
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for requests and takes as many as fit one commit. Empty when the queue is closed and
    /// all have been taken.
    pub(super) fn take(&self) -> Vec<Run> {
        let mut waiting = self.wait_until_some();
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH_MAX_REQUESTS && bytes < BATCH_MAX_BYTES {
            let Some(request) = waiting.requests.pop_front() else {
                break;
            };
            bytes += request.bytes;
            batch.push(request.run);
        }
        waiting.bytes -= bytes;
        batch
    }

    /// From here on nothing is let in, and all who wait are told why.
    pub(super) fn refuse(&self, refusal: StoreError) {
        let refused = {
            let mut waiting = self.waiting();
            waiting.refusal = Some(refusal.clone());
            waiting.bytes = 0;
            std::mem::take(&mut waiting.requests)
        };
        for request in refused {
            (request.run)(Err(refusal.clone()));
        }
    }

    /// Lets requests in again.
    pub(super) fn accept(&self) {
        self.waiting().refusal = None;
    }

    /// Waits this long, or until the queue is closed; says whether it is.
    pub(super) fn pause(&self, delay: Duration) -> bool {
        let (waiting, _) = self
            .changed
            .wait_timeout_while(self.waiting(), delay, |waiting| !waiting.closed)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.closed
    }

    /// Lets nothing more in; what waits is still taken.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_all();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore() -> Run {
        Box::new(|_| None)
    }

    #[test]
    fn a_full_queue_says_so_and_grows_no_more() {
        let queue = Queue::default();
        for _ in 0..QUEUE_MAX_REQUESTS {
            queue.push(1, ignore()).unwrap();
        }
        let refused = queue.push(1, ignore());
        assert!(matches!(
            refused,
            Err(StoreError::Overloaded {
                waiting: QUEUE_MAX_REQUESTS,
                waiting_bytes: QUEUE_MAX_REQUESTS
            })
        ));
        assert_eq!(queue.take().len(), BATCH_MAX_REQUESTS);
        queue.push(1, ignore()).unwrap();
    }

    #[test]
    fn bytes_are_bounded_in_the_queue_and_in_a_batch() {
        let queue = Queue::default();
        let part = QUEUE_MAX_BYTES / 8;
        for _ in 0..8 {
            queue.push(part, ignore()).unwrap();
        }
        assert!(matches!(
            queue.push(1, ignore()),
            Err(StoreError::Overloaded { .. })
        ));
        assert_eq!(queue.take().len(), BATCH_MAX_BYTES / part);
    }

    #[test]
    fn a_refusal_reaches_those_who_wait_and_those_who_come() {
        let queue = Queue::default();
        let (tell, told) = std::sync::mpsc::channel();
        let run: Run = Box::new(move |turn| {
            tell.send(turn.is_err()).unwrap();
            None
        });
        queue.push(5, run).unwrap();
        queue.refuse(StoreError::Closed);
        assert!(told.recv().unwrap());
        assert!(matches!(queue.push(5, ignore()), Err(StoreError::Closed)));
        queue.accept();
        queue.push(5, ignore()).unwrap();
        queue.close();
        assert_eq!(queue.take().len(), 1);
        assert!(queue.take().is_empty());
    }
}
