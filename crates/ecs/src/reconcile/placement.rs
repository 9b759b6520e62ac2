//! Gives every waiting task a node and an address.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Random};
use futures_util::future::join_all;
use records::ec2::{AddressLease, NetworkInterface, Subnet, mac_of};
use records::ecs::{Node, NodeCapacity, StopCode, Task, TaskStatus};
use records::{Committed, RecordError, Records, Stored};

use super::{IDLE_PERIOD, Status};
use crate::plan::life;
use crate::plan::payload::private_dns_name;
use crate::plan::placement::{Decision, Room, Shortage, SubnetRoom, Waiting, place};
use crate::{Board, Sessions, sentences};

/// How long a task waits for room before it is given up, as Fargate does when it has none.
pub const CAPACITY_PATIENCE: Duration = Duration::from_secs(60);
/// How many tasks are placed in one pass; the rest follow in the next.
const PASS_TASKS_MAX: usize = 256;

/// The reconciler.
pub struct Placement {
    records: Records,
    board: Arc<Board>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// When it began, on the monotonic clock.
    began: Duration,
    /// What it last did.
    pub status: Status,
}

/// The interface made for an attachment has the attachment's digits in its id: it is made at
/// most once, and is known by name when it is gone.
#[must_use]
pub fn interface_id(attachment_id: &str) -> String {
    let digits: String = attachment_id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(17)
        .collect();
    format!("eni-{digits}")
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
            began: clock.monotonic(),
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
        let waiting = self.board.unplaced();
        if waiting.is_empty() {
            return Ok(());
        }
        let waiting = waiting
            .get(..PASS_TASKS_MAX.min(waiting.len()))
            .unwrap_or_default();
        let subnets = self.subnets(waiting)?;
        let start = u32::from_le_bytes(self.random.bytes());
        let wants: Vec<Waiting> = waiting.iter().map(|task| want(&task.record)).collect();
        // Subnets and nodes are of one account; a fleet serves its own account only.
        let rooms = self.rooms(waiting);
        let plan = place(&wants, &rooms, &subnets_by_id(&subnets), start);
        let by_id: BTreeMap<&str, &Arc<Stored<Task>>> = waiting
            .iter()
            .map(|task| (task.record.id.as_str(), task))
            .collect();
        let carried_out = plan.iter().filter_map(|(id, decision)| {
            let task = by_id.get(id.as_str())?;
            Some(self.carry_out(task, decision, &subnets))
        });
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
            .filter(|node| accounts.iter().any(|account| is_of(node, account.as_str())))
            .filter(|node| node.record.capacity == NodeCapacity::Fargate)
            .filter(|node| self.sessions.is_connected(&node.record.id))
            .map(|node| {
                let node = &node.record;
                let held = self.board.tasks_of_node(&node.id);
                let held = || {
                    held.iter()
                        .filter(|task| task.record.holds_resources_of(&node.id))
                };
                Room {
                    node: node.id.clone(),
                    cpu_units: node.cpu_units
                        - held().map(|task| task.record.cpu_units).sum::<i32>(),
                    memory_mib: node.memory_mib
                        - held().map(|task| task.record.memory_mib).sum::<i32>(),
                }
            })
            .collect()
    }

    fn subnets(
        &self,
        waiting: &[Arc<Stored<Task>>],
    ) -> Result<BTreeMap<String, (Subnet, BTreeSet<std::net::Ipv4Addr>)>, RecordError> {
        let mut subnets = BTreeMap::new();
        for task in waiting.iter().map(|stored| &stored.record) {
            for id in &task.network.subnets {
                if subnets.contains_key(id) {
                    continue;
                }
                let key = Subnet::key(&task.account, &task.region, id);
                let Some(subnet) = self.records.get(&key)? else {
                    continue;
                };
                let leases = AddressLease::prefix(&task.account, &task.region, id);
                let taken = self
                    .records
                    .all(&leases)?
                    .iter()
                    .filter_map(|lease| AddressLease::address_of(&lease.key))
                    .collect();
                subnets.insert(id.clone(), (subnet.record, taken));
            }
        }
        Ok(subnets)
    }

    async fn carry_out(
        &self,
        stored: &Stored<Task>,
        decision: &Decision,
        subnets: &BTreeMap<String, (Subnet, BTreeSet<std::net::Ipv4Addr>)>,
    ) -> Result<Committed, RecordError> {
        let task = &stored.record;
        let now = self.clock.now();
        let mut transaction = self.records.transaction();
        match decision {
            Decision::Wait(shortage) => {
                // After a restart the nodes need time to come back, however old the task is.
                let here = self.clock.monotonic().saturating_sub(self.began);
                if here.min(now.since(task.timeline.created_at)) < CAPACITY_PATIENCE {
                    return Ok(Committed::Conflict);
                }
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
                let Some((subnet, _)) = subnets.get(subnet) else {
                    return Ok(Committed::Conflict);
                };
                let interface = NetworkInterface {
                    id: interface_id(&task.network.attachment_id),
                    vpc_id: subnet.vpc_id.clone(),
                    subnet_id: subnet.id.clone(),
                    zone: subnet.zone.clone(),
                    address: *address,
                    mac: mac_of(*address),
                    security_groups: task.network.security_groups.clone(),
                    description: format!(
                        "arn:aws:ecs:{}:{}:attachment/{}",
                        task.region, task.account, task.network.attachment_id
                    ),
                    task_arn: task.arn().to_string(),
                    created_at: now,
                };
                let placed = placed(task, node, &interface, now);
                let (account, region) = (&task.account, &task.region);
                let lease = AddressLease {
                    interface_id: interface.id.clone(),
                };
                transaction.expect_exists(&Node::key(account, node));
                transaction.replace(stored, &placed)?;
                transaction.create(
                    &AddressLease::key(account, region, &subnet.id, *address),
                    &lease,
                )?;
                transaction.create(
                    &NetworkInterface::key(account, region, &interface.id),
                    &interface,
                )?;
            }
        }
        transaction.commit().await
    }
}

fn is_of(node: &Stored<Node>, account: &str) -> bool {
    let prefix = format!("ecs/node/{account}/");
    node.key.starts_with(prefix.as_bytes())
}

fn want(task: &Task) -> Waiting {
    Waiting {
        task: task.id.clone(),
        cpu_units: task.cpu_units,
        memory_mib: task.memory_mib,
        subnets: task.network.subnets.clone(),
    }
}

fn subnets_by_id(
    subnets: &BTreeMap<String, (Subnet, BTreeSet<std::net::Ipv4Addr>)>,
) -> BTreeMap<String, SubnetRoom> {
    subnets
        .iter()
        .map(|(id, (subnet, taken))| {
            (
                id.clone(),
                SubnetRoom {
                    cidr: subnet.cidr,
                    taken: taken.clone(),
                },
            )
        })
        .collect()
}

fn placed(task: &Task, node: &str, interface: &NetworkInterface, now: ambient::Timestamp) -> Task {
    let mut placed = task.clone();
    placed.node = Some(node.to_owned());
    placed.last_status = TaskStatus::Pending;
    placed.version += 1;
    placed.timeline.connectivity_at = Some(now);
    let network = &mut placed.network;
    network.interface_id = Some(interface.id.clone());
    network.subnet_id = Some(interface.subnet_id.clone());
    network.address = Some(interface.address);
    network.mac = Some(interface.mac.clone());
    network.private_dns_name = Some(private_dns_name(interface));
    network.zone = Some(interface.zone.clone());
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, HandClock};
    use ambient::SystemRandom;

    #[tokio::test]
    async fn a_restart_gives_nodes_time_to_come_back() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let board = Arc::new(Board::new(records.clone()));
        let mut task = fixtures::placed_task();
        task.node = None;
        task.last_status = TaskStatus::Provisioning;
        let mut transaction = records.transaction();
        transaction.create(&task.own_key(), &task).unwrap();
        transaction.commit().await.unwrap();
        let following = Arc::clone(&board);
        tokio::spawn(async move { following.follow().await });
        board.catch_up().await;
        // An hour after the task was asked for, the control plane has just begun.
        clock.set(3600, Duration::from_secs(5));
        let placement = Placement::new(
            records.clone(),
            Arc::clone(&board),
            Arc::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::new(SystemRandom),
        );
        let status = || {
            let stored = records.get(&task.own_key()).unwrap().unwrap();
            stored.record.last_status
        };
        placement.pass().await.unwrap();
        assert_eq!(status(), TaskStatus::Provisioning);
        clock.set(3660, Duration::from_secs(5) + CAPACITY_PATIENCE);
        placement.pass().await.unwrap();
        assert_eq!(status(), TaskStatus::Stopped);
    }
}
