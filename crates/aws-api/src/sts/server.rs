//! What an implementation of `sts` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{GetCallerIdentityRequest, GetCallerIdentityResponse};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Sts: Send + Sync + 'static {
    /// `GetCallerIdentity`.
    fn get_caller_identity(
        &self,
        caller: &Caller,
        input: GetCallerIdentityRequest,
    ) -> impl Future<Output = Result<GetCallerIdentityResponse, Error>> + Send;
}

server!(Sts {
    "GetCallerIdentity" => get_caller_identity,
});

shape_reader! {
    "GetCallerIdentityRequest" => GetCallerIdentityRequest,
    "GetCallerIdentityResponse" => GetCallerIdentityResponse,
}
