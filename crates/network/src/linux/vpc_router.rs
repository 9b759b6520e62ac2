//! A VPC's router on this node: which rules stand, and what a task changes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;
use tracing::debug;

use crate::caller_rules::caller_rules;
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

    /// Makes `wanted` what is enforced. True where all that it took was to let members in or out: that
    /// is when tasks start and end, and somebody waits.
    pub(super) async fn apply(&self, wanted: Arc<VpcState>, host: &Host) -> Result<bool, Error> {
        let mut rules = self.rules.lock().await;
        let moved = moves(&rules.wanted, &wanted, &self.router.owners());
        rules.wanted = wanted;
        if let Some(moved) = moved.filter(|_| rules.applied)
            && self.change(&moved)
        {
            return Ok(true);
        }
        self.replace(&mut rules, host).await?;
        Ok(false)
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
        let text = rules(&current.wanted, &facts)? + &caller_rules(&facts.host_ports);
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
        let new: Vec<_> = elements(&rules.wanted, address, owner)
            .into_iter()
            .map(|element| (Verb::Add, element))
            .collect();
        if alone && rules.applied && self.change(&new) {
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
        let gone: Vec<_> = gone
            .into_iter()
            .map(|element| (Verb::Remove, element))
            .collect();
        if rules.applied && self.change(&gone) {
            return Ok(());
        }
        self.replace(&mut rules, host).await
    }

    /// Whether the sets were there, and as they were expected. When not, somebody has flushed them, and the
    /// rules are to be replaced whole.
    fn change(&self, changes: &[(Verb, Element)]) -> bool {
        let changed = self.router.namespace.change_elements(ROUTER_TABLE, changes);
        if let Err(error) = &changed {
            debug!(%error, "replacing the rules of the VPC whole");
        }
        changed.is_ok()
    }
}

/// What makes the rules for `before` those for `now`, where the two differ in the members of their
/// groups and in nothing else. Whoever is attached here is a member either way.
fn moves(
    before: &VpcState,
    now: &VpcState,
    here: &BTreeMap<Ipv4Addr, PortOwner>,
) -> Option<Vec<(Verb, Element)>> {
    let alike = before.vpc == now.vpc
        && before.security_groups.len() == now.security_groups.len()
        && before
            .security_groups
            .iter()
            .zip(&now.security_groups)
            .all(|(before, now)| {
                (&before.id, &before.ingress, &before.egress)
                    == (&now.id, &now.ingress, &now.egress)
            });
    if !alike {
        return None;
    }
    let mut moves = Vec::new();
    for (before, now) in before.security_groups.iter().zip(&now.security_groups) {
        let come = now.members.difference(&before.members);
        let gone = before.members.difference(&now.members);
        let come = come.map(|address| (Verb::Add, address));
        for (verb, address) in come.chain(gone.map(|address| (Verb::Remove, address))) {
            let is_here = here
                .get(address)
                .is_some_and(|owner| owner.security_groups.contains(&now.id));
            if !is_here {
                moves.push((verb, member(&now.id, *address)));
            }
        }
    }
    // A state that says nothing new makes good what somebody else has changed.
    (!moves.is_empty() || before.security_groups != now.security_groups).then_some(moves)
}

fn member(group: &str, address: Ipv4Addr) -> Element {
    Element {
        family: Family::Ip,
        set: members_set(group),
        key: Key::default().address(address),
        value: None,
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
    let memberships = groups
        .intersection(&known)
        .map(|group| member(group, address));
    memberships.chain([port]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecurityGroup;

    fn group(id: &str, members: &[&str]) -> SecurityGroup {
        SecurityGroup {
            id: id.to_owned(),
            members: members.iter().map(|text| text.parse().unwrap()).collect(),
            ingress: Vec::new(),
            egress: Vec::new(),
        }
    }

    fn state(security_groups: Vec<SecurityGroup>) -> VpcState {
        VpcState {
            vpc: Vpc {
                id: "vpc-1".to_owned(),
                cidr: "10.77.0.0/16".parse().unwrap(),
            },
            security_groups,
        }
    }

    #[test]
    fn members_come_and_go_without_the_rest_and_who_is_here_stays_in() {
        let here = BTreeMap::from([(
            "10.77.0.4".parse().unwrap(),
            PortOwner {
                task_id: "a".to_owned(),
                security_groups: vec!["sg-d".to_owned()],
            },
        )]);
        let before = state(vec![
            group("sg-d", &["10.77.0.4", "10.77.0.5"]),
            group("sg-web", &[]),
        ]);
        let now = state(vec![
            group("sg-d", &["10.77.0.6"]),
            group("sg-web", &["10.77.0.4"]),
        ]);
        let element = |group, address: &str| member(group, address.parse().unwrap());
        assert_eq!(
            moves(&before, &now, &here),
            Some(vec![
                (Verb::Add, element("sg-d", "10.77.0.6")),
                (Verb::Remove, element("sg-d", "10.77.0.5")),
                (Verb::Add, element("sg-web", "10.77.0.4")),
            ])
        );
        // What the rules hold already of who is here.
        let known = state(vec![group("sg-d", &["10.77.0.5"]), group("sg-web", &[])]);
        assert_eq!(moves(&known, &before, &here), Some(Vec::new()));
    }

    #[test]
    fn whatever_else_changes_is_no_move_nor_is_nothing_at_all() {
        let before = state(vec![group("sg-d", &["10.77.0.4"])]);
        let mut closed = before.clone();
        closed.security_groups[0].egress.push(crate::Rule {
            traffic: crate::Traffic::from_ec2("-1", None).unwrap(),
            peer: crate::Peer::Cidr("0.0.0.0/0".parse().unwrap()),
        });
        let more = state(vec![group("sg-d", &["10.77.0.4"]), group("sg-new", &[])]);
        let other = state(vec![group("sg-x", &["10.77.0.4"])]);
        for now in [&before, &closed, &more, &other] {
            assert_eq!(moves(&before, now, &BTreeMap::new()), None, "{now:?}");
        }
    }
}
