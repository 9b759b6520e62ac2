//! From a container's wish to the OCI runtime's `config.json` (OCI runtime-spec 1.0.2): pure.
//!
//! The security defaults are Docker's, since that is what images are tried against: capabilities,
//! seccomp rules, devices, masked and read-only paths.

mod capabilities;
mod devices;
mod limits;
mod mounts;
mod seccomp;
mod sysctls;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

pub(crate) use capabilities::HostCapabilities;
pub(crate) use limits::HostLimits;
pub(crate) use mounts::DEFAULT_SHM_BYTES;

use crate::{
    CgroupVersion, ContainerSpec, RuntimeError, USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS,
};

/// The version of the specification that runc 1.1, crun and runsc share.
const OCI_VERSION: &str = "1.0.2";
/// What Docker sets where an image sets no `PATH`.
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What Docker sets where there is a terminal.
const TERM: &str = "TERM=xterm";
/// The smallest weight that the kernel takes (ECS: 0, 1 and null become 2).
const MIN_CPU_SHARES: u64 = 2;

/// Where the container is put.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    /// The mounted root file system.
    pub(crate) rootfs: PathBuf,
    /// `linux.cgroupsPath`.
    pub(crate) cgroup: String,
    pub(crate) cgroups: CgroupVersion,
    /// The kernel counts swap, so that it can be denied.
    pub(crate) counts_swap: bool,
    pub(crate) network_namespace: Option<PathBuf>,
    pub(crate) user_namespace: Option<PathBuf>,
    pub(crate) pid: Sharing,
    pub(crate) ipc: Ipc,
    /// Files and folders of the host to bind, in order, besides those in the container's wish.
    pub(crate) binds: Vec<Bind>,
    /// Devices besides those that every container has.
    pub(crate) devices: Vec<DeviceNode>,
    pub(crate) capabilities: HostCapabilities,
    pub(crate) limits: HostLimits,
}

/// A file or folder of the host in the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bind {
    pub(crate) source: PathBuf,
    pub(crate) destination: String,
    pub(crate) read_only: bool,
    /// Mount options of the source's file system. Making it read-only changes them all at once, and
    /// in a user namespace none may be taken away.
    pub(crate) keeps: Vec<&'static str>,
}

impl Bind {
    /// One that may be written.
    pub(crate) fn new(source: PathBuf, destination: &str) -> Self {
        Self {
            source,
            destination: destination.to_owned(),
            read_only: false,
            keeps: Vec::new(),
        }
    }
}

/// Whose namespace of a kind the container is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    Own,
    At(PathBuf),
    Host,
}

/// Whose shared memory the container sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ipc {
    Own,
    /// The task's namespace, and the folder that is its `/dev/shm`.
    Task {
        namespace: PathBuf,
        shm: PathBuf,
    },
    Host,
    /// Its own, without `/dev/shm`.
    OwnWithoutShm,
}

/// A device node to be made in the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceNode {
    pub(crate) path: String,
    /// `c` or `b`.
    pub(crate) kind: char,
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Of `rwm`.
    pub(crate) access: String,
}

/// The content of `config.json`.
pub(crate) fn generate(spec: &ContainerSpec, placement: &Placement) -> Result<Value, RuntimeError> {
    refuse_impossible(spec, placement)?;
    let capabilities = if spec.privileged {
        // As in Docker, whatever else is asked.
        capabilities::resolve(&["ALL".to_owned()], &[], &placement.capabilities)?
    } else {
        capabilities::resolve(&spec.cap_add, &spec.cap_drop, &placement.capabilities)?
    };
    Ok(json!({
        "ociVersion": OCI_VERSION,
        "process": process(spec, &placement.limits, &capabilities)?,
        "root": { "path": placement.rootfs, "readonly": spec.readonly_rootfs },
        "hostname": spec.hostname,
        "mounts": mounts::all(spec, placement),
        "linux": linux(spec, placement, &capabilities)?,
    }))
}

/// What would not fail by itself, or not in words.
fn refuse_impossible(spec: &ContainerSpec, placement: &Placement) -> Result<(), RuntimeError> {
    let refuse = |what: &str| {
        Err(RuntimeError::Unsupported {
            what: what.to_owned(),
        })
    };
    if placement.user_namespace.is_some() {
        if spec.privileged {
            return refuse("a privileged container in a user namespace");
        }
        if !placement.devices.is_empty() {
            return refuse("devices of the host in a user namespace");
        }
        if matches!(placement.pid, Sharing::Host) || matches!(placement.ipc, Ipc::Host) {
            return refuse("the host's processes or shared memory in a user namespace");
        }
    }
    if spec.resources.swappiness.is_some() && placement.cgroups == CgroupVersion::V2 {
        return refuse("swappiness on a machine with cgroups v2, which know no such setting");
    }
    if let Some(swap) = spec.resources.memory_swap_bytes {
        if !placement.counts_swap {
            return refuse(
                "a limit of swap on a machine whose kernel does not count it; boot with \
                 swapaccount=1",
            );
        }
        match (spec.resources.memory_bytes, u64::try_from(swap)) {
            (None, _) => return refuse("a limit of swap without a limit of memory"),
            (Some(memory), Ok(swap)) if swap < memory => {
                return refuse("less memory and swap together than memory alone");
            }
            _ => {}
        }
    }
    Ok(())
}

fn process(
    spec: &ContainerSpec,
    limits: &HostLimits,
    capabilities: &[String],
) -> Result<Value, RuntimeError> {
    // Only root's processes start with capabilities; others may gain them by a file's.
    let held: &[String] = if spec.user.uid == 0 {
        capabilities
    } else {
        &[]
    };
    let mut env = spec.env.clone();
    let sets = |env: &[String], name: &str| env.iter().any(|entry| entry.starts_with(name));
    if !sets(&env, "PATH=") {
        env.insert(0, DEFAULT_PATH.to_owned());
    }
    if spec.tty && !sets(&env, "TERM=") {
        env.push(TERM.to_owned());
    }
    if !sets(&env, "HOSTNAME=") {
        env.push(format!("HOSTNAME={}", spec.hostname));
    }
    Ok(json!({
        "terminal": spec.tty,
        "user": {
            "uid": spec.user.uid,
            "gid": spec.user.gid,
            "additionalGids": spec.user.additional_gids,
        },
        "args": spec.args,
        "env": env,
        "cwd": if spec.cwd.is_empty() { "/" } else { &spec.cwd },
        "capabilities": {
            "bounding": capabilities,
            "effective": held,
            "permitted": held,
        },
        "rlimits": limits::rlimits(&spec.ulimits, limits)?,
        // Docker too leaves it off by default: `su` and `ping` of images need it.
        "noNewPrivileges": spec.no_new_privileges,
    }))
}

fn linux(
    spec: &ContainerSpec,
    placement: &Placement,
    capabilities: &[String],
) -> Result<Value, RuntimeError> {
    let mut namespaces = vec![json!({ "type": "uts" }), json!({ "type": "mount" })];
    match &placement.pid {
        Sharing::Own => namespaces.push(json!({ "type": "pid" })),
        Sharing::At(path) => namespaces.push(namespace("pid", path)),
        Sharing::Host => {}
    }
    match &placement.ipc {
        Ipc::Own | Ipc::OwnWithoutShm => namespaces.push(json!({ "type": "ipc" })),
        Ipc::Task {
            namespace: path, ..
        } => namespaces.push(namespace("ipc", path)),
        Ipc::Host => {}
    }
    // With v1 there is nothing to gain from it: Docker leaves it out there too.
    if placement.cgroups == CgroupVersion::V2 && !spec.privileged {
        namespaces.push(json!({ "type": "cgroup" }));
    }
    let mut linux = Map::new();
    let mut set = |name: &str, value: Value| {
        linux.insert(name.to_owned(), value);
    };
    set("cgroupsPath", json!(placement.cgroup));
    set("resources", resources(spec, placement));
    set("devices", devices::nodes(&placement.devices));
    set(
        "sysctl",
        json!(sysctls::resolve(
            &spec.sysctls,
            placement.network_namespace.is_some(),
            placement.ipc != Ipc::Host,
        )?),
    );
    if !spec.privileged {
        set("maskedPaths", json!(mounts::MASKED_PATHS));
        set(
            "readonlyPaths",
            json!(mounts::readonly_paths(placement.cgroups)),
        );
        let seccomp = seccomp::profile(capabilities, std::env::consts::ARCH);
        set("seccomp", seccomp);
    }
    if let Some(path) = &placement.network_namespace {
        namespaces.push(namespace("network", path));
    }
    if let Some(path) = &placement.user_namespace {
        namespaces.push(namespace("user", path));
        // runc 1.1 joins the namespace by its path and still asks for the mapping that it has,
        // to find the host's id of the container's root.
        let mapping = json!([{
            "containerID": 0,
            "hostID": USER_NAMESPACE_FIRST_ID,
            "size": USER_NAMESPACE_IDS,
        }]);
        set("uidMappings", mapping.clone());
        set("gidMappings", mapping);
    }
    set("namespaces", Value::Array(namespaces));
    Ok(Value::Object(linux))
}

fn namespace(kind: &str, path: &Path) -> Value {
    json!({ "type": kind, "path": path })
}

fn resources(spec: &ContainerSpec, placement: &Placement) -> Value {
    let wanted = &spec.resources;
    let shares = wanted.cpu_shares.unwrap_or_default().max(MIN_CPU_SHARES);
    let mut memory = Map::new();
    if let Some(bytes) = wanted.memory_bytes {
        memory.insert("limit".to_owned(), json!(bytes));
        if placement.counts_swap {
            // Memory and swap together: unless something else is asked, no swap.
            let swap = wanted.memory_swap_bytes.map_or(json!(bytes), Value::from);
            memory.insert("swap".to_owned(), swap);
        }
    }
    if let Some(bytes) = wanted.memory_reservation_bytes {
        memory.insert("reservation".to_owned(), json!(bytes));
    }
    if let Some(swappiness) = wanted.swappiness {
        memory.insert("swappiness".to_owned(), json!(swappiness));
    }
    let mut resources = Map::new();
    let rules = devices::rules(&placement.devices, spec.privileged);
    resources.insert("devices".to_owned(), rules);
    resources.insert("cpu".to_owned(), json!({ "shares": shares }));
    resources.insert("memory".to_owned(), Value::Object(memory));
    if let Some(pids) = wanted.pids {
        resources.insert("pids".to_owned(), json!({ "limit": pids }));
    }
    Value::Object(resources)
}

#[cfg(test)]
mod tests;
