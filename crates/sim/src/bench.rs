//! How fast the control plane places tasks and sees them run, with many nodes, nothing going
//! wrong, and no disk.

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, SystemClock};
use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;

use crate::clients::{CLUSTERS, FAMILIES};
use crate::clock::Turn;
use crate::options::Options;
use crate::simulation::{SimError, begin, in_simulated_time};
use crate::world::World;

/// The ECS quota for tasks of one RunTask.
const RUN_TASK_COUNT_MAX: usize = 10;
/// How often it is looked whether all is done, in simulated milliseconds.
const LOOK_MILLIS: u64 = 20;
/// After so much simulated time something is wrong.
const PATIENCE_MILLIS: u64 = 600_000;
/// Every node has room for a few tasks more than its share.
const SPARE_TASKS_PER_NODE: usize = 2;

/// What was measured. Times are of the wall, and those of the one process that plays everybody.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// From the first registration until all nodes were connected.
    pub connected: Duration,
    /// From the first RunTask until the last task had a node.
    pub placed: Duration,
    /// From the first RunTask until the last task was RUNNING.
    pub running: Duration,
    /// The same in simulated milliseconds.
    pub running_simulated_millis: u64,
    /// The store's revision at the end.
    pub revisions: u64,
}

/// Runs `tasks` tasks on `nodes` nodes.
///
/// # Errors
/// When it cannot begin, or does not come to its end.
pub fn measure(nodes: usize, tasks: usize, seed: u64) -> Result<Measured, SimError> {
    let options = Options {
        seed,
        nodes,
        steps: 0,
        tiny_subnet: false,
        faults: false,
        weakness: None,
    };
    in_simulated_time(run(options, tasks))?
}

async fn run(options: Options, tasks: usize) -> Result<Measured, SimError> {
    let (seed, nodes) = (options.seed, options.nodes);
    let wall = SystemClock;
    let began = wall.monotonic();
    let (_, cpu, memory, _) = FAMILIES[0];
    let each = tasks.div_ceil(nodes.max(1)) + SPARE_TASKS_PER_NODE;
    let each = i32::try_from(each).unwrap_or(i32::MAX);
    let size = (cpu.saturating_mul(each), memory.saturating_mul(each));
    let (world, mut work) = begin(options, size).await?;
    let failed = |reason: String| SimError::Beginning { seed, reason };
    until(&world, || world.plane.sessions().0 == nodes)
        .await
        .map_err(failed)?;
    let connected = wall.monotonic() - began;
    let (began, began_simulated) = (wall.monotonic(), world.clock.millis());
    let mut left = tasks;
    world.clock.turn(Turn::Clients, 0).await;
    while left > 0 {
        let count = left.min(RUN_TASK_COUNT_MAX);
        left -= count;
        tokio::spawn(run_tasks(Arc::clone(&world), count));
    }
    until(&world, || world.ledger.figures().placed == tasks)
        .await
        .map_err(failed)?;
    let placed = wall.monotonic() - began;
    until(&world, || world.ledger.figures().running == tasks)
        .await
        .map_err(failed)?;
    let running = wall.monotonic() - began;
    let measured = Measured {
        connected,
        placed,
        running,
        running_simulated_millis: world.clock.millis() - began_simulated,
        revisions: world.ledger.figures().revision,
    };
    work.shutdown().await;
    match world.trace.violations().first() {
        Some(violation) => Err(failed(violation.clone())),
        None => Ok(measured),
    }
}

async fn until(world: &World, done: impl Fn() -> bool) -> Result<(), String> {
    let end = world.clock.millis() + PATIENCE_MILLIS;
    while !done() {
        if world.clock.millis() > end {
            return Err(format!(
                "after {PATIENCE_MILLIS} simulated milliseconds it has come to {:?} only",
                world.ledger.figures()
            ));
        }
        world.clock.turn(Turn::Checks, LOOK_MILLIS).await;
    }
    Ok(())
}

async fn run_tasks(world: Arc<World>, count: usize) {
    let caller = world.plane.root("RunTask");
    let input = model::RunTaskRequest {
        cluster: CLUSTERS.first().map(|name| (*name).to_owned()),
        task_definition: FAMILIES.first().map(|family| family.0.to_owned()),
        count: i32::try_from(count).ok(),
        launch_type: Some(model::LaunchType::Fargate),
        network_configuration: Some(model::NetworkConfiguration {
            awsvpc_configuration: Some(model::AwsVpcConfiguration {
                subnets: Some(world.subnets.clone()),
                ..model::AwsVpcConfiguration::default()
            }),
        }),
        ..model::RunTaskRequest::default()
    };
    let call = |ecs: Arc<ecs::Ecs>| async move { ecs.run_task(&caller, input).await };
    if let Err(failure) = world.plane.call(call).await {
        world
            .trace
            .violation(&format!("RunTask failed: {failure:?}"));
    }
}
