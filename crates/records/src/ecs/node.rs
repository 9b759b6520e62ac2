use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use super::{PortProtocol, ReservedPort};
use crate::{Key, Prefix, Record};

/// The name in the ARN of nodes that serve Fargate alone, by which they can be listed and described. No
/// cluster can have it: the fleet is not one.
pub const FARGATE_CLUSTER: &str = "longshore-fargate";

/// A machine that runs tasks. It may be a part of the Fargate fleet, which every cluster and region
/// of the account draws from and no cluster shows, and a container instance of one cluster: both
/// out of one pool of resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The region that it registered in.
    pub region: Region,
    /// True where it takes Fargate tasks of the account.
    pub fargate: bool,
    /// The cluster that it is a container instance of.
    pub cluster: Option<String>,
    /// How it stands as a container instance.
    pub status: NodeStatus,
    /// Raised by each change that the API shows: the `version` of a container instance.
    pub version: i64,
    /// CPU units: 1024 are one core.
    pub cpu_units: i32,
    /// MiB.
    pub memory_mib: i32,
    /// Ports that are taken on the host by others than tasks.
    pub reserved_ports: Vec<ReservedPort>,
    /// What it can do, by name.
    pub attributes: BTreeMap<String, Option<String>>,
    /// The EC2 instance, or what stands for it.
    pub ec2_instance_id: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The commit that the agent was built of.
    pub agent_hash: Option<String>,
    /// The container runtime's version, as the agent says it.
    pub docker_version: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it registered first.
    pub registered_at: Timestamp,
}

/// How a node stands as a container instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeStatus {
    /// Takes tasks.
    Active,
    /// Takes no new tasks; those that it has go on.
    Draining,
    /// Was deregistered.
    Inactive,
}

impl NodeStatus {
    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

impl Record for Node {
    const FORMAT: u32 = 2;

    fn read(format: u32, data: &str) -> serde_json::Result<Self> {
        if format == 1 {
            return serde_json::from_str::<NodeOfFormat1>(data).map(Self::from);
        }
        serde_json::from_str(data)
    }
}

/// As it was when a node was either of the fleet or of a cluster.
#[derive(Deserialize)]
struct NodeOfFormat1 {
    id: String,
    region: Region,
    capacity: CapacityOfFormat1,
    cpu_units: i32,
    memory_mib: i32,
    reserved_ports: Vec<String>,
    attributes: BTreeMap<String, Option<String>>,
    ec2_instance_id: Option<String>,
    agent_version: Option<String>,
    registered_at: Timestamp,
}

#[derive(Deserialize)]
enum CapacityOfFormat1 {
    Fargate,
    Cluster { name: String },
}

impl From<NodeOfFormat1> for Node {
    fn from(old: NodeOfFormat1) -> Self {
        let cluster = match old.capacity {
            CapacityOfFormat1::Fargate => None,
            CapacityOfFormat1::Cluster { name } => Some(name),
        };
        Self {
            id: old.id,
            region: old.region,
            fargate: cluster.is_none(),
            cluster,
            status: NodeStatus::Active,
            version: 1,
            cpu_units: old.cpu_units,
            memory_mib: old.memory_mib,
            reserved_ports: old
                .reserved_ports
                .iter()
                .filter_map(|port| port.parse().ok())
                .map(|port| ReservedPort {
                    port,
                    protocol: PortProtocol::Tcp,
                })
                .collect(),
            attributes: old.attributes,
            ec2_instance_id: old.ec2_instance_id,
            agent_version: old.agent_version,
            agent_hash: None,
            docker_version: None,
            tags: BTreeMap::new(),
            registered_at: old.registered_at,
        }
    }
}

impl Node {
    /// Where the node of that id is.
    #[must_use]
    pub fn key(account: &AccountId, id: &str) -> Key<Self> {
        Self::prefix(account).key(id)
    }

    /// All of an account.
    #[must_use]
    pub fn prefix(account: &AccountId) -> Prefix<Self> {
        Prefix::new(&["ecs", "node", account.as_str()])
    }

    /// Its ARN as a container instance.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> Arn {
        let resource = format!("container-instance/{}/{}", self.cluster_name(), self.id);
        Arn::new("ecs", &self.region, account, &resource)
    }

    /// True where it is or was a container instance of that cluster; of [`FARGATE_CLUSTER`], where it is
    /// one of none.
    #[must_use]
    pub fn is_of_cluster(&self, region: &Region, cluster: &str) -> bool {
        self.region == *region && self.cluster_name() == cluster
    }

    fn cluster_name(&self) -> &str {
        self.cluster.as_deref().unwrap_or(FARGATE_CLUSTER)
    }
}
