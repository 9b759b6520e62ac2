//! One task on this node: its record, its owner, its next step.

mod life;
mod network;
pub(crate) mod owner;
mod plan;
mod probe;
pub(crate) mod record;
mod report;
mod resolve;
mod start;
mod stop;
mod stop_signal;
