//! The frames that ECS and a node's agent exchange over the agent's websocket.
//!
//! The names are those of Amazon's agent communication service, as published in its own agent
//! (`ecs-agent/acs/model/api/api-2.json` of aws/amazon-ecs-agent), so that an unmodified agent
//! understands our frames and we understand its. The one frame that is ours, [`NodeState`], is
//! sent only to an agent that asks for it with [`NODE_STATE_QUERY`].

#![forbid(unsafe_code)]

mod address_set;
mod docker;
mod frame;
mod health;
mod instance_status;
mod node_state;
mod payload;

pub use address_set::{AddressSet, SET_ADDRESSES_MAX};
pub use docker::{Config, Device, Healthcheck, HostConfig, LogConfig, Ulimit};
pub use frame::{
    Ack, Frame, FrameError, Heartbeat, HeartbeatAck, MAX_FRAME_BYTES, NODE_STATE_QUERY,
    READ_BUFFER_BYTES, Refusal,
};
pub use health::{ContainerHealth, HEALTH_TASKS_MAX, Health, TaskHealth};
pub use instance_status::{
    CONTAINER_RUNTIME, INSTANCE_STATUSES_MAX, InstanceStatus, InstanceStatuses,
};
pub use node_state::{
    Interface, NodeState, RuleSource, SecurityGroup, SecurityGroupRule, Subnet, Vpc,
};
pub use payload::{
    Container, ContainerDependency, DockerConfig, DockerVolume, ElasticNetworkInterface,
    HostVolume, Ipv4Address, MountPoint, Payload, PortMapping, RestartPolicy, Task, Volume,
    VolumeFrom,
};
