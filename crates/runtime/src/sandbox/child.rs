//! The hidden subcommand `sandbox`: a process with one thread that makes namespaces for its parent
//! to pin, and, where one of them is a PID namespace, leaves a first process in it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};

use super::{GO, HELD, READY};

/// What is asked of the child.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// The pinned user namespace that is to own what is made.
    pub(super) within: Option<PathBuf>,
    /// A new one instead.
    pub(super) user: bool,
    pub(super) network: bool,
    pub(super) ipc: bool,
    /// A PID namespace, and any folder of the host, over which its first process mounts its root.
    pub(super) pid: Option<PathBuf>,
}

const USAGE: &str =
    "usage: longshore sandbox [--within PATH] [--user] [--network] [--ipc] [--pid FOLDER]";

impl Wish {
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let flags = [
            (self.user, "--user"),
            (self.network, "--network"),
            (self.ipc, "--ipc"),
        ];
        let mut words: Vec<OsString> = flags
            .into_iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, word)| word.into())
            .collect();
        if let Some(path) = &self.within {
            words.extend(["--within".into(), path.into()]);
        }
        if let Some(folder) = &self.pid {
            words.extend(["--pid".into(), folder.into()]);
        }
        words
    }

    fn parse(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut wish = Self::default();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--within") => wish.within = Some(words.next()?.into()),
                Some("--user") => wish.user = true,
                Some("--network") => wish.network = true,
                Some("--ipc") => wish.ipc = true,
                Some("--pid") => wish.pid = Some(words.next()?.into()),
                _ => return None,
            }
        }
        (wish != Self::default()).then_some(wish)
    }

    fn flags(&self) -> UnshareFlags {
        let mut flags = UnshareFlags::empty();
        flags.set(UnshareFlags::NEWUSER, self.user);
        flags.set(UnshareFlags::NEWNET, self.network);
        flags.set(UnshareFlags::NEWIPC, self.ipc);
        flags.set(UnshareFlags::NEWPID, self.pid.is_some());
        flags
    }
}

/// The hidden subcommand `sandbox`: makes the namespaces and holds them until its stdin ends.
///
/// It says [`READY`] with the id of the PID namespace's first process, if there is one. That waits
/// for the byte [`GO`], so that it ends with the parent unless the parent has come to know it, and
/// says [`HELD`] when it stands on its own.
pub fn sandbox_child(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(wish) = Wish::parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match make(&wish) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn make(wish: &Wish) -> Result<(), String> {
    if let Some(path) = &wish.within {
        let kind = Some(LinkNameSpaceType::User);
        File::open(path)
            .and_then(|namespace| Ok(move_into_link_name_space(namespace.as_fd(), kind)?))
            .map_err(|error| format!("could not enter {}: {error}", path.display()))?;
    }
    // SAFETY: only `UnshareFlags::FILES` could be unsound, and it is not among the flags.
    unsafe { rustix::thread::unshare_unsafe(wish.flags()) }
        .map_err(|error| format!("the kernel makes no namespaces: {error}"))?;
    if wish.network {
        loopback_up().map_err(|error| format!("the loopback cannot be brought up: {error}"))?;
    }
    let said = |error| format!("the parent is gone: {error}");
    let Some(folder) = &wish.pid else {
        say(&format!("{READY}\n")).map_err(said)?;
        // Also the parent's death ends it.
        let _ = io::stdin().lock().read(&mut [0]);
        return Ok(());
    };
    let pipe = || {
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
            .map_err(|error| format!("could not make a pipe: {error}"))
    };
    let ((go_reader, go), (answer, answer_writer)) = (pipe()?, pipe()?);
    // SAFETY: the process has one thread, so the child may go on as any program. Needed: only a
    // child is in the new PID namespace.
    match unsafe { libc::fork() } {
        -1 => Err(format!("could not fork: {}", io::Error::last_os_error())),
        0 => {
            drop((go, answer));
            hold(
                wish.user || wish.within.is_some(),
                folder,
                &mut File::from(go_reader),
                File::from(answer_writer),
            )
        }
        holder => {
            drop((go_reader, answer_writer));
            say(&format!("{READY} {holder}\n")).map_err(said)?;
            let mut byte = [0];
            if io::stdin().lock().read(&mut byte).unwrap_or(0) == 0 || byte != [GO] {
                return Ok(());
            }
            File::from(go).write_all(&byte).map_err(said)?;
            let mut text = String::new();
            let _ = File::from(answer).read_to_string(&mut text);
            if text == HELD {
                say(&format!("{HELD}\n")).map_err(said)
            } else {
                Err(format!("the PID namespace's first process failed: {text}"))
            }
        }
    }
}

fn say(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.flush()
}

/// The first process of a PID namespace: it reaps and does nothing else. When it ends, so does
/// everything in the namespace.
fn hold(user: bool, folder: &Path, go: &mut File, mut answer: File) -> Result<(), String> {
    let mut byte = [0];
    if go.read(&mut byte).unwrap_or(0) == 0 {
        // The parent died before it knew of this process.
        return Ok(());
    }
    let result = stand_alone(user, folder);
    let text = match &result {
        Ok(()) => HELD.to_owned(),
        Err(error) => error.to_string(),
    };
    let _ = answer.write_all(text.as_bytes());
    drop(answer);
    if result.is_err() {
        return Ok(());
    }
    // SAFETY: every descriptor is closed, and nothing below touches one; the process never returns
    // to code that holds any. Needed: whoever waits for the end of the parent's pipes must not
    // wait for this process. Ignoring SIGCHLD lets the kernel reap (wait(2), notes).
    unsafe {
        libc::signal(libc::SIGCHLD, libc::SIG_IGN);
        libc::close_range(0, libc::c_uint::MAX, 0);
        loop {
            libc::pause();
        }
    }
}

/// Leaves nothing of the host in reach of the processes that will share the namespace: `/proc/1` is
/// theirs to look at.
fn stand_alone(user: bool, folder: &Path) -> io::Result<()> {
    use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
    rustix::process::setsid()?;
    if user {
        // To the namespace's root; till now it is the host's.
        // SAFETY: these change the credentials of the only thread. Needed: rustix leaves them out,
        // since in processes with more threads they must be changed in all.
        let changed = unsafe {
            libc::setgroups(0, std::ptr::null()) == 0
                && libc::setresgid(0, 0, 0) == 0
                && libc::setresuid(0, 0, 0) == 0
        };
        if !changed {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: as above.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }?;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private)?;
    let locked = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    rustix::mount::mount("none", folder, "tmpfs", locked, Some(c"size=4k"))?;
    rustix::process::chdir(folder)?;
    // The old root comes to lie over the new one, and goes (pivot_root(2), notes).
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    // SAFETY: prctl(2) with an integer. Needed: after it nobody without power over the host's own
    // user namespace may trace this process.
    if unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Brings the loopback of the current network namespace up.
fn loopback_up() -> io::Result<()> {
    let socket = rustix::net::socket(
        rustix::net::AddressFamily::INET,
        rustix::net::SocketType::DGRAM,
        None,
    )?;
    // SAFETY: all zeros is a value of this structure of plain data. Needed: no crate in use here
    // wraps these requests of netdevice(7).
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    // SAFETY: both requests read and write one `ifreq`, which `request` is, and the socket is open;
    // the flags are what the first request wrote.
    let result = unsafe {
        if libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS, &raw mut request) != 0 {
            return Err(io::Error::last_os_error());
        }
        request.ifr_ifru.ifru_flags |= libc::IFF_UP as libc::c_short;
        libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw mut request)
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_as_it_was_written() {
        for wish in [
            Wish {
                user: true,
                network: true,
                ..Wish::default()
            },
            Wish {
                within: Some("/n".into()),
                ipc: true,
                pid: Some("/a b".into()),
                ..Wish::default()
            },
        ] {
            let words = wish.arguments();
            assert_eq!(Wish::parse(words.into_iter()), Some(wish));
        }
        assert_eq!(Wish::parse(std::iter::empty()), None);
        assert_eq!(Wish::parse(["--pid".into()].into_iter()), None);
        assert_eq!(Wish::parse(["--fly".into()].into_iter()), None);
    }
}
