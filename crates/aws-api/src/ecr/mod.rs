//! ECR (2015-09-21), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Ecr, Server};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "ecr",
    service_id: "ECR",
    api_version: "2015-09-21",
    target_prefix: Some("AmazonEC2ContainerRegistry_V20150921"),
    xml_namespace: None,
    protocols: &[Protocol::AwsJson11],
    query_compatible: false,
    operations: &[
        &BATCH_CHECK_LAYER_AVAILABILITY,
        &BATCH_DELETE_IMAGE,
        &BATCH_GET_IMAGE,
        &COMPLETE_LAYER_UPLOAD,
        &CREATE_REPOSITORY,
        &DELETE_REPOSITORY,
        &DESCRIBE_IMAGES,
        &DESCRIBE_REPOSITORIES,
        &GET_AUTHORIZATION_TOKEN,
        &GET_DOWNLOAD_URL_FOR_LAYER,
        &INITIATE_LAYER_UPLOAD,
        &LIST_IMAGES,
        &LIST_TAGS_FOR_RESOURCE,
        &PUT_IMAGE,
        &PUT_IMAGE_TAG_MUTABILITY,
        &TAG_RESOURCE,
        &UNTAG_RESOURCE,
        &UPLOAD_LAYER_PART,
    ],
    unsupported: UNSUPPORTED,
};

static BATCH_CHECK_LAYER_AVAILABILITY: Operation = Operation {
    name: "BatchCheckLayerAvailability",
    input: &schemas::BATCH_CHECK_LAYER_AVAILABILITY_REQUEST,
    output: &schemas::BATCH_CHECK_LAYER_AVAILABILITY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::SERVER_EXCEPTION,
    ],
};
static BATCH_DELETE_IMAGE: Operation = Operation {
    name: "BatchDeleteImage",
    input: &schemas::BATCH_DELETE_IMAGE_REQUEST,
    output: &schemas::BATCH_DELETE_IMAGE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
    ],
};
static BATCH_GET_IMAGE: Operation = Operation {
    name: "BatchGetImage",
    input: &schemas::BATCH_GET_IMAGE_REQUEST,
    output: &schemas::BATCH_GET_IMAGE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION,
    ],
};
static COMPLETE_LAYER_UPLOAD: Operation = Operation {
    name: "CompleteLayerUpload",
    input: &schemas::COMPLETE_LAYER_UPLOAD_REQUEST,
    output: &schemas::COMPLETE_LAYER_UPLOAD_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::UPLOAD_NOT_FOUND_EXCEPTION,
        &error::INVALID_LAYER_EXCEPTION,
        &error::LAYER_PART_TOO_SMALL_EXCEPTION,
        &error::LAYER_ALREADY_EXISTS_EXCEPTION,
        &error::EMPTY_UPLOAD_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};
static CREATE_REPOSITORY: Operation = Operation {
    name: "CreateRepository",
    input: &schemas::CREATE_REPOSITORY_REQUEST,
    output: &schemas::CREATE_REPOSITORY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::INVALID_TAG_PARAMETER_EXCEPTION,
        &error::TOO_MANY_TAGS_EXCEPTION,
        &error::REPOSITORY_ALREADY_EXISTS_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};
static DELETE_REPOSITORY: Operation = Operation {
    name: "DeleteRepository",
    input: &schemas::DELETE_REPOSITORY_REQUEST,
    output: &schemas::DELETE_REPOSITORY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::REPOSITORY_NOT_EMPTY_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};
static DESCRIBE_IMAGES: Operation = Operation {
    name: "DescribeImages",
    input: &schemas::DESCRIBE_IMAGES_REQUEST,
    output: &schemas::DESCRIBE_IMAGES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::IMAGE_NOT_FOUND_EXCEPTION,
    ],
};
static DESCRIBE_REPOSITORIES: Operation = Operation {
    name: "DescribeRepositories",
    input: &schemas::DESCRIBE_REPOSITORIES_REQUEST,
    output: &schemas::DESCRIBE_REPOSITORIES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
    ],
};
static GET_AUTHORIZATION_TOKEN: Operation = Operation {
    name: "GetAuthorizationToken",
    input: &schemas::GET_AUTHORIZATION_TOKEN_REQUEST,
    output: &schemas::GET_AUTHORIZATION_TOKEN_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
    ],
};
static GET_DOWNLOAD_URL_FOR_LAYER: Operation = Operation {
    name: "GetDownloadUrlForLayer",
    input: &schemas::GET_DOWNLOAD_URL_FOR_LAYER_REQUEST,
    output: &schemas::GET_DOWNLOAD_URL_FOR_LAYER_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::LAYERS_NOT_FOUND_EXCEPTION,
        &error::LAYER_INACCESSIBLE_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION,
    ],
};
static INITIATE_LAYER_UPLOAD: Operation = Operation {
    name: "InitiateLayerUpload",
    input: &schemas::INITIATE_LAYER_UPLOAD_REQUEST,
    output: &schemas::INITIATE_LAYER_UPLOAD_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};
static LIST_IMAGES: Operation = Operation {
    name: "ListImages",
    input: &schemas::LIST_IMAGES_REQUEST,
    output: &schemas::LIST_IMAGES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
    ],
};
static LIST_TAGS_FOR_RESOURCE: Operation = Operation {
    name: "ListTagsForResource",
    input: &schemas::LIST_TAGS_FOR_RESOURCE_REQUEST,
    output: &schemas::LIST_TAGS_FOR_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
    ],
};
static PUT_IMAGE: Operation = Operation {
    name: "PutImage",
    input: &schemas::PUT_IMAGE_REQUEST,
    output: &schemas::PUT_IMAGE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::IMAGE_ALREADY_EXISTS_EXCEPTION,
        &error::LAYERS_NOT_FOUND_EXCEPTION,
        &error::REFERENCED_IMAGES_NOT_FOUND_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::IMAGE_TAG_ALREADY_EXISTS_EXCEPTION,
        &error::IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};
static PUT_IMAGE_TAG_MUTABILITY: Operation = Operation {
    name: "PutImageTagMutability",
    input: &schemas::PUT_IMAGE_TAG_MUTABILITY_REQUEST,
    output: &schemas::PUT_IMAGE_TAG_MUTABILITY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
    ],
};
static TAG_RESOURCE: Operation = Operation {
    name: "TagResource",
    input: &schemas::TAG_RESOURCE_REQUEST,
    output: &schemas::TAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::INVALID_TAG_PARAMETER_EXCEPTION,
        &error::TOO_MANY_TAGS_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
    ],
};
static UNTAG_RESOURCE: Operation = Operation {
    name: "UntagResource",
    input: &schemas::UNTAG_RESOURCE_REQUEST,
    output: &schemas::UNTAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::INVALID_TAG_PARAMETER_EXCEPTION,
        &error::TOO_MANY_TAGS_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
    ],
};
static UPLOAD_LAYER_PART: Operation = Operation {
    name: "UploadLayerPart",
    input: &schemas::UPLOAD_LAYER_PART_REQUEST,
    output: &schemas::UPLOAD_LAYER_PART_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::INVALID_LAYER_PART_EXCEPTION,
        &error::REPOSITORY_NOT_FOUND_EXCEPTION,
        &error::UPLOAD_NOT_FOUND_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::KMS_EXCEPTION,
    ],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "BatchGetRepositoryScanningConfiguration", "CreatePullThroughCacheRule",
    "CreateRepositoryCreationTemplate", "DeleteLifecyclePolicy", "DeletePullThroughCacheRule",
    "DeleteRegistryPolicy", "DeleteRepositoryCreationTemplate", "DeleteRepositoryPolicy",
    "DeleteSigningConfiguration", "DeregisterPullTimeUpdateExclusion",
    "DescribeImageReplicationStatus", "DescribeImageScanFindings", "DescribeImageSigningStatus",
    "DescribePullThroughCacheRules", "DescribeRegistry", "DescribeReplicationBackfillResults",
    "DescribeRepositoryCreationTemplates", "GetAccountSetting", "GetLifecyclePolicy",
    "GetLifecyclePolicyPreview", "GetRegistryPolicy", "GetRegistryScanningConfiguration",
    "GetRepositoryPolicy", "GetSigningConfiguration", "ListImageReferrers",
    "ListPullTimeUpdateExclusions", "ListReplicationBackfills", "PutAccountSetting",
    "PutImageScanningConfiguration", "PutLifecyclePolicy", "PutRegistryPolicy",
    "PutRegistryScanningConfiguration", "PutReplicationConfiguration", "PutSigningConfiguration",
    "RegisterPullTimeUpdateExclusion", "SetRepositoryPolicy", "StartImageScan",
    "StartLifecyclePolicyPreview", "StartReplicationBackfill", "StopReplicationBackfill",
    "UpdateImageStorageClass", "UpdatePullThroughCacheRule", "UpdateRepositoryCreationTemplate",
    "ValidatePullThroughCacheRule",
];
