//! The agent's side of its session: register, find the endpoint, keep a websocket, hand on what
//! comes.

use std::sync::Arc;
use std::time::Duration;

use agent_wire::{
    Ack, Frame, HEALTH_TASKS_MAX, Health, HeartbeatAck, MAX_FRAME_BYTES, NODE_STATE_QUERY,
    NodeState, TaskHealth,
};
use ambient::{Clock, Random};
use aws_api::ecs;
use futures_util::{SinkExt, StreamExt};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::control_plane::{CallError, ControlPlane};
use crate::retry::RETRY_MAX;
use crate::{Config, Engine};
use crate::{capabilities, names};

/// The server sends a heartbeat every twenty seconds; after this long without one it is gone.
const SILENCE_MAX: Duration = Duration::from_secs(70);
/// How long until a state of the node that could not be made so is tried again.
const STATE_RETRY: Duration = Duration::from_secs(5);
/// How often the health of all tasks is told, changed or not, as Amazon's agent does.
const HEALTH_INTERVAL: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The first wait before another try; each failure doubles it.
const RETRY_FIRST: Duration = Duration::from_millis(50);
/// The attribute with which a node offers itself to Fargate.
const FARGATE_ATTRIBUTE: &str = "longshore.capacity.fargate";

/// Why a session ended.
#[derive(Debug, Error)]
pub enum SessionError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The websocket could not be opened, or failed.
    #[error("the session's websocket failed: {0}")]
    Socket(String),
    /// The server refused the session.
    #[error("the server ended the session: {code}: {message}")]
    Refused {
        /// The exception's name.
        code: String,
        /// In words.
        message: String,
    },
    /// Nothing was heard for too long.
    #[error("the server has gone silent")]
    Silent,
    /// A message could not be written down, and so not acknowledged.
    #[error("a message could not be kept: {0}")]
    NotKept(#[from] crate::EngineError),
}

/// Keeps a session for as long as the agent runs.
pub struct Session {
    /// What the agent was started with.
    pub config: Config,
    /// The control plane.
    pub control_plane: ControlPlane,
    /// Who does what the messages ask for.
    pub engine: Arc<Engine>,
    /// For deadlines.
    pub clock: Arc<dyn Clock>,
    /// So that nodes do not all come back at once.
    pub random: Arc<dyn Random>,
}

impl Session {
    /// Keeps a session until the future is dropped.
    pub async fn run(&self) {
        let mut wait = RETRY_FIRST;
        let mut registered = None;
        loop {
            let began = self.clock.monotonic();
            match self.serve(&mut registered).await {
                Ok(()) => tracing::info!("the session was closed; opening another"),
                Err(error) => tracing::warn!(%error, "the session ended; opening another"),
            }
            if self.clock.monotonic().saturating_sub(began) > RETRY_MAX {
                wait = RETRY_FIRST;
            }
            let [jitter] = self.random.bytes::<1>();
            // At most the wait, and at least half of it.
            tokio::time::sleep(wait.mul_f64(0.5 + f64::from(jitter) / 510.0)).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
    }

    /// `registered` is what this agent last registered as.
    async fn serve(&self, registered: &mut Option<String>) -> Result<(), SessionError> {
        let instance_arn = self.register(registered.clone()).await?;
        *registered = Some(instance_arn.clone());
        let discovered: ecs::DiscoverPollEndpointResponse = self
            .control_plane
            .call(
                &ecs::SERVICE,
                "DiscoverPollEndpoint",
                &self.config.region,
                &ecs::DiscoverPollEndpointRequest {
                    container_instance: Some(instance_arn.clone()),
                    ..ecs::DiscoverPollEndpointRequest::default()
                },
            )
            .await?;
        let endpoint = discovered.endpoint.unwrap_or_default();
        let mut socket = self.connect(&endpoint, &instance_arn).await?;
        tracing::info!(instance = %instance_arn, "connected to the control plane");
        self.talk(&mut socket, &instance_arn).await
    }

    /// An agent that comes back says as what it registered before: if it was deregistered meanwhile,
    /// it stays so.
    async fn register(&self, registered: Option<String>) -> Result<String, SessionError> {
        let integer = |name: &str, value: i32| ecs::Resource {
            name: Some(name.to_owned()),
            r#type: Some("INTEGER".to_owned()),
            integer_value: Some(value),
            ..ecs::Resource::default()
        };
        let attribute = |name: &str, value: Option<&str>| ecs::Attribute {
            name: Some(name.to_owned()),
            value: value.map(str::to_owned),
            ..ecs::Attribute::default()
        };
        let input = ecs::RegisterContainerInstanceRequest {
            cluster: self.config.cluster.clone(),
            container_instance_arn: registered,
            attributes: Some(
                [
                    attribute(FARGATE_ATTRIBUTE, None),
                    attribute("ecs.os-type", Some("linux")),
                    attribute("ecs.cpu-architecture", Some(capabilities::architecture())),
                ]
                .into_iter()
                .chain(capabilities::ALL.map(|name| attribute(name, None)))
                .collect(),
            ),
            total_resources: Some(vec![
                integer("CPU", self.config.cpu_units),
                integer("MEMORY", self.config.memory_mib),
            ]),
            version_info: Some(ecs::VersionInfo {
                agent_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                ..ecs::VersionInfo::default()
            }),
            ..ecs::RegisterContainerInstanceRequest::default()
        };
        let output: ecs::RegisterContainerInstanceResponse = self
            .control_plane
            .call(
                &ecs::SERVICE,
                "RegisterContainerInstance",
                &self.config.region,
                &input,
            )
            .await?;
        output
            .container_instance
            .and_then(|instance| instance.container_instance_arn)
            .ok_or_else(|| SessionError::Socket("the registration gave no ARN".to_owned()))
    }

    async fn connect(
        &self,
        endpoint: &str,
        instance_arn: &str,
    ) -> Result<WebSocketStream<TcpStream>, SessionError> {
        let socket_error = |error: String| SessionError::Socket(error);
        let rest = endpoint.strip_prefix("http://").ok_or_else(|| {
            socket_error(format!(
                "the endpoint {endpoint} is not plain http, which is all that this version speaks"
            ))
        })?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = format!("/{path}ws");
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        // The order is that of the captured agent, by name.
        let query = format!(
            "agentVersion={}&containerInstanceArn={}&{NODE_STATE_QUERY}=1&protocolVersion=2&seqNum=1&sendCredentials=true",
            encode(env!("CARGO_PKG_VERSION")),
            encode(instance_arn),
        );
        let headers = self
            .control_plane
            .signed_headers(
                &self.config.region,
                "ecs",
                "GET",
                &path,
                Some(&query),
                b"",
                |_| {},
            )
            .map_err(|error| socket_error(error.to_string()))?;
        let mut request = format!("ws://{authority}{path}?{query}")
            .into_client_request()
            .map_err(|error| socket_error(error.to_string()))?;
        for (name, value) in &headers {
            request.headers_mut().insert(name, value.clone());
        }
        let open = async {
            let stream = names::connect(authority)
                .await
                .map_err(|error| socket_error(error.to_string()))?;
            let _ = stream.set_nodelay(true);
            let config = WebSocketConfig::default()
                .read_buffer_size(agent_wire::READ_BUFFER_BYTES)
                .max_message_size(Some(MAX_FRAME_BYTES))
                .max_frame_size(Some(MAX_FRAME_BYTES));
            let (socket, _) = client_async_with_config(request, stream, Some(config))
                .await
                .map_err(|error| socket_error(error.to_string()))?;
            Ok(socket)
        };
        tokio::time::timeout(CONNECT_TIMEOUT, open)
            .await
            .map_err(|_| socket_error("no answer in time".to_owned()))?
    }

    /// Gives the state back where it could not be made so.
    async fn take_state(&self, state: NodeState) -> Option<NodeState> {
        match self.engine.accept_state(state.clone()).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(%error, "the node's state could not be made so; it is tried again");
                Some(state)
            }
        }
    }

    async fn tell_health(
        &self,
        socket: &mut WebSocketStream<TcpStream>,
        tasks: Vec<TaskHealth>,
    ) -> Result<(), SessionError> {
        for tasks in tasks.chunks(HEALTH_TASKS_MAX) {
            let health = Health {
                tasks: tasks.to_vec(),
            };
            send(socket, &Frame::Health(health)).await?;
        }
        Ok(())
    }

    async fn talk(
        &self,
        socket: &mut WebSocketStream<TcpStream>,
        instance_arn: &str,
    ) -> Result<(), SessionError> {
        // A state that could not be made so, for instance because nftables failed. The session goes
        // on meanwhile, so that tasks can still be stopped.
        let mut not_made: Option<NodeState> = None;
        // When it is tried again. Kept here: something comes all the time, and must not put it off.
        let mut make_at = Duration::ZERO;
        // The tasks that the first state of this session names. All of them that are still to be
        // started come as payloads before the first heartbeat; what is not known by then is lost.
        let mut expected: Option<Vec<String>> = None;
        let mut settled = false;
        let mut heard = self.clock.monotonic();
        // What this node knows of itself: at once, and whenever it has looked.
        let mut statuses = self.engine.statuses();
        statuses.mark_changed();
        // When the health of all tasks is told next; from the first state on.
        let mut tell_all: Option<Duration> = None;
        loop {
            let now = self.clock.monotonic();
            if tell_all.is_some_and(|at| at <= now) {
                tell_all = Some(now + HEALTH_INTERVAL);
                self.tell_health(socket, self.engine.health().all()).await?;
            }
            if make_at <= now
                && let Some(state) = not_made.take()
            {
                not_made = self.take_state(state).await;
                make_at = self.clock.monotonic() + STATE_RETRY;
                continue;
            }
            let silence = now.saturating_sub(heard);
            let message = tokio::select! {
                changed = self.engine.health().changes(), if tell_all.is_some() => {
                    self.tell_health(socket, changed).await?;
                    continue;
                }
                Ok(()) = statuses.changed() => {
                    let known = statuses.borrow_and_update().clone();
                    if !known.statuses.is_empty() {
                        send(socket, &Frame::InstanceStatuses(known)).await?;
                    }
                    continue;
                }
                () = tokio::time::sleep(tell_all.unwrap_or_default().saturating_sub(now)), if tell_all.is_some() => {
                    continue;
                }
                message = tokio::time::timeout(SILENCE_MAX.saturating_sub(silence), socket.next()) => {
                    message.map_err(|_| SessionError::Silent)?
                }
                () = tokio::time::sleep(make_at.saturating_sub(now)), if not_made.is_some() => {
                    continue;
                }
            };
            heard = self.clock.monotonic();
            let text = match message {
                None | Some(Ok(Message::Close(_))) => return Ok(()),
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(SessionError::Socket(error.to_string())),
            };
            let frame =
                Frame::parse(&text).map_err(|error| SessionError::Socket(error.to_string()))?;
            let answer = match frame {
                Frame::Heartbeat(heartbeat) => {
                    if !settled && let Some(expected) = expected.take() {
                        self.engine.report_losses(&expected);
                        settled = true;
                    }
                    Some(Frame::HeartbeatAck(HeartbeatAck {
                        message_id: heartbeat.message_id,
                    }))
                }
                Frame::Payload(payload) => {
                    // Written down before it is acknowledged: what is acknowledged will be done.
                    let ack = Ack {
                        cluster: payload.cluster_arn.clone(),
                        container_instance: instance_arn.to_owned(),
                        message_id: payload.message_id.clone(),
                    };
                    self.engine.accept(payload).await?;
                    Some(Frame::Ack(ack))
                }
                Frame::NodeState(state) => {
                    if !settled && expected.is_none() {
                        expected = Some(state.tasks.clone());
                    }
                    not_made = self.take_state(state).await;
                    make_at = self.clock.monotonic() + STATE_RETRY;
                    tell_all.get_or_insert_with(|| self.clock.monotonic());
                    None
                }
                Frame::Refusal(refusal) => {
                    return Err(SessionError::Refused {
                        code: refusal.code,
                        message: refusal.message,
                    });
                }
                Frame::Ack(_)
                | Frame::HeartbeatAck(_)
                | Frame::Health(_)
                | Frame::InstanceStatuses(_)
                | Frame::Unknown(_) => None,
            };
            if let Some(answer) = answer {
                send(socket, &answer).await?;
            }
        }
    }
}

async fn send(socket: &mut WebSocketStream<TcpStream>, frame: &Frame) -> Result<(), SessionError> {
    let text = frame
        .to_text()
        .map_err(|error| SessionError::Socket(error.to_string()))?;
    socket
        .send(Message::text(text))
        .await
        .map_err(|error| SessionError::Socket(error.to_string()))
}
