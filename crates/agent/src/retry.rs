//! The pauses between tries of what the control plane has not taken yet.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::Clock;
use tokio::sync::watch;

/// The first pause; each failure doubles it.
pub(crate) const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest pause. Below five seconds: so soon after a restart the API tells what is.
pub(crate) const RETRY_MAX: Duration = Duration::from_secs(4);

/// After so many calls without an answer in a row the control plane is away. One that is only slow
/// answers others in between, and what waits for it must keep its pauses.
const AWAY_AFTER: u32 = 3;
/// How long after the control plane is back the last of many that wait goes on.
const BACK_SPREAD_MAX: Duration = Duration::from_secs(1);
/// How long each of those that wait adds to that.
const BACK_SPREAD_EACH: Duration = Duration::from_millis(1);
/// Of so many regions it is remembered that they are not served; no more are told of.
const UNSERVED_MAX: usize = 100;
/// 2^32 divided by the golden ratio: its multiples, cut to 32 bits, lie evenly.
const SPREAD_STEP: u32 = 2_654_435_769;

/// Whether the control plane can be reached, as this node's calls have found.
#[derive(Debug)]
pub(crate) struct Reach {
    /// Calls without an answer since the last answer.
    unanswered: AtomicU32,
    /// Its signatures are not taken.
    distrusted: AtomicBool,
    /// The regions that were told as not served.
    unserved: Mutex<BTreeSet<String>>,
    away: watch::Sender<bool>,
    /// Told each time that it is reached again.
    back: watch::Sender<()>,
    /// How many things were tried again and again, for their places in a spread.
    retries: AtomicU32,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            unanswered: AtomicU32::new(0),
            distrusted: AtomicBool::new(false),
            unserved: Mutex::default(),
            away: watch::Sender::new(false),
            back: watch::Sender::new(()),
            retries: AtomicU32::new(0),
        }
    }
}

impl Reach {
    /// A call got an answer, whichever, or none.
    pub(crate) fn note(&self, answered: bool) {
        if answered {
            self.unanswered.store(0, Ordering::Relaxed);
            if self.away.send_if_modified(std::mem::take) {
                self.back.send_replace(());
            }
        } else if self.unanswered.fetch_add(1, Ordering::Relaxed) + 1 >= AWAY_AFTER {
            self.away
                .send_if_modified(|away| !std::mem::replace(away, true));
        }
    }

    /// Waits until the control plane was there for `total`, from now on, all in all.
    pub(crate) async fn has_been_there(&self, total: Duration, clock: &dyn Clock) {
        let mut away = self.away.subscribe();
        let mut left = total;
        loop {
            // The sender is ours.
            let _ = away.wait_for(|away| !*away).await;
            let began = clock.monotonic();
            tokio::select! {
                () = tokio::time::sleep(left) => return,
                _ = away.wait_for(|away| *away) => {
                    left = left.saturating_sub(clock.monotonic().saturating_sub(began));
                }
            }
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

    /// A call was refused for its region alone; says so once, however often it is tried again.
    pub(crate) fn note_region(&self, region: &str, message: &str) {
        let mut told = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < UNSERVED_MAX && told.insert(region.to_owned()) {
            tracing::warn!(
                region,
                message,
                "the control plane does not serve this region. What is under way there waits for it to be \
                 served, and what would begin there fails"
            );
        }
    }

    /// A call of a region was answered: should it not be served one day, that is told again.
    pub(crate) fn note_served(&self, region: &str) {
        let mut told = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        told.remove(region);
    }

    /// For one thing that is tried until it works; made before the first try.
    pub(crate) fn retry(self: &Arc<Self>) -> Retry {
        let number = self.retries.fetch_add(1, Ordering::Relaxed);
        Retry {
            pause: RETRY_FIRST,
            place: f64::from(number.wrapping_mul(SPREAD_STEP)) / f64::from(u32::MAX),
            back: self.back.subscribe(),
            reach: Arc::clone(self),
        }
    }
}

/// The pauses of one thing that is tried again and again.
#[derive(Debug)]
pub(crate) struct Retry {
    pause: Duration,
    /// Where among others it goes on when the control plane is back: from 0 to 1.
    place: f64,
    back: watch::Receiver<()>,
    reach: Arc<Reach>,
}

impl Retry {
    /// Waits before the next try: a little longer each time, but not much longer than until the control
    /// plane is reached again after it was not. That shortens no later pause: what just came back may have
    /// more to do than it can.
    pub(crate) async fn pause(&mut self) {
        let back = async {
            let _ = self.back.changed().await;
            let waiting = u32::try_from(self.reach.back.receiver_count()).unwrap_or(u32::MAX);
            let spread = BACK_SPREAD_EACH.saturating_mul(waiting);
            tokio::time::sleep(spread.min(BACK_SPREAD_MAX).mul_f64(self.place)).await;
        };
        tokio::select! {
            () = tokio::time::sleep(self.pause) => {}
            () = back => {}
        }
        self.pause = (self.pause * 2).min(RETRY_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::SystemClock;

    const AT_ONCE: Duration = Duration::from_secs(1);

    fn goes(reach: &Reach) {
        for _ in 0..AWAY_AFTER {
            reach.note(false);
        }
    }

    #[tokio::test]
    async fn what_waits_goes_on_when_the_control_plane_is_back() {
        let reach = Arc::new(Reach::default());
        let mut retry = reach.retry();
        retry.pause = RETRY_MAX;
        // Answers alone wake nobody, nor does the way out.
        reach.note(true);
        goes(&reach);
        assert!(
            tokio::time::timeout(RETRY_FIRST, retry.pause())
                .await
                .is_err()
        );
        reach.note(true);
        tokio::time::timeout(AT_ONCE, retry.pause()).await.unwrap();
        // Also while it was trying.
        retry.pause = RETRY_MAX;
        goes(&reach);
        reach.note(true);
        tokio::time::timeout(AT_ONCE, retry.pause()).await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_control_plane_shortens_no_pause() {
        let reach = Arc::new(Reach::default());
        let mut retry = reach.retry();
        retry.pause = RETRY_MAX;
        // Some calls take too long, and others are answered in between.
        for _ in 0..100 {
            reach.note(false);
            reach.note(true);
        }
        assert!(
            tokio::time::timeout(RETRY_FIRST, retry.pause())
                .await
                .is_err()
        );
        // Nor does one that was away begin anew with short ones.
        goes(&reach);
        reach.note(true);
        tokio::time::timeout(AT_ONCE, retry.pause()).await.unwrap();
        assert_eq!(retry.pause, RETRY_MAX);
    }

    #[test]
    fn many_that_wait_do_not_go_on_at_once() {
        let reach = Arc::new(Reach::default());
        let retries: Vec<Retry> = (0..100).map(|_| reach.retry()).collect();
        for tenth in 0..10_u32 {
            let from = f64::from(tenth) / 10.0;
            let here = retries
                .iter()
                .filter(|retry| (from..=from + 0.1).contains(&retry.place));
            assert!((8..=12).contains(&here.count()), "from {from}");
        }
    }

    #[tokio::test]
    async fn only_time_with_an_answering_control_plane_counts() {
        const TOTAL: Duration = Duration::from_millis(50);
        let reach = Reach::default();
        let clock = SystemClock;
        goes(&reach);
        let passed = reach.has_been_there(TOTAL, &clock);
        tokio::pin!(passed);
        assert!(tokio::time::timeout(2 * TOTAL, &mut passed).await.is_err());
        reach.note(true);
        tokio::time::timeout(AT_ONCE, passed).await.unwrap();
    }
}
