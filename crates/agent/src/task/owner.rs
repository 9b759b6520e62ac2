//! The owner of one task: takes it from its payload to its end, whatever happens in between, and
//! reports that end. What is in between is `life`.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_wire as wire;
use aws_api::ecs;
use image::ImageHold;
use runtime::{AdoptedContainer, TaskId};
use tokio::sync::watch;

use super::life::Life;
use super::network::bridge_owner;
use super::record::{ContainerOutcome, Outcome, TaskRecord, is_full};
use crate::engine::Inner;
use crate::image_source::RunnableImage;
use crate::retry::{RETRY_FIRST, RETRY_MAX};

/// A task that is owned.
pub(crate) struct Owner {
    pub(crate) engine: Arc<Inner>,
    pub(crate) id: String,
    pub(crate) record: TaskRecord,
    /// Absent where it was lost with the machine's memory.
    pub(crate) task: Option<wire::Task>,
    /// True once the task is to stop.
    pub(crate) stop: watch::Receiver<bool>,
    /// What an earlier agent left.
    pub(crate) adopted: Vec<AdoptedContainer>,
    /// What that runs on.
    pub(crate) images: AdoptedImages,
}

/// The images of containers that an earlier agent left, held.
#[derive(Default)]
pub(crate) struct AdoptedImages {
    /// By container.
    pub(crate) known: BTreeMap<String, RunnableImage>,
    /// Keeps every image where there is one of which it is not known what it runs on.
    unknown: Option<ImageHold>,
}

impl AdoptedImages {
    /// Finds and holds the images of `containers` of a task.
    pub(crate) async fn hold(
        engine: &Inner,
        id: &str,
        task: Option<&wire::Task>,
        containers: &[AdoptedContainer],
    ) -> Self {
        let mut found = Self::default();
        for container in containers {
            let name = container.id.name.to_string();
            let mut image = None;
            if let Some(digest) = engine.folders.image(id, &name) {
                image = engine.images.of_digest(&digest).await;
            }
            if image.is_none()
                && let Some(one) = task.and_then(|task| {
                    let mut containers = task.containers.iter();
                    containers.find(|one| one.name == name)
                })
                && engine.folders.image(id, &name).is_none()
            {
                // Made by an agent that did not keep the digest.
                image = engine.images.known(&one.image).await;
            }
            if let Some(image) = image {
                found.known.insert(name, image);
            } else if found.unknown.is_none() {
                tracing::warn!(
                    task = id,
                    container = name,
                    "its image is not known; all are kept while the task is here"
                );
                found.unknown = engine.images.hold_everything();
            }
        }
        found
    }
}

impl Owner {
    /// Takes the task to its end and reports it.
    pub(crate) async fn run(mut self) {
        // Held until nothing of the task is mounted any more.
        let mut images = Vec::new();
        let outcome = match self.record.outcome.take() {
            Some(outcome) => outcome,
            None => {
                let outcome = self.live(&mut images).await;
                self.record.outcome = Some(outcome.clone());
                self.insist("write down how a task ended", |owner| {
                    let folders = &owner.engine.folders;
                    match folders.write_record(&owner.id, &owner.record) {
                        // The end is told all the same. Should this agent die before it is, the next
                        // one must not start the task again.
                        Err(error) if is_full(&error) => {
                            tracing::error!(task = %owner.id, %error, "no room to write down how a task ended");
                            folders.remove_payload(&owner.id)
                        }
                        written => written,
                    }
                })
                .await;
                outcome
            }
        };
        clear_away(&self.engine, &self.id, &self.record.containers).await;
        drop((images, std::mem::take(&mut self.images)));
        self.report_stopped(&outcome).await;
        self.insist("forget a task", |owner| {
            owner.engine.folders.remove(&owner.id)
        })
        .await;
    }

    /// Tries again until it works: for what must not be left undone.
    async fn insist(&self, what: &str, mut work: impl FnMut(&Self) -> std::io::Result<()>) {
        let mut wait = RETRY_FIRST;
        while let Err(error) = work(self) {
            tracing::error!(task = %self.id, %error, "could not {what}; it is tried again");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
    }

    async fn live(&self, images: &mut Vec<RunnableImage>) -> Outcome {
        let Some(task) = self.task.clone() else {
            return self.lost();
        };
        let (Ok(task_id), false) = (self.id.parse::<TaskId>(), task.containers.is_empty()) else {
            // A task of which nothing is known but that it is to stop.
            return self.lost();
        };
        let mut life = Life::new(self, task, task_id);
        let failure = life.run().await;
        let (outcome, used) = life.end(failure).await;
        *images = used;
        outcome
    }

    /// The outcome of a task whose containers went with the machine's memory.
    fn lost(&self) -> Outcome {
        let stopping = *self.stop.borrow();
        let reason = if stopping {
            ""
        } else {
            "The node lost the task: it was restarted, or its disk was replaced"
        };
        let containers = self.record.containers.iter().map(|name| ContainerOutcome {
            name: name.clone(),
            ..ContainerOutcome::default()
        });
        Outcome {
            reason: reason.to_owned(),
            containers: containers.collect(),
            stopped_at: Some(self.engine.clock.now()),
            ..Outcome::default()
        }
    }

    async fn report_stopped(&self, outcome: &Outcome) {
        let containers = outcome
            .containers
            .iter()
            .map(|one| ecs::ContainerStateChange {
                container_name: Some(one.name.clone()),
                exit_code: one.exit_code,
                reason: one.reason.clone(),
                runtime_id: one.runtime_id.clone(),
                image_digest: one.image_digest.clone(),
                status: Some("STOPPED".to_owned()),
                ..ecs::ContainerStateChange::default()
            });
        let input = ecs::SubmitTaskStateChangeRequest {
            task: Some(self.record.arn.clone()),
            status: Some("STOPPED".to_owned()),
            reason: Some(outcome.reason.clone()),
            containers: Some(containers.collect()),
            pull_started_at: outcome.pull_started_at,
            pull_stopped_at: outcome.pull_stopped_at,
            execution_stopped_at: outcome.stopped_at,
            ..ecs::SubmitTaskStateChangeRequest::default()
        };
        submit(&self.engine, &self.record.arn, &input).await;
    }
}

/// Removes all that a task had on this node. It is tried until it works: a task that is STOPPED
/// has nothing left.
pub(crate) async fn clear_away(engine: &Inner, id: &str, containers: &[String]) {
    let mut wait = RETRY_FIRST;
    loop {
        let mut detached = engine.network.detach(id).await;
        for container in containers {
            let owner = bridge_owner(id, container);
            detached = detached.and(engine.network.detach_bridge(&owner).await);
        }
        let detached = detached.map_err(|error| error.to_string());
        let removed = match id.parse::<TaskId>() {
            Ok(id) => engine.runtime.remove_task(&id).await,
            Err(_) => Ok(()),
        };
        match detached.and(removed.map_err(|error| error.to_string())) {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(task = %id, %error, "could not clear a task away; it is tried again");
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(RETRY_MAX);
    }
}

/// Reports until the control plane has taken it, or refuses it for good. True if it was taken.
pub(super) async fn submit(
    engine: &Inner,
    arn: &str,
    input: &ecs::SubmitTaskStateChangeRequest,
) -> bool {
    let region = arn.split(':').nth(3).unwrap_or_default();
    let mut retry = engine.control_plane.retry();
    loop {
        match engine.control_plane.submit_task_state(region, input).await {
            Ok(()) => return true,
            Err(error) if error.is_final() => {
                tracing::warn!(task = arn, %error, "the control plane does not want a report");
                return false;
            }
            Err(error) => tracing::debug!(task = arn, %error, "a report is sent again"),
        }
        retry.pause().await;
    }
}
