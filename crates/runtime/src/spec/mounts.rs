//! What a container sees in its file system besides its root.

use serde_json::{Value, json};

use super::{Bind, Ipc, Placement};
use crate::{CgroupVersion, ContainerSpec, MountSource};

/// The size of `/dev/shm` of Docker's containers.
pub(crate) const DEFAULT_SHM_BYTES: u64 = 64 * 1024 * 1024;
const CGROUPS: &str = "/sys/fs/cgroup";
const SHM: &str = "/dev/shm";
/// `/dev` of Docker's containers, in KiB.
const DEV_KIB: u64 = 64 * 1024;
/// The group `tty`, which owns terminals.
const TTY_GID: u32 = 5;

/// Docker's: kernel memory, keys and counters that are not the container's business.
pub(super) const MASKED_PATHS: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// Docker's: settings of the machine.
const READONLY_PATHS: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// `linux.readonlyPaths`. Where there are several hierarchies, runc leaves the folder above them to be
/// written, whatever the options of the mount.
pub(super) fn readonly_paths(cgroups: CgroupVersion) -> Vec<&'static str> {
    let above = (cgroups != CgroupVersion::V2).then_some(CGROUPS);
    READONLY_PATHS.into_iter().chain(above).collect()
}

/// `mounts`, in the order in which they are made.
pub(super) fn all(spec: &ContainerSpec, placement: &Placement) -> Value {
    let mut mounts = vec![
        mount("/proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount(
            "/dev",
            "tmpfs",
            &[
                "nosuid",
                "strictatime",
                "mode=755",
                &format!("size={DEV_KIB}k"),
            ],
        ),
        mount(
            "/dev/pts",
            "devpts",
            &[
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                &format!("gid={TTY_GID}"),
            ],
        ),
    ];
    match &placement.ipc {
        Ipc::Own => {
            let size = format!("size={}", spec.shm_bytes.unwrap_or(DEFAULT_SHM_BYTES));
            let options = ["nosuid", "noexec", "nodev", "mode=1777", &size];
            mounts.push(mount(SHM, "tmpfs", &options));
        }
        Ipc::Task { shm, .. } => mounts.push(bind(&Bind::new(shm.clone(), SHM))),
        Ipc::Host => mounts.push(bind(&Bind::new(SHM.into(), SHM))),
        Ipc::OwnWithoutShm => {}
    }
    mounts.push(mount(
        "/dev/mqueue",
        "mqueue",
        &["nosuid", "noexec", "nodev"],
    ));
    let access = if spec.privileged { "rw" } else { "ro" };
    let options = ["nosuid", "noexec", "nodev", access];
    mounts.push(mount("/sys", "sysfs", &options));
    mounts.push(mount(CGROUPS, "cgroup", &options));
    let mut asked: Vec<(&str, Value)> = Vec::new();
    for wish in &placement.binds {
        asked.push((&wish.destination, bind(wish)));
    }
    for wish in &spec.tmpfs {
        // Left out where the opposite is asked for: crun takes both, runc the last one.
        let mut options: Vec<&str> = [("nosuid", "suid"), ("noexec", "exec"), ("nodev", "dev")]
            .into_iter()
            .filter(|(_, opposite)| wish.options.iter().all(|asked| asked != opposite))
            .map(|(option, _)| option)
            .collect();
        options.extend(wish.options.iter().map(String::as_str));
        let size = format!("size={}", wish.bytes);
        options.push(&size);
        asked.push((&wish.path, mount(&wish.path, "tmpfs", &options)));
    }
    for wish in &spec.mounts {
        if let MountSource::Tmpfs { bytes } = &wish.source {
            let size = format!("size={bytes}");
            let mut options = vec!["nosuid", "noexec", "nodev", "mode=1777", size.as_str()];
            if wish.read_only {
                options.push("ro");
            }
            asked.push((
                &wish.destination,
                mount(&wish.destination, "tmpfs", &options),
            ));
        }
    }
    // As Docker does: what lies in another mount comes after it.
    asked.sort_by_key(|(destination, _)| {
        let parts = destination.split('/').filter(|part| !part.is_empty());
        parts.count()
    });
    mounts.extend(asked.into_iter().map(|(_, value)| value));
    Value::Array(mounts)
}

fn mount(destination: &str, kind: &str, options: &[&str]) -> Value {
    json!({ "destination": destination, "type": kind, "source": kind, "options": options })
}

fn bind(wish: &Bind) -> Value {
    let access = if wish.read_only { "ro" } else { "rw" };
    let mut options = vec!["rbind", "rprivate", access];
    if wish.read_only {
        options.extend(&wish.keeps);
    }
    json!({
        "destination": wish.destination,
        "type": "bind",
        "source": wish.source,
        "options": options,
    })
}
