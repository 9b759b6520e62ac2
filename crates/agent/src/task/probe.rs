//! Runs a container's health check at its interval, and tells what it has found.

use std::sync::Arc;
use std::time::Duration;

use agent_wire::ContainerHealth;
use ambient::{Clock, Timestamp};
use runtime::{ContainerId, ExecSpec, Runtime, RuntimeError};
use tokio::sync::mpsc;

use super::life::Life;
use super::plan::Phase;
use super::plan::health::{Check, Findings, Health};

/// How many runs' outcomes wait for the task's owner: more than a task has containers.
pub(super) const PROBED_MAX: usize = 64;

/// How a run of a health check ended.
#[derive(Debug)]
pub(super) struct Probed {
    name: String,
    /// Which start of the container it was about.
    start: u64,
    passed: bool,
    /// When it began, since the machine's boot.
    began: Duration,
}

impl Life<'_> {
    /// Runs the container's health check from now on, if it has one.
    pub(super) fn look_after_health(&mut self, index: usize) {
        let at = self.now();
        let engine = Arc::clone(self.engine());
        let sender = self.probed.0.clone();
        let Some(one) = self.containers.get_mut(index) else {
            return;
        };
        let Some(check) = one.check.clone() else {
            return;
        };
        one.findings = Findings::default();
        one.progress.health = Some(Health::Unknown);
        // What an earlier agent found stands until something else is found.
        let first_wait = if one.health_is_old {
            Duration::ZERO
        } else {
            let found = said(&one.wanted.container.name, Health::Unknown, at);
            engine.health.write(&self.task.arn, found);
            check.interval
        };
        let prober = Prober {
            runtime: Arc::clone(&engine.runtime),
            clock: Arc::clone(&engine.clock),
            id: one.id.clone(),
            name: one.wanted.container.name.clone(),
            start: one.starts,
            check,
            sender,
        };
        one.prober = Some(tokio::spawn(prober.run(first_wait)));
    }

    pub(super) fn take_probe(&mut self, probed: &Probed) {
        let at = self.now();
        let arn = self.task.arn.clone();
        let engine = Arc::clone(self.engine());
        let Some(one) = self.find(&probed.name) else {
            return;
        };
        let Some(check) = &one.check else {
            return;
        };
        if one.starts != probed.start || one.progress.phase != Phase::Running {
            return;
        }
        let started = one.started.unwrap_or_default();
        let since_start = probed.began.saturating_sub(started);
        let before = one.findings.health();
        one.findings = one.findings.after(check, probed.passed, since_start);
        let now = one.findings.health();
        one.progress.health = Some(now);
        if now != before {
            one.health_is_old = false;
            engine.health.write(&arn, said(&probed.name, now, at));
        }
    }
}

fn said(container: &str, health: Health, at: Timestamp) -> ContainerHealth {
    // Milliseconds since 1970 are far below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "exact for every date")]
    let status_since = at.as_millis() as f64 / 1000.0;
    ContainerHealth {
        container_name: container.to_owned(),
        health_status: health.as_str().to_owned(),
        status_since,
    }
}

struct Prober {
    runtime: Arc<dyn Runtime>,
    clock: Arc<dyn Clock>,
    id: ContainerId,
    name: String,
    start: u64,
    check: Check,
    sender: mpsc::Sender<Probed>,
}

impl Prober {
    /// Until it is aborted, or its owner is gone.
    async fn run(self, first_wait: Duration) {
        tokio::time::sleep(first_wait).await;
        let command = ExecSpec::new(self.check.command.clone());
        loop {
            let began = self.clock.monotonic();
            let outcome = self
                .runtime
                .exec(&self.id, &command, self.check.timeout)
                .await;
            let passed = match outcome {
                Ok(outcome) => outcome.code == Some(0) && !outcome.timed_out,
                // Its end is on the way to the owner.
                Err(RuntimeError::NotRunning { .. } | RuntimeError::NoSuchContainer { .. }) => {
                    return;
                }
                Err(error) => {
                    tracing::warn!(container = %self.id, %error, "its health check could not be run");
                    false
                }
            };
            let probed = Probed {
                name: self.name.clone(),
                start: self.start,
                passed,
                began,
            };
            if self.sender.send(probed).await.is_err() {
                return;
            }
            tokio::time::sleep(self.check.interval).await;
        }
    }
}
