//! A few hundred small simulations. `SIM_SEED` runs one alone, `SIM_STEPS` sizes each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by a panic what is wrong"
)]

use std::env;

use sim::{Options, Report, Weakness, run};

/// How many seeds each of the four parts runs.
const SEEDS_PER_PART: u64 = 50;
/// How many seeds a weakness may take until it is seen.
const WEAKNESS_SEEDS_MAX: u64 = 60;

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

fn options(seed: u64) -> Options {
    let mut options = Options::small(seed);
    if let Some(steps) = number("SIM_STEPS") {
        options.steps = steps.try_into().unwrap();
    }
    options
}

fn good(seed: u64) -> Report {
    let report = run(options(seed)).unwrap();
    assert!(report.violations.is_empty(), "{}", report.failure());
    report
}

/// The seeds of one part; the first part alone runs the one that was asked for.
fn part(part: u64) {
    if let Some(seed) = number("SIM_SEED") {
        if part == 0 {
            good(seed);
        }
        return;
    }
    let mut reports = Vec::new();
    for seed in part * SEEDS_PER_PART..(part + 1) * SEEDS_PER_PART {
        reports.push(good(seed));
    }
    // A run in which nothing happened would prove nothing.
    let sum = |of: fn(&Report) -> usize| reports.iter().map(of).sum::<usize>();
    let runs = reports.len();
    let happened = [
        ("tasks that ran", sum(|one| one.starts), 8),
        ("tasks forgotten", sum(|one| one.figures.forgotten), 8),
        ("tasks never placed", sum(|one| one.figures.never_placed), 1),
        ("lives of the control plane", sum(|one| one.lives), 3),
        ("comparisons", sum(|one| one.compared), 5),
        ("good answers", sum(|one| one.answers), 15),
    ];
    for (what, count, least_per_run) in happened {
        println!("{what}: {count} in {runs} runs");
        assert!(count >= least_per_run * runs, "too few {what}");
    }
    assert!(sum(|one| one.conflicts) > 0, "no conflict was provoked");
}

#[test]
fn seeds_of_part_one() {
    part(0);
}

#[test]
fn seeds_of_part_two() {
    part(1);
}

#[test]
fn seeds_of_part_three() {
    part(2);
}

#[test]
fn seeds_of_part_four() {
    part(3);
}

#[test]
fn a_seed_gives_the_same_run_again() {
    for seed in 1_000..1_005 {
        let (first, second) = (run(options(seed)).unwrap(), run(options(seed)).unwrap());
        let differ = first
            .trace
            .iter()
            .zip(&second.trace)
            .position(|(a, b)| a != b);
        if let Some(at) = differ {
            let part = |trace: &[String]| trace[at.saturating_sub(10)..][..20].join("\n");
            let (first, second) = (part(&first.trace), part(&second.trace));
            panic!("seed {seed} gave\n{first}\nand then\n{second}");
        }
        assert_eq!(first.digest, second.digest, "seed {seed}");
        assert_eq!(first.figures, second.figures, "seed {seed}");
    }
}

/// A check that sees nothing is worth nothing: with each of these done wrongly, some seed must
/// break what the check holds.
fn is_seen(weakness: Weakness, complaint: &str) {
    let mut others = Vec::new();
    for seed in 0..WEAKNESS_SEEDS_MAX {
        let mut options = Options::small(seed);
        options.weakness = Some(weakness);
        let report = run(options).unwrap();
        if report.violations.iter().any(|one| one.contains(complaint)) {
            println!("{weakness:?} is seen with seed {seed}");
            return;
        }
        others.extend(report.violations);
    }
    panic!("{weakness:?} goes unseen in {WEAKNESS_SEEDS_MAX} seeds; seen were {others:#?}");
}

#[test]
fn a_store_that_compares_nothing_is_seen() {
    is_seen(Weakness::StoreComparesNothing, "");
}

#[test]
fn a_node_that_starts_a_task_again_is_seen() {
    is_seen(Weakness::NodeStartsAgain, "is started twice");
}

#[test]
fn a_node_that_forgets_ended_tasks_is_seen() {
    is_seen(
        Weakness::NodeForgetsEnded,
        "is taken on after it had stopped",
    );
}

#[test]
fn a_node_that_keeps_quiet_of_losses_is_seen() {
    is_seen(Weakness::NodeKeepsQuietOfLosses, "is RUNNING and");
}

#[test]
fn a_node_that_lies_about_stops_is_seen() {
    is_seen(Weakness::NodeLiesAboutStops, "is STOPPED and runs");
}

#[test]
fn a_node_that_ignores_stops_is_seen() {
    is_seen(Weakness::NodeIgnoresStops, "has not stopped");
}

#[test]
fn many_tasks_on_many_nodes_all_run() {
    let measured = sim::bench::measure(20, 60, 1).unwrap();
    assert!(measured.placed <= measured.running);
}
