//! The engine over a runtime that pretends, with a control plane that takes every report: what
//! payloads and states do to tasks when they come at a bad moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod stand;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_wire as wire;
use ambient::{BoxFuture, Clock, SystemClock, Timestamp};
use runtime::{
    Adopted, ContainerId, ContainerSpec, ContainerState, ExecOutcome, ExecSpec, Exit, LogReader,
    MockRuntime, Runtime, RuntimeError, Started, TaskId, TaskSandbox, TaskSpec,
};
use stand::{ARN, PATIENCE, Recorder, all_over, control_plane, engine, engine_at, payload, state};
use tokio::sync::Notify;

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

    fn check(&self) -> BoxFuture<'_, Result<(), RuntimeError>> {
        self.inner.check()
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>> {
        self.inner.adopt()
    }
}

#[tokio::test]
async fn a_task_that_is_stopped_while_it_is_prepared_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let pretended = MockRuntime::new(Arc::new(SystemClock));
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
    let runtime = MockRuntime::new(Arc::new(SystemClock));
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
    let runtime = MockRuntime::new(Arc::new(SystemClock));
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    engine.accept_state(state()).await.unwrap();
    let mut running = payload("RUNNING");
    running.tasks[0].containers[0].command = Some(vec!["serve".into()]);
    engine.accept(running).await.unwrap();
    assert_eq!(*engine.count().borrow(), 1);
    let mut broken = state();
    broken.generation = 2;
    broken.tasks.clear();
    Arc::make_mut(&mut broken.vpcs[0]).cidr = "nonsense".into();
    assert!(engine.accept_state(broken).await.is_err());
    all_over(&engine).await;
}

#[tokio::test]
async fn a_stop_ends_a_round_of_starts() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let runtime = Recorder::new();
    let gate = runtime.hold_creations();
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime.clone())).await;
    engine.accept_state(state()).await.unwrap();
    let mut running = payload("RUNNING");
    let first = &mut running.tasks[0].containers[0];
    first.command = Some(vec!["serve".into()]);
    let mut second = first.clone();
    second.name = "second".into();
    running.tasks[0].containers.push(second);
    engine.accept(running).await.unwrap();
    tokio::time::timeout(PATIENCE, async {
        while runtime.containers.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    engine.accept(payload("STOPPED")).await.unwrap();
    gate.add_permits(2);
    all_over(&engine).await;
    let made = runtime.containers.lock().unwrap().len();
    assert_eq!(made, 1, "nothing is started once the task is to stop");
    assert!(bodies.lock().unwrap().last().unwrap().contains("STOPPED"));
}

#[tokio::test]
async fn a_container_that_nobody_can_wait_for_any_more_does_not_run_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let runtime = Recorder::new();
    runtime.panics.store(true, Ordering::Relaxed);
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    engine.accept_state(state()).await.unwrap();
    let mut running = payload("RUNNING");
    running.tasks[0].containers[0].command = Some(vec!["serve".into()]);
    engine.accept(running).await.unwrap();
    all_over(&engine).await;
    let last = bodies.lock().unwrap().last().unwrap().clone();
    assert!(
        last.contains("STOPPED") && last.contains("end could not be waited for"),
        "{last}"
    );
}

#[tokio::test]
async fn a_vpc_that_cannot_be_made_does_not_hold_up_the_tasks_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let runtime = MockRuntime::new(Arc::new(SystemClock));
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    let mut state = state();
    let mut broken = (*state.vpcs[0]).clone();
    broken.id = "vpc-broken".into();
    broken.cidr = "nonsense".into();
    state.vpcs.insert(0, Arc::new(broken));
    let said = engine.accept_state(state.clone()).await.unwrap_err();
    assert!(said.to_string().contains("vpc-broken"), "{said}");
    engine.accept(payload("RUNNING")).await.unwrap();
    all_over(&engine).await;
    let last = bodies.lock().unwrap().last().unwrap().clone();
    assert!(last.contains("\"exitCode\":0"), "it ran: {last}");
}

#[tokio::test]
async fn a_task_whose_vpc_cannot_be_made_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, bodies) = control_plane().await;
    let runtime = MockRuntime::new(Arc::new(SystemClock));
    let engine = engine(folder.path(), &endpoint, Arc::new(runtime)).await;
    let mut broken = state();
    Arc::make_mut(&mut broken.vpcs[0]).cidr = "nonsense".into();
    assert!(engine.accept_state(broken).await.is_err());
    tokio::time::pause();
    engine.accept(payload("RUNNING")).await.unwrap();
    // The clock stands still but for whom waits: the half minute that it has passes at once.
    let mut count = engine.count();
    count.wait_for(|count| *count == 0).await.unwrap();
    let last = bodies.lock().unwrap().last().unwrap().clone();
    assert!(
        last.contains("the network of vpc-1 could not be made on the node")
            && last.contains("nonsense"),
        "{last}"
    );
}

#[test]
fn what_was_given_up_stays_so_when_the_agent_starts_anew() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let (server, first, second) = (runtime(), runtime(), runtime());
    let (endpoint, bodies) = server.block_on(control_plane());
    let pretended = Recorder::new();
    let mut running = payload("RUNNING");
    let task = &mut running.tasks[0];
    let container = |name: &str, command: &str, essential| wire::Container {
        name: name.into(),
        essential,
        command: Some(command.split(' ').map(str::to_owned).collect()),
        ..wire::Container::default()
    };
    let mut waits = container("waits", "serve", false);
    waits.depends_on.push(wire::ContainerDependency {
        container_name: "fails".into(),
        condition: "START".into(),
    });
    task.containers = vec![
        container("fails", "mock fail-start nothing", false),
        waits,
        container("app", "serve", true),
    ];
    let said = |words: &'static str| {
        let bodies = Arc::clone(&bodies);
        async move {
            let found = async {
                while !bodies
                    .lock()
                    .unwrap()
                    .iter()
                    .any(|body| body.contains(words))
                {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(PATIENCE, found).await.unwrap();
        }
    };
    first.block_on(async {
        let engine = engine(folder.path(), &endpoint, Arc::new(pretended.clone())).await;
        engine.accept_state(state()).await.unwrap();
        engine.accept(running).await.unwrap();
        said("\"RUNNING\"").await;
    });
    // The agent dies.
    first.shutdown_timeout(PATIENCE);
    let made = || pretended.containers.lock().unwrap().len();
    assert_eq!(made(), 2, "the one that fails, and the app");
    second.block_on(async {
        bodies.lock().unwrap().clear();
        let engine = engine(folder.path(), &endpoint, Arc::new(pretended.clone())).await;
        engine.accept_state(state()).await.unwrap();
        said("\"RUNNING\"").await;
        engine.accept(payload("STOPPED")).await.unwrap();
        all_over(&engine).await;
    });
    assert_eq!(made(), 2, "nothing that was given up is started");
    let last = bodies.lock().unwrap().last().unwrap().clone();
    assert!(last.contains("CannotStartContainerError"), "{last}");
}

const HOUR: Duration = Duration::from_secs(3600);

/// An hour later, by a wall clock that was put back by three.
#[derive(Default)]
struct PutBack(SystemClock);

impl Clock for PutBack {
    fn now(&self) -> Timestamp {
        self.0.now().plus(HOUR).minus(3 * HOUR)
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic() + HOUR
    }
}

/// A container whose restart policy wants half an hour, and what two agents have one after the other.
struct Handover {
    folder: tempfile::TempDir,
    /// The control plane's, and the agents'.
    runtimes: [tokio::runtime::Runtime; 3],
    endpoint: String,
    bodies: Arc<Mutex<Vec<String>>>,
    pretended: Recorder,
}

impl Handover {
    fn new() -> Self {
        let runtimes = [(); 3].map(|()| {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap()
        });
        let (endpoint, bodies) = runtimes[0].block_on(control_plane());
        let mut pretended = Recorder::new();
        // What ends, ends in the second agent's time.
        pretended.inner = MockRuntime::new(Arc::new(PutBack::default()));
        Self {
            folder: tempfile::tempdir().unwrap(),
            runtimes,
            endpoint,
            bodies,
            pretended,
        }
    }

    /// The container as it runs, once that is since another start.
    async fn started(&self, than: Option<Started>) -> (ContainerId, Started) {
        let found = async {
            loop {
                let adopted = self.pretended.inner.adopt().await.unwrap();
                let states = adopted.iter().flat_map(|task| &task.containers);
                for container in states {
                    if let ContainerState::Running(started) = container.state
                        && than.is_none_or(|than| started.started_at > than.started_at)
                    {
                        return (container.id.clone(), started);
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap()
    }

    /// Lets the first agent start it, until that is written down.
    async fn begin(&self) -> (ContainerId, Started) {
        let mut running = payload("RUNNING");
        let app = &mut running.tasks[0].containers[0];
        app.command = Some(vec!["serve".into()]);
        app.restart_policy = Some(wire::RestartPolicy {
            enabled: true,
            restart_attempt_period: 1800,
            ..wire::RestartPolicy::default()
        });
        let pretends = Arc::new(self.pretended.clone());
        let engine = engine(self.folder.path(), &self.endpoint, pretends).await;
        engine.accept_state(state()).await.unwrap();
        engine.accept(running).await.unwrap();
        let begun = self.started(None).await;
        let noted = self.folder.path().join("run/agent-started");
        let noted = noted.join(&ARN[ARN.len() - 32..]).join("app");
        while !noted.exists() {
            tokio::task::yield_now().await;
        }
        begun
    }

    /// The second agent, an hour later.
    async fn take_over(&self) -> agent::Engine {
        let pretends = Arc::new(self.pretended.clone());
        let clock = Arc::new(PutBack::default());
        let engine = engine_at(self.folder.path(), &self.endpoint, pretends, clock).await;
        engine.accept_state(state()).await.unwrap();
        engine
    }

    /// Lets one agent work, and then die.
    fn agent<T>(&mut self, which: usize, work: impl AsyncFnOnce(&Self) -> T) -> T {
        let other = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let runtime = std::mem::replace(&mut self.runtimes[which], other);
        let done = runtime.block_on(work(self));
        runtime.shutdown_timeout(PATIENCE);
        done
    }
}

#[test]
fn how_long_a_container_has_run_is_known_to_the_next_agent_whatever_became_of_the_clock() {
    let mut handover = Handover::new();
    let (id, before) = handover.agent(1, async |handover| handover.begin().await);
    handover.agent(2, async |handover| {
        let engine = handover.take_over().await;
        handover.pretended.inner.signal(&id, 9).await.unwrap();
        // It had run for an hour, and is started again.
        handover.started(Some(before)).await;
        engine.accept(payload("STOPPED")).await.unwrap();
        all_over(&engine).await;
    });
}

#[test]
fn a_start_that_was_not_written_down_is_not_taken_for_the_one_before() {
    let mut handover = Handover::new();
    let (id, before) = handover.agent(1, async |handover| handover.begin().await);
    handover.agent(2, async |handover| {
        // The agent died between the start and the writing.
        let inner = &handover.pretended.inner;
        while PutBack::default().now() <= before.started_at {
            tokio::task::yield_now().await;
        }
        inner.signal(&id, 9).await.unwrap();
        let again = inner.restart(&id).await.unwrap();
        assert!(again.started_at > before.started_at);
        let engine = handover.take_over().await;
        inner.signal(&id, 9).await.unwrap();
        // It ran for a moment: it is not started again, and so the task is over.
        let over = async {
            while !handover
                .bodies
                .lock()
                .unwrap()
                .iter()
                .any(|body| body.contains("\"STOPPED\""))
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, over)
            .await
            .expect("it was started again");
        all_over(&engine).await;
    });
}
