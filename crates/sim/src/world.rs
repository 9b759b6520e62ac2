//! What all actors of one simulation share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clock::SimClock;
use crate::control_plane::ControlPlane;
use crate::dice::Dice;
use crate::disk::SimStore;
use crate::ledger::Ledger;
use crate::options::Options;
use crate::trace::Trace;
use crate::witness::Witness;

/// One simulation's parts.
pub(crate) struct World {
    /// How it is to be.
    pub(crate) options: Options,
    /// Time.
    pub(crate) clock: Arc<SimClock>,
    /// What happens.
    pub(crate) trace: Arc<Trace>,
    /// Randomness, to be forked by each actor.
    pub(crate) dice: Dice,
    /// The store.
    pub(crate) store: Arc<SimStore>,
    /// What is recorded.
    pub(crate) ledger: Arc<Ledger>,
    /// What is so.
    pub(crate) witness: Arc<Witness>,
    /// Who is tested.
    pub(crate) plane: ControlPlane,
    faults: AtomicBool,
    /// The subnets that tasks may be in.
    pub(crate) subnets: Vec<String>,
}

impl World {
    /// Puts the parts together.
    #[expect(clippy::too_many_arguments, reason = "one caller; each is a part")]
    #[must_use]
    pub(crate) fn new(
        options: Options,
        clock: Arc<SimClock>,
        trace: Arc<Trace>,
        store: Arc<SimStore>,
        ledger: Arc<Ledger>,
        witness: Arc<Witness>,
        plane: ControlPlane,
        subnets: Vec<String>,
    ) -> Self {
        Self {
            dice: Dice::new(options.seed),
            faults: AtomicBool::new(options.faults),
            options,
            clock,
            trace,
            store,
            ledger,
            witness,
            plane,
            subnets,
        }
    }

    /// Whether things go wrong now.
    #[must_use]
    pub(crate) fn faults(&self) -> bool {
        self.faults.load(Ordering::Relaxed)
    }

    /// From here on nothing goes wrong.
    pub(crate) fn end_faults(&self) {
        self.faults.store(false, Ordering::Relaxed);
    }

    /// True that often in a hundred times, while things go wrong.
    pub(crate) fn fails(&self, dice: &Dice, percent: u64) -> bool {
        // Drawn in either case, so that the draws after it stay what they are.
        dice.percent(percent) && self.faults()
    }
}
