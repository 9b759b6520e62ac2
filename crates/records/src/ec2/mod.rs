//! VPCs, subnets, security groups, network interfaces.

mod address;
mod default_network;

use std::net::Ipv4Addr;

use ambient::Timestamp;
use aws_core::{AccountId, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

pub use address::{Cidr, InvalidCidr, RESERVED_FIRST};
pub use default_network::{DefaultNetwork, default_network};

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `vpc-` and 17 hexadecimal digits.
    pub id: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// True for the one that the region began with.
    pub is_default: bool,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-` and 17 hexadecimal digits.
    pub id: String,
    /// The VPC that it is a part of.
    pub vpc_id: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// For instance `us-east-1a`.
    pub zone: String,
    /// True for those that the region began with.
    pub is_default: bool,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-` and 17 hexadecimal digits.
    pub id: String,
    /// The VPC that it is a part of.
    pub vpc_id: String,
    /// For instance `default`.
    pub name: String,
    /// In words.
    pub description: String,
    /// What may come in.
    pub ingress: Vec<SecurityGroupRule>,
    /// What may go out.
    pub egress: Vec<SecurityGroupRule>,
}

/// One rule of a security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// `tcp`, `udp`, `icmp` or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub peer: RulePeer,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RulePeer {
    /// Addresses.
    Cidr(Cidr),
    /// The members of a group.
    Group(String),
}

/// A network interface: an address in a subnet, held by a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// `eni-` and 17 hexadecimal digits.
    pub id: String,
    /// The VPC.
    pub vpc_id: String,
    /// The subnet.
    pub subnet_id: String,
    /// The subnet's zone.
    pub zone: String,
    /// The private address.
    pub address: Ipv4Addr,
    /// For instance `02:4c:ac:1f:00:04`.
    pub mac: String,
    /// `sg-...` of every group that it is in.
    pub security_groups: Vec<String>,
    /// What it is for: `arn:aws:ecs:REGION:ACCOUNT:attachment/ID`, as ECS writes it.
    pub description: String,
    /// The ARN of the task that holds it.
    pub task_arn: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The MAC address that belongs to a private address: locally administered, and the same on every
/// node, so that a neighbour entry can be written before a packet is seen.
#[must_use]
pub fn mac_of(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("02:4c:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}

/// That an address of a subnet is taken, and by which interface. It exists so that two
/// transactions cannot give one address twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressLease {
    /// The interface.
    pub interface_id: String,
}

macro_rules! regional {
    ($type:ty, $name:literal) => {
        impl Record for $type {
            const FORMAT: u32 = 1;
        }

        impl $type {
            /// Where the one of that id is.
            #[must_use]
            pub fn key(account: &AccountId, region: &Region, id: &str) -> Key<Self> {
                Key::new(&["ec2", $name, account.as_str(), region.as_str(), id])
            }

            /// All of a region.
            #[must_use]
            pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
                Prefix::new(&["ec2", $name, account.as_str(), region.as_str()])
            }
        }
    };
}
regional!(Vpc, "vpc");
regional!(Subnet, "subnet");
regional!(SecurityGroup, "security-group");
regional!(NetworkInterface, "network-interface");

impl NetworkInterface {
    /// Every interface of every account and region.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ec2", "network-interface"])
    }
}

impl Record for AddressLease {
    const FORMAT: u32 = 1;
}

impl AddressLease {
    /// Where the lease of that address is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, subnet: &str, address: Ipv4Addr) -> Key<Self> {
        Self::prefix(account, region, subnet).key(&format!("{:08x}", u32::from(address)))
    }

    /// All of a subnet.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region, subnet: &str) -> Prefix<Self> {
        Prefix::new(&["ec2", "address", account.as_str(), region.as_str(), subnet])
    }

    /// The address that a key of this kind names.
    #[must_use]
    pub fn address_of(key: &[u8]) -> Option<Ipv4Addr> {
        let text = std::str::from_utf8(key).ok()?;
        let last = text.rsplit('/').next()?;
        u32::from_str_radix(last, 16).ok().map(Ipv4Addr::from)
    }
}
