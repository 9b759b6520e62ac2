use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// A task: what was asked for, where it is, how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The cluster's name.
    pub cluster: String,
    /// The family of its definition.
    pub family: String,
    /// The revision of its definition.
    pub revision: i32,
    /// What it runs on.
    pub launch_type: LaunchType,
    /// What its owner wants.
    pub desired_status: DesiredStatus,
    /// How far it has come. It only ever goes on, never back.
    pub last_status: TaskStatus,
    /// Raised by each change that the API shows: the `version` of state-change events.
    pub version: i64,
    /// CPU units of the whole task.
    pub cpu_units: i32,
    /// MiB of the whole task.
    pub memory_mib: i32,
    /// GiB of scratch space.
    pub ephemeral_storage_gib: i32,
    /// The processors that its definition is made for, as the attribute `ecs.cpu-architecture` names
    /// them; absent where it names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The delivery mode of those log drivers of which its definition names none: what holds for
    /// whoever started it. Absent in records of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_mode: Option<String>,
    /// Its containers, in the order of the definition.
    pub containers: Vec<Container>,
    /// What the caller changed of the definition.
    #[serde(with = "aws_wire::document")]
    pub overrides: aws_api::ecs::TaskOverride,
    /// Where it is in the network; absent until an interface is made.
    pub network: TaskNetwork,
    /// How its containers see the network.
    #[serde(default)]
    pub network_mode: NetworkMode,
    /// The ports of its host that its definition names.
    #[serde(default)]
    pub host_ports: Vec<ReservedPort>,
    /// The id of the node that it was placed on.
    pub node: Option<String>,
    /// Free text of the caller.
    pub started_by: Option<String>,
    /// `family:NAME` for a task of no service, unless the caller says otherwise.
    pub group: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it went through what.
    pub timeline: Timeline,
    /// Why it is to stop, by kind.
    pub stop_code: Option<StopCode>,
    /// Why it is to stop, in words.
    pub stopped_reason: Option<String>,
}

/// What a task runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaunchType {
    /// A container instance of the task's cluster.
    Ec2,
    /// The Fargate fleet.
    Fargate,
}

impl LaunchType {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Fargate => "FARGATE",
        }
    }
}

/// What a task's owner wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DesiredStatus {
    /// That it runs.
    Running,
    /// That it ends.
    Stopped,
}

impl DesiredStatus {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// How far a task has come (Amazon ECS Developer Guide, "Task lifecycle states").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TaskStatus {
    /// Waits for a node and a network interface.
    Provisioning,
    /// Was given to a node.
    Pending,
    /// Its containers run; other resources are being joined to it.
    Activating,
    /// Runs.
    Running,
    /// Is being taken out of other resources.
    Deactivating,
    /// Its containers are being stopped.
    Stopping,
    /// Its containers have ended; its interface is being taken back.
    Deprovisioning,
    /// Has ended.
    Stopped,
}

impl TaskStatus {
    /// Every status, in the order of a task's life.
    pub const ALL: [Self; 8] = [
        Self::Provisioning,
        Self::Pending,
        Self::Activating,
        Self::Running,
        Self::Deactivating,
        Self::Stopping,
        Self::Deprovisioning,
        Self::Stopped,
    ];

    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// A container of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// The last part of its ARN: a UUID.
    pub id: String,
    /// Its name in the definition.
    pub name: String,
    /// The image reference of the definition.
    pub image: String,
    /// The digest that was run, once known.
    pub image_digest: Option<String>,
    /// The node's own id for it, once it exists.
    pub runtime_id: Option<String>,
    /// How far it has come.
    pub status: ContainerStatus,
    /// What its first process ended with; absent where that is not known.
    pub exit_code: Option<i32>,
    /// Why it failed, where it did, for instance `OutOfMemoryError: ...`.
    pub reason: Option<String>,
    /// True where the task ends with it.
    pub essential: bool,
    /// CPU shares of the definition.
    pub cpu_units: i32,
    /// The hard limit of the definition in MiB.
    pub memory_mib: Option<i32>,
    /// The soft limit of the definition in MiB.
    pub memory_reservation_mib: Option<i32>,
    /// Which ports of the host lead to which of its own.
    #[serde(default)]
    pub network_bindings: Vec<NetworkBinding>,
    /// How healthy it is; absent where it has no health check.
    #[serde(default)]
    pub health: Option<ContainerHealth>,
}

/// How healthy a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerHealth {
    /// What its check has found.
    pub status: HealthStatus,
    /// Since when, as its node says.
    pub since: Timestamp,
}

/// What a health check has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthStatus {
    /// The last check passed.
    Healthy,
    /// As many checks failed as are too many.
    Unhealthy,
    /// Nothing yet.
    Unknown,
}

impl HealthStatus {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A port of the host, or a range of them, that leads to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkBinding {
    /// The host's address.
    pub bind_ip: String,
    /// The protocol.
    pub protocol: PortProtocol,
    /// Which ports.
    pub ports: BoundPorts,
}

/// The ports of a [`NetworkBinding`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoundPorts {
    /// One each.
    One {
        /// The container's.
        container: u16,
        /// The host's.
        host: u16,
    },
    /// As many each, `FIRST-LAST`.
    Range {
        /// The container's.
        container: String,
        /// The host's.
        host: String,
    },
}

/// A port of a host, and for which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReservedPort {
    /// Its number.
    pub port: u16,
    /// Its protocol.
    pub protocol: PortProtocol,
}

/// What ports are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PortProtocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl PortProtocol {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// How a task's containers see the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkMode {
    /// Through an interface and an address of the task's own.
    #[default]
    Awsvpc,
    /// Each through the host's bridge, with ports of the host leading to it.
    Bridge,
    /// As the host does.
    Host,
    /// Not at all.
    None,
}

/// How far a container has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContainerStatus {
    /// Does not run yet.
    Pending,
    /// Runs.
    Running,
    /// Has ended, or will never run.
    Stopped,
}

impl ContainerStatus {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// Where a task is in the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskNetwork {
    /// The subnets that it may be in.
    pub subnets: Vec<String>,
    /// The groups that its interface is in.
    pub security_groups: Vec<String>,
    /// The interface, from placement until the end.
    pub interface_id: Option<String>,
    /// The id of the attachment, in its ARN.
    pub attachment_id: String,
    /// What is shown of the interface; kept after the interface is gone.
    pub subnet_id: Option<String>,
    /// Its address.
    pub address: Option<std::net::Ipv4Addr>,
    /// Its MAC address.
    pub mac: Option<String>,
    /// Its name.
    pub private_dns_name: Option<String>,
    /// The subnet's zone.
    pub zone: Option<String>,
    /// True once its node has said that the interface is there.
    #[serde(default)]
    pub attached: bool,
}

/// When a task went through what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(
    missing_docs,
    reason = "the names are the API's own and say what they are"
)]
pub struct Timeline {
    pub created_at: Timestamp,
    pub connectivity_at: Option<Timestamp>,
    pub pull_started_at: Option<Timestamp>,
    pub pull_stopped_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub stopping_at: Option<Timestamp>,
    pub execution_stopped_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
}

/// Why a task stopped, by kind (the API's `TaskStopCode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopCode {
    /// It never ran.
    TaskFailedToStart,
    /// A container that it cannot be without ended.
    EssentialContainerExited,
    /// Somebody called StopTask.
    UserInitiated,
    /// Its node is gone.
    TerminationNotice,
}

impl StopCode {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::TerminationNotice => "TerminationNotice",
        }
    }
}

impl Record for Task {
    const FORMAT: u32 = 1;
}

impl Task {
    /// Where the task of that id is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, cluster: &str, id: &str) -> Key<Self> {
        Self::cluster_prefix(account, region, cluster).key(id)
    }

    /// Where this task is.
    #[must_use]
    pub fn own_key(&self) -> Key<Self> {
        Self::key(&self.account, &self.region, &self.cluster, &self.id)
    }

    /// All of a cluster.
    #[must_use]
    pub fn cluster_prefix(account: &AccountId, region: &Region, cluster: &str) -> Prefix<Self> {
        Prefix::new(&["ecs", "task", account.as_str(), region.as_str(), cluster])
    }

    /// Every task of every account, region and cluster.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecs", "task"])
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        let resource = format!("task/{}/{}", self.cluster, self.id);
        Arn::new("ecs", &self.region, &self.account, &resource)
    }

    /// The ARN of its cluster.
    #[must_use]
    pub fn cluster_arn(&self) -> Arn {
        super::Cluster::arn(&self.account, &self.region, &self.cluster)
    }

    /// The ARN of its definition.
    #[must_use]
    pub fn definition_arn(&self) -> Arn {
        super::TaskDefinition::arn(&self.account, &self.region, &self.family, self.revision)
    }

    /// The ARN of one of its containers.
    #[must_use]
    pub fn container_arn(&self, container: &Container) -> Arn {
        let resource = format!("container/{}/{}/{}", self.cluster, self.id, container.id);
        Arn::new("ecs", &self.region, &self.account, &resource)
    }

    /// The ARN of the container instance that it is on, where the API shows one: Fargate's are not
    /// shown.
    #[must_use]
    pub fn container_instance_arn(&self) -> Option<Arn> {
        let node = self.node.as_ref()?;
        let resource = format!("container-instance/{}/{node}", self.cluster);
        (self.launch_type == LaunchType::Ec2)
            .then(|| Arn::new("ecs", &self.region, &self.account, &resource))
    }

    /// True once nothing more will happen to it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.last_status == TaskStatus::Stopped
    }

    /// True where it holds resources of the node that it was placed on.
    #[must_use]
    pub fn holds_resources_of(&self, node: &str) -> bool {
        !self.is_stopped() && self.node.as_deref() == Some(node)
    }
}

/// That a client token was used, for what, and with which result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientToken {
    /// The parameters, as a digest.
    pub parameters_sha256: String,
    /// What its tasks are of; records of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Arn>,
    /// The ids of the tasks that came of it.
    pub task_ids: Vec<String>,
    /// Why there are fewer of them than were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<LaunchFailure>,
    /// When it was used.
    pub used_at: Timestamp,
}

/// Why a container instance did not take a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchFailure {
    /// The container instance.
    pub arn: String,
    /// As the API says it.
    pub reason: String,
}

impl Record for ClientToken {
    const FORMAT: u32 = 1;
}

impl ClientToken {
    /// Where the token of that digest is. Tokens are of the caller's making, so their digest
    /// stands in the key.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, cluster: &str, token: &str) -> Key<Self> {
        Key::new(&[
            "ecs",
            "client-token",
            account.as_str(),
            region.as_str(),
            cluster,
            token,
        ])
    }

    /// Every token everywhere.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecs", "client-token"])
    }
}
