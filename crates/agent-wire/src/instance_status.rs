//! How well a node itself is, in the words of Amazon's telemetry service
//! (`PublishInstanceStatusRequest`, aws/amazon-ecs-agent). Ours sends it over the session that it has.

use serde::{Deserialize, Serialize};

/// How many findings one message holds at most; more are passed over.
pub const INSTANCE_STATUSES_MAX: usize = 8;
/// The finding about what runs containers.
pub const CONTAINER_RUNTIME: &str = "CONTAINER_RUNTIME";

/// All that a node knows of itself; what is not named is not known any more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceStatuses {
    /// At most [`INSTANCE_STATUSES_MAX`].
    pub statuses: Vec<InstanceStatus>,
}

/// One finding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceStatus {
    /// What was looked at, for instance [`CONTAINER_RUNTIME`].
    pub r#type: String,
    /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
    pub status: String,
    /// Why, where there is something to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_reason: String,
    /// When it was last looked at, in seconds since 1970.
    pub last_updated: f64,
    /// Since when it is so, in seconds since 1970.
    pub last_status_change: f64,
}
