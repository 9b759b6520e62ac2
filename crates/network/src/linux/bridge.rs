//! The node's own bridge network: containers of tasks in network mode `bridge`.
//!
//! ```text
//!   host:8080 ──▶ 169.254.x.2:8080 ──▶ 172.17.0.4:80
//!      table longshore_<instance>  router   table longshore
//! ```
//!
//! It has a router of its own, like each VPC, so that equal networks of the host (Docker's) and what firewalls
//! drop there do no harm, and the host needs no route to it: a published port leads to the router's end of
//! the link, and from there to the container. Who asks keeps its address on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;
use tracing::{debug, warn};

use crate::address::{gateway, next_free};
use crate::bridge::{choose_block, read_dynamic_range};
use crate::bridge_rules::{BridgeRouter, PUBLISHED_MAP, bridge_rules};
use crate::caller_rules::caller_rules;
use crate::linux::bridge_records::{BridgeRecords, Place};
use crate::linux::host::Host;
use crate::linux::namespace::{Namespace, is_pinned};
use crate::linux::nfnetlink::{Element, Family, Key, Verb};
use crate::linux::port_holds::{Holds, acquire, hold};
use crate::linux::router::{PortOwner, Router, configure_inside};
use crate::names::{BRIDGE_SITE, ROUTER_TABLE, task_port};
use crate::rules::PORTS_SET;
use crate::{
    BridgeAttached, BridgeAttachment, BridgeRequest, Error, Ipv4Cidr, MacAddress, Protocol,
    PublishedPort, Subnet,
};

/// Where the kernel tells which ports it gives to those who do not choose.
const DYNAMIC_RANGE_FILE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// The bridge network of a node.
pub(super) struct Bridge {
    /// Where its router's namespace is pinned.
    path: PathBuf,
    memory: Mutex<Memory>,
}

struct Memory {
    records: BridgeRecords,
    holds: Holds,
    router: Option<Arc<Router>>,
    /// Whether the router's rules say what the records do, as far as this process knows.
    applied: bool,
    /// Addresses of containers that are gone, while what is tracked to them is forgotten.
    leaving: BTreeSet<Ipv4Addr>,
    last_address: Option<Ipv4Addr>,
    /// Where to look for the next dynamic port.
    next_port: u16,
}

impl Bridge {
    /// Reads what an earlier process has left, and takes hold of its ports again.
    pub(super) async fn open(
        path: PathBuf,
        records: BridgeRecords,
        host: &Host,
    ) -> Result<Self, Error> {
        let ports: Vec<(Protocol, u16)> = records
            .places()
            .values()
            .flat_map(|place| place.ports.iter().flat_map(PublishedPort::host_ports))
            .collect();
        let holds = if ports.is_empty() {
            Holds::new()
        } else {
            within_host(host, move || Ok(hold_again(ports))).await?
        };
        let memory = Memory {
            records,
            holds,
            router: None,
            applied: false,
            leaving: BTreeSet::new(),
            last_address: None,
            next_port: 0,
        };
        Ok(Self {
            path,
            memory: Mutex::new(memory),
        })
    }

    pub(super) async fn attach(
        &self,
        request: &BridgeRequest,
        host: &Host,
        making: &Mutex<impl Send>,
    ) -> Result<BridgeAttached, Error> {
        request.validate()?;
        let inside = Namespace::open(&request.netns).await?;
        let (place, block, router) = {
            let mut memory = self.memory.lock().await;
            let memory = &mut *memory;
            let block = memory.ensure_block(host).await?;
            let router = self.ensure_router(memory, host, making).await?;
            let place = memory.ensure_place(request, block, host).await?;
            (place, block, router)
        };
        let Place { address, ports, .. } = place;
        let gateway = gateway(block).unwrap_or(address);
        let subnet = Subnet {
            id: BRIDGE_SITE.to_owned(),
            cidr: block,
        };
        let owner = owner(&request.owner_id);
        let (port, _) = router
            .ensure_port(&owner, address, &subnet, &inside)
            .await?;
        configure_inside(&inside, address, block.prefix_length(), gateway).await?;
        {
            let mut memory = self.memory.lock().await;
            memory
                .change(&router, host, Verb::Add, &elements(address, &ports))
                .await?;
            host.change_published(Verb::Add, &host_ports(&ports))
                .await?;
        }
        router.open_port(&port, &subnet, &inside).await?;
        inside.close().await;
        Ok(BridgeAttached {
            address,
            gateway,
            prefix_length: block.prefix_length(),
            host_address: router.link.host,
            ports,
        })
    }

    pub(super) async fn detach(
        &self,
        owner_id: &str,
        host: &Host,
        making: &Mutex<impl Send>,
    ) -> Result<(), Error> {
        let (place, router) = {
            let mut memory = self.memory.lock().await;
            let memory = &mut *memory;
            let Some(place) = memory.records.places().get(owner_id).cloned() else {
                return Ok(());
            };
            let mut router = None;
            if memory.router.is_some() || is_pinned(&self.path) {
                let own = self.ensure_router(memory, host, making).await?;
                own.close_port(place.address).await?;
                host.change_published(Verb::Remove, &host_ports(&place.ports))
                    .await?;
                let gone = elements(place.address, &place.ports);
                memory.change(&own, host, Verb::Remove, &gone).await?;
                router = Some(own);
            }
            memory.records.remove(owner_id)?;
            for port in host_ports(&place.ports) {
                memory.holds.remove(&port);
            }
            memory.leaving.insert(place.address);
            (place, router)
        };
        // Others come and go meanwhile; none gets the address before this is done.
        if let Some(router) = router {
            router.namespace.forget_flows_to(place.address).await;
            router.free(place.address);
        }
        self.memory.lock().await.leaving.remove(&place.address);
        Ok(())
    }

    pub(super) async fn attachments(&self) -> Vec<BridgeAttachment> {
        let memory = self.memory.lock().await;
        let places = memory.records.places().values();
        places
            .map(|place| BridgeAttachment {
                owner_id: place.owner_id.clone(),
                address: place.address,
                ports: place.ports.clone(),
            })
            .collect()
    }

    /// Opens the router that an earlier process has left. To be called before the host's rules are
    /// replaced, so that they keep what is published.
    pub(super) async fn open_existing(
        &self,
        host: &Host,
        making: &Mutex<impl Send>,
    ) -> Result<(), Error> {
        let mut memory = self.memory.lock().await;
        let memory = &mut *memory;
        if memory.router.is_none() && memory.records.block().is_some() && is_pinned(&self.path) {
            self.ensure_router(memory, host, making).await?;
        }
        Ok(())
    }

    /// Applies the rules once more: the ports of the host have changed.
    pub(super) async fn apply_again(&self, host: &Host) -> Result<(), Error> {
        let mut memory = self.memory.lock().await;
        match memory.router.clone() {
            Some(router) => memory.replace(&router, host).await,
            None => Ok(()),
        }
    }

    /// Forgets all; the caller removes the router's namespace and the host's rules.
    pub(super) async fn teardown(&self) -> Result<(), Error> {
        let mut memory = self.memory.lock().await;
        memory.router = None;
        memory.applied = false;
        memory.holds.clear();
        memory.records.clear()
    }

    pub(super) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Opens the router, which is made when it is not there; its rules stand when this is done. `making`: who
    /// makes routers holds this.
    async fn ensure_router(
        &self,
        memory: &mut Memory,
        host: &Host,
        making: &Mutex<impl Send>,
    ) -> Result<Arc<Router>, Error> {
        if let Some(router) = &memory.router
            && is_pinned(&self.path)
            && host.has_link(router).await?
        {
            return Ok(Arc::clone(router));
        }
        memory.router = None;
        memory.applied = false;
        let router = {
            let _one_at_a_time = making.lock().await;
            Arc::new(Router::open(&self.path, BRIDGE_SITE, host).await?)
        };
        let places = memory.records.places().values();
        let owners = places.map(|place| (place.address, owner(&place.owner_id)));
        router.keep_owners(&owners.collect()).await?;
        memory.replace(&router, host).await?;
        let places = memory.records.places().values();
        let published = places.flat_map(|place| host_ports(&place.ports)).collect();
        host.publish(router.link.clone(), published);
        host.reconcile().await?;
        memory.router = Some(Arc::clone(&router));
        Ok(router)
    }
}

impl Memory {
    async fn ensure_block(&mut self, host: &Host) -> Result<Ipv4Cidr, Error> {
        if let Some(block) = self.records.block() {
            return Ok(block);
        }
        let taken = host.networks().await?;
        let block = choose_block(&taken).ok_or_else(|| Error::NoBridgeBlock {
            taken: taken
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        self.records.choose(block)?;
        Ok(block)
    }

    /// Chooses address and ports of a container, or finds what was chosen before, and writes it down.
    async fn ensure_place(
        &mut self,
        request: &BridgeRequest,
        block: Ipv4Cidr,
        host: &Host,
    ) -> Result<Place, Error> {
        let known = self.records.places().get(&request.owner_id).cloned();
        let before = known.as_ref().map_or(&[][..], |known| &known.ports);
        let kept: BTreeMap<usize, PublishedPort> = request
            .ports
            .iter()
            .zip(before)
            .enumerate()
            .filter(|(_, (wanted, before))| before.answers(wanted))
            .map(|(place, (_, before))| (place, *before))
            .collect();
        if let Some(known) = &known
            && kept.len() == request.ports.len()
            && kept.len() == before.len()
        {
            return Ok(known.clone());
        }
        let kept_ports: BTreeSet<_> = kept.values().flat_map(PublishedPort::host_ports).collect();
        let given_back: BTreeSet<_> = host_ports(before)
            .into_iter()
            .filter(|port| !kept_ports.contains(port))
            .collect();
        if !given_back.is_empty() {
            // Other ports than before. First nothing leads there, then nobody holds them.
            host.change_published(Verb::Remove, &given_back).await?;
            for port in &given_back {
                self.holds.remove(port);
            }
        }
        let address = match &known {
            Some(known) => known.address,
            None => self.free_address(block)?,
        };
        let taken = self.holds.keys().copied().collect();
        let (wanted, start) = (request.ports.clone(), self.next_port);
        let acquired = within_host(host, move || {
            let range = read_dynamic_range(&std::fs::read_to_string(DYNAMIC_RANGE_FILE)?);
            Ok(acquire(&wanted, &kept, taken, &range, start))
        })
        .await??;
        for (wanted, published) in request.ports.iter().zip(&acquired.published) {
            if wanted.host_port.is_none() {
                self.next_port = published.host_port.saturating_add(published.length);
            }
        }
        let place = Place {
            owner_id: request.owner_id.clone(),
            address,
            ports: acquired.published,
        };
        // What the rules say of other ports goes when they are next changed: then they are replaced whole.
        self.applied &= known.is_none();
        self.records.put(place.clone())?;
        self.holds.extend(acquired.holds);
        self.last_address = Some(address);
        Ok(place)
    }

    fn free_address(&self, block: Ipv4Cidr) -> Result<Ipv4Addr, Error> {
        let places = self.records.places().values();
        let leaving = self.leaving.iter().copied();
        let taken = places.map(|place| place.address).chain(leaving).collect();
        next_free(block, &taken, self.last_address).ok_or_else(|| Error::BridgeFull {
            block: block.to_string(),
        })
    }

    /// Changes elements of the router's sets; when they are not as expected, its rules are replaced whole.
    async fn change(
        &mut self,
        router: &Router,
        host: &Host,
        verb: Verb,
        elements: &[Element],
    ) -> Result<(), Error> {
        if self.applied {
            let changes: Vec<_> = elements.iter().cloned().map(|one| (verb, one)).collect();
            match router.namespace.change_elements(ROUTER_TABLE, &changes) {
                Ok(()) => return Ok(()),
                Err(error) => debug!(%error, "replacing the rules of the bridge network whole"),
            }
        }
        self.replace(router, host).await
    }

    async fn replace(&mut self, router: &Router, host: &Host) -> Result<(), Error> {
        let Some(block) = self.records.block() else {
            return Ok(());
        };
        let staying = router.owners();
        let places = self.records.places().values();
        let places: Vec<&Place> = places
            .filter(|place| staying.contains_key(&place.address))
            .collect();
        let text = bridge_rules(&BridgeRouter {
            block,
            link: router.link.clone(),
            containers: places.iter().map(|place| place.address).collect(),
            published: places
                .iter()
                .flat_map(|place| {
                    let address = place.address;
                    place.ports.iter().flat_map(move |port| {
                        let protocol = port.protocol;
                        port.pairs()
                            .map(move |(host, inner)| ((protocol, host), (address, inner)))
                    })
                })
                .collect(),
        });
        let text = text + &caller_rules(&host.ports());
        self.applied = false;
        router
            .namespace
            .nft_apply("apply the rules of the bridge network", &text)
            .await?;
        self.applied = true;
        Ok(())
    }
}

fn owner(owner_id: &str) -> PortOwner {
    PortOwner {
        task_id: owner_id.to_owned(),
        security_groups: Vec::new(),
    }
}

fn host_ports(ports: &[PublishedPort]) -> BTreeSet<(Protocol, u16)> {
    ports.iter().flat_map(PublishedPort::host_ports).collect()
}

/// What the router's rules hold of one container, in the sets that [`bridge_rules`] writes.
fn elements(address: Ipv4Addr, ports: &[PublishedPort]) -> Vec<Element> {
    let port = Element {
        family: Family::Bridge,
        set: PORTS_SET.to_owned(),
        key: Key::default()
            .interface(&task_port(address))
            .mac(MacAddress::of(address))
            .address(address),
        value: None,
    };
    let published = ports.iter().flat_map(|port| {
        let protocol = port.protocol;
        port.pairs().map(move |(host, inner)| Element {
            family: Family::Ip,
            set: PUBLISHED_MAP.to_owned(),
            key: Key::default().protocol(protocol).port(host),
            value: Some(Key::default().address(address).port(inner)),
        })
    });
    published.chain([port]).collect()
}

async fn within_host<T, F>(host: &Host, work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    let result = host.namespace().within(work).await;
    result.map_err(|source| Error::kernel("look for free ports of the host", source))
}

fn hold_again(ports: Vec<(Protocol, u16)>) -> Holds {
    let mut holds = Holds::new();
    for (protocol, port) in ports {
        match hold(protocol, port) {
            Ok(socket) => {
                holds.insert((protocol, port), socket);
            }
            // What comes to the port goes to the container nevertheless.
            Err(error) => warn!(
                port,
                %protocol,
                %error,
                "a published port was taken by something else while this process was not there"
            ),
        }
    }
    holds
}
