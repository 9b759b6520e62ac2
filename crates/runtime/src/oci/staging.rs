//! Containers that are made ready before they are run: bundle and shim, which waits to be told.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{MutexGuard, PoisonError};

use shim::file;

use super::shims::{Launched, StagedShim};
use super::{Inner, STATE_POLL, STATE_WAIT, late};
use crate::{ContainerId, ContainerSpec, RuntimeError};

/// A container that is made ready.
pub(super) struct Staged {
    spec: ContainerSpec,
    shim: StagedShim,
}

/// True where a container was made ready, and nothing of it was begun.
pub(super) fn is_waiting(folder: &Path) -> bool {
    folder.join(file::WAITING).exists()
}

pub(super) fn remove_waiting(folder: &Path) -> Result<(), RuntimeError> {
    let waiting = folder.join(file::WAITING);
    match std::fs::remove_file(&waiting) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(RuntimeError::io("remove", &waiting)(error))
        }
        _ => Ok(()),
    }
}

impl Inner {
    /// Runs a container that was made ready; `None` where none was, or not so.
    pub(super) async fn run_staged(
        &self,
        spec: &ContainerSpec,
    ) -> Result<Option<Launched>, RuntimeError> {
        let id = &spec.id;
        let Some(staged) = self.take_staged(id) else {
            return Ok(None);
        };
        if staged.spec != *spec {
            self.give_up(id, staged).await?;
            return Ok(None);
        }
        let folder = self.folders.container(id);
        let launched = self.shims.run_staged(staged.shim, &folder).await?;
        if !matches!(launched, Launched::Failed(_)) {
            return Ok(Some(launched));
        }
        // Killed before it was told, or its launcher was and the shim goes on.
        Ok(self.has_begun(id).await?.then_some(launched))
    }

    /// Waits until a shim that nobody will tell any more has begun or has ended; true where it has begun.
    pub(super) async fn has_begun(&self, id: &ContainerId) -> Result<bool, RuntimeError> {
        let folder = self.folders.container(id);
        tokio::time::timeout(STATE_WAIT, async {
            while is_waiting(&folder) && shim::lock::is_held(&folder) {
                tokio::time::sleep(STATE_POLL).await;
            }
        })
        .await
        .map_err(|_| late("the shim's beginning", id))?;
        Ok(!is_waiting(&folder))
    }

    pub(super) async fn stage(&self, spec: &ContainerSpec) -> Result<(), RuntimeError> {
        let id = &spec.id;
        let folder = self.folders.container(id);
        let place = self.shims.place();
        let (Some(place), true) = (place, self.is_new(id)) else {
            return Ok(());
        };
        self.prepare_bundle(spec.clone()).await?;
        let waiting = folder.join(file::WAITING);
        std::fs::write(&waiting, "").map_err(RuntimeError::io("write", &waiting))?;
        if let Some(shim) = self.shims.stage(&folder, place).await? {
            let staged = Staged {
                spec: spec.clone(),
                shim,
            };
            self.staged().insert(id.clone(), staged);
        }
        Ok(())
    }

    fn staged(&self) -> MutexGuard<'_, BTreeMap<ContainerId, Staged>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_staged(&self, id: &ContainerId) -> Option<Staged> {
        self.staged().remove(id)
    }

    /// Ends the shim of a container that will not be, or not so.
    pub(super) async fn give_up(
        &self,
        id: &ContainerId,
        staged: Staged,
    ) -> Result<(), RuntimeError> {
        let folder = self.folders.container(id);
        staged
            .shim
            .give_up()
            .await
            .map_err(RuntimeError::io("wait for the shim of", &folder))?;
        self.await_unlocked(id).await
    }
}
