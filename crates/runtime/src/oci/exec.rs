//! Commands beside a container's first process: for health checks.
//!
//! The OCI runtime joins the container's namespaces and takes its capabilities, system call filter
//! and limits from the bundle. Each command gets a cgroup of its own below the container's, so that
//! nothing of it outlives it, also when this process does not: [`Inner::end_execs`].

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shim::pidfd;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};

use super::{Inner, folders, shims};
use crate::cgroup::EXEC_PREFIX;
use crate::logs::blocking;
use crate::{ContainerId, ExecOutcome, ExecSpec, MAX_EXEC_OUTPUT_BYTES, RuntimeError};

/// What is read of a command's output at once.
const READ_BYTES: usize = 4096;
/// How often the command's process id is looked for.
const PID_POLL: Duration = Duration::from_millis(2);
/// How long the OCI runtime may take to see the end of a command that was killed.
const END_WAIT: Duration = Duration::from_secs(10);
/// How long it may take to say what it is.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// Where runtimes look for helpers.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What a shell and Docker give for a program that is not there, and one that may not be run.
const NOT_FOUND: i32 = 127;
const NOT_RUNNABLE: i32 = 126;

/// Tells the commands of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What a command needs on disk; gone with it.
struct Files {
    process: PathBuf,
    log: PathBuf,
    /// The command's process id, once it runs.
    pid: PathBuf,
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.process);
        let _ = fs::remove_file(&self.log);
        let _ = fs::remove_file(&self.pid);
    }
}

impl Inner {
    /// Whether the OCI runtime can be run at all. No more is asked of it: what it runs it would look up
    /// one by one.
    pub(super) async fn check(&self) -> Result<(), RuntimeError> {
        let runtime = &self.config.runtime;
        let failed = |message: String| RuntimeError::Command {
            command: format!("{} --version", runtime.display()),
            message,
        };
        let asked = Command::new(runtime)
            .arg("--version")
            .env_clear()
            .env("PATH", PATH)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(CHECK_TIMEOUT, asked)
            .await
            .map_err(|_| failed(format!("no answer within {} s", CHECK_TIMEOUT.as_secs())))?
            .map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(failed(format!("{} ({})", said.trim(), output.status)))
    }

    pub(super) async fn exec(
        &self,
        id: &ContainerId,
        spec: &ExecSpec,
        timeout: Duration,
    ) -> Result<ExecOutcome, RuntimeError> {
        self.exists(id)?;
        let found = self.found(id);
        if found.exit.is_some() || found.state.is_none_or(|state| state.started_at.is_none()) {
            return Err(RuntimeError::NotRunning {
                container: id.clone(),
            });
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{EXEC_PREFIX}{}-{number}", std::process::id());
        // On the tmpfs: environments hold secrets.
        let bundle = self.folders.bundle(id);
        let files = Files {
            process: bundle.join(format!("{name}.json")),
            log: bundle.join(format!("{name}.log")),
            pid: bundle.join(format!("{name}.pid")),
        };
        write_process(&bundle, &files.process, spec)?;
        self.config.cgroups.create_exec(id, &name)?;
        let result = self.run_command(id, &name, &files, timeout).await;
        self.end_exec(id, &name).await?;
        result
    }

    /// Ends what commands of an earlier process left in a container.
    pub(super) async fn end_execs(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        for name in self.config.cgroups.execs(id) {
            self.end_exec(id, &name).await?;
        }
        Ok(())
    }

    async fn end_exec(&self, id: &ContainerId, name: &str) -> Result<(), RuntimeError> {
        let (cgroups, id, name) = (self.config.cgroups.clone(), id.clone(), name.to_owned());
        blocking("end a command", move || cgroups.remove_exec(&id, &name)).await
    }

    async fn run_command(
        &self,
        id: &ContainerId,
        name: &str,
        files: &Files,
        timeout: Duration,
    ) -> Result<ExecOutcome, RuntimeError> {
        let (mut child, mut output) = self.spawn(id, name, files)?;
        let mut outcome = ExecOutcome::default();
        let waited = tokio::time::timeout(timeout, async {
            tokio::select! {
                result = first_ended(&mut child, &files.pid) => result,
                // A command that nobody reads from would wait.
                () = drain_and_wait(&mut output, &mut outcome.output) => Ok(()),
            }
        })
        .await;
        outcome.timed_out = waited.is_err();
        if let Ok(ended) = waited {
            ended.map_err(RuntimeError::io("watch", &self.config.runtime))?;
        }
        // What it left running has the output open.
        self.end_exec(id, name).await?;
        let awaited = RuntimeError::io("wait for", &self.config.runtime);
        let ended = tokio::time::timeout(END_WAIT, async {
            tokio::select! {
                status = child.wait() => Some(status),
                // The runtime ends only when it has got rid of all that the command has said.
                () = drain_and_wait(&mut output, &mut outcome.output) => None,
            }
        });
        let status = match ended.await.ok().flatten() {
            Some(status) => status.map_err(awaited)?,
            None => {
                child.kill().await.map_err(awaited)?;
                return Err(RuntimeError::Exec {
                    container: id.clone(),
                    message: "the OCI runtime did not see its end and was killed".to_owned(),
                });
            }
        };
        // Bounded: nobody is left who could write, but for what has fled the cgroup.
        let _ = tokio::time::timeout(END_WAIT, drain(&mut output, &mut outcome.output)).await;
        if outcome.timed_out {
            return Ok(outcome);
        }
        outcome.code = match error_of(&files.log) {
            // The runtime's own failure, not the command's.
            Some(message) => Some(code_of(&message).ok_or_else(|| RuntimeError::Exec {
                container: id.clone(),
                message: message.clone(),
            })?),
            None => status.code(),
        };
        if let (Some(message), true) = (error_of(&files.log), outcome.output.is_empty()) {
            outcome.output = message.into_bytes();
            outcome.output.truncate(MAX_EXEC_OUTPUT_BYTES);
        }
        Ok(outcome)
    }

    fn spawn(
        &self,
        id: &ContainerId,
        name: &str,
        files: &Files,
    ) -> Result<(Child, pipe::Receiver), RuntimeError> {
        let runtime = &self.config.runtime;
        let failed = |what| RuntimeError::io(what, runtime);
        let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
            .map_err(|error| failed("make a pipe for")(error.into()))?;
        let other: OwnedFd = writer.try_clone().map_err(failed("make a pipe for"))?;
        rustix::io::ioctl_fionbio(&reader, true)
            .map_err(|error| failed("make a pipe for")(error.into()))?;
        let reader = pipe::Receiver::from_owned_fd(reader).map_err(failed("make a pipe for"))?;
        let mut command = Command::new(runtime);
        command
            .env_clear()
            .env("PATH", PATH)
            .arg("--root")
            .arg(self.folders.oci_root())
            .arg("--log")
            .arg(&files.log)
            .args([
                "--log-format",
                "json",
                "exec",
                "--cgroup",
                name,
                "--process",
            ])
            .arg(&files.process)
            .arg("--pid-file")
            .arg(&files.pid)
            .arg(folders::oci_id(id))
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(other)
            .kill_on_drop(true);
        Ok((command.spawn().map_err(failed("run"))?, reader))
    }
}

/// Waits for the end of the command, or of an OCI runtime that could not run it. The runtime's own
/// end may be long in coming: runc waits for whoever has the output open.
async fn first_ended(child: &mut Child, pid_file: &Path) -> io::Result<()> {
    loop {
        // A process that has been reaped by now has ended.
        if let Ok(text) = fs::read_to_string(pid_file)
            && let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw)
        {
            return match pidfd::of(pid, PidfdFlags::NONBLOCK)? {
                Some(pidfd) => shims::readable(pidfd).await,
                None => Ok(()),
            };
        }
        match tokio::time::timeout(PID_POLL, child.wait()).await {
            Ok(status) => return status.map(|_| ()),
            Err(_) => continue,
        }
    }
}

async fn drain_and_wait(output: &mut pipe::Receiver, kept: &mut Vec<u8>) {
    drain(output, kept).await;
    std::future::pending().await
}

/// Reads to the end, and keeps the beginning.
async fn drain(output: &mut pipe::Receiver, kept: &mut Vec<u8>) {
    let mut buffer = [0; READ_BYTES];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        let room = MAX_EXEC_OUTPUT_BYTES - kept.len();
        kept.extend(buffer.iter().take(count.min(room)));
    }
}

/// `process` of the bundle's `config.json`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Process {
    terminal: bool,
    args: Vec<String>,
    env: Vec<String>,
    cwd: String,
    user: Value,
    capabilities: Capabilities,
    /// Resource limits and the rest.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Capabilities {
    bounding: Vec<String>,
    effective: Vec<String>,
    permitted: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    process: Process,
}

/// The container's own process, with what the command has different.
fn write_process(bundle: &Path, path: &Path, spec: &ExecSpec) -> Result<(), RuntimeError> {
    let config_path = bundle.join("config.json");
    let failed = || RuntimeError::io("read", &config_path);
    let bytes = fs::read(&config_path).map_err(failed())?;
    let config: Config = serde_json::from_slice(&bytes).map_err(|error| failed()(error.into()))?;
    let json = serde_json::to_vec(&command_process(config.process, spec))
        .map_err(|error| RuntimeError::io("write", path)(error.into()))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(&json))
        .map_err(RuntimeError::io("write", path))
}

fn command_process(mut process: Process, spec: &ExecSpec) -> Process {
    process.terminal = false;
    process.args.clone_from(&spec.args);
    if let Some(cwd) = &spec.cwd {
        process.cwd.clone_from(cwd);
    }
    let name = |entry: &str| {
        entry
            .split_once('=')
            .map_or(entry, |(name, _)| name)
            .to_owned()
    };
    process
        .env
        .retain(|entry| !spec.env.iter().any(|other| name(other) == name(entry)));
    process.env.extend(spec.env.iter().cloned());
    if let Some(user) = &spec.user {
        process.user = json!({
            "uid": user.uid,
            "gid": user.gid,
            "additionalGids": user.additional_gids,
        });
        // Only root's processes start with capabilities, as the container's own does.
        let held = if user.uid == 0 {
            process.capabilities.bounding.clone()
        } else {
            Vec::new()
        };
        process.capabilities.effective.clone_from(&held);
        process.capabilities.permitted = held;
    }
    process
}

/// A line of the runtime's log.
#[derive(Deserialize)]
struct Entry {
    level: Option<String>,
    msg: String,
}

/// What the runtime itself could not do; `None` when it ran the command.
fn error_of(log: &Path) -> Option<String> {
    let text = fs::read_to_string(log).ok()?;
    text.lines()
        .filter_map(|line| serde_json::from_str::<Entry>(line).ok())
        .filter(|entry| entry.level.as_deref().is_none_or(|level| level == "error"))
        .map(|entry| entry.msg)
        .next_back()
}

/// Docker's rule: what a shell would say of a program that cannot be run.
fn code_of(message: &str) -> Option<i32> {
    if message.contains("executable file not found") || message.contains("o such file or directory")
    {
        return Some(NOT_FOUND);
    }
    (message.contains("ermission denied") || message.contains("s a directory"))
        .then_some(NOT_RUNNABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::User;

    fn own() -> Process {
        let json = json!({
            "terminal": true,
            "args": ["/web"],
            "env": ["A=1", "PATH=/bin"],
            "cwd": "/srv",
            "noNewPrivileges": true,
            "user": { "uid": 1000, "gid": 1000 },
            "capabilities": { "bounding": ["CAP_KILL"], "effective": [], "permitted": [] },
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_command_is_confined_as_its_container() {
        let mut spec = ExecSpec::new(vec!["/check".into()]);
        let plain = command_process(own(), &spec);
        let mut expected = own();
        expected.terminal = false;
        expected.args = vec!["/check".into()];
        assert_eq!(plain, expected);
        spec.env = vec!["A=2".into()];
        spec.cwd = Some("/".into());
        spec.user = Some(User::default());
        let process = command_process(own(), &spec);
        assert_eq!(process.env, ["PATH=/bin", "A=2"]);
        assert_eq!(process.cwd, "/");
        assert_eq!(process.capabilities.effective, ["CAP_KILL"]);
        let json = serde_json::to_value(&process).unwrap();
        assert_eq!(json["noNewPrivileges"], json!(true));
    }

    #[test]
    fn what_cannot_be_run_has_a_shells_code() {
        let runc = "exec failed: unable to start container process: exec: \"x\": executable file not found in $PATH";
        assert_eq!(code_of(runc), Some(127));
        assert_eq!(
            code_of("executable file `x` not found in $PATH: No such file or directory"),
            Some(127)
        );
        assert_eq!(code_of("exec: \"/etc\": permission denied"), Some(126));
        assert_eq!(code_of("cannot allocate memory"), None);
    }
}
