//! What a task definition may be, and what it becomes when it is registered: a file an idea, this
//! one for the task as a whole.

mod attributes;
mod constraints;
mod container;
mod dependencies;
mod fargate_rules;
mod health;
mod linux;
mod logging;
mod overrides;
mod ports;
mod reference;
mod size;
#[cfg(test)]
mod tests;
mod volumes;

use std::collections::BTreeSet;
use std::fmt;

use aws_api::ecs::{
    Compatibility, IpcMode, NetworkMode, RegisterTaskDefinitionRequest, TaskDefinition,
};

use super::document_size;
use crate::error::{Failure, client, not_supported};
use crate::sentences;

pub use attributes::{ARCHITECTURE, architecture};
pub use health::{
    INTERVAL_DEFAULT_SECS, RESTART_PERIOD_DEFAULT_SECS, RETRIES_DEFAULT, TIMEOUT_DEFAULT_SECS,
};
pub use overrides::check_overrides;
pub use reference::{DefinitionReference, check_role};
pub use size::of_task as task_size;

/// The ECS quota for containers of one task definition.
pub const CONTAINERS_MAX: usize = 10;
/// ECS allows 255 characters for families and names.
const NAME_MAX_CHARS: usize = 255;

/// True for letters, digits, hyphens and underscores, at most 255 of them and at least one.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_MAX_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What the task as a whole decides for its containers.
struct Surroundings {
    network: NetworkMode,
    ipc: Option<IpcMode>,
    volumes: BTreeSet<String>,
}

/// A setting of one container that may not be so.
fn wrong(container: &str, what: impl fmt::Display) -> Failure {
    client(sentences::container_setting_invalid(container, what))
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
        return Err(client(sentences::too_many_containers(
            containers.len(),
            CONTAINERS_MAX,
        )));
    }
    check_compatibilities(input)?;
    let wants_fargate = input
        .requires_compatibilities
        .iter()
        .flatten()
        .any(|one| *one == Compatibility::Fargate);
    let fits_fargate = match fargate_rules::check(input) {
        Ok(()) => true,
        Err(refusal) if wants_fargate => return Err(refusal),
        Err(_) => false,
    };
    let (cpu, memory) = size::of_task(input.cpu.as_deref(), input.memory.as_deref())?;
    size::check_storage(input)?;
    let volumes = volumes::normalise(input.volumes.as_deref().unwrap_or_default())?;
    let around = Surroundings {
        network: input.network_mode.clone().unwrap_or(NetworkMode::Bridge),
        ipc: input.ipc_mode.clone(),
        volumes: volumes
            .iter()
            .filter_map(|volume| volume.name.clone())
            .collect(),
    };
    let mut names = BTreeSet::new();
    let placement_constraints =
        constraints::normalise(input.placement_constraints.as_deref().unwrap_or_default())?;
    let mut normal = Vec::with_capacity(containers.len());
    for container in containers {
        let container = container::normalise(container, &around)?;
        if !names.insert(container.name.clone().unwrap_or_default()) {
            return Err(client(sentences::CONTAINER_NAMES_NOT_UNIQUE));
        }
        normal.push(container);
    }
    if normal
        .iter()
        .all(|container| container.essential == Some(false))
    {
        return Err(client(sentences::NONE_ESSENTIAL));
    }
    ports::check_task(&normal, &around.network)?;
    dependencies::check(&normal)?;
    size::check_containers(&normal, memory)?;
    let execution_role = input.execution_role_arn.clone();
    let execution_role = execution_role.filter(|arn| !arn.is_empty());
    if let Some(role) = &execution_role {
        check_role(role)?;
    }
    let mut compatibilities = vec![Compatibility::Ec2];
    if fits_fargate {
        compatibilities.push(Compatibility::Fargate);
    }
    let mut normal = TaskDefinition {
        family: input.family.clone(),
        container_definitions: Some(normal),
        network_mode: input.network_mode.clone(),
        pid_mode: input.pid_mode.clone(),
        ipc_mode: input.ipc_mode.clone(),
        cpu: cpu.map(|units| units.to_string()),
        memory: memory.map(|mib| mib.to_string()),
        execution_role_arn: execution_role,
        requires_compatibilities: input.requires_compatibilities.clone(),
        compatibilities: Some(compatibilities),
        volumes: Some(volumes),
        placement_constraints: Some(placement_constraints),
        runtime_platform: input.runtime_platform.clone(),
        ephemeral_storage: input.ephemeral_storage.clone(),
        ..TaskDefinition::default()
    };
    let required = attributes::required(&normal);
    normal.requires_attributes = (!required.is_empty()).then_some(required);
    document_size::check_definition(&normal)?;
    Ok(normal)
}

/// Checks what a task may be made to run on. Values that the model does not list are refused before.
fn check_compatibilities(input: &RegisterTaskDefinitionRequest) -> Result<(), Failure> {
    for compatibility in input.requires_compatibilities.iter().flatten() {
        match compatibility {
            Compatibility::Ec2 | Compatibility::Fargate => {}
            other => {
                return Err(not_supported(&format!(
                    "requiresCompatibilities {}",
                    other.as_str()
                )));
            }
        }
    }
    Ok(())
}
