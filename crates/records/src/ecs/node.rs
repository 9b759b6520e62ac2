use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// The name in the ARN of nodes that serve Fargate. No cluster can have it: the fleet is not one.
pub const FARGATE_CLUSTER: &str = "longshore-fargate";

/// A machine that runs tasks: a container instance of a cluster, or a part of the Fargate fleet,
/// which every cluster and region of the account draws from and no cluster shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The region that it registered in.
    pub region: Region,
    /// What it is for.
    pub capacity: NodeCapacity,
    /// CPU units: 1024 are one core.
    pub cpu_units: i32,
    /// MiB.
    pub memory_mib: i32,
    /// Ports that are taken on the host.
    pub reserved_ports: Vec<String>,
    /// What it can do, by name.
    pub attributes: BTreeMap<String, Option<String>>,
    /// The EC2 instance, or what stands for it.
    pub ec2_instance_id: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// When it registered first.
    pub registered_at: Timestamp,
}

/// What a node is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeCapacity {
    /// Fargate tasks of the account.
    Fargate,
    /// Tasks of one cluster.
    Cluster {
        /// The cluster's name.
        name: String,
    },
}

impl Record for Node {
    const FORMAT: u32 = 1;
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
        let cluster = match &self.capacity {
            NodeCapacity::Fargate => FARGATE_CLUSTER,
            NodeCapacity::Cluster { name } => name,
        };
        let resource = format!("container-instance/{cluster}/{}", self.id);
        Arn::new("ecs", &self.region, account, &resource)
    }
}
