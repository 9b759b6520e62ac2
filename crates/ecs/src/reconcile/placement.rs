//! Gives every waiting task a node and an address.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::{Clock, Random};
use aws_core::AccountId;
use bytes::Bytes;
use futures_util::future::join_all;
use records::ec2::Subnet;
use records::ecs::{Node, StopCode, Task};
use records::{Committed, RecordError, Records, Stored};

use super::{IDLE_PERIOD, Status};
use crate::plan::definition::ARCHITECTURE;
use crate::plan::life;
use crate::plan::placement::{
    Decision, Planner, Room, Shortage, SubnetRoom, Waiting, interface_for, placed, take_address,
};
use crate::{Board, Sessions, pool, sentences};

/// How long a task waits for room before it is given up, as Fargate does when it has none.
pub const CAPACITY_PATIENCE: Duration = Duration::from_secs(60);
/// How many tasks are placed in one pass; the rest follow in the next. All of a pass are written at
/// once, so that what is asked for meanwhile finds room in the store's queue.
const PASS_TASKS_MAX: usize = 1_024;

/// The reconciler.
pub struct Placement {
    records: Records,
    board: Arc<Board>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Since when each task has been seen waiting, by its key, on the monotonic clock. The wall clock may
    /// jump, and after a restart the nodes need time to come back, however old a task is.
    waiting: Mutex<HashMap<Bytes, Duration>>,
    /// What it last did.
    pub status: Status,
}

impl Placement {
    /// A reconciler over `records` and what the board and the sessions show.
    #[must_use]
    pub fn new(
        records: Records,
        board: Arc<Board>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            records,
            board,
            sessions,
            waiting: Mutex::default(),
            clock,
            random,
            status: Status::default(),
        }
    }

    /// Looks and acts for ever.
    pub async fn run(&self) {
        let mut board = self.board.subscribe();
        let mut connected = self.sessions.subscribe();
        loop {
            if let Err(error) = self.pass().await {
                tracing::error!(%error, "placing tasks failed; it is tried again");
            }
            tokio::select! {
                _ = board.changed() => {}
                _ = connected.changed() => {}
                () = tokio::time::sleep(IDLE_PERIOD) => {}
            }
        }
    }

    /// Looks and acts once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pass(&self) -> Result<(), RecordError> {
        if !self.board.any_unplaced() {
            self.note_waiting(&[]);
            return Ok(());
        }
        // Nobody else gives out what a node has until the board shows what was given here.
        let _placing = self.board.placing().await;
        self.board.catch_up().await;
        let waiting = self.board.unplaced();
        self.note_waiting(&waiting);
        let subnets = subnets_of(&self.board, waiting.iter().map(|task| &task.record));
        let start = u32::from_le_bytes(self.random.bytes());
        // Subnets and nodes are of one account; a fleet serves its own account only.
        let mut planner = Planner::new(self.rooms(&waiting), subnets.rooms.clone(), start);
        // Those for which there is no room hold nobody up who came after them.
        let carried_out = waiting
            .iter()
            .map(|task| (task, planner.decide(&want(&task.record))))
            .filter(|(task, decision)| self.is_due(task, decision))
            .take(PASS_TASKS_MAX)
            .map(|(task, decision)| self.carry_out(task, decision, &subnets));
        let results = join_all(carried_out).await;
        let mut placed = 0;
        let mut newest = 0;
        for result in results {
            if let Committed::Yes(revision) = result? {
                placed += 1;
                newest = newest.max(revision);
            }
        }
        self.status.set(format!(
            "{placed} of {} waiting tasks placed or given up",
            waiting.len()
        ));
        // The next pass must not see tasks as waiting that this one has placed.
        self.board.wait_for(newest).await;
        Ok(())
    }

    fn rooms(&self, waiting: &[Arc<Stored<Task>>]) -> Vec<Room> {
        let accounts: BTreeSet<_> = waiting.iter().map(|task| &task.record.account).collect();
        self.board
            .nodes()
            .iter()
            .filter(|node| accounts.iter().any(|account| is_of(node, account)))
            .filter(|node| node.record.fargate)
            .filter(|node| self.sessions.is_connected(&node.record.id))
            .map(|node| {
                let node = &node.record;
                let load = self.board.load(&node.id);
                Room {
                    node: node.id.clone(),
                    cpu_units: i64::from(node.cpu_units) - load.cpu_units,
                    memory_mib: i64::from(node.memory_mib) - load.memory_mib,
                    architecture: node.attributes.get(ARCHITECTURE).cloned().flatten(),
                }
            })
            .collect()
    }

    /// Notes the tasks that wait now, and forgets all others.
    fn note_waiting(&self, tasks: &[Arc<Stored<Task>>]) {
        let now = self.clock.monotonic();
        let mut waiting = self.waiting();
        let before = std::mem::take(&mut *waiting);
        waiting.extend(tasks.iter().map(|task| {
            let since = before.get(&task.key).copied().unwrap_or(now);
            (task.key.clone(), since)
        }));
    }

    /// False where there is nothing to do but to wait on.
    fn is_due(&self, task: &Stored<Task>, decision: &Decision) -> bool {
        let waited = || {
            let since = self.waiting().get(&task.key).copied();
            since.map_or(Duration::ZERO, |since| {
                self.clock.monotonic().saturating_sub(since)
            })
        };
        matches!(decision, Decision::Place { .. }) || waited() >= CAPACITY_PATIENCE
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Bytes, Duration>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry_out(
        &self,
        stored: &Stored<Task>,
        decision: Decision,
        subnets: &Subnets,
    ) -> Result<Committed, RecordError> {
        let task = &stored.record;
        let now = self.clock.now();
        let mut transaction = self.records.transaction();
        match decision {
            Decision::Wait(shortage) => {
                let reason = match shortage {
                    Shortage::Nodes => sentences::NO_CAPACITY,
                    Shortage::Addresses => sentences::NO_ADDRESSES,
                };
                let Some(ended) = life::after_stop(task, StopCode::TaskFailedToStart, reason, now)
                else {
                    return Ok(Committed::Conflict);
                };
                transaction.replace(stored, &ended)?;
            }
            Decision::Place {
                node,
                subnet,
                address,
            } => {
                let Some(subnet) = subnets.get(&subnet) else {
                    return Ok(Committed::Conflict);
                };
                let interface = interface_for(task, subnet, address, now);
                let placed = placed(task, &node, Some(&interface), now);
                transaction.expect_exists(&Node::key(&task.account, &node));
                transaction.replace(stored, &placed)?;
                pool::join(&mut transaction, task, &interface)?;
            }
        }
        transaction.commit().await
    }
}

/// Subnets, and which of their addresses are taken.
#[derive(Default)]
pub(crate) struct Subnets {
    records: BTreeMap<String, Subnet>,
    rooms: BTreeMap<String, SubnetRoom>,
}

impl Subnets {
    fn get(&self, id: &str) -> Option<&Subnet> {
        self.records.get(id)
    }

    /// Takes an address in one of `wanted`.
    pub(crate) fn take_address(
        &mut self,
        wanted: &[String],
        start: u32,
    ) -> Option<(&Subnet, std::net::Ipv4Addr)> {
        let (id, address) = take_address(wanted, &mut self.rooms, start)?;
        Some((self.records.get(&id)?, address))
    }
}

/// The subnets that some tasks may be in.
pub(crate) fn subnets_of<'a>(board: &Board, tasks: impl IntoIterator<Item = &'a Task>) -> Subnets {
    let mut subnets = Subnets::default();
    for task in tasks {
        for id in &task.network.subnets {
            if subnets.records.contains_key(id) {
                continue;
            }
            let Some(subnet) = board.subnet(&task.account, &task.region, id) else {
                continue;
            };
            let room = SubnetRoom {
                cidr: subnet.cidr,
                taken: board.leased(&task.account, &task.region, id),
            };
            subnets.rooms.insert(id.clone(), room);
            subnets.records.insert(id.clone(), subnet);
        }
    }
    subnets
}

fn is_of(node: &Stored<Node>, account: &AccountId) -> bool {
    node.key.starts_with(Node::prefix(account).bytes())
}

fn want(task: &Task) -> Waiting<'_> {
    Waiting {
        cpu_units: i64::from(task.cpu_units),
        memory_mib: i64::from(task.memory_mib),
        architecture: task.architecture.as_deref(),
        subnets: &task.network.subnets,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, HandClock};
    use ambient::{SystemRandom, Timestamp};
    use records::ecs::TaskStatus;

    async fn asked_for(records: &Records, created_at: Timestamp) -> Task {
        let mut task = fixtures::placed_task();
        task.node = None;
        task.last_status = TaskStatus::Provisioning;
        task.timeline.created_at = created_at;
        let mut transaction = records.transaction();
        transaction.create(&task.own_key(), &task).unwrap();
        transaction.commit().await.unwrap();
        task
    }

    fn placement(records: &Records, clock: &Arc<HandClock>) -> Placement {
        let board = Arc::new(Board::new(records.clone()));
        let following = Arc::clone(&board);
        tokio::spawn(async move { following.follow().await });
        Placement::new(
            records.clone(),
            board,
            Arc::default(),
            Arc::clone(clock) as Arc<dyn Clock>,
            Arc::new(SystemRandom),
        )
    }

    #[tokio::test]
    async fn a_task_that_has_just_begun_to_wait_survives_a_jump_of_the_clock() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let placement = placement(&records, &clock);
        placement.board.catch_up().await;
        placement.pass().await.unwrap();
        // The control plane has been there for an hour, and the clock goes ahead by another.
        let hour = Duration::from_secs(3600);
        clock.set(3600, hour);
        let task = asked_for(&records, clock.now()).await;
        placement.board.catch_up().await;
        placement.pass().await.unwrap();
        clock.set(7200, hour + Duration::from_secs(1));
        placement.pass().await.unwrap();
        let stored = records.get(&task.own_key()).unwrap().unwrap();
        assert_eq!(stored.record.last_status, TaskStatus::Provisioning);
    }

    #[tokio::test]
    async fn a_restart_gives_nodes_time_to_come_back() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let task = asked_for(&records, clock.now()).await;
        // An hour after the task was asked for, the control plane has just begun.
        clock.set(3600, Duration::from_secs(5));
        let placement = placement(&records, &clock);
        placement.board.catch_up().await;
        let status = || {
            let stored = records.get(&task.own_key()).unwrap().unwrap();
            stored.record.last_status
        };
        placement.pass().await.unwrap();
        assert_eq!(status(), TaskStatus::Provisioning);
        // The wall clock's jumps are no waiting.
        let most = Duration::from_secs(5) + CAPACITY_PATIENCE;
        clock.set(7200, most - Duration::from_secs(1));
        placement.pass().await.unwrap();
        assert_eq!(status(), TaskStatus::Provisioning);
        clock.set(0, most);
        placement.pass().await.unwrap();
        assert_eq!(status(), TaskStatus::Stopped);
    }
}
