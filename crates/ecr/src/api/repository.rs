//! Repositories.

use std::collections::BTreeMap;

use aws_api::ecr as model;
use aws_core::Caller;
use records::Committed;
use records::ecr::Repository;

use super::{alone, check_registry, find, paginate};
use crate::Ecr;
use crate::error::{Failure, invalid, not_supported};
use crate::sentences;

/// The AWS quota for tags of one repository.
const TAGS_MAX: usize = 50;
/// ECR API reference, `Tag`.
const TAG_KEY_MAX_CHARS: usize = 128;
const TAG_VALUE_MAX_CHARS: usize = 256;

pub(crate) async fn create(
    ecr: &Ecr,
    caller: &Caller,
    input: model::CreateRepositoryRequest,
) -> Result<model::CreateRepositoryResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let name = input.repository_name.unwrap_or_default();
    if !registry::is_repository_name(&name) {
        return Err(invalid(sentences::invalid_name(&name)));
    }
    caller.authorise(&caller.arn("ecr", &format!("repository/{name}")))?;
    let tags_are_immutable = match input.image_tag_mutability {
        None | Some(model::ImageTagMutability::Mutable) => false,
        Some(model::ImageTagMutability::Immutable) => true,
        Some(other) => {
            return Err(not_supported(&format!(
                "imageTagMutability {}",
                other.as_str()
            )));
        }
    };
    if input
        .image_scanning_configuration
        .and_then(|scanning| scanning.scan_on_push)
        == Some(true)
    {
        return Err(not_supported("imageScanningConfiguration.scanOnPush"));
    }
    if let Some(encryption) = input.encryption_configuration
        && encryption
            .encryption_type
            .is_some_and(|kind| kind != model::EncryptionType::Aes256)
    {
        return Err(not_supported("encryptionConfiguration with a KMS key"));
    }
    let tags = tags_of(input.tags.unwrap_or_default())?;
    let repository = Repository {
        name: name.clone(),
        tags_are_immutable,
        created_at: ecr.clock.now(),
        tags,
    };
    let mut transaction = ecr.records.transaction();
    transaction.create(
        &Repository::key(&caller.account, &caller.region, &name),
        &repository,
    )?;
    match transaction.commit().await? {
        Committed::Yes(_) => Ok(model::CreateRepositoryResponse {
            repository: Some(show(ecr, caller, &repository)),
        }),
        Committed::Conflict => Err(Failure(model::Error::repository_already_exists_exception(
            sentences::repository_exists(&name, caller.account.as_str()),
        ))),
    }
}

fn tags_of(tags: Vec<model::Tag>) -> Result<BTreeMap<String, String>, Failure> {
    if tags.len() > TAGS_MAX {
        let sentence = sentences::too_many_tags(TAGS_MAX);
        return Err(Failure(model::Error::too_many_tags_exception(sentence)));
    }
    let mut map = BTreeMap::new();
    for tag in tags {
        let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        let allowed = (1..=TAG_KEY_MAX_CHARS).contains(&key.chars().count())
            && value.chars().count() <= TAG_VALUE_MAX_CHARS
            && !key.to_ascii_lowercase().starts_with("aws:")
            && !map.contains_key(&key);
        if !allowed {
            let sentence = sentences::invalid_tag(&key);
            return Err(Failure(model::Error::invalid_tag_parameter_exception(
                sentence,
            )));
        }
        map.insert(key, value);
    }
    Ok(map)
}

pub(crate) async fn describe(
    ecr: &Ecr,
    caller: &Caller,
    input: model::DescribeRepositoriesRequest,
) -> Result<model::DescribeRepositoriesResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    if let Some(names) = &input.repository_names {
        let token = input.next_token.as_deref();
        alone(input.max_results, token, "repositoryNames")?;
        let found = names.iter().map(|name| find(ecr, caller, Some(name)));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        return Ok(model::DescribeRepositoriesResponse {
            repositories: Some(found.iter().map(|one| show(ecr, caller, one)).collect()),
            next_token: None,
        });
    }
    let mut all: Vec<Repository> = ecr
        .records
        .all(&Repository::prefix(&caller.account, &caller.region))?
        .into_iter()
        .map(|stored| stored.record)
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let (page, next_token) = paginate(
        caller,
        &input,
        all,
        input.max_results,
        input.next_token.as_deref(),
        |repository| repository.name.clone(),
    )?;
    Ok(model::DescribeRepositoriesResponse {
        repositories: Some(page.iter().map(|one| show(ecr, caller, one)).collect()),
        next_token,
    })
}

fn show(ecr: &Ecr, caller: &Caller, repository: &Repository) -> model::Repository {
    let name = &repository.name;
    let mutability = if repository.tags_are_immutable {
        model::ImageTagMutability::Immutable
    } else {
        model::ImageTagMutability::Mutable
    };
    model::Repository {
        repository_arn: Some(caller.arn("ecr", &format!("repository/{name}")).to_string()),
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(name.clone()),
        repository_uri: Some(format!("{}/{name}", ecr.config.registry_host)),
        created_at: Some(repository.created_at),
        image_tag_mutability: Some(mutability),
        image_scanning_configuration: Some(model::ImageScanningConfiguration {
            scan_on_push: Some(false),
        }),
        encryption_configuration: Some(model::EncryptionConfiguration {
            encryption_type: Some(model::EncryptionType::Aes256),
            ..model::EncryptionConfiguration::default()
        }),
        ..model::Repository::default()
    }
}
