//! A pretend node's reports: late, doubled, out of order, their answers unheard; sent again until
//! they are taken.

use std::sync::Arc;

use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;
use tokio::sync::mpsc;

use super::Node;
use super::agenda::Action;
use super::tasks::Said;
use crate::control_plane::CallFailure;
use crate::options::Weakness;
use crate::world::World;

/// The longest that a report is on its way, in milliseconds.
const MESSAGE_DELAY_MAX_MILLIS: u64 = 3_000;

/// What became of a report.
pub(super) struct Outcome {
    arn: String,
    said: Said,
    /// The machine's life in which it was sent.
    boot: u64,
    result: Result<(), CallFailure>,
}

impl Node {
    /// Says what there is to say of a task.
    pub(super) fn report(&mut self, arn: &str) {
        let Some(task) = self.tasks.get(arn) else {
            return;
        };
        let Some(said) = task.to_report() else {
            return;
        };
        let containers = task
            .containers
            .iter()
            .map(|name| model::ContainerStateChange {
                container_name: Some(name.clone()),
                exit_code: task.exit_code,
                runtime_id: Some(format!("{}-{name}", self.boot)),
                status: Some(said.as_str().to_owned()),
                ..model::ContainerStateChange::default()
            });
        let input = model::SubmitTaskStateChangeRequest {
            task: Some(arn.to_owned()),
            status: Some(said.as_str().to_owned()),
            reason: Some(task.reason.clone()),
            containers: Some(containers.collect()),
            ..model::SubmitTaskStateChangeRequest::default()
        };
        let dice = self.dice_for(&format!("report of {arn}"));
        let copies = 1 + u64::from(self.world.fails(&dice, 15));
        for copy in 0..copies {
            let delay = match self.world.fails(&dice, 30) {
                true => dice.between(0, MESSAGE_DELAY_MAX_MILLIS),
                false => 0,
            };
            let unheard = self.world.fails(&dice, 10);
            // Of a second copy nobody hears; it only arrives.
            let sender = (copy == 0).then(|| self.outcome_sender.clone());
            let sending = Sending {
                world: Arc::clone(&self.world),
                node: self.id.clone(),
                at: self.ahead(delay),
                input: input.clone(),
                said,
                boot: self.boot,
            };
            tokio::spawn(sending.send(sender, unheard));
        }
        if said == Said::Running && self.world.fails(&dice, 20) {
            self.report_containers(arn);
        }
    }

    /// Says of the containers alone how far they are, once, as Amazon's agent does beside.
    pub(super) fn report_containers(&self, arn: &str) {
        let Some(task) = self.tasks.get(arn) else {
            return;
        };
        for name in &task.containers {
            let input = model::SubmitContainerStateChangeRequest {
                task: Some(arn.to_owned()),
                container_name: Some(name.clone()),
                status: Some("RUNNING".to_owned()),
                ..model::SubmitContainerStateChangeRequest::default()
            };
            let (world, node, at) = (Arc::clone(&self.world), self.id.clone(), self.ahead(0));
            tokio::spawn(async move {
                world.clock.until(at).await;
                let caller = world.plane.node(&node, "SubmitContainerStateChange");
                let call = |ecs: Arc<ecs::Ecs>| async move {
                    ecs.submit_container_state_change(&caller, input).await
                };
                let _ = world.plane.call(call).await;
            });
        }
    }

    pub(super) fn take_outcome(&mut self, outcome: Outcome) {
        let Outcome {
            arn,
            said,
            boot,
            result,
        } = outcome;
        if boot != self.boot {
            return;
        }
        let Some(task) = self.tasks.get_mut(&arn) else {
            return;
        };
        match (result, said) {
            (Ok(()), Said::Running) => task.running_taken = true,
            (Ok(()), Said::Stopped) => {
                self.tasks.remove(&arn);
                if self.world.options.weakness != Some(Weakness::NodeForgetsEnded) {
                    self.ended.insert(arn);
                }
            }
            (Err(CallFailure::Refused(code, message)), _) => {
                // Forgotten after its hour; anything else must not be.
                if self.world.ledger.find(&arn).is_some() {
                    self.world.trace.violation(&format!(
                        "the report that {arn} is {} was refused: {code}: {message}",
                        said.as_str()
                    ));
                }
                self.tasks.remove(&arn);
            }
            (Err(_), _) => {
                let wait = task.back_off();
                self.plan(wait, Action::Report(arn));
            }
        }
    }
}

/// A report on its way.
struct Sending {
    world: Arc<World>,
    node: String,
    at: u64,
    input: model::SubmitTaskStateChangeRequest,
    said: Said,
    boot: u64,
}

impl Sending {
    /// Sends it at its time; who waits at `outcomes` is told, unless the answer goes `unheard`.
    async fn send(self, outcomes: Option<mpsc::Sender<Outcome>>, unheard: bool) {
        self.world.clock.until(self.at).await;
        let arn = self.input.task.clone().unwrap_or_default();
        let caller = self.world.plane.node(&self.node, "SubmitTaskStateChange");
        let input = self.input;
        let call =
            |ecs: Arc<ecs::Ecs>| async move { ecs.submit_task_state_change(&caller, input).await };
        let result = self.world.plane.call(call).await.map(|_| ());
        let result = if unheard {
            Err(CallFailure::Unreachable)
        } else {
            result
        };
        if let Some(outcomes) = outcomes {
            let outcome = Outcome {
                arn,
                said: self.said,
                boot: self.boot,
                result,
            };
            // A node that is gone needs to hear nothing.
            let _ = outcomes.send(outcome).await;
        }
    }
}
