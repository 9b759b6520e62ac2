//! A network without a kernel, for tests of what uses one: the same checks, the same answers, all
//! in memory.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ambient::BoxFuture;

use crate::{Adopted, Attached, Attachment, Error, MacAddress, Network, VpcState};

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
    states: BTreeMap<String, VpcState>,
    forwards: BTreeMap<u16, SocketAddrV4>,
    failures: VecDeque<String>,
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

impl Network for MockNetwork {
    fn attach<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Attached, Error>> {
        Box::pin(async move { self.attach_now(attachment) })
    }

    fn detach<'a>(&'a self, task_id: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.memory().tasks.remove(task_id);
            Ok(())
        })
    }

    fn apply<'a>(&'a self, state: &'a VpcState) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            state.validate()?;
            self.memory()
                .states
                .insert(state.vpc.id.clone(), state.clone());
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
}
