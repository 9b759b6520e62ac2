//! The control plane with pretend nodes, a seeded clock and faults.
//!
//! The handlers, board, reconcilers and sessions of `ecs` are the real ones. Below them is a
//! store that behaves like one with a disk; beside them are pretend nodes, which speak the agent
//! protocol, and random clients. All of it runs in one thread on tokio's paused clock, and a seed
//! gives one run. Connections are cut, nodes and the control plane die and come back, reports are
//! late, doubled and out of order, the disk and the clock misbehave; and at every revision, and
//! when all has come to rest, what must be so is checked.
//!
//! What is not simulated: the wire and its signatures, the real agent, and what runs on a node.

#![forbid(unsafe_code)]

/// How many tasks a second a control plane with many nodes places and starts.
pub mod bench;
mod checks;
mod clients;
mod clock;
mod control_plane;
mod dice;
mod disk;
mod ending;
mod faults;
mod ledger;
mod node;
mod options;
pub mod planner;
mod requests;
mod simulation;
mod trace;
mod witness;
mod world;

pub use ledger::Figures;
pub use options::{Options, Weakness};
pub use simulation::{Report, SimError, run};
