//! Registries behind TLS: whom a node believes, and what it sends to whom.
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
use image::{
    BasicCredentials, CredentialError, Credentials, Error, ErrorKind, ImageStore, PlainHttp,
    PullOptions, Pulled, TlsTrust,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use support::{Registry, answer};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

/// A certificate authority that only this test knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn trust(&self) -> TlsTrust {
        TlsTrust::with_authorities(self.0.pem().as_bytes()).unwrap()
    }

    /// What a server proves with that it is `name`.
    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    async fn registry(&self, name: &str) -> Registry {
        let mut registry = Registry::start_with(Some(self.acceptor(name))).await;
        let (_, port) = registry.host.rsplit_once(':').unwrap();
        registry.host = format!("localhost:{port}");
        registry
    }
}

struct Password;

impl Credentials for Password {
    fn credentials<'a>(
        &'a self,
        _registry: &'a str,
    ) -> BoxFuture<'a, Result<Option<BasicCredentials>, CredentialError>> {
        Box::pin(async { Ok(Some(BasicCredentials::new("u", "p"))) })
    }
}

fn options(registry: &Registry, tls: TlsTrust) -> PullOptions {
    PullOptions {
        // No registry is known to be reached without TLS.
        endpoints: Arc::new(PlainHttp::default()),
        tls,
        ..registry.options()
    }
}

async fn pull(registry: &Registry, options: &PullOptions) -> Result<Pulled, Error> {
    let folder = TempDir::new().unwrap();
    let store = ImageStore::open(folder.path()).unwrap();
    store.pull(&registry.reference("1"), options).await
}

#[tokio::test]
async fn a_registry_is_believed_by_its_certificate() {
    let authority = Authority::new();
    let registry = authority.registry("localhost").await;
    registry.image("1", &[]);
    let pulled = pull(&registry, &options(&registry, authority.trust())).await;
    assert_eq!(pulled.unwrap().config.entrypoint, ["/bin/app"]);

    // Neither by a stranger's, nor under another name.
    for (registry, trust) in [
        (&registry, Authority::new().trust()),
        (&registry, TlsTrust::platform()),
        (
            &authority.registry("other.example").await,
            authority.trust(),
        ),
    ] {
        let before = registry.requests("").len();
        let error = pull(registry, &options(registry, trust)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        let reason = error.stopped_reason();
        assert!(reason.contains("TLS to localhost:"), "{reason}");
        assert!(reason.contains("certificate"), "{reason}");
        assert_eq!(registry.requests("").len(), before, "nothing was asked");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_an_error_that_says_so() {
    let mut registry = Registry::start().await;
    let (_, port) = registry.host.rsplit_once(':').unwrap();
    registry.host = format!("localhost:{port}");
    let error = pull(&registry, &options(&registry, Authority::new().trust()))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("TLS to localhost:"), "{error}");
}

#[tokio::test]
async fn a_token_server_of_another_name_gets_the_password_over_tls_and_storage_nothing() {
    let authority = Authority::new();
    let registry = authority.registry("localhost").await;
    let tokens = authority.registry("localhost").await;
    let storage = authority.registry("localhost").await;
    registry.image("1", &[]);
    storage.image("1", &[]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = |place: &'static str| {
        let seen = Arc::clone(&seen);
        move |request: &http::Request<hyper::body::Incoming>| {
            let given = request.headers().get("authorization");
            let given = given.map(|value| value.to_str().unwrap().to_owned());
            seen.lock().unwrap().push((place, given.clone()));
            given
        }
    };
    let noting = note("tokens");
    tokens.hook(move |request, _| {
        noting(request);
        Some(answer(200, r#"{"access_token":"t0ken"}"#))
    });
    let noting = note("storage");
    storage.hook(move |request, _| {
        noting(request);
        None
    });
    let noting = note("registry");
    let (auth, target) = (tokens.host.clone(), storage.host.clone());
    registry.hook(move |request, _| {
        if noting(request).is_none() {
            let mut refusal = answer(401, "");
            let challenge = format!(
                r#"Bearer realm="https://{auth}/token",service="s",scope="repository:app:pull""#
            );
            let challenge = challenge.parse().unwrap();
            refusal.headers_mut().insert("www-authenticate", challenge);
            return Some(refusal);
        }
        let path = request.uri().path();
        path.contains("/blobs/").then(|| {
            let mut response = answer(307, "");
            let location = format!("https://{target}{path}").parse().unwrap();
            response.headers_mut().insert("location", location);
            response
        })
    });
    let options = PullOptions {
        credentials: Arc::new(Password),
        ..options(&registry, authority.trust())
    };
    pull(&registry, &options).await.unwrap();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        *seen.lock().unwrap(),
        [
            ("registry", None),
            ("tokens", some("Basic dTpw")),
            ("registry", some("Bearer t0ken")),
            ("registry", some("Bearer t0ken")),
            ("storage", None),
        ]
    );
}

#[tokio::test]
async fn tls_is_not_left_for_plain_http() {
    let authority = Authority::new();
    let registry = authority.registry("localhost").await;
    let storage = Registry::start().await;
    registry.image("1", &[]);
    storage.image("1", &[]);
    let target = storage.host.clone();
    registry.hook(move |request, _| {
        let path = request.uri().path();
        path.contains("/blobs/").then(|| {
            let mut response = answer(307, "");
            let location = format!("http://{target}{path}").parse().unwrap();
            response.headers_mut().insert("location", location);
            response
        })
    });
    let error = pull(&registry, &options(&registry, authority.trust()))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("needs TLS"), "{error}");
    assert!(storage.requests("").is_empty());
}

#[test]
fn only_certificates_are_authorities() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    for text in ["", "hello", &key] {
        assert!(
            TlsTrust::with_authorities(text.as_bytes()).is_err(),
            "{text}"
        );
    }
}
