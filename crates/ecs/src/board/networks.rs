//! VPCs with all that nodes must know of them, kept as it changes and made for the wire once a
//! change; interfaces; and which addresses of a subnet are leased.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use agent_wire as wire;
use agent_wire::AddressSet;
use aws_core::{AccountId, Region};
use bytes::Bytes;
use records::ec2::{
    AddressLease, NetworkInterface, RulePeer, SecurityGroup, SecurityGroupRule, Subnet, Vpc,
};
use records::{Record, RecordError, Records, Stored};
use store::{Event, EventKind};

/// What the keys of everything here begin with.
const EC2: &[u8] = b"ec2/";

#[derive(Default)]
pub(super) struct Networks {
    vpcs: BTreeMap<Bytes, Vpc>,
    subnets: BTreeMap<Bytes, Subnet>,
    groups: BTreeMap<Bytes, SecurityGroup>,
    interfaces: BTreeMap<Bytes, Arc<Stored<NetworkInterface>>>,
    /// The addresses of the interfaces in a group, by the group's id.
    members: BTreeMap<String, AddressSet>,
    /// The leased addresses, by what the keys of a subnet's leases begin with.
    leased: BTreeMap<Bytes, AddressSet>,
    /// VPCs for the wire, by their keys, as of now.
    shown: Mutex<BTreeMap<Bytes, Arc<wire::Vpc>>>,
}

/// What a change was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// What nodes are told of.
    Networks,
    /// Which addresses are free.
    Leases,
    /// Nothing that stands here.
    Nothing,
}

impl Networks {
    /// Reads all that there is.
    pub(super) fn read(records: &Records) -> Result<Self, RecordError> {
        let mut networks = Self::default();
        // Of every account and region.
        let all = records::Prefix::<Vpc>::new(&["ec2", "vpc"]);
        for stored in records.all(&all)? {
            networks.vpcs.insert(stored.key, stored.record);
        }
        let all = records::Prefix::<Subnet>::new(&["ec2", "subnet"]);
        for stored in records.all(&all)? {
            networks.subnets.insert(stored.key, stored.record);
        }
        let all = records::Prefix::<SecurityGroup>::new(&["ec2", "security-group"]);
        for stored in records.all(&all)? {
            networks.groups.insert(stored.key, stored.record);
        }
        for stored in records.all(&NetworkInterface::everywhere())? {
            networks.join(stored);
        }
        for stored in records.all(&records::Prefix::<AddressLease>::new(&["ec2", "address"]))? {
            networks.lease(&stored.key, EventKind::Put);
        }
        Ok(networks)
    }

    /// Takes a change.
    pub(super) fn apply(&mut self, event: &Event) -> Result<Changed, RecordError> {
        let key = &event.kv.key;
        let Some(kind) = key
            .strip_prefix(EC2)
            .and_then(|rest| rest.split(|byte| *byte == b'/').next())
        else {
            return Ok(Changed::Nothing);
        };
        match kind {
            b"address" => {
                self.lease(key, event.kind);
                return Ok(Changed::Leases);
            }
            b"network-interface" => {
                self.part(key);
                if event.kind == EventKind::Put {
                    self.join(super::stored(event)?);
                }
            }
            b"vpc" => change(&mut self.vpcs, event)?,
            b"subnet" => change(&mut self.subnets, event)?,
            b"security-group" => change(&mut self.groups, event)?,
            _ => return Ok(Changed::Nothing),
        }
        self.shown
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        Ok(Changed::Networks)
    }

    fn join(&mut self, stored: Stored<NetworkInterface>) {
        for group in &stored.record.security_groups {
            let members = self.members.entry(group.clone()).or_default();
            members.insert(stored.record.address);
        }
        self.interfaces.insert(stored.key.clone(), Arc::new(stored));
    }

    fn part(&mut self, key: &Bytes) {
        let Some(gone) = self.interfaces.remove(key) else {
            return;
        };
        for group in &gone.record.security_groups {
            if let Some(members) = self.members.get_mut(group) {
                members.remove(gone.record.address);
                if members.is_empty() {
                    self.members.remove(group);
                }
            }
        }
    }

    fn lease(&mut self, key: &Bytes, kind: EventKind) {
        let (Some(address), Some(slash)) = (
            AddressLease::address_of(key),
            key.iter().rposition(|byte| *byte == b'/'),
        ) else {
            return;
        };
        let leased = self.leased.entry(key.slice(..=slash)).or_default();
        match kind {
            EventKind::Put => leased.insert(address),
            EventKind::Delete => leased.remove(address),
        };
    }

    pub(super) fn subnet(&self, account: &AccountId, region: &Region, id: &str) -> Option<&Subnet> {
        self.subnets.get(Subnet::key(account, region, id).bytes())
    }

    pub(super) fn leased(&self, account: &AccountId, region: &Region, subnet: &str) -> AddressSet {
        let leases = AddressLease::prefix(account, region, subnet);
        let leased = self.leased.get(leases.bytes());
        leased.cloned().unwrap_or_default()
    }

    pub(super) fn interface(&self, key: &Bytes) -> Option<&Arc<Stored<NetworkInterface>>> {
        self.interfaces.get(key)
    }

    /// The VPC as nodes are told of it: the same until something in it changes.
    pub(super) fn vpc(
        &self,
        account: &AccountId,
        region: &Region,
        id: &str,
    ) -> Option<Arc<wire::Vpc>> {
        let key = Vpc::key(account, region, id);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shown.get(key.bytes()) {
            return Some(Arc::clone(known));
        }
        let vpc = self.vpcs.get(key.bytes())?;
        let subnets = Subnet::prefix(account, region);
        let groups = SecurityGroup::prefix(account, region);
        let made = Arc::new(wire::Vpc {
            id: vpc.id.clone(),
            cidr: vpc.cidr.to_string(),
            subnets: under(&self.subnets, subnets.bytes())
                .filter(|subnet| subnet.vpc_id == id)
                .map(|subnet| wire::Subnet {
                    id: subnet.id.clone(),
                    cidr: subnet.cidr.to_string(),
                })
                .collect(),
            security_groups: under(&self.groups, groups.bytes())
                .filter(|group| group.vpc_id == id)
                .map(|group| wire::SecurityGroup {
                    id: group.id.clone(),
                    members: self.members.get(&group.id).cloned().unwrap_or_default(),
                    ingress: group.ingress.iter().map(rule).collect(),
                    egress: group.egress.iter().map(rule).collect(),
                })
                .collect(),
        });
        shown.insert(key.bytes().clone(), Arc::clone(&made));
        Some(made)
    }
}

fn under<'a, R>(all: &'a BTreeMap<Bytes, R>, prefix: &'a Bytes) -> impl Iterator<Item = &'a R> {
    all.range(prefix.clone()..)
        .take_while(move |(key, _)| key.starts_with(prefix))
        .map(|(_, record)| record)
}

fn change<R: Record>(all: &mut BTreeMap<Bytes, R>, event: &Event) -> Result<(), RecordError> {
    match event.kind {
        EventKind::Put => {
            let stored = super::stored(event)?;
            all.insert(stored.key, stored.record);
        }
        EventKind::Delete => {
            all.remove(&event.kv.key);
        }
    }
    Ok(())
}

fn rule(rule: &SecurityGroupRule) -> wire::SecurityGroupRule {
    wire::SecurityGroupRule {
        protocol: rule.protocol.clone(),
        ports: rule.ports,
        peer: match &rule.peer {
            RulePeer::Cidr(block) => wire::RuleSource::Cidr(block.to_string()),
            RulePeer::Group(id) => wire::RuleSource::Group(id.clone()),
        },
    }
}
