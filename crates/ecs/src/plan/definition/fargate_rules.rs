//! What Fargate refuses. A definition that asks for Fargate is refused with it; of any other it
//! decides whether FARGATE is among its compatibilities.

use aws_api::ecs::{
    ContainerDefinition, LinuxParameters, LogDriver, NetworkMode, PidMode,
    RegisterTaskDefinitionRequest,
};

use crate::error::{Failure, client};
use crate::plan::fargate;
use crate::sentences;

/// The only capability that a Fargate container may be given (API reference, KernelCapabilities).
const CAPABILITY_ALLOWED: &str = "SYS_PTRACE";
/// Fargate's bound on `startTimeout` and `stopTimeout`, in seconds.
const TIMEOUT_MAX_SECS: i32 = 120;

/// Checks the definition against what Fargate offers.
pub(super) fn check(input: &RegisterTaskDefinitionRequest) -> Result<(), Failure> {
    if input.network_mode != Some(NetworkMode::Awsvpc) {
        return Err(client(sentences::FARGATE_NETWORK_MODE));
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let cpu = given(&input.cpu).ok_or_else(|| client(sentences::FARGATE_NEEDS_SIZE))?;
    let memory = given(&input.memory).ok_or_else(|| client(sentences::FARGATE_NEEDS_MEMORY))?;
    let size = fargate::cpu_units(&cpu).zip(fargate::memory_mib(&memory));
    let Some((cpu, _)) = size.filter(|(cpu, memory)| fargate::is_offered(*cpu, *memory)) else {
        return Err(client(sentences::FARGATE_SIZE));
    };
    if input.ipc_mode.is_some() {
        return Err(client(sentences::FARGATE_IPC_MODE));
    }
    if let Some(mode) = &input.pid_mode
        && *mode != PidMode::Task
    {
        return Err(client(sentences::fargate_pid_mode(mode.as_str())));
    }
    if input
        .placement_constraints
        .as_ref()
        .is_some_and(|constraints| !constraints.is_empty())
    {
        return Err(unsupported("constraints"));
    }
    for volume in input.volumes.iter().flatten() {
        if volume.docker_volume_configuration.is_some() {
            return Err(unsupported("dockerVolumeConfiguration"));
        }
        let path = volume
            .host
            .as_ref()
            .and_then(|host| host.source_path.as_deref());
        if path.is_some_and(|path| !path.is_empty()) {
            return Err(unsupported("sourcePath"));
        }
    }
    let has_role = input
        .execution_role_arn
        .as_ref()
        .is_some_and(|role| !role.is_empty());
    let containers = input.container_definitions.as_deref().unwrap_or_default();
    for container in containers {
        check_container(container, has_role)?;
    }
    check_cpu(containers, cpu)
}

/// Checks what the containers have of the task's CPU units.
pub(super) fn check_cpu(
    containers: &[ContainerDefinition],
    task_cpu_units: i32,
) -> Result<(), Failure> {
    let units = containers
        .iter()
        .map(|container| i64::from(container.cpu.unwrap_or(0).max(0)));
    if units.sum::<i64>() > i64::from(task_cpu_units) {
        return Err(client(sentences::FARGATE_CPU_OF_CONTAINERS));
    }
    Ok(())
}

fn unsupported(what: &str) -> Failure {
    client(sentences::fargate_unsupported(what))
}

fn check_container(container: &ContainerDefinition, has_role: bool) -> Result<(), Failure> {
    if container.privileged == Some(true) {
        return Err(client(sentences::FARGATE_PRIVILEGED));
    }
    if let Some(linux) = &container.linux_parameters {
        check_linux(linux)?;
    }
    if container
        .docker_security_options
        .as_ref()
        .is_some_and(|options| !options.is_empty())
    {
        return Err(unsupported("dockerSecurityOptions"));
    }
    if container
        .stop_timeout
        .is_some_and(|seconds| seconds > TIMEOUT_MAX_SECS)
    {
        return Err(client(sentences::FARGATE_STOP_TIMEOUT));
    }
    if container
        .start_timeout
        .is_some_and(|seconds| seconds > TIMEOUT_MAX_SECS)
    {
        return Err(client(sentences::FARGATE_START_TIMEOUT));
    }
    check_logging(container, has_role)?;
    let ecr = container
        .image
        .as_deref()
        .is_some_and(|image| image.contains(".dkr.ecr."));
    if ecr && !has_role {
        return Err(client(sentences::FARGATE_ECR_NEEDS_ROLE));
    }
    Ok(())
}

fn check_linux(linux: &LinuxParameters) -> Result<(), Failure> {
    if linux.devices.as_ref().is_some_and(|list| !list.is_empty()) {
        return Err(unsupported("devices"));
    }
    if linux.shared_memory_size.is_some() {
        return Err(unsupported("sharedMemorySize"));
    }
    if linux.max_swap.is_some() {
        return Err(unsupported("maxSwap"));
    }
    if linux.swappiness.is_some() {
        return Err(unsupported("swappiness"));
    }
    let added = linux.capabilities.iter().filter_map(|one| one.add.as_ref());
    match added
        .flatten()
        .find(|capability| *capability != CAPABILITY_ALLOWED)
    {
        Some(capability) => Err(client(sentences::fargate_capability(capability))),
        None => Ok(()),
    }
}

fn check_logging(container: &ContainerDefinition, has_role: bool) -> Result<(), Failure> {
    let Some(logging) = &container.log_configuration else {
        return Ok(());
    };
    match &logging.log_driver {
        Some(LogDriver::Awslogs) => {}
        // Longshore has none of them, and says so by name.
        Some(LogDriver::Splunk | LogDriver::Awsfirelens) | None => return Ok(()),
        Some(other) => return Err(client(sentences::fargate_log_driver(other.as_str()))),
    }
    if !has_role {
        return Err(client(sentences::FARGATE_LOGS_NEED_ROLE));
    }
    let prefix = logging
        .options
        .as_ref()
        .and_then(|options| options.get("awslogs-stream-prefix"));
    if prefix.is_none_or(String::is_empty) {
        return Err(client(sentences::log_options_missing(
            "awslogs",
            &["awslogs-stream-prefix"],
        )));
    }
    Ok(())
}
