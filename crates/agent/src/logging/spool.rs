//! A container's output as the drivers take it. What goes wrong with the disk passes (no room, no
//! descriptors left), and so it is waited for here: a driver that gave up would lose every line that
//! the container is yet to write, or make it stand still for ever.

use std::fmt::Display;
use std::time::Duration;

use runtime::{ContainerId, Cursor, LogBatch, LogReader, RuntimeError};

use crate::retry::{RETRY_FIRST, RETRY_MAX};

/// The pauses between tries of something that fails for a while, told when it begins to and when it
/// is over.
pub(super) struct Patience {
    container: ContainerId,
    what: &'static str,
    pause: Duration,
}

impl Patience {
    /// `what` cannot be done, in the words of the log: "the container's output cannot be read".
    pub(super) fn new(container: ContainerId, what: &'static str) -> Self {
        Self {
            container,
            what,
            pause: RETRY_FIRST,
        }
    }

    fn is_tried(&self) -> bool {
        self.pause > RETRY_FIRST
    }

    /// It failed; how long until it is tried again.
    pub(super) fn failed(&mut self, error: &impl Display) -> Duration {
        if !self.is_tried() {
            tracing::error!(
                container = %self.container,
                %error,
                "{}; it is tried again until it works, and no line is lost by it",
                self.what
            );
        }
        let pause = self.pause;
        self.pause = (self.pause * 2).min(RETRY_MAX);
        pause
    }

    /// It worked.
    pub(super) fn worked(&mut self) {
        if self.is_tried() {
            tracing::info!(container = %self.container, "what failed works again: {}", self.what);
        }
        self.pause = RETRY_FIRST;
    }
}

/// Gives a container's output in order, whatever the disk does meanwhile.
pub(super) struct Spool {
    reader: Box<dyn LogReader>,
    reading: Patience,
    acknowledging: Patience,
    /// What was taken and could not be freed yet, and when that is tried again.
    taken: Option<(Cursor, Duration)>,
}

impl Spool {
    pub(super) fn new(reader: Box<dyn LogReader>, container: ContainerId) -> Self {
        Self {
            reader,
            reading: Patience::new(container.clone(), "the container's output cannot be read"),
            acknowledging: Patience::new(
                container,
                "it cannot be written down how much of the container's output was taken",
            ),
            taken: None,
        }
    }

    /// The next records, as [`LogReader::next`] gives them. Nothing is lost where it is given up.
    pub(super) async fn next(&mut self, max_bytes: usize) -> LogBatch {
        loop {
            let again = self.taken;
            let read = tokio::select! {
                read = self.reader.next(max_bytes) => read,
                // A container may stand still until there is room again: it brings no next lines.
                () = tokio::time::sleep(again.map_or(Duration::MAX, |(_, pause)| pause)) => {
                    if let Some((cursor, _)) = again {
                        self.acknowledge(cursor).await;
                    }
                    continue;
                }
            };
            match read {
                Ok(batch) => {
                    self.reading.worked();
                    return batch;
                }
                Err(RuntimeError::NoSuchContainer { .. }) => {
                    // It was removed: nothing will follow.
                    return LogBatch {
                        records: Vec::new(),
                        cursor: Cursor::default(),
                        dropped: 0,
                        ended: true,
                    };
                }
                Err(error) => tokio::time::sleep(self.reading.failed(&error)).await,
            }
        }
    }

    /// Makes durable that everything before `cursor` was taken; where that fails, it is tried again
    /// while the next records are waited for. Until then a new agent takes them once more.
    pub(super) async fn acknowledge(&mut self, cursor: Cursor) {
        match self.reader.acknowledge(cursor).await {
            Ok(()) => {
                self.taken = None;
                self.acknowledging.worked();
            }
            Err(error) => self.taken = Some((cursor, self.acknowledging.failed(&error))),
        }
    }
}
