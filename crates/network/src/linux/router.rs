//! A router of this node: its namespace, its link to the host, bridges and ports. What may pass is
//! for those who use it: a VPC (`vpc_router`) and the node's own bridge network (`bridge`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tracing::warn;

use crate::linux::host::Host;
use crate::linux::namespace::{Namespace, pin_network_namespace};
use crate::linux::netlink::{Link, Netlink, VethEnd};
use crate::names::{subnet_bridge, task_port};
use crate::{Error, HostLink, MacAddress, Subnet, TASK_INTERFACE, address::gateway};

/// What every router is set to before it has any bridge. No redirects: tasks of one subnet go through
/// the router on purpose. No IPv6: tasks have none, and what has no rules is to have no way. No calls
/// from bridges to `ip` chains: the bridge has a table of its own.
const ROUTER_SETTINGS: [(&str, &str); 10] = [
    ("ipv4/ip_forward", "1"),
    ("ipv4/conf/all/send_redirects", "0"),
    ("ipv4/conf/default/send_redirects", "0"),
    ("ipv4/conf/all/accept_redirects", "0"),
    ("ipv4/conf/default/accept_redirects", "0"),
    ("ipv6/conf/all/disable_ipv6", "1"),
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("bridge/bridge-nf-call-iptables", "0"),
    ("bridge/bridge-nf-call-ip6tables", "0"),
    ("bridge/bridge-nf-call-arptables", "0"),
];

/// For each deletion the kernel holds up every change of the network on the machine, for up to some tens of
/// milliseconds, however many interfaces it deletes: so long they are gathered.
const REAP_GATHER: Duration = Duration::from_millis(200);

/// An open router.
pub(super) struct Router {
    pub(super) link: HostLink,
    /// The number of the link's end on the host.
    pub(super) link_index: u32,
    pub(super) namespace: Namespace,
    /// Whose router it is, for messages.
    site: String,
    mtu: u32,
    /// Who has which address. Read from the kernel when the router is opened, and kept from then on: only
    /// one process has an instance, and asking for a thousand ports to add one would cost more than
    /// all the rest.
    places: Mutex<BTreeMap<Ipv4Addr, Place>>,
    /// The bridges that this process has made whole.
    bridges: tokio::sync::Mutex<BTreeSet<String>>,
    doomed: Arc<Notify>,
    reaper: JoinHandle<()>,
}

/// A task's port, as its name and alias tell it.
#[derive(Clone, Debug)]
pub(super) struct TaskPort {
    pub(super) link: Link,
    pub(super) address: Ipv4Addr,
    /// `None`: made by a process that ended before it could say for whom.
    pub(super) owner: Option<PortOwner>,
}

/// What this process knows of an address.
#[derive(Clone, Debug)]
struct Place {
    owner: PortOwner,
    /// The number of its bridge.
    bridge: Option<u32>,
    /// The port is made; before that, the kernel cannot tell that the address is taken.
    made: bool,
    /// It is being taken away: rules that are written now know it no more.
    leaving: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PortOwner {
    pub(super) task_id: String,
    pub(super) security_groups: Vec<String>,
}

/// The kernel keeps 255 bytes of an alias (IFALIASZ).
const ALIAS_MAX_BYTES: usize = 255;

impl PortOwner {
    /// The port's alias: the task's id, a space, its groups. Those of a task fit by far; of a container's in
    /// the bridge network it is only a hint for people.
    fn alias(&self) -> String {
        let alias = format!("{} {}", self.task_id, self.security_groups.join(","));
        alias.chars().take(ALIAS_MAX_BYTES).collect()
    }

    fn read(alias: &str) -> Option<Self> {
        let (task_id, groups) = alias.split_once(' ')?;
        Some(Self {
            task_id: task_id.to_owned(),
            security_groups: groups
                .split(',')
                .filter(|group| !group.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    }
}

impl TaskPort {
    fn read(link: Link) -> Option<Self> {
        let bits = u32::from_str_radix(link.name.strip_prefix('t')?, 16).ok()?;
        let address = Ipv4Addr::from_bits(bits);
        (link.name == task_port(address)).then(|| Self {
            owner: link.alias.as_deref().and_then(PortOwner::read),
            address,
            link,
        })
    }
}

impl Router {
    /// Makes the router of `site` (a VPC's id, or that of the bridge network) at `path` whole, whatever is
    /// there of it. Its rules are the caller's next step: no port may go up before.
    pub(super) async fn open(path: &Path, site: &str, host: &Host) -> Result<Self, Error> {
        pin_network_namespace(path).await?;
        let namespace = Namespace::open(path).await?;
        let settings = ROUTER_SETTINGS.map(|(key, value)| (key.to_owned(), value));
        namespace.set(settings.to_vec()).await?;
        let netlink = namespace.netlink.clone();
        let loopback = netlink.expect_link("lo").await?;
        netlink.set_up(&loopback).await?;
        let mtu = host.mtu().await?;
        let (link, link_index) = host.ensure_link(site, &namespace, mtu).await?;
        netlink.delete_doomed().await?;
        let doomed = Arc::new(Notify::new());
        let router = Self {
            link,
            link_index,
            site: site.to_owned(),
            mtu,
            places: Mutex::default(),
            bridges: tokio::sync::Mutex::default(),
            reaper: tokio::spawn(reap(netlink, Arc::clone(&doomed))),
            doomed,
            namespace,
        };
        for port in router.ports().await? {
            match port.owner {
                Some(owner) => {
                    let place = Place {
                        owner,
                        bridge: port.link.controller,
                        made: true,
                        leaving: false,
                    };
                    router.places().insert(port.address, place);
                }
                None => router.doom(&port.link).await?,
            }
        }
        Ok(router)
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<Ipv4Addr, Place>> {
        // Nothing is left half done in this map by a panic.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who has which address, also such whose port is not made yet, but none that is being taken away.
    pub(super) fn owners(&self) -> BTreeMap<Ipv4Addr, PortOwner> {
        let places = self.places();
        let staying = places.iter().filter(|(_, place)| !place.leaving);
        staying
            .map(|(address, place)| (*address, place.owner.clone()))
            .collect()
    }

    /// The addresses of an owner.
    pub(super) fn addresses_of(&self, task_id: &str) -> Vec<(Ipv4Addr, PortOwner)> {
        let places = self.places();
        let own = places
            .iter()
            .filter(|(_, place)| place.owner.task_id == task_id);
        own.map(|(address, place)| (*address, place.owner.clone()))
            .collect()
    }

    /// The ports that the kernel has, in the order of their addresses.
    pub(super) async fn ports(&self) -> Result<Vec<TaskPort>, Error> {
        let links = self.namespace.netlink.links().await?;
        let mut ports: Vec<TaskPort> = links.into_iter().filter_map(TaskPort::read).collect();
        ports.sort_by_key(|port| port.address);
        Ok(ports)
    }

    async fn doom(&self, link: &Link) -> Result<(), Error> {
        self.namespace.netlink.doom(link).await?;
        self.doomed.notify_one();
        Ok(())
    }

    /// Makes the bridge of a subnet whole.
    async fn ensure_bridge(&self, subnet: &Subnet, gateway: Ipv4Addr) -> Result<Link, Error> {
        let netlink = &self.namespace.netlink;
        let name = subnet_bridge(subnet.cidr.network());
        let mut whole = self.bridges.lock().await;
        if whole.contains(&name)
            && let Some(bridge) = netlink.link(&name).await?
            && bridge.up
        {
            return Ok(bridge);
        }
        netlink
            .add_bridge(&name, MacAddress::of(gateway), self.mtu)
            .await?;
        let bridge = netlink.expect_link(&name).await?;
        let settings = vec![
            (format!("ipv4/conf/{name}/proxy_arp_pvlan"), "1"),
            // The default would delay each answer for a neighbour by up to 0.8 seconds.
            (format!("ipv4/neigh/{name}/proxy_delay"), "0"),
        ];
        self.namespace.set(settings).await?;
        netlink.set_alias(&bridge, &subnet.id).await?;
        netlink
            .add_address(&bridge, gateway, subnet.cidr.prefix_length())
            .await?;
        netlink.set_up(&bridge).await?;
        whole.insert(name);
        Ok(bridge)
    }

    /// Notes that `owner` is to have `address`. Gives whether all that there was of it stays as it was.
    ///
    /// # Errors
    /// [`Error::AddressInUse`].
    async fn claim(&self, address: Ipv4Addr, owner: &PortOwner) -> Result<bool, Error> {
        let other = {
            let mut places = self.places();
            match places.get(&address) {
                Some(place) if place.owner.task_id != owner.task_id => place.clone(),
                known => {
                    let as_before = |known: &Place| known.owner == *owner && !known.leaving;
                    let same = known.is_none_or(as_before);
                    let place = Place {
                        owner: owner.clone(),
                        bridge: known.and_then(|known| known.bridge),
                        made: known.is_some_and(|known| known.made),
                        leaving: false,
                    };
                    places.insert(address, place);
                    return Ok(same);
                }
            }
        };
        let gone = other.made && self.port_link(address).await?.is_none();
        let mut places = self.places();
        let still = places
            .get(&address)
            .is_some_and(|place| place.owner.task_id != owner.task_id);
        if still && !gone {
            return Err(Error::AddressInUse {
                address,
                vpc: self.site.clone(),
                task: other.owner.task_id,
            });
        }
        // Its port went with its namespace, and nobody has said so.
        let place = Place {
            owner: owner.clone(),
            bridge: None,
            made: false,
            leaving: false,
        };
        places.insert(address, place);
        Ok(false)
    }

    async fn port_link(&self, address: Ipv4Addr) -> Result<Option<Link>, Error> {
        self.namespace.netlink.link(&task_port(address)).await
    }

    /// Makes a port for `owner` that leads into `task`, whole but down: nothing passes before
    /// [`Router::open_port`]. Gives also whether the rules know of no other owner or groups of the address.
    pub(super) async fn ensure_port(
        &self,
        owner: &PortOwner,
        address: Ipv4Addr,
        subnet: &Subnet,
        task: &Namespace,
    ) -> Result<(Link, bool), Error> {
        let netlink = &self.namespace.netlink;
        let gateway = gateway(subnet.cidr).unwrap_or(address);
        let mac = MacAddress::of(address);
        let mut same = self.claim(address, owner).await?;
        for (other, _) in self.addresses_of(&owner.task_id) {
            if other != address {
                self.close_port(other).await?;
                self.free(other);
                // The rules knew it.
                same = false;
            }
        }
        let bridge = self.ensure_bridge(subnet, gateway).await?;
        let name = task_port(address);
        let inside = task.netlink.link(TASK_INTERFACE).await?;
        let ours = inside.filter(|inside| inside.mac.is_some_and(MacAddress::is_ours));
        let mut port = netlink.link(&name).await?;
        if let Some(found) = &port
            && ours.as_ref().is_none_or(|ours| ours.mac != Some(mac))
        {
            // It leads into a namespace that the task no longer has.
            self.doom(found).await?;
            port = None;
        }
        let port = match port {
            Some(port) => {
                netlink.join_bridge(&port, &bridge).await?;
                port
            }
            None => {
                // An interface that we have made there, of a router that is gone or still going.
                if let Some(stale) = ours {
                    task.netlink.delete(&stale).await?;
                }
                let near = VethEnd {
                    name: &name,
                    mac: None,
                    bridge: Some(&bridge),
                };
                let far = VethEnd {
                    name: TASK_INTERFACE,
                    mac: Some(mac),
                    bridge: None,
                };
                netlink.add_veth(near, far, task.file(), self.mtu).await?;
                netlink.expect_link(&name).await?
            }
        };
        netlink.set_alias(&port, &owner.alias()).await?;
        netlink.isolate(&port, mac).await?;
        netlink.set_neighbour(&bridge, address, mac).await?;
        if let Some(place) = self.places().get_mut(&address) {
            place.bridge = Some(bridge.index);
            place.made = true;
        }
        Ok((port, same))
    }

    /// Lets pass what the rules let pass, and waits until it does.
    pub(super) async fn open_port(
        &self,
        port: &Link,
        subnet: &Subnet,
        task: &Namespace,
    ) -> Result<(), Error> {
        let netlink = &self.namespace.netlink;
        netlink.set_up(port).await?;
        task.netlink.settle(TASK_INTERFACE).await?;
        netlink.settle(&port.name).await?;
        netlink.settle(&subnet_bridge(subnet.cidr.network())).await
    }

    /// Takes the port of `address` out of use: from then on nothing passes, and the kernel removes it a
    /// moment later. The address stays taken until [`Router::free`], when nothing else tells of it.
    pub(super) async fn close_port(&self, address: Ipv4Addr) -> Result<(), Error> {
        let bridge = self.places().get_mut(&address).and_then(|place| {
            place.leaving = true;
            place.made = false;
            place.bridge
        });
        if let Some(port) = self.port_link(address).await? {
            self.doom(&port).await?;
        }
        match bridge {
            Some(bridge) => {
                let netlink = &self.namespace.netlink;
                netlink.forget_neighbour(bridge, address).await
            }
            None => Ok(()),
        }
    }

    /// Makes `owners` those who have an address, also without a port, and takes the ports of others away.
    pub(super) async fn keep_owners(
        &self,
        owners: &BTreeMap<Ipv4Addr, PortOwner>,
    ) -> Result<(), Error> {
        let known: Vec<Ipv4Addr> = self.places().keys().copied().collect();
        for address in known {
            if !owners.contains_key(&address) {
                self.close_port(address).await?;
                self.free(address);
            }
        }
        let mut places = self.places();
        for (address, owner) in owners {
            let known = places.remove(address);
            let place = Place {
                owner: owner.clone(),
                bridge: known.as_ref().and_then(|known| known.bridge),
                made: known.is_some_and(|known| known.made),
                leaving: false,
            };
            places.insert(*address, place);
        }
        Ok(())
    }

    /// Lets others have `address`.
    pub(super) fn free(&self, address: Ipv4Addr) {
        self.places().remove(&address);
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.reaper.abort();
    }
}

/// Deletes what is doomed, all that has come together at once. What it does not come to, the next process
/// finds. Most of it goes before, with the namespaces that it led into.
async fn reap(netlink: Netlink, doomed: Arc<Notify>) {
    loop {
        doomed.notified().await;
        tokio::time::sleep(REAP_GATHER).await;
        if let Err(error) = netlink.delete_doomed().await {
            warn!(%error, "interfaces out of use stay until the next is removed");
        }
    }
}

/// The inside of a task's or container's namespace: loopback, address, default route. The port's other
/// end is still down.
pub(super) async fn configure_inside(
    task: &Namespace,
    address: Ipv4Addr,
    prefix_length: u8,
    gateway: Ipv4Addr,
) -> Result<(), Error> {
    let netlink = &task.netlink;
    let loopback = netlink.expect_link("lo").await?;
    netlink.set_up(&loopback).await?;
    let interface = netlink.expect_link(TASK_INTERFACE).await?;
    netlink
        .add_address(&interface, address, prefix_length)
        .await?;
    netlink.set_up(&interface).await?;
    netlink
        .set_route(crate::Ipv4Cidr::ALL, gateway, interface.index, None)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_tells_the_owner() {
        for groups in [vec![], vec!["sg-1".to_owned(), "sg-2".to_owned()]] {
            let owner = PortOwner {
                task_id: "0123".to_owned(),
                security_groups: groups,
            };
            assert_eq!(PortOwner::read(&owner.alias()), Some(owner));
        }
        assert_eq!(PortOwner::read("0123"), None);
    }
}
