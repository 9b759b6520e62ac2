//! From a container's wish to the OCI runtime's `config.json` (OCI runtime-spec 1.0.2): pure.
//!
//! The security defaults are Docker's, since that is what images are tried against: capabilities,
//! seccomp rules, devices, masked and read-only paths.

mod capabilities;
mod limits;
mod mounts;
mod seccomp;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

pub(crate) use limits::HostLimits;

use crate::{
    CgroupVersion, ContainerSpec, RuntimeError, USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS,
};

/// The version of the specification that runc 1.1, crun and runsc share.
const OCI_VERSION: &str = "1.0.2";
/// What Docker sets where an image sets no `PATH`.
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
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
    /// Files and folders of the host to bind, in order, besides those in the container's wish:
    /// source, destination, read-only.
    pub(crate) binds: Vec<(PathBuf, String, bool)>,
    pub(crate) limits: HostLimits,
}

/// The content of `config.json`.
pub(crate) fn generate(spec: &ContainerSpec, placement: &Placement) -> Result<Value, RuntimeError> {
    let plain = ContainerSpec::new(spec.id.clone(), Vec::new(), Vec::new());
    if spec.tmpfs != plain.tmpfs
        || spec.shm_bytes.is_some()
        || !spec.devices.is_empty()
        || !spec.sysctls.is_empty()
        || spec.privileged
        || spec.no_new_privileges
        || spec.init
        || spec.tty
        || spec.stdin_open
        || spec.resources.memory_swap_bytes.is_some()
        || spec.resources.swappiness.is_some()
    {
        return Err(RuntimeError::Unsupported {
            what: "a part of the container's definition".to_owned(),
        });
    }
    let capabilities = capabilities::resolve(&spec.cap_add, &spec.cap_drop)?;
    Ok(json!({
        "ociVersion": OCI_VERSION,
        "process": process(spec, &placement.limits, &capabilities)?,
        "root": { "path": placement.rootfs, "readonly": spec.readonly_rootfs },
        "hostname": spec.hostname,
        "mounts": mounts::all(spec, placement),
        "linux": linux(spec, placement, &capabilities),
    }))
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
    if !sets(&env, "HOSTNAME=") {
        env.push(format!("HOSTNAME={}", spec.hostname));
    }
    Ok(json!({
        "terminal": false,
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
        // As Docker's: `su` and `ping` of images need it.
        "noNewPrivileges": false,
    }))
}

fn linux(spec: &ContainerSpec, placement: &Placement, capabilities: &[String]) -> Value {
    let mut namespaces = vec![
        json!({ "type": "pid" }),
        json!({ "type": "ipc" }),
        json!({ "type": "uts" }),
        json!({ "type": "mount" }),
    ];
    // With v1 there is nothing to gain from it: Docker leaves it out there too.
    if placement.cgroups == CgroupVersion::V2 {
        namespaces.push(json!({ "type": "cgroup" }));
    }
    let mut linux = Map::new();
    let mut set = |name: &str, value: Value| {
        linux.insert(name.to_owned(), value);
    };
    set("cgroupsPath", json!(placement.cgroup));
    set("resources", resources(spec, placement));
    set("maskedPaths", json!(mounts::MASKED_PATHS));
    set("readonlyPaths", json!(mounts::READONLY_PATHS));
    let seccomp = seccomp::profile(capabilities, std::env::consts::ARCH);
    set("seccomp", seccomp);
    if let Some(path) = &placement.network_namespace {
        namespaces.push(namespace("network", path));
        // A namespace of the container's own: what would be a risk on the host is none here, and
        // Docker's images count on it.
        let sysctl = json!({ "net.ipv4.ip_unprivileged_port_start": "0" });
        set("sysctl", sysctl);
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
    Value::Object(linux)
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
            // Memory and swap together: no swap.
            memory.insert("swap".to_owned(), json!(bytes));
        }
    }
    if let Some(bytes) = wanted.memory_reservation_bytes {
        memory.insert("reservation".to_owned(), json!(bytes));
    }
    let mut resources = Map::new();
    resources.insert("devices".to_owned(), mounts::device_rules());
    resources.insert("cpu".to_owned(), json!({ "shares": shares }));
    resources.insert("memory".to_owned(), Value::Object(memory));
    if let Some(pids) = wanted.pids {
        resources.insert("pids".to_owned(), json!({ "limit": pids }));
    }
    Value::Object(resources)
}

#[cfg(test)]
mod tests;
