//! The engine over a runtime that pretends, with a control plane that takes every report: what
//! payloads and states do to tasks when they come at a bad moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::{Config, ControlPlane, Engine, Parts, PretendImages, TaskEndpoint};
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
use tokio::sync::{Notify, watch};

const ARN: &str =
    "arn:aws:ecs:us-east-1:123456789012:task/default/0123456789abcdef0123456789abcdef";
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes every call, and keeps the bodies.
async fn control_plane() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&kept)));
        }
    });
    (endpoint, bodies)
}

async fn answer(mut stream: TcpStream, bodies: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
            let length = head.to_ascii_lowercase();
            let length = length.split("content-length: ").nth(1).unwrap_or("0");
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            body.len() == length
        });
        if let Some((_, body)) = whole {
            bodies.lock().unwrap().push(body.to_owned());
            break;
        }
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let _ = stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        .await;
}

/// Prepares a task as a thread does: it goes on though nobody waits for it. It takes until the task
/// is removed, or a while.
struct SlowToPrepare {
    inner: MockRuntime,
    preparing: Arc<Notify>,
    removed: Arc<Notify>,
}

impl Runtime for SlowToPrepare {
    fn prepare_task<'a>(
        &'a self,
        spec: &'a TaskSpec,
    ) -> BoxFuture<'a, Result<TaskSandbox, RuntimeError>> {
        let (inner, spec) = (self.inner.clone(), spec.clone());
        let (preparing, removed) = (Arc::clone(&self.preparing), Arc::clone(&self.removed));
        let work = tokio::spawn(async move {
            preparing.notify_one();
            let _ = tokio::time::timeout(Duration::from_millis(300), removed.notified()).await;
            inner.prepare_task(&spec).await
        });
        Box::pin(async move { work.await.unwrap() })
    }

    fn prepare_container_network<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<PathBuf, RuntimeError>> {
        self.inner.prepare_container_network(id)
    }

    fn create<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.inner.create(spec)
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
        self.inner.exec(id, command, timeout)
    }

    fn signal<'a>(
        &'a self,
        id: &'a ContainerId,
        signal: i32,
    ) -> BoxFuture<'a, Result<(), RuntimeError>> {
        self.inner.signal(id, signal)
    }

    fn wait<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Exit, RuntimeError>> {
        self.inner.wait(id)
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
        Box::pin(async move {
            self.inner.remove_task(id).await?;
            self.removed.notify_one();
            Ok(())
        })
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>> {
        self.inner.adopt()
    }
}

async fn engine(folder: &Path, endpoint: &str, runtime: Arc<dyn Runtime>) -> Engine {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let credentials = Credentials {
        access_key_id: "ASIATEST".into(),
        secret: Secret::new("secret".to_owned()),
        session_token: None,
    };
    let config = Config {
        region: "us-east-1".into(),
        cpu_units: 1024,
        memory_mib: 2048,
        state_dir: folder.join("state"),
        run_dir: folder.join("run"),
        task_endpoint: TaskEndpoint::Url(endpoint.to_owned()),
        resolvers: Vec::new(),
    };
    Engine::start(Parts {
        config,
        control_plane: ControlPlane::new(endpoint, credentials, Arc::clone(&clock)),
        runtime,
        network: Arc::new(MockNetwork::new()),
        images: Arc::new(PretendImages),
        clock,
        registry_hosts: watch::Sender::new(Vec::new()),
    })
    .await
    .unwrap()
}

fn payload(desired: &str) -> wire::Payload {
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

fn state() -> wire::NodeState {
    wire::NodeState {
        epoch: 1,
        generation: 1,
        tasks: vec![ARN.into()],
        vpcs: vec![wire::Vpc {
            id: "vpc-1".into(),
            cidr: "172.31.0.0/16".into(),
            subnets: vec![wire::Subnet {
                id: "subnet-1".into(),
                cidr: "172.31.0.0/20".into(),
            }],
            security_groups: Vec::new(),
        }],
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

async fn all_over(engine: &Engine) {
    let mut count = engine.count();
    tokio::time::timeout(PATIENCE, count.wait_for(|count| *count == 0))
        .await
        .expect("the task comes to its end")
        .unwrap();
}

#[tokio::test]
async fn a_task_that_is_stopped_while_it_is_prepared_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let pretended = MockRuntime::new(Arc::new(SystemClock::default()));
    let preparing = Arc::new(Notify::new());
    let runtime = SlowToPrepare {
        inner: pretended.clone(),
        preparing: Arc::clone(&preparing),
        removed: Arc::default(),
    };
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    engine.accept_state(state()).await.unwrap();
    engine.accept(payload("RUNNING")).await.unwrap();
    tokio::time::timeout(PATIENCE, preparing.notified())
        .await
        .unwrap();
    engine.accept(payload("STOPPED")).await.unwrap();
    all_over(&engine).await;
    // Whatever was still being prepared has had its time.
    tokio::time::timeout(PATIENCE, async {
        while Arc::strong_count(&preparing) > 2 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(pretended.adopt().await.unwrap(), []);
    assert!(bodies.lock().unwrap().last().unwrap().contains("STOPPED"));
}

#[tokio::test]
async fn a_payload_that_comes_after_the_end_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let runtime = MockRuntime::new(Arc::new(SystemClock::default()));
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    engine.accept_state(state()).await.unwrap();
    engine.accept(payload("RUNNING")).await.unwrap();
    all_over(&engine).await;
    let pulls = |bodies: &[String]| {
        let pulled = bodies.iter().filter(|body| body.contains("pullStartedAt"));
        pulled.count()
    };
    let before = pulls(&bodies.lock().unwrap());
    assert!(before > 0, "the task ran once");
    engine.accept(payload("RUNNING")).await.unwrap();
    all_over(&engine).await;
    let bodies = bodies.lock().unwrap();
    assert_eq!(pulls(&bodies), before, "the task ran again: {bodies:?}");
    assert!(bodies.last().unwrap().contains("STOPPED"));
}

#[tokio::test]
async fn a_network_that_cannot_be_made_keeps_no_unwanted_task() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, _) = control_plane().await;
    let runtime = MockRuntime::new(Arc::new(SystemClock::default()));
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    engine.accept_state(state()).await.unwrap();
    let mut running = payload("RUNNING");
    running.tasks[0].containers[0].command = Some(vec!["serve".into()]);
    engine.accept(running).await.unwrap();
    assert_eq!(*engine.count().borrow(), 1);
    let mut broken = state();
    broken.generation = 2;
    broken.tasks.clear();
    broken.vpcs[0].cidr = "nonsense".into();
    assert!(engine.accept_state(broken).await.is_err());
    all_over(&engine).await;
}
