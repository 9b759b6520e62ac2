//! How much memory this process may have: what its cgroups leave it of the machine's.

use std::fs;
use std::path::{Path, PathBuf};

const CGROUPS: &str = "/sys/fs/cgroup";
/// Where a hierarchy of its own for memory is, and the file with the limit in it (cgroup v1).
const V1: (&str, &str) = ("memory", "memory.limit_in_bytes");
const V2_FILE: &str = "memory.max";

/// In bytes: the machine's, or less where a cgroup of this process has a limit.
pub(crate) fn limit_bytes() -> u64 {
    let info = rustix::system::sysinfo();
    let unit = u64::from(info.mem_unit.max(1));
    let machine = info.totalram.saturating_mul(unit);
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    limit_files(&groups)
        .iter()
        // A path may be one of another namespace's: then it is not there, and those above count.
        .filter_map(|path| fs::read_to_string(path).ok())
        // `max`, or a number beyond all memory, where there is no limit.
        .filter_map(|text| text.trim().parse().ok())
        .fold(machine, u64::min)
}

/// The files with the limits of the cgroups that `/proc/self/cgroup` names, and of those above.
fn limit_files(groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        let (hierarchy, file) = if controllers.is_empty() {
            (PathBuf::from(CGROUPS), V2_FILE)
        } else if controllers.split(',').any(|name| name == V1.0) {
            (Path::new(CGROUPS).join(V1.0), V1.1)
        } else {
            continue;
        };
        let own = Path::new(path.trim_start_matches('/'));
        files.extend(
            own.ancestors()
                .map(|group| hierarchy.join(group).join(file)),
        );
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_all_groups_above_count() {
        let shown = |groups| {
            let files = limit_files(groups);
            let text: Vec<_> = files
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            text
        };
        assert_eq!(
            shown("4:cpu,cpuacct:/a\n3:memory:/a/b\n0::/\n"),
            [
                "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert_eq!(
            shown("0::/system.slice/longshore.service\n"),
            [
                "/sys/fs/cgroup/system.slice/longshore.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert_eq!(shown("nonsense\n"), [""; 0]);
    }

    #[test]
    fn this_process_may_have_some() {
        assert!(limit_bytes() > 0);
    }
}
