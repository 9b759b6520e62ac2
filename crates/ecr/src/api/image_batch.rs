//! Manifests, read, deleted and put. What cannot be done of a batch is told by image.

use aws_api::ecr as model;
use aws_core::Caller;
use bytes::Bytes;
use registry::{Catalogue as _, CatalogueError, Digest, ManifestEntry, ManifestPush, Reference};

use super::image::{by_id, differ, identifiers, is_untagged};
use super::{check_registry, find, place};
use crate::Ecr;
use crate::error::{Failure, from_catalogue, from_fault, invalid};
use crate::sentences;

/// The manifests of one answer together. Ours: ECR publishes no number.
const MANIFESTS_MAX_BYTES: u64 = 16 * 1024 * 1024;

fn failure(
    id: &model::ImageIdentifier,
    code: model::ImageFailureCode,
    reason: impl Into<String>,
) -> model::ImageFailure {
    model::ImageFailure {
        failure_code: Some(code),
        failure_reason: Some(reason.into()),
        image_id: Some(id.clone()),
    }
}

/// What is wrong with an id, whatever is in the repository.
fn check(id: &model::ImageIdentifier) -> Result<(), model::ImageFailure> {
    use model::ImageFailureCode as Code;
    match (&id.image_digest, &id.image_tag) {
        (None, None) => Err(failure(
            id,
            Code::MissingDigestAndTag,
            sentences::MISSING_DIGEST_AND_TAG,
        )),
        (Some(digest), _) if digest.parse::<Digest>().is_err() => Err(failure(
            id,
            Code::InvalidImageDigest,
            sentences::INVALID_IMAGE_DIGEST,
        )),
        (_, Some(tag)) if !registry::is_tag(tag) => Err(failure(
            id,
            Code::InvalidImageTag,
            sentences::INVALID_IMAGE_TAG,
        )),
        _ => Ok(()),
    }
}

pub(crate) async fn get(
    ecr: &Ecr,
    caller: &Caller,
    input: model::BatchGetImageRequest,
) -> Result<model::BatchGetImageResponse, Failure> {
    use model::ImageFailureCode as Code;
    check_registry(caller, input.registry_id.as_deref())?;
    let name = find(ecr, caller, input.repository_name.as_deref())?.name;
    let at = place(caller, &name);
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    let mut total: u64 = 0;
    for id in input.image_ids.unwrap_or_default() {
        if let Err(wrong) = check(&id) {
            failures.push(wrong);
            continue;
        }
        let Some(image) = by_id(ecr, caller, &name, &id)? else {
            failures.push(failure(
                &id,
                Code::ImageNotFound,
                sentences::IMAGE_NOT_FOUND,
            ));
            continue;
        };
        let accepted = input.accepted_media_types.as_deref().unwrap_or_default();
        if !accepted.is_empty() && !accepted.contains(&image.media_type) {
            let reason = sentences::media_type_not_accepted(&image.media_type);
            failures.push(failure(&id, Code::ImageNotFound, reason));
            continue;
        }
        total = total.saturating_add(image.manifest_size);
        if total > MANIFESTS_MAX_BYTES {
            let sentence = sentences::manifests_too_large(MANIFESTS_MAX_BYTES);
            return Err(Failure(model::Error::limit_exceeded_exception(sentence)));
        }
        let digest = Reference::Digest(image.digest.parse().map_err(|_| {
            let sentence = format!("the record of '{}' has no digest", image.digest);
            aws_core::Common::Internal(sentence)
        })?);
        let entry = ecr.catalogue.manifest(&at, &digest).await;
        let entry = entry.map_err(|error| from_catalogue(error, caller, &name, None))?;
        let Some(entry) = entry else {
            failures.push(failure(
                &id,
                Code::ImageNotFound,
                sentences::IMAGE_NOT_FOUND,
            ));
            continue;
        };
        let bytes = ecr.registry.manifest_bytes(&entry).await;
        let bytes = bytes.map_err(|fault| from_fault(fault, caller, &name, None))?;
        images.push(show(caller, &name, &entry, id.image_tag.as_deref(), &bytes));
    }
    Ok(model::BatchGetImageResponse {
        failures: Some(failures),
        images: Some(images),
    })
}

fn show(
    caller: &Caller,
    name: &str,
    entry: &ManifestEntry,
    tag: Option<&str>,
    bytes: &Bytes,
) -> model::Image {
    model::Image {
        image_id: Some(model::ImageIdentifier {
            image_digest: Some(entry.digest.to_string()),
            image_tag: tag.map(str::to_owned),
        }),
        // A manifest is JSON, and so UTF-8: it was read as such when it was pushed.
        image_manifest: Some(String::from_utf8_lossy(bytes).into_owned()),
        image_manifest_media_type: Some(entry.media_type.clone()),
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(name.to_owned()),
    }
}

pub(crate) async fn delete(
    ecr: &Ecr,
    caller: &Caller,
    input: model::BatchDeleteImageRequest,
) -> Result<model::BatchDeleteImageResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let name = find(ecr, caller, input.repository_name.as_deref())?.name;
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for id in input.image_ids.unwrap_or_default() {
        if let Err(wrong) = check(&id) {
            failures.push(wrong);
            continue;
        }
        match delete_one(ecr, caller, &name, &id).await? {
            Ok(ids) => deleted.extend(ids),
            Err(failure) => failures.push(failure),
        }
    }
    Ok(model::BatchDeleteImageResponse {
        failures: Some(failures),
        image_ids: Some(deleted),
    })
}

/// Deletes a tag, and the image with its last tag; or, by digest alone, an image with its tags.
async fn delete_one(
    ecr: &Ecr,
    caller: &Caller,
    name: &str,
    id: &model::ImageIdentifier,
) -> Result<Result<Vec<model::ImageIdentifier>, model::ImageFailure>, Failure> {
    use model::ImageFailureCode as Code;
    let at = place(caller, name);
    if differ(ecr, caller, name, id)? {
        let reason = sentences::TAG_DOES_NOT_MATCH_DIGEST;
        return Ok(Err(failure(id, Code::ImageTagDoesNotMatchDigest, reason)));
    }
    let not_found = || {
        Ok(Err(failure(
            id,
            Code::ImageNotFound,
            sentences::IMAGE_NOT_FOUND,
        )))
    };
    let Some(image) = by_id(ecr, caller, name, id)? else {
        return not_found();
    };
    let Ok(digest) = image.digest.parse::<Digest>() else {
        return not_found();
    };
    let whole = Reference::Digest(digest);
    let failed = |error| from_catalogue(error, caller, name, None);
    if let Some(tag) = &id.image_tag {
        let tag = Reference::Tag(tag.clone());
        if !ecr
            .catalogue
            .delete_manifest(&at, &tag)
            .await
            .map_err(failed)?
        {
            return not_found();
        }
        if is_untagged(ecr, caller, name, &whole)? {
            match ecr.catalogue.delete_manifest(&at, &whole).await {
                // An index keeps it.
                Ok(_) | Err(CatalogueError::Referenced { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        return Ok(Ok(vec![model::ImageIdentifier {
            image_digest: Some(image.digest),
            image_tag: id.image_tag.clone(),
        }]));
    }
    let ids = identifiers(ecr, caller, name, &image)?;
    match ecr.catalogue.delete_manifest(&at, &whole).await {
        Ok(true) => Ok(Ok(ids)),
        Ok(false) => not_found(),
        Err(CatalogueError::Referenced { by }) => Ok(Err(failure(
            id,
            Code::ImageReferencedByManifestList,
            sentences::referenced_by_list(&by),
        ))),
        Err(error) => Err(failed(error)),
    }
}

pub(crate) async fn put(
    ecr: &Ecr,
    caller: &Caller,
    input: model::PutImageRequest,
) -> Result<model::PutImageResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let name = find(ecr, caller, input.repository_name.as_deref())?.name;
    let at = place(caller, &name);
    let tag = input.image_tag.as_deref();
    if tag.is_some_and(|tag| !registry::is_tag(tag)) {
        return Err(invalid(sentences::INVALID_IMAGE_TAG));
    }
    let said = input.image_digest.as_deref().map(str::parse::<Digest>);
    let said = said
        .transpose()
        .map_err(|_| invalid(sentences::INVALID_IMAGE_DIGEST))?;
    let bytes = Bytes::from(input.image_manifest.unwrap_or_default());
    let push = ManifestPush {
        bytes: &bytes,
        media_type: input.image_manifest_media_type.as_deref(),
        digest: said.as_ref(),
        tag,
    };
    let put = ecr.registry.put_manifest(&at, &push).await;
    let (entry, changed) = put.map_err(|fault| from_fault(fault, caller, &name, tag))?;
    if !changed {
        let account = caller.account.as_str();
        let sentence = sentences::image_exists(entry.digest.as_str(), tag, &name, account);
        return Err(Failure(model::Error::image_already_exists_exception(
            sentence,
        )));
    }
    Ok(model::PutImageResponse {
        image: Some(show(caller, &name, &entry, tag, &bytes)),
    })
}
