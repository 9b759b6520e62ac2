//! What is to be done next for a task. Pure: looks at where its containers are, nothing else.

pub(crate) mod health;
pub(crate) mod links;
pub(crate) mod restart;
pub(crate) mod volumes;

use std::time::Duration;

use agent_wire::{Container, ContainerDependency};

use self::health::Health;

/// How long others wait for a container to come as far as they need, whatever its `startTimeout`: ECS
/// stops a task that was not started after three hours (aws/containers-roadmap#1532).
const START_TIMEOUT_MAX: Duration = Duration::from_secs(3 * 60 * 60);

/// How long others wait for a container with such a `startTimeout`, in seconds; 0 where it has none.
pub(crate) fn start_timeout(seconds: i64) -> Duration {
    match u64::try_from(seconds) {
        Ok(seconds) if seconds > 0 => Duration::from_secs(seconds).min(START_TIMEOUT_MAX),
        _ => START_TIMEOUT_MAX,
    }
}

/// Where one container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not started yet.
    Waiting,
    /// Started, not ended; also while its restart policy starts it again.
    Running,
    /// Ended, or will never start.
    Ended {
        /// What it ended with, where it ran and that is known.
        code: Option<i32>,
        /// True where it ran.
        ran: bool,
    },
}

/// A container as far as the next step depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) name: String,
    pub(crate) essential: bool,
    pub(crate) depends_on: Vec<ContainerDependency>,
    /// Containers that must have been started, because of `links` and `volumesFrom`.
    pub(crate) needs: Vec<String>,
    pub(crate) phase: Phase,
    /// What its health check says; absent where it has none.
    pub(crate) health: Option<Health>,
    /// While it runs: when those that wait for it to come further give up (`startTimeout`), on the
    /// monotonic clock.
    pub(crate) start_deadline: Option<Duration>,
    /// True once it was told to stop.
    pub(crate) stopping: bool,
}

impl Progress {
    /// A container that has not been started.
    pub(crate) fn waiting(container: &Container, has_check: bool) -> Self {
        let linked = container.links.iter().map(|link| links::parts(link).0);
        let shared = container
            .volumes_from
            .iter()
            .map(|from| from.source_container.as_str());
        Self {
            name: container.name.clone(),
            essential: container.essential,
            depends_on: container.depends_on.clone(),
            needs: linked.chain(shared).map(str::to_owned).collect(),
            phase: Phase::Waiting,
            health: has_check.then_some(Health::Unknown),
            start_deadline: None,
            stopping: false,
        }
    }
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Start these; their dependencies are met.
    Start(Vec<String>),
    /// Stop these; none that still runs depends on them.
    Stop(Vec<String>),
    /// A dependency can never be met, or was not in time: these will not start.
    GiveUp(Vec<(String, String)>),
    /// Nothing until a container ends or becomes healthy, a deadline passes, or the task is to stop.
    Wait,
    /// All containers have ended.
    Finished,
}

/// The next step. `stop` is true once the task is to end, whoever wants it.
pub(crate) fn next(containers: &[Progress], stop: bool, now: Duration) -> Step {
    if stop || is_over(containers) {
        return wind_down(containers);
    }
    let waiting = || containers.iter().filter(|one| one.phase == Phase::Waiting);
    let doomed: Vec<(String, String)> = waiting()
        .filter_map(|one| Some((one.name.clone(), impossible(one, containers, now)?)))
        .collect();
    if !doomed.is_empty() {
        return Step::GiveUp(doomed);
    }
    let ready: Vec<String> = waiting()
        .filter(|one| {
            dependencies(one).all(|(name, condition)| is_met(name, condition, containers))
        })
        .map(|one| one.name.clone())
        .collect();
    if !ready.is_empty() {
        return Step::Start(ready);
    }
    if containers.iter().any(|one| one.phase == Phase::Running) {
        return Step::Wait;
    }
    // Nothing runs that could change anything.
    let stuck = waiting().map(|one| {
        let reason = "its dependencies go round in a circle".to_owned();
        (one.name.clone(), reason)
    });
    Step::GiveUp(stuck.collect())
}

/// When [`next`] is to be asked again though nothing has happened.
pub(crate) fn next_deadline(containers: &[Progress]) -> Option<Duration> {
    let waiting = containers.iter().filter(|one| one.phase == Phase::Waiting);
    waiting
        .flat_map(dependencies)
        .filter(|(_, condition)| *condition != "START")
        .filter_map(|(name, _)| find(name, containers))
        .filter(|other| other.phase == Phase::Running)
        .filter_map(|other| other.start_deadline)
        .min()
}

/// True where the task is over by itself: an essential container has ended, or all have.
pub(crate) fn is_over(containers: &[Progress]) -> bool {
    let ended = |one: &Progress| matches!(one.phase, Phase::Ended { .. });
    containers.iter().any(|one| one.essential && ended(one)) || containers.iter().all(ended)
}

/// True where the task counts as running: nothing waits any more and something runs.
pub(crate) fn is_running(containers: &[Progress]) -> bool {
    containers.iter().all(|one| one.phase != Phase::Waiting)
        && containers.iter().any(|one| one.phase == Phase::Running)
}

fn wind_down(containers: &[Progress]) -> Step {
    let running = || containers.iter().filter(|one| one.phase == Phase::Running);
    if running().next().is_none() {
        return Step::Finished;
    }
    // The order of starting, reversed: first those that no running container depends on.
    let free: Vec<String> = running()
        .filter(|one| {
            !running().any(|other| {
                other
                    .depends_on
                    .iter()
                    .any(|wanted| wanted.container_name == one.name)
            })
        })
        .filter(|one| !one.stopping)
        .map(|one| one.name.clone())
        .collect();
    if free.is_empty() {
        Step::Wait
    } else {
        Step::Stop(free)
    }
}

fn find<'a>(name: &str, containers: &'a [Progress]) -> Option<&'a Progress> {
    containers.iter().find(|one| one.name == name)
}

/// What must be before the container starts: names and conditions.
fn dependencies(container: &Progress) -> impl Iterator<Item = (&str, &str)> {
    let declared = container
        .depends_on
        .iter()
        .map(|wanted| (wanted.container_name.as_str(), wanted.condition.as_str()));
    let needed = container.needs.iter().map(|name| (name.as_str(), "START"));
    declared.chain(needed)
}

fn is_met(name: &str, condition: &str, containers: &[Progress]) -> bool {
    let Some(other) = find(name, containers) else {
        return false;
    };
    match (condition, &other.phase) {
        ("START", Phase::Running | Phase::Ended { ran: true, .. })
        | ("COMPLETE", Phase::Ended { ran: true, .. })
        | (
            "SUCCESS",
            Phase::Ended {
                ran: true,
                code: Some(0),
            },
        ) => true,
        ("HEALTHY", Phase::Running) => other.health == Some(Health::Healthy),
        _ => false,
    }
}

/// Why the container can never start, if it cannot: in the words of Amazon's agent, where that has some
/// (amazon-ecs-agent, dependency graph), with names alone in the brackets. As there, one that is not
/// healthy may still become so, until its time is over.
fn impossible(container: &Progress, containers: &[Progress], now: Duration) -> Option<String> {
    let target = &container.name;
    let dependency = |name: &str| {
        format!("dependency graph: container ordering dependency [{name}] for target [{target}]")
    };
    let unresolved = |name: &str, why: &str| {
        format!(
            "dependency graph: failed to resolve container ordering dependency [{name}] for target \
             [{target}] {why}"
        )
    };
    let why = dependencies(container).find_map(|(name, condition)| {
        let Some(other) = find(name, containers) else {
            return Some(format!("{} does not exist.", dependency(name)));
        };
        match (condition, &other.phase) {
            (_, Phase::Ended { ran: false, .. }) => {
                Some(unresolved(name, "because dependency will never start"))
            }
            ("SUCCESS", Phase::Ended { code, .. }) if *code != Some(0) => {
                Some(unresolved(name, "as dependency did not exit successfully."))
            }
            ("HEALTHY", Phase::Ended { .. }) => Some(unresolved(
                name,
                "as dependency ended before it was healthy.",
            )),
            ("HEALTHY", _) if other.health.is_none() => {
                Some(unresolved(name, "as dependency has no health check."))
            }
            ("COMPLETE" | "SUCCESS" | "HEALTHY", Phase::Running)
                if other.start_deadline.is_some_and(|deadline| deadline <= now)
                    && !is_met(name, condition, containers) =>
            {
                Some(format!("{} has timed out.", dependency(name)))
            }
            ("START" | "COMPLETE" | "SUCCESS" | "HEALTHY", _) => None,
            (other, _) => Some(format!(
                "the condition {other} of a dependency is not known"
            )),
        }
    });
    why.map(|why| format!("CannotStartContainerError: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn container(
        name: &str,
        essential: bool,
        depends_on: &[(&str, &str)],
        phase: Phase,
    ) -> Progress {
        let depends_on = depends_on
            .iter()
            .map(|(name, condition)| ContainerDependency {
                container_name: (*name).into(),
                condition: (*condition).into(),
            })
            .collect();
        Progress {
            name: name.into(),
            essential,
            depends_on,
            needs: Vec::new(),
            phase,
            health: None,
            start_deadline: None,
            stopping: false,
        }
    }

    const NOW: Duration = Duration::from_secs(100);
    const DONE: Phase = Phase::Ended {
        code: Some(0),
        ran: true,
    };
    const FAILED: Phase = Phase::Ended {
        code: Some(1),
        ran: true,
    };

    #[test]
    fn containers_start_when_what_they_depend_on_has_come_far_enough() {
        let init = container("init", false, &[], Phase::Waiting);
        let app = container("app", true, &[("init", "SUCCESS")], Phase::Waiting);
        let mut both = [init, app];
        assert_eq!(next(&both, false, NOW), Step::Start(vec!["init".into()]));
        both[0].phase = Phase::Running;
        assert_eq!(next(&both, false, NOW), Step::Wait);
        both[0].phase = DONE;
        assert_eq!(next(&both, false, NOW), Step::Start(vec!["app".into()]));
        both[0].phase = FAILED;
        assert!(matches!(next(&both, false, NOW), Step::GiveUp(names) if names[0].0 == "app"));
    }

    #[test]
    fn stopping_goes_the_other_way_round() {
        let db = container("db", true, &[], Phase::Running);
        let app = container("app", true, &[("db", "START")], Phase::Running);
        let mut both = [db, app];
        assert_eq!(next(&both, true, NOW), Step::Stop(vec!["app".into()]));
        both[1].stopping = true;
        assert_eq!(next(&both, true, NOW), Step::Wait);
        both[1].phase = DONE;
        assert_eq!(next(&both, true, NOW), Step::Stop(vec!["db".into()]));
        both[0].phase = DONE;
        assert_eq!(next(&both, true, NOW), Step::Finished);
    }

    #[test]
    fn the_end_of_an_essential_container_ends_the_task() {
        let app = container("app", true, &[], FAILED);
        let side = container("side", false, &[], Phase::Running);
        assert_eq!(
            next(&[app, side], false, NOW),
            Step::Stop(vec!["side".into()])
        );
        let app = container("app", true, &[], Phase::Running);
        let side = container("side", false, &[], FAILED);
        assert_eq!(next(&[app, side], false, NOW), Step::Wait);
    }

    #[test]
    fn what_waits_for_health_waits_for_the_check_to_pass() {
        let mut db = container("db", true, &[], Phase::Running);
        let app = container("app", true, &[("db", "HEALTHY")], Phase::Waiting);
        let without = next(&[db.clone(), app.clone()], false, NOW);
        assert!(matches!(without, Step::GiveUp(names) if names[0].1.contains("no health check")));
        for (health, step) in [
            (Health::Unknown, Step::Wait),
            (Health::Unhealthy, Step::Wait),
            (Health::Healthy, Step::Start(vec!["app".into()])),
        ] {
            db.health = Some(health);
            assert_eq!(
                next(&[db.clone(), app.clone()], false, NOW),
                step,
                "{health:?}"
            );
        }
        // One that is unhealthy has its time as well.
        db.health = Some(Health::Unhealthy);
        db.start_deadline = Some(NOW);
        let late = next(&[db.clone(), app.clone()], false, NOW);
        assert!(matches!(late, Step::GiveUp(names) if names[0].1.ends_with("has timed out.")));
        db.essential = false;
        db.phase = DONE;
        assert!(matches!(next(&[db, app], false, NOW), Step::GiveUp(_)));
    }

    #[test]
    fn a_dependency_that_is_not_there_in_time_fails_the_start() {
        let mut init = container("init", false, &[], Phase::Running);
        init.start_deadline = Some(NOW);
        let app = container("app", true, &[("init", "SUCCESS")], Phase::Waiting);
        let both = [init.clone(), app.clone()];
        assert_eq!(next_deadline(&both), Some(NOW));
        let just_before = NOW - Duration::from_millis(1);
        assert_eq!(next(&both, false, just_before), Step::Wait);
        let late = next(&both, false, NOW);
        assert!(
            matches!(late, Step::GiveUp(names) if names[0].1 == "CannotStartContainerError: dependency graph: container ordering dependency [init] for target [app] has timed out.")
        );
        // What has ended in time is not late, nor is what was only to be started.
        init.phase = DONE;
        assert_eq!(
            next(&[init.clone(), app], false, NOW),
            Step::Start(vec!["app".into()])
        );
        init.phase = Phase::Running;
        let app = container("app", true, &[("init", "START")], Phase::Waiting);
        assert_eq!(next_deadline(&[init.clone(), app.clone()]), None);
        assert_eq!(
            next(&[init, app], false, NOW),
            Step::Start(vec!["app".into()])
        );
    }

    #[test]
    fn nobody_waits_for_longer_than_three_hours() {
        for (given, seconds) in [
            (1, 1),
            (10_799, 10_799),
            (10_800, 10_800),
            (15_000, 10_800),
            (i64::MAX, 10_800),
            (0, 10_800),
            (-1, 10_800),
        ] {
            assert_eq!(
                start_timeout(given),
                Duration::from_secs(seconds),
                "{given}"
            );
        }
    }

    #[test]
    fn what_is_linked_starts_first() {
        let db = container("db", true, &[], Phase::Waiting);
        let wanted = Container {
            name: "app".into(),
            links: vec!["db:database".into()],
            ..Container::default()
        };
        let both = [db, Progress::waiting(&wanted, false)];
        assert_eq!(next(&both, false, NOW), Step::Start(vec!["db".into()]));
    }

    #[test]
    fn a_circle_is_given_up() {
        let a = container("a", true, &[("b", "START")], Phase::Waiting);
        let b = container("b", true, &[("a", "START")], Phase::Waiting);
        assert!(matches!(next(&[a, b], false, NOW), Step::GiveUp(names) if names.len() == 2));
    }

    proptest! {
        /// Whatever depends on whatever, ends with whatever code and becomes healthy or not, a task
        /// whose steps are carried out comes to its end, and nothing starts before its time.
        #[test]
        fn every_task_comes_to_an_end(
            essential in proptest::collection::vec(any::<bool>(), 1..5),
            conditions in proptest::collection::vec((0_usize..5, 0_usize..5), 5),
            codes in proptest::collection::vec(0_i32..2, 5),
            checks in proptest::collection::vec(0_usize..4, 5),
            stop_after in 0_u64..8,
        ) {
            let checks = checks.iter().map(|check| {
                [None, Some(Health::Unknown), Some(Health::Healthy), Some(Health::Unhealthy)][*check]
            });
            let checks: Vec<Option<Health>> = checks.collect();
            let mut containers: Vec<Progress> = essential
                .iter()
                .enumerate()
                .map(|(index, essential)| {
                    let (condition, other) = conditions[index];
                    let other = format!("c{other}");
                    let condition = ["", "START", "COMPLETE", "SUCCESS", "HEALTHY"][condition];
                    let depends: Vec<(&str, &str)> =
                        if condition.is_empty() { vec![] } else { vec![(&other, condition)] };
                    let mut one = container(&format!("c{index}"), *essential, &depends, Phase::Waiting);
                    one.health = checks[index].map(|_| Health::Unknown);
                    one
                })
                .collect();
            let mut finished = false;
            for round in 0..60 {
                let now = Duration::from_secs(round);
                match next(&containers, round >= stop_after, now) {
                    Step::Start(names) => {
                        for name in &names {
                            let one = find(name, &containers).unwrap();
                            prop_assert_eq!(&one.phase, &Phase::Waiting);
                            for (other, condition) in dependencies(one) {
                                prop_assert!(is_met(other, condition, &containers));
                            }
                        }
                        for one in containers.iter_mut().filter(|one| names.contains(&one.name)) {
                            one.phase = Phase::Running;
                            one.start_deadline = Some(now + Duration::from_secs(5));
                        }
                    }
                    Step::Stop(names) => {
                        for name in &names {
                            let needed = containers.iter().any(|other| other.phase == Phase::Running
                                && other.depends_on.iter().any(|wanted| wanted.container_name == *name));
                            prop_assert!(!needed);
                        }
                        for one in containers.iter_mut().filter(|one| names.contains(&one.name)) {
                            prop_assert_eq!(&one.phase, &Phase::Running);
                            one.stopping = true;
                        }
                    }
                    Step::GiveUp(names) => {
                        prop_assert!(!names.is_empty());
                        for one in &mut containers {
                            if names.iter().any(|(name, _)| *name == one.name) {
                                one.phase = Phase::Ended { code: None, ran: false };
                            }
                        }
                    }
                    Step::Wait => {
                        let running = containers.iter().position(|one| one.phase == Phase::Running);
                        let index = running.expect("waiting with nothing running is for ever");
                        if containers[index].health != checks[index] {
                            containers[index].health = checks[index];
                        } else {
                            containers[index].phase =
                                Phase::Ended { code: Some(codes[index]), ran: true };
                        }
                    }
                    Step::Finished => {
                        prop_assert!(containers.iter().all(|one| one.phase != Phase::Running));
                        finished = true;
                        break;
                    }
                }
            }
            prop_assert!(finished);
        }
    }
}
