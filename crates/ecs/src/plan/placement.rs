//! Which node and which address a task gets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use agent_wire::AddressSet;
use ambient::Timestamp;
use records::ec2::{Cidr, NetworkInterface, RESERVED_FIRST, Subnet, mac_of};
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
    pub taken: AddressSet,
}

/// A task that waits for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// What it needs.
    pub cpu_units: i64,
    /// What it needs.
    pub memory_mib: i64,
    /// The processors that it is made for; any where its definition names none.
    pub architecture: Option<&'a str>,
    /// The subnets that it may be in; of its own region.
    pub subnets: &'a [String],
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

/// Decides on one waiting task after the other, each on what the ones before it have left.
///
/// The node with the most free memory is taken, so that tasks spread; among subnets the one with
/// the fewest taken addresses, so that zones spread. Ties go by id, so that equal snapshots and
/// equal questions give equal plans.
#[derive(Clone, Debug)]
pub struct Planner {
    /// By id.
    rooms: Vec<Room>,
    /// One for each size and kind of processors that was asked for, which are few.
    rankings: Vec<Ranking>,
    subnets: BTreeMap<String, SubnetRoom>,
    start: u32,
}

/// The rooms that have so many CPU units of a kind, by their memory, the best last.
#[derive(Clone, Debug)]
struct Ranking {
    cpu_units: i64,
    architecture: Option<String>,
    /// Memory, and which of the rooms; of equal ones the one with the least id is the best.
    rooms: BTreeSet<(i64, Reverse<usize>)>,
}

impl Planner {
    /// A planner over what is free. `start` turns where in a subnet the search for an address
    /// begins.
    #[must_use]
    pub fn new(mut rooms: Vec<Room>, subnets: BTreeMap<String, SubnetRoom>, start: u32) -> Self {
        rooms.sort_by(|a, b| a.node.cmp(&b.node));
        Self {
            rooms,
            rankings: Vec::new(),
            subnets,
            start,
        }
    }

    /// Decides on the next task.
    pub fn decide(&mut self, task: &Waiting<'_>) -> Decision {
        let Some((index, node)) = self.best_room(task) else {
            return Decision::Wait(Shortage::Nodes);
        };
        let Some((subnet, address)) = take_address(task.subnets, &mut self.subnets, self.start)
        else {
            return Decision::Wait(Shortage::Addresses);
        };
        self.take_room(index, task);
        Decision::Place {
            node,
            subnet,
            address,
        }
    }

    fn best_room(&mut self, task: &Waiting<'_>) -> Option<(usize, String)> {
        let of_task = |ranking: &Ranking| {
            ranking.cpu_units == task.cpu_units
                && ranking.architecture.as_deref() == task.architecture
        };
        if !self.rankings.iter().any(of_task) {
            let suits = |room: &Room| {
                room.cpu_units >= task.cpu_units
                    && (task.architecture.is_none()
                        || room.architecture.as_deref() == task.architecture)
            };
            let rooms = self.rooms.iter().enumerate();
            self.rankings.push(Ranking {
                cpu_units: task.cpu_units,
                architecture: task.architecture.map(str::to_owned),
                rooms: rooms
                    .filter(|(_, room)| suits(room))
                    .map(|(index, room)| (room.memory_mib, Reverse(index)))
                    .collect(),
            });
        }
        let ranking = self.rankings.iter().find(|ranking| of_task(ranking))?;
        let (memory_mib, Reverse(index)) = *ranking.rooms.last()?;
        if memory_mib < task.memory_mib {
            return None;
        }
        self.rooms.get(index).map(|room| (index, room.node.clone()))
    }

    fn take_room(&mut self, index: usize, task: &Waiting<'_>) {
        let Some(room) = self.rooms.get_mut(index) else {
            return;
        };
        let before = (room.memory_mib, Reverse(index));
        room.cpu_units -= task.cpu_units;
        room.memory_mib -= task.memory_mib;
        for ranking in &mut self.rankings {
            if ranking.rooms.remove(&before) && room.cpu_units >= ranking.cpu_units {
                ranking.rooms.insert((room.memory_mib, Reverse(index)));
            }
        }
    }
}

/// Takes an address in that one of `wanted` that has the fewest taken.
pub fn take_address(
    wanted: &[String],
    subnets: &mut BTreeMap<String, SubnetRoom>,
    start: u32,
) -> Option<(String, Ipv4Addr)> {
    let mut known: Vec<(u64, &String)> = wanted
        .iter()
        .filter_map(|id| Some((subnets.get(id)?.taken.count(), id)))
        .collect();
    known.sort();
    known.into_iter().find_map(|(_, id)| {
        let subnet = subnets.get_mut(id)?;
        let address = first_free(&subnet.cidr, &subnet.taken, start)?;
        subnet.taken.insert(address);
        Some((id.clone(), address))
    })
}

/// The first address of a subnet that is neither reserved nor taken, looking from `start` on and
/// around, so that an address that was just given back is not given again at once.
#[must_use]
pub fn first_free(subnet: &Cidr, taken: &AddressSet, start: u32) -> Option<Ipv4Addr> {
    let usable = subnet.usable();
    let first = u32::from(subnet.network()).saturating_add(RESERVED_FIRST);
    let last = Ipv4Addr::from(first.checked_add(usable.checked_sub(1)?)?);
    let from = Ipv4Addr::from(first + start % usable);
    taken
        .first_absent(from, last)
        .or_else(|| taken.first_absent(first.into(), last))
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

    fn wanted() -> [String; 2] {
        ["subnet-a".into(), "subnet-b".into()]
    }

    fn waiting(cpu_units: i64, memory_mib: i64, subnets: &[String]) -> Waiting<'_> {
        Waiting {
            cpu_units,
            memory_mib,
            architecture: None,
            subnets,
        }
    }

    fn room(node: &str, cpu_units: i64, memory_mib: i64) -> Room {
        Room {
            node: node.into(),
            cpu_units,
            memory_mib,
            architecture: None,
        }
    }

    fn subnets(bits: u8) -> BTreeMap<String, SubnetRoom> {
        [("subnet-a", 0), ("subnet-b", 1)]
            .map(|(id, third)| {
                let cidr = Cidr::new(Ipv4Addr::new(10, 0, third, 0), bits);
                let taken = AddressSet::default();
                (id.to_owned(), SubnetRoom { cidr, taken })
            })
            .into()
    }

    fn plan(wants: &[(i64, i64)], rooms: &[Room], bits: u8, start: u32) -> Vec<Decision> {
        let mut planner = Planner::new(rooms.to_vec(), subnets(bits), start);
        let wanted = wanted();
        let decide = |(cpu, memory): &(i64, i64)| planner.decide(&waiting(*cpu, *memory, &wanted));
        wants.iter().map(decide).collect()
    }

    #[test]
    fn tasks_spread_over_nodes_and_zones() {
        let rooms = ["a", "b"].map(|node| room(node, 1024, 2048));
        let plan = plan(&[(256, 512), (256, 512)], &rooms, 24, 0);
        let [
            Decision::Place {
                node: first,
                subnet: zone,
                ..
            },
            Decision::Place {
                node: second,
                subnet: other,
                ..
            },
        ] = plan.as_slice()
        else {
            panic!("{plan:?}");
        };
        assert_ne!(first, second);
        assert_ne!(zone, other);
    }

    #[test]
    fn what_does_not_fit_waits_and_holds_nobody_up() {
        let plan = plan(&[(1024, 2048), (256, 512)], &[room("a", 512, 1024)], 24, 0);
        assert_eq!(plan[0], Decision::Wait(Shortage::Nodes));
        assert!(matches!(plan[1], Decision::Place { .. }));
    }

    #[test]
    fn a_task_goes_to_the_processors_that_it_is_made_for() {
        let of = |node: &str, architecture: Option<&str>| Room {
            architecture: architecture.map(str::to_owned),
            ..room(node, 1024, 2048)
        };
        let rooms = vec![of("arm", Some("arm64")), of("unknown", None)];
        let wanted = wanted();
        let made_for = |architecture| {
            let mut planner = Planner::new(rooms.clone(), subnets(24), 0);
            planner.decide(&Waiting {
                architecture,
                ..waiting(256, 512, &wanted)
            })
        };
        assert_eq!(made_for(Some("x86_64")), Decision::Wait(Shortage::Nodes));
        for architecture in [Some("arm64"), None] {
            let decision = made_for(architecture);
            assert!(
                matches!(&decision, Decision::Place { node, .. } if node == "arm"),
                "{decision:?}"
            );
        }
    }

    #[test]
    fn a_full_subnet_is_passed_over() {
        let mut subnets = subnets(29);
        let wanted = wanted();
        let mut taken = BTreeSet::new();
        while let Some(one) = take_address(&wanted, &mut subnets, 2) {
            assert!(taken.insert(one));
        }
        assert_eq!(
            taken.len(),
            6,
            "of the eight addresses of a /29 five are reserved"
        );
    }

    /// The room that is best by looking at each.
    fn best(rooms: &mut [Room], cpu_units: i64, memory_mib: i64) -> Option<&mut Room> {
        rooms
            .iter_mut()
            .filter(|room| room.cpu_units >= cpu_units && room.memory_mib >= memory_mib)
            .max_by(|a, b| {
                let memory = a.memory_mib.cmp(&b.memory_mib);
                memory.then_with(|| b.node.cmp(&a.node))
            })
    }

    proptest! {
        #[test]
        fn a_given_address_is_usable_and_free(
            bits in 24_u8..=28, start: u32, taken in proptest::collection::btree_set(0_u32..256, 0..250)
        ) {
            let subnet = Cidr::new(Ipv4Addr::new(10, 0, 0, 0), bits);
            let usable: Vec<_> = (4..4 + subnet.usable()).map(|last| 0x0a00_0000 + last).collect();
            let taken: AddressSet = taken.into_iter().map(|last| Ipv4Addr::from(0x0a00_0000 + last)).collect();
            match first_free(&subnet, &taken, start) {
                Some(address) => {
                    prop_assert!(!taken.contains(address));
                    prop_assert!(usable.contains(&u32::from(address)));
                }
                None => prop_assert!(usable.iter().all(|one| taken.contains(Ipv4Addr::from(*one)))),
            }
        }

        #[test]
        fn the_best_room_is_taken_no_address_given_twice_and_nobody_forgotten(
            wants in proptest::collection::vec((1_i64..2048, 1_i64..4096), 0..60),
            nodes in proptest::collection::vec((0_i64..8192, 0_i64..16384), 0..6),
            bits in 26_u8..=29,
            start: u32,
        ) {
            let mut rooms: Vec<_> = nodes
                .iter()
                .enumerate()
                .map(|(i, (cpu, memory))| room(&format!("node-{i}"), *cpu, *memory))
                .collect();
            let plan = plan(&wants, &rooms, bits, start);
            prop_assert_eq!(plan.len(), wants.len());
            let mut addresses = BTreeSet::new();
            let free: u32 = subnets(bits).values().map(|subnet| subnet.cidr.usable()).sum();
            for ((cpu, memory), decision) in wants.iter().zip(&plan) {
                let best = best(&mut rooms, *cpu, *memory);
                match (decision, best) {
                    (Decision::Place { node, address, .. }, Some(room)) => {
                        prop_assert_eq!(node, &room.node);
                        room.cpu_units -= cpu;
                        room.memory_mib -= memory;
                        prop_assert!(addresses.insert(*address), "{} twice", address);
                    }
                    (Decision::Wait(Shortage::Nodes), None) => {}
                    (Decision::Wait(Shortage::Addresses), Some(_)) => {
                        prop_assert_eq!(addresses.len(), usize::try_from(free).unwrap());
                    }
                    (decision, best) => prop_assert!(false, "{:?} where {:?} is best", decision, best),
                }
            }
        }
    }
}
