//! Finds out whether a claim is true.

use ambient::Timestamp;
use aws_core::Principal;
use http::HeaderMap;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::canonical::{self, Canonical};
use crate::signing_key::SigningKey;
use crate::{
    ALGORITHM, Claim, Keys, PathRule, Policy, Reason, Rejection, SigningKeys, TERMINATOR,
    UNSIGNED_PAYLOAD, time,
};

const PAYLOAD_HEADER: &str = "x-amz-content-sha256";

/// Headers that decide what a request does or whose it is, and must therefore be signed where
/// they are sent. AWS asks that every `x-amz-*` header be signed; these are the ones that we read.
const SIGNED_WHERE_SENT: [&str; 2] = ["x-amz-target", "x-amz-security-token"];

/// A request as it stood on the wire.
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// The path, still percent-encoded, without the query.
    pub path: &'a str,
    /// What follows the question mark, still percent-encoded.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The SHA-256 of the body that came: [`crate::body_sha256`].
    pub body_sha256: [u8; 32],
}

/// A signature that was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who signed.
    pub principal: Principal,
    /// With which access key.
    pub access_key_id: String,
    /// For which region; not checked against any list here.
    pub region: String,
    /// For which service, by its signing name.
    pub service: String,
}

/// Verifies a request's signature.
///
/// `remembered` is a memory of derived keys and changes no answer.
///
/// # Errors
/// The reason in the words of `policy`, which is the policy of the service that the request
/// turns out to be for.
pub fn verify(
    request: &SignedRequest<'_>,
    keys: &dyn Keys,
    remembered: &SigningKeys,
    policy: &Policy,
    now: Timestamp,
) -> Result<Verified, Rejection> {
    Claim::read(request.query, request.headers)
        .and_then(|claim| check(request, claim, keys, remembered, policy, now))
        .map_err(|reason| policy.reject(reason))
}

fn check(
    request: &SignedRequest<'_>,
    claim: Claim,
    keys: &dyn Keys,
    remembered: &SigningKeys,
    policy: &Policy,
    now: Timestamp,
) -> Result<Verified, Reason> {
    check_time(&claim, policy, now)?;
    check_signed_headers(&claim, request.headers)?;

    let key = keys
        .find(&claim.access_key_id)
        .ok_or(Reason::InvalidToken)?;
    match (&key.session_token, &claim.session_token) {
        (None, None) => {}
        (Some(expected), Some(given)) if expected.matches(given) => {}
        _ => return Err(Reason::InvalidToken),
    }

    let payload = payload(request, &claim, policy)?;
    let found = remembered.find(&claim.access_key_id, &claim.scope, &key.secret);
    let known = found.is_some();
    let signing_key = found.unwrap_or_else(|| SigningKey::derive(&key.secret, &claim.scope));
    if !matches_any(request, &claim, &signing_key, policy.path, &payload) {
        return Err(Reason::Mismatch);
    }
    if !known {
        remembered.keep(
            &claim.access_key_id,
            &claim.scope,
            &key.secret,
            &signing_key,
        );
    }
    // Told only to one who holds the secret.
    if key.expires.is_some_and(|expires| expires <= now) {
        return Err(Reason::ExpiredToken);
    }
    Ok(Verified {
        principal: key.principal,
        access_key_id: claim.access_key_id,
        region: claim.scope.region,
        service: claim.scope.service,
    })
}

fn check_time(claim: &Claim, policy: &Policy, now: Timestamp) -> Result<(), Reason> {
    let minutes = policy.skew_minutes;
    let skew = std::time::Duration::from_secs(minutes * 60);
    let signed = claim.signed_at;
    if signed.since(now) > skew {
        return Err(Reason::NotYetValid {
            signed,
            now,
            minutes,
        });
    }
    let age = now.since(signed);
    match claim.expires {
        Some(expires) if age > expires => Err(Reason::PresignedExpired),
        None if age > skew => Err(Reason::Expired {
            signed,
            now,
            minutes,
        }),
        _ => Ok(()),
    }
}

fn check_signed_headers(claim: &Claim, headers: &HeaderMap) -> Result<(), Reason> {
    let signed = |name: &str| {
        claim
            .signed_headers
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name))
    };
    if !signed("host") {
        return Err(Reason::HostNotSigned);
    }
    match SIGNED_WHERE_SENT
        .into_iter()
        .find(|name| headers.contains_key(*name) && !signed(name))
    {
        Some(name) => Err(Reason::HeaderNotSigned(name)),
        None => Ok(()),
    }
}

/// What stands for the body in the canonical request. The header that names it is the client's
/// word, so it must agree with the body that came.
fn payload(request: &SignedRequest<'_>, claim: &Claim, policy: &Policy) -> Result<String, Reason> {
    let actual = hex::encode(request.body_sha256);
    let mut named = request.headers.get_all(PAYLOAD_HEADER).iter();
    match (named.next(), named.next()) {
        (None, _) if claim.presigned && policy.unsigned_payload => Ok(UNSIGNED_PAYLOAD.to_owned()),
        (None, _) => Ok(actual),
        (Some(name), None) if name == UNSIGNED_PAYLOAD && policy.unsigned_payload => {
            Ok(UNSIGNED_PAYLOAD.to_owned())
        }
        (Some(name), None) if name.as_bytes().eq_ignore_ascii_case(actual.as_bytes()) => {
            Ok(String::from_utf8_lossy(name.as_bytes()).into_owned())
        }
        _ => Err(Reason::Mismatch),
    }
}

fn matches_any(
    request: &SignedRequest<'_>,
    claim: &Claim,
    key: &SigningKey,
    rule: PathRule,
    payload: &str,
) -> bool {
    let path = canonical::path(request.path, rule);
    let mut good = false;
    for query in canonical::queries(request.query.unwrap_or_default()) {
        let canonical = Canonical {
            method: request.method,
            path: &path,
            query: &query,
            headers: request.headers,
            signed_headers: &claim.signed_headers,
            payload,
        };
        let Some(bytes) = canonical.bytes() else {
            return false;
        };
        let expected = key.sign(string_to_sign(claim.signed_at, &claim.scope, &bytes).as_bytes());
        good |= bool::from(expected.as_bytes().ct_eq(claim.signature.as_bytes()));
    }
    good
}

/// The string to sign of a canonical request.
pub(crate) fn string_to_sign(
    signed_at: Timestamp,
    scope: &crate::Scope,
    canonical: &[u8],
) -> String {
    format!(
        "{ALGORITHM}\n{}\n{}/{}/{}/{TERMINATOR}\n{}",
        time::basic(signed_at),
        scope.date,
        scope.region,
        scope.service,
        hex::encode(Sha256::digest(canonical)),
    )
}
