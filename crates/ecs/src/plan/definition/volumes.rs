//! Volumes of a task, and where containers see them.

use std::collections::BTreeSet;

use aws_api::ecs::{ContainerDefinition, DockerVolumeConfiguration, Scope, Volume};

use super::linux::is_absolute;
use super::{is_name, wrong};
use crate::error::{Failure, client, not_supported};
use crate::sentences;

/// The only volume driver there is; Docker has it built in.
pub(super) const LOCAL_DRIVER: &str = "local";

/// The volumes with the defaults that ECS fills in.
pub(super) fn normalise(volumes: &[Volume]) -> Result<Vec<Volume>, Failure> {
    let mut names = BTreeSet::new();
    let mut normal = Vec::with_capacity(volumes.len());
    for volume in volumes {
        let name = volume.name.as_deref().unwrap_or_default();
        if !is_name(name) {
            return Err(client(sentences::invalid_name("volume name", name)));
        }
        if !names.insert(name) {
            return Err(client(sentences::volume_twice(name)));
        }
        let mut volume = volume.clone();
        let path = volume
            .host
            .as_ref()
            .and_then(|host| host.source_path.as_deref())
            .filter(|path| !path.is_empty());
        if let Some(path) = path
            && !is_absolute(path)
        {
            return Err(client(sentences::volume_path_not_absolute(name)));
        }
        match &mut volume.docker_volume_configuration {
            Some(_) if path.is_some() => {
                return Err(client(sentences::volume_of_two_kinds(name)));
            }
            Some(docker) => {
                docker.driver.get_or_insert_with(|| LOCAL_DRIVER.to_owned());
                docker.scope.get_or_insert(Scope::Task);
                check_driver_options(docker)?;
            }
            None => {
                volume.host.get_or_insert_default();
            }
        }
        normal.push(volume);
    }
    Ok(normal)
}

/// A folder of the node bound where the volume is: of what `mount` can do, what needs no file
/// system of its own.
fn check_driver_options(docker: &DockerVolumeConfiguration) -> Result<(), Failure> {
    let mut binds = false;
    let mut device = None;
    for (option, value) in docker.driver_opts.iter().flatten() {
        match (option.as_str(), value.as_str()) {
            ("o", "bind") => binds = true,
            ("device", path) if is_absolute(path) => device = Some(path),
            ("type", "none") => {}
            (option, value) => {
                return Err(not_supported(&format!(
                    "the driver option '{option}' with the value '{value}'"
                )));
            }
        }
    }
    let given = docker.driver_opts.iter().flatten().next().is_some();
    if given && (!binds || device.is_none()) {
        return Err(not_supported(
            "driverOpts without 'o' as 'bind' and an absolute path as 'device'",
        ));
    }
    Ok(())
}

/// Checks where a container sees which volume.
pub(super) fn check_mounts(
    name: &str,
    container: &ContainerDefinition,
    volumes: &BTreeSet<String>,
) -> Result<(), Failure> {
    let mut paths = BTreeSet::new();
    for mount in container.mount_points.iter().flatten() {
        let source = mount.source_volume.as_deref().unwrap_or_default();
        if !volumes.contains(source) {
            return Err(client(sentences::unknown_volume(source)));
        }
        let path = mount.container_path.as_deref().unwrap_or_default();
        if !is_absolute(path) {
            return Err(wrong(name, sentences::mount_not_absolute(path)));
        }
        if !paths.insert(path.trim_end_matches('/')) {
            return Err(wrong(name, sentences::mount_twice(path)));
        }
    }
    Ok(())
}
