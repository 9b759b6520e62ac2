//! What a shim needs before it starts: root file system, files of `/etc`, bundle, settings.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use shim::record::{self, Durability};
use shim::{Settings, file};

use super::folders::{Folders, make_passage, make_private, oci_id};
use crate::spec::{HostLimits, Placement, generate};
use crate::{
    Cgroups, ContainerName, ContainerSpec, MountSource, RuntimeError, TaskSandbox,
    USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS, rootfs,
};

/// Makes all of it, anew where an earlier attempt was cut off. May block.
pub(super) fn prepare(
    folders: &Folders,
    cgroups: &Cgroups,
    runtime: &Path,
    spec: &ContainerSpec,
    sandbox: &TaskSandbox,
) -> Result<(), RuntimeError> {
    let id = &spec.id;
    let folder = folders.container(id);
    make_passage(&folders.containers(&id.task))?;
    make_passage(&folder)?;
    let mapped = sandbox.user_namespace.is_some();
    let root = host_id(0, mapped)?;
    let rootfs = rootfs::prepare(&folder, &spec.layers, sandbox.user_namespace.as_deref())?;
    let mut binds = etc(&folder, spec, root)?;
    for mount in &spec.mounts {
        if let MountSource::NodeVolume(name) = &mount.source {
            return Err(RuntimeError::Unsupported {
                what: format!("the volume {name} of the node"),
            });
        }
        if let MountSource::TaskVolume(name) = &mount.source {
            let name: ContainerName = name.parse()?;
            let volumes = folders.volume(&id.task, "");
            make_passage(&volumes)?;
            let volume = folders.volume(&id.task, name.as_str());
            make_volume(&volume, root)?;
            binds.push((volume, mount.destination.clone(), mount.read_only));
        }
    }
    let placement = Placement {
        rootfs,
        cgroup: cgroups.container_path(id),
        cgroups: cgroups.version(),
        counts_swap: cgroups.counts_swap(),
        network_namespace: sandbox.network_namespace.clone(),
        user_namespace: sandbox.user_namespace.clone(),
        binds,
        limits: HostLimits::read(),
    };
    let bundle = folders.bundle(id);
    make_private(&bundle)?;
    make_private(&folders.oci_root())?;
    // It ends with the machine's run, as the tmpfs does.
    record::write(
        &bundle.join("config.json"),
        &generate(spec, &placement)?,
        Durability::Process,
    )?;
    let settings = Settings {
        runtime: runtime.to_owned(),
        runtime_root: folders.oci_root(),
        bundle,
        container_id: oci_id(id),
        start_at_once: false,
        io_uid: host_id(spec.user.uid, mapped)?,
        io_gid: host_id(spec.user.gid, mapped)?,
        log: spec.log,
        oom_events: cgroups.oom_events(id),
    };
    record::write(&folder.join(file::SETTINGS), &settings, Durability::Process)?;
    Ok(())
}

/// The host's id of a container's.
fn host_id(id: u32, mapped: bool) -> Result<u32, RuntimeError> {
    if !mapped {
        return Ok(id);
    }
    if id >= USER_NAMESPACE_IDS {
        return Err(RuntimeError::Unsupported {
            what: format!(
                "user or group id {id} in a user namespace, which has 0 to {}",
                USER_NAMESPACE_IDS - 1
            ),
        });
    }
    Ok(USER_NAMESPACE_FIRST_ID + id)
}

/// The files that a runtime gives a container, as Docker does; it may write them.
fn etc(
    folder: &Path,
    spec: &ContainerSpec,
    root: u32,
) -> Result<Vec<(PathBuf, String, bool)>, RuntimeError> {
    let etc = folder.join("etc");
    make_passage(&etc)?;
    let hostname = Some(format!("{}\n", spec.hostname));
    let mut binds = Vec::new();
    for (name, content) in [
        ("hostname", hostname.as_ref()),
        ("hosts", spec.hosts.as_ref()),
        ("resolv.conf", spec.resolv_conf.as_ref()),
    ] {
        let Some(content) = content else { continue };
        let path = etc.join(name);
        fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o644)
            .open(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, content.as_bytes()))
            .map_err(RuntimeError::io("write", &path))?;
        chown(&path, Some(root), Some(root)).map_err(RuntimeError::io("give away", &path))?;
        binds.push((path, format!("/etc/{name}"), false));
    }
    Ok(binds)
}

fn make_volume(path: &Path, root: u32) -> Result<(), RuntimeError> {
    if path.exists() {
        // Another container's by now: its mode and content are theirs.
        return Ok(());
    }
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))
        .and_then(|()| chown(path, Some(root), Some(root)))
        .map_err(RuntimeError::io("make the volume", path))
}
