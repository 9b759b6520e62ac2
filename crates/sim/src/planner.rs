//! How fast the planners decide, alone: no store, no frames, one core.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use ambient::{Clock, SystemClock};
use ecs::plan::instances::{Instance, SpreadField, Strategy, Want, choose};
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
/// Placements on instances take a look at each of them; fewer of them are enough to be timed.
const INSTANCE_PLACEMENTS_SHARE: usize = 100;

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
    let clock = SystemClock::default();
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

/// Tasks for the container instances of one cluster, spread over zones and then packed.
///
/// # Errors
/// When a task finds no place, which there is for each.
pub fn instances(nodes: usize, tasks: usize) -> Result<Decided, String> {
    let placements = (tasks / INSTANCE_PLACEMENTS_SHARE).max(1);
    let mut instances: Vec<Instance> = (0..nodes)
        .map(|index| Instance {
            id: format!("{index:032x}"),
            arn: format!("arn:aws:ecs:us-east-1:123456789012:container-instance/c/{index:032x}"),
            connected: true,
            cpu_units: 2_048 * TASKS_PER_NODE,
            memory_mib: 4_096 * TASKS_PER_NODE,
            attributes: BTreeMap::from([(
                "ecs.availability-zone".to_owned(),
                Some(format!("zone-{}", index % ZONES)),
            )]),
            ..Instance::default()
        })
        .collect();
    let strategies = [
        Strategy::Spread(SpreadField::Attribute("ecs.availability-zone".to_owned())),
        Strategy::BinpackMemory,
    ];
    let clock = SystemClock::default();
    let began = clock.monotonic();
    for (cpu_units, memory_mib) in SIZES.into_iter().cycle().take(placements) {
        let want = Want {
            group: "family:web".to_owned(),
            cpu_units,
            memory_mib,
            ..Want::default()
        };
        let chosen = choose(&want, &instances, &strategies, 0)
            .map_err(|refusals| format!("no instance takes the task: {:?}", refusals.first()))?;
        if let Some(instance) = instances.get_mut(chosen) {
            instance.take(&want);
        }
    }
    Ok(Decided {
        placements,
        time: clock.monotonic() - began,
    })
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
        assert_eq!(super::instances(10, 400).unwrap().placements, 4);
    }
}
