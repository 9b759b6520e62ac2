//! The derived key, and a bounded memory of derived keys.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{KeyInit, Mac, SimpleHmac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Scope, Secret, TERMINATOR};

/// How many derived keys are kept: one a day for each access key, region and service in use.
pub const SIGNING_KEYS_MAX: usize = 1024;

const BLOCK_BYTES: usize = 64;

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    // The key is brought to the block's length here, because the slice constructor of the hmac
    // crate has an error that cannot occur.
    let mut block = Zeroizing::new([0_u8; BLOCK_BYTES]);
    let hashed;
    let key = if key.len() > BLOCK_BYTES {
        hashed = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(key)));
        hashed.as_slice()
    } else {
        key
    };
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut mac = <SimpleHmac<Sha256> as KeyInit>::new((&*block).into());
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The key that signs for one day, region and service.
#[derive(Clone)]
pub(crate) struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    pub(crate) fn derive(secret: &Secret, scope: &Scope) -> Self {
        let start = Zeroizing::new(format!("AWS4{}", secret.reveal()));
        let date = hmac(start.as_bytes(), scope.date.as_bytes());
        let region = hmac(date.as_slice(), scope.region.as_bytes());
        let service = hmac(region.as_slice(), scope.service.as_bytes());
        Self(hmac(service.as_slice(), TERMINATOR.as_bytes()))
    }

    /// The signature of a string to sign, in lower-case hexadecimal.
    pub(crate) fn sign(&self, string_to_sign: &[u8]) -> String {
        hex::encode(hmac(self.0.as_slice(), string_to_sign).as_slice())
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Slot {
    access_key_id: String,
    scope: Scope,
}

struct Entry {
    /// What the key was derived from: an access key whose secret has changed must not be served
    /// from memory.
    secret: Secret,
    key: SigningKey,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Arc<Slot>, Entry>,
    /// Oldest first.
    order: VecDeque<Arc<Slot>>,
}

/// Derived keys of signatures that were good, at most [`SIGNING_KEYS_MAX`]; the oldest goes
/// first. A memory only: without it the answers are the same and four hashes slower.
#[derive(Default)]
pub struct SigningKeys {
    kept: Mutex<Kept>,
}

impl SigningKeys {
    pub(crate) fn find(
        &self,
        access_key_id: &str,
        scope: &Scope,
        secret: &Secret,
    ) -> Option<SigningKey> {
        let slot = Slot {
            access_key_id: access_key_id.to_owned(),
            scope: scope.clone(),
        };
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.entries.get(&slot)?;
        entry.secret.matches(secret).then(|| entry.key.clone())
    }

    pub(crate) fn keep(
        &self,
        access_key_id: &str,
        scope: &Scope,
        secret: &Secret,
        key: &SigningKey,
    ) {
        let slot = Arc::new(Slot {
            access_key_id: access_key_id.to_owned(),
            scope: scope.clone(),
        });
        let entry = Entry {
            secret: secret.clone(),
            key: key.clone(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.entries.insert(Arc::clone(&slot), entry).is_some() {
            return;
        }
        kept.order.push_back(slot);
        if kept.order.len() > SIGNING_KEYS_MAX
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.entries.remove(&oldest);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.kept.lock().unwrap().entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(date: &str) -> Scope {
        Scope {
            date: date.to_owned(),
            region: "us-east-1".to_owned(),
            service: "iam".to_owned(),
        }
    }

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        // Test cases 2 and 6: a short key, and one longer than a block.
        assert_eq!(
            hex::encode(hmac(b"Jefe", b"what do ya want for nothing?").as_slice()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex::encode(
                hmac(
                    &[0xaa; 131],
                    b"Test Using Larger Than Block-Size Key - Hash Key First"
                )
                .as_slice()
            ),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn the_derived_key_is_the_one_that_aws_publishes() {
        // "Deriving a signing key" in the AWS General Reference.
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned());
        let key = SigningKey::derive(&secret, &scope("20150830"));
        assert_eq!(
            hex::encode(key.0.as_slice()),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
        );
    }

    #[test]
    fn a_changed_secret_is_not_served_from_memory() {
        let keys = SigningKeys::default();
        let old = Secret::new("old".to_owned());
        let scope = scope("20150830");
        keys.keep("AKID", &scope, &old, &SigningKey::derive(&old, &scope));
        assert!(keys.find("AKID", &scope, &old).is_some());
        assert!(
            keys.find("AKID", &scope, &Secret::new("new".to_owned()))
                .is_none()
        );
        assert!(keys.find("AKIE", &scope, &old).is_none());
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let keys = SigningKeys::default();
        let secret = Secret::new("secret".to_owned());
        let key = SigningKey::derive(&secret, &scope("0"));
        for day in 0..=SIGNING_KEYS_MAX {
            keys.keep("AKID", &scope(&day.to_string()), &secret, &key);
        }
        assert_eq!(keys.len(), SIGNING_KEYS_MAX);
        assert!(keys.find("AKID", &scope("0"), &secret).is_none());
        assert!(keys.find("AKID", &scope("1"), &secret).is_some());
    }
}
