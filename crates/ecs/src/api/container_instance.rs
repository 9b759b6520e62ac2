//! Container instances: describe, list, drain, deregister. How they register is `register`'s.

use agent_wire::InstanceStatus;
use ambient::Timestamp;
use aws_api::ecs as model;
use aws_core::{Arn, Caller};
use records::ecs::{FARGATE_CLUSTER, LaunchType, Node, NodeStatus, PortProtocol, ReservedPort};

use super::{DESCRIBE_MAX, cluster, listing, page_size, page_start, page_token, tags};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::query::Query;
use crate::reconcile::contact;
use crate::{pool, sentences};

/// A node's id: 32 hexadecimal digits, or a UUID as Amazon's older instances have it.
const INSTANCE_ID_CHARS: [usize; 2] = [32, 36];
const MILLIS_PER_SECOND: f64 = 1000.0;
/// The AWS quota for container instances of one UpdateContainerInstancesState.
const UPDATE_MAX: usize = 10;

/// The id and the ARN of a container instance of `cluster`, from an id or an ARN. An instance of
/// another cluster has an id that nothing has.
pub(super) fn instance_reference(
    caller: &Caller,
    cluster: &str,
    reference: &str,
) -> Result<(String, Arn), Failure> {
    if !reference.starts_with("arn:") {
        let known = INSTANCE_ID_CHARS.contains(&reference.len())
            && reference
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !known {
            return Err(invalid(sentences::INSTANCE_ID_INVALID));
        }
        let arn = caller.arn("ecs", &format!("container-instance/{cluster}/{reference}"));
        return Ok((reference.to_owned(), arn));
    }
    let arn: Arn = reference
        .parse()
        .map_err(|_| invalid(sentences::INSTANCE_ID_INVALID))?;
    let ours = caller.region.as_str();
    if arn.region != ours {
        return Err(invalid(sentences::identifier_of_other_region(
            &arn.region,
            ours,
        )));
    }
    let rest = arn
        .resource_of_kind("container-instance")
        .unwrap_or_default();
    let foreign = arn.service != "ecs" || arn.account != caller.account.as_str();
    let id = match rest.split_once('/') {
        _ if foreign => String::new(),
        Some((its_cluster, _)) if its_cluster != cluster => String::new(),
        Some((_, id)) => id.to_owned(),
        None => rest.to_owned(),
    };
    Ok((id, arn))
}

/// The node of that id, if it is or was an instance of the cluster.
fn find(ecs: &Ecs, caller: &Caller, cluster: &str, id: &str) -> Option<Node> {
    ecs.board
        .instances_of(&caller.account, &caller.region, cluster)
        .iter()
        .map(|stored| &stored.record)
        .find(|node| node.id == id)
        .cloned()
}

/// The name of the cluster whose instances a request asks for. Nodes that serve Fargate alone are asked
/// for by the name that stands in their ARNs, though it is no cluster's: AWS does not show them.
///
/// # Errors
/// As [`cluster::active`].
fn asked_cluster(ecs: &Ecs, caller: &Caller, reference: Option<&str>) -> Result<String, Failure> {
    let name = cluster::name_of(caller, reference)?;
    if name == FARGATE_CLUSTER {
        return Ok(name);
    }
    Ok(cluster::active(ecs, caller, reference)?.name)
}

fn told(arn: &Arn, reason: &str) -> model::Failure {
    model::Failure {
        arn: Some(arn.to_string()),
        reason: Some(reason.to_owned()),
        ..model::Failure::default()
    }
}

pub(crate) async fn describe(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DescribeContainerInstancesRequest,
) -> Result<model::DescribeContainerInstancesResponse, Failure> {
    let cluster = asked_cluster(ecs, caller, input.cluster.as_deref())?;
    let references = input.container_instances.unwrap_or_default();
    if references.is_empty() {
        return Err(invalid(sentences::INSTANCES_BLANK));
    }
    if references.len() > DESCRIBE_MAX {
        return Err(invalid(sentences::too_many_at_once(
            DESCRIBE_MAX,
            "container instances",
            "described",
        )));
    }
    let include = input.include.unwrap_or_default();
    let with_tags = include.contains(&model::ContainerInstanceField::Tags);
    let with_health = include.contains(&model::ContainerInstanceField::ContainerInstanceHealth);
    ecs.board.catch_up().await;
    let mut instances = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        let (id, arn) = instance_reference(caller, &cluster, &reference)?;
        caller.authorise(&arn)?;
        let Some(node) = find(ecs, caller, &cluster, &id) else {
            failures.push(told(&arn, "MISSING"));
            continue;
        };
        let mut shown = show(ecs, caller, &node, with_tags);
        shown.health_status = with_health.then(|| health(&ecs.sessions.statuses(&node.id)));
        instances.push(shown);
    }
    Ok(model::DescribeContainerInstancesResponse {
        container_instances: Some(instances),
        failures: Some(failures),
    })
}

/// What a node says of itself, as the API shows it. It is as well as the worst of what it has looked at.
fn health(said: &[InstanceStatus]) -> model::ContainerInstanceHealthStatus {
    use model::InstanceHealthCheckState as State;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond an integer is cut to it"
    )]
    let at = |seconds: f64| Timestamp::from_millis((seconds * MILLIS_PER_SECOND) as i64);
    let is = |state: State| said.iter().any(|one| one.status == state.as_str());
    let overall = [
        State::Impaired,
        State::Initializing,
        State::InsufficientData,
    ]
    .into_iter()
    .find(|state| is(state.clone()))
    .unwrap_or(if said.is_empty() {
        State::InsufficientData
    } else {
        State::Ok
    });
    let details = said.iter().map(|one| model::InstanceHealthCheckResult {
        r#type: Some(model::InstanceHealthCheckType::from(one.r#type.as_str())),
        status: Some(State::from(one.status.as_str())),
        last_updated: Some(at(one.last_updated)),
        last_status_change: Some(at(one.last_status_change)),
        status_reason: Some(one.status_reason.clone()).filter(|reason| !reason.is_empty()),
    });
    model::ContainerInstanceHealthStatus {
        overall_status: Some(overall),
        details: Some(details.collect()),
    }
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListContainerInstancesRequest,
) -> Result<model::ListContainerInstancesResponse, Failure> {
    let cluster = asked_cluster(ecs, caller, input.cluster.as_deref())?;
    let size = page_size(input.max_results)?;
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let filter = input
        .filter
        .as_deref()
        .filter(|text| !text.is_empty())
        .map(Query::parse)
        .transpose()
        .map_err(|error| invalid(error.to_string()))?;
    ecs.board.catch_up().await;
    let matches = |node: &records::Stored<Node>| {
        let status = node.record.status;
        let wanted = match &input.status {
            None => status != NodeStatus::Inactive,
            Some(wanted) => wanted.as_str() == status.as_str(),
        };
        wanted
            && filter.as_ref().is_none_or(|filter| {
                filter.matches(&pool::instance(&ecs.board, &ecs.sessions, &node.record))
            })
    };
    let found: Vec<_> = ecs
        .board
        .instances_of(&caller.account, &caller.region, &cluster)
        .into_iter()
        .filter(|node| start.as_ref().is_none_or(|start| node.record.id > *start))
        .filter(|node| matches(node))
        .take(size + 1)
        .collect();
    let next = (found.len() > size)
        .then(|| {
            found
                .get(size - 1)
                .map(|last| page_token(&listing, &last.record.id))
        })
        .flatten();
    let arns = found
        .iter()
        .take(size)
        .map(|node| node.record.arn(&caller.account).to_string());
    Ok(model::ListContainerInstancesResponse {
        container_instance_arns: Some(arns.collect()),
        next_token: next,
    })
}

pub(crate) async fn update_state(
    ecs: &Ecs,
    caller: &Caller,
    input: model::UpdateContainerInstancesStateRequest,
) -> Result<model::UpdateContainerInstancesStateResponse, Failure> {
    let cluster = cluster::active(ecs, caller, input.cluster.as_deref())?;
    let status = match input.status {
        Some(model::ContainerInstanceStatus::Active) => NodeStatus::Active,
        Some(model::ContainerInstanceStatus::Draining) => NodeStatus::Draining,
        _ => return Err(invalid(sentences::INSTANCE_STATUS_INVALID)),
    };
    let references = input.container_instances.unwrap_or_default();
    if references.is_empty() {
        return Err(invalid(sentences::INSTANCES_BLANK));
    }
    if references.len() > UPDATE_MAX {
        return Err(invalid(sentences::too_many_at_once(
            UPDATE_MAX,
            "container instances",
            "updated",
        )));
    }
    let mut instances = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        let (id, arn) = instance_reference(caller, &cluster.name, &reference)?;
        caller.authorise(&arn)?;
        ecs.board.catch_up().await;
        match find(ecs, caller, &cluster.name, &id) {
            None => failures.push(told(&arn, "MISSING")),
            Some(node) if node.status == NodeStatus::Inactive => {
                failures.push(told(&arn, "INACTIVE"));
            }
            Some(node) => {
                let changed = set_status(ecs, caller, &node.id, status, |before| {
                    before != NodeStatus::Inactive
                });
                let node = changed.await?.unwrap_or(node);
                instances.push(show(ecs, caller, &node, false));
            }
        }
    }
    Ok(model::UpdateContainerInstancesStateResponse {
        container_instances: Some(instances),
        failures: Some(failures),
    })
}

pub(crate) async fn deregister(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DeregisterContainerInstanceRequest,
) -> Result<model::DeregisterContainerInstanceResponse, Failure> {
    let cluster = cluster::active(ecs, caller, input.cluster.as_deref())?;
    let reference = input.container_instance.unwrap_or_default();
    let (id, arn) = instance_reference(caller, &cluster.name, &reference)?;
    caller.authorise(&arn)?;
    // Whoever is placing a task on it has done so, and the board shows it.
    let placing = ecs.board.placing().await;
    ecs.board.catch_up().await;
    let node = find(ecs, caller, &cluster.name, &id)
        .filter(|node| node.status != NodeStatus::Inactive)
        .ok_or_else(|| invalid(sentences::INSTANCE_NOT_FOUND))?;
    let tasks = ecs.board.tasks_of_node(&id);
    let has_tasks = tasks.iter().any(|stored| {
        let task = &stored.record;
        task.launch_type == LaunchType::Ec2 && !task.is_stopped()
    });
    if has_tasks && !input.force.unwrap_or(false) {
        return Err(invalid(sentences::INSTANCE_HAS_TASKS));
    }
    let changed = set_status(ecs, caller, &id, NodeStatus::Inactive, |_| true);
    let node = changed.await?.unwrap_or(node);
    drop(placing);
    // As the reconciler would, so that the caller sees it done.
    contact::end_tasks_of_deregistered(&ecs.records, &ecs.board, &ecs.sessions, &*ecs.clock, &node)
        .await?;
    ecs.board.catch_up().await;
    Ok(model::DeregisterContainerInstanceResponse {
        container_instance: Some(show(ecs, caller, &node, false)),
    })
}

/// Sets how a node stands, where `may` says so of how it stood; `None` where nothing changed.
async fn set_status(
    ecs: &Ecs,
    caller: &Caller,
    id: &str,
    status: NodeStatus,
    may: impl Fn(NodeStatus) -> bool,
) -> Result<Option<Node>, Failure> {
    let key = Node::key(&caller.account, id);
    let changed = ecs
        .records
        .change(&key, |node| {
            let node = node.filter(|node| node.status != status && may(node.status));
            Ok::<_, Failure>(node.map(|node| Node {
                status,
                version: node.version + 1,
                ..node.clone()
            }))
        })
        .await?;
    ecs.board.catch_up().await;
    Ok(changed)
}

/// A node as a container instance.
pub(super) fn show(
    ecs: &Ecs,
    caller: &Caller,
    node: &Node,
    with_tags: bool,
) -> model::ContainerInstance {
    let held = pool::held(&ecs.board, node);
    let left = |has: i32, held: i64| {
        let left = i64::from(has) - held;
        i32::try_from(left.max(0)).unwrap_or(i32::MAX)
    };
    let mut taken = held.ports.clone();
    taken.extend(node.reserved_ports.iter().copied());
    let attributes = node
        .attributes
        .iter()
        .map(|(name, value)| model::Attribute {
            name: Some(name.clone()),
            value: value.clone(),
            ..model::Attribute::default()
        });
    model::ContainerInstance {
        container_instance_arn: Some(node.arn(&caller.account).to_string()),
        ec2_instance_id: node.ec2_instance_id.clone(),
        status: Some(node.status.as_str().to_owned()),
        agent_connected: Some(ecs.sessions.is_connected(&node.id)),
        registered_resources: Some(resources(
            node.cpu_units,
            node.memory_mib,
            &node.reserved_ports,
        )),
        remaining_resources: Some(resources(
            left(node.cpu_units, held.cpu_units),
            left(node.memory_mib, held.memory_mib),
            &taken,
        )),
        running_tasks_count: Some(held.running),
        pending_tasks_count: Some(held.pending),
        attachments: Some(Vec::new()),
        attributes: Some(attributes.collect()),
        registered_at: Some(node.registered_at),
        tags: Some(if with_tags {
            tags::to_list(&node.tags)
        } else {
            Vec::new()
        }),
        version: Some(node.version),
        version_info: Some(model::VersionInfo {
            agent_version: node.agent_version.clone(),
            agent_hash: node.agent_hash.clone(),
            docker_version: node.docker_version.clone(),
        }),
        ..model::ContainerInstance::default()
    }
}

fn resources<'a>(
    cpu_units: i32,
    memory_mib: i32,
    ports: impl IntoIterator<Item = &'a ReservedPort> + Copy,
) -> Vec<model::Resource> {
    let integer = |name: &str, value: i32| model::Resource {
        name: Some(name.to_owned()),
        r#type: Some("INTEGER".to_owned()),
        integer_value: Some(value),
        long_value: Some(0),
        double_value: Some(0.0),
        ..model::Resource::default()
    };
    let set = |name: &str, protocol: PortProtocol| model::Resource {
        name: Some(name.to_owned()),
        r#type: Some("STRINGSET".to_owned()),
        string_set_value: Some(pool::port_strings(ports, protocol)),
        integer_value: Some(0),
        long_value: Some(0),
        double_value: Some(0.0),
    };
    vec![
        integer("CPU", cpu_units),
        integer("MEMORY", memory_mib),
        set("PORTS", PortProtocol::Tcp),
        set("PORTS_UDP", PortProtocol::Udp),
    ]
}
