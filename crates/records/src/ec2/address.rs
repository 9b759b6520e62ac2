//! Address blocks, and which address of a subnet is given next.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The addresses of a subnet that AWS keeps for itself: network, router, DNS, future use.
pub const RESERVED_FIRST: u32 = 4;

/// A block of IPv4 addresses, for instance `172.31.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    network: Ipv4Addr,
    prefix_bits: u8,
}

/// Why a text is no block.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("'{0}' is not a block of IPv4 addresses: it looks like 172.31.0.0/16")]
pub struct InvalidCidr(String);

impl Cidr {
    /// The block of that many leading bits that holds `address`.
    #[must_use]
    pub fn new(address: Ipv4Addr, prefix_bits: u8) -> Self {
        let prefix_bits = prefix_bits.min(32);
        let network = Ipv4Addr::from(u32::from(address) & Self::mask(prefix_bits));
        Self {
            network,
            prefix_bits,
        }
    }

    fn mask(prefix_bits: u8) -> u32 {
        u32::MAX
            .checked_shl(32 - u32::from(prefix_bits))
            .unwrap_or(0)
    }

    /// The first address.
    #[must_use]
    pub fn network(&self) -> Ipv4Addr {
        self.network
    }

    /// How many leading bits are fixed.
    #[must_use]
    pub fn prefix_bits(&self) -> u8 {
        self.prefix_bits
    }

    /// The last address.
    #[must_use]
    pub fn last(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network) | !Self::mask(self.prefix_bits))
    }

    /// Where the subnet's router answers: the second address.
    #[must_use]
    pub fn router(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network).saturating_add(1))
    }

    /// True where `address` is one of the block.
    #[must_use]
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & Self::mask(self.prefix_bits) == u32::from(self.network)
    }

    /// How many addresses a subnet of this block can give: all but the first four and the last.
    #[must_use]
    pub fn usable(&self) -> u32 {
        u32::from(self.last())
            .saturating_sub(u32::from(self.network))
            .saturating_sub(RESERVED_FIRST)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix_bits)
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidCidr(text.to_owned());
        let (address, bits) = text.split_once('/').ok_or_else(invalid)?;
        let address: Ipv4Addr = address.parse().map_err(|_| invalid())?;
        let bits: u8 = bits.parse().map_err(|_| invalid())?;
        let block = Self::new(address, bits);
        if bits > 32 || block.network != address {
            return Err(invalid());
        }
        Ok(block)
    }
}

impl TryFrom<String> for Cidr {
    type Error = InvalidCidr;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Cidr> for String {
    fn from(block: Cidr) -> Self {
        block.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_and_written() {
        let block: Cidr = "172.31.16.0/20".parse().unwrap();
        assert_eq!(block.to_string(), "172.31.16.0/20");
        assert_eq!(block.last(), Ipv4Addr::new(172, 31, 31, 255));
        assert_eq!(block.router(), Ipv4Addr::new(172, 31, 16, 1));
        assert_eq!(block.usable(), 4091, "AWS gives 4091 addresses of a /20");
        for wrong in [
            "172.31.0.1/16",
            "172.31.0.0",
            "172.31.0.0/33",
            "a/8",
            "1.2.3.4/-1",
        ] {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
    }
}
