//! Task definitions. How they are listed stands in [`super::task_definition_list`].

use std::sync::PoisonError;

use ambient::Timestamp;
use aws_api::ecs as model;
use aws_core::{Arn, Caller};
use records::Committed;
use records::ecs::{Family, TaskDefinition, TaskDefinitionHead, TaskDefinitionStatus};

use super::tags;
use crate::Ecs;
use crate::error::{Failure, client, invalid};
use crate::plan::definition::{self, DefinitionReference};
use crate::sentences;

/// How often a registration is tried again when another of the same family got in first.
const REGISTER_ATTEMPTS_MAX: usize = 64;
/// The most that DeleteTaskDefinitions takes at once (API reference).
const DELETE_MAX: usize = 10;

pub(crate) async fn register(
    ecs: &Ecs,
    caller: &Caller,
    input: model::RegisterTaskDefinitionRequest,
) -> Result<model::RegisterTaskDefinitionResponse, Failure> {
    let mut normal = definition::normalise(&input)?;
    // A role may be named by its name alone; it is shown by its ARN.
    if let Some(role) = &mut normal.execution_role_arn
        && !role.starts_with("arn:")
    {
        *role = Arn::global("iam", &caller.account, &format!("role/{role}")).to_string();
    }
    let family = input.family.clone().unwrap_or_default();
    let arn = caller.arn("ecs", &format!("task-definition/{family}:*"));
    caller.authorise(&arn)?;
    let tags = tags::to_map(input.tags)?;
    tags::authorise_on_creation(ecs, caller, &arn, &tags)?;
    for _ in 0..REGISTER_ATTEMPTS_MAX {
        let family_key = Family::key(&caller.account, &caller.region, &family);
        let before = ecs.records.get(&family_key)?;
        let revision = before
            .as_ref()
            .map_or(1, |stored| stored.record.latest_revision + 1);
        let record = TaskDefinition {
            family: family.clone(),
            revision,
            status: TaskDefinitionStatus::Active,
            registered_at: ecs.clock.now(),
            registered_by: caller.principal.arn().to_string(),
            definition: normal.clone(),
            tags: tags.clone(),
            deregistered_at: None,
            delete_requested_at: None,
        };
        let latest = Family {
            latest_revision: revision,
        };
        let mut transaction = ecs.records.transaction();
        match &before {
            Some(stored) => transaction.replace(stored, &latest)?,
            None => transaction.create(&family_key, &latest)?,
        }
        let key = TaskDefinition::key(&caller.account, &caller.region, &family, revision);
        transaction.create(&key, &record)?;
        if let Committed::Yes(_) = transaction.commit().await? {
            return Ok(model::RegisterTaskDefinitionResponse {
                tags: Some(tags::to_list(&record.tags)),
                task_definition: Some(show(caller, record)),
            });
        }
    }
    Err(Failure::from(aws_core::Common::Throttling(
        sentences::REVISIONS_AT_ONCE.to_owned(),
    )))
}

/// The definition that a request names; without a revision the newest active one.
///
/// # Errors
/// When the reference is none; `Ok(None)` where it names nothing.
pub(super) fn find(
    ecs: &Ecs,
    caller: &Caller,
    reference: &str,
) -> Result<Option<TaskDefinition>, Failure> {
    let reference = DefinitionReference::parse(reference, caller.region.as_str())?;
    let (account, region) = (&caller.account, &caller.region);
    if let Some(revision) = reference.revision {
        let key = TaskDefinition::key(account, region, &reference.family, revision);
        return Ok(ecs.records.get(&key)?.map(|stored| stored.record));
    }
    newest_active(ecs, caller, &reference.family)
}

fn newest_active(
    ecs: &Ecs,
    caller: &Caller,
    family: &str,
) -> Result<Option<TaskDefinition>, Failure> {
    let (account, region) = (&caller.account, &caller.region);
    let family_key = Family::key(account, region, family);
    let Some(stored) = ecs.records.get(&family_key)? else {
        return Ok(None);
    };
    let known = || ecs.inactive.lock().unwrap_or_else(PoisonError::into_inner);
    let mut revision = stored.record.latest_revision;
    loop {
        if let Some(inactive) = known().get(family_key.bytes()) {
            revision = inactive.newest_other(revision);
        }
        if revision < 1 {
            return Ok(None);
        }
        // Only what is active is decoded whole.
        let head = TaskDefinitionHead::key(account, region, family, revision);
        let head = ecs.records.get(&head)?;
        if head.is_some_and(|head| head.record.status == TaskDefinitionStatus::Active) {
            let key = TaskDefinition::key(account, region, family, revision);
            let found = ecs.records.get(&key)?.map(|stored| stored.record);
            // It may have been deregistered since.
            if let Some(found) = found.filter(|it| it.status == TaskDefinitionStatus::Active) {
                return Ok(Some(found));
            }
        }
        let mut known = known();
        let inactive = known.entry(family_key.bytes().clone()).or_default();
        inactive.add(revision);
    }
}

pub(crate) async fn describe(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DescribeTaskDefinitionRequest,
) -> Result<model::DescribeTaskDefinitionResponse, Failure> {
    let reference = input.task_definition.as_deref().unwrap_or_default();
    if reference.is_empty() {
        return Err(client(sentences::DEFINITION_BLANK));
    }
    let found = find(ecs, caller, reference)?
        .ok_or_else(|| client(sentences::DEFINITION_CANNOT_BE_DESCRIBED))?;
    caller.authorise(&TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &found.family,
        found.revision,
    ))?;
    let with_tags = input
        .include
        .unwrap_or_default()
        .contains(&model::TaskDefinitionField::Tags);
    Ok(model::DescribeTaskDefinitionResponse {
        tags: with_tags.then(|| tags::to_list(&found.tags)),
        task_definition: Some(show(caller, found)),
    })
}

/// The revision that a request names, which must name one.
fn revision_of(caller: &Caller, reference: &str) -> Result<(String, i32), Failure> {
    let reference = DefinitionReference::parse(reference, caller.region.as_str())?;
    match reference.revision {
        Some(revision) => Ok((reference.family, revision)),
        None => Err(invalid(sentences::DEFINITION_REVISION_MISSING)),
    }
}

pub(crate) async fn deregister(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DeregisterTaskDefinitionRequest,
) -> Result<model::DeregisterTaskDefinitionResponse, Failure> {
    let reference = input.task_definition.as_deref().unwrap_or_default();
    if reference.is_empty() {
        return Err(client(sentences::DEFINITION_BLANK));
    }
    let (family, revision) = revision_of(caller, reference)?;
    let (account, region) = (&caller.account, &caller.region);
    caller.authorise(&TaskDefinition::arn(account, region, &family, revision))?;
    let now = ecs.clock.now();
    let key = TaskDefinition::key(account, region, &family, revision);
    let deregistered = ecs
        .records
        .change(&key, |found| {
            let found = found.ok_or_else(|| client(sentences::DEFINITION_DOES_NOT_EXIST))?;
            // Twice is once: it keeps the time of the first.
            let active = found.status == TaskDefinitionStatus::Active;
            Ok::<_, Failure>(active.then(|| TaskDefinition {
                status: TaskDefinitionStatus::Inactive,
                deregistered_at: Some(now),
                ..found.clone()
            }))
        })
        .await?;
    Ok(model::DeregisterTaskDefinitionResponse {
        task_definition: deregistered.map(|record| show(caller, record)),
    })
}

pub(crate) async fn delete(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DeleteTaskDefinitionsRequest,
) -> Result<model::DeleteTaskDefinitionsResponse, Failure> {
    let references = input.task_definitions.unwrap_or_default();
    if references.is_empty() {
        return Err(client(sentences::DEFINITION_BLANK));
    }
    if references.len() > DELETE_MAX {
        return Err(invalid(sentences::too_many_at_once(
            DELETE_MAX,
            "task definitions",
            "deleted",
        )));
    }
    let mut deleted = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        match delete_one(ecs, caller, &reference).await? {
            Ok(record) => deleted.push(show(caller, record)),
            Err(reason) => failures.push(model::Failure {
                arn: Some(reference),
                reason: Some(reason.to_owned()),
                ..model::Failure::default()
            }),
        }
    }
    Ok(model::DeleteTaskDefinitionsResponse {
        task_definitions: Some(deleted),
        failures: Some(failures),
    })
}

/// The definition, whose deletion is now asked for; or why it is not.
async fn delete_one(
    ecs: &Ecs,
    caller: &Caller,
    reference: &str,
) -> Result<Result<TaskDefinition, &'static str>, Failure> {
    let Ok((family, revision)) = revision_of(caller, reference) else {
        return Ok(Err(sentences::DEFINITION_IDENTIFIER_INVALID));
    };
    let (account, region) = (&caller.account, &caller.region);
    caller.authorise(&TaskDefinition::arn(account, region, &family, revision))?;
    let now = ecs.clock.now();
    let key = TaskDefinition::key(account, region, &family, revision);
    let found = ecs
        .records
        .change(&key, |found| {
            let deletable = found.filter(|found| {
                found.status == TaskDefinitionStatus::Inactive
                    && found.delete_requested_at.is_none()
            });
            Ok::<_, Failure>(deletable.map(|found| TaskDefinition {
                delete_requested_at: Some(now),
                ..found.clone()
            }))
        })
        .await?;
    Ok(match found {
        None => Err(sentences::DEFINITION_DOES_NOT_EXIST_ANYWHERE),
        Some(found) if found.delete_requested_at.is_none() => {
            Err(sentences::DEFINITION_STILL_ACTIVE)
        }
        Some(found) => Ok(found),
    })
}

/// The status as the API has it: one that is being deleted was deregistered before.
pub(super) fn status(
    status: TaskDefinitionStatus,
    delete_requested_at: Option<Timestamp>,
) -> model::TaskDefinitionStatus {
    match (status, delete_requested_at) {
        (_, Some(_)) => model::TaskDefinitionStatus::DeleteInProgress,
        (TaskDefinitionStatus::Active, None) => model::TaskDefinitionStatus::Active,
        (TaskDefinitionStatus::Inactive, None) => model::TaskDefinitionStatus::Inactive,
    }
}

fn show(caller: &Caller, record: TaskDefinition) -> model::TaskDefinition {
    let arn = TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &record.family,
        record.revision,
    );
    model::TaskDefinition {
        task_definition_arn: Some(arn.to_string()),
        revision: Some(record.revision),
        status: Some(status(record.status, record.delete_requested_at)),
        deregistered_at: record.deregistered_at,
        delete_requested_at: record.delete_requested_at,
        registered_at: Some(record.registered_at),
        registered_by: Some(record.registered_by),
        ..record.definition
    }
}
