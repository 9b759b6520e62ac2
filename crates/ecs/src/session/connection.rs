//! One agent's websocket.

use std::time::Duration;

use agent_wire as wire;
use agent_wire::{
    Frame, HEALTH_TASKS_MAX, Health, Heartbeat, MAX_FRAME_BYTES, NODE_STATE_QUERY,
    READ_BUFFER_BYTES, Refusal,
};
use ambient::Timestamp;
use aws_core::{Caller, Common, Principal};
use futures_util::{SinkExt, StreamExt};
use records::RecordError;
use records::ecs::{ContainerHealth, HealthStatus, Node};
use store::Revision;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use super::SessionServer;
use super::outbox::{Batch, Outbox};
use crate::plan::life;
use crate::sentences;

/// How often the agent is told that the connection is alive. Amazon's agent gives a silent one
/// up after about a minute.
const HEARTBEAT_PERIOD: Duration = Duration::from_secs(20);
/// An agent that has said nothing for this long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(70);
/// How often it is looked whether something must be sent again.
const RESEND_PERIOD: Duration = Duration::from_secs(1);
/// Who else is in a network is told to a node at most this often. What becomes of its own tasks is
/// told at once, with all that is then known of networks.
const NETWORKS_PERIOD: Duration = Duration::from_millis(400);
/// A frame that the agent does not take within this time ends the session.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an agent may take to close a session that is over.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
const MILLIS_PER_SECOND: f64 = 1000.0;

/// How a session began: what stands in the URL of the websocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The node's ARN as a container instance.
    pub instance_arn: String,
    /// Its id.
    pub node: String,
    /// True where the agent understands our own frame.
    pub wants_node_state: bool,
}

/// Why a session ended.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The websocket failed.
    #[error("the agent's websocket failed: {0}")]
    Socket(#[from] Box<tokio_tungstenite::tungstenite::Error>),
    /// A frame could not be read or written.
    #[error("a frame of the agent's session is malformed: {0}")]
    Frame(#[from] agent_wire::FrameError),
    /// The store failed.
    #[error("the store failed during an agent's session: {0}")]
    Records(#[from] RecordError),
    /// Nothing was heard or taken for too long.
    #[error("the agent has gone silent")]
    Silent,
}

impl From<tokio_tungstenite::tungstenite::Error> for SessionError {
    fn from(error: tokio_tungstenite::tungstenite::Error) -> Self {
        Self::Socket(Box::new(error))
    }
}

impl Opening {
    /// Reads the query of `/acs/ws?...` and checks that the caller may open this session.
    ///
    /// # Errors
    /// When the query names no node, or one that is not the caller.
    pub fn parse(caller: &Caller, query: &[(String, String)]) -> Result<Self, Common> {
        let find = |name: &str| {
            query
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let instance_arn = find("containerInstanceArn").unwrap_or_default();
        let arn: aws_core::Arn = instance_arn
            .parse()
            .map_err(|_| Common::Validation(sentences::POLL_NAMES_NO_INSTANCE.to_owned()))?;
        caller.authorise(&arn)?;
        let node = arn
            .resource
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Principal::Instance { instance_id, .. } = &caller.principal
            && *instance_id != node
        {
            return Err(Common::AccessDenied(sentences::poll_of_other_node(
                &caller.principal.arn(),
                &arn,
            )));
        }
        Ok(Self {
            instance_arn: instance_arn.to_owned(),
            node,
            wants_node_state: find(NODE_STATE_QUERY).is_some(),
        })
    }
}

impl SessionServer {
    /// Serves one session over a connection that was upgraded, until either side ends it.
    ///
    /// # Errors
    /// Why it ended, where the agent did not close it.
    pub async fn serve<S>(
        &self,
        stream: S,
        caller: &Caller,
        opening: &Opening,
    ) -> Result<(), SessionError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        if self
            .records
            .get(&Node::key(&caller.account, &opening.node))?
            .is_none()
        {
            let refusal = Frame::Refusal(Refusal {
                code: "InactiveInstanceException".to_owned(),
                message: "The container instance is not registered: register it again.".to_owned(),
            });
            send(&mut socket, &refusal).await?;
            return close(&mut socket).await;
        }
        // A board that has not read the store yet shows no tasks, and the agent would stop all it has.
        self.board.catch_up().await;
        let number = self.sessions.enter(&opening.node);
        tracing::info!(node = %opening.node, "agent connected");
        let result = self.talk(&mut socket, opening, number).await;
        self.sessions
            .leave(&opening.node, number, self.clock.monotonic());
        tracing::info!(node = %opening.node, "agent disconnected");
        result
    }

    async fn talk<S>(
        &self,
        socket: &mut WebSocketStream<S>,
        opening: &Opening,
        number: u64,
    ) -> Result<(), SessionError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let mut outbox = Outbox::default();
        let mut tasks = self.board.subscribe_node(&opening.node);
        let mut networks = self.board.subscribe_networks();
        // When it may next be told who else is in a network, on the monotonic clock.
        let mut networks_from = Duration::ZERO;
        // Whether the board must be looked at again.
        let mut news = true;
        let mut heartbeat = tokio::time::interval(HEARTBEAT_PERIOD);
        let mut resend = tokio::time::interval(RESEND_PERIOD);
        let mut heard = self.clock.monotonic();
        loop {
            if !self.sessions.is_newest(&opening.node, number) {
                return close(socket).await;
            }
            if news && networks.has_changed().unwrap_or_default() {
                networks.mark_unchanged();
                networks_from = self.clock.monotonic() + NETWORKS_PERIOD;
            }
            let batch = outbox.due(self, opening, std::mem::take(&mut news))?;
            self.send_batch(socket, batch).await?;
            let pause = networks_from.saturating_sub(self.clock.monotonic());
            tokio::select! {
                _ = tasks.changed() => news = true,
                () = changed_after(&mut networks, pause) => {
                    news = true;
                    networks_from = self.clock.monotonic() + NETWORKS_PERIOD;
                }
                _ = resend.tick() => {}
                _ = heartbeat.tick() => {
                    if self.clock.monotonic().saturating_sub(heard) > SILENCE_MAX {
                        return Err(SessionError::Silent);
                    }
                    let frame = Frame::Heartbeat(Heartbeat {
                        healthy: true,
                        message_id: self.random.uuid(),
                    });
                    send(socket, &frame).await?;
                }
                message = socket.next() => {
                    heard = self.clock.monotonic();
                    match message {
                        None => return Ok(()),
                        Some(Ok(Message::Text(text))) => {
                            match Frame::parse(&text)? {
                                Frame::Ack(ack) => outbox.acknowledge(&ack.message_id),
                                Frame::Health(health) => {
                                    self.take_health(opening, number, &health).await?;
                                }
                                Frame::InstanceStatuses(said) => {
                                    self.sessions.tell(&opening.node, number, said);
                                }
                                _ => {}
                            }
                        }
                        Some(Ok(Message::Close(_))) => return Ok(()),
                        // Pings are answered by the library; nothing else carries meaning.
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(error.into()),
                    }
                }
            }
        }
    }

    /// Keeps what a node says of its own tasks' health, and nothing that it says of others'. An older
    /// session's news comes too late: the newer one has told all anew.
    async fn take_health(
        &self,
        opening: &Opening,
        number: u64,
        health: &Health,
    ) -> Result<(), SessionError> {
        for said in health.tasks.iter().take(HEALTH_TASKS_MAX) {
            let tasks = self.board.tasks_of_node(&opening.node);
            let Some(task) = tasks
                .iter()
                .find(|task| task.record.arn().to_string() == said.task_arn)
            else {
                continue;
            };
            for container in &said.containers {
                let Some(found) = container_health(container) else {
                    continue;
                };
                let name = container.container_name.as_str();
                self.records
                    .change(&task.record.own_key(), |known| {
                        // Asked at each attempt: a newer session may have begun, and told more.
                        let known = known
                            .filter(|task| task.holds_resources_of(&opening.node))
                            .filter(|_| self.sessions.is_newest(&opening.node, number));
                        Ok::<_, RecordError>(
                            known.and_then(|task| life::after_health(task, name, found)),
                        )
                    })
                    .await?;
            }
        }
        Ok(())
    }

    async fn send_batch<S>(
        &self,
        socket: &mut WebSocketStream<S>,
        batch: Batch,
    ) -> Result<(), SessionError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        for frame in &batch.frames {
            send(socket, frame).await?;
        }
        for task in batch.stops {
            self.records
                .change(&task.own_key(), |known| {
                    Ok::<_, RecordError>(known.and_then(life::after_stop_sent))
                })
                .await?;
        }
        Ok(())
    }
}

/// Waits for that long, then for a change that was not seen yet. Nothing is lost where the wait is
/// given up.
async fn changed_after(networks: &mut watch::Receiver<Revision>, pause: Duration) {
    tokio::time::sleep(pause).await;
    if networks.changed().await.is_err() {
        // The board is gone, and the session with it.
        std::future::pending::<()>().await;
    }
}

fn container_health(said: &wire::ContainerHealth) -> Option<ContainerHealth> {
    let status = match said.health_status.as_str() {
        "HEALTHY" => HealthStatus::Healthy,
        "UNHEALTHY" => HealthStatus::Unhealthy,
        "UNKNOWN" => HealthStatus::Unknown,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond an integer is cut to it"
    )]
    let millis = (said.status_since * MILLIS_PER_SECOND) as i64;
    Some(ContainerHealth {
        status,
        since: Timestamp::from_millis(millis),
    })
}

async fn close<S>(socket: &mut WebSocketStream<S>) -> Result<(), SessionError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    tokio::time::timeout(CLOSE_TIMEOUT, socket.close(None))
        .await
        .map_err(|_| SessionError::Silent)??;
    Ok(())
}

async fn send<S>(socket: &mut WebSocketStream<S>, frame: &Frame) -> Result<(), SessionError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let text = frame.to_text()?;
    tokio::time::timeout(SEND_TIMEOUT, socket.send(Message::text(text)))
        .await
        .map_err(|_| SessionError::Silent)??;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixtures::{self, HandClock};
    use crate::{Board, Config};
    use ambient::{Clock, SystemRandom};
    use aws_core::{Arn, Authoriser, Decision};

    struct Everything;

    impl Authoriser for Everything {
        fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
            Decision::Allow
        }
    }

    #[tokio::test]
    async fn a_node_is_told_nothing_before_the_board_is_read() {
        let clock = Arc::new(HandClock::default());
        let records = fixtures::records(&clock);
        let task = fixtures::placed_task();
        let node = fixtures::node();
        let mut transaction = records.transaction();
        transaction.create(&task.own_key(), &task).unwrap();
        let key = Node::key(&task.account, &node.id);
        transaction.create(&key, &node).unwrap();
        transaction.commit().await.unwrap();
        let board = Arc::new(Board::new(records.clone()));
        let server = SessionServer {
            records,
            board: Arc::clone(&board),
            sessions: Arc::default(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Arc::new(SystemRandom),
            config: Config {
                endpoint: String::new(),
                registry_hosts: Vec::new(),
            },
        };
        let caller = Caller {
            principal: Principal::Instance {
                account: task.account.clone(),
                instance_id: node.id.clone(),
            },
            account: task.account.clone(),
            region: task.region.clone(),
            request_id: String::new(),
            host: None,
            action: "ecs:Poll".into(),
            authoriser: Arc::new(Everything),
        };
        let opening = Opening {
            instance_arn: node.arn(&task.account).to_string(),
            node: node.id.clone(),
            wants_node_state: true,
        };
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move { server.serve(theirs, &caller, &opening).await });
        let mut agent = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        // As long as the store is not read, there is nothing true to say.
        let early = tokio::time::timeout(Duration::from_millis(100), agent.next()).await;
        assert!(early.is_err(), "{early:?}");
        tokio::spawn(async move { board.follow().await });
        let first = tokio::time::timeout(Duration::from_secs(10), agent.next())
            .await
            .unwrap();
        let text = first.unwrap().unwrap().into_text().unwrap();
        let Frame::NodeState(state) = Frame::parse(&text).unwrap() else {
            panic!("the state comes first, and not {text}");
        };
        assert_eq!(state.tasks, [task.arn().to_string()]);
    }
}
