//! Asking one registry for manifests and blobs: authorisation, redirects, retries (OCI
//! Distribution specification, "Pull"; token challenges as RFC 6750 and Docker's registry
//! token specification have them).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use hyper::body::Incoming;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::challenge::Challenge;
use crate::digest::Digest;
use crate::error::Error;
use crate::fetch::{self, Address, Way};
use crate::limits::{
    MAX_ANSWER_BYTES, MAX_ATTEMPTS, MAX_MANIFEST_BYTES, MAX_REDIRECTS, MAX_RETRY_AFTER,
    RETRY_BASE_DELAY,
};
use crate::manifest;
use crate::registry_access::{BasicCredentials, CredentialError, Credentials, Endpoint, Endpoints};
use crate::tls::TlsTrust;

/// Longest part of a registry's error text that is passed on.
const MAX_DETAIL_CHARS: usize = 300;
/// Images of `docker.io` are served by this host (Docker's registry API reference).
const DOCKER_HUB: (&str, &str) = ("docker.io", "registry-1.docker.io");

pub(crate) struct RegistryClient {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) endpoints: Arc<dyn Endpoints>,
    pub(crate) credentials: Arc<dyn Credentials>,
    pub(crate) tls: TlsTrust,
    pub(crate) random: Arc<dyn Random>,
    /// What the last challenge was answered with.
    pub(crate) authorization: Mutex<Option<HeaderValue>>,
}

/// One request to a registry, but for its path.
struct Asked {
    method: Method,
    accept: Option<&'static str>,
    /// The first byte that is wanted.
    from: u64,
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

    /// The digest that `name` (a tag or a digest) stands for. The registry's word where it gives
    /// one: whoever pulls by that digest finds out if it was wrong.
    pub(crate) async fn digest(&self, what: &str, name: &str) -> Result<Digest, Error> {
        if let Ok(digest) = name.parse() {
            return Ok(digest);
        }
        let path = format!("/v2/{}/manifests/{name}", self.repository);
        let mut attempts = 1;
        let head = loop {
            let asked = Asked {
                method: Method::HEAD,
                accept: Some(manifest::ACCEPT),
                from: 0,
            };
            match self.ask(what, &path, &asked).await {
                Err(error) if self.tries_again(&error, attempts).await => attempts += 1,
                result => break result.map_err(|error| error.with_attempts(attempts))?,
            }
        };
        let said = head.headers().get("docker-content-digest");
        if let Some(digest) = said.and_then(|value| value.to_str().ok()?.parse().ok()) {
            return Ok(digest);
        }
        Ok(self.manifest(what, name).await?.digest)
    }

    /// The head of the answer that carries blob `digest`, from its byte `from` on if the
    /// registry can do that (status 206), else from its beginning (200).
    pub(crate) async fn blob(
        &self,
        what: &str,
        digest: &Digest,
        from: u64,
    ) -> Result<Response<Incoming>, Error> {
        let path = format!("/v2/{}/blobs/{digest}", self.repository);
        let asked = Asked {
            method: Method::GET,
            accept: None,
            from,
        };
        self.ask(what, &path, &asked).await
    }

    /// Type, claimed digest and bytes of a manifest.
    async fn manifest_once(
        &self,
        what: &str,
        path: &str,
    ) -> Result<(Option<String>, Option<String>, Bytes), Error> {
        let asked = Asked {
            method: Method::GET,
            accept: Some(manifest::ACCEPT),
            from: 0,
        };
        let response = self.ask(what, path, &asked).await?;
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
        // A registry that says when to come back is taken at its word, within bounds.
        let delay = match error.retry_after() {
            Some(delay) if delay > MAX_RETRY_AFTER => return false,
            Some(delay) => delay.max(self.backoff(attempts)),
            None => self.backoff(attempts),
        };
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
    async fn ask(
        &self,
        what: &str,
        path: &str,
        asked: &Asked,
    ) -> Result<Response<Incoming>, Error> {
        let known = self.authorization().clone();
        let mut response = self.follow(what, path, asked, known).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let authorization = self.answer_challenge(what, response).await?;
            *self.authorization() = Some(authorization.clone());
            response = self.follow(what, path, asked, Some(authorization)).await?;
        }
        let status = response.status();
        if status == StatusCode::OK || (status == StatusCode::PARTIAL_CONTENT && asked.from > 0) {
            return Ok(response);
        }
        let retry_after = retry_after(&response);
        let detail = error_detail(response).await;
        let what = what.to_owned();
        Err(match status {
            StatusCode::NOT_FOUND => Error::NotFound { what, detail },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Error::Unauthorized { what, detail }
            }
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited {
                what,
                attempts: 1,
                detail,
                retry_after,
            },
            StatusCode::REQUEST_TIMEOUT => Error::network(what, detail),
            _ if status.is_server_error() => Error::network(what, detail),
            _ => Error::corrupt(what, format!("unexpected answer of the registry: {detail}")),
        })
    }

    fn authorization(&self) -> std::sync::MutexGuard<'_, Option<HeaderValue>> {
        self.authorization
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one request and follows redirects. Authorisation goes to the registry only.
    async fn follow(
        &self,
        what: &str,
        path: &str,
        asked: &Asked,
        authorization: Option<HeaderValue>,
    ) -> Result<Response<Incoming>, Error> {
        let registry = self.address(what, self.api_host(), path, None)?;
        let mut address = registry.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut headers = HeaderMap::new();
            if let Some(accept) = asked.accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            if asked.from > 0 {
                let range = HeaderValue::from_str(&format!("bytes={}-", asked.from));
                headers.extend(range.ok().map(|range| (RANGE, range)));
            }
            if let Some(authorization) = &authorization
                && address.is_same_place(&registry)
            {
                headers.insert(AUTHORIZATION, authorization.clone());
            }
            let response = fetch::send(asked.method.clone(), &address, headers)
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

    /// The host that serves this registry's API.
    fn api_host(&self) -> &str {
        if self.registry == DOCKER_HUB.0 {
            DOCKER_HUB.1
        } else {
            &self.registry
        }
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
        if !self.endpoints.may_lead_to(self.api_host(), &host) {
            return Err(Error::corrupt(
                what,
                format!(
                    "the registry names {host}, where it may not send this node; name that with \
                     --insecure-registry if it is right"
                ),
            ));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        self.address(what, &host, path, uri.scheme_str())
    }

    /// The way to `host`. Over plain HTTP only to those that the caller knows to be reached so,
    /// whatever scheme a registry names; over TLS to any.
    fn address(
        &self,
        what: &str,
        host: &str,
        path: &str,
        scheme: Option<&str>,
    ) -> Result<Address, Error> {
        let way = match (self.endpoints.endpoint(host), scheme) {
            (Endpoint::PlainHttp { connect }, None | Some("http")) => Way::Plain { connect },
            (Endpoint::Tls, None | Some("https")) | (Endpoint::PlainHttp { .. }, Some("https")) => {
                Way::Tls {
                    trust: self.tls.clone(),
                }
            }
            (Endpoint::Tls, Some("http")) => return Err(needs_tls(what, host)),
            (_, Some(_)) => {
                return Err(Error::corrupt(
                    what,
                    "the registry names an address that is neither http nor https",
                ));
            }
        };
        Ok(Address {
            way,
            host: host.to_owned(),
            path: path.to_owned(),
        })
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
            .map_err(|error| match error {
                CredentialError::Refused(why) => refused(format!("no credentials: {why}")),
                CredentialError::Unavailable(why) => Error::network(what, why),
            })?;
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
            // Token servers have names of their own (auth.docker.io), which only the registry
            // knows; a password goes to another place only with TLS around it.
            let registry = self.address(what, self.api_host(), "/", None)?;
            if !address.is_same_place(&registry) && !address.is_tls() {
                return Err(Error::Unauthorized {
                    what: what.to_owned(),
                    detail: format!(
                        "the registry's token server {} is another host without TLS; credentials \
                         are not sent there",
                        address.host
                    ),
                });
            }
            headers.insert(AUTHORIZATION, basic(credentials));
        }
        let response = fetch::send(Method::GET, &address, headers)
            .await
            .map_err(|error| error.about(what))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::RateLimited {
                what: what.to_owned(),
                attempts: 1,
                retry_after: retry_after(&response),
                detail: error_detail(response).await,
            });
        }
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
            "{host} is named with plain http and needs TLS; name it with --insecure-registry if \
             its network can be trusted"
        ),
    )
}

/// `Retry-After` in seconds; its other form, a date, is not used by registries.
fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?;
    let seconds = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let credentials = BasicCredentials::new("AWS", "hunter2");
        assert!(!format!("{credentials:?}").contains("hunter2"));
        let header = basic(&credentials);
        assert_eq!(header.as_bytes(), b"Basic QVdTOmh1bnRlcjI=");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
