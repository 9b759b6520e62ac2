//! What a container's mount points and `volumesFrom` mount. Pure.

use std::path::PathBuf;

use agent_wire as wire;
use runtime::{Mount, MountSource};

/// How many containers `volumesFrom` is followed through: more than a task has (ECS: ten containers
/// a task definition), so that a circle ends.
const VOLUMES_FROM_DEPTH_MAX: usize = 16;

/// The mounts of a container: its own, then those of the containers that it names. What is mounted
/// first at a path stays.
///
/// # Errors
/// In words for the container's reason.
pub(crate) fn mounts(task: &wire::Task, container: &wire::Container) -> Result<Vec<Mount>, String> {
    let mut found = Vec::new();
    collect(task, container, false, 0, &mut found)?;
    Ok(found)
}

fn collect(
    task: &wire::Task,
    container: &wire::Container,
    read_only: bool,
    depth: usize,
    found: &mut Vec<Mount>,
) -> Result<(), String> {
    if depth > VOLUMES_FROM_DEPTH_MAX {
        return Err("volumesFrom goes round in a circle".to_owned());
    }
    for point in &container.mount_points {
        if found
            .iter()
            .any(|one| one.destination == point.container_path)
        {
            continue;
        }
        found.push(Mount {
            destination: point.container_path.clone(),
            source: source(task, &point.source_volume)?,
            read_only: read_only || point.read_only,
        });
    }
    for from in &container.volumes_from {
        let named = task
            .containers
            .iter()
            .find(|one| one.name == from.source_container)
            .ok_or_else(|| {
                format!(
                    "volumesFrom names the container {}, which the task does not have",
                    from.source_container
                )
            })?;
        collect(task, named, read_only || from.read_only, depth + 1, found)?;
    }
    Ok(())
}

fn source(task: &wire::Task, name: &str) -> Result<MountSource, String> {
    let volume = task
        .volumes
        .iter()
        .find(|volume| volume.name == name)
        .ok_or_else(|| {
            format!("a mount point names the volume {name}, which the task does not have")
        })?;
    match volume.r#type.as_str() {
        "" | "host" => {
            let path = volume.host.as_ref().map_or("", |host| &host.source_path);
            Ok(if path.is_empty() {
                MountSource::TaskVolume(name.to_owned())
            } else {
                MountSource::Host(PathBuf::from(path))
            })
        }
        "docker" => docker(
            name,
            &volume
                .docker_volume_configuration
                .clone()
                .unwrap_or_default(),
        ),
        other => Err(format!(
            "the volume {name} is of the type {other}, which this node does not have"
        )),
    }
}

fn docker(name: &str, volume: &wire::DockerVolume) -> Result<MountSource, String> {
    if !matches!(volume.driver.as_str(), "" | "local") {
        return Err(format!(
            "the volume {name} wants the driver {}; this node has only the driver local",
            volume.driver
        ));
    }
    let option = |name: &str| volume.driver_opts.get(name).map_or("", String::as_str);
    let binds = option("o").split(',').any(|one| one == "bind");
    if !volume.driver_opts.is_empty() {
        // What `mount --bind` does is the one use of the options that needs no file system of its own.
        if binds && option("device").starts_with('/') {
            return Ok(MountSource::Host(PathBuf::from(option("device"))));
        }
        return Err(format!(
            "the volume {name} has driverOpts; of them only o=bind with a device is supported"
        ));
    }
    Ok(match volume.scope.as_str() {
        "shared" => MountSource::NodeVolume(name.to_owned()),
        _ => MountSource::TaskVolume(name.to_owned()),
    })
}

/// Which of these containers, given by their mounts and in the definition's order, share no volume with one
/// before them: a new volume starts with what the image of the first one has.
pub(crate) fn first_to_mount<'a>(containers: impl Iterator<Item = &'a [Mount]>) -> Vec<bool> {
    let mut before: Vec<&MountSource> = Vec::new();
    containers
        .map(|mounts| {
            let volumes = mounts.iter().map(|mount| &mount.source).filter(|source| {
                matches!(
                    source,
                    MountSource::TaskVolume(_) | MountSource::NodeVolume(_)
                )
            });
            let volumes: Vec<_> = volumes.collect();
            let is_first = !volumes.iter().any(|volume| before.contains(volume));
            before.extend(volumes);
            is_first
        })
        .collect()
}

/// The shared volumes of a container that must be there already (`autoprovision` is false).
pub(crate) fn must_exist<'a>(task: &'a wire::Task, mounts: &'a [Mount]) -> Vec<&'a str> {
    let shared = mounts.iter().filter_map(|mount| match &mount.source {
        MountSource::NodeVolume(name) => Some(name.as_str()),
        _ => None,
    });
    let is_made = |name: &str| {
        task.volumes.iter().any(|volume| {
            volume.name == name
                && volume
                    .docker_volume_configuration
                    .as_ref()
                    .is_some_and(|one| one.autoprovision)
        })
    };
    shared.filter(|name| !is_made(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(volume: &str, path: &str, read_only: bool) -> wire::MountPoint {
        wire::MountPoint {
            source_volume: volume.into(),
            container_path: path.into(),
            read_only,
        }
    }

    fn volume(name: &str, path: &str) -> wire::Volume {
        wire::Volume {
            name: name.into(),
            host: Some(wire::HostVolume {
                source_path: path.into(),
            }),
            ..wire::Volume::default()
        }
    }

    fn shared(name: &str, scope: &str, autoprovision: bool) -> wire::Volume {
        wire::Volume {
            name: name.into(),
            r#type: "docker".into(),
            docker_volume_configuration: Some(wire::DockerVolume {
                scope: scope.into(),
                autoprovision,
                driver: "local".into(),
                ..wire::DockerVolume::default()
            }),
            ..wire::Volume::default()
        }
    }

    fn task() -> wire::Task {
        let container =
            |name: &str, points: Vec<wire::MountPoint>, from: &[(&str, bool)]| wire::Container {
                name: name.into(),
                mount_points: points,
                volumes_from: from
                    .iter()
                    .map(|(name, read_only)| wire::VolumeFrom {
                        source_container: (*name).into(),
                        read_only: *read_only,
                    })
                    .collect(),
                ..wire::Container::default()
            };
        wire::Task {
            volumes: vec![
                volume("scratch", ""),
                volume("etc", "/srv/etc"),
                shared("kept", "shared", true),
                shared("there", "shared", false),
                shared("own", "task", false),
            ],
            containers: vec![
                container(
                    "data",
                    vec![point("scratch", "/s", false), point("kept", "/k", false)],
                    &[],
                ),
                container(
                    "app",
                    vec![point("etc", "/etc/app", true), point("own", "/s", false)],
                    &[("data", true)],
                ),
                container(
                    "round",
                    vec![point("there", "/t", false)],
                    &[("round", false)],
                ),
            ],
            ..wire::Task::default()
        }
    }

    #[test]
    fn volumes_appear_where_they_are_asked_for() {
        let task = task();
        let mount = |destination: &str, source, read_only| Mount {
            destination: destination.to_owned(),
            source,
            read_only,
        };
        assert_eq!(
            mounts(&task, &task.containers[1]).unwrap(),
            [
                mount("/etc/app", MountSource::Host("/srv/etc".into()), true),
                mount("/s", MountSource::TaskVolume("own".into()), false),
                mount("/k", MountSource::NodeVolume("kept".into()), true),
            ]
        );
        assert!(mounts(&task, &task.containers[2]).is_err(), "a circle");
    }

    #[test]
    fn who_shares_a_volume_with_an_earlier_container_is_not_the_first_to_mount_it() {
        let mount = |source| Mount {
            destination: "/m".to_owned(),
            source,
            read_only: false,
        };
        let own = |name: &str| mount(MountSource::TaskVolume(name.to_owned()));
        let shared = |name: &str| mount(MountSource::NodeVolume(name.to_owned()));
        let host = || mount(MountSource::Host("/srv".into()));
        let containers = [
            vec![own("html"), host()],
            vec![own("html"), own("cache")],
            // Not first either: it comes before one that is to be before it.
            vec![own("cache")],
            // What the host has nobody fills, and a node's volume is another than a task's.
            vec![host(), shared("html")],
            vec![],
        ];
        let found = first_to_mount(containers.iter().map(Vec::as_slice));
        assert_eq!(found, [true, false, false, true, true]);
    }

    #[test]
    fn only_shared_volumes_that_are_not_made_must_be_there() {
        let task = task();
        let mut round = task.containers[2].clone();
        round.volumes_from.clear();
        round.mount_points.push(point("kept", "/k", false));
        let found = mounts(&task, &round).unwrap();
        assert_eq!(must_exist(&task, &found), ["there"]);
    }

    #[test]
    fn what_cannot_be_mounted_is_named() {
        let mut task = task();
        let mut app = task.containers[0].clone();
        app.mount_points = vec![point("nothing", "/n", false)];
        assert!(mounts(&task, &app).unwrap_err().contains("nothing"));
        app.mount_points = vec![point("kept", "/n", false)];
        let kept = task.volumes[2]
            .docker_volume_configuration
            .as_mut()
            .unwrap();
        kept.driver = "rexray".into();
        assert!(mounts(&task, &app).unwrap_err().contains("rexray"));
        let kept = task.volumes[2]
            .docker_volume_configuration
            .as_mut()
            .unwrap();
        kept.driver = "local".into();
        kept.driver_opts = [("type", "nfs"), ("device", ":/x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert!(mounts(&task, &app).unwrap_err().contains("driverOpts"));
        let kept = task.volumes[2]
            .docker_volume_configuration
            .as_mut()
            .unwrap();
        kept.driver_opts = [("type", "none"), ("o", "bind,rw"), ("device", "/srv")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let bound = mounts(&task, &app).unwrap();
        assert_eq!(bound[0].source, MountSource::Host("/srv".into()));
    }
}
