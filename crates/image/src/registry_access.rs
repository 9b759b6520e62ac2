//! What the caller says about registries: where each is reached, and with which credentials.

use std::collections::BTreeMap;
use std::fmt;

use ambient::BoxFuture;
use zeroize::Zeroizing;

/// How a registry is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Plain HTTP to this `host:port`; the registry's own name still goes into the Host header.
    PlainHttp {
        /// Where to connect, as `host:port`.
        connect: String,
    },
    /// TLS to the host of that name, its certificate checked against [`crate::TlsTrust`].
    Tls,
}

/// Says for every registry how it is reached. Also asked for every redirect and token server,
/// so that no registry can send the node over plain HTTP to a place that the caller does not
/// know.
pub trait Endpoints: Send + Sync {
    /// `registry` is a host with an optional port, as in the reference, in lower case.
    fn endpoint(&self, registry: &str) -> Endpoint;

    /// Whether `registry` may send this node to `elsewhere`, for a blob or a token. What a request reaches
    /// depends on who makes it: a registry that is anybody's must not choose what a node asks of itself.
    fn may_lead_to(&self, registry: &str, elsewhere: &str) -> bool {
        let _ = (registry, elsewhere);
        true
    }
}

/// A fixed table of registries over plain HTTP; every other one needs TLS.
#[derive(Clone, Debug, Default)]
pub struct PlainHttp(BTreeMap<String, String>);

impl PlainHttp {
    /// Adds `registry`, reached at `connect` (`host:port`).
    #[must_use]
    pub fn with(mut self, registry: &str, connect: &str) -> Self {
        self.0
            .insert(registry.to_ascii_lowercase(), connect.to_owned());
        self
    }
}

impl Endpoints for PlainHttp {
    fn endpoint(&self, registry: &str) -> Endpoint {
        match self.0.get(registry) {
            Some(connect) => Endpoint::PlainHttp {
                connect: connect.clone(),
            },
            None => Endpoint::Tls,
        }
    }
}

/// A user name and password for HTTP Basic; the password is wiped when dropped and never shown.
#[derive(Clone)]
pub struct BasicCredentials {
    /// User name; ECR's is `AWS`.
    pub username: String,
    /// Password or token.
    pub password: Zeroizing<String>,
}

impl BasicCredentials {
    /// From a user name and a password.
    #[must_use]
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: Zeroizing::new(password.into()),
        }
    }
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BasicCredentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Why credentials could not be had; the text goes into the task's stopped reason, so it must
/// hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// There are none to be had.
    #[error("{0}")]
    Refused(String),
    /// Who gives them cannot be asked now; a moment later there may be some.
    #[error("{0}")]
    Unavailable(String),
}

/// Finds credentials for a registry; asked only after the registry has challenged.
pub trait Credentials: Send + Sync {
    /// Credentials for `registry`, or none when it is to be read without.
    fn credentials<'a>(
        &'a self,
        registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>>;
}

/// No credentials for any registry.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Credentials for Anonymous {
    fn credentials<'a>(
        &'a self,
        _registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        Box::pin(async { Ok(None) })
    }
}
