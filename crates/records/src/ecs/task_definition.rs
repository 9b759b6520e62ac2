use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// A revision of a family, as it was registered. Never changed but in its status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// The family.
    pub family: String,
    /// From 1 on.
    pub revision: i32,
    /// Whether tasks may be started from it.
    pub status: TaskDefinitionStatus,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Who registered it, as an ARN.
    pub registered_by: String,
    /// The definition as the API shows it, without what stands above.
    #[serde(with = "aws_wire::document")]
    pub definition: aws_api::ecs::TaskDefinition,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Whether tasks may be started from a task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskDefinitionStatus {
    /// They may.
    Active,
    /// It was deregistered.
    Inactive,
}

/// The newest revision of a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// The revision that was registered last. Numbers are never used again.
    pub latest_revision: i32,
}

impl Record for Family {
    const FORMAT: u32 = 1;
}

impl Family {
    /// Where the family of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, family: &str) -> Key<Self> {
        Self::prefix(account, region).key(family)
    }

    /// All of a region.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
        Prefix::new(&["ecs", "family", account.as_str(), region.as_str()])
    }
}

impl Record for TaskDefinition {
    const FORMAT: u32 = 1;
}

impl TaskDefinition {
    /// Where a revision is. Revisions sort as numbers.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, family: &str, revision: i32) -> Key<Self> {
        Self::family_prefix(account, region, family).key(&format!("{revision:010}"))
    }

    /// All of a region.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
        Prefix::new(&["ecs", "task-definition", account.as_str(), region.as_str()])
    }

    /// All of a family.
    #[must_use]
    pub fn family_prefix(account: &AccountId, region: &Region, family: &str) -> Prefix<Self> {
        Prefix::new(&[
            "ecs",
            "task-definition",
            account.as_str(),
            region.as_str(),
            family,
        ])
    }

    /// The ARN of a revision.
    #[must_use]
    pub fn arn(account: &AccountId, region: &Region, family: &str, revision: i32) -> Arn {
        Arn::new(
            "ecs",
            region,
            account,
            &format!("task-definition/{family}:{revision}"),
        )
    }
}
