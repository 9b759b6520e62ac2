//! What happens before a container runs: images, the task's sandbox, its log stream, its creation;
//! and its start, the first and those of its restart policy.

use std::path::PathBuf;
use std::sync::Arc;

use agent_wire as wire;
use runtime::{
    IpcMode, Mount, MountSource, PidMode, RuntimeError, Started, TaskLimits, TaskNetwork, TaskSpec,
};
use tokio_util::task::AbortOnDropHandle;

use super::life::{Life, Running};
use super::network;
use super::plan::{Phase, volumes};
use super::resolve::{self, Surroundings};
use crate::logging::{self, Driver, Lost, Origin};

/// Processes and threads of one task; the host's own limit is a few ten thousand for all.
const TASK_PIDS_MAX: u64 = 4096;
const BYTES_PER_MIB: u64 = 1024 * 1024;
const BYTES_PER_GIB: u64 = 1024 * BYTES_PER_MIB;
/// What a container is told that is not started any more.
const STOPPED_BEFORE: &str = "the task was stopped before the container was started";

/// True of a container that is started as soon as it can be.
fn is_next(one: &Running) -> bool {
    one.progress.phase == Phase::Waiting
        && one.progress.depends_on.is_empty()
        && one.progress.needs.is_empty()
}

impl Life<'_> {
    /// Images, namespaces, network. Nothing is missing where the task is to stop meanwhile: then
    /// nothing is started.
    ///
    /// Only waiting is cut off by a stop. What changes the machine is seen through, or it would go
    /// on beside its own removal and outlive the task.
    pub(super) async fn prepare(&mut self) -> Result<(), String> {
        let mut stop = self.owner.stop.clone();
        let spec = self.task_spec()?;
        let runtime = Arc::clone(&self.engine().runtime);
        // Neither needs the other, and both take their time.
        let (pulled, prepared) = tokio::join!(
            async {
                tokio::select! {
                    pulled = self.pull() => pulled.map(|()| true),
                    _ = stop.wait_for(|stop| *stop) => Ok(false),
                }
            },
            runtime.prepare_task(&spec),
        );
        if !pulled? {
            return Ok(());
        }
        let sandbox = prepared.map_err(|error| format!("ResourceInitializationError: {error}"))?;
        self.ask_for_streams();
        self.surrounding = self.surround(sandbox.network_namespace).await?;
        Ok(())
    }

    /// Has the log streams made of the containers that are started next, while their network is.
    fn ask_for_streams(&mut self) {
        for index in 0..self.containers.len() {
            let Ok(Driver::Awslogs(awslogs)) = self.driver(index) else {
                // What is wrong with it is said when the container is made.
                continue;
            };
            let control_plane = self.engine().control_plane.clone();
            let next = self.containers.get_mut(index);
            if let Some(one) = next.filter(|one| is_next(one)) {
                one.stream = Some(AbortOnDropHandle::new(tokio::spawn(async move {
                    awslogs
                        .prepare(&control_plane)
                        .await
                        .map_err(|error| error.to_string())
                })));
            }
        }
    }

    /// Makes ready what can be of the containers that are started next, while their network is made.
    /// What fails is tried again when they are started, and said then. A volume starts with what the first
    /// container's image has, so who shares one with an earlier container comes after it: at its start.
    pub(super) async fn stage(&self, surroundings: &Surroundings) {
        let next = self.containers.iter().filter(|one| is_next(one));
        let next: Vec<_> = next
            .filter_map(|one| {
                let mounts = volumes::mounts(&self.task, &one.wanted.container).ok()?;
                Some((one, mounts))
            })
            .collect();
        let is_first = volumes::first_to_mount(next.iter().map(|(_, mounts)| mounts.as_slice()));
        let first = next.into_iter().zip(is_first).filter(|(_, first)| *first);
        futures_util::future::join_all(first.map(async |((one, mounts), _)| {
            let Some(image) = &one.image else {
                return;
            };
            let id = one.id.clone();
            if self.make_volumes(&mounts).await.is_ok()
                && let Ok(spec) =
                    resolve::container(id.clone(), &one.wanted, image, surroundings, mounts)
                && let Err(error) = self.engine().runtime.stage(&spec).await
            {
                tracing::debug!(container = %id, %error, "could not be made ready ahead");
            }
        }))
        .await;
    }

    /// Sees to it that the container's log stream is there, if it has one.
    async fn have_stream(&mut self, index: usize, driver: &Driver) -> Result<(), String> {
        let asked = self
            .containers
            .get_mut(index)
            .and_then(|one| one.stream.take());
        let made = match (asked, driver) {
            (Some(asked), _) => asked.await.unwrap_or_else(|error| Err(error.to_string())),
            (None, Driver::Awslogs(awslogs)) => awslogs
                .prepare(&self.engine().control_plane)
                .await
                .map_err(|error| error.to_string()),
            (None, _) => Ok(()),
        };
        made.map_err(|error| format!("ResourceInitializationError: {error}"))
    }

    fn task_spec(&self) -> Result<TaskSpec, String> {
        let unknown = |what: &str, mode: &str| {
            format!("ResourceInitializationError: the {what} mode '{mode}' is not known")
        };
        let fargate = self.task.launch_type == "FARGATE";
        let network = match network::mode(&self.task)? {
            network::Mode::Awsvpc => TaskNetwork::Own,
            network::Mode::Host => TaskNetwork::Host,
            network::Mode::Bridge | network::Mode::None => TaskNetwork::PerContainer,
        };
        let mut spec = TaskSpec::new(self.task_id.clone(), fargate, network);
        spec.limits = limits(&self.task);
        spec.pid = match self.task.pid_mode.as_str() {
            "" => PidMode::Container,
            "task" => PidMode::Task,
            "host" => PidMode::Host,
            other => return Err(unknown("pid", other)),
        };
        spec.ipc = match self.task.ipc_mode.as_str() {
            "" => IpcMode::Container,
            "task" => IpcMode::Task,
            "host" => IpcMode::Host,
            "none" => IpcMode::None,
            other => return Err(unknown("ipc", other)),
        };
        spec.storage_bytes = u64::try_from(self.task.ephemeral_storage_gib)
            .ok()
            .filter(|gib| *gib > 0)
            .map(|gib| gib * BYTES_PER_GIB);
        // The containers share one /dev/shm: it is as large as the largest that is asked for.
        let shm = self.containers.iter().map(|one| one.wanted.host.shm_size);
        spec.shm_bytes = shm
            .max()
            .and_then(|bytes| u64::try_from(bytes).ok())
            .filter(|bytes| *bytes > 0);
        Ok(spec)
    }

    async fn pull(&mut self) -> Result<(), String> {
        self.outcome.pull_started_at = Some(self.now());
        let task = self.owner.record.arn.clone();
        let images = Arc::clone(&self.engine().images);
        let (folders, id) = (&self.owner.engine.folders, &self.owner.id);
        let waiting = self
            .containers
            .iter_mut()
            .filter(|one| one.progress.phase == Phase::Waiting);
        let pulls = waiting.map(|one| {
            let (images, task) = (Arc::clone(&images), task.clone());
            async move {
                match images.pull(&one.wanted.container.image, &task).await {
                    Ok(image) => {
                        // Before anything is made of it, or a later agent could not keep it.
                        folders
                            .write_image(id, &one.wanted.container.name, &image.digest)
                            .map_err(|error| {
                                format!("ResourceInitializationError: its image could not be written down: {error}")
                            })?;
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

    pub(super) async fn start(&mut self, name: &str) {
        let Some(index) = self.index(name) else {
            return;
        };
        let result = self.try_start(index).await;
        match result {
            Ok(()) => self.runs(index),
            Err(reason) => {
                let essential = |one: &Running| one.progress.essential;
                let ends_task = self.containers.get(index).is_some_and(essential);
                self.give_up(index, reason, ends_task);
            }
        }
    }

    async fn try_start(&mut self, index: usize) -> Result<(), String> {
        let Some(one) = self.containers.get(index) else {
            return Ok(());
        };
        let create_error = |reason: String| format!("CannotCreateContainerError: {reason}");
        let image = one
            .image
            .clone()
            .ok_or("CannotStartContainerError: its image is not here")?;
        let id = one.id.clone();
        let driver = self
            .driver(index)
            .map_err(|error| format!("ResourceInitializationError: {error}"))?;
        let mounts = volumes::mounts(&self.task, &one.wanted.container).map_err(create_error)?;
        self.make_volumes(&mounts).await.map_err(create_error)?;
        let mut stop = self.owner.stop.clone();
        tokio::select! {
            made = self.have_stream(index, &driver) => made?,
            _ = stop.wait_for(|stop| *stop) => return Err(STOPPED_BEFORE.to_owned()),
        }
        let surroundings = self.surround_container(index).await?;
        let Some(one) = self.containers.get(index) else {
            return Ok(());
        };
        let spec = resolve::container(id.clone(), &one.wanted, &image, &surroundings, mounts)
            .map_err(create_error)?;
        let runtime = Arc::clone(&self.engine().runtime);
        let started = runtime.run(&spec).await;
        // What it said before it failed to start is told, too.
        if !matches!(started, Err(RuntimeError::Create { .. })) {
            self.ship_logs(index);
        }
        let started = started.map_err(|error| match error {
            RuntimeError::Start { .. } => format!("CannotStartContainerError: {error}"),
            error => create_error(error.to_string()),
        })?;
        self.note_start(index, started);
        Ok(())
    }

    /// Starts a container that has ended once more. False where that fails.
    pub(super) async fn restart(&mut self, index: usize) -> bool {
        let Some(one) = self.containers.get(index) else {
            return false;
        };
        let id = one.id.clone();
        match self.engine().runtime.restart(&id).await {
            Ok(started) => {
                tracing::info!(container = %id, "started again, as its restart policy says");
                self.note_start(index, started);
                self.ship_logs(index);
                self.runs(index);
                true
            }
            Err(error) => {
                tracing::warn!(container = %id, %error, "could not be started again");
                false
            }
        }
    }

    /// Notes when it was started; on tmpfs too, for what a later agent judges by it: its restart policy,
    /// its health, and whether others have waited too long for it.
    fn note_start(&mut self, index: usize, started: Started) {
        let now = self.monotonic();
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        one.started = Some(now);
        one.health_is_old = false;
        let (id, name) = (&self.owner.id, &one.wanted.container.name);
        let folders = &self.owner.engine.folders;
        if let Err(error) = folders.write_started(id, name, now, started.started_at) {
            tracing::warn!(container = %one.id, %error, "could not write down when it was started");
        }
    }

    /// Makes folders of the host that are not there, as Docker does, and refuses shared volumes that
    /// are to be there and are not.
    async fn make_volumes(&self, mounts: &[Mount]) -> Result<(), String> {
        let volumes = self.engine().config.state_dir.join("volumes");
        for name in volumes::must_exist(&self.task, mounts) {
            if !volumes.join(name).exists() {
                return Err(format!(
                    "the shared volume {name} is not there and autoprovision is false"
                ));
            }
        }
        let folders: Vec<PathBuf> = mounts
            .iter()
            .filter_map(|mount| match &mount.source {
                MountSource::Host(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        tokio::task::spawn_blocking(move || {
            for folder in folders {
                if !folder.exists() {
                    std::fs::create_dir_all(&folder)
                        .map_err(|error| format!("{}: {error}", folder.display()))?;
                }
            }
            Ok(())
        })
        .await
        .unwrap_or_else(|error| Err(error.to_string()))
    }

    fn driver(&self, index: usize) -> Result<Driver, String> {
        let Some(one) = self.containers.get(index) else {
            return Ok(Driver::None);
        };
        let wanted = &one.wanted;
        let files = logging::files(&self.engine().config.state_dir);
        let origin = Origin {
            container: &wanted.container.name,
            task: self.task_id.as_str(),
            runtime_id: &one.runtime_id,
            region: self.region(),
            labels: &wanted.config.labels,
            environment: &wanted.container.environment,
            files: &files,
        };
        Driver::of(wanted.host.log_config.as_ref(), &origin)
    }

    /// Sends the container's lines where they go. Where they went there before the container ended
    /// and was started again, that is seen through first.
    pub(super) fn ship_logs(&mut self, index: usize) {
        let driver = self.driver(index).unwrap_or_else(|error| {
            // It was checked before the container was made.
            tracing::error!(%error, "the container's lines go nowhere");
            Driver::None
        });
        let engine = Arc::clone(self.engine());
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        let (id, before) = (one.id.clone(), one.shipper.take());
        one.shipper = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            let lost = match before {
                Some(before) => before.await.unwrap_or_default(),
                None => Lost::default(),
            };
            let (control_plane, clock) = (engine.control_plane.clone(), Arc::clone(&engine.clock));
            let runtime = &*engine.runtime;
            lost.and(driver.run(runtime, id, control_plane, clock).await)
        })));
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
