//! Forgets what has been over for long enough.

use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;
use records::ecs::ClientToken;
use records::{Committed, RecordError, Records};

use super::Status;
use crate::Board;

/// Stopped tasks stay describable for an hour (Amazon ECS Developer Guide, "Stopped tasks").
pub const STOPPED_TASKS_KEPT: Duration = Duration::from_secs(3600);
/// ECS keeps the client tokens of RunTask for 24 hours (API reference, "Ensuring idempotency").
pub const CLIENT_TOKENS_KEPT: Duration = Duration::from_secs(24 * 3600);
const PERIOD: Duration = Duration::from_secs(60);

/// The reconciler.
pub struct Retention {
    records: Records,
    board: Arc<Board>,
    clock: Arc<dyn Clock>,
    /// What it last did.
    pub status: Status,
}

impl Retention {
    /// A reconciler over `records`.
    #[must_use]
    pub fn new(records: Records, board: Arc<Board>, clock: Arc<dyn Clock>) -> Self {
        Self {
            records,
            board,
            clock,
            status: Status::default(),
        }
    }

    /// Looks and acts for ever.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.pass().await {
                tracing::error!(%error, "forgetting old tasks failed; it is tried again");
            }
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Looks and acts once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pass(&self) -> Result<(), RecordError> {
        let now = self.clock.now();
        let mut forgotten = 0;
        for task in self.board.stopped() {
            let Some(stopped_at) = task.record.timeline.stopped_at else {
                continue;
            };
            if now.since(stopped_at) >= STOPPED_TASKS_KEPT {
                let mut transaction = self.records.transaction();
                transaction.delete(&*task);
                forgotten += u32::from(transaction.commit().await? != Committed::Conflict);
            }
        }
        for token in self.records.all(&ClientToken::everywhere())? {
            if now.since(token.record.used_at) >= CLIENT_TOKENS_KEPT {
                let mut transaction = self.records.transaction();
                transaction.delete(&token);
                forgotten += u32::from(transaction.commit().await? != Committed::Conflict);
            }
        }
        if forgotten > 0 {
            self.status
                .set(format!("{forgotten} tasks and tokens forgotten"));
        }
        Ok(())
    }
}
