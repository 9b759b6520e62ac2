//! Repositories.

use std::collections::BTreeMap;

use aws_api::ecr as model;
use aws_core::Caller;
use records::ecr::Repository;
use records::{Committed, Key};

use super::{Listing, alone, check_registry, find, mutability, place, tag};
use crate::Ecr;
use crate::deletion::NotDeleted;
use crate::error::{self, Failure, invalid, not_supported};
use crate::sentences;

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
    let (tags_are_immutable, mutability_exceptions) = mutability::read(
        input.image_tag_mutability,
        input.image_tag_mutability_exclusion_filters,
    )?;
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
    let mut tags = BTreeMap::new();
    tag::add(&mut tags, input.tags.unwrap_or_default())?;
    let host = ecr.host_to_push(caller).await?;
    let repository = Repository {
        name: name.clone(),
        tags_are_immutable,
        mutability_exceptions,
        created_at: ecr.clock.now(),
        tags,
        referrers_indexed: true,
    };
    let mut transaction = ecr.records.transaction();
    transaction.create(
        &Repository::key(&caller.account, &caller.region, &name),
        &repository,
    )?;
    match transaction.commit().await? {
        Committed::Yes(_) => Ok(model::CreateRepositoryResponse {
            repository: Some(show(&host, caller, &repository)),
        }),
        Committed::Conflict => Err(Failure(model::Error::repository_already_exists_exception(
            sentences::repository_exists(&name, caller.account.as_str()),
        ))),
    }
}

pub(crate) async fn delete(
    ecr: &Ecr,
    caller: &Caller,
    input: model::DeleteRepositoryRequest,
) -> Result<model::DeleteRepositoryResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let name = input.repository_name.unwrap_or_default();
    let repository = find(ecr, caller, Some(&name))?;
    let at = place(caller, &name);
    let force = input.force == Some(true);
    let host = ecr.host(caller);
    match ecr.catalogue.delete_repository(&at, force).await {
        Ok(()) => Ok(model::DeleteRepositoryResponse {
            repository: Some(show(&host, caller, &repository)),
        }),
        Err(NotDeleted::Images) => Err(Failure(model::Error::repository_not_empty_exception(
            sentences::repository_not_empty(&name, caller.account.as_str()),
        ))),
        Err(NotDeleted::Catalogue(error)) => Err(error::from_catalogue(error, caller, &name, None)),
    }
}

pub(crate) async fn describe(
    ecr: &Ecr,
    caller: &Caller,
    input: model::DescribeRepositoriesRequest,
) -> Result<model::DescribeRepositoriesResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let host = ecr.host(caller);
    if let Some(names) = &input.repository_names {
        let token = input.next_token.as_deref();
        alone(input.max_results, token, "repositoryNames")?;
        let found = names.iter().map(|name| find(ecr, caller, Some(name)));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        return Ok(model::DescribeRepositoriesResponse {
            repositories: Some(found.iter().map(|one| show(&host, caller, one)).collect()),
            next_token: None,
        });
    }
    let listing = Listing::new(
        caller,
        &input,
        input.max_results,
        input.next_token.as_deref(),
    )?;
    let key = |name: &String| Repository::key(&caller.account, &caller.region, name);
    let after = listing.after.as_ref().map(key);
    let mut found: Vec<Repository> = ecr
        .records
        .list(
            &Repository::prefix(&caller.account, &caller.region),
            after.as_ref().map(Key::bytes),
            listing.size + 1,
        )?
        .items
        .into_iter()
        .map(|stored| stored.record)
        .collect();
    let next_token = listing.cut(&mut found, |repository| repository.name.clone());
    Ok(model::DescribeRepositoriesResponse {
        repositories: Some(found.iter().map(|one| show(&host, caller, one)).collect()),
        next_token,
    })
}

/// `host` is the registry's, as the caller is told it.
fn show(host: &str, caller: &Caller, repository: &Repository) -> model::Repository {
    let name = &repository.name;
    let (mutability, filters) = mutability::show(repository);
    model::Repository {
        repository_arn: Some(caller.arn("ecr", &format!("repository/{name}")).to_string()),
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(name.clone()),
        repository_uri: Some(format!("{host}/{name}")),
        created_at: Some(repository.created_at),
        image_tag_mutability: Some(mutability),
        image_tag_mutability_exclusion_filters: filters,
        image_scanning_configuration: Some(model::ImageScanningConfiguration {
            scan_on_push: Some(false),
        }),
        encryption_configuration: Some(model::EncryptionConfiguration {
            encryption_type: Some(model::EncryptionType::Aes256),
            ..model::EncryptionConfiguration::default()
        }),
    }
}
