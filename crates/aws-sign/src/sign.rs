//! Signs requests of our own agent and client.

use ambient::Timestamp;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue};
use thiserror::Error;

use crate::canonical::{self, Canonical, SIGNATURE_PARAMETER, encode};
use crate::signing_key::SigningKey;
use crate::verify::string_to_sign;
use crate::{
    ALGORITHM, PRESIGNED_MAX_SECONDS, Policy, Scope, Secret, TERMINATOR, UNSIGNED_PAYLOAD, time,
};

/// What one signs with.
#[derive(Clone)]
pub struct Credentials {
    /// The id of the access key.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token of a temporary key.
    pub session_token: Option<Secret>,
}

/// What a request is signed for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The region, for instance `us-east-1`.
    pub region: &'a str,
    /// The service's signing name, for instance `ecs`.
    pub service: &'a str,
    /// The method in capitals.
    pub method: &'a str,
    /// The path as it will stand on the wire, percent-encoded.
    pub path: &'a str,
    /// The query as it will stand on the wire, without the question mark.
    pub query: Option<&'a str>,
}

/// Why a request was not signed.
#[derive(Debug, Error)]
pub enum SignError {
    /// The server's name is part of every signature.
    #[error("cannot sign {0}: the request has no Host header; set it before signing")]
    NoHost(String),
    /// A part of the signature cannot stand in a header: the access key id, region, service or
    /// session token holds characters that it may not.
    #[error("cannot sign {what}: the access key, region or session token is malformed")]
    Header {
        /// The path.
        what: String,
        /// Why not.
        source: InvalidHeaderValue,
    },
    /// Longer than [`PRESIGNED_MAX_SECONDS`].
    #[error("cannot presign for {0} seconds: the longest is {PRESIGNED_MAX_SECONDS}")]
    TooLong(u64),
}

/// Signs a request in its headers: adds `X-Amz-Date`, `X-Amz-Security-Token` where there is one,
/// and `Authorization`. Covered are `Host`, which must be there, `Content-Type` and every
/// `X-Amz-*` header. For a websocket, sign the upgrade request with the hash of an empty body.
///
/// # Errors
/// When there is no `Host` header, or a part cannot stand in a header.
pub fn sign_headers(
    credentials: &Credentials,
    target: &Target<'_>,
    headers: &mut HeaderMap,
    body_sha256: [u8; 32],
    now: Timestamp,
) -> Result<(), SignError> {
    if !headers.contains_key(HOST) {
        return Err(SignError::NoHost(target.path.to_owned()));
    }
    let header = |text: &str| {
        HeaderValue::from_str(text).map_err(|source| SignError::Header {
            what: target.path.to_owned(),
            source,
        })
    };
    headers.insert("x-amz-date", header(&time::basic(now))?);
    headers.remove("x-amz-security-token");
    if let Some(token) = &credentials.session_token {
        let mut value = header(token.reveal())?;
        value.set_sensitive(true);
        headers.insert("x-amz-security-token", value);
    }
    let mut signed_headers: Vec<String> = headers
        .keys()
        .filter(|name| {
            *name == HOST || *name == CONTENT_TYPE || name.as_str().starts_with("x-amz-")
        })
        .map(|name| name.as_str().to_owned())
        .collect();
    signed_headers.sort_unstable();

    let payload = hex::encode(body_sha256);
    let scope = scope(target, now);
    let signature = signature(
        credentials,
        target,
        &scope,
        target.query,
        headers,
        &signed_headers,
        &payload,
        now,
    );
    let mut value = header(&format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={signature}",
        credentials.access_key_id,
        scope_text(&scope),
        signed_headers.join(";"),
    ))?;
    value.set_sensitive(true);
    headers.insert(AUTHORIZATION, value);
    Ok(())
}

/// Signs a request in its query and returns the whole query. Of the headers only `host` is
/// covered; the body must be empty (for S3 it is left unsigned).
///
/// # Errors
/// When `expires_seconds` is beyond [`PRESIGNED_MAX_SECONDS`], or the host cannot stand in a
/// header.
pub fn presign(
    credentials: &Credentials,
    target: &Target<'_>,
    host: &str,
    expires_seconds: u64,
    now: Timestamp,
) -> Result<String, SignError> {
    if expires_seconds > PRESIGNED_MAX_SECONDS {
        return Err(SignError::TooLong(expires_seconds));
    }
    let mut headers = HeaderMap::new();
    let host = HeaderValue::from_str(host).map_err(|source| SignError::Header {
        what: target.path.to_owned(),
        source,
    })?;
    headers.insert(HOST, host);
    let scope = scope(target, now);
    let mut query = target
        .query
        .map_or_else(String::new, |query| format!("{query}&"));
    query.push_str(&format!(
        "X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires=\
         {expires_seconds}&X-Amz-SignedHeaders=host",
        encode(&format!(
            "{}/{}",
            credentials.access_key_id,
            scope_text(&scope)
        )),
        time::basic(now),
    ));
    if let Some(token) = &credentials.session_token {
        query.push_str("&X-Amz-Security-Token=");
        query.push_str(&encode(token.reveal()));
    }
    let empty;
    let payload = if Policy::of(target.service).unsigned_payload {
        UNSIGNED_PAYLOAD
    } else {
        empty = hex::encode(crate::body_sha256(b""));
        &empty
    };
    let signed_headers = [HOST.as_str().to_owned()];
    let signature = signature(
        credentials,
        target,
        &scope,
        Some(&query),
        &headers,
        &signed_headers,
        payload,
        now,
    );
    query.push_str(&format!("&{SIGNATURE_PARAMETER}={signature}"));
    Ok(query)
}

fn scope(target: &Target<'_>, now: Timestamp) -> Scope {
    Scope {
        date: time::basic(now).get(..8).unwrap_or_default().to_owned(),
        region: target.region.to_owned(),
        service: target.service.to_owned(),
    }
}

fn scope_text(scope: &Scope) -> String {
    format!(
        "{}/{}/{}/{TERMINATOR}",
        scope.date, scope.region, scope.service
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of a signature, each from another place"
)]
fn signature(
    credentials: &Credentials,
    target: &Target<'_>,
    scope: &Scope,
    query: Option<&str>,
    headers: &HeaderMap,
    signed_headers: &[String],
    payload: &str,
    now: Timestamp,
) -> String {
    let queries = canonical::queries(query.unwrap_or_default());
    let canonical = Canonical {
        method: target.method,
        path: &canonical::path(target.path, Policy::of(target.service).path),
        query: queries.first().map_or("", String::as_str),
        headers,
        signed_headers,
        payload,
    };
    // Every signed header was taken from `headers`, so none can be missing.
    let bytes = canonical.bytes().unwrap_or_default();
    SigningKey::derive(&credentials.secret, scope)
        .sign(string_to_sign(now, scope, &bytes).as_bytes())
}
