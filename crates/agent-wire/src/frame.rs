//! The envelope `{"type": T, "message": {...}}` and the small frames.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Health, InstanceStatuses, NodeState, Payload};

/// The largest frame either side accepts: a payload holds ten tasks of ten containers at most,
/// each with 64 KiB of definition (the ECS quota for a task definition).
pub const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;
/// What either side of a session reads at once. A frame that is larger is read in more than one step;
/// a control plane has a session for each of thousands of nodes.
pub const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The query parameter of the websocket's URL with which an agent asks for [`NodeState`] frames.
pub const NODE_STATE_QUERY: &str = "longshoreNodeState";

/// One frame, in either direction.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// Tasks that the node is to run or stop (`PayloadMessage`).
    Payload(Payload),
    /// "I am here" from the server (`HeartbeatMessage`).
    Heartbeat(Heartbeat),
    /// The agent's answer to a heartbeat (`HeartbeatAckRequest`).
    HeartbeatAck(HeartbeatAck),
    /// The agent has written down what a message asks for (`AckRequest`).
    Ack(Ack),
    /// All that the agent's own protocol cannot carry (`LongshoreNodeState`).
    NodeState(NodeState),
    /// How healthy containers are, from the agent (`PublishHealthRequest`).
    Health(Health),
    /// How well the node itself is, from the agent (`PublishInstanceStatusRequest`).
    InstanceStatuses(InstanceStatuses),
    /// The server ends the session and says why (an `...Exception`).
    Refusal(Refusal),
    /// A frame that this version does not know; it is passed over.
    Unknown(String),
}

/// A heartbeat of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Heartbeat {
    /// True where the server takes the connection for healthy.
    pub healthy: bool,
    /// A UUID.
    pub message_id: String,
}

/// The answer to a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HeartbeatAck {
    /// The heartbeat's id.
    pub message_id: String,
}

/// The receipt of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ack {
    /// The cluster, as the message named it.
    pub cluster: String,
    /// The container instance's ARN.
    pub container_instance: String,
    /// The message's id.
    pub message_id: String,
}

/// Why the server ended a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The exception's name, for instance `InactiveInstanceException`.
    pub code: String,
    /// In words.
    pub message: String,
}

/// Why a text is no frame.
#[derive(Debug)]
pub struct FrameError(serde_json::Error);

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no frame of the agent protocol: {}", self.0)
    }
}

impl std::error::Error for FrameError {}

#[derive(Deserialize)]
struct Incoming<'a> {
    r#type: String,
    #[serde(borrow)]
    message: Option<&'a serde_json::value::RawValue>,
}

#[derive(Serialize)]
struct Outgoing<'a, T> {
    r#type: &'a str,
    message: &'a T,
}

#[derive(Serialize, Deserialize)]
struct RefusalMessage {
    #[serde(default)]
    message: String,
}

const PAYLOAD: &str = "PayloadMessage";
const HEARTBEAT: &str = "HeartbeatMessage";
const HEARTBEAT_ACK: &str = "HeartbeatAckRequest";
const ACK: &str = "AckRequest";
const NODE_STATE: &str = "LongshoreNodeState";
const HEALTH: &str = "PublishHealthRequest";
const INSTANCE_STATUSES: &str = "PublishInstanceStatusRequest";

impl Frame {
    /// Reads a frame.
    ///
    /// # Errors
    /// When the text is not JSON, or a known frame's message is not of its form.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        fn message<T: DeserializeOwned>(incoming: &Incoming<'_>) -> Result<T, FrameError> {
            let text = incoming
                .message
                .map_or("{}", serde_json::value::RawValue::get);
            serde_json::from_str(text).map_err(FrameError)
        }
        let incoming: Incoming<'_> = serde_json::from_str(text).map_err(FrameError)?;
        Ok(match incoming.r#type.as_str() {
            PAYLOAD => Self::Payload(message(&incoming)?),
            HEARTBEAT => Self::Heartbeat(message(&incoming)?),
            HEARTBEAT_ACK => Self::HeartbeatAck(message(&incoming)?),
            ACK => Self::Ack(message(&incoming)?),
            NODE_STATE => Self::NodeState(message(&incoming)?),
            HEALTH => Self::Health(message(&incoming)?),
            INSTANCE_STATUSES => Self::InstanceStatuses(message(&incoming)?),
            other if other.ends_with("Exception") => {
                let RefusalMessage { message } = message(&incoming)?;
                Self::Refusal(Refusal {
                    code: other.to_owned(),
                    message,
                })
            }
            other => Self::Unknown(other.to_owned()),
        })
    }

    /// The frame as text.
    ///
    /// # Errors
    /// When a number in it is not finite, which no frame of ours holds.
    pub fn to_text(&self) -> Result<String, FrameError> {
        fn text<T: Serialize>(name: &str, message: &T) -> Result<String, FrameError> {
            serde_json::to_string(&Outgoing {
                r#type: name,
                message,
            })
            .map_err(FrameError)
        }
        match self {
            Self::Payload(message) => text(PAYLOAD, message),
            Self::Heartbeat(message) => text(HEARTBEAT, message),
            Self::HeartbeatAck(message) => text(HEARTBEAT_ACK, message),
            Self::Ack(message) => text(ACK, message),
            Self::NodeState(message) => text(NODE_STATE, message),
            Self::Health(message) => text(HEALTH, message),
            Self::InstanceStatuses(message) => text(INSTANCE_STATUSES, message),
            Self::Refusal(Refusal { code, message }) => text(
                code,
                &RefusalMessage {
                    message: message.clone(),
                },
            ),
            Self::Unknown(name) => text(name, &serde_json::Map::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The payload that an unmodified amazon-ecs-agent 1.105.1 ran, as captured.
    const CAPTURED: &str = r#"{"type": "PayloadMessage", "message": {"clusterArn": "default",
        "containerInstanceArn": "ARN", "messageId": "UUID", "seqNum": 1, "generatedAt": 1795189590000,
        "tasks": [{"arn": "TASK", "family": "demo", "version": "1", "taskDefinitionAccountId": "123456789012",
        "desiredStatus": "RUNNING", "overrides": "{}", "launchType": "EC2", "networkMode": "none", "cpu": 0,
        "memory": 64, "volumes": [], "containers": [{"name": "app", "image": "bb:1", "cpu": 64, "memory": 64,
        "essential": true, "entryPoint": ["/bin/sh", "-c"], "command": ["..."], "environment": {"A": "b"},
        "links": [], "mountPoints": [], "volumesFrom": [], "portMappings": [], "overrides": "{}",
        "dockerConfig": {"config": "{}", "hostConfig": "{\"NetworkMode\":\"none\"}"}}]}]}}"#;

    #[test]
    fn the_captured_payload_is_understood_and_survives_a_round_trip() {
        let frame = Frame::parse(CAPTURED).unwrap();
        let Frame::Payload(payload) = &frame else {
            panic!("not a payload: {frame:?}");
        };
        assert_eq!(payload.tasks[0].containers[0].environment["A"], "b");
        assert_eq!(Frame::parse(&frame.to_text().unwrap()).unwrap(), frame);
    }

    #[test]
    fn what_the_agent_sends_is_understood() {
        let ack = r#"{"type":"AckRequest","message":{"cluster":"default","containerInstance":"arn","messageId":"816d"}}"#;
        assert!(matches!(Frame::parse(ack).unwrap(), Frame::Ack(ack) if ack.message_id == "816d"));
        let unknown = r#"{"type":"SomethingNew","message":{"a":1}}"#;
        assert_eq!(
            Frame::parse(unknown).unwrap(),
            Frame::Unknown("SomethingNew".into())
        );
        assert!(Frame::parse("[]").is_err());
        assert!(Frame::parse("").is_err());
    }

    #[test]
    fn health_has_the_names_of_amazons_telemetry() {
        let text = r#"{"type":"PublishHealthRequest","message":{"tasks":[{"taskArn":"arn",
            "taskDefinitionFamily":"web","taskDefinitionVersion":"3","containers":[{"containerName":"app",
            "healthStatus":"UNHEALTHY","statusSince":1795189590.25}]}]}}"#;
        let frame = Frame::parse(text).unwrap();
        let Frame::Health(health) = &frame else {
            panic!("not health: {frame:?}");
        };
        let container = &health.tasks[0].containers[0];
        assert_eq!(container.container_name, "app");
        assert_eq!(container.health_status, "UNHEALTHY");
        assert!((container.status_since - 1_795_189_590.25).abs() < 1e-6);
        assert_eq!(Frame::parse(&frame.to_text().unwrap()).unwrap(), frame);
    }

    #[test]
    fn what_a_node_knows_of_itself_survives_a_round_trip() {
        let text = r#"{"type":"PublishInstanceStatusRequest","message":{"statuses":[{"type":
            "CONTAINER_RUNTIME","status":"OK","lastUpdated":2.5,"lastStatusChange":1.5}]}}"#;
        let frame = Frame::parse(text).unwrap();
        let Frame::InstanceStatuses(known) = &frame else {
            panic!("no status: {frame:?}");
        };
        assert_eq!(known.statuses[0].r#type, crate::CONTAINER_RUNTIME);
        assert_eq!(Frame::parse(&frame.to_text().unwrap()).unwrap(), frame);
    }

    #[test]
    fn environment_values_are_not_printed() {
        let frame = Frame::parse(CAPTURED).unwrap();
        assert!(!format!("{frame:?}").contains("\"b\""));
    }
}
