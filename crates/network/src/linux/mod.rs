//! The network of a Linux node: rtnetlink, namespaces, nftables.
//!
//! Needs root in the host's user namespace (`CAP_NET_ADMIN`, `CAP_SYS_ADMIN`), a writable `/proc/sys/net`,
//! the program `nft`, and the kernel's veth, bridge and nftables (`ip` and `bridge` families, NAT, counted connections).
//!
//! Who passes which firewall of the host:
//!
//! | from | to | hooks of the host |
//! | --- | --- | --- |
//! | task | task of the same VPC | none: it stays in the router's namespace |
//! | host | task | output; the answer: input |
//! | task | host | input (a host that drops input must accept the port from `ls-*`) |
//! | task | beyond the host | forward: masqueraded; chains that drop by default get two rules |
//! | anybody | a published port | forward, likewise, after the host's own address was translated |
//!
//! `net.ipv4.ip_forward` is switched on when it is off, since Linux has no narrower way to forward answers
//! that come in by an interface that is not known in advance; it stays on after teardown.

mod bridge;
mod bridge_records;
mod flow_table;
mod foreign_firewall;
pub use foreign_firewall::drops_forwarded;
mod host;
mod later;
mod namespace;
mod netlink;
mod nfnetlink;
mod nft;
mod port_holds;
mod records;
mod router;
mod vpc_router;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ambient::BoxFuture;
use tokio::sync::Mutex;
use tracing::debug;

use crate::linux::bridge::Bridge;
use crate::linux::bridge_records::BridgeRecords;
use crate::linux::host::Host;
use crate::linux::later::Later;
use crate::linux::namespace::{Namespace, is_pinned};
use crate::linux::records::Records;
use crate::linux::router::{PortOwner, configure_inside};
use crate::linux::vpc_router::VpcRouter;
use crate::{
    Adopted, Attached, Attachment, BridgeAttached, BridgeAttachment, BridgeRequest, Error,
    InstanceId, MacAddress, Network, Vpc, VpcState,
};

pub use namespace::{pin_network_namespace, unpin_network_namespace};

/// How long one call may take, waiting for its turn among many tasks included.
const CALL_MAX: Duration = Duration::from_secs(60);

/// Where `ip netns` looks for namespaces.
pub const IP_NETNS_FOLDER: &str = "/run/netns";

/// The bridge network's part of the folder of wanted states.
const BRIDGE_FOLDER: &str = "bridge";

/// Where a node's network keeps its things.
#[derive(Clone, Debug)]
pub struct Config {
    /// Tells this instance from others on the host, in every name.
    pub instance: InstanceId,
    /// Where routers' namespaces are pinned; [`IP_NETNS_FOLDER`] shows them to `ip netns`.
    pub namespaces: PathBuf,
    /// Where the last wanted states are kept; only for this.
    pub state: PathBuf,
    /// The namespace that is the host; `None` is this process's own.
    pub host_namespace: Option<PathBuf>,
}

/// The network of a Linux node. One process at a time may have an instance (the data folder's lock).
///
/// Making a router, and replacing the host's rules, is done one at a time, for two could choose the same
/// link. What a task's start and end need beyond that goes on beside each other: each task has an
/// address of its own, and a router's rules are guarded by the router.
pub struct LinuxNetwork {
    instance: InstanceId,
    namespaces: PathBuf,
    records: Records,
    host: Arc<Host>,
    later: Later,
    bridge: Bridge,
    node: Mutex<Node>,
}

struct Node {
    routers: BTreeMap<String, Arc<VpcRouter>>,
    states: BTreeMap<String, Arc<VpcState>>,
    /// The routers that an earlier process has left are open.
    opened: bool,
}

impl LinuxNetwork {
    /// Opens the node's network. Nothing is changed in the kernel yet: what an earlier process has left goes
    /// on as it is.
    ///
    /// # Errors
    /// [`Error::File`] for folders that cannot be made or records that cannot be read, and what the kernel
    /// answers.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let (records, states) = Records::open(&config.state)?;
        let states = states
            .into_iter()
            .map(|(vpc, state)| (vpc, Arc::new(state)))
            .collect();
        std::fs::create_dir_all(&config.namespaces).map_err(|source| Error::File {
            attempt: "make the folder",
            path: config.namespaces.clone(),
            source,
        })?;
        let namespace = match &config.host_namespace {
            Some(path) => Namespace::open(path).await?,
            None => Namespace::own().await?,
        };
        let host = Arc::new(Host::new(namespace, config.instance.clone()));
        let path = config.namespaces.join(config.instance.bridge_namespace());
        let bridge_records = BridgeRecords::open(config.state.join(BRIDGE_FOLDER))?;
        let bridge = Bridge::open(path, bridge_records, &host).await?;
        Ok(Self {
            instance: config.instance,
            namespaces: config.namespaces,
            records,
            later: Later::new(Arc::clone(&host)),
            host,
            bridge,
            node: Mutex::new(Node {
                routers: BTreeMap::new(),
                states,
                opened: false,
            }),
        })
    }

    fn namespace_path(&self, vpc_id: &str) -> PathBuf {
        self.namespaces.join(self.instance.namespace(vpc_id))
    }

    /// The VPCs that have a namespace of this instance, or a file where one was to be.
    fn vpcs_with_files(&self) -> Result<BTreeSet<String>, Error> {
        let failed = |source| Error::File {
            attempt: "list",
            path: self.namespaces.clone(),
            source,
        };
        let mut found = BTreeSet::new();
        for entry in std::fs::read_dir(&self.namespaces).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(vpc) = name
                .to_str()
                .and_then(|name| self.instance.vpc_of_namespace(name))
            {
                found.insert(vpc);
            }
        }
        Ok(found)
    }

    /// The state of a VPC; for one that is not known yet, a closed one is kept first.
    fn state_of(&self, node: &mut Node, vpc: &Vpc) -> Result<Arc<VpcState>, Error> {
        if let Some(state) = node.states.get(&vpc.id) {
            if state.vpc.cidr != vpc.cidr {
                return Err(Error::invalid(
                    "CIDR block of a VPC",
                    vpc.cidr.to_string(),
                    "a VPC keeps the block that it was made with",
                ));
            }
            return Ok(Arc::clone(state));
        }
        let state = VpcState {
            vpc: vpc.clone(),
            security_groups: Vec::new(),
        };
        self.records.write(&state)?;
        let state = Arc::new(state);
        node.states.insert(vpc.id.clone(), Arc::clone(&state));
        Ok(state)
    }

    /// Opens the VPC's router, which is made when it is not there.
    async fn ensure_router(&self, node: &mut Node, vpc: &Vpc) -> Result<Arc<VpcRouter>, Error> {
        let path = self.namespace_path(&vpc.id);
        if let Some(found) = node.routers.get(&vpc.id) {
            if is_pinned(&path) && self.host.has_link(&found.router).await? {
                return Ok(Arc::clone(found));
            }
            node.routers.remove(&vpc.id);
        }
        let wanted = self.state_of(node, vpc)?;
        let opened = VpcRouter::open(&path, wanted, &self.host).await?;
        let link = &opened.router.link.name;
        debug!(vpc = vpc.id, link, "router is up");
        let tasks = opened.router.owners().into_keys().collect();
        self.host.keep_routes(&opened.router, &tasks).await?;
        self.host.reconcile().await?;
        let opened = Arc::new(opened);
        node.routers.insert(vpc.id.clone(), Arc::clone(&opened));
        Ok(opened)
    }

    /// Opens the routers that there are, for calls that concern all of them.
    async fn open_existing(&self, node: &mut Node) -> Result<(), Error> {
        if node.opened {
            return Ok(());
        }
        for vpc_id in self.vpcs_with_files()? {
            let state = node.states.get(&vpc_id).map(|state| state.vpc.clone());
            // Without a record there never was a port: the record is written first.
            if let Some(vpc) = state
                && is_pinned(&self.namespace_path(&vpc_id))
            {
                self.ensure_router(node, &vpc).await?;
            }
        }
        node.opened = true;
        Ok(())
    }

    async fn router_of(&self, vpc: &Vpc) -> Result<Arc<VpcRouter>, Error> {
        self.bridge.open_existing(&self.host, &self.node).await?;
        let mut node = self.node.lock().await;
        self.state_of(&mut node, vpc)?;
        self.ensure_router(&mut node, vpc).await
    }

    async fn attach_now(&self, attachment: &Attachment) -> Result<Attached, Error> {
        let gateway = attachment.validate()?;
        let task = Namespace::open(&attachment.netns).await?;
        let vpc = self.router_of(&attachment.vpc).await?;
        let Attachment {
            subnet, address, ..
        } = attachment;
        let owner = PortOwner {
            task_id: attachment.task_id.clone(),
            security_groups: attachment.security_groups.clone(),
        };
        let (port, alone) = vpc
            .router
            .ensure_port(&owner, *address, subnet, &task)
            .await?;
        vpc.admit(&self.host, *address, &owner, alone).await?;
        let prefix_length = subnet.cidr.prefix_length();
        configure_inside(&task, *address, prefix_length, gateway).await?;
        let reachable_from_host = self.host.route_task(&vpc.router, *address).await?;
        vpc.router.open_port(&port, subnet, &task).await?;
        task.close().await;
        Ok(Attached {
            mac: MacAddress::of(*address),
            gateway,
            prefix_length,
            host_address: vpc.router.link.host,
            reachable_from_host,
        })
    }

    /// The VPCs that have a router on this node.
    async fn sites(&self) -> Result<Vec<Arc<VpcRouter>>, Error> {
        self.bridge.open_existing(&self.host, &self.node).await?;
        let mut node = self.node.lock().await;
        self.open_existing(&mut node).await?;
        Ok(node.routers.values().cloned().collect())
    }

    async fn detach_now(&self, task_id: &str) -> Result<(), Error> {
        for vpc in self.sites().await? {
            for (address, owner) in vpc.router.addresses_of(task_id) {
                vpc.router.close_port(address).await?;
                self.host.unroute_task(&vpc.router, address).await?;
                vpc.dismiss(&self.host, address, &owner).await?;
                vpc.router.free(address);
            }
        }
        Ok(())
    }

    async fn apply_now(&self, state: &VpcState) -> Result<(), Error> {
        state.validate()?;
        self.bridge.open_existing(&self.host, &self.node).await?;
        let mut node = self.node.lock().await;
        self.state_of(&mut node, &state.vpc)?;
        self.records.write(state)?;
        let state = Arc::new(state.clone());
        node.states.insert(state.vpc.id.clone(), Arc::clone(&state));
        if !is_pinned(&self.namespace_path(&state.vpc.id)) {
            // No task of this node is in it: the state waits for the first.
            return Ok(());
        }
        let vpc = self.ensure_router(&mut node, &state.vpc).await?;
        if vpc.apply(state, &self.host).await? {
            // Nothing of the host's.
            self.later.look();
            return Ok(());
        }
        self.host.reconcile().await
    }

    async fn forget_others_now(&self, vpcs: &BTreeSet<String>) -> Result<(), Error> {
        let deserted: Vec<VpcState> = {
            let node = self.node.lock().await;
            let others = node.states.values().filter(|known| {
                let mut groups = known.security_groups.iter();
                !vpcs.contains(&known.vpc.id) && groups.any(|group| !group.members.is_empty())
            });
            others.map(|known| known.deserted()).collect()
        };
        for state in &deserted {
            self.apply_now(state).await?;
        }
        Ok(())
    }

    async fn forward_now(&self, port: u16, target: SocketAddrV4) -> Result<(), Error> {
        self.host.forward(port, target);
        for vpc in self.sites().await? {
            vpc.apply_again(&self.host).await?;
        }
        self.bridge.apply_again(&self.host).await?;
        let _one_at_a_time = self.node.lock().await;
        self.host.reconcile().await
    }

    async fn adopt_now(&self) -> Result<Vec<Adopted>, Error> {
        let mut tasks = Vec::new();
        for vpc in self.sites().await? {
            for port in vpc.router.ports().await? {
                if let Some(owner) = port.owner {
                    tasks.push(Adopted {
                        task_id: owner.task_id,
                        vpc_id: vpc.vpc.id.clone(),
                        address: port.address,
                        security_groups: owner.security_groups,
                        complete: port.link.up,
                    });
                }
            }
        }
        tasks.sort_by(|a, b| a.task_id.cmp(&b.task_id));
        Ok(tasks)
    }

    async fn teardown_now(&self) -> Result<(), Error> {
        let _no_look = self.later.call_off().await;
        let forgotten = self.bridge.teardown().await;
        let mut node = self.node.lock().await;
        let node = &mut *node;
        let mut first_failure = Ok(());
        let mut note = |result: Result<(), Error>| {
            if first_failure.is_ok() {
                first_failure = result;
            }
        };
        note(forgotten);
        note(remove_router(self.bridge.path()).await);
        let mut vpcs = self.vpcs_with_files()?;
        for vpc_id in &vpcs {
            let path = self.namespace_path(vpc_id);
            node.routers.remove(vpc_id);
            note(remove_router(&path).await);
        }
        // Those whose pin somebody else has taken away.
        node.routers.clear();
        note(self.host.remove_all().await);
        vpcs.extend(node.states.keys().cloned());
        for vpc_id in &vpcs {
            note(self.records.remove(vpc_id));
        }
        node.states.clear();
        first_failure
    }
}

/// Deletes the interfaces of a router, so that tasks lose theirs now rather than when the kernel comes to
/// it, and takes the pin away.
async fn remove_router(path: &Path) -> Result<(), Error> {
    if is_pinned(path) {
        let namespace = Namespace::open(path).await?;
        let mut deleted = Ok(());
        for link in namespace.netlink.links().await? {
            if link.name != "lo" {
                let result = namespace.netlink.delete(&link).await;
                deleted = deleted.and(result);
            }
        }
        namespace.close().await;
        deleted?;
    }
    unpin_network_namespace(path)
}

/// Bounds what waits for the kernel: an answer that was lost is not waited for for ever, and every call may
/// be repeated.
async fn bounded<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(CALL_MAX, call)
        .await
        .unwrap_or_else(|_| {
            let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
            Err(Error::kernel("change the network", late))
        })
}

impl Network for LinuxNetwork {
    fn host_address<'a>(&'a self, vpc: &'a Vpc) -> BoxFuture<'a, Result<Ipv4Addr, Error>> {
        Box::pin(async move { Ok(self.router_of(vpc).await?.router.link.host) })
    }

    fn attach<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Attached, Error>> {
        Box::pin(bounded(self.attach_now(attachment)))
    }

    fn detach<'a>(&'a self, task_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(bounded(self.detach_now(task_id)))
    }

    fn attach_bridge<'a>(
        &'a self,
        request: &'a BridgeRequest,
    ) -> BoxFuture<'a, Result<BridgeAttached, Error>> {
        Box::pin(bounded(self.bridge.attach(request, &self.host, &self.node)))
    }

    fn detach_bridge<'a>(&'a self, owner_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(bounded(
            self.bridge.detach(owner_id, &self.host, &self.node),
        ))
    }

    fn adopt_bridge(&self) -> BoxFuture<'_, Result<Vec<BridgeAttachment>, Error>> {
        Box::pin(async { Ok(self.bridge.attachments().await) })
    }

    fn apply<'a>(&'a self, state: &'a VpcState) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(bounded(self.apply_now(state)))
    }

    fn forget_others<'a>(&'a self, vpcs: &'a BTreeSet<String>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(bounded(self.forget_others_now(vpcs)))
    }

    fn forward_host_port(
        &self,
        port: u16,
        target: SocketAddrV4,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(bounded(self.forward_now(port, target)))
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, Error>> {
        Box::pin(bounded(self.adopt_now()))
    }

    fn teardown(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.teardown_now())
    }
}
