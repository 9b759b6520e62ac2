//! How a simulation is to be.

/// One simulation. The same options give the same run.
#[derive(Clone, Debug)]
pub struct Options {
    /// What everything random comes from.
    pub seed: u64,
    /// How many nodes there are.
    pub nodes: usize,
    /// How many calls the clients begin.
    pub steps: usize,
    /// Whether there are fewer addresses than the nodes have room for tasks.
    pub tiny_subnet: bool,
    /// Whether things go wrong.
    pub faults: bool,
    /// Something to be done wrongly all along, so that the checks can be seen to see it.
    pub weakness: Option<Weakness>,
}

impl Options {
    /// A small run with faults, as the tests have it.
    #[must_use]
    pub fn small(seed: u64) -> Self {
        Self {
            seed,
            nodes: 3 + usize::try_from(seed % 3).unwrap_or(0),
            steps: 40,
            tiny_subnet: seed % 2 == 1,
            faults: true,
            weakness: None,
        }
    }
}

/// What can be done wrongly on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// The store commits without comparing.
    StoreComparesNothing,
    /// A node starts a task again whenever it is told of it again.
    NodeStartsAgain,
    /// A node forgets a task as soon as its end was taken, and so takes a late copy of its
    /// payload for news.
    NodeForgetsEnded,
    /// A node that has lost its disk does not say which tasks went with it.
    NodeKeepsQuietOfLosses,
    /// A node that was told to stop a task says that it has, and lets it run.
    NodeLiesAboutStops,
    /// A node that was told to stop a task never does.
    NodeIgnoresStops,
}
