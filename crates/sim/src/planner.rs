//! How fast the planners decide, alone: no store, no frames, one core.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use ambient::{Clock, SystemClock};
use ecs::plan::chooser::{Chooser, SpreadField, Strategy};
use ecs::plan::instances::{Instance, Want};
use ecs::plan::placement::{Decision, Planner, Room, SubnetRoom, Waiting};
use records::ec2::Cidr;

/// CPU units and MiB of the tasks, one after the other: sizes that Fargate has.
const SIZES: [(i64, i64); 4] = [(256, 512), (1_024, 2_048), (512, 4_096), (2_048, 4_096)];
/// Every node has room for this many of the largest.
const TASKS_PER_NODE: i64 = 40;
/// The second byte of each subnet, a /16.
const SUBNETS: std::ops::Range<u8> = 0..6;
/// Over how many zones the instances are.
const ZONES: usize = 3;

/// How many placements were decided, and in what time.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Placements.
    pub placements: usize,
    /// For all of them.
    pub time: Duration,
}

/// Tasks for Fargate: each gets a node and an address. What the planner is built from is counted in,
/// once.
///
/// # Errors
/// When a task finds no place, which there is for each.
pub fn fargate(nodes: usize, tasks: usize) -> Result<Decided, String> {
    let rooms = (0..nodes).map(|index| {
        // No two alike, so that the order of the rooms matters.
        let more = i64::try_from(index % 97).unwrap_or_default();
        Room {
            node: format!("{index:032x}"),
            cpu_units: (2_048 + more) * TASKS_PER_NODE,
            memory_mib: (4_096 + more) * TASKS_PER_NODE,
            architecture: None,
        }
    });
    let rooms: Vec<Room> = rooms.collect();
    let subnets: BTreeMap<String, SubnetRoom> = SUBNETS
        .map(|second| {
            let cidr = Cidr::new(Ipv4Addr::new(10, second, 0, 0), 16);
            let taken = agent_wire::AddressSet::default();
            (format!("subnet-{second}"), SubnetRoom { cidr, taken })
        })
        .collect();
    let wanted: Vec<String> = subnets.keys().cloned().collect();
    let clock = SystemClock;
    let began = clock.monotonic();
    let mut planner = Planner::new(rooms, subnets, 1);
    for (cpu_units, memory_mib) in SIZES.into_iter().cycle().take(tasks) {
        let decision = planner.decide(&Waiting {
            cpu_units,
            memory_mib,
            architecture: None,
            subnets: &wanted,
        });
        if let Decision::Wait(shortage) = decision {
            return Err(format!("a task found no place: {shortage:?}"));
        }
    }
    Ok(Decided {
        placements: tasks,
        time: clock.monotonic() - began,
    })
}

/// Tasks for the container instances of one cluster, spread over zones and then packed; `together` are
/// asked for at a time, and for each of these times all instances are looked at.
///
/// # Errors
/// When a task finds no place, which there is for each.
pub fn instances(nodes: usize, tasks: usize, together: usize) -> Result<Decided, String> {
    let zones = (0..ZONES).map(|zone| {
        let zone = Some(format!("zone-{zone}"));
        BTreeMap::from([("ecs.availability-zone".to_owned(), zone)])
    });
    let zones: Vec<_> = zones.collect();
    let group = "family:web";
    let mut instances: Vec<Instance<'_>> = zones
        .iter()
        .cycle()
        .take(nodes)
        .map(|zone| Instance {
            connected: true,
            cpu_units: 2_048 * TASKS_PER_NODE,
            memory_mib: 4_096 * TASKS_PER_NODE,
            attributes: Cow::Borrowed(zone),
            groups: BTreeMap::from([(group.to_owned(), 0)]),
            ..Instance::default()
        })
        .collect();
    let strategies = [
        Strategy::Spread(SpreadField::Attribute("ecs.availability-zone".to_owned())),
        Strategy::BinpackMemory,
    ];
    let clock = SystemClock;
    let (mut placements, mut time) = (0, Duration::ZERO);
    for (cpu_units, memory_mib) in SIZES.into_iter().cycle() {
        if placements >= tasks {
            break;
        }
        let want = Want {
            group: group.to_owned(),
            cpu_units,
            memory_mib,
            ..Want::default()
        };
        let began = clock.monotonic();
        let mut chooser = Chooser::new(&want, instances, &strategies, 0);
        for _ in 0..together {
            chooser.choose(0).map_err(|refusals| {
                format!("no instance takes the task: {:?}", refusals.first())
            })?;
        }
        time += clock.monotonic() - began;
        placements += together;
        instances = chooser.into_instances();
    }
    Ok(Decided { placements, time })
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_measured_is_decided() {
        assert_eq!(super::fargate(10, 400).unwrap().placements, 400);
        assert!(
            super::fargate(1, 4_000).is_err(),
            "that is too much for one"
        );
        assert_eq!(super::instances(10, 400, 10).unwrap().placements, 400);
    }
}
