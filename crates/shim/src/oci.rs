//! The OCI runtime's command line (OCI runtime-spec "operations"; runc, crun and runsc share it).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde::Deserialize;

use crate::{Settings, ShimError, file, pidfd};

/// How long a command may take before it is killed and counts as failed.
const COMMAND_PATIENCE: Duration = Duration::from_secs(60);
/// How much of the runtime's log is searched for its last error.
const LOG_TAIL_BYTES: u64 = 16 * 1024;
/// The longest `runtime state` answer that is read.
const STATE_BYTES: u64 = 64 * 1024;
/// Where runtimes look for helpers.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a new container's first process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// It waits for the start.
    Told,
    /// It starts: one run of the OCI runtime's command instead of two.
    AtOnce,
}

/// What a container's standard streams are.
pub(crate) enum Streams<'a> {
    /// A terminal, which the runtime makes and sends through the socket of this path.
    Console(&'a Path),
    /// These; without standard input its end.
    Pipes {
        stdin: Option<OwnedFd>,
        stdout: OwnedFd,
        stderr: OwnedFd,
    },
}

/// Waits for the end of a process, so long at most; false where it does not come.
type Await<'a> = &'a mut dyn FnMut(BorrowedFd<'_>, Duration) -> io::Result<bool>;

pub(crate) struct Oci<'a> {
    settings: &'a Settings,
    log: PathBuf,
    pid_file: PathBuf,
}

impl<'a> Oci<'a> {
    pub(crate) fn new(folder: &Path, settings: &'a Settings) -> Self {
        Self {
            settings,
            log: folder.join(file::RUNTIME_LOG),
            pid_file: folder.join(file::PID),
        }
    }

    /// Creates the container, and starts it if it is to begin at once: then it may say something long
    /// before the command has ended. Returns its first process's id.
    pub(crate) fn create(
        &self,
        begin: Begin,
        streams: Streams<'_>,
        wait: Await<'_>,
    ) -> Result<i32, ShimError> {
        let (action, arguments): (_, &[&str]) = match begin {
            Begin::Told => ("create", &["create"]),
            Begin::AtOnce => ("run", &["run", "--detach"]),
        };
        let mut command = self.command();
        command
            .args(arguments)
            .arg("--bundle")
            .arg(&self.settings.bundle)
            .arg("--pid-file")
            .arg(&self.pid_file);
        match streams {
            Streams::Console(socket) => {
                command.arg("--console-socket").arg(socket);
            }
            Streams::Pipes {
                stdin,
                stdout,
                stderr,
            } => {
                command.stdout(stdout).stderr(stderr);
                if let Some(stdin) = stdin {
                    command.stdin(stdin);
                }
            }
        }
        command.arg(&self.settings.container_id);
        let child = self.spawn(&mut command)?;
        self.finish(action, child, wait)?;
        let text = std::fs::read_to_string(&self.pid_file)
            .map_err(ShimError::io("read", &self.pid_file))?;
        text.trim()
            .parse()
            .map_err(|_| self.failure(action, "its pid file holds no number"))
    }

    pub(crate) fn start(&self) -> Result<(), ShimError> {
        let mut command = self.command();
        command.arg("start").arg(&self.settings.container_id);
        self.run("start", &mut command)
    }

    /// Removes what is left of the container, running or not; nothing left is no error.
    pub(crate) fn delete(&self) -> Result<(), ShimError> {
        let mut command = self.command();
        command
            .args(["delete", "--force"])
            .arg(&self.settings.container_id);
        self.run("delete", &mut command)
    }

    /// [`Oci::delete`], where anything is left.
    pub(crate) fn delete_leftovers(&self) -> Result<(), ShimError> {
        let own = self.settings.runtime_root.join(&self.settings.container_id);
        if own.exists() { self.delete() } else { Ok(()) }
    }

    /// True when the runtime says that the container was started.
    pub(crate) fn is_started(&self) -> bool {
        #[derive(Deserialize)]
        struct Answer {
            status: String,
        }
        let mut command = self.command();
        command
            .arg("state")
            .arg(&self.settings.container_id)
            .stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            return false;
        };
        let mut json = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let _ = stdout.take(STATE_BYTES).read_to_end(&mut json);
        }
        let answered = self.finish("state", child, &mut await_end).is_ok();
        let answer: Result<Answer, _> = serde_json::from_slice(&json);
        answered && answer.is_ok_and(|answer| answer.status == "running")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.settings.runtime);
        command
            .env_clear()
            .env("PATH", PATH)
            .arg("--root")
            .arg(&self.settings.runtime_root)
            .arg("--log")
            .arg(&self.log)
            .args(["--log-format", "json"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A command must not outlive the shim: the next shim would delete a container that is
        // only just being created, find none, and leave it to itself.
        die_with(&mut command, rustix::process::getpid());
        command
    }

    fn run(&self, action: &str, command: &mut Command) -> Result<(), ShimError> {
        let child = self.spawn(command)?;
        self.finish(action, child, &mut await_end)
    }

    fn spawn(&self, command: &mut Command) -> Result<Child, ShimError> {
        command
            .spawn()
            .map_err(ShimError::io("run", &self.settings.runtime))
    }

    fn finish(&self, action: &str, mut child: Child, wait: Await<'_>) -> Result<(), ShimError> {
        let pidfd = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())
            .map_err(ShimError::system("open a pidfd of the OCI runtime"))?;
        let in_time = wait(pidfd.as_fd(), COMMAND_PATIENCE).unwrap_or(true);
        if !in_time {
            let _ = child.kill();
        }
        let status = child
            .wait()
            .map_err(ShimError::io("wait for", &self.settings.runtime))?;
        if !in_time {
            return Err(self.failure(action, "it did not end in time and was killed"));
        }
        if status.success() {
            return Ok(());
        }
        let message = last_error(&self.log).unwrap_or_else(|| format!("it ended with {status}"));
        Err(self.failure(action, &message))
    }

    fn failure(&self, action: &str, message: &str) -> ShimError {
        let name = self.settings.runtime.file_name().unwrap_or_default();
        ShimError::Runtime {
            action: format!("{} {action}", name.to_string_lossy()),
            message: message.to_owned(),
        }
    }
}

/// Has a command to come killed when this process, `parent`, ends, however early that is.
fn die_with(command: &mut Command, parent: Pid) {
    let die_with_parent = move || {
        let signal = Some(rustix::process::Signal::KILL);
        rustix::process::set_parent_process_death_signal(signal)?;
        // An end before the setting is told to nobody.
        if rustix::process::getppid() == Some(parent) {
            Ok(())
        } else {
            Err(io::Error::from(rustix::io::Errno::SRCH))
        }
    };
    // SAFETY: the closure makes two system calls and allocates nothing. Needed: the setting is the
    // child's own.
    unsafe {
        command.pre_exec(die_with_parent);
    }
}

fn await_end(process: BorrowedFd<'_>, patience: Duration) -> io::Result<bool> {
    pidfd::has_ended(
        process,
        u32::try_from(patience.as_millis()).unwrap_or(u32::MAX),
    )
}

/// The last error in a log of JSON lines.
fn last_error(path: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Entry {
        level: Option<String>,
        msg: String,
    }
    let mut log = File::open(path).ok()?;
    let length = log.metadata().ok()?.len();
    log.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))
        .ok()?;
    let mut text = Vec::new();
    log.read_to_end(&mut text).ok()?;
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| serde_json::from_str::<Entry>(line).ok())
        .rfind(|entry| entry.level.as_deref().is_none_or(|level| level == "error"))
        .map(|entry| entry.msg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_whose_parent_is_gone_does_not_begin() {
        let mut command = Command::new("true");
        die_with(&mut command, rustix::process::getpid());
        assert!(command.status().unwrap().success());
        let mut command = Command::new("true");
        die_with(&mut command, Pid::INIT);
        let error = command.status().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ESRCH));
    }

    #[test]
    fn the_last_error_of_a_log_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert_eq!(last_error(&path), None);
        std::fs::write(
            &path,
            "{\"level\":\"error\",\"msg\":\"first\",\"time\":\"t\"}\n{\"level\":\"error\",\"msg\":\"second\"}\n{\"level\":\"warning\",\"msg\":\"third\"}\nno json\n",
        )
        .unwrap();
        assert_eq!(last_error(&path).as_deref(), Some("second"));
    }
}
