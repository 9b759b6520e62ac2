//! Which addresses of a subnet tasks can have, and the MAC address that belongs to each.

use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;

use crate::Ipv4Cidr;

/// Addresses at a subnet's start that AWS keeps: network, router, DNS, future use
/// (Amazon VPC user guide, "Subnet CIDR blocks").
const RESERVED_FIRST: u32 = 4;
/// Addresses at its end that AWS keeps: broadcast.
const RESERVED_LAST: u32 = 1;
/// The router's offset.
const GATEWAY_OFFSET: u32 = 1;

/// The first two octets of our MAC addresses: locally administered, unicast, and `4c` for "L".
const MAC_PREFIX: [u8; 2] = [0x02, 0x4c];

/// A MAC address; written `02:4c:ac:1f:00:05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress(pub [u8; 6]);

impl MacAddress {
    /// The MAC address of the interface that has `address`: our prefix and the address. Nothing
    /// need be told for one node to know the MAC addresses of another's tasks.
    #[must_use]
    pub const fn of(address: Ipv4Addr) -> Self {
        let [a, b] = MAC_PREFIX;
        let [c, d, e, f] = address.octets();
        Self([a, b, c, d, e, f])
    }

    /// Whether it is one that [`MacAddress::of`] gives.
    pub(crate) fn is_ours(self) -> bool {
        self.0.starts_with(&MAC_PREFIX)
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(out, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }
}

/// The address of a subnet's router: its second (AWS: `.1`). `None` for a /32.
#[must_use]
pub fn gateway(subnet: Ipv4Cidr) -> Option<Ipv4Addr> {
    subnet.nth(GATEWAY_OFFSET)
}

/// The addresses of `subnet` that tasks can have, in order: all but the first four and the last.
pub fn usable_addresses(subnet: Ipv4Cidr) -> impl Iterator<Item = Ipv4Addr> {
    let first = u64::from(subnet.network().to_bits()) + u64::from(RESERVED_FIRST);
    let end = u64::from(subnet.last().to_bits()) + 1;
    let end = end.saturating_sub(u64::from(RESERVED_LAST));
    (first..end).filter_map(|bits| u32::try_from(bits).ok().map(Ipv4Addr::from_bits))
}

/// Whether a task can have `address` in `subnet`.
#[must_use]
pub fn is_usable(subnet: Ipv4Cidr, address: Ipv4Addr) -> bool {
    subnet.contains(address)
        && address.to_bits() - subnet.network().to_bits() >= RESERVED_FIRST
        && subnet.last().to_bits() - address.to_bits() >= RESERVED_LAST
}

/// The address to lease next: the first that is usable and not `taken`, after `last` and then from the
/// start, so that an address that was given back rests as long as possible. `None`: the subnet is full.
#[must_use]
pub fn next_free(
    subnet: Ipv4Cidr,
    taken: &BTreeSet<Ipv4Addr>,
    last: Option<Ipv4Addr>,
) -> Option<Ipv4Addr> {
    let free = |address: &Ipv4Addr| !taken.contains(address);
    usable_addresses(subnet)
        .filter(|address| last.is_some_and(|last| *address > last))
        .find(free)
        .or_else(|| usable_addresses(subnet).find(free))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Ipv4Cidr {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    #[test]
    fn a_mac_address_is_its_address() {
        let mac = MacAddress::of(ip("172.31.0.5"));
        assert_eq!(mac.to_string(), "02:4c:ac:1f:00:05");
        assert_eq!(mac.0[0] & 0b11, 0b10, "locally administered and unicast");
    }

    #[test]
    fn a_subnet_keeps_five_addresses() {
        let smallest = cidr("10.0.0.16/28");
        let usable: Vec<_> = usable_addresses(smallest).collect();
        assert_eq!(usable.len(), 11);
        assert_eq!(usable.first(), Some(&ip("10.0.0.20")));
        assert_eq!(usable.last(), Some(&ip("10.0.0.30")));
        // "A /20 has 4091 addresses available", as the console shows for a default subnet.
        assert_eq!(usable_addresses(cidr("172.31.0.0/20")).count(), 4091);
        assert_eq!(gateway(smallest), Some(ip("10.0.0.17")));
    }

    #[test]
    fn both_ways_to_ask_agree() {
        for subnet in [
            "10.0.0.0/28",
            "10.0.0.0/30",
            "10.0.0.0/32",
            "255.255.255.0/24",
        ] {
            let subnet = cidr(subnet);
            let listed: BTreeSet<_> = usable_addresses(subnet).collect();
            let all = subnet.network().to_bits()..=subnet.last().to_bits();
            for address in all.map(Ipv4Addr::from_bits) {
                assert_eq!(
                    listed.contains(&address),
                    is_usable(subnet, address),
                    "{address}"
                );
            }
        }
        assert!(!is_usable(cidr("10.0.0.0/28"), ip("10.0.1.5")));
    }

    #[test]
    fn leases_go_round() {
        let subnet = cidr("10.0.0.0/28");
        let mut taken = BTreeSet::new();
        let first = next_free(subnet, &taken, None).unwrap();
        assert_eq!(first, ip("10.0.0.4"));
        assert_eq!(
            next_free(subnet, &taken, Some(first)),
            Some(ip("10.0.0.5")),
            "not the one that was just given back"
        );
        assert_eq!(
            next_free(subnet, &taken, Some(ip("10.0.0.14"))),
            Some(first)
        );
        taken.extend(usable_addresses(subnet));
        assert_eq!(next_free(subnet, &taken, Some(first)), None);
    }
}
