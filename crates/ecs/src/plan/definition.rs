//! What a task definition may be, and what it becomes when it is registered.

use std::collections::BTreeSet;

use aws_api::ecs::{
    Compatibility, ContainerDefinition, LogDriver, NetworkMode, RegisterTaskDefinitionRequest,
    TaskDefinition, TransportProtocol,
};

use super::{document_size, fargate};
use crate::error::{Failure, client, invalid, not_supported};
use crate::sentences;

/// The ECS quota for containers of one task definition.
pub const CONTAINERS_MAX: usize = 10;
/// ECS allows 255 characters for families and names.
const NAME_MAX_CHARS: usize = 255;
/// What an image without a tag or digest gets is for the node to say; a reference is bounded.
const IMAGE_MAX_CHARS: usize = 255;
/// The agent protocol says "the default" with 0.
const STOP_TIMEOUT_MIN_SECS: i32 = 1;
/// Fargate's bound on `stopTimeout`, in seconds.
const FARGATE_STOP_TIMEOUT_MAX_SECS: i32 = 120;
/// The least memory limit that Docker accepts, in MiB.
const CONTAINER_MEMORY_MIN_MIB: i32 = 6;

/// True for letters, digits, hyphens and underscores, at most 255 of them and at least one.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_MAX_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The definition that `input` asks for, checked, with the defaults that ECS fills in. Family,
/// revision, status and times are the caller's to add.
///
/// # Errors
/// In ECS's words where it is not allowed; by name where Longshore cannot honour it yet.
pub fn normalise(input: &RegisterTaskDefinitionRequest) -> Result<TaskDefinition, Failure> {
    let family = input.family.as_deref().unwrap_or_default();
    if !is_name(family) {
        return Err(client(sentences::invalid_name("family", family)));
    }
    let containers = input.container_definitions.as_deref().unwrap_or_default();
    if containers.is_empty() {
        return Err(client(sentences::CONTAINERS_EMPTY));
    }
    if containers.len() > CONTAINERS_MAX {
        return Err(client(format!(
            "Too many containers: {} were given, and a task definition has at most {CONTAINERS_MAX}.",
            containers.len()
        )));
    }
    let wants_fargate = input
        .requires_compatibilities
        .iter()
        .flatten()
        .any(|one| *one == Compatibility::Fargate);
    let network_mode = match &input.network_mode {
        None if wants_fargate => return Err(client(sentences::FARGATE_NETWORK_MODE)),
        Some(mode) if wants_fargate && *mode != NetworkMode::Awsvpc => {
            return Err(client(sentences::FARGATE_NETWORK_MODE));
        }
        mode => mode.clone(),
    };
    let (cpu, memory) = task_size(input, wants_fargate)?;
    let mut names = BTreeSet::new();
    let mut normal = Vec::with_capacity(containers.len());
    for container in containers {
        let container = normalise_container(container, wants_fargate)?;
        let name = container.name.clone().unwrap_or_default();
        if !names.insert(name.clone()) {
            return Err(client(format!(
                "Duplicate container name '{name}': each container of a task definition has a name of its own."
            )));
        }
        normal.push(container);
    }
    if normal
        .iter()
        .all(|container| container.essential == Some(false))
    {
        return Err(client(
            "At least one container must be marked as essential.",
        ));
    }
    check_dependencies(&normal, &names)?;
    check_memory(&normal, memory)?;
    for role in [&input.execution_role_arn, &input.task_role_arn]
        .into_iter()
        .flatten()
    {
        check_role(role)?;
    }
    if input.task_role_arn.is_some() {
        return Err(not_supported("taskRoleArn (credentials for containers)"));
    }
    if wants_fargate {
        check_fargate_roles(&normal, input.execution_role_arn.as_deref())?;
    }
    let mut compatibilities = vec![Compatibility::Ec2];
    if network_mode == Some(NetworkMode::Awsvpc) && cpu.is_some() && memory.is_some() {
        compatibilities.push(Compatibility::Fargate);
    }
    let normal = TaskDefinition {
        family: input.family.clone(),
        container_definitions: Some(normal),
        network_mode,
        cpu: cpu.map(|units| units.to_string()),
        memory: memory.map(|mib| mib.to_string()),
        execution_role_arn: input.execution_role_arn.clone(),
        requires_compatibilities: input.requires_compatibilities.clone(),
        compatibilities: Some(compatibilities),
        volumes: Some(Vec::new()),
        placement_constraints: Some(Vec::new()),
        runtime_platform: input.runtime_platform.clone(),
        ephemeral_storage: input.ephemeral_storage.clone(),
        ..TaskDefinition::default()
    };
    document_size::check_definition(&normal)?;
    Ok(normal)
}

fn task_size(
    input: &RegisterTaskDefinitionRequest,
    wants_fargate: bool,
) -> Result<(Option<i32>, Option<i32>), Failure> {
    let cpu = input
        .cpu
        .as_deref()
        .map(|text| {
            fargate::cpu_units(text)
                .ok_or_else(|| client(format!("Invalid 'cpu' setting for task: '{text}'.")))
        })
        .transpose()?;
    let memory = input
        .memory
        .as_deref()
        .map(|text| {
            fargate::memory_mib(text)
                .ok_or_else(|| client(format!("Invalid 'memory' setting for task: '{text}'.")))
        })
        .transpose()?;
    if wants_fargate {
        let cpu = cpu.ok_or_else(|| client(sentences::FARGATE_NEEDS_SIZE))?;
        let memory = memory.ok_or_else(|| client(sentences::FARGATE_NEEDS_MEMORY))?;
        if !fargate::is_offered(cpu, memory) {
            return Err(client(sentences::FARGATE_SIZE));
        }
    }
    Ok((cpu, memory))
}

fn normalise_container(
    container: &ContainerDefinition,
    wants_fargate: bool,
) -> Result<ContainerDefinition, Failure> {
    let name = container.name.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(client(sentences::CONTAINER_NAME_BLANK));
    }
    if !is_name(name) {
        return Err(client(sentences::invalid_name("container name", name)));
    }
    let image = container.image.as_deref().unwrap_or_default();
    if image.is_empty() {
        return Err(client(sentences::CONTAINER_IMAGE_BLANK));
    }
    if image.chars().count() > IMAGE_MAX_CHARS {
        return Err(client(format!(
            "Container.image must have at most {IMAGE_MAX_CHARS} characters."
        )));
    }
    for (what, value, least) in [
        ("memory", container.memory, CONTAINER_MEMORY_MIN_MIB),
        (
            "memoryReservation",
            container.memory_reservation,
            CONTAINER_MEMORY_MIN_MIB,
        ),
        ("cpu", container.cpu, 0),
    ] {
        if value.is_some_and(|value| value < least) {
            return Err(client(format!(
                "Invalid setting for container '{name}'. '{what}' must be at least {least}."
            )));
        }
    }
    if let (Some(hard), Some(soft)) = (container.memory, container.memory_reservation)
        && soft > hard
    {
        return Err(client(format!(
            "Invalid setting for container '{name}'. The 'memory' value must be greater than or equal to 'memoryReservation'."
        )));
    }
    if let Some(seconds) = container.stop_timeout
        && (seconds < STOP_TIMEOUT_MIN_SECS
            || (wants_fargate && seconds > FARGATE_STOP_TIMEOUT_MAX_SECS))
    {
        return Err(client(format!(
            "Invalid setting for container '{name}'. 'stopTimeout' must be between {STOP_TIMEOUT_MIN_SECS} and {FARGATE_STOP_TIMEOUT_MAX_SECS} seconds."
        )));
    }
    check_logging(name, container)?;
    let mut normal = container.clone();
    normal.cpu = Some(container.cpu.unwrap_or(0));
    normal.essential = Some(container.essential.unwrap_or(true));
    normal.environment.get_or_insert_default();
    normal.mount_points.get_or_insert_default();
    normal.volumes_from.get_or_insert_default();
    normal.system_controls.get_or_insert_default();
    let ports = normal.port_mappings.get_or_insert_default();
    for port in ports {
        let container_port = port.container_port.unwrap_or(0);
        if !(1..=65535).contains(&container_port) {
            return Err(client(format!(
                "Invalid setting for container '{name}'. A container port is between 1 and 65535."
            )));
        }
        match port.host_port {
            Some(host) if wants_fargate && host != 0 && host != container_port => {
                return Err(client(format!(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match. Container '{name}': {host} is not {container_port}."
                )));
            }
            _ => {}
        }
        if wants_fargate {
            port.host_port = Some(container_port);
        }
        port.protocol.get_or_insert(TransportProtocol::Tcp);
    }
    Ok(normal)
}

fn check_logging(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
    let Some(logging) = &container.log_configuration else {
        return Ok(());
    };
    match &logging.log_driver {
        Some(LogDriver::Awslogs) => {}
        Some(other) => {
            return Err(not_supported(&format!(
                "the log driver '{}'",
                other.as_str()
            )));
        }
        None => return Err(client("Log driver cannot be blank.")),
    }
    let options = logging.options.clone().unwrap_or_default();
    for required in ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"] {
        if options.get(required).is_none_or(String::is_empty) {
            return Err(client(format!(
                "Log driver awslogs requires options: {required}. Container '{name}' has none."
            )));
        }
    }
    for option in options.keys() {
        match option.as_str() {
            "awslogs-group"
            | "awslogs-region"
            | "awslogs-stream-prefix"
            | "awslogs-create-group"
            | "mode"
            | "max-buffer-size" => {}
            "awslogs-datetime-format"
            | "awslogs-multiline-pattern"
            | "awslogs-format"
            | "awslogs-endpoint" => {
                return Err(not_supported(&format!("the log option '{option}'")));
            }
            other => {
                return Err(client(format!(
                    "Log driver awslogs disallows options: {other}."
                )));
            }
        }
    }
    Ok(())
}

fn check_dependencies(
    containers: &[ContainerDefinition],
    names: &BTreeSet<String>,
) -> Result<(), Failure> {
    for container in containers {
        let own = container.name.as_deref().unwrap_or_default();
        for dependency in container.depends_on.iter().flatten() {
            let other = dependency.container_name.as_deref().unwrap_or_default();
            if other == own || !names.contains(other) {
                return Err(client(format!(
                    "The container '{own}' depends on '{other}', which is not another container of the task definition."
                )));
            }
        }
    }
    // A container whose dependencies are all settled is settled; what never settles is a cycle.
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = settled.len();
        for container in containers {
            let ready = container.depends_on.iter().flatten().all(|dependency| {
                dependency
                    .container_name
                    .as_deref()
                    .is_some_and(|name| settled.contains(name))
            });
            if ready {
                settled.extend(container.name.as_deref());
            }
        }
        if settled.len() == containers.len() {
            return Ok(());
        }
        if settled.len() == before {
            return Err(client("Container dependencies must not form a cycle."));
        }
    }
}

fn check_memory(containers: &[ContainerDefinition], task: Option<i32>) -> Result<(), Failure> {
    let Some(task) = task else {
        let unlimited = containers
            .iter()
            .find(|container| container.memory.or(container.memory_reservation).is_none());
        return match unlimited {
            Some(container) => Err(client(format!(
                "Invalid setting for container '{}'. At least one of 'memory' or 'memoryReservation' must be specified.",
                container.name.as_deref().unwrap_or_default()
            ))),
            None => Ok(()),
        };
    };
    for container in containers {
        if container.memory.is_some_and(|memory| memory > task) {
            return Err(client(format!(
                "Invalid setting for container '{}'. The container's 'memory' must not be greater than the task's.",
                container.name.as_deref().unwrap_or_default()
            )));
        }
    }
    let reserved: i64 = containers
        .iter()
        .filter_map(|container| container.memory_reservation.or(container.memory))
        .map(i64::from)
        .sum();
    if reserved > i64::from(task) {
        return Err(client(
            "The sum of the containers' memory must not be greater than the task's 'memory'.",
        ));
    }
    Ok(())
}

/// The role's name, from a name or an ARN.
///
/// # Errors
/// [`sentences::ROLE_INVALID`].
pub fn check_role(role: &str) -> Result<&str, Failure> {
    let name = if role.starts_with("arn:") {
        let arn: aws_core::Arn = role.parse().map_err(|_| client(sentences::ROLE_INVALID))?;
        let is_role = arn.service == "iam" && arn.resource.starts_with("role/");
        role.rsplit('/').next().filter(|_| is_role)
    } else {
        Some(role)
    };
    let valid = |name: &&str| {
        !name.is_empty()
            && name.len() <= 64
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
    };
    name.filter(valid)
        .ok_or_else(|| client(sentences::ROLE_INVALID))
}

fn check_fargate_roles(
    containers: &[ContainerDefinition],
    execution_role: Option<&str>,
) -> Result<(), Failure> {
    if execution_role.is_some() {
        return Ok(());
    }
    for container in containers {
        if container.log_configuration.is_some() {
            return Err(client(sentences::FARGATE_LOGS_NEED_ROLE));
        }
        if container
            .image
            .as_deref()
            .is_some_and(|image| image.contains(".dkr.ecr."))
        {
            return Err(client(sentences::FARGATE_ECR_NEEDS_ROLE));
        }
    }
    Ok(())
}

/// A reference to a definition: `family`, `family:revision` or an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionReference {
    /// The family.
    pub family: String,
    /// The revision; the newest active one where none is named.
    pub revision: Option<i32>,
}

impl DefinitionReference {
    /// Reads a reference, which must be of `region` where it names one.
    ///
    /// # Errors
    /// When it is no reference.
    pub fn parse(text: &str, region: &str) -> Result<Self, Failure> {
        let malformed = || invalid(format!("Invalid task definition reference: '{text}'."));
        let rest = if text.starts_with("arn:") {
            let arn: aws_core::Arn = text.parse().map_err(|_| malformed())?;
            if arn.region != region {
                return Err(invalid(sentences::identifier_of_other_region(
                    &arn.region,
                    region,
                )));
            }
            arn.resource_of_kind("task-definition")
                .ok_or_else(malformed)?
                .to_owned()
        } else {
            text.to_owned()
        };
        let (family, revision) = match rest.split_once(':') {
            Some((family, revision)) => {
                let revision: i32 = revision.parse().map_err(|_| malformed())?;
                (
                    family,
                    Some(revision)
                        .filter(|number| *number > 0)
                        .ok_or_else(malformed)?
                        .into(),
                )
            }
            None => (rest.as_str(), None),
        };
        if !is_name(family) {
            return Err(malformed());
        }
        Ok(Self {
            family: family.to_owned(),
            revision,
        })
    }
}
