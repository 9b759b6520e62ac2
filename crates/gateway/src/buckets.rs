//! Token buckets, one a principal.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

struct Bucket {
    tokens: f64,
    filled_at: Duration,
}

/// Says whether a principal may send one more request now.
pub(crate) struct Buckets {
    per_second: f64,
    burst: f64,
    remembered_max: usize,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Buckets {
    pub(crate) fn new(per_second: u32, burst: u32, remembered_max: usize) -> Self {
        Self {
            per_second: f64::from(per_second),
            burst: f64::from(burst),
            remembered_max,
            buckets: Mutex::default(),
        }
    }

    /// Takes one token of `principal`; false when there is none. `now` is monotonic time.
    pub(crate) fn take(&self, principal: &str, now: Duration) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(principal) {
            let gained = now.saturating_sub(bucket.filled_at).as_secs_f64() * self.per_second;
            bucket.tokens = (bucket.tokens + gained).min(self.burst);
            bucket.filled_at = now;
            if bucket.tokens < 1.0 {
                return false;
            }
            bucket.tokens -= 1.0;
            return true;
        }
        if buckets.len() >= self.remembered_max {
            let stillest = buckets
                .iter()
                .min_by_key(|(_, bucket)| bucket.filled_at)
                .map(|(name, _)| name.clone());
            if let Some(name) = stillest {
                buckets.remove(&name);
            }
        }
        let tokens = self.burst - 1.0;
        buckets.insert(
            principal.to_owned(),
            Bucket {
                tokens,
                filled_at: now,
            },
        );
        tokens >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_bucket_holds_its_burst_and_fills_at_its_rate() {
        let buckets = Buckets::new(2, 3, 10);
        let taken = (0..5).filter(|_| buckets.take("a", at(0))).count();
        assert_eq!(taken, 3);
        assert!(!buckets.take("a", at(499)));
        assert!(buckets.take("a", at(999)));
        assert!(!buckets.take("a", at(999)));
        let taken = (0..9).filter(|_| buckets.take("a", at(60_000))).count();
        assert_eq!(taken, 3);
    }

    #[test]
    fn principals_do_not_share_and_are_forgotten_in_turn() {
        let buckets = Buckets::new(1, 1, 2);
        assert!(buckets.take("a", at(0)));
        assert!(buckets.take("b", at(1)));
        assert!(!buckets.take("a", at(2)));
        // The third is remembered in the place of the one that was still for longest.
        assert!(buckets.take("c", at(3)));
        assert!(!buckets.take("a", at(4)));
        assert!(buckets.take("b", at(5)));
        assert_eq!(buckets.buckets.lock().unwrap().len(), 2);
    }
}
