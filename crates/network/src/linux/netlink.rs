//! The few rtnetlink requests that a node needs, each with a message of what was tried.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use rtnetlink::packet_route::address::AddressAttribute;
use rtnetlink::packet_route::link::{
    BridgeStpState, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkMessage,
};
use rtnetlink::packet_route::neighbour::{NeighbourFlags, NeighbourState};
use rtnetlink::packet_route::route::{
    RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteType,
};
use rtnetlink::{
    Handle, LinkBridge, LinkBridgePort, LinkMessageBuilder, LinkUnspec, LinkVeth,
    RouteMessageBuilder,
};
use rustix::io::Errno;
use tracing::debug;

use crate::{Error, Ipv4Cidr, MacAddress};

/// The group of interfaces that are to be deleted soon ("LS"; the group is per namespace, and only routers
/// have members).
const DOOMED: u32 = 0x4c53;

/// Most kernels take note when they are asked; for the others.
const SETTLE_PAUSE: Duration = Duration::from_millis(1);
const SETTLE_ATTEMPTS: u32 = 100;

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
    pub(super) mtu: u32,
    /// The bridge that it is a port of.
    pub(super) controller: Option<u32>,
    pub(super) up: bool,
    /// It is up, its other end too, and the kernel sends on it.
    pub(super) running: bool,
}

/// What the kernel would do with a packet to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RouteMatch {
    pub(super) interface: Option<u32>,
    pub(super) prefix_length: u8,
    /// It is an address of this namespace itself.
    pub(super) own: bool,
}

/// One end of a veth pair that is to be made.
pub(super) struct VethEnd<'a> {
    pub(super) name: &'a str,
    pub(super) mac: Option<MacAddress>,
    /// The bridge that it is a port of.
    pub(super) bridge: Option<&'a Link>,
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

    /// Waits until the kernel sends on an interface whose other end has come up. It takes note of that a
    /// moment later, and meanwhile drops what is sent: a container's first connection would wait a
    /// second for its first packet to be sent again. Gives up soon, for then something else is wrong.
    pub(super) async fn settle(&self, name: &str) -> Result<(), Error> {
        for _ in 0..SETTLE_ATTEMPTS {
            if self.link(name).await?.is_none_or(|link| link.running) {
                return Ok(());
            }
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
        debug!(name, namespace = %self.namespace, "an interface that should send does not yet");
        Ok(())
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

    /// Makes a veth pair, down: one end here, and one in another namespace.
    pub(super) async fn add_veth(
        &self,
        near: VethEnd<'_>,
        far: VethEnd<'_>,
        far_namespace: &OwnedFd,
        mtu: u32,
    ) -> Result<(), Error> {
        let mut other = LinkMessageBuilder::<LinkUnspec>::new()
            .name(far.name)
            .mtu(mtu)
            .setns_by_fd(far_namespace.as_raw_fd());
        if let Some(mac) = far.mac {
            other = other.address(mac.0.to_vec());
        }
        let mut message = LinkMessageBuilder::<LinkVeth>::new_with_info_kind(InfoKind::Veth)
            .name(near.name)
            .mtu(mtu)
            .set_info_data(InfoData::Veth(InfoVeth::Peer(other.build())));
        if let Some(bridge) = near.bridge {
            message = message.controller(bridge.index);
        }
        let attempt = format!("make the veth pair {} and {}", near.name, far.name);
        self.handle
            .link()
            .add(message.build())
            .execute()
            .await
            .map_err(self.failed(&attempt))
    }

    /// Makes a bridge, down; it may be there.
    pub(super) async fn add_bridge(
        &self,
        name: &str,
        mac: MacAddress,
        mtu: u32,
    ) -> Result<(), Error> {
        let message = LinkBridge::new(name)
            .address(mac.0.to_vec())
            .mtu(mtu)
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

    /// Makes `port` a port of `bridge`; it may be one.
    pub(super) async fn join_bridge(&self, port: &Link, bridge: &Link) -> Result<(), Error> {
        if port.controller == Some(bridge.index) {
            return Ok(());
        }
        let message = LinkUnspec::new_with_index(port.index)
            .controller(bridge.index)
            .build();
        let attempt = format!("make {} a port of {}", port.name, bridge.name);
        self.set(message, &attempt).await
    }

    /// Lets `port`, a port of a bridge, exchange frames with the bridge alone, and ties `mac` to it: nothing
    /// is learnt from what a task sends, and nothing for another is flooded to it.
    pub(super) async fn isolate(&self, port: &Link, mac: MacAddress) -> Result<(), Error> {
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
            .map_err(self.failed(&format!("isolate the port {}", port.name)))?;
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

    /// Takes `link` out of use at once, without waiting until the kernel has removed it: down, nameless,
    /// and in [`DOOMED`]. It may be gone.
    pub(super) async fn doom(&self, link: &Link) -> Result<(), Error> {
        let down = LinkUnspec::new_with_index(link.index).down().build();
        // Not in one step with the first: older kernels rename no interface that is up.
        let rename = LinkUnspec::new_with_index(link.index)
            .name(doomed_name(link.index))
            .alias("")
            .link_group(DOOMED)
            .build();
        for message in [down, rename] {
            match self.handle.link().set(message).execute().await {
                Err(error) if is(&error, Errno::NODEV) => return Ok(()),
                other => other.map_err(self.failed(&format!("take {} out of use", link.name)))?,
            }
        }
        Ok(())
    }

    /// Deletes every interface of [`DOOMED`]: together, since for each deletion the kernel waits until
    /// nobody can see the interface any more.
    pub(super) async fn delete_doomed(&self) -> Result<(), Error> {
        let mut message = LinkMessage::default();
        message.attributes.push(LinkAttribute::Group(DOOMED));
        let request = rtnetlink::LinkDelRequest::new_with_message(self.handle.clone(), message);
        match request.execute().await {
            Err(error) if is(&error, Errno::NODEV) => Ok(()),
            other => other.map_err(self.failed("delete interfaces that are out of use")),
        }
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
        interface: u32,
        source: Option<Ipv4Addr>,
    ) -> Result<(), Error> {
        let mut route = RouteMessageBuilder::<Ipv4Addr>::new()
            .gateway(gateway)
            .output_interface(interface);
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

    /// The entry of the routing tables that a packet to `address` would follow; `None`: it would be refused.
    pub(super) async fn route_of(&self, address: Ipv4Addr) -> Result<Option<RouteMatch>, Error> {
        let mut message = RouteMessageBuilder::<Ipv4Addr>::new()
            .destination_prefix(address, 32)
            .build();
        message.header.flags = RouteFlags::FibMatch;
        let answer = self.handle.route().get(message).execute().try_next().await;
        match answer {
            Ok(message) => Ok(message.map(|message| RouteMatch {
                interface: message.attributes.iter().find_map(|attribute| {
                    if let RouteAttribute::Oif(index) = attribute {
                        Some(*index)
                    } else {
                        None
                    }
                }),
                prefix_length: message.header.destination_prefix_length,
                own: message.header.kind == RouteType::Local,
            })),
            Err(error)
                if is(&error, Errno::NETUNREACH)
                    || is(&error, Errno::HOSTUNREACH)
                    || is(&error, Errno::ACCESS) =>
            {
                Ok(None)
            }
            Err(error) => Err(self.failed(&format!("look up the route to {address}"))(
                error,
            )),
        }
    }

    /// Deletes the route to `address` alone through `interface`; it may be gone.
    pub(super) async fn delete_host_route(
        &self,
        address: Ipv4Addr,
        interface: u32,
    ) -> Result<(), Error> {
        let message = RouteMessageBuilder::<Ipv4Addr>::new()
            .destination_prefix(address, 32)
            .output_interface(interface)
            .build();
        self.delete_route(HostRoute {
            destination: address,
            interface,
            message,
        })
        .await
    }

    /// The MTU of the interface that the default route leaves by; of several the smallest. `None`: there is
    /// no default route.
    pub(super) async fn uplink_mtu(&self) -> Result<Option<u32>, Error> {
        let routes: Vec<RouteMessage> = self
            .handle
            .route()
            .get(RouteMessageBuilder::<Ipv4Addr>::new().build())
            .execute()
            .try_collect()
            .await
            .map_err(self.failed("list routes"))?;
        let uplinks: Vec<u32> = routes
            .iter()
            .filter(|route| route.header.destination_prefix_length == 0)
            .filter_map(|route| {
                route.attributes.iter().find_map(|attribute| {
                    if let RouteAttribute::Oif(index) = attribute {
                        Some(*index)
                    } else {
                        None
                    }
                })
            })
            .collect();
        let links = self.links().await?;
        let mtus = links
            .iter()
            .filter(|link| uplinks.contains(&link.index))
            .map(|link| link.mtu);
        Ok(mtus.min())
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

    /// Forgets who has `address` on an interface; that may be gone.
    pub(super) async fn forget_neighbour(
        &self,
        interface: u32,
        address: Ipv4Addr,
    ) -> Result<(), Error> {
        let neighbours = self.handle.neighbours();
        let mut known = neighbours.add(interface, address.into());
        let message = known.message_mut().clone();
        match neighbours.del(message).execute().await {
            Err(error) if is(&error, Errno::NOENT) || is(&error, Errno::NODEV) => Ok(()),
            other => other.map_err(self.failed(&format!("forget who has {address}"))),
        }
    }
}

fn doomed_name(index: u32) -> String {
    format!("x{index:x}")
}

fn read_link(message: &LinkMessage) -> Link {
    let mut link = Link {
        index: message.header.index,
        name: String::new(),
        alias: None,
        mac: None,
        mtu: 0,
        controller: None,
        up: message.header.flags.contains(LinkFlags::Up),
        running: message.header.flags.contains(LinkFlags::Running),
    };
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::IfName(name) => link.name.clone_from(name),
            LinkAttribute::Controller(index) => link.controller = Some(*index),
            LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
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
