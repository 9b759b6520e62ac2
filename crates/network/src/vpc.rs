//! What is wanted of a VPC: its subnets and its security groups.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::{Error, Ipv4Cidr};

/// Security groups of one interface (AWS: `awsvpcConfiguration.securityGroups`, at most 5).
pub const SECURITY_GROUPS_MAX: usize = 5;

/// Longest id: AWS has a prefix and 17 hexadecimal digits; names in the kernel hold this.
const ID_MAX_BYTES: usize = 32;

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `vpc-...`.
    pub id: String,
    /// Its addresses.
    pub cidr: Ipv4Cidr,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-...`.
    pub id: String,
    /// Its addresses, within the VPC's.
    pub cidr: Ipv4Cidr,
}

/// All that a node enforces in a VPC; always complete: what is not named is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcState {
    /// The VPC.
    pub vpc: Vpc,
    /// Its security groups.
    pub security_groups: Vec<SecurityGroup>,
}

/// A security group: stateful; what no rule names is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-...`.
    pub id: String,
    /// The addresses of its members on every node. Members that were attached on this node count
    /// as soon as they are attached.
    pub members: BTreeSet<Ipv4Addr>,
    /// What may come in to members.
    pub ingress: Vec<Rule>,
    /// What members may send.
    pub egress: Vec<Rule>,
}

/// What one rule lets pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The kind of traffic.
    pub traffic: Traffic,
    /// The other side: the source for ingress, the destination for egress.
    pub peer: Peer,
}

/// A kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Traffic {
    /// Everything (AWS: protocol `-1`).
    All,
    /// TCP to these destination ports.
    Tcp(PortRange),
    /// UDP to these destination ports.
    Udp(PortRange),
    /// ICMP; `None` is every type, or every code of the type.
    Icmp {
        /// The type.
        kind: Option<u8>,
        /// The code; only with a type.
        code: Option<u8>,
    },
    /// Another protocol, by its IANA number.
    Protocol(u8),
}

/// Ports from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last, not below the first.
    pub last: u16,
}

impl PortRange {
    /// Every port.
    pub const ALL: Self = Self {
        first: 0,
        last: u16::MAX,
    };
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Peer {
    /// These addresses.
    Cidr(Ipv4Cidr),
    /// The members of the security group with this id; none, when no such group is known.
    Group(String),
}

impl Traffic {
    /// Reads EC2's `IpProtocol`, `FromPort` and `ToPort` (EC2 API reference, "IpPermission"): `-1`, `tcp`,
    /// `udp`, `icmp` or a number. For ICMP the "ports" are type and code, and -1 is all.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other protocols and for ports out of range or out of order.
    pub fn from_ec2(protocol: &str, from_and_to: Option<(i32, i32)>) -> Result<Self, Error> {
        let ports = || -> Result<PortRange, Error> {
            let Some((first, last)) = from_and_to else {
                return Ok(PortRange::ALL);
            };
            match (u16::try_from(first), u16::try_from(last)) {
                (Ok(first), Ok(last)) if first <= last => Ok(PortRange { first, last }),
                _ => Err(Error::invalid(
                    "port range",
                    format!("{first}-{last}"),
                    "ports are from 0 to 65535 and the first is not above the last",
                )),
            }
        };
        let icmp = |number: i32| -> Result<Option<u8>, Error> {
            if number == -1 {
                return Ok(None);
            }
            u8::try_from(number).map(Some).map_err(|_| {
                Error::invalid(
                    "ICMP type or code",
                    number.to_string(),
                    "it is from 0 to 255, or -1 for all",
                )
            })
        };
        match protocol {
            "-1" => Ok(Self::All),
            "tcp" | "6" => Ok(Self::Tcp(ports()?)),
            "udp" | "17" => Ok(Self::Udp(ports()?)),
            "icmp" | "1" => {
                let (kind, code) = from_and_to.unwrap_or((-1, -1));
                let kind = icmp(kind)?;
                Ok(Self::Icmp {
                    kind,
                    code: kind.and(icmp(code)?),
                })
            }
            number => number.parse().map(Self::Protocol).map_err(|_| {
                Error::invalid(
                    "protocol of a security group rule",
                    number,
                    "it is tcp, udp, icmp, -1 for all, or a number from 0 to 255",
                )
            }),
        }
    }
}

impl SecurityGroup {
    /// A VPC's default security group as AWS makes it: all from its own members, all to anywhere.
    #[must_use]
    pub fn default_of_vpc(id: impl Into<String>, members: BTreeSet<Ipv4Addr>) -> Self {
        let id = id.into();
        Self {
            ingress: vec![Rule {
                traffic: Traffic::All,
                peer: Peer::Group(id.clone()),
            }],
            egress: vec![Rule {
                traffic: Traffic::All,
                peer: Peer::Cidr(Ipv4Cidr::ALL),
            }],
            id,
            members,
        }
    }
}

impl VpcState {
    /// The same with groups that have no members.
    #[must_use]
    pub(crate) fn deserted(&self) -> Self {
        let mut deserted = self.clone();
        for group in &mut deserted.security_groups {
            group.members.clear();
        }
        deserted
    }

    /// Nothing is ever put into names or rules of the kernel that did not pass here.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        validate_vpc_id(&self.vpc.id)?;
        for group in &self.security_groups {
            validate_group_id(&group.id)?;
            for rule in group.ingress.iter().chain(&group.egress) {
                if let Peer::Group(id) = &rule.peer {
                    validate_group_id(id)?;
                }
                if let Traffic::Tcp(ports) | Traffic::Udp(ports) = rule.traffic
                    && ports.first > ports.last
                {
                    return Err(Error::invalid(
                        "port range",
                        format!("{}-{}", ports.first, ports.last),
                        "the first port is not above the last",
                    ));
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn validate_vpc_id(id: &str) -> Result<(), Error> {
    let expected = "it is vpc- and lower-case letters or digits";
    validate_id("VPC id", id, "vpc-", expected)
}

pub(crate) fn validate_subnet_id(id: &str) -> Result<(), Error> {
    let expected = "it is subnet- and lower-case letters or digits";
    validate_id("subnet id", id, "subnet-", expected)
}

pub(crate) fn validate_group_id(id: &str) -> Result<(), Error> {
    let expected = "it is sg- and lower-case letters or digits";
    validate_id("security group id", id, "sg-", expected)
}

fn validate_id(
    what: &'static str,
    id: &str,
    prefix: &str,
    expected: &'static str,
) -> Result<(), Error> {
    let fits = id.len() <= ID_MAX_BYTES
        && id.strip_prefix(prefix).is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(what, id, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_as_ec2_writes_them() {
        let ports = |first, last| PortRange { first, last };
        for (protocol, range, expected) in [
            ("-1", None, Traffic::All),
            ("tcp", Some((80, 80)), Traffic::Tcp(ports(80, 80))),
            ("6", Some((0, 65_535)), Traffic::Tcp(PortRange::ALL)),
            ("udp", None, Traffic::Udp(PortRange::ALL)),
            (
                "icmp",
                Some((-1, -1)),
                Traffic::Icmp {
                    kind: None,
                    code: None,
                },
            ),
            (
                "icmp",
                Some((8, -1)),
                Traffic::Icmp {
                    kind: Some(8),
                    code: None,
                },
            ),
            ("47", None, Traffic::Protocol(47)),
        ] {
            assert_eq!(Traffic::from_ec2(protocol, range).unwrap(), expected);
        }
        for (protocol, range) in [
            ("tcp", Some((90, 80))),
            ("tcp", Some((-1, 80))),
            ("udp", Some((1, 65_536))),
            ("icmp", Some((256, 0))),
            ("256", None),
            ("sctp", None),
        ] {
            assert!(Traffic::from_ec2(protocol, range).is_err(), "{protocol}");
        }
    }

    #[test]
    fn ids_hold_nothing_that_nft_could_read() {
        assert!(validate_group_id("sg-0abc").is_ok());
        for id in [
            "sg-",
            "0abc",
            "sg-0abc }",
            "sg-0ABC",
            "sg-a\nflush ruleset",
            "sg-00000000000000000000000000000000",
        ] {
            assert!(validate_group_id(id).is_err(), "{id}");
        }
        assert!(validate_vpc_id("sg-0abc").is_err());
    }
}
