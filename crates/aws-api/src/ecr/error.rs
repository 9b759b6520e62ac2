//! The errors of `ecr`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static IMAGE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::IMAGE_NOT_FOUND_EXCEPTION,
    code: "ImageNotFoundException",
    status: 400,
};
pub(super) static INVALID_PARAMETER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_PARAMETER_EXCEPTION,
    code: "InvalidParameterException",
    status: 400,
};
pub(super) static INVALID_TAG_PARAMETER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_TAG_PARAMETER_EXCEPTION,
    code: "InvalidTagParameterException",
    status: 400,
};
pub(super) static KMS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::KMS_EXCEPTION,
    code: "KmsException",
    status: 400,
};
pub(super) static LIMIT_EXCEEDED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LIMIT_EXCEEDED_EXCEPTION,
    code: "LimitExceededException",
    status: 400,
};
pub(super) static REPOSITORY_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::REPOSITORY_ALREADY_EXISTS_EXCEPTION,
    code: "RepositoryAlreadyExistsException",
    status: 400,
};
pub(super) static REPOSITORY_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::REPOSITORY_NOT_FOUND_EXCEPTION,
    code: "RepositoryNotFoundException",
    status: 400,
};
pub(super) static SERVER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::SERVER_EXCEPTION,
    code: "ServerException",
    status: 500,
};
pub(super) static TOO_MANY_TAGS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::TOO_MANY_TAGS_EXCEPTION,
    code: "TooManyTagsException",
    status: 400,
};

errors! {
    ImageNotFoundException image_not_found_exception IMAGE_NOT_FOUND_EXCEPTION message,
    InvalidParameterException invalid_parameter_exception INVALID_PARAMETER_EXCEPTION message,
    InvalidTagParameterException invalid_tag_parameter_exception INVALID_TAG_PARAMETER_EXCEPTION message,
    KmsException kms_exception KMS_EXCEPTION message,
    LimitExceededException limit_exceeded_exception LIMIT_EXCEEDED_EXCEPTION message,
    RepositoryAlreadyExistsException repository_already_exists_exception REPOSITORY_ALREADY_EXISTS_EXCEPTION message,
    RepositoryNotFoundException repository_not_found_exception REPOSITORY_NOT_FOUND_EXCEPTION message,
    ServerException server_exception SERVER_EXCEPTION message,
    TooManyTagsException too_many_tags_exception TOO_MANY_TAGS_EXCEPTION message,
}
