//! Processes by file descriptor: the end, the exit status, signals.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, Mode, OFlags, open, statfs};
use rustix::io::Errno;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, UnmountFlags, move_mount, open_tree, unmount};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// `PID_FS_MAGIC` of linux/magic.h: the file system of pidfds.
const PID_FS_MAGIC: i64 = 0x5049_4446;

/// `PIDFD_INFO_EXIT` of linux/pidfd.h (Linux 6.15): ask for the exit status.
const PIDFD_INFO_EXIT: u64 = 1 << 3;
/// `PIDFD_GET_INFO`: `_IOWR(0xff, 11, struct pidfd_info)` with the first published size of 64 bytes.
const PIDFD_GET_INFO: libc::Ioctl = 0xc040_ff0b_u32 as libc::Ioctl;

/// `struct pidfd_info` of linux/pidfd.h in its first published size.
#[repr(C)]
#[derive(Default)]
struct PidfdInfo {
    mask: u64,
    cgroupid: u64,
    /// pid, tgid, ppid and eight user and group ids.
    ids: [u32; 11],
    exit_code: i32,
}

/// A pidfd of the process with that number; `None` when none has it.
///
/// # Errors
/// When the kernel has none to give.
pub fn of(pid: Pid, flags: PidfdFlags) -> io::Result<Option<OwnedFd>> {
    match pidfd_open(pid, flags) {
        Ok(pidfd) => Ok(Some(pidfd)),
        Err(Errno::SRCH) => Ok(None),
        // Of a process that is being reaped just now, and of a thread that has the number since: it
        // depends on the kernel which of the two.
        Err(Errno::INVAL | Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// True once the process has ended, zombie or reaped; waits up to `millis` for it.
///
/// # Errors
/// When polling fails.
pub fn has_ended(pidfd: impl AsFd, millis: u32) -> io::Result<bool> {
    let timeout = Timespec {
        tv_sec: i64::from(millis / 1000),
        tv_nsec: i64::from(millis % 1000) * 1_000_000,
    };
    let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
    loop {
        match poll(&mut fds, Some(&timeout)) {
            Ok(count) => return Ok(count > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The status for wait(2) of a process that has been reaped, whoever reaped it; `None` when it has
/// not been reaped yet or the kernel does not keep it (before Linux 6.15).
///
/// # Errors
/// When the kernel refuses for another reason than not knowing the call.
pub fn reaped_status(pidfd: impl AsFd) -> io::Result<Option<i32>> {
    let mut info = PidfdInfo {
        mask: PIDFD_INFO_EXIT,
        ..PidfdInfo::default()
    };
    // SAFETY: the ioctl reads and writes at most the 64 bytes that its number names, which is the
    // size of `info`, a live exclusive borrow of plain integers. Needed: no crate wraps it.
    let result = unsafe { libc::ioctl(pidfd.as_fd().as_raw_fd(), PIDFD_GET_INFO, &raw mut info) };
    if result < 0 {
        let error = io::Error::last_os_error();
        return match error.raw_os_error() {
            Some(libc::ESRCH | libc::ENOTTY | libc::EINVAL | libc::EREMOTE) => Ok(None),
            _ => Err(error),
        };
    }
    Ok((info.mask & PIDFD_INFO_EXIT != 0).then_some(info.exit_code))
}

/// Pins a pidfd to a file, so that the exit status can be had when everybody who knew the process
/// is gone; false where the kernel cannot (before Linux 6.14).
#[must_use]
pub fn pin(pidfd: impl AsFd, path: &Path) -> bool {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_EMPTY_PATH;
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    made.is_ok()
        && open_tree(pidfd, "", flags)
            .and_then(|tree| {
                let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
                move_mount(&tree, "", CWD, path, flags)
            })
            .is_ok()
}

/// The pidfd that is pinned there, if one is.
#[must_use]
pub fn pinned(path: &Path) -> Option<OwnedFd> {
    let is_pidfd = |path: &Path| statfs(path).is_ok_and(|fs| fs.f_type == PID_FS_MAGIC);
    if !is_pidfd(path) {
        return None;
    }
    open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()
}

/// Takes a pin away; none there is no error.
pub fn unpin(path: &Path) {
    if pinned(path).is_some() {
        // It stays pinned: a little of the kernel's memory.
        let _ = unmount(path, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW);
    }
}

/// Sends a signal by number. A process that has ended is no error: that is what a stop wants.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for a number that is no signal; else the kernel's.
pub fn send(pidfd: impl AsFd, signal: i32) -> io::Result<()> {
    // SAFETY: pidfd_send_signal(2) with a null siginfo reads no memory of ours. Needed: rustix
    // takes no real-time signals by number, and images may name one as their stop signal.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_fd().as_raw_fd(),
            signal,
            std::ptr::null::<libc::siginfo_t>(),
            0,
        )
    };
    if result < 0 {
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::ESRCH) {
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn pidfd_of(child: &std::process::Child) -> std::os::fd::OwnedFd {
        pidfd_open(Pid::from_child(child), PidfdFlags::empty()).unwrap()
    }

    #[test]
    fn a_number_without_a_process_has_no_pidfd() {
        let own = rustix::process::getpid();
        assert!(of(own, PidfdFlags::empty()).unwrap().is_some());
        // A thread's number is no process's, as that of a process is none that is being reaped.
        let thread = std::thread::spawn(|| of(rustix::thread::gettid(), PidfdFlags::empty()));
        assert!(thread.join().unwrap().unwrap().is_none());
        let mut child = Command::new("/bin/true").spawn().unwrap();
        let gone = Pid::from_child(&child);
        child.wait().unwrap();
        assert!(of(gone, PidfdFlags::empty()).unwrap().is_none());
    }

    #[test]
    fn the_end_and_the_status_are_seen_after_reaping() {
        let mut child = Command::new("/bin/sh")
            .args(["-c", "exit 5"])
            .spawn()
            .unwrap();
        let pidfd = pidfd_of(&child);
        assert!(has_ended(&pidfd, 10_000).unwrap());
        child.wait().unwrap();
        // Kernels before 6.15 know no status here.
        if let Some(status) = reaped_status(&pidfd).unwrap() {
            assert_eq!(status, 5 << 8);
        }
        send(&pidfd, libc::SIGTERM).unwrap();
    }

    #[test]
    fn a_living_process_has_no_status_and_takes_signals() {
        let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let pidfd = pidfd_of(&child);
        assert!(!has_ended(&pidfd, 0).unwrap());
        assert_eq!(reaped_status(&pidfd).unwrap(), None);
        assert!(send(&pidfd, 1_000).is_err());
        send(&pidfd, libc::SIGKILL).unwrap();
        assert!(has_ended(&pidfd, 10_000).unwrap());
        child.wait().unwrap();
    }
}
