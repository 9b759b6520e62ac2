//! Clusters, task definitions, tasks, nodes.

mod cluster;
mod node;
mod task;
mod task_definition;

pub use cluster::{Cluster, ClusterStatus};
pub use node::{FARGATE_CLUSTER, Node, NodeCapacity};
pub use task::{
    ClientToken, Container, ContainerStatus, DesiredStatus, LaunchType, StopCode, Task,
    TaskNetwork, TaskStatus, Timeline,
};
pub use task_definition::{Family, TaskDefinition, TaskDefinitionStatus};
