//! The structures and enumerations of `iam`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use aws_schema::Timestamp;

#[derive(Clone, Default, PartialEq)]
pub struct AttachedPermissionsBoundary {
    pub permissions_boundary_arn: Option<String>,
    pub permissions_boundary_type: Option<PermissionsBoundaryAttachmentType>,
}
structure!(AttachedPermissionsBoundary, ATTACHED_PERMISSIONS_BOUNDARY, [
    0 permissions_boundary_arn, 1 permissions_boundary_type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct GetRoleRequest {
    pub role_name: Option<String>,
}
structure!(GetRoleRequest, GET_ROLE_REQUEST, [0 role_name]);

#[derive(Clone, Default, PartialEq)]
pub struct GetRoleResponse {
    pub role: Option<Role>,
}
structure!(GetRoleResponse, GET_ROLE_RESPONSE, [0 role]);

#[derive(Clone, Default, PartialEq)]
pub struct NoSuchEntityException {
    pub message: Option<String>,
}
structure!(NoSuchEntityException, NO_SUCH_ENTITY_EXCEPTION, [0 message]);

enumeration!(PermissionsBoundaryAttachmentType {
    PermissionsBoundaryPolicy = "PermissionsBoundaryPolicy",
});

#[derive(Clone, Default, PartialEq)]
pub struct Role {
    pub arn: Option<String>,
    pub assume_role_policy_document: Option<String>,
    pub create_date: Option<Timestamp>,
    pub description: Option<String>,
    pub max_session_duration: Option<i32>,
    pub path: Option<String>,
    pub permissions_boundary: Option<AttachedPermissionsBoundary>,
    pub role_id: Option<String>,
    pub role_last_used: Option<RoleLastUsed>,
    pub role_name: Option<String>,
    pub source_role_template: Option<SourceRoleTemplate>,
    pub tags: Option<Vec<Tag>>,
}
structure!(Role, ROLE, [
    0 arn, 1 assume_role_policy_document, 2 create_date, 3 description, 4 max_session_duration,
    5 path, 6 permissions_boundary, 7 role_id, 8 role_last_used, 9 role_name,
    10 source_role_template, 11 tags,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RoleLastUsed {
    pub last_used_date: Option<Timestamp>,
    pub region: Option<String>,
}
structure!(RoleLastUsed, ROLE_LAST_USED, [0 last_used_date, 1 region]);

#[derive(Clone, Default, PartialEq)]
pub struct ServiceFailureException {
    pub message: Option<String>,
}
structure!(ServiceFailureException, SERVICE_FAILURE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct SourceRoleTemplate {
    pub template_arn: Option<String>,
    pub template_minor_version: Option<i32>,
}
structure!(SourceRoleTemplate, SOURCE_ROLE_TEMPLATE, [0 template_arn, 1 template_minor_version]);

#[derive(Clone, Default, PartialEq)]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}
structure!(Tag, TAG, [0 key, 1 value]);
