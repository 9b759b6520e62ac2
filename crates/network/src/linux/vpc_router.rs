//! A VPC's router on this node: which rules stand, and what a task changes of them.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;
use tracing::debug;

use crate::linux::host::Host;
use crate::linux::nfnetlink::{Element, Family, Key, Verb};
use crate::linux::router::{PortOwner, Router};
use crate::names::{ROUTER_TABLE, task_port};
use crate::rules::{PORTS_SET, members_set};
use crate::{Error, MacAddress, Port, Router as RouterFacts, Vpc, VpcState, rules};

/// An open router of a VPC.
pub(super) struct VpcRouter {
    pub(super) vpc: Vpc,
    pub(super) router: Router,
    /// Whoever changes rules holds this, so that a change of one task and one of all cannot cross.
    rules: Mutex<Rules>,
}

struct Rules {
    /// What was wanted last.
    wanted: Arc<VpcState>,
    /// Whether the kernel's rules say so, as far as this process knows.
    applied: bool,
}

impl VpcRouter {
    /// Opens the router of a VPC, without changing its rules.
    pub(super) async fn open(
        path: &Path,
        wanted: Arc<VpcState>,
        host: &Host,
    ) -> Result<Self, Error> {
        Ok(Self {
            vpc: wanted.vpc.clone(),
            router: Router::open(path, &wanted.vpc.id, host).await?,
            rules: Mutex::new(Rules {
                wanted,
                applied: false,
            }),
        })
    }

    /// Makes `wanted` what is enforced.
    pub(super) async fn apply(&self, wanted: Arc<VpcState>, host: &Host) -> Result<(), Error> {
        let mut rules = self.rules.lock().await;
        rules.wanted = wanted;
        self.replace(&mut rules, host).await
    }

    /// Applies once more what is wanted: the ports of the host have changed.
    pub(super) async fn apply_again(&self, host: &Host) -> Result<(), Error> {
        self.replace(&mut *self.rules.lock().await, host).await
    }

    /// Replaces all rules by those for what is wanted and the ports that there are.
    async fn replace(&self, current: &mut Rules, host: &Host) -> Result<(), Error> {
        let owners = self.router.owners().into_iter();
        let facts = RouterFacts {
            host_address: self.router.link.host,
            host_ports: host.ports(),
            ports: owners
                .map(|(address, owner)| Port {
                    address,
                    security_groups: owner.security_groups,
                })
                .collect(),
        };
        let text = rules(&current.wanted, &facts)?;
        // Until it has succeeded, nobody knows which rules stand.
        current.applied = false;
        self.router
            .namespace
            .nft_apply("apply the rules of a VPC", &text)
            .await?;
        current.applied = true;
        Ok(())
    }

    /// Lets the rules know of a task that has come. `alone`: they know of no other groups of its address.
    pub(super) async fn admit(
        &self,
        host: &Host,
        address: Ipv4Addr,
        owner: &PortOwner,
        alone: bool,
    ) -> Result<(), Error> {
        let mut rules = self.rules.lock().await;
        let new = elements(&rules.wanted, address, owner);
        if alone && rules.applied && self.change(Verb::Add, new) {
            return Ok(());
        }
        self.replace(&mut rules, host).await
    }

    /// Lets the rules forget a task.
    pub(super) async fn dismiss(
        &self,
        host: &Host,
        address: Ipv4Addr,
        owner: &PortOwner,
    ) -> Result<(), Error> {
        let mut rules = self.rules.lock().await;
        let mut gone = elements(&rules.wanted, address, owner);
        // What the control plane counts as a member is one until it says otherwise.
        gone.retain(|element| {
            !rules.wanted.security_groups.iter().any(|group| {
                element.set == members_set(&group.id) && group.members.contains(&address)
            })
        });
        if rules.applied && self.change(Verb::Remove, gone) {
            return Ok(());
        }
        self.replace(&mut rules, host).await
    }

    /// Whether the sets were there, and as they were expected. When not, somebody has flushed them, and the
    /// rules are to be replaced whole.
    fn change(&self, verb: Verb, elements: Vec<Element>) -> bool {
        let changes: Vec<_> = elements
            .into_iter()
            .map(|element| (verb, element))
            .collect();
        let changed = self
            .router
            .namespace
            .change_elements(ROUTER_TABLE, &changes);
        if let Err(error) = &changed {
            debug!(%error, "replacing the rules of the VPC whole");
        }
        changed.is_ok()
    }
}

/// What the rules hold of one task, in the sets that [`rules`] writes.
fn elements(state: &VpcState, address: Ipv4Addr, owner: &PortOwner) -> Vec<Element> {
    let port = Element {
        family: Family::Bridge,
        set: PORTS_SET.to_owned(),
        key: Key::default()
            .interface(&task_port(address))
            .mac(MacAddress::of(address))
            .address(address),
        value: None,
    };
    let known: BTreeSet<&str> = state
        .security_groups
        .iter()
        .map(|group| group.id.as_str())
        .collect();
    let groups: BTreeSet<&str> = owner.security_groups.iter().map(String::as_str).collect();
    let memberships = groups.intersection(&known).map(|group| Element {
        family: Family::Ip,
        set: members_set(group),
        key: Key::default().address(address),
        value: None,
    });
    memberships.chain([port]).collect()
}
