//! Volumes in the words of the agent protocol.

use agent_wire as wire;
use aws_api::ecs::{ContainerDefinition, DockerVolumeConfiguration, Volume};

pub(super) fn volume(volume: &Volume) -> wire::Volume {
    let name = volume.name.clone().unwrap_or_default();
    match &volume.docker_volume_configuration {
        Some(docker) => wire::Volume {
            name,
            r#type: "docker".to_owned(),
            docker_volume_configuration: Some(docker_volume(docker)),
            ..wire::Volume::default()
        },
        None => wire::Volume {
            name,
            r#type: "host".to_owned(),
            host: Some(wire::HostVolume {
                source_path: volume
                    .host
                    .as_ref()
                    .and_then(|host| host.source_path.clone())
                    .unwrap_or_default(),
            }),
            ..wire::Volume::default()
        },
    }
}

fn docker_volume(docker: &DockerVolumeConfiguration) -> wire::DockerVolume {
    wire::DockerVolume {
        scope: docker
            .scope
            .as_ref()
            .map_or("task", |scope| scope.as_str())
            .to_owned(),
        autoprovision: docker.autoprovision.unwrap_or(false),
        driver: docker.driver.clone().unwrap_or_default(),
        driver_opts: docker.driver_opts.clone().unwrap_or_default(),
        // Refused in requests: there is nothing that a node's volumes could be found by.
        ..wire::DockerVolume::default()
    }
}

pub(super) fn mount_points(definition: &ContainerDefinition) -> Vec<wire::MountPoint> {
    let points = definition.mount_points.iter().flatten();
    points
        .map(|point| wire::MountPoint {
            source_volume: point.source_volume.clone().unwrap_or_default(),
            container_path: point.container_path.clone().unwrap_or_default(),
            read_only: point.read_only.unwrap_or(false),
        })
        .collect()
}

pub(super) fn volumes_from(definition: &ContainerDefinition) -> Vec<wire::VolumeFrom> {
    let sources = definition.volumes_from.iter().flatten();
    sources
        .map(|source| wire::VolumeFrom {
            source_container: source.source_container.clone().unwrap_or_default(),
            read_only: source.read_only.unwrap_or(false),
        })
        .collect()
}
