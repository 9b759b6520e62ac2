//! The errors of `iam`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static NO_SUCH_ENTITY_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::NO_SUCH_ENTITY_EXCEPTION,
    code: "NoSuchEntity",
    status: 404,
};
pub(super) static SERVICE_FAILURE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::SERVICE_FAILURE_EXCEPTION,
    code: "ServiceFailure",
    status: 500,
};

errors! {
    NoSuchEntityException no_such_entity_exception NO_SUCH_ENTITY_EXCEPTION message,
    ServiceFailureException service_failure_exception SERVICE_FAILURE_EXCEPTION message,
}
