//! Real containers: each through an OCI runtime command and a shim of its own.
//!
//! Nothing is remembered here that is not on disk, but for descriptors ([`held::Held`]), which keep
//! the exit code and the last output of a container whose shim died before it.

mod adopt;
mod bundle;
mod devices;
mod exec;
mod folders;
mod held;
mod shims;
mod staging;
mod volumes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::BoxFuture;
use shim::record::{self, Durability};
use shim::{Exit, State, file, pidfd};
use tokio::sync::Semaphore;

use self::folders::{Folders, check_passage, make_passage, make_private, names};
use self::held::Held;
pub use self::shims::STAGED_PER_CORE;
use self::shims::{Launched, Shims};
use self::staging::{Staged, remove_waiting};
use crate::cgroup::Moves;
use crate::logs::{SpoolReader, blocking};
use crate::mounts::{remove_folder, unmount_beneath};
use crate::watch::Watcher;
use crate::{
    Adopted, Cgroups, ContainerId, ContainerSpec, ExecOutcome, ExecSpec, LogReader, Runtime,
    RuntimeError, Started, TaskId, TaskNetwork, TaskSandbox, TaskSpec, sandbox, storage,
};

/// How often a shim's records are looked at while it is creating or starting a container.
const STATE_POLL: Duration = Duration::from_millis(2);
/// How long that may take: a little longer than the shim gives the OCI runtime.
const STATE_WAIT: Duration = Duration::from_secs(65);
/// How many new shims a container that has ended is given, to record how, before a wait fails.
const MAX_NEW_SHIMS: u32 = 5;
/// The pause before the next of them; it doubles. A full disk ends a shim without a record.
const NEW_SHIM_PAUSE: Duration = Duration::from_millis(100);
const NEW_SHIM_PAUSE_MAX: Duration = Duration::from_secs(5);

/// Where an [`OciRuntime`] keeps things and what it runs.
#[derive(Clone, Debug)]
pub struct OciConfig {
    /// On disk. With user namespaces, it and the folders above it must be passable for others
    /// (`chmod o+x`).
    pub state_dir: PathBuf,
    /// On a tmpfs, only for root: bundles may hold secrets. Not for two runtimes at once.
    pub run_dir: PathBuf,
    /// The OCI runtime command; see [`crate::choose`].
    pub runtime: PathBuf,
    /// The binary with the hidden subcommands `shim` and `sandbox`: usually
    /// `std::env::current_exe()`.
    pub program: PathBuf,
    /// The machine's cgroups.
    pub cgroups: Cgroups,
}

/// Runs containers through an OCI runtime command. To be used inside a tokio runtime.
#[derive(Clone)]
pub struct OciRuntime(Arc<Inner>);

struct Inner {
    config: OciConfig,
    folders: Folders,
    shims: Shims,
    /// For tasks that are prepared: apart from their containers, or the first of many tasks would run
    /// only when the last of them is prepared.
    preparations: Semaphore,
    held: Mutex<BTreeMap<ContainerId, Arc<Held>>>,
    /// Containers that are made ready. Their shims end with this process.
    staged: Mutex<BTreeMap<ContainerId, Staged>>,
    moves: Moves,
    /// Tells the readers of logs; from the first one on.
    watcher: Mutex<Option<Arc<Watcher>>>,
}

impl OciRuntime {
    /// Makes the folders that are missing.
    ///
    /// # Errors
    /// [`RuntimeError::Io`] when a folder cannot be made.
    pub fn open(config: OciConfig) -> Result<Self, RuntimeError> {
        if !config.state_dir.exists() {
            make_passage(&config.state_dir)?;
            // Whoever finds a name in it still may not list it.
            open_to_pass(&config.state_dir)?;
        }
        let folders = Folders {
            state: config.state_dir.clone(),
            run: config.run_dir.clone(),
        };
        make_passage(&folders.tasks())?;
        make_private(&folders.run)?;
        make_private(&folders.oci_root())?;
        Ok(Self(Arc::new(Inner {
            shims: Shims::new(config.program.clone()),
            preparations: shims::starts(),
            folders,
            moves: Moves::of(&config.cgroups),
            config,
            held: Mutex::default(),
            staged: Mutex::default(),
            watcher: Mutex::default(),
        })))
    }
}

fn open_to_pass(path: &std::path::Path) -> Result<(), RuntimeError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o711))
        .map_err(RuntimeError::io("set the mode of", path))
}

/// Gives a task the disk of its own that it asks for.
fn prepare_storage(folders: &Folders, spec: &TaskSpec) -> Result<(), RuntimeError> {
    let Some(bytes) = spec.storage_bytes else {
        return Ok(());
    };
    let disk = folders.disk(&spec.id);
    storage::prepare(&folders.disk_file(&spec.id), &disk, bytes)?;
    // Containers reach the volumes on it by their paths.
    make_passage(&disk)
}

/// What a new container's first process does.
#[derive(Clone, Copy, Debug)]
enum Begin {
    /// It waits for the start.
    Told,
    /// It starts.
    AtOnce,
}

/// What is on disk of a container.
#[derive(Debug, Default)]
struct Found {
    state: Option<State>,
    exit: Option<Exit>,
}

impl Inner {
    fn found(&self, id: &ContainerId) -> Found {
        let folder = self.folders.container(id);
        // A record that cannot be read was torn by the loss of power; a new shim settles it.
        Found {
            state: record::read(&folder.join(file::STATE)).ok().flatten(),
            exit: record::read(&folder.join(file::EXIT)).ok().flatten(),
        }
    }

    fn exists(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        if self.folders.container(id).join(file::SETTINGS).exists() {
            Ok(())
        } else {
            Err(RuntimeError::NoSuchContainer {
                container: id.clone(),
            })
        }
    }

    fn task_spec(&self, id: &TaskId) -> Result<TaskSpec, RuntimeError> {
        record::read(&self.folders.task_record(id))?
            .ok_or_else(|| RuntimeError::NoSuchTask { task: id.clone() })
    }

    /// Takes hold of a container, as early as possible; `None` when it has ended.
    fn hold(&self, id: &ContainerId, state: &State) -> Result<Option<Arc<Held>>, RuntimeError> {
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = all.get(id) {
            return Ok(Some(held.clone()));
        }
        let held = Held::open(&self.folders.container(id), state)?.map(Arc::new);
        if let Some(held) = &held {
            all.insert(id.clone(), held.clone());
        }
        Ok(held)
    }

    /// `None` where the machine has none to give; the next caller tries again.
    fn watcher(&self) -> Option<Arc<Watcher>> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if watcher.is_none() {
            match Watcher::start() {
                Ok(new) => *watcher = Some(Arc::new(new)),
                Err(error) => {
                    tracing::warn!(%error, "no file can be watched; logs are looked at now and then")
                }
            }
        }
        watcher.clone()
    }

    fn let_go(&self, id: &ContainerId) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }

    async fn prepare_task(&self, spec: TaskSpec) -> Result<TaskSandbox, RuntimeError> {
        let _turn = self.preparations.acquire().await;
        self.moves.expect_one();
        let folders = self.folders.clone();
        let config = self.config.clone();
        blocking("prepare a task", move || {
            if spec.user_namespace {
                check_passage(&folders.state)?;
            }
            let folder = folders.task(&spec.id);
            make_passage(&folder)?;
            // Beside the rest, since syncing takes as long as all of it. Without the record, a
            // crash leaves a folder that adoption removes with everything that belongs to it.
            std::thread::scope(|scope| {
                let recorded = scope.spawn(|| {
                    record::write(&folders.task_record(&spec.id), &spec, Durability::Machine)
                });
                let swap = folders.task_swap(&spec.id).exists();
                let prepared = prepare_storage(&folders, &spec)
                    .and_then(|()| config.cgroups.create_task(&spec.id, &spec.limits, swap))
                    .and_then(|()| {
                        sandbox::prepare(&config.program, &config.cgroups, &folder, &spec)
                    });
                recorded
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                prepared
            })
        })
        .await
    }

    async fn run(&self, spec: ContainerSpec) -> Result<Started, RuntimeError> {
        let id = spec.id.clone();
        // Once more, for a container that is started later than its task is prepared.
        self.moves.expect_one();
        match self.run_staged(&spec).await? {
            Some(launched) => self.is_created(&id, launched).await?,
            None => self.create(spec, Begin::AtOnce).await?,
        }
        // It has started, unless it had been created before.
        self.start(&id).await
    }

    /// True where there is neither a container nor a shim that is about to make it.
    fn is_new(&self, id: &ContainerId) -> bool {
        let found = self.found(id);
        found.state.is_none()
            && found.exit.is_none()
            && !shim::lock::is_held(&self.folders.container(id))
    }

    async fn create(&self, spec: ContainerSpec, begin: Begin) -> Result<(), RuntimeError> {
        let id = spec.id.clone();
        let folder = self.folders.container(&id);
        let launched = if self.is_new(&id) {
            self.prepare_bundle(spec).await?;
            remove_waiting(&folder)?;
            match begin {
                Begin::Told => self.shims.create(&folder).await?,
                Begin::AtOnce => self.shims.run(&folder).await?,
            }
        } else {
            Launched::Refused
        };
        self.is_created(&id, launched).await
    }

    async fn prepare_bundle(&self, spec: ContainerSpec) -> Result<(), RuntimeError> {
        let task = self.task_spec(&spec.id.task)?;
        let sandbox = self.sandbox(&task)?;
        let folders = self.folders.clone();
        let config = self.config.clone();
        blocking("prepare a container", move || {
            if spec.resources.asks_for_swap() {
                // The task's own limit would leave it none.
                let marker = folders.task_swap(&task.id);
                std::fs::write(&marker, "").map_err(RuntimeError::io("write", &marker))?;
                config.cgroups.create_task(&task.id, &task.limits, true)?;
            }
            bundle::prepare(
                &folders,
                &config.cgroups,
                &config.runtime,
                &config.program,
                &spec,
                &task,
                &sandbox,
            )
        })
        .await
    }

    /// True where a container was made, or a shim is making it: its launcher may have been killed, who
    /// only waits for the shim's word.
    fn is_being_made(&self, id: &ContainerId) -> bool {
        // In this order: a shim's last act is to record.
        let alive = shim::lock::is_held(&self.folders.container(id));
        let found = self.found(id);
        found.state.is_some() || (alive && found.exit.is_none())
    }

    /// Sees to it that a container is there that a shim was asked to make.
    async fn is_created(&self, id: &ContainerId, launched: Launched) -> Result<(), RuntimeError> {
        if let Launched::Failed(message) = launched
            && !self.is_being_made(id)
        {
            return Err(RuntimeError::Create {
                container: id.clone(),
                message,
            });
        }
        match self.await_record(id, "creation").await? {
            Found {
                state: Some(state), ..
            } => {
                self.hold(id, &state)?;
                Ok(())
            }
            Found { exit, .. } => Err(RuntimeError::Create {
                container: id.clone(),
                message: exit.and_then(|exit| exit.reason).unwrap_or_default(),
            }),
        }
    }

    /// Waits until a container's shim has ended.
    async fn await_unlocked(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let folder = self.folders.container(id);
        tokio::time::timeout(STATE_WAIT, async {
            while shim::lock::is_held(&folder) {
                tokio::time::sleep(STATE_POLL).await;
            }
        })
        .await
        .map_err(|_| late("the shim's end", id))
    }

    /// Waits until a shim has recorded the container's creation or failure: the one that is at it,
    /// or a new one if that has died.
    async fn await_record(
        &self,
        id: &ContainerId,
        what: &'static str,
    ) -> Result<Found, RuntimeError> {
        let folder = self.folders.container(id);
        let awaited = async {
            loop {
                // In this order: a shim's last act is to record.
                let alive = shim::lock::is_held(&folder);
                let found = self.found(id);
                if found.state.is_some() || found.exit.is_some() {
                    return Ok(found);
                }
                if !alive {
                    self.adopt_one(id).await?;
                }
                tokio::time::sleep(STATE_POLL).await;
            }
        };
        tokio::time::timeout(STATE_WAIT, awaited)
            .await
            .map_err(|_| late(what, id))?
    }

    async fn start(&self, id: &ContainerId) -> Result<Started, RuntimeError> {
        self.exists(id)?;
        let folder = self.folders.container(id);
        let awaited = async {
            let mut asked_of = None;
            loop {
                let found = self.found(id);
                if let Some(state) = &found.state {
                    self.hold(id, state)?;
                    if let Some(started_at) = state.started_at {
                        return Ok(Started {
                            pid: state.init.pid,
                            started_at,
                        });
                    }
                }
                if let Some(exit) = found.exit {
                    let ended = || "it ended before it was started".to_owned();
                    return Err(RuntimeError::Start {
                        container: id.clone(),
                        message: exit.reason.unwrap_or_else(ended),
                    });
                }
                // Once of each shim: the command goes with the shim that held the FIFO.
                let shim = found.state.map(|state| state.shim);
                if shim.is_none() || asked_of != shim {
                    if shim::lock::is_held(&folder) && shims::ask_to_start(&folder)? {
                        asked_of = shim;
                    } else {
                        self.adopt_one(id).await?;
                    }
                } else if !shim::lock::is_held(&folder) {
                    self.adopt_one(id).await?;
                }
                tokio::time::sleep(STATE_POLL).await;
            }
        };
        tokio::time::timeout(STATE_WAIT, awaited)
            .await
            .map_err(|_| late("start", id))?
    }

    fn signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        self.exists(id)?;
        let found = self.found(id);
        let (Some(state), None) = (found.state, found.exit) else {
            return Ok(());
        };
        if let Some(held) = self.hold(id, &state)? {
            pidfd::send(&held.init, signal).map_err(|source| RuntimeError::Io {
                what: "send a signal to the first process of",
                path: self.folders.container(id),
                source,
            })?;
        }
        Ok(())
    }

    /// Waits for the end. That no shim can be had ends no wait as long as the container runs: who
    /// waits would take it for ended, and it would be ended.
    async fn wait(&self, id: &ContainerId) -> Result<Exit, RuntimeError> {
        self.exists(id)?;
        let (mut new_shims, mut pause) = (0, NEW_SHIM_PAUSE);
        loop {
            match self.watch(id).await {
                Ok(Some(exit)) => {
                    self.let_go(id);
                    return Ok(exit);
                }
                Ok(None) if self.has_ended(id) => {
                    if new_shims == MAX_NEW_SHIMS {
                        return Err(late("a shim that lives", id));
                    }
                    new_shims += 1;
                }
                Ok(None) => {
                    pause = NEW_SHIM_PAUSE;
                    continue;
                }
                Err(error) if self.has_ended(id) => return Err(error),
                Err(error) => {
                    tracing::error!(container = %id, %error, "a running container has no shim; it is tried again");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(NEW_SHIM_PAUSE_MAX);
        }
    }

    /// Waits for the end of a container's shim. `None` where that left no record: then the
    /// container has a new one.
    async fn watch(&self, id: &ContainerId) -> Result<Option<Exit>, RuntimeError> {
        let found = self.found(id);
        if let Some(state) = &found.state {
            if found.exit.is_none() {
                // Before its end is known: see `Shims::adopt`.
                self.hold(id, state)?;
            }
            // When the shim has ended, the OCI runtime has cleaned up.
            shims::ended(&state.shim).await?;
        }
        if let Some(exit) = self.found(id).exit {
            return Ok(Some(exit));
        }
        self.adopt_one(id).await?;
        Ok(None)
    }

    /// False where the container's first process lives, or where nobody can tell.
    fn has_ended(&self, id: &ContainerId) -> bool {
        match self.found(id).state.map(|state| state.init.stat()) {
            Some(Ok(Some(stat))) => stat.zombie_status.is_some(),
            Some(Err(_)) => false,
            Some(Ok(None)) | None => true,
        }
    }

    async fn remove(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        if let Some(staged) = self.take_staged(id) {
            self.give_up(id, staged).await?;
        }
        let folder = self.folders.container(id);
        if self.exists(id).is_ok() {
            let alive = shim::lock::is_held(&folder);
            let mut found = self.found(id);
            if alive && found.state.is_none() && found.exit.is_none() {
                found = self.await_record(id, "creation").await?;
            }
            if found.state.is_some() {
                self.signal(id, libc::SIGKILL)?;
                tokio::time::timeout(STATE_WAIT, self.wait(id))
                    .await
                    .map_err(|_| late("end", id))??;
            }
            let oci = self.folders.oci_root().join(folders::oci_id(id));
            if oci.exists() && !shim::lock::is_held(&folder) {
                // A shim died before it had cleaned up.
                self.adopt_one(id).await?;
                if let Some(state) = self.found(id).state {
                    shims::ended(&state.shim).await?;
                }
            }
            self.await_unlocked(id).await?;
        }
        self.let_go(id);
        let cgroups = self.config.cgroups.clone();
        let bundle = self.folders.bundle(id);
        let task_folder = self.folders.task(&id.task);
        let on_disk = self.folders.container_on_disk(id);
        let id = id.clone();
        blocking("remove a container", move || {
            cgroups.remove_container(&id)?;
            sandbox::remove_of_container(&cgroups, &task_folder, &id)?;
            remove_folder(&bundle)?;
            // Mounted from there.
            unmount_beneath(&folder)?;
            remove_folder(&on_disk)?;
            remove_folder(&folder)
        })
        .await
    }

    async fn remove_task(&self, id: &TaskId) -> Result<(), RuntimeError> {
        for name in names(&self.folders.containers(id))? {
            self.remove(&ContainerId::new(id, &name)?).await?;
        }
        let cgroups = self.config.cgroups.clone();
        let folder = self.folders.task(id);
        let bundles = self.folders.task_bundles(id);
        let id = id.clone();
        blocking("remove a task", move || {
            cgroups.remove_task(&id)?;
            unmount_beneath(&folder)?;
            remove_folder(&bundles)?;
            // Last: what is still there is found again after a crash.
            remove_folder(&folder)
        })
        .await
    }
}

impl Inner {
    async fn prepare_container_network(&self, id: &ContainerId) -> Result<PathBuf, RuntimeError> {
        if self.task_spec(&id.task)?.network != TaskNetwork::PerContainer {
            return Err(RuntimeError::not_per_container(id));
        }
        let (folder, id) = (self.folders.task(&id.task), id.clone());
        let program = self.config.program.clone();
        blocking("prepare a network", move || {
            sandbox::prepare_network(&program, &folder, &id)
        })
        .await
    }

    fn sandbox(&self, task: &TaskSpec) -> Result<TaskSandbox, RuntimeError> {
        sandbox::find(&self.folders.task(&task.id), &self.config.cgroups, task).ok_or_else(|| {
            RuntimeError::NoSuchTask {
                task: task.id.clone(),
            }
        })
    }
    async fn restart(&self, id: &ContainerId) -> Result<Started, RuntimeError> {
        self.exists(id)?;
        let folder = self.folders.container(id);
        let start_failed = |message: String| RuntimeError::Start {
            container: id.clone(),
            message,
        };
        let found = self.found(id);
        if let (Some(exit), state) = (&found.exit, &found.state) {
            let Some(state) = state else {
                let reason = exit.reason.clone();
                return Err(start_failed(reason.unwrap_or_default()));
            };
            // The shim of before may still be clearing up.
            shims::ended(&state.shim).await?;
            self.let_go(id);
            if let Launched::Failed(message) = self.shims.restart(&folder).await? {
                return Err(start_failed(message));
            }
        }
        // It runs, or somebody else is at it.
        self.start(id).await
    }
}

fn late(what: &'static str, id: &ContainerId) -> RuntimeError {
    RuntimeError::Late {
        what,
        container: id.clone(),
        seconds: STATE_WAIT.as_secs(),
    }
}

impl Runtime for OciRuntime {
    fn prepare_task<'a>(
        &'a self,
        spec: &'a TaskSpec,
    ) -> BoxFuture<'a, Result<TaskSandbox, RuntimeError>> {
        Box::pin(self.0.prepare_task(spec.clone()))
    }

    fn prepare_container_network<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<PathBuf, RuntimeError>> {
        Box::pin(self.0.prepare_container_network(id))
    }

    fn create<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(self.0.create(spec.clone(), Begin::Told))
    }

    fn run<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(self.0.run(spec.clone()))
    }

    fn start<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(self.0.start(id))
    }

    fn stage<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(self.0.stage(spec))
    }

    fn restart<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(self.0.restart(id))
    }

    fn exec<'a>(
        &'a self,
        id: &'a ContainerId,
        command: &'a ExecSpec,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<ExecOutcome, RuntimeError>> {
        Box::pin(self.0.exec(id, command, timeout))
    }

    fn signal<'a>(
        &'a self,
        id: &'a ContainerId,
        signal: i32,
    ) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async move { self.0.signal(id, signal) })
    }

    fn wait<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Exit, RuntimeError>> {
        Box::pin(self.0.wait(id))
    }

    fn logs<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<Box<dyn LogReader>, RuntimeError>> {
        Box::pin(async move {
            self.0.exists(id)?;
            let folder = self.0.folders.container(id);
            let reader = SpoolReader::open(&folder, self.0.watcher())?;
            Ok(Box::new(reader) as Box<dyn LogReader>)
        })
    }

    fn remove<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(self.0.remove(id))
    }

    fn remove_task<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(self.0.remove_task(id))
    }

    fn check(&self) -> BoxFuture<'_, Result<(), RuntimeError>> {
        Box::pin(self.0.check())
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>> {
        Box::pin(self.0.adopt())
    }
}
