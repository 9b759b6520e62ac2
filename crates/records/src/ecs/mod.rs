//! Clusters, task definitions, tasks, nodes, account settings.

mod account_setting;
mod cluster;
mod node;
mod task;
mod task_definition;

pub use account_setting::AccountSetting;
pub use cluster::{Cluster, ClusterStatus};
pub use node::{FARGATE_CLUSTER, Node, NodeStatus};
pub use task::{
    BoundPorts, ClientToken, Container, ContainerHealth, ContainerStatus, DesiredStatus,
    HealthStatus, LaunchFailure, LaunchType, NetworkBinding, NetworkMode, PortProtocol,
    ReservedPort, StopCode, Task, TaskNetwork, TaskStatus, Timeline,
};
pub use task_definition::{Family, TaskDefinition, TaskDefinitionHead, TaskDefinitionStatus};
