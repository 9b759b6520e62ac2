//! What containers need of each other: `dependsOn`, `links`, `volumesFrom`.

use std::collections::{BTreeMap, BTreeSet};

use aws_api::ecs::{ContainerCondition, ContainerDefinition};

use super::{is_name, wrong};
use crate::error::{Failure, client};
use crate::sentences;

/// The container and the alias of a link: `name` or `name:alias`.
#[must_use]
pub(super) fn link(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, text))
}

pub(super) fn check(containers: &[ContainerDefinition]) -> Result<(), Failure> {
    let by_name: BTreeMap<&str, &ContainerDefinition> = containers
        .iter()
        .filter_map(|container| Some((container.name.as_deref()?, container)))
        .collect();
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (own, container) in &by_name {
        let needed = needs.entry(own).or_default();
        for dependency in container.depends_on.iter().flatten() {
            let name = dependency.container_name.as_deref().unwrap_or_default();
            let other = by_name
                .get(name)
                .ok_or_else(|| client(sentences::dependency_missing(name)))?;
            check_condition(dependency.condition.as_ref(), other)?;
            needed.insert(name);
        }
        for text in container.links.iter().flatten() {
            let (name, alias) = link(text);
            if !by_name.contains_key(name) {
                return Err(wrong(own, sentences::link_unknown(name)));
            }
            if !is_name(alias) {
                return Err(wrong(own, sentences::is_no(alias, "alias of a link")));
            }
            needed.insert(name);
        }
        for source in container.volumes_from.iter().flatten() {
            let name = source.source_container.as_deref().unwrap_or_default();
            if !by_name.contains_key(name) {
                return Err(client(sentences::volumes_from_unknown(name)));
            }
            needed.insert(name);
        }
    }
    check_order(&needs)
}

fn check_condition(
    condition: Option<&ContainerCondition>,
    other: &ContainerDefinition,
) -> Result<(), Failure> {
    match condition {
        Some(ContainerCondition::Complete | ContainerCondition::Success) => {
            if other.essential.unwrap_or(true) {
                Err(client(sentences::DEPENDENCY_ESSENTIAL))
            } else {
                Ok(())
            }
        }
        Some(ContainerCondition::Healthy) => {
            if other.health_check.is_some() {
                Ok(())
            } else {
                Err(client(sentences::DEPENDENCY_WITHOUT_HEALTH_CHECK))
            }
        }
        // No input without a condition of these, or with another, comes here.
        Some(ContainerCondition::Start | ContainerCondition::Unknown(_)) | None => Ok(()),
    }
}

/// A container whose needs are all settled is settled; what never settles is a cycle.
fn check_order(needs: &BTreeMap<&str, BTreeSet<&str>>) -> Result<(), Failure> {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = settled.len();
        for (own, needed) in needs {
            if needed.iter().all(|name| settled.contains(name)) {
                settled.insert(own);
            }
        }
        if settled.len() == needs.len() {
            return Ok(());
        }
        if settled.len() == before {
            return Err(client(sentences::DEPENDENCIES_CYCLIC));
        }
    }
}
