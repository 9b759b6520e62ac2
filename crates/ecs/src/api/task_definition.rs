//! Task definitions.

use aws_api::ecs as model;
use aws_core::{Arn, Caller};
use records::Committed;
use records::ecs::{Family, TaskDefinition, TaskDefinitionStatus};

use super::{listing, page_size, page_start, page_token, tags};
use crate::Ecs;
use crate::error::{Failure, client, invalid};
use crate::plan::definition::{self, DefinitionReference};
use crate::sentences;

/// How often a registration is tried again when another of the same family got in first.
const REGISTER_ATTEMPTS_MAX: usize = 64;

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
    caller.authorise(&caller.arn("ecs", &format!("task-definition/{family}:*")))?;
    let tags = tags::to_map(input.tags)?;
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
                task_definition: Some(show(caller, &record)),
                tags: Some(tags::to_list(&record.tags)),
            });
        }
    }
    Err(Failure::from(aws_core::Common::Throttling(
        "Too many concurrent attempts to create a new revision of the specified family.".to_owned(),
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
    // As a rule the newest revision is active, and one read finds it.
    let Some(family) = ecs
        .records
        .get(&Family::key(account, region, &reference.family))?
    else {
        return Ok(None);
    };
    for revision in (1..=family.record.latest_revision).rev() {
        let key = TaskDefinition::key(account, region, &reference.family, revision);
        if let Some(stored) = ecs.records.get(&key)?
            && stored.record.status == TaskDefinitionStatus::Active
        {
            return Ok(Some(stored.record));
        }
    }
    Ok(None)
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
        task_definition: Some(show(caller, &found)),
    })
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListTaskDefinitionsRequest,
) -> Result<model::ListTaskDefinitionsResponse, Failure> {
    let size = page_size(input.max_results)?;
    let status = match &input.status {
        None | Some(model::TaskDefinitionStatus::Active) => TaskDefinitionStatus::Active,
        Some(model::TaskDefinitionStatus::Inactive) => TaskDefinitionStatus::Inactive,
        Some(other) => {
            return Err(crate::error::not_supported(&format!(
                "listing task definitions with status {}",
                other.as_str()
            )));
        }
    };
    let descending = input.sort == Some(model::SortOrder::Desc);
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let (account, region) = (&caller.account, &caller.region);
    let prefix = match &input.family_prefix {
        // The API calls it a prefix, and means the whole name.
        Some(family) if definition::is_name(family) => {
            TaskDefinition::family_prefix(account, region, family)
        }
        Some(family) => return Err(invalid(sentences::invalid_name("family", family))),
        None => TaskDefinition::prefix(account, region),
    };
    let mut all: Vec<_> = ecs
        .records
        .all(&prefix)?
        .into_iter()
        .map(|stored| stored.record)
        .filter(|record| record.status == status)
        .collect();
    all.sort_by(|a, b| a.family.cmp(&b.family).then(a.revision.cmp(&b.revision)));
    if descending {
        all.reverse();
    }
    let arns: Vec<String> = all
        .iter()
        .map(|one| TaskDefinition::arn(account, region, &one.family, one.revision).to_string())
        .collect();
    let from = match start {
        Some(last) => arns
            .iter()
            .position(|arn| *arn == last)
            .map_or(0, |index| index + 1),
        None => 0,
    };
    let page: Vec<String> = arns.iter().skip(from).take(size).cloned().collect();
    let next = (from + page.len() < arns.len())
        .then(|| page.last().map(|last| page_token(&listing, last)))
        .flatten();
    Ok(model::ListTaskDefinitionsResponse {
        task_definition_arns: Some(page),
        next_token: next,
    })
}

fn show(caller: &Caller, record: &TaskDefinition) -> model::TaskDefinition {
    let arn = TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &record.family,
        record.revision,
    );
    let status = match record.status {
        TaskDefinitionStatus::Active => model::TaskDefinitionStatus::Active,
        TaskDefinitionStatus::Inactive => model::TaskDefinitionStatus::Inactive,
    };
    model::TaskDefinition {
        task_definition_arn: Some(arn.to_string()),
        revision: Some(record.revision),
        status: Some(status),
        registered_at: Some(record.registered_at),
        registered_by: Some(record.registered_by.clone()),
        ..record.definition.clone()
    }
}
