//! The schemas of `ecr`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ARN: Schema = Schema::new("Arn", Kind::String);
pub(super) static AUTHORIZATION_DATA: Schema = Schema::new(
    "AuthorizationData",
    Kind::Structure(&[
        Member::new("authorizationToken", &BASE64),
        Member::new("expiresAt", &EXPIRATION_TIMESTAMP),
        Member::new("proxyEndpoint", &PROXY_ENDPOINT),
    ]),
);
pub(super) static AUTHORIZATION_DATA_LIST: Schema = Schema::new(
    "AuthorizationDataList",
    Kind::List(&Member::new("member", &AUTHORIZATION_DATA)),
);
pub(super) static BASE64: Schema = Schema::new("Base64", Kind::String)
    .pattern(r"^\S+$")
    .sensitive();
pub(super) static CREATE_REPOSITORY_REQUEST: Schema = Schema::new(
    "CreateRepositoryRequest",
    Kind::Structure(&[
        Member::new("encryptionConfiguration", &ENCRYPTION_CONFIGURATION),
        Member::new("imageScanningConfiguration", &IMAGE_SCANNING_CONFIGURATION).refused(),
        Member::new("imageTagMutability", &IMAGE_TAG_MUTABILITY),
        Member::new(
            "imageTagMutabilityExclusionFilters",
            &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS,
        )
        .refused(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
        Member::new("tags", &TAG_LIST),
    ]),
);
pub(super) static CREATE_REPOSITORY_RESPONSE: Schema = Schema::new(
    "CreateRepositoryResponse",
    Kind::Structure(&[Member::new("repository", &REPOSITORY)]),
);
pub(super) static CREATION_TIMESTAMP: Schema =
    Schema::new("CreationTimestamp", Kind::Timestamp(None));
pub(super) static DESCRIBE_IMAGES_FILTER: Schema = Schema::new(
    "DescribeImagesFilter",
    Kind::Structure(&[
        Member::new("imageStatus", &IMAGE_STATUS_FILTER).refused_unless(&["ACTIVE", "ANY"]),
        Member::new("tagStatus", &TAG_STATUS),
    ]),
);
pub(super) static DESCRIBE_IMAGES_REQUEST: Schema = Schema::new(
    "DescribeImagesRequest",
    Kind::Structure(&[
        Member::new("filter", &DESCRIBE_IMAGES_FILTER),
        Member::new("imageIds", &IMAGE_IDENTIFIER_LIST),
        Member::new("maxResults", &MAX_RESULTS),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static DESCRIBE_IMAGES_RESPONSE: Schema = Schema::new(
    "DescribeImagesResponse",
    Kind::Structure(&[
        Member::new("imageDetails", &IMAGE_DETAIL_LIST),
        Member::new("nextToken", &NEXT_TOKEN),
    ]),
);
pub(super) static DESCRIBE_REPOSITORIES_REQUEST: Schema = Schema::new(
    "DescribeRepositoriesRequest",
    Kind::Structure(&[
        Member::new("maxResults", &MAX_RESULTS),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryNames", &REPOSITORY_NAME_LIST),
    ]),
);
pub(super) static DESCRIBE_REPOSITORIES_RESPONSE: Schema = Schema::new(
    "DescribeRepositoriesResponse",
    Kind::Structure(&[
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("repositories", &REPOSITORY_LIST),
    ]),
);
pub(super) static ENCRYPTION_CONFIGURATION: Schema = Schema::new(
    "EncryptionConfiguration",
    Kind::Structure(&[
        Member::new("encryptionType", &ENCRYPTION_TYPE)
            .required()
            .refused_unless(&["AES256"]),
        Member::new("kmsKey", &KMS_KEY).refused(),
    ]),
);
pub(super) static ENCRYPTION_TYPE: Schema =
    Schema::new("EncryptionType", Kind::Enum(types::EncryptionType::VALUES));
pub(super) static EXCEPTION_MESSAGE: Schema = Schema::new("ExceptionMessage", Kind::String);
pub(super) static EXPIRATION_TIMESTAMP: Schema =
    Schema::new("ExpirationTimestamp", Kind::Timestamp(None));
pub(super) static FINDING_SEVERITY: Schema = Schema::new(
    "FindingSeverity",
    Kind::Enum(types::FindingSeverity::VALUES),
);
pub(super) static FINDING_SEVERITY_COUNTS: Schema = Schema::new(
    "FindingSeverityCounts",
    Kind::Map(
        &Member::new("key", &FINDING_SEVERITY),
        &Member::new("value", &SEVERITY_COUNT),
    ),
);
pub(super) static GET_AUTHORIZATION_TOKEN_REGISTRY_ID_LIST: Schema = Schema::new(
    "GetAuthorizationTokenRegistryIdList",
    Kind::List(&Member::new("member", &REGISTRY_ID)),
)
.min(1)
.max(10);
pub(super) static GET_AUTHORIZATION_TOKEN_REQUEST: Schema = Schema::new(
    "GetAuthorizationTokenRequest",
    Kind::Structure(&[Member::new(
        "registryIds",
        &GET_AUTHORIZATION_TOKEN_REGISTRY_ID_LIST,
    )]),
);
pub(super) static GET_AUTHORIZATION_TOKEN_RESPONSE: Schema = Schema::new(
    "GetAuthorizationTokenResponse",
    Kind::Structure(&[Member::new("authorizationData", &AUTHORIZATION_DATA_LIST)]),
);
pub(super) static IMAGE_DETAIL: Schema = Schema::new(
    "ImageDetail",
    Kind::Structure(&[
        Member::new("artifactMediaType", &MEDIA_TYPE),
        Member::new("imageDigest", &IMAGE_DIGEST),
        Member::new("imageManifestMediaType", &MEDIA_TYPE),
        Member::new("imagePushedAt", &PUSH_TIMESTAMP),
        Member::new("imageScanFindingsSummary", &IMAGE_SCAN_FINDINGS_SUMMARY),
        Member::new("imageScanStatus", &IMAGE_SCAN_STATUS),
        Member::new("imageSizeInBytes", &IMAGE_SIZE_IN_BYTES),
        Member::new("imageStatus", &IMAGE_STATUS),
        Member::new("imageTags", &IMAGE_TAG_LIST),
        Member::new("lastActivatedAt", &LAST_ACTIVATED_AT_TIMESTAMP),
        Member::new("lastArchivedAt", &LAST_ARCHIVED_AT_TIMESTAMP),
        Member::new("lastRecordedPullTime", &RECORDED_PULL_TIMESTAMP),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
        Member::new("subjectManifestDigest", &IMAGE_DIGEST),
    ]),
);
pub(super) static IMAGE_DETAIL_LIST: Schema = Schema::new(
    "ImageDetailList",
    Kind::List(&Member::new("member", &IMAGE_DETAIL)),
);
pub(super) static IMAGE_DIGEST: Schema = Schema::new("ImageDigest", Kind::String);
pub(super) static IMAGE_IDENTIFIER: Schema = Schema::new(
    "ImageIdentifier",
    Kind::Structure(&[
        Member::new("imageDigest", &IMAGE_DIGEST),
        Member::new("imageTag", &IMAGE_TAG),
    ]),
);
pub(super) static IMAGE_IDENTIFIER_LIST: Schema = Schema::new(
    "ImageIdentifierList",
    Kind::List(&Member::new("member", &IMAGE_IDENTIFIER)),
)
.min(1)
.max(100);
pub(super) static IMAGE_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ImageNotFoundException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static IMAGE_SCAN_FINDINGS_SUMMARY: Schema = Schema::new(
    "ImageScanFindingsSummary",
    Kind::Structure(&[
        Member::new("findingSeverityCounts", &FINDING_SEVERITY_COUNTS),
        Member::new("imageScanCompletedAt", &SCAN_TIMESTAMP),
        Member::new(
            "vulnerabilitySourceUpdatedAt",
            &VULNERABILITY_SOURCE_UPDATE_TIMESTAMP,
        ),
    ]),
);
pub(super) static IMAGE_SCAN_STATUS: Schema = Schema::new(
    "ImageScanStatus",
    Kind::Structure(&[
        Member::new("description", &SCAN_STATUS_DESCRIPTION),
        Member::new("status", &SCAN_STATUS),
    ]),
);
pub(super) static IMAGE_SCANNING_CONFIGURATION: Schema = Schema::new(
    "ImageScanningConfiguration",
    Kind::Structure(&[Member::new("scanOnPush", &SCAN_ON_PUSH_FLAG).refused()]),
);
pub(super) static IMAGE_SIZE_IN_BYTES: Schema = Schema::new("ImageSizeInBytes", Kind::Long);
pub(super) static IMAGE_STATUS: Schema =
    Schema::new("ImageStatus", Kind::Enum(types::ImageStatus::VALUES));
pub(super) static IMAGE_STATUS_FILTER: Schema = Schema::new(
    "ImageStatusFilter",
    Kind::Enum(types::ImageStatusFilter::VALUES),
);
pub(super) static IMAGE_TAG: Schema = Schema::new("ImageTag", Kind::String).min(1).max(300);
pub(super) static IMAGE_TAG_LIST: Schema = Schema::new(
    "ImageTagList",
    Kind::List(&Member::new("member", &IMAGE_TAG)),
);
pub(super) static IMAGE_TAG_MUTABILITY: Schema = Schema::new(
    "ImageTagMutability",
    Kind::Enum(types::ImageTagMutability::VALUES),
);
pub(super) static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER: Schema = Schema::new(
    "ImageTagMutabilityExclusionFilter",
    Kind::Structure(&[
        Member::new("filter", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_VALUE)
            .required()
            .refused(),
        Member::new("filterType", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_TYPE)
            .required()
            .refused(),
    ]),
);
pub(super) static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_TYPE: Schema = Schema::new(
    "ImageTagMutabilityExclusionFilterType",
    Kind::Enum(types::ImageTagMutabilityExclusionFilterType::VALUES),
);
pub(super) static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_VALUE: Schema =
    Schema::new("ImageTagMutabilityExclusionFilterValue", Kind::String)
        .min(1)
        .max(128)
        .pattern("^[0-9a-zA-Z._*-]{1,128}$");
pub(super) static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS: Schema = Schema::new(
    "ImageTagMutabilityExclusionFilters",
    Kind::List(&Member::new(
        "member",
        &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER,
    )),
)
.min(1)
.max(5);
pub(super) static INVALID_PARAMETER_EXCEPTION: Schema = Schema::new(
    "InvalidParameterException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static INVALID_TAG_PARAMETER_EXCEPTION: Schema = Schema::new(
    "InvalidTagParameterException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static KMS_ERROR: Schema = Schema::new("KmsError", Kind::String);
pub(super) static KMS_EXCEPTION: Schema = Schema::new(
    "KmsException",
    Kind::Structure(&[
        Member::new("kmsError", &KMS_ERROR),
        Member::new("message", &EXCEPTION_MESSAGE),
    ]),
);
pub(super) static KMS_KEY: Schema = Schema::new("KmsKey", Kind::String).min(1).max(2048);
pub(super) static LAST_ACTIVATED_AT_TIMESTAMP: Schema =
    Schema::new("LastActivatedAtTimestamp", Kind::Timestamp(None));
pub(super) static LAST_ARCHIVED_AT_TIMESTAMP: Schema =
    Schema::new("LastArchivedAtTimestamp", Kind::Timestamp(None));
pub(super) static LIMIT_EXCEEDED_EXCEPTION: Schema = Schema::new(
    "LimitExceededException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static LIST_IMAGES_FILTER: Schema = Schema::new(
    "ListImagesFilter",
    Kind::Structure(&[
        Member::new("imageStatus", &IMAGE_STATUS_FILTER).refused_unless(&["ACTIVE", "ANY"]),
        Member::new("tagStatus", &TAG_STATUS),
    ]),
);
pub(super) static LIST_IMAGES_REQUEST: Schema = Schema::new(
    "ListImagesRequest",
    Kind::Structure(&[
        Member::new("filter", &LIST_IMAGES_FILTER),
        Member::new("maxResults", &MAX_RESULTS),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static LIST_IMAGES_RESPONSE: Schema = Schema::new(
    "ListImagesResponse",
    Kind::Structure(&[
        Member::new("imageIds", &IMAGE_IDENTIFIER_LIST),
        Member::new("nextToken", &NEXT_TOKEN),
    ]),
);
pub(super) static MAX_RESULTS: Schema = Schema::new("MaxResults", Kind::Integer).min(1).max(1000);
pub(super) static MEDIA_TYPE: Schema = Schema::new("MediaType", Kind::String);
pub(super) static NEXT_TOKEN: Schema = Schema::new("NextToken", Kind::String);
pub(super) static PROXY_ENDPOINT: Schema = Schema::new("ProxyEndpoint", Kind::String);
pub(super) static PUSH_TIMESTAMP: Schema = Schema::new("PushTimestamp", Kind::Timestamp(None));
pub(super) static RECORDED_PULL_TIMESTAMP: Schema =
    Schema::new("RecordedPullTimestamp", Kind::Timestamp(None));
pub(super) static REGISTRY_ID: Schema =
    Schema::new("RegistryId", Kind::String).pattern("[0-9]{12}");
pub(super) static REPOSITORY: Schema = Schema::new(
    "Repository",
    Kind::Structure(&[
        Member::new("createdAt", &CREATION_TIMESTAMP),
        Member::new("encryptionConfiguration", &ENCRYPTION_CONFIGURATION),
        Member::new("imageScanningConfiguration", &IMAGE_SCANNING_CONFIGURATION),
        Member::new("imageTagMutability", &IMAGE_TAG_MUTABILITY),
        Member::new(
            "imageTagMutabilityExclusionFilters",
            &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS,
        ),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryArn", &ARN),
        Member::new("repositoryName", &REPOSITORY_NAME),
        Member::new("repositoryUri", &URL),
    ]),
);
pub(super) static REPOSITORY_ALREADY_EXISTS_EXCEPTION: Schema = Schema::new(
    "RepositoryAlreadyExistsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static REPOSITORY_LIST: Schema = Schema::new(
    "RepositoryList",
    Kind::List(&Member::new("member", &REPOSITORY)),
);
pub(super) static REPOSITORY_NAME: Schema = Schema::new("RepositoryName", Kind::String)
    .min(2)
    .max(256)
    .pattern(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*");
pub(super) static REPOSITORY_NAME_LIST: Schema = Schema::new(
    "RepositoryNameList",
    Kind::List(&Member::new("member", &REPOSITORY_NAME)),
)
.min(1)
.max(100);
pub(super) static REPOSITORY_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "RepositoryNotFoundException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static SCAN_ON_PUSH_FLAG: Schema = Schema::new("ScanOnPushFlag", Kind::Boolean);
pub(super) static SCAN_STATUS: Schema =
    Schema::new("ScanStatus", Kind::Enum(types::ScanStatus::VALUES));
pub(super) static SCAN_STATUS_DESCRIPTION: Schema =
    Schema::new("ScanStatusDescription", Kind::String);
pub(super) static SCAN_TIMESTAMP: Schema = Schema::new("ScanTimestamp", Kind::Timestamp(None));
pub(super) static SERVER_EXCEPTION: Schema = Schema::new(
    "ServerException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static SEVERITY_COUNT: Schema = Schema::new("SeverityCount", Kind::Integer).min(0);
pub(super) static TAG: Schema = Schema::new(
    "Tag",
    Kind::Structure(&[
        Member::new("Key", &TAG_KEY).required(),
        Member::new("Value", &TAG_VALUE).required(),
    ]),
);
pub(super) static TAG_KEY: Schema = Schema::new("TagKey", Kind::String);
pub(super) static TAG_LIST: Schema =
    Schema::new("TagList", Kind::List(&Member::new("member", &TAG)));
pub(super) static TAG_STATUS: Schema =
    Schema::new("TagStatus", Kind::Enum(types::TagStatus::VALUES));
pub(super) static TAG_VALUE: Schema = Schema::new("TagValue", Kind::String);
pub(super) static TOO_MANY_TAGS_EXCEPTION: Schema = Schema::new(
    "TooManyTagsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static URL: Schema = Schema::new("Url", Kind::String);
pub(super) static VULNERABILITY_SOURCE_UPDATE_TIMESTAMP: Schema =
    Schema::new("VulnerabilitySourceUpdateTimestamp", Kind::Timestamp(None));
