//! What a container asks of the node's own bridge network, and how ports and addresses are chosen.
//!
//! Pure. Unlike a VPC's addresses, those of the bridge are the node's own affair: nobody else names
//! them, so this crate chooses them, and writes them down before it uses them.

use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Error, Ipv4Cidr};

/// Longest owner: a task's id, a separator, a container's name (ECS: 255 bytes), and room.
const OWNER_ID_MAX_BYTES: usize = 512;
/// Host ports of one container, each of which costs a socket of this process. ECS has a quota of
/// 100 port mappings or ranges a container, and none for the length of a range.
pub const PUBLISHED_PORTS_MAX: usize = 1_024;
/// Where dynamic host ports come from when the kernel does not tell its own range
/// (`net.ipv4.ip_local_port_range`, as Amazon's agent reads it).
pub const DYNAMIC_PORTS_DEFAULT: RangeInclusive<u16> = 32_768..=60_999;

/// A protocol that ports belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// A container port, or ports in a row, to be reached at the host's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRequest {
    /// The container's port; of several in a row the first.
    pub container_port: u16,
    /// The host's port; of several the first. `None`: chosen by the node.
    pub host_port: Option<u16>,
    /// How many ports in a row, at least one (`containerPortRange`); the host's are in a row too.
    pub length: u16,
    /// Their protocol.
    pub protocol: Protocol,
}

impl PortRequest {
    /// A request for one port.
    #[must_use]
    pub const fn one(container_port: u16, host_port: Option<u16>, protocol: Protocol) -> Self {
        Self {
            container_port,
            host_port,
            length: 1,
            protocol,
        }
    }
}

/// A container's ports as they are reached at every address of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedPort {
    /// The container's port; of several in a row the first.
    pub container_port: u16,
    /// The host's port; of several the first.
    pub host_port: u16,
    /// How many ports in a row.
    pub length: u16,
    /// Their protocol.
    pub protocol: Protocol,
}

impl PublishedPort {
    /// The host's ports.
    pub fn host_ports(&self) -> impl Iterator<Item = (Protocol, u16)> + use<> {
        let protocol = self.protocol;
        (self.host_port..=last_of(self.host_port, self.length)).map(move |port| (protocol, port))
    }

    /// Each host port with the container's port that it leads to.
    pub fn pairs(&self) -> impl Iterator<Item = (u16, u16)> + use<> {
        let container = self.container_port..=last_of(self.container_port, self.length);
        (self.host_port..=last_of(self.host_port, self.length)).zip(container)
    }

    /// Whether it is what `request` asks for.
    #[must_use]
    pub fn answers(&self, request: &PortRequest) -> bool {
        self.container_port == request.container_port
            && self.length == request.length
            && self.protocol == request.protocol
            && request.host_port.is_none_or(|port| port == self.host_port)
    }
}

fn last_of(first: u16, length: u16) -> u16 {
    first.saturating_add(length.saturating_sub(1))
}

/// A container's place in the node's bridge network, as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeRequest {
    /// Whose it is: the task's id and the container's name, printable ASCII without spaces.
    pub owner_id: String,
    /// Where the container's network namespace is pinned; it may belong to another user namespace.
    pub netns: PathBuf,
    /// The ports to publish.
    pub ports: Vec<PortRequest>,
}

/// A container's place in the node's bridge network, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeAttached {
    /// The container's address, which no other container of the node's bridge has meanwhile.
    pub address: Ipv4Addr,
    /// Its default route.
    pub gateway: Ipv4Addr,
    /// The length of the bridge network's prefix.
    pub prefix_length: u8,
    /// Where the container finds the host, and at its port 4566 or so the control plane.
    pub host_address: Ipv4Addr,
    /// What is published: one for each request, in their order.
    pub ports: Vec<PublishedPort>,
}

/// A container that has a place in the node's bridge network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeAttachment {
    /// Whose it is.
    pub owner_id: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// What is published.
    pub ports: Vec<PublishedPort>,
}

impl BridgeRequest {
    /// Checks what can be checked without the kernel.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let id_fits = (1..=OWNER_ID_MAX_BYTES).contains(&self.owner_id.len())
            && self.owner_id.bytes().all(|byte| byte.is_ascii_graphic());
        if !id_fits {
            return Err(Error::invalid(
                "owner of a place in the bridge network",
                &self.owner_id,
                "it is at most 512 printable ASCII characters without spaces",
            ));
        }
        let mut wanted = BTreeSet::new();
        let mut count = 0_usize;
        for request in &self.ports {
            let refuse = |expected| {
                let (port, length) = (request.container_port, request.length);
                let value = format!("{port}+{length}/{}", request.protocol);
                Err(Error::invalid("port mapping", value, expected))
            };
            let ends = |first: u16| {
                u32::from(first) + u32::from(request.length) <= u32::from(u16::MAX) + 1
            };
            if request.length == 0
                || request.container_port == 0
                || request.host_port == Some(0)
                || !ends(request.container_port)
                || !request.host_port.is_none_or(ends)
            {
                return refuse("ports are from 1 to 65535, and a range has at least one");
            }
            count += usize::from(request.length);
            if count > PUBLISHED_PORTS_MAX {
                return refuse("a container publishes at most 1024 ports");
            }
            if let Some(first) = request.host_port {
                for port in first..=last_of(first, request.length) {
                    if !wanted.insert((request.protocol, port)) {
                        let protocol = request.protocol;
                        return Err(Error::PortInUse { port, protocol });
                    }
                }
            }
        }
        Ok(())
    }
}

/// The first ports of the runs of `length` ports within `range` that are not `taken`, from `start` on
/// and round: a port that was given back rests as long as possible.
pub(crate) fn dynamic_candidates<'a>(
    range: &RangeInclusive<u16>,
    length: u16,
    start: u16,
    protocol: Protocol,
    taken: &'a BTreeSet<(Protocol, u16)>,
) -> impl Iterator<Item = u16> + use<'a> {
    let (first, last) = (*range.start(), *range.end());
    let start = start.clamp(first, last.max(first));
    let fits = move |candidate: &u16| {
        let end = u32::from(*candidate) + u32::from(length) - 1;
        end <= u32::from(last)
            && taken
                .range((protocol, *candidate)..=(protocol, last_of(*candidate, length)))
                .next()
                .is_none()
    };
    (start..=last).chain(first..start).filter(fits)
}

/// The kernel's range of ephemeral ports, as `/proc/sys/net/ipv4/ip_local_port_range` tells it.
pub(crate) fn read_dynamic_range(text: &str) -> RangeInclusive<u16> {
    let mut numbers = text.split_whitespace().map(str::parse::<u16>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(first)), Some(Ok(last))) if 0 < first && first <= last => first..=last,
        _ => DYNAMIC_PORTS_DEFAULT,
    }
}

/// The block of the node's bridge network: the first of some private ones that none of the host's own
/// networks overlaps, so that containers reach those. `None`: all are taken.
pub(crate) fn choose_block(taken: &[Ipv4Cidr]) -> Option<Ipv4Cidr> {
    // Docker's own default first, then what it would go on with, then others. A /20 has 4091
    // addresses; a Linux bridge has 1023 ports.
    let firsts = (17..=30)
        .map(|second| Ipv4Addr::new(172, second, 0, 0))
        .chain((200..=250).map(|second| Ipv4Addr::new(10, second, 0, 0)))
        .chain((0..=15).map(|part| Ipv4Addr::new(192, 168, part * 16, 0)));
    firsts
        .filter_map(|first| Ipv4Cidr::containing(first, BRIDGE_PREFIX_LENGTH))
        .find(|block| !taken.iter().any(|taken| taken.overlaps(block)))
}

/// The length of the bridge network's prefix.
const BRIDGE_PREFIX_LENGTH: u8 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(ports: Vec<PortRequest>) -> BridgeRequest {
        BridgeRequest {
            owner_id: "0123abcd/web".to_owned(),
            netns: "/run/netns/x".into(),
            ports,
        }
    }

    fn range(container_port: u16, host_port: Option<u16>, length: u16) -> PortRequest {
        PortRequest {
            length,
            ..PortRequest::one(container_port, host_port, Protocol::Tcp)
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(request(vec![]).validate().is_ok());
        assert!(
            request(vec![range(65_535, Some(65_535), 1)])
                .validate()
                .is_ok()
        );
        for wrong in [
            range(0, None, 1),
            range(80, Some(0), 1),
            range(80, None, 0),
            range(65_535, None, 2),
            range(80, Some(65_000), 600),
            range(1, None, 1_025),
        ] {
            assert!(request(vec![wrong]).validate().is_err(), "{wrong:?}");
        }
        let twice = request(vec![range(80, Some(8_080), 1), range(81, Some(8_078), 3)]);
        assert!(matches!(
            twice.validate(),
            Err(Error::PortInUse {
                port: 8_080,
                protocol: Protocol::Tcp
            })
        ));
        let mut both = [PortRequest::one(53, Some(53), Protocol::Tcp); 2];
        both[1].protocol = Protocol::Udp;
        assert!(
            request(both.to_vec()).validate().is_ok(),
            "each protocol has ports of its own"
        );
        for owner_id in ["", "a b", "a\n"] {
            let mut wrong = request(vec![]);
            wrong.owner_id = owner_id.to_owned();
            assert!(wrong.validate().is_err(), "{owner_id:?}");
        }
    }

    #[test]
    fn dynamic_ports_go_round_and_pass_over_the_taken() {
        let taken: BTreeSet<_> = [(Protocol::Tcp, 103), (Protocol::Udp, 104)].into();
        let all = |length, start, protocol| -> Vec<u16> {
            dynamic_candidates(&(100..=105), length, start, protocol, &taken).collect()
        };
        assert_eq!(all(1, 102, Protocol::Tcp), [102, 104, 105, 100, 101]);
        assert_eq!(all(2, 0, Protocol::Tcp), [100, 101, 104]);
        assert_eq!(all(4, 0, Protocol::Udp), [100]);
        assert_eq!(all(7, 0, Protocol::Udp), [0_u16; 0]);
        let last: Vec<u16> =
            dynamic_candidates(&(65_534..=65_535), 2, 0, Protocol::Tcp, &taken).collect();
        assert_eq!(last, [65_534]);
    }

    #[test]
    fn reads_the_kernels_range() {
        assert_eq!(read_dynamic_range("40000\t50000\n"), 40_000..=50_000);
        for text in ["", "1", "5 4", "0 0", "x y"] {
            assert_eq!(read_dynamic_range(text), DYNAMIC_PORTS_DEFAULT, "{text}");
        }
    }

    #[test]
    fn a_range_leads_to_a_range() {
        let published = PublishedPort {
            container_port: 80,
            host_port: 40_000,
            length: 3,
            protocol: Protocol::Udp,
        };
        let pairs: Vec<_> = published.pairs().collect();
        assert_eq!(pairs, [(40_000, 80), (40_001, 81), (40_002, 82)]);
        assert_eq!(published.host_ports().count(), 3);
        let mut request = range(80, None, 3);
        assert!(!published.answers(&request));
        request.protocol = Protocol::Udp;
        assert!(published.answers(&request));
        request.host_port = Some(40_001);
        assert!(!published.answers(&request));
    }

    #[test]
    fn the_block_is_clear_of_the_hosts_networks() {
        assert_eq!(choose_block(&[]).unwrap().to_string(), "172.17.0.0/20");
        let docker = "172.17.0.0/16".parse().unwrap();
        assert_eq!(
            choose_block(&[docker]).unwrap().to_string(),
            "172.18.0.0/20"
        );
        let private = ["172.16.0.0/12", "10.0.0.0/8"].map(|text| text.parse().unwrap());
        assert_eq!(
            choose_block(&private).unwrap().to_string(),
            "192.168.0.0/20"
        );
        assert_eq!(choose_block(&[Ipv4Cidr::ALL]), None);
    }
}
