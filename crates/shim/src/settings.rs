//! What a shim is told before it starts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The smallest spool: two segments, each with room for the longest record.
pub const MIN_SPOOL_BYTES: u64 = 640 * 1024;

/// The spool's size when nothing else is asked: AWS's default `max-buffer-size` of `10m`
/// (ECS `LogConfiguration`, option `max-buffer-size`).
pub const DEFAULT_SPOOL_BYTES: u64 = 10 * 1024 * 1024;

/// The content of `shim.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The OCI runtime command, an absolute path.
    pub runtime: PathBuf,
    /// Its `--root`: where it keeps its own state.
    pub runtime_root: PathBuf,
    /// The bundle: the folder of `config.json`.
    pub bundle: PathBuf,
    /// The container's id for the OCI runtime.
    pub container_id: String,
    /// The container has a terminal.
    #[serde(default)]
    pub terminal: bool,
    /// Its standard input stays open.
    #[serde(default)]
    pub stdin_open: bool,
    /// The host's user id of the container's user: owner of the stdio FIFOs.
    pub io_uid: u32,
    /// The host's group id of the container's user.
    pub io_gid: u32,
    /// Limits of the spool.
    pub log: LogLimits,
    /// The file whose line `oom_kill N` counts processes of the container that the kernel killed
    /// for want of memory: `memory.oom_control` (cgroup v1) or `memory.events` (v2).
    pub oom_events: Option<PathBuf>,
    /// The folder of the container's cgroup, where its processes may outlive its first one: that is
    /// where it has no PID namespace of its own.
    #[serde(default)]
    pub leftovers: Option<PathBuf>,
}

/// Limits of a container's spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLimits {
    /// What happens when it is full.
    pub mode: LogMode,
    /// Bytes on disk, frames included; raised to [`MIN_SPOOL_BYTES`] when smaller.
    pub max_bytes: u64,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self {
            mode: LogMode::NonBlocking,
            max_bytes: DEFAULT_SPOOL_BYTES,
        }
    }
}

/// What happens to output when the spool is full (ECS `LogConfiguration`, option `mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogMode {
    /// The shim stops reading, so that the container's writes block.
    Blocking,
    /// The line is dropped and counted.
    NonBlocking,
}
