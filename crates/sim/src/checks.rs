//! Holds what the API says against what is recorded, and that against what is so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use records::ecs::{DesiredStatus, Task, TaskStatus};

use crate::clients::{CLUSTERS, Clients, DESCRIBE_MAX};
use crate::clock::Turn;
use crate::world::World;

/// How often all is looked at, in milliseconds.
const PERIOD_MILLIS: u64 = 10_000;
/// For how long the API may show a task as RUNNING that runs no more: the longest time that a
/// node is down or hangs, and what its report then takes.
pub(crate) const TRUTH_DELAY_MAX_MILLIS: u64 = 180_000;

/// The checks of one simulation.
pub(crate) struct Checks {
    world: Arc<World>,
    clients: Arc<Clients>,
    compared: AtomicUsize,
}

impl Checks {
    /// Checks that have not looked yet.
    #[must_use]
    pub(crate) fn new(world: Arc<World>, clients: Arc<Clients>) -> Self {
        Self {
            world,
            clients,
            compared: AtomicUsize::new(0),
        }
    }

    /// Looks again and again, for ever.
    pub(crate) async fn run(&self) {
        loop {
            self.world.clock.turn(Turn::Checks, PERIOD_MILLIS).await;
            self.look().await;
        }
    }

    /// How often what the API says could be compared.
    #[must_use]
    pub(crate) fn compared(&self) -> usize {
        self.compared.load(Ordering::Relaxed)
    }

    /// Looks once; true where the API answered at once, so that it could be compared.
    pub(crate) async fn look(&self) -> bool {
        self.old_news();
        let now = self.world.clock.millis();
        let tasks = self.world.ledger.tasks();
        let Some(said) = self.ask(&tasks).await else {
            return false;
        };
        // Nothing is written in this turn, so what is recorded is what the API had to go by.
        if self.world.clock.millis() != now {
            return false;
        }
        self.compare(&tasks, &said);
        self.compared.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// No task is RUNNING for long that runs no more.
    fn old_news(&self) {
        let now = self.world.clock.millis();
        for task in self.world.ledger.tasks() {
            let arn = task.arn().to_string();
            let over = self.world.witness.sighting(&arn).filter(|one| !one.running);
            if let Some(over) = over
                && task.last_status == TaskStatus::Running
                && now - over.since > TRUTH_DELAY_MAX_MILLIS
            {
                self.world.trace.violation(&format!(
                    "{arn} is RUNNING and has not run for {} ms",
                    now - over.since
                ));
            }
        }
    }

    async fn ask(&self, tasks: &[Task]) -> Option<Said> {
        let mut said = Said::default();
        for cluster in self.clients.describe_clusters().await.ok()? {
            let counts = (
                cluster.running_tasks_count.unwrap_or(-1),
                cluster.pending_tasks_count.unwrap_or(-1),
            );
            let name = cluster.cluster_name.unwrap_or_default();
            said.counts.insert(name, counts);
        }
        for cluster in CLUSTERS {
            for stopped in [false, true] {
                let listed = self.clients.list(cluster, stopped, None).await.ok()?;
                said.listed
                    .extend(listed.into_iter().map(|arn| (arn, stopped)));
            }
            let arns: Vec<String> = tasks
                .iter()
                .filter(|task| task.cluster == cluster)
                .map(|task| task.arn().to_string())
                .collect();
            for arns in arns.chunks(DESCRIBE_MAX) {
                for task in self.clients.describe(cluster, arns.to_vec()).await.ok()? {
                    let arn = task.task_arn.unwrap_or_default();
                    let status = task.last_status.unwrap_or_default();
                    let desired = task.desired_status.unwrap_or_default();
                    said.described.insert(arn, (status, desired));
                }
            }
        }
        Some(said)
    }

    fn compare(&self, tasks: &[Task], said: &Said) {
        let broken = |what: String| self.world.trace.violation(&what);
        let described: BTreeMap<String, (String, String)> = tasks
            .iter()
            .map(|task| {
                let status = task.last_status.as_str().to_owned();
                let desired = task.desired_status.as_str().to_owned();
                (task.arn().to_string(), (status, desired))
            })
            .collect();
        if described != said.described {
            broken(format!(
                "DescribeTasks shows {:?}, and recorded is {described:?}",
                said.described
            ));
        }
        let listed: BTreeSet<(String, bool)> = tasks
            .iter()
            .map(|task| {
                let stopped = task.desired_status == DesiredStatus::Stopped;
                (task.arn().to_string(), stopped)
            })
            .collect();
        if listed != said.listed {
            let differ: Vec<_> = listed.symmetric_difference(&said.listed).collect();
            broken(format!("ListTasks and the records differ in {differ:?}"));
        }
        // The counts are held against what DescribeTasks shows.
        for cluster in CLUSTERS {
            let part = format!(":task/{cluster}/");
            let statuses: Vec<&str> = said
                .described
                .iter()
                .filter(|(arn, _)| arn.contains(&part))
                .map(|(_, (status, _))| status.as_str())
                .collect();
            let count = |of: &[&str]| {
                let count = statuses.iter().filter(|status| of.contains(status)).count();
                i32::try_from(count).unwrap_or(i32::MAX)
            };
            let expected = (
                count(&["RUNNING", "DEACTIVATING", "STOPPING"]),
                count(&["PROVISIONING", "PENDING", "ACTIVATING"]),
            );
            let shown = said.counts.get(cluster).copied();
            if shown != Some(expected) {
                broken(format!(
                    "DescribeClusters counts {shown:?} running and pending in {cluster}, and DescribeTasks {expected:?}"
                ));
            }
        }
    }
}

/// What the API says of everything at one moment.
#[derive(Debug, Default)]
struct Said {
    /// Running and pending tasks, by cluster.
    counts: BTreeMap<String, (i32, i32)>,
    /// Tasks, with whether they are listed as wanted STOPPED.
    listed: BTreeSet<(String, bool)>,
    /// Last and desired status, by task.
    described: BTreeMap<String, (String, String)>,
}
