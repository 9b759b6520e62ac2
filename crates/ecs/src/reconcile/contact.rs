//! Gives up what is on nodes that are gone: those that were deregistered, and those that have been
//! out of contact for too long.
//!
//! A node cannot tell its own lost link from a control plane that is gone, and neither can we. So a
//! node out of contact gets no new tasks, and those that it has stay as they are, until it has been
//! away for as long as the operator said. Addresses of tasks that were given up are not given to
//! others before the node has said that it has stopped them, or was deregistered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;
use records::ecs::{LaunchType, Node, NodeStatus, StopCode, Task};
use records::{Committed, RecordError, Records, Stored};

use super::{IDLE_PERIOD, Status};
use crate::plan::life;
use crate::{Board, Sessions, pool, sentences};

/// How long a node may be out of contact before its tasks are given up, where nobody says otherwise.
pub const LOST_AFTER_DEFAULT: Duration = Duration::from_secs(5 * 60);

/// The reconciler.
pub struct Contact {
    records: Records,
    board: Arc<Board>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    /// `None` where tasks of a node out of contact are never given up.
    lost_after: Option<Duration>,
    /// When it began, on the monotonic clock: nobody is missed for longer than that.
    began: Duration,
    /// What it last did.
    pub status: Status,
}

impl Contact {
    /// A reconciler over `records` and what the board and the sessions show.
    #[must_use]
    pub fn new(
        records: Records,
        board: Arc<Board>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
        lost_after: Option<Duration>,
    ) -> Self {
        Self {
            records,
            board,
            sessions,
            began: clock.monotonic(),
            clock,
            lost_after,
            status: Status::default(),
        }
    }

    /// Looks and acts for ever.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.pass().await {
                tracing::error!(%error, "looking after nodes out of contact failed; it is tried again");
            }
            tokio::time::sleep(IDLE_PERIOD).await;
        }
    }

    /// Looks and acts once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pass(&self) -> Result<(), RecordError> {
        self.board.catch_up().await;
        let mut ended = 0;
        let nodes = self.board.nodes();
        // A fleet's nodes come and go, each with an id of its own.
        let over: BTreeSet<&str> = nodes
            .iter()
            .map(|node| &node.record)
            .filter(|node| {
                node.status == NodeStatus::Inactive && self.board.tasks_of_node(&node.id).is_empty()
            })
            .map(|node| node.id.as_str())
            .collect();
        self.sessions.forget(|node| over.contains(node));
        for node in &nodes {
            let node = &node.record;
            if node.status == NodeStatus::Inactive {
                ended += end_tasks_of_deregistered(
                    &self.records,
                    &self.board,
                    &self.sessions,
                    &*self.clock,
                    node,
                )
                .await?;
            }
            if self.is_lost(&node.id) {
                ended += self.give_up(node).await?;
            }
        }
        if ended > 0 {
            self.status
                .set(format!("{ended} tasks of nodes that are gone given up"));
        }
        Ok(())
    }

    fn is_lost(&self, node: &str) -> bool {
        let (Some(lost_after), Some(left)) = (self.lost_after, self.sessions.away_since(node))
        else {
            return false;
        };
        self.clock.monotonic().saturating_sub(left.max(self.began)) >= lost_after
    }

    async fn give_up(&self, node: &Node) -> Result<usize, RecordError> {
        let mut ended = 0;
        for stored in self.board.tasks_of_node(&node.id) {
            let reason = sentences::OUT_OF_CONTACT;
            let Some(next) = life::after_loss(&stored.record, reason, self.clock.now()) else {
                continue;
            };
            let mut transaction = self.records.transaction();
            transaction.replace(&*stored, &next)?;
            ended += usize::from(transaction.commit().await? != Committed::Conflict);
        }
        if ended > 0 {
            tracing::warn!(node = %node.id, ended, "the node is out of contact; its tasks are given up");
        }
        Ok(ended)
    }
}

/// Ends what a deregistered node still has as a container instance: through the node while it is
/// connected, else at once, since whoever deregistered it has said that it is gone. Says how many
/// tasks it has ended or asked to end.
///
/// # Errors
/// When the store fails.
pub(crate) async fn end_tasks_of_deregistered(
    records: &Records,
    board: &Board,
    sessions: &Sessions,
    clock: &dyn Clock,
    node: &Node,
) -> Result<usize, RecordError> {
    let connected = sessions.is_connected(&node.id);
    let mut ended = 0;
    // One that is over may still have its address.
    let mut tasks = board.tasks_of_node(&node.id);
    tasks.extend(board.stopped_of_node(&node.id));
    for stored in tasks {
        if stored.record.launch_type != LaunchType::Ec2 {
            continue;
        }
        let next = if connected {
            let reason = sentences::INSTANCE_DEREGISTERED;
            life::after_stop(
                &stored.record,
                StopCode::TerminationNotice,
                reason,
                clock.now(),
            )
        } else {
            gone(&stored.record, clock)
        };
        if let Some(next) = next {
            ended += usize::from(release(records, &stored, &next).await?);
        }
    }
    Ok(ended)
}

/// The task of a node that is gone for good: over, and without an interface.
fn gone(task: &Task, clock: &dyn Clock) -> Option<Task> {
    let ended = life::after_loss(task, sentences::INSTANCE_DEREGISTERED, clock.now());
    let released = life::after_release(ended.as_ref().unwrap_or(task));
    released.or(ended)
}

/// Writes the task, and gives back an interface that it no longer has.
async fn release(
    records: &Records,
    before: &Stored<Task>,
    next: &Task,
) -> Result<bool, RecordError> {
    let mut transaction = records.transaction();
    transaction.replace(before, next)?;
    if next.network.interface_id.is_none() {
        pool::part(&mut transaction, &before.record);
    }
    Ok(transaction.commit().await? != Committed::Conflict)
}
