//! What clients asked for and were told, so that it can be held against what came of it.

use std::collections::{BTreeMap, BTreeSet};

use aws_api::ecs as model;

/// A RunTask, sent once or, with a client token, several times.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its `startedBy`, by which its tasks are known.
    pub(crate) label: String,
    /// Its client token.
    pub(crate) token: Option<String>,
    /// The cluster.
    pub(crate) cluster: String,
    /// The definition's family.
    pub(crate) family: String,
    /// How many tasks.
    pub(crate) count: usize,
    /// The tasks of each good answer.
    pub(crate) answers: Vec<BTreeSet<String>>,
}

/// What all clients know.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// Every RunTask.
    pub(crate) sent: Vec<Request>,
    /// The tasks that a client was told of, with their cluster.
    pub(crate) tasks: BTreeMap<String, String>,
    /// The status that each was last seen in, as its place in a task's life.
    seen: BTreeMap<String, usize>,
    /// Good answers, by operation.
    pub(crate) answered: BTreeMap<&'static str, usize>,
    /// Conflicts that were provoked and answered as such.
    pub(crate) conflicts: usize,
}

/// The statuses of a task in their order, as the API shows them.
const STATUSES: [&str; 8] = [
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
];

impl Requests {
    /// Takes a task as a client was shown it; what is wrong with that, if anything.
    pub(crate) fn shown(&mut self, task: &model::Task) -> Option<String> {
        let arn = task.task_arn.clone().unwrap_or_default();
        let status = task.last_status.as_deref().unwrap_or_default();
        let Some(place) = STATUSES.iter().position(|one| *one == status) else {
            return Some(format!("{arn} is shown with the status '{status}'"));
        };
        let before = self.seen.insert(arn.clone(), place);
        if before.is_some_and(|before| before > place) {
            return Some(format!("{arn} is shown as {status} and was further before"));
        }
        let desired = task.desired_status.as_deref().unwrap_or_default();
        if status == "STOPPED" && desired != "STOPPED" {
            return Some(format!("{arn} is shown as STOPPED and wanted {desired}"));
        }
        None
    }

    /// Counts a good answer.
    pub(crate) fn count(&mut self, operation: &'static str) {
        *self.answered.entry(operation).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_is_shown_to_go_back_is_told() {
        let shown = |status: &str| model::Task {
            task_arn: Some("t".into()),
            last_status: Some(status.into()),
            desired_status: Some("STOPPED".into()),
            ..model::Task::default()
        };
        let mut requests = Requests::default();
        assert_eq!(requests.shown(&shown("PENDING")), None);
        assert_eq!(requests.shown(&shown("RUNNING")), None);
        assert_eq!(requests.shown(&shown("RUNNING")), None);
        assert!(requests.shown(&shown("PENDING")).is_some());
        assert!(requests.shown(&shown("ASLEEP")).is_some());
    }
}
