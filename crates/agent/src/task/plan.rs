//! What is to be done next for a task. Pure: looks at where its containers are, nothing else.

use agent_wire::ContainerDependency;

/// Where one container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not started yet.
    Waiting,
    /// Started, not ended.
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
    pub(crate) phase: Phase,
    /// True once it was told to stop.
    pub(crate) stopping: bool,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Start these; their dependencies are met.
    Start(Vec<String>),
    /// Stop these; none that still runs depends on them.
    Stop(Vec<String>),
    /// A dependency can never be met: these will not start.
    GiveUp(Vec<(String, String)>),
    /// Nothing until a container ends or the task is to stop.
    Wait,
    /// All containers have ended.
    Finished,
}

/// The next step. `stop` is true once the task is to end, whoever wants it.
pub(crate) fn next(containers: &[Progress], stop: bool) -> Step {
    if stop || is_over(containers) {
        return wind_down(containers);
    }
    let waiting = || containers.iter().filter(|one| one.phase == Phase::Waiting);
    let doomed: Vec<(String, String)> = waiting()
        .filter_map(|one| Some((one.name.clone(), impossible(one, containers)?)))
        .collect();
    if !doomed.is_empty() {
        return Step::GiveUp(doomed);
    }
    let ready: Vec<String> = waiting()
        .filter(|one| {
            one.depends_on
                .iter()
                .all(|wanted| is_met(wanted, containers))
        })
        .map(|one| one.name.clone())
        .collect();
    if ready.is_empty() {
        Step::Wait
    } else {
        Step::Start(ready)
    }
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

fn is_met(wanted: &ContainerDependency, containers: &[Progress]) -> bool {
    let Some(other) = find(&wanted.container_name, containers) else {
        return false;
    };
    matches!(
        (wanted.condition.as_str(), &other.phase),
        ("START", Phase::Running | Phase::Ended { ran: true, .. })
            | ("COMPLETE", Phase::Ended { ran: true, .. })
            | (
                "SUCCESS",
                Phase::Ended {
                    ran: true,
                    code: Some(0)
                }
            )
    )
}

/// Why the container can never start, if it cannot.
fn impossible(container: &Progress, containers: &[Progress]) -> Option<String> {
    container.depends_on.iter().find_map(|wanted| {
        let other = find(&wanted.container_name, containers)?;
        match (wanted.condition.as_str(), &other.phase) {
            ("SUCCESS", Phase::Ended { code, .. }) if *code != Some(0) => Some(format!(
                "dependency container {} did not exit successfully",
                wanted.container_name
            )),
            (_, Phase::Ended { ran: false, .. }) => Some(format!(
                "dependency container {} did not start",
                wanted.container_name
            )),
            _ => None,
        }
    })
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
            phase,
            stopping: false,
        }
    }

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
        assert_eq!(next(&both, false), Step::Start(vec!["init".into()]));
        both[0].phase = Phase::Running;
        assert_eq!(next(&both, false), Step::Wait);
        both[0].phase = DONE;
        assert_eq!(next(&both, false), Step::Start(vec!["app".into()]));
        both[0].phase = FAILED;
        assert!(matches!(next(&both, false), Step::GiveUp(names) if names[0].0 == "app"));
    }

    #[test]
    fn stopping_goes_the_other_way_round() {
        let db = container("db", true, &[], Phase::Running);
        let app = container("app", true, &[("db", "START")], Phase::Running);
        let mut both = [db, app];
        assert_eq!(next(&both, true), Step::Stop(vec!["app".into()]));
        both[1].stopping = true;
        assert_eq!(next(&both, true), Step::Wait);
        both[1].phase = DONE;
        assert_eq!(next(&both, true), Step::Stop(vec!["db".into()]));
        both[0].phase = DONE;
        assert_eq!(next(&both, true), Step::Finished);
    }

    #[test]
    fn the_end_of_an_essential_container_ends_the_task() {
        let app = container("app", true, &[], FAILED);
        let side = container("side", false, &[], Phase::Running);
        assert_eq!(next(&[app, side], false), Step::Stop(vec!["side".into()]));
        let app = container("app", true, &[], Phase::Running);
        let side = container("side", false, &[], FAILED);
        assert_eq!(next(&[app, side], false), Step::Wait);
    }

    proptest! {
        /// Whatever ends with whatever code, a task whose steps are carried out comes to its end.
        #[test]
        fn every_task_comes_to_an_end(
            essential in proptest::collection::vec(any::<bool>(), 1..5),
            conditions in proptest::collection::vec(0_usize..4, 5),
            codes in proptest::collection::vec(0_i32..2, 5),
            stop_after in 0_usize..8,
        ) {
            // Each container may depend on the one before it, so there is no cycle.
            let mut containers: Vec<Progress> = essential
                .iter()
                .enumerate()
                .map(|(index, essential)| {
                    let before = format!("c{}", index.wrapping_sub(1));
                    let condition = ["", "START", "COMPLETE", "SUCCESS"][conditions[index]];
                    let depends: Vec<(&str, &str)> =
                        if index > 0 && !condition.is_empty() { vec![(&before, condition)] } else { vec![] };
                    container(&format!("c{index}"), *essential, &depends, Phase::Waiting)
                })
                .collect();
            let mut finished = false;
            for round in 0..40 {
                match next(&containers, round >= stop_after) {
                    Step::Start(names) => {
                        for one in &mut containers {
                            if names.contains(&one.name) {
                                prop_assert_eq!(&one.phase, &Phase::Waiting);
                                one.phase = Phase::Running;
                            }
                        }
                    }
                    Step::Stop(names) => {
                        for one in &mut containers {
                            if names.contains(&one.name) {
                                prop_assert_eq!(&one.phase, &Phase::Running);
                                one.stopping = true;
                            }
                        }
                    }
                    Step::GiveUp(names) => {
                        for one in &mut containers {
                            if names.iter().any(|(name, _)| *name == one.name) {
                                one.phase = Phase::Ended { code: None, ran: false };
                            }
                        }
                    }
                    Step::Wait => {
                        let running = containers.iter().position(|one| one.phase == Phase::Running);
                        let index = running.expect("waiting with nothing running is for ever");
                        containers[index].phase =
                            Phase::Ended { code: Some(codes[index]), ran: true };
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
