//! Keys that sign requests.

use ambient::Timestamp;
use aws_core::{AccountId, Arn};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// The access key of a node.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceKey {
    /// What signatures name.
    pub access_key_id: String,
    /// What signatures are made with.
    pub secret_access_key: String,
    /// The account that the node belongs to.
    pub account: AccountId,
    /// The node.
    pub instance_id: String,
}

impl Record for InstanceKey {
    const FORMAT: u32 = 1;
}

impl InstanceKey {
    /// Where the key of that id is.
    #[must_use]
    pub fn key(access_key_id: &str) -> Key<Self> {
        Key::new(&["iam", "instance-key", access_key_id])
    }

    /// All of them.
    #[must_use]
    pub fn prefix() -> Prefix<Self> {
        Prefix::new(&["iam", "instance-key"])
    }
}

/// A random secret of the server, by purpose, for instance for registry tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSecret {
    /// Hexadecimal.
    pub secret: String,
}

impl Record for ServerSecret {
    const FORMAT: u32 = 1;
}

impl ServerSecret {
    /// Where the secret for that purpose is.
    #[must_use]
    pub fn key(purpose: &str) -> Key<Self> {
        Key::new(&["iam", "server-secret", purpose])
    }
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// `AROA` and 17 letters and digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// `/` or a path that begins and ends with one.
    pub path: String,
    /// In words.
    pub description: String,
    /// Who may assume it: a policy document.
    pub assume_role_policy: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Record for Role {
    const FORMAT: u32 = 1;
}

impl Role {
    /// Where the role of that name is.
    #[must_use]
    pub fn key(account: &AccountId, name: &str) -> Key<Self> {
        Key::new(&["iam", "role", account.as_str(), name])
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> Arn {
        Arn::global("iam", account, &format!("role{}{}", self.path, self.name))
    }
}
