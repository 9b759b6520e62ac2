//! What is stored: types, ids, keys and indexes.
//!
//! A record is a versioned serde type under a key that names its account and region. Services
//! meet here: ECS writes the network interface that EC2 shows, in the same transaction as the
//! task that has it. Nothing here decides anything; planners and handlers do.

#![forbid(unsafe_code)]

pub mod ec2;
pub mod ecr;
pub mod ecs;
mod encoding;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod iam;
mod key;
pub mod logs;
mod transaction;

mod table;

pub use encoding::Record;
pub use error::RecordError;
pub use key::{Key, Prefix};
pub use table::{Listing, Records, Stored};
pub use transaction::{Committed, Transaction};
