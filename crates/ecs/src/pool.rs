//! What a node has and what its tasks hold of it: one pool, whether they are Fargate's or a
//! cluster's.

use std::borrow::Cow;

use records::ec2::{AddressLease, NetworkInterface};
use records::ecs::{
    BoundPorts, NetworkBinding, Node, PortProtocol, ReservedPort, Task, TaskStatus,
};
use records::{RecordError, Transaction};

use crate::plan::instances::{Facts, Instance};
use crate::{Board, Sessions};

/// What the live tasks of a node hold of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) cpu_units: i64,
    pub(crate) memory_mib: i64,
    pub(crate) ports: std::collections::BTreeSet<ReservedPort>,
    /// Tasks of the cluster that the node is an instance of.
    pub(crate) groups: std::collections::BTreeMap<String, usize>,
    pub(crate) running: i32,
    pub(crate) pending: i32,
}

/// What is held of a node now.
pub(crate) fn held(board: &Board, node: &Node) -> Held {
    let mut held = Held::default();
    for stored in board.tasks_of_node(&node.id) {
        let task = &stored.record;
        if !task.holds_resources_of(&node.id) {
            continue;
        }
        // No task gives its node anything, whatever an older release let stand in its record.
        held.cpu_units += i64::from(task.cpu_units.max(0));
        held.memory_mib += i64::from(task.memory_mib.max(0));
        held.ports.extend(ports_of(task));
        if task.launch_type != records::ecs::LaunchType::Ec2 {
            continue;
        }
        *held.groups.entry(task.group.clone()).or_default() += 1;
        match task.last_status {
            TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopping => {
                held.running += 1;
            }
            _ => held.pending += 1,
        }
    }
    held
}

/// The ports of its host that a task holds: those that its definition names, and those that its
/// node chose.
fn ports_of(task: &Task) -> impl Iterator<Item = ReservedPort> {
    let bound = task
        .containers
        .iter()
        .flat_map(|container| &container.network_bindings)
        .flat_map(|binding| {
            let (first, last) = host_range(binding);
            let protocol = binding.protocol;
            (first..=last).map(move |port| ReservedPort { port, protocol })
        });
    task.host_ports.iter().copied().chain(bound)
}

/// How many ports of its host a binding is of.
pub(crate) fn count(binding: &NetworkBinding) -> usize {
    let (first, last) = host_range(binding);
    (first..=last).len()
}

/// The first and the last port of the host; where it is none, the last is before the first.
fn host_range(binding: &NetworkBinding) -> (u16, u16) {
    match &binding.ports {
        BoundPorts::One { host, .. } => (*host, *host),
        BoundPorts::Range { host, .. } => range(host).unwrap_or((1, 0)),
    }
}

/// `FIRST-LAST`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// A node as the placement of a cluster's tasks sees it.
pub(crate) fn instance<'a>(board: &Board, sessions: &Sessions, node: &'a Node) -> Instance<'a> {
    let mut held = held(board, node);
    held.ports.extend(node.reserved_ports.iter().copied());
    Instance {
        connected: sessions.is_connected(&node.id),
        cpu_units: i64::from(node.cpu_units) - held.cpu_units,
        memory_mib: i64::from(node.memory_mib) - held.memory_mib,
        ports: held.ports,
        attributes: Cow::Borrowed(&node.attributes),
        groups: held.groups,
        facts: Facts {
            agent_version: node.agent_version.as_deref(),
            ec2_instance_id: node.ec2_instance_id.as_deref(),
            running_tasks: i64::from(held.running),
        },
    }
}

/// The ports of one protocol, as the API writes them.
pub(crate) fn port_strings<'a>(
    ports: impl IntoIterator<Item = &'a ReservedPort>,
    protocol: PortProtocol,
) -> Vec<String> {
    ports
        .into_iter()
        .filter(|port| port.protocol == protocol)
        .map(|port| port.port.to_string())
        .collect()
}

/// Writes an interface and the lease of its address.
///
/// # Errors
/// When they cannot be encoded.
pub(crate) fn join(
    transaction: &mut Transaction,
    task: &Task,
    interface: &NetworkInterface,
) -> Result<(), RecordError> {
    let (account, region) = (&task.account, &task.region);
    let lease = AddressLease {
        interface_id: interface.id.clone(),
    };
    transaction.create(
        &AddressLease::key(account, region, &interface.subnet_id, interface.address),
        &lease,
    )?;
    transaction.create(
        &NetworkInterface::key(account, region, &interface.id),
        interface,
    )
}

/// Gives back the interface that a task has, if it has one, and its address.
pub(crate) fn part(transaction: &mut Transaction, task: &Task) {
    let Some(interface) = &task.network.interface_id else {
        return;
    };
    let (account, region) = (&task.account, &task.region);
    transaction.delete_any(&NetworkInterface::key(account, region, interface));
    if let (Some(subnet), Some(address)) = (&task.network.subnet_id, task.network.address) {
        transaction.delete_any(&AddressLease::key(account, region, subnet, address));
    }
}
