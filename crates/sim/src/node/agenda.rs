//! What a pretend node will do, and when.

use std::collections::BTreeMap;

use agent_wire::Ack;

/// Something that a node does of its own accord.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// The pull of a task is over.
    Pulled(String),
    /// A task ends by itself.
    Exit(String),
    /// A task has obeyed its stop.
    StopDone(String),
    /// What is to be said of a task is said, again if need be.
    Report(String),
    /// A payload is acknowledged, in the session of that number.
    Acknowledge(u64, Ack),
}

impl Action {
    /// True for what happens whether the agent runs or not.
    pub(super) fn needs_no_agent(&self) -> bool {
        matches!(self, Self::Exit(_))
    }
}

/// Actions by time; those of one moment in the order in which they were put there.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    actions: BTreeMap<(u64, u64), Action>,
    count: u64,
}

impl Agenda {
    pub(super) fn put(&mut self, at: u64, action: Action) {
        self.count += 1;
        self.actions.insert((at, self.count), action);
    }

    /// When the next thing is to be done.
    pub(super) fn next(&self) -> Option<u64> {
        self.actions.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes out all that is due.
    pub(super) fn due(&mut self, now: u64) -> Vec<Action> {
        let later = self.actions.split_off(&(now + 1, 0));
        let due = std::mem::replace(&mut self.actions, later);
        due.into_values().collect()
    }

    pub(super) fn clear(&mut self) {
        self.actions.clear();
    }
}
