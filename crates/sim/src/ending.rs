//! What must be so once nothing goes wrong any more: first at rest, then empty, then forgotten.

use std::sync::Arc;

use records::ecs::{DesiredStatus, TaskStatus};

use crate::checks::Checks;
use crate::clients::Clients;
use crate::clock::Turn;
use crate::world::World;

/// By then whatever went wrong is made good: the longest hang, resends, the longest stop, retries.
const SETTLE_MILLIS: u64 = 240_000;
/// By then every task that was told to stop has.
const DRAIN_MILLIS: u64 = 120_000;
/// By then the retention reconciler has looked twice.
const RETENTION_MILLIS: u64 = 125_000;
/// How often it is looked whether all is well, in milliseconds.
const LOOK_MILLIS: u64 = 2_000;
const HOUR_MILLIS: u64 = 3_600_000;
/// How often a stop is tried, at most.
const STOP_ATTEMPTS_MAX: usize = 5;

/// Lets all come to rest, and says what is not as it should be.
pub(crate) async fn run(world: &Arc<World>, clients: &Arc<Clients>, checks: &Checks) {
    in_time(world, SETTLE_MILLIS, at_rest).await;
    world.trace.note("all is at rest");
    looked(world, checks).await;
    one_effect_a_request(world, clients);
    drain(world, clients).await;
    in_time(world, DRAIN_MILLIS, empty).await;
    world.trace.note("all is empty");
    looked(world, checks).await;
    // What is over is shown for an hour, and tokens are kept for a day.
    // The reconciler has seen the last jump of the clock before, and believes it in the end.
    world.clock.turn(Turn::Checks, RETENTION_MILLIS).await;
    world.clock.skip(HOUR_MILLIS);
    in_time(world, RETENTION_MILLIS, tasks_forgotten).await;
    world.clock.skip(24 * HOUR_MILLIS);
    in_time(world, RETENTION_MILLIS, tokens_forgotten).await;
    looked(world, checks).await;
}

/// Waits until there is nothing left to say against the world. What there is after `most`
/// milliseconds is broken.
async fn in_time(world: &World, most: u64, against: fn(&World) -> Vec<String>) {
    let end = world.clock.millis() + most;
    loop {
        world.clock.turn(Turn::Checks, LOOK_MILLIS).await;
        let found = against(world);
        if found.is_empty() {
            return;
        }
        if world.clock.millis() > end {
            for one in found {
                world.trace.violation(&one);
            }
            return;
        }
    }
}

fn tasks_forgotten(world: &World) -> Vec<String> {
    let kept = world.ledger.tasks().into_iter();
    kept.map(|task| format!("{} is kept for more than its hour", task.arn()))
        .collect()
}

fn tokens_forgotten(world: &World) -> Vec<String> {
    match world.ledger.leftovers().2 {
        0 => Vec::new(),
        kept => vec![format!(
            "{kept} client tokens are kept for more than their day"
        )],
    }
}

async fn looked(world: &World, checks: &Checks) {
    if !checks.look().await {
        world
            .trace
            .violation("the control plane does not answer at once though nothing is wrong");
    }
}

fn at_rest(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for task in world.ledger.tasks() {
        let arn = task.arn().to_string();
        let runs = world.witness.runs(&arn);
        let mut broken = |what: &str| found.push(format!("at rest, {arn} {what}"));
        match task.last_status {
            TaskStatus::Running if !runs => broken("is RUNNING and does not run"),
            TaskStatus::Running | TaskStatus::Stopped => {}
            // A pull may take for ever; then nothing runs.
            TaskStatus::Pending if !runs && world.witness.is_stuck(&arn) => {}
            TaskStatus::Provisioning => broken("still waits for a node"),
            _ => broken(&format!("is {}", task.last_status.as_str())),
        }
        if task.desired_status == DesiredStatus::Stopped && !task.is_stopped() {
            broken("is wanted STOPPED and has not stopped");
        }
        if runs && task.is_stopped() {
            broken("is STOPPED and runs");
        }
    }
    for arn in world.witness.running() {
        if world.ledger.find(&arn).is_none() {
            found.push(format!("at rest, {arn} runs and is not recorded"));
        }
    }
    let (connected, served) = world.plane.sessions();
    let nodes = world.options.nodes;
    if connected != nodes || served != nodes {
        found.push(format!(
            "at rest, {connected} nodes are connected in {served} sessions, and there are {nodes}"
        ));
    }
    found
}

/// Every RunTask made its tasks once or, where nobody was told so, not at all.
fn one_effect_a_request(world: &World, clients: &Clients) {
    for request in &clients.requests().sent {
        let made = world.ledger.ever(&request.label);
        let broken = |what: String| {
            world
                .trace
                .violation(&format!("request {}: {what}", request.label));
        };
        if !made.is_empty() && made.len() != request.count {
            broken(format!(
                "{} tasks were made, and {} were asked for",
                made.len(),
                request.count
            ));
        }
        for answer in &request.answers {
            // Tasks that were forgotten meanwhile are missing from a later answer; none is here,
            // as no run lasts an hour.
            if *answer != made {
                broken(format!(
                    "an answer names {answer:?}, and made were {made:?}"
                ));
            }
        }
    }
}

async fn drain(world: &World, clients: &Clients) {
    for task in world.ledger.tasks() {
        if task.desired_status == DesiredStatus::Stopped {
            continue;
        }
        world.clock.turn(Turn::Clients, 0).await;
        let arn = task.arn().to_string();
        let mut stopped = false;
        for _ in 0..STOP_ATTEMPTS_MAX {
            stopped = clients.stop(&arn, &task.cluster).await.is_ok();
            if stopped {
                break;
            }
            world.clock.turn(Turn::Clients, 1_000).await;
        }
        if !stopped {
            world
                .trace
                .violation(&format!("{arn} cannot be stopped though nothing is wrong"));
        }
    }
}

fn empty(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for task in world.ledger.tasks() {
        if !task.is_stopped() {
            found.push(format!(
                "{} was stopped long ago and is {}",
                task.arn(),
                task.last_status.as_str()
            ));
        }
    }
    for arn in world.witness.running() {
        found.push(format!("{arn} runs after all was stopped"));
    }
    let (interfaces, leases, _) = world.ledger.leftovers();
    if interfaces + leases > 0 {
        found.push(format!(
            "{interfaces} interfaces and {leases} address leases are left of stopped tasks"
        ));
    }
    found
}
