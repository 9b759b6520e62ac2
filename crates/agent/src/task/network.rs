//! A task's network in each of its modes: what its containers are attached to, how they name
//! themselves and others, and which ports of the host lead to them.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agent_wire as wire;
use aws_api::ecs;
use network::{Attachment, BridgeRequest, PortRequest, Protocol, PublishedPort};

use super::life::Life;
use super::plan::links::{self, Linked};
use super::resolve::{self, Surroundings};
use crate::engine::KnownState;

/// How long a task waits to be told of its network.
const NETWORK_STATE_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of its id a container is named for, as in Docker.
const HOSTNAME_DIGITS: usize = 12;
/// Where published ports are reached: at every address of the host.
const BIND_IP: &str = "0.0.0.0";
const LOCAL_HOSTS: &str = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

/// A task's network mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// One interface for all containers.
    Awsvpc,
    /// A place in the node's own network for each container.
    Bridge,
    /// The host's network.
    Host,
    /// A loopback for each container.
    None,
}

/// The mode of a task.
///
/// # Errors
/// In words, when it is none.
pub(super) fn mode(task: &wire::Task) -> Result<Mode, String> {
    match task.network_mode.as_str() {
        "awsvpc" => Ok(Mode::Awsvpc),
        "" if !task.elastic_network_interfaces.is_empty() => Ok(Mode::Awsvpc),
        "" | "bridge" | "default" => Ok(Mode::Bridge),
        "host" => Ok(Mode::Host),
        "none" => Ok(Mode::None),
        other => Err(format!(
            "ResourceInitializationError: the network mode '{other}' is not known"
        )),
    }
}

/// What is around the containers of a task.
pub(super) enum Surrounding {
    /// The same around all.
    Same(Surroundings),
    /// Each in a network namespace of its own; with a place in the bridge network, or not.
    Each {
        /// True for bridge.
        bridged: bool,
    },
}

/// A container's ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    /// Its address in the bridge network.
    pub(super) address: Option<Ipv4Addr>,
    /// Which ports of the host lead to it.
    pub(super) bindings: Vec<ecs::NetworkBinding>,
    /// Its environment, for those that are linked to it.
    environment: Vec<String>,
}

impl Life<'_> {
    /// Makes the network of the task, as far as it is one for all containers; `None` once the task is
    /// to stop.
    pub(super) async fn surround(
        &self,
        netns: Option<PathBuf>,
    ) -> Result<Option<Surrounding>, String> {
        match mode(&self.task)? {
            Mode::Awsvpc => Ok(self.attach_interface(netns).await?.map(Surrounding::Same)),
            Mode::Host => {
                let read = |path: &'static str| std::fs::read_to_string(path).ok();
                let name = read("/proc/sys/kernel/hostname").unwrap_or_default();
                Ok(Some(Surrounding::Same(Surroundings {
                    hostname: name.trim().to_owned(),
                    hosts: read("/etc/hosts"),
                    // Its own resolver on loopback is within reach there.
                    resolv_conf: self.engine().config.resolvers.first().cloned(),
                    environment: self.environment(Some(self.engine().config.endpoint.clone())),
                })))
            }
            Mode::Bridge => Ok(Some(Surrounding::Each { bridged: true })),
            Mode::None => Ok(Some(Surrounding::Each { bridged: false })),
        }
    }

    async fn attach_interface(
        &self,
        netns: Option<PathBuf>,
    ) -> Result<Option<Surroundings>, String> {
        let mut stop = self.owner.stop.clone();
        let Some(interface) = self.task.elastic_network_interfaces.first() else {
            return Err(
                "ResourceInitializationError: the task has no network interface".to_owned(),
            );
        };
        let attachment = tokio::select! {
            attachment = self.attachment(&interface.ec2_id, netns) => attachment?,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        let failed = |error| {
            format!(
                "ResourceInitializationError: failed to set up the network of the task: {error}"
            )
        };
        let network = &self.engine().network;
        let host = network.host_address(&attachment.vpc).await;
        let surroundings = Surroundings {
            hostname: interface.private_dns_name.clone(),
            hosts: Some(network::hosts_file(attachment.address, self.region())),
            resolv_conf: self.resolv_conf(),
            environment: self.environment(Some(self.endpoint_at(host.map_err(failed)?))),
        };
        // Neither needs the other.
        let (attached, ()) = tokio::join!(network.attach(&attachment), self.stage(&surroundings));
        attached.map_err(failed)?;
        Ok(Some(surroundings))
    }

    async fn attachment(
        &self,
        interface_id: &str,
        netns: Option<PathBuf>,
    ) -> Result<Attachment, String> {
        let mut state = self.engine().state.subscribe();
        let found = async {
            let known = state
                .wait_for(|known| {
                    matches!(find_interface(known.as_ref(), interface_id), Some(Ok(_)))
                })
                .await
                .ok()?;
            find_interface(known.as_ref(), interface_id)
        };
        let found = match tokio::time::timeout(NETWORK_STATE_TIMEOUT, found).await {
            Ok(found) => found,
            // What it is that is wrong: it was tried again and again meanwhile.
            Err(_) => find_interface(self.engine().state.borrow().as_ref(), interface_id),
        };
        let (vpc, subnet, interface) = found
            .ok_or_else(|| {
                format!(
                    "ResourceInitializationError: the task's network interface {interface_id} is not known to \
                     the node: the control plane has not told of it within {} s; is the node connected?",
                    NETWORK_STATE_TIMEOUT.as_secs()
                )
            })?
            .map_err(|fault| format!("ResourceInitializationError: {fault}"))?;
        let malformed = |error: network::Error| format!("ResourceInitializationError: {error}");
        Ok(Attachment {
            task_id: self.task_id.to_string(),
            vpc: network::Vpc {
                id: vpc.id.clone(),
                cidr: vpc.cidr.parse().map_err(malformed)?,
            },
            subnet: network::Subnet {
                id: subnet.id,
                cidr: subnet.cidr.parse().map_err(malformed)?,
            },
            address: interface.address,
            security_groups: interface.security_groups,
            netns: netns.ok_or("ResourceInitializationError: the task has no network namespace")?,
        })
    }

    /// What is around a container that is about to be made.
    pub(super) async fn surround_container(
        &mut self,
        index: usize,
    ) -> Result<Surroundings, String> {
        let bridged = match &self.surrounding {
            Some(Surrounding::Same(same)) => {
                let same = same.clone();
                self.note_own_ports(index);
                return Ok(same);
            }
            Some(Surrounding::Each { bridged }) => *bridged,
            None => return Err("CannotStartContainerError: its network is not there".to_owned()),
        };
        let start_error = |reason: String| format!("CannotStartContainerError: {reason}");
        let attached = if bridged {
            Some(self.attach_bridge(index).await.map_err(start_error)?)
        } else {
            self.container_network(index).await.map_err(start_error)?;
            None
        };
        let (linked_hosts, linked_environment) = self.linked(index).map_err(start_error)?;
        let Some(one) = self.containers.get_mut(index) else {
            return Err(start_error("it is not there".to_owned()));
        };
        if let Some(image) = &one.image {
            one.ports.environment = resolve::own_environment(&one.wanted, &image.config);
        }
        let short: String = one.runtime_id.chars().take(HOSTNAME_DIGITS).collect();
        let name = Some(&one.wanted.config.hostname).filter(|name| !name.is_empty());
        let name = name.unwrap_or(&short).clone();
        let own = attached.as_ref().map_or_else(String::new, |attached| {
            format!("{} {name}\n", attached.address)
        });
        let endpoint = attached
            .as_ref()
            .map(|attached| self.endpoint_at(attached.host_address));
        let mut environment = self.environment(endpoint);
        environment.extend(linked_environment);
        Ok(Surroundings {
            hostname: short,
            hosts: Some(format!("{LOCAL_HOSTS}{linked_hosts}{own}")),
            resolv_conf: self.resolv_conf(),
            environment,
        })
    }

    async fn container_network(&self, index: usize) -> Result<PathBuf, String> {
        let Some(one) = self.containers.get(index) else {
            return Err("it is not there".to_owned());
        };
        let runtime = &self.engine().runtime;
        let netns = runtime.prepare_container_network(&one.id).await;
        netns.map_err(|error| error.to_string())
    }

    /// Gives a container its place in the bridge network, or finds the one that it has.
    async fn attach_bridge(&mut self, index: usize) -> Result<network::BridgeAttached, String> {
        let netns = self.container_network(index).await?;
        let Some(one) = self.containers.get(index) else {
            return Err("it is not there".to_owned());
        };
        let container = &one.wanted.container;
        let request = BridgeRequest {
            owner_id: bridge_owner(self.task_id.as_str(), &container.name),
            netns,
            ports: requests(container)?,
        };
        let attached = self.engine().network.attach_bridge(&request).await;
        let attached = attached.map_err(|error| error.to_string())?;
        if let Some(one) = self.containers.get_mut(index) {
            one.ports.address = Some(attached.address);
            one.ports.bindings = attached.ports.iter().map(binding).collect();
        }
        Ok(attached)
    }

    /// Finds out which ports a container has that an earlier agent started.
    pub(super) async fn find_ports_again(&mut self, index: usize) {
        match mode(&self.task) {
            Ok(Mode::Bridge) => {
                if let Err(error) = self.attach_bridge(index).await {
                    tracing::warn!(task = %self.task_id, %error, "a container's ports are not known any more");
                }
                if let Some(one) = self.containers.get_mut(index)
                    && let Some(image) = &one.image
                {
                    one.ports.environment = resolve::own_environment(&one.wanted, &image.config);
                }
            }
            Ok(Mode::Host) => self.note_own_ports(index),
            _ => {}
        }
    }

    /// In the host's network a container's ports are the host's.
    fn note_own_ports(&mut self, index: usize) {
        if mode(&self.task) != Ok(Mode::Host) {
            return;
        }
        if let Some(one) = self.containers.get_mut(index)
            && let Ok(requests) = requests(&one.wanted.container)
        {
            let same = |request: &PortRequest| PublishedPort {
                container_port: request.container_port,
                host_port: request.container_port,
                length: request.length,
                protocol: request.protocol,
            };
            one.ports.bindings = requests.iter().map(|one| binding(&same(one))).collect();
        }
    }

    /// What the container knows of those that it is linked to: lines of `/etc/hosts`, variables.
    fn linked(&self, index: usize) -> Result<(String, BTreeMap<String, String>), String> {
        let (mut hosts, mut variables) = (String::new(), BTreeMap::new());
        let Some(one) = self.containers.get(index) else {
            return Ok((hosts, variables));
        };
        let container = &one.wanted.container;
        for link in &container.links {
            let (name, alias) = links::parts(link);
            let other = self
                .containers
                .iter()
                .find(|other| other.wanted.container.name == name)
                .ok_or_else(|| format!("it is linked to {name}, which the task does not have"))?;
            let address = other
                .ports
                .address
                .ok_or_else(|| format!("it is linked to {name}, which has no address"))?;
            let mapped = other.wanted.container.port_mappings.iter();
            let image_ports = other
                .image
                .as_ref()
                .map_or(&[][..], |image| &image.config.exposed_ports);
            let linked = Linked {
                name,
                alias,
                id: &other.runtime_id,
                address,
                ports: links::exposed(
                    image_ports,
                    mapped.map(|port| (port.container_port, port.protocol.as_str())),
                ),
                environment: &other.ports.environment,
            };
            hosts.push_str(&linked.hosts_line());
            variables.extend(linked.variables(&container.name));
        }
        Ok((hosts, variables))
    }

    fn resolv_conf(&self) -> Option<String> {
        let resolvers = &self.engine().config.resolvers;
        let resolvers: Vec<&str> = resolvers.iter().map(String::as_str).collect();
        network::resolver_file(&resolvers)
    }

    /// Where a task with a network of its own finds the control plane; `host` is its host's address there.
    fn endpoint_at(&self, host: Ipv4Addr) -> String {
        let config = &self.engine().config;
        match config.forwarded_port {
            Some(port) => format!("http://{host}:{port}"),
            None => config.endpoint.clone(),
        }
    }

    /// What every task is told; where it finds the control plane, if it can reach it.
    fn environment(&self, endpoint: Option<String>) -> BTreeMap<String, String> {
        let region = self.region();
        let mut environment = BTreeMap::from([
            ("AWS_REGION".to_owned(), region.to_owned()),
            ("AWS_DEFAULT_REGION".to_owned(), region.to_owned()),
            (
                "AWS_EXECUTION_ENV".to_owned(),
                format!("AWS_ECS_{}", self.task.launch_type),
            ),
        ]);
        if let Some(endpoint) = endpoint {
            environment.insert("AWS_ENDPOINT_URL".to_owned(), endpoint);
        }
        environment
    }
}

/// Whose a place in the bridge network is.
pub(super) fn bridge_owner(task: &str, container: &str) -> String {
    format!("{task}/{container}")
}

/// What a container asks of the node's bridge network.
fn requests(container: &wire::Container) -> Result<Vec<PortRequest>, String> {
    let request = |mapping: &wire::PortMapping| {
        let protocol = match mapping.protocol.as_str() {
            "" | "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            other => return Err(format!("the protocol '{other}' of a port is not known")),
        };
        if mapping.container_port_range.is_empty() {
            let host_port = Some(mapping.host_port).filter(|port| *port > 0);
            return Ok(PortRequest::one(
                mapping.container_port,
                host_port,
                protocol,
            ));
        }
        let range = &mapping.container_port_range;
        let ends = range
            .split_once('-')
            .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        let (first, last): (u16, u16) = ends
            .filter(|(first, last)| first <= last)
            .ok_or_else(|| format!("the port range '{range}' is not FIRST-LAST"))?;
        Ok(PortRequest {
            container_port: first,
            host_port: None,
            length: (last - first).saturating_add(1),
            protocol,
        })
    };
    container.port_mappings.iter().map(request).collect()
}

/// A published port as ECS shows it.
fn binding(port: &PublishedPort) -> ecs::NetworkBinding {
    let mut binding = ecs::NetworkBinding {
        bind_ip: Some(BIND_IP.to_owned()),
        protocol: Some(match port.protocol {
            Protocol::Tcp => ecs::TransportProtocol::Tcp,
            Protocol::Udp => ecs::TransportProtocol::Udp,
        }),
        ..ecs::NetworkBinding::default()
    };
    if port.length == 1 {
        binding.container_port = Some(i32::from(port.container_port));
        binding.host_port = Some(i32::from(port.host_port));
    } else {
        let range = |first: u16| format!("{first}-{}", first + (port.length - 1));
        binding.container_port_range = Some(range(port.container_port));
        binding.host_port_range = Some(range(port.host_port));
    }
    binding
}

/// An interface and where it is.
type Place = (Arc<wire::Vpc>, wire::Subnet, wire::Interface);

/// The interface and where it is, if the control plane has told of it; or why its VPC is not there.
fn find_interface(known: Option<&KnownState>, id: &str) -> Option<Result<Place, String>> {
    let KnownState { state, faults } = known?;
    let interface = state.interfaces.iter().find(|one| one.id == id)?;
    let vpc = state.vpcs.iter().find(|vpc| vpc.id == interface.vpc_id)?;
    if let Some(fault) = faults.get(&vpc.id) {
        return Some(Err(format!(
            "the network of {} could not be made on the node: {fault}",
            vpc.id
        )));
    }
    let subnet = vpc
        .subnets
        .iter()
        .find(|subnet| subnet.id == interface.subnet_id)?;
    Some(Ok((Arc::clone(vpc), subnet.clone(), interface.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_asked_for_and_shown() {
        let mapping = |container_port, range: &str, host_port, protocol: &str| wire::PortMapping {
            container_port,
            container_port_range: range.into(),
            host_port,
            protocol: protocol.into(),
        };
        let mut container = wire::Container {
            port_mappings: vec![
                mapping(80, "", 8080, "tcp"),
                mapping(53, "", 0, "udp"),
                mapping(53, "", 53, "tcp"),
                mapping(0, "9000-9002", 0, ""),
            ],
            ..wire::Container::default()
        };
        let found = requests(&container).unwrap();
        assert_eq!(found[0], PortRequest::one(80, Some(8080), Protocol::Tcp));
        assert_eq!(found[1], PortRequest::one(53, None, Protocol::Udp));
        assert_eq!(found[2], PortRequest::one(53, Some(53), Protocol::Tcp));
        assert_eq!((found[3].container_port, found[3].length), (9000, 3));
        let shown = binding(&PublishedPort {
            container_port: 9000,
            host_port: 40_000,
            length: 3,
            protocol: Protocol::Tcp,
        });
        assert_eq!(shown.container_port_range.as_deref(), Some("9000-9002"));
        assert_eq!(shown.host_port_range.as_deref(), Some("40000-40002"));
        assert_eq!((shown.container_port, shown.host_port), (None, None));
        container.port_mappings = vec![mapping(0, "9-1", 0, "tcp")];
        assert!(requests(&container).is_err());
        container.port_mappings = vec![mapping(1, "", 0, "sctp")];
        assert!(requests(&container).is_err());
    }
}
