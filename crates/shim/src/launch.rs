//! How a shim comes to stand on its own: fork, session, signals, standard streams.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::fs::Mode;

use crate::oci::Begin;
use crate::{ShimError, file, supervise};

/// Exit code when another shim watches the container, or it was started before.
pub const EXIT_REFUSED: u8 = 3;

/// The first descriptor behind the standard ones.
const FIRST_INHERITED: libc::c_uint = 3;

const SAID_READY: u8 = 0;
const SAID_FAILED: u8 = 1;
const SAID_REFUSED: u8 = 2;

/// What the caller hands on through the standard streams.
#[derive(Debug, Default)]
pub(crate) struct Inherited {
    /// A pidfd of the container's init, from standard input.
    pub(crate) init: Option<OwnedFd>,
    /// From standard input: says when the container is to be made.
    pub(crate) gate: Option<OwnedFd>,
    /// The container's lock, from standard output.
    pub(crate) lock: Option<OwnedFd>,
    /// Where the container's terminal is, `PID:FD`.
    pub(crate) console: Option<String>,
}

/// The hidden subcommand
/// `shim [--start [--wait] | --adopt [--pidfd] [--console PID:FD] | --restart] [--lock] DIR`: creates the
/// container of `DIR` and watches it, or takes over one whose shim has died, or creates and starts
/// one that has ended once more. With `--start`, a new one is started as it is created.
///
/// With `--wait`, standard input is a pipe: all is made ready, and the container is created when a byte
/// comes through it. Where it ends without one, the shim does too, and there is no container.
///
/// With `--pidfd`, standard input is a pidfd of the container's init: a pidfd cannot be had again
/// once the process is reaped, and only it still knows the exit status then. With `--console`, the
/// container's terminal is taken from a process that holds it. With `--lock`, standard output is the lock ([`crate::lock`]), taken.
///
/// To be called first thing in a process with one thread: it forks. The calling process ends when
/// the shim, its child, has created (or adopted) the container or has failed to; its exit code and
/// stderr tell which.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let (mut adopting, mut restarting) = (false, false);
    let mut begin = Begin::Told;
    let (mut has_pidfd, mut has_lock, mut waits) = (false, false, false);
    let (mut folder, mut console) = (None, None);
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--adopt") => adopting = true,
            Some("--restart") => restarting = true,
            Some("--start") => begin = Begin::AtOnce,
            Some("--wait") => waits = true,
            Some("--console") => {
                console = arguments.next().and_then(|place| place.into_string().ok());
            }
            Some("--pidfd") => has_pidfd = true,
            Some("--lock") => has_lock = true,
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let Some(folder) = folder else {
        let problem = "DIR is missing".to_owned();
        say!("longshore shim: {}", ShimError::Usage { problem });
        return ExitCode::FAILURE;
    };
    close_inherited();
    let inherited = (|| {
        let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
        let keep = |wanted: bool, stream: BorrowedFd<'_>| {
            wanted.then(|| stream.try_clone_to_owned()).transpose()
        };
        Ok::<_, std::io::Error>(Inherited {
            init: keep(has_pidfd, stdin.as_fd())?,
            gate: keep(waits, stdin.as_fd())?,
            lock: keep(has_lock, stdout.as_fd())?,
            console,
        })
    })();
    let inherited = match inherited {
        Ok(inherited) => inherited,
        Err(error) => {
            say!("longshore shim: a standard stream cannot be kept: {error}");
            return ExitCode::FAILURE;
        }
    };
    if adopting {
        detach(&folder, |ready| supervise::adopt(&folder, inherited, ready))
    } else if restarting {
        detach(&folder, |ready| {
            supervise::restart(&folder, inherited, ready)
        })
    } else {
        detach(&folder, |ready| {
            supervise::create(&folder, begin, inherited, ready)
        })
    }
}

/// The shim's one word to the process that waits for it.
pub(crate) struct Ready(Option<File>);

impl Ready {
    /// The container is there.
    pub(crate) fn say(&mut self) {
        self.send(SAID_READY, "");
    }

    /// It will not be.
    pub(crate) fn fail(&mut self, error: &ShimError) {
        let word = match error {
            ShimError::Locked { .. } | ShimError::AlreadyStarted { .. } => SAID_REFUSED,
            _ => SAID_FAILED,
        };
        self.send(word, &error.to_string());
    }

    fn send(&mut self, word: u8, message: &str) {
        if let Some(mut pipe) = self.0.take() {
            let mut bytes = vec![word];
            bytes.extend_from_slice(message.as_bytes());
            // Who waits may have been killed; the shim goes on.
            let _ = pipe.write_all(&bytes);
        }
    }
}

fn detach(folder: &Path, body: impl FnOnce(&mut Ready) -> Result<(), ShimError>) -> ExitCode {
    let (reader, writer) = match rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC) {
        Ok(ends) => ends,
        Err(error) => {
            say!("longshore shim: could not make a pipe: {error}");
            return ExitCode::FAILURE;
        }
    };
    // SAFETY: `main` says that the process has one thread, so the child may go on as any program.
    // Needed: the shim must not be a child of the agent, which could neither forget nor reap it.
    match unsafe { libc::fork() } {
        -1 => {
            let error = std::io::Error::last_os_error();
            say!("longshore shim: could not fork: {error}");
            ExitCode::FAILURE
        }
        0 => {
            drop(reader);
            let mut ready = Ready(Some(writer.into()));
            match stand_alone(folder).and_then(|()| body(&mut ready)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    say!("{error}");
                    ready.fail(&error);
                    ExitCode::FAILURE
                }
            }
        }
        _ => {
            drop(writer);
            let mut said = Vec::new();
            let _ = File::from(reader).read_to_end(&mut said);
            match said.split_first() {
                Some((&SAID_READY, _)) => ExitCode::SUCCESS,
                Some((word, message)) => {
                    say!("{}", String::from_utf8_lossy(message));
                    ExitCode::from(if *word == SAID_REFUSED {
                        EXIT_REFUSED
                    } else {
                        1
                    })
                }
                None => {
                    let log = folder.join(file::SHIM_LOG);
                    say!("the shim ended without a word; see {}", log.display());
                    ExitCode::FAILURE
                }
            }
        }
    }
}

/// Leaves everything that belongs to whoever called: session, signals, folder, stdio.
fn stand_alone(folder: &Path) -> Result<(), ShimError> {
    rustix::process::setsid().map_err(ShimError::system("make a session"))?;
    default_signals();
    rustix::process::umask(Mode::WGRP | Mode::WOTH);
    let log_path = folder.join(file::SHIM_LOG);
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&log_path)
        .map_err(ShimError::io("open", &log_path))?;
    let null_path = Path::new("/dev/null");
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open(null_path)
        .map_err(ShimError::io("open", null_path))?;
    let stdio = ShimError::system("replace the standard streams");
    rustix::stdio::dup2_stdin(&null)
        .and_then(|()| rustix::stdio::dup2_stdout(&null))
        .and_then(|()| rustix::stdio::dup2_stderr(&log))
        .map_err(stdio)?;
    // After the paths above: the caller may have given a relative one.
    Ok(())
}

/// A container inherits what its shim ignores and blocks; it is to start with neither.
fn default_signals() {
    for signal in 1..=libc::SIGRTMAX() {
        // Rust ignores SIGPIPE in every program and restores it in the children that it starts.
        if matches!(signal, libc::SIGKILL | libc::SIGSTOP | libc::SIGPIPE) {
            continue;
        }
        // SAFETY: the default disposition runs no code of ours. Needed: no safe crate in use here
        // sets dispositions. Numbers that the C library keeps for itself are refused, harmlessly.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
    // SAFETY: `sigemptyset` initialises the set before `sigprocmask` reads it, and the process has
    // one thread. Needed: as above.
    unsafe {
        let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
    }
}

/// Closes what the caller left open by mistake: a shim may live for months.
fn close_inherited() {
    // SAFETY: called first thing, when no object of this process owns a descriptor above stderr.
    // Needed: no crate in use here wraps close_range(2).
    unsafe {
        libc::close_range(FIRST_INHERITED, libc::c_uint::MAX, 0);
    }
}
