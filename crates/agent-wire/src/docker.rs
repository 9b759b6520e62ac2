//! The parts of Docker's container API that travel inside a payload, as strings of JSON.
//!
//! Amazon's agent hands them to Docker; ours reads the same members from the same place, so that
//! there is one way in which a log configuration or a capability reaches a node.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Docker's `Config`: what is about the process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Config {
    /// `uid`, `uid:gid`, `name` or `name:group`; empty leaves the image's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Empty leaves the image's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// The host's name as the container sees it; empty leaves the task's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// True where the process has a terminal.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tty: bool,
    /// True where its standard input stays open.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open_stdin: bool,
    /// How its health is found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
}

/// How a container's health is found out (Docker's `HealthConfig`). Times are nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// `["CMD", program, argument...]` or `["CMD-SHELL", line]`.
    pub test: Vec<String>,
    /// Between two runs.
    pub interval: i64,
    /// Until a run counts as failed.
    pub timeout: i64,
    /// At the beginning, when failures do not count.
    pub start_period: i64,
    /// Failures in a row that make it unhealthy.
    pub retries: i64,
}

/// Docker's `HostConfig`: what is about its surroundings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostConfig {
    /// The network mode; `none` where the task's own namespace is used.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network_mode: String,
    /// Where output goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_config: Option<LogConfig>,
    /// True where the root file system may not be written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub readonly_rootfs: bool,
    /// Resource limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// Capabilities beyond the default, without `CAP_`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cap_add: Vec<String>,
    /// Capabilities to take away, without `CAP_`; `ALL` takes all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cap_drop: Vec<String>,
    /// The soft limit in bytes.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory_reservation: i64,
    /// Memory and swap together in bytes: -1 for no limit, 0 where nothing is set.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory_swap: i64,
    /// 0 to 100; absent leaves the kernel's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_swappiness: Option<i64>,
    /// True where the container may do what the host's root may.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub privileged: bool,
    /// Devices of the host that it may use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// Bytes of `/dev/shm`; 0 leaves the default of 64 MiB.
    #[serde(skip_serializing_if = "is_zero")]
    pub shm_size: i64,
    /// Paths with a file system in memory, each with its options: `size=67108864,noexec`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tmpfs: BTreeMap<String, String>,
    /// Kernel parameters of its namespaces.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<String, String>,
    /// `NAME:ADDRESS` for `/etc/hosts`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<String>,
    /// Name servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<String>,
    /// Domains in which names are looked up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns_search: Vec<String>,
    /// True where a small init reaps processes and passes signals on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub init: bool,
    /// Settings of security modules: `no-new-privileges`, `apparmor:...`, `label:...`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_opt: Vec<String>,
}

/// A device of the host in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Device {
    /// On the host.
    pub path_on_host: String,
    /// In the container.
    pub path_in_container: String,
    /// Of `r`, `w`, `m`.
    pub cgroup_permissions: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// Where output goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LogConfig {
    /// The driver: `awslogs`, `json-file`, `none`.
    pub r#type: String,
    /// Its options.
    pub config: BTreeMap<String, String>,
}

/// One resource limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ulimit {
    /// For instance `nofile`.
    pub name: String,
    /// What the process starts with.
    pub soft: i64,
    /// What it may raise it to.
    pub hard: i64,
}
