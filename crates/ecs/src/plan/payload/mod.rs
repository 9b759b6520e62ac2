//! A task in the words of the agent protocol.

use std::collections::BTreeMap;

use agent_wire as wire;
use aws_api::ecs::{self, ContainerDefinition, ContainerOverride, PortMapping};
use records::ec2::{NetworkInterface, Subnet};
use records::ecs::{DesiredStatus, LaunchType, Task, TaskDefinition};

use super::definition::RESTART_PERIOD_DEFAULT_SECS;
use super::setting;

mod docker;
#[cfg(test)]
mod tests;
mod volume;

const CPU_UNITS_PER_CORE: f64 = 1024.0;
/// What the agent protocol calls a health check that the container runtime does.
const HEALTH_CHECK_TYPE: &str = "docker";

/// What the node needs of the task's interface.
#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    /// The interface.
    pub interface: &'a NetworkInterface,
    /// Its subnet.
    pub subnet: &'a Subnet,
}

/// The task as its node is told of it. A task that is to stop needs no more than its ARN and
/// that; the node knows the rest or has nothing to do.
#[must_use]
pub fn task(
    task: &Task,
    definition: &TaskDefinition,
    attachment: Option<Attachment<'_>>,
    desired: DesiredStatus,
) -> wire::Task {
    let document = &definition.definition;
    let log_mode = task.log_mode.as_deref();
    let log_mode = log_mode.unwrap_or(setting::LOG_DRIVER_MODE.default);
    let definitions = document
        .container_definitions
        .as_deref()
        .unwrap_or_default();
    // What a task on an instance takes without having asked for it as a whole is the sum of what its
    // containers ask for, and no limit.
    let fargate = task.launch_type == LaunchType::Fargate;
    let limits_cpu = fargate || task.overrides.cpu.is_some() || document.cpu.is_some();
    let limits_memory = fargate || task.overrides.memory.is_some() || document.memory.is_some();
    wire::Task {
        arn: task.arn().to_string(),
        family: task.family.clone(),
        version: task.revision.to_string(),
        task_definition_account_id: task.account.to_string(),
        desired_status: desired.as_str().to_owned(),
        overrides: "{}".to_owned(),
        launch_type: task.launch_type.as_str().to_owned(),
        network_mode: document
            .network_mode
            .as_ref()
            .map_or("bridge", |mode| mode.as_str())
            .to_owned(),
        cpu: if limits_cpu {
            f64::from(task.cpu_units) / CPU_UNITS_PER_CORE
        } else {
            0.0
        },
        memory: if limits_memory {
            i64::from(task.memory_mib)
        } else {
            0
        },
        pid_mode: document
            .pid_mode
            .as_ref()
            .map_or("", |mode| mode.as_str())
            .to_owned(),
        ipc_mode: document
            .ipc_mode
            .as_ref()
            .map_or("", |mode| mode.as_str())
            .to_owned(),
        ephemeral_storage_gib: storage_gib(task, document),
        volumes: document
            .volumes
            .iter()
            .flatten()
            .map(volume::volume)
            .collect(),
        containers: task
            .containers
            .iter()
            .filter_map(|container| {
                let definition = definitions
                    .iter()
                    .find(|definition| definition.name.as_deref() == Some(&container.name))?;
                let overrides = task
                    .overrides
                    .container_overrides
                    .iter()
                    .flatten()
                    .find(|one| one.name.as_deref() == Some(&container.name));
                let mut sent = self::container(definition, overrides, log_mode);
                sent.container_arn = Some(task.container_arn(container).to_string());
                Some(sent)
            })
            .collect(),
        elastic_network_interfaces: attachment.map(interface).into_iter().collect(),
    }
}

/// What was asked for, and 0 where nothing was: what Fargate gives without being asked is shown and not
/// held anybody to.
fn storage_gib(task: &Task, document: &ecs::TaskDefinition) -> i64 {
    let asked = task
        .overrides
        .ephemeral_storage
        .as_ref()
        .or(document.ephemeral_storage.as_ref())
        .and_then(|storage| storage.size_in_gi_b);
    asked.map_or(0, i64::from)
}

fn container(
    definition: &ContainerDefinition,
    overrides: Option<&ContainerOverride>,
    log_mode: &str,
) -> wire::Container {
    let mut environment: BTreeMap<String, String> = BTreeMap::new();
    let changed = overrides.and_then(|one| one.environment.as_ref());
    for pair in definition.environment.iter().chain(changed).flatten() {
        // Amazon's agent is told of variables as of a map of strings (`environment` of a container in
        // ecs-agent/acs/model/api/api-2.json), so that one without a value has an empty one.
        if let Some(name) = &pair.name {
            environment.insert(name.clone(), pair.value.clone().unwrap_or_default());
        }
    }
    let number = |ours: Option<i32>, theirs: Option<i32>| i64::from(ours.or(theirs).unwrap_or(0));
    let command = overrides
        .and_then(|one| one.command.clone())
        .or_else(|| definition.command.clone());
    wire::Container {
        name: definition.name.clone().unwrap_or_default(),
        container_arn: None,
        image: definition.image.clone().unwrap_or_default(),
        cpu: number(overrides.and_then(|one| one.cpu), definition.cpu),
        memory: number(overrides.and_then(|one| one.memory), definition.memory),
        essential: definition.essential.unwrap_or(true),
        entry_point: definition.entry_point.clone(),
        command,
        environment,
        links: definition.links.clone().unwrap_or_default(),
        mount_points: volume::mount_points(definition),
        volumes_from: volume::volumes_from(definition),
        port_mappings: definition
            .port_mappings
            .iter()
            .flatten()
            .map(port)
            .collect(),
        depends_on: definition
            .depends_on
            .iter()
            .flatten()
            .map(|one| wire::ContainerDependency {
                container_name: one.container_name.clone().unwrap_or_default(),
                condition: one
                    .condition
                    .as_ref()
                    .map_or("START", |one| one.as_str())
                    .to_owned(),
            })
            .collect(),
        health_check_type: definition
            .health_check
            .as_ref()
            .map_or("", |_| HEALTH_CHECK_TYPE)
            .to_owned(),
        restart_policy: definition
            .restart_policy
            .as_ref()
            .map(|policy| wire::RestartPolicy {
                enabled: policy.enabled.unwrap_or(false),
                ignored_exit_codes: policy
                    .ignored_exit_codes
                    .iter()
                    .flatten()
                    .map(|code| i64::from(*code))
                    .collect(),
                restart_attempt_period: i64::from(
                    policy
                        .restart_attempt_period
                        .unwrap_or(RESTART_PERIOD_DEFAULT_SECS),
                ),
            }),
        start_timeout: i64::from(definition.start_timeout.unwrap_or(0)),
        stop_timeout: i64::from(definition.stop_timeout.unwrap_or(0)),
        overrides: "{}".to_owned(),
        docker_config: docker::config(definition, overrides, log_mode),
    }
}

fn port(port: &PortMapping) -> wire::PortMapping {
    let number = |port: Option<i32>| port.and_then(|port| port.try_into().ok()).unwrap_or(0);
    wire::PortMapping {
        container_port: number(port.container_port),
        container_port_range: port.container_port_range.clone().unwrap_or_default(),
        host_port: number(port.host_port),
        protocol: port
            .protocol
            .as_ref()
            .map_or("tcp", |one| one.as_str())
            .to_owned(),
    }
}

fn interface(attachment: Attachment<'_>) -> wire::ElasticNetworkInterface {
    let Attachment { interface, subnet } = attachment;
    wire::ElasticNetworkInterface {
        attachment_arn: interface.description.clone(),
        ec2_id: interface.id.clone(),
        mac_address: interface.mac.clone(),
        ipv4_addresses: vec![wire::Ipv4Address {
            primary: true,
            private_address: interface.address.to_string(),
        }],
        subnet_gateway_ipv4_address: format!(
            "{}/{}",
            subnet.cidr.router(),
            subnet.cidr.prefix_bits()
        ),
        private_dns_name: private_dns_name(interface),
    }
}

/// The name that a private address has: `ip-172-31-0-4.ec2.internal` in us-east-1, else
/// `ip-172-31-0-4.REGION.compute.internal` (Amazon VPC User Guide, "DNS attributes").
#[must_use]
pub fn private_dns_name(interface: &NetworkInterface) -> String {
    let region = interface
        .zone
        .trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let [a, b, c, d] = interface.address.octets();
    let domain = match region {
        "us-east-1" => "ec2.internal".to_owned(),
        other => format!("{other}.compute.internal"),
    };
    format!("ip-{a}-{b}-{c}-{d}.{domain}")
}
