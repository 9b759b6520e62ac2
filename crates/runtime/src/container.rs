//! What a container is to be.

use std::fmt;
use std::path::PathBuf;

use shim::LogLimits;

use crate::ContainerId;

/// The number of open files, soft and hard, when a definition sets none: Fargate's
/// (ECS developer guide, "Fargate task definition differences", resource limits).
pub const DEFAULT_NOFILE: u64 = 65_535;

/// A container, resolved: image and definition are merged, names are ids.
#[derive(Clone, PartialEq)]
pub struct ContainerSpec {
    /// The task and the name in it.
    pub id: ContainerId,
    /// Unpacked layers, lowest first.
    pub layers: Vec<PathBuf>,
    /// The program and its arguments.
    pub args: Vec<String>,
    /// `NAME=value`; may hold secrets.
    pub env: Vec<String>,
    /// The working folder; made if missing. Absolute.
    pub cwd: String,
    /// Who runs it.
    pub user: User,
    /// The host's name that it sees.
    pub hostname: String,
    /// Content of `/etc/hosts`; `None` leaves the image's.
    pub hosts: Option<String>,
    /// Content of `/etc/resolv.conf`; `None` leaves the image's.
    pub resolv_conf: Option<String>,
    /// The root file system may not be written.
    pub readonly_rootfs: bool,
    /// Capabilities beyond Docker's default, with or without `CAP_`; `ALL` for all.
    pub cap_add: Vec<String>,
    /// Capabilities taken away; `ALL` for all.
    pub cap_drop: Vec<String>,
    /// Resource limits of each process (`nofile`, ...).
    pub ulimits: Vec<Ulimit>,
    /// More to see in the file system.
    pub mounts: Vec<Mount>,
    /// Limits of all its processes together.
    pub resources: Resources,
    /// Limits of its spool.
    pub log: LogLimits,
}

impl ContainerSpec {
    /// A container with a program and nothing special.
    #[must_use]
    pub fn new(id: ContainerId, layers: Vec<PathBuf>, args: Vec<String>) -> Self {
        let hostname = id.name.to_string();
        Self {
            id,
            layers,
            args,
            env: Vec::new(),
            cwd: "/".to_owned(),
            user: User::default(),
            hostname,
            hosts: None,
            resolv_conf: None,
            readonly_rootfs: false,
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            ulimits: Vec::new(),
            mounts: Vec::new(),
            resources: Resources::default(),
            log: LogLimits::default(),
        }
    }
}

impl fmt::Debug for ContainerSpec {
    /// Without arguments and environment, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerSpec")
            .field("id", &self.id)
            .field("layers", &self.layers)
            .field("user", &self.user)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

/// A user by numbers, as the container sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// More group ids.
    pub additional_gids: Vec<u32>,
}

/// A limit of each process (setrlimit(2)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ulimit {
    /// Lower case, without `RLIMIT_`: `nofile`.
    pub name: String,
    /// What a process starts with; negative for unlimited.
    pub soft: i64,
    /// What it may raise it to; negative for unlimited.
    pub hard: i64,
}

/// Something more to see in the file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where, in the container. Absolute.
    pub destination: String,
    /// What.
    pub source: MountSource,
    /// The container may not write.
    pub read_only: bool,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountSource {
    /// A file or folder of the host.
    Host(PathBuf),
    /// A folder that the task's containers share by name and that goes with the task. It starts
    /// empty and belongs to the containers' root.
    TaskVolume(String),
    /// Memory, at most so many bytes.
    Tmpfs {
        /// The limit.
        bytes: u64,
    },
}

/// Limits of all processes of a container together; `None` leaves a thing to the task's limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Weight against the task's other containers: 1024 are one vCPU. 0, 1 and `None` are 2, the
    /// smallest that the kernel takes (ECS `ContainerDefinition.cpu`).
    pub cpu_shares: Option<u64>,
    /// Memory in bytes, a hard limit.
    pub memory_bytes: Option<u64>,
    /// Memory in bytes that is kept for it under pressure, the soft limit.
    pub memory_reservation_bytes: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}
