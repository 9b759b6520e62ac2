//! What a container may do and see of the kernel: capabilities, devices, limits, parameters.

use std::collections::BTreeSet;

use aws_api::ecs::{ContainerDefinition, IpcMode, LinuxParameters, NetworkMode};

use super::{Surroundings, wrong};
use crate::error::{Failure, client, not_supported};
use crate::sentences;

/// What KernelCapabilities of the API reference lists.
const CAPABILITIES: [&str; 38] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
];
/// The options of Tmpfs in the API reference that a mount in memory can have, and those that take
/// a value.
const TMPFS_FLAGS: [&str; 17] = [
    "defaults",
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "dirsync",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "relatime",
];
const TMPFS_VALUES: [&str; 6] = ["mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"];
const SWAPPINESS_MAX: i32 = 100;
/// The parameters of an IPC namespace (API reference, SystemControl), beside `fs.mqueue.*`.
const IPC_PARAMETERS: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

/// True for `/a/b`, without `..` in it.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') && !path.contains('\0') && !path.split('/').any(|part| part == "..")
}

pub(super) fn check(
    name: &str,
    container: &ContainerDefinition,
    around: &Surroundings,
) -> Result<(), Failure> {
    if let Some(linux) = &container.linux_parameters {
        check_parameters(name, container, linux)?;
    }
    check_limits(name, container)?;
    check_controls(name, container, around)?;
    for option in container.docker_security_options.iter().flatten() {
        match option.as_str() {
            "no-new-privileges" | "no-new-privileges:true" => {}
            other => {
                return Err(not_supported(&format!(
                    "the security option '{other}' (dockerSecurityOptions)"
                )));
            }
        }
    }
    Ok(())
}

fn check_parameters(
    name: &str,
    container: &ContainerDefinition,
    linux: &LinuxParameters,
) -> Result<(), Failure> {
    if let Some(capabilities) = &linux.capabilities {
        for capability in [&capabilities.add, &capabilities.drop]
            .into_iter()
            .flatten()
            .flatten()
        {
            if !CAPABILITIES.contains(&capability.as_str()) {
                return Err(wrong(
                    name,
                    sentences::is_no(capability, "capability of Linux"),
                ));
            }
        }
    }
    for device in linux.devices.iter().flatten() {
        let paths = [
            device.host_path.as_deref(),
            device.container_path.as_deref(),
        ];
        for path in paths.into_iter().flatten().filter(|path| !path.is_empty()) {
            if !is_absolute(path) {
                return Err(wrong(name, sentences::path_not_absolute(path, "device")));
            }
        }
        if device.host_path.as_deref().is_none_or(str::is_empty) {
            return Err(wrong(name, sentences::DEVICE_BLANK));
        }
    }
    if linux.shared_memory_size.is_some_and(|mib| mib < 1) {
        return Err(wrong(
            name,
            sentences::at_least("sharedMemorySize", "1 MiB"),
        ));
    }
    for tmpfs in linux.tmpfs.iter().flatten() {
        let path = tmpfs.container_path.as_deref().unwrap_or_default();
        if !is_absolute(path) {
            return Err(wrong(name, sentences::path_not_absolute(path, "tmpfs")));
        }
        if tmpfs.size.unwrap_or(0) < 1 {
            return Err(wrong(name, sentences::TMPFS_SIZE_INVALID));
        }
        for option in tmpfs.mount_options.iter().flatten() {
            let known = match option.split_once('=') {
                Some((key, value)) => TMPFS_VALUES.contains(&key) && is_plain(value),
                None => TMPFS_FLAGS.contains(&option.as_str()),
            };
            if !known {
                return Err(not_supported(&format!("the tmpfs mount option '{option}'")));
            }
        }
    }
    check_swap(name, container, linux)
}

fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-'))
}

fn check_swap(
    name: &str,
    container: &ContainerDefinition,
    linux: &LinuxParameters,
) -> Result<(), Failure> {
    if linux.max_swap.is_some_and(|mib| mib < 0) {
        return Err(wrong(name, sentences::at_least("maxSwap", 0)));
    }
    // Docker's limit is of memory and swap together, so it needs the former.
    if linux.max_swap.is_some() && container.memory.is_none() {
        return Err(wrong(name, sentences::MAX_SWAP_WITHOUT_MEMORY));
    }
    match linux.swappiness {
        Some(swappiness) if !(0..=SWAPPINESS_MAX).contains(&swappiness) => Err(client(
            sentences::setting_out_of_range("swappiness", name, 0, SWAPPINESS_MAX),
        )),
        // AWS passes over it; here nothing is passed over.
        Some(_) if linux.max_swap.is_none() => {
            Err(wrong(name, sentences::SWAPPINESS_WITHOUT_MAX_SWAP))
        }
        _ => Ok(()),
    }
}

fn check_limits(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for limit in container.ulimits.iter().flatten() {
        let Some(kind) = &limit.name else {
            return Err(wrong(name, sentences::ULIMIT_NAME_MISSING));
        };
        if !seen.insert(kind) {
            return Err(wrong(name, sentences::ulimit_twice(kind.as_str())));
        }
        let (soft, hard) = (limit.soft_limit.unwrap_or(0), limit.hard_limit.unwrap_or(0));
        // -1 is without limit.
        let fits = hard == -1 || (soft != -1 && soft <= hard);
        if soft < -1 || hard < -1 || !fits {
            return Err(wrong(
                name,
                sentences::ulimit_soft_above_hard(kind.as_str()),
            ));
        }
    }
    Ok(())
}

fn check_controls(
    name: &str,
    container: &ContainerDefinition,
    around: &Surroundings,
) -> Result<(), Failure> {
    for control in container.system_controls.iter().flatten() {
        let parameter = control.namespace.as_deref().unwrap_or_default();
        let of_network = parameter.starts_with("net.");
        let of_ipc = parameter.starts_with("fs.mqueue.") || IPC_PARAMETERS.contains(&parameter);
        let plain = parameter
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/'));
        if !(of_network || of_ipc) || !plain || parameter.contains("..") {
            return Err(wrong(
                name,
                sentences::is_no(parameter, "kernel parameter of a namespace"),
            ));
        }
        if control.value.as_deref().is_none_or(str::is_empty) {
            return Err(wrong(name, sentences::parameter_without_value(parameter)));
        }
        // In the host's namespaces it would be the host's.
        if of_network && around.network == NetworkMode::Host {
            return Err(wrong(
                name,
                sentences::not_supported_when(parameter, "networkMode", "host"),
            ));
        }
        if of_ipc && around.ipc == Some(IpcMode::Host) {
            return Err(wrong(
                name,
                sentences::not_supported_when(parameter, "ipcMode", "host"),
            ));
        }
    }
    Ok(())
}
