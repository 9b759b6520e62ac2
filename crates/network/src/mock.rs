//! A network without a kernel, for tests of what uses one: the same checks, the same answers, all
//! in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ambient::BoxFuture;

use crate::address::{gateway, next_free};
use crate::bridge::{choose_block, dynamic_candidates};
use crate::{
    Adopted, Attached, Attachment, BridgeAttached, BridgeAttachment, BridgeRequest,
    DYNAMIC_PORTS_DEFAULT, Error, MacAddress, Network, PortRequest, Protocol, PublishedPort, Vpc,
    VpcState,
};

/// Where tasks of every VPC find the host.
const HOST_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 192, 1);

/// A network that only remembers.
#[derive(Debug, Default)]
pub struct MockNetwork {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    tasks: BTreeMap<String, Attachment>,
    bridge: BTreeMap<String, BridgeAttachment>,
    /// Ports that somebody else on the pretended host listens on.
    foreign_ports: BTreeSet<(Protocol, u16)>,
    states: BTreeMap<String, VpcState>,
    forwards: BTreeMap<u16, SocketAddrV4>,
    failures: VecDeque<String>,
    apply_failures: VecDeque<String>,
}

impl MockNetwork {
    /// A network without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next attach fail with [`Error::Mock`] and `reason`; more calls queue up.
    pub fn fail_next_attach(&self, reason: impl Into<String>) {
        self.memory().failures.push_back(reason.into());
    }

    /// Makes the next apply fail with [`Error::Mock`] and `reason`; more calls queue up.
    pub fn fail_next_apply(&self, reason: impl Into<String>) {
        self.memory().apply_failures.push_back(reason.into());
    }

    /// The attachment of a task.
    #[must_use]
    pub fn attachment(&self, task_id: &str) -> Option<Attachment> {
        self.memory().tasks.get(task_id).cloned()
    }

    /// What was last applied to a VPC.
    #[must_use]
    pub fn applied(&self, vpc_id: &str) -> Option<VpcState> {
        self.memory().states.get(vpc_id).cloned()
    }

    /// Where a forwarded port leads.
    #[must_use]
    pub fn forward(&self, port: u16) -> Option<SocketAddrV4> {
        self.memory().forwards.get(&port).copied()
    }

    /// Pretends that something else on the host listens on `port`.
    pub fn take_host_port(&self, port: u16, protocol: Protocol) {
        self.memory().foreign_ports.insert((protocol, port));
    }

    fn attach_bridge_now(&self, request: &BridgeRequest) -> Result<BridgeAttached, Error> {
        request.validate()?;
        let mut memory = self.memory();
        if let Some(reason) = memory.failures.pop_front() {
            return Err(Error::Mock(reason));
        }
        let full = || Error::BridgeFull {
            block: "of the mock".to_owned(),
        };
        let block = choose_block(&[]).ok_or_else(full)?;
        let known = memory.bridge.get(&request.owner_id).cloned();
        let taken: BTreeSet<Ipv4Addr> = memory.bridge.values().map(|one| one.address).collect();
        let address = match &known {
            Some(known) => known.address,
            None => next_free(block, &taken, None).ok_or_else(full)?,
        };
        let mut taken: BTreeSet<(Protocol, u16)> = memory
            .bridge
            .values()
            .filter(|one| one.owner_id != request.owner_id)
            .flat_map(|one| one.ports.iter().flat_map(PublishedPort::host_ports))
            .chain(memory.foreign_ports.iter().copied())
            .collect();
        let mut ports = Vec::new();
        for (number, wanted) in request.ports.iter().enumerate() {
            let before = known.as_ref().and_then(|known| known.ports.get(number));
            let published = match before.filter(|before| before.answers(wanted)) {
                Some(before) => *before,
                None => mock_port(wanted, &taken)?,
            };
            taken.extend(published.host_ports());
            ports.push(published);
        }
        let owner_id = request.owner_id.clone();
        memory.bridge.insert(
            owner_id.clone(),
            BridgeAttachment {
                owner_id,
                address,
                ports: ports.clone(),
            },
        );
        Ok(BridgeAttached {
            address,
            gateway: gateway(block).unwrap_or(address),
            prefix_length: block.prefix_length(),
            host_address: HOST_ADDRESS,
            ports,
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Plain maps are sound after a panic of another test's thread.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attach_now(&self, attachment: &Attachment) -> Result<Attached, Error> {
        let gateway = attachment.validate()?;
        let mut memory = self.memory();
        if let Some(reason) = memory.failures.pop_front() {
            return Err(Error::Mock(reason));
        }
        let other = memory.tasks.values().find(|other| {
            other.vpc.id == attachment.vpc.id
                && other.address == attachment.address
                && other.task_id != attachment.task_id
        });
        if let Some(other) = other {
            return Err(Error::AddressInUse {
                address: attachment.address,
                vpc: attachment.vpc.id.clone(),
                task: other.task_id.clone(),
            });
        }
        memory
            .tasks
            .insert(attachment.task_id.clone(), attachment.clone());
        Ok(Attached {
            mac: MacAddress::of(attachment.address),
            gateway,
            prefix_length: attachment.subnet.cidr.prefix_length(),
            host_address: HOST_ADDRESS,
            reachable_from_host: true,
        })
    }
}

fn mock_port(
    wanted: &PortRequest,
    taken: &BTreeSet<(Protocol, u16)>,
) -> Result<PublishedPort, Error> {
    let protocol = wanted.protocol;
    let published = |host_port| PublishedPort {
        container_port: wanted.container_port,
        host_port,
        length: wanted.length,
        protocol,
    };
    if let Some(host_port) = wanted.host_port {
        let published = published(host_port);
        return match published.host_ports().find(|port| taken.contains(port)) {
            Some((protocol, port)) => Err(Error::PortInUse { port, protocol }),
            None => Ok(published),
        };
    }
    dynamic_candidates(&DYNAMIC_PORTS_DEFAULT, wanted.length, 0, protocol, taken)
        .next()
        .map(published)
        .ok_or(Error::NoFreePort {
            wanted: wanted.length,
            protocol,
            first: *DYNAMIC_PORTS_DEFAULT.start(),
            last: *DYNAMIC_PORTS_DEFAULT.end(),
        })
}

impl Network for MockNetwork {
    fn host_address<'a>(&'a self, _vpc: &'a Vpc) -> BoxFuture<'a, Result<Ipv4Addr, Error>> {
        Box::pin(async { Ok(HOST_ADDRESS) })
    }

    fn attach<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Attached, Error>> {
        Box::pin(async move { self.attach_now(attachment) })
    }

    fn detach<'a>(&'a self, task_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.memory().tasks.remove(task_id);
            Ok(())
        })
    }

    fn attach_bridge<'a>(
        &'a self,
        request: &'a BridgeRequest,
    ) -> BoxFuture<'a, Result<BridgeAttached, Error>> {
        Box::pin(async move { self.attach_bridge_now(request) })
    }

    fn detach_bridge<'a>(&'a self, owner_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.memory().bridge.remove(owner_id);
            Ok(())
        })
    }

    fn adopt_bridge(&self) -> BoxFuture<'_, Result<Vec<BridgeAttachment>, Error>> {
        Box::pin(async move { Ok(self.memory().bridge.values().cloned().collect()) })
    }

    fn apply<'a>(&'a self, state: &'a VpcState) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            state.validate()?;
            let mut memory = self.memory();
            if let Some(reason) = memory.apply_failures.pop_front() {
                return Err(Error::Mock(reason));
            }
            memory.states.insert(state.vpc.id.clone(), state.clone());
            Ok(())
        })
    }

    fn forget_others<'a>(&'a self, vpcs: &'a BTreeSet<String>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            for (id, state) in &mut self.memory().states {
                if !vpcs.contains(id) {
                    *state = state.deserted();
                }
            }
            Ok(())
        })
    }

    fn forward_host_port(
        &self,
        port: u16,
        target: SocketAddrV4,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            self.memory().forwards.insert(port, target);
            Ok(())
        })
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, Error>> {
        Box::pin(async move {
            let memory = self.memory();
            let tasks = memory.tasks.values().map(|task| Adopted {
                task_id: task.task_id.clone(),
                vpc_id: task.vpc.id.clone(),
                address: task.address,
                security_groups: task.security_groups.clone(),
                complete: true,
            });
            Ok(tasks.collect())
        })
    }

    fn teardown(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            *self.memory() = Memory::default();
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Subnet, Vpc};

    fn attachment(task_id: &str, address: [u8; 4]) -> Attachment {
        Attachment {
            task_id: task_id.to_owned(),
            vpc: Vpc {
                id: "vpc-1".to_owned(),
                cidr: "172.31.0.0/16".parse().unwrap(),
            },
            subnet: Subnet {
                id: "subnet-1".to_owned(),
                cidr: "172.31.0.0/20".parse().unwrap(),
            },
            address: address.into(),
            security_groups: Vec::new(),
            netns: "/nowhere".into(),
        }
    }

    #[tokio::test]
    async fn it_answers_as_a_network_does() {
        let mock = MockNetwork::new();
        let network: &dyn Network = &mock;
        let first = attachment("a", [172, 31, 0, 5]);
        mock.fail_next_attach("no kernel");
        assert!(matches!(network.attach(&first).await, Err(Error::Mock(_))));
        let attached = network.attach(&first).await.unwrap();
        assert_eq!(attached, network.attach(&first).await.unwrap());
        assert_eq!(attached.gateway, Ipv4Addr::new(172, 31, 0, 1));
        let same_address = attachment("b", [172, 31, 0, 5]);
        assert!(matches!(
            network.attach(&same_address).await,
            Err(Error::AddressInUse { .. })
        ));
        assert_eq!(network.adopt().await.unwrap().len(), 1);
        network.detach("a").await.unwrap();
        network.detach("a").await.unwrap();
        network.attach(&same_address).await.unwrap();
        network.teardown().await.unwrap();
        assert!(network.adopt().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn it_publishes_ports_as_a_network_does() {
        let mock = MockNetwork::new();
        let request = |owner: &str, ports| BridgeRequest {
            owner_id: owner.to_owned(),
            netns: "/nowhere".into(),
            ports,
        };
        let one = |container, host| PortRequest::one(container, host, Protocol::Tcp);
        mock.take_host_port(32_768, Protocol::Tcp);
        let first = request("a/web", vec![one(80, Some(8_080)), one(81, None)]);
        let attached = mock.attach_bridge(&first).await.unwrap();
        assert_eq!(attached.address, Ipv4Addr::new(172, 17, 0, 4));
        let host_ports: Vec<u16> = attached.ports.iter().map(|port| port.host_port).collect();
        assert_eq!(host_ports, [8_080, 32_769]);
        assert_eq!(mock.attach_bridge(&first).await.unwrap(), attached);
        let clash = request("b/web", vec![one(80, Some(32_769))]);
        assert!(matches!(
            mock.attach_bridge(&clash).await,
            Err(Error::PortInUse { port: 32_769, .. })
        ));
        mock.detach_bridge("a/web").await.unwrap();
        mock.attach_bridge(&clash).await.unwrap();
        assert_eq!(mock.adopt_bridge().await.unwrap().len(), 1);
    }
}
