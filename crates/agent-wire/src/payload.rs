//! What a node is to run: tasks and their containers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Tasks for one node, numbered within its session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Payload {
    /// The cluster's ARN or name.
    pub cluster_arn: String,
    /// The node that the payload is for.
    pub container_instance_arn: String,
    /// A UUID, which the agent acknowledges.
    pub message_id: String,
    /// Higher than that of every earlier payload to this node: old news never wins.
    pub seq_num: i64,
    /// Milliseconds since the epoch.
    pub generated_at: i64,
    /// The tasks.
    pub tasks: Vec<Task>,
}

/// A task as a node sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    /// The task's ARN.
    pub arn: String,
    /// The family of its definition.
    pub family: String,
    /// The revision of its definition.
    pub version: String,
    /// The account of its definition.
    pub task_definition_account_id: String,
    /// `RUNNING` or `STOPPED`.
    pub desired_status: String,
    /// Overrides at the level of the task, as JSON.
    pub overrides: String,
    /// `EC2` or `FARGATE`.
    pub launch_type: String,
    /// `awsvpc`, `bridge`, `host` or `none`.
    pub network_mode: String,
    /// vCPUs, where the task has a limit.
    pub cpu: f64,
    /// MiB, where the task has a limit.
    pub memory: i64,
    /// `task` or `host`; empty where each container has its own process ids.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pid_mode: String,
    /// `task`, `host` or `none`; empty where each container has its own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ipc_mode: String,
    /// GiB that the containers and the task's volumes may write together; 0 where no limit was asked
    /// for. Ours: Amazon's agent, which runs no Fargate tasks, is not told.
    #[serde(rename = "ephemeralStorageGiB", skip_serializing_if = "is_zero")]
    pub ephemeral_storage_gib: i64,
    /// Volumes by name.
    pub volumes: Vec<Volume>,
    /// The containers.
    pub containers: Vec<Container>,
    /// For `awsvpc`: the one interface.
    pub elastic_network_interfaces: Vec<ElasticNetworkInterface>,
}

/// A container as a node sees it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Its name in the definition.
    pub name: String,
    /// Its own ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_arn: Option<String>,
    /// The image reference, as the definition has it.
    pub image: String,
    /// CPU shares: 1024 are one vCPU.
    pub cpu: i64,
    /// MiB; 0 where the container has no limit of its own.
    pub memory: i64,
    /// True where the task ends with this container.
    pub essential: bool,
    /// Replaces the image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<Vec<String>>,
    /// Replaces the image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Names and values; values may be secrets.
    pub environment: BTreeMap<String, String>,
    /// Names of linked containers (bridge mode).
    pub links: Vec<String>,
    /// Where volumes appear.
    pub mount_points: Vec<MountPoint>,
    /// Containers whose mounts this one has too.
    pub volumes_from: Vec<VolumeFrom>,
    /// Ports.
    pub port_mappings: Vec<PortMapping>,
    /// Containers that must have reached a state before this one starts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ContainerDependency>,
    /// `docker` where [`crate::Config::healthcheck`] is to be run; empty where none is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub health_check_type: String,
    /// When the container is started again after it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<RestartPolicy>,
    /// Seconds until a start counts as failed; 0 where none is set.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_timeout: i64,
    /// Seconds between the stop signal and SIGKILL; 0 leaves the agent's default.
    #[serde(skip_serializing_if = "is_zero")]
    pub stop_timeout: i64,
    /// Overrides at the level of the container, as JSON: `{"command": [...]}`.
    pub overrides: String,
    /// What Docker's own API would be given, as JSON in strings.
    pub docker_config: DockerConfig,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

impl fmt::Debug for Container {
    /// Without the environment, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container")
            .field("name", &self.name)
            .field("image", &self.image)
            .field("essential", &self.essential)
            .finish_non_exhaustive()
    }
}

/// The parts of a container that travel in the form of Docker's API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DockerConfig {
    /// A [`crate::Config`] as JSON.
    pub config: String,
    /// A [`crate::HostConfig`] as JSON.
    pub host_config: String,
}

/// A volume of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    /// Its name in the definition.
    pub name: String,
    /// `host` or `docker`; empty means `host`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#type: String,
    /// For `host`: absent or without a path for a folder that goes with the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostVolume>,
    /// For `docker`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_volume_configuration: Option<DockerVolume>,
}

/// A folder of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostVolume {
    /// Its absolute path; empty for a folder that goes with the task.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_path: String,
}

/// A volume that Docker would keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DockerVolume {
    /// `task` where it goes with the task, `shared` where it stays.
    pub scope: String,
    /// For `shared`: make it where it is not there yet.
    pub autoprovision: bool,
    /// The driver; only `local`.
    pub driver: String,
    /// Options of the driver, as `mount` knows them: `type`, `device`, `o`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// A container whose mounts another has too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeFrom {
    /// The container that has them.
    pub source_container: String,
    /// True where this one may not write.
    pub read_only: bool,
}

/// When a container is started again after it ended (ECS `ContainerRestartPolicy`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestartPolicy {
    /// True where it is.
    pub enabled: bool,
    /// Exit codes after which it is not.
    pub ignored_exit_codes: Vec<i64>,
    /// Seconds that it must have run; an end before that is not followed by a start.
    pub restart_attempt_period: i64,
}

/// Where a volume appears in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MountPoint {
    /// The volume's name.
    pub source_volume: String,
    /// The path in the container.
    pub container_path: String,
    /// True where the container may not write.
    pub read_only: bool,
}

/// A port of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortMapping {
    /// The port in the container; 0 where there is a range.
    pub container_port: u16,
    /// `FIRST-LAST` in the container, each with a dynamic port on the host.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container_port_range: String,
    /// The port on the host; 0 asks for a dynamic one.
    pub host_port: u16,
    /// `tcp` or `udp`.
    pub protocol: String,
}

/// A dependency between containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerDependency {
    /// The other container.
    pub container_name: String,
    /// `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
    pub condition: String,
}

/// The interface of an `awsvpc` task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ElasticNetworkInterface {
    /// The attachment's ARN.
    pub attachment_arn: String,
    /// `eni-...`.
    pub ec2_id: String,
    /// For instance `02:4c:ac:1f:00:04`.
    pub mac_address: String,
    /// Its addresses.
    pub ipv4_addresses: Vec<Ipv4Address>,
    /// The gateway with the subnet's prefix length, for instance `172.31.0.1/20`.
    pub subnet_gateway_ipv4_address: String,
    /// `ip-172-31-0-4.us-east-1.compute.internal` or `.ec2.internal`.
    pub private_dns_name: String,
}

/// An address of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ipv4Address {
    /// True for the first one.
    pub primary: bool,
    /// Dotted quad.
    pub private_address: String,
}
