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
    /// Limits of all containers together.
    pub limits: TaskLimits,
}

/// Where a task's network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskNetwork {
    /// In a namespace of its own, empty but for a loopback that is down.
    Own,
    /// In the host's; not with a user namespace.
    Host,
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
    /// The pinned network namespace, for setns(2); `None` with [`TaskNetwork::Host`].
    pub network_namespace: Option<PathBuf>,
    /// The pinned user namespace, which owns the network namespace.
    pub user_namespace: Option<PathBuf>,
}
