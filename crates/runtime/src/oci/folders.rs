//! Where things of tasks and containers are kept.
//!
//! On disk, `<state_dir>/tasks/<task>/`: `task.json`, `ns/` (pinned namespaces), `volumes/`, and
//! `containers/<name>/` with the shim's files (crate `shim`), `rootfs`, `upper`, `work` and `etc`;
//! and `<state_dir>/volumes/`, which stay when tasks go. Where a task has a disk of its own, that is
//! `disk.img`, mounted at `disk/`, and holds `volumes/` and each container's `upper` and `work`.
//! On tmpfs, `<run_dir>/`: `bundles/<task>/<name>/config.json`, which may hold secrets, and
//! `oci/`, the OCI runtime's own state. The tmpfs's content ends with the machine's run, as the
//! containers do.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::{ContainerId, RuntimeError, TaskId, TaskSpec, USER_NAMESPACE_FIRST_ID};

/// The longest name that the OCI runtime's own folder for a container gets.
const MAX_OCI_ID_CHARS: usize = 200;

#[derive(Clone, Debug)]
pub(super) struct Folders {
    pub(super) state: PathBuf,
    pub(super) run: PathBuf,
}

impl Folders {
    pub(super) fn tasks(&self) -> PathBuf {
        self.state.join("tasks")
    }

    pub(super) fn task(&self, id: &TaskId) -> PathBuf {
        self.tasks().join(id.as_str())
    }

    pub(super) fn task_record(&self, id: &TaskId) -> PathBuf {
        self.task(id).join("task.json")
    }

    /// Its existence tells that a container of the task may swap.
    pub(super) fn task_swap(&self, id: &TaskId) -> PathBuf {
        self.task(id).join("swap")
    }

    pub(super) fn containers(&self, id: &TaskId) -> PathBuf {
        self.task(id).join("containers")
    }

    pub(super) fn container(&self, id: &ContainerId) -> PathBuf {
        self.containers(&id.task).join(id.name.as_str())
    }

    /// The file that a task's own disk is.
    pub(super) fn disk_file(&self, id: &TaskId) -> PathBuf {
        self.task(id).join("disk.img")
    }

    /// Where a task's own disk is mounted.
    pub(super) fn disk(&self, id: &TaskId) -> PathBuf {
        self.task(id).join("disk")
    }

    /// Where a container's part of its task's own disk is.
    pub(super) fn container_on_disk(&self, id: &ContainerId) -> PathBuf {
        self.disk(&id.task)
            .join("containers")
            .join(id.name.as_str())
    }

    /// The volumes that go with a task.
    pub(super) fn volumes(&self, task: &TaskSpec) -> PathBuf {
        match task.storage_bytes {
            Some(_) => self.disk(&task.id),
            None => self.task(&task.id),
        }
        .join("volumes")
    }

    /// Volumes that stay when tasks go.
    pub(super) fn node_volumes(&self) -> PathBuf {
        self.state.join("volumes")
    }

    pub(super) fn bundles(&self) -> PathBuf {
        self.run.join("bundles")
    }

    pub(super) fn task_bundles(&self, id: &TaskId) -> PathBuf {
        self.bundles().join(id.as_str())
    }

    pub(super) fn bundle(&self, id: &ContainerId) -> PathBuf {
        self.task_bundles(&id.task).join(id.name.as_str())
    }

    pub(super) fn oci_root(&self) -> PathBuf {
        self.run.join("oci")
    }
}

/// A container's id for the OCI runtime.
pub(super) fn oci_id(id: &ContainerId) -> String {
    // A dot is in no name, so that two containers never have one id.
    let id = format!("{}.{}", id.task, id.name);
    if id.len() <= MAX_OCI_ID_CHARS {
        return id;
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in id.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let front: String = id.chars().take(MAX_OCI_ID_CHARS).collect();
    format!("{front}.{hash:016x}")
}

/// Makes a folder that only root may enter.
pub(super) fn make_private(path: &Path) -> Result<(), RuntimeError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(RuntimeError::io("make", path))
}

/// Makes a folder through which root and the user namespaces' root may pass, and nobody else: a
/// container's files may be set-user-id programs.
pub(super) fn make_passage(path: &Path) -> Result<(), RuntimeError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(path)
        .map_err(RuntimeError::io("make", path))?;
    chown(path, None, Some(USER_NAMESPACE_FIRST_ID))
        .map_err(RuntimeError::io("give to the namespaces' group", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o710))
        .map_err(RuntimeError::io("set the mode of", path))
}

/// Refuses a state folder that a user namespace's root cannot reach.
pub(super) fn check_passage(state: &Path) -> Result<(), RuntimeError> {
    let state = fs::canonicalize(state).map_err(RuntimeError::io("find", state))?;
    for folder in state.ancestors() {
        let mode = fs::metadata(folder)
            .map_err(RuntimeError::io("read the mode of", folder))?
            .mode();
        if mode & 0o001 == 0 {
            let error = io::Error::new(
                io::ErrorKind::PermissionDenied,
                "tasks with a user namespace must be able to pass through it; run chmod o+x on it",
            );
            return Err(RuntimeError::io("use", folder)(error));
        }
    }
    Ok(())
}

/// The names in a folder; none when there is no folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, RuntimeError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(RuntimeError::io("list", folder)(source)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(RuntimeError::io("list", folder))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_for_the_oci_runtime_are_short_and_distinct() {
        let id = |task: &str, name: &str| {
            oci_id(&ContainerId::new(&task.parse().unwrap(), name).unwrap())
        };
        assert_eq!(id("t", "web"), "t.web");
        assert_ne!(id("a-b", "c"), id("a", "b-c"));
        let long = "x".repeat(255);
        let other = format!("{}y", "x".repeat(254));
        assert!(id("t", &long).len() < 255);
        assert_ne!(id("t", &long), id("t", &other));
    }
}
