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
