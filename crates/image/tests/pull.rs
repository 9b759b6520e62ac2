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

use std::sync::{Arc, Mutex};

use ambient::BoxFuture;
use bytes::Bytes;
use futures_util::stream;
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use image::{
    BasicCredentials, CredentialError, Credentials, Digest, Error, ErrorKind, ImageStore,
    PlainHttp, Platform, PullOptions, Pulled,
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
        let error = CredentialError(format!("the role may not log in to {registry}"));
        Box::pin(async { Err(error) })
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
    for (realm, word) in [
        (format!("http://{}/token", elsewhere.host), "needs TLS"),
        (
            "https://auth.example/token".to_owned(),
            "auth.example needs TLS",
        ),
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
        let credentials = Arc::new(Fixed("u", "p"));
        let options = PullOptions {
            credentials,
            ..registry.options()
        };
        let error = pull_with(&registry, &options).await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
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
        platform: Platform::linux("amd64"),
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
                1 => Some(answer(429, "")),
                _ => None,
            };
        }
        // A body that breaks off.
        let start = Ok(Frame::data(Bytes::from_static(b"{\"os\"")));
        let broken = vec![start, Err(std::io::Error::other("gone"))];
        (before == 0).then(|| Response::new(StreamBody::new(stream::iter(broken)).boxed()))
    });
    pull(&registry).await.unwrap();
    assert_eq!(registry.requests("/manifests/").len(), 3);
    assert_eq!(registry.requests("/blobs/").len(), 2);
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
async fn registries_that_need_tls_are_named() {
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    let registry = Registry::start().await;
    let result = store
        .pull(&"nginx".parse().unwrap(), &registry.options())
        .await;
    assert_fails(
        result,
        ErrorKind::Unsupported,
        "registry docker.io needs TLS",
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
