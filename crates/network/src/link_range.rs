//! The link networks between host and routers: a /30 each, out of a part of the link-local range.

use std::net::Ipv4Addr;

use crate::Ipv4Cidr;
use crate::names::stable_hash;

/// Where link networks come from: 169.254.192.0/19. Within link-local addresses (RFC 3927), so that
/// they can clash with no VPC and no routed network; clear of what AWS uses (169.254.169.0/24,
/// 169.254.170.0/24 and the ECS agent's own 169.254.172.0/22) and of what RFC 3927 reserves
/// (169.254.0.0/24 and 169.254.255.0/24).
pub const LINK_RANGE: Ipv4Cidr = match Ipv4Cidr::containing(Ipv4Addr::new(169, 254, 192, 0), 19) {
    Some(range) => range,
    None => Ipv4Cidr::ALL,
};
/// Link-local addresses: no router forwards them (RFC 3927 section 7).
pub(crate) const LINK_LOCAL: Ipv4Cidr =
    match Ipv4Cidr::containing(Ipv4Addr::new(169, 254, 0, 0), 16) {
        Some(range) => range,
        None => Ipv4Cidr::ALL,
    };
/// The size of a link network: two addresses, the host's and the router's.
pub const LINK_PREFIX_LENGTH: u8 = 30;
const LINK_ADDRESSES: u32 = 1 << (32 - LINK_PREFIX_LENGTH);
/// How many link networks there are.
pub(crate) const LINK_NETWORKS: u32 =
    (1 << (LINK_PREFIX_LENGTH - LINK_RANGE.prefix_length())) as u32;

/// The two ends of a link network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkAddresses {
    /// The host's end: where tasks find the host.
    pub(crate) host: Ipv4Addr,
    /// The router's end: what the host sees as the source of tasks' traffic.
    pub(crate) router: Ipv4Addr,
}

impl LinkAddresses {
    /// The link network that `address` is in, when it is one of ours.
    pub(crate) fn containing(address: Ipv4Addr) -> Option<Self> {
        if !LINK_RANGE.contains(address) {
            return None;
        }
        let network = Ipv4Cidr::containing(address, LINK_PREFIX_LENGTH)?;
        Some(Self {
            host: network.nth(1)?,
            router: network.nth(2)?,
        })
    }

    pub(crate) fn network(&self) -> Option<Ipv4Cidr> {
        Ipv4Cidr::containing(self.host, LINK_PREFIX_LENGTH)
    }
}

/// The link networks to try for a VPC of an instance, in order: from a place of its own, so that two
/// instances that start at once seldom try the same one, and a restart gets the same again.
pub(crate) fn link_candidates(
    instance: &str,
    vpc_id: &str,
    taken: &[Ipv4Cidr],
) -> impl Iterator<Item = LinkAddresses> {
    let hash = stable_hash(&format!("{instance}/{vpc_id}"));
    let start = u32::try_from(hash % u64::from(LINK_NETWORKS)).unwrap_or(0);
    (0..LINK_NETWORKS)
        .filter_map(move |step| {
            let number = (start + step) % LINK_NETWORKS;
            LinkAddresses::containing(LINK_RANGE.nth(number * LINK_ADDRESSES)?)
        })
        .filter(|link| {
            link.network()
                .is_some_and(|network| !taken.iter().any(|taken| taken.overlaps(&network)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_clear_of_aws() {
        assert_eq!(LINK_RANGE.to_string(), "169.254.192.0/19");
        for used in [
            "169.254.169.0/24",
            "169.254.170.0/24",
            "169.254.172.0/22",
            "169.254.255.0/24",
        ] {
            assert!(!LINK_RANGE.overlaps(&used.parse().unwrap()), "{used}");
        }
    }

    #[test]
    fn candidates_are_all_networks_but_the_taken() {
        let all: Vec<_> = link_candidates("a", "vpc-1", &[]).collect();
        assert_eq!(all.len(), 2048);
        let first = all[0];
        assert_eq!(LinkAddresses::containing(first.router), Some(first));
        assert_eq!(
            u32::from(first.router) - u32::from(first.host),
            1,
            "two ends of one /30"
        );
        let taken = [first.network().unwrap()];
        let rest: Vec<_> = link_candidates("a", "vpc-1", &taken).collect();
        assert_eq!(rest, all[1..]);
        assert_ne!(link_candidates("b", "vpc-1", &[]).next(), Some(first));
        assert_eq!(
            link_candidates("a", "vpc-1", &[Ipv4Cidr::ALL]).count(),
            0,
            "an overlap of any size counts"
        );
    }
}
