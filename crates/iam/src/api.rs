//! IAM and STS as the API shows them.

use aws_api::{iam, sts};
use aws_core::{Arn, Caller, Common, Principal};
use records::Records;
use records::iam::Role;

use crate::sentences;

/// IAM's default for how long a role's credentials last, in seconds.
const MAX_SESSION_DURATION_SECS: i32 = 3600;

/// IAM.
pub struct Iam {
    records: Records,
}

/// STS.
pub struct Sts;

impl Iam {
    /// The service over `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }
}

impl iam::Iam for Iam {
    async fn get_role(
        &self,
        caller: &Caller,
        input: iam::GetRoleRequest,
    ) -> Result<iam::GetRoleResponse, iam::Error> {
        let name = input.role_name.unwrap_or_default();
        caller.authorise(&Arn::global(
            "iam",
            &caller.account,
            &format!("role/{name}"),
        ))?;
        let found = self
            .records
            .get(&Role::key(&caller.account, &name))
            .map_err(Common::from)?
            .ok_or_else(|| {
                iam::Error::no_such_entity_exception(sentences::role_not_found(&name))
            })?;
        let role = found.record;
        Ok(iam::GetRoleResponse {
            role: Some(iam::Role {
                arn: Some(role.arn(&caller.account).to_string()),
                assume_role_policy_document: Some(percent_encode(&role.assume_role_policy)),
                create_date: Some(role.created_at),
                description: Some(role.description),
                max_session_duration: Some(MAX_SESSION_DURATION_SECS),
                path: Some(role.path),
                role_id: Some(role.id),
                role_name: Some(role.name),
                ..iam::Role::default()
            }),
        })
    }
}

/// Policy documents are URL-encoded in IAM's answers (RFC 3986; IAM API reference, GetRole).
fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl sts::Sts for Sts {
    async fn get_caller_identity(
        &self,
        caller: &Caller,
        _input: sts::GetCallerIdentityRequest,
    ) -> Result<sts::GetCallerIdentityResponse, sts::Error> {
        let user_id = match &caller.principal {
            Principal::Root { account } => account.to_string(),
            Principal::Instance { instance_id, .. } => format!("AROAECSINSTANCEROLE:{instance_id}"),
        };
        Ok(sts::GetCallerIdentityResponse {
            account: Some(caller.account.to_string()),
            arn: Some(caller.principal.arn().to_string()),
            user_id: Some(user_id),
        })
    }
}
