//! A runtime that only pretends, for tests of the agent and for trying the control plane out.
//!
//! A container does what its command says, if the command's first word is `mock`:
//!
//! | words | effect |
//! | --- | --- |
//! | `say TEXT` | a line on stdout once started |
//! | `exit CODE [MILLIS]` | exits with the code, so many milliseconds after the start (0) |
//! | `hang` | takes no notice of any signal but SIGKILL |
//! | `fail-create MESSAGE`, `fail-start MESSAGE` | cannot be created, started |
//!
//! A command that is run in a container ([`Runtime::exec`]) understands `say`, `exit` and `hang`
//! likewise; it ends with 0 unless told otherwise, and a hanging one takes all its time.
//!
//! Every other command runs until a signal ends it. Clones share what they run: a clone that
//! adopts is a restarted agent.

mod script;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::{BoxFuture, Clock};
use shim::Exit;
use shim::spool::{Cursor, Record, Stream};
use tokio::sync::watch;

use self::script::Script;
use crate::{
    Adopted, AdoptedContainer, ContainerId, ContainerSpec, ContainerState, ExecOutcome, ExecSpec,
    IpcMode, LogBatch, LogReader, MAX_EXEC_OUTPUT_BYTES, PidMode, Runtime, RuntimeError, Started,
    TaskId, TaskNetwork, TaskSandbox, TaskSpec,
};

/// The first pretended process id.
const FIRST_PID: i32 = 100_000;
/// What a signal's number is added to for an exit code.
const SIGNAL_CODE_BASE: i32 = 128;

/// Pretends to run containers.
#[derive(Clone)]
pub struct MockRuntime {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<BTreeMap<TaskId, Task>>>,
}

struct Task {
    spec: TaskSpec,
    containers: BTreeMap<ContainerId, Container>,
}

struct Container {
    pid: i32,
    script: Script,
    state: watch::Sender<ContainerState>,
    output: Arc<Mutex<Vec<Record>>>,
    acknowledged: Arc<Mutex<Cursor>>,
}

impl MockRuntime {
    /// A runtime with nothing in it.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Arc::default(),
        }
    }

    fn with<T>(
        &self,
        id: &ContainerId,
        work: impl FnOnce(&Container) -> Result<T, RuntimeError>,
    ) -> Result<T, RuntimeError> {
        let state = lock(&self.state);
        let container = state
            .get(&id.task)
            .and_then(|task| task.containers.get(id))
            .ok_or_else(|| RuntimeError::NoSuchContainer {
                container: id.clone(),
            })?;
        work(container)
    }

    fn exit(&self, code: i32, signal: Option<i32>) -> Exit {
        Exit {
            code: Some(code),
            signal,
            oom_killed: false,
            reason: None,
            exited_at: self.clock.now(),
            monotonic_millis: u64::try_from(self.clock.monotonic().as_millis()).ok(),
            log_dropped: 0,
        }
    }

    fn do_create(&self, spec: &ContainerSpec) -> Result<(), RuntimeError> {
        let mut state = lock(&self.state);
        let first: usize = state.values().map(|task| task.containers.len()).sum();
        let task = state
            .get_mut(&spec.id.task)
            .ok_or_else(|| RuntimeError::NoSuchTask {
                task: spec.id.task.clone(),
            })?;
        let script = Script::parse(&spec.args)?;
        if let Some(message) = &script.fail_create {
            return Err(RuntimeError::Create {
                container: spec.id.clone(),
                message: message.clone(),
            });
        }
        let pid = FIRST_PID.saturating_add(i32::try_from(first).unwrap_or(i32::MAX));
        task.containers
            .entry(spec.id.clone())
            .or_insert_with(|| Container {
                pid,
                script,
                state: watch::Sender::new(ContainerState::Created { pid }),
                output: Arc::default(),
                acknowledged: Arc::default(),
            });
        Ok(())
    }

    fn do_start(&self, id: &ContainerId) -> Result<Started, RuntimeError> {
        self.with(id, |container| {
            let now = self.clock.now();
            match &*container.state.borrow() {
                ContainerState::Running(started) => return Ok(*started),
                ContainerState::Exited(exit) => {
                    return Err(RuntimeError::Start {
                        container: id.clone(),
                        message: exit.reason.clone().unwrap_or_default(),
                    });
                }
                ContainerState::Created { .. } | ContainerState::Unfinished => {}
            }
            if let Some(message) = &container.script.fail_start {
                let exit = Exit::unknown(message.clone(), now);
                container.state.send_replace(ContainerState::Exited(exit));
                return Err(RuntimeError::Start {
                    container: id.clone(),
                    message: message.clone(),
                });
            }
            Ok(self.begin(container))
        })
    }

    fn do_restart(&self, id: &ContainerId) -> Result<Started, RuntimeError> {
        self.with(id, |container| match &*container.state.borrow() {
            ContainerState::Running(started) => Ok(Some(*started)),
            ContainerState::Exited(_) => Ok(None),
            ContainerState::Created { .. } | ContainerState::Unfinished => {
                Err(RuntimeError::Start {
                    container: id.clone(),
                    message: "it was never started".to_owned(),
                })
            }
        })?
        .map_or_else(|| self.with(id, |container| Ok(self.begin(container))), Ok)
    }

    /// The container runs, says what it has to say, and ends when told.
    fn begin(&self, container: &Container) -> Started {
        let started = Started {
            pid: container.pid,
            started_at: self.clock.now(),
        };
        let mut output = lock(&container.output);
        let mut offset = output
            .last()
            .map_or(0, |record| record.offset + record.bytes.len() as u64 + 1);
        for line in &container.script.lines {
            output.push(Record {
                stream: Stream::Stdout,
                at: started.started_at,
                offset,
                partial: false,
                bytes: line.clone().into_bytes(),
            });
            offset += line.len() as u64 + 1;
        }
        drop(output);
        container
            .state
            .send_replace(ContainerState::Running(started));
        if let Some((code, after)) = container.script.exit {
            let runtime = self.clone();
            let state = container.state.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                // What was restarted meanwhile has an end of its own.
                let runs = *state.borrow() == ContainerState::Running(started);
                if runs {
                    end(&state, runtime.exit(code, None));
                }
            });
        }
        started
    }

    async fn do_exec(
        &self,
        id: &ContainerId,
        command: &ExecSpec,
        timeout: Duration,
    ) -> Result<ExecOutcome, RuntimeError> {
        let mut state = self.with(id, |container| Ok(container.state.subscribe()))?;
        if !matches!(&*state.borrow(), ContainerState::Running(_)) {
            return Err(RuntimeError::NotRunning {
                container: id.clone(),
            });
        }
        let script = Script::parse(&command.args)?;
        let mut output = script.lines.join("\n").into_bytes();
        output.truncate(MAX_EXEC_OUTPUT_BYTES);
        let (code, after) = script.exit.unwrap_or_default();
        let lasts = if script.hangs { Duration::MAX } else { after };
        let ended = async {
            let _ = state
                .wait_for(|state| !matches!(state, ContainerState::Running(_)))
                .await;
        };
        Ok(tokio::select! {
            () = tokio::time::sleep(lasts.min(timeout)) => ExecOutcome {
                code: (lasts <= timeout).then_some(code),
                output,
                timed_out: lasts > timeout,
            },
            // It goes with the container.
            () = ended => ExecOutcome {
                code: Some(SIGNAL_CODE_BASE + libc::SIGKILL),
                output,
                timed_out: false,
            },
        })
    }

    fn do_signal(&self, id: &ContainerId, signal: i32) -> Result<(), RuntimeError> {
        self.with(id, |container| {
            if signal == libc::SIGKILL || !container.script.hangs {
                end(
                    &container.state,
                    self.exit(SIGNAL_CODE_BASE + signal, Some(signal)),
                );
            }
            Ok(())
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first end counts.
fn end(state: &watch::Sender<ContainerState>, exit: Exit) {
    state.send_if_modified(|state| {
        let ends = !matches!(state, ContainerState::Exited(_));
        if ends {
            *state = ContainerState::Exited(exit);
        }
        ends
    });
}

async fn exit_of(
    mut state: watch::Receiver<ContainerState>,
    id: &ContainerId,
) -> Result<Exit, RuntimeError> {
    let gone = || RuntimeError::NoSuchContainer {
        container: id.clone(),
    };
    let ended = state
        .wait_for(|state| matches!(state, ContainerState::Exited(_)))
        .await
        .map_err(|_| gone())?;
    match &*ended {
        ContainerState::Exited(exit) => Ok(exit.clone()),
        _ => Err(gone()),
    }
}

fn sandbox_of(spec: &TaskSpec) -> TaskSandbox {
    let path = |name: &str| format!("/nonexistent/mock/{}/{name}", spec.id).into();
    TaskSandbox {
        task: spec.id.clone(),
        network_namespace: (spec.network == TaskNetwork::Own).then(|| path("net")),
        user_namespace: spec.user_namespace.then(|| path("user")),
        ipc_namespace: (spec.ipc == IpcMode::Task).then(|| path("ipc")),
        pid_namespace: (spec.pid == PidMode::Task).then(|| path("pid")),
    }
}

impl Runtime for MockRuntime {
    fn prepare_task<'a>(
        &'a self,
        spec: &'a TaskSpec,
    ) -> BoxFuture<'a, Result<TaskSandbox, RuntimeError>> {
        Box::pin(async move {
            lock(&self.state)
                .entry(spec.id.clone())
                .or_insert_with(|| Task {
                    spec: spec.clone(),
                    containers: BTreeMap::new(),
                });
            Ok(sandbox_of(spec))
        })
    }

    fn prepare_container_network<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<PathBuf, RuntimeError>> {
        Box::pin(async move {
            let state = lock(&self.state);
            let task = state
                .get(&id.task)
                .ok_or_else(|| RuntimeError::NoSuchTask {
                    task: id.task.clone(),
                })?;
            if task.spec.network != TaskNetwork::PerContainer {
                return Err(RuntimeError::not_per_container(id));
            }
            Ok(format!("/nonexistent/mock/{}/networks/{}", id.task, id.name).into())
        })
    }

    fn create<'a>(&'a self, spec: &'a ContainerSpec) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async move { self.do_create(spec) })
    }

    fn start<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(async move { self.do_start(id) })
    }

    fn restart<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Started, RuntimeError>> {
        Box::pin(async move { self.do_restart(id) })
    }

    fn exec<'a>(
        &'a self,
        id: &'a ContainerId,
        command: &'a ExecSpec,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<ExecOutcome, RuntimeError>> {
        Box::pin(self.do_exec(id, command, timeout))
    }

    fn signal<'a>(
        &'a self,
        id: &'a ContainerId,
        signal: i32,
    ) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async move { self.do_signal(id, signal) })
    }

    fn wait<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<Exit, RuntimeError>> {
        Box::pin(async move {
            let state = self.with(id, |container| Ok(container.state.subscribe()))?;
            exit_of(state, id).await
        })
    }

    fn logs<'a>(
        &'a self,
        id: &'a ContainerId,
    ) -> BoxFuture<'a, Result<Box<dyn LogReader>, RuntimeError>> {
        Box::pin(async move {
            self.with(id, |container| {
                Ok(Box::new(MockLog {
                    id: id.clone(),
                    output: container.output.clone(),
                    acknowledged: container.acknowledged.clone(),
                    cursor: *lock(&container.acknowledged),
                    state: container.state.subscribe(),
                }) as Box<dyn LogReader>)
            })
        })
    }

    fn remove<'a>(&'a self, id: &'a ContainerId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async move {
            if let Some(task) = lock(&self.state).get_mut(&id.task)
                && let Some(container) = task.containers.remove(id)
            {
                let killed = self.exit(SIGNAL_CODE_BASE + libc::SIGKILL, Some(libc::SIGKILL));
                end(&container.state, killed);
            }
            Ok(())
        })
    }

    fn remove_task<'a>(&'a self, id: &'a TaskId) -> BoxFuture<'a, Result<(), RuntimeError>> {
        Box::pin(async move {
            lock(&self.state).remove(id);
            Ok(())
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), RuntimeError>> {
        Box::pin(async { Ok(()) })
    }

    fn adopt(&self) -> BoxFuture<'_, Result<Vec<Adopted>, RuntimeError>> {
        Box::pin(async move {
            let state = lock(&self.state);
            let adopted = state.values().map(|task| Adopted {
                spec: task.spec.clone(),
                sandbox: Some(sandbox_of(&task.spec)),
                containers: task
                    .containers
                    .iter()
                    .map(|(id, container)| AdoptedContainer {
                        id: id.clone(),
                        state: container.state.borrow().clone(),
                    })
                    .collect(),
            });
            Ok(adopted.collect())
        })
    }
}

/// All output is there from the start; the cursor's position counts records.
struct MockLog {
    id: ContainerId,
    output: Arc<Mutex<Vec<Record>>>,
    acknowledged: Arc<Mutex<Cursor>>,
    cursor: Cursor,
    state: watch::Receiver<ContainerState>,
}

impl MockLog {
    fn batch(&mut self) -> Vec<Record> {
        let from = usize::try_from(self.cursor.position).unwrap_or(usize::MAX);
        let records: Vec<Record> = lock(&self.output).iter().skip(from).cloned().collect();
        self.cursor.position += records.len() as u64;
        records
    }
}

impl LogReader for MockLog {
    fn next(&mut self, _max_bytes: usize) -> BoxFuture<'_, Result<LogBatch, RuntimeError>> {
        Box::pin(async move {
            let mut records = self.batch();
            while records.is_empty() {
                let ended = matches!(&*self.state.borrow(), ContainerState::Exited(_));
                records = self.batch();
                if ended || !records.is_empty() {
                    break;
                }
                self.state
                    .changed()
                    .await
                    .map_err(|_| RuntimeError::NoSuchContainer {
                        container: self.id.clone(),
                    })?;
            }
            Ok(LogBatch {
                ended: records.is_empty(),
                records,
                cursor: self.cursor,
                dropped: 0,
            })
        })
    }

    fn acknowledge(&mut self, cursor: Cursor) -> BoxFuture<'_, Result<(), RuntimeError>> {
        *lock(&self.acknowledged) = cursor;
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests;
