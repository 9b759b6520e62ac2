//! A registry over a socket with a catalogue in memory, and a client.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use ambient::{SystemClock, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use registry::{
    Answer, Catalogue, CatalogueError, Digest, Grant, LinkGrant, ManifestEntry, Reference,
    Registry, Repository, Right, TokenRefusal, Tokens,
};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

#[derive(Default)]
struct Contents {
    blobs: BTreeMap<String, u64>,
    manifests: BTreeMap<String, ManifestEntry>,
    tags: BTreeMap<String, String>,
}

/// A catalogue that lasts as long as its test. Tags of the repository `immutable` do not move.
pub(crate) struct InMemory(Mutex<BTreeMap<String, Contents>>);

impl InMemory {
    pub(crate) fn new(names: &[&str]) -> Self {
        let contents = |name: &&str| ((*name).to_owned(), Contents::default());
        Self(Mutex::new(names.iter().map(contents).collect()))
    }

    fn with<'a, T: Send + 'a>(
        &self,
        repository: &Repository,
        work: impl FnOnce(&mut Contents) -> Result<T, CatalogueError>,
    ) -> Answer<'a, T> {
        let mut all: MutexGuard<'_, _> = self.0.lock().unwrap();
        let result = match all.get_mut(&repository.name) {
            Some(contents) => work(contents),
            None => Err(CatalogueError::RepositoryUnknown),
        };
        Box::pin(std::future::ready(result))
    }
}

fn resolve(contents: &Contents, reference: &Reference) -> Option<String> {
    match reference {
        Reference::Digest(digest) => Some(digest.to_string()),
        Reference::Tag(tag) => contents.tags.get(tag).cloned(),
    }
}

impl Catalogue for InMemory {
    fn check<'a>(&'a self, repository: &'a Repository) -> Answer<'a, ()> {
        self.with(repository, |_| Ok(()))
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
    ) -> Answer<'a, Option<u64>> {
        self.with(repository, |it| Ok(it.blobs.get(digest.as_str()).copied()))
    }

    fn link_blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        bytes: u64,
    ) -> Answer<'a, ()> {
        self.with(repository, |it| {
            it.blobs.insert(digest.to_string(), bytes);
            Ok(())
        })
    }

    fn manifest<'a>(
        &'a self,
        repository: &'a Repository,
        reference: &'a Reference,
    ) -> Answer<'a, Option<ManifestEntry>> {
        self.with(repository, |it| {
            let digest = resolve(it, reference);
            Ok(digest.and_then(|digest| it.manifests.get(&digest).cloned()))
        })
    }

    fn put_manifest<'a>(
        &'a self,
        repository: &'a Repository,
        entry: &'a ManifestEntry,
        tag: Option<&'a str>,
    ) -> Answer<'a, bool> {
        self.with(repository, |it| {
            let digest = entry.digest.to_string();
            if let Some(tag) = tag {
                let taken = it.tags.get(tag).is_some_and(|other| *other != digest);
                if taken && repository.name == "immutable" {
                    return Err(CatalogueError::TagImmutable);
                }
                it.tags.insert(tag.to_owned(), digest.clone());
            }
            it.manifests.entry(digest).or_insert_with(|| entry.clone());
            Ok(true)
        })
    }

    fn delete_manifest<'a>(
        &'a self,
        repository: &'a Repository,
        reference: &'a Reference,
    ) -> Answer<'a, bool> {
        self.with(repository, |it| match reference {
            Reference::Tag(tag) => Ok(it.tags.remove(tag).is_some()),
            Reference::Digest(digest) => {
                it.tags.retain(|_, named| named != digest.as_str());
                Ok(it.manifests.remove(digest.as_str()).is_some())
            }
        })
    }

    fn tags<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a str>,
        limit: usize,
    ) -> Answer<'a, Vec<String>> {
        self.with(repository, |it| {
            let later = |tag: &&String| after.is_none_or(|after| tag.as_str() > after);
            Ok(it.tags.keys().filter(later).take(limit).cloned().collect())
        })
    }

    fn referrers<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>> {
        self.with(repository, |it| {
            let about = |entry: &&ManifestEntry| {
                entry.subject.as_ref() == Some(digest)
                    && after.is_none_or(|after| entry.digest > *after)
            };
            let found = it.manifests.values().filter(about);
            Ok(found.take(limit).cloned().collect())
        })
    }

    fn repositories<'a>(
        &'a self,
        after: Option<&'a Repository>,
        limit: usize,
    ) -> Answer<'a, Vec<Repository>> {
        let all = self.0.lock().unwrap();
        let later = all
            .keys()
            .filter(|name| after.is_none_or(|after| **name > after.name));
        let found = later.take(limit).map(|name| Repository {
            account: ACCOUNT.parse().unwrap(),
            region: REGION.parse().unwrap(),
            name: name.clone(),
        });
        Box::pin(std::future::ready(Ok(found.collect())))
    }

    fn blobs<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<Digest>> {
        self.with(repository, |it| {
            let digests = it.blobs.keys().map(|text| text.parse::<Digest>().unwrap());
            let later = digests.filter(|digest| after.is_none_or(|after| digest > after));
            Ok(later.take(limit).collect())
        })
    }

    fn manifests<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>> {
        self.with(repository, |it| {
            let later = it
                .manifests
                .values()
                .filter(|entry| after.is_none_or(|after| entry.digest > *after));
            Ok(later.take(limit).cloned().collect())
        })
    }

    fn unlink_blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
    ) -> Answer<'a, bool> {
        self.with(repository, |it| {
            Ok(it.blobs.remove(digest.as_str()).is_some())
        })
    }
}

/// `push`, `pull` and `expired` are passwords.
pub(crate) struct Passwords;

impl Tokens for Passwords {
    fn verify(&self, username: &str, password: &str) -> Result<Grant, TokenRefusal> {
        let right = match (username, password) {
            ("AWS", "push") => Right::Push,
            ("AWS", "pull") => Right::Pull,
            ("AWS", "expired") => return Err(TokenRefusal::Expired),
            _ => return Err(TokenRefusal::Invalid),
        };
        Ok(Grant {
            account: ACCOUNT.parse().unwrap(),
            region: REGION.parse().unwrap(),
            principal: format!("arn:aws:iam::{ACCOUNT}:root").parse().unwrap(),
            right,
        })
    }

    /// The link is the blob's digest, and good for the repository `web`.
    fn verify_link(&self, link: &str) -> Result<LinkGrant, TokenRefusal> {
        match link.parse::<Digest>() {
            _ if link == "expired" => Err(TokenRefusal::Expired),
            Err(_) => Err(TokenRefusal::Invalid),
            Ok(digest) => Ok(LinkGrant {
                repository: Repository {
                    account: ACCOUNT.parse().unwrap(),
                    region: REGION.parse().unwrap(),
                    name: "web".to_owned(),
                },
                digest,
            }),
        }
    }
}

/// A registry that serves `web`, `team/other` and `immutable`.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) dir: Arc<tempfile::TempDir>,
    catalogue: Arc<InMemory>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The one error's code and message.
    pub(crate) fn error(&self) -> (String, String) {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        let [error] = body["errors"].as_array().unwrap().as_slice() else {
            panic!("not one error: {body}");
        };
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl House {
    pub(crate) async fn open() -> Self {
        let names = ["web", "team/other", "immutable"];
        let dir = Arc::new(tempfile::tempdir().unwrap());
        Self::over(dir, Arc::new(InMemory::new(&names))).await
    }

    /// Another registry over the same folder, as after a restart.
    pub(crate) async fn restart(self) -> Self {
        let (dir, catalogue) = (Arc::clone(&self.dir), Arc::clone(&self.catalogue));
        drop(self);
        Self::over(dir, catalogue).await
    }

    async fn over(dir: Arc<tempfile::TempDir>, catalogue: Arc<InMemory>) -> Self {
        let registry = Registry::open(
            dir.path(),
            Arc::clone(&catalogue) as Arc<dyn Catalogue>,
            Arc::new(Passwords),
            Arc::new(SystemClock),
            Arc::new(SystemRandom),
        )
        .unwrap();
        let registry = Arc::new(registry);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let registry = Arc::clone(&registry);
                let service = service_fn(move |request| {
                    let registry = Arc::clone(&registry);
                    async move { Ok::<_, std::convert::Infallible>(registry.handle(request).await) }
                });
                connections.spawn(async move {
                    // A client that breaks off is a part of some tests.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self {
            address,
            dir,
            catalogue,
            serving,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The names of the files of uploads under way.
    pub(crate) fn upload_files(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.path().join("uploads")).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        entries.map(name).collect()
    }

    /// Sends a request as the password says, with a body of a known length.
    pub(crate) async fn ask_as(
        &self,
        password: Option<&str>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        let body = Full::new(body.into()).map_err(|never| match never {});
        self.send(password, method, path, headers, body.boxed())
            .await
    }

    /// The same with any body.
    pub(crate) async fn send(
        &self,
        password: Option<&str>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: BoxBody<Bytes, std::io::Error>,
    ) -> Reply {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(HOST, self.address.to_string());
        }
        if let Some(password) = password {
            let basic = STANDARD.encode(format!("AWS:{password}"));
            request = request.header(AUTHORIZATION, format!("Basic {basic}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = client.send_request(request.body(body).unwrap()).await;
        let (head, body) = response.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        drop(client);
        connection.abort();
        Reply {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str) -> Reply {
        self.ask_as(Some("push"), method, path, &[], "").await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).await
    }

    /// Begins an upload and gives its address.
    pub(crate) async fn begin_upload(&self, repository: &str) -> String {
        let path = format!("/v2/{repository}/blobs/uploads/");
        let reply = self.ask(Method::POST, &path).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED);
        reply.header("location").to_owned()
    }

    /// Pushes a blob at once.
    pub(crate) async fn push_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        let bytes = bytes.to_vec();
        let reply = self.ask_as(Some("push"), Method::POST, &path, &[], bytes);
        assert_eq!(reply.await.status, StatusCode::CREATED);
        digest
    }

    pub(crate) async fn push_manifest(
        &self,
        repository: &str,
        reference: &str,
        media_type: &str,
        manifest: &serde_json::Value,
    ) -> Reply {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let headers = [(CONTENT_TYPE.as_str(), media_type)];
        let body = manifest.to_string();
        self.ask_as(Some("push"), Method::PUT, &path, &headers, body)
            .await
    }

    /// Pushes the blobs of an image with one layer, and gives its manifest.
    pub(crate) async fn image(&self, repository: &str, layer: &str) -> serde_json::Value {
        self.push_blob(repository, b"{}").await;
        self.push_blob(repository, layer.as_bytes()).await;
        serde_json::json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", "{}"),
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
