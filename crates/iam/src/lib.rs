//! Keys, principals, roles, and who may do what; IAM and STS.
//!
//! Two principals exist so far: an account's root, which may do all, and a node, which may do
//! what an agent does, for itself. Users, roles that can be assumed and policies come with the
//! issue that brings IAM.

#![forbid(unsafe_code)]

mod api;
mod authoriser;
mod keyring;
mod sentences;
mod start;

pub use api::{Iam, Sts};
pub use authoriser::FirstPrincipals;
pub use keyring::{InstanceCredentials, Keyring, RootKey, SigningKey};
pub use start::{EXECUTION_ROLE, ensure_roles};
