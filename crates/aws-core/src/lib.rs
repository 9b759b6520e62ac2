//! Who calls, in which account and region; ARNs; what a service and an authoriser are.
//!
//! This is where services meet without knowing each other: the gateway hands a [`Caller`] to a
//! [`Service`], and a service asks its caller's [`Authoriser`]. Nothing here knows a protocol,
//! a record or a particular service.

#![forbid(unsafe_code)]

mod authorise;
mod caller;
mod error;
mod identity;
mod service;

pub use authorise::{Authoriser, Decision, Principal};
pub use caller::Caller;
pub use error::{Common, ServiceError};
pub use identity::{AccountId, Arn, InvalidIdentity, Region};
pub use service::{Answer, CallError, Events, Output, Service};
