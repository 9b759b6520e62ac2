//! What the pretend nodes really run: the truth that the API is held against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::SimClock;
use crate::trace::Trace;

/// What became of one task on the nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sighting {
    /// The node that started it last.
    pub(crate) node: String,
    /// Whether it runs.
    pub(crate) running: bool,
    /// Since when it runs, or does not; milliseconds of the simulation.
    pub(crate) since: u64,
    /// Whether its node forgot it before it had reported anything.
    lost_unreported: bool,
}

/// Sees every start and every end.
pub(crate) struct Witness {
    clock: Arc<SimClock>,
    trace: Arc<Trace>,
    sightings: Mutex<BTreeMap<String, Sighting>>,
    /// Tasks whose pull will never end.
    stuck: Mutex<BTreeSet<String>>,
}

impl Witness {
    /// A witness who has seen nothing.
    #[must_use]
    pub(crate) fn new(clock: Arc<SimClock>, trace: Arc<Trace>) -> Self {
        Self {
            clock,
            trace,
            sightings: Mutex::default(),
            stuck: Mutex::default(),
        }
    }

    /// A node starts a task.
    pub(crate) fn started(&self, arn: &str, node: &str) {
        self.trace.note(&format!("{node} starts {arn}"));
        let mut sightings = self.sightings();
        if let Some(earlier) = sightings.get(arn) {
            if earlier.node != node {
                self.trace.violation(&format!(
                    "{arn} is started on {node} and was on {}",
                    earlier.node
                ));
            } else if !earlier.lost_unreported {
                self.trace
                    .violation(&format!("{arn} is started twice on {node}"));
            }
        }
        sightings.insert(
            arn.to_owned(),
            Sighting {
                node: node.to_owned(),
                running: true,
                since: self.clock.millis(),
                lost_unreported: false,
            },
        );
    }

    /// A task that ran does no more.
    pub(crate) fn ended(&self, arn: &str) {
        let mut sightings = self.sightings();
        if let Some(sighting) = sightings.get_mut(arn)
            && sighting.running
        {
            self.trace.note(&format!("{} ends {arn}", sighting.node));
            sighting.running = false;
            sighting.since = self.clock.millis();
        }
    }

    /// A node has lost a task and all memory of it; `reported` where it had said that it runs.
    pub(crate) fn forgotten(&self, arn: &str, reported: bool) {
        self.ended(arn);
        if let Some(sighting) = self.sightings().get_mut(arn) {
            sighting.lost_unreported = !reported;
        }
    }

    /// A node pulls the image of a task, and will for ever.
    pub(crate) fn stuck(&self, arn: &str) {
        self.trace.note(&format!("the pull of {arn} hangs"));
        self.stuck
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(arn.to_owned());
    }

    /// Whether the pull of a task hangs.
    pub(crate) fn is_stuck(&self, arn: &str) -> bool {
        self.stuck
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(arn)
    }

    /// What was seen of a task.
    #[must_use]
    pub(crate) fn sighting(&self, arn: &str) -> Option<Sighting> {
        self.sightings().get(arn).cloned()
    }

    /// Whether a task runs anywhere.
    #[must_use]
    pub(crate) fn runs(&self, arn: &str) -> bool {
        self.sightings().get(arn).is_some_and(|seen| seen.running)
    }

    /// Every task that runs.
    #[must_use]
    pub(crate) fn running(&self) -> Vec<String> {
        let sightings = self.sightings();
        let running = sightings.iter().filter(|(_, seen)| seen.running);
        running.map(|(arn, _)| arn.clone()).collect()
    }

    /// How many tasks were ever started.
    #[must_use]
    pub(crate) fn starts(&self) -> usize {
        self.sightings().len()
    }

    fn sightings(&self) -> MutexGuard<'_, BTreeMap<String, Sighting>> {
        self.sightings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
