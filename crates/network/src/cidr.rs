//! IPv4 networks in CIDR notation (RFC 4632).

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

const ADDRESS_BITS: u8 = 32;

/// An IPv4 network, for instance `172.31.0.0/16`; bits beyond the prefix are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ipv4Cidr {
    network: Ipv4Addr,
    prefix_length: u8,
}

impl Ipv4Cidr {
    /// Every address.
    pub const ALL: Self = Self {
        network: Ipv4Addr::UNSPECIFIED,
        prefix_length: 0,
    };

    /// The network of `prefix_length` bits that `address` is in; `None` for more than 32 bits.
    #[must_use]
    pub const fn containing(address: Ipv4Addr, prefix_length: u8) -> Option<Self> {
        if prefix_length > ADDRESS_BITS {
            return None;
        }
        Some(Self {
            network: Ipv4Addr::from_bits(address.to_bits() & mask(prefix_length)),
            prefix_length,
        })
    }

    /// The first address.
    #[must_use]
    pub const fn network(&self) -> Ipv4Addr {
        self.network
    }

    /// The last address.
    #[must_use]
    pub const fn last(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.network.to_bits() | !mask(self.prefix_length))
    }

    /// The number of bits that all its addresses share.
    #[must_use]
    pub const fn prefix_length(&self) -> u8 {
        self.prefix_length
    }

    /// Whether `address` is in it.
    #[must_use]
    pub const fn contains(&self, address: Ipv4Addr) -> bool {
        address.to_bits() & mask(self.prefix_length) == self.network.to_bits()
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn covers(&self, other: &Self) -> bool {
        self.prefix_length <= other.prefix_length && self.contains(other.network)
    }

    /// Whether they have an address in common.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The address `offset` above the first; `None` beyond the last.
    #[must_use]
    pub fn nth(&self, offset: u32) -> Option<Ipv4Addr> {
        let address = Ipv4Addr::from_bits(self.network.to_bits().checked_add(offset)?);
        self.contains(address).then_some(address)
    }
}

const fn mask(prefix_length: u8) -> u32 {
    match u32::MAX.checked_shl((ADDRESS_BITS - prefix_length) as u32) {
        Some(mask) => mask,
        None => 0,
    }
}

impl fmt::Display for Ipv4Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix_length)
    }
}

impl FromStr for Ipv4Cidr {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || {
            Error::invalid(
                "IPv4 CIDR block",
                text,
                "it is a network address and a prefix length, for instance 172.31.0.0/16",
            )
        };
        let (network, prefix_length) = text.split_once('/').ok_or_else(invalid)?;
        let network: Ipv4Addr = network.parse().map_err(|_| invalid())?;
        let prefix_length: u8 = prefix_length.parse().map_err(|_| invalid())?;
        Self::containing(network, prefix_length)
            .filter(|cidr| cidr.network == network)
            .ok_or_else(invalid)
    }
}

impl TryFrom<String> for Ipv4Cidr {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Ipv4Cidr> for String {
    fn from(cidr: Ipv4Cidr) -> Self {
        cidr.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Ipv4Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_writes_networks() {
        for text in ["0.0.0.0/0", "172.31.16.0/20", "10.0.0.1/32", "128.0.0.0/1"] {
            assert_eq!(cidr(text).to_string(), text);
        }
        assert_eq!(cidr("0.0.0.0/0"), Ipv4Cidr::ALL);
    }

    #[test]
    fn refuses_what_is_no_network() {
        for text in [
            "",
            "172.31.0.0",
            "172.31.0.1/16",
            "1.2.3.4/33",
            "::/0",
            "1.2.3.0/24; drop",
        ] {
            assert!(text.parse::<Ipv4Cidr>().is_err(), "{text}");
        }
    }

    #[test]
    fn knows_what_is_inside() {
        let vpc = cidr("172.31.0.0/16");
        assert!(vpc.covers(&cidr("172.31.240.0/20")));
        assert!(!vpc.covers(&cidr("172.16.0.0/12")));
        assert!(vpc.overlaps(&cidr("172.16.0.0/12")));
        assert!(!vpc.overlaps(&cidr("172.30.0.0/16")));
        assert_eq!(vpc.last(), Ipv4Addr::new(172, 31, 255, 255));
        assert_eq!(vpc.nth(65_535), Some(vpc.last()));
        assert_eq!(vpc.nth(65_536), None);
        assert!(Ipv4Cidr::ALL.contains(Ipv4Addr::BROADCAST));
    }
}
