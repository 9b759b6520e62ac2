//! How a container ended.

use ambient::Timestamp;
use serde::{Deserialize, Serialize};

/// What is added to a signal's number for an exit code, as shells and Docker do.
const SIGNAL_CODE_BASE: i32 = 128;

/// The longest reason that is kept: with every byte escaped it fits the room that is set aside for
/// the record, and what ECS shows of a reason is shorter.
const MAX_REASON_BYTES: usize = 1024;

/// What is said of a container whose first process was ended while it waited for the start.
pub(crate) const NEVER_STARTED: &str = "it ended before it was started";

/// The content of `exit.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The exit code; 128 + signal when a signal ended it. Absent when nobody can know it, with
    /// the reason in `reason`.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// True when the kernel killed a process of the container for want of memory.
    pub oom_killed: bool,
    /// Why the container never ran, why the code is not known, or what else was lost with its end.
    pub reason: Option<String>,
    /// When its end was seen.
    pub exited_at: Timestamp,
    /// How long the machine had run by then, its sleep left out, in ms, where that was noted: nobody sets that clock.
    #[serde(default)]
    pub monotonic_millis: Option<u64>,
    /// Log lines dropped because the spool was full.
    pub log_dropped: u64,
}

impl Exit {
    /// From a status as wait(2) gives it.
    #[must_use]
    pub fn from_wait_status(status: i32, exited_at: Timestamp) -> Self {
        let signal = match status & 0x7f {
            0 => None,
            signal => Some(signal),
        };
        let code = signal.map_or((status >> 8) & 0xff, |signal| SIGNAL_CODE_BASE + signal);
        Self {
            code: Some(code),
            signal,
            oom_killed: false,
            reason: None,
            exited_at,
            monotonic_millis: None,
            log_dropped: 0,
        }
    }

    /// True where the container was created and ended without ever having been told to start: by
    /// whoever was removing it, as a rule.
    #[must_use]
    pub fn is_before_start(&self) -> bool {
        self.code.is_none() && self.reason.as_deref() == Some(NEVER_STARTED)
    }

    /// An end of which no code is known.
    #[must_use]
    pub fn unknown(reason: impl Into<String>, exited_at: Timestamp) -> Self {
        let mut reason = reason.into();
        reason.truncate(reason.floor_char_boundary(MAX_REASON_BYTES));
        Self {
            code: None,
            signal: None,
            oom_killed: false,
            reason: Some(reason),
            exited_at,
            monotonic_millis: None,
            log_dropped: 0,
        }
    }
}

/// The number in the line `oom_kill N` of a cgroup's memory events (kernel documentation,
/// admin-guide/cgroup-v2 "memory.events" and cgroup-v1/memory "oom_control"); 0 without one.
pub(crate) fn oom_kills(events: &str) -> u64 {
    events
        .lines()
        .filter_map(|line| line.strip_prefix("oom_kill "))
        .find_map(|count| count.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_a_wait_status() {
        let exit = Exit::from_wait_status(7 << 8, Timestamp::from_millis(1));
        assert_eq!((exit.code, exit.signal), (Some(7), None));
    }

    #[test]
    fn a_signal_gives_a_code_as_a_shell_does() {
        let exit = Exit::from_wait_status(9, Timestamp::from_millis(1));
        assert_eq!((exit.code, exit.signal), (Some(137), Some(9)));
        // 0x80 is the core dump flag.
        let exit = Exit::from_wait_status(11 | 0x80, Timestamp::from_millis(1));
        assert_eq!((exit.code, exit.signal), (Some(139), Some(11)));
    }

    #[test]
    fn both_cgroup_versions_tell_of_oom_kills() {
        assert_eq!(
            oom_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
            3
        );
        assert_eq!(
            oom_kills("low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\noom_group_kill 0\n"),
            2
        );
        assert_eq!(oom_kills("oom_kill_disable 0\n"), 0);
    }
}
