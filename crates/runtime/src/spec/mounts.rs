//! What a container sees in its file system besides its root, and which devices it may use.

use serde_json::{Value, json};

use super::Placement;
use crate::{ContainerSpec, MountSource};

/// `/dev/shm` of Docker's containers, in KiB.
const SHM_KIB: u64 = 64 * 1024;
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
pub(super) const READONLY_PATHS: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// `linux.resources.devices`: nothing but what every container needs, by major and minor number
/// (kernel documentation, admin-guide/devices). Making nodes is harmless without using them.
pub(super) fn device_rules() -> Value {
    let character = |major: u32, minor: u32| json!({ "allow": true, "type": "c", "major": major, "minor": minor, "access": "rwm" });
    json!([
        { "allow": false, "access": "rwm" },
        { "allow": true, "type": "c", "access": "m" },
        { "allow": true, "type": "b", "access": "m" },
        // null, zero, full, random, urandom
        character(1, 3),
        character(1, 5),
        character(1, 7),
        character(1, 8),
        character(1, 9),
        // tty, console, ptmx, pseudo-terminals
        character(5, 0),
        character(5, 1),
        character(5, 2),
        { "allow": true, "type": "c", "major": 136, "access": "rwm" },
    ])
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
        mount(
            "/dev/shm",
            "tmpfs",
            &[
                "nosuid",
                "noexec",
                "nodev",
                "mode=1777",
                &format!("size={SHM_KIB}k"),
            ],
        ),
        mount("/dev/mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
    ];
    let options = ["nosuid", "noexec", "nodev", "ro"];
    mounts.push(mount("/sys", "sysfs", &options));
    mounts.push(mount("/sys/fs/cgroup", "cgroup", &options));
    for (source, destination, read_only) in &placement.binds {
        mounts.push(bind(&json!(source), destination, *read_only));
    }
    for wish in &spec.mounts {
        match &wish.source {
            MountSource::Host(path) => {
                mounts.push(bind(&json!(path), &wish.destination, wish.read_only));
            }
            MountSource::Tmpfs { bytes } => {
                let size = format!("size={bytes}");
                let mut options = vec!["nosuid", "noexec", "nodev", "mode=1777", size.as_str()];
                if wish.read_only {
                    options.push("ro");
                }
                mounts.push(mount(&wish.destination, "tmpfs", &options));
            }
            // In `binds`, since its folder is the task's.
            MountSource::TaskVolume(_) | MountSource::NodeVolume(_) => {}
        }
    }
    Value::Array(mounts)
}

fn mount(destination: &str, kind: &str, options: &[&str]) -> Value {
    json!({ "destination": destination, "type": kind, "source": kind, "options": options })
}

fn bind(source: &Value, destination: &str, read_only: bool) -> Value {
    let access = if read_only { "ro" } else { "rw" };
    json!({
        "destination": destination,
        "type": "bind",
        "source": source,
        "options": ["rbind", "rprivate", access],
    })
}
