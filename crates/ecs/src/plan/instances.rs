//! Container instances as the placement of a cluster's tasks sees them, and why one cannot take a task.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use records::ecs::ReservedPort;

use super::query::Query;

/// The ECS quota for placement constraints of one task: those of its definition and of its request.
pub const CONSTRAINTS_MAX: usize = 10;

/// A container instance as a placement sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance<'a> {
    /// True while its agent is connected.
    pub connected: bool,
    /// CPU units that no task holds.
    pub cpu_units: i64,
    /// MiB that no task holds.
    pub memory_mib: i64,
    /// The ports of the host that are taken.
    pub ports: BTreeSet<ReservedPort>,
    /// What it can do, by name.
    pub attributes: Cow<'a, BTreeMap<String, Option<String>>>,
    /// How many tasks of each group it has.
    pub groups: BTreeMap<String, usize>,
    /// What else can be asked of it in the cluster query language.
    pub facts: Facts<'a>,
}

/// What the cluster query language knows of an instance beside its attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `agentVersion`.
    pub agent_version: Option<&'a str>,
    /// `ec2InstanceId`.
    pub ec2_instance_id: Option<&'a str>,
    /// `runningTasksCount`.
    pub running_tasks: i64,
}

/// What a task needs of its instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The task's group.
    pub group: String,
    /// CPU units.
    pub cpu_units: i64,
    /// MiB.
    pub memory_mib: i64,
    /// Ports of the host.
    pub ports: BTreeSet<ReservedPort>,
    /// Attributes that the instance must have, with a value where one is named.
    pub attributes: BTreeMap<String, Option<String>>,
    /// What its caller and its definition demand.
    pub constraints: Vec<Constraint>,
}

/// A placement constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// No other task of the group is on the instance.
    DistinctInstance,
    /// The instance is one of those that the expression is true of.
    MemberOf(Query),
}

/// Why an instance cannot take a task (Amazon ECS Developer Guide, "API failure reasons").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its agent is not connected.
    Agent,
    /// It lacks an attribute that the task requires.
    Attribute,
    /// It has a task of the group already.
    DistinctInstance,
    /// The expression is not true of it.
    MemberOf,
    /// Too few CPU units.
    Cpu,
    /// Too little memory.
    Memory,
    /// A port is taken.
    Ports,
}

impl Instance<'_> {
    /// Why it cannot take the task, if it cannot.
    #[must_use]
    pub fn refusal(&self, want: &Want) -> Option<Refusal> {
        if !self.connected {
            return Some(Refusal::Agent);
        }
        let lacks = |(name, value): (&String, &Option<String>)| {
            self.attributes
                .get(name)
                .is_none_or(|has| value.is_some() && has != value)
        };
        if want.attributes.iter().any(lacks) {
            return Some(Refusal::Attribute);
        }
        for constraint in &want.constraints {
            match constraint {
                Constraint::DistinctInstance if self.tasks_of(&want.group) > 0 => {
                    return Some(Refusal::DistinctInstance);
                }
                Constraint::MemberOf(query) if !query.matches(self) => {
                    return Some(Refusal::MemberOf);
                }
                Constraint::DistinctInstance | Constraint::MemberOf(_) => {}
            }
        }
        if self.cpu_units < want.cpu_units {
            Some(Refusal::Cpu)
        } else if self.memory_mib < want.memory_mib {
            Some(Refusal::Memory)
        } else if !self.ports.is_disjoint(&want.ports) {
            Some(Refusal::Ports)
        } else {
            None
        }
    }

    /// Takes the task in: what is left is left for the next.
    pub fn take(&mut self, want: &Want) {
        debug_assert!(
            want.cpu_units >= 0 && want.memory_mib >= 0,
            "a task takes, it does not give: {want:?}"
        );
        self.cpu_units -= want.cpu_units;
        self.memory_mib -= want.memory_mib;
        self.ports.extend(want.ports.iter().copied());
        *self.groups.entry(want.group.clone()).or_default() += 1;
    }

    pub(super) fn tasks_of(&self, group: &str) -> usize {
        self.groups.get(group).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_with_a_value_must_have_that_value() {
        let mut has = Instance {
            connected: true,
            memory_mib: 1024,
            ..Instance::default()
        };
        has.attributes
            .to_mut()
            .insert("disk".into(), Some("ssd".into()));
        let mut want = Want::default();
        want.attributes.insert("disk".into(), Some("hdd".into()));
        assert_eq!(has.refusal(&want), Some(Refusal::Attribute));
        want.attributes.insert("disk".into(), Some("ssd".into()));
        assert_eq!(has.refusal(&want), None);
    }
}
