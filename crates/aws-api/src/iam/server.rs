//! What an implementation of `iam` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{GetRoleRequest, GetRoleResponse};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Iam: Send + Sync + 'static {
    /// `GetRole`.
    fn get_role(
        &self,
        caller: &Caller,
        input: GetRoleRequest,
    ) -> impl Future<Output = Result<GetRoleResponse, Error>> + Send;
}

server!(Iam {
    "GetRole" => get_role,
});

shape_reader! {
    "GetRoleRequest" => GetRoleRequest,
    "GetRoleResponse" => GetRoleResponse,
    "NoSuchEntityException" => NoSuchEntityException,
    "ServiceFailureException" => ServiceFailureException,
}
