//! ECR and a registry on one store, a clock that a test can turn, and a caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ambient::{Clock, SystemRandom, Timestamp};
use aws_api::ecr::{self as model, Ecr as _};
use aws_core::{Arn, Authoriser, Caller, Decision, Principal, ServiceError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ecr::{Advertised, Ecr, RecordCatalogue, SignedTokens};
use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use records::Records;
use registry::{Digest, Registry};
use store::MemoryStore;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

pub(crate) struct TurnedClock(AtomicI64);

impl TurnedClock {
    pub(crate) fn turn(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

/// Whoever is of the account may do all.
struct OwnAccount;

impl Authoriser for OwnAccount {
    fn authorise(&self, principal: &Principal, _: &str, resource: Option<&Arn>) -> Decision {
        match resource {
            Some(arn) if arn.account != principal.account().as_str() => Decision::Deny,
            _ => Decision::Allow,
        }
    }
}

pub(crate) struct House {
    pub(crate) ecr: Ecr,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<TurnedClock>,
    pub(crate) records: Records,
    _dir: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(TurnedClock(AtomicI64::new(1_700_000_000_000)));
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>));
        Self::over(Records::new(store), clock).await
    }

    /// As after a restart: other objects over the same records.
    pub(crate) async fn over(records: Records, clock: Arc<TurnedClock>) -> Self {
        let always = Advertised::Always {
            host: "127.0.0.1:4566".to_owned(),
            tls: false,
        };
        Self::advertising(always, records, clock).await
    }

    /// As [`Self::over`], with callers told that address.
    pub(crate) async fn advertising(
        advertised: Advertised,
        records: Records,
        clock: Arc<TurnedClock>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let tokens = SignedTokens::open(&records, Arc::clone(&time), &SystemRandom);
        let tokens = Arc::new(tokens.await.unwrap());
        let registry = Registry::open(
            dir.path(),
            Arc::new(RecordCatalogue::new(records.clone())),
            Arc::clone(&tokens) as _,
            Arc::clone(&time),
            Arc::new(SystemRandom),
        );
        let registry = Arc::new(registry.unwrap());
        Self {
            ecr: Ecr::new(
                records.clone(),
                Arc::clone(&registry),
                tokens,
                time,
                advertised,
            ),
            registry,
            clock,
            records,
            _dir: dir,
        }
    }

    pub(crate) async fn create(&self, name: &str) -> model::Repository {
        let input = model::CreateRepositoryRequest {
            repository_name: Some(name.to_owned()),
            ..Default::default()
        };
        let output = self.ecr.create_repository(&root("us-east-1"), input).await;
        output.unwrap_or_else(failed).repository.unwrap()
    }

    /// The password that `caller` gets.
    pub(crate) async fn password(&self, caller: &Caller) -> String {
        let input = model::GetAuthorizationTokenRequest::default();
        let output = self.ecr.get_authorization_token(caller, input).await;
        let data = output.unwrap_or_else(failed).authorization_data.unwrap();
        let token = data[0].authorization_token.clone().unwrap();
        let token = String::from_utf8(STANDARD.decode(token).unwrap()).unwrap();
        token.strip_prefix("AWS:").unwrap().to_owned()
    }

    /// A request to the registry, and its status, digest and body.
    pub(crate) async fn ask(
        &self,
        password: &str,
        method: Method,
        path: &str,
        media_type: &str,
        body: impl Into<Bytes>,
    ) -> (StatusCode, Bytes) {
        let basic = STANDARD.encode(format!("AWS:{password}"));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Basic {basic}"))
            .header("content-type", media_type)
            .body(Full::new(body.into()))
            .unwrap();
        let (head, body) = self.registry.handle(request).await.into_parts();
        (head.status, body.collect().await.unwrap().to_bytes())
    }

    /// Pushes a manifest and gives its digest.
    pub(crate) async fn push(
        &self,
        password: &str,
        repository: &str,
        tag: Option<&str>,
        manifest: &serde_json::Value,
    ) -> Result<Digest, String> {
        let bytes = manifest.to_string();
        let digest = Digest::of(bytes.as_bytes());
        let reference = tag.unwrap_or(digest.as_str());
        let path = format!("/v2/{repository}/manifests/{reference}");
        let kind = manifest["mediaType"].as_str().unwrap().to_owned();
        match self.ask(password, Method::PUT, &path, &kind, bytes).await {
            (StatusCode::CREATED, _) => Ok(digest),
            (_, body) => Err(String::from_utf8(body.to_vec()).unwrap()),
        }
    }

    /// Pushes the blobs of an image with one layer, and gives its manifest.
    pub(crate) async fn image(
        &self,
        password: &str,
        repository: &str,
        layer: &str,
    ) -> serde_json::Value {
        for blob in ["{}", layer] {
            let digest = Digest::of(blob.as_bytes());
            let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
            let blob = blob.to_owned();
            let (status, _) = self.ask(password, Method::POST, &path, "", blob).await;
            assert_eq!(status, StatusCode::CREATED);
        }
        serde_json::json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(CONFIG, "{}"),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
        })
    }
}

pub(crate) fn descriptor(media_type: &str, content: &str) -> serde_json::Value {
    serde_json::json!({
        "mediaType": media_type,
        "digest": Digest::of(content.as_bytes()).as_str(),
        "size": content.len(),
    })
}

fn caller(principal: Principal, region: &str) -> Caller {
    Caller {
        account: principal.account().clone(),
        principal,
        region: region.parse().unwrap(),
        request_id: "request".to_owned(),
        host: None,
        action: "ecr:Test".to_owned(),
        authoriser: Arc::new(OwnAccount),
    }
}

pub(crate) fn root(region: &str) -> Caller {
    let account = ACCOUNT.parse().unwrap();
    caller(Principal::Root { account }, region)
}

pub(crate) fn node() -> Caller {
    let principal = Principal::Instance {
        account: ACCOUNT.parse().unwrap(),
        instance_id: "n1".to_owned(),
    };
    caller(principal, "us-east-1")
}

/// The code and the message of an error.
pub(crate) fn told<T>(result: Result<T, model::Error>) -> (String, String) {
    match result {
        Ok(_) => panic!("it was done"),
        Err(error) => match error.common() {
            Some(common) => ("common".to_owned(), common.to_string()),
            None => (error.code().to_owned(), error.message().to_owned()),
        },
    }
}

pub(crate) fn failed<T>(error: model::Error) -> T {
    let (code, message) = told::<()>(Err(error));
    panic!("{code}: {message}")
}
