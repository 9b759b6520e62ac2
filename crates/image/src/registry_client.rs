//! Asking one registry for manifests and blobs: authorisation, redirects, retries (OCI
//! Distribution specification, "Pull"; token challenges as RFC 6750 and Docker's registry
//! token specification have them).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use hyper::body::Incoming;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::digest::Digest;
use crate::error::Error;
use crate::fetch::{self, Address};
use crate::limits::{
    MAX_ANSWER_BYTES, MAX_ATTEMPTS, MAX_MANIFEST_BYTES, MAX_REDIRECTS, RETRY_BASE_DELAY,
};
use crate::manifest;
use crate::registry_access::{BasicCredentials, Credentials, Endpoint, Endpoints};

/// Longest part of a registry's error text that is passed on.
const MAX_DETAIL_CHARS: usize = 300;

pub(crate) struct RegistryClient {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) endpoints: Arc<dyn Endpoints>,
    pub(crate) credentials: Arc<dyn Credentials>,
    pub(crate) random: Arc<dyn Random>,
    /// What the last challenge was answered with.
    pub(crate) authorization: Mutex<Option<HeaderValue>>,
}

/// A manifest as it came, its digest verified.
pub(crate) struct RawManifest {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: Option<String>,
    pub(crate) digest: Digest,
}

impl RegistryClient {
    /// The manifest called `name` (a tag or a digest). `what` is the image, for errors.
    pub(crate) async fn manifest(&self, what: &str, name: &str) -> Result<RawManifest, Error> {
        let path = format!("/v2/{}/manifests/{name}", self.repository);
        let mut attempts = 1;
        let (content_type, claimed, bytes) = loop {
            match self.manifest_once(what, &path).await {
                Err(error) if self.tries_again(&error, attempts).await => attempts += 1,
                result => break result.map_err(|error| error.with_attempts(attempts))?,
            }
        };
        let digest = Digest::of(&bytes);
        for expected in [Some(name), claimed.as_deref()].into_iter().flatten() {
            if let Ok(expected) = expected.parse::<Digest>()
                && expected != digest
            {
                return Err(Error::mismatch(what, &expected, &digest));
            }
        }
        Ok(RawManifest {
            bytes,
            content_type,
            digest,
        })
    }

    /// The head of the answer that carries blob `digest`.
    pub(crate) async fn blob(
        &self,
        what: &str,
        digest: &Digest,
    ) -> Result<Response<Incoming>, Error> {
        let path = format!("/v2/{}/blobs/{digest}", self.repository);
        self.get(what, &path, None).await
    }

    /// Type, claimed digest and bytes of a manifest.
    async fn manifest_once(
        &self,
        what: &str,
        path: &str,
    ) -> Result<(Option<String>, Option<String>, Bytes), Error> {
        let response = self.get(what, path, Some(manifest::ACCEPT)).await?;
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let content_type = text(CONTENT_TYPE.as_str());
        let claimed = text("docker-content-digest");
        let bytes = fetch::read_all(response.into_body(), MAX_MANIFEST_BYTES)
            .await
            .map_err(|error| error.about(what))?;
        Ok((content_type, claimed, bytes))
    }

    /// After attempt number `attempts` failed: false when it was the last or cannot be mended by
    /// another, else true after a pause.
    pub(crate) async fn tries_again(&self, error: &Error, attempts: u32) -> bool {
        if !error.is_transient() || attempts >= MAX_ATTEMPTS {
            return false;
        }
        let delay = self.backoff(attempts);
        tracing::debug!(%error, attempts, ?delay, "registry request failed, trying again");
        tokio::time::sleep(delay).await;
        true
    }

    /// Doubles with each attempt; half is random, so that many nodes do not come back at once.
    fn backoff(&self, attempts: u32) -> Duration {
        let whole = RETRY_BASE_DELAY * 2u32.saturating_pow(attempts.saturating_sub(1));
        let [byte] = self.random.bytes::<1>();
        whole / 2 + whole.mul_f32(0.5 * f32::from(byte) / 255.0)
    }

    /// One request, its challenge answered if there is one, its redirects followed.
    async fn get(
        &self,
        what: &str,
        path: &str,
        accept: Option<&'static str>,
    ) -> Result<Response<Incoming>, Error> {
        let known = self.authorization().clone();
        let mut response = self.follow(what, path, accept, known).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let authorization = self.answer_challenge(what, response).await?;
            *self.authorization() = Some(authorization.clone());
            response = self.follow(what, path, accept, Some(authorization)).await?;
        }
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response);
        }
        let detail = error_detail(response).await;
        let what = what.to_owned();
        Err(match status {
            StatusCode::NOT_FOUND => Error::NotFound { what, detail },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Error::Unauthorized { what, detail }
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Error::network(what, detail)
            }
            _ if status.is_server_error() => Error::network(what, detail),
            _ => Error::corrupt(what, format!("unexpected answer of the registry: {detail}")),
        })
    }

    fn authorization(&self) -> std::sync::MutexGuard<'_, Option<HeaderValue>> {
        self.authorization
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one request and follows redirects. Authorisation goes to the registry only, and
    /// every host on the way must be one that the caller knows.
    async fn follow(
        &self,
        what: &str,
        path: &str,
        accept: Option<&'static str>,
        authorization: Option<HeaderValue>,
    ) -> Result<Response<Incoming>, Error> {
        let mut address = self.address(what, &self.registry, path)?;
        for _ in 0..=MAX_REDIRECTS {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            if let Some(authorization) = &authorization
                && address.host == self.registry
            {
                headers.insert(AUTHORIZATION, authorization.clone());
            }
            let response = fetch::get(&address, headers)
                .await
                .map_err(|error| error.about(what))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok())
                .ok_or_else(|| Error::corrupt(what, "a redirect without a location"))?;
            address = self.redirected(what, &address, location)?;
        }
        Err(Error::corrupt(
            what,
            format!("the registry redirects more than {MAX_REDIRECTS} times"),
        ))
    }

    fn redirected(&self, what: &str, from: &Address, location: &str) -> Result<Address, Error> {
        if location.starts_with('/') && !location.starts_with("//") {
            return Ok(Address {
                path: location.to_owned(),
                ..from.clone()
            });
        }
        self.absolute(what, location)
    }

    /// An absolute URL that a registry names, for a redirect or a token.
    fn absolute(&self, what: &str, url: &str) -> Result<Address, Error> {
        let uri: Uri = url
            .parse()
            .map_err(|_| Error::corrupt(what, "the registry names an address that is no URL"))?;
        let host = uri
            .authority()
            .map(|authority| authority.as_str().to_ascii_lowercase())
            .filter(|host| !host.contains('@'))
            .ok_or_else(|| Error::corrupt(what, "the registry names an address without a host"))?;
        if uri.scheme_str() != Some("http") {
            return Err(needs_tls(what, &host));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        self.address(what, &host, path)
    }

    fn address(&self, what: &str, host: &str, path: &str) -> Result<Address, Error> {
        match self.endpoints.endpoint(host) {
            Endpoint::PlainHttp { connect } => Ok(Address {
                connect,
                host: host.to_owned(),
                path: path.to_owned(),
            }),
            Endpoint::Tls => Err(needs_tls(what, host)),
        }
    }

    /// Finds the authorisation that answers a 401.
    async fn answer_challenge(
        &self,
        what: &str,
        response: Response<Incoming>,
    ) -> Result<HeaderValue, Error> {
        let challenges: Vec<Challenge> = response
            .headers()
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(Challenge::parse)
            .collect();
        let refused = |detail: String| Error::Unauthorized {
            what: what.to_owned(),
            detail,
        };
        let credentials = self
            .credentials
            .credentials(&self.registry)
            .await
            .map_err(|error| refused(format!("no credentials: {error}")))?;
        if let Some(bearer) = challenges.iter().find(|challenge| challenge.is("bearer")) {
            return self.token(what, bearer, credentials.as_ref()).await;
        }
        let wants_basic = challenges.iter().any(|challenge| challenge.is("basic"));
        match credentials {
            Some(credentials) if wants_basic => Ok(basic(&credentials)),
            Some(_) => Err(refused(
                "the registry asks for neither Basic nor Bearer authorisation".to_owned(),
            )),
            None => Err(refused(format!(
                "no credentials are known for {}; it said {}",
                self.registry,
                error_detail(response).await
            ))),
        }
    }

    async fn token(
        &self,
        what: &str,
        challenge: &Challenge,
        credentials: Option<&BasicCredentials>,
    ) -> Result<HeaderValue, Error> {
        let realm = challenge
            .parameter("realm")
            .ok_or_else(|| Error::corrupt(what, "a Bearer challenge without a realm"))?;
        let mut address = self.absolute(what, realm)?;
        let default_scope = format!("repository:{}:pull", self.repository);
        let scope = challenge.parameter("scope").unwrap_or(&default_scope);
        let mut separator = if address.path.contains('?') { '&' } else { '?' };
        for (name, value) in [
            (
                "service",
                challenge.parameter("service").unwrap_or_default(),
            ),
            ("scope", scope),
        ] {
            if !value.is_empty() {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
                address.path.push_str(&format!("{separator}{name}={value}"));
                separator = '&';
            }
        }
        let mut headers = HeaderMap::new();
        if let Some(credentials) = credentials {
            headers.insert(AUTHORIZATION, basic(credentials));
        }
        let response = fetch::get(&address, headers)
            .await
            .map_err(|error| error.about(what))?;
        let status = response.status();
        if status.is_server_error() {
            return Err(Error::network(what, error_detail(response).await));
        }
        if status != StatusCode::OK {
            return Err(Error::Unauthorized {
                what: what.to_owned(),
                detail: format!("token server: {}", error_detail(response).await),
            });
        }
        let bytes = fetch::read_all(response.into_body(), MAX_ANSWER_BYTES)
            .await
            .map_err(|error| error.about(what))?;
        // The parser's own error would quote the answer, which holds the token.
        let answer: TokenAnswer = serde_json::from_slice(&bytes)
            .map_err(|_| Error::corrupt(what, "the token server's answer is not a token"))?;
        let token = answer
            .token
            .or(answer.access_token)
            .map(Zeroizing::new)
            .ok_or_else(|| Error::corrupt(what, "the token server's answer has no token"))?;
        secret_header(&Zeroizing::new(format!("Bearer {}", token.as_str())))
            .ok_or_else(|| Error::corrupt(what, "the token has characters no header can carry"))
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

fn basic(credentials: &BasicCredentials) -> HeaderValue {
    let pair = Zeroizing::new(format!(
        "{}:{}",
        credentials.username,
        credentials.password.as_str()
    ));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    // Base64 always fits a header; an empty value would only be refused by the registry.
    secret_header(&Zeroizing::new(format!("Basic {}", encoded.as_str())))
        .unwrap_or_else(|| HeaderValue::from_static(""))
}

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn needs_tls(what: &str, host: &str) -> Error {
    Error::unsupported(
        what,
        format!(
            "registry {host} needs TLS, which pulls do not support yet; push the image to this \
             installation's own registry"
        ),
    )
}

/// What a registry said in an error answer: its status, and the first error of its JSON.
async fn error_detail(response: Response<Incoming>) -> String {
    #[derive(Deserialize)]
    struct Answer {
        errors: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let status = response.status();
    let body = fetch::read_all(response.into_body(), MAX_ANSWER_BYTES)
        .await
        .unwrap_or_default();
    let said = serde_json::from_slice::<Answer>(&body)
        .ok()
        .and_then(|answer| answer.errors.into_iter().next())
        .map(|item| format!(" {}: {}", item.code, item.message))
        .unwrap_or_default();
    format!("{status}{said}")
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(MAX_DETAIL_CHARS)
        .collect()
}

/// One `WWW-Authenticate` value (RFC 9110 section 11.6.1); registries send one challenge each.
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut parameters = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', ',', '\t']);
            if rest.is_empty() {
                break;
            }
            let (name, after) = rest.split_once('=')?;
            let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
                unquote(quoted)?
            } else {
                let end = after.find(',').unwrap_or(after.len());
                let (value, after) = after.split_at_checked(end)?;
                (value.trim().to_owned(), after)
            };
            parameters.push((name.trim().to_ascii_lowercase(), value));
            rest = after;
        }
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            parameters,
        })
    }

    fn is(&self, scheme: &str) -> bool {
        self.scheme == scheme
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(value)
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let parse = |text| {
            let challenge = Challenge::parse(text)?;
            let parameters: Vec<String> = challenge
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            Some(format!("{} {}", challenge.scheme, parameters.join(";")))
        };
        assert_eq!(
            parse(r#"Bearer realm="http://h/t?a=b,c",service="s \"x\"",Scope=pull , x="""#)
                .as_deref(),
            Some(r#"bearer realm=http://h/t?a=b,c;service=s "x";scope=pull;x="#)
        );
        assert_eq!(parse("Basic").as_deref(), Some("basic "));
        assert_eq!(
            parse(r#"Basic realm="https://host/",service="ecr.amazonaws.com""#).as_deref(),
            Some("basic realm=https://host/;service=ecr.amazonaws.com")
        );
        for text in [
            r#"Bearer realm="open"#,
            "Bearer realm",
            r#"Bearer realm="a\"#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let credentials = BasicCredentials::new("AWS", "hunter2");
        assert!(!format!("{credentials:?}").contains("hunter2"));
        let header = basic(&credentials);
        assert_eq!(header.as_bytes(), b"Basic QVdTOmh1bnRlcjI=");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
