//! What an agent calls before it has a session.

use std::collections::BTreeMap;

use aws_api::ecs as model;
use aws_core::{Caller, Common, Principal};
use records::ecs::{
    Cluster, ClusterStatus, LaunchType, Node, NodeStatus, PortProtocol, ReservedPort,
};
use records::{Committed, Stored};

use super::cluster::{self, DEFAULT_CLUSTER};
use super::{container_instance, tags};
use crate::Ecs;
use crate::error::{Failure, client, invalid};
use crate::sentences;

/// The attribute with which a node offers itself to Fargate.
pub(crate) const FARGATE_ATTRIBUTE: &str = "longshore.capacity.fargate";
const ATTRIBUTES_MAX: usize = 256;
/// The most that a node can say it has; the largest machines of EC2 have less than a quarter of it.
const CPU_UNITS_MAX: i32 = 4096 * 1024;
const MEMORY_MIB_MAX: i32 = 128 * 1024 * 1024;
/// The ECS quota for reserved ports of an instance.
const RESERVED_PORTS_MAX: usize = 100;
/// What an agent says of itself is cut to this.
const VERSION_MAX_CHARS: usize = 255;
const ATTEMPTS_MAX: usize = 16;

pub(crate) async fn register(
    ecs: &Ecs,
    caller: &Caller,
    input: model::RegisterContainerInstanceRequest,
) -> Result<model::RegisterContainerInstanceResponse, Failure> {
    let attributes = attributes(input.attributes)?;
    let fargate = attributes.contains_key(FARGATE_ATTRIBUTE);
    let given = input.cluster.as_deref().filter(|text| !text.is_empty());
    let id = node_id(ecs, caller, input.container_instance_arn.as_deref())?;
    let again = input.container_instance_arn.is_some();
    let (cpu_units, memory_mib, reserved_ports) = resources(input.total_resources)?;
    let versions = input.version_info.unwrap_or_default();
    let own_tags = tags::to_map(input.tags)?;
    // Nobody deletes the cluster meanwhile.
    let _kept = ecs.clusters.read().await;
    // A node that offers itself to Fargate and names no cluster is of none.
    let cluster = if fargate && given.is_none() {
        None
    } else {
        Some(joined(ecs, caller, given).await?)
    };
    let name = cluster.as_ref().map(|stored| stored.record.name.clone());
    let wanted = Node {
        id: id.clone(),
        region: caller.region.clone(),
        fargate,
        cluster: name,
        status: NodeStatus::Active,
        version: 1,
        cpu_units,
        memory_mib,
        reserved_ports,
        attributes,
        ec2_instance_id: None,
        agent_version: versions.agent_version.map(cut),
        agent_hash: versions.agent_hash.map(cut),
        docker_version: versions.docker_version.map(cut),
        tags: own_tags,
        registered_at: ecs.clock.now(),
    };
    caller.authorise(&wanted.arn(&caller.account))?;
    let key = Node::key(&caller.account, &id);
    ecs.board.catch_up().await;
    for _ in 0..ATTEMPTS_MAX {
        let before = ecs.records.get(&key)?;
        check_moves_no_tasks(ecs, before.as_ref(), &wanted)?;
        let node = registered(before.as_ref().map(|stored| &stored.record), &wanted, again);
        let mut transaction = ecs.records.transaction();
        if let Some(cluster) = &cluster {
            transaction.expect(cluster);
        }
        match &before {
            Some(before) => transaction.replace(before, &node)?,
            None => transaction.create(&key, &node)?,
        }
        if let Committed::Yes(revision) = transaction.commit().await? {
            ecs.board.wait_for(revision).await;
            return Ok(model::RegisterContainerInstanceResponse {
                container_instance: Some(container_instance::show(ecs, caller, &node, true)),
            });
        }
        if let Some(cluster) = &cluster {
            let now = cluster::stored_active(ecs, caller, Some(&cluster.record.name))?;
            if now.revision != cluster.revision {
                break;
            }
        }
    }
    Err(Common::Throttling(sentences::RATE_EXCEEDED.to_owned()).into())
}

/// The node once it has registered. An agent that comes back names itself, and one that was
/// deregistered meanwhile stays so; an agent that starts anew does not, and joins again.
fn registered(before: Option<&Node>, wanted: &Node, again: bool) -> Node {
    let Some(before) = before else {
        return wanted.clone();
    };
    let same_cluster = before.cluster == wanted.cluster && before.region == wanted.region;
    let status = match before.status {
        NodeStatus::Inactive if !again => NodeStatus::Active,
        kept if same_cluster => kept,
        _ => NodeStatus::Active,
    };
    let mut tags = before.tags.clone();
    tags.extend(wanted.tags.clone());
    let node = Node {
        status,
        tags,
        version: before.version,
        registered_at: before.registered_at,
        ..wanted.clone()
    };
    Node {
        version: before.version + i64::from(node != *before),
        ..node
    }
}

/// The tasks of a cluster cannot follow their node into another one.
fn check_moves_no_tasks(
    ecs: &Ecs,
    before: Option<&Stored<Node>>,
    wanted: &Node,
) -> Result<(), Failure> {
    let Some(before) = before.map(|stored| &stored.record) else {
        return Ok(());
    };
    if before.cluster == wanted.cluster && before.region == wanted.region {
        return Ok(());
    }
    let tasks = ecs.board.tasks_of_node(&wanted.id);
    let stays = tasks
        .iter()
        .map(|stored| &stored.record)
        .any(|task| task.launch_type == LaunchType::Ec2 && !task.is_stopped());
    if stays {
        let cluster = before.cluster.as_deref().unwrap_or_default();
        return Err(client(sentences::registered_elsewhere(cluster)));
    }
    Ok(())
}

/// The cluster that a node joins. The default one is made by whoever joins it first, as Amazon's
/// agent makes it.
async fn joined(
    ecs: &Ecs,
    caller: &Caller,
    given: Option<&str>,
) -> Result<Stored<Cluster>, Failure> {
    let name = cluster::name_of(caller, given)?;
    if name == DEFAULT_CLUSTER {
        let key = Cluster::key(&caller.account, &caller.region, &name);
        ecs.records
            .change(&key, |existing| {
                let active = existing.is_some_and(|one| one.status == ClusterStatus::Active);
                Ok::<_, Failure>((!active).then(cluster::default_cluster))
            })
            .await?;
    }
    cluster::stored_active(ecs, caller, Some(&name))
}

fn attributes(
    given: Option<Vec<model::Attribute>>,
) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let given = given.unwrap_or_default();
    if given.len() > ATTRIBUTES_MAX {
        return Err(invalid(sentences::too_many_at_once(
            ATTRIBUTES_MAX,
            "attributes",
            "registered",
        )));
    }
    Ok(given
        .into_iter()
        .filter_map(|attribute| Some((attribute.name?, attribute.value)))
        .collect())
}

/// CPU units, MiB, and the ports that others than tasks have taken.
fn resources(
    given: Option<Vec<model::Resource>>,
) -> Result<(i32, i32, Vec<ReservedPort>), Failure> {
    let (mut cpu_units, mut memory_mib, mut ports) = (0, 0, Vec::new());
    for resource in given.unwrap_or_default() {
        let amount = resource.integer_value.unwrap_or(0).max(0);
        match resource.name.as_deref() {
            Some("CPU") => cpu_units = amount.min(CPU_UNITS_MAX),
            Some("MEMORY") => memory_mib = amount.min(MEMORY_MIB_MAX),
            Some("PORTS") => reserve(&mut ports, resource.string_set_value, PortProtocol::Tcp)?,
            Some("PORTS_UDP") => reserve(&mut ports, resource.string_set_value, PortProtocol::Udp)?,
            _ => {}
        }
    }
    ports.sort_unstable();
    ports.dedup();
    Ok((cpu_units, memory_mib, ports))
}

fn reserve(
    ports: &mut Vec<ReservedPort>,
    given: Option<Vec<String>>,
    protocol: PortProtocol,
) -> Result<(), Failure> {
    for text in given.unwrap_or_default() {
        let port = text
            .parse()
            .map_err(|_| invalid(sentences::is_no(&text, "port")))?;
        ports.push(ReservedPort { port, protocol });
    }
    if ports.len() > 2 * RESERVED_PORTS_MAX {
        return Err(invalid(sentences::too_many_at_once(
            RESERVED_PORTS_MAX,
            "ports",
            "reserved",
        )));
    }
    Ok(())
}

fn cut(text: String) -> String {
    match text.char_indices().nth(VERSION_MAX_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// The node that the caller is or speaks of. An instance is itself; root may name any, or gets a
/// new one.
fn node_id(ecs: &Ecs, caller: &Caller, arn: Option<&str>) -> Result<String, Failure> {
    if let Principal::Instance { instance_id, .. } = &caller.principal {
        return Ok(instance_id.clone());
    }
    let Some(arn) = arn else {
        return Ok(ecs.random.hex::<16>());
    };
    let id = arn.rsplit('/').next().unwrap_or_default();
    if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(id.to_owned())
    } else {
        Err(invalid(sentences::INSTANCE_ARN_INVALID))
    }
}

pub(crate) async fn discover_poll_endpoint(
    ecs: &Ecs,
    caller: &Caller,
    _input: model::DiscoverPollEndpointRequest,
) -> Result<model::DiscoverPollEndpointResponse, Failure> {
    // No other address is as good as the one that the agent has just reached us by, whatever stands
    // between: its request was signed for it.
    let base = match &caller.host {
        Some(host) => format!("http://{host}"),
        None => ecs.config.endpoint.trim_end_matches('/').to_owned(),
    };
    Ok(model::DiscoverPollEndpointResponse {
        endpoint: Some(format!("{base}/acs/")),
        ..model::DiscoverPollEndpointResponse::default()
    })
}
