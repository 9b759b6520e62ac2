//! Moves of processes between groups, which every OCI runtime makes of a new container's first one.
//!
//! The kernel moves a process only after a grace period of RCU, about ten milliseconds, unless another
//! was moved shortly before: its `cgroup_threadgroup_rwsem` is a `percpu_rw_semaphore`, whose writers
//! wait for the readers of all processors (kernel/locking/percpu-rwsem.c, kernel/rcu/sync.c), and which
//! stays ready for writers for another such period. So the wait is begun ahead, beside other work.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Cgroups, Layout, PROCS};

/// Where this process's groups are told.
const OWN_GROUPS: &str = "/proc/self/cgroup";
/// What stands for the process that writes it.
const SELF: &str = "0";

/// Has the kernel get ready for a move.
#[derive(Debug)]
pub(crate) struct Moves {
    /// The processes of the group that this one is in; `None` where that is not known.
    own: Option<PathBuf>,
    /// One at a time: those who come meanwhile are served by it.
    busy: Arc<AtomicBool>,
}

impl Moves {
    pub(crate) fn of(cgroups: &Cgroups) -> Self {
        let groups = fs::read_to_string(OWN_GROUPS).unwrap_or_default();
        Self {
            own: cgroups.own_group(&groups).map(|group| group.join(PROCS)),
            busy: Arc::default(),
        }
    }

    /// A process will be moved soon. Returns at once; to be called in a tokio runtime.
    pub(crate) fn expect_one(&self) {
        let Some(own) = &self.own else {
            return;
        };
        if self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let (own, busy) = (own.clone(), Arc::clone(&self.busy));
        tokio::task::spawn_blocking(move || {
            stay(&own);
            busy.store(false, Ordering::Release);
        });
    }
}

/// Moves this process to where it is.
fn stay(own: &Path) {
    if let Err(error) = fs::write(own, SELF) {
        // A later move takes its time, then.
        tracing::debug!(group = %own.display(), %error, "no process could be moved ahead of another");
    }
}

impl Cgroups {
    /// The folder of the group that a process is in, by its `/proc/PID/cgroup`, in a hierarchy that has
    /// the containers' groups, too.
    fn own_group(&self, groups: &str) -> Option<PathBuf> {
        let (root, controller) = match &self.layout {
            Layout::V1 { controllers, .. } => (controllers.get("memory")?, "memory"),
            Layout::V2 { root } => (root, ""),
        };
        // ID:CONTROLLERS:PATH, cgroups(7).
        let path = groups.lines().find_map(|line| {
            let (named, path) = line.split_once(':')?.1.split_once(':')?;
            named
                .split(',')
                .any(|one| one == controller)
                .then_some(path)
        })?;
        Some(root.join(path.trim_start_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS_V1: &str = "\
30 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
31 24 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 24 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
33 24 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";
    const MOUNTS_V2: &str = "30 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

    fn own_group(mounts: &str, groups: &str) -> Option<PathBuf> {
        let cgroups = Cgroups::from_mountinfo(mounts, "longshore").unwrap();
        cgroups.own_group(groups)
    }

    #[test]
    fn the_own_group_is_found() {
        let v1 = "9:name=systemd:/\n4:memory:/of/ours\n2:cpu,cpuacct:/\n0::/elsewhere\n";
        let v2 = "0::/system.slice/longshore.service\n";
        for (mounts, groups, found) in [
            (MOUNTS_V1, v1, Some("/sys/fs/cgroup/memory/of/ours")),
            (
                MOUNTS_V2,
                v2,
                Some("/sys/fs/cgroup/system.slice/longshore.service"),
            ),
            (MOUNTS_V2, "0::/\n", Some("/sys/fs/cgroup/")),
            (MOUNTS_V1, v2, None),
            (MOUNTS_V2, "", None),
        ] {
            assert_eq!(
                own_group(mounts, groups),
                found.map(PathBuf::from),
                "{groups}"
            );
        }
    }

    mod root {
        use super::*;

        #[test]
        fn a_process_stays_where_it_is() {
            let cgroups = Cgroups::detect("longshore").unwrap();
            let before = fs::read_to_string(OWN_GROUPS).unwrap();
            let own = cgroups.own_group(&before).unwrap().join(PROCS);
            fs::write(&own, SELF).unwrap();
            assert_eq!(fs::read_to_string(OWN_GROUPS).unwrap(), before);
        }
    }
}
