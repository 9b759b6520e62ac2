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
pub(super) static BATCH_CHECK_LAYER_AVAILABILITY_REQUEST: Schema = Schema::new(
    "BatchCheckLayerAvailabilityRequest",
    Kind::Structure(&[
        Member::new("layerDigests", &BATCHED_OPERATION_LAYER_DIGEST_LIST).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static BATCH_CHECK_LAYER_AVAILABILITY_RESPONSE: Schema = Schema::new(
    "BatchCheckLayerAvailabilityResponse",
    Kind::Structure(&[
        Member::new("failures", &LAYER_FAILURE_LIST),
        Member::new("layers", &LAYER_LIST),
    ]),
);
pub(super) static BATCH_DELETE_IMAGE_REQUEST: Schema = Schema::new(
    "BatchDeleteImageRequest",
    Kind::Structure(&[
        Member::new("imageIds", &IMAGE_IDENTIFIER_LIST).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static BATCH_DELETE_IMAGE_RESPONSE: Schema = Schema::new(
    "BatchDeleteImageResponse",
    Kind::Structure(&[
        Member::new("failures", &IMAGE_FAILURE_LIST),
        Member::new("imageIds", &IMAGE_IDENTIFIER_LIST),
    ]),
);
pub(super) static BATCH_GET_IMAGE_REQUEST: Schema = Schema::new(
    "BatchGetImageRequest",
    Kind::Structure(&[
        Member::new("acceptedMediaTypes", &MEDIA_TYPE_LIST),
        Member::new("imageIds", &IMAGE_IDENTIFIER_LIST).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static BATCH_GET_IMAGE_RESPONSE: Schema = Schema::new(
    "BatchGetImageResponse",
    Kind::Structure(&[
        Member::new("failures", &IMAGE_FAILURE_LIST),
        Member::new("images", &IMAGE_LIST),
    ]),
);
pub(super) static BATCHED_OPERATION_LAYER_DIGEST: Schema =
    Schema::new("BatchedOperationLayerDigest", Kind::String)
        .min(0)
        .max(1000);
pub(super) static BATCHED_OPERATION_LAYER_DIGEST_LIST: Schema = Schema::new(
    "BatchedOperationLayerDigestList",
    Kind::List(&Member::new("member", &BATCHED_OPERATION_LAYER_DIGEST)),
)
.min(1)
.max(100);
pub(super) static COMPLETE_LAYER_UPLOAD_REQUEST: Schema = Schema::new(
    "CompleteLayerUploadRequest",
    Kind::Structure(&[
        Member::new("layerDigests", &LAYER_DIGEST_LIST).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
        Member::new("uploadId", &UPLOAD_ID).required(),
    ]),
);
pub(super) static COMPLETE_LAYER_UPLOAD_RESPONSE: Schema = Schema::new(
    "CompleteLayerUploadResponse",
    Kind::Structure(&[
        Member::new("layerDigest", &LAYER_DIGEST),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
        Member::new("uploadId", &UPLOAD_ID),
    ]),
);
pub(super) static CREATE_REPOSITORY_REQUEST: Schema = Schema::new(
    "CreateRepositoryRequest",
    Kind::Structure(&[
        Member::new("encryptionConfiguration", &ENCRYPTION_CONFIGURATION),
        Member::new("imageScanningConfiguration", &IMAGE_SCANNING_CONFIGURATION).refused(),
        Member::new("imageTagMutability", &IMAGE_TAG_MUTABILITY),
        Member::new(
            "imageTagMutabilityExclusionFilters",
            &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS,
        ),
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
pub(super) static DELETE_REPOSITORY_REQUEST: Schema = Schema::new(
    "DeleteRepositoryRequest",
    Kind::Structure(&[
        Member::new("force", &FORCE_FLAG),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static DELETE_REPOSITORY_RESPONSE: Schema = Schema::new(
    "DeleteRepositoryResponse",
    Kind::Structure(&[Member::new("repository", &REPOSITORY)]),
);
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
pub(super) static EMPTY_UPLOAD_EXCEPTION: Schema = Schema::new(
    "EmptyUploadException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
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
pub(super) static FORCE_FLAG: Schema = Schema::new("ForceFlag", Kind::Boolean);
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
pub(super) static GET_DOWNLOAD_URL_FOR_LAYER_REQUEST: Schema = Schema::new(
    "GetDownloadUrlForLayerRequest",
    Kind::Structure(&[
        Member::new("layerDigest", &LAYER_DIGEST).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static GET_DOWNLOAD_URL_FOR_LAYER_RESPONSE: Schema = Schema::new(
    "GetDownloadUrlForLayerResponse",
    Kind::Structure(&[
        Member::new("downloadUrl", &URL),
        Member::new("layerDigest", &LAYER_DIGEST),
    ]),
);
pub(super) static IMAGE: Schema = Schema::new(
    "Image",
    Kind::Structure(&[
        Member::new("imageId", &IMAGE_IDENTIFIER),
        Member::new("imageManifest", &IMAGE_MANIFEST),
        Member::new("imageManifestMediaType", &MEDIA_TYPE),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
    ]),
);
pub(super) static IMAGE_ALREADY_EXISTS_EXCEPTION: Schema = Schema::new(
    "ImageAlreadyExistsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
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
pub(super) static IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION: Schema = Schema::new(
    "ImageDigestDoesNotMatchException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static IMAGE_FAILURE: Schema = Schema::new(
    "ImageFailure",
    Kind::Structure(&[
        Member::new("failureCode", &IMAGE_FAILURE_CODE),
        Member::new("failureReason", &IMAGE_FAILURE_REASON),
        Member::new("imageId", &IMAGE_IDENTIFIER),
    ]),
);
pub(super) static IMAGE_FAILURE_CODE: Schema = Schema::new(
    "ImageFailureCode",
    Kind::Enum(types::ImageFailureCode::VALUES),
);
pub(super) static IMAGE_FAILURE_LIST: Schema = Schema::new(
    "ImageFailureList",
    Kind::List(&Member::new("member", &IMAGE_FAILURE)),
);
pub(super) static IMAGE_FAILURE_REASON: Schema = Schema::new("ImageFailureReason", Kind::String);
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
pub(super) static IMAGE_LIST: Schema =
    Schema::new("ImageList", Kind::List(&Member::new("member", &IMAGE)));
pub(super) static IMAGE_MANIFEST: Schema = Schema::new("ImageManifest", Kind::String)
    .min(1)
    .max(4194304);
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
pub(super) static IMAGE_TAG_ALREADY_EXISTS_EXCEPTION: Schema = Schema::new(
    "ImageTagAlreadyExistsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
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
        Member::new("filter", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_VALUE).required(),
        Member::new("filterType", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_TYPE).required(),
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
pub(super) static INITIATE_LAYER_UPLOAD_REQUEST: Schema = Schema::new(
    "InitiateLayerUploadRequest",
    Kind::Structure(&[
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static INITIATE_LAYER_UPLOAD_RESPONSE: Schema = Schema::new(
    "InitiateLayerUploadResponse",
    Kind::Structure(&[
        Member::new("partSize", &PART_SIZE),
        Member::new("uploadId", &UPLOAD_ID),
    ]),
);
pub(super) static INVALID_LAYER_EXCEPTION: Schema = Schema::new(
    "InvalidLayerException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static INVALID_LAYER_PART_EXCEPTION: Schema = Schema::new(
    "InvalidLayerPartException",
    Kind::Structure(&[
        Member::new("lastValidByteReceived", &PART_SIZE),
        Member::new("message", &EXCEPTION_MESSAGE),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
        Member::new("uploadId", &UPLOAD_ID),
    ]),
);
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
pub(super) static LAYER: Schema = Schema::new(
    "Layer",
    Kind::Structure(&[
        Member::new("layerAvailability", &LAYER_AVAILABILITY),
        Member::new("layerDigest", &LAYER_DIGEST),
        Member::new("layerSize", &LAYER_SIZE_IN_BYTES),
        Member::new("mediaType", &MEDIA_TYPE),
    ]),
);
pub(super) static LAYER_ALREADY_EXISTS_EXCEPTION: Schema = Schema::new(
    "LayerAlreadyExistsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static LAYER_AVAILABILITY: Schema = Schema::new(
    "LayerAvailability",
    Kind::Enum(types::LayerAvailability::VALUES),
);
pub(super) static LAYER_DIGEST: Schema =
    Schema::new("LayerDigest", Kind::String).pattern("[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+");
pub(super) static LAYER_DIGEST_LIST: Schema = Schema::new(
    "LayerDigestList",
    Kind::List(&Member::new("member", &LAYER_DIGEST)),
)
.min(1)
.max(100);
pub(super) static LAYER_FAILURE: Schema = Schema::new(
    "LayerFailure",
    Kind::Structure(&[
        Member::new("failureCode", &LAYER_FAILURE_CODE),
        Member::new("failureReason", &LAYER_FAILURE_REASON),
        Member::new("layerDigest", &BATCHED_OPERATION_LAYER_DIGEST),
    ]),
);
pub(super) static LAYER_FAILURE_CODE: Schema = Schema::new(
    "LayerFailureCode",
    Kind::Enum(types::LayerFailureCode::VALUES),
);
pub(super) static LAYER_FAILURE_LIST: Schema = Schema::new(
    "LayerFailureList",
    Kind::List(&Member::new("member", &LAYER_FAILURE)),
);
pub(super) static LAYER_FAILURE_REASON: Schema = Schema::new("LayerFailureReason", Kind::String);
pub(super) static LAYER_INACCESSIBLE_EXCEPTION: Schema = Schema::new(
    "LayerInaccessibleException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static LAYER_LIST: Schema =
    Schema::new("LayerList", Kind::List(&Member::new("member", &LAYER)));
pub(super) static LAYER_PART_BLOB: Schema = Schema::new("LayerPartBlob", Kind::Blob)
    .min(0)
    .max(20971520);
pub(super) static LAYER_PART_TOO_SMALL_EXCEPTION: Schema = Schema::new(
    "LayerPartTooSmallException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static LAYER_SIZE_IN_BYTES: Schema = Schema::new("LayerSizeInBytes", Kind::Long);
pub(super) static LAYERS_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "LayersNotFoundException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
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
pub(super) static LIST_TAGS_FOR_RESOURCE_REQUEST: Schema = Schema::new(
    "ListTagsForResourceRequest",
    Kind::Structure(&[Member::new("resourceArn", &ARN).required()]),
);
pub(super) static LIST_TAGS_FOR_RESOURCE_RESPONSE: Schema = Schema::new(
    "ListTagsForResourceResponse",
    Kind::Structure(&[Member::new("tags", &TAG_LIST)]),
);
pub(super) static MAX_RESULTS: Schema = Schema::new("MaxResults", Kind::Integer).min(1).max(1000);
pub(super) static MEDIA_TYPE: Schema = Schema::new("MediaType", Kind::String);
pub(super) static MEDIA_TYPE_LIST: Schema = Schema::new(
    "MediaTypeList",
    Kind::List(&Member::new("member", &MEDIA_TYPE)),
)
.min(1)
.max(100);
pub(super) static NEXT_TOKEN: Schema = Schema::new("NextToken", Kind::String);
pub(super) static PART_SIZE: Schema = Schema::new("PartSize", Kind::Long).min(0);
pub(super) static PROXY_ENDPOINT: Schema = Schema::new("ProxyEndpoint", Kind::String);
pub(super) static PUSH_TIMESTAMP: Schema = Schema::new("PushTimestamp", Kind::Timestamp(None));
pub(super) static PUT_IMAGE_REQUEST: Schema = Schema::new(
    "PutImageRequest",
    Kind::Structure(&[
        Member::new("imageDigest", &IMAGE_DIGEST),
        Member::new("imageManifest", &IMAGE_MANIFEST).required(),
        Member::new("imageManifestMediaType", &MEDIA_TYPE),
        Member::new("imageTag", &IMAGE_TAG),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static PUT_IMAGE_RESPONSE: Schema = Schema::new(
    "PutImageResponse",
    Kind::Structure(&[Member::new("image", &IMAGE)]),
);
pub(super) static PUT_IMAGE_TAG_MUTABILITY_REQUEST: Schema = Schema::new(
    "PutImageTagMutabilityRequest",
    Kind::Structure(&[
        Member::new("imageTagMutability", &IMAGE_TAG_MUTABILITY).required(),
        Member::new(
            "imageTagMutabilityExclusionFilters",
            &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS,
        ),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
    ]),
);
pub(super) static PUT_IMAGE_TAG_MUTABILITY_RESPONSE: Schema = Schema::new(
    "PutImageTagMutabilityResponse",
    Kind::Structure(&[
        Member::new("imageTagMutability", &IMAGE_TAG_MUTABILITY),
        Member::new(
            "imageTagMutabilityExclusionFilters",
            &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS,
        ),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
    ]),
);
pub(super) static RECORDED_PULL_TIMESTAMP: Schema =
    Schema::new("RecordedPullTimestamp", Kind::Timestamp(None));
pub(super) static REFERENCED_IMAGES_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ReferencedImagesNotFoundException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
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
pub(super) static REPOSITORY_NOT_EMPTY_EXCEPTION: Schema = Schema::new(
    "RepositoryNotEmptyException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
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
pub(super) static TAG_KEY_LIST: Schema =
    Schema::new("TagKeyList", Kind::List(&Member::new("member", &TAG_KEY)));
pub(super) static TAG_LIST: Schema =
    Schema::new("TagList", Kind::List(&Member::new("member", &TAG)));
pub(super) static TAG_RESOURCE_REQUEST: Schema = Schema::new(
    "TagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &ARN).required(),
        Member::new("tags", &TAG_LIST).required(),
    ]),
);
pub(super) static TAG_RESOURCE_RESPONSE: Schema =
    Schema::new("TagResourceResponse", Kind::Structure(&[]));
pub(super) static TAG_STATUS: Schema =
    Schema::new("TagStatus", Kind::Enum(types::TagStatus::VALUES));
pub(super) static TAG_VALUE: Schema = Schema::new("TagValue", Kind::String);
pub(super) static TOO_MANY_TAGS_EXCEPTION: Schema = Schema::new(
    "TooManyTagsException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION: Schema = Schema::new(
    "UnableToGetUpstreamImageException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION: Schema = Schema::new(
    "UnableToGetUpstreamLayerException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static UNTAG_RESOURCE_REQUEST: Schema = Schema::new(
    "UntagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &ARN).required(),
        Member::new("tagKeys", &TAG_KEY_LIST).required(),
    ]),
);
pub(super) static UNTAG_RESOURCE_RESPONSE: Schema =
    Schema::new("UntagResourceResponse", Kind::Structure(&[]));
pub(super) static UPLOAD_ID: Schema = Schema::new("UploadId", Kind::String)
    .pattern("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
pub(super) static UPLOAD_LAYER_PART_REQUEST: Schema = Schema::new(
    "UploadLayerPartRequest",
    Kind::Structure(&[
        Member::new("layerPartBlob", &LAYER_PART_BLOB).required(),
        Member::new("partFirstByte", &PART_SIZE).required(),
        Member::new("partLastByte", &PART_SIZE).required(),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME).required(),
        Member::new("uploadId", &UPLOAD_ID).required(),
    ]),
);
pub(super) static UPLOAD_LAYER_PART_RESPONSE: Schema = Schema::new(
    "UploadLayerPartResponse",
    Kind::Structure(&[
        Member::new("lastByteReceived", &PART_SIZE),
        Member::new("registryId", &REGISTRY_ID),
        Member::new("repositoryName", &REPOSITORY_NAME),
        Member::new("uploadId", &UPLOAD_ID),
    ]),
);
pub(super) static UPLOAD_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "UploadNotFoundException",
    Kind::Structure(&[Member::new("message", &EXCEPTION_MESSAGE)]),
);
pub(super) static URL: Schema = Schema::new("Url", Kind::String);
pub(super) static VULNERABILITY_SOURCE_UPDATE_TIMESTAMP: Schema =
    Schema::new("VulnerabilitySourceUpdateTimestamp", Kind::Timestamp(None));
