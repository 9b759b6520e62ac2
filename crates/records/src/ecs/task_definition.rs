use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};

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
    /// When it was deregistered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deregistered_at: Option<Timestamp>,
    /// When its deletion was asked for. It is deleted once no task needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_requested_at: Option<Timestamp>,
}

/// Whether tasks may be started from a task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskDefinitionStatus {
    /// They may.
    Active,
    /// It was deregistered.
    Inactive,
}

/// What lists need of a task definition: its document is passed over, not decoded. Only read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TaskDefinitionHead {
    /// From 1 on.
    pub revision: i32,
    /// Whether tasks may be started from it.
    pub status: TaskDefinitionStatus,
    /// When its deletion was asked for.
    #[serde(default)]
    pub delete_requested_at: Option<Timestamp>,
}

impl Serialize for TaskDefinitionHead {
    /// Never: written in the place of a definition, a head would lose the rest of it.
    fn serialize<S: Serializer>(&self, _to: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(
            "the head of a task definition is only read",
        ))
    }
}

impl Record for TaskDefinitionHead {
    const FORMAT: u32 = TaskDefinition::FORMAT;
}

impl TaskDefinitionHead {
    /// Every one of every account and region.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecs", "task-definition"])
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

    /// Where the revision is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, family: &str, revision: i32) -> Key<Self> {
        Self::family_prefix(account, region, family).key(&format!("{revision:010}"))
    }
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
