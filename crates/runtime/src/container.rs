//! What a container is to be.

use std::collections::BTreeMap;
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
    /// Paths with a file system in memory.
    pub tmpfs: Vec<Tmpfs>,
    /// Bytes of `/dev/shm`; `None` is Docker's default of 64 MiB. Where the task shares its IPC
    /// namespace, [`crate::TaskSpec::shm_bytes`] counts instead.
    pub shm_bytes: Option<u64>,
    /// Devices of the host that it may use; not in a user namespace.
    pub devices: Vec<Device>,
    /// Kernel parameters of its own namespaces, by their dotted names.
    pub sysctls: BTreeMap<String, String>,
    /// It may do what the host's root may: all capabilities and devices, no filter, nothing
    /// masked. Not in a user namespace.
    pub privileged: bool,
    /// No program may gain privileges by its file's bits (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    pub no_new_privileges: bool,
    /// The first process of its PID namespace is not its own but one that reaps orphans, so that
    /// signals end it as they would anywhere. It needs nothing of the image.
    pub init: bool,
    /// It has a terminal; what it writes there is its standard output.
    pub tty: bool,
    /// Its standard input stays open, though nothing ever comes; otherwise it is at its end.
    pub stdin_open: bool,
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
            tmpfs: Vec::new(),
            shm_bytes: None,
            devices: Vec::new(),
            sysctls: BTreeMap::new(),
            privileged: false,
            no_new_privileges: false,
            init: false,
            tty: false,
            stdin_open: false,
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
    /// with what the first container's image has at the destination, as in Docker; where that is
    /// nothing, it is empty and belongs to the containers' root.
    TaskVolume(String),
    /// The same, but of the node: it stays when the task goes, and other tasks find it.
    NodeVolume(String),
    /// Memory, at most so many bytes.
    Tmpfs {
        /// The limit.
        bytes: u64,
    },
}

/// A file system in memory in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tmpfs {
    /// Where. Absolute.
    pub path: String,
    /// The limit.
    pub bytes: u64,
    /// Mount options as mount(8) names them, besides the size; they win over Docker's defaults
    /// (`nosuid`, `noexec`, `nodev`).
    pub options: Vec<String>,
}

/// A device of the host in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// On the host: a device node, a link to one, or a folder of them.
    pub host_path: PathBuf,
    /// In the container. Absolute.
    pub container_path: String,
    /// What it may do: of `r` (read), `w` (write) and `m` (make nodes); at least one.
    pub access: String,
}

/// A command to run beside a container's first process.
#[derive(Clone, PartialEq, Eq)]
pub struct ExecSpec {
    /// The program and its arguments.
    pub args: Vec<String>,
    /// `NAME=value`, besides the container's; wins over it. May hold secrets.
    pub env: Vec<String>,
    /// Who runs it; `None` for the container's user.
    pub user: Option<User>,
    /// The working folder; `None` for the container's.
    pub cwd: Option<String>,
}

impl ExecSpec {
    /// A command and nothing special.
    #[must_use]
    pub fn new(args: Vec<String>) -> Self {
        Self {
            args,
            env: Vec::new(),
            user: None,
            cwd: None,
        }
    }
}

impl fmt::Debug for ExecSpec {
    /// Without arguments and environment, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecSpec")
            .field("user", &self.user)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}

/// The bytes that are kept of what a command says: what Docker keeps of a health check's
/// (`maxOutputLen`).
pub const MAX_EXEC_OUTPUT_BYTES: usize = 4096;

/// How a command ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecOutcome {
    /// Its exit code, 128 + signal when a signal ended it; as shells and Docker do, 127 when there
    /// is no such program and 126 when it may not be run. `None` when it was ended for its time.
    pub code: Option<i32>,
    /// The first [`MAX_EXEC_OUTPUT_BYTES`] of standard output and error together.
    pub output: Vec<u8>,
    /// It did not end in time and was killed.
    pub timed_out: bool,
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
    /// Memory and swap together in bytes, -1 for no limit; `None` leaves no swap to a container
    /// with a memory limit. Only with [`Resources::memory_bytes`].
    pub memory_swap_bytes: Option<i64>,
    /// How readily its memory is swapped out: 0 (never) to 100. Only with cgroups v1.
    pub swappiness: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

impl Resources {
    /// True where it may use more than its memory.
    pub(crate) fn asks_for_swap(&self) -> bool {
        match (self.memory_swap_bytes.map(u64::try_from), self.memory_bytes) {
            (Some(Ok(both)), Some(memory)) => both > memory,
            (Some(Err(_)), Some(_)) => true,
            _ => false,
        }
    }
}
