//! Pagination tokens: opaque to clients, bound to the call that made them, without a secret.
//!
//! A token is base64url of one version byte, a digest of the operation and of what it was asked,
//! and the position to go on after. A token that another operation made, or the same one with
//! other filters, is refused; so is one of another version. Nothing is hidden or signed: a caller
//! that forges a position sees only what it may list anyway.

use aws_schema::Shape;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::json;

/// Raised whenever the meaning of the bytes changes.
const VERSION: u8 = 1;
const DIGEST_BYTES: usize = 16;
/// Longer than any token made here: a position is a key of the store.
const TOKEN_MAX_BYTES: usize = 4096;

/// The members by which a caller walks through pages; they may change from page to page.
const PAGING_MEMBERS: [&str; 8] = [
    "nextToken",
    "NextToken",
    "maxResults",
    "MaxResults",
    "limit",
    "MaxItems",
    "MaxRecords",
    "Marker",
];

/// The call that a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call([u8; DIGEST_BYTES]);

/// The token was not made by this call.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the pagination token is not valid for this request; leave it out to begin anew")]
pub struct InvalidToken;

impl Call {
    /// The call of an operation with an input, of which the members that page are left out.
    /// `scope` is what else the answer depends on: the account and the region, as a rule.
    #[must_use]
    pub fn new(operation: &str, scope: &[&str], input: &dyn Shape) -> Self {
        let mut writer = json::Writer::default();
        input.write(&mut writer);
        let mut filters: json::Value =
            serde_json::from_slice(&writer.into_bytes()).unwrap_or_default();
        if let Some(members) = filters.as_object_mut() {
            for name in PAGING_MEMBERS {
                members.remove(name);
            }
        }
        let filters = filters.to_string();
        let mut digest = Sha256::new();
        // Each part with its length, so that no two lists of parts read alike.
        for part in [operation]
            .into_iter()
            .chain(scope.iter().copied())
            .chain([filters.as_str()])
        {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut bytes = [0; DIGEST_BYTES];
        for (to, from) in bytes.iter_mut().zip(digest.finalize()) {
            *to = from;
        }
        Self(bytes)
    }
}

/// The token that goes on after `position`.
#[must_use]
pub fn encode(call: &Call, position: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(1 + DIGEST_BYTES + position.len());
    bytes.push(VERSION);
    bytes.extend_from_slice(&call.0);
    bytes.extend_from_slice(position);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position that a token of this call goes on after.
///
/// # Errors
/// When the token was not made by [`encode`] for the same call.
pub fn decode(call: &Call, token: &str) -> Result<Vec<u8>, InvalidToken> {
    if token.len() > TOKEN_MAX_BYTES {
        return Err(InvalidToken);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidToken)?;
    bytes
        .strip_prefix(&[VERSION])
        .and_then(|rest| rest.strip_prefix(&call.0))
        .map(<[u8]>::to_vec)
        .ok_or(InvalidToken)
}
