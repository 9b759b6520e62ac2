//! The network of one node: namespaces, bridges, addresses, rules.
//!
//! ```text
//!   host ── ls-<instance>-<n> ══ host ┌ router namespace, one a VPC ┐
//!     169.254.x.1/30      169.254.x.2 │  s<subnet>  bridge = gateway │══ eth0  a task's namespace
//!     table longshore_<instance>      │  table longshore             │══ eth0  another's
//!                                     └──────────────────────────────┘
//! ```
//!
//! - **Everything between tasks is routed.** The ports of a bridge are isolated from each other and
//!   the bridge answers ARP for all of its subnet (`proxy_arp_pvlan`), so two tasks of one subnet
//!   also meet in the router. One `ip` table therefore sees all traffic, wherever its two ends
//!   are, and the same works when a neighbour of the subnet is on another node.
//! - **A task sends as itself only.** A `bridge` table lets in what has the port's own MAC and
//!   IPv4 address, in Ethernet, ARP and IP; all else (IPv6 too) is dropped.
//! - **Security groups** are sets and chains of the router's `ip` table, closed by default. One
//!   `nft` transaction replaces the whole table, before a new task's port goes up.
//! - **One task cannot take all connections to the host.** A router has one address for the host, so it is the
//!   router that counts them by task, in a table that outlives the others (`longshore_callers`).
//! - **Docker's `FORWARD DROP`** (and every other firewall of the host) never sees traffic between
//!   tasks, nor between the host and a task: the first stays in the router's namespace, the
//!   second is input and output of the host. Only what a task sends to beyond the host is
//!   forwarded by the host; for that two accepting rules are put into every foreign `forward`
//!   chain of nftables whose policy is to drop ([`linux`]).
//! - **The kernel is the record.** Which task has which port is written on the port (its alias); the
//!   instance is in the names, and its id in the data folder. Only the last [`VpcState`] is kept in a
//!   file, so that a restart loses no rule. All calls are idempotent: a crash in the middle is repaired
//!   by calling again.
//! - **The node's bridge network** (network mode `bridge`) has a router of its own beside those of VPCs.
//!   Its addresses and published ports nobody else knows, so they are written down before they are
//!   used. A published port leads from every address of the host, loopback too, to the router, and
//!   from there to the container; a socket of this process holds it against others.
//! - **A start is cheap.** A task changes elements of sets, by netlink; tables are replaced whole, by
//!   `nft`, only for what concerns all of a VPC. Interfaces are taken out of use at once and deleted
//!   together, because a deletion holds up the whole machine's network changes.
//!
//! This crate leaves to others: which task has which address (`ec2`), who is in which group, when a
//! task's namespace is made and removed (`runtime`), names (DNS).

mod address;
mod bridge;
mod bridge_rules;
mod caller_rules;
mod cidr;
mod error;
mod host_rules;
mod instance_file;
mod link_range;
pub mod linux;
mod mock;
mod name_files;
mod names;
mod node;
mod rules;
mod sample_rules;
mod vpc;

pub use address::{MacAddress, gateway, is_usable, next_free, usable_addresses};
pub use bridge::{
    BridgeAttached, BridgeAttachment, BridgeRequest, DYNAMIC_PORTS_DEFAULT, PUBLISHED_PORTS_MAX,
    PortRequest, Protocol, PublishedPort,
};
pub use bridge_rules::{BridgeRouter, bridge_rules};
pub use caller_rules::CALLER_CONNECTIONS_MAX;
pub use cidr::Ipv4Cidr;
pub use error::Error;
pub use host_rules::{HostForward, HostLink, HostPublished, host_rules};
pub use instance_file::instance_id;
pub use link_range::{LINK_PREFIX_LENGTH, LINK_RANGE};
pub use linux::{LinuxNetwork, drops_forwarded};
pub use mock::MockNetwork;
pub use name_files::{hosts_file, private_dns_name, resolver_file};
pub use names::InstanceId;
pub use node::{Adopted, Attached, Attachment, Network, TASK_INTERFACE};
pub use rules::{Port, Router, rules};
pub use sample_rules::sample_rules;
pub use vpc::{
    Peer, PortRange, Rule, SECURITY_GROUPS_MAX, SecurityGroup, Subnet, Traffic, Vpc, VpcState,
};
