//! Containers on a node: bundles, sandboxes, cgroups, root file systems, the life of one container.
//!
//! The agent sees the object-safe trait [`Runtime`] with two implementations: [`OciRuntime`], real
//! containers through an OCI runtime command and one shim each, and [`MockRuntime`], which only
//! pretends. This crate knows one machine. It leaves to others: which task runs here (the control
//! plane), images (crate `image`; here come unpacked layers), addresses (crate `network`; here
//! comes and goes an empty network namespace), stop timeouts and dependencies (the agent).

mod cgroup;
mod choose;
mod container;
mod error;
mod id;
mod life;
mod logs;
mod mock;
mod mounts;
mod oci;
mod rootfs;
mod sandbox;
mod spec;
mod storage;
mod task;
mod watch;

pub use cgroup::{CgroupVersion, Cgroups, Usage};
pub use choose::{RuntimeChoice, choose};
pub use container::{
    ContainerSpec, DEFAULT_NOFILE, Device, ExecOutcome, ExecSpec, MAX_EXEC_OUTPUT_BYTES, Mount,
    MountSource, Resources, Tmpfs, Ulimit, User,
};
pub use error::RuntimeError;
pub use id::{ContainerId, ContainerName, TaskId};
pub use life::{Adopted, AdoptedContainer, ContainerState, Runtime, Started};
pub use logs::{LogBatch, LogReader};
pub use mock::MockRuntime;
pub use oci::{OciConfig, OciRuntime, STAGED_PER_CORE};
pub use sandbox::sandbox_child;
pub use shim::room;
pub use shim::spool::{Cursor, MAX_EVENT_BYTES, Record, Stream};
pub use shim::{Exit, LogLimits, LogMode};
pub use task::{
    IpcMode, PidMode, TaskLimits, TaskNetwork, TaskSandbox, TaskSpec, USER_NAMESPACE_FIRST_ID,
    USER_NAMESPACE_IDS,
};
