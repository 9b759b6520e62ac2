//! How much a task and its containers may use.

use aws_api::ecs::{Compatibility, ContainerDefinition, RegisterTaskDefinitionRequest};

use super::wrong;
use crate::error::{Failure, client};
use crate::plan::fargate;
use crate::sentences;

/// What a task on EC2 may ask for, in CPU units (API reference, RegisterTaskDefinition: 0.125 to
/// 192 vCPUs).
const TASK_CPU_UNITS: std::ops::RangeInclusive<i32> = 128..=196_608;
/// The least memory limit that Docker accepts, in MiB.
const CONTAINER_MEMORY_MIN_MIB: i32 = 6;

/// CPU units and MiB of a task, where it has them.
///
/// # Errors
/// Where one of them is no size that a task can have.
pub fn of_task(
    cpu: Option<&str>,
    memory: Option<&str>,
) -> Result<(Option<i32>, Option<i32>), Failure> {
    let cpu = cpu
        .filter(|text| !text.is_empty())
        .map(|text| {
            fargate::cpu_units(text)
                .filter(|units| TASK_CPU_UNITS.contains(units))
                .ok_or_else(|| client(sentences::TASK_CPU_INVALID))
        })
        .transpose()?;
    let memory = memory
        .filter(|text| !text.is_empty())
        .map(|text| fargate::memory_mib(text).ok_or_else(|| client(sentences::TASK_MEMORY_INVALID)))
        .transpose()?;
    Ok((cpu, memory))
}

/// Checks how much disk the task asks for. Only Fargate limits it.
pub(super) fn check_storage(input: &RegisterTaskDefinitionRequest) -> Result<(), Failure> {
    let Some(storage) = &input.ephemeral_storage else {
        return Ok(());
    };
    fargate::check_storage(storage.size_in_gi_b.unwrap_or_default(), "ephemeralStorage")?;
    let for_fargate = input
        .requires_compatibilities
        .iter()
        .flatten()
        .any(|one| *one == Compatibility::Fargate);
    if for_fargate {
        Ok(())
    } else {
        Err(client(sentences::EPHEMERAL_STORAGE_NOT_ON_FARGATE))
    }
}

/// Checks what one container asks for by itself.
pub(super) fn check_container(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
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
            return Err(wrong(name, sentences::at_least(what, least)));
        }
    }
    if let (Some(hard), Some(soft)) = (container.memory, container.memory_reservation)
        && soft > hard
    {
        return Err(wrong(name, sentences::MEMORY_BELOW_RESERVATION));
    }
    Ok(())
}

/// Checks the containers against the task.
pub(super) fn check_containers(
    containers: &[ContainerDefinition],
    task_memory: Option<i32>,
) -> Result<(), Failure> {
    let Some(task) = task_memory else {
        let unlimited = containers
            .iter()
            .find(|container| container.memory.or(container.memory_reservation).is_none());
        return match unlimited {
            Some(container) => Err(wrong(
                container.name.as_deref().unwrap_or_default(),
                sentences::MEMORY_MISSING,
            )),
            None => Ok(()),
        };
    };
    for container in containers {
        if container.memory.is_some_and(|memory| memory > task) {
            return Err(client(sentences::memory_greater_than_task(
                container.name.as_deref().unwrap_or_default(),
            )));
        }
    }
    let reserved: i64 = containers
        .iter()
        .filter_map(|container| container.memory_reservation.or(container.memory))
        .map(i64::from)
        .sum();
    if reserved > i64::from(task) {
        return Err(client(sentences::MEMORY_OF_CONTAINERS));
    }
    Ok(())
}
