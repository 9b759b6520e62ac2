//! Decisions. Pure, synchronous and deterministic: time and randomness are arguments, and
//! nothing here reads a record or sends a frame.

pub mod chooser;
pub mod definition;
pub mod dispatch;
pub mod document_size;
pub mod fargate;
pub mod inactive;
pub mod instances;
pub mod life;
pub mod payload;
pub mod placement;
pub mod query;
pub mod setting;
