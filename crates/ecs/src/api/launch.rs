//! Tasks on container instances: chosen, placed and written while the caller waits. What cannot be
//! placed is told at once; nothing waits for an instance.

use aws_api::ecs as model;
use aws_core::{Caller, Common};
use records::ecs::{ClientToken, Cluster, NetworkMode, Node, NodeStatus, Task, TaskDefinition};
use records::{Committed, Key, Stored};
use std::sync::Arc;

use super::container_instance::instance_reference;
use super::{run_task, template};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::chooser::{Chooser, STRATEGIES_MAX, SpreadField, Strategy};
use crate::plan::instances::{CONSTRAINTS_MAX, Constraint, Instance, Refusal, Want};
use crate::plan::placement::{interface_for, placed};
use crate::plan::query::Query;
use crate::reconcile::placement::{Subnets, subnets_of};
use crate::{pool, sentences};

/// How often a placement is tried again that others have got in the way of.
const ATTEMPTS_MAX: usize = 16;

/// What came of a request.
#[derive(Default)]
pub(super) struct Launched {
    pub(super) tasks: Vec<Task>,
    pub(super) failures: Vec<model::Failure>,
}

/// A request for tasks on container instances.
pub(super) struct Launch<'a> {
    pub(super) caller: &'a Caller,
    pub(super) cluster: &'a Stored<Cluster>,
    pub(super) definition: &'a TaskDefinition,
    pub(super) template: &'a Task,
    pub(super) token: Option<&'a (Key<ClientToken>, String)>,
}

/// What is demanded of the instances, and how one of them is chosen.
#[derive(Default)]
pub(super) struct Choice {
    constraints: Vec<Constraint>,
    strategies: Vec<Strategy>,
}

/// What RunTask and the definition say of the choice.
pub(super) fn choice(
    definition: &TaskDefinition,
    input: &model::RunTaskRequest,
) -> Result<Choice, Failure> {
    let constraints = input.placement_constraints.as_deref().unwrap_or_default();
    let strategies = input.placement_strategy.as_deref().unwrap_or_default();
    let of_definition = definition_constraints(definition)?;
    if constraints.len() + of_definition.len() > CONSTRAINTS_MAX {
        return Err(invalid(sentences::too_many_constraints(CONSTRAINTS_MAX)));
    }
    if strategies.len() > STRATEGIES_MAX {
        return Err(invalid(sentences::too_many_items(
            "placementStrategy",
            STRATEGIES_MAX,
        )));
    }
    let mut choice = Choice {
        constraints: of_definition,
        strategies: strategies.iter().map(strategy).collect::<Result<_, _>>()?,
    };
    for one in constraints {
        choice.constraints.push(match &one.r#type {
            Some(model::PlacementConstraintType::DistinctInstance) => {
                if one.expression.as_ref().is_some_and(|text| !text.is_empty()) {
                    return Err(invalid(sentences::EXPRESSION_ON_DISTINCT_INSTANCE));
                }
                Constraint::DistinctInstance
            }
            Some(model::PlacementConstraintType::MemberOf) => {
                member_of(one.expression.as_deref().unwrap_or_default())?
            }
            other => {
                let kind = other.as_ref().map_or("", |kind| kind.as_str());
                return Err(invalid(sentences::placement_type_unknown(kind)));
            }
        });
    }
    Ok(choice)
}

/// A definition's own constraints; RegisterTaskDefinition takes no others than these.
fn definition_constraints(definition: &TaskDefinition) -> Result<Vec<Constraint>, Failure> {
    let constraints = definition.definition.placement_constraints.iter().flatten();
    constraints
        .map(|one| member_of(one.expression.as_deref().unwrap_or_default()))
        .collect()
}

fn member_of(expression: &str) -> Result<Constraint, Failure> {
    Query::parse(expression)
        .map(Constraint::MemberOf)
        .map_err(|error| invalid(error.to_string()))
}

fn strategy(one: &model::PlacementStrategy) -> Result<Strategy, Failure> {
    let field = one.field.as_deref().unwrap_or_default();
    let lower = field.to_ascii_lowercase();
    match (&one.r#type, lower.as_str()) {
        (Some(model::PlacementStrategyType::Random), "") => Ok(Strategy::Random),
        (Some(model::PlacementStrategyType::Binpack), "cpu") => Ok(Strategy::BinpackCpu),
        (Some(model::PlacementStrategyType::Binpack), "memory") => Ok(Strategy::BinpackMemory),
        (Some(model::PlacementStrategyType::Spread), "instanceid" | "host") => {
            Ok(Strategy::Spread(SpreadField::Instance))
        }
        (Some(model::PlacementStrategyType::Spread), _) if lower.starts_with("attribute:") => {
            // Names of attributes are kept as they are written.
            let name = field.split_once(':').map_or("", |(_, name)| name);
            Ok(Strategy::Spread(SpreadField::Attribute(name.to_owned())))
        }
        (kind, _) => {
            let kind = kind.as_ref().map_or("", |kind| kind.as_str());
            Err(invalid(sentences::strategy_field_invalid(kind, field)))
        }
    }
}

/// What was decided for the tasks of a request.
#[derive(Default)]
struct Decided {
    /// A task, and which of the nodes it goes to.
    placed: Vec<(Task, usize)>,
    interfaces: Vec<records::ec2::NetworkInterface>,
    failures: Vec<model::Failure>,
}

impl Launch<'_> {
    /// `count` tasks on instances of the cluster, chosen by us. `None` where something got in
    /// between that only the caller can judge: the token was used, or the cluster is gone.
    pub(super) async fn anywhere(
        &self,
        ecs: &Ecs,
        count: i32,
        choice: &Choice,
    ) -> Result<Option<Launched>, Failure> {
        for _ in 0..ATTEMPTS_MAX {
            let placing = ecs.board.placing().await;
            ecs.board.catch_up().await;
            let nodes: Vec<_> = self
                .nodes(ecs)
                .into_iter()
                .filter(|node| node.record.status == NodeStatus::Active)
                .collect();
            if nodes.is_empty() {
                return Err(invalid(sentences::NO_CONTAINER_INSTANCES));
            }
            let mut subnets = self.subnets(ecs);
            let want = self.want(choice.constraints.clone());
            let dice = || u64::from_le_bytes(ecs.random.bytes());
            let instances = instances(ecs, &nodes);
            let mut chooser = Chooser::new(&want, instances, &choice.strategies, dice());
            let mut decided = Decided::default();
            for _ in 0..count {
                match chooser.choose(dice()) {
                    Ok(index) => {
                        if !self.place(ecs, &mut decided, &nodes, index, &mut subnets) {
                            break;
                        }
                    }
                    Err(refusals) => {
                        let of = |index: usize| nodes.get(index);
                        let failures = refusals.iter().filter_map(|(index, refusal)| {
                            Some(self.failure(of(*index)?, *refusal))
                        });
                        decided.failures.extend(failures);
                        // What has no room for one has none for the next, which is its equal.
                        break;
                    }
                }
            }
            if let Some(launched) = self.commit(ecs, decided, &nodes).await? {
                return Ok(Some(launched));
            }
            drop(placing);
            if self.is_overtaken(ecs)? {
                return Ok(None);
            }
        }
        Err(Common::Throttling(sentences::RATE_EXCEEDED.to_owned()).into())
    }

    /// A task on each instance that the caller names. Its constraints are the definition's alone.
    pub(super) async fn on(&self, ecs: &Ecs, named: &[String]) -> Result<Launched, Failure> {
        let constraints = definition_constraints(self.definition)?;
        for _ in 0..ATTEMPTS_MAX {
            let placing = ecs.board.placing().await;
            ecs.board.catch_up().await;
            let nodes = self.nodes(ecs);
            let mut instances = instances(ecs, &nodes);
            let mut subnets = self.subnets(ecs);
            let want = self.want(constraints.clone());
            let mut decided = Decided::default();
            for reference in named {
                let (id, arn) =
                    instance_reference(self.caller, &self.cluster.record.name, reference)?;
                self.caller.authorise(&arn)?;
                let found = nodes.iter().position(|node| node.record.id == id);
                let (Some(index), Some(node)) = (found, found.and_then(|at| nodes.get(at))) else {
                    decided.failures.push(told(&arn.to_string(), "MISSING"));
                    continue;
                };
                if node.record.status != NodeStatus::Active {
                    let status = node.record.status.as_str();
                    decided.failures.push(told(&arn.to_string(), status));
                    continue;
                }
                let Some(instance) = instances.get_mut(index) else {
                    continue;
                };
                match instance.refusal(&want) {
                    Some(refusal) => decided.failures.push(self.failure(node, refusal)),
                    None => {
                        if self.place(ecs, &mut decided, &nodes, index, &mut subnets) {
                            instance.take(&want);
                        }
                    }
                }
            }
            if let Some(launched) = self.commit(ecs, decided, &nodes).await? {
                return Ok(launched);
            }
            drop(placing);
            if self.is_overtaken(ecs)? {
                return Err(Failure(model::Error::cluster_not_found_exception(
                    sentences::CLUSTER_NOT_FOUND,
                )));
            }
        }
        Err(Common::Throttling(sentences::RATE_EXCEEDED.to_owned()).into())
    }

    fn nodes(&self, ecs: &Ecs) -> Vec<Arc<Stored<Node>>> {
        let Caller {
            account, region, ..
        } = self.caller;
        let cluster = &self.cluster.record.name;
        ecs.board.instances_of(account, region, cluster)
    }

    fn failure(&self, node: &Stored<Node>, refusal: Refusal) -> model::Failure {
        let arn = node.record.arn(&self.caller.account).to_string();
        told(&arn, sentences::refusal(refusal))
    }

    fn subnets(&self, ecs: &Ecs) -> Subnets {
        subnets_of(&ecs.board, std::iter::once(self.template))
    }

    fn want(&self, constraints: Vec<Constraint>) -> Want {
        let document = &self.definition.definition;
        let attributes = document.requires_attributes.iter().flatten();
        Want {
            group: self.template.group.clone(),
            cpu_units: i64::from(self.template.cpu_units),
            memory_mib: i64::from(self.template.memory_mib),
            ports: self.template.host_ports.iter().copied().collect(),
            attributes: attributes
                .filter_map(|one| Some((one.name.clone()?, one.value.clone())))
                .collect(),
            constraints,
        }
    }

    /// Makes a task for a node, with an address where it needs one. False where there is none.
    fn place(
        &self,
        ecs: &Ecs,
        decided: &mut Decided,
        nodes: &[Arc<Stored<Node>>],
        index: usize,
        subnets: &mut Subnets,
    ) -> bool {
        let Some(node) = nodes.get(index) else {
            return false;
        };
        let now = ecs.clock.now();
        let task = template::instance_of(ecs, self.template);
        let interface = if task.network_mode == NetworkMode::Awsvpc {
            let start = u32::from_le_bytes(ecs.random.bytes());
            let Some((subnet, address)) = subnets.take_address(&task.network.subnets, start) else {
                let arn = node.record.arn(&self.caller.account).to_string();
                decided.failures.push(told(&arn, "RESOURCE:ENI"));
                return false;
            };
            Some(interface_for(&task, subnet, address, now))
        } else {
            None
        };
        let task = placed(&task, &node.record.id, interface.as_ref(), now);
        decided.placed.push((task, index));
        decided.interfaces.extend(interface);
        true
    }

    /// Writes what was decided, if all that it stands on is still so.
    async fn commit(
        &self,
        ecs: &Ecs,
        decided: Decided,
        nodes: &[Arc<Stored<Node>>],
    ) -> Result<Option<Launched>, Failure> {
        let tasks: Vec<Task> = decided
            .placed
            .iter()
            .map(|(task, _)| task.clone())
            .collect();
        let launched = Launched {
            tasks,
            failures: decided.failures,
        };
        if launched.tasks.is_empty() {
            return Ok(Some(launched));
        }
        let mut transaction = ecs.records.transaction();
        transaction.expect(self.cluster);
        let chosen: std::collections::BTreeSet<usize> =
            decided.placed.iter().map(|(_, index)| *index).collect();
        for node in chosen.iter().filter_map(|index| nodes.get(*index)) {
            transaction.expect(node.as_ref());
        }
        for task in &launched.tasks {
            transaction.create(&task.own_key(), task)?;
        }
        for interface in &decided.interfaces {
            pool::join(&mut transaction, self.template, interface)?;
        }
        run_task::remember(ecs, &mut transaction, self.token, &launched)?;
        match transaction.commit().await? {
            Committed::Yes(revision) => {
                ecs.board.wait_for(revision).await;
                Ok(Some(launched))
            }
            Committed::Conflict => Ok(None),
        }
    }

    /// True where another try would end as this one did.
    fn is_overtaken(&self, ecs: &Ecs) -> Result<bool, Failure> {
        let Caller {
            account, region, ..
        } = self.caller;
        let key = Cluster::key(account, region, &self.cluster.record.name);
        let cluster = ecs.records.get(&key)?;
        let used = match self.token {
            Some((key, _)) => ecs.records.get(key)?.is_some(),
            None => false,
        };
        Ok(used || cluster.is_none_or(|stored| stored.revision != self.cluster.revision))
    }
}

fn told(arn: &str, reason: &str) -> model::Failure {
    model::Failure {
        arn: Some(arn.to_owned()),
        reason: Some(reason.to_owned()),
        ..model::Failure::default()
    }
}

fn instances<'a>(ecs: &Ecs, nodes: &'a [Arc<Stored<Node>>]) -> Vec<Instance<'a>> {
    let instance =
        |node: &'a Arc<Stored<Node>>| pool::instance(&ecs.board, &ecs.sessions, &node.record);
    nodes.iter().map(instance).collect()
}
