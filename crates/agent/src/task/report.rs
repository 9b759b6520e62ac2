//! What is said of a task on its way: that its interface is there, and that it runs.

use std::sync::Arc;

use aws_api::ecs;
use tokio_util::task::AbortOnDropHandle;

use super::life::Life;
use super::owner::submit;
use super::plan::Phase;

impl Life<'_> {
    /// Says once that the task's interface is there, for as long as it does not run: with that it goes
    /// without saying.
    pub(super) fn report_attached(&mut self) {
        if self.attached_report.is_some() || self.surrounding.is_none() {
            return;
        }
        let interfaces = self.task.elastic_network_interfaces.iter();
        let attachments: Vec<_> = interfaces
            .map(|one| ecs::AttachmentStateChange {
                attachment_arn: Some(one.attachment_arn.clone()),
                status: Some("ATTACHED".to_owned()),
            })
            .collect();
        if attachments.is_empty() {
            return;
        }
        let input = ecs::SubmitAttachmentStateChangesRequest {
            attachments: Some(attachments),
            cluster: None,
        };
        let (engine, region) = (Arc::clone(self.engine()), self.region().to_owned());
        self.attached_report = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            let mut retry = engine.control_plane.retry();
            loop {
                let told: Result<ecs::SubmitAttachmentStateChangesResponse, _> = engine
                    .control_plane
                    .call(
                        &ecs::SERVICE,
                        "SubmitAttachmentStateChanges",
                        &region,
                        &input,
                    )
                    .await;
                match told {
                    Err(error) if !error.is_final() => {
                        tracing::debug!(%error, "a report is sent again");
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the control plane does not want a report");
                        return;
                    }
                    Ok(_) => return,
                }
                retry.pause().await;
            }
        })));
    }

    /// Says once that the task runs. A control plane that does not want to hear it has no such
    /// task: then it is stopped here as well.
    pub(super) fn report_running(&mut self) {
        if self.running_report.is_some() {
            return;
        }
        let containers = self.containers.iter().map(|one| ecs::ContainerStateChange {
            container_name: Some(one.wanted.container.name.clone()),
            runtime_id: one.outcome.runtime_id.clone(),
            image_digest: one.outcome.image_digest.clone(),
            exit_code: one.outcome.exit_code,
            network_bindings: Some(one.ports.bindings.clone())
                .filter(|bindings| !bindings.is_empty()),
            status: Some(
                match one.progress.phase {
                    Phase::Ended { .. } => "STOPPED",
                    _ => "RUNNING",
                }
                .to_owned(),
            ),
            ..ecs::ContainerStateChange::default()
        });
        self.attached_report = None;
        let arn = self.owner.record.arn.clone();
        let input = ecs::SubmitTaskStateChangeRequest {
            task: Some(arn.clone()),
            status: Some("RUNNING".to_owned()),
            containers: Some(containers.collect()),
            pull_started_at: self.outcome.pull_started_at,
            pull_stopped_at: self.outcome.pull_stopped_at,
            ..ecs::SubmitTaskStateChangeRequest::default()
        };
        let engine = Arc::clone(self.engine());
        self.running_report = Some(tokio::spawn(async move {
            let taken = submit(&engine, &arn, &input).await;
            if taken {
                engine.health.show(&arn);
            } else {
                engine.stop(&arn);
            }
            taken
        }));
    }
}
