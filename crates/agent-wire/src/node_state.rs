//! What the agent's own protocol cannot carry: the networks that the node's tasks are in.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::AddressSet;

/// All that a node must know beside its tasks. Always complete: what is not named is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeState {
    /// Raised when the store is created or restored; an older one is refused.
    pub epoch: u64,
    /// Higher than that of every earlier state of the same epoch.
    pub generation: u64,
    /// The names under which images are ours, with port, for instance `127.0.0.1:4566`.
    pub registry_hosts: Vec<String>,
    /// The ARNs of all tasks that the node is to have; it stops every other.
    pub tasks: Vec<String>,
    /// The VPCs that this node has tasks in.
    pub vpcs: Vec<Arc<Vpc>>,
    /// The interfaces of this node's tasks.
    pub interfaces: Vec<Interface>,
}

/// A VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Vpc {
    /// `vpc-...`.
    pub id: String,
    /// For instance `172.31.0.0/16`.
    pub cidr: String,
    /// Its subnets.
    pub subnets: Vec<Subnet>,
    /// Its security groups, with every member's address on any node.
    pub security_groups: Vec<SecurityGroup>,
}

/// A subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subnet {
    /// `subnet-...`.
    pub id: String,
    /// For instance `172.31.0.0/20`.
    pub cidr: String,
}

/// A security group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroup {
    /// `sg-...`.
    pub id: String,
    /// The addresses of its members.
    pub members: AddressSet,
    /// What may come in.
    pub ingress: Vec<SecurityGroupRule>,
    /// What may go out.
    pub egress: Vec<SecurityGroupRule>,
}

/// One rule of a security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupRule {
    /// `tcp`, `udp`, `icmp` or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub peer: RuleSource,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RuleSource {
    /// Addresses.
    Cidr(String),
    /// The members of a group.
    Group(String),
}

/// The interface of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// `eni-...`.
    pub id: String,
    /// The task that has it.
    pub task_arn: String,
    /// The VPC.
    pub vpc_id: String,
    /// The subnet.
    pub subnet_id: String,
    /// The address.
    pub address: Ipv4Addr,
    /// The groups that it is a member of.
    pub security_groups: Vec<String>,
}
