//! What is known of an access key.

use ambient::Timestamp;
use aws_core::Principal;

use crate::Secret;

/// An access key that may sign.
#[derive(Clone)]
pub struct Key {
    /// The secret access key.
    pub secret: Secret,
    /// The session token that must come along, where the key is temporary.
    pub session_token: Option<Secret>,
    /// When a temporary key ends.
    pub expires: Option<Timestamp>,
    /// Who signs with it.
    pub principal: Principal,
}

/// Where access keys are found. It is asked once a request and must answer from memory.
pub trait Keys: Send + Sync {
    /// The key of that id, for instance `AKIAIOSFODNN7EXAMPLE`; `None` where there is none.
    fn find(&self, access_key_id: &str) -> Option<Key>;
}
