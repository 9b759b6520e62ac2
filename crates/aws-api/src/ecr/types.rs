//! The structures and enumerations of `ecr`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use std::collections::BTreeMap;

use aws_schema::{Blob, Timestamp};

#[derive(Clone, Default, PartialEq)]
pub struct AuthorizationData {
    pub authorization_token: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub proxy_endpoint: Option<String>,
}
structure!(AuthorizationData, AUTHORIZATION_DATA, [
    0 authorization_token, 1 expires_at, 2 proxy_endpoint,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchCheckLayerAvailabilityRequest {
    pub layer_digests: Option<Vec<String>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(BatchCheckLayerAvailabilityRequest, BATCH_CHECK_LAYER_AVAILABILITY_REQUEST, [
    0 layer_digests, 1 registry_id, 2 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchCheckLayerAvailabilityResponse {
    pub failures: Option<Vec<LayerFailure>>,
    pub layers: Option<Vec<Layer>>,
}
structure!(BatchCheckLayerAvailabilityResponse, BATCH_CHECK_LAYER_AVAILABILITY_RESPONSE, [
    0 failures, 1 layers,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchDeleteImageRequest {
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(BatchDeleteImageRequest, BATCH_DELETE_IMAGE_REQUEST, [
    0 image_ids, 1 registry_id, 2 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchDeleteImageResponse {
    pub failures: Option<Vec<ImageFailure>>,
    pub image_ids: Option<Vec<ImageIdentifier>>,
}
structure!(BatchDeleteImageResponse, BATCH_DELETE_IMAGE_RESPONSE, [0 failures, 1 image_ids]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchGetImageRequest {
    pub accepted_media_types: Option<Vec<String>>,
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(BatchGetImageRequest, BATCH_GET_IMAGE_REQUEST, [
    0 accepted_media_types, 1 image_ids, 2 registry_id, 3 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BatchGetImageResponse {
    pub failures: Option<Vec<ImageFailure>>,
    pub images: Option<Vec<Image>>,
}
structure!(BatchGetImageResponse, BATCH_GET_IMAGE_RESPONSE, [0 failures, 1 images]);

#[derive(Clone, Default, PartialEq)]
pub struct CompleteLayerUploadRequest {
    pub layer_digests: Option<Vec<String>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
}
structure!(CompleteLayerUploadRequest, COMPLETE_LAYER_UPLOAD_REQUEST, [
    0 layer_digests, 1 registry_id, 2 repository_name, 3 upload_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CompleteLayerUploadResponse {
    pub layer_digest: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
}
structure!(CompleteLayerUploadResponse, COMPLETE_LAYER_UPLOAD_RESPONSE, [
    0 layer_digest, 1 registry_id, 2 repository_name, 3 upload_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateRepositoryRequest {
    pub encryption_configuration: Option<EncryptionConfiguration>,
    pub image_scanning_configuration: Option<ImageScanningConfiguration>,
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub tags: Option<Vec<Tag>>,
}
structure!(CreateRepositoryRequest, CREATE_REPOSITORY_REQUEST, [
    0 encryption_configuration, 1 image_scanning_configuration, 2 image_tag_mutability,
    3 image_tag_mutability_exclusion_filters, 4 registry_id, 5 repository_name, 6 tags,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateRepositoryResponse {
    pub repository: Option<Repository>,
}
structure!(CreateRepositoryResponse, CREATE_REPOSITORY_RESPONSE, [0 repository]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteRepositoryRequest {
    pub force: Option<bool>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(DeleteRepositoryRequest, DELETE_REPOSITORY_REQUEST, [
    0 force, 1 registry_id, 2 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteRepositoryResponse {
    pub repository: Option<Repository>,
}
structure!(DeleteRepositoryResponse, DELETE_REPOSITORY_RESPONSE, [0 repository]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeImagesFilter {
    pub image_status: Option<ImageStatusFilter>,
    pub tag_status: Option<TagStatus>,
}
structure!(DescribeImagesFilter, DESCRIBE_IMAGES_FILTER, [0 image_status, 1 tag_status]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeImagesRequest {
    pub filter: Option<DescribeImagesFilter>,
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(DescribeImagesRequest, DESCRIBE_IMAGES_REQUEST, [
    0 filter, 1 image_ids, 2 max_results, 3 next_token, 4 registry_id, 5 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeImagesResponse {
    pub image_details: Option<Vec<ImageDetail>>,
    pub next_token: Option<String>,
}
structure!(DescribeImagesResponse, DESCRIBE_IMAGES_RESPONSE, [0 image_details, 1 next_token]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeRepositoriesRequest {
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub registry_id: Option<String>,
    pub repository_names: Option<Vec<String>>,
}
structure!(DescribeRepositoriesRequest, DESCRIBE_REPOSITORIES_REQUEST, [
    0 max_results, 1 next_token, 2 registry_id, 3 repository_names,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeRepositoriesResponse {
    pub next_token: Option<String>,
    pub repositories: Option<Vec<Repository>>,
}
structure!(DescribeRepositoriesResponse, DESCRIBE_REPOSITORIES_RESPONSE, [
    0 next_token, 1 repositories,
]);

#[derive(Clone, Default, PartialEq)]
pub struct EmptyUploadException {
    pub message: Option<String>,
}
structure!(EmptyUploadException, EMPTY_UPLOAD_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct EncryptionConfiguration {
    pub encryption_type: Option<EncryptionType>,
    pub kms_key: Option<String>,
}
structure!(EncryptionConfiguration, ENCRYPTION_CONFIGURATION, [0 encryption_type, 1 kms_key]);

enumeration!(EncryptionType {
    Aes256 = "AES256", Kms = "KMS", KmsDsse = "KMS_DSSE",
});

enumeration!(FindingSeverity {
    Informational = "INFORMATIONAL", Low = "LOW", Medium = "MEDIUM", High = "HIGH",
    Critical = "CRITICAL", Undefined = "UNDEFINED",
});

#[derive(Clone, Default, PartialEq)]
pub struct GetAuthorizationTokenRequest {
    pub registry_ids: Option<Vec<String>>,
}
structure!(GetAuthorizationTokenRequest, GET_AUTHORIZATION_TOKEN_REQUEST, [0 registry_ids]);

#[derive(Clone, Default, PartialEq)]
pub struct GetAuthorizationTokenResponse {
    pub authorization_data: Option<Vec<AuthorizationData>>,
}
structure!(GetAuthorizationTokenResponse, GET_AUTHORIZATION_TOKEN_RESPONSE, [0 authorization_data]);

#[derive(Clone, Default, PartialEq)]
pub struct GetDownloadUrlForLayerRequest {
    pub layer_digest: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(GetDownloadUrlForLayerRequest, GET_DOWNLOAD_URL_FOR_LAYER_REQUEST, [
    0 layer_digest, 1 registry_id, 2 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct GetDownloadUrlForLayerResponse {
    pub download_url: Option<String>,
    pub layer_digest: Option<String>,
}
structure!(GetDownloadUrlForLayerResponse, GET_DOWNLOAD_URL_FOR_LAYER_RESPONSE, [
    0 download_url, 1 layer_digest,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Image {
    pub image_id: Option<ImageIdentifier>,
    pub image_manifest: Option<String>,
    pub image_manifest_media_type: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(Image, IMAGE, [
    0 image_id, 1 image_manifest, 2 image_manifest_media_type, 3 registry_id, 4 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageAlreadyExistsException {
    pub message: Option<String>,
}
structure!(ImageAlreadyExistsException, IMAGE_ALREADY_EXISTS_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageDetail {
    pub artifact_media_type: Option<String>,
    pub image_digest: Option<String>,
    pub image_manifest_media_type: Option<String>,
    pub image_pushed_at: Option<Timestamp>,
    pub image_scan_findings_summary: Option<ImageScanFindingsSummary>,
    pub image_scan_status: Option<ImageScanStatus>,
    pub image_size_in_bytes: Option<i64>,
    pub image_status: Option<ImageStatus>,
    pub image_tags: Option<Vec<String>>,
    pub last_activated_at: Option<Timestamp>,
    pub last_archived_at: Option<Timestamp>,
    pub last_recorded_pull_time: Option<Timestamp>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub subject_manifest_digest: Option<String>,
}
structure!(ImageDetail, IMAGE_DETAIL, [
    0 artifact_media_type, 1 image_digest, 2 image_manifest_media_type, 3 image_pushed_at,
    4 image_scan_findings_summary, 5 image_scan_status, 6 image_size_in_bytes, 7 image_status,
    8 image_tags, 9 last_activated_at, 10 last_archived_at, 11 last_recorded_pull_time,
    12 registry_id, 13 repository_name, 14 subject_manifest_digest,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageDigestDoesNotMatchException {
    pub message: Option<String>,
}
structure!(ImageDigestDoesNotMatchException, IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageFailure {
    pub failure_code: Option<ImageFailureCode>,
    pub failure_reason: Option<String>,
    pub image_id: Option<ImageIdentifier>,
}
structure!(ImageFailure, IMAGE_FAILURE, [0 failure_code, 1 failure_reason, 2 image_id]);

enumeration!(ImageFailureCode {
    InvalidImageDigest = "InvalidImageDigest", InvalidImageTag = "InvalidImageTag",
    ImageTagDoesNotMatchDigest = "ImageTagDoesNotMatchDigest", ImageNotFound = "ImageNotFound",
    MissingDigestAndTag = "MissingDigestAndTag",
    ImageReferencedByManifestList = "ImageReferencedByManifestList", KmsError = "KmsError",
    UpstreamAccessDenied = "UpstreamAccessDenied",
    UpstreamTooManyRequests = "UpstreamTooManyRequests",
    UpstreamUnavailable = "UpstreamUnavailable", ImageInaccessible = "ImageInaccessible",
});

#[derive(Clone, Default, PartialEq)]
pub struct ImageIdentifier {
    pub image_digest: Option<String>,
    pub image_tag: Option<String>,
}
structure!(ImageIdentifier, IMAGE_IDENTIFIER, [0 image_digest, 1 image_tag]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageNotFoundException {
    pub message: Option<String>,
}
structure!(ImageNotFoundException, IMAGE_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageScanFindingsSummary {
    pub finding_severity_counts: Option<BTreeMap<String, i32>>,
    pub image_scan_completed_at: Option<Timestamp>,
    pub vulnerability_source_updated_at: Option<Timestamp>,
}
structure!(ImageScanFindingsSummary, IMAGE_SCAN_FINDINGS_SUMMARY, [
    0 finding_severity_counts, 1 image_scan_completed_at, 2 vulnerability_source_updated_at,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageScanStatus {
    pub description: Option<String>,
    pub status: Option<ScanStatus>,
}
structure!(ImageScanStatus, IMAGE_SCAN_STATUS, [0 description, 1 status]);

#[derive(Clone, Default, PartialEq)]
pub struct ImageScanningConfiguration {
    pub scan_on_push: Option<bool>,
}
structure!(ImageScanningConfiguration, IMAGE_SCANNING_CONFIGURATION, [0 scan_on_push]);

enumeration!(ImageStatus {
    Active = "ACTIVE", Archived = "ARCHIVED", Activating = "ACTIVATING",
});

enumeration!(ImageStatusFilter {
    Active = "ACTIVE", Archived = "ARCHIVED", Activating = "ACTIVATING", Any = "ANY",
});

#[derive(Clone, Default, PartialEq)]
pub struct ImageTagAlreadyExistsException {
    pub message: Option<String>,
}
structure!(ImageTagAlreadyExistsException, IMAGE_TAG_ALREADY_EXISTS_EXCEPTION, [0 message]);

enumeration!(ImageTagMutability {
    Mutable = "MUTABLE", Immutable = "IMMUTABLE",
    ImmutableWithExclusion = "IMMUTABLE_WITH_EXCLUSION",
    MutableWithExclusion = "MUTABLE_WITH_EXCLUSION",
});

#[derive(Clone, Default, PartialEq)]
pub struct ImageTagMutabilityExclusionFilter {
    pub filter: Option<String>,
    pub filter_type: Option<ImageTagMutabilityExclusionFilterType>,
}
structure!(ImageTagMutabilityExclusionFilter, IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER, [
    0 filter, 1 filter_type,
]);

enumeration!(ImageTagMutabilityExclusionFilterType {
    Wildcard = "WILDCARD",
});

#[derive(Clone, Default, PartialEq)]
pub struct InitiateLayerUploadRequest {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(InitiateLayerUploadRequest, INITIATE_LAYER_UPLOAD_REQUEST, [
    0 registry_id, 1 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct InitiateLayerUploadResponse {
    pub part_size: Option<i64>,
    pub upload_id: Option<String>,
}
structure!(InitiateLayerUploadResponse, INITIATE_LAYER_UPLOAD_RESPONSE, [0 part_size, 1 upload_id]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidLayerException {
    pub message: Option<String>,
}
structure!(InvalidLayerException, INVALID_LAYER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidLayerPartException {
    pub last_valid_byte_received: Option<i64>,
    pub message: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
}
structure!(InvalidLayerPartException, INVALID_LAYER_PART_EXCEPTION, [
    0 last_valid_byte_received, 1 message, 2 registry_id, 3 repository_name, 4 upload_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidParameterException {
    pub message: Option<String>,
}
structure!(InvalidParameterException, INVALID_PARAMETER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidTagParameterException {
    pub message: Option<String>,
}
structure!(InvalidTagParameterException, INVALID_TAG_PARAMETER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct KmsException {
    pub kms_error: Option<String>,
    pub message: Option<String>,
}
structure!(KmsException, KMS_EXCEPTION, [0 kms_error, 1 message]);

#[derive(Clone, Default, PartialEq)]
pub struct Layer {
    pub layer_availability: Option<LayerAvailability>,
    pub layer_digest: Option<String>,
    pub layer_size: Option<i64>,
    pub media_type: Option<String>,
}
structure!(Layer, LAYER, [0 layer_availability, 1 layer_digest, 2 layer_size, 3 media_type]);

#[derive(Clone, Default, PartialEq)]
pub struct LayerAlreadyExistsException {
    pub message: Option<String>,
}
structure!(LayerAlreadyExistsException, LAYER_ALREADY_EXISTS_EXCEPTION, [0 message]);

enumeration!(LayerAvailability {
    Available = "AVAILABLE", Unavailable = "UNAVAILABLE", Archived = "ARCHIVED",
});

#[derive(Clone, Default, PartialEq)]
pub struct LayerFailure {
    pub failure_code: Option<LayerFailureCode>,
    pub failure_reason: Option<String>,
    pub layer_digest: Option<String>,
}
structure!(LayerFailure, LAYER_FAILURE, [0 failure_code, 1 failure_reason, 2 layer_digest]);

enumeration!(LayerFailureCode {
    InvalidLayerDigest = "InvalidLayerDigest", MissingLayerDigest = "MissingLayerDigest",
});

#[derive(Clone, Default, PartialEq)]
pub struct LayerInaccessibleException {
    pub message: Option<String>,
}
structure!(LayerInaccessibleException, LAYER_INACCESSIBLE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct LayerPartTooSmallException {
    pub message: Option<String>,
}
structure!(LayerPartTooSmallException, LAYER_PART_TOO_SMALL_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct LayersNotFoundException {
    pub message: Option<String>,
}
structure!(LayersNotFoundException, LAYERS_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct LimitExceededException {
    pub message: Option<String>,
}
structure!(LimitExceededException, LIMIT_EXCEEDED_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ListImagesFilter {
    pub image_status: Option<ImageStatusFilter>,
    pub tag_status: Option<TagStatus>,
}
structure!(ListImagesFilter, LIST_IMAGES_FILTER, [0 image_status, 1 tag_status]);

#[derive(Clone, Default, PartialEq)]
pub struct ListImagesRequest {
    pub filter: Option<ListImagesFilter>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(ListImagesRequest, LIST_IMAGES_REQUEST, [
    0 filter, 1 max_results, 2 next_token, 3 registry_id, 4 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListImagesResponse {
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub next_token: Option<String>,
}
structure!(ListImagesResponse, LIST_IMAGES_RESPONSE, [0 image_ids, 1 next_token]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceRequest {
    pub resource_arn: Option<String>,
}
structure!(ListTagsForResourceRequest, LIST_TAGS_FOR_RESOURCE_REQUEST, [0 resource_arn]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceResponse {
    pub tags: Option<Vec<Tag>>,
}
structure!(ListTagsForResourceResponse, LIST_TAGS_FOR_RESOURCE_RESPONSE, [0 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct PutImageRequest {
    pub image_digest: Option<String>,
    pub image_manifest: Option<String>,
    pub image_manifest_media_type: Option<String>,
    pub image_tag: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(PutImageRequest, PUT_IMAGE_REQUEST, [
    0 image_digest, 1 image_manifest, 2 image_manifest_media_type, 3 image_tag, 4 registry_id,
    5 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutImageResponse {
    pub image: Option<Image>,
}
structure!(PutImageResponse, PUT_IMAGE_RESPONSE, [0 image]);

#[derive(Clone, Default, PartialEq)]
pub struct PutImageTagMutabilityRequest {
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(PutImageTagMutabilityRequest, PUT_IMAGE_TAG_MUTABILITY_REQUEST, [
    0 image_tag_mutability, 1 image_tag_mutability_exclusion_filters, 2 registry_id,
    3 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutImageTagMutabilityResponse {
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
}
structure!(PutImageTagMutabilityResponse, PUT_IMAGE_TAG_MUTABILITY_RESPONSE, [
    0 image_tag_mutability, 1 image_tag_mutability_exclusion_filters, 2 registry_id,
    3 repository_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ReferencedImagesNotFoundException {
    pub message: Option<String>,
}
structure!(ReferencedImagesNotFoundException, REFERENCED_IMAGES_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct Repository {
    pub created_at: Option<Timestamp>,
    pub encryption_configuration: Option<EncryptionConfiguration>,
    pub image_scanning_configuration: Option<ImageScanningConfiguration>,
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub registry_id: Option<String>,
    pub repository_arn: Option<String>,
    pub repository_name: Option<String>,
    pub repository_uri: Option<String>,
}
structure!(Repository, REPOSITORY, [
    0 created_at, 1 encryption_configuration, 2 image_scanning_configuration,
    3 image_tag_mutability, 4 image_tag_mutability_exclusion_filters, 5 registry_id,
    6 repository_arn, 7 repository_name, 8 repository_uri,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RepositoryAlreadyExistsException {
    pub message: Option<String>,
}
structure!(RepositoryAlreadyExistsException, REPOSITORY_ALREADY_EXISTS_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct RepositoryNotEmptyException {
    pub message: Option<String>,
}
structure!(RepositoryNotEmptyException, REPOSITORY_NOT_EMPTY_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct RepositoryNotFoundException {
    pub message: Option<String>,
}
structure!(RepositoryNotFoundException, REPOSITORY_NOT_FOUND_EXCEPTION, [0 message]);

enumeration!(ScanStatus {
    InProgress = "IN_PROGRESS", Complete = "COMPLETE", Failed = "FAILED",
    UnsupportedImage = "UNSUPPORTED_IMAGE", Active = "ACTIVE", Pending = "PENDING",
    ScanEligibilityExpired = "SCAN_ELIGIBILITY_EXPIRED",
    FindingsUnavailable = "FINDINGS_UNAVAILABLE", LimitExceeded = "LIMIT_EXCEEDED",
    ImageArchived = "IMAGE_ARCHIVED", ImageSizeExceeded = "IMAGE_SIZE_EXCEEDED",
});

#[derive(Clone, Default, PartialEq)]
pub struct ServerException {
    pub message: Option<String>,
}
structure!(ServerException, SERVER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}
structure!(Tag, TAG, [0 key, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceRequest {
    pub resource_arn: Option<String>,
    pub tags: Option<Vec<Tag>>,
}
structure!(TagResourceRequest, TAG_RESOURCE_REQUEST, [0 resource_arn, 1 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceResponse {}
structure!(TagResourceResponse, TAG_RESOURCE_RESPONSE, []);

enumeration!(TagStatus {
    Tagged = "TAGGED", Untagged = "UNTAGGED", Any = "ANY",
});

#[derive(Clone, Default, PartialEq)]
pub struct TooManyTagsException {
    pub message: Option<String>,
}
structure!(TooManyTagsException, TOO_MANY_TAGS_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct UnableToGetUpstreamImageException {
    pub message: Option<String>,
}
structure!(UnableToGetUpstreamImageException, UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct UnableToGetUpstreamLayerException {
    pub message: Option<String>,
}
structure!(UnableToGetUpstreamLayerException, UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceRequest {
    pub resource_arn: Option<String>,
    pub tag_keys: Option<Vec<String>>,
}
structure!(UntagResourceRequest, UNTAG_RESOURCE_REQUEST, [0 resource_arn, 1 tag_keys]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceResponse {}
structure!(UntagResourceResponse, UNTAG_RESOURCE_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct UploadLayerPartRequest {
    pub layer_part_blob: Option<Blob>,
    pub part_first_byte: Option<i64>,
    pub part_last_byte: Option<i64>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
}
structure!(UploadLayerPartRequest, UPLOAD_LAYER_PART_REQUEST, [
    0 layer_part_blob, 1 part_first_byte, 2 part_last_byte, 3 registry_id, 4 repository_name,
    5 upload_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct UploadLayerPartResponse {
    pub last_byte_received: Option<i64>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
}
structure!(UploadLayerPartResponse, UPLOAD_LAYER_PART_RESPONSE, [
    0 last_byte_received, 1 registry_id, 2 repository_name, 3 upload_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct UploadNotFoundException {
    pub message: Option<String>,
}
structure!(UploadNotFoundException, UPLOAD_NOT_FOUND_EXCEPTION, [0 message]);
