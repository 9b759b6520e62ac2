//! The structures and enumerations of `ecr`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use std::collections::BTreeMap;

use aws_schema::Timestamp;

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

enumeration!(TagStatus {
    Tagged = "TAGGED", Untagged = "UNTAGGED", Any = "ANY",
});

#[derive(Clone, Default, PartialEq)]
pub struct TooManyTagsException {
    pub message: Option<String>,
}
structure!(TooManyTagsException, TOO_MANY_TAGS_EXCEPTION, [0 message]);
