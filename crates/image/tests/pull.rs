//! Pulling from a real HTTP server: what is asked, what is refused, what is tried again. The
//! images here have no layers, so that no rights are needed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

// Each test binary uses its own part of what tests share.
#[allow(dead_code)]
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{BoxFuture, Clock, SystemClock};
use bytes::Bytes;
use futures_util::stream;
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use image::{
    BasicCredentials, CredentialError, Credentials, Digest, Endpoint, Endpoints, Error, ErrorKind,
    ImageStore, PlainHttp, Platform, PullOptions, Pulled,
};
use support::{OCI_INDEX, OCI_MANIFEST, Registry, answer};
use tempfile::TempDir;

struct Fixed(&'static str, &'static str);

impl Credentials for Fixed {
    fn credentials<'a>(
        &'a self,
        _registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        Box::pin(async { Ok(Some(BasicCredentials::new(self.0, self.1))) })
    }
}

struct Failing;

impl Credentials for Failing {
    fn credentials<'a>(
        &'a self,
        registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        let error = CredentialError::Refused(format!("the role may not log in to {registry}"));
        Box::pin(async { Err(error) })
    }
}

/// Cannot be asked the first time.
#[derive(Default)]
struct AwayAtFirst(AtomicBool);

impl Credentials for AwayAtFirst {
    fn credentials<'a>(
        &'a self,
        _registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        let given = if self.0.swap(true, Ordering::Relaxed) {
            Ok(Some(BasicCredentials::new("AWS", "secret")))
        } else {
            Err(CredentialError::Unavailable("nobody answers".to_owned()))
        };
        Box::pin(async { given })
    }
}

async fn pull_with(registry: &Registry, options: &PullOptions) -> Result<Pulled, Error> {
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    let result = store.pull(&registry.reference("1"), options).await;
    let left = std::fs::read_dir(folder.path().join("ingest"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "work in progress is left behind");
    result
}

async fn pull(registry: &Registry) -> Result<Pulled, Error> {
    pull_with(registry, &registry.options()).await
}

/// The error has the expected kind, and `word` is both in its text and in the stopped reason.
#[track_caller]
fn assert_fails(result: Result<Pulled, Error>, kind: ErrorKind, word: &str) {
    let error = result.expect_err(word);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(word), "{error}");
    let reason = error.stopped_reason();
    assert!(reason.starts_with("CannotPullContainerError: "), "{reason}");
}

#[tokio::test]
async fn an_image_comes_with_its_configuration_and_stays() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    let folder = TempDir::new().unwrap();
    let reference = registry.reference("1");
    let pulled = {
        let store = ImageStore::open(folder.path()).unwrap();
        assert_eq!(store.get(&reference).await.unwrap(), None);
        let pulled = store.pull(&reference, &registry.options()).await.unwrap();
        assert_eq!(pulled.config.entrypoint, ["/bin/app"]);
        assert_eq!(pulled.config.cmd, ["serve"]);
        assert_eq!(pulled.config.user, "app");
        assert_eq!(pulled.digest, pulled.reference_digest);
        assert!(matches!(
            ImageStore::open(folder.path()),
            Err(Error::InUse(_))
        ));
        pulled
    };
    let store = ImageStore::open(folder.path()).unwrap();
    assert_eq!(store.get(&reference).await.unwrap(), Some(pulled.clone()));
    let pinned = reference.pinned(pulled.reference_digest);
    let again = store.pull(&pinned, &registry.options()).await.unwrap();
    assert_eq!(again, pulled);
    // The configuration was here already.
    assert_eq!(registry.requests("/blobs/").len(), 1);
}

#[tokio::test]
async fn an_index_yields_the_image_of_the_platform() {
    let registry = Registry::start().await;
    let mut image = registry.image("image", &[]);
    let digest: Digest = serde_json::from_value(image["digest"].clone()).unwrap();
    image["platform"] = serde_json::json!({"os": "linux", "architecture": "amd64"});
    let index =
        serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [image]});
    let mut index = registry.manifest("1", OCI_INDEX, &index);
    let pulled = pull(&registry).await.unwrap();
    assert_eq!(pulled.digest, digest);
    assert_eq!(pulled.reference_digest.to_string(), index["digest"]);

    let arm = PullOptions {
        platform: Platform::linux("arm64"),
        ..registry.options()
    };
    let missing = "image Manifest does not contain descriptor matching platform 'linux/arm64'";
    assert_fails(
        pull_with(&registry, &arm).await,
        ErrorKind::Unsupported,
        missing,
    );

    for _ in 0..3 {
        index["platform"] = serde_json::json!({"os": "linux", "architecture": "amd64"});
        let outer =
            serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [index]});
        index = registry.manifest("1", OCI_INDEX, &outer);
    }
    assert_fails(pull(&registry).await, ErrorKind::Corrupt, "indexes");
}

#[tokio::test]
async fn a_missing_image_is_not_found_at_once() {
    let registry = Registry::start().await;
    let error = pull(&registry).await.unwrap_err();
    assert_eq!(registry.requests("").len(), 1);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(
        error
            .to_string()
            .contains("MANIFEST_UNKNOWN: no such thing"),
        "{error}"
    );
    let reference = registry.reference("1");
    assert_eq!(
        error.stopped_reason(),
        format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to \
             resolve ref {reference}: {reference}: not found"
        )
    );
}

#[tokio::test]
async fn basic_credentials_answer_a_basic_challenge() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    registry.hook(|request, _| {
        let given = request.headers().get("authorization");
        if given.is_some_and(|value| value == "Basic QVdTOnNlY3JldA==") {
            return None;
        }
        let mut refusal = answer(401, "");
        let challenge = r#"Basic realm="registry",service="ecr.amazonaws.com""#;
        refusal
            .headers_mut()
            .insert("www-authenticate", challenge.parse().unwrap());
        Some(refusal)
    });
    let with = |credentials: Arc<dyn Credentials>| PullOptions {
        credentials,
        ..registry.options()
    };
    pull_with(&registry, &with(Arc::new(Fixed("AWS", "secret"))))
        .await
        .unwrap();
    // One challenge: the blob's request brought the answer along.
    assert_eq!(registry.requests("/manifests/").len(), 2);
    assert_eq!(registry.requests("/blobs/").len(), 1);

    pull_with(&registry, &with(Arc::new(AwayAtFirst::default())))
        .await
        .unwrap();

    let wrong = pull_with(&registry, &with(Arc::new(Fixed("AWS", "wr0ng")))).await;
    assert!(!format!("{wrong:?}").contains("wr0ng"));
    assert_fails(wrong, ErrorKind::Unauthorized, "401");
    assert_fails(
        pull(&registry).await,
        ErrorKind::Unauthorized,
        "no credentials are known",
    );
    let failing = pull_with(&registry, &with(Arc::new(Failing))).await;
    assert_fails(
        failing,
        ErrorKind::Unauthorized,
        "the role may not log in to 127.0.0.1",
    );
}

#[tokio::test]
async fn a_token_answers_a_bearer_challenge() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    let host = registry.host.clone();
    registry.hook(move |request, _| {
        let given = request
            .headers()
            .get("authorization")
            .map(|value| value.to_str().unwrap());
        if request.uri().path() == "/token" {
            assert_eq!(given, Some("Basic dTpw"));
            let query = "a=b&service=a%20registry&scope=repository%3Aapp%3Apull";
            assert_eq!(request.uri().query(), Some(query));
            return Some(answer(200, r#"{"token":"t0ken"}"#));
        }
        if given == Some("Bearer t0ken") {
            return None;
        }
        let mut refusal = answer(401, "");
        let challenge = format!(r#"Bearer realm="http://{host}/token?a=b",service="a registry""#);
        refusal
            .headers_mut()
            .insert("www-authenticate", challenge.parse().unwrap());
        Some(refusal)
    });
    let credentials = Arc::new(Fixed("u", "p"));
    let options = PullOptions {
        credentials,
        ..registry.options()
    };
    pull_with(&registry, &options).await.unwrap();
    assert_eq!(registry.requests("/token").len(), 1);
}

#[tokio::test]
async fn a_token_server_elsewhere_gets_nothing() {
    let registry = Registry::start().await;
    let elsewhere = Registry::start().await;
    registry.image("1", &[]);
    let known = PlainHttp::default()
        .with(&registry.host, &registry.host)
        .with("known.example", &elsewhere.host);
    let known: Arc<dyn Endpoints> = Arc::new(known);
    for (realm, word) in [
        (format!("http://{}/token", elsewhere.host), "needs TLS"),
        // Reached, but not with a password.
        ("http://known.example/token".to_owned(), "not sent there"),
        ("ftp://auth.example/token".to_owned(), "neither http"),
        ("/token".to_owned(), "without a host"),
        (
            format!("http://u:p@{}/token", registry.host),
            "without a host",
        ),
    ] {
        registry.hook(move |_, _| {
            let mut refusal = answer(401, "");
            let challenge = format!(r#"Bearer realm="{realm}""#);
            refusal
                .headers_mut()
                .insert("www-authenticate", challenge.parse().unwrap());
            Some(refusal)
        });
        let options = PullOptions {
            credentials: Arc::new(Fixed("u", "p")),
            endpoints: Arc::clone(&known),
            ..registry.options()
        };
        let error = pull_with(&registry, &options).await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(elsewhere.requests("").is_empty());
}

/// All are reached over plain HTTP, and none may lead to another.
struct Alone;

impl Endpoints for Alone {
    fn endpoint(&self, registry: &str) -> Endpoint {
        Endpoint::PlainHttp {
            connect: registry.to_owned(),
        }
    }

    fn may_lead_to(&self, registry: &str, elsewhere: &str) -> bool {
        registry == elsewhere
    }
}

#[tokio::test]
async fn a_registry_leads_nowhere_where_it_may_not() {
    let elsewhere = Registry::start().await;
    for header in ["location", "www-authenticate"] {
        let registry = Registry::start().await;
        registry.image("1", &[]);
        let target = elsewhere.host.clone();
        registry.hook(move |_, _| {
            let (status, value) = match header {
                "location" => (307, format!("http://{target}/v1/agent/leave")),
                _ => (401, format!("Bearer realm=\"http://{target}/token\"")),
            };
            let mut response = answer(status, "");
            response
                .headers_mut()
                .insert(header, value.parse().unwrap());
            Some(response)
        });
        let options = PullOptions {
            endpoints: Arc::new(Alone),
            ..registry.options()
        };
        let result = pull_with(&registry, &options).await;
        assert_fails(result, ErrorKind::Corrupt, "may not send this node");
    }
    assert!(elsewhere.requests("").is_empty());
}

#[tokio::test]
async fn redirects_are_followed_within_bounds_and_without_authorisation() {
    let registry = Registry::start().await;
    let storage = Registry::start().await;
    registry.image("1", &[]);
    storage.image("1", &[]);
    let target = storage.host.clone();
    registry.hook(move |request, _| {
        if request.headers().get("authorization").is_none() {
            let mut refusal = answer(401, "");
            refusal
                .headers_mut()
                .insert("www-authenticate", "Basic".parse().unwrap());
            return Some(refusal);
        }
        let path = request.uri().path();
        path.contains("/blobs/").then(|| {
            let mut response = answer(307, "");
            let location = format!("http://{target}{path}");
            response
                .headers_mut()
                .insert("location", location.parse().unwrap());
            response
        })
    });
    let carried = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&carried);
    storage.hook(move |request, _| {
        seen.lock()
            .unwrap()
            .push(request.headers().contains_key("authorization"));
        None
    });
    let known = PlainHttp::default()
        .with(&registry.host, &registry.host)
        .with(&storage.host, &storage.host);
    let mut options = PullOptions {
        endpoints: Arc::new(known),
        credentials: Arc::new(Fixed("u", "p")),
        ..registry.options()
    };
    pull_with(&registry, &options).await.unwrap();
    assert_eq!(*carried.lock().unwrap(), [false]);

    options.endpoints = registry.options().endpoints;
    assert_fails(
        pull_with(&registry, &options).await,
        ErrorKind::Unsupported,
        "needs TLS",
    );
    registry.hook(|request, _| {
        let mut response = answer(302, "");
        let path = request.uri().path();
        response
            .headers_mut()
            .insert("location", path.parse().unwrap());
        Some(response)
    });
    assert_fails(
        pull(&registry).await,
        ErrorKind::Corrupt,
        "redirects more than",
    );
    assert_eq!(storage.requests("").len(), 1);
}

#[tokio::test]
async fn failures_of_a_moment_are_tried_again() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    registry.hook(|request, before| {
        if request.uri().path().contains("/manifests/") {
            return match before {
                0 => Some(answer(503, "")),
                1 => {
                    let mut slow_down = answer(429, "");
                    let second = "1".parse().unwrap();
                    slow_down.headers_mut().insert("retry-after", second);
                    Some(slow_down)
                }
                _ => None,
            };
        }
        // A body that breaks off.
        let start = Ok(Frame::data(Bytes::from_static(b"{\"os\"")));
        let broken = vec![start, Err(std::io::Error::other("gone"))];
        (before == 0).then(|| Response::new(StreamBody::new(stream::iter(broken)).boxed()))
    });
    let began = SystemClock.monotonic();
    pull(&registry).await.unwrap();
    assert!(
        SystemClock.monotonic() - began >= Duration::from_secs(1),
        "the registry asked for a second"
    );
    assert_eq!(registry.requests("/manifests/").len(), 3);
    assert_eq!(registry.requests("/blobs/").len(), 2);
}

#[tokio::test]
async fn a_rate_limit_ends_in_the_words_people_search_for() {
    let registry = Registry::start().await;
    let said = "You have reached your pull rate limit.";
    let body = format!(r#"{{"errors":[{{"code":"TOOMANYREQUESTS","message":"{said}"}}]}}"#);
    registry.hook(move |_, _| {
        let mut slow_down = answer(429, &body);
        // Longer than a task is kept waiting: no second attempt.
        let hours = "21600".parse().unwrap();
        slow_down.headers_mut().insert("retry-after", hours);
        Some(slow_down)
    });
    let error = pull(&registry).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let reference = registry.reference("1");
    assert_eq!(
        error.stopped_reason(),
        format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to \
             resolve ref {reference}: 429 Too Many Requests TOOMANYREQUESTS: {said}"
        )
    );
    assert_eq!(registry.requests("").len(), 1);
}

/// An answer whose connection is cut after `bytes` have left.
fn breaks_off(bytes: Bytes) -> Response<support::Body> {
    let start = stream::iter([Ok(Frame::data(bytes))]);
    let cut = stream::once(async {
        // The server sends what it has before it waits for more.
        tokio::task::yield_now().await;
        Err(std::io::Error::other("gone"))
    });
    Response::new(StreamBody::new(futures_util::StreamExt::chain(start, cut)).boxed())
}

#[tokio::test]
async fn an_interrupted_blob_is_resumed_where_it_stopped() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    let ranges = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ranges);
    let whole = registry.config("1");
    let length = whole.len();
    registry.hook(move |request, before| {
        if !request.uri().path().contains("/blobs/") {
            return None;
        }
        let range = request.headers().get("range");
        seen.lock()
            .unwrap()
            .push(range.map(|value| value.to_str().unwrap().to_owned()));
        let broken = |from: usize, to: usize| breaks_off(whole.slice(from..to));
        let partial = |mut response: Response<support::Body>, from: usize| {
            *response.status_mut() = http::StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {from}-{}/{length}", length - 1);
            let range = range.parse().unwrap();
            response.headers_mut().insert("content-range", range);
            response
        };
        // The registry goes on breaking off, and loses its patience with ranges once.
        Some(match before {
            0 => broken(0, 10),
            1 => partial(broken(10, 20), 10),
            // Another part than was asked for: what is there is of no use any more.
            2 => partial(Response::new(support::body(whole.slice(30..))), 30),
            3 => broken(0, 15),
            _ => partial(Response::new(support::body(whole.slice(15..))), 15),
        })
    });
    pull(&registry).await.unwrap();
    let ranges = ranges.lock().unwrap().clone();
    let ranges: Vec<_> = ranges.iter().map(Option::as_deref).collect();
    assert_eq!(
        ranges,
        [
            None,
            Some("bytes=10-"),
            Some("bytes=20-"),
            None,
            Some("bytes=15-")
        ]
    );
}

#[tokio::test]
async fn a_registry_that_knows_no_ranges_starts_again() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    registry.hook(|request, before| {
        (request.uri().path().contains("/blobs/") && before < 2)
            .then(|| breaks_off(Bytes::from_static(b"{\"os\"")))
    });
    pull(&registry).await.unwrap();
    assert_eq!(registry.requests("/blobs/").len(), 3);
}

#[tokio::test]
async fn a_tag_is_resolved_without_pulling() {
    let registry = Registry::start().await;
    let image = registry.image("1", &[]);
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    let reference = registry.reference("1");
    let digest = store
        .resolve(&reference, &registry.options())
        .await
        .unwrap();
    assert_eq!(digest.to_string(), image["digest"]);
    // A registry that tells the digest is asked for the head alone.
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    registry.hook(move |request, _| {
        seen.lock().unwrap().push(request.method().clone());
        let mut head = answer(200, "");
        let told = digest.to_string().parse().unwrap();
        head.headers_mut().insert("docker-content-digest", told);
        Some(head)
    });
    let again = store.resolve(&reference, &registry.options()).await;
    assert_eq!(again.unwrap(), digest);
    let pinned = reference.pinned(digest);
    let pinned = store.resolve(&pinned, &registry.options()).await;
    assert_eq!(pinned.unwrap(), digest);
    assert_eq!(*asked.lock().unwrap(), [http::Method::HEAD]);
    assert!(registry.requests("/blobs/").is_empty());
    assert_eq!(store.get(&reference).await.unwrap(), None);
}

#[tokio::test]
async fn attempts_are_bounded() {
    let registry = Registry::start().await;
    registry.hook(|_, _| Some(answer(500, r#"{"errors":[{"code":"X","message":"a\nb"}]}"#)));
    assert_fails(
        pull(&registry).await,
        ErrorKind::Network,
        "4 attempt(s): 500 Internal Server Error X: a b",
    );
    assert_eq!(registry.requests("").len(), 4);
}

#[tokio::test]
async fn an_unreachable_registry_is_a_network_error() {
    let mut registry = Registry::start().await;
    // Nothing listens on a port that was just given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    registry.host = free.to_string();
    assert_fails(
        pull(&registry).await,
        ErrorKind::Network,
        "connect to 127.0.0.1",
    );
}

#[tokio::test]
async fn an_ecr_name_is_reached_where_the_caller_says() {
    let registry = Registry::start().await;
    registry.image("1", &[]);
    let name = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    let host = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&host);
    registry.hook(move |request, _| {
        *seen.lock().unwrap() = request.headers()["host"].to_str().unwrap().to_owned();
        None
    });
    let endpoints = Arc::new(PlainHttp::default().with(name, &registry.host));
    let options = PullOptions {
        endpoints,
        ..registry.options()
    };
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    let reference = format!("{name}/app:1").parse().unwrap();
    store.pull(&reference, &options).await.unwrap();
    assert_eq!(*host.lock().unwrap(), name);
}

#[tokio::test]
async fn content_that_is_not_what_its_digest_says_is_refused() {
    let registry = Registry::start().await;
    let manifest = registry.image("1", &[]);
    let digest = manifest["digest"].as_str().unwrap();

    // The manifest asked for by digest is another one.
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    let other = registry.image("2", &[vec![0; 1024]]);
    let path = format!("/v2/app/manifests/{digest}");
    let other_path = format!("/v2/app/manifests/{}", other["digest"].as_str().unwrap());
    registry.hook(move |request, _| {
        (request.uri().path() == path).then(|| {
            let mut response = answer(307, "");
            response
                .headers_mut()
                .insert("location", other_path.parse().unwrap());
            response
        })
    });
    let pinned = registry.reference("1").pinned(digest.parse().unwrap());
    assert_fails(
        store.pull(&pinned, &registry.options()).await,
        ErrorKind::Corrupt,
        "digest is",
    );

    // The registry's own header disagrees with the manifest.
    registry.hook(|request, _| {
        request.uri().path().contains("/manifests/").then(|| {
            let mut response = answer(200, "{}");
            let claimed = Digest::of(b"other").to_string();
            response
                .headers_mut()
                .insert("docker-content-digest", claimed.parse().unwrap());
            response
        })
    });
    assert_fails(pull(&registry).await, ErrorKind::Corrupt, "digest is");

    // Blobs: other bytes of the same size, more bytes, more bytes without saying so.
    let size = registry.config_size("1");
    for (length, word) in [(size, "digest is"), (size + 10, "bytes or more")] {
        registry.hook(move |request, _| {
            let is_blob = request.uri().path().contains("/blobs/");
            is_blob.then(|| answer(200, &"x".repeat(length)))
        });
        assert_fails(pull(&registry).await, ErrorKind::Corrupt, word);
    }
    registry.hook(move |request, _| {
        let chunk = || Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"x")));
        let chunks: Vec<_> = (0..size + 10).map(|_| chunk()).collect();
        let is_blob = request.uri().path().contains("/blobs/");
        is_blob.then(|| Response::new(StreamBody::new(stream::iter(chunks)).boxed()))
    });
    assert_fails(pull(&registry).await, ErrorKind::Corrupt, "bytes or more");
}

#[tokio::test]
async fn manifests_of_any_size_are_not_read() {
    let registry = Registry::start().await;
    registry.put(
        "/v2/app/manifests/1",
        OCI_MANIFEST,
        vec![b' '; (4 << 20) + 1],
    );
    assert_fails(
        pull(&registry).await,
        ErrorKind::Corrupt,
        "larger than 4194304 bytes",
    );
}
