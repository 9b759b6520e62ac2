//! Limits and usage in v2's one hierarchy (kernel documentation, admin-guide/cgroup-v2).

use std::fs;
use std::path::Path;

use super::{
    CPU_PERIOD_MICROS, Usage, create_group, quota_micros, read_number, set_quota, write_value,
};
use crate::{RuntimeError, TaskLimits};

const CONTROLLERS: &str = "+cpu +memory +pids";

pub(super) fn create(
    root: &Path,
    parent: &str,
    task: &str,
    limits: &TaskLimits,
    swap: bool,
) -> Result<(), RuntimeError> {
    let parent = root.join(parent);
    let group = parent.join(task);
    create_group(&group)?;
    // Each level hands the controllers on to the next; none of these holds processes.
    for level in [root, &parent, &group] {
        let control = level.join("cgroup.subtree_control");
        fs::write(&control, CONTROLLERS)
            .map_err(RuntimeError::io("hand on controllers through", &control))?;
    }
    let micros = limits.cpu_millis.map(quota_micros);
    let quota = micros.map_or_else(|| "max".to_owned(), |micros| micros.to_string());
    set_quota(&group.join("cpu.max.burst"), micros, || {
        write_value(
            &group.join("cpu.max"),
            &format!("{quota} {CPU_PERIOD_MICROS}"),
        )
    })?;
    let max =
        |limit: Option<u64>| limit.map_or_else(|| "max".to_owned(), |limit| limit.to_string());
    write_value(&group.join("memory.max"), &max(limits.memory_bytes))?;
    let most = group.join("memory.swap.max");
    if limits.memory_bytes.is_some() && most.exists() {
        write_value(&most, if swap { "max" } else { "0" })?;
    }
    write_value(&group.join("pids.max"), &max(limits.pids))
}

pub(super) fn usage(group: &Path) -> Result<Usage, RuntimeError> {
    let path = group.join("cpu.stat");
    let stat = fs::read_to_string(&path).map_err(RuntimeError::io("read", &path))?;
    let micros: u64 = stat
        .lines()
        .filter_map(|line| line.strip_prefix("usage_usec "))
        .find_map(|micros| micros.trim().parse().ok())
        .unwrap_or_default();
    Ok(Usage {
        cpu_nanos: micros.saturating_mul(1000),
        memory_bytes: read_number(&group.join("memory.current"))?,
        pids: read_number(&group.join("pids.current"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_at_the_task_and_controllers_handed_down() {
        let root = tempfile::tempdir().unwrap();
        let limits = TaskLimits {
            cpu_millis: Some(1500),
            memory_bytes: None,
            pids: Some(10),
        };
        let group = root.path().join("longshore/t");
        fs::create_dir_all(&group).unwrap();
        fs::write(group.join("cpu.max.burst"), "0").unwrap();
        create(root.path(), "longshore", "t", &limits, false).unwrap();
        let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
        assert_eq!(read("longshore/cgroup.subtree_control"), CONTROLLERS);
        assert_eq!(read("longshore/t/cpu.max"), "150000 100000");
        assert_eq!(read("longshore/t/cpu.max.burst"), "150000");
        assert_eq!(read("longshore/t/memory.max"), "max");
        assert_eq!(read("longshore/t/pids.max"), "10");
    }

    #[test]
    fn usage_is_read_in_nanoseconds() {
        let group = tempfile::tempdir().unwrap();
        fs::write(
            group.path().join("cpu.stat"),
            "usage_usec 12\nuser_usec 5\n",
        )
        .unwrap();
        fs::write(group.path().join("memory.current"), "4096\n").unwrap();
        fs::write(group.path().join("pids.current"), "3\n").unwrap();
        let usage = usage(group.path()).unwrap();
        assert_eq!(
            usage,
            Usage {
                cpu_nanos: 12_000,
                memory_bytes: 4096,
                pids: 3
            }
        );
    }
}
