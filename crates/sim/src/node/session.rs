//! A pretend node's side of its session: registers, opens the websocket, takes what comes.

use std::collections::BTreeSet;

use agent_wire::{Ack, Frame, HeartbeatAck, NodeState, Payload, READ_BUFFER_BYTES};
use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;
use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use super::tasks::Local;
use super::{Action, End, Fault, Node};
use crate::clock::Turn;
use crate::options::Weakness;

/// The attribute with which a node offers itself to Fargate.
const FARGATE_ATTRIBUTE: &str = "longshore.capacity.fargate";
/// The server sends a heartbeat every twenty seconds; after this long without one it is gone.
const SILENCE_MAX_MILLIS: u64 = 70_000;

type Socket = WebSocketStream<DuplexStream>;

/// What is known within one session.
struct Talk {
    number: u64,
    instance_arn: String,
    /// The tasks of the session's first state that no payload of it has named so far; `None`
    /// before the first state, and empty once the losses were told.
    unheard_of: Option<BTreeSet<String>>,
    named: BTreeSet<String>,
    last_sequence: i64,
    losses_told: bool,
}

impl Node {
    /// One session, from registration to its end.
    pub(super) async fn session(&mut self) -> End {
        let Some(instance_arn) = self.register().await else {
            return End::Lost;
        };
        self.world.clock.turn(Turn::Session(self.index), 0).await;
        let Some(stream) = self.world.plane.connect(&self.id, &instance_arn) else {
            return End::Lost;
        };
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await;
        self.sessions += 1;
        let mut talk = Talk {
            number: self.sessions,
            instance_arn,
            unheard_of: None,
            named: BTreeSet::new(),
            last_sequence: 0,
            losses_told: false,
        };
        self.talk(&mut socket, &mut talk).await
    }

    async fn register(&self) -> Option<String> {
        let integer = |name: &str, value: i32| model::Resource {
            name: Some(name.to_owned()),
            r#type: Some("INTEGER".to_owned()),
            integer_value: Some(value),
            ..model::Resource::default()
        };
        let input = model::RegisterContainerInstanceRequest {
            attributes: Some(vec![model::Attribute {
                name: Some(FARGATE_ATTRIBUTE.to_owned()),
                ..model::Attribute::default()
            }]),
            total_resources: Some(vec![
                integer("CPU", self.size.0),
                integer("MEMORY", self.size.1),
            ]),
            ..model::RegisterContainerInstanceRequest::default()
        };
        let plane = &self.world.plane;
        let caller = plane.node(&self.id, "RegisterContainerInstance");
        let registered = plane
            .call(|ecs| async move { ecs.register_container_instance(&caller, input).await })
            .await
            .ok()?;
        let instance_arn = registered.container_instance?.container_instance_arn?;
        let caller = plane.node(&self.id, "DiscoverPollEndpoint");
        let input = model::DiscoverPollEndpointRequest {
            container_instance: Some(instance_arn.clone()),
            ..model::DiscoverPollEndpointRequest::default()
        };
        plane
            .call(|ecs| async move { ecs.discover_poll_endpoint(&caller, input).await })
            .await
            .ok()?
            .endpoint?;
        Some(instance_arn)
    }

    async fn talk(&mut self, socket: &mut Socket, talk: &mut Talk) -> End {
        let mut heard = self.world.clock.millis();
        loop {
            let silent_at = self.world.clock.next(
                self.turn(),
                (heard + SILENCE_MAX_MILLIS).saturating_sub(self.world.clock.millis()),
            );
            let wake = [self.agenda.next(), self.next_fault, Some(silent_at)]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(silent_at);
            tokio::select! {
                biased;
                message = socket.next() => {
                    heard = self.world.clock.millis();
                    let text = match message {
                        Some(Ok(Message::Text(text))) => text,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Lost,
                        Some(Ok(_)) => continue,
                    };
                    match Frame::parse(&text) {
                        Ok(frame) => {
                            if let Some(end) = self.take_frame(socket, talk, frame).await {
                                return end;
                            }
                        }
                        Err(error) => {
                            self.world.trace.violation(&format!("a frame is malformed: {error}"));
                            return End::Lost;
                        }
                    }
                }
                Some(outcome) = self.outcomes.recv() => self.take_outcome(outcome),
                () = self.world.clock.until(wake) => {
                    for (number, ack) in self.act() {
                        if number == talk.number && !send(socket, Frame::Ack(ack)).await {
                            return End::Lost;
                        }
                    }
                    let now = self.world.clock.millis();
                    if self.next_fault.is_some_and(|at| at <= now) {
                        match self.fault() {
                            Some(Fault::Hang) => {
                                let short = self.fault_dice.percent(70);
                                let most = if short { 6_000 } else { 90_000 };
                                let millis = self.fault_dice.between(100, most);
                                self.world.trace.note(&format!("node {} hangs", self.index));
                                self.pass(millis).await;
                                self.draw_fault();
                                heard = self.world.clock.millis();
                            }
                            Some(fault) => {
                                self.world.trace.note(&format!("node {}: {fault:?}", self.index));
                                return End::Fault(fault);
                            }
                            None => {}
                        }
                    }
                    if now >= heard + SILENCE_MAX_MILLIS {
                        self.world.trace.violation(&format!(
                            "node {} heard nothing for {SILENCE_MAX_MILLIS} ms of an open session",
                            self.index
                        ));
                        return End::Lost;
                    }
                }
            }
        }
    }

    async fn take_frame(
        &mut self,
        socket: &mut Socket,
        talk: &mut Talk,
        frame: Frame,
    ) -> Option<End> {
        match frame {
            Frame::Heartbeat(heartbeat) => {
                self.tell_losses(talk);
                let answer = Frame::HeartbeatAck(HeartbeatAck {
                    message_id: heartbeat.message_id,
                });
                (!send(socket, answer).await).then_some(End::Lost)
            }
            Frame::Payload(payload) => self.take_payload(socket, talk, payload).await,
            Frame::NodeState(state) => {
                self.take_state(talk, &state);
                None
            }
            Frame::Refusal(refusal) => {
                self.world.trace.violation(&format!(
                    "node {} was refused: {}: {}",
                    self.index, refusal.code, refusal.message
                ));
                Some(End::Lost)
            }
            Frame::Ack(_)
            | Frame::HeartbeatAck(_)
            | Frame::Health(_)
            | Frame::InstanceStatuses(_)
            | Frame::Unknown(_) => None,
        }
    }

    async fn take_payload(
        &mut self,
        socket: &mut Socket,
        talk: &mut Talk,
        payload: Payload,
    ) -> Option<End> {
        let broken = |what: &str| {
            self.world
                .trace
                .violation(&format!("a payload for node {} {what}", self.index));
        };
        if payload.seq_num <= talk.last_sequence {
            broken("is not numbered higher than the last");
        }
        if payload.container_instance_arn != talk.instance_arn {
            broken("is for another node");
        }
        talk.last_sequence = payload.seq_num;
        talk.named
            .extend(payload.tasks.iter().map(|task| task.arn.clone()));
        let dice = self.dice_for(&format!("payload {}", payload.seq_num));
        if self.world.fails(&dice, 4) {
            // Gone before it was written down, and the session with it.
            return Some(End::Fault(Fault::Cut));
        }
        if self.world.fails(&dice, 4) {
            // Gone without a trace: it must be sent again.
            return None;
        }
        for task in payload.tasks {
            self.take_task(task);
        }
        if self.world.fails(&dice, 4) {
            // Written down, and cut before that could be said.
            return Some(End::Fault(Fault::Cut));
        }
        let ack = Ack {
            cluster: payload.cluster_arn,
            container_instance: talk.instance_arn.clone(),
            message_id: payload.message_id,
        };
        if self.world.fails(&dice, 12) {
            // The agent hangs; what is sent again meanwhile is read after it.
            let millis = dice.between(4_000, 12_000);
            self.pass(millis).await;
        }
        if self.world.fails(&dice, 15) {
            let late = dice.between(100, 12_000);
            self.plan(late, Action::Acknowledge(talk.number, ack));
            return None;
        }
        (!send(socket, Frame::Ack(ack)).await).then_some(End::Lost)
    }

    fn take_task(&mut self, task: agent_wire::Task) {
        let arn = task.arn;
        let wanted_stopped = task.desired_status == "STOPPED";
        if self.tasks.contains_key(&arn) {
            if wanted_stopped {
                self.stop(&arn);
            } else if self.world.options.weakness == Some(Weakness::NodeStartsAgain) {
                self.world.witness.started(&arn, &self.id);
            }
            return;
        }
        if self.ended.contains(&arn) {
            return;
        }
        let containers: Vec<String> = task.containers.iter().map(|one| one.name.clone()).collect();
        if wanted_stopped {
            let unknown = Local::unknown(containers, "");
            self.tasks.insert(arn.clone(), unknown);
            self.plan(0, Action::Report(arn));
            return;
        }
        let interface = task.elastic_network_interfaces.first();
        let told = interface.and_then(|one| self.interfaces.get(&one.ec2_id));
        let address = interface
            .and_then(|one| one.ipv4_addresses.first())
            .and_then(|one| one.private_address.parse().ok());
        if told.is_none() || told.copied() != address {
            self.world.trace.violation(&format!(
                "{arn} came without an interface of the node's state"
            ));
        }
        self.take_on(&arn, containers);
    }

    fn take_state(&mut self, talk: &mut Talk, state: &NodeState) {
        let number = (state.epoch, state.generation);
        if self.newest_state.is_some_and(|newest| newest > number) {
            self.world
                .trace
                .violation(&format!("node {} was sent an older state", self.index));
            return;
        }
        self.newest_state = Some(number);
        self.interfaces = state
            .interfaces
            .iter()
            .map(|one| (one.id.clone(), one.address))
            .collect();
        let named: BTreeSet<&String> = state.tasks.iter().collect();
        let unwanted: Vec<String> = self
            .tasks
            .keys()
            .filter(|arn| !named.contains(arn))
            .cloned()
            .collect();
        for arn in unwanted {
            self.stop(&arn);
        }
        if talk.unheard_of.is_none() {
            talk.unheard_of = Some(state.tasks.iter().cloned().collect());
        }
    }

    /// Says which tasks this node is supposed to have and knows nothing of. Whatever it is still
    /// to be told of in this session came between the first state and the first heartbeat.
    fn tell_losses(&mut self, talk: &mut Talk) {
        if talk.losses_told {
            return;
        }
        talk.losses_told = true;
        if self.world.options.weakness == Some(Weakness::NodeKeepsQuietOfLosses) {
            return;
        }
        for arn in talk.unheard_of.take().unwrap_or_default() {
            let known = self.tasks.contains_key(&arn)
                || self.ended.contains(&arn)
                || talk.named.contains(&arn);
            if !known {
                let lost = Local::unknown(Vec::new(), "The node has lost the task");
                self.tasks.insert(arn.clone(), lost);
                self.plan(0, Action::Report(arn));
            }
        }
    }
}

async fn send(socket: &mut Socket, frame: Frame) -> bool {
    match frame.to_text() {
        Ok(text) => socket.send(Message::text(text)).await.is_ok(),
        Err(_) => false,
    }
}
