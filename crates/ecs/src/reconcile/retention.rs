//! Forgets what has been over for long enough.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::{Clock, Steadiness, Timestamp};
use records::ecs::{ClientToken, Cluster, ClusterStatus, Task, TaskDefinition, TaskDefinitionHead};
use records::{Committed, RecordError, Records};

use super::Status;
use crate::{Board, Sessions, pool};

/// Stopped tasks stay describable for an hour (Amazon ECS Developer Guide, "Stopped tasks").
pub const STOPPED_TASKS_KEPT: Duration = Duration::from_secs(3600);
/// ECS keeps the client tokens of RunTask for 24 hours (API reference, "Ensuring idempotency").
pub const CLIENT_TOKENS_KEPT: Duration = Duration::from_secs(24 * 3600);
/// A deleted cluster stays describable for a while: "a period of time" (API reference, DeleteCluster).
pub const DELETED_CLUSTERS_KEPT: Duration = Duration::from_secs(3600);
/// A definition whose deletion was asked for stays for that long at least: longer than any request
/// takes that found it while it was active.
pub const DELETED_DEFINITIONS_KEPT: Duration = Duration::from_secs(120);
const PERIOD: Duration = Duration::from_secs(60);

/// The reconciler.
pub struct Retention {
    records: Records,
    board: Arc<Board>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    /// How the clock has gone from pass to pass.
    steadiness: Mutex<Steadiness>,
    /// What it last did.
    pub status: Status,
}

impl Retention {
    /// A reconciler over `records`.
    #[must_use]
    pub fn new(
        records: Records,
        board: Arc<Board>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // A machine may start with a wrong clock, and nobody waits for what is over to go.
        let steadiness = Steadiness::unknown(clock.now(), clock.monotonic());
        Self {
            records,
            board,
            sessions,
            clock,
            steadiness: Mutex::new(steadiness),
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

    /// Looks and acts once: while the clock cannot be believed, by forgetting nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pass(&self) -> Result<(), RecordError> {
        let now = self.clock.now();
        if !self.is_believed(now) {
            return Ok(());
        }
        let mut forgotten = 0;
        let kept_millis = i64::try_from(STOPPED_TASKS_KEPT.as_millis()).unwrap_or(i64::MAX);
        let then = Timestamp::from_millis(now.as_millis().saturating_sub(kept_millis));
        for task in self.board.stopped_by(then) {
            // A task that was given up has its address until its node can have heard of it.
            let held = task.record.network.interface_id.is_some();
            let node = task.record.node.as_deref();
            if held && node.is_some_and(|node| !self.sessions.is_connected(node)) {
                continue;
            }
            let mut transaction = self.records.transaction();
            transaction.delete(&*task);
            pool::part(&mut transaction, &task.record);
            forgotten += u32::from(transaction.commit().await? != Committed::Conflict);
        }
        for token in self.records.all(&ClientToken::everywhere())? {
            if now.since(token.record.used_at) >= CLIENT_TOKENS_KEPT {
                let mut transaction = self.records.transaction();
                transaction.delete(&token);
                forgotten += u32::from(transaction.commit().await? != Committed::Conflict);
            }
        }
        forgotten += self.clusters(now).await?;
        forgotten += self.definitions(now).await?;
        if forgotten > 0 {
            self.status
                .set(format!("{forgotten} records of what is over forgotten"));
        }
        Ok(())
    }

    /// True where the clock, which says `now`, can be believed.
    fn is_believed(&self, now: Timestamp) -> bool {
        let monotonic = self.clock.monotonic();
        let mut steadiness = self
            .steadiness
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *steadiness = steadiness.after(now, monotonic);
        steadiness.is_believed(monotonic)
    }

    async fn clusters(&self, now: Timestamp) -> Result<u32, RecordError> {
        let mut forgotten = 0;
        for cluster in self.records.all(&Cluster::everywhere())? {
            if cluster.record.status == ClusterStatus::Active {
                continue;
            }
            let mut transaction = self.records.transaction();
            match cluster.record.deleted_at {
                Some(at) if now.since(at) < DELETED_CLUSTERS_KEPT => continue,
                Some(_) => transaction.delete(&cluster),
                // An earlier version deleted it, and did not write down when.
                None => transaction.replace(
                    &cluster,
                    &Cluster {
                        deleted_at: Some(now),
                        ..cluster.record.clone()
                    },
                )?,
            }
            let done = transaction.commit().await? != Committed::Conflict;
            forgotten += u32::from(done && cluster.record.deleted_at.is_some());
        }
        Ok(forgotten)
    }

    /// Deletes the definitions whose deletion was asked for, once no task needs them.
    async fn definitions(&self, now: Timestamp) -> Result<u32, RecordError> {
        let due: Vec<_> = self
            .records
            .all(&TaskDefinitionHead::everywhere())?
            .into_iter()
            .filter(|head| {
                let asked = head.record.delete_requested_at;
                asked.is_some_and(|asked| now.since(asked) >= DELETED_DEFINITIONS_KEPT)
            })
            .collect();
        if due.is_empty() {
            return Ok(0);
        }
        let needed: BTreeSet<_> = self
            .records
            .all(&Task::everywhere())?
            .into_iter()
            .map(|stored| stored.record)
            .filter(|task| !task.is_stopped())
            .map(|task| {
                TaskDefinition::key(&task.account, &task.region, &task.family, task.revision)
                    .bytes()
                    .clone()
            })
            .collect();
        let mut forgotten = 0;
        for head in due.iter().filter(|head| !needed.contains(&head.key)) {
            let mut transaction = self.records.transaction();
            transaction.delete(head);
            forgotten += u32::from(transaction.commit().await? != Committed::Conflict);
        }
        Ok(forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, HandClock};
    use records::ecs::{TaskDefinitionStatus, TaskStatus};
    use records::{Key, Record};

    async fn put<R: Record>(records: &Records, key: &Key<R>, record: R) {
        records
            .change(key, |_| Ok::<_, RecordError>(Some(record.clone())))
            .await
            .unwrap();
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[tokio::test]
    async fn what_is_deleted_is_forgotten_after_a_while() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let board = Arc::new(Board::new(records.clone()));
        let retention = Retention::new(
            records.clone(),
            board,
            Arc::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        let mut task = fixtures::placed_task();
        let (account, region) = (task.account.clone(), task.region.clone());
        let cluster = |status, deleted_at| Cluster {
            name: "a".into(),
            status,
            tags: std::collections::BTreeMap::new(),
            deleted_at,
        };
        let of_before = Cluster::key(&account, &region, "before");
        put(&records, &of_before, cluster(ClusterStatus::Inactive, None)).await;
        let deleted = Cluster::key(&account, &region, "deleted");
        put(
            &records,
            &deleted,
            cluster(ClusterStatus::Inactive, Some(at(0))),
        )
        .await;
        let active = Cluster::key(&account, &region, "active");
        put(&records, &active, cluster(ClusterStatus::Active, None)).await;
        let definition = TaskDefinition {
            family: task.family.clone(),
            revision: task.revision,
            status: TaskDefinitionStatus::Inactive,
            registered_at: at(0),
            registered_by: String::new(),
            definition: aws_api::ecs::TaskDefinition::default(),
            tags: std::collections::BTreeMap::new(),
            deregistered_at: Some(at(0)),
            delete_requested_at: Some(at(0)),
        };
        let key = TaskDefinition::key(&account, &region, &task.family, task.revision);
        put(&records, &key, definition.clone()).await;
        let kept = TaskDefinition::key(&account, &region, &task.family, 2);
        let inactive = TaskDefinition {
            delete_requested_at: None,
            ..definition
        };
        put(&records, &kept, inactive).await;
        put(&records, &task.own_key(), task.clone()).await;

        let pass_to = |seconds: u64| {
            let wall = i64::try_from(seconds).unwrap();
            clock.set(wall, Duration::from_secs(seconds));
        };
        pass_to(3599);
        retention.pass().await.unwrap();
        assert!(
            records.get(&deleted).unwrap().is_some(),
            "describable for an hour"
        );
        assert!(records.get(&key).unwrap().is_some(), "a task needs it");
        task.last_status = TaskStatus::Stopped;
        put(&records, &task.own_key(), task.clone()).await;
        pass_to(3600);
        retention.pass().await.unwrap();
        assert!(records.get(&deleted).unwrap().is_none());
        assert!(records.get(&key).unwrap().is_none(), "no task needs it");
        assert!(records.get(&kept).unwrap().is_some(), "nobody asked for it");
        assert!(
            records.get(&of_before).unwrap().is_some(),
            "from now on it counts"
        );
        pass_to(3599 + 3600);
        retention.pass().await.unwrap();
        assert!(records.get(&of_before).unwrap().is_none());
        assert!(records.get(&active).unwrap().is_some());
    }

    #[tokio::test]
    async fn a_clock_that_is_wrong_for_a_while_makes_nothing_old() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let task = fixtures::placed_task();
        let key = ClientToken::key(&task.account, &task.region, "default", "t1");
        let token = ClientToken {
            parameters_sha256: String::new(),
            definition: None,
            task_ids: Vec::new(),
            failures: Vec::new(),
            used_at: at(0),
        };
        put(&records, &key, token).await;
        let kept = CLIENT_TOKENS_KEPT.as_secs();
        let is_kept_at = async |retention: &Retention, minute: u64, wrong_secs: u64| {
            let passed = minute * PERIOD.as_secs();
            let wall = i64::try_from(passed + wrong_secs).unwrap();
            clock.set(wall, Duration::from_secs(passed));
            retention.pass().await.unwrap();
            records.get(&key).unwrap().is_some()
        };
        // The machine starts with a clock that is days ahead, and so it does after an hour.
        clock.set(i64::try_from(2 * kept).unwrap(), Duration::ZERO);
        let retention = Retention::new(
            records.clone(),
            Arc::new(Board::new(records.clone())),
            Arc::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        for minute in 1..120 {
            let is_wrong = minute < 10 || (60..70).contains(&minute);
            let wrong_secs = if is_wrong { 2 * kept } else { 0 };
            assert!(is_kept_at(&retention, minute, wrong_secs).await, "{minute}");
        }
        let minutes = kept / PERIOD.as_secs();
        assert!(is_kept_at(&retention, minutes - 1, 0).await);
        assert!(!is_kept_at(&retention, minutes, 0).await);
    }
}
