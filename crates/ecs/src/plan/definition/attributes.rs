//! What a container instance must be able to do for a task: `requiresAttributes`. The names are
//! those that Amazon's agent registers (amazon-ecs-agent, agent/app/agent_capability.go), without
//! the versions of Docker's API, which not every node has.

use std::collections::BTreeMap;

use aws_api::ecs::{
    Attribute, CPUArchitecture, ContainerDefinition, LogDriver, NetworkMode, TaskDefinition,
};

/// What kind of processors an instance has.
pub const ARCHITECTURE: &str = "ecs.cpu-architecture";
const CAPABILITY: &str = "ecs.capability";
const OLDER_CAPABILITY: &str = "com.amazonaws.ecs.capability";

/// The attributes, by name.
pub(super) fn required(definition: &TaskDefinition) -> Vec<Attribute> {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut add = |name: String| {
        names.insert(name, None);
    };
    if definition.network_mode == Some(NetworkMode::Awsvpc) {
        add(format!("{CAPABILITY}.task-eni"));
    }
    if definition.cpu.is_some() || definition.memory.is_some() {
        add(format!("{CAPABILITY}.task-cpu-mem-limit"));
    }
    if definition.pid_mode.is_some() || definition.ipc_mode.is_some() {
        add(format!("{CAPABILITY}.pid-ipc-namespace-sharing"));
    }
    for volume in definition.volumes.iter().flatten() {
        if let Some(docker) = &volume.docker_volume_configuration {
            let driver = docker
                .driver
                .as_deref()
                .unwrap_or(super::volumes::LOCAL_DRIVER);
            add(format!("{CAPABILITY}.docker-plugin.{driver}"));
        }
    }
    let has_role = definition.execution_role_arn.is_some();
    for container in definition.container_definitions.iter().flatten() {
        of_container(container, has_role, &mut add);
    }
    if let Some(architecture) = architecture(definition) {
        names.insert(ARCHITECTURE.to_owned(), Some(architecture.to_owned()));
    }
    names
        .into_iter()
        .map(|(name, value)| Attribute {
            name: Some(name),
            value,
            ..Attribute::default()
        })
        .collect()
}

/// The processors that a definition is made for, where it says so, by the attribute's value.
#[must_use]
pub fn architecture(definition: &TaskDefinition) -> Option<&'static str> {
    let platform = definition.runtime_platform.as_ref()?;
    match platform.cpu_architecture.as_ref()? {
        CPUArchitecture::Arm64 => Some("arm64"),
        _ => Some("x86_64"),
    }
}

fn of_container(container: &ContainerDefinition, has_role: bool, add: &mut impl FnMut(String)) {
    if container.privileged == Some(true) {
        add(format!("{OLDER_CAPABILITY}.privileged-container"));
    }
    if container.health_check.is_some() {
        add(format!("{CAPABILITY}.container-health-check"));
    }
    let ordered = |list: Option<usize>| list.is_some_and(|length| length > 0);
    if ordered(container.depends_on.as_ref().map(Vec::len)) {
        add(format!("{CAPABILITY}.container-ordering"));
    }
    let restarts = container.restart_policy.as_ref();
    if restarts.is_some_and(|policy| policy.enabled == Some(true)) {
        add(format!("{CAPABILITY}.container-restart-policy"));
    }
    let ranges = container.port_mappings.iter().flatten().any(|port| {
        port.container_port_range
            .as_ref()
            .is_some_and(|range| !range.is_empty())
    });
    if ranges {
        add(format!("{CAPABILITY}.container-port-range"));
    }
    let ecr = container
        .image
        .as_deref()
        .is_some_and(|image| image.contains(".dkr.ecr."));
    if ecr {
        add(format!("{OLDER_CAPABILITY}.ecr-auth"));
        if has_role {
            add(format!("{CAPABILITY}.execution-role-ecr-pull"));
        }
    }
    let driver = container
        .log_configuration
        .as_ref()
        .and_then(|logging| logging.log_driver.as_ref());
    if let Some(driver) = driver {
        add(format!(
            "{OLDER_CAPABILITY}.logging-driver.{}",
            driver.as_str()
        ));
        if *driver == LogDriver::Awslogs && has_role {
            add(format!("{CAPABILITY}.execution-role-awslogs"));
        }
    }
}
