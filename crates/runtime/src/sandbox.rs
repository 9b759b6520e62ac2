//! A task's namespaces: the user namespace, and the network namespace that it owns, each held by a
//! bind mount and by nothing else.
//!
//! Both are made by one unshare(2) in a child process, since runc 1.1 cannot mount sysfs in a
//! container whose network namespace belongs to another user namespace than its own. The child is
//! the same binary through the hidden subcommand `sandbox`: a user namespace can only be made by a
//! process with one thread.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use rustix::thread::UnshareFlags;

use crate::mounts::unmount_beneath;
use crate::{
    RuntimeError, TaskNetwork, TaskSandbox, TaskSpec, USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS,
};

/// The argument that leaves the user namespace out.
const NETWORK_ONLY: &str = "--network-only";
/// What the child says when the namespaces are there.
const READY: &str = "ready";
/// `NSFS_MAGIC` of linux/magic.h: the file system of namespace files.
const NSFS_MAGIC: i64 = 0x6e73_6673;

const FOLDER: &str = "ns";
const USER: &str = "user";
const NETWORK: &str = "net";

/// The hidden subcommand `sandbox`: makes the namespaces and holds them until its stdin ends.
pub fn sandbox_child(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let flags = match arguments.next() {
        None => UnshareFlags::NEWUSER | UnshareFlags::NEWNET,
        Some(argument) if argument == NETWORK_ONLY => UnshareFlags::NEWNET,
        Some(_) => {
            eprintln!("usage: longshore sandbox [{NETWORK_ONLY}]");
            return ExitCode::FAILURE;
        }
    };
    // SAFETY: only `UnshareFlags::FILES` could be unsound, and it is not among the flags.
    if let Err(error) = unsafe { rustix::thread::unshare_unsafe(flags) } {
        eprintln!("the kernel makes no namespaces: {error}");
        return ExitCode::FAILURE;
    }
    println!("{READY}");
    let mut end = Vec::new();
    // Also the parent's death ends it.
    let _ = std::io::stdin().lock().take(1).read_to_end(&mut end);
    ExitCode::SUCCESS
}

/// Where a task's namespaces are, if they are all pinned.
pub(crate) fn find(task_folder: &Path, spec: &TaskSpec) -> Option<TaskSandbox> {
    let folder = task_folder.join(FOLDER);
    let pinned = |name: &str| Some(folder.join(name)).filter(|path| is_pinned(path));
    Some(TaskSandbox {
        task: spec.id.clone(),
        network_namespace: match spec.network {
            TaskNetwork::Own => Some(pinned(NETWORK)?),
            TaskNetwork::Host | TaskNetwork::PerContainer => None,
        },
        user_namespace: if spec.user_namespace {
            Some(pinned(USER)?)
        } else {
            None
        },
        ipc_namespace: None,
        pid_namespace: None,
    })
}

/// Makes and pins what is missing. May block.
pub(crate) fn prepare(
    program: &Path,
    task_folder: &Path,
    spec: &TaskSpec,
) -> Result<TaskSandbox, RuntimeError> {
    if spec.user_namespace && spec.network == TaskNetwork::Host {
        return Err(RuntimeError::Unsupported {
            what: "a user namespace with the host's network".to_owned(),
        });
    }
    if spec.network == TaskNetwork::PerContainer
        || spec.pid != crate::PidMode::Container
        || spec.ipc != crate::IpcMode::Container
    {
        return Err(RuntimeError::Unsupported {
            what: "PID, IPC and network modes but the default".to_owned(),
        });
    }
    if let Some(sandbox) = find(task_folder, spec) {
        return Ok(sandbox);
    }
    let folder = task_folder.join(FOLDER);
    // What was cut off half-way is made anew, so that one namespace owns the other.
    unmount_beneath(&folder)?;
    fs::create_dir_all(&folder).map_err(RuntimeError::io("make", &folder))?;
    let mut child = Command::new(program);
    child
        .arg("sandbox")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if !spec.user_namespace {
        child.arg(NETWORK_ONLY);
    }
    let mut child = child.spawn().map_err(RuntimeError::io("run", program))?;
    let result = pin_namespaces(&mut child, &folder, spec.user_namespace);
    drop(child.stdin.take());
    let mut message = String::new();
    if result.is_err()
        && let Some(mut stderr) = child.stderr.take()
    {
        let _ = stderr.read_to_string(&mut message);
    }
    let _ = child.wait();
    match result {
        Err(RuntimeError::Command { command, .. }) => Err(RuntimeError::Command {
            command,
            message: message.trim().to_owned(),
        }),
        Err(error) => Err(error),
        Ok(()) => find(task_folder, spec).ok_or_else(|| RuntimeError::Command {
            command: "longshore sandbox".to_owned(),
            message: "the namespaces were pinned and are not there".to_owned(),
        }),
    }
}

fn pin_namespaces(child: &mut Child, folder: &Path, user: bool) -> Result<(), RuntimeError> {
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        let _ = BufReader::new(stdout).read_line(&mut line);
    }
    if line.trim() != READY {
        return Err(RuntimeError::Command {
            command: "longshore sandbox".to_owned(),
            message: String::new(),
        });
    }
    let proc = PathBuf::from(format!("/proc/{}", child.id()));
    if user {
        let map = format!("0 {USER_NAMESPACE_FIRST_ID} {USER_NAMESPACE_IDS}\n");
        for name in ["uid_map", "gid_map"] {
            let path = proc.join(name);
            // One write: the kernel takes a map whole or not at all.
            File::options()
                .write(true)
                .open(&path)
                .and_then(|mut file| file.write_all(map.as_bytes()))
                .map_err(RuntimeError::io("map ids through", &path))?;
        }
        pin(&proc.join("ns/user"), &folder.join(USER))?;
    }
    pin(&proc.join("ns/net"), &folder.join(NETWORK))
}

fn pin(namespace: &Path, path: &Path) -> Result<(), RuntimeError> {
    File::create(path).map_err(RuntimeError::io("make", path))?;
    rustix::mount::mount_bind(namespace, path)
        .map_err(RuntimeError::os("pin the namespace to", path))
}

/// True when a namespace is mounted there.
fn is_pinned(path: &Path) -> bool {
    rustix::fs::statfs(path).is_ok_and(|fs| fs.f_type == NSFS_MAGIC)
}
