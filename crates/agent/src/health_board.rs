//! What health checks have found, on its way to the control plane.
//!
//! Owners write here; the session sends. A task is shown once the control plane knows that it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use agent_wire::{ContainerHealth, TaskHealth};
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct Entry {
    health: TaskHealth,
    shown: bool,
}

#[derive(Debug, Default)]
struct Entries {
    by_arn: BTreeMap<String, Entry>,
    changed: BTreeSet<String>,
}

/// The health of this node's tasks.
#[derive(Debug, Default)]
pub(crate) struct HealthBoard {
    entries: Mutex<Entries>,
    news: Notify,
}

impl HealthBoard {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a task, of which nothing is known yet.
    pub(crate) fn begin(&self, task: &agent_wire::Task) {
        let health = TaskHealth {
            task_arn: task.arn.clone(),
            task_definition_family: task.family.clone(),
            task_definition_version: task.version.clone(),
            containers: Vec::new(),
        };
        let entry = Entry {
            health,
            shown: false,
        };
        self.entries().by_arn.insert(task.arn.clone(), entry);
    }

    /// Writes a container's health.
    pub(crate) fn write(&self, arn: &str, found: ContainerHealth) {
        let mut entries = self.entries();
        if let Some(entry) = entries.by_arn.get_mut(arn) {
            let containers = &mut entry.health.containers;
            containers.retain(|one| one.container_name != found.container_name);
            containers.push(found);
            entries.changed.insert(arn.to_owned());
            self.news.notify_one();
        }
    }

    /// The control plane knows that the task runs.
    pub(crate) fn show(&self, arn: &str) {
        let mut entries = self.entries();
        if let Some(entry) = entries.by_arn.get_mut(arn) {
            entry.shown = true;
            entries.changed.insert(arn.to_owned());
            self.news.notify_one();
        }
    }

    /// The task is over.
    pub(crate) fn end(&self, arn: &str) {
        let mut entries = self.entries();
        entries.by_arn.remove(arn);
        entries.changed.remove(arn);
    }

    /// All that is shown.
    pub(crate) fn all(&self) -> Vec<TaskHealth> {
        let mut entries = self.entries();
        entries.changed.clear();
        entries.by_arn.values().filter_map(Entry::said).collect()
    }

    /// Waits until something has changed, and gives that. Where the future is dropped, nothing is lost.
    pub(crate) async fn changes(&self) -> Vec<TaskHealth> {
        loop {
            {
                let mut entries = self.entries();
                let changed = std::mem::take(&mut entries.changed);
                let said = changed
                    .iter()
                    .filter_map(|arn| entries.by_arn.get(arn)?.said());
                let said: Vec<TaskHealth> = said.collect();
                if !said.is_empty() {
                    return said;
                }
            }
            self.news.notified().await;
        }
    }
}

impl Entry {
    fn said(&self) -> Option<TaskHealth> {
        (self.shown && !self.health.containers.is_empty()).then(|| self.health.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_task_is_shown_once_it_is_known_to_run() {
        let board = HealthBoard::default();
        let task = agent_wire::Task {
            arn: "arn".into(),
            ..agent_wire::Task::default()
        };
        let healthy = |name: &str| ContainerHealth {
            container_name: name.into(),
            health_status: "HEALTHY".into(),
            status_since: 1.0,
        };
        board.begin(&task);
        board.write("arn", healthy("app"));
        board.write("other", healthy("app"));
        assert_eq!(board.all(), []);
        board.show("arn");
        let said = board.changes().now_or_never().unwrap();
        assert_eq!(said[0].containers, [healthy("app")]);
        assert_eq!(board.changes().now_or_never(), None, "nothing is new");
        board.write("arn", healthy("app"));
        board.write("arn", healthy("db"));
        let said = board.changes().now_or_never().unwrap();
        assert_eq!(said[0].containers, [healthy("app"), healthy("db")]);
        assert_eq!(board.all().len(), 1);
        board.end("arn");
        assert_eq!(board.all(), []);
    }
}
