//! What is said of a task on its way: that it runs.

use std::sync::Arc;

use aws_api::ecs;

use super::life::Life;
use super::owner::submit;
use super::plan::Phase;

impl Life<'_> {
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
