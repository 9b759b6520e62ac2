//! Which container instance of a cluster a task of the EC2 launch type gets, and why the others do
//! not get it.

use std::collections::{BTreeMap, BTreeSet};

use records::ecs::ReservedPort;

use super::query::Query;

/// The ECS quota for placement constraints of one task: those of its definition and of its request.
pub const CONSTRAINTS_MAX: usize = 10;

/// A container instance as a placement sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// The node's id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// True while its agent is connected.
    pub connected: bool,
    /// CPU units that no task holds.
    pub cpu_units: i64,
    /// MiB that no task holds.
    pub memory_mib: i64,
    /// The ports of the host that are taken.
    pub ports: BTreeSet<ReservedPort>,
    /// What it can do, by name.
    pub attributes: BTreeMap<String, Option<String>>,
    /// How many tasks of each group it has.
    pub groups: BTreeMap<String, usize>,
    /// What else can be asked of it in the cluster query language.
    pub facts: Facts,
}

/// What the cluster query language knows of an instance beside its attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `agentVersion`.
    pub agent_version: Option<String>,
    /// `ec2InstanceId`.
    pub ec2_instance_id: Option<String>,
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

/// How one is chosen of the instances that can take a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The one with the least CPU units left.
    BinpackCpu,
    /// The one with the least memory left.
    BinpackMemory,
    /// One of those instances, or of those values of an attribute, that have the fewest tasks of the
    /// group.
    Spread(SpreadField),
    /// Any.
    Random,
}

/// What tasks are spread over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpreadField {
    /// Instances.
    Instance,
    /// The values of an attribute.
    Attribute(String),
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

impl Instance {
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
        self.cpu_units -= want.cpu_units;
        self.memory_mib -= want.memory_mib;
        self.ports.extend(want.ports.iter().copied());
        *self.groups.entry(want.group.clone()).or_default() += 1;
    }

    fn tasks_of(&self, group: &str) -> usize {
        self.groups.get(group).copied().unwrap_or_default()
    }
}

/// Chooses an instance for one task: the strategies narrow the choice one after the other, and
/// `dice` decides where several are left. Without a strategy the one with the most memory left is
/// taken, so that tasks spread.
///
/// # Errors
/// Why each instance cannot take it, in their order.
pub fn choose(
    want: &Want,
    instances: &[Instance],
    strategies: &[Strategy],
    dice: u32,
) -> Result<usize, Vec<(String, Refusal)>> {
    let mut left = Vec::new();
    let mut refusals = Vec::new();
    for (index, instance) in instances.iter().enumerate() {
        match instance.refusal(want) {
            None => left.push((index, instance)),
            Some(refusal) => refusals.push((instance.arn.clone(), refusal)),
        }
    }
    if left.is_empty() {
        return Err(refusals);
    }
    let mut any = false;
    for strategy in strategies {
        match strategy {
            Strategy::BinpackCpu => keep_least(&mut left, |one| one.cpu_units),
            Strategy::BinpackMemory => keep_least(&mut left, |one| one.memory_mib),
            Strategy::Spread(SpreadField::Instance) => {
                keep_least(&mut left, |one| one.tasks_of(&want.group));
            }
            Strategy::Spread(SpreadField::Attribute(name)) => {
                let mut tasks = BTreeMap::<_, usize>::new();
                for instance in instances {
                    let value = instance.attributes.get(name);
                    *tasks.entry(value).or_default() += instance.tasks_of(&want.group);
                }
                keep_least(&mut left, |one| {
                    tasks.get(&one.attributes.get(name)).copied()
                });
            }
            Strategy::Random => any = true,
        }
    }
    if strategies.is_empty() {
        keep_least(&mut left, |one| std::cmp::Reverse(one.memory_mib));
    }
    // Ties go by the order of the instances where chance was not asked for.
    let dice = usize::try_from(dice).unwrap_or_default();
    let pick = if any { dice % left.len() } else { 0 };
    left.get(pick).map(|(index, _)| *index).ok_or(refusals)
}

fn keep_least<K: Ord>(left: &mut Vec<(usize, &Instance)>, key: impl Fn(&Instance) -> K) {
    let Some(least) = left.iter().map(|(_, one)| key(one)).min() else {
        return;
    };
    left.retain(|(_, one)| key(one) == least);
}

#[cfg(test)]
mod tests {
    use super::{Strategy, *};
    use proptest::prelude::*;
    use records::ecs::PortProtocol;

    fn instance(id: &str, cpu_units: i64, memory_mib: i64) -> Instance {
        Instance {
            id: id.into(),
            arn: format!("arn-{id}"),
            connected: true,
            cpu_units,
            memory_mib,
            ..Instance::default()
        }
    }

    fn want(cpu_units: i64, memory_mib: i64) -> Want {
        Want {
            group: "family:web".into(),
            cpu_units,
            memory_mib,
            ..Want::default()
        }
    }

    fn tcp(port: u16) -> ReservedPort {
        ReservedPort {
            port,
            protocol: PortProtocol::Tcp,
        }
    }

    #[test]
    fn each_shortage_has_its_name() {
        let mut away = instance("away", 1024, 1024);
        away.connected = false;
        let mut taken = instance("taken", 1024, 1024);
        taken.ports.insert(tcp(80));
        taken.attributes.insert("ssd".into(), None);
        let mut busy = instance("busy", 1024, 1024);
        busy.groups.insert("family:web".into(), 1);
        busy.attributes.insert("ssd".into(), None);
        let mut slow = instance("slow", 100, 1024);
        slow.attributes.insert("ssd".into(), None);
        let mut small = instance("small", 1024, 100);
        small.attributes.insert("ssd".into(), Some("fast".into()));
        let want = Want {
            ports: [tcp(80)].into(),
            attributes: [("ssd".to_owned(), None)].into(),
            constraints: vec![Constraint::DistinctInstance],
            ..want(512, 512)
        };
        let bare = instance("bare", 1024, 1024);
        let refusals = choose(&want, &[away, bare, taken, busy, slow, small], &[], 0).unwrap_err();
        let expected = [
            ("arn-away", Refusal::Agent),
            ("arn-bare", Refusal::Attribute),
            ("arn-taken", Refusal::Ports),
            ("arn-busy", Refusal::DistinctInstance),
            ("arn-slow", Refusal::Cpu),
            ("arn-small", Refusal::Memory),
        ];
        assert_eq!(
            refusals,
            expected.map(|(arn, refusal)| (arn.to_owned(), refusal))
        );
    }

    #[test]
    fn an_attribute_with_a_value_must_have_that_value() {
        let mut has = instance("a", 1024, 1024);
        has.attributes.insert("disk".into(), Some("ssd".into()));
        let mut want = want(0, 4);
        want.attributes.insert("disk".into(), Some("hdd".into()));
        assert_eq!(has.refusal(&want), Some(Refusal::Attribute));
        want.attributes.insert("disk".into(), Some("ssd".into()));
        assert_eq!(has.refusal(&want), None);
    }

    #[test]
    fn strategies_choose() {
        let mut a = instance("a", 1000, 3000);
        let mut b = instance("b", 2000, 2000);
        let mut c = instance("c", 3000, 1000);
        a.attributes.insert("zone".into(), Some("1".into()));
        b.attributes.insert("zone".into(), Some("2".into()));
        c.attributes.insert("zone".into(), Some("1".into()));
        a.groups.insert("family:web".into(), 1);
        b.groups.insert("family:web".into(), 2);
        let instances = [a, b, c];
        let chosen = |strategies: &[Strategy], dice| {
            let index = choose(&want(10, 10), &instances, strategies, dice).unwrap();
            instances[index].id.clone()
        };
        assert_eq!(chosen(&[], 0), "a");
        assert_eq!(chosen(&[Strategy::BinpackCpu], 0), "a");
        assert_eq!(chosen(&[Strategy::BinpackMemory], 0), "c");
        assert_eq!(chosen(&[Strategy::Spread(SpreadField::Instance)], 0), "c");
        let zones = Strategy::Spread(SpreadField::Attribute("zone".into()));
        assert_eq!(chosen(&[zones.clone(), Strategy::BinpackCpu], 0), "a");
        assert_eq!(chosen(&[zones, Strategy::BinpackMemory], 0), "c");
        assert_eq!(chosen(&[Strategy::Random], 0), "a");
        assert_eq!(chosen(&[Strategy::Random], 4), "b");
    }

    proptest! {
        #[test]
        fn no_instance_is_overfull_and_no_port_is_given_twice(
            wants in proptest::collection::vec((0_i64..2000, 4_i64..2000, 0_u16..4), 0..40),
            sizes in proptest::collection::vec((0_i64..4000, 0_i64..4000), 1..5),
            dice: u32,
        ) {
            let mut instances: Vec<_> = sizes
                .iter()
                .enumerate()
                .map(|(index, (cpu, memory))| instance(&index.to_string(), *cpu, *memory))
                .collect();
            for (cpu, memory, port) in wants {
                let mut want = want(cpu, memory);
                if port > 0 {
                    want.ports.insert(tcp(port));
                }
                match choose(&want, &instances, &[Strategy::Random], dice) {
                    Ok(index) => {
                        prop_assert!(instances[index].ports.is_disjoint(&want.ports));
                        instances[index].take(&want);
                        prop_assert!(instances[index].cpu_units >= 0);
                        prop_assert!(instances[index].memory_mib >= 0);
                    }
                    Err(refusals) => {
                        prop_assert_eq!(refusals.len(), instances.len());
                        prop_assert!(instances.iter().all(|one| one.refusal(&want).is_some()));
                    }
                }
            }
        }
    }
}
