//! Limits and usage in v1's hierarchies (kernel documentation, admin-guide/cgroup-v1).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{
    CPU_PERIOD_MICROS, Usage, create_group, quota_micros, read_number, set_quota, write_value,
};
use crate::{RuntimeError, TaskLimits};

/// Those in which a task has a group with limits, or for its usage.
pub(super) const CONTROLLERS: [&str; 4] = ["cpu", "cpuacct", "memory", "pids"];

const UNLIMITED: &str = "-1";

pub(super) fn create(
    controllers: &BTreeMap<String, PathBuf>,
    relative: &Path,
    limits: &TaskLimits,
    swap: bool,
) -> Result<(), RuntimeError> {
    let group = |controller: &str| group(controllers, controller, relative);
    // For usage alone.
    if controllers.contains_key("cpuacct") {
        create_group(&group("cpuacct")?)?;
    }
    let cpu = group("cpu")?;
    create_group(&cpu)?;
    write_value(
        &cpu.join("cpu.cfs_period_us"),
        &CPU_PERIOD_MICROS.to_string(),
    )?;
    let micros = limits.cpu_millis.map(quota_micros);
    let quota = micros.map_or_else(|| UNLIMITED.to_owned(), |micros| micros.to_string());
    set_quota(&cpu.join("cpu.cfs_burst_us"), micros, || {
        write_value(&cpu.join("cpu.cfs_quota_us"), &quota)
    })?;
    let memory = group("memory")?;
    create_group(&memory)?;
    let bytes = limits
        .memory_bytes
        .map_or_else(|| UNLIMITED.to_owned(), |bytes| bytes.to_string());
    // The kernel keeps both together above memory alone at every moment.
    let both = memory.join("memory.memsw.limit_in_bytes");
    if both.exists() {
        write_value(&both, UNLIMITED)?;
    }
    write_value(&memory.join("memory.limit_in_bytes"), &bytes)?;
    if both.exists() && !swap {
        write_value(&both, &bytes)?;
    }
    let pids = group("pids")?;
    create_group(&pids)?;
    let max = limits
        .pids
        .map_or_else(|| "max".to_owned(), |max| max.to_string());
    write_value(&pids.join("pids.max"), &max)
}

/// A new group of the controller `cpuset` takes no process before it has processors and memory: gives
/// it its parent's. Of other controllers nothing is done.
pub(super) fn inherit_cpuset(parent: &Path, name: &str) -> Result<(), RuntimeError> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let from = parent.join(file);
        if from.exists() {
            let value = std::fs::read_to_string(&from).map_err(RuntimeError::io("read", &from))?;
            write_value(&parent.join(name).join(file), value.trim())?;
        }
    }
    Ok(())
}

pub(super) fn usage(
    controllers: &BTreeMap<String, PathBuf>,
    relative: &Path,
) -> Result<Usage, RuntimeError> {
    let group = |controller: &str| group(controllers, controller, relative);
    Ok(Usage {
        cpu_nanos: read_number(&group("cpuacct")?.join("cpuacct.usage"))?,
        memory_bytes: read_number(&group("memory")?.join("memory.usage_in_bytes"))?,
        pids: read_number(&group("pids")?.join("pids.current"))?,
    })
}

fn group(
    controllers: &BTreeMap<String, PathBuf>,
    controller: &str,
    relative: &Path,
) -> Result<PathBuf, RuntimeError> {
    let root = controllers
        .get(controller)
        .ok_or_else(|| RuntimeError::Unsupported {
            what: format!("a machine without the cgroup controller {controller}; mount it"),
        })?;
    Ok(root.join(relative))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn limits_are_written_and_lifted() {
        let root = tempfile::tempdir().unwrap();
        let controllers: BTreeMap<String, PathBuf> = ["cpu", "memory", "pids"]
            .map(|name| (name.to_owned(), root.path().join(name)))
            .into();
        let limits = TaskLimits {
            cpu_millis: Some(250),
            memory_bytes: Some(1 << 29),
            pids: Some(100),
        };
        let relative = Path::new("longshore/t");
        create(&controllers, relative, &limits, false).unwrap();
        let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
        assert_eq!(read("cpu/longshore/t/cpu.cfs_quota_us"), "25000");
        assert_eq!(
            read("memory/longshore/t/memory.limit_in_bytes"),
            "536870912"
        );
        assert_eq!(read("pids/longshore/t/pids.max"), "100");
        let both = root
            .path()
            .join("memory/longshore/t/memory.memsw.limit_in_bytes");
        fs::write(&both, "").unwrap();
        create(&controllers, relative, &limits, false).unwrap();
        assert_eq!(fs::read_to_string(&both).unwrap(), "536870912");
        let burst = root.path().join("cpu/longshore/t/cpu.cfs_burst_us");
        assert!(!burst.exists(), "an older kernel's group has no such file");
        fs::write(&burst, "0").unwrap();
        create(&controllers, relative, &limits, true).unwrap();
        assert_eq!(fs::read_to_string(&burst).unwrap(), "25000");
        assert_eq!(fs::read_to_string(&both).unwrap(), "-1");
        create(&controllers, relative, &TaskLimits::default(), false).unwrap();
        assert_eq!(fs::read_to_string(&burst).unwrap(), "0");
        assert_eq!(read("cpu/longshore/t/cpu.cfs_quota_us"), "-1");
        assert_eq!(read("memory/longshore/t/memory.limit_in_bytes"), "-1");
        assert_eq!(read("pids/longshore/t/pids.max"), "max");
    }
}
