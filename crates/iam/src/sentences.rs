//! The sentences that IAM says, each with its source; STS says none of its own yet. `thread`: seen in
//! public issue threads.

/// `thread`: aws/amazon-sagemaker-examples#2300, GetRole.
pub(crate) fn role_not_found(name: &str) -> String {
    format!("The role with name {name} cannot be found.")
}
