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
use registry::{Grant, Right, TokenRefusal, Tokens};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long a password is good (ECR API reference, GetAuthorizationToken).
const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3600);
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

    /// What a password of ours says; its end is not looked at.
    fn claims(&self, user: &str, password: &str) -> Option<Claims> {
        if user != USER || password.len() > PASSWORD_MAX_BYTES {
            return None;
        }
        let (text, signature) = password.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compares in constant time.
        self.mac(text)?.verify_slice(&signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
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
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).ok()?);
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&text)?.finalize().into_bytes());
        let encoded = STANDARD.encode(format!("{USER}:{text}.{signature}"));
        Some(Token {
            encoded,
            expires: claims.expires,
        })
    }
}

impl Tokens for SignedTokens {
    fn verify(&self, user: &str, password: &str) -> Result<Grant, TokenRefusal> {
        let claims = self.claims(user, password).ok_or(TokenRefusal::Invalid)?;
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
}
