//! A task's namespaces: the user namespace and those that it owns, each held by a bind mount; a
//! PID namespace also by its first process.
//!
//! All are made by one unshare(2) in a child process, since runc 1.1 cannot mount sysfs in a
//! container whose network namespace belongs to another user namespace than its own. The child is
//! the same binary through the hidden subcommand `sandbox` ([`child`]): a user namespace can only
//! be made by a process with one thread.

mod child;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::mount::{MountFlags, mount};

use self::child::Wish;
pub use self::child::sandbox_child;
use crate::mounts::{remove_folder, unmount_beneath};
use crate::spec::DEFAULT_SHM_BYTES;
use crate::{
    Cgroups, ContainerId, IpcMode, PidMode, RuntimeError, TaskNetwork, TaskSandbox, TaskSpec,
    USER_NAMESPACE_FIRST_ID, USER_NAMESPACE_IDS,
};

/// What the child says when the namespaces are there.
const READY: &str = "ready";
/// What tells the PID namespace's first process that it is known.
const GO: u8 = b'g';
/// What the child says when that process stands on its own.
const HELD: &str = "held";
/// `NSFS_MAGIC` of linux/magic.h: the file system of namespace files.
const NSFS_MAGIC: i64 = 0x6e73_6673;

const COMMAND: &str = "longshore sandbox";
const FOLDER: &str = "ns";
const USER: &str = "user";
const NETWORK: &str = "net";
const IPC: &str = "ipc";
const PID: &str = "pid";
/// Where the containers' own network namespaces are pinned, by name.
const NETWORKS: &str = "networks";
/// Where the PID namespaces of containers with an init are pinned, by name.
const INITS: &str = "inits";
/// Where the memory is that a task's containers share.
const SHM: &str = "shm";

/// Where a task's namespaces are, if they are all pinned and, where they need it, inhabited.
pub(crate) fn find(task_folder: &Path, cgroups: &Cgroups, spec: &TaskSpec) -> Option<TaskSandbox> {
    let folder = task_folder.join(FOLDER);
    let pinned = |wanted: bool, name: &str| {
        let path = folder.join(name);
        match (wanted, wanted && is_pinned(&path)) {
            (false, _) => Some(None),
            (true, true) => Some(Some(path)),
            (true, false) => None,
        }
    };
    let shares_pids = spec.pid == PidMode::Task;
    if shares_pids && !cgroups.has_holder(&spec.id, None) {
        return None;
    }
    Some(TaskSandbox {
        task: spec.id.clone(),
        network_namespace: pinned(spec.network == TaskNetwork::Own, NETWORK)?,
        user_namespace: pinned(spec.user_namespace, USER)?,
        ipc_namespace: pinned(spec.ipc == IpcMode::Task, IPC)?,
        pid_namespace: pinned(shares_pids, PID)?,
    })
}

/// Makes and pins what is missing. May block.
pub(crate) fn prepare(
    program: &Path,
    cgroups: &Cgroups,
    task_folder: &Path,
    spec: &TaskSpec,
) -> Result<TaskSandbox, RuntimeError> {
    let hosts =
        spec.network != TaskNetwork::Own || spec.pid == PidMode::Host || spec.ipc == IpcMode::Host;
    if spec.user_namespace && hosts {
        return Err(RuntimeError::Unsupported {
            what: "a user namespace with the host's network, processes or shared memory".to_owned(),
        });
    }
    if spec.ipc == IpcMode::Task {
        mount_shm(task_folder, spec)?;
    }
    if let Some(sandbox) = find(task_folder, cgroups, spec) {
        return Ok(sandbox);
    }
    let folder = task_folder.join(FOLDER);
    // What was cut off half-way is made anew, so that one namespace owns the others.
    unmount_beneath(&folder)?;
    cgroups.remove_holder(&spec.id, None)?;
    fs::create_dir_all(&folder).map_err(RuntimeError::io("make", &folder))?;
    let wish = Wish {
        within: None,
        user: spec.user_namespace,
        network: spec.network == TaskNetwork::Own,
        ipc: spec.ipc == IpcMode::Task,
        pid: (spec.pid == PidMode::Task).then(|| task_folder.to_owned()),
    };
    if wish != Wish::default() {
        run_child(program, &wish, |child| {
            if wish.user {
                map_ids(&child.proc)?;
                child.pin("user", &folder.join(USER))?;
            }
            if wish.network {
                child.pin("net", &folder.join(NETWORK))?;
            }
            if wish.ipc {
                child.pin("ipc", &folder.join(IPC))?;
            }
            if let Some(holder) = child.holder {
                // First, so that it is found and ended with the task from now on.
                cgroups.add_holder(&spec.id, None, holder)?;
                child.pin("pid_for_children", &folder.join(PID))?;
                child.let_go_of_holder()?;
            }
            Ok(())
        })?;
    }
    find(task_folder, cgroups, spec)
        .ok_or_else(|| failed("the namespaces were pinned and are not there"))
}

/// The network namespace of one container, made if it is missing. May block.
pub(crate) fn prepare_network(
    program: &Path,
    task_folder: &Path,
    id: &ContainerId,
) -> Result<PathBuf, RuntimeError> {
    let folder = task_folder.join(FOLDER).join(NETWORKS);
    let path = folder.join(id.name.as_str());
    if is_pinned(&path) {
        return Ok(path);
    }
    fs::create_dir_all(&folder).map_err(RuntimeError::io("make", &folder))?;
    let wish = Wish {
        network: true,
        ..Wish::default()
    };
    run_child(program, &wish, |child| child.pin("net", &path))?;
    Ok(path)
}

/// Where a container's own network namespace is, if it is pinned.
pub(crate) fn find_network(task_folder: &Path, id: &ContainerId) -> Option<PathBuf> {
    Some(own(task_folder, NETWORKS, id)).filter(|path| is_pinned(path))
}

/// A PID namespace for one container that asks for an init: its first process reaps, and is not the
/// container's own, which signals therefore end as they would anywhere. It needs nothing of the
/// image. May block.
pub(crate) fn prepare_init(
    program: &Path,
    cgroups: &Cgroups,
    task_folder: &Path,
    id: &ContainerId,
    user_namespace: Option<&Path>,
) -> Result<PathBuf, RuntimeError> {
    let path = own(task_folder, INITS, id);
    let name = Some(&id.name);
    if is_pinned(&path) && cgroups.has_holder(&id.task, name) {
        return Ok(path);
    }
    // What was cut off half-way is made anew.
    unpin(&path)?;
    cgroups.remove_holder(&id.task, name)?;
    let folder = task_folder.join(FOLDER).join(INITS);
    fs::create_dir_all(&folder).map_err(RuntimeError::io("make", &folder))?;
    let wish = Wish {
        within: user_namespace.map(Path::to_owned),
        pid: Some(task_folder.to_owned()),
        ..Wish::default()
    };
    run_child(program, &wish, |child| {
        let holder = child.holder.ok_or_else(|| failed(""))?;
        cgroups.add_holder(&id.task, name, holder)?;
        child.pin("pid_for_children", &path)?;
        child.let_go_of_holder()
    })?;
    Ok(path)
}

/// Takes away what one container had of its own. None there is no error.
pub(crate) fn remove_of_container(
    cgroups: &Cgroups,
    task_folder: &Path,
    id: &ContainerId,
) -> Result<(), RuntimeError> {
    cgroups.remove_holder(&id.task, Some(&id.name))?;
    unpin(&own(task_folder, INITS, id))?;
    unpin(&own(task_folder, NETWORKS, id))
}

fn unpin(path: &Path) -> Result<(), RuntimeError> {
    if path.exists() {
        unmount_beneath(path)?;
        fs::remove_file(path).map_err(RuntimeError::io("remove", path))?;
    }
    Ok(())
}

/// Where a namespace of one container is pinned.
fn own(task_folder: &Path, kind: &str, id: &ContainerId) -> PathBuf {
    task_folder.join(FOLDER).join(kind).join(id.name.as_str())
}

/// The folder that is `/dev/shm` of the containers of a task with [`IpcMode::Task`].
pub(crate) fn shm(task_folder: &Path) -> PathBuf {
    task_folder.join(SHM)
}

fn mount_shm(task_folder: &Path, spec: &TaskSpec) -> Result<(), RuntimeError> {
    let folder = shm(task_folder);
    let device = |path: &Path| {
        fs::metadata(path)
            .map(|file| file.dev())
            .map_err(RuntimeError::io("look at", path))
    };
    if folder.exists() {
        if device(&folder)? != device(task_folder)? {
            return Ok(());
        }
        remove_folder(&folder)?;
    }
    fs::create_dir(&folder).map_err(RuntimeError::io("make", &folder))?;
    let bytes = spec.shm_bytes.unwrap_or(DEFAULT_SHM_BYTES);
    let owner = if spec.user_namespace {
        USER_NAMESPACE_FIRST_ID
    } else {
        0
    };
    let options = format!("size={bytes},mode=1777,uid={owner},gid={owner}");
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let options = std::ffi::CString::new(options).unwrap_or_default();
    mount("shm", &folder, "tmpfs", flags, Some(options.as_c_str()))
        .map_err(RuntimeError::os("mount shared memory at", &folder))
}

/// A child that has made its namespaces.
struct Made<'a> {
    child: &'a mut Child,
    answers: BufReader<ChildStdout>,
    proc: PathBuf,
    holder: Option<i32>,
}

impl Made<'_> {
    fn pin(&self, namespace: &str, path: &Path) -> Result<(), RuntimeError> {
        File::create(path).map_err(RuntimeError::io("make", path))?;
        rustix::mount::mount_bind(self.proc.join("ns").join(namespace), path)
            .map_err(RuntimeError::os("pin the namespace to", path))
    }

    fn let_go_of_holder(&mut self) -> Result<(), RuntimeError> {
        if let Some(stdin) = &mut self.child.stdin {
            stdin
                .write_all(&[GO])
                .map_err(RuntimeError::io("tell to go on", Path::new(COMMAND)))?;
        }
        let mut line = String::new();
        let _ = self.answers.read_line(&mut line);
        if line.trim() == HELD {
            Ok(())
        } else {
            Err(failed(""))
        }
    }
}

fn failed(message: &str) -> RuntimeError {
    RuntimeError::Command {
        command: COMMAND.to_owned(),
        message: message.to_owned(),
    }
}

/// Runs the child, and `work` while it holds the namespaces.
fn run_child(
    program: &Path,
    wish: &Wish,
    work: impl FnOnce(&mut Made<'_>) -> Result<(), RuntimeError>,
) -> Result<(), RuntimeError> {
    let mut child = Command::new(program)
        .arg("sandbox")
        .args(wish.arguments())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(RuntimeError::io("run", program))?;
    let result = made(&mut child).and_then(|mut made| work(&mut made));
    drop(child.stdin.take());
    let mut message = String::new();
    if result.is_err()
        && let Some(mut stderr) = child.stderr.take()
    {
        let _ = stderr.read_to_string(&mut message);
    }
    let status = child.wait();
    match result {
        Err(RuntimeError::Command { .. }) if message.trim().is_empty() => {
            // It was killed, then; and where not even that is known, the reason is that.
            Err(failed(&status.map_or_else(
                |error| error.to_string(),
                |status| format!("it ended with {status}"),
            )))
        }
        Err(RuntimeError::Command { .. }) => Err(failed(message.trim())),
        result => result,
    }
}

fn made(child: &mut Child) -> Result<Made<'_>, RuntimeError> {
    let stdout = child.stdout.take().ok_or_else(|| failed(""))?;
    let mut answers = BufReader::new(stdout);
    let mut line = String::new();
    let _ = answers.read_line(&mut line);
    let mut words = line.split_whitespace();
    if words.next() != Some(READY) {
        return Err(failed(""));
    }
    Ok(Made {
        proc: PathBuf::from(format!("/proc/{}", child.id())),
        child,
        answers,
        holder: words.next().and_then(|word| word.parse().ok()),
    })
}

fn map_ids(proc: &Path) -> Result<(), RuntimeError> {
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
    Ok(())
}

/// True when a namespace is mounted there.
fn is_pinned(path: &Path) -> bool {
    rustix::fs::statfs(path).is_ok_and(|fs| fs.f_type == NSFS_MAGIC)
}
