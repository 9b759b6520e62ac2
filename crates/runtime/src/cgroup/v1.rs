//! Limits and usage in v1's hierarchies (kernel documentation, admin-guide/cgroup-v1).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{CPU_PERIOD_MICROS, Usage, create_group, read_number, write_value};
use crate::{RuntimeError, TaskLimits};

const UNLIMITED: &str = "-1";

pub(super) fn create(
    controllers: &BTreeMap<String, PathBuf>,
    relative: &Path,
    limits: &TaskLimits,
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
    let quota = limits.cpu_millis.map_or_else(
        || UNLIMITED.to_owned(),
        |millis| (millis.saturating_mul(CPU_PERIOD_MICROS) / 1000).to_string(),
    );
    write_value(&cpu.join("cpu.cfs_quota_us"), &quota)?;
    let memory = group("memory")?;
    create_group(&memory)?;
    let bytes = limits
        .memory_bytes
        .map_or_else(|| UNLIMITED.to_owned(), |bytes| bytes.to_string());
    write_value(&memory.join("memory.limit_in_bytes"), &bytes)?;
    let swap = memory.join("memory.memsw.limit_in_bytes");
    if swap.exists() {
        write_value(&swap, &bytes)?;
    }
    let pids = group("pids")?;
    create_group(&pids)?;
    let max = limits
        .pids
        .map_or_else(|| "max".to_owned(), |max| max.to_string());
    write_value(&pids.join("pids.max"), &max)
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
        create(&controllers, relative, &limits).unwrap();
        let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
        assert_eq!(read("cpu/longshore/t/cpu.cfs_quota_us"), "25000");
        assert_eq!(
            read("memory/longshore/t/memory.limit_in_bytes"),
            "536870912"
        );
        assert_eq!(read("pids/longshore/t/pids.max"), "100");
        create(&controllers, relative, &TaskLimits::default()).unwrap();
        assert_eq!(read("cpu/longshore/t/cpu.cfs_quota_us"), "-1");
        assert_eq!(read("memory/longshore/t/memory.limit_in_bytes"), "-1");
        assert_eq!(read("pids/longshore/t/pids.max"), "max");
    }
}
