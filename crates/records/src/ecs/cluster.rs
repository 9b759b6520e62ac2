use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// A cluster: a name that tasks are grouped under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Letters, digits, hyphens and underscores, at most 255.
    pub name: String,
    /// Whether it may be used.
    pub status: ClusterStatus,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was deleted; absent in clusters that earlier versions deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// Whether a cluster may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterStatus {
    /// It may.
    Active,
    /// It was deleted; it stays describable for a while.
    Inactive,
}

impl Record for Cluster {
    const FORMAT: u32 = 1;
}

impl Cluster {
    /// Where the cluster of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, name: &str) -> Key<Self> {
        Self::prefix(account, region).key(name)
    }

    /// All of a region.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
        Prefix::new(&["ecs", "cluster", account.as_str(), region.as_str()])
    }

    /// All of every account and region.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecs", "cluster"])
    }

    /// The ARN of the cluster of that name.
    #[must_use]
    pub fn arn(account: &AccountId, region: &Region, name: &str) -> Arn {
        Arn::new("ecs", region, account, &format!("cluster/{name}"))
    }
}
