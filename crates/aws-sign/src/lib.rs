//! Signature Version 4: verify and sign.
//!
//! [`Claim::read`] takes from a request what it says of its own signature, [`verify`] finds out
//! whether that is true, and [`sign_headers`] and [`presign`] make such signatures for our own
//! agent and client. All of it is a function of its arguments: the caller reads the body and
//! hashes it, looks at the clock, and keeps the keys. What a failure is called differs from
//! service to service and stands in [`Policy::of`]'s table.
//!
//! Source of the procedure: "AWS Signature Version 4 for API requests" in the IAM user guide
//! (`reference_sigv-create-signed-request`), checked against the published test vectors and
//! botocore.

#![forbid(unsafe_code)]

mod canonical;
mod claim;
mod key;
mod policy;
mod rejection;
mod secret;
mod sign;
mod signing_key;
mod time;
mod verify;

pub use claim::{Claim, Scope};
pub use key::{Key, Keys};
pub use policy::{Code, PathRule, Policy};
pub use rejection::{Reason, Rejection};
pub use secret::Secret;
pub use sign::{Credentials, SignError, Target, presign, sign_headers};
pub use signing_key::{SIGNING_KEYS_MAX, SigningKeys};
pub use verify::{SignedRequest, Verified, verify};

/// The one algorithm.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What every credential scope ends in.
pub(crate) const TERMINATOR: &str = "aws4_request";
/// Stands in the place of the body's hash where the body is not signed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// The longest life of a presigned request: 7 days, as for all services of AWS.
pub const PRESIGNED_MAX_SECONDS: u64 = 7 * 24 * 60 * 60;

/// The SHA-256 of a body, as [`SignedRequest`] and [`sign_headers`] want it.
#[must_use]
pub fn body_sha256(body: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(body).into()
}
