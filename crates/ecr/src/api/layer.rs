//! Layers: what is there, where to fetch it, and uploads in parts.

use aws_api::ecr as model;
use aws_core::{Caller, Common};
use bytes::Bytes;
use registry::{Digest, LINK_PARAMETER, PushFault};

use super::{check_registry, find, place};
use crate::Ecr;
use crate::error::{Failure, from_fault, invalid};
use crate::sentences;

/// What the API proposes as the length of a part (ECR API reference, InitiateLayerUpload).
const PART_PROPOSED_BYTES: i64 = 10 * 1024 * 1024;
/// What a layer is shown as: its media type stands in manifests, which name it differently.
const LAYER_MEDIA_TYPE: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

pub(crate) async fn check(
    ecr: &Ecr,
    caller: &Caller,
    input: model::BatchCheckLayerAvailabilityRequest,
) -> Result<model::BatchCheckLayerAvailabilityResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let at = place(caller, &repository.name);
    let (mut layers, mut failures) = (Vec::new(), Vec::new());
    for text in input.layer_digests.unwrap_or_default() {
        let Ok(digest) = text.parse::<Digest>() else {
            failures.push(model::LayerFailure {
                failure_code: Some(model::LayerFailureCode::InvalidLayerDigest),
                failure_reason: Some(sentences::INVALID_LAYER_DIGEST.to_owned()),
                layer_digest: Some(text),
            });
            continue;
        };
        let size = ecr.registry.layer(&at, &digest).await;
        let size = size.map_err(|fault| from_fault(fault, caller, &at.name, None))?;
        let availability = match size {
            Some(_) => model::LayerAvailability::Available,
            None => model::LayerAvailability::Unavailable,
        };
        layers.push(model::Layer {
            layer_availability: Some(availability),
            layer_digest: Some(text),
            layer_size: size.and_then(|size| i64::try_from(size).ok()),
            media_type: size.map(|_| LAYER_MEDIA_TYPE.to_owned()),
        });
    }
    Ok(model::BatchCheckLayerAvailabilityResponse {
        failures: Some(failures),
        layers: Some(layers),
    })
}

pub(crate) async fn download(
    ecr: &Ecr,
    caller: &Caller,
    input: model::GetDownloadUrlForLayerRequest,
) -> Result<model::GetDownloadUrlForLayerResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let at = place(caller, &repository.name);
    let text = input.layer_digest.unwrap_or_default();
    let digest = digest(&text)?;
    let size = ecr.registry.layer(&at, &digest).await;
    if size
        .map_err(|fault| from_fault(fault, caller, &at.name, None))?
        .is_none()
    {
        let sentence = sentences::layer_not_found(&text, &at.name, caller.account.as_str());
        return Err(Failure(model::Error::layers_not_found_exception(sentence)));
    }
    let link = ecr
        .tokens
        .link(&at, &digest)
        .ok_or_else(|| Common::Internal("a link could not be signed".to_owned()))?;
    // The link is of characters that need no escape in a query.
    let url = format!(
        "{}/v2/{}/blobs/{digest}?{LINK_PARAMETER}={link}",
        ecr.endpoint(caller),
        at.name
    );
    Ok(model::GetDownloadUrlForLayerResponse {
        download_url: Some(url),
        layer_digest: Some(text),
    })
}

pub(crate) async fn begin(
    ecr: &Ecr,
    caller: &Caller,
    input: model::InitiateLayerUploadRequest,
) -> Result<model::InitiateLayerUploadResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let at = place(caller, &repository.name);
    let id = ecr.registry.begin_upload(&at).await;
    Ok(model::InitiateLayerUploadResponse {
        part_size: Some(PART_PROPOSED_BYTES),
        upload_id: Some(id.map_err(|fault| from_fault(fault, caller, &at.name, None))?),
    })
}

pub(crate) async fn part(
    ecr: &Ecr,
    caller: &Caller,
    input: model::UploadLayerPartRequest,
) -> Result<model::UploadLayerPartResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let at = place(caller, &repository.name);
    let id = input.upload_id.unwrap_or_default();
    let bytes = Bytes::from(input.layer_part_blob.map(|blob| blob.0).unwrap_or_default());
    let first = input.part_first_byte.unwrap_or_default();
    let last = input.part_last_byte.unwrap_or_default();
    let unfit = |sentence: String, length: Option<u64>| {
        let last_valid = length.and_then(|length| i64::try_from(length).ok());
        Failure(model::Error::from(model::InvalidLayerPartException {
            message: Some(sentence),
            last_valid_byte_received: last_valid.map(|length| length - 1),
            registry_id: Some(caller.account.to_string()),
            repository_name: Some(at.name.clone()),
            upload_id: Some(id.clone()),
        }))
    };
    let said = last
        .checked_sub(first)
        .and_then(|more| more.checked_add(1))
        .and_then(|length| usize::try_from(length).ok());
    let start = u64::try_from(first)
        .ok()
        .filter(|_| said == Some(bytes.len()));
    let Some(start) = start else {
        return Err(unfit(sentences::part_not_as_long(first, last), None));
    };
    match ecr.registry.append_part(&at, &id, start, bytes).await {
        Ok(_) => {}
        Err(PushFault::OutOfOrder { length }) => {
            return Err(unfit(
                sentences::part_out_of_order(first, length),
                Some(length),
            ));
        }
        Err(PushFault::UploadUnknown) => return Err(upload_unknown(caller, &at.name, &id)),
        Err(fault) => return Err(from_fault(fault, caller, &at.name, None)),
    }
    Ok(model::UploadLayerPartResponse {
        last_byte_received: Some(last),
        registry_id: Some(caller.account.to_string()),
        repository_name: Some(at.name),
        upload_id: Some(id),
    })
}

pub(crate) async fn complete(
    ecr: &Ecr,
    caller: &Caller,
    input: model::CompleteLayerUploadRequest,
) -> Result<model::CompleteLayerUploadResponse, Failure> {
    check_registry(caller, input.registry_id.as_deref())?;
    let repository = find(ecr, caller, input.repository_name.as_deref())?;
    let at = place(caller, &repository.name);
    let id = input.upload_id.unwrap_or_default();
    let texts = input.layer_digests.unwrap_or_default();
    // All of them are the same layer's, and SHA-256 is the one algorithm.
    let [text] = texts.as_slice() else {
        return Err(invalid(sentences::ONE_LAYER_DIGEST));
    };
    let digest = digest(text)?;
    let account = caller.account.as_str();
    let known = ecr.registry.layer(&at, &digest).await;
    let known = known.map_err(|fault| from_fault(fault, caller, &at.name, None))?;
    match ecr.registry.complete_parts(&at, &id, &digest).await {
        // The upload was good, and there was no need for it.
        Ok(()) if known.is_some() => {
            let sentence = sentences::layer_exists(text, &at.name, account);
            Err(Failure(model::Error::layer_already_exists_exception(
                sentence,
            )))
        }
        Ok(()) => Ok(model::CompleteLayerUploadResponse {
            layer_digest: Some(text.clone()),
            registry_id: Some(caller.account.to_string()),
            repository_name: Some(at.name),
            upload_id: Some(id),
        }),
        Err(PushFault::UploadUnknown) => Err(upload_unknown(caller, &at.name, &id)),
        Err(PushFault::Empty) => {
            let sentence = sentences::empty_upload(&id, &at.name, account);
            Err(Failure(model::Error::empty_upload_exception(sentence)))
        }
        Err(fault) => Err(from_fault(fault, caller, &at.name, None)),
    }
}

fn digest(text: &str) -> Result<Digest, Failure> {
    text.parse()
        .map_err(|_| invalid(sentences::INVALID_LAYER_DIGEST))
}

fn upload_unknown(caller: &Caller, name: &str, id: &str) -> Failure {
    let sentence = sentences::upload_not_found(id, name, caller.account.as_str());
    Failure(model::Error::upload_not_found_exception(sentence))
}
