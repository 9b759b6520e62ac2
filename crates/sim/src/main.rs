//! `sim`: the control plane with many pretend nodes, measured.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// Runs many tasks on many pretend nodes, and prints how fast the control plane was.
#[derive(Parser)]
struct Arguments {
    /// How many nodes.
    #[arg(long, default_value_t = 1000)]
    nodes: usize,
    /// How many tasks.
    #[arg(long, default_value_t = 5000)]
    tasks: usize,
    /// What everything random comes from.
    #[arg(long, env = "SIM_SEED", default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let Arguments { nodes, tasks, seed } = Arguments::parse();
    match sim::bench::measure(nodes, tasks, seed) {
        Ok(measured) => {
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
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// How many a second.
fn rate(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / seconds(time).max(f64::EPSILON)
}
