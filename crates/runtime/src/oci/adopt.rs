//! Finding what an earlier agent left, and giving lonely containers a shim.

use std::time::Duration;

use ambient::{Clock, SystemClock};
use shim::Exit;

use super::folders::names;
use super::shims::Launched;
use super::staging::is_waiting;
use super::{Found, Inner};
use crate::mounts::remove_folder;
use crate::{
    Adopted, AdoptedContainer, ContainerId, ContainerState, RuntimeError, Started, TaskId, sandbox,
};

/// How many shims are tried when they fail, and the pause after the first; it doubles.
const ADOPTION_TRIES: u32 = 5;
const ADOPTION_PAUSE: Duration = Duration::from_millis(50);

impl Inner {
    pub(super) async fn adopt(&self) -> Result<Vec<Adopted>, RuntimeError> {
        let mut found = Vec::new();
        for name in names(&self.folders.tasks())? {
            let Ok(id) = name.parse::<TaskId>() else {
                tracing::warn!(folder = %name, "left alone what is no task's folder");
                continue;
            };
            if !self.folders.task_record(&id).exists() {
                // Cut off before it was prepared or after it was removed.
                self.remove_task(&id).await?;
                continue;
            }
            let spec = self.task_spec(&id)?;
            let mut containers = Vec::new();
            for name in names(&self.folders.containers(&id))? {
                let id = ContainerId::new(&id, &name)?;
                let state = match self.adopt_state(&id).await {
                    Ok(state) => state,
                    // One container that cannot be taken over holds up no other.
                    Err(error) => self.without_shim(&id, &error)?,
                };
                containers.push(AdoptedContainer { id, state });
            }
            found.push(Adopted {
                sandbox: sandbox::find(&self.folders.task(&id), &self.config.cgroups, &spec),
                spec,
                containers,
            });
        }
        // Secrets of tasks that are gone.
        for name in names(&self.folders.bundles())? {
            if !found.iter().any(|task| task.spec.id.as_str() == name) {
                remove_folder(&self.folders.bundles().join(name))?;
            }
        }
        Ok(found)
    }

    async fn adopt_state(&self, id: &ContainerId) -> Result<ContainerState, RuntimeError> {
        if self.exists(id).is_err() {
            return Ok(ContainerState::Unfinished);
        }
        let folder = self.folders.container(id);
        let found = self.found(id);
        // Its shim ends as the agent did that was to tell it to begin, or was told just before.
        let waiting = found.state.is_none() && found.exit.is_none() && is_waiting(&folder);
        if waiting && !self.has_begun(id).await? {
            return Ok(ContainerState::Unfinished);
        }
        let found = self.found(id);
        let runs = found.exit.is_none();
        if runs && !shim::lock::is_held(&folder) {
            if found.state.is_none() && !folder.join(shim::file::LOCK).exists() {
                // No shim was ever started.
                return Ok(ContainerState::Unfinished);
            }
            self.adopt_one(id).await?;
        }
        Ok(match self.await_record(id, "adoption").await? {
            // An earlier agent was removing it, to make it anew.
            Found {
                exit: Some(exit), ..
            } if exit.is_before_start() => ContainerState::Unfinished,
            Found {
                exit: Some(exit), ..
            } => ContainerState::Exited(exit),
            Found {
                state: Some(state), ..
            } => {
                self.hold(id, &state)?;
                self.end_execs(id).await?;
                match state.started_at {
                    Some(started_at) => ContainerState::Running(Started {
                        pid: state.init.pid,
                        started_at,
                    }),
                    None => ContainerState::Created {
                        pid: state.init.pid,
                    },
                }
            }
            Found { .. } => ContainerState::Unfinished,
        })
    }

    /// Where a container stands that no shim will take, or not in time: as long as it runs, whoever waits
    /// for its end tries again.
    fn without_shim(
        &self,
        id: &ContainerId,
        error: &RuntimeError,
    ) -> Result<ContainerState, RuntimeError> {
        tracing::error!(container = %id, %error, "the container could not be taken over");
        let Some(state) = self.found(id).state else {
            return Ok(ContainerState::Unfinished);
        };
        let (pid, started_at) = (state.init.pid, state.started_at);
        Ok(match started_at {
            _ if self.has_ended(id) => {
                ContainerState::Exited(Exit::unknown(error.to_string(), SystemClock.now()))
            }
            Some(started_at) => {
                if let Err(error) = self.hold(id, &state) {
                    // Whoever waits for its end tries again.
                    tracing::warn!(container = %id, %error, "the container's end may go unseen");
                }
                ContainerState::Running(Started { pid, started_at })
            }
            None => ContainerState::Created { pid },
        })
    }

    /// Gives a container a new shim, unless it has one. A shim that fails (a machine without free
    /// memory or descriptors kills what it likes) is followed by another, a few times.
    pub(super) async fn adopt_one(&self, id: &ContainerId) -> Result<(), RuntimeError> {
        let folder = self.folders.container(id);
        let mut pause = ADOPTION_PAUSE;
        for attempt in 1.. {
            let found = self.found(id);
            let held = match &found.state {
                Some(state) if found.exit.is_none() => self.hold(id, state)?,
                _ => None,
            };
            tracing::info!(container = %id, attempt, "giving the container a new shim");
            match self.shims.adopt(&folder, held.as_deref()).await? {
                Launched::Done | Launched::Refused => break,
                Launched::Failed(message) if attempt == ADOPTION_TRIES => {
                    return Err(RuntimeError::Command {
                        command: format!("longshore shim --adopt {}", folder.display()),
                        message,
                    });
                }
                Launched::Failed(message) => {
                    tracing::warn!(container = %id, attempt, message, "the new shim failed");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Ok(())
    }
}
