//! What RunTask and StartTask say in the place of a definition. What comes of both is held to what a
//! definition is held to, so that nobody gets by a run what no registration gives.

use std::collections::BTreeSet;

use aws_api::ecs::{ContainerDefinition, ContainerOverride, TaskDefinition, TaskOverride};

use super::{container, fargate_rules, size};
use records::ecs::LaunchType;

use crate::error::{Failure, invalid};
use crate::sentences;

/// Checks `overrides` of the containers of `definition`, in a task that has those CPU units and MiB as
/// a whole, where it has a size of its own.
///
/// # Errors
/// As RegisterTaskDefinition's, where a container would be one that it does not take; and where an
/// override is of no container, or a second one of the same.
pub fn check_overrides(
    definition: &TaskDefinition,
    overrides: &TaskOverride,
    (task_cpu_units, task_memory_mib): (Option<i32>, Option<i32>),
    launch_type: LaunchType,
) -> Result<(), Failure> {
    let mut containers = definition.container_definitions.clone().unwrap_or_default();
    let mut named = BTreeSet::new();
    for change in overrides.container_overrides.iter().flatten() {
        let name = change.name.as_deref().unwrap_or_default();
        let found = containers
            .iter_mut()
            .find(|container| container.name.as_deref() == Some(name))
            .ok_or_else(|| invalid(sentences::override_of_no_container(name)))?;
        if !named.insert(name) {
            return Err(invalid(sentences::override_twice(name)));
        }
        apply(change, found);
        size::check_container(name, found)?;
        container::check_process(name, found)?;
    }
    size::check_containers(&containers, task_memory_mib)?;
    match (launch_type, task_cpu_units) {
        (LaunchType::Fargate, Some(units)) => fargate_rules::check_cpu(&containers, units),
        _ => Ok(()),
    }
}

/// Writes the change into the container, as far as it is checked together with it.
fn apply(change: &ContainerOverride, container: &mut ContainerDefinition) {
    container.cpu = change.cpu.or(container.cpu);
    container.memory = change.memory.or(container.memory);
    container.memory_reservation = change.memory_reservation.or(container.memory_reservation);
    // The definition's own were checked when it was registered.
    container.environment.clone_from(&change.environment);
    container.command.clone_from(&change.command);
}
