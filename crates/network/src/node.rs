//! What a node asks of its network, whichever implementation it has.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;

use ambient::BoxFuture;

use crate::vpc::{validate_group_id, validate_subnet_id, validate_vpc_id};
use crate::{
    BridgeAttached, BridgeAttachment, BridgeRequest, Error, MacAddress, SECURITY_GROUPS_MAX,
    Subnet, Vpc, VpcState, address::gateway, is_usable,
};

/// The name of a task's interface in its own namespace.
pub const TASK_INTERFACE: &str = "eth0";

/// Longest task id (ECS: 32 hexadecimal digits).
const TASK_ID_MAX_BYTES: usize = 64;
/// AWS: a VPC's and a subnet's block have between 16 and 28 bits.
const SUBNET_PREFIX_LENGTH_MAX: u8 = 28;
const VPC_PREFIX_LENGTH_MIN: u8 = 8;

/// The network of one node. Every call may be repeated, and a call that failed or was cut short is
/// repaired by repeating it.
pub trait Network: Send + Sync {
    /// Where the tasks of a VPC find this node, as in [`Attached::host_address`]. The VPC's router is made
    /// where it is not there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another CIDR block than the VPC's, and what the kernel answers.
    fn host_address<'a>(&'a self, vpc: &'a Vpc) -> BoxFuture<'a, Result<Ipv4Addr, Error>>;

    /// Gives a task its interface: address, MAC, default route, rules. The rules are in force
    /// before the interface is.
    ///
    /// # Errors
    /// [`Error::Invalid`] for addresses that do not fit, [`Error::AddressInUse`],
    /// [`Error::NotANamespace`], and what the kernel answers.
    fn attach<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Attached, Error>>;

    /// Takes a task's interface away; nothing happens when it has none. Best before the task's
    /// namespace is removed; right after it too.
    ///
    /// # Errors
    /// What the kernel answers.
    fn detach<'a>(&'a self, task_id: &'a str) -> BoxFuture<'a, Result<(), Error>>;

    /// Gives a container its place in the node's bridge network: an address, which the node chooses and
    /// writes down, a default route, and its ports at every address of the host. All containers of the
    /// bridge reach each other, as in Docker's default network; tasks with interfaces of their own
    /// are beyond it. The same request again gives the same answer.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an owner or ports that are none, [`Error::PortInUse`], [`Error::NoFreePort`],
    /// [`Error::NotANamespace`], and what the kernel answers.
    fn attach_bridge<'a>(
        &'a self,
        request: &'a BridgeRequest,
    ) -> BoxFuture<'a, Result<BridgeAttached, Error>>;

    /// Takes a container's place in the bridge network away, with its address and published ports; nothing
    /// happens when it has none.
    ///
    /// # Errors
    /// What the kernel answers.
    fn detach_bridge<'a>(&'a self, owner_id: &'a str) -> BoxFuture<'a, Result<(), Error>>;

    /// The containers that have a place in the node's bridge network, in the order of their owners' ids.
    ///
    /// # Errors
    /// What the kernel answers.
    fn adopt_bridge(&self) -> BoxFuture<'_, Result<Vec<BridgeAttachment>, Error>>;

    /// Makes `state` what is enforced in its VPC, in one step. What no rule lets pass is closed to new
    /// connections; established ones stay, as on AWS. It is kept for restarts.
    ///
    /// # Errors
    /// [`Error::Invalid`] for ids and ranges that are none; then the rules before stay in force.
    fn apply<'a>(&'a self, state: &'a VpcState) -> BoxFuture<'a, Result<(), Error>>;

    /// Forgets who belongs to the security groups of each VPC that is not among `vpcs`, beside the tasks
    /// that are attached here: nobody says it any more. The groups and their rules stay.
    ///
    /// # Errors
    /// What the kernel answers.
    fn forget_others<'a>(&'a self, vpcs: &'a BTreeSet<String>) -> BoxFuture<'a, Result<(), Error>>;

    /// Lets every task reach `target` on the host at `port` of [`Attached::host_address`], whatever
    /// its security groups say (as on AWS for link-local services), also when `target` is a
    /// loopback address. With an unspecified target (`0.0.0.0`) nothing is translated. To be
    /// called after each start before any other call, since the host's rules are replaced whole.
    ///
    /// # Errors
    /// What the kernel answers.
    fn forward_host_port(
        &self,
        port: u16,
        target: SocketAddrV4,
    ) -> BoxFuture<'_, Result<(), Error>>;

    /// The tasks that have an interface now, in the order of their ids.
    ///
    /// # Errors
    /// What the kernel answers.
    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, Error>>;

    /// Removes all that this instance has made on the node, also what an earlier process has left.
    ///
    /// # Errors
    /// The first failure; the rest was tried nevertheless.
    fn teardown(&self) -> BoxFuture<'_, Result<(), Error>>;
}

/// A task's interface, as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The task's id: letters, digits and hyphens.
    pub task_id: String,
    /// The VPC.
    pub vpc: Vpc,
    /// The subnet.
    pub subnet: Subnet,
    /// The task's address, one of the subnet's usable ones.
    pub address: Ipv4Addr,
    /// The ids of its security groups, at most [`SECURITY_GROUPS_MAX`].
    pub security_groups: Vec<String>,
    /// Where the task's network namespace is pinned; it may belong to another user namespace.
    pub netns: PathBuf,
}

/// A task's interface, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its MAC address: always that of its address.
    pub mac: MacAddress,
    /// Its default route.
    pub gateway: Ipv4Addr,
    /// The length of the subnet's prefix.
    pub prefix_length: u8,
    /// Where the task finds the host; the same for all tasks of the VPC on this node. The VPC's own
    /// traffic to it arrives there with the router's link address as its source.
    pub host_address: Ipv4Addr,
    /// Whether the host reaches the task at its address: not, when something else on the host (another
    /// instance, an equal CIDR in another VPC) has a route to the very same address.
    pub reachable_from_host: bool,
}

/// A task that has an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The task's id.
    pub task_id: String,
    /// The VPC's id.
    pub vpc_id: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// The ids of its security groups.
    pub security_groups: Vec<String>,
    /// Whether the interface was finished; when not, attach again.
    pub complete: bool,
}

impl Attachment {
    /// Checks what can be checked without the kernel, and gives the subnet's gateway.
    pub(crate) fn validate(&self) -> Result<Ipv4Addr, Error> {
        let id_fits = (1..=TASK_ID_MAX_BYTES).contains(&self.task_id.len())
            && self
                .task_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !id_fits {
            return Err(Error::invalid(
                "task id",
                &self.task_id,
                "it is at most 64 letters, digits and hyphens",
            ));
        }
        validate_vpc_id(&self.vpc.id)?;
        validate_subnet_id(&self.subnet.id)?;
        for group in &self.security_groups {
            validate_group_id(group)?;
        }
        if self.security_groups.len() > SECURITY_GROUPS_MAX {
            return Err(Error::invalid(
                "list of security groups",
                self.security_groups.join(","),
                "an interface has at most 5",
            ));
        }
        if self.vpc.cidr.prefix_length() < VPC_PREFIX_LENGTH_MIN {
            return Err(Error::invalid(
                "CIDR block of a VPC",
                self.vpc.cidr.to_string(),
                "it has between 8 and 28 bits",
            ));
        }
        if !self.vpc.cidr.covers(&self.subnet.cidr)
            || self.subnet.cidr.prefix_length() > SUBNET_PREFIX_LENGTH_MAX
        {
            return Err(Error::invalid(
                "CIDR block of a subnet",
                self.subnet.cidr.to_string(),
                "it lies within its VPC's and has at most 28 bits",
            ));
        }
        if !is_usable(self.subnet.cidr, self.address) {
            return Err(Error::invalid(
                "address for a task",
                self.address.to_string(),
                "it is in the subnet and neither one of its first four addresses nor its last",
            ));
        }
        gateway(self.subnet.cidr).ok_or_else(|| {
            Error::invalid(
                "CIDR block of a subnet",
                self.subnet.cidr.to_string(),
                "it has a second address for the router",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment() -> Attachment {
        Attachment {
            task_id: "0123abcd".to_owned(),
            vpc: Vpc {
                id: "vpc-1".to_owned(),
                cidr: "172.31.0.0/16".parse().unwrap(),
            },
            subnet: Subnet {
                id: "subnet-1".to_owned(),
                cidr: "172.31.16.0/20".parse().unwrap(),
            },
            address: Ipv4Addr::new(172, 31, 16, 4),
            security_groups: vec!["sg-1".to_owned()],
            netns: PathBuf::from("/run/netns/x"),
        }
    }

    #[test]
    fn a_fitting_attachment_has_its_subnets_gateway() {
        assert_eq!(
            attachment().validate().unwrap(),
            Ipv4Addr::new(172, 31, 16, 1)
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        type Change = fn(&mut Attachment);
        let changes: [(&str, Change); 7] = [
            ("task id", |a| a.task_id = "a b".to_owned()),
            ("VPC id", |a| a.vpc.id = "vpc-1 }".to_owned()),
            ("subnet id", |a| a.subnet.id = "1".to_owned()),
            ("list of security groups", |a| {
                a.security_groups = (0..6).map(|n| format!("sg-{n}")).collect();
            }),
            ("CIDR block of a subnet", |a| {
                a.subnet.cidr = "10.0.0.0/24".parse().unwrap();
            }),
            ("address for a task", |a| {
                a.address = Ipv4Addr::new(172, 31, 16, 3);
            }),
            ("address for a task", |a| {
                a.address = Ipv4Addr::new(172, 31, 32, 9);
            }),
        ];
        for (expected, change) in changes {
            let mut attachment = attachment();
            change(&mut attachment);
            let error = attachment.validate().unwrap_err();
            assert!(
                matches!(error, Error::Invalid { what, .. } if what == expected),
                "{error}"
            );
        }
    }
}
