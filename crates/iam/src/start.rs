//! What every account begins with.

use std::sync::Arc;

use ambient::{Clock, Random};
use aws_core::AccountId;
use records::iam::Role;
use records::{RecordError, Records};

/// The role that task definitions name so that their images are pulled and their logs kept. The
/// console of AWS makes it under this name; here it is there from the first start.
pub const EXECUTION_ROLE: &str = "ecsTaskExecutionRole";

const EXECUTION_ROLE_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Makes the built-in roles of an account where they are missing.
///
/// # Errors
/// When the store fails.
pub async fn ensure_roles(
    records: &Records,
    account: &AccountId,
    clock: &Arc<dyn Clock>,
    random: &dyn Random,
) -> Result<(), RecordError> {
    let role = Role {
        id: format!(
            "AROA{}",
            random
                .hex::<9>()
                .to_ascii_uppercase()
                .get(..17)
                .unwrap_or_default()
        ),
        name: EXECUTION_ROLE.to_owned(),
        path: "/".to_owned(),
        description: "Lets nodes pull images and keep logs on behalf of tasks".to_owned(),
        assume_role_policy: EXECUTION_ROLE_TRUST.to_owned(),
        created_at: clock.now(),
    };
    records
        .change(&Role::key(account, EXECUTION_ROLE), |existing| {
            Ok::<_, RecordError>(existing.is_none().then(|| role.clone()))
        })
        .await?;
    Ok(())
}
