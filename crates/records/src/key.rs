//! Keys: parts joined by `/`, the kind first, then account and region.

use std::marker::PhantomData;

use bytes::Bytes;

/// The key of one record of type `R`.
pub struct Key<R> {
    bytes: Bytes,
    kind: PhantomData<fn() -> R>,
}

/// What the keys of many records of type `R` begin with.
pub struct Prefix<R> {
    bytes: Bytes,
    kind: PhantomData<fn() -> R>,
}

impl<R> Clone for Key<R> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            kind: PhantomData,
        }
    }
}

impl<R> Key<R> {
    /// A key of these parts. No part may hold a `/`: names that come from a request are
    /// validated before they get here.
    #[must_use]
    pub fn new(parts: &[&str]) -> Self {
        Self {
            bytes: Bytes::from(parts.join("/")),
            kind: PhantomData,
        }
    }

    /// The key that a store gave back.
    #[must_use]
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// As the store knows it.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What follows the last `/`.
    #[must_use]
    pub fn last_part(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl<R> Prefix<R> {
    /// The prefix of all keys that begin with these parts, and go on.
    #[must_use]
    pub fn new(parts: &[&str]) -> Self {
        let mut text = parts.join("/");
        text.push('/');
        Self {
            bytes: Bytes::from(text),
            kind: PhantomData,
        }
    }

    /// As the store knows it.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The key under this prefix whose last part is `last`.
    #[must_use]
    pub fn key(&self, last: &str) -> Key<R> {
        let mut bytes = self.bytes.to_vec();
        bytes.extend_from_slice(last.as_bytes());
        Key::from_bytes(Bytes::from(bytes))
    }
}
