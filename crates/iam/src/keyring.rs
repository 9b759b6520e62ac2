//! The keys that sign requests.

use ambient::Random;
use aws_core::{AccountId, Principal};
use records::iam::InstanceKey;
use records::{Committed, RecordError, Records};
use zeroize::Zeroizing;

/// AWS's keys have 20 characters and 40 in their secret; ours look the same.
const SECRET_BYTES: usize = 20;
/// An access key id is a key in the store: longer ones, or others, are not looked up.
const ACCESS_KEY_ID_MAX_BYTES: usize = 128;

/// The key of an account's root.
#[derive(Clone)]
pub struct RootKey {
    /// The account.
    pub account: AccountId,
    /// What signatures name.
    pub access_key_id: String,
    /// What signatures are made with.
    pub secret_access_key: Zeroizing<String>,
}

impl RootKey {
    /// A new random key for `account`.
    #[must_use]
    pub fn generate(account: AccountId, random: &dyn Random) -> Self {
        Self {
            account,
            access_key_id: access_key_id("AKIA", random),
            secret_access_key: Zeroizing::new(random.hex::<SECRET_BYTES>()),
        }
    }
}

/// What a node signs with.
#[derive(Clone)]
pub struct InstanceCredentials {
    /// The node.
    pub instance_id: String,
    /// What signatures name.
    pub access_key_id: String,
    /// What signatures are made with.
    pub secret_access_key: Zeroizing<String>,
}

/// A key as a signature is checked against it.
pub struct SigningKey {
    /// The secret.
    pub secret_access_key: Zeroizing<String>,
    /// Whose it is.
    pub principal: Principal,
}

/// All keys: root's, which is given at the start, and the nodes', which are records.
#[derive(Clone)]
pub struct Keyring {
    root: RootKey,
    records: Records,
}

impl Keyring {
    /// The keys of `records`, and root's.
    #[must_use]
    pub fn new(root: RootKey, records: Records) -> Self {
        Self { root, records }
    }

    /// The key of that id, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find(&self, access_key_id: &str) -> Result<Option<SigningKey>, RecordError> {
        if access_key_id == self.root.access_key_id {
            return Ok(Some(SigningKey {
                secret_access_key: self.root.secret_access_key.clone(),
                principal: Principal::Root {
                    account: self.root.account.clone(),
                },
            }));
        }
        let looks_right = !access_key_id.is_empty()
            && access_key_id.len() <= ACCESS_KEY_ID_MAX_BYTES
            && access_key_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric());
        if !looks_right {
            return Ok(None);
        }
        let found = self.records.get(&InstanceKey::key(access_key_id))?;
        Ok(found.map(|stored| SigningKey {
            secret_access_key: Zeroizing::new(stored.record.secret_access_key),
            principal: Principal::Instance {
                account: stored.record.account,
                instance_id: stored.record.instance_id,
            },
        }))
    }

    /// A key for a new node of root's account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn issue_instance_key(
        &self,
        random: &dyn Random,
    ) -> Result<InstanceCredentials, RecordError> {
        loop {
            let credentials = InstanceCredentials {
                instance_id: random.hex::<16>(),
                access_key_id: access_key_id("ASIA", random),
                secret_access_key: Zeroizing::new(random.hex::<SECRET_BYTES>()),
            };
            let record = InstanceKey {
                access_key_id: credentials.access_key_id.clone(),
                secret_access_key: credentials.secret_access_key.to_string(),
                account: self.root.account.clone(),
                instance_id: credentials.instance_id.clone(),
            };
            let mut transaction = self.records.transaction();
            transaction.create(&InstanceKey::key(&credentials.access_key_id), &record)?;
            if let Committed::Yes(_) = transaction.commit().await? {
                return Ok(credentials);
            }
        }
    }
}

fn access_key_id(prefix: &str, random: &dyn Random) -> String {
    format!("{prefix}{}", random.hex::<8>().to_ascii_uppercase())
}
