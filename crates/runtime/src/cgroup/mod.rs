//! Control groups: one per task below one common parent, the containers' below the task's.
//!
//! The OCI runtime makes and removes the containers' groups; here are the task's, with the limits
//! that its containers share, and the paths.

mod hierarchy;
mod moves;
mod v1;
mod v2;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use self::moves::Moves;
use crate::{ContainerId, ContainerName, RuntimeError, TaskId, TaskLimits};

/// The period over which a processor quota is counted: the kernel's and Docker's default.
const CPU_PERIOD_MICROS: u64 = 100_000;
/// How much of what a task left unused it may have on top of a period's quota: one quota, the most that there can be.
/// A container's start is hundreds of small works of the OCI runtime within the task's group, and of a quarter
/// of a processor they would else wait for the next period. On average a task has its quota and no more.
const CPU_BURST_QUOTAS: u64 = 1;
/// How often a group that is still busy is looked at again, and how many times: killed processes
/// take a moment to leave it.
const BUSY_POLL: Duration = Duration::from_millis(5);
const BUSY_TRIES: u32 = 400;
/// The group of a PID namespace's first process, with the container's name behind it if it is a
/// container's own; a dot is in no such name.
const HOLDER: &str = ".holder.";
/// What the names of groups for commands in containers begin with.
pub(crate) const EXEC_PREFIX: &str = "longshore-exec-";
/// The processes of a group.
const PROCS: &str = "cgroup.procs";
/// How often making a group is tried again when another task's removal took the parent away.
const CREATE_TRIES: u32 = 5;

/// How this machine mounts its cgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CgroupVersion {
    /// One hierarchy per controller.
    V1,
    /// The same, and a v2 hierarchy without the controllers that matter beside them.
    Hybrid,
    /// One hierarchy.
    V2,
}

/// What a group uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time so far, in nanoseconds.
    pub cpu_nanos: u64,
    /// Memory now, in bytes, page cache included.
    pub memory_bytes: u64,
    /// Processes and threads now.
    pub pids: u64,
}

/// This machine's cgroups, with the name of the parent of all tasks' groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgroups {
    layout: Layout,
    parent: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Layout {
    V1 {
        /// Mount points by controller; several controllers may share one.
        controllers: BTreeMap<String, PathBuf>,
        /// Hierarchies without controllers, where OCI runtimes make groups all the same.
        others: Vec<PathBuf>,
        hybrid: bool,
    },
    V2 {
        root: PathBuf,
    },
}

impl Cgroups {
    /// Reads how this machine mounts its cgroups. `parent` is the name of the group, below each
    /// hierarchy's root, that holds the tasks' groups, for instance `longshore`.
    ///
    /// # Errors
    /// When no cgroups are mounted, with what to do.
    pub fn detect(parent: &str) -> Result<Self, RuntimeError> {
        let table = Path::new("/proc/self/mountinfo");
        let text = fs::read_to_string(table).map_err(RuntimeError::io("read", table))?;
        Self::from_mountinfo(&text, parent)
    }

    fn from_mountinfo(text: &str, parent: &str) -> Result<Self, RuntimeError> {
        let mounts = hierarchy::parse(text);
        let unified = mounts.iter().find(|mount| mount.v2);
        let mut controllers = BTreeMap::new();
        let mut others = Vec::new();
        for mount in mounts.iter().filter(|mount| !mount.v2) {
            for controller in &mount.controllers {
                controllers
                    .entry(controller.clone())
                    .or_insert_with(|| mount.point.clone());
            }
            if mount.controllers.is_empty() {
                others.push(mount.point.clone());
            }
        }
        let layout = if controllers.is_empty() {
            let root = unified.ok_or_else(|| RuntimeError::Unsupported {
                what: "a machine without cgroups; mount them at /sys/fs/cgroup".to_owned(),
            })?;
            Layout::V2 {
                root: root.point.clone(),
            }
        } else {
            for needed in ["cpu", "memory", "pids"] {
                if !controllers.contains_key(needed) {
                    return Err(RuntimeError::Unsupported {
                        what: format!("a machine without the cgroup controller {needed}; mount it"),
                    });
                }
            }
            others.extend(unified.map(|mount| mount.point.clone()));
            Layout::V1 {
                controllers,
                others,
                hybrid: unified.is_some(),
            }
        };
        Ok(Self {
            layout,
            parent: parent.to_owned(),
        })
    }

    /// Which version the machine has.
    #[must_use]
    pub fn version(&self) -> CgroupVersion {
        match &self.layout {
            Layout::V2 { .. } => CgroupVersion::V2,
            Layout::V1 { hybrid: true, .. } => CgroupVersion::Hybrid,
            Layout::V1 { hybrid: false, .. } => CgroupVersion::V1,
        }
    }

    /// True when the kernel counts swap, so that it can be denied.
    pub(crate) fn counts_swap(&self) -> bool {
        match &self.layout {
            Layout::V1 { controllers, .. } => controllers
                .get("memory")
                .is_some_and(|memory| memory.join("memory.memsw.limit_in_bytes").exists()),
            // The file is never in the root group.
            Layout::V2 { root } => root.join(&self.parent).join("memory.swap.max").exists(),
        }
    }

    /// A container's group as the OCI spec's `cgroupsPath` wants it.
    pub(crate) fn container_path(&self, id: &ContainerId) -> String {
        format!("/{}/{}/{}", self.parent, id.task, id.name)
    }

    /// Makes a group below a container's in every hierarchy that has the container, for a command
    /// that is run in it.
    pub(crate) fn create_exec(&self, id: &ContainerId, name: &str) -> Result<(), RuntimeError> {
        let group = self.relative(&id.task, Some(&id.name));
        for root in self.roots() {
            let group = root.join(&group);
            if group.exists() {
                create_group(&group.join(name))?;
                if matches!(self.layout, Layout::V1 { .. }) {
                    v1::inherit_cpuset(&group, name)?;
                }
            }
        }
        Ok(())
    }

    /// Ends what is in it and removes it.
    pub(crate) fn remove_exec(&self, id: &ContainerId, name: &str) -> Result<(), RuntimeError> {
        let group = self.relative(&id.task, Some(&id.name)).join(name);
        for root in self.roots() {
            let group = root.join(&group);
            if group.exists() {
                kill_all(&group);
                remove_tree(&group)?;
            }
        }
        Ok(())
    }

    /// The names of those that are there.
    pub(crate) fn execs(&self, id: &ContainerId) -> Vec<String> {
        let group = self.relative(&id.task, Some(&id.name));
        let mut names: Vec<String> = self
            .roots()
            .into_iter()
            .flat_map(|root| fs::read_dir(root.join(&group)).into_iter().flatten())
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.starts_with(EXEC_PREFIX))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// The folder of a container's group in a hierarchy that has all its processes.
    pub(crate) fn process_folder(&self, id: &ContainerId) -> Option<PathBuf> {
        self.memory_folder(&id.task, Some(&id.name))
    }

    /// The file that counts a container's processes that were killed for want of memory.
    pub(crate) fn oom_events(&self, id: &ContainerId) -> Option<PathBuf> {
        let group = self.memory_folder(&id.task, Some(&id.name))?;
        Some(group.join(match &self.layout {
            Layout::V1 { .. } => "memory.oom_control",
            Layout::V2 { .. } => "memory.events",
        }))
    }

    /// Makes a task's group with its limits, or sets the limits anew. Without `swap`, a limit of
    /// memory leaves it none.
    pub(crate) fn create_task(
        &self,
        task: &TaskId,
        limits: &TaskLimits,
        swap: bool,
    ) -> Result<(), RuntimeError> {
        match &self.layout {
            Layout::V1 { controllers, .. } => {
                v1::create(controllers, &self.relative(task, None), limits, swap)
            }
            Layout::V2 { root } => v2::create(root, &self.parent, task.as_str(), limits, swap),
        }
    }

    /// Puts the first process of a PID namespace, of a task or of one container of it, into a group
    /// of its own below the task's: there it is found, and ended with the task.
    pub(crate) fn add_holder(
        &self,
        task: &TaskId,
        container: Option<&ContainerName>,
        pid: i32,
    ) -> Result<(), RuntimeError> {
        let relative = self.holder(task, container);
        for root in self.limited_roots() {
            let group = root.join(&relative);
            create_group(&group)?;
            write_value(&group.join(PROCS), &pid.to_string())?;
        }
        Ok(())
    }

    /// True while that process lives.
    pub(crate) fn has_holder(&self, task: &TaskId, container: Option<&ContainerName>) -> bool {
        let relative = self.holder(task, container).join(PROCS);
        self.limited_roots()
            .into_iter()
            .all(|root| fs::read_to_string(root.join(&relative)).is_ok_and(|pids| !pids.is_empty()))
    }

    /// Ends it.
    pub(crate) fn remove_holder(
        &self,
        task: &TaskId,
        container: Option<&ContainerName>,
    ) -> Result<(), RuntimeError> {
        let relative = self.holder(task, container);
        for root in self.limited_roots() {
            let group = root.join(&relative);
            kill_all(&group);
            remove_tree(&group)?;
        }
        Ok(())
    }

    fn holder(&self, task: &TaskId, container: Option<&ContainerName>) -> PathBuf {
        let group = self.relative(task, None);
        match container {
            None => group.join(HOLDER),
            Some(name) => group.join(format!("{HOLDER}{name}")),
        }
    }

    /// The hierarchies in which a task's group is made here.
    fn limited_roots(&self) -> Vec<PathBuf> {
        match &self.layout {
            Layout::V1 { controllers, .. } => v1::CONTROLLERS
                .iter()
                .filter_map(|name| controllers.get(*name).cloned())
                .collect(),
            Layout::V2 { root } => vec![root.clone()],
        }
    }

    /// What a task's containers use together, or one of them alone.
    ///
    /// # Errors
    /// When the group is not there.
    pub fn usage(
        &self,
        task: &TaskId,
        container: Option<&ContainerName>,
    ) -> Result<Usage, RuntimeError> {
        let relative = self.relative(task, container);
        match &self.layout {
            Layout::V1 { controllers, .. } => v1::usage(controllers, &relative),
            Layout::V2 { root } => v2::usage(&root.join(relative)),
        }
    }

    /// Ends what still runs in a task's group and removes it, and the common parent with the last
    /// task.
    pub(crate) fn remove_task(&self, task: &TaskId) -> Result<(), RuntimeError> {
        self.remove(&self.relative(task, None))
    }

    /// The same for a container's group, when its OCI runtime left it behind.
    pub(crate) fn remove_container(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        self.remove(&self.relative(&id.task, Some(&id.name)))
    }

    fn remove(&self, relative: &Path) -> Result<(), RuntimeError> {
        for root in self.roots() {
            remove_tree(&root.join(relative))?;
            // Fails as long as another task is there.
            let _ = fs::remove_dir(root.join(&self.parent));
        }
        Ok(())
    }

    fn memory_folder(&self, task: &TaskId, name: Option<&ContainerName>) -> Option<PathBuf> {
        let relative = self.relative(task, name);
        match &self.layout {
            Layout::V1 { controllers, .. } => Some(controllers.get("memory")?.join(relative)),
            Layout::V2 { root } => Some(root.join(relative)),
        }
    }

    fn relative(&self, task: &TaskId, name: Option<&ContainerName>) -> PathBuf {
        let mut path = Path::new(&self.parent).join(task.as_str());
        if let Some(name) = name {
            path.push(name.as_str());
        }
        path
    }

    fn roots(&self) -> Vec<PathBuf> {
        match &self.layout {
            Layout::V1 {
                controllers,
                others,
                ..
            } => {
                let mut roots: Vec<PathBuf> = controllers.values().chain(others).cloned().collect();
                roots.sort();
                roots.dedup();
                roots
            }
            Layout::V2 { root } => vec![root.clone()],
        }
    }
}

/// Makes a group and its parents.
fn create_group(path: &Path) -> Result<(), RuntimeError> {
    for _ in 1..CREATE_TRIES {
        if fs::create_dir_all(path).is_ok() {
            return Ok(());
        }
    }
    fs::create_dir_all(path).map_err(RuntimeError::io("make the cgroup", path))
}

fn write_value(path: &Path, value: &str) -> Result<(), RuntimeError> {
    fs::write(path, value).map_err(RuntimeError::io("set the limit", path))
}

/// The microseconds of each period that a limit in thousandths of a processor comes to.
fn quota_micros(millis: u64) -> u64 {
    millis.saturating_mul(CPU_PERIOD_MICROS) / 1000
}

/// Sets a quota by `set`, and lets a group that has one save up, from now on with its savings full; kernels
/// before 5.14 know no such thing. What it may save is never more than its quota, at any moment.
fn set_quota(
    burst: &Path,
    quota_micros: Option<u64>,
    set: impl FnOnce() -> Result<(), RuntimeError>,
) -> Result<(), RuntimeError> {
    let saves = burst.exists();
    if saves {
        write_value(burst, "0")?;
    }
    set()?;
    match quota_micros {
        Some(quota) if saves => write_value(burst, &(quota * CPU_BURST_QUOTAS).to_string()),
        _ => Ok(()),
    }
}

fn read_number(path: &Path) -> Result<u64, RuntimeError> {
    let text = fs::read_to_string(path).map_err(RuntimeError::io("read", path))?;
    text.trim()
        .parse()
        .map_err(|_| RuntimeError::io("read a number from", path)(io::Error::other(text)))
}

/// Removes a group and those below it, the deepest first.
fn remove_tree(group: &Path) -> Result<(), RuntimeError> {
    let mut tries = 0;
    loop {
        match remove_once(group) {
            Ok(()) => return Ok(()),
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) && tries < BUSY_TRIES => {
                kill_all(group);
                tries += 1;
                // The callers are on threads that may block.
                std::thread::park_timeout(BUSY_POLL);
            }
            Err(source) => return Err(RuntimeError::io("remove the cgroup", group)(source)),
        }
    }
}

fn remove_once(group: &Path) -> io::Result<()> {
    let children = match fs::read_dir(group) {
        Ok(children) => children,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for child in children {
        let child = child?;
        if child.file_type()?.is_dir() {
            remove_once(&child.path())?;
        }
    }
    match fs::remove_dir(group) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Kills what runs in a group of ours and below.
fn kill_all(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            kill_all(&entry.path());
        }
    }
    let procs = fs::read_to_string(group.join(PROCS)).unwrap_or_default();
    for pid in procs.lines().filter_map(|line| line.parse().ok()) {
        if let Some(pid) = rustix::process::Pid::from_raw(pid) {
            // It may be gone already.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n\
        40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn the_version_is_told_from_the_mounts() {
        let hybrid = Cgroups::from_mountinfo(HYBRID, "longshore").unwrap();
        assert_eq!(hybrid.version(), CgroupVersion::Hybrid);
        let v1: String = HYBRID
            .lines()
            .take(4)
            .map(|line| format!("{line}\n"))
            .collect();
        let v1 = Cgroups::from_mountinfo(&v1, "longshore").unwrap();
        assert_eq!(v1.version(), CgroupVersion::V1);
        let v2 = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
        let v2 = Cgroups::from_mountinfo(v2, "longshore").unwrap();
        assert_eq!(v2.version(), CgroupVersion::V2);
        assert!(Cgroups::from_mountinfo("", "longshore").is_err());
        let no_pids = HYBRID.replace("rw,pids", "rw,blkio");
        let error = Cgroups::from_mountinfo(&no_pids, "longshore").unwrap_err();
        assert!(error.to_string().contains("pids"), "{error}");
    }

    #[test]
    fn every_hierarchy_is_cleaned_once() {
        let cgroups = Cgroups::from_mountinfo(HYBRID, "longshore").unwrap();
        assert_eq!(
            cgroups.roots(),
            ["cpu", "memory", "pids", "systemd", "unified"]
                .map(|name| Path::new("/sys/fs/cgroup").join(name))
        );
    }

    #[test]
    fn a_containers_group_is_below_its_tasks() {
        let cgroups = Cgroups::from_mountinfo(HYBRID, "longshore").unwrap();
        let id = ContainerId::new(&"t1".parse().unwrap(), "web").unwrap();
        assert_eq!(cgroups.container_path(&id), "/longshore/t1/web");
        assert_eq!(
            cgroups.oom_events(&id).unwrap(),
            Path::new("/sys/fs/cgroup/memory/longshore/t1/web/memory.oom_control")
        );
    }

    mod root {
        use super::*;

        #[test]
        fn a_quota_that_is_lowered_takes_the_savings_with_it() {
            let parent = format!("longshore-test-{}", std::process::id());
            let cgroups = Cgroups::detect(&parent).unwrap();
            let task: TaskId = "t".parse().unwrap();
            for millis in [1000, 250] {
                let limits = TaskLimits {
                    cpu_millis: Some(millis),
                    ..TaskLimits::default()
                };
                cgroups.create_task(&task, &limits, false).unwrap();
            }
            cgroups.remove_task(&task).unwrap();
            for root in cgroups.roots() {
                assert!(!root.join(&parent).exists(), "{}", root.display());
            }
        }
    }
}
