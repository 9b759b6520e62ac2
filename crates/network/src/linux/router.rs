//! A VPC's router on this node: its namespace, bridges, ports and rules.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;

use crate::linux::host::Host;
use crate::linux::namespace::{Namespace, pin_network_namespace};
use crate::linux::netlink::Link;
use crate::names::{subnet_bridge, task_port};
use crate::{
    Attachment, Error, HostLink, MacAddress, Port, Router as RouterFacts, Subnet, TASK_INTERFACE,
    Vpc, VpcState, address::gateway, rules,
};

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

/// An open router.
pub(super) struct Router {
    pub(super) vpc: Vpc,
    pub(super) link: HostLink,
    namespace: Namespace,
    /// The rules that this process has last applied.
    applied: Option<String>,
}

/// A task's port, as its name and alias tell it.
#[derive(Clone, Debug)]
pub(super) struct TaskPort {
    pub(super) link: Link,
    pub(super) address: Ipv4Addr,
    /// `None`: made by a process that ended before it could say for whom.
    pub(super) owner: Option<PortOwner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PortOwner {
    pub(super) task_id: String,
    pub(super) security_groups: Vec<String>,
}

impl PortOwner {
    /// The port's alias: the task's id, a space, its groups. Far below the 255 bytes of an alias.
    fn alias(&self) -> String {
        format!("{} {}", self.task_id, self.security_groups.join(","))
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
    /// Makes the router of `vpc` at `path` whole, whatever is there of it. Its rules are the caller's
    /// next step: no port may go up before.
    pub(super) async fn open(path: &Path, vpc: &Vpc, host: &Host) -> Result<Self, Error> {
        pin_network_namespace(path).await?;
        let namespace = Namespace::open(path).await?;
        let settings = ROUTER_SETTINGS.map(|(key, value)| (key.to_owned(), value));
        namespace.set(settings.to_vec()).await?;
        let loopback = namespace.netlink.expect_link("lo").await?;
        namespace.netlink.set_up(&loopback).await?;
        let link = host.ensure_link(&vpc.id, &namespace).await?;
        Ok(Self {
            vpc: vpc.clone(),
            link,
            namespace,
            applied: None,
        })
    }

    pub(super) async fn close(self) {
        self.namespace.close().await;
    }

    /// The ports of tasks, in the order of their addresses.
    pub(super) async fn ports(&self) -> Result<Vec<TaskPort>, Error> {
        let links = self.namespace.netlink.links().await?;
        let mut ports: Vec<TaskPort> = links.into_iter().filter_map(TaskPort::read).collect();
        ports.sort_by_key(|port| port.address);
        Ok(ports)
    }

    pub(super) async fn remove_port(&self, port: &TaskPort) -> Result<(), Error> {
        self.namespace.netlink.delete(&port.link).await
    }

    /// Makes the bridge of a subnet whole.
    async fn ensure_bridge(&self, subnet: &Subnet, gateway: Ipv4Addr) -> Result<Link, Error> {
        let netlink = &self.namespace.netlink;
        let name = subnet_bridge(subnet.cidr.network());
        netlink.add_bridge(&name, MacAddress::of(gateway)).await?;
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
        Ok(bridge)
    }

    /// Makes a task's port whole but down: nothing passes before [`Router::open_port`].
    pub(super) async fn ensure_port(
        &self,
        attachment: &Attachment,
        task: &Namespace,
    ) -> Result<Link, Error> {
        let gateway = gateway(attachment.subnet.cidr).unwrap_or(attachment.address);
        let mac = MacAddress::of(attachment.address);
        let bridge = self.ensure_bridge(&attachment.subnet, gateway).await?;
        let netlink = &self.namespace.netlink;
        let name = task_port(attachment.address);
        if self.reusable_port(attachment, task).await?.is_none() {
            // An interface that we have made there, of a router that is gone or still going.
            if let Some(stale) = task.netlink.link(TASK_INTERFACE).await?
                && stale.mac.is_some_and(MacAddress::is_ours)
            {
                task.netlink.delete(&stale).await?;
            }
            netlink
                .add_veth(&name, TASK_INTERFACE, Some(mac), task.file())
                .await?;
        }
        let port = netlink.expect_link(&name).await?;
        let owner = PortOwner {
            task_id: attachment.task_id.clone(),
            security_groups: attachment.security_groups.clone(),
        };
        netlink.set_alias(&port, &owner.alias()).await?;
        netlink.join_bridge(&port, &bridge, mac).await?;
        netlink
            .set_neighbour(&bridge, attachment.address, mac)
            .await?;
        Ok(port)
    }

    /// The port that an earlier call has made, when it is this task's and leads into its namespace. Other
    /// ports of the task and half-made ones are removed.
    async fn reusable_port(
        &self,
        attachment: &Attachment,
        task: &Namespace,
    ) -> Result<Option<TaskPort>, Error> {
        let mac = MacAddress::of(attachment.address);
        let mut reusable = None;
        for port in self.ports().await? {
            let same_address = port.address == attachment.address;
            match &port.owner {
                Some(owner) if owner.task_id != attachment.task_id => {
                    if same_address {
                        return Err(Error::AddressInUse {
                            address: port.address,
                            vpc: self.vpc.id.clone(),
                            task: owner.task_id.clone(),
                        });
                    }
                }
                Some(_) if same_address => {
                    let inside = task.netlink.link(TASK_INTERFACE).await?;
                    if inside.is_some_and(|inside| inside.mac == Some(mac)) {
                        reusable = Some(port);
                    } else {
                        self.remove_port(&port).await?;
                    }
                }
                _ => self.remove_port(&port).await?,
            }
        }
        Ok(reusable)
    }

    pub(super) async fn open_port(&self, port: &Link) -> Result<(), Error> {
        self.namespace.netlink.set_up(port).await
    }

    /// Applies the rules for `state` and the ports that there are. `always`: also when this process
    /// has applied the very same before, because something else may have removed them.
    pub(super) async fn apply_rules(
        &mut self,
        state: &VpcState,
        host_ports: BTreeSet<u16>,
        always: bool,
    ) -> Result<(), Error> {
        let ports = self.ports().await?;
        let facts = RouterFacts {
            host_address: self.link.host,
            host_ports,
            ports: ports
                .into_iter()
                .filter_map(|port| {
                    Some(Port {
                        address: port.address,
                        security_groups: port.owner?.security_groups,
                    })
                })
                .collect(),
        };
        let text = rules(state, &facts)?;
        if !always && self.applied.as_ref() == Some(&text) {
            return Ok(());
        }
        self.namespace
            .nft_apply("apply the rules of a VPC", &text)
            .await?;
        self.applied = Some(text);
        Ok(())
    }
}

/// The task's own side: loopback, address, default route. The port's other end is still down.
pub(super) async fn configure_task(
    task: &Namespace,
    attachment: &Attachment,
    gateway: Ipv4Addr,
) -> Result<(), Error> {
    let netlink = &task.netlink;
    let loopback = netlink.expect_link("lo").await?;
    netlink.set_up(&loopback).await?;
    let interface = netlink.expect_link(TASK_INTERFACE).await?;
    netlink
        .add_address(
            &interface,
            attachment.address,
            attachment.subnet.cidr.prefix_length(),
        )
        .await?;
    netlink.set_up(&interface).await?;
    netlink
        .set_route(crate::Ipv4Cidr::ALL, gateway, &interface, None)
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
