//! The schemas of `sts`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

pub(super) static GET_CALLER_IDENTITY_REQUEST: Schema =
    Schema::new("GetCallerIdentityRequest", Kind::Structure(&[]));
pub(super) static GET_CALLER_IDENTITY_RESPONSE: Schema = Schema::new(
    "GetCallerIdentityResponse",
    Kind::Structure(&[
        Member::new("Account", &ACCOUNT_TYPE),
        Member::new("Arn", &ARN_TYPE),
        Member::new("UserId", &USER_ID_TYPE),
    ]),
);
pub(super) static ACCOUNT_TYPE: Schema = Schema::new("accountType", Kind::String);
pub(super) static ARN_TYPE: Schema = Schema::new("arnType", Kind::String)
    .min(20)
    .max(2048)
    .pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+");
pub(super) static USER_ID_TYPE: Schema = Schema::new("userIdType", Kind::String);
