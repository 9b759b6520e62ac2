//! A task between its payload and its outcome: looks at where the containers are, asks the plan
//! for the next step, does it, until nothing of the task runs.
//!
//! How a container is started is in `start`, its network in `network`, its health in `probe`, how it
//! is stopped in `stop`, and what is said of it on the way in `report`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use agent_wire as wire;
use ambient::Timestamp;
use futures_util::FutureExt;
use runtime::{ContainerId, ContainerState, Exit, Started, TaskId};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::task::AbortOnDropHandle;

use super::network::{Ports, Surrounding};
use super::owner::Owner;
use super::plan::health::{Check, Findings};
use super::plan::{self, Phase, Progress, Step, restart};
use super::probe::{PROBED_MAX, Probed};
use super::record::{ContainerOutcome, GivenUp, Outcome, StartRecord};
use super::resolve::Wanted;
use super::stop::SIGKILL;
use crate::engine::Inner;
use crate::image_source::RunnableImage;
use crate::logging::Lost;

/// How long a stopped task waits for its last log lines to be taken by a control plane that answers. While
/// it does not, nobody waits for the task's end either: that cannot be reported.
const LOG_FLUSH_TIMEOUT: Duration = Duration::from_secs(30);

/// One container under way.
pub(super) struct Running {
    pub(super) wanted: Wanted,
    pub(super) id: ContainerId,
    /// The id that it has for the API.
    pub(super) runtime_id: String,
    pub(super) image: Option<RunnableImage>,
    pub(super) progress: Progress,
    pub(super) outcome: ContainerOutcome,
    /// When it was last started, since the machine's boot, where that is known.
    pub(super) started: Option<Duration>,
    /// How often it was started by this agent: a health check of an earlier start says nothing.
    pub(super) starts: u64,
    /// When it is killed, once it was told to stop.
    pub(super) kill_at: Option<Duration>,
    pub(super) check: Option<Check>,
    pub(super) findings: Findings,
    /// True where its health is not known because an earlier agent looked after it.
    pub(super) health_is_old: bool,
    pub(super) prober: Option<JoinHandle<()>>,
    /// Makes its log stream, where that was begun before the container was made.
    pub(super) stream: Option<AbortOnDropHandle<Result<(), String>>>,
    /// Takes its lines to where they go.
    pub(super) shipper: Option<AbortOnDropHandle<Lost>>,
    /// Its place in the bridge network, and its ports on the host.
    pub(super) ports: Ports,
}

/// A task between its payload and its outcome.
pub(super) struct Life<'a> {
    pub(super) owner: &'a Owner,
    pub(super) task: wire::Task,
    pub(super) task_id: TaskId,
    pub(super) outcome: Outcome,
    pub(super) containers: Vec<Running>,
    pub(super) surrounding: Option<Surrounding>,
    pub(super) waits: JoinSet<(String, Result<Exit, String>)>,
    pub(super) probed: (mpsc::Sender<Probed>, mpsc::Receiver<Probed>),
    /// Gives whether the report that the task runs was taken.
    pub(super) running_report: Option<JoinHandle<bool>>,
    /// Says that the interface is there, where the task waits before it runs.
    pub(super) attached_report: Option<AbortOnDropHandle<()>>,
}

impl<'a> Life<'a> {
    pub(super) fn new(owner: &'a Owner, task: wire::Task, task_id: TaskId) -> Self {
        Self {
            owner,
            task,
            task_id,
            outcome: Outcome::default(),
            containers: Vec::new(),
            surrounding: None,
            waits: JoinSet::new(),
            probed: mpsc::channel(PROBED_MAX),
            running_report: None,
            attached_report: None,
        }
    }

    pub(super) fn engine(&self) -> &Arc<Inner> {
        &self.owner.engine
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine().clock.now()
    }

    /// The time that deadlines and ages are reckoned in: nobody sets it, and it goes on from one agent to the
    /// next.
    pub(super) fn monotonic(&self) -> Duration {
        self.engine().clock.monotonic()
    }

    pub(super) fn region(&self) -> &str {
        let arn = &self.owner.record.arn;
        arn.split(':').nth(3).unwrap_or_default()
    }

    /// Runs the task; the reason where it failed as a whole.
    pub(super) async fn run(&mut self) -> Option<String> {
        for container in &self.task.containers {
            let Ok(id) = ContainerId::new(&self.task_id, &container.name) else {
                return Some(format!(
                    "the container's name '{}' cannot be used",
                    container.name
                ));
            };
            let wanted = match Wanted::read(container) {
                Ok(wanted) => wanted,
                Err(reason) => return Some(format!("CannotCreateContainerError: {reason}")),
            };
            let check = Check::of(&wanted.config);
            let runtime_id = runtime_id(&self.task, &self.task_id, container);
            self.containers.push(Running {
                progress: Progress::waiting(container, check.is_some()),
                outcome: ContainerOutcome {
                    name: container.name.clone(),
                    runtime_id: Some(runtime_id.clone()),
                    ..ContainerOutcome::default()
                },
                wanted,
                id,
                runtime_id,
                image: None,
                started: None,
                starts: 0,
                kill_at: None,
                check,
                findings: Findings::default(),
                health_is_old: false,
                prober: None,
                stream: None,
                shipper: None,
                ports: Ports::default(),
            });
        }
        self.engine().health.begin(&self.task);
        let survivors = self.take_over().await;
        let anything_waits = self
            .containers
            .iter()
            .any(|one| one.progress.phase == Phase::Waiting);
        if anything_waits && !*self.owner.stop.borrow() {
            match self.prepare().await {
                Ok(()) => {}
                Err(reason) if !survivors => return Some(reason),
                // What runs already is seen to its end.
                Err(reason) => self.give_up_waiting(&reason),
            }
        }
        self.drive().await;
        None
    }

    fn give_up_waiting(&mut self, reason: &str) {
        for index in 0..self.containers.len() {
            let waits = |one: &Running| one.progress.phase == Phase::Waiting;
            if self.containers.get(index).is_some_and(waits) {
                self.give_up(index, reason.to_owned(), false);
            }
        }
    }

    /// A container is not started any more, by no later agent either. `ends_task` where the reason is
    /// the task's as well.
    pub(super) fn give_up(&mut self, index: usize, reason: String, ends_task: bool) {
        let why = GivenUp { reason, ends_task };
        if let Some(one) = self.containers.get(index) {
            let (id, name) = (&self.owner.id, &one.wanted.container.name);
            let folders = &self.owner.engine.folders;
            if let Err(error) = folders.write_given_up(id, name, &why) {
                tracing::warn!(container = %one.id, %error, "could not write down that it was given up");
            }
        }
        self.is_given_up(index, why);
    }

    fn is_given_up(&mut self, index: usize, why: GivenUp) {
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        one.progress.phase = Phase::Ended {
            code: None,
            ran: false,
        };
        if why.ends_task && self.outcome.reason.is_empty() {
            self.outcome.reason.clone_from(&why.reason);
        }
        one.outcome.reason = Some(why.reason);
    }

    /// Takes over what an earlier agent started. True where something was.
    async fn take_over(&mut self) -> bool {
        let mut any = false;
        for index in 0..self.containers.len() {
            let given_up = self.containers.get(index).and_then(|one| {
                let name = &one.wanted.container.name;
                self.owner.engine.folders.given_up(&self.owner.id, name)
            });
            if let Some(why) = given_up {
                self.is_given_up(index, why);
            }
        }
        for adopted in &self.owner.adopted {
            let name = adopted.id.name.to_string();
            let Some(index) = self.index(&name) else {
                continue;
            };
            match &adopted.state {
                ContainerState::Exited(_) if self.has_ended(index) => {
                    // What it said before it failed to start.
                    self.ship_logs(index);
                }
                ContainerState::Running(_) | ContainerState::Exited(_) => {
                    any = true;
                    let started = self.started_before(&name, &adopted.state);
                    // Its stop signal is the image's.
                    let image = self.owner.images.known.get(&name).cloned();
                    if let Some(one) = self.containers.get_mut(index) {
                        one.started = started;
                        one.health_is_old = true;
                        one.image = image;
                        one.outcome.image_digest =
                            one.image.as_ref().map(|image| image.digest.clone());
                    }
                    self.find_ports_again(index).await;
                    self.ship_logs(index);
                    self.runs(index);
                }
                ContainerState::Unfinished | ContainerState::Created { .. } => {
                    if let Err(error) = self.engine().runtime.remove(&adopted.id).await {
                        tracing::warn!(container = %adopted.id, %error, "could not remove a container that never started");
                    }
                }
            }
        }
        any
    }

    /// When an earlier agent started a container, since the machine's boot, where that is known.
    fn started_before(&self, name: &str, state: &ContainerState) -> Option<Duration> {
        let kept = self.engine().folders.started(&self.owner.id, name);
        let at = match (kept, state) {
            (
                Some(StartRecord::Monotonic {
                    monotonic_millis,
                    started_at,
                }),
                state,
            ) if !is_another_start(started_at, state) => {
                return Some(Duration::from_millis(monotonic_millis));
            }
            (_, ContainerState::Running(Started { started_at, .. })) => Some(*started_at),
            (Some(StartRecord::At(at)), _) => Some(at),
            (Some(StartRecord::Monotonic { .. }) | None, _) => None,
        };
        at.map(|at| self.monotonic().saturating_sub(self.now().since(at)))
    }

    /// Step by step to the end of every container.
    async fn drive(&mut self) {
        let mut stop = self.owner.stop.clone();
        loop {
            let progress: Vec<Progress> = self
                .containers
                .iter()
                .map(|one| one.progress.clone())
                .collect();
            let stopping = *stop.borrow_and_update();
            if plan::is_running(&progress) && !stopping && !plan::is_over(&progress) {
                self.report_running();
            }
            match plan::next(&progress, stopping, self.monotonic()) {
                Step::Finished => return,
                Step::Start(names) => {
                    for name in names {
                        // Each start may take long, and what is to stop is not started.
                        if *stop.borrow() != stopping {
                            break;
                        }
                        self.start(&name).await;
                    }
                }
                Step::GiveUp(reasons) => {
                    for (name, reason) in reasons {
                        if let Some(index) = self.index(&name) {
                            self.give_up(index, reason, false);
                        }
                    }
                }
                Step::Stop(names) => {
                    for name in names {
                        self.stop(&name).await;
                    }
                }
                Step::Wait => {
                    if !stopping && !plan::is_running(&progress) {
                        self.report_attached();
                    }
                    let deadline = plan::next_deadline(&progress).filter(|_| !stopping);
                    self.wait(&mut stop, deadline).await;
                }
            }
        }
    }

    async fn wait(&mut self, stop: &mut watch::Receiver<bool>, deadline: Option<Duration>) {
        let now = self.monotonic();
        let kills = self.containers.iter().filter_map(|one| one.kill_at);
        let next = kills.chain(deadline).min();
        let until_next = next.map(|at| at.saturating_sub(now));
        tokio::select! {
            Some(ended) = self.waits.join_next() => {
                if let Ok((name, exit)) = ended {
                    self.ended(&name, exit).await;
                }
            }
            Some(probed) = self.probed.1.recv() => self.take_probe(&probed),
            _ = stop.changed() => {}
            () = tokio::time::sleep(until_next.unwrap_or_default()), if until_next.is_some() => {
                self.kill_overdue().await;
            }
        }
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.containers
            .iter()
            .position(|one| one.wanted.container.name == name)
    }

    fn has_ended(&self, index: usize) -> bool {
        let ended = |one: &Running| matches!(one.progress.phase, Phase::Ended { .. });
        self.containers.get(index).is_some_and(ended)
    }

    pub(super) fn find(&mut self, name: &str) -> Option<&mut Running> {
        self.containers
            .iter_mut()
            .find(|one| one.wanted.container.name == name)
    }

    /// A container runs: its end is waited for, and its health looked after.
    pub(super) fn runs(&mut self, index: usize) {
        let runtime = Arc::clone(&self.engine().runtime);
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        one.progress.phase = Phase::Running;
        one.starts += 1;
        let start_timeout = plan::start_timeout(one.wanted.container.start_timeout);
        one.progress.start_deadline = one.started.map(|started| started + start_timeout);
        let (id, name) = (one.id.clone(), one.wanted.container.name.clone());
        self.waits.spawn(async move {
            let exit = AssertUnwindSafe(async { runtime.wait(&id).await }).catch_unwind();
            let exit = match exit.await {
                Ok(exit) => exit.map_err(|error| error.to_string()),
                // Or it would count as running for ever.
                Err(_) => Err("its end could not be waited for: the agent has a bug".to_owned()),
            };
            (name, exit)
        });
        self.look_after_health(index);
    }

    async fn ended(&mut self, name: &str, exit: Result<Exit, String>) {
        let (stopped_at, now) = (self.now(), self.monotonic());
        let Some(index) = self.index(name) else {
            return;
        };
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        one.kill_at = None;
        if let Some(prober) = one.prober.take() {
            prober.abort();
        }
        let exit = match exit {
            Ok(exit) => exit,
            Err(reason) => {
                // It may run yet, and nobody looks after it any more.
                let id = one.id.clone();
                if let Err(error) = self.engine().runtime.signal(&id, SIGKILL).await {
                    tracing::warn!(container = %id, %error, "SIGKILL could not be sent");
                }
                Exit::unknown(reason, stopped_at)
            }
        };
        let Some(one) = self.containers.get(index) else {
            return;
        };
        let stopping = one.progress.stopping || *self.owner.stop.borrow();
        let ran_for = one.started.map(|started| {
            // What ended while no agent was there did not run until now.
            let by_the_wall = || now.saturating_sub(stopped_at.since(exit.exited_at));
            let ended = exit.monotonic_millis.map(Duration::from_millis);
            ended.unwrap_or_else(by_the_wall).saturating_sub(started)
        });
        let policy = one.wanted.container.restart_policy.as_ref();
        if restart::is_due(policy, exit.code, ran_for, stopping) && self.restart(index).await {
            return;
        }
        if let Some(one) = self.containers.get_mut(index) {
            one.note_end(&exit);
        }
    }

    /// The outcome, once every container has ended and its lines were taken; and the images that its
    /// root file systems are made of.
    pub(super) async fn end(mut self, failure: Option<String>) -> (Outcome, Vec<RunnableImage>) {
        self.engine().health.end(&self.task.arn);
        if let Some(report) = self.running_report.take() {
            // What it says is said by the final report as well, in the right order.
            report.abort();
        }
        let engine = Arc::clone(self.engine());
        tokio::select! {
            () = flush_logs(&mut self.containers) => {}
            () = engine.control_plane.has_been_there(LOG_FLUSH_TIMEOUT) => {}
        }
        for one in &mut self.containers {
            // Ended by this.
            if one.shipper.take().is_some() {
                one.outcome.add_reason(&format!(
                    "log lines were not taken within {} s of the end",
                    LOG_FLUSH_TIMEOUT.as_secs()
                ));
            }
        }
        if let Some(failure) = failure {
            self.outcome.reason = failure;
        }
        self.outcome.stopped_at = Some(self.now());
        let mut images = Vec::new();
        for one in self.containers {
            self.outcome.containers.push(one.outcome);
            images.extend(one.image);
        }
        (self.outcome, images)
    }
}

impl Running {
    fn note_end(&mut self, exit: &Exit) {
        self.progress.phase = Phase::Ended {
            code: exit.code,
            ran: true,
        };
        self.outcome.exit_code = exit.code;
        self.outcome.reason = if exit.oom_killed {
            // The sentence of Amazon's agent, with 137 as its exit code.
            Some("OutOfMemoryError: Container killed due to memory usage".to_owned())
        } else {
            exit.reason.clone()
        };
        if exit.log_dropped > 0 {
            let dropped = format!(
                "{} log lines were dropped because the buffer was full",
                exit.log_dropped
            );
            self.outcome.add_reason(&dropped);
        }
    }
}

/// True where a container runs since another start than the one that was written down: its agent died
/// between the start and the writing.
fn is_another_start(written: Option<Timestamp>, state: &ContainerState) -> bool {
    match (written, state) {
        (Some(written), ContainerState::Running(started)) => started.started_at != written,
        _ => false,
    }
}

/// Waits until the lines of all containers were taken, and says of those that were not wanted.
async fn flush_logs(containers: &mut [Running]) {
    for one in containers {
        let Some(shipper) = &mut one.shipper else {
            continue;
        };
        let lost = shipper.await;
        one.shipper = None;
        if let Some(reason) = lost.ok().and_then(|lost| lost.reason()) {
            one.outcome.add_reason(&reason);
        }
    }
}

/// The id that a container has for the API. On Fargate the task's id and a number, here of the
/// container's place in its ARN; elsewhere as Docker's: 64 hexadecimal digits.
fn runtime_id(task: &wire::Task, id: &TaskId, container: &wire::Container) -> String {
    if task.launch_type != "FARGATE" {
        let text = format!("{id}/{}", container.name);
        return hex::encode(aws_sign::body_sha256(text.as_bytes()));
    }
    let number = container
        .container_arn
        .iter()
        .chain([&container.name])
        .flat_map(|text| text.bytes())
        .fold(0_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
    format!("{id}-{:010}", number % 10_000_000_000)
}
