//! Processes of others, and namespaces.

use std::fs::{self, File};
use std::os::fd::AsRawFd;

use super::calls::{apart, attempt};
use super::{Aim, Attempt, Outcome};

pub(super) const ATTEMPTS: &[Attempt] = &[
    ("process.host-proc", |aim: &Aim| {
        fs::read(format!("/proc/{}/status", aim.pid))
            .map(|_| ())
            .into()
    }),
    ("process.host-root", |aim| {
        fs::read_dir(format!("/proc/{}/root", aim.pid))
            .map(|_| ())
            .into()
    }),
    ("process.host-signal", |aim| {
        attempt(libc::SYS_kill, [pid(aim), 0])
    }),
    ("process.host-pidfd", |aim| {
        attempt(libc::SYS_pidfd_open, [pid(aim), 0])
    }),
    ("process.host-ptrace", |aim| {
        // PTRACE_SEIZE
        apart(|| attempt(libc::SYS_ptrace, [0x4206, pid(aim), 0, 0]))
    }),
    ("process.host-memory", |aim| {
        let mut byte = 0u8;
        let local = [&raw mut byte as usize, 1];
        let remote = [0x1000_usize, 1];
        attempt(
            libc::SYS_process_vm_readv,
            [
                pid(aim),
                local.as_ptr() as usize,
                1,
                remote.as_ptr() as usize,
                1,
                0,
            ],
        )
    }),
    ("process.host-kcmp", |aim| {
        attempt(libc::SYS_kcmp, [1, pid(aim), 0, 0, 0])
    }),
    ("process.strangers", |_| strangers()),
    ("namespace.user", |_| unshare(libc::CLONE_NEWUSER)),
    ("namespace.mount", |_| unshare(libc::CLONE_NEWNS)),
    ("namespace.network", |_| unshare(libc::CLONE_NEWNET)),
    ("namespace.pid", |_| unshare(libc::CLONE_NEWPID)),
    ("namespace.ipc", |_| unshare(libc::CLONE_NEWIPC)),
    ("namespace.uts", |_| unshare(libc::CLONE_NEWUTS)),
    ("namespace.cgroup", |_| unshare(libc::CLONE_NEWCGROUP)),
    ("namespace.time", |_| unshare(0x80)),
    ("namespace.clone-user", |_| {
        let flags = (libc::CLONE_NEWUSER | libc::SIGCHLD) as usize;
        apart(|| attempt(libc::SYS_clone, [flags, 0, 0, 0, 0]))
    }),
    ("namespace.clone3-user", |_| {
        // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, its size, tls.
        let arguments = [
            libc::CLONE_NEWUSER as u64,
            0,
            0,
            0,
            libc::SIGCHLD as u64,
            0,
            0,
            0,
        ];
        let size = size_of_val(&arguments);
        apart(|| attempt(libc::SYS_clone3, [arguments.as_ptr() as usize, size]))
    }),
    ("namespace.setns-network", |_| setns("net")),
    ("namespace.setns-mount", |_| setns("mnt")),
    ("namespace.setns-user", |_| setns("user")),
];

fn pid(aim: &Aim) -> usize {
    usize::try_from(aim.pid).unwrap_or_default()
}

fn unshare(flag: i32) -> Outcome {
    apart(|| attempt(libc::SYS_unshare, [flag as usize]))
}

fn setns(kind: &str) -> Outcome {
    match File::open(format!("/proc/1/ns/{kind}")) {
        Ok(file) => {
            let descriptor = usize::try_from(file.as_raw_fd()).unwrap_or_default();
            apart(|| attempt(libc::SYS_setns, [descriptor, 0]))
        }
        Err(error) => Outcome::Refused(error),
    }
}

/// Processes that can be seen and are not in this container's namespaces.
fn strangers() -> Outcome {
    let of = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/mnt"));
    let own = of("self").ok();
    let mut strangers = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|pid| match of(pid) {
            Ok(namespace) => Some(namespace) != own,
            // It has ended meanwhile.
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH)) => false,
            Err(_) => true,
        });
    if strangers.next().is_some() {
        Outcome::Done
    } else {
        Outcome::Nothing
    }
}
