//! Records as the API shows them.

use aws_api::ecs as model;
use records::ecs::{BoundPorts, Container, HealthStatus, NetworkBinding, Task, TaskStatus};

use super::tags;
use crate::Ecs;
use crate::plan::life;

/// The platform version that our Fargate is compatible with.
pub(super) const FARGATE_PLATFORM_VERSION: &str = "1.4.0";

/// A task as it is now: of one whose node is out of contact nobody knows how healthy it is.
pub(super) fn task_now(ecs: &Ecs, of: &Task, with_tags: bool) -> model::Task {
    let mut shown = task(of, with_tags);
    let away = of
        .node
        .as_ref()
        .is_some_and(|node| !of.is_stopped() && !ecs.sessions.is_connected(node));
    if away {
        shown.connectivity = Some(model::Connectivity::Disconnected);
        shown.health_status = Some(health(HealthStatus::Unknown));
        for container in shown.containers.iter_mut().flatten() {
            container.health_status = Some(health(HealthStatus::Unknown));
        }
    }
    shown
}

/// A task. Tags are shown where the caller asked for them.
pub(super) fn task(task: &Task, with_tags: bool) -> model::Task {
    let timeline = &task.timeline;
    let fargate = task.launch_type == records::ecs::LaunchType::Fargate;
    model::Task {
        task_arn: Some(task.arn().to_string()),
        cluster_arn: Some(task.cluster_arn().to_string()),
        container_instance_arn: task.container_instance_arn().map(|arn| arn.to_string()),
        task_definition_arn: Some(task.definition_arn().to_string()),
        attachments: Some(attachment(task).into_iter().collect()),
        attributes: Some(vec![model::Attribute {
            name: Some("ecs.cpu-architecture".to_owned()),
            value: Some(
                task.architecture
                    .clone()
                    .unwrap_or_else(|| cpu_architecture().to_owned()),
            ),
            ..model::Attribute::default()
        }]),
        availability_zone: task.network.zone.clone(),
        connectivity: timeline
            .connectivity_at
            .map(|_| model::Connectivity::Connected),
        connectivity_at: timeline.connectivity_at,
        containers: Some(
            task.containers
                .iter()
                .map(|one| container(task, one))
                .collect(),
        ),
        cpu: Some(task.cpu_units.to_string()),
        memory: Some(task.memory_mib.to_string()),
        created_at: Some(timeline.created_at),
        desired_status: Some(task.desired_status.as_str().to_owned()),
        enable_execute_command: Some(false),
        ephemeral_storage: fargate.then_some(model::EphemeralStorage {
            size_in_gi_b: Some(task.ephemeral_storage_gib),
        }),
        fargate_ephemeral_storage: fargate.then(|| model::TaskEphemeralStorage {
            size_in_gi_b: Some(task.ephemeral_storage_gib),
            ..model::TaskEphemeralStorage::default()
        }),
        execution_stopped_at: timeline.execution_stopped_at,
        group: Some(task.group.clone()),
        health_status: Some(health(life::health(task))),
        last_status: Some(task.last_status.as_str().to_owned()),
        launch_type: Some(model::LaunchType::from(task.launch_type.as_str())),
        overrides: Some(overrides(task)),
        platform_family: fargate.then(|| "Linux".to_owned()),
        platform_version: fargate.then(|| FARGATE_PLATFORM_VERSION.to_owned()),
        pull_started_at: timeline.pull_started_at,
        pull_stopped_at: timeline.pull_stopped_at,
        started_at: timeline.started_at,
        started_by: task.started_by.clone(),
        stop_code: task
            .stop_code
            .map(|code| model::TaskStopCode::from(code.as_str())),
        stopped_at: timeline.stopped_at,
        stopped_reason: task.stopped_reason.clone(),
        stopping_at: timeline.stopping_at,
        tags: Some(if with_tags {
            tags::to_list(&task.tags)
        } else {
            Vec::new()
        }),
        version: Some(task.version),
        ..model::Task::default()
    }
}

fn cpu_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

/// The overrides, with an entry for every container, as ECS shows them.
fn overrides(task: &Task) -> model::TaskOverride {
    let mut overrides = task.overrides.clone();
    let given = overrides.container_overrides.take().unwrap_or_default();
    let all = task.containers.iter().map(|container| {
        given
            .iter()
            .find(|one| one.name.as_deref() == Some(&container.name))
            .cloned()
            .unwrap_or_else(|| model::ContainerOverride {
                name: Some(container.name.clone()),
                ..model::ContainerOverride::default()
            })
    });
    overrides.container_overrides = Some(all.collect());
    overrides
        .inference_accelerator_overrides
        .get_or_insert_default();
    overrides
}

fn attachment(task: &Task) -> Option<model::Attachment> {
    let network = &task.network;
    let status = match task.last_status {
        TaskStatus::Provisioning => "PRECREATED",
        TaskStatus::Pending if network.attached => "ATTACHED",
        TaskStatus::Pending => "ATTACHING",
        TaskStatus::Stopped => "DELETED",
        _ => "ATTACHED",
    };
    let pair = |name: &str, value: Option<&str>| {
        value.map(|value| model::KeyValuePair {
            name: Some(name.to_owned()),
            value: Some(value.to_owned()),
        })
    };
    let address = network.address.map(|address| address.to_string());
    let interface = interface_id(task);
    let details = [
        pair("subnetId", network.subnet_id.as_deref()),
        pair("networkInterfaceId", interface.as_deref()),
        pair("macAddress", network.mac.as_deref()),
        pair("privateDnsName", network.private_dns_name.as_deref()),
        pair("privateIPv4Address", address.as_deref()),
    ];
    Some(model::Attachment {
        id: Some(network.attachment_id.clone())
            .filter(|id| !id.is_empty())?
            .into(),
        r#type: Some("ElasticNetworkInterface".to_owned()),
        status: Some(status.to_owned()),
        details: Some(details.into_iter().flatten().collect()),
    })
}

/// The interface's id: an interface is named after the attachment that it was made for, so that
/// it can still be shown when it is gone.
fn interface_id(task: &Task) -> Option<String> {
    task.network.address?;
    Some(crate::plan::placement::interface_id(
        &task.network.attachment_id,
    ))
}

fn health(status: HealthStatus) -> model::HealthStatus {
    model::HealthStatus::from(status.as_str())
}

fn binding(binding: &NetworkBinding) -> model::NetworkBinding {
    let mut shown = model::NetworkBinding {
        bind_ip: Some(binding.bind_ip.clone()),
        protocol: Some(model::TransportProtocol::from(binding.protocol.as_str())),
        ..model::NetworkBinding::default()
    };
    match &binding.ports {
        BoundPorts::One { container, host } => {
            shown.container_port = Some(i32::from(*container));
            shown.host_port = Some(i32::from(*host));
        }
        BoundPorts::Range { container, host } => {
            shown.container_port_range = Some(container.clone());
            shown.host_port_range = Some(host.clone());
        }
    }
    shown
}

fn container(task: &Task, container: &Container) -> model::Container {
    let interfaces = task.network.address.map(|address| model::NetworkInterface {
        attachment_id: Some(task.network.attachment_id.clone()),
        private_ipv4_address: Some(address.to_string()),
        ..model::NetworkInterface::default()
    });
    model::Container {
        container_arn: Some(task.container_arn(container).to_string()),
        task_arn: Some(task.arn().to_string()),
        name: Some(container.name.clone()),
        image: Some(container.image.clone()),
        image_digest: container.image_digest.clone(),
        runtime_id: container.runtime_id.clone(),
        last_status: Some(container.status.as_str().to_owned()),
        exit_code: container.exit_code,
        reason: container.reason.clone(),
        network_bindings: Some(container.network_bindings.iter().map(binding).collect()),
        network_interfaces: Some(interfaces.into_iter().collect()),
        health_status: Some(health(
            container
                .health
                .map_or(HealthStatus::Unknown, |health| health.status),
        )),
        cpu: Some(container.cpu_units.to_string()),
        memory: container.memory_mib.map(|mib| mib.to_string()),
        memory_reservation: container.memory_reservation_mib.map(|mib| mib.to_string()),
        ..model::Container::default()
    }
}
