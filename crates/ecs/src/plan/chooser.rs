//! Which container instance of a cluster a task of the EC2 launch type gets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::instances::{Instance, Refusal, Want};

/// The AWS quota for placement strategies of one task.
pub const STRATEGIES_MAX: usize = 5;

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

/// What ranks an instance: by the first number, of equal ones by the second, and so on; the least is the
/// best.
type Rank = [i64; STRATEGIES_MAX];

/// Chooses instances for equal tasks, one after the other: the strategies narrow the choice in their
/// order. Without a strategy the instance with the most memory left is taken, so that tasks spread.
///
/// What an instance is ranked by is its own, but for the tasks of an attribute's value, which are those
/// of all instances with it. So instances are kept apart by their values, and of each kind the best is
/// known: a choice costs a look at each kind, of which there are few.
pub struct Chooser<'w, 'i> {
    want: &'w Want,
    strategies: &'w [Strategy],
    any: bool,
    instances: Vec<Instance<'i>>,
    /// Tasks of the group, by attribute's value.
    tasks: Vec<i64>,
    kinds: Vec<Kind>,
}

/// The instances that have the same values of all attributes that tasks are spread over.
struct Kind {
    /// Which of the numbers of tasks are its, by strategy; of other strategies none.
    tasks: [Option<usize>; STRATEGIES_MAX],
    /// Those that can take one more.
    left: BinaryHeap<Reverse<Candidate>>,
}

/// An instance that can take one more task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Zero where its kind decides.
    rank: Rank,
    /// Decides among equals: chance where that was asked for.
    lot: u64,
    /// Decides where nothing else does.
    index: usize,
}

impl<'w, 'i> Chooser<'w, 'i> {
    /// A chooser among `instances`. Of the strategies those count that AWS's quota allows.
    ///
    /// `dice` decides where several instances are left and any will do.
    #[must_use]
    pub fn new(
        want: &'w Want,
        instances: Vec<Instance<'i>>,
        strategies: &'w [Strategy],
        dice: u64,
    ) -> Self {
        let mut chooser = Self {
            want,
            strategies: strategies.get(..STRATEGIES_MAX).unwrap_or(strategies),
            any: strategies.contains(&Strategy::Random),
            tasks: Vec::new(),
            kinds: Vec::new(),
            instances,
        };
        let kinds = chooser.kinds();
        let mut left: Vec<Vec<_>> = chooser.kinds.iter().map(|_| Vec::new()).collect();
        for (index, (instance, kind)) in chooser.instances.iter().zip(&kinds).enumerate() {
            if instance.refusal(want).is_none()
                && let Some(left) = left.get_mut(*kind)
            {
                left.push(Reverse(chooser.candidate(index, instance, dice)));
            }
        }
        for (kind, left) in chooser.kinds.iter_mut().zip(left) {
            kind.left = left.into();
        }
        chooser
    }

    /// Chooses an instance for the next task, and takes its room. `dice` is as in [`Self::new`].
    ///
    /// # Errors
    /// Which instances cannot take it, and why: all, in their order.
    pub fn choose(&mut self, dice: u64) -> Result<usize, Vec<(usize, Refusal)>> {
        let ranked = self.kinds.iter().enumerate().filter_map(|(number, kind)| {
            let Reverse(best) = kind.left.peek()?;
            let mut rank = best.rank;
            for (place, tasks) in rank.iter_mut().zip(kind.tasks) {
                if let Some(tasks) = tasks.and_then(|tasks| self.tasks.get(tasks)) {
                    *place = *tasks;
                }
            }
            Some((Candidate { rank, ..*best }, number))
        });
        let Some((Candidate { index, .. }, number)) = ranked.min() else {
            return Err(self.refusals());
        };
        let (Some(kind), Some(instance)) =
            (self.kinds.get_mut(number), self.instances.get_mut(index))
        else {
            return Err(self.refusals());
        };
        kind.left.pop();
        instance.take(self.want);
        for tasks in kind.tasks.into_iter().flatten() {
            if let Some(tasks) = self.tasks.get_mut(tasks) {
                *tasks += 1;
            }
        }
        let instance = self.instances.get(index);
        if let Some(instance) = instance.filter(|one| one.refusal(self.want).is_none()) {
            let again = self.candidate(index, instance, dice);
            if let Some(kind) = self.kinds.get_mut(number) {
                kind.left.push(Reverse(again));
            }
        }
        Ok(index)
    }

    /// The instances, with what the chosen have left.
    #[must_use]
    pub fn into_instances(self) -> Vec<Instance<'i>> {
        self.instances
    }

    /// Finds the kinds that there are, and counts their tasks; gives the kind of each instance.
    fn kinds(&mut self) -> Vec<usize> {
        let attributes: Vec<(usize, &str)> = self
            .strategies
            .iter()
            .enumerate()
            .filter_map(|(place, strategy)| match strategy {
                Strategy::Spread(SpreadField::Attribute(name)) => Some((place, name.as_str())),
                _ => None,
            })
            .collect();
        // By strategy and value, where in `self.tasks` its number is.
        let mut values = BTreeMap::new();
        let mut kinds = BTreeMap::new();
        let mut of_instances = Vec::with_capacity(self.instances.len());
        for instance in &self.instances {
            let mut of_instance = [None; STRATEGIES_MAX];
            for (place, name) in &attributes {
                let value = instance.attributes.get(*name);
                let number = *values.entry((place, value)).or_insert_with(|| {
                    self.tasks.push(0);
                    self.tasks.len() - 1
                });
                if let Some(tasks) = self.tasks.get_mut(number) {
                    *tasks += whole(instance.tasks_of(&self.want.group));
                }
                if let Some(of_instance) = of_instance.get_mut(*place) {
                    *of_instance = Some(number);
                }
            }
            let kind = *kinds.entry(of_instance).or_insert_with(|| {
                self.kinds.push(Kind {
                    tasks: of_instance,
                    left: BinaryHeap::new(),
                });
                self.kinds.len() - 1
            });
            of_instances.push(kind);
        }
        of_instances
    }

    fn candidate(&self, index: usize, instance: &Instance<'_>, dice: u64) -> Candidate {
        let mut rank = Rank::default();
        for (place, strategy) in rank.iter_mut().zip(self.strategies) {
            *place = match strategy {
                Strategy::BinpackCpu => instance.cpu_units,
                Strategy::BinpackMemory => instance.memory_mib,
                Strategy::Spread(SpreadField::Instance) => {
                    whole(instance.tasks_of(&self.want.group))
                }
                Strategy::Spread(SpreadField::Attribute(_)) | Strategy::Random => 0,
            };
        }
        if self.strategies.is_empty()
            && let [first, ..] = &mut rank
        {
            *first = -instance.memory_mib;
        }
        let lot = if self.any { lot(dice, index) } else { 0 };
        Candidate { rank, lot, index }
    }

    fn refusals(&self) -> Vec<(usize, Refusal)> {
        let refusals = self.instances.iter().enumerate();
        refusals
            .filter_map(|(index, instance)| Some((index, instance.refusal(self.want)?)))
            .collect()
    }
}

fn whole(tasks: usize) -> i64 {
    i64::try_from(tasks).unwrap_or(i64::MAX)
}

/// A number that follows from both and looks like chance: the finalizer of SplitMix64 (Steele, Lea and
/// Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
fn lot(dice: u64, index: usize) -> u64 {
    let mut mixed = dice.wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Strategy, *};
    use crate::plan::instances::Constraint;
    use proptest::prelude::*;
    use records::ecs::{PortProtocol, ReservedPort};

    fn instance(cpu_units: i64, memory_mib: i64) -> Instance<'static> {
        Instance {
            connected: true,
            cpu_units,
            memory_mib,
            ..Instance::default()
        }
    }

    fn with(mut instance: Instance<'static>, name: &str, value: Option<&str>) -> Instance<'static> {
        let value = value.map(str::to_owned);
        instance.attributes.to_mut().insert(name.to_owned(), value);
        instance
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
        let mut away = instance(1024, 1024);
        away.connected = false;
        let mut taken = with(instance(1024, 1024), "ssd", None);
        taken.ports.insert(tcp(80));
        let mut busy = with(instance(1024, 1024), "ssd", None);
        busy.groups.insert("family:web".into(), 1);
        let slow = with(instance(100, 1024), "ssd", None);
        let small = with(instance(1024, 100), "ssd", Some("fast"));
        let want = Want {
            ports: [tcp(80)].into(),
            attributes: [("ssd".to_owned(), None)].into(),
            constraints: vec![Constraint::DistinctInstance],
            ..want(512, 512)
        };
        let bare = instance(1024, 1024);
        let instances = vec![away, bare, taken, busy, slow, small];
        let refusals = Chooser::new(&want, instances, &[], 0)
            .choose(0)
            .unwrap_err();
        let expected = [
            Refusal::Agent,
            Refusal::Attribute,
            Refusal::Ports,
            Refusal::DistinctInstance,
            Refusal::Cpu,
            Refusal::Memory,
        ];
        assert_eq!(
            refusals,
            expected.into_iter().enumerate().collect::<Vec<_>>()
        );
    }

    #[test]
    fn strategies_choose() {
        let mut a = with(instance(1000, 3000), "zone", Some("1"));
        let mut b = with(instance(2000, 2000), "zone", Some("2"));
        let c = with(instance(3000, 1000), "zone", Some("1"));
        a.groups.insert("family:web".into(), 1);
        b.groups.insert("family:web".into(), 2);
        let instances = vec![a, b, c];
        let chosen = |strategies: &[Strategy]| {
            let want = want(10, 10);
            let index = Chooser::new(&want, instances.clone(), strategies, 0)
                .choose(0)
                .unwrap();
            ["a", "b", "c"][index]
        };
        assert_eq!(chosen(&[]), "a");
        assert_eq!(chosen(&[Strategy::BinpackCpu]), "a");
        assert_eq!(chosen(&[Strategy::BinpackMemory]), "c");
        assert_eq!(chosen(&[Strategy::Spread(SpreadField::Instance)]), "c");
        let zones = Strategy::Spread(SpreadField::Attribute("zone".into()));
        assert_eq!(chosen(&[zones.clone(), Strategy::BinpackCpu]), "a");
        assert_eq!(chosen(&[zones, Strategy::BinpackMemory]), "c");
    }

    #[test]
    fn any_of_equals_is_chosen_and_each_sometimes() {
        let want = want(10, 10);
        let chosen: BTreeSet<_> = (0..100)
            .map(|dice| {
                let instances = vec![instance(1000, 1000); 4];
                Chooser::new(&want, instances, &[Strategy::Random], dice)
                    .choose(dice)
                    .unwrap()
            })
            .collect();
        assert_eq!(chosen, [0, 1, 2, 3].into());
    }

    /// As [`Chooser::choose`] without chance, by looking at each instance and narrowing the choice.
    fn choose(
        want: &Want,
        instances: &[Instance<'_>],
        strategies: &[Strategy],
    ) -> Result<usize, Vec<(usize, Refusal)>> {
        let mut left: Vec<usize> = Vec::new();
        let mut refusals = Vec::new();
        for (index, instance) in instances.iter().enumerate() {
            match instance.refusal(want) {
                None => left.push(index),
                Some(refusal) => refusals.push((index, refusal)),
            }
        }
        let mut narrow = |key: &dyn Fn(&Instance<'_>) -> i64| {
            let least = left.iter().map(|index| key(&instances[*index])).min();
            left.retain(|index| Some(key(&instances[*index])) == least);
        };
        for strategy in strategies {
            match strategy {
                Strategy::BinpackCpu => narrow(&|one| one.cpu_units),
                Strategy::BinpackMemory => narrow(&|one| one.memory_mib),
                Strategy::Spread(SpreadField::Instance) => {
                    narrow(&|one| whole(one.tasks_of(&want.group)));
                }
                Strategy::Spread(SpreadField::Attribute(name)) => narrow(&|one| {
                    let value = one.attributes.get(name);
                    let alike = instances
                        .iter()
                        .filter(|other| other.attributes.get(name) == value);
                    whole(alike.map(|other| other.tasks_of(&want.group)).sum())
                }),
                Strategy::Random => {}
            }
        }
        if strategies.is_empty() {
            narrow(&|one| -one.memory_mib);
        }
        left.first().copied().ok_or(refusals)
    }

    fn strategies() -> impl proptest::strategy::Strategy<Value = Vec<Strategy>> {
        let attribute =
            |name: &str| Just(Strategy::Spread(SpreadField::Attribute(name.to_owned())));
        let one = prop_oneof![
            Just(Strategy::BinpackCpu),
            Just(Strategy::BinpackMemory),
            Just(Strategy::Spread(SpreadField::Instance)),
            attribute("zone"),
            attribute("type"),
        ];
        proptest::collection::vec(one, 0..=STRATEGIES_MAX)
    }

    proptest! {
        #[test]
        fn the_best_is_chosen_until_there_is_none(
            sizes in proptest::collection::vec((0_i64..40, 0_i64..40, 0_u8..3, 0_u8..4, 0_usize..3), 1..8),
            strategies in strategies(),
            (cpu, memory, distinct) in (0_i64..10, 4_i64..10, proptest::bool::weighted(0.2)),
        ) {
            let mut want = want(cpu, memory);
            if distinct {
                want.constraints.push(Constraint::DistinctInstance);
            }
            let mut instances: Vec<_> = sizes
                .iter()
                .map(|(cpu, memory, zone, kind, tasks)| {
                    let mut one = with(instance(*cpu, *memory), "zone", Some(&zone.to_string()));
                    if *kind > 0 {
                        one = with(one, "type", Some(&kind.to_string()));
                    }
                    one.groups.insert("family:web".into(), *tasks);
                    one
                })
                .collect();
            let mut chooser = Chooser::new(&want, instances.clone(), &strategies, 0);
            loop {
                let expected = choose(&want, &instances, &strategies);
                prop_assert_eq!(&chooser.choose(0), &expected);
                match expected {
                    Ok(index) => instances[index].take(&want),
                    Err(refusals) => {
                        prop_assert_eq!(refusals.len(), instances.len());
                        break;
                    }
                }
            }
        }

        #[test]
        fn no_instance_is_overfull_and_no_port_is_given_twice(
            sizes in proptest::collection::vec((0_i64..4000, 0_i64..4000), 1..5),
            (cpu, memory, port) in (0_i64..2000, 4_i64..2000, 0_u16..4),
            dice: u64,
        ) {
            let mut want = want(cpu, memory);
            if port > 0 {
                want.ports.insert(tcp(port));
            }
            let instances = sizes.iter().map(|(cpu, memory)| instance(*cpu, *memory)).collect();
            let mut chooser = Chooser::new(&want, instances, &[Strategy::Random], dice);
            while let Ok(index) = chooser.choose(dice) {
                let chosen = &chooser.instances[index];
                prop_assert!(chosen.cpu_units >= 0 && chosen.memory_mib >= 0);
                prop_assert!(port == 0 || chosen.tasks_of(&want.group) == 1);
            }
        }
    }
}
