//! STS (2011-06-15), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Server, Sts};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "sts",
    service_id: "STS",
    api_version: "2011-06-15",
    target_prefix: None,
    xml_namespace: Some("https://sts.amazonaws.com/doc/2011-06-15/"),
    protocols: &[Protocol::AwsQuery],
    query_compatible: false,
    operations: &[&GET_CALLER_IDENTITY],
    unsupported: UNSUPPORTED,
};

static GET_CALLER_IDENTITY: Operation = Operation {
    name: "GetCallerIdentity",
    input: &schemas::GET_CALLER_IDENTITY_REQUEST,
    output: &schemas::GET_CALLER_IDENTITY_RESPONSE,
    result_wrapper: Some("GetCallerIdentityResult"),
    errors: &[],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot",
    "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetDelegatedAccessToken",
    "GetFederationToken", "GetSessionToken", "GetWebIdentityToken",
];
