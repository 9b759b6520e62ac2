//! What a shim needs before it starts: root file system, files of `/etc`, bundle, settings.

use std::path::Path;

use shim::record::{self, Durability};
use shim::{Settings, file};

use super::folders::{Folders, make_passage, make_private, oci_id};
use super::{devices, volumes};
use crate::spec::{HostCapabilities, HostLimits, Ipc, Placement, Sharing, generate};
use crate::{
    Cgroups, ContainerSpec, IpcMode, PidMode, RuntimeError, TaskNetwork, TaskSandbox, TaskSpec,
    USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS, rootfs, sandbox,
};

/// Makes all of it, anew where an earlier attempt was cut off. May block.
pub(super) fn prepare(
    folders: &Folders,
    cgroups: &Cgroups,
    runtime: &Path,
    program: &Path,
    spec: &ContainerSpec,
    task: &TaskSpec,
    sandbox: &TaskSandbox,
) -> Result<(), RuntimeError> {
    let id = &spec.id;
    let folder = folders.container(id);
    make_passage(&folders.containers(&id.task))?;
    make_passage(&folder)?;
    let mapped = sandbox.user_namespace.is_some();
    let root = host_id(0, mapped)?;
    let writable = match task.storage_bytes {
        Some(_) => folders.container_on_disk(id),
        None => folder.clone(),
    };
    let rootfs = rootfs::prepare(
        &folder,
        &writable,
        &spec.layers,
        sandbox.user_namespace.as_deref(),
    )?;
    let task_folder = folders.task(&id.task);
    let placement = Placement {
        binds: volumes::prepare(folders, spec, task, &rootfs, root)?,
        devices: devices::resolve(&spec.devices, spec.privileged)?,
        rootfs,
        cgroup: cgroups.container_path(id),
        cgroups: cgroups.version(),
        counts_swap: cgroups.counts_swap(),
        network_namespace: match task.network {
            TaskNetwork::PerContainer => {
                Some(sandbox::find_network(&task_folder, id).ok_or_else(|| {
                    RuntimeError::Unsupported {
                        what: format!("{id} without its network; prepare that first"),
                    }
                })?)
            }
            TaskNetwork::Own | TaskNetwork::Host => sandbox.network_namespace.clone(),
        },
        user_namespace: sandbox.user_namespace.clone(),
        pid: match (task.pid, &sandbox.pid_namespace) {
            (PidMode::Host, _) => Sharing::Host,
            (PidMode::Task, Some(path)) => Sharing::At(path.clone()),
            // The other modes have a first process besides the container's anyway.
            _ if spec.init => Sharing::At(sandbox::prepare_init(
                program,
                cgroups,
                &task_folder,
                id,
                sandbox.user_namespace.as_deref(),
            )?),
            _ => Sharing::Own,
        },
        ipc: match (task.ipc, &sandbox.ipc_namespace) {
            (IpcMode::Host, _) => Ipc::Host,
            (IpcMode::None, _) => Ipc::OwnWithoutShm,
            (IpcMode::Task, Some(path)) => Ipc::Task {
                namespace: path.clone(),
                shm: sandbox::shm(&task_folder),
            },
            _ => Ipc::Own,
        },
        capabilities: if mapped {
            HostCapabilities::ALL
        } else {
            HostCapabilities::read()
        },
        limits: HostLimits::read(),
    };
    let owns_pids = placement.pid == Sharing::Own;
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
        terminal: spec.tty,
        stdin_open: spec.stdin_open,
        io_uid: host_id(spec.user.uid, mapped)?,
        io_gid: host_id(spec.user.gid, mapped)?,
        log: spec.log,
        oom_events: cgroups.oom_events(id),
        leftovers: (!owns_pids).then(|| cgroups.process_folder(id)).flatten(),
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
