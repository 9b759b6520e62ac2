//! The errors of `cloudwatch`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static INTERNAL_SERVICE_FAULT: ErrorShape = ErrorShape {
    schema: &schemas::INTERNAL_SERVICE_FAULT,
    code: "InternalServiceError",
    status: 500,
};
pub(super) static INVALID_PARAMETER_COMBINATION_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_PARAMETER_COMBINATION_EXCEPTION,
    code: "InvalidParameterCombination",
    status: 400,
};
pub(super) static INVALID_PARAMETER_VALUE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_PARAMETER_VALUE_EXCEPTION,
    code: "InvalidParameterValue",
    status: 400,
};
pub(super) static MISSING_REQUIRED_PARAMETER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::MISSING_REQUIRED_PARAMETER_EXCEPTION,
    code: "MissingParameter",
    status: 400,
};

errors! {
    InternalServiceFault internal_service_fault INTERNAL_SERVICE_FAULT message,
    InvalidParameterCombinationException invalid_parameter_combination_exception INVALID_PARAMETER_COMBINATION_EXCEPTION message,
    InvalidParameterValueException invalid_parameter_value_exception INVALID_PARAMETER_VALUE_EXCEPTION message,
    MissingRequiredParameterException missing_required_parameter_exception MISSING_REQUIRED_PARAMETER_EXCEPTION message,
}
