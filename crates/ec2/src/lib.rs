//! The little of EC2 that tasks need: VPCs, subnets, security groups, network interfaces.
//!
//! Everything here is read-only to callers so far: regions begin with their default network
//! ([`ensure_default_networks`]), and ECS makes and removes interfaces in its own transactions.

#![forbid(unsafe_code)]

mod api;
mod filter;
mod sentences;
mod start;

pub use api::Ec2;
pub use start::{StartError, ensure_default_networks};
