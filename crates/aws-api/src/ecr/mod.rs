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
        &CREATE_REPOSITORY,
        &DESCRIBE_IMAGES,
        &DESCRIBE_REPOSITORIES,
        &GET_AUTHORIZATION_TOKEN,
        &LIST_IMAGES,
    ],
    unsupported: UNSUPPORTED,
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

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "BatchCheckLayerAvailability", "BatchDeleteImage", "BatchGetImage",
    "BatchGetRepositoryScanningConfiguration", "CompleteLayerUpload", "CreatePullThroughCacheRule",
    "CreateRepositoryCreationTemplate", "DeleteLifecyclePolicy", "DeletePullThroughCacheRule",
    "DeleteRegistryPolicy", "DeleteRepository", "DeleteRepositoryCreationTemplate",
    "DeleteRepositoryPolicy", "DeleteSigningConfiguration", "DeregisterPullTimeUpdateExclusion",
    "DescribeImageReplicationStatus", "DescribeImageScanFindings", "DescribeImageSigningStatus",
    "DescribePullThroughCacheRules", "DescribeRegistry", "DescribeReplicationBackfillResults",
    "DescribeRepositoryCreationTemplates", "GetAccountSetting", "GetDownloadUrlForLayer",
    "GetLifecyclePolicy", "GetLifecyclePolicyPreview", "GetRegistryPolicy",
    "GetRegistryScanningConfiguration", "GetRepositoryPolicy", "GetSigningConfiguration",
    "InitiateLayerUpload", "ListImageReferrers", "ListPullTimeUpdateExclusions",
    "ListReplicationBackfills", "ListTagsForResource", "PutAccountSetting", "PutImage",
    "PutImageScanningConfiguration", "PutImageTagMutability", "PutLifecyclePolicy",
    "PutRegistryPolicy", "PutRegistryScanningConfiguration", "PutReplicationConfiguration",
    "PutSigningConfiguration", "RegisterPullTimeUpdateExclusion", "SetRepositoryPolicy",
    "StartImageScan", "StartLifecyclePolicyPreview", "StartReplicationBackfill",
    "StopReplicationBackfill", "TagResource", "UntagResource", "UpdateImageStorageClass",
    "UpdatePullThroughCacheRule", "UpdateRepositoryCreationTemplate", "UploadLayerPart",
    "ValidatePullThroughCacheRule",
];
