//! Which node and which address a task gets.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ambient::Timestamp;
use records::ec2::{Cidr, NetworkInterface, Subnet, first_free, mac_of};
use records::ecs::{Task, TaskStatus};

use super::payload::private_dns_name;

/// A node that can take tasks now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The node's id.
    pub node: String,
    /// CPU units that no task holds.
    pub cpu_units: i64,
    /// MiB that no task holds.
    pub memory_mib: i64,
    /// Its processors, as `ecs.cpu-architecture` names them, where it says so.
    pub architecture: Option<String>,
}

/// A subnet, and which of its addresses are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetRoom {
    /// Its addresses.
    pub cidr: Cidr,
    /// Those that are leased.
    pub taken: BTreeSet<Ipv4Addr>,
}

/// A task that waits for a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The task's id.
    pub task: String,
    /// What it needs.
    pub cpu_units: i64,
    /// What it needs.
    pub memory_mib: i64,
    /// The processors that it is made for; any where its definition names none.
    pub architecture: Option<String>,
    /// The subnets that it may be in; of its own region.
    pub subnets: Vec<String>,
}

/// What becomes of a waiting task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It goes there.
    Place {
        /// The node's id.
        node: String,
        /// The subnet's id.
        subnet: String,
        /// The address.
        address: Ipv4Addr,
    },
    /// Nothing can take it now, but something may later.
    Wait(Shortage),
}

/// What is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// No node has room.
    Nodes,
    /// No subnet of the task's has a free address.
    Addresses,
}

/// Decides on every waiting task, in order, each on what the ones before it have left.
///
/// The node with the most free memory is taken, so that tasks spread; among subnets the one with
/// the fewest taken addresses, so that zones spread. Ties go by id, so that equal snapshots give
/// equal plans. `start` turns where in a subnet the search for an address begins.
#[must_use]
pub fn place(
    waiting: &[Waiting],
    rooms: &[Room],
    subnets: &BTreeMap<String, SubnetRoom>,
    start: u32,
) -> Vec<(String, Decision)> {
    let mut rooms = rooms.to_vec();
    let mut subnets = subnets.clone();
    waiting
        .iter()
        .map(|task| {
            (
                task.task.clone(),
                place_one(task, &mut rooms, &mut subnets, start),
            )
        })
        .collect()
}

fn place_one(
    task: &Waiting,
    rooms: &mut [Room],
    subnets: &mut BTreeMap<String, SubnetRoom>,
    start: u32,
) -> Decision {
    let Some(room) = rooms
        .iter_mut()
        .filter(|room| room.cpu_units >= task.cpu_units && room.memory_mib >= task.memory_mib)
        .filter(|room| task.architecture.is_none() || room.architecture == task.architecture)
        .max_by(|a, b| {
            a.memory_mib
                .cmp(&b.memory_mib)
                .then_with(|| b.node.cmp(&a.node))
        })
    else {
        return Decision::Wait(Shortage::Nodes);
    };
    let Some((subnet, address)) = take_address(&task.subnets, subnets, start) else {
        return Decision::Wait(Shortage::Addresses);
    };
    room.cpu_units -= task.cpu_units;
    room.memory_mib -= task.memory_mib;
    Decision::Place {
        node: room.node.clone(),
        subnet,
        address,
    }
}

/// Takes an address in that one of `wanted` that has the fewest taken.
pub fn take_address(
    wanted: &[String],
    subnets: &mut BTreeMap<String, SubnetRoom>,
    start: u32,
) -> Option<(String, Ipv4Addr)> {
    let (_, subnet, address) = wanted
        .iter()
        .filter_map(|id| Some((id, subnets.get(id)?)))
        .filter_map(|(id, subnet)| {
            let address = first_free(&subnet.cidr, &subnet.taken, start)?;
            Some((subnet.taken.len(), id.clone(), address))
        })
        .min()?;
    if let Some(chosen) = subnets.get_mut(&subnet) {
        chosen.taken.insert(address);
    }
    Some((subnet, address))
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

/// The interface of a task at an address.
#[must_use]
pub fn interface_for(
    task: &Task,
    subnet: &Subnet,
    address: Ipv4Addr,
    now: Timestamp,
) -> NetworkInterface {
    NetworkInterface {
        id: interface_id(&task.network.attachment_id),
        vpc_id: subnet.vpc_id.clone(),
        subnet_id: subnet.id.clone(),
        zone: subnet.zone.clone(),
        address,
        mac: mac_of(address),
        security_groups: task.network.security_groups.clone(),
        description: format!(
            "arn:aws:ecs:{}:{}:attachment/{}",
            task.region, task.account, task.network.attachment_id
        ),
        task_arn: task.arn().to_string(),
        created_at: now,
    }
}

/// The task once it has a node, and an interface where it needs one.
#[must_use]
pub fn placed(
    task: &Task,
    node: &str,
    interface: Option<&NetworkInterface>,
    now: Timestamp,
) -> Task {
    let mut placed = task.clone();
    placed.node = Some(node.to_owned());
    placed.last_status = TaskStatus::Pending;
    placed.version += 1;
    placed.timeline.connectivity_at = Some(now);
    if let Some(interface) = interface {
        let network = &mut placed.network;
        network.interface_id = Some(interface.id.clone());
        network.subnet_id = Some(interface.subnet_id.clone());
        network.address = Some(interface.address);
        network.mac = Some(interface.mac.clone());
        network.private_dns_name = Some(private_dns_name(interface));
        network.zone = Some(interface.zone.clone());
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn waiting(task: usize, cpu_units: i64, memory_mib: i64) -> Waiting {
        Waiting {
            task: format!("task-{task:03}"),
            cpu_units,
            memory_mib,
            architecture: None,
            subnets: vec!["subnet-a".into(), "subnet-b".into()],
        }
    }

    fn subnets(bits: u8) -> BTreeMap<String, SubnetRoom> {
        [("subnet-a", 0), ("subnet-b", 1)]
            .map(|(id, third)| {
                let cidr = Cidr::new(Ipv4Addr::new(10, 0, third, 0), bits);
                (
                    id.to_owned(),
                    SubnetRoom {
                        cidr,
                        taken: BTreeSet::new(),
                    },
                )
            })
            .into()
    }

    #[test]
    fn tasks_spread_over_nodes_and_zones() {
        let rooms = ["a", "b"].map(|node| Room {
            node: node.into(),
            cpu_units: 1024,
            memory_mib: 2048,
            architecture: None,
        });
        let plan = place(
            &[waiting(0, 256, 512), waiting(1, 256, 512)],
            &rooms,
            &subnets(24),
            0,
        );
        let [
            (
                _,
                Decision::Place {
                    node: first,
                    subnet: zone,
                    ..
                },
            ),
            (
                _,
                Decision::Place {
                    node: second,
                    subnet: other,
                    ..
                },
            ),
        ] = plan.as_slice()
        else {
            panic!("{plan:?}");
        };
        assert_ne!(first, second);
        assert_ne!(zone, other);
    }

    #[test]
    fn what_does_not_fit_waits_and_holds_nobody_up() {
        let rooms = [Room {
            node: "a".into(),
            cpu_units: 512,
            memory_mib: 1024,
            architecture: None,
        }];
        let plan = place(
            &[waiting(0, 1024, 2048), waiting(1, 256, 512)],
            &rooms,
            &subnets(24),
            0,
        );
        assert_eq!(plan[0].1, Decision::Wait(Shortage::Nodes));
        assert!(matches!(plan[1].1, Decision::Place { .. }));
    }

    #[test]
    fn a_task_goes_to_the_processors_that_it_is_made_for() {
        let room = |node: &str, architecture: Option<&str>| Room {
            node: node.into(),
            cpu_units: 1024,
            memory_mib: 2048,
            architecture: architecture.map(str::to_owned),
        };
        let rooms = [room("arm", Some("arm64")), room("unknown", None)];
        let made_for = |architecture: Option<&str>| {
            let task = Waiting {
                architecture: architecture.map(str::to_owned),
                ..waiting(0, 256, 512)
            };
            place(&[task], &rooms, &subnets(24), 0).remove(0).1
        };
        assert_eq!(made_for(Some("x86_64")), Decision::Wait(Shortage::Nodes));
        for (architecture, at) in [(Some("arm64"), "arm"), (None, "arm")] {
            let decision = made_for(architecture);
            assert!(
                matches!(&decision, Decision::Place { node, .. } if node == at),
                "{decision:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_node_is_overfull_no_address_given_twice_and_nobody_forgotten(
            wants in proptest::collection::vec((1_i64..2048, 1_i64..4096), 0..60),
            nodes in proptest::collection::vec((0_i64..8192, 0_i64..16384), 0..6),
            bits in 26_u8..=29,
            start: u32,
        ) {
            let waiting: Vec<_> =
                wants.iter().enumerate().map(|(i, (cpu, memory))| waiting(i, *cpu, *memory)).collect();
            let rooms: Vec<_> = nodes
                .iter()
                .enumerate()
                .map(|(i, (cpu, memory))| Room { node: format!("node-{i}"), cpu_units: *cpu, memory_mib: *memory, architecture: None })
                .collect();
            let plan = place(&waiting, &rooms, &subnets(bits), start);
            prop_assert_eq!(plan.len(), waiting.len());
            let mut used: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            let mut addresses = BTreeSet::new();
            for (task, (id, decision)) in waiting.iter().zip(&plan) {
                prop_assert_eq!(&task.task, id);
                if let Decision::Place { node, address, .. } = decision {
                    prop_assert!(addresses.insert(*address), "{address} twice");
                    let used = used.entry(node).or_default();
                    used.0 += task.cpu_units;
                    used.1 += task.memory_mib;
                }
            }
            for room in &rooms {
                let (cpu, memory) = used.get(room.node.as_str()).copied().unwrap_or_default();
                prop_assert!(cpu <= room.cpu_units && memory <= room.memory_mib);
            }
            prop_assert_eq!(&plan, &place(&waiting, &rooms, &subnets(bits), start));
        }
    }
}
