//! What an agent calls before it has a session.

use std::collections::BTreeMap;

use aws_api::ecs as model;
use aws_core::{Caller, Principal};
use records::ecs::{Node, NodeCapacity};

use super::cluster;
use crate::Ecs;
use crate::error::{Failure, invalid, not_supported};

/// The attribute with which a node offers itself to Fargate.
pub(crate) const FARGATE_ATTRIBUTE: &str = "longshore.capacity.fargate";
const ATTRIBUTES_MAX: usize = 256;

pub(crate) async fn register(
    ecs: &Ecs,
    caller: &Caller,
    input: model::RegisterContainerInstanceRequest,
) -> Result<model::RegisterContainerInstanceResponse, Failure> {
    let attributes = input.attributes.unwrap_or_default();
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(invalid(format!(
            "At most {ATTRIBUTES_MAX} attributes can be registered."
        )));
    }
    let attributes: BTreeMap<String, Option<String>> = attributes
        .into_iter()
        .filter_map(|attribute| Some((attribute.name?, attribute.value)))
        .collect();
    let capacity = if attributes.contains_key(FARGATE_ATTRIBUTE) {
        NodeCapacity::Fargate
    } else {
        let name = cluster::active(ecs, caller, input.cluster.as_deref())?.name;
        NodeCapacity::Cluster { name }
    };
    if let NodeCapacity::Cluster { name } = &capacity {
        // Tasks of the EC2 launch type cannot be started yet, so a cluster has no use for nodes.
        return Err(not_supported(&format!(
            "container instances of a cluster ('{name}'), only nodes of the Fargate fleet (attribute {FARGATE_ATTRIBUTE}),"
        )));
    }
    let id = node_id(ecs, caller, input.container_instance_arn.as_deref())?;
    let mut node = Node {
        id: id.clone(),
        region: caller.region.clone(),
        capacity,
        cpu_units: 0,
        memory_mib: 0,
        reserved_ports: Vec::new(),
        attributes,
        ec2_instance_id: None,
        agent_version: input
            .version_info
            .and_then(|versions| versions.agent_version),
        registered_at: ecs.clock.now(),
    };
    for resource in input.total_resources.unwrap_or_default() {
        match resource.name.as_deref() {
            Some("CPU") => node.cpu_units = resource.integer_value.unwrap_or(0).max(0),
            Some("MEMORY") => node.memory_mib = resource.integer_value.unwrap_or(0).max(0),
            Some("PORTS") => node.reserved_ports = resource.string_set_value.unwrap_or_default(),
            _ => {}
        }
    }
    caller.authorise(&node.arn(&caller.account))?;
    let key = Node::key(&caller.account, &id);
    let node = ecs
        .records
        .change(&key, |existing| {
            let registered_at = existing.map_or(node.registered_at, |known| known.registered_at);
            Ok::<_, Failure>(Some(Node {
                registered_at,
                ..node.clone()
            }))
        })
        .await?
        .unwrap_or(node);
    Ok(model::RegisterContainerInstanceResponse {
        container_instance: Some(show(ecs, caller, &node)),
    })
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
        Err(invalid(
            "Invalid identifier: it is no container instance's ARN.",
        ))
    }
}

pub(crate) async fn discover_poll_endpoint(
    ecs: &Ecs,
    _caller: &Caller,
    _input: model::DiscoverPollEndpointRequest,
) -> Result<model::DiscoverPollEndpointResponse, Failure> {
    let base = ecs.config.endpoint.trim_end_matches('/');
    Ok(model::DiscoverPollEndpointResponse {
        endpoint: Some(format!("{base}/acs/")),
        ..model::DiscoverPollEndpointResponse::default()
    })
}

fn show(ecs: &Ecs, caller: &Caller, node: &Node) -> model::ContainerInstance {
    let integer = |name: &str, value: i32| model::Resource {
        name: Some(name.to_owned()),
        r#type: Some("INTEGER".to_owned()),
        integer_value: Some(value),
        long_value: Some(0),
        double_value: Some(0.0),
        ..model::Resource::default()
    };
    let resources = || {
        vec![
            integer("CPU", node.cpu_units),
            integer("MEMORY", node.memory_mib),
            model::Resource {
                name: Some("PORTS".to_owned()),
                r#type: Some("STRINGSET".to_owned()),
                string_set_value: Some(node.reserved_ports.clone()),
                ..model::Resource::default()
            },
        ]
    };
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
        status: Some("ACTIVE".to_owned()),
        agent_connected: Some(ecs.sessions.is_connected(&node.id)),
        registered_resources: Some(resources()),
        attributes: Some(attributes.collect()),
        registered_at: Some(node.registered_at),
        version_info: Some(model::VersionInfo {
            agent_version: node.agent_version.clone(),
            ..model::VersionInfo::default()
        }),
        ..model::ContainerInstance::default()
    }
}
