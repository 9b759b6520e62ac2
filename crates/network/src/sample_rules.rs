//! What routers ask of nftables, for whoever wants to know before there is a task.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::bridge_rules::{BridgeRouter, bridge_rules};
use crate::caller_rules::caller_rules;
use crate::cidr::Ipv4Cidr;
use crate::host_rules::HostLink;

/// Rules of each kind that a router has, for `nft --check`, which asks the kernel and changes nothing.
#[must_use]
pub fn sample_rules() -> String {
    let router = BridgeRouter {
        block: Ipv4Cidr::containing(Ipv4Addr::new(172, 17, 0, 0), 20).unwrap_or(Ipv4Cidr::ALL),
        link: HostLink {
            name: "ls-sample".to_owned(),
            host: Ipv4Addr::new(169, 254, 200, 1),
            router: Ipv4Addr::new(169, 254, 200, 2),
        },
        containers: BTreeSet::new(),
        published: BTreeMap::new(),
    };
    bridge_rules(&router) + &caller_rules(&[4566].into())
}
