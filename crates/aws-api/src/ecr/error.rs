//! The errors of `ecr`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static EMPTY_UPLOAD_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::EMPTY_UPLOAD_EXCEPTION,
    code: "EmptyUploadException",
    status: 400,
};
pub(super) static IMAGE_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::IMAGE_ALREADY_EXISTS_EXCEPTION,
    code: "ImageAlreadyExistsException",
    status: 400,
};
pub(super) static IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION,
    code: "ImageDigestDoesNotMatchException",
    status: 400,
};
pub(super) static IMAGE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::IMAGE_NOT_FOUND_EXCEPTION,
    code: "ImageNotFoundException",
    status: 400,
};
pub(super) static IMAGE_TAG_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::IMAGE_TAG_ALREADY_EXISTS_EXCEPTION,
    code: "ImageTagAlreadyExistsException",
    status: 400,
};
pub(super) static INVALID_LAYER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_LAYER_EXCEPTION,
    code: "InvalidLayerException",
    status: 400,
};
pub(super) static INVALID_LAYER_PART_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_LAYER_PART_EXCEPTION,
    code: "InvalidLayerPartException",
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
pub(super) static LAYER_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LAYER_ALREADY_EXISTS_EXCEPTION,
    code: "LayerAlreadyExistsException",
    status: 400,
};
pub(super) static LAYER_INACCESSIBLE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LAYER_INACCESSIBLE_EXCEPTION,
    code: "LayerInaccessibleException",
    status: 400,
};
pub(super) static LAYER_PART_TOO_SMALL_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LAYER_PART_TOO_SMALL_EXCEPTION,
    code: "LayerPartTooSmallException",
    status: 400,
};
pub(super) static LAYERS_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LAYERS_NOT_FOUND_EXCEPTION,
    code: "LayersNotFoundException",
    status: 400,
};
pub(super) static LIMIT_EXCEEDED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LIMIT_EXCEEDED_EXCEPTION,
    code: "LimitExceededException",
    status: 400,
};
pub(super) static REFERENCED_IMAGES_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::REFERENCED_IMAGES_NOT_FOUND_EXCEPTION,
    code: "ReferencedImagesNotFoundException",
    status: 400,
};
pub(super) static REPOSITORY_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::REPOSITORY_ALREADY_EXISTS_EXCEPTION,
    code: "RepositoryAlreadyExistsException",
    status: 400,
};
pub(super) static REPOSITORY_NOT_EMPTY_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::REPOSITORY_NOT_EMPTY_EXCEPTION,
    code: "RepositoryNotEmptyException",
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
pub(super) static UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION,
    code: "UnableToGetUpstreamImageException",
    status: 400,
};
pub(super) static UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION,
    code: "UnableToGetUpstreamLayerException",
    status: 400,
};
pub(super) static UPLOAD_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UPLOAD_NOT_FOUND_EXCEPTION,
    code: "UploadNotFoundException",
    status: 400,
};

errors! {
    EmptyUploadException empty_upload_exception EMPTY_UPLOAD_EXCEPTION message,
    ImageAlreadyExistsException image_already_exists_exception IMAGE_ALREADY_EXISTS_EXCEPTION message,
    ImageDigestDoesNotMatchException image_digest_does_not_match_exception IMAGE_DIGEST_DOES_NOT_MATCH_EXCEPTION message,
    ImageNotFoundException image_not_found_exception IMAGE_NOT_FOUND_EXCEPTION message,
    ImageTagAlreadyExistsException image_tag_already_exists_exception IMAGE_TAG_ALREADY_EXISTS_EXCEPTION message,
    InvalidLayerException invalid_layer_exception INVALID_LAYER_EXCEPTION message,
    InvalidLayerPartException invalid_layer_part_exception INVALID_LAYER_PART_EXCEPTION message,
    InvalidParameterException invalid_parameter_exception INVALID_PARAMETER_EXCEPTION message,
    InvalidTagParameterException invalid_tag_parameter_exception INVALID_TAG_PARAMETER_EXCEPTION message,
    KmsException kms_exception KMS_EXCEPTION message,
    LayerAlreadyExistsException layer_already_exists_exception LAYER_ALREADY_EXISTS_EXCEPTION message,
    LayerInaccessibleException layer_inaccessible_exception LAYER_INACCESSIBLE_EXCEPTION message,
    LayerPartTooSmallException layer_part_too_small_exception LAYER_PART_TOO_SMALL_EXCEPTION message,
    LayersNotFoundException layers_not_found_exception LAYERS_NOT_FOUND_EXCEPTION message,
    LimitExceededException limit_exceeded_exception LIMIT_EXCEEDED_EXCEPTION message,
    ReferencedImagesNotFoundException referenced_images_not_found_exception REFERENCED_IMAGES_NOT_FOUND_EXCEPTION message,
    RepositoryAlreadyExistsException repository_already_exists_exception REPOSITORY_ALREADY_EXISTS_EXCEPTION message,
    RepositoryNotEmptyException repository_not_empty_exception REPOSITORY_NOT_EMPTY_EXCEPTION message,
    RepositoryNotFoundException repository_not_found_exception REPOSITORY_NOT_FOUND_EXCEPTION message,
    ServerException server_exception SERVER_EXCEPTION message,
    TooManyTagsException too_many_tags_exception TOO_MANY_TAGS_EXCEPTION message,
    UnableToGetUpstreamImageException unable_to_get_upstream_image_exception UNABLE_TO_GET_UPSTREAM_IMAGE_EXCEPTION message,
    UnableToGetUpstreamLayerException unable_to_get_upstream_layer_exception UNABLE_TO_GET_UPSTREAM_LAYER_EXCEPTION message,
    UploadNotFoundException upload_not_found_exception UPLOAD_NOT_FOUND_EXCEPTION message,
}
