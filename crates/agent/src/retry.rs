//! The pauses between tries of what the control plane has not taken yet.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// The first pause; each failure doubles it.
pub(crate) const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest pause. Below five seconds: so soon after a restart the API tells what is.
pub(crate) const RETRY_MAX: Duration = Duration::from_secs(4);

/// Whether the control plane can be reached, as this node's calls have found.
#[derive(Debug)]
pub(crate) struct Reach {
    away: AtomicBool,
    /// Its signatures are not taken.
    distrusted: AtomicBool,
    /// Told each time that it is reached again.
    back: watch::Sender<()>,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            away: AtomicBool::new(false),
            distrusted: AtomicBool::new(false),
            back: watch::Sender::new(()),
        }
    }
}

impl Reach {
    /// A call got an answer, whichever, or none.
    pub(crate) fn note(&self, answered: bool) {
        if !answered {
            self.away.store(true, Ordering::Relaxed);
        } else if self.away.swap(false, Ordering::Relaxed) {
            self.back.send_replace(());
        }
    }

    /// Whether a signature was taken; says so when that changes, for it is the machine that is to be mended.
    pub(crate) fn note_signature(&self, refusal: Option<&str>) {
        let was_refused = self.distrusted.swap(refusal.is_some(), Ordering::Relaxed);
        match (was_refused, refusal) {
            (false, Some(message)) => tracing::warn!(
                message,
                "the control plane does not take what this node signs; look at the node's clock and its key. \
                 What waits is tried again, and tasks go on"
            ),
            (true, None) => tracing::info!("the control plane takes what this node signs again"),
            (false, None) | (true, Some(_)) => {}
        }
    }

    /// For one thing that is tried until it works; made before the first try.
    pub(crate) fn retry(&self) -> Retry {
        Retry {
            pause: RETRY_FIRST,
            back: self.back.subscribe(),
        }
    }
}

/// The pauses of one thing that is tried again and again.
#[derive(Debug)]
pub(crate) struct Retry {
    pause: Duration,
    back: watch::Receiver<()>,
}

impl Retry {
    /// Waits before the next try: a little longer each time, but no longer than until the control plane
    /// is reached again after it was not.
    pub(crate) async fn pause(&mut self) {
        tokio::select! {
            () = tokio::time::sleep(self.pause) => self.pause = (self.pause * 2).min(RETRY_MAX),
            Ok(()) = self.back.changed() => self.pause = RETRY_FIRST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_goes_on_when_the_control_plane_is_back() {
        const AT_ONCE: Duration = Duration::from_secs(1);
        let reach = Reach::default();
        let mut retry = reach.retry();
        retry.pause = RETRY_MAX;
        // Answers alone wake nobody, nor does the way out.
        reach.note(true);
        reach.note(false);
        assert!(
            tokio::time::timeout(RETRY_FIRST, retry.pause())
                .await
                .is_err()
        );
        reach.note(true);
        tokio::time::timeout(AT_ONCE, retry.pause()).await.unwrap();
        assert_eq!(retry.pause, RETRY_FIRST);
        // Also while it was trying.
        retry.pause = RETRY_MAX;
        reach.note(false);
        reach.note(true);
        tokio::time::timeout(AT_ONCE, retry.pause()).await.unwrap();
    }
}
