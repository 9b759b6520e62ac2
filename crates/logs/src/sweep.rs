//! Takes off the disk what was deleted and what has expired. It takes no input, reads anew each
//! time, and may be killed anywhere: what it leaves undone it finds again.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ambient::Timestamp;
use records::logs::{LogGroup, LogRemoval, LogStream};
use records::{RecordError, Stored};

use crate::Logs;
use crate::api::{delete, retention};
use crate::error::Failure;
use crate::segment::StreamRef;

/// How long after one look for expired events the next follows (AWS: "It typically takes up to 72
/// hours" after the end of the retention).
const PERIOD: Duration = Duration::from_secs(60 * 60);
/// How many groups or streams are read from the store at once.
const RECORDS_AT_ONCE: usize = 256;

/// What one look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Deletions of groups and streams that were brought to their end.
    pub deletions: u64,
    /// Bytes of expired events that were freed.
    pub expired_bytes: u64,
    /// What could not be done, and is tried again.
    pub failures: u64,
}

impl Logs {
    /// Looks now, whenever something was deleted or a retention has changed, and once an hour.
    pub async fn run(self: Arc<Self>) {
        loop {
            match self.sweep().await {
                Ok(swept) if swept != Swept::default() => {
                    tracing::info!(?swept, "deleted and expired log events were removed");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "deleted and expired log events could not be looked for; it is tried again");
                }
            }
            let _ = tokio::time::timeout(PERIOD, self.woken.notified()).await;
        }
    }

    /// Looks once. Nothing has expired while the clock cannot be believed; what was deleted goes.
    ///
    /// # Errors
    /// When the store cannot be read. What fails of a single group or stream is counted.
    pub async fn sweep(&self) -> Result<Swept, RecordError> {
        let mut swept = Swept::default();
        let now = self.believed_now();
        for removal in self.records.all(&LogRemoval::prefix())? {
            swept.deleted(delete::finish_removal(self, &removal.record).await);
        }
        let mut last = None;
        loop {
            let page =
                self.records
                    .list(&LogGroup::everywhere(), last.as_ref(), RECORDS_AT_ONCE)?;
            for group in &page.items {
                self.sweep_group(group, now, &mut swept).await?;
                last = Some(group.key.clone());
            }
            if !page.more {
                return Ok(swept);
            }
        }
    }

    /// The time, where the clock can be believed.
    fn believed_now(&self) -> Option<Timestamp> {
        let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
        let mut steadiness = self
            .steadiness
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *steadiness = steadiness.after(now, monotonic);
        steadiness.is_believed(monotonic).then_some(now)
    }

    async fn sweep_group(
        &self,
        stored: &Stored<LogGroup>,
        now: Option<Timestamp>,
        swept: &mut Swept,
    ) -> Result<(), RecordError> {
        let group = &stored.record;
        let Some((account, region)) = LogGroup::place(&stored.key) else {
            return Ok(());
        };
        if group.deleting {
            swept.deleted(delete::finish_group(self, &account, &region, group).await);
            return Ok(());
        }
        let (Some(_), Some(now)) = (group.retention_days, now) else {
            return Ok(());
        };
        let cutoff = retention::cutoff(group, now);
        let streams = LogStream::prefix(&account, &region, &group.name);
        let mut last = None;
        loop {
            let page = self
                .records
                .list(&streams, last.as_ref(), RECORDS_AT_ONCE)?;
            for stream in &page.items {
                let reference = StreamRef {
                    group: group.id,
                    id: stream.record.id,
                };
                match self.segments.expire(reference, cutoff).await {
                    Ok(bytes) => swept.expired_bytes += bytes,
                    Err(error) => {
                        tracing::error!(%error, "expired log events could not be removed");
                        swept.failures += 1;
                    }
                }
                last = Some(stream.key.clone());
            }
            if !page.more {
                return Ok(());
            }
        }
    }
}

impl Swept {
    fn deleted(&mut self, done: Result<(), Failure>) {
        match done {
            Ok(()) => self.deletions += 1,
            Err(Failure(error)) => {
                tracing::error!(%error, "a deletion of log events could not be finished");
                self.failures += 1;
            }
        }
    }
}
