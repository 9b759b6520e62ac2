//! Device nodes, mounts, the files of `/proc` and `/sys`, cgroups, and the host's files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change,
    mount_remount, unmount,
};

use super::calls::{apart, attempt, call, text};
use super::{Attempt, Outcome};

pub(super) const ATTEMPTS: &[Attempt] = &[
    ("device.disks", |_| disks()),
    ("device.mem", |_| character(1, 1)),
    ("device.port", |_| character(1, 4)),
    ("device.kmsg", |_| character(1, 11)),
    ("device.miscs", |_| miscs()),
    ("device.tun", |_| tunnel()),
    ("mount.tmpfs", |_| mounted("tmpfs", "/tmp")),
    ("mount.proc", |_| mounted("proc", "/proc")),
    ("mount.sysfs", |_| mounted("sysfs", "/sys")),
    ("mount.cgroup", |_| mounted("cgroup", "/tmp")),
    ("mount.cgroup2", |_| mounted("cgroup2", "/tmp")),
    ("mount.bind", |_| os(mount_bind("/", "/tmp"))),
    ("mount.remount-proc-sys", |_| remount("/proc/sys")),
    ("mount.remount-sys", |_| remount("/sys")),
    ("mount.propagation", |_| {
        os(mount_change("/", MountPropagationFlags::SHARED))
    }),
    ("mount.unmask", |_| {
        os(unmount("/proc/kcore", UnmountFlags::DETACH))
    }),
    ("mount.fsopen", |_| {
        attempt(libc::SYS_fsopen, [text(c"proc"), 0])
    }),
    ("mount.open-tree", |_| {
        // OPEN_TREE_CLONE
        attempt(libc::SYS_open_tree, [CURRENT, text(c"/"), 1])
    }),
    ("mount.setattr", |_| {
        // struct mount_attr: attr_set, attr_clr (MOUNT_ATTR_RDONLY), propagation, userns_fd.
        let clear = [0u64, 1, 0, 0];
        attempt(
            libc::SYS_mount_setattr,
            [
                CURRENT,
                text(c"/sys"),
                0,
                clear.as_ptr() as usize,
                size_of_val(&clear),
            ],
        )
    }),
    ("mount.pivot-root", |_| {
        attempt(libc::SYS_pivot_root, [text(c"/tmp"), text(c"/tmp")])
    }),
    ("proc.sysrq-trigger", |_| write("/proc/sysrq-trigger")),
    ("proc.core-pattern", |_| {
        write("/proc/sys/kernel/core_pattern")
    }),
    ("proc.modprobe", |_| write("/proc/sys/kernel/modprobe")),
    ("proc.aslr", |_| {
        write("/proc/sys/kernel/randomize_va_space")
    }),
    ("proc.panic-on-oom", |_| write("/proc/sys/vm/panic_on_oom")),
    ("proc.ip-forward", |_| {
        write("/proc/sys/net/ipv4/ip_forward")
    }),
    ("proc.irq", |_| write("/proc/irq/default_smp_affinity")),
    ("proc.kcore", |_| read("/proc/kcore")),
    ("proc.keys", |_| read("/proc/keys")),
    ("proc.kmsg", |_| read("/proc/kmsg")),
    ("proc.timer-list", |_| read("/proc/timer_list")),
    ("proc.kernel-addresses", |_| kernel_addresses()),
    ("proc.oom-score", |_| {
        put("/proc/self/oom_score_adj", "-1000")
    }),
    ("proc.uid-map", |_| put("/proc/self/uid_map", "0 0 1")),
    ("sys.uevent-helper", |_| write("/sys/kernel/uevent_helper")),
    ("sys.power", |_| write("/sys/power/state")),
    ("sys.hugepages", |_| {
        write("/sys/kernel/mm/transparent_hugepage/enabled")
    }),
    ("sys.module", |_| {
        write("/sys/module/printk/parameters/time")
    }),
    ("sys.firmware", |_| list("/sys/firmware")),
    ("sys.debug", |_| list("/sys/kernel/debug")),
    ("sys.powercap", |_| list("/sys/devices/virtual/powercap")),
    ("cgroup.procs", |_| in_cgroups("cgroup.procs")),
    ("cgroup.release-agent", |_| in_cgroups("release_agent")),
    ("cgroup.devices", |_| in_cgroups("devices.allow")),
    ("cgroup.memory", |_| {
        either(in_cgroups("memory.max"), || {
            in_cgroups("memory.limit_in_bytes")
        })
    }),
    ("cgroup.pids", |_| in_cgroups("pids.max")),
    ("cgroup.new", |_| new_cgroup()),
    ("host.folder", |aim| list(&aim.folder)),
    ("host.folder-of-init", |aim| {
        list(&format!("/proc/1/root{}", aim.folder))
    }),
    ("host.folder-above-cwd", |aim| {
        list(&format!("/proc/1/cwd/../../../../..{}", aim.folder))
    }),
    ("host.folder-chroot", |aim| {
        apart(|| out_of_chroot(&aim.folder))
    }),
    ("host.folder-handle", |_| by_handle()),
    ("host.descriptors", |_| descriptors()),
];

/// `AT_FDCWD`
const CURRENT: usize = libc::AT_FDCWD as usize;

fn os(result: rustix::io::Result<()>) -> Outcome {
    result.map_err(io::Error::from).into()
}

fn either(first: Outcome, second: impl FnOnce() -> Outcome) -> Outcome {
    match first {
        Outcome::Refused(error) if error.kind() == io::ErrorKind::NotFound => second(),
        other => other,
    }
}

/// The first success, or the last failure.
fn any(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut last = Outcome::Nothing;
    for outcome in outcomes {
        last = outcome;
        if matches!(last, Outcome::Done) {
            break;
        }
    }
    last
}

fn device(kind: FileType, major: u32, minor: u32) -> Outcome {
    let path = format!("/tmp/device-{major}-{minor}");
    let made = mknodat(
        CWD,
        &*path,
        kind,
        Mode::RUSR | Mode::WUSR,
        makedev(major, minor),
    );
    let outcome = os(made).and_then(|| File::open(&path).map(|_| ()).into());
    let _ = fs::remove_file(&path);
    outcome
}

impl Outcome {
    fn and_then(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Done => next(),
            other => other,
        }
    }
}

fn character(major: u32, minor: u32) -> Outcome {
    device(FileType::CharacterDevice, major, minor)
}

/// Opens all disks that the kernel tells of, and some that it may not.
fn disks() -> Outcome {
    let table = fs::read_to_string("/proc/partitions").unwrap_or_default();
    let known = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    });
    let usual = [(7, 0), (8, 0), (252, 0), (253, 0), (254, 0), (259, 0)];
    any(known
        .chain(usual)
        .map(|(major, minor)| device(FileType::BlockDevice, major, minor)))
}

/// psaux's neighbours that give something of the host away: rtc, hpet, nvram, fuse, device-mapper,
/// loop-control, kvm, vhost-net, userfaultfd. The watchdogs are left alone: opening them starts them.
fn miscs() -> Outcome {
    any([135, 228, 144, 229, 236, 237, 232, 238, 126]
        .into_iter()
        .map(|minor| character(10, minor)))
}

/// Makes a link whose frames this process would write. Runc lets everybody open the device; it is the
/// next step that counts.
fn tunnel() -> Outcome {
    /// `TUNSETIFF`
    const SET_LINK: usize = 0x4004_54ca;
    let path = "/tmp/device-tun";
    let made = mknodat(
        CWD,
        path,
        FileType::CharacterDevice,
        Mode::RUSR | Mode::WUSR,
        makedev(10, 200),
    );
    let opened = made.map_err(io::Error::from).and_then(|()| {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let _ = fs::remove_file(path);
        opened
    });
    let file = match opened {
        Ok(file) => file,
        Err(error) => return Outcome::Refused(error),
    };
    let mut request = [0u8; 40];
    // IFF_TUN | IFF_NO_PI; the name is the kernel's choice.
    for (place, byte) in request.iter_mut().skip(16).zip(0x1001_u16.to_ne_bytes()) {
        *place = byte;
    }
    let descriptor = usize::try_from(file.as_raw_fd()).unwrap_or_default();
    attempt(
        libc::SYS_ioctl,
        [descriptor, SET_LINK, request.as_mut_ptr() as usize],
    )
}

fn mounted(kind: &str, place: &str) -> Outcome {
    os(mount(kind, place, kind, MountFlags::empty(), None))
}

fn remount(place: &str) -> Outcome {
    os(mount_remount(place, MountFlags::BIND, ""))
}

/// Opening is enough: where that succeeds, writing would too.
fn write(path: &str) -> Outcome {
    OpenOptions::new().write(true).open(path).map(|_| ()).into()
}

fn put(path: &str, value: &str) -> Outcome {
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(|mut file| file.write_all(value.as_bytes()))
        .into()
}

fn read(path: &str) -> Outcome {
    let mut byte = [0];
    match File::open(path).and_then(|mut file| file.read(&mut byte)) {
        Ok(0) => Outcome::Nothing,
        Ok(_) => Outcome::Done,
        Err(error) => Outcome::Refused(error),
    }
}

fn list(path: &str) -> Outcome {
    match fs::read_dir(path).map(Iterator::count) {
        Ok(0) => Outcome::Nothing,
        Ok(_) => Outcome::Done,
        Err(error) => Outcome::Refused(error),
    }
}

/// Addresses other than zero in the list of symbols.
fn kernel_addresses() -> Outcome {
    match fs::read_to_string("/proc/kallsyms") {
        Ok(text) => {
            let hidden = |line: &str| {
                line.split(' ')
                    .next()
                    .is_none_or(|word| word.bytes().all(|byte| byte == b'0'))
            };
            if text.lines().all(hidden) {
                Outcome::Nothing
            } else {
                Outcome::Done
            }
        }
        Err(error) => Outcome::Refused(error),
    }
}

/// Opens a file of the container's own cgroup, or of one above, wherever it may be.
fn in_cgroups(name: &str) -> Outcome {
    let root = Path::new("/sys/fs/cgroup");
    let mut places = vec![root.join(name)];
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        places.push(entry.path().join(name));
    }
    let mut outcome = Outcome::Refused(io::Error::from_raw_os_error(libc::ENOENT));
    for place in places.iter().filter(|place| place.exists()) {
        outcome = write(&place.to_string_lossy());
        if matches!(outcome, Outcome::Done) {
            break;
        }
    }
    outcome
}

fn new_cgroup() -> Outcome {
    let hierarchies = ["", "pids/", "memory/", "devices/", "unified/"];
    any(hierarchies
        .into_iter()
        .map(|hierarchy| format!("/sys/fs/cgroup/{hierarchy}"))
        .filter(|folder| Path::new(folder).exists())
        .map(|folder| fs::create_dir(format!("{folder}longshore-probe")).into()))
}

/// The old way: a root below the working folder, which then lies outside and leads up.
fn out_of_chroot(folder: &str) -> Outcome {
    let enter = fs::create_dir_all("/tmp/jail")
        .and_then(|()| std::os::unix::fs::chroot("/tmp/jail"))
        .and_then(|()| std::env::set_current_dir("../../../../../../../.."))
        .and_then(|()| std::os::unix::fs::chroot("."));
    match enter {
        Ok(()) => list(folder),
        Err(error) => Outcome::Refused(error),
    }
}

/// A file by its handle needs no path: the file system's root, inode 2 as a rule.
fn by_handle() -> Outcome {
    // struct file_handle: handle_bytes, handle_type (FILEID_INO32_GEN), the inode and generation.
    let handle = [8u32, 1, 2, 0];
    let Ok(root) = File::open("/etc") else {
        return Outcome::Nothing;
    };
    let descriptor = usize::try_from(root.as_raw_fd()).unwrap_or_default();
    attempt(
        libc::SYS_open_by_handle_at,
        [descriptor, handle.as_ptr() as usize, 0],
    )
}

/// Descriptors that were left open by who started the container, besides the three.
fn descriptors() -> Outcome {
    let open = (3..1024).filter(|number| {
        call(
            libc::SYS_fcntl,
            [*number, libc::F_GETFD as usize, 0, 0, 0, 0],
        )
        .is_ok()
    });
    if open.count() == 0 {
        Outcome::Nothing
    } else {
        Outcome::Done
    }
}
