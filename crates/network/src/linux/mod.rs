//! The network of a Linux node: rtnetlink, namespaces, nftables.
//!
//! Needs root in the host's user namespace (`CAP_NET_ADMIN`, `CAP_SYS_ADMIN`), a writable `/proc/sys/net`,
//! the program `nft`, and the kernel's veth, bridge and nftables (`ip` and `bridge` families, NAT).
//!
//! Who passes which firewall of the host:
//!
//! | from | to | hooks of the host |
//! | --- | --- | --- |
//! | task | task of the same VPC | none: it stays in the router's namespace |
//! | host | task | output; the answer: input |
//! | task | host | input (a host that drops input must accept the port from `ls-*`) |
//! | task | beyond the host | forward: masqueraded; chains that drop by default get two rules |
//!
//! `net.ipv4.ip_forward` is switched on when it is off, since Linux has no narrower way to forward answers
//! that come in by an interface that is not known in advance; it stays on after teardown.

mod foreign_firewall;
pub use foreign_firewall::drops_forwarded;
mod host;
mod namespace;
mod netlink;
mod nft;
mod records;
mod router;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};

use ambient::BoxFuture;
use tokio::sync::Mutex;
use tracing::debug;

use crate::linux::host::Host;
use crate::linux::namespace::{Namespace, is_pinned};
use crate::linux::records::Records;
use crate::linux::router::{Router, configure_task};
use crate::{
    Adopted, Attached, Attachment, BridgeAttached, BridgeAttachment, BridgeRequest, Error,
    InstanceId, MacAddress, Network, Vpc, VpcState,
};

pub use namespace::{pin_network_namespace, unpin_network_namespace};

/// Where `ip netns` looks for namespaces.
pub const IP_NETNS_FOLDER: &str = "/run/netns";

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
pub struct LinuxNetwork {
    instance: InstanceId,
    namespaces: PathBuf,
    records: Records,
    /// Changes are made one at a time: they are short, and two could choose the same link or number.
    node: Mutex<Node>,
}

struct Node {
    host: Host,
    routers: BTreeMap<String, Router>,
    states: BTreeMap<String, VpcState>,
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
        std::fs::create_dir_all(&config.namespaces).map_err(|source| Error::File {
            attempt: "make the folder",
            path: config.namespaces.clone(),
            source,
        })?;
        let namespace = match &config.host_namespace {
            Some(path) => Namespace::open(path).await?,
            None => Namespace::own().await?,
        };
        let host = Host::new(namespace, config.instance.clone());
        Ok(Self {
            instance: config.instance,
            namespaces: config.namespaces,
            records,
            node: Mutex::new(Node {
                host,
                routers: BTreeMap::new(),
                states,
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
    fn state_of(&self, node: &mut Node, vpc: &Vpc) -> Result<VpcState, Error> {
        if let Some(state) = node.states.get(&vpc.id) {
            if state.vpc.cidr != vpc.cidr {
                return Err(Error::invalid(
                    "CIDR block of a VPC",
                    vpc.cidr.to_string(),
                    "a VPC keeps the block that it was made with",
                ));
            }
            return Ok(state.clone());
        }
        let state = VpcState {
            vpc: vpc.clone(),
            security_groups: Vec::new(),
        };
        self.records.write(&state)?;
        node.states.insert(vpc.id.clone(), state.clone());
        Ok(state)
    }

    /// Opens the VPC's router, which is made when it is not there.
    async fn ensure_router(&self, node: &mut Node, vpc: &Vpc) -> Result<(), Error> {
        let path = self.namespace_path(&vpc.id);
        if let Some(router) = node.routers.get(&vpc.id) {
            if is_pinned(&path) && node.host.has_link(&router.link).await? {
                return Ok(());
            }
            if let Some(router) = node.routers.remove(&vpc.id) {
                router.close().await;
            }
        }
        let router = Router::open(&path, vpc, &node.host).await?;
        debug!(vpc = vpc.id, link = router.link.name, "router is up");
        node.host.reconcile().await?;
        node.routers.insert(vpc.id.clone(), router);
        Ok(())
    }

    /// Opens the routers that there are, for calls that concern all of them.
    async fn open_existing(&self, node: &mut Node) -> Result<(), Error> {
        for vpc_id in self.vpcs_with_files()? {
            let state = node.states.get(&vpc_id).map(|state| state.vpc.clone());
            // Without a record there never was a port: the record is written first.
            if let Some(vpc) = state
                && is_pinned(&self.namespace_path(&vpc_id))
            {
                self.ensure_router(node, &vpc).await?;
            }
        }
        Ok(())
    }

    async fn attach_now(&self, attachment: &Attachment) -> Result<Attached, Error> {
        let gateway = attachment.validate()?;
        let task = Namespace::open(&attachment.netns).await?;
        let mut node = self.node.lock().await;
        let node = &mut *node;
        let state = self.state_of(node, &attachment.vpc)?;
        self.ensure_router(node, &attachment.vpc).await?;
        let Some(router) = node.routers.get_mut(&attachment.vpc.id) else {
            return Err(Error::kernel(
                "find the router that was just made",
                std::io::Error::from(std::io::ErrorKind::NotFound),
            ));
        };
        let port = router.ensure_port(attachment, &task).await?;
        router.apply_rules(&state, node.host.ports(), true).await?;
        configure_task(&task, attachment, gateway).await?;
        let reachable_from_host = node
            .host
            .route_task(&router.link, attachment.address)
            .await?;
        router.open_port(&port).await?;
        let host_address = router.link.host;
        task.close().await;
        Ok(Attached {
            mac: MacAddress::of(attachment.address),
            gateway,
            prefix_length: attachment.subnet.cidr.prefix_length(),
            host_address,
            reachable_from_host,
        })
    }

    async fn detach_now(&self, task_id: &str) -> Result<(), Error> {
        let mut node = self.node.lock().await;
        let node = &mut *node;
        self.open_existing(node).await?;
        for (vpc_id, router) in &mut node.routers {
            let mut kept = BTreeSet::new();
            for port in router.ports().await? {
                match &port.owner {
                    Some(owner) if owner.task_id == task_id => router.remove_port(&port).await?,
                    _ => {
                        kept.insert(port.address);
                    }
                }
            }
            // Also what a port leaves that went with its task's namespace.
            node.host.keep_routes(&router.link, &kept).await?;
            if let Some(state) = node.states.get(vpc_id) {
                router.apply_rules(state, node.host.ports(), false).await?;
            }
        }
        Ok(())
    }

    async fn apply_now(&self, state: &VpcState) -> Result<(), Error> {
        state.validate()?;
        let mut node = self.node.lock().await;
        let node = &mut *node;
        self.state_of(node, &state.vpc)?;
        self.records.write(state)?;
        node.states.insert(state.vpc.id.clone(), state.clone());
        if !is_pinned(&self.namespace_path(&state.vpc.id)) {
            // No task of this node is in it: the state waits for the first.
            return Ok(());
        }
        self.ensure_router(node, &state.vpc).await?;
        if let Some(router) = node.routers.get_mut(&state.vpc.id) {
            router.apply_rules(state, node.host.ports(), true).await?;
        }
        node.host.reconcile().await
    }

    async fn forward_now(&self, port: u16, target: SocketAddrV4) -> Result<(), Error> {
        let mut node = self.node.lock().await;
        let node = &mut *node;
        node.host.forward(port, target);
        self.open_existing(node).await?;
        for (vpc_id, router) in &mut node.routers {
            if let Some(state) = node.states.get(vpc_id) {
                router.apply_rules(state, node.host.ports(), false).await?;
            }
        }
        node.host.reconcile().await
    }

    async fn adopt_now(&self) -> Result<Vec<Adopted>, Error> {
        let mut node = self.node.lock().await;
        let node = &mut *node;
        self.open_existing(node).await?;
        let mut tasks = Vec::new();
        for (vpc_id, router) in &node.routers {
            for port in router.ports().await? {
                if let Some(owner) = port.owner {
                    tasks.push(Adopted {
                        task_id: owner.task_id,
                        vpc_id: vpc_id.clone(),
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
        let mut node = self.node.lock().await;
        let node = &mut *node;
        let mut first_failure = Ok(());
        let mut note = |result: Result<(), Error>| {
            if first_failure.is_ok() {
                first_failure = result;
            }
        };
        let mut vpcs = self.vpcs_with_files()?;
        for vpc_id in &vpcs {
            let path = self.namespace_path(vpc_id);
            if let Some(router) = node.routers.remove(vpc_id) {
                router.close().await;
            }
            note(remove_router(&path).await);
        }
        // Those whose pin somebody else has taken away.
        for (_, router) in std::mem::take(&mut node.routers) {
            router.close().await;
        }
        note(node.host.remove_all().await);
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

fn bridge_is_missing() -> Error {
    let reason = std::io::Error::from(std::io::ErrorKind::Unsupported);
    Error::kernel(
        "make the node's bridge network, which is not there yet",
        reason,
    )
}

impl Network for LinuxNetwork {
    fn attach<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Attached, Error>> {
        Box::pin(self.attach_now(attachment))
    }

    fn detach<'a>(&'a self, task_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.detach_now(task_id))
    }

    fn attach_bridge<'a>(
        &'a self,
        request: &'a BridgeRequest,
    ) -> BoxFuture<'a, Result<BridgeAttached, Error>> {
        Box::pin(async move {
            request.validate()?;
            Err(bridge_is_missing())
        })
    }

    fn detach_bridge<'a>(&'a self, _owner_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        // Nobody has a place yet.
        Box::pin(async { Ok(()) })
    }

    fn adopt_bridge(&self) -> BoxFuture<'_, Result<Vec<BridgeAttachment>, Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn apply<'a>(&'a self, state: &'a VpcState) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.apply_now(state))
    }

    fn forward_host_port(
        &self,
        port: u16,
        target: SocketAddrV4,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.forward_now(port, target))
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, Error>> {
        Box::pin(self.adopt_now())
    }

    fn teardown(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.teardown_now())
    }
}
