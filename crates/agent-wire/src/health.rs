//! How healthy the containers of a node are, in the words of Amazon's telemetry service
//! (`PublishHealthRequest` of `ecs-agent/tcs/model/api/api-2.json`, aws/amazon-ecs-agent).
//!
//! Amazon's agent sends it over a websocket of its own; ours over the session that it has.

use serde::{Deserialize, Serialize};

/// How many tasks one message is about at most.
pub const HEALTH_TASKS_MAX: usize = 10;

/// What the health checks of some tasks have found. There is no receipt: news is told again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Health {
    /// At most [`HEALTH_TASKS_MAX`] tasks.
    pub tasks: Vec<TaskHealth>,
}

/// What the health checks of a task have found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskHealth {
    /// The task's ARN.
    pub task_arn: String,
    /// Its definition's family.
    pub task_definition_family: String,
    /// Its definition's revision.
    pub task_definition_version: String,
    /// Those of its containers that have a health check.
    pub containers: Vec<ContainerHealth>,
}

/// What a container's health check has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerHealth {
    /// Its name in the definition.
    pub container_name: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
    pub health_status: String,
    /// Since when it is so, in seconds since 1970, by the node's clock. It orders nothing: what a
    /// node says last over its newest session is so.
    pub status_since: f64,
}
