//! A task's life: what a report, a stop or a failure makes of it.
//!
//! Each function takes the task as it is and gives it as it will be, or `None` where nothing
//! changes. A task only ever goes on in the order of [`TaskStatus`]; a report that comes late or
//! twice changes nothing.

use ambient::Timestamp;
use records::ecs::{
    Container, ContainerHealth, ContainerStatus, DesiredStatus, HealthStatus, NetworkBinding,
    StopCode, Task, TaskStatus,
};

use crate::sentences;

/// What a node says of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How far the task is, where the node says so.
    pub status: Option<ReportedStatus>,
    /// Why, in words; empty where there is nothing to say.
    pub reason: String,
    /// How far its containers are.
    pub containers: Vec<ContainerReport>,
    /// When images began to be pulled.
    pub pull_started_at: Option<Timestamp>,
    /// When they were there.
    pub pull_stopped_at: Option<Timestamp>,
    /// When the last container ended.
    pub execution_stopped_at: Option<Timestamp>,
    /// True where it says that the task's interface is there.
    pub attached: bool,
}

/// The two things that a node can say of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportedStatus {
    /// All its containers that must run do.
    Running,
    /// None of its containers runs, and its interface is free.
    Stopped,
}

/// What a node says of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerReport {
    /// Its name in the definition.
    pub name: String,
    /// How far it is.
    pub status: ContainerStatus,
    /// What it ended with.
    pub exit_code: Option<i32>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The node's own id for it.
    pub runtime_id: Option<String>,
    /// The digest that was run.
    pub image_digest: Option<String>,
    /// Which ports of the host lead to it; empty where the node says nothing of them.
    pub network_bindings: Vec<NetworkBinding>,
}

/// The task after `report`.
#[must_use]
pub fn after_report(task: &Task, report: &Report, now: Timestamp) -> Option<Task> {
    if task.is_stopped() {
        return None;
    }
    let mut next = task.clone();
    for said in &report.containers {
        merge_container(&mut next, said);
    }
    next.network.attached |= report.attached;
    let timeline = &mut next.timeline;
    timeline.pull_started_at = timeline.pull_started_at.or(report.pull_started_at);
    timeline.pull_stopped_at = timeline.pull_stopped_at.or(report.pull_stopped_at);
    match report.status {
        Some(ReportedStatus::Running) if next.last_status < TaskStatus::Running => {
            next.last_status = TaskStatus::Running;
            next.timeline.started_at = Some(now);
        }
        Some(ReportedStatus::Stopped) => {
            next.timeline.execution_stopped_at = Some(report.execution_stopped_at.unwrap_or(now));
            end(&mut next, &report.reason, now);
        }
        _ => {}
    }
    changed(task, next)
}

/// The task after somebody asked for its end.
#[must_use]
pub fn after_stop(task: &Task, code: StopCode, reason: &str, now: Timestamp) -> Option<Task> {
    if task.desired_status == DesiredStatus::Stopped {
        return None;
    }
    let mut next = task.clone();
    next.desired_status = DesiredStatus::Stopped;
    next.stop_code = Some(code);
    next.stopped_reason = Some(reason.to_owned());
    next.timeline.stopping_at = Some(now);
    if next.node.is_none() {
        // No node knows of it: there is nothing to wait for.
        end(&mut next, reason, now);
    }
    changed(task, next)
}

/// The task once its stop was sent to its node.
#[must_use]
pub fn after_stop_sent(task: &Task) -> Option<Task> {
    let stopping =
        task.desired_status == DesiredStatus::Stopped && task.last_status < TaskStatus::Stopping;
    if !stopping {
        return None;
    }
    let mut next = task.clone();
    next.last_status = TaskStatus::Stopping;
    changed(task, next)
}

/// The task once its node is given up: over, though nobody has said so. Its interface stays its own
/// until the node has spoken.
#[must_use]
pub fn after_loss(task: &Task, reason: &str, now: Timestamp) -> Option<Task> {
    if task.is_stopped() {
        return None;
    }
    let mut next = task.clone();
    next.stop_code = next.stop_code.or(Some(StopCode::TerminationNotice));
    next.stopped_reason.get_or_insert_with(|| reason.to_owned());
    let interface = next.network.interface_id.clone();
    end(&mut next, reason, now);
    next.network.interface_id = interface;
    changed(task, next)
}

/// The task that is over once its interface is free.
#[must_use]
pub fn after_release(task: &Task) -> Option<Task> {
    if !task.is_stopped() || task.network.interface_id.is_none() {
        return None;
    }
    let mut next = task.clone();
    next.network.interface_id = None;
    // Nothing of it is shown, so its version stays.
    Some(next)
}

/// The task after a health check of a container was heard of. News of a container without a check, or
/// of a task that is over, changes nothing.
///
/// What is heard last is so: news is in order within a session, and only a node's newest session is
/// heard. `since` is the node's own clock, which may be set back, and decides nothing.
#[must_use]
pub fn after_health(task: &Task, container: &str, health: ContainerHealth) -> Option<Task> {
    if task.is_stopped() {
        return None;
    }
    let mut next = task.clone();
    let known = next
        .containers
        .iter_mut()
        .find(|one| one.name == container)?
        .health
        .as_mut()?;
    *known = health;
    changed(task, next)
}

/// How healthy a task is: as its essential containers with health checks are, unhealthy before
/// unknown before healthy (Amazon ECS API reference, `HealthCheck`).
#[must_use]
pub fn health(task: &Task) -> HealthStatus {
    let checked: Vec<HealthStatus> = task
        .containers
        .iter()
        .filter(|container| container.essential)
        .filter_map(|container| Some(container.health?.status))
        .collect();
    if checked.contains(&HealthStatus::Unhealthy) {
        HealthStatus::Unhealthy
    } else if checked.is_empty() || checked.contains(&HealthStatus::Unknown) {
        HealthStatus::Unknown
    } else {
        HealthStatus::Healthy
    }
}

fn merge_container(task: &mut Task, said: &ContainerReport) {
    let Some(container) = task
        .containers
        .iter_mut()
        .find(|container| container.name == said.name)
    else {
        return;
    };
    if said.status < container.status {
        return;
    }
    container.status = said.status;
    for (known, said) in [
        (&mut container.reason, &said.reason),
        (&mut container.runtime_id, &said.runtime_id),
        (&mut container.image_digest, &said.image_digest),
    ] {
        if said.is_some() {
            known.clone_from(said);
        }
    }
    container.exit_code = container.exit_code.or(said.exit_code);
    if !said.network_bindings.is_empty() {
        container
            .network_bindings
            .clone_from(&said.network_bindings);
    }
}

fn end(task: &mut Task, reason: &str, now: Timestamp) {
    let ran = task.timeline.started_at.is_some();
    if task.stop_code.is_none() {
        let (code, sentence) = if ran {
            (
                StopCode::EssentialContainerExited,
                sentences::ESSENTIAL_CONTAINER_EXITED,
            )
        } else if task.containers.iter().any(could_not_start) {
            // Others may have run, and been stopped because of it.
            (StopCode::TaskFailedToStart, sentences::TASK_FAILED_TO_START)
        } else if task
            .containers
            .iter()
            .any(|container| container.exit_code.is_some())
        {
            // It was over before the node could say that it ran.
            (
                StopCode::EssentialContainerExited,
                sentences::ESSENTIAL_CONTAINER_EXITED,
            )
        } else {
            (StopCode::TaskFailedToStart, sentences::TASK_FAILED_TO_START)
        };
        task.stop_code = Some(code);
        let words = if reason.is_empty() { sentence } else { reason };
        task.stopped_reason = Some(words.to_owned());
    }
    task.desired_status = DesiredStatus::Stopped;
    task.last_status = TaskStatus::Stopped;
    task.timeline.stopping_at = task.timeline.stopping_at.or(Some(now));
    task.timeline.stopped_at = Some(now);
    for container in &mut task.containers {
        container.status = ContainerStatus::Stopped;
    }
    task.network.interface_id = None;
}

/// True of what the task cannot be without, and that has a reason for never having run.
fn could_not_start(container: &Container) -> bool {
    container.essential && container.exit_code.is_none() && container.reason.is_some()
}

fn changed(before: &Task, mut after: Task) -> Option<Task> {
    if *before == after {
        return None;
    }
    after.version += 1;
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use proptest::prelude::*;

    fn container(status: ContainerStatus, exit_code: Option<i32>) -> ContainerReport {
        ContainerReport {
            name: "app".into(),
            status,
            exit_code,
            reason: None,
            runtime_id: Some("r1".into()),
            image_digest: None,
            network_bindings: Vec::new(),
        }
    }

    fn report(status: ReportedStatus, exit_code: Option<i32>) -> Report {
        let container_status = match status {
            ReportedStatus::Running => ContainerStatus::Running,
            ReportedStatus::Stopped => ContainerStatus::Stopped,
        };
        Report {
            status: Some(status),
            containers: vec![container(container_status, exit_code)],
            ..Report::default()
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_task_that_runs_and_ends() {
        let task = fixtures::placed_task();
        let running = after_report(&task, &report(ReportedStatus::Running, None), at(2)).unwrap();
        assert_eq!(running.last_status, TaskStatus::Running);
        assert_eq!(running.timeline.started_at, Some(at(2)));
        assert_eq!(running.version, task.version + 1);
        let ended =
            after_report(&running, &report(ReportedStatus::Stopped, Some(7)), at(9)).unwrap();
        assert_eq!(ended.last_status, TaskStatus::Stopped);
        assert_eq!(ended.stop_code, Some(StopCode::EssentialContainerExited));
        assert_eq!(
            ended.stopped_reason.as_deref(),
            Some("Essential container in task exited")
        );
        assert_eq!(ended.containers[0].exit_code, Some(7));
        assert_eq!(ended.network.interface_id, None);
    }

    #[test]
    fn old_news_never_wins() {
        let task = fixtures::placed_task();
        let ended = after_report(&task, &report(ReportedStatus::Stopped, Some(0)), at(1)).unwrap();
        assert_eq!(
            after_report(&ended, &report(ReportedStatus::Running, None), at(2)),
            None
        );
        let running = after_report(&task, &report(ReportedStatus::Running, None), at(1)).unwrap();
        assert_eq!(
            after_report(&running, &report(ReportedStatus::Running, None), at(2)),
            None
        );
    }

    #[test]
    fn a_task_of_which_an_essential_container_never_ran_failed_to_start() {
        let mut task = fixtures::placed_task();
        let mut db = task.containers[0].clone();
        db.name = "db".into();
        db.exit_code = Some(137);
        task.containers.push(db);
        let ended = |reason: Option<&str>, essential: bool| {
            let mut task = task.clone();
            task.containers[0].reason = reason.map(str::to_owned);
            task.containers[0].essential = essential;
            end(&mut task, "", at(1));
            task.stop_code.unwrap()
        };
        let why = Some("CannotStartContainerError: dependency graph: ...");
        assert_eq!(ended(why, true), StopCode::TaskFailedToStart);
        assert_eq!(ended(why, false), StopCode::EssentialContainerExited);
        // Not started because another had ended.
        assert_eq!(ended(None, true), StopCode::EssentialContainerExited);
    }

    #[test]
    fn a_task_that_could_not_start_says_why() {
        let task = fixtures::placed_task();
        let report = Report {
            status: Some(ReportedStatus::Stopped),
            reason: "CannotPullContainerError: not found".into(),
            ..Report::default()
        };
        let ended = after_report(&task, &report, at(1)).unwrap();
        assert_eq!(ended.stop_code, Some(StopCode::TaskFailedToStart));
        assert_eq!(
            ended.stopped_reason.as_deref(),
            Some("CannotPullContainerError: not found")
        );
    }

    #[test]
    fn a_stop_keeps_its_own_reason_through_the_end() {
        let task = fixtures::placed_task();
        let stopping = after_stop(&task, StopCode::UserInitiated, "enough", at(3)).unwrap();
        assert_eq!(stopping.desired_status, DesiredStatus::Stopped);
        assert_eq!(stopping.last_status, TaskStatus::Pending);
        assert_eq!(
            after_stop(&stopping, StopCode::UserInitiated, "again", at(4)),
            None
        );
        let sent = after_stop_sent(&stopping).unwrap();
        assert_eq!(sent.last_status, TaskStatus::Stopping);
        let ended =
            after_report(&sent, &report(ReportedStatus::Stopped, Some(143)), at(5)).unwrap();
        assert_eq!(ended.stop_code, Some(StopCode::UserInitiated));
        assert_eq!(ended.stopped_reason.as_deref(), Some("enough"));
    }

    #[test]
    fn a_task_is_as_healthy_as_its_essential_containers() {
        use HealthStatus::{Healthy, Unhealthy, Unknown};
        let with = |containers: &[(bool, Option<HealthStatus>)]| {
            let mut task = fixtures::placed_task();
            let container = task.containers[0].clone();
            task.containers = containers
                .iter()
                .map(|(essential, status)| records::ecs::Container {
                    essential: *essential,
                    health: status.map(|status| ContainerHealth {
                        status,
                        since: at(1),
                    }),
                    ..container.clone()
                })
                .collect();
            health(&task)
        };
        let all = [Some(Unhealthy), Some(Unknown), Some(Healthy)];
        assert_eq!(with(&all.map(|status| (true, status))), Unhealthy);
        assert_eq!(
            with(&[(true, Some(Healthy)), (true, Some(Unknown))]),
            Unknown
        );
        assert_eq!(with(&[(true, Some(Healthy)), (true, None)]), Healthy);
        assert_eq!(
            with(&[(true, Some(Healthy)), (false, Some(Unhealthy))]),
            Healthy
        );
        assert_eq!(with(&[(true, None), (false, Some(Healthy))]), Unknown);
    }

    #[test]
    fn a_task_that_no_node_has_ends_at_once() {
        let mut task = fixtures::placed_task();
        task.node = None;
        task.last_status = TaskStatus::Provisioning;
        let ended = after_stop(&task, StopCode::UserInitiated, "enough", at(3)).unwrap();
        assert!(ended.is_stopped());
    }

    /// What a node may say of a container's health; its clock goes as it likes.
    fn any_health() -> impl Strategy<Value = ContainerHealth> {
        let statuses = [
            HealthStatus::Healthy,
            HealthStatus::Unhealthy,
            HealthStatus::Unknown,
        ];
        (proptest::sample::select(statuses.to_vec()), 0_i64..4).prop_map(|(status, since)| {
            ContainerHealth {
                status,
                since: at(since),
            }
        })
    }

    proptest! {
        #[test]
        fn health_is_what_was_heard_last_whatever_the_clock_of_the_node(
            news in proptest::collection::vec(any_health(), 1..12),
        ) {
            let mut task = fixtures::placed_task();
            task.containers[0].health = Some(ContainerHealth {
                status: HealthStatus::Unknown,
                since: at(2),
            });
            for said in news {
                let before = task.containers[0].health;
                match after_health(&task, "app", said) {
                    Some(next) => {
                        prop_assert_eq!(next.version, task.version + 1);
                        task = next;
                    }
                    None => prop_assert_eq!(before, Some(said), "what is told again is no change"),
                }
                prop_assert_eq!(task.containers[0].health, Some(said));
                prop_assert_eq!(health(&task), said.status);
            }
        }

        #[test]
        fn a_task_never_goes_back(steps in proptest::collection::vec(0_u8..4, 0..12)) {
            let mut task = fixtures::placed_task();
            for (step, second) in steps.into_iter().zip(1..) {
                let next = match step {
                    0 => after_report(&task, &report(ReportedStatus::Running, None), at(second)),
                    1 => after_report(&task, &report(ReportedStatus::Stopped, Some(1)), at(second)),
                    2 => after_stop(&task, StopCode::UserInitiated, "stop", at(second)),
                    _ => after_stop_sent(&task),
                };
                if let Some(next) = next {
                    prop_assert!(next.last_status >= task.last_status);
                    prop_assert!(next.version > task.version);
                    prop_assert!(!task.is_stopped(), "a stopped task changed");
                    task = next;
                }
            }
            if task.is_stopped() {
                prop_assert!(task.stop_code.is_some() && task.stopped_reason.is_some());
                prop_assert!(task.containers.iter().all(|c| c.status == ContainerStatus::Stopped));
            }
        }
    }
}
