//! The names of what this crate makes in the kernel. They alone tell whose a thing is, so that
//! several instances can share a host and each finds all of its own again.

use std::fmt;
use std::net::Ipv4Addr;

use crate::Error;

/// Longest instance id: `ls-` + 6 + `-` + five digits are the 15 bytes of an interface's name.
const INSTANCE_ID_MAX_BYTES: usize = 6;
/// The interface in a router's namespace that leads to the host.
pub(crate) const ROUTER_TO_HOST: &str = "host";
/// Whose the bridge network's link on the host is, where a VPC's says the VPC's id; also its "subnet".
pub(crate) const BRIDGE_SITE: &str = "bridge";
/// The tables in a router's namespace.
pub(crate) const ROUTER_TABLE: &str = "longshore";
/// The one beside them that counts what each task has open to the host.
pub(crate) const CALLERS_TABLE: &str = "longshore_callers";
/// Every instance's links on the host, as nft matches them.
pub(crate) const ALL_HOST_LINKS: &str = "ls-*";

/// What tells one Longshore on a host from another ([`crate::instance_id`] keeps it): one to six
/// lower-case letters or digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceId(String);

impl InstanceId {
    /// Takes an id.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is not one to six lower-case letters or digits.
    pub fn new(id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        let fits = (1..=INSTANCE_ID_MAX_BYTES).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if fits {
            Ok(Self(id))
        } else {
            Err(Error::invalid(
                "instance id",
                id,
                "it is one to six lower-case letters or digits",
            ))
        }
    }

    /// The id that belongs to `seed`, as earlier versions made it of a data folder's path: always
    /// the same six hexadecimal digits for the same seed.
    #[must_use]
    pub fn from_seed(seed: &str) -> Self {
        Self(format!("{:06x}", stable_hash(seed) & 0xff_ffff))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the names of its links on the host begin with.
    pub(crate) fn host_link_prefix(&self) -> String {
        format!("ls-{self}-")
    }

    pub(crate) fn host_link(&self, number: u32) -> String {
        format!("ls-{self}-{number}")
    }

    /// Its table on the host, and the comment of its rules in other tables.
    pub(crate) fn host_table(&self) -> String {
        format!("longshore_{self}")
    }

    /// What the names of its namespaces begin with.
    pub(crate) fn namespace_prefix(&self) -> String {
        format!("longshore-{self}-")
    }

    /// The name of a VPC's router namespace; `vpc_id` is valid.
    pub(crate) fn namespace(&self, vpc_id: &str) -> String {
        let suffix = vpc_id.strip_prefix("vpc-").unwrap_or(vpc_id);
        format!("longshore-{self}-{suffix}")
    }

    /// The name of the bridge network's router namespace; no VPC's is like it.
    pub(crate) fn bridge_namespace(&self) -> String {
        format!("longshore-{self}-_bridge")
    }

    /// The VPC whose router namespace has this name.
    pub(crate) fn vpc_of_namespace(&self, name: &str) -> Option<String> {
        let suffix = name.strip_prefix(&self.namespace_prefix())?;
        if name == self.bridge_namespace() {
            return None;
        }
        Some(format!("vpc-{suffix}"))
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A task's port in the router: an address is one task's, so its name can be the address.
pub(crate) fn task_port(address: Ipv4Addr) -> String {
    format!("t{:08x}", address.to_bits())
}

/// A subnet's bridge, by the subnet's first address.
pub(crate) fn subnet_bridge(network: Ipv4Addr) -> String {
    format!("s{:08x}", network.to_bits())
}

/// FNV-1a, 64 bits: the standard library's hashes are not promised to stay the same.
pub(crate) fn stable_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of a Linux interface's name without its end (IFNAMSIZ - 1).
    const INTERFACE_NAME_MAX_BYTES: usize = 15;

    #[test]
    fn names_fit_the_kernel() {
        let instance = InstanceId::new("abc123").unwrap();
        assert_eq!(instance.host_link(99_999).len(), INTERFACE_NAME_MAX_BYTES);
        assert_eq!(task_port(Ipv4Addr::new(172, 31, 0, 5)), "tac1f0005");
        assert_eq!(subnet_bridge(Ipv4Addr::new(172, 31, 0, 0)), "sac1f0000");
        for id in ["", "abc1234", "AB", "a-b", "a*"] {
            assert!(InstanceId::new(id).is_err(), "{id}");
        }
    }

    #[test]
    fn a_namespace_tells_its_vpc() {
        let instance = InstanceId::new("a").unwrap();
        let name = instance.namespace("vpc-0abc");
        assert_eq!(name, "longshore-a-0abc");
        assert_eq!(
            instance.vpc_of_namespace(&name).as_deref(),
            Some("vpc-0abc")
        );
        assert_eq!(
            InstanceId::new("b").unwrap().vpc_of_namespace(&name),
            None,
            "another's"
        );
        assert_eq!(
            instance.vpc_of_namespace(&instance.bridge_namespace()),
            None
        );
    }

    #[test]
    fn a_seed_gives_a_valid_id() {
        let id = InstanceId::from_seed("/var/lib/longshore");
        assert_eq!(InstanceId::new(id.as_str()).unwrap(), id);
        assert_ne!(id, InstanceId::from_seed("/var/lib/longshore2"));
    }
}
