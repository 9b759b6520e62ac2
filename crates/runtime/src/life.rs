//! The life of tasks and containers, as the agent sees it.

use std::path::PathBuf;
use std::time::Duration;

use ambient::{BoxFuture, Timestamp};
use shim::Exit;

use crate::{
    ContainerId, ContainerSpec, ExecOutcome, ExecSpec, LogReader, RuntimeError, TaskId,
    TaskSandbox, TaskSpec,
};

/// Runs containers on this node.
///
/// Every call may be repeated: what is done already is not done again. The order is
/// `prepare_task`, (network, and `stage` beside it), `run` (or `create` and `start`), `exec`, `signal`,
/// `wait`, (`restart`), logs to their end, `remove`, `remove_task`. Whatever has run survives the agent; [`Runtime::adopt`] finds it again.
pub trait Runtime: Send + Sync {
    /// Makes the task's cgroup, namespaces and folder.
    fn prepare_task<'a>(
        &'a self,
        spec: &'a TaskSpec,
    ) -> BoxFuture<'a, Result<TaskSandbox, RuntimeError>>;

    /// Makes the network namespace of a container to come, of a task with
    /// [`crate::TaskNetwork::PerContainer`], and returns where it is pinned. It goes with the
    /// container.
    fn prepare_container_network<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<PathBuf, RuntimeError>>;

    /// Makes a container of a prepared task, ready to start. After
    /// [`RuntimeError::Create`] what was made of it awaits [`Runtime::remove`].
    fn create<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>>;

    /// Starts a created container. After [`RuntimeError::Start`] it has ended.
    fn start<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>>;

    /// [`Runtime::create`] and [`Runtime::start`], in less time where nothing is to happen in
    /// between.
    fn run<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(async move {
            self.create(spec).await?;
            self.start(&spec.id).await
        })
    }

    /// Makes ready what can be of a container to come, so that [`Runtime::run`] takes less time: it may
    /// go on beside the making of the task's network. Nothing of the container runs before it is run,
    /// and what differs then is made anew. Where as many wait as may ([`crate::STAGED_PER_CORE`]), nothing
    /// is made ready.
    fn stage<'a>(&'a self, _spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async { Ok(()) })
    }

    /// Starts a container that has ended once more: a new process in the same root file system,
    /// whose output goes on in the same spool. One that runs is left alone.
    fn restart<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>>;

    /// Runs a command in a running container, confined as it is, and waits for its end, but no
    /// longer than `timeout`; afterwards no process of it is left.
    fn exec<'a>(
        &'a self,
        id: &'a ContainerId,
        command: &'a ExecSpec,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<ExecOutcome, RuntimeError>>;

    /// Sends a signal by number to the container's first process; one that has ended is no error.
    fn signal<'a>(
        &'a self,
        id: &'a ContainerId,
        signal: i32,
    ) -> BoxFuture<'a, Result<(), RuntimeError>>;

    /// Waits for the container's end, however long; afterwards no process of it is left.
    fn wait<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Exit, RuntimeError>>;

    /// Its output from the last acknowledged place on. One reader at a time.
    fn logs<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<Box<dyn LogReader>, RuntimeError>>;

    /// Removes everything of a container, output included; kills it if it still runs. None there
    /// is no error.
    fn remove<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<(), RuntimeError>>;

    /// Removes everything of a task, its containers too. None there is no error.
    fn remove_task<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), RuntimeError>>;

    /// Whether this runtime answers at all.
    fn check(&self) -> BoxFuture<'_, Result<(), RuntimeError>>;

    /// Everything that an earlier agent left on this node, and gives a new shim to each container
    /// whose own has died.
    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>>;
}

/// A started container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its first process, on the host.
    pub pid: i32,
    /// When it was started.
    pub started_at: Timestamp,
}

/// A task found on the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Adopted {
    /// As it was prepared.
    pub spec: TaskSpec,
    /// Its namespaces; `None` when a restart of the machine took them.
    pub sandbox: Option<TaskSandbox>,
    /// Its containers.
    pub containers: Vec<AdoptedContainer>,
}

/// A container found on the node.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptedContainer {
    /// Which.
    pub id: ContainerId,
    /// Where it stands.
    pub state: ContainerState,
}

/// Where a container stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Its creation was cut off; remove it.
    Unfinished,
    /// Created, not started.
    Created {
        /// Its first process, on the host.
        pid: i32,
    },
    /// Started.
    Running(Started),
    /// Ended; output may still be unread.
    Exited(Exit),
}
