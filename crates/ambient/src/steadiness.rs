//! Whether the wall clock can be believed where what is deleted by it does not come back.
//!
//! A clock that is wrong ahead makes everything old: of a machine that resumes, or that starts with a
//! clock without a battery, until something mends it. Nothing tells a wrong clock from a right
//! one, but what is mended jumps, and jumps are seen against the monotonic clock. So what deletes by
//! age waits until the clock has gone on without a jump for longer than mending takes.

use std::time::Duration;

use crate::Timestamp;

/// How far the wall clock may leave the monotonic one without having jumped: far more than leap
/// seconds, and what is kept by age is kept for longer.
pub const JUMP_MIN: Duration = Duration::from_secs(60);
/// How long a clock must have gone on steadily to be believed. What keeps clocks looks again within
/// that time: systemd-timesyncd after at most 2048 s (`PollIntervalMaxSec`), chrony after 1024 s.
pub const STEADY_FOR: Duration = Duration::from_secs(35 * 60);

/// How the wall clock has gone, as far as it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steadiness {
    /// How far the wall clock was ahead of the monotonic one when the steady time began, in
    /// milliseconds. Whoever compares with this, and not with the look before, sees many
    /// small jumps as well.
    ahead_millis: i64,
    /// When the clock is believed, on the monotonic clock.
    believed_from: Duration,
}

impl Steadiness {
    /// Of a clock that was not looked at before: what starts with the machine starts before the clock is
    /// mended, and what starts later finds it mended. How long this process has run does not count,
    /// or what is often restarted would never believe.
    #[must_use]
    pub fn unknown(now: Timestamp, monotonic: Duration) -> Self {
        Self {
            ahead_millis: ahead_millis(now, monotonic),
            believed_from: STEADY_FOR,
        }
    }

    /// Of a clock that is believed until it jumps.
    #[must_use]
    pub fn believed(now: Timestamp, monotonic: Duration) -> Self {
        Self {
            ahead_millis: ahead_millis(now, monotonic),
            believed_from: Duration::ZERO,
        }
    }

    /// The same after another look at both clocks.
    #[must_use]
    pub fn after(self, now: Timestamp, monotonic: Duration) -> Self {
        let moved = ahead_millis(now, monotonic).abs_diff(self.ahead_millis);
        if Duration::from_millis(moved) <= JUMP_MIN {
            return self;
        }
        Self {
            ahead_millis: ahead_millis(now, monotonic),
            believed_from: monotonic.saturating_add(STEADY_FOR),
        }
    }

    /// True where what was looked at last can be deleted by.
    #[must_use]
    pub fn is_believed(&self, monotonic: Duration) -> bool {
        monotonic >= self.believed_from
    }
}

fn ahead_millis(now: Timestamp, monotonic: Duration) -> i64 {
    let passed = i64::try_from(monotonic.as_millis()).unwrap_or(i64::MAX);
    now.as_millis().saturating_sub(passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LOOK: Duration = Duration::from_secs(60);

    /// Looks once a minute while the wall clock is that many seconds wrong, each time from the second on.
    /// Says at each look whether the clock is believed.
    fn looks(begin: Steadiness, wrong_secs: &[i64]) -> Vec<bool> {
        let mut steadiness = begin;
        let mut monotonic = Duration::ZERO;
        let look = |wrong_secs: &i64| {
            monotonic += LOOK;
            let now = Timestamp::from_millis(wrong_secs * 1000).plus(monotonic);
            steadiness = steadiness.after(now, monotonic);
            steadiness.is_believed(monotonic)
        };
        wrong_secs.iter().map(look).collect()
    }

    fn unknown() -> Steadiness {
        Steadiness::unknown(Timestamp::default(), Duration::ZERO)
    }

    fn believed() -> Steadiness {
        Steadiness::believed(Timestamp::default(), Duration::ZERO)
    }

    #[test]
    fn a_clock_that_is_mended_in_time_is_never_believed_while_it_is_wrong() {
        let two_days = 2 * 24 * 3600;
        let mut wrong = vec![0; 3];
        wrong.extend([two_days; 34]);
        wrong.extend([0; 36]);
        let said = looks(believed(), &wrong);
        assert_eq!(said[..3], [true; 3]);
        assert_eq!(said[3..72], [false; 69]);
        assert!(said[72], "35 minutes after it was mended");
    }

    #[test]
    fn what_begins_knows_nothing_or_believes() {
        let said = looks(unknown(), &[0; 35]);
        assert_eq!(said.iter().position(|believed| *believed), Some(34));
        assert_eq!(looks(believed(), &[0; 2]), [true; 2]);
    }

    #[test]
    fn what_is_restarted_on_a_machine_that_runs_for_long_believes_until_the_clock_jumps() {
        let now = Timestamp::default();
        let fresh = Steadiness::unknown(now, STEADY_FOR);
        assert!(fresh.is_believed(STEADY_FOR));
        let jumped = fresh.after(now.plus(JUMP_MIN * 2), STEADY_FOR);
        assert!(!jumped.is_believed(STEADY_FOR * 2 - LOOK));
        assert!(jumped.is_believed(STEADY_FOR * 2));
    }

    #[test]
    fn small_jumps_add_up() {
        assert_eq!(
            looks(believed(), &[30, 60, 90, 120]),
            [true, true, false, false]
        );
    }

    proptest! {
        #[test]
        fn a_clock_is_believed_where_it_went_steadily_for_long_enough(
            wrong in proptest::collection::vec(
                prop_oneof![20 => Just(None), 1 => (-100_000_i64..100_000).prop_map(Some)], 1..200),
        ) {
            let mut at = 0;
            let wrong: Vec<i64> = wrong.into_iter().map(|jump| { at = jump.unwrap_or(at); at }).collect();
            let steady_looks = usize::try_from(STEADY_FOR.as_secs() / LOOK.as_secs()).unwrap();
            let small = i64::try_from(JUMP_MIN.as_secs()).unwrap();
            for (look, believed) in looks(unknown(), &wrong).into_iter().enumerate() {
                let before = look.checked_sub(steady_looks);
                let lately = &wrong[before.unwrap_or_default()..=look];
                let spread = lately.iter().max().unwrap() - lately.iter().min().unwrap();
                if believed {
                    prop_assert!(look + 1 >= steady_looks, "nothing was known yet");
                    prop_assert!(spread <= 2 * small, "believed while it jumped by {spread} s");
                }
                if before.is_some() && spread == 0 {
                    prop_assert!(believed, "it has gone steadily for long");
                }
            }
        }
    }
}
