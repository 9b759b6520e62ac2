//! Digests: `sha256:` and 64 lower-case hexadecimal digits (OCI image spec, "Digests").

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

const ALGORITHM: &str = "sha256";
const HEX_DIGITS: usize = 64;

/// A digest by SHA-256, the algorithm that every image in use has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

/// A text is no digest that is understood.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "a digest is sha256: and 64 lower-case hexadecimal digits; no other algorithm is supported"
)]
pub struct InvalidDigest;

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut state = Sha256::new();
        state.update(bytes);
        Self::from_state(state)
    }

    pub(crate) fn from_state(state: Sha256) -> Self {
        Self(format!("{ALGORITHM}:{}", hex::encode(state.finalize())))
    }

    /// With the algorithm: `sha256:...`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 32 bytes that the digits are.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        // The digits were checked when it was made.
        let _ = hex::decode_to_slice(self.hex(), &mut bytes);
        bytes
    }

    /// The 64 digits alone.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.0.get(ALGORITHM.len() + 1..).unwrap_or_default()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(':'))
            .ok_or(InvalidDigest)?;
        let well_formed = digits.len() == HEX_DIGITS
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDigest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_known() {
        let digest = Digest::of(b"");
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.as_str(), text);
        assert_eq!(digest.hex().len(), HEX_DIGITS);
        assert_eq!(text.parse(), Ok(digest));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let upper = format!("sha256:{}", "A".repeat(64));
        let long = format!("sha256:{}", "a".repeat(65));
        let other = format!("sha512:{}", "a".repeat(128));
        let path = format!("sha256:../{}", "a".repeat(61));
        for text in ["", "sha256", "sha256:", &upper, &long, &other, &path] {
            assert_eq!(text.parse::<Digest>(), Err(InvalidDigest), "{text}");
        }
    }
}
