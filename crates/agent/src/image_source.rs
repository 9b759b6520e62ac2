//! Where a task's images come from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{BoxFuture, Clock, Timestamp};
use aws_api::ecr;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{
    BasicCredentials, CredentialError, Credentials, EcrRegistry, Endpoint, Endpoints, ErrorKind,
    ImageConfig, ImageHold, ImageStore, Platform, PullOptions, Reference, SweepPolicy, TlsTrust,
};
use tokio::sync::watch;

use crate::control_plane::ControlPlane;
use crate::registry_auth::RegistryAuth;

/// How long a registry token is used again; it is good for twelve hours.
const TOKEN_KEPT: Duration = Duration::from_secs(3600);
/// How long a pull from our own registry waits for a control plane that is away: its restart must end
/// no task that is being started.
const AWAY_MAX: Duration = Duration::from_secs(60);

/// An image that can be run on this node.
#[derive(Clone, Debug)]
pub struct RunnableImage {
    /// The digest of its manifest.
    pub digest: String,
    /// How to run it.
    pub config: ImageConfig,
    /// Unpacked layers, lowest first.
    pub layers: Vec<PathBuf>,
    /// Keeps it on this node; absent where nothing is ever removed.
    pub hold: Option<ImageHold>,
}

/// Why there is no image; the text is what the container's reason says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFailure(pub String);

/// Gives images by reference.
pub trait ImageSource: Send + Sync {
    /// The image that `reference` names now, for the task with the ARN `task`, whose account and region
    /// say which registry is ours.
    fn pull<'a>(
        &'a self,
        reference: &'a str,
        task: &'a str,
    ) -> BoxFuture<'a, Result<RunnableImage, ImageFailure>>;

    /// The image that `reference` was last pulled as, if it is still here. Asks nobody.
    fn known<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Option<RunnableImage>>;

    /// The image whose manifest has this digest, if it is still here. Asks nobody.
    fn of_digest<'a>(&'a self, digest: &'a str) -> BoxFuture<'a, Option<RunnableImage>>;

    /// Keeps every image on this node, for whoever cannot tell which one it needs.
    fn hold_everything(&self) -> Option<ImageHold>;

    /// Removes what has not been used for long, but for what is held.
    fn sweep(&self, now: Timestamp) -> BoxFuture<'_, ()>;
}

fn runnable(pulled: image::Pulled) -> RunnableImage {
    RunnableImage {
        digest: pulled.digest.to_string(),
        config: pulled.config,
        layers: pulled.layers,
        hold: Some(pulled.hold),
    }
}

/// What an operator says of registries that are not ours.
#[derive(Clone, Debug, Default)]
pub struct OtherRegistries {
    /// Whom their certificates may come from.
    pub tls: TlsTrust,
    /// Those (`host` or `host:port`, lower case) that are reached over plain HTTP.
    pub insecure: Vec<String>,
    /// How to log in to them.
    pub auth: Option<RegistryAuth>,
}

/// Images of any registry; of our own, pulled with the node's own key.
pub struct EcrImages {
    store: ImageStore,
    sweeps: SweepPolicy,
    others: OtherRegistries,
    control_plane: ControlPlane,
    clock: Arc<dyn Clock>,
    /// The names under which the control plane's registry is known.
    hosts: watch::Receiver<Vec<String>>,
    tokens: Arc<Mutex<BTreeMap<String, Token>>>,
}

struct Token {
    credentials: BasicCredentials,
    issued: Duration,
}

impl EcrImages {
    /// Images into `store`, which go as `sweeps` says; `hosts` are the names under which images are
    /// ours.
    #[must_use]
    pub fn new(
        (store, sweeps): (ImageStore, SweepPolicy),
        control_plane: ControlPlane,
        clock: Arc<dyn Clock>,
        hosts: watch::Receiver<Vec<String>>,
        others: OtherRegistries,
    ) -> Self {
        Self {
            store,
            sweeps,
            others,
            control_plane,
            clock,
            hosts,
            tokens: Arc::default(),
        }
    }
}

impl ImageSource for EcrImages {
    fn pull<'a>(
        &'a self,
        reference: &'a str,
        task: &'a str,
    ) -> BoxFuture<'a, Result<RunnableImage, ImageFailure>> {
        Box::pin(async move {
            let part = |number| task.split(':').nth(number).unwrap_or_default().to_owned();
            let (region, account) = (part(3), part(4));
            let parsed: Reference = reference.parse().map_err(|error: image::ReferenceError| {
                ImageFailure(format!("CannotPullContainerError: {error}"))
            })?;
            let ours = Ours {
                authority: self.control_plane.authority().to_owned(),
                hosts: self.hosts.borrow().clone(),
                account,
                insecure: self.others.insecure.clone(),
            };
            let options = PullOptions {
                endpoints: Arc::new(ours.clone()),
                credentials: Arc::new(NodeCredentials {
                    ours: ours.clone(),
                    control_plane: self.control_plane.clone(),
                    clock: Arc::clone(&self.clock),
                    tokens: Arc::clone(&self.tokens),
                    region,
                    others: self.others.auth.clone(),
                }),
                tls: self.others.tls.clone(),
                platform: Platform::host(),
            };
            let is_ours = ours.has(parsed.registry());
            let begun = self.clock.monotonic();
            let mut retry = self.control_plane.retry();
            loop {
                let error = match self.store.pull(&parsed, &options).await {
                    Ok(pulled) => return Ok(runnable(pulled)),
                    Err(error) => error,
                };
                let is_away = is_ours && error.kind() == ErrorKind::Network;
                if !is_away || self.clock.monotonic().saturating_sub(begun) > AWAY_MAX {
                    return Err(ImageFailure(error.stopped_reason()));
                }
                tracing::debug!(%reference, %error, "the pull goes on when the registry is back");
                retry.pause().await;
            }
        })
    }

    fn known<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Option<RunnableImage>> {
        Box::pin(async move {
            let reference: Reference = reference.parse().ok()?;
            match self.store.get(&reference).await {
                Ok(found) => found.map(runnable),
                Err(error) => {
                    tracing::warn!(%reference, %error, "an image that was pulled cannot be read");
                    None
                }
            }
        })
    }

    fn of_digest<'a>(&'a self, digest: &'a str) -> BoxFuture<'a, Option<RunnableImage>> {
        Box::pin(async move {
            match self.store.get_by_digest(digest.parse().ok()?).await {
                Ok(found) => found.map(runnable),
                Err(error) => {
                    tracing::warn!(digest, %error, "an image that was pulled cannot be read");
                    None
                }
            }
        })
    }

    fn hold_everything(&self) -> Option<ImageHold> {
        Some(self.store.hold_everything())
    }

    fn sweep(&self, now: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            match self.store.sweep(self.sweeps, now).await {
                Ok(swept) if (swept.images, swept.layers, swept.blobs) != (0, 0, 0) => {
                    tracing::info!(?swept, "images that nobody used were removed");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "unused images could not be removed; it is tried again");
                }
            }
        })
    }
}

/// Our own registry, of our account alone, is reached where the control plane is: ECR's names with other
/// accounts are AWS's. Every other one needs TLS, but for
/// those that the operator named, and those of this machine: what goes over its loopback is seen
/// by root alone (Docker and containerd take it so, too).
#[derive(Clone)]
struct Ours {
    authority: String,
    hosts: Vec<String>,
    /// The account that ECR's names must have to be ours.
    account: String,
    insecure: Vec<String>,
}

impl Ours {
    fn has(&self, registry: &str) -> bool {
        registry == self.authority
            || self.hosts.iter().any(|host| host == registry)
            || EcrRegistry::of_host(registry).is_some_and(|ecr| ecr.account == self.account)
    }
}

impl Endpoints for Ours {
    fn endpoint(&self, registry: &str) -> Endpoint {
        if self.has(registry) {
            Endpoint::PlainHttp {
                connect: self.authority.clone(),
            }
        } else if self.insecure.iter().any(|host| host == registry) || is_loopback(registry) {
            Endpoint::PlainHttp {
                connect: registry.to_owned(),
            }
        } else {
            Endpoint::Tls
        }
    }

    /// To this machine's loopback only where the reference names that itself, or the operator: what listens
    /// there takes the node for one of its own.
    fn may_lead_to(&self, registry: &str, elsewhere: &str) -> bool {
        !is_loopback(elsewhere)
            || is_loopback(registry)
            || (self.has(registry) && self.has(elsewhere))
            || self.insecure.iter().any(|host| host == elsewhere)
    }
}

/// Whether a registry's host, with or without a port, is this machine's loopback.
fn is_loopback(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => registry,
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

struct NodeCredentials {
    ours: Ours,
    control_plane: ControlPlane,
    clock: Arc<dyn Clock>,
    tokens: Arc<Mutex<BTreeMap<String, Token>>>,
    /// The region of the task, where the registry's name has none.
    region: String,
    /// For the registries of others.
    others: Option<RegistryAuth>,
}

impl Credentials for NodeCredentials {
    fn credentials<'a>(
        &'a self,
        registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        Box::pin(async move {
            if !self.ours.has(registry) {
                // A token of ours is no business of anybody else's registry.
                let Some(others) = self.others.clone() else {
                    return Ok(None);
                };
                let registry = registry.to_owned();
                return tokio::task::spawn_blocking(move || others.credentials(&registry))
                    .await
                    .map_err(|error| CredentialError::Unavailable(error.to_string()))?
                    .map_err(|error| CredentialError::Refused(error.to_string()));
            }
            let region =
                EcrRegistry::of_host(registry).map_or(self.region.clone(), |ecr| ecr.region);
            let now = self.clock.monotonic();
            if let Some(token) = lock(&self.tokens).get(&region)
                && now.saturating_sub(token.issued) < TOKEN_KEPT
            {
                return Ok(Some(token.credentials.clone()));
            }
            let answer: ecr::GetAuthorizationTokenResponse = self
                .control_plane
                .call(
                    &ecr::SERVICE,
                    "GetAuthorizationToken",
                    &region,
                    &ecr::GetAuthorizationTokenRequest::default(),
                )
                .await
                .map_err(|error| {
                    if error.is_final() {
                        CredentialError::Refused(error.to_string())
                    } else {
                        CredentialError::Unavailable(error.to_string())
                    }
                })?;
            let malformed =
                || CredentialError::Refused("the registry's token is malformed".to_owned());
            let encoded = answer
                .authorization_data
                .and_then(|data| data.into_iter().next())
                .and_then(|data| data.authorization_token)
                .ok_or_else(malformed)?;
            let decoded = STANDARD.decode(encoded).map_err(|_| malformed())?;
            let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
            let (user, password) = decoded.split_once(':').ok_or_else(malformed)?;
            let credentials = BasicCredentials::new(user, password);
            let token = Token {
                credentials: credentials.clone(),
                issued: now,
            };
            lock(&self.tokens).insert(region, token);
            Ok(Some(credentials))
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Images that are never looked at, for a node whose runtime only pretends.
#[derive(Debug, Default)]
pub struct PretendImages;

fn pretended() -> RunnableImage {
    RunnableImage {
        digest: format!("sha256:{}", "0".repeat(64)),
        config: ImageConfig::default(),
        layers: Vec::new(),
        hold: None,
    }
}

impl ImageSource for PretendImages {
    fn pull<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<RunnableImage, ImageFailure>> {
        Box::pin(async { Ok(pretended()) })
    }

    fn known<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<RunnableImage>> {
        Box::pin(async { Some(pretended()) })
    }

    fn of_digest<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<RunnableImage>> {
        Box::pin(async { Some(pretended()) })
    }

    fn hold_everything(&self) -> Option<ImageHold> {
        None
    }

    fn sweep(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::SystemClock;
    use aws_sign::Secret;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn key() -> aws_sign::Credentials {
        aws_sign::Credentials {
            access_key_id: "ASIATEST".into(),
            secret: Secret::new("secret".to_owned()),
            session_token: None,
        }
    }

    #[test]
    fn only_who_is_of_this_machine_leads_to_its_loopback() {
        let ours = Ours {
            authority: "127.0.0.1:4566".into(),
            account: "123456789012".into(),
            hosts: vec!["longshore.example".into()],
            insecure: vec!["127.0.0.1:5000".into()],
        };
        for (registry, elsewhere, may) in [
            ("evil.example", "127.0.0.1:8500", false),
            ("evil.example", "localhost", false),
            ("evil.example", "[::1]:9200", false),
            // Not the control plane's port either.
            ("evil.example", "127.0.0.1:4566", false),
            ("evil.example", "storage.example", true),
            ("evil.example", "127.0.0.1:5000", true),
            ("localhost:5001", "127.0.0.1:5002", true),
            ("longshore.example", "127.0.0.1:4566", true),
            ("longshore.example", "127.0.0.1:8500", false),
        ] {
            assert_eq!(
                ours.may_lead_to(registry, elsewhere),
                may,
                "{registry} {elsewhere}"
            );
        }
    }

    #[tokio::test]
    async fn no_other_registry_is_given_our_token() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let token = Token {
            credentials: BasicCredentials::new("AWS", "token"),
            issued: clock.monotonic(),
        };
        let credentials = NodeCredentials {
            ours: Ours {
                authority: "127.0.0.1:4566".into(),
                hosts: vec!["localhost:4566".into()],
                account: "123456789012".into(),
                insecure: vec!["registry.example:5000".into()],
            },
            control_plane: ControlPlane::new("http://127.0.0.1:4566", key(), Arc::clone(&clock)),
            clock,
            tokens: Arc::new(Mutex::new(BTreeMap::from([(
                "us-east-1".to_owned(),
                token,
            )]))),
            region: "us-east-1".into(),
            others: None,
        };
        for (registry, ours) in [
            ("localhost:4566", true),
            ("127.0.0.1:4566", true),
            ("123456789012.dkr.ecr.us-east-1.amazonaws.com", true),
            ("999999999999.dkr.ecr.us-east-1.amazonaws.com", false),
            ("docker.io", false),
            ("registry.example:5000", false),
            ("127.0.0.1:5000", false),
            (
                "123456789012.dkr.ecr.us-east-1.amazonaws.com.example.org",
                false,
            ),
        ] {
            let given = credentials.credentials(registry).await.unwrap();
            assert_eq!(given.is_some(), ours, "{registry}");
        }
    }

    #[tokio::test]
    async fn a_pull_of_ours_goes_on_when_the_control_plane_is_back() {
        // More than one pull tries by itself.
        const CUT_OFF: usize = 6;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            for _ in 0..CUT_OFF {
                drop(listener.accept().await.unwrap());
            }
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let images = EcrImages::new(
            (
                ImageStore::open(folder.path()).unwrap(),
                SweepPolicy::default(),
            ),
            ControlPlane::new(&format!("http://{authority}"), key(), Arc::clone(&clock)),
            clock,
            watch::channel(Vec::new()).1,
            OtherRegistries::default(),
        );
        let reference = format!("{authority}/hello:1");
        let task = "arn:aws:ecs:us-east-1:123456789012:task/default/t";
        let failure = images.pull(&reference, task).await.unwrap_err();
        assert!(failure.0.ends_with("not found"), "{failure:?}");
        server.await.unwrap();
    }

    #[test]
    fn plain_http_is_for_ours_for_loopback_and_for_those_named() {
        let ours = Ours {
            authority: "10.0.0.1:4566".into(),
            hosts: vec!["localhost:4566".into()],
            account: "123456789012".into(),
            insecure: vec!["registry.example:5000".into()],
        };
        for (registry, connect) in [
            ("10.0.0.1:4566", Some("10.0.0.1:4566")),
            ("localhost:4566", Some("10.0.0.1:4566")),
            (
                "123456789012.dkr.ecr.us-east-1.amazonaws.com",
                Some("10.0.0.1:4566"),
            ),
            ("registry.example:5000", Some("registry.example:5000")),
            ("localhost:5000", Some("localhost:5000")),
            ("127.0.0.2", Some("127.0.0.2")),
            ("[::1]:5000", Some("[::1]:5000")),
            ("999999999999.dkr.ecr.us-east-1.amazonaws.com", None),
            ("registry.example", None),
            ("localhost.example:5000", None),
            ("docker.io", None),
            ("10.0.0.2:5000", None),
        ] {
            let expected = connect.map_or(Endpoint::Tls, |connect| Endpoint::PlainHttp {
                connect: connect.to_owned(),
            });
            assert_eq!(ours.endpoint(registry), expected, "{registry}");
        }
    }
}
