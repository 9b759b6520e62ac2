//! An engine with a control plane that takes every report and keeps it, and a runtime that pretends and
//! keeps what it was told to make.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::{Config, ControlPlane, Engine, Parts, PretendImages};
use agent_wire as wire;
use ambient::{BoxFuture, Clock, SystemClock};
use aws_sign::{Credentials, Secret};
use network::MockNetwork;
use runtime::{
    Adopted, ContainerId, ContainerSpec, ExecOutcome, ExecSpec, Exit, LogReader, MockRuntime,
    Runtime, RuntimeError, Started, TaskId, TaskSandbox, TaskSpec,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

pub(crate) const ARN: &str =
    "arn:aws:ecs:us-east-1:123456789012:task/default/0123456789abcdef0123456789abcdef";
/// So short that tests need not wait.
pub(crate) const SWEEP_INTERVAL: Duration = Duration::from_millis(20);
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Takes every call, and keeps the bodies.
pub(crate) async fn control_plane() -> (String, Arc<Mutex<Vec<String>>>) {
    answering(Arc::new(|_| (200, "{}".to_owned()))).await
}

/// Which status and body answer a request with this head; a status of 0 is no answer.
pub(crate) type Answers = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// The same with answers of one's own.
pub(crate) async fn answering(answers: Arc<Answers>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&answers), Arc::clone(&kept)));
        }
    });
    (endpoint, bodies)
}

async fn answer(mut stream: TcpStream, answers: Arc<Answers>, bodies: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let (status, answer) = loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
            let length = head.to_ascii_lowercase();
            let length = length.split("content-length: ").nth(1).unwrap_or("0");
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            body.len() == length
        });
        if let Some((head, body)) = whole {
            let answer = answers(head);
            if answer.0 != 0 {
                bodies.lock().unwrap().push(body.to_owned());
            }
            break answer;
        }
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    };
    if status == 0 {
        return;
    }
    let length = answer.len();
    let answer = format!(
        "HTTP/1.1 {status} So\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

pub(crate) async fn engine(folder: &Path, endpoint: &str, runtime: Arc<dyn Runtime>) -> Engine {
    engine_at(folder, endpoint, runtime, Arc::new(SystemClock)).await
}

/// The same with a clock of one's own.
pub(crate) async fn engine_at(
    folder: &Path,
    endpoint: &str,
    runtime: Arc<dyn Runtime>,
    clock: Arc<dyn Clock>,
) -> Engine {
    Engine::start(Parts {
        config: config(folder, endpoint),
        control_plane: caller(endpoint, &clock),
        runtime,
        network: Arc::new(MockNetwork::new()),
        images: Arc::new(PretendImages),
        clock,
        registry_hosts: watch::Sender::new(Vec::new()),
    })
    .await
    .unwrap()
}

pub(crate) fn caller(endpoint: &str, clock: &Arc<dyn Clock>) -> ControlPlane {
    let credentials = Credentials {
        access_key_id: "ASIATEST".into(),
        secret: Secret::new("secret".to_owned()),
        session_token: None,
    };
    ControlPlane::new(endpoint, credentials, Arc::clone(clock))
}

pub(crate) fn config(folder: &Path, endpoint: &str) -> Config {
    Config {
        cluster: None,
        region: "us-east-1".into(),
        cpu_units: 1024,
        memory_mib: 2048,
        state_dir: folder.join("state"),
        run_dir: folder.join("run"),
        endpoint: endpoint.to_owned(),
        forwarded_port: None,
        resolvers: Vec::new(),
        image_sweep_interval: SWEEP_INTERVAL,
    }
}

pub(crate) fn payload(desired: &str) -> wire::Payload {
    let task = wire::Task {
        arn: ARN.into(),
        desired_status: desired.into(),
        launch_type: "FARGATE".into(),
        containers: vec![wire::Container {
            name: "app".into(),
            essential: true,
            command: Some(vec!["mock".into(), "exit".into(), "0".into()]),
            ..wire::Container::default()
        }],
        elastic_network_interfaces: vec![wire::ElasticNetworkInterface {
            ec2_id: "eni-1".into(),
            ..wire::ElasticNetworkInterface::default()
        }],
        ..wire::Task::default()
    };
    wire::Payload {
        tasks: vec![task],
        ..wire::Payload::default()
    }
}

pub(crate) fn state() -> wire::NodeState {
    wire::NodeState {
        epoch: 1,
        generation: 1,
        tasks: vec![ARN.into()],
        vpcs: vec![Arc::new(wire::Vpc {
            id: "vpc-1".into(),
            cidr: "172.31.0.0/16".into(),
            subnets: vec![wire::Subnet {
                id: "subnet-1".into(),
                cidr: "172.31.0.0/20".into(),
            }],
            security_groups: Vec::new(),
        })],
        interfaces: vec![wire::Interface {
            id: "eni-1".into(),
            task_arn: ARN.into(),
            vpc_id: "vpc-1".into(),
            subnet_id: "subnet-1".into(),
            address: [172, 31, 0, 4].into(),
            security_groups: Vec::new(),
        }],
        ..wire::NodeState::default()
    }
}

pub(crate) async fn all_over(engine: &Engine) {
    let mut count = engine.count();
    tokio::time::timeout(PATIENCE, count.wait_for(|count| *count == 0))
        .await
        .expect("the task comes to its end")
        .unwrap();
}

/// A command that is run in a container beside its own, and for how long at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) args: Vec<String>,
    pub(crate) timeout: Duration,
}

/// Pretends, and keeps what it was told to make.
#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) inner: MockRuntime,
    pub(crate) tasks: Arc<Mutex<Vec<TaskSpec>>>,
    pub(crate) containers: Arc<Mutex<Vec<ContainerSpec>>>,
    /// Signals, by the container's name.
    pub(crate) signals: Arc<Mutex<Vec<String>>>,
    pub(crate) commands: Arc<Mutex<Vec<Ran>>>,
    /// Where creations wait, each for a permit.
    pub(crate) gate: Arc<Mutex<Option<Arc<Semaphore>>>>,
    /// How many log lines an end says were dropped.
    pub(crate) log_dropped: Arc<AtomicU64>,
    /// Whether whoever waits for a container's end panics.
    pub(crate) panics: Arc<AtomicBool>,
}

impl Recorder {
    /// Lets creations wait for permits from now on.
    pub(crate) fn hold_creations(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    pub(crate) fn new() -> Self {
        Self {
            inner: MockRuntime::new(Arc::new(SystemClock)),
            tasks: Arc::default(),
            containers: Arc::default(),
            signals: Arc::default(),
            commands: Arc::default(),
            gate: Arc::default(),
            log_dropped: Arc::default(),
            panics: Arc::default(),
        }
    }

    pub(crate) fn container(&self, name: &str) -> Option<ContainerSpec> {
        let made = self.containers.lock().unwrap();
        made.iter()
            .find(|one| one.id.name.as_str() == name)
            .cloned()
    }
}

impl Runtime for Recorder {
    fn prepare_task<'a>(
        &'a self,
        spec: &'a TaskSpec,
    ) -> BoxFuture<'a, Result<TaskSandbox, RuntimeError>> {
        self.tasks.lock().unwrap().push(spec.clone());
        self.inner.prepare_task(spec)
    }

    fn prepare_container_network<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<PathBuf, RuntimeError>> {
        self.inner.prepare_container_network(id)
    }

    fn create<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.containers.lock().unwrap().push(spec.clone());
        let gate = self.gate.lock().unwrap().clone();
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.acquire().await.unwrap().forget();
            }
            self.inner.create(spec).await
        })
    }

    fn start<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        self.inner.start(id)
    }

    fn restart<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        self.inner.restart(id)
    }

    fn exec<'a>(
        &'a self,
        id: &'a ContainerId,
        command: &'a ExecSpec,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<ExecOutcome, RuntimeError>> {
        let args = command.args.clone();
        self.commands.lock().unwrap().push(Ran { args, timeout });
        self.inner.exec(id, command, timeout)
    }

    fn signal<'a>(
        &'a self,
        id: &'a ContainerId,
        signal: i32,
    ) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.signals.lock().unwrap().push(id.name.to_string());
        self.inner.signal(id, signal)
    }

    fn wait<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Exit, RuntimeError>> {
        Box::pin(async move {
            assert!(!self.panics.load(Ordering::Relaxed), "as told");
            let mut exit = self.inner.wait(id).await?;
            exit.log_dropped = self.log_dropped.load(Ordering::Relaxed);
            Ok(exit)
        })
    }

    fn logs<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<Box<dyn LogReader>, RuntimeError>> {
        self.inner.logs(id)
    }

    fn remove<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.inner.remove(id)
    }

    fn remove_task<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.inner.remove_task(id)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), RuntimeError>> {
        self.inner.check()
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>> {
        self.inner.adopt()
    }
}
