//! Whether a repository's image tags move, and which are exceptions.

use aws_api::ecr as model;
use aws_core::Caller;
use records::ecr::Repository;

use super::{check_registry, find};
use crate::Ecr;
use crate::error::{Failure, invalid};
use crate::sentences;

/// ECR API reference, `ImageTagMutabilityExclusionFilter`.
const FILTER_MAX_CHARS: usize = 128;
const WILDCARDS_MAX: usize = 2;

type Filters = Vec<model::ImageTagMutabilityExclusionFilter>;

/// Whether tags are immutable, and the patterns of those that are not as the rest.
pub(super) fn read(
    mutability: Option<model::ImageTagMutability>,
    filters: Option<Filters>,
) -> Result<(bool, Vec<String>), Failure> {
    use model::ImageTagMutability as Kind;
    let (immutable, with_exclusion) = match mutability {
        None | Some(Kind::Mutable) => (false, false),
        Some(Kind::Immutable) => (true, false),
        Some(Kind::MutableWithExclusion) => (false, true),
        Some(Kind::ImmutableWithExclusion) => (true, true),
        Some(other) => {
            let sentence = sentences::unknown_mutability(other.as_str());
            return Err(invalid(sentence));
        }
    };
    let filters = filters.unwrap_or_default();
    if with_exclusion == filters.is_empty() {
        return Err(invalid(sentences::exclusion_filters(with_exclusion)));
    }
    let patterns = filters.into_iter().map(|filter| {
        let kind = filter.filter_type;
        let pattern = filter.filter.unwrap_or_default();
        let of_tags = |byte: u8| byte.is_ascii_alphanumeric() || b"._-*".contains(&byte);
        let well_formed = kind == Some(model::ImageTagMutabilityExclusionFilterType::Wildcard)
            && (1..=FILTER_MAX_CHARS).contains(&pattern.len())
            && pattern.bytes().all(of_tags)
            && pattern.matches('*').count() <= WILDCARDS_MAX;
        if well_formed {
            Ok(pattern)
        } else {
            Err(invalid(sentences::invalid_filter(&pattern)))
        }
    });
    Ok((immutable, patterns.collect::<Result<_, _>>()?))
}

/// The same as the API shows it.
pub(super) fn show(repository: &Repository) -> (model::ImageTagMutability, Option<Filters>) {
    use model::ImageTagMutability as Kind;
    let exceptions = &repository.mutability_exceptions;
    let mutability = match (repository.tags_are_immutable, exceptions.is_empty()) {
        (false, true) => Kind::Mutable,
        (true, true) => Kind::Immutable,
        (false, false) => Kind::MutableWithExclusion,
        (true, false) => Kind::ImmutableWithExclusion,
    };
    let filters: Filters = exceptions
        .iter()
        .map(|pattern| model::ImageTagMutabilityExclusionFilter {
            filter: Some(pattern.clone()),
            filter_type: Some(model::ImageTagMutabilityExclusionFilterType::Wildcard),
        })
        .collect();
    (mutability, Some(filters).filter(|some| !some.is_empty()))
}

pub(crate) async fn put(
    ecr: &Ecr,
    caller: &Caller,
    input: model::PutImageTagMutabilityRequest,
) -> Result<model::PutImageTagMutabilityResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let name = input.repository_name.unwrap_or_default();
    find(ecr, caller, Some(&name))?;
    let (immutable, exceptions) = read(
        input.image_tag_mutability,
        input.image_tag_mutability_exclusion_filters,
    )?;
    let key = Repository::key(&caller.account, &caller.region, &name);
    let changed = ecr.records.change(&key, |before| {
        Ok::<_, Failure>(before.map(|before| Repository {
            tags_are_immutable: immutable,
            mutability_exceptions: exceptions.clone(),
            ..before.clone()
        }))
    });
    let repository = match changed.await? {
        Some(repository) => repository,
        // Deleted just now.
        None => find(ecr, caller, Some(&name))?,
    };
    let (mutability, filters) = show(&repository);
    Ok(model::PutImageTagMutabilityResponse {
        image_tag_mutability: Some(mutability),
        image_tag_mutability_exclusion_filters: filters,
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(name),
    })
}
