//! A task between its payload and its outcome: looks at where the containers are, asks the plan
//! for the next step, does it, until nothing of the task runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use agent_wire as wire;
use ambient::Timestamp;
use aws_api::ecs;
use network::Attachment;
use runtime::{
    ContainerId, ContainerState, Exit, LogReader, TaskId, TaskLimits, TaskNetwork, TaskSpec,
};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::owner::{Owner, submit};
use super::plan::{self, Phase, Progress, Step};
use super::record::{ContainerOutcome, Outcome};
use super::resolve::{self, Surroundings};
use crate::TaskEndpoint;
use crate::awslogs::{Destination, Shipper};
use crate::engine::Inner;
use crate::image_source::RunnableImage;

/// What ECS waits between the stop signal and SIGKILL where the definition says nothing.
const STOP_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);
/// How long a stopped task waits for its last log lines to be taken.
const LOG_FLUSH_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a task waits to be told of its network.
const NETWORK_STATE_TIMEOUT: Duration = Duration::from_secs(30);
/// Processes and threads of one task; the host's own limit is a few ten thousand for all.
const TASK_PIDS_MAX: u64 = 4096;
const BYTES_PER_MIB: u64 = 1024 * 1024;
const SIGTERM: i32 = 15;
const SIGKILL: i32 = 9;

/// One container under way.
struct Running {
    wire: wire::Container,
    id: ContainerId,
    image: Option<RunnableImage>,
    progress: Progress,
    outcome: ContainerOutcome,
    /// When it is killed, once it was told to stop.
    kill_at: Option<Duration>,
}

/// A task between its payload and its outcome.
pub(super) struct Life<'a> {
    owner: &'a Owner,
    task: wire::Task,
    task_id: TaskId,
    outcome: Outcome,
    containers: Vec<Running>,
    waits: JoinSet<(String, Result<Exit, String>)>,
    shippers: JoinSet<()>,
    /// Gives whether the report that the task runs was taken.
    running_report: Option<tokio::task::JoinHandle<bool>>,
}

impl<'a> Life<'a> {
    pub(super) fn new(owner: &'a Owner, task: wire::Task, task_id: TaskId) -> Self {
        Self {
            owner,
            task,
            task_id,
            outcome: Outcome::default(),
            containers: Vec::new(),
            waits: JoinSet::new(),
            shippers: JoinSet::new(),
            running_report: None,
        }
    }

    fn engine(&self) -> &Arc<Inner> {
        &self.owner.engine
    }

    fn now(&self) -> Timestamp {
        self.engine().clock.now()
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
            self.containers.push(Running {
                progress: Progress {
                    name: container.name.clone(),
                    essential: container.essential,
                    depends_on: container.depends_on.clone(),
                    phase: Phase::Waiting,
                    stopping: false,
                },
                outcome: ContainerOutcome {
                    name: container.name.clone(),
                    runtime_id: Some(runtime_id(&self.task_id, container)),
                    ..ContainerOutcome::default()
                },
                wire: container.clone(),
                id,
                image: None,
                kill_at: None,
            });
        }
        let mut surroundings = Surroundings::default();
        let survivors = self.take_over().await;
        let anything_waits = self
            .containers
            .iter()
            .any(|one| one.progress.phase == Phase::Waiting);
        if anything_waits && !*self.owner.stop.borrow() {
            match self.prepare().await {
                Ok(Some(made)) => surroundings = made,
                // Told to stop meanwhile.
                Ok(None) => {}
                Err(reason) if !survivors => return Some(reason),
                // What runs already is seen to its end.
                Err(reason) => self.give_up_waiting(&reason),
            }
        }
        self.drive(&surroundings).await;
        None
    }

    fn give_up_waiting(&mut self, reason: &str) {
        for one in &mut self.containers {
            if one.progress.phase == Phase::Waiting {
                one.progress.phase = Phase::Ended {
                    code: None,
                    ran: false,
                };
                one.outcome.reason = Some(reason.to_owned());
            }
        }
    }

    /// Takes over what an earlier agent started. True where something was.
    async fn take_over(&mut self) -> bool {
        let mut any = false;
        for adopted in &self.owner.adopted {
            let name = adopted.id.name.to_string();
            let Some(index) = self.containers.iter().position(|one| one.wire.name == name) else {
                continue;
            };
            match &adopted.state {
                ContainerState::Running(_) | ContainerState::Exited(_) => {
                    any = true;
                    let images = Arc::clone(&self.engine().images);
                    if let Some(one) = self.containers.get_mut(index) {
                        one.progress.phase = Phase::Running;
                        // Its stop signal is the image's.
                        one.image = images.known(&one.wire.image).await;
                    }
                    self.ship_logs(index, true).await;
                    self.wait_for_end(index);
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

    /// Images, namespaces, network; `None` once the task is to stop.
    ///
    /// Only waiting is cut off by a stop. What changes the machine is seen through, or it would go
    /// on beside its own removal and outlive the task.
    async fn prepare(&mut self) -> Result<Option<Surroundings>, String> {
        let mut stop = self.owner.stop.clone();
        tokio::select! {
            pulled = self.pull() => pulled?,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        }
        let fargate = self.task.launch_type == "FARGATE";
        let mut spec = TaskSpec::new(self.task_id.clone(), fargate, TaskNetwork::Own);
        spec.limits = limits(&self.task);
        let sandbox = self
            .engine()
            .runtime
            .prepare_task(&spec)
            .await
            .map_err(|error| format!("ResourceInitializationError: {error}"))?;
        let Some(interface) = self.task.elastic_network_interfaces.first() else {
            return Err(
                "ResourceInitializationError: the task has no network interface".to_owned(),
            );
        };
        let attachment = tokio::select! {
            attachment = self.attachment(&interface.ec2_id, sandbox.network_namespace) => attachment?,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        let attached = self
            .engine()
            .network
            .attach(&attachment)
            .await
            .map_err(|error| {
                format!(
                    "ResourceInitializationError: failed to set up the network of the task: {error}"
                )
            })?;
        let region = self
            .owner
            .record
            .arn
            .split(':')
            .nth(3)
            .unwrap_or_default()
            .to_owned();
        let mut environment = BTreeMap::from([
            ("AWS_REGION".to_owned(), region.clone()),
            ("AWS_DEFAULT_REGION".to_owned(), region.clone()),
            (
                "AWS_EXECUTION_ENV".to_owned(),
                format!("AWS_ECS_{}", self.task.launch_type),
            ),
        ]);
        let endpoint = match &self.engine().config.task_endpoint {
            TaskEndpoint::AtHost { port } => format!("http://{}:{port}", attached.host_address),
            TaskEndpoint::Url(url) => url.clone(),
        };
        environment.insert("AWS_ENDPOINT_URL".to_owned(), endpoint);
        let resolvers: Vec<&str> = self
            .engine()
            .config
            .resolvers
            .iter()
            .map(String::as_str)
            .collect();
        Ok(Some(Surroundings {
            hostname: interface.private_dns_name.clone(),
            hosts: Some(network::hosts_file(attachment.address, &region)),
            resolv_conf: network::resolver_file(&resolvers),
            environment,
        }))
    }

    async fn pull(&mut self) -> Result<(), String> {
        self.outcome.pull_started_at = Some(self.now());
        let region = self
            .owner
            .record
            .arn
            .split(':')
            .nth(3)
            .unwrap_or_default()
            .to_owned();
        let images = Arc::clone(&self.engine().images);
        let waiting = self
            .containers
            .iter_mut()
            .filter(|one| one.progress.phase == Phase::Waiting);
        let pulls = waiting.map(|one| {
            let (images, region) = (Arc::clone(&images), region.clone());
            async move {
                match images.pull(&one.wire.image, &region).await {
                    Ok(image) => {
                        one.outcome.image_digest = Some(image.digest.clone());
                        one.image = Some(image);
                        Ok(())
                    }
                    Err(failure) => {
                        one.outcome.reason = Some(failure.0.clone());
                        Err(failure.0)
                    }
                }
            }
        });
        let results = futures_util::future::join_all(pulls).await;
        self.outcome.pull_stopped_at = Some(self.now());
        results.into_iter().collect()
    }

    async fn attachment(
        &self,
        interface_id: &str,
        netns: Option<std::path::PathBuf>,
    ) -> Result<Attachment, String> {
        let mut state = self.engine().state.subscribe();
        let found = async {
            let state = state
                .wait_for(|state| find_interface(state.as_ref(), interface_id).is_some())
                .await
                .ok()?;
            find_interface(state.as_ref(), interface_id)
        };
        let (vpc, subnet, interface) = tokio::time::timeout(NETWORK_STATE_TIMEOUT, found)
            .await
            .ok()
            .flatten()
            .ok_or("ResourceInitializationError: the task's network interface is not known to the node")?;
        let malformed = |error: network::Error| format!("ResourceInitializationError: {error}");
        Ok(Attachment {
            task_id: self.task_id.to_string(),
            vpc: network::Vpc {
                id: vpc.id,
                cidr: vpc.cidr.parse().map_err(malformed)?,
            },
            subnet: network::Subnet {
                id: subnet.id,
                cidr: subnet.cidr.parse().map_err(malformed)?,
            },
            address: interface.address,
            security_groups: interface.security_groups,
            netns: netns.ok_or("ResourceInitializationError: the task has no network namespace")?,
        })
    }

    /// Step by step to the end of every container.
    async fn drive(&mut self, surroundings: &Surroundings) {
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
            match plan::next(&progress, stopping) {
                Step::Finished => return,
                Step::Start(names) => {
                    for name in names {
                        self.start(&name, surroundings).await;
                    }
                }
                Step::GiveUp(reasons) => {
                    for (name, reason) in reasons {
                        if let Some(one) = self.find(&name) {
                            one.progress.phase = Phase::Ended {
                                code: None,
                                ran: false,
                            };
                            one.outcome.reason = Some(reason);
                        }
                    }
                }
                Step::Stop(names) => {
                    for name in names {
                        self.stop(&name).await;
                    }
                }
                Step::Wait => self.wait(&mut stop).await,
            }
        }
    }

    async fn wait(&mut self, stop: &mut watch::Receiver<bool>) {
        let now = self.engine().clock.monotonic();
        let next_kill = self.containers.iter().filter_map(|one| one.kill_at).min();
        let until_kill = next_kill.map(|at| at.saturating_sub(now));
        tokio::select! {
            Some(ended) = self.waits.join_next() => {
                if let Ok((name, exit)) = ended {
                    self.ended(&name, exit);
                }
            }
            _ = stop.changed() => {}
            () = tokio::time::sleep(until_kill.unwrap_or_default()), if until_kill.is_some() => {
                self.kill_overdue().await;
            }
        }
    }

    fn find(&mut self, name: &str) -> Option<&mut Running> {
        self.containers.iter_mut().find(|one| one.wire.name == name)
    }

    async fn start(&mut self, name: &str, surroundings: &Surroundings) {
        let Some(index) = self.containers.iter().position(|one| one.wire.name == name) else {
            return;
        };
        let result = self.try_start(index, surroundings).await;
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        match result {
            Ok(()) => {
                one.progress.phase = Phase::Running;
                self.wait_for_end(index);
            }
            Err(reason) => {
                one.progress.phase = Phase::Ended {
                    code: None,
                    ran: false,
                };
                if self.outcome.reason.is_empty() && one.progress.essential {
                    self.outcome.reason.clone_from(&reason);
                }
                one.outcome.reason = Some(reason);
            }
        }
    }

    async fn try_start(&mut self, index: usize, surroundings: &Surroundings) -> Result<(), String> {
        let Some(one) = self.containers.get(index) else {
            return Ok(());
        };
        let image = one
            .image
            .clone()
            .ok_or("CannotStartContainerError: its image is not here")?;
        let spec = resolve::container(one.id.clone(), &one.wire, &image, surroundings)
            .map_err(|reason| format!("CannotCreateContainerError: {reason}"))?;
        let id = one.id.clone();
        if let Some(destination) = self.destination(index) {
            let mut stop = self.owner.stop.clone();
            tokio::select! {
                made = destination.prepare(&self.engine().control_plane) => {
                    made.map_err(|error| format!("ResourceInitializationError: {error}"))?;
                }
                _ = stop.wait_for(|stop| *stop) => {
                    return Err("the task was stopped before the container was started".to_owned());
                }
            }
        }
        let runtime = Arc::clone(&self.engine().runtime);
        runtime
            .create(&spec)
            .await
            .map_err(|error| format!("CannotCreateContainerError: {error}"))?;
        self.ship_logs(index, false).await;
        runtime
            .start(&id)
            .await
            .map_err(|error| format!("CannotStartContainerError: {error}"))?;
        Ok(())
    }

    fn destination(&self, index: usize) -> Option<Destination> {
        let container = &self.containers.get(index)?.wire;
        let host: wire::HostConfig =
            serde_json::from_str(&container.docker_config.host_config).ok()?;
        Destination::of(&host.log_config?, &container.name, self.task_id.as_str())
    }

    /// Sends the container's lines where they go. A container without a destination is read too,
    /// so that its spool does not fill.
    async fn ship_logs(&mut self, index: usize, adopted: bool) {
        let Some(one) = self.containers.get(index) else {
            return;
        };
        let mut reader = match self.engine().runtime.logs(&one.id).await {
            Ok(reader) => reader,
            Err(error) => {
                tracing::error!(container = %one.id, %error, adopted, "the container's output cannot be read");
                return;
            }
        };
        let container = one.id.clone();
        match self.destination(index) {
            Some(destination) => {
                let shipper = Shipper {
                    control_plane: self.engine().control_plane.clone(),
                    destination,
                    source: format!("{}-{}", self.task_id, one.wire.name),
                };
                self.shippers.spawn(async move {
                    if let Err(error) = shipper.run(&mut *reader).await {
                        tracing::error!(%container, %error, "log lines are lost from here on");
                        // A container must not stand still because nobody takes its lines.
                        if let Err(error) = discard(reader).await {
                            tracing::error!(%container, %error, "output cannot be read");
                        }
                    }
                });
            }
            None => {
                self.shippers.spawn(async move {
                    if let Err(error) = discard(reader).await {
                        tracing::error!(%container, %error, "output cannot be read");
                    }
                });
            }
        }
    }

    fn wait_for_end(&mut self, index: usize) {
        let Some(one) = self.containers.get(index) else {
            return;
        };
        let (runtime, id) = (Arc::clone(&self.engine().runtime), one.id.clone());
        let name = one.wire.name.clone();
        self.waits.spawn(async move {
            let exit = runtime.wait(&id).await.map_err(|error| error.to_string());
            (name, exit)
        });
    }

    fn ended(&mut self, name: &str, exit: Result<Exit, String>) {
        let stopped_at = self.now();
        let Some(one) = self.find(name) else {
            return;
        };
        one.kill_at = None;
        let exit = match exit {
            Ok(exit) => exit,
            Err(reason) => Exit::unknown(reason, stopped_at),
        };
        one.progress.phase = Phase::Ended {
            code: exit.code,
            ran: true,
        };
        one.outcome.exit_code = exit.code;
        one.outcome.reason = if exit.oom_killed {
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
            let reason = one.outcome.reason.take();
            one.outcome.reason =
                Some(reason.map_or(dropped.clone(), |reason| format!("{reason}; {dropped}")));
        }
    }

    async fn stop(&mut self, name: &str) {
        let now = self.engine().clock.monotonic();
        let runtime = Arc::clone(&self.engine().runtime);
        let Some(one) = self.find(name) else {
            return;
        };
        let signal = one
            .image
            .as_ref()
            .map_or(SIGTERM, |image| resolve::stop_signal(&image.config));
        let timeout = match u64::try_from(one.wire.stop_timeout) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => STOP_TIMEOUT_DEFAULT,
        };
        one.progress.stopping = true;
        one.kill_at = Some(now + timeout);
        let id = one.id.clone();
        if let Err(error) = runtime.signal(&id, signal).await {
            tracing::warn!(container = %id, %error, "the stop signal could not be sent");
        }
    }

    async fn kill_overdue(&mut self) {
        let now = self.engine().clock.monotonic();
        let runtime = Arc::clone(&self.engine().runtime);
        for one in &mut self.containers {
            if one.kill_at.is_some_and(|at| at <= now) {
                // Again after a while, should the kernel not have obeyed.
                one.kill_at = Some(now + STOP_TIMEOUT_DEFAULT);
                if let Err(error) = runtime.signal(&one.id, SIGKILL).await {
                    tracing::warn!(container = %one.id, %error, "SIGKILL could not be sent");
                }
            }
        }
    }

    /// Says once that the task runs. A control plane that does not want to hear it has no such
    /// task: then it is stopped here as well.
    fn report_running(&mut self) {
        if self.running_report.is_some() {
            return;
        }
        let containers = self.containers.iter().map(|one| ecs::ContainerStateChange {
            container_name: Some(one.wire.name.clone()),
            runtime_id: one.outcome.runtime_id.clone(),
            image_digest: one.outcome.image_digest.clone(),
            exit_code: one.outcome.exit_code,
            status: Some(
                match one.progress.phase {
                    Phase::Ended { .. } => "STOPPED",
                    _ => "RUNNING",
                }
                .to_owned(),
            ),
            ..ecs::ContainerStateChange::default()
        });
        let arn = self.owner.record.arn.clone();
        let input = ecs::SubmitTaskStateChangeRequest {
            task: Some(arn.clone()),
            status: Some("RUNNING".to_owned()),
            containers: Some(containers.collect()),
            pull_started_at: self.outcome.pull_started_at,
            pull_stopped_at: self.outcome.pull_stopped_at,
            ..ecs::SubmitTaskStateChangeRequest::default()
        };
        let engine = Arc::clone(self.engine());
        self.running_report = Some(tokio::spawn(async move {
            let taken = submit(&engine, &arn, &input).await;
            if !taken {
                engine.stop(&arn);
            }
            taken
        }));
    }

    /// The outcome, once every container has ended and its lines were taken.
    pub(super) async fn end(mut self, failure: Option<String>) -> Outcome {
        if let Some(report) = self.running_report.take() {
            // What it says is said by the final report as well, in the right order.
            report.abort();
        }
        let flush = async { while self.shippers.join_next().await.is_some() {} };
        let flushed = tokio::time::timeout(LOG_FLUSH_TIMEOUT, flush).await.is_ok();
        self.shippers.abort_all();
        if let Some(failure) = failure {
            self.outcome.reason = failure;
        }
        if !flushed {
            for one in &mut self.containers {
                one.outcome.reason.get_or_insert_with(|| {
                    format!(
                        "log lines were not taken within {} s of the end",
                        LOG_FLUSH_TIMEOUT.as_secs()
                    )
                });
            }
        }
        self.outcome.stopped_at = Some(self.now());
        self.outcome.containers = self.containers.into_iter().map(|one| one.outcome).collect();
        self.outcome
    }
}

async fn discard(mut reader: Box<dyn LogReader>) -> Result<(), runtime::RuntimeError> {
    const READ_BYTES: usize = 512 * 1024;
    loop {
        let batch = reader.next(READ_BYTES).await?;
        reader.acknowledge(batch.cursor).await?;
        if batch.ended {
            return Ok(());
        }
    }
}

fn limits(task: &wire::Task) -> TaskLimits {
    // A task's CPU is at most some hundred cores: far from what a float or an integer cannot hold.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped before"
    )]
    let cpu_millis = (task.cpu.clamp(0.0, 1024.0) * 1000.0) as u64;
    TaskLimits {
        cpu_millis: Some(cpu_millis).filter(|millis| *millis > 0),
        memory_bytes: u64::try_from(task.memory)
            .ok()
            .filter(|mib| *mib > 0)
            .map(|mib| mib * BYTES_PER_MIB),
        pids: Some(TASK_PIDS_MAX),
    }
}

/// As Fargate's: the task's id and a number, here of the container's place in its ARN.
fn runtime_id(task: &TaskId, container: &wire::Container) -> String {
    let number = container
        .container_arn
        .iter()
        .chain([&container.name])
        .flat_map(|text| text.bytes())
        .fold(0_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
    format!("{task}-{:010}", number % 10_000_000_000)
}

fn find_interface(
    state: Option<&wire::NodeState>,
    id: &str,
) -> Option<(wire::Vpc, wire::Subnet, wire::Interface)> {
    let state = state?;
    let interface = state.interfaces.iter().find(|one| one.id == id)?;
    let vpc = state.vpcs.iter().find(|vpc| vpc.id == interface.vpc_id)?;
    let subnet = vpc
        .subnets
        .iter()
        .find(|subnet| subnet.id == interface.subnet_id)?;
    Some((vpc.clone(), subnet.clone(), interface.clone()))
}
