//! The one writer of the file: takes all requests that wait, drafts them in order, commits them
//! together, publishes, answers. When the disk fails, it finds out what became of the commit.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::file::{CommitFailure, OpenDatabase, StoreFile};
use super::queue::{Finish, Queue};
use crate::StoreError;
use crate::draft::{Draft, Effects};
use crate::error::Source;
use crate::resident::Resident;

/// How long to wait before the file is opened again after an error; doubled each time.
const REOPEN_DELAY_MIN_MILLIS: u64 = 20;

/// The longest wait before the file is opened again.
const REOPEN_DELAY_MAX_MILLIS: u64 = 1_000;

pub(super) struct Committer {
    pub(super) resident: Arc<Resident>,
    pub(super) queue: Arc<Queue>,
    pub(super) path: PathBuf,
    pub(super) open: OpenDatabase,
    /// Absent while the disk is not to be trusted.
    pub(super) file: Option<StoreFile>,
}

impl Committer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        loop {
            self.queue.wait();
            // Whoever else is about to ask gets on with it first, where the core is shared: a commit
            // costs the same for one request as for many. On an idle core this returns at once.
            std::thread::yield_now();
            let batch = self.queue.take();
            if batch.is_empty() {
                return;
            }
            let (finishes, effects) = self.resident.look(|state| {
                let mut draft = Draft::new(state);
                let finishes = batch
                    .into_iter()
                    .filter_map(|run| run(Ok(&mut draft)))
                    .collect::<Vec<_>>();
                (finishes, draft.finish())
            });
            self.commit(finishes, &effects);
        }
    }

    fn commit(&mut self, finishes: Vec<Finish>, effects: &Effects) {
        if effects.is_empty() {
            self.settle(finishes, &Ok(()));
            return;
        }
        let committed = match &self.file {
            Some(file) => file.commit(effects),
            // Not reached: `recover` returns with a file, or with a closed queue.
            None => Err(CommitFailure::Before(redb::Error::DatabaseClosed)),
        };
        let failure = match committed {
            Ok(()) => {
                self.resident.publish(effects);
                self.settle(finishes, &Ok(()));
                return;
            }
            Err(failure) => failure,
        };

        let (error, during) = match failure {
            CommitFailure::Before(error) => (error, false),
            CommitFailure::During(error) => (error, true),
        };
        tracing::error!(path = %self.path.display(), %error, during_commit = during,
            "the store cannot write; opening its file again");
        let source: Source = Arc::new(error);
        let not_applied = StoreError::Io {
            action: "write to",
            path: self.path.clone(),
            source: Arc::clone(&source),
        };
        // Most often the file opens at once (a full disk still reads) and shows what became of
        // the batch, so that few ever hear that it is unknown.
        match self.reopen(effects) {
            Ok(applied) => {
                tracing::info!(path = %self.path.display(), applied, "the store writes again");
                let answer = if applied { Ok(()) } else { Err(not_applied) };
                self.settle(finishes, &answer);
            }
            Err(again) => {
                self.refuse(&again);
                let answer = if during {
                    StoreError::Unknown {
                        path: self.path.clone(),
                        source,
                    }
                } else {
                    not_applied
                };
                finish(finishes, &Err(answer));
                self.recover(effects);
                self.resident.batch_is_over();
            }
        }
    }

    /// The batch's outcome is known and can be read: answers all who wait for it.
    fn settle(&self, finishes: Vec<Finish>, result: &Result<(), StoreError>) {
        self.resident.batch_is_over();
        finish(finishes, result);
    }

    /// Opens the file again and again, until that works or the store is closed.
    fn recover(&mut self, suspect: &Effects) {
        let mut delay = Duration::from_millis(REOPEN_DELAY_MIN_MILLIS);
        while !self.queue.pause(delay) {
            match self.reopen(suspect) {
                Ok(applied) => {
                    tracing::info!(path = %self.path.display(), applied, "the store writes again");
                    self.queue.accept();
                    return;
                }
                Err(error) => {
                    tracing::debug!(%error, "the store still cannot write");
                    self.refuse(&error);
                }
            }
            delay = (delay * 2).min(Duration::from_millis(REOPEN_DELAY_MAX_MILLIS));
        }
    }

    fn refuse(&self, error: &StoreError) {
        self.queue.refuse(StoreError::Unavailable {
            path: self.path.clone(),
            reason: error.to_string(),
        });
    }

    /// Opens the file again, compares all of it with what was acknowledged, and says whether the
    /// suspect batch is in it; if so, the batch is published.
    ///
    /// The batch is then also written a second time: after a failed sync the system may show
    /// pages that never reached the disk, and writing to the same keys writes those pages anew.
    fn reopen(&mut self, suspect: &Effects) -> Result<bool, StoreError> {
        self.file = None;
        let file = StoreFile::open(&self.path, &self.open)?;
        let loaded = file.load()?;
        let (without, with) = self.resident.look(|state| {
            let mut with = state.clone();
            with.apply(suspect);
            (loaded.state == *state, loaded.state == with)
        });
        if loaded.epoch != self.resident.epoch() || !(without || with) {
            return Err(file.corrupt(format!(
                "it is at epoch {} and revision {}, and not what was acknowledged \
                 (epoch {}, revision {})",
                loaded.epoch,
                loaded.state.revision,
                self.resident.epoch(),
                self.resident.revision(),
            )));
        }
        file.count_recovery()?;
        if with {
            file.commit(suspect).map_err(|failure| {
                let (CommitFailure::Before(error) | CommitFailure::During(error)) = failure;
                super::file::redb_error("write to", &self.path, error)
            })?;
            self.resident.publish(suspect);
        }
        self.file = Some(file);
        Ok(with)
    }
}

fn finish(finishes: Vec<Finish>, result: &Result<(), StoreError>) {
    for finish in finishes {
        finish(result.clone());
    }
}
