//! Who may do what: asked of whoever gives out tokens.

use aws_core::{AccountId, Arn, Region};

use crate::{Digest, Repository};

/// What a token lets its holder do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The account whose repositories it is for.
    pub account: AccountId,
    /// The region whose repositories it is for.
    pub region: Region,
    /// Whose token it is, for refusals.
    pub principal: Arn,
    /// What may be done.
    pub right: Right,
}

/// What may be done with the repositories of an account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Read.
    Pull,
    /// Read, write and delete.
    Push,
}

/// What a link lets its holder do without a password: read one blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkGrant {
    /// The repository.
    pub repository: Repository,
    /// The blob.
    pub digest: Digest,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// It was not given out here, or to this user name.
    Invalid,
    /// It was good once.
    Expired,
}

/// Verifies user names and passwords.
pub trait Tokens: Send + Sync {
    /// What the holder of this password may do. Compares secrets in constant time.
    ///
    /// # Errors
    /// When it is not, or no longer, a good password.
    fn verify(&self, username: &str, password: &str) -> Result<Grant, TokenRefusal>;

    /// What the holder of this link may read.
    ///
    /// # Errors
    /// When it is not, or no longer, a good link.
    fn verify_link(&self, link: &str) -> Result<LinkGrant, TokenRefusal>;
}
