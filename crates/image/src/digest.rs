//! Content digests and the chain ids of layers, as the OCI image specification defines them
//! (descriptor.md "Digests", config.md "Layer ChainID").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A sha256 content digest; its text form is `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// Why a text is not a digest that this crate can verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// An algorithm other than sha256.
    #[error("digest algorithm '{0}' is not supported; only sha256 is")]
    Algorithm(String),
    /// Not `sha256:` and 64 lower-case hexadecimal digits.
    #[error("a digest is 'sha256:' and 64 lower-case hexadecimal digits")]
    Malformed,
}

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// What `hasher` has seen so far.
    pub(crate) fn from_hasher(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The 64 hexadecimal digits without the algorithm: the name of a file in the store.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The chain id of a layer with the uncompressed digest `diff` on top of `parent`.
    pub(crate) fn chain(parent: Option<&Self>, diff: &Self) -> Self {
        match parent {
            None => *diff,
            Some(parent) => Self::of(format!("{parent} {diff}").as_bytes()),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, digits) = text.split_once(':').ok_or(DigestError::Malformed)?;
        if algorithm != "sha256" {
            return Err(DigestError::Algorithm(algorithm.chars().take(32).collect()));
        }
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DigestError::Malformed);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| DigestError::Malformed)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), text);
        assert_eq!(text.parse(), Ok(Digest::of(b"")));
    }

    #[test]
    fn other_texts_are_refused() {
        let zeros = "0".repeat(64);
        for (text, error) in [
            ("", DigestError::Malformed),
            ("sha256:", DigestError::Malformed),
            ("sha256:zz", DigestError::Malformed),
            (&format!("sha256:{zeros}0"), DigestError::Malformed),
            (
                &format!("sha256:{}A", "0".repeat(63)),
                DigestError::Malformed,
            ),
            (
                &format!("sha512:{zeros}"),
                DigestError::Algorithm("sha512".to_owned()),
            ),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_chain_of_one_is_its_diff_id() {
        let first = Digest::of(b"one");
        let second = Digest::of(b"two");
        assert_eq!(Digest::chain(None, &first), first);
        assert_eq!(
            Digest::chain(Some(&first), &second),
            Digest::of(format!("{first} {second}").as_bytes())
        );
    }
}
