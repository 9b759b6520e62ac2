//! What one session has to send: the node's state where it has changed, then payloads that are
//! due. Reads the board and the records; sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use agent_wire as wire;
use records::ec2::{NetworkInterface, RulePeer, SecurityGroup, Subnet, Vpc};
use records::ecs::{DesiredStatus, Task, TaskDefinition};
use records::{RecordError, Stored};

use super::SessionServer;
use crate::api::account_setting;
use crate::plan::dispatch::{self, Sent};
use crate::plan::payload::{self, Attachment};

/// How many tasks one payload carries, so that a frame stays within its limit.
const PAYLOAD_TASKS_MAX: usize = 10;

/// What was sent in this session.
#[derive(Default)]
pub(super) struct Outbox {
    sent: BTreeMap<String, Sent>,
    state: Option<wire::NodeState>,
    sequence: i64,
}

/// Frames to send, and the tasks whose stop is among them.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) frames: Vec<wire::Frame>,
    pub(super) stops: Vec<Task>,
}

impl Outbox {
    /// Marks what the agent has acknowledged.
    pub(super) fn acknowledge(&mut self, message_id: &str) {
        dispatch::acknowledge(&mut self.sent, message_id);
    }

    /// All that is due now.
    pub(super) fn due(
        &mut self,
        server: &SessionServer,
        node: &str,
        instance_arn: &str,
        wants_state: bool,
    ) -> Result<Batch, RecordError> {
        // The generation is read before what it stands for: a newer state never has an older one.
        let generation = server.board.reached();
        let tasks = server.board.tasks_of_node(node);
        let live: Vec<&Task> = tasks
            .iter()
            .map(|stored| &stored.record)
            .filter(|task| !task.is_stopped())
            .collect();
        let interfaces = server.board.interfaces();
        let mut batch = Batch::default();
        if wants_state {
            let state = node_state(server, generation, &live, &interfaces)?;
            if self.state.as_ref().is_none_or(|known| !same(known, &state)) {
                batch.frames.push(wire::Frame::NodeState(state.clone()));
                self.state = Some(state);
            }
        }
        let now = server.clock.monotonic();
        let live_arns: BTreeSet<String> = live.iter().map(|task| task.arn().to_string()).collect();
        self.sent.retain(|arn, _| live_arns.contains(arn));
        let mut due = Vec::new();
        for task in live {
            let arn = task.arn().to_string();
            if let Some(desired) = dispatch::wanted(task)
                && dispatch::is_due(desired, self.sent.get(&arn), now)
            {
                due.push((arn, task, desired));
            }
        }
        for chunk in due.chunks(PAYLOAD_TASKS_MAX) {
            self.payload(server, instance_arn, chunk, &interfaces, now, &mut batch)?;
        }
        Ok(batch)
    }

    fn payload(
        &mut self,
        server: &SessionServer,
        instance_arn: &str,
        due: &[(String, &Task, DesiredStatus)],
        interfaces: &[std::sync::Arc<Stored<NetworkInterface>>],
        now: Duration,
        batch: &mut Batch,
    ) -> Result<(), RecordError> {
        let message_id = server.random.uuid();
        let mut tasks = Vec::with_capacity(due.len());
        for (arn, task, desired) in due {
            let key = TaskDefinition::key(&task.account, &task.region, &task.family, task.revision);
            let Some(definition) = server.records.get(&key)? else {
                tracing::error!(task = %arn, "the task's definition is gone; it cannot be sent");
                continue;
            };
            let interface = interfaces
                .iter()
                .map(|stored| &stored.record)
                .find(|interface| {
                    Some(&interface.id) == task.network.interface_id.as_ref()
                        && interface.task_arn == *arn
                });
            let subnet = match interface {
                Some(interface) => server.records.get(&Subnet::key(
                    &task.account,
                    &task.region,
                    &interface.subnet_id,
                ))?,
                None => None,
            };
            let attachment = interface
                .zip(subnet.as_ref())
                .map(|(interface, subnet)| Attachment {
                    interface,
                    subnet: &subnet.record,
                });
            tasks.push(payload::task(
                task,
                &definition.record,
                attachment,
                *desired,
                &account_setting::log_driver_mode(&server.records, &task.account, &task.region)?,
            ));
            self.sent.insert(
                arn.clone(),
                Sent {
                    desired: *desired,
                    message_id: message_id.clone(),
                    at: now,
                    acknowledged: false,
                },
            );
            if *desired == DesiredStatus::Stopped {
                batch.stops.push((*task).clone());
            }
        }
        self.sequence += 1;
        let cluster = due
            .first()
            .map(|(_, task, _)| task.cluster_arn().to_string());
        batch.frames.push(wire::Frame::Payload(wire::Payload {
            cluster_arn: cluster.unwrap_or_default(),
            container_instance_arn: instance_arn.to_owned(),
            message_id,
            seq_num: self.sequence,
            generated_at: server.clock.now().as_millis(),
            tasks,
        }));
        Ok(())
    }
}

/// True where nothing but the generation differs.
fn same(known: &wire::NodeState, new: &wire::NodeState) -> bool {
    wire::NodeState {
        generation: known.generation,
        ..new.clone()
    } == *known
}

/// All that a node must know beside its tasks.
fn node_state(
    server: &SessionServer,
    generation: u64,
    live: &[&Task],
    interfaces: &[std::sync::Arc<Stored<NetworkInterface>>],
) -> Result<wire::NodeState, RecordError> {
    let held: BTreeMap<&str, &Task> = live
        .iter()
        .filter_map(|task| Some((task.network.interface_id.as_deref()?, *task)))
        .collect();
    let mut own = Vec::new();
    let mut vpcs = BTreeMap::new();
    for interface in interfaces.iter().map(|stored| &stored.record) {
        let Some(task) = held.get(interface.id.as_str()) else {
            continue;
        };
        own.push(wire::Interface {
            id: interface.id.clone(),
            task_arn: interface.task_arn.clone(),
            vpc_id: interface.vpc_id.clone(),
            subnet_id: interface.subnet_id.clone(),
            address: interface.address,
            security_groups: interface.security_groups.clone(),
        });
        if !vpcs.contains_key(&interface.vpc_id) {
            let vpc = vpc(server, task, &interface.vpc_id, interfaces)?;
            vpcs.insert(interface.vpc_id.clone(), vpc);
        }
    }
    Ok(wire::NodeState {
        epoch: server.records.store().epoch(),
        generation,
        registry_hosts: server.config.registry_hosts.clone(),
        tasks: live.iter().map(|task| task.arn().to_string()).collect(),
        vpcs: vpcs.into_values().flatten().collect(),
        interfaces: own,
    })
}

fn vpc(
    server: &SessionServer,
    task: &Task,
    id: &str,
    interfaces: &[std::sync::Arc<Stored<NetworkInterface>>],
) -> Result<Option<wire::Vpc>, RecordError> {
    let (account, region) = (&task.account, &task.region);
    let Some(vpc) = server.records.get(&Vpc::key(account, region, id))? else {
        return Ok(None);
    };
    let subnets = server.records.all(&Subnet::prefix(account, region))?;
    let groups = server
        .records
        .all(&SecurityGroup::prefix(account, region))?;
    Ok(Some(wire::Vpc {
        id: id.to_owned(),
        cidr: vpc.record.cidr.to_string(),
        subnets: subnets
            .iter()
            .map(|stored| &stored.record)
            .filter(|subnet| subnet.vpc_id == id)
            .map(|subnet| wire::Subnet {
                id: subnet.id.clone(),
                cidr: subnet.cidr.to_string(),
            })
            .collect(),
        security_groups: groups
            .iter()
            .map(|stored| &stored.record)
            .filter(|group| group.vpc_id == id)
            .map(|group| wire::SecurityGroup {
                id: group.id.clone(),
                members: interfaces
                    .iter()
                    .map(|stored| &stored.record)
                    .filter(|interface| interface.security_groups.contains(&group.id))
                    .map(|interface| interface.address)
                    .collect(),
                ingress: group.ingress.iter().map(rule).collect(),
                egress: group.egress.iter().map(rule).collect(),
            })
            .collect(),
    }))
}

fn rule(rule: &records::ec2::SecurityGroupRule) -> wire::SecurityGroupRule {
    wire::SecurityGroupRule {
        protocol: rule.protocol.clone(),
        ports: rule.ports,
        peer: match &rule.peer {
            RulePeer::Cidr(block) => wire::RuleSource::Cidr(block.to_string()),
            RulePeer::Group(id) => wire::RuleSource::Group(id.clone()),
        },
    }
}
