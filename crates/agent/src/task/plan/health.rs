//! What the runs of a container's health check make of its health. Pure.
//!
//! The rules are Docker's, which ECS's agent relies on: a success makes it healthy at once, so many
//! failures in a row make it unhealthy, and before its first success failures do not count while
//! its start period lasts.

use std::time::Duration;

use agent_wire as wire;

/// ECS's `HealthCheck.interval` where none is given.
const INTERVAL_DEFAULT: Duration = Duration::from_secs(30);
/// ECS's `HealthCheck.timeout` where none is given.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(5);
/// ECS's `HealthCheck.retries` where none is given.
const RETRIES_DEFAULT: u32 = 3;
/// What runs the line of `CMD-SHELL`.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];

/// How a container's health is found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    /// Between two runs, and before the first.
    pub(crate) interval: Duration,
    /// Until a run counts as failed.
    pub(crate) timeout: Duration,
    start_period: Duration,
    retries: u32,
}

impl Check {
    /// The check of a container's configuration; `None` where it has none, or `NONE`.
    pub(crate) fn of(config: &wire::Config) -> Option<Self> {
        let check = config.healthcheck.as_ref()?;
        let (kind, rest) = check.test.split_first()?;
        let command = match (kind.as_str(), rest) {
            ("CMD", [_, ..]) => rest.to_vec(),
            ("CMD-SHELL", [_, ..]) => SHELL
                .iter()
                .map(|word| (*word).to_owned())
                .chain([rest.join(" ")])
                .collect(),
            _ => return None,
        };
        let time = |nanos: i64, default| match u64::try_from(nanos) {
            Ok(nanos) if nanos > 0 => Duration::from_nanos(nanos),
            _ => default,
        };
        Some(Self {
            command,
            interval: time(check.interval, INTERVAL_DEFAULT),
            timeout: time(check.timeout, TIMEOUT_DEFAULT),
            start_period: time(check.start_period, Duration::ZERO),
            retries: u32::try_from(check.retries)
                .ok()
                .filter(|retries| *retries > 0)
                .unwrap_or(RETRIES_DEFAULT),
        })
    }
}

/// A container's health, as ECS names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Health {
    /// Being found out.
    #[default]
    Unknown,
    Healthy,
    Unhealthy,
}

impl Health {
    /// In the words of the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
        }
    }
}

/// What the runs so far have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    health: Health,
    failures_in_a_row: u32,
}

impl Findings {
    pub(crate) fn health(self) -> Health {
        self.health
    }

    /// Takes in a run that began so long after the container's start.
    #[must_use]
    pub(crate) fn after(self, check: &Check, passed: bool, since_start: Duration) -> Self {
        if passed {
            return Self {
                health: Health::Healthy,
                failures_in_a_row: 0,
            };
        }
        if self.health == Health::Unknown && since_start < check.start_period {
            return self;
        }
        let failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        Self {
            health: if failures_in_a_row >= check.retries {
                Health::Unhealthy
            } else {
                self.health
            },
            failures_in_a_row,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn config(test: &[&str]) -> wire::Config {
        wire::Config {
            healthcheck: Some(wire::Healthcheck {
                test: test.iter().map(|word| (*word).to_owned()).collect(),
                interval: 7_000_000_000,
                start_period: 20_000_000_000,
                retries: 2,
                ..wire::Healthcheck::default()
            }),
            ..wire::Config::default()
        }
    }

    #[test]
    fn a_check_is_a_command_or_a_line_for_the_shell() {
        let check = Check::of(&config(&["CMD", "/bin/ok", "-v"])).unwrap();
        assert_eq!(check.command, ["/bin/ok", "-v"]);
        assert_eq!(check.interval, Duration::from_secs(7));
        assert_eq!(check.timeout, TIMEOUT_DEFAULT);
        let check = Check::of(&config(&["CMD-SHELL", "test -e /ok || exit 1"])).unwrap();
        assert_eq!(check.command, ["/bin/sh", "-c", "test -e /ok || exit 1"]);
        assert_eq!(Check::of(&config(&["NONE"])), None);
        assert_eq!(Check::of(&config(&["CMD"])), None);
        assert_eq!(Check::of(&wire::Config::default()), None);
    }

    #[test]
    fn failures_count_after_the_start_period_or_a_first_success() {
        let check = Check::of(&config(&["CMD", "x"])).unwrap();
        let at = Duration::from_secs;
        let early = Findings::default()
            .after(&check, false, at(7))
            .after(&check, false, at(14));
        assert_eq!(early, Findings::default());
        let late = early.after(&check, false, at(20));
        assert_eq!(late.health(), Health::Unknown);
        assert_eq!(
            late.after(&check, false, at(27)).health(),
            Health::Unhealthy
        );
        let well = early.after(&check, true, at(15));
        assert_eq!(well.health(), Health::Healthy);
        let ill = well
            .after(&check, false, at(16))
            .after(&check, false, at(17));
        assert_eq!(ill.health(), Health::Unhealthy);
        assert_eq!(ill.after(&check, true, at(18)).health(), Health::Healthy);
    }

    proptest! {
        /// It is unhealthy exactly where the last runs that count all failed, as many as it takes.
        #[test]
        fn so_many_failures_in_a_row_make_it_unhealthy(runs in proptest::collection::vec(any::<bool>(), 0..30)) {
            let check = Check::of(&config(&["CMD", "x"])).unwrap();
            let late = Duration::from_secs(20);
            let found = runs.iter().fold(Findings::default(), |found, passed| found.after(&check, *passed, late));
            let failed = runs.iter().rev().take_while(|passed| !**passed).count();
            let expected = match (failed >= 2, runs.iter().any(|passed| *passed)) {
                (true, _) => Health::Unhealthy,
                (false, true) => Health::Healthy,
                (false, false) => Health::Unknown,
            };
            prop_assert_eq!(found.health(), expected);
        }
    }
}
