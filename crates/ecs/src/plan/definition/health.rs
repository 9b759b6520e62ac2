//! When a container is healthy, and when it is started again.

use std::ops::RangeInclusive;

use aws_api::ecs::{ContainerRestartPolicy, HealthCheck};

use super::wrong;
use crate::error::{Failure, client};
use crate::sentences;

/// The API reference's bounds and defaults, HealthCheck.
const INTERVAL_SECS: RangeInclusive<i32> = 5..=300;
/// Seconds between two runs of a health check.
pub const INTERVAL_DEFAULT_SECS: i32 = 30;
const TIMEOUT_SECS: RangeInclusive<i32> = 2..=60;
/// Seconds that a run may take.
pub const TIMEOUT_DEFAULT_SECS: i32 = 5;
const RETRIES: RangeInclusive<i32> = 1..=10;
/// Failures in a row that make a container unhealthy.
pub const RETRIES_DEFAULT: i32 = 3;
const START_PERIOD_SECS: RangeInclusive<i32> = 0..=300;
/// The API reference's bounds and default, ContainerRestartPolicy.
const RESTART_PERIOD_SECS: RangeInclusive<i32> = 60..=1800;
/// Seconds that a container must have run to be started again.
pub const RESTART_PERIOD_DEFAULT_SECS: i32 = 300;
const IGNORED_EXIT_CODES_MAX: usize = 50;
const EXIT_CODES: RangeInclusive<i32> = 0..=255;

/// Checks a health check and fills in what ECS shows where it was left out.
pub(super) fn normalise_check(name: &str, check: &mut HealthCheck) -> Result<(), Failure> {
    let command = check.command.as_deref().unwrap_or_default();
    let runs = match command.first().map(String::as_str) {
        Some("CMD") => command.len() >= 2,
        // The shell is given one line.
        Some("CMD-SHELL") => command.len() == 2,
        _ => false,
    };
    if !runs {
        return Err(wrong(name, sentences::HEALTH_CHECK_COMMAND_INVALID));
    }
    let interval = *check.interval.get_or_insert(INTERVAL_DEFAULT_SECS);
    let timeout = *check.timeout.get_or_insert(TIMEOUT_DEFAULT_SECS);
    let retries = *check.retries.get_or_insert(RETRIES_DEFAULT);
    for (what, value, range) in [
        ("interval", Some(interval), INTERVAL_SECS),
        ("timeout", Some(timeout), TIMEOUT_SECS),
        ("retries", Some(retries), RETRIES),
        ("startPeriod", check.start_period, START_PERIOD_SECS),
    ] {
        within(name, what, value, range)?;
    }
    Ok(())
}

/// Checks a restart policy.
pub(super) fn check_restart(name: &str, policy: &ContainerRestartPolicy) -> Result<(), Failure> {
    within(
        name,
        "restartAttemptPeriod",
        policy.restart_attempt_period,
        RESTART_PERIOD_SECS,
    )?;
    let codes = policy.ignored_exit_codes.as_deref().unwrap_or_default();
    if codes.len() > IGNORED_EXIT_CODES_MAX {
        return Err(wrong(
            name,
            sentences::too_many_items("'ignoredExitCodes'", IGNORED_EXIT_CODES_MAX),
        ));
    }
    for code in codes {
        within(name, "ignoredExitCodes", Some(*code), EXIT_CODES)?;
    }
    Ok(())
}

fn within(
    name: &str,
    what: &str,
    value: Option<i32>,
    range: RangeInclusive<i32>,
) -> Result<(), Failure> {
    match value {
        Some(value) if !range.contains(&value) => Err(client(sentences::setting_out_of_range(
            what,
            name,
            *range.start(),
            *range.end(),
        ))),
        _ => Ok(()),
    }
}
