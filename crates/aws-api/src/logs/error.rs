//! The errors of `logs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static ACCESS_DENIED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::ACCESS_DENIED_EXCEPTION,
    code: "AccessDeniedException",
    status: 400,
};
pub(super) static DATA_ALREADY_ACCEPTED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::DATA_ALREADY_ACCEPTED_EXCEPTION,
    code: "DataAlreadyAcceptedException",
    status: 400,
};
pub(super) static INVALID_OPERATION_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_OPERATION_EXCEPTION,
    code: "InvalidOperationException",
    status: 400,
};
pub(super) static INVALID_PARAMETER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_PARAMETER_EXCEPTION,
    code: "InvalidParameterException",
    status: 400,
};
pub(super) static INVALID_SEQUENCE_TOKEN_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_SEQUENCE_TOKEN_EXCEPTION,
    code: "InvalidSequenceTokenException",
    status: 400,
};
pub(super) static LIMIT_EXCEEDED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LIMIT_EXCEEDED_EXCEPTION,
    code: "LimitExceededException",
    status: 400,
};
pub(super) static OPERATION_ABORTED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::OPERATION_ABORTED_EXCEPTION,
    code: "OperationAbortedException",
    status: 400,
};
pub(super) static RESOURCE_ALREADY_EXISTS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::RESOURCE_ALREADY_EXISTS_EXCEPTION,
    code: "ResourceAlreadyExistsException",
    status: 400,
};
pub(super) static RESOURCE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::RESOURCE_NOT_FOUND_EXCEPTION,
    code: "ResourceNotFoundException",
    status: 400,
};
pub(super) static SERVICE_UNAVAILABLE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::SERVICE_UNAVAILABLE_EXCEPTION,
    code: "ServiceUnavailableException",
    status: 500,
};
pub(super) static TOO_MANY_TAGS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::TOO_MANY_TAGS_EXCEPTION,
    code: "TooManyTagsException",
    status: 400,
};
pub(super) static UNRECOGNIZED_CLIENT_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UNRECOGNIZED_CLIENT_EXCEPTION,
    code: "UnrecognizedClientException",
    status: 400,
};
pub(super) static VALIDATION_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::VALIDATION_EXCEPTION,
    code: "ValidationException",
    status: 400,
};

errors! {
    AccessDeniedException access_denied_exception ACCESS_DENIED_EXCEPTION message,
    DataAlreadyAcceptedException data_already_accepted_exception DATA_ALREADY_ACCEPTED_EXCEPTION message,
    InvalidOperationException invalid_operation_exception INVALID_OPERATION_EXCEPTION message,
    InvalidParameterException invalid_parameter_exception INVALID_PARAMETER_EXCEPTION message,
    InvalidSequenceTokenException invalid_sequence_token_exception INVALID_SEQUENCE_TOKEN_EXCEPTION message,
    LimitExceededException limit_exceeded_exception LIMIT_EXCEEDED_EXCEPTION message,
    OperationAbortedException operation_aborted_exception OPERATION_ABORTED_EXCEPTION message,
    ResourceAlreadyExistsException resource_already_exists_exception RESOURCE_ALREADY_EXISTS_EXCEPTION message,
    ResourceNotFoundException resource_not_found_exception RESOURCE_NOT_FOUND_EXCEPTION message,
    ServiceUnavailableException service_unavailable_exception SERVICE_UNAVAILABLE_EXCEPTION message,
    TooManyTagsException too_many_tags_exception TOO_MANY_TAGS_EXCEPTION message,
    UnrecognizedClientException unrecognized_client_exception UNRECOGNIZED_CLIENT_EXCEPTION message,
    ValidationException validation_exception VALIDATION_EXCEPTION message,
}
