//! The schemas of `iam`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ATTACHED_PERMISSIONS_BOUNDARY: Schema = Schema::new(
    "AttachedPermissionsBoundary",
    Kind::Structure(&[
        Member::new("PermissionsBoundaryArn", &ARN_TYPE),
        Member::new(
            "PermissionsBoundaryType",
            &PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE,
        ),
    ]),
);
pub(super) static GET_ROLE_REQUEST: Schema = Schema::new(
    "GetRoleRequest",
    Kind::Structure(&[Member::new("RoleName", &ROLE_NAME_TYPE).required()]),
);
pub(super) static GET_ROLE_RESPONSE: Schema = Schema::new(
    "GetRoleResponse",
    Kind::Structure(&[Member::new("Role", &ROLE).required()]),
);
pub(super) static NO_SUCH_ENTITY_EXCEPTION: Schema = Schema::new(
    "NoSuchEntityException",
    Kind::Structure(&[Member::new("message", &NO_SUCH_ENTITY_MESSAGE)]),
);
pub(super) static PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE: Schema = Schema::new(
    "PermissionsBoundaryAttachmentType",
    Kind::Enum(types::PermissionsBoundaryAttachmentType::VALUES),
);
pub(super) static ROLE: Schema = Schema::new(
    "Role",
    Kind::Structure(&[
        Member::new("Arn", &ARN_TYPE).required(),
        Member::new("AssumeRolePolicyDocument", &POLICY_DOCUMENT_TYPE),
        Member::new("CreateDate", &DATE_TYPE).required(),
        Member::new("Description", &ROLE_DESCRIPTION_TYPE),
        Member::new("MaxSessionDuration", &ROLE_MAX_SESSION_DURATION_TYPE),
        Member::new("Path", &PATH_TYPE).required(),
        Member::new("PermissionsBoundary", &ATTACHED_PERMISSIONS_BOUNDARY),
        Member::new("RoleId", &ID_TYPE).required(),
        Member::new("RoleLastUsed", &ROLE_LAST_USED),
        Member::new("RoleName", &ROLE_NAME_TYPE).required(),
        Member::new("SourceRoleTemplate", &SOURCE_ROLE_TEMPLATE),
        Member::new("Tags", &TAG_LIST_TYPE),
    ]),
);
pub(super) static ROLE_LAST_USED: Schema = Schema::new(
    "RoleLastUsed",
    Kind::Structure(&[
        Member::new("LastUsedDate", &DATE_TYPE),
        Member::new("Region", &STRING_TYPE),
    ]),
);
pub(super) static SERVICE_FAILURE_EXCEPTION: Schema = Schema::new(
    "ServiceFailureException",
    Kind::Structure(&[Member::new("message", &SERVICE_FAILURE_EXCEPTION_MESSAGE)]),
);
pub(super) static SOURCE_ROLE_TEMPLATE: Schema = Schema::new(
    "SourceRoleTemplate",
    Kind::Structure(&[
        Member::new("TemplateArn", &ARN_TYPE).required(),
        Member::new("TemplateMinorVersion", &INTEGER_TYPE).required(),
    ]),
);
pub(super) static TAG: Schema = Schema::new(
    "Tag",
    Kind::Structure(&[
        Member::new("Key", &TAG_KEY_TYPE).required(),
        Member::new("Value", &TAG_VALUE_TYPE).required(),
    ]),
);
pub(super) static ARN_TYPE: Schema = Schema::new("arnType", Kind::String).min(20).max(2048);
pub(super) static DATE_TYPE: Schema = Schema::new("dateType", Kind::Timestamp(None));
pub(super) static ID_TYPE: Schema = Schema::new("idType", Kind::String)
    .min(16)
    .max(128)
    .pattern(r"[\w]+");
pub(super) static INTEGER_TYPE: Schema = Schema::new("integerType", Kind::Integer);
pub(super) static NO_SUCH_ENTITY_MESSAGE: Schema = Schema::new("noSuchEntityMessage", Kind::String);
pub(super) static PATH_TYPE: Schema = Schema::new("pathType", Kind::String)
    .min(1)
    .max(512)
    .pattern(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)");
pub(super) static POLICY_DOCUMENT_TYPE: Schema = Schema::new("policyDocumentType", Kind::String)
    .min(1)
    .max(131072)
    .pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
pub(super) static ROLE_DESCRIPTION_TYPE: Schema = Schema::new("roleDescriptionType", Kind::String)
    .max(1000)
    .pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
pub(super) static ROLE_MAX_SESSION_DURATION_TYPE: Schema =
    Schema::new("roleMaxSessionDurationType", Kind::Integer)
        .min(3600)
        .max(43200);
pub(super) static ROLE_NAME_TYPE: Schema = Schema::new("roleNameType", Kind::String)
    .min(1)
    .max(64)
    .pattern(r"[\w+=,.@-]+");
pub(super) static SERVICE_FAILURE_EXCEPTION_MESSAGE: Schema =
    Schema::new("serviceFailureExceptionMessage", Kind::String);
pub(super) static STRING_TYPE: Schema = Schema::new("stringType", Kind::String);
pub(super) static TAG_KEY_TYPE: Schema = Schema::new("tagKeyType", Kind::String)
    .min(1)
    .max(128)
    .pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
pub(super) static TAG_LIST_TYPE: Schema =
    Schema::new("tagListType", Kind::List(&Member::new("member", &TAG))).max(50);
pub(super) static TAG_VALUE_TYPE: Schema = Schema::new("tagValueType", Kind::String)
    .min(0)
    .max(256)
    .pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
