//! One task on this node: its record, its owner, its next step.

mod life;
pub(crate) mod owner;
mod plan;
pub(crate) mod record;
mod resolve;
