//! The times that events go to CloudWatch Logs with, whatever the node's clock was when their lines were
//! written. Pure.
//!
//! PutLogEvents wants events in order and passes over those of more than two hours ahead or two weeks
//! ago, and a line has the time of a clock that may have been off by years: it is better told with
//! another time than not at all.

use std::time::Duration;

use ambient::{Clock, Timestamp};

use super::multiline::Event;

/// AWS: "Events more than 2 hours in the future are rejected while processing remaining valid
/// events" (API reference, PutLogEvents).
const FUTURE_MAX: Duration = Duration::from_secs(2 * 3600);
/// AWS: "Events older than 14 days [...] are rejected while processing remaining valid events."
const AGE_MAX: Duration = Duration::from_secs(14 * 24 * 3600);
/// How far from it an old line stays: more than the sink's clock may differ from ours, since it
/// takes nothing that was signed so far from its own time.
const AGE_MARGIN: Duration = Duration::from_secs(3600);

/// The times that a line can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// When the machine began: what runs on it has written nothing before.
    boot: Timestamp,
    /// The present of whoever takes the lines.
    now: Timestamp,
}

impl Window {
    /// As this clock sees it, for a sink whose own is that far behind.
    pub(super) fn of(clock: &dyn Clock, behind: Duration) -> Self {
        let now = clock.now();
        Self {
            boot: now.minus(clock.since_boot()),
            now: now.minus(behind),
        }
    }

    /// The times that events are sent with, in order and such as the sink takes. One that no line can have
    /// was given by a clock that has been set since: it becomes the next event's that can be, or the
    /// present. So it moves no event behind it.
    pub(super) fn times(self, events: &[Event]) -> Vec<Timestamp> {
        let mut next = self.now;
        let mut times: Vec<Timestamp> = events
            .iter()
            .rev()
            .map(|event| {
                if (self.boot..=self.now).contains(&event.at) {
                    next = event.at;
                }
                next
            })
            .collect();
        times.reverse();
        let mut latest = self
            .now
            .minus(AGE_MAX - AGE_MARGIN)
            .max(Timestamp::default());
        for at in &mut times {
            latest = latest.max(*at);
            *at = latest;
        }
        times
    }
}

/// How far behind the sink's clock is taken to be when it says that a line is in its future although
/// it was not in that of a clock that is `behind` it; `None` where no time would be taken any more.
pub(super) fn further(behind: Duration) -> Option<Duration> {
    Some((behind * 2).max(FUTURE_MAX)).filter(|behind| *behind < AGE_MAX)
}

#[cfg(test)]
mod tests {
    use super::super::multiline::Grouper;
    use super::*;
    use proptest::prelude::*;
    use runtime::{Record, Stream};

    const HOUR: i64 = 3600 * 1000;
    const NOW: i64 = 1_800_000_000_000;

    fn events(times: &[i64]) -> Vec<Event> {
        let mut grouper = Grouper::new(None);
        times
            .iter()
            .zip(0..)
            .filter_map(|(at, offset)| {
                grouper.take(&Record {
                    stream: Stream::Stdout,
                    at: Timestamp::from_millis(*at),
                    offset,
                    partial: false,
                    bytes: b"x".to_vec(),
                })
            })
            .collect()
    }

    fn sent(up_for: i64, times: &[i64]) -> Vec<i64> {
        let window = Window {
            boot: Timestamp::from_millis(NOW - up_for),
            now: Timestamp::from_millis(NOW),
        };
        let times = window.times(&events(times));
        times.into_iter().map(Timestamp::as_millis).collect()
    }

    #[test]
    fn a_time_that_cannot_be_is_the_next_one_that_can() {
        let ahead = NOW + 3 * HOUR;
        let right = [NOW - 9, NOW - 7, NOW - 5];
        assert_eq!(sent(HOUR, &right), right);
        assert_eq!(
            sent(HOUR, &[NOW - 9, ahead, ahead + 1, NOW - 5, NOW - 4]),
            [NOW - 9, NOW - 5, NOW - 5, NOW - 5, NOW - 4],
            "what comes behind keeps its time"
        );
        assert_eq!(sent(HOUR, &[NOW - 9, ahead]), [NOW - 9, NOW]);
        assert_eq!(sent(HOUR, &[0, 5, NOW - 9]), [NOW - 9; 3], "1970");
        assert_eq!(sent(HOUR, &[NOW - 2 * HOUR]), [NOW], "before the boot");
    }

    #[test]
    fn a_time_that_can_be_is_raised_to_what_is_taken() {
        let days = 24 * HOUR;
        let oldest = NOW - 14 * days + HOUR;
        assert_eq!(
            sent(30 * days, &[NOW - 15 * days, NOW - 13 * days]),
            [oldest, NOW - 13 * days]
        );
        // The clock went back by what can be.
        assert_eq!(sent(days, &[NOW - 3, NOW - 9]), [NOW - 3; 2]);
    }

    #[test]
    fn a_sink_that_is_behind_is_followed_and_not_for_ever() {
        let mut behind = Duration::ZERO;
        let mut tries = 0;
        while let Some(next) = further(behind) {
            assert!(next >= FUTURE_MAX && next > behind && next < AGE_MAX);
            behind = next;
            tries += 1;
        }
        assert_eq!(tries, 8);
    }

    proptest! {
        /// Whatever a clock did: in order, and nothing that PutLogEvents would pass over.
        #[test]
        fn every_line_is_taken(
            up_for in 0..30 * 24 * HOUR,
            times in proptest::collection::vec(prop_oneof![0..NOW, NOW - HOUR..NOW + 9 * HOUR], 0..20),
        ) {
            let sent = sent(up_for, &times);
            prop_assert_eq!(sent.len(), times.len());
            prop_assert!(sent.is_sorted());
            let oldest = NOW - 14 * 24 * HOUR + HOUR;
            prop_assert!(sent.iter().all(|at| (oldest..=NOW).contains(at)));
        }
    }
}
