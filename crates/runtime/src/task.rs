//! What a task asks of a node before any container.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::TaskId;

/// The first host user and group id of the range that every task's user namespace maps: the first
/// behind the ranges that systemd.io/UIDS-GIDS lists for others (containers of systemd-nspawn
/// end at 0x6fffffff). One range for all tasks, so that layers are mapped alike.
pub const USER_NAMESPACE_FIRST_ID: u32 = 0x7000_0000;

/// Ids in that range: 0 to 65535, `nobody` included.
pub const USER_NAMESPACE_IDS: u32 = 65_536;

/// A task: its namespaces and what all its containers may use together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskSpec {
    /// Its id.
    pub id: TaskId,
    /// True where the containers run in a user namespace of their own (Fargate).
    pub user_namespace: bool,
    /// Where its containers' network is.
    pub network: TaskNetwork,
    /// Which processes its containers see.
    #[serde(default)]
    pub pid: PidMode,
    /// Whose shared memory its containers see.
    #[serde(default)]
    pub ipc: IpcMode,
    /// Bytes of the `/dev/shm` that the containers share with [`IpcMode::Task`]; `None` is
    /// Docker's default of 64 MiB.
    #[serde(default)]
    pub shm_bytes: Option<u64>,
    /// What the containers write to their root file systems and the task's volumes, in bytes
    /// together: so much is reserved on the node's disk. `None` leaves them the disk as it is.
    #[serde(default)]
    pub storage_bytes: Option<u64>,
    /// Limits of all containers together.
    pub limits: TaskLimits,
}

impl TaskSpec {
    /// A task without limits whose containers share a network and nothing else.
    #[must_use]
    pub fn new(id: TaskId, user_namespace: bool, network: TaskNetwork) -> Self {
        Self {
            id,
            user_namespace,
            network,
            pid: PidMode::Container,
            ipc: IpcMode::Container,
            shm_bytes: None,
            storage_bytes: None,
            limits: TaskLimits::default(),
        }
    }
}

/// Which processes the containers of a task see (ECS `pidMode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PidMode {
    /// Each its own.
    #[default]
    Container,
    /// All those of the task, below one first process that only reaps.
    Task,
    /// All of the host; not with a user namespace.
    Host,
}

/// Whose shared memory, semaphores and message queues the containers of a task see (ECS
/// `ipcMode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IpcMode {
    /// Each its own.
    #[default]
    Container,
    /// The task's, `/dev/shm` included.
    Task,
    /// The host's, `/dev/shm` included; not with a user namespace.
    Host,
    /// Each its own, without `/dev/shm`.
    None,
}

/// Where a task's network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskNetwork {
    /// In a namespace of its own, with a loopback and nothing else.
    Own,
    /// In the host's; not with a user namespace.
    Host,
    /// In one namespace for each container, see [`crate::Runtime::prepare_container_network`]; not
    /// with a user namespace.
    PerContainer,
}

/// Limits of all containers of a task together; `None` leaves a thing unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLimits {
    /// Processor time, in thousandths of one processor.
    pub cpu_millis: Option<u64>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

/// A prepared task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSandbox {
    /// The task.
    pub task: TaskId,
    /// The pinned network namespace, for setns(2); `None` but with [`TaskNetwork::Own`].
    pub network_namespace: Option<PathBuf>,
    /// The pinned user namespace, which owns the network namespace.
    pub user_namespace: Option<PathBuf>,
    /// The pinned IPC namespace, with [`IpcMode::Task`].
    pub ipc_namespace: Option<PathBuf>,
    /// The pinned PID namespace, with [`PidMode::Task`].
    pub pid_namespace: Option<PathBuf>,
}
