//! What one session has to send: the node's state where it has changed, then payloads that are
//! due. Reads the board and the records; sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use agent_wire as wire;
use records::RecordError;
use records::ecr::RegistryName;
use records::ecs::{DesiredStatus, Task, TaskDefinition};

use super::SessionServer;
use super::connection::Opening;
use crate::board::{NodeView, TaskView};
use crate::plan::dispatch::{self, Sent};
use crate::plan::payload::{self, Attachment};

/// How many tasks one payload carries, so that a frame stays within its limit.
const PAYLOAD_TASKS_MAX: usize = 10;

/// What was sent in this session.
#[derive(Default)]
pub(super) struct Outbox {
    sent: BTreeMap<String, Sent>,
    state: Option<wire::NodeState>,
    seen: Option<Seen>,
    sequence: i64,
}

/// What the board showed when it was last looked at.
struct Seen {
    view: NodeView,
    /// Of the view's tasks, in their order.
    arns: Vec<String>,
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

    /// All that is due now. Where nothing has changed since the last look, the board is not looked
    /// at again.
    pub(super) fn due(
        &mut self,
        server: &SessionServer,
        opening: &Opening,
        changed: bool,
    ) -> Result<Batch, RecordError> {
        let mut batch = Batch::default();
        let seen = match self.seen.take() {
            Some(seen) if !changed => seen,
            _ => self.look(server, opening, &mut batch)?,
        };
        let now = server.clock.monotonic();
        let mut due = Vec::new();
        for (one, arn) in seen.view.tasks.iter().zip(&seen.arns) {
            if let Some(desired) = dispatch::wanted(&one.task.record)
                && dispatch::is_due(desired, self.sent.get(arn), now)
            {
                due.push((arn, one, desired));
            }
        }
        for chunk in due.chunks(PAYLOAD_TASKS_MAX) {
            self.payload(server, &opening.instance_arn, chunk, now, &mut batch)?;
        }
        self.seen = Some(seen);
        Ok(batch)
    }

    fn look(
        &mut self,
        server: &SessionServer,
        opening: &Opening,
        batch: &mut Batch,
    ) -> Result<Seen, RecordError> {
        let view = server.board.view_of_node(&opening.node);
        let arns = view.tasks.iter().map(|one| one.task.record.arn());
        let arns: Vec<String> = arns.map(|arn| arn.to_string()).collect();
        if opening.wants_node_state {
            let state = node_state(server, &view, &arns)?;
            if self.state.as_ref().is_none_or(|known| !same(known, &state)) {
                batch.frames.push(wire::Frame::NodeState(state.clone()));
                self.state = Some(state);
            }
        }
        let live: BTreeSet<&str> = arns.iter().map(String::as_str).collect();
        self.sent.retain(|arn, _| live.contains(arn.as_str()));
        Ok(Seen { view, arns })
    }

    fn payload(
        &mut self,
        server: &SessionServer,
        instance_arn: &str,
        due: &[(&String, &TaskView, DesiredStatus)],
        now: Duration,
        batch: &mut Batch,
    ) -> Result<(), RecordError> {
        let message_id = server.random.uuid();
        let mut tasks = Vec::with_capacity(due.len());
        for (arn, view, desired) in due {
            let task = &view.task.record;
            let (account, region) = (&task.account, &task.region);
            let key = TaskDefinition::key(account, region, &task.family, task.revision);
            let Some(definition) = server.records.get(&key)? else {
                tracing::error!(task = %arn, "the task's definition is gone; it cannot be sent");
                continue;
            };
            let interface = view.interface.as_ref().map(|stored| &stored.record);
            let subnet = interface
                .and_then(|interface| server.board.subnet(account, region, &interface.subnet_id));
            let attachment = interface
                .zip(subnet.as_ref())
                .map(|(interface, subnet)| Attachment { interface, subnet });
            tasks.push(payload::task(
                task,
                &definition.record,
                attachment,
                *desired,
            ));
            self.sent.insert(
                (*arn).clone(),
                Sent {
                    desired: *desired,
                    message_id: message_id.clone(),
                    at: now,
                    acknowledged: false,
                },
            );
            if *desired == DesiredStatus::Stopped {
                batch.stops.push(task.clone());
            }
        }
        self.sequence += 1;
        let cluster = due
            .first()
            .map(|(_, view, _)| view.task.record.cluster_arn().to_string());
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
    let wire::NodeState {
        epoch,
        generation: _,
        registry_hosts,
        tasks,
        vpcs,
        interfaces,
    } = new;
    // Equal VPCs are the same one, so nothing in them is looked at.
    *epoch == known.epoch
        && *tasks == known.tasks
        && *interfaces == known.interfaces
        && *vpcs == known.vpcs
        && *registry_hosts == known.registry_hosts
}

/// All that a node must know beside its tasks.
fn node_state(
    server: &SessionServer,
    view: &NodeView,
    arns: &[String],
) -> Result<wire::NodeState, RecordError> {
    // Read after the view: who was told a name before a task was asked for has it in here.
    let told = server.records.all(&RegistryName::everywhere())?;
    let mut registry_hosts = server.config.registry_hosts.clone();
    registry_hosts.extend(told.into_iter().map(|stored| stored.record.name));
    let interfaces = view.tasks.iter().filter_map(|one| one.interface.as_ref());
    let interfaces = interfaces.map(|stored| {
        let interface = &stored.record;
        wire::Interface {
            id: interface.id.clone(),
            task_arn: interface.task_arn.clone(),
            vpc_id: interface.vpc_id.clone(),
            subnet_id: interface.subnet_id.clone(),
            address: interface.address,
            security_groups: interface.security_groups.clone(),
        }
    });
    Ok(wire::NodeState {
        epoch: server.records.store().epoch(),
        generation: view.revision,
        registry_hosts,
        tasks: arns.to_vec(),
        vpcs: view.vpcs.clone(),
        interfaces: interfaces.collect(),
    })
}
