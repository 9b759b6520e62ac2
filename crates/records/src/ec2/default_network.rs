//! The network that every region begins with, as AWS makes it: a default VPC, a subnet in each
//! of three zones, a default security group.

use std::net::Ipv4Addr;

use ambient::Random;
use aws_core::Region;

use super::{Cidr, RulePeer, SecurityGroup, SecurityGroupRule, Subnet, Vpc};

/// AWS gives every default VPC 172.31.0.0/16. Ours count down from there, one a region, so that
/// one node can hold tasks of several regions and its host can reach them all.
const FIRST_VPC_SECOND_OCTET: u8 = 31;
/// 172.16.0.0/12 has sixteen blocks of /16.
pub(crate) const DEFAULT_VPCS_MAX: usize = 16;
const SUBNET_PREFIX_BITS: u8 = 20;
const ZONES: [char; 3] = ['a', 'b', 'c'];

/// The records of a region's default network.
#[derive(Clone, Debug)]
pub struct DefaultNetwork {
    /// The VPC.
    pub vpc: Vpc,
    /// Its subnets, one a zone.
    pub subnets: Vec<Subnet>,
    /// Its default security group.
    pub security_group: SecurityGroup,
}

/// The default network of `region`, the `index`-th of the start-up list; `None` where the list
/// is longer than there are blocks of private addresses.
#[must_use]
pub fn default_network(
    region: &Region,
    index: usize,
    random: &dyn Random,
) -> Option<DefaultNetwork> {
    if index >= DEFAULT_VPCS_MAX {
        return None;
    }
    let second = FIRST_VPC_SECOND_OCTET.checked_sub(u8::try_from(index).ok()?)?;
    let vpc = Vpc {
        id: id("vpc", random),
        cidr: Cidr::new(Ipv4Addr::new(172, second, 0, 0), 16),
        is_default: true,
    };
    let subnets = ZONES
        .iter()
        .zip(0_u8..)
        .map(|(zone, number)| Subnet {
            id: id("subnet", random),
            vpc_id: vpc.id.clone(),
            cidr: Cidr::new(
                Ipv4Addr::new(172, second, number * 16, 0),
                SUBNET_PREFIX_BITS,
            ),
            zone: format!("{region}{zone}"),
            is_default: true,
        })
        .collect();
    let group_id = id("sg", random);
    let everything = |peer| SecurityGroupRule {
        protocol: "-1".to_owned(),
        ports: None,
        peer,
    };
    let security_group = SecurityGroup {
        vpc_id: vpc.id.clone(),
        name: "default".to_owned(),
        description: "default VPC security group".to_owned(),
        ingress: vec![everything(RulePeer::Group(group_id.clone()))],
        egress: vec![everything(RulePeer::Cidr(Cidr::new(
            Ipv4Addr::UNSPECIFIED,
            0,
        )))],
        id: group_id,
    };
    Some(DefaultNetwork {
        vpc,
        subnets,
        security_group,
    })
}

/// An id in EC2's long form: a prefix and 17 hexadecimal digits.
fn id(prefix: &str, random: &dyn Random) -> String {
    let digits = random.hex::<9>();
    format!("{prefix}-{}", digits.get(..17).unwrap_or_default())
}
