//! How containers are told to stop, and made to.

use std::sync::Arc;
use std::time::Duration;

use super::life::Life;
use super::stop_signal;

/// What ECS waits between the stop signal and SIGKILL where the definition says nothing.
const STOP_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);
const SIGTERM: i32 = 15;
pub(super) const SIGKILL: i32 = 9;

impl Life<'_> {
    /// Sends the stop signal, and sets the time at which it is killed.
    pub(super) async fn stop(&mut self, name: &str) {
        let now = self.monotonic();
        let runtime = Arc::clone(&self.engine().runtime);
        let Some(one) = self.find(name) else {
            return;
        };
        let signal = one
            .image
            .as_ref()
            .and_then(|image| stop_signal::parse(&image.config.stop_signal).ok())
            .unwrap_or(SIGTERM);
        let timeout = match u64::try_from(one.wanted.container.stop_timeout) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => STOP_TIMEOUT_DEFAULT,
        };
        one.progress.stopping = true;
        one.kill_at = Some(now + timeout);
        if let Some(prober) = one.prober.take() {
            prober.abort();
        }
        let id = one.id.clone();
        if let Err(error) = runtime.signal(&id, signal).await {
            tracing::warn!(container = %id, %error, "the stop signal could not be sent");
        }
    }

    pub(super) async fn kill_overdue(&mut self) {
        let now = self.monotonic();
        let runtime = Arc::clone(&self.engine().runtime);
        for one in &mut self.containers {
            if one.kill_at.is_some_and(|at| at <= now) {
                // Again after a while, should the kernel not have obeyed.
                one.kill_at = Some(now + STOP_TIMEOUT_DEFAULT);
                if let Err(error) = runtime.signal(&one.id, SIGKILL).await {
                    tracing::warn!(container = %one.id, %error, "SIGKILL could not be sent");
                }
            }
        }
    }
}
