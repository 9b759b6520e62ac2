//! `sim`: the control plane with many pretend nodes, measured.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// What one RunTask may ask for.
const REQUEST_TASKS: usize = 10;

/// Measures the control plane on many nodes that only pretend.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Runs tasks on pretend nodes, through handlers, store, reconcilers and encoded frames.
    Tasks {
        /// How many nodes.
        #[arg(long, default_value_t = 1000)]
        nodes: usize,
        /// How many tasks.
        #[arg(long, default_value_t = 5000)]
        tasks: usize,
        /// What everything random comes from.
        #[arg(long, env = "SIM_SEED", default_value_t = 1)]
        seed: u64,
    },
    /// Decides on placements, and does nothing else.
    Planner {
        /// How many nodes.
        #[arg(long, default_value_t = 5000)]
        nodes: usize,
        /// How many tasks.
        #[arg(long, default_value_t = 100_000)]
        tasks: usize,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().what {
        What::Tasks { nodes, tasks, seed } => run_tasks(nodes, tasks, seed),
        What::Planner { nodes, tasks } => plan(nodes, tasks),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_tasks(nodes: usize, tasks: usize, seed: u64) -> Result<(), String> {
    let measured = sim::bench::measure(nodes, tasks, seed).map_err(|error| error.to_string())?;
    println!("seed                      {seed}");
    println!("nodes                     {nodes}");
    println!("tasks                     {tasks}");
    println!(
        "nodes connected           {:.2} s",
        seconds(measured.connected)
    );
    println!(
        "all tasks placed          {:.2} s",
        seconds(measured.placed)
    );
    println!(
        "all tasks RUNNING         {:.2} s",
        seconds(measured.running)
    );
    println!(
        "placements per second     {:.0}",
        rate(tasks, measured.placed)
    );
    println!(
        "RUNNING per second        {:.0}",
        rate(tasks, measured.running)
    );
    println!(
        "simulated until RUNNING   {:.2} s",
        seconds(Duration::from_millis(measured.running_simulated_millis))
    );
    println!("store revisions           {}", measured.revisions);
    Ok(())
}

fn plan(nodes: usize, tasks: usize) -> Result<(), String> {
    let fargate = sim::planner::fargate(nodes, tasks)?;
    let requests = sim::planner::instances(nodes, tasks, REQUEST_TASKS)?;
    let instances = sim::planner::instances(nodes, tasks, tasks)?;
    println!("nodes                     {nodes}");
    println!(
        "Fargate placements per second  {:.0}",
        rate(fargate.placements, fargate.time)
    );
    println!(
        "instance placements per second  {:.0}",
        rate(instances.placements, instances.time)
    );
    println!(
        "RunTask's instance placements per second  {:.0}",
        rate(requests.placements, requests.time)
    );
    Ok(())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// How many a second.
fn rate(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / seconds(time).max(f64::EPSILON)
}
