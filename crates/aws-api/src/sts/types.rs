//! The structures and enumerations of `sts`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

#[derive(Clone, Default, PartialEq)]
pub struct GetCallerIdentityRequest {}
structure!(GetCallerIdentityRequest, GET_CALLER_IDENTITY_REQUEST, []);

#[derive(Clone, Default, PartialEq)]
pub struct GetCallerIdentityResponse {
    pub account: Option<String>,
    pub arn: Option<String>,
    pub user_id: Option<String>,
}
structure!(GetCallerIdentityResponse, GET_CALLER_IDENTITY_RESPONSE, [0 account, 1 arn, 2 user_id]);
