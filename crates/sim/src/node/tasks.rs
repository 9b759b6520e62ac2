//! A pretend node's tasks: how each behaves, drawn once, and how far it is.

use crate::dice::Dice;

/// How a task will behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Behaviour {
    /// Until its image is there, or is known not to come; `None` where that takes for ever.
    pub(super) pull_millis: Option<u64>,
    /// Whether the image comes.
    pub(super) pulls: bool,
    /// Until it ends by itself; `None` where it does not.
    pub(super) runs_millis: Option<u64>,
    /// What it ends with.
    pub(super) exit_code: i32,
    /// How long it ignores the stop signal.
    pub(super) stop_millis: u64,
}

impl Behaviour {
    /// All sorts.
    pub(super) fn draw(dice: &Dice) -> Self {
        let pull = dice.between(20, 8_000);
        let hangs = dice.percent(3);
        let runs = if dice.percent(20) {
            dice.between(1, 300)
        } else {
            dice.between(1_000, 90_000)
        };
        let ends = dice.percent(60);
        let ignores = if dice.percent(25) {
            dice.between(5_000, 40_000)
        } else {
            dice.between(20, 1_500)
        };
        Self {
            pull_millis: (!hangs).then_some(pull),
            pulls: !dice.percent(8),
            runs_millis: ends.then_some(runs),
            exit_code: i32::try_from(dice.between(0, 3)).unwrap_or(0),
            stop_millis: ignores,
        }
    }

    /// The plain sort: starts soon and runs until it is stopped.
    pub(super) fn steady(dice: &Dice) -> Self {
        Self {
            pull_millis: Some(dice.between(20, 500)),
            pulls: true,
            runs_millis: None,
            exit_code: 0,
            stop_millis: 100,
        }
    }
}

/// How far a task is on its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its image is being pulled.
    Pulling,
    /// It runs.
    Running,
    /// It does not run, and will not again.
    Ended,
}

/// A task on its node.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) phase: Phase,
    pub(super) containers: Vec<String>,
    pub(super) behaviour: Behaviour,
    pub(super) stopping: bool,
    /// How it ended, where that is known.
    pub(super) exit_code: Option<i32>,
    pub(super) reason: String,
    /// Whether the control plane has taken the report that it runs.
    pub(super) running_taken: bool,
    /// How long until the report is sent again, doubling.
    pub(super) retry_millis: u64,
}

/// The first wait before a report is sent again, in milliseconds.
pub(super) const RETRY_FIRST_MILLIS: u64 = 100;
/// The longest.
pub(super) const RETRY_MAX_MILLIS: u64 = 10_000;

impl Local {
    pub(super) fn new(containers: Vec<String>, behaviour: Behaviour) -> Self {
        Self {
            phase: Phase::Pulling,
            containers,
            behaviour,
            stopping: false,
            exit_code: None,
            reason: String::new(),
            running_taken: false,
            retry_millis: RETRY_FIRST_MILLIS,
        }
    }

    /// One that is known by name alone.
    pub(super) fn unknown(containers: Vec<String>, reason: &str) -> Self {
        let never = Behaviour {
            pull_millis: None,
            pulls: false,
            runs_millis: None,
            exit_code: 0,
            stop_millis: 0,
        };
        Self {
            phase: Phase::Ended,
            reason: reason.to_owned(),
            ..Self::new(containers, never)
        }
    }

    /// What has to be said of it now, if anything.
    pub(super) fn to_report(&self) -> Option<Said> {
        match self.phase {
            Phase::Ended => Some(Said::Stopped),
            Phase::Running if !self.running_taken => Some(Said::Running),
            _ => None,
        }
    }

    /// How long to wait before the next try.
    pub(super) fn back_off(&mut self) -> u64 {
        let wait = self.retry_millis;
        self.retry_millis = (wait * 2).min(RETRY_MAX_MILLIS);
        wait
    }
}

/// What a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It runs.
    Running,
    /// It has ended.
    Stopped,
}

impl Said {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}
