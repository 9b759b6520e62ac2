//! The parts of a container that travel in the form of Docker's API.

use crate::plan::definition::{INTERVAL_DEFAULT_SECS, RETRIES_DEFAULT, TIMEOUT_DEFAULT_SECS};
use agent_wire as wire;
use aws_api::ecs::{
    ContainerDefinition, ContainerOverride, Device, HealthCheck, LinuxParameters, LogConfiguration,
    LogDriver, Tmpfs,
};

const BYTES_PER_MIB: i64 = 1024 * 1024;
const NANOS_PER_SEC: i64 = 1_000_000_000;
/// The log option that says whether output waits for its driver.
const MODE_OPTION: &str = "mode";
/// What a device may be used for where the definition does not say.
const DEVICE_PERMISSIONS: &str = "rwm";

pub(super) fn config(
    definition: &ContainerDefinition,
    overrides: Option<&ContainerOverride>,
    log_mode: &str,
) -> wire::DockerConfig {
    // Neither type holds anything that JSON cannot: maps of strings, numbers, lists.
    wire::DockerConfig {
        config: serde_json::to_string(&process(definition)).unwrap_or_default(),
        host_config: serde_json::to_string(&surroundings(definition, overrides, log_mode))
            .unwrap_or_default(),
    }
}

fn process(definition: &ContainerDefinition) -> wire::Config {
    wire::Config {
        user: definition.user.clone().unwrap_or_default(),
        working_dir: definition.working_directory.clone().unwrap_or_default(),
        hostname: definition.hostname.clone().unwrap_or_default(),
        labels: definition.docker_labels.clone().unwrap_or_default(),
        tty: definition.pseudo_terminal.unwrap_or(false),
        open_stdin: definition.interactive.unwrap_or(false),
        healthcheck: definition.health_check.as_ref().map(healthcheck),
    }
}

fn healthcheck(check: &HealthCheck) -> wire::Healthcheck {
    let nanos = |seconds: i32| i64::from(seconds) * NANOS_PER_SEC;
    wire::Healthcheck {
        test: check.command.clone().unwrap_or_default(),
        interval: nanos(check.interval.unwrap_or(INTERVAL_DEFAULT_SECS)),
        timeout: nanos(check.timeout.unwrap_or(TIMEOUT_DEFAULT_SECS)),
        start_period: nanos(check.start_period.unwrap_or(0)),
        retries: i64::from(check.retries.unwrap_or(RETRIES_DEFAULT)),
    }
}

fn surroundings(
    definition: &ContainerDefinition,
    overrides: Option<&ContainerOverride>,
    log_mode: &str,
) -> wire::HostConfig {
    let none = LinuxParameters::default();
    let linux = definition.linux_parameters.as_ref().unwrap_or(&none);
    let capabilities = linux.capabilities.clone().unwrap_or_default();
    let mib = |value: Option<i32>| i64::from(value.unwrap_or(0)) * BYTES_PER_MIB;
    let memory = overrides.and_then(|one| one.memory).or(definition.memory);
    let reservation = overrides
        .and_then(|one| one.memory_reservation)
        .or(definition.memory_reservation);
    wire::HostConfig {
        network_mode: String::new(),
        log_config: definition
            .log_configuration
            .as_ref()
            .map(|logging| log_config(logging, log_mode)),
        readonly_rootfs: definition.readonly_root_filesystem.unwrap_or(false),
        ulimits: ulimits(definition),
        cap_add: capabilities.add.unwrap_or_default(),
        cap_drop: capabilities.drop.unwrap_or_default(),
        memory_reservation: mib(reservation),
        memory_swap: linux
            .max_swap
            .map_or(0, |_| mib(memory) + mib(linux.max_swap)),
        memory_swappiness: linux.swappiness.map(i64::from),
        privileged: definition.privileged.unwrap_or(false),
        devices: linux.devices.iter().flatten().map(device).collect(),
        shm_size: mib(linux.shared_memory_size),
        tmpfs: linux.tmpfs.iter().flatten().map(tmpfs).collect(),
        sysctls: definition
            .system_controls
            .iter()
            .flatten()
            .filter_map(|control| Some((control.namespace.clone()?, control.value.clone()?)))
            .collect(),
        extra_hosts: definition
            .extra_hosts
            .iter()
            .flatten()
            .filter_map(|entry| {
                let (name, address) = (entry.hostname.as_ref()?, entry.ip_address.as_ref()?);
                Some(format!("{name}:{address}"))
            })
            .collect(),
        dns: definition.dns_servers.clone().unwrap_or_default(),
        dns_search: definition.dns_search_domains.clone().unwrap_or_default(),
        init: linux.init_process_enabled.unwrap_or(false),
        security_opt: definition
            .docker_security_options
            .clone()
            .unwrap_or_default(),
    }
}

fn log_config(logging: &LogConfiguration, log_mode: &str) -> wire::LogConfig {
    let mut config = logging.options.clone().unwrap_or_default();
    if let Some(LogDriver::Awslogs | LogDriver::JsonFile) = logging.log_driver {
        config
            .entry(MODE_OPTION.to_owned())
            .or_insert_with(|| log_mode.to_owned());
    }
    wire::LogConfig {
        r#type: logging
            .log_driver
            .as_ref()
            .map_or("", |driver| driver.as_str())
            .to_owned(),
        config,
    }
}

fn ulimits(definition: &ContainerDefinition) -> Vec<wire::Ulimit> {
    let limits = definition.ulimits.iter().flatten();
    limits
        .map(|limit| wire::Ulimit {
            name: limit
                .name
                .as_ref()
                .map_or("", |name| name.as_str())
                .to_owned(),
            soft: i64::from(limit.soft_limit.unwrap_or(0)),
            hard: i64::from(limit.hard_limit.unwrap_or(0)),
        })
        .collect()
}

fn device(device: &Device) -> wire::Device {
    let path = device.host_path.clone().unwrap_or_default();
    let permissions: String = device
        .permissions
        .iter()
        .flatten()
        .filter_map(|permission| permission.as_str().chars().next())
        .collect();
    wire::Device {
        path_in_container: device
            .container_path
            .clone()
            .filter(|path| !path.is_empty())
            .unwrap_or_else(|| path.clone()),
        path_on_host: path,
        cgroup_permissions: if permissions.is_empty() {
            DEVICE_PERMISSIONS.to_owned()
        } else {
            permissions
        },
    }
}

/// A path, and its options as `mount` takes them.
fn tmpfs(tmpfs: &Tmpfs) -> (String, String) {
    let size = i64::from(tmpfs.size.unwrap_or(0)) * BYTES_PER_MIB;
    let mut options = vec![format!("size={size}")];
    options.extend(tmpfs.mount_options.iter().flatten().cloned());
    (
        tmpfs.container_path.clone().unwrap_or_default(),
        options.join(","),
    )
}
