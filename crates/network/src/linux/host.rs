//! The host's side: links to routers, routes to tasks, the host's table.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::{debug, info, warn};

use crate::host_rules::PUBLISHED_SET;
use crate::link_range::{LinkAddresses, link_candidates};
use crate::linux::foreign_firewall::{accepting, forward_chains, own_rules, removal};
use crate::linux::namespace::Namespace;
use crate::linux::netlink::{Link, VethEnd};
use crate::linux::nfnetlink::{Element, Family, Key, Verb};
use crate::linux::router::Router;
use crate::names::ROUTER_TO_HOST;
use crate::{
    Error, HostForward, HostLink, HostPublished, InstanceId, Ipv4Cidr, LINK_PREFIX_LENGTH,
    LINK_RANGE, Protocol, host_rules,
};

/// Link networks that are tried before giving up: each was free when it was chosen, so more than one
/// fails only when others start at the same moment.
const LINK_ATTEMPTS: u32 = 64;

/// Without a default route, Ethernet's.
const MTU_DEFAULT_BYTES: u32 = 1_500;

/// The host, as one instance uses it.
pub(super) struct Host {
    namespace: Namespace,
    instance: InstanceId,
    wanted: Mutex<Wanted>,
    /// Whoever changes the host's table holds this, so that a change of one element and one of all cannot
    /// cross.
    rules: tokio::sync::Mutex<()>,
}

/// What tasks and others reach through the host.
#[derive(Clone, Default)]
struct Wanted {
    forwards: BTreeMap<u16, SocketAddrV4>,
    published: Option<HostPublished>,
}

impl Host {
    pub(super) fn new(namespace: Namespace, instance: InstanceId) -> Self {
        Self {
            namespace,
            instance,
            wanted: Mutex::default(),
            rules: tokio::sync::Mutex::default(),
        }
    }

    /// The ports that tasks reach on the host.
    pub(super) fn ports(&self) -> BTreeSet<u16> {
        self.wanted().forwards.keys().copied().collect()
    }

    pub(super) fn forward(&self, port: u16, target: SocketAddrV4) {
        self.wanted().forwards.insert(port, target);
    }

    /// Makes `ports`, through `link`, what is published from the next [`Host::reconcile`] on.
    pub(super) fn publish(&self, link: HostLink, ports: BTreeSet<(Protocol, u16)>) {
        self.wanted().published = Some(HostPublished { link, ports });
    }

    /// Publishes more ports, or fewer.
    pub(super) async fn change_published(
        &self,
        verb: Verb,
        ports: &BTreeSet<(Protocol, u16)>,
    ) -> Result<(), Error> {
        let _one_at_a_time = self.rules.lock().await;
        if let Some(published) = &mut self.wanted().published {
            match verb {
                Verb::Add => published.ports.extend(ports),
                Verb::Remove => published.ports.retain(|port| !ports.contains(port)),
            }
        }
        let changes: Vec<_> = ports
            .iter()
            .map(|(protocol, port)| {
                let element = Element {
                    family: Family::Ip,
                    set: PUBLISHED_SET.to_owned(),
                    key: Key::default().protocol(*protocol).port(*port),
                    value: None,
                };
                (verb, element)
            })
            .collect();
        let table = self.instance.host_table();
        match self.namespace.change_elements(&table, &changes) {
            Ok(()) => Ok(()),
            Err(error) => {
                debug!(%error, "replacing the host's rules whole");
                self.replace_rules().await
            }
        }
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        // Plain values are sound after a panic.
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The networks that the host is in.
    pub(super) async fn networks(&self) -> Result<Vec<Ipv4Cidr>, Error> {
        let addresses = self.namespace.netlink.addresses().await?;
        let networks = addresses.iter().filter_map(|(_, address, prefix_length)| {
            Ipv4Cidr::containing(*address, *prefix_length)
        });
        Ok(networks.collect())
    }

    /// The MTU of what lies beyond the host, which is that of tasks too: a larger one would lose packets
    /// where somebody on the way keeps silent about it.
    pub(super) async fn mtu(&self) -> Result<u32, Error> {
        let uplink = self.namespace.netlink.uplink_mtu().await?;
        Ok(uplink.unwrap_or(MTU_DEFAULT_BYTES))
    }

    async fn own_links(&self) -> Result<Vec<Link>, Error> {
        let prefix = self.instance.host_link_prefix();
        let mut links = self.namespace.netlink.links().await?;
        links.retain(|link| link.name.starts_with(&prefix));
        Ok(links)
    }

    /// Whether the link that was made for a router is still there.
    pub(super) async fn has_link(&self, router: &Router) -> Result<bool, Error> {
        let found = self.namespace.netlink.link(&router.link.name).await?;
        Ok(found.is_some_and(|found| found.up && found.index == router.link_index))
    }

    /// Makes the link between host and a router whole, whatever is there of it; gives also its number here.
    pub(super) async fn ensure_link(
        &self,
        vpc_id: &str,
        router: &Namespace,
        mtu: u32,
    ) -> Result<(HostLink, u32), Error> {
        let link = self.ensure_pair(vpc_id, router, mtu).await?;
        let addresses = self.ensure_link_addresses(&link, vpc_id).await?;
        let far = router.netlink.expect_link(ROUTER_TO_HOST).await?;
        router
            .netlink
            .add_address(&far, addresses.router, LINK_PREFIX_LENGTH)
            .await?;
        self.namespace.netlink.set_up(&link).await?;
        router.netlink.set_up(&far).await?;
        self.namespace.netlink.settle(&link.name).await?;
        router.netlink.settle(ROUTER_TO_HOST).await?;
        router
            .netlink
            .set_route(Ipv4Cidr::ALL, addresses.host, far.index, None)
            .await?;
        let ends = HostLink {
            name: link.name,
            host: addresses.host,
            router: addresses.router,
        };
        Ok((ends, link.index))
    }

    async fn ensure_pair(&self, vpc_id: &str, router: &Namespace, mtu: u32) -> Result<Link, Error> {
        let netlink = &self.namespace.netlink;
        let far_is_there = router.netlink.link(ROUTER_TO_HOST).await?.is_some();
        let mut names = BTreeSet::new();
        let mut whole = None;
        for link in self.own_links().await? {
            match link.alias.as_deref() {
                Some(alias) if alias == vpc_id && far_is_there && whole.is_none() => {
                    whole = Some(link);
                }
                Some(alias) if alias != vpc_id => {
                    names.insert(link.name);
                }
                // Made by a process that ended before it could say for whom, or leading into a
                // namespace that is no longer the router's.
                _ => netlink.delete(&link).await?,
            }
        }
        if let Some(link) = whole {
            return Ok(link);
        }
        if let Some(far) = router.netlink.link(ROUTER_TO_HOST).await? {
            router.netlink.delete(&far).await?;
        }
        let name = (0..)
            .map(|number| self.instance.host_link(number))
            .find(|name| !names.contains(name))
            .unwrap_or_default();
        let end = |name| VethEnd {
            name,
            mac: None,
            bridge: None,
        };
        netlink
            .add_veth(end(&name), end(ROUTER_TO_HOST), router.file(), mtu)
            .await?;
        let link = netlink.expect_link(&name).await?;
        netlink.set_alias(&link, vpc_id).await?;
        Ok(link)
    }

    /// The link's addresses: those that it has, or a free /30. The kernel keeps no reservation, so another
    /// instance may take the same at the same moment: looked for after, and given up then.
    async fn ensure_link_addresses(
        &self,
        link: &Link,
        vpc_id: &str,
    ) -> Result<LinkAddresses, Error> {
        let netlink = &self.namespace.netlink;
        let existing = netlink.addresses().await?;
        let own = existing
            .iter()
            .filter(|(interface, ..)| *interface == link.index)
            .find_map(|(_, address, _)| LinkAddresses::containing(*address));
        if let Some(own) = own {
            return Ok(own);
        }
        let taken: Vec<Ipv4Cidr> = existing
            .iter()
            .filter_map(|(_, address, prefix_length)| {
                // A zero-configuration address has all of 169.254.0.0/16 on its link, and only
                // itself of ours.
                let wide = *prefix_length < LINK_RANGE.prefix_length();
                let length = if wide {
                    LINK_PREFIX_LENGTH
                } else {
                    *prefix_length
                };
                Ipv4Cidr::containing(*address, length)
            })
            .collect();
        let mut tried = 0;
        for candidate in link_candidates(self.instance.as_str(), vpc_id, &taken) {
            if tried == LINK_ATTEMPTS {
                break;
            }
            tried += 1;
            netlink
                .add_address(link, candidate.host, LINK_PREFIX_LENGTH)
                .await?;
            let clash = netlink
                .addresses()
                .await?
                .iter()
                .any(|(interface, address, _)| {
                    *interface != link.index
                        && LinkAddresses::containing(*address) == Some(candidate)
                });
            if !clash {
                return Ok(candidate);
            }
            netlink
                .delete_address(link, candidate.host, LINK_PREFIX_LENGTH)
                .await?;
        }
        Err(Error::NoLinkNetwork {
            tried,
            range: LINK_RANGE.to_string(),
            vpc: vpc_id.to_owned(),
        })
    }

    /// Makes the host's table and settings what the links, forwards and published ports need.
    pub(super) async fn reconcile(&self) -> Result<(), Error> {
        let _one_at_a_time = self.rules.lock().await;
        self.replace_rules().await?;
        if self.namespace.setting("ipv4/ip_forward").await? == "0" {
            info!("switching on net.ipv4.ip_forward, so that tasks reach what is beyond this host");
            self.namespace
                .set(vec![("ipv4/ip_forward".to_owned(), "1")])
                .await?;
        }
        self.pass_foreign_firewalls().await
    }

    async fn replace_rules(&self) -> Result<(), Error> {
        let mut links = Vec::new();
        let addresses = self.namespace.netlink.addresses().await?;
        for link in self.own_links().await? {
            let found = addresses
                .iter()
                .filter(|(interface, ..)| *interface == link.index)
                .find_map(|(_, address, _)| LinkAddresses::containing(*address));
            if let Some(LinkAddresses { host, router }) = found {
                let name = link.name;
                links.push(HostLink { name, host, router });
            }
        }
        let wanted = self.wanted().clone();
        let forwards: Vec<HostForward> = wanted
            .forwards
            .iter()
            .map(|(port, target)| HostForward {
                port: *port,
                target: *target,
            })
            .collect();
        let published = wanted.published.as_ref();
        let text = host_rules(&self.instance, &links, &forwards, published);
        self.namespace
            .nft_apply("apply the host's rules", &text)
            .await?;

        // Only now, when the guard stands. Published ports are reached at loopback addresses of the host.
        let to_loopback = |forward: &HostForward| forward.target.ip().is_loopback();
        if published.is_some() || forwards.iter().any(to_loopback) {
            let settings = links.iter().map(|link| {
                let key = format!("ipv4/conf/{}/route_localnet", link.name);
                (key, "1")
            });
            self.namespace.set(settings.collect()).await?;
        }
        Ok(())
    }

    async fn pass_foreign_firewalls(&self) -> Result<(), Error> {
        let attempt = "look for firewalls that drop what tasks send";
        let listing = self
            .namespace
            .nft_list(attempt, &["list", "chains"])
            .await?;
        let mut text = String::new();
        for chain in forward_chains(&listing) {
            if !chain.drops {
                continue;
            }
            let arguments = ["list", "chain", &chain.family, &chain.table, &chain.chain];
            let rules = self.namespace.nft_list(attempt, &arguments).await?;
            if own_rules(&rules, &self.instance).is_empty() {
                info!(
                    table = chain.table,
                    chain = chain.chain,
                    "this chain drops forwarded packets: adding rules that let tasks' pass"
                );
                text.push_str(&accepting(&chain, &self.instance));
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        self.namespace
            .nft_apply("let tasks pass the host's firewall", &text)
            .await
    }

    /// Routes `address` to its router, unless another already has it: then `false`.
    ///
    /// One route an address, and none for the VPC's whole block: that could cover a network that the host
    /// itself is in, for instance when it is a machine in a VPC with the same block.
    pub(super) async fn route_task(
        &self,
        router: &Router,
        address: Ipv4Addr,
    ) -> Result<bool, Error> {
        let netlink = &self.namespace.netlink;
        let found = netlink.route_of(address).await?;
        let foreign = found.is_some_and(|found| {
            found.own || (found.prefix_length == 32 && found.interface != Some(router.link_index))
        });
        if foreign {
            warn!(
                %address,
                "this host already has a route to the task's address: it cannot reach the task"
            );
            return Ok(false);
        }
        let Some(destination) = Ipv4Cidr::containing(address, 32) else {
            return Ok(false);
        };
        let link = &router.link;
        netlink
            .set_route(destination, link.router, router.link_index, Some(link.host))
            .await?;
        Ok(true)
    }

    /// Removes the route to `address` through its router.
    pub(super) async fn unroute_task(
        &self,
        router: &Router,
        address: Ipv4Addr,
    ) -> Result<(), Error> {
        let netlink = &self.namespace.netlink;
        netlink.delete_host_route(address, router.link_index).await
    }

    /// Removes the routes through a router's link to all but `tasks`.
    pub(super) async fn keep_routes(
        &self,
        router: &Router,
        tasks: &BTreeSet<Ipv4Addr>,
    ) -> Result<(), Error> {
        let netlink = &self.namespace.netlink;
        for route in netlink.host_routes().await? {
            if route.interface == router.link_index && !tasks.contains(&route.destination) {
                netlink.delete_route(route).await?;
            }
        }
        Ok(())
    }

    /// Removes all that this instance has on the host: links (with their routes), table, rules. The
    /// setting `ip_forward` stays: by now others may depend on it.
    pub(super) async fn remove_all(&self) -> Result<(), Error> {
        *self.wanted() = Wanted::default();
        let mut first_failure = Ok(());
        let mut note = |result: Result<(), Error>| {
            if first_failure.is_ok() {
                first_failure = result;
            }
        };
        match self.own_links().await {
            Ok(links) => {
                for link in links {
                    note(self.namespace.netlink.delete(&link).await);
                }
            }
            Err(error) => note(Err(error)),
        }
        let table = self.instance.host_table();
        let text = format!("table ip {table}\ndelete table ip {table}\n");
        note(
            self.namespace
                .nft_apply("remove the host's rules", &text)
                .await,
        );
        note(self.leave_foreign_firewalls().await);
        first_failure
    }

    async fn leave_foreign_firewalls(&self) -> Result<(), Error> {
        let attempt = "remove rules from the host's firewall";
        let listing = self
            .namespace
            .nft_list(attempt, &["list", "chains"])
            .await?;
        let mut text = String::new();
        for chain in forward_chains(&listing) {
            let arguments = ["list", "chain", &chain.family, &chain.table, &chain.chain];
            let rules = self.namespace.nft_list(attempt, &arguments).await?;
            text.push_str(&removal(&chain, &own_rules(&rules, &self.instance)));
        }
        if text.is_empty() {
            return Ok(());
        }
        self.namespace.nft_apply(attempt, &text).await
    }
}
