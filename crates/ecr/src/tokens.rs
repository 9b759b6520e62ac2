//! Registry passwords: self-contained, signed, good for twelve hours.

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Random, Timestamp};
use aws_core::{AccountId, Arn, Caller, Principal, Region};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use records::iam::ServerSecret;
use records::{RecordError, Records};
use registry::{Digest, Grant, LinkGrant, Repository, Right, TokenRefusal, Tokens};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long a password is good (ECR API reference, GetAuthorizationToken).
const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3600);
/// How long a link to a blob is good. Ours: AWS says only that it ends.
const LINK_LIFE: Duration = Duration::from_secs(3600);
/// The user name that goes with every password.
const USER: &str = "AWS";
const PURPOSE: &str = "registry-tokens";
/// Far longer than any password of ours.
const PASSWORD_MAX_BYTES: usize = 4096;

/// What a password says.
#[derive(Serialize, Deserialize)]
struct Claims {
    account: AccountId,
    region: Region,
    principal: Arn,
    push: bool,
    expires: Timestamp,
}

/// What a link says. What it is for is signed with it, so that it is no password.
#[derive(Serialize, Deserialize)]
struct LinkClaims {
    account: AccountId,
    region: Region,
    repository: String,
    blob: String,
    expires: Timestamp,
}

/// Makes passwords and checks them.
pub struct SignedTokens {
    secret: Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

/// A password and its end.
pub(crate) struct Token {
    /// `AWS:password` in base64, as the API gives it.
    pub(crate) encoded: String,
    pub(crate) expires: Timestamp,
}

impl SignedTokens {
    /// Tokens signed with the server's secret for them, which is made where it is missing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(
        records: &Records,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
    ) -> Result<Self, RecordError> {
        let fresh = ServerSecret {
            secret: random.hex::<32>(),
        };
        let kept = records
            .change(&ServerSecret::key(PURPOSE), |existing| {
                Ok::<_, RecordError>(existing.is_none().then(|| fresh.clone()))
            })
            .await?
            .unwrap_or(fresh);
        Ok(Self {
            secret: Zeroizing::new(kept.secret),
            clock,
        })
    }

    fn mac(&self, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    }

    /// Claims, signed.
    fn sign(&self, claims: &impl Serialize) -> Option<String> {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).ok()?);
        let signature = self.mac(&text)?.finalize().into_bytes();
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Claims that were signed here; their end is not looked at.
    fn read<T: DeserializeOwned>(&self, signed: &str) -> Option<T> {
        if signed.len() > PASSWORD_MAX_BYTES {
            return None;
        }
        let (text, signature) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compares in constant time.
        self.mac(text)?.verify_slice(&signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    /// A link with which anybody can read a blob for a while.
    pub(crate) fn link(&self, repository: &Repository, digest: &Digest) -> Option<String> {
        self.sign(&LinkClaims {
            account: repository.account.clone(),
            region: repository.region.clone(),
            repository: repository.name.clone(),
            blob: digest.to_string(),
            expires: self.clock.now().plus(LINK_LIFE),
        })
    }

    /// A password for the caller's registry. Nodes may pull; root may push as well.
    pub(crate) fn issue(&self, caller: &Caller) -> Option<Token> {
        let claims = Claims {
            account: caller.account.clone(),
            region: caller.region.clone(),
            principal: caller.principal.arn(),
            push: matches!(caller.principal, Principal::Root { .. }),
            expires: self.clock.now().plus(TOKEN_LIFE),
        };
        let encoded = STANDARD.encode(format!("{USER}:{}", self.sign(&claims)?));
        Some(Token {
            encoded,
            expires: claims.expires,
        })
    }
}

impl Tokens for SignedTokens {
    fn verify(&self, user: &str, password: &str) -> Result<Grant, TokenRefusal> {
        let claims = Some(password).filter(|_| user == USER);
        let claims: Claims = claims
            .and_then(|password| self.read(password))
            .ok_or(TokenRefusal::Invalid)?;
        if self.clock.now() >= claims.expires {
            return Err(TokenRefusal::Expired);
        }
        Ok(Grant {
            account: claims.account,
            region: claims.region,
            principal: claims.principal,
            right: if claims.push {
                Right::Push
            } else {
                Right::Pull
            },
        })
    }

    fn verify_link(&self, link: &str) -> Result<LinkGrant, TokenRefusal> {
        let claims: LinkClaims = self.read(link).ok_or(TokenRefusal::Invalid)?;
        if self.clock.now() >= claims.expires {
            return Err(TokenRefusal::Expired);
        }
        Ok(LinkGrant {
            repository: Repository {
                account: claims.account,
                region: claims.region,
                name: claims.repository,
            },
            digest: claims.blob.parse().map_err(|_| TokenRefusal::Invalid)?,
        })
    }
}
