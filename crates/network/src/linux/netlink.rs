//! The few rtnetlink requests that a node needs, each with a message of what was tried.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

use futures_util::TryStreamExt;
use rtnetlink::packet_route::address::AddressAttribute;
use rtnetlink::packet_route::link::{
    BridgeStpState, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkMessage,
};
use rtnetlink::packet_route::neighbour::{NeighbourFlags, NeighbourState};
use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteHeader, RouteMessage};
use rtnetlink::{
    Handle, LinkBridge, LinkBridgePort, LinkMessageBuilder, LinkUnspec, LinkVeth,
    RouteMessageBuilder,
};
use rustix::io::Errno;

use crate::{Error, Ipv4Cidr, MacAddress};

/// A connection to one namespace's kernel tables.
#[derive(Clone)]
pub(super) struct Netlink {
    handle: Handle,
    namespace: Arc<str>,
}

/// An interface.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) index: u32,
    pub(super) name: String,
    pub(super) alias: Option<String>,
    pub(super) mac: Option<MacAddress>,
    pub(super) up: bool,
}

/// A route to one address.
pub(super) struct HostRoute {
    pub(super) destination: Ipv4Addr,
    pub(super) interface: u32,
    message: RouteMessage,
}

impl Netlink {
    pub(super) fn new(handle: Handle, namespace: Arc<str>) -> Self {
        Self { handle, namespace }
    }

    fn failed(&self, attempt: &str) -> impl FnOnce(rtnetlink::Error) -> Error {
        let attempt = format!("{attempt} in {}", self.namespace);
        move |error| Error::kernel(attempt, into_io(error))
    }

    pub(super) async fn links(&self) -> Result<Vec<Link>, Error> {
        let messages: Vec<LinkMessage> = self
            .handle
            .link()
            .get()
            .execute()
            .try_collect()
            .await
            .map_err(self.failed("list interfaces"))?;
        Ok(messages.iter().map(read_link).collect())
    }

    pub(super) async fn link(&self, name: &str) -> Result<Option<Link>, Error> {
        let answer = self
            .handle
            .link()
            .get()
            .match_name(name)
            .execute()
            .try_next()
            .await;
        match answer {
            Ok(message) => Ok(message.as_ref().map(read_link)),
            Err(error) if is(&error, Errno::NODEV) => Ok(None),
            Err(error) => Err(self.failed(&format!("look up interface {name}"))(error)),
        }
    }

    /// The interface `name`, which was just made or is always there.
    pub(super) async fn expect_link(&self, name: &str) -> Result<Link, Error> {
        self.link(name).await?.ok_or_else(|| {
            Error::kernel(
                format!("find interface {name} in {}", self.namespace),
                io::Error::from(Errno::NODEV),
            )
        })
    }

    /// Makes a veth pair: `name` here, down, and `peer` with `peer_mac` in another namespace.
    pub(super) async fn add_veth(
        &self,
        name: &str,
        peer: &str,
        peer_mac: Option<MacAddress>,
        peer_namespace: &OwnedFd,
    ) -> Result<(), Error> {
        let mut other = LinkMessageBuilder::<LinkUnspec>::new()
            .name(peer)
            .setns_by_fd(peer_namespace.as_raw_fd());
        if let Some(mac) = peer_mac {
            other = other.address(mac.0.to_vec());
        }
        let message = LinkMessageBuilder::<LinkVeth>::new_with_info_kind(InfoKind::Veth)
            .name(name)
            .set_info_data(InfoData::Veth(InfoVeth::Peer(other.build())))
            .build();
        self.handle
            .link()
            .add(message)
            .execute()
            .await
            .map_err(self.failed(&format!("make the veth pair {name} and {peer}")))
    }

    /// Makes a bridge, down; it may be there.
    pub(super) async fn add_bridge(&self, name: &str, mac: MacAddress) -> Result<(), Error> {
        let message = LinkBridge::new(name)
            .address(mac.0.to_vec())
            .stp_state(BridgeStpState::Disabled)
            .mcast_snooping(false)
            .build();
        match self.handle.link().add(message).execute().await {
            Err(error) if is(&error, Errno::EXIST) => Ok(()),
            other => other.map_err(self.failed(&format!("make the bridge {name}"))),
        }
    }

    pub(super) async fn set_alias(&self, link: &Link, alias: &str) -> Result<(), Error> {
        let message = LinkUnspec::new_with_index(link.index).alias(alias).build();
        self.set(message, &format!("mark {} as '{alias}'", link.name))
            .await
    }

    pub(super) async fn set_up(&self, link: &Link) -> Result<(), Error> {
        let message = LinkUnspec::new_with_index(link.index).up().build();
        self.set(message, &format!("set {} up", link.name)).await
    }

    async fn set(&self, message: LinkMessage, attempt: &str) -> Result<(), Error> {
        self.handle
            .link()
            .set(message)
            .execute()
            .await
            .map_err(self.failed(attempt))
    }

    /// Makes `port` a port of `bridge` that exchanges frames with the bridge alone, and ties `mac` to it:
    /// nothing is learnt from what a task sends, and nothing for another is flooded to it.
    pub(super) async fn join_bridge(
        &self,
        port: &Link,
        bridge: &Link,
        mac: MacAddress,
    ) -> Result<(), Error> {
        let attempt = format!("make {} a port of {}", port.name, bridge.name);
        let message = LinkUnspec::new_with_index(port.index)
            .controller(bridge.index)
            .build();
        self.set(message, &attempt).await?;
        let message = LinkBridgePort::new(port.index)
            .isolated(true)
            .learning(false)
            .flood(false)
            .mcast_flood(false)
            .build();
        self.handle
            .link()
            .set_port(message)
            .execute()
            .await
            .map_err(self.failed(&attempt))?;
        self.handle
            .neighbours()
            .add_bridge(port.index, &mac.0)
            .state(NeighbourState::Noarp)
            .flags(NeighbourFlags::Controller)
            .replace()
            .execute()
            .await
            .map_err(self.failed(&format!("tie {mac} to {}", port.name)))
    }

    /// Deletes an interface; it may be gone.
    pub(super) async fn delete(&self, link: &Link) -> Result<(), Error> {
        match self.handle.link().del(link.index).execute().await {
            Err(error) if is(&error, Errno::NODEV) => Ok(()),
            other => other.map_err(self.failed(&format!("delete interface {}", link.name))),
        }
    }

    /// The IPv4 addresses of the namespace, each with its interface and prefix length.
    pub(super) async fn addresses(&self) -> Result<Vec<(u32, Ipv4Addr, u8)>, Error> {
        let messages: Vec<_> = self
            .handle
            .address()
            .get()
            .execute()
            .try_collect()
            .await
            .map_err(self.failed("list addresses"))?;
        let read = messages.iter().filter_map(|message| {
            let local = message.attributes.iter().find_map(|attribute| {
                if let AddressAttribute::Local(IpAddr::V4(address)) = attribute {
                    Some(*address)
                } else {
                    None
                }
            });
            Some((message.header.index, local?, message.header.prefix_len))
        });
        Ok(read.collect())
    }

    /// Gives `link` an address; it may have it.
    pub(super) async fn add_address(
        &self,
        link: &Link,
        address: Ipv4Addr,
        prefix_length: u8,
    ) -> Result<(), Error> {
        self.handle
            .address()
            .add(link.index, address.into(), prefix_length)
            .replace()
            .execute()
            .await
            .map_err(self.failed(&format!(
                "give {} the address {address}/{prefix_length}",
                link.name
            )))
    }

    pub(super) async fn delete_address(
        &self,
        link: &Link,
        address: Ipv4Addr,
        prefix_length: u8,
    ) -> Result<(), Error> {
        let message = rtnetlink::AddressMessageBuilder::<Ipv4Addr>::new()
            .index(link.index)
            .address(address, prefix_length)
            .build();
        match self.handle.address().del(message).execute().await {
            Err(error) if is(&error, Errno::ADDRNOTAVAIL) => Ok(()),
            other => other.map_err(self.failed(&format!("take {address} from {}", link.name))),
        }
    }

    /// Adds or replaces a route through `gateway`.
    pub(super) async fn set_route(
        &self,
        destination: Ipv4Cidr,
        gateway: Ipv4Addr,
        link: &Link,
        source: Option<Ipv4Addr>,
    ) -> Result<(), Error> {
        let mut route = RouteMessageBuilder::<Ipv4Addr>::new()
            .gateway(gateway)
            .output_interface(link.index);
        if destination != Ipv4Cidr::ALL {
            route = route.destination_prefix(destination.network(), destination.prefix_length());
        }
        if let Some(source) = source {
            route = route.pref_source(source);
        }
        self.handle
            .route()
            .add(route.build())
            .replace()
            .execute()
            .await
            .map_err(self.failed(&format!("route {destination} via {gateway}")))
    }

    /// The main table's routes to single addresses.
    pub(super) async fn host_routes(&self) -> Result<Vec<HostRoute>, Error> {
        let messages: Vec<RouteMessage> = self
            .handle
            .route()
            .get(RouteMessageBuilder::<Ipv4Addr>::new().build())
            .execute()
            .try_collect()
            .await
            .map_err(self.failed("list routes"))?;
        Ok(messages.into_iter().filter_map(read_host_route).collect())
    }

    /// Deletes a route; it may be gone.
    pub(super) async fn delete_route(&self, route: HostRoute) -> Result<(), Error> {
        let attempt = format!("delete the route to {}", route.destination);
        match self.handle.route().del(route.message).execute().await {
            Err(error) if is(&error, Errno::SRCH) => Ok(()),
            other => other.map_err(self.failed(&attempt)),
        }
    }

    /// Writes down who has `address` on `link`, so that nobody need ask and nobody can answer falsely.
    pub(super) async fn set_neighbour(
        &self,
        link: &Link,
        address: Ipv4Addr,
        mac: MacAddress,
    ) -> Result<(), Error> {
        self.handle
            .neighbours()
            .add(link.index, address.into())
            .link_layer_address(&mac.0)
            .state(NeighbourState::Permanent)
            .replace()
            .execute()
            .await
            .map_err(self.failed(&format!("write down {address} as {mac}")))
    }
}

fn read_link(message: &LinkMessage) -> Link {
    let mut link = Link {
        index: message.header.index,
        name: String::new(),
        alias: None,
        mac: None,
        up: message.header.flags.contains(LinkFlags::Up),
    };
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::IfName(name) => link.name.clone_from(name),
            LinkAttribute::IfAlias(alias) => link.alias = Some(alias.clone()),
            LinkAttribute::Address(bytes) => {
                link.mac = bytes.as_slice().try_into().ok().map(MacAddress);
            }
            _ => {}
        }
    }
    link
}

fn read_host_route(message: RouteMessage) -> Option<HostRoute> {
    if message.header.destination_prefix_length != 32
        || message.header.table != RouteHeader::RT_TABLE_MAIN
    {
        return None;
    }
    let mut destination = None;
    let mut interface = None;
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(RouteAddress::Inet(address)) => {
                destination = Some(*address);
            }
            RouteAttribute::Oif(index) => interface = Some(*index),
            _ => {}
        }
    }
    Some(HostRoute {
        destination: destination?,
        interface: interface?,
        message,
    })
}

fn is(error: &rtnetlink::Error, errno: Errno) -> bool {
    matches!(error, rtnetlink::Error::NetlinkError(message)
        if message.raw_code().checked_neg() == Some(errno.raw_os_error()))
}

fn into_io(error: rtnetlink::Error) -> io::Error {
    match error {
        rtnetlink::Error::NetlinkError(message) => message.to_io(),
        other => io::Error::other(other.to_string()),
    }
}
