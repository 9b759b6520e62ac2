//! The service over a store in memory, with nodes that say what a test tells them to.

#![allow(dead_code, reason = "each file of tests uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use agent_wire::{Frame, NodeState, Payload};
use ambient::{Clock, SystemRandom, Timestamp};
use aws_api::ecs::Ecs as _;
use aws_core::{AccountId, Arn, Authoriser, Caller, Decision, Principal, Region};
use aws_schema::{Shape, Structure};
use ecs::reconcile::contact::Contact;
use ecs::reconcile::placement::Placement;
use ecs::reconcile::retention::Retention;
use ecs::session::Opening;
use ecs::{Board, Config, Ecs, SessionServer, Sessions};
use futures_util::{SinkExt, StreamExt};
use records::Records;
use records::ec2::{AddressLease, NetworkInterface, SecurityGroup, Subnet, Vpc, default_network};
use serde_json::Value;
use store::MemoryStore;
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Message, Role};

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request from its JSON.
pub(crate) fn input<T: Structure>(json: Value) -> T {
    aws_wire::document::deserialize(json).unwrap()
}

/// An answer as its JSON.
pub(crate) fn json<T: Structure>(output: &T) -> Value {
    aws_wire::document::serialize(output, serde_json::value::Serializer).unwrap()
}

/// What the gateway lets through to a handler.
pub(crate) fn gate(input: &dyn Shape) -> Result<(), String> {
    aws_wire::validate(input)
        .map_err(|violations| format!("InvalidParameterException: {violations}"))?;
    match aws_wire::unsupported(input) {
        None => Ok(()),
        Some(member) => Err(format!("NotSupported: {member}")),
    }
}

/// Calls an operation; its answer as JSON, or its error's text.
#[macro_export]
macro_rules! call {
    ($house:expr, $operation:ident, $($input:tt)+) => {{
        let caller = $house.caller(stringify!($operation));
        let input = $crate::house::input(serde_json::json!($($input)+));
        match $crate::house::gate(&input) {
            Ok(()) => {
                let result = $house.ecs.$operation(&caller, input).await;
                result.map(|output| $crate::house::json(&output)).map_err(|error| format!("{error:?}"))
            }
            Err(refusal) => Err(refusal),
        }
    }};
}

struct Everything;

impl Authoriser for Everything {
    fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
        Decision::Allow
    }
}

/// A clock that tests turn.
#[derive(Default)]
pub(crate) struct HandClock {
    wall_millis: AtomicI64,
    monotonic_millis: AtomicU64,
}

impl HandClock {
    pub(crate) fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.monotonic_millis.fetch_add(millis, Ordering::SeqCst);
        let millis = i64::try_from(millis).unwrap();
        self.wall_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.wall_millis.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic_millis.load(Ordering::SeqCst))
    }
}

/// A control plane without a door.
pub(crate) struct House {
    pub(crate) records: Records,
    pub(crate) ecs: Ecs,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) contact: Contact,
    pub(crate) placement: Placement,
    pub(crate) retention: Retention,
    pub(crate) subnet: String,
    account: AccountId,
    region: Region,
    pub(crate) board: Arc<Board>,
    pub(crate) sessions: Arc<Sessions>,
    server: SessionServer,
}

impl House {
    /// One in which the cluster `default` is; nodes are given up after a minute.
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(HandClock::default());
        clock.pass(Duration::from_secs(1_000_000));
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let records = Records::new(Arc::new(MemoryStore::new(Arc::clone(&shared))));
        let account: AccountId = "123456789012".parse().unwrap();
        let region: Region = "us-east-1".parse().unwrap();
        let network = default_network(&region, 0, &SystemRandom).unwrap();
        let subnet = network.subnets.first().unwrap().clone();
        let group = &network.security_group;
        let mut transaction = records.transaction();
        let key = Vpc::key(&account, &region, &network.vpc.id);
        transaction.create(&key, &network.vpc).unwrap();
        let key = Subnet::key(&account, &region, &subnet.id);
        transaction.create(&key, &subnet).unwrap();
        let key = SecurityGroup::key(&account, &region, &group.id);
        transaction.create(&key, group).unwrap();
        transaction.commit().await.unwrap();
        let board = Arc::new(Board::new(records.clone()));
        let following = Arc::clone(&board);
        tokio::spawn(async move { following.follow().await });
        let config = Config {
            endpoint: "http://127.0.0.1:4566".to_owned(),
            registry_hosts: vec!["localhost:4566".to_owned()],
        };
        let sessions = Arc::new(Sessions::default());
        let house = Self {
            ecs: Ecs::new(
                records.clone(),
                Arc::clone(&board),
                Arc::clone(&sessions),
                Arc::clone(&shared),
                Arc::new(SystemRandom),
                config.clone(),
            ),
            contact: Contact::new(
                records.clone(),
                Arc::clone(&board),
                Arc::clone(&sessions),
                Arc::clone(&shared),
                Some(Duration::from_secs(60)),
            ),
            placement: Placement::new(
                records.clone(),
                Arc::clone(&board),
                Arc::clone(&sessions),
                Arc::clone(&shared),
                Arc::new(SystemRandom),
            ),
            retention: Retention::new(
                records.clone(),
                Arc::clone(&board),
                Arc::clone(&sessions),
                Arc::clone(&shared),
            ),
            server: SessionServer {
                records: records.clone(),
                board: Arc::clone(&board),
                sessions: Arc::clone(&sessions),
                clock: shared,
                random: Arc::new(SystemRandom),
                config,
            },
            records,
            clock,
            subnet: subnet.id,
            account,
            region,
            board,
            sessions,
        };
        crate::call!(house, create_cluster, {}).unwrap();
        house
    }

    /// What looks after nodes out of contact, as a control plane has it that starts now.
    pub(crate) fn contact_of_a_new_start(&self) -> Contact {
        Contact::new(
            self.records.clone(),
            Arc::clone(&self.board),
            Arc::clone(&self.sessions),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Some(Duration::from_secs(60)),
        )
    }

    pub(crate) fn caller(&self, action: &str) -> Caller {
        Caller {
            principal: Principal::Root {
                account: self.account.clone(),
            },
            account: self.account.clone(),
            region: self.region.clone(),
            request_id: String::new(),
            host: None,
            action: format!("ecs:{action}"),
            authoriser: Arc::new(Everything),
        }
    }

    /// What `caller` gives, for a node.
    pub(crate) fn node_caller(&self, node: &str) -> Caller {
        Caller {
            principal: Principal::Instance {
                account: self.account.clone(),
                instance_id: node.to_owned(),
            },
            ..self.caller("")
        }
    }

    /// Registers a definition `family` with one container `app` and what else is said of it.
    pub(crate) async fn define(&self, family: &str, container: Value, more: Value) {
        let mut app = serde_json::json!({"name": "app", "image": "hello:1", "memory": 128});
        merge(&mut app, container);
        let mut definition = serde_json::json!({"family": family, "containerDefinitions": [app]});
        merge(&mut definition, more);
        crate::call!(self, register_task_definition, definition).unwrap();
    }

    /// Registers a container instance with that much CPU and memory and what else is said of it.
    /// Gives its ARN.
    pub(crate) async fn join(&self, id: &str, cpu: i32, memory: i32, more: Value) -> String {
        let mut request = serde_json::json!({"totalResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        ]});
        merge(&mut request, more);
        let caller = self.node_caller(&node_id(id));
        let registered = self
            .ecs
            .register_container_instance(&caller, input(request))
            .await;
        let arn = registered.unwrap().container_instance.unwrap();
        arn.container_instance_arn.unwrap()
    }

    /// Opens the session of a node.
    pub(crate) async fn connect(&self, arn: &str) -> Node {
        let id = arn.rsplit('/').next().unwrap().to_owned();
        let opening = Opening {
            instance_arn: arn.to_owned(),
            node: id.clone(),
            wants_node_state: true,
        };
        let (ours, theirs) = tokio::io::duplex(1024 * 1024);
        let server = self.server.clone();
        let caller = self.node_caller(&id);
        let serving = tokio::spawn(async move {
            let _ = server.serve(theirs, &caller, &opening).await;
        });
        let socket = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let node = Node {
            id,
            socket,
            serving,
        };
        self.until("the node to be connected", || {
            self.sessions.is_connected(&node.id)
        })
        .await;
        node
    }

    /// Ends the session of a node.
    pub(crate) async fn lose(&self, node: Node) {
        let id = node.id.clone();
        drop(node.socket);
        node.serving.await.unwrap();
        assert!(!self.sessions.is_connected(&id));
    }

    /// Reports on a task as its node does.
    pub(crate) async fn report(&self, node: &str, request: Value) {
        let caller = self.node_caller(node);
        let input = input(request);
        self.ecs
            .submit_task_state_change(&caller, input)
            .await
            .unwrap();
        self.board.catch_up().await;
    }

    /// A task as it is described now.
    pub(crate) async fn task(&self, arn: &str) -> Value {
        let described = crate::call!(self, describe_tasks, {"tasks": [arn], "include": ["TAGS"]});
        described.unwrap()["tasks"][0].clone()
    }

    /// A container instance as it is described now.
    pub(crate) async fn instance(&self, arn: &str) -> Value {
        let request = serde_json::json!({"containerInstances": [arn], "include": ["TAGS"]});
        let described = crate::call!(self, describe_container_instances, request);
        described.unwrap()["containerInstances"][0].clone()
    }

    pub(crate) async fn until(&self, what: &str, condition: impl Fn() -> bool) {
        tokio::time::timeout(PATIENCE, async {
            while !condition() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"));
    }

    /// How many interfaces and leases there are.
    pub(crate) fn interfaces(&self) -> (usize, usize) {
        let interfaces = self.records.all(&NetworkInterface::everywhere()).unwrap();
        let leases = AddressLease::prefix(&self.account, &self.region, &self.subnet);
        (interfaces.len(), self.records.all(&leases).unwrap().len())
    }
}

/// 32 hexadecimal digits that begin with those of `id`.
pub(crate) fn node_id(id: &str) -> String {
    format!("{id:0<32}")
}

fn merge(into: &mut Value, more: Value) {
    let more: BTreeMap<String, Value> = serde_json::from_value(more).unwrap();
    for (name, value) in more {
        into[name] = value;
    }
}

/// A node that is connected.
pub(crate) struct Node {
    pub(crate) id: String,
    socket: WebSocketStream<DuplexStream>,
    serving: JoinHandle<()>,
}

impl Node {
    /// The next payload that the node is sent.
    pub(crate) async fn payload(&mut self) -> Payload {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let message = self.socket.next().await.unwrap().unwrap();
                if let Frame::Payload(payload) = Frame::parse(message.to_text().unwrap()).unwrap() {
                    return payload;
                }
            }
        })
        .await
        .unwrap()
    }

    /// The tasks that the node is to have, as the next frame with its state says; it stops all others.
    pub(crate) async fn tasks_to_have(&mut self) -> Vec<String> {
        self.state().await.tasks
    }

    /// The next state that the node is sent.
    pub(crate) async fn state(&mut self) -> NodeState {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let message = self.socket.next().await.unwrap().unwrap();
                if let Frame::NodeState(state) = Frame::parse(message.to_text().unwrap()).unwrap() {
                    return state;
                }
            }
        })
        .await
        .unwrap()
    }

    /// Waits until the control plane has ended the session.
    pub(crate) async fn ended(&mut self) {
        let serving = &mut self.serving;
        tokio::time::timeout(PATIENCE, serving)
            .await
            .unwrap()
            .unwrap();
    }

    /// Sends a frame.
    pub(crate) async fn say(&mut self, frame: &Frame) {
        let text = frame.to_text().unwrap();
        self.socket.send(Message::text(text)).await.unwrap();
    }
}

/// The `reason`s of an answer's failures.
pub(crate) fn reasons(answer: &Value) -> Vec<&str> {
    let failures = answer["failures"].as_array().unwrap();
    failures
        .iter()
        .map(|failure| failure["reason"].as_str().unwrap())
        .collect()
}

/// The ARNs of an answer's tasks.
pub(crate) fn tasks(answer: &Value) -> Vec<&str> {
    let tasks = answer["tasks"].as_array().unwrap();
    tasks
        .iter()
        .map(|task| task["taskArn"].as_str().unwrap())
        .collect()
}

/// The amount of a resource of that name.
pub(crate) fn amount(resources: &Value, name: &str) -> i64 {
    let resources = resources.as_array().unwrap();
    let found = resources.iter().find(|one| one["name"] == name).unwrap();
    found["integerValue"].as_i64().unwrap()
}

/// The ports of a resource of that name.
pub(crate) fn ports(resources: &Value, name: &str) -> Vec<String> {
    let resources = resources.as_array().unwrap();
    let found = resources.iter().find(|one| one["name"] == name).unwrap();
    let ports = found["stringSetValue"].as_array().unwrap();
    ports
        .iter()
        .map(|port| port.as_str().unwrap().to_owned())
        .collect()
}
