//! Whether a container that has ended is started again (ECS `ContainerRestartPolicy`). Pure.

use std::time::Duration;

use agent_wire::RestartPolicy;

/// ECS's `restartAttemptPeriod` where none is given.
const ATTEMPT_PERIOD_DEFAULT: Duration = Duration::from_secs(300);

/// True where it is started again: it ran for the policy's period since it was last started, and its
/// exit code is known and none of those to ignore. `ran_for` is absent where it is not known.
pub(crate) fn is_due(
    policy: Option<&RestartPolicy>,
    exit_code: Option<i32>,
    ran_for: Option<Duration>,
    stopping: bool,
) -> bool {
    let (Some(policy), Some(code), Some(ran_for)) = (policy, exit_code, ran_for) else {
        return false;
    };
    let period = match u64::try_from(policy.restart_attempt_period) {
        Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
        _ => ATTEMPT_PERIOD_DEFAULT,
    };
    policy.enabled
        && !stopping
        && !policy.ignored_exit_codes.contains(&i64::from(code))
        && ran_for >= period
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ran_long_enough_is_started_again() {
        let policy = RestartPolicy {
            enabled: true,
            ignored_exit_codes: vec![0],
            restart_attempt_period: 60,
        };
        let due = |code, seconds: Option<u64>, stopping| {
            is_due(
                Some(&policy),
                code,
                seconds.map(Duration::from_secs),
                stopping,
            )
        };
        assert!(due(Some(1), Some(60), false));
        assert!(!due(Some(1), Some(59), false), "before the period");
        assert!(!due(Some(0), Some(600), false), "an ignored code");
        assert!(!due(None, Some(600), false), "no code");
        assert!(!due(Some(1), None, false), "nobody knows how long");
        assert!(!due(Some(1), Some(600), true), "it is to stop");
        let off = RestartPolicy {
            enabled: false,
            ..policy.clone()
        };
        let long = Some(Duration::from_secs(600));
        assert!(!is_due(Some(&off), Some(1), long, false));
        assert!(!is_due(None, Some(1), long, false));
        let plain = RestartPolicy {
            enabled: true,
            ..RestartPolicy::default()
        };
        let after = |seconds| {
            is_due(
                Some(&plain),
                Some(0),
                Some(Duration::from_secs(seconds)),
                false,
            )
        };
        assert!(after(300) && !after(299));
    }
}
