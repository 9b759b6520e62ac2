//! A registry in the test's own process, and the making of images for it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use image::{Anonymous, Digest, PlainHttp, Platform, PullOptions, Reference, TlsTrust};
use tar::{EntryType, Header};
use tokio::net::TcpListener;

pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const GZIP_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
pub(crate) const ZSTD_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
pub(crate) const PLAIN_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

pub(crate) type Body = BoxBody<Bytes, io::Error>;
/// Answers in the registry's place when it wants to.
pub(crate) type Hook =
    Box<dyn Fn(&Request<Incoming>, usize) -> Option<Response<Body>> + Send + Sync>;

#[derive(Default)]
struct State {
    /// By path.
    content: HashMap<String, (String, Bytes)>,
    requests: Vec<String>,
    hook: Option<Hook>,
}

/// Serves until the test's runtime ends.
pub(crate) struct Registry {
    pub(crate) host: String,
    state: Arc<Mutex<State>>,
}

pub(crate) fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed()
}

pub(crate) fn answer(status: u16, text: &str) -> Response<Body> {
    let mut response = Response::new(body(text.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

impl Registry {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Behind TLS, if there is something to prove who it is.
    pub(crate) async fn start_with(tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                let service = service_fn(move |request| {
                    let response = serve(&state, &request);
                    async move { Ok::<_, io::Error>(response) }
                });
                let http = hyper::server::conn::http1::Builder::new();
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => drop(http.serve_connection(TokioIo::new(stream), service).await),
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                drop(http.serve_connection(TokioIo::new(stream), service).await);
                            }
                        }
                    }
                });
            }
        });
        Self { host, state }
    }

    /// Asks `hook` before every answer; its second argument counts earlier requests for the
    /// same path.
    pub(crate) fn hook(
        &self,
        hook: impl Fn(&Request<Incoming>, usize) -> Option<Response<Body>> + Send + Sync + 'static,
    ) {
        self.state.lock().unwrap().hook = Some(Box::new(hook));
    }

    pub(crate) fn put(&self, path: &str, content_type: &str, bytes: impl Into<Bytes>) {
        let content = (content_type.to_owned(), bytes.into());
        self.state
            .lock()
            .unwrap()
            .content
            .insert(path.to_owned(), content);
    }

    /// Stores a blob and returns its descriptor.
    pub(crate) fn blob(&self, media_type: &str, bytes: Vec<u8>) -> serde_json::Value {
        let descriptor = descriptor(media_type, &bytes);
        let path = format!("/v2/app/blobs/{}", Digest::of(&bytes));
        self.put(&path, "application/octet-stream", bytes);
        descriptor
    }

    /// Stores a manifest under its digest and `tag`, and returns its descriptor.
    pub(crate) fn manifest(
        &self,
        tag: &str,
        media_type: &str,
        json: &serde_json::Value,
    ) -> serde_json::Value {
        let bytes = json.to_string().into_bytes();
        let descriptor = descriptor(media_type, &bytes);
        for name in [tag.to_owned(), Digest::of(&bytes).to_string()] {
            self.put(
                &format!("/v2/app/manifests/{name}"),
                media_type,
                bytes.clone(),
            );
        }
        descriptor
    }

    /// Stores an image of `layers` (plain archives, lowest first), gzip-compressed, under `tag`.
    pub(crate) fn image(&self, tag: &str, layers: &[Vec<u8>]) -> serde_json::Value {
        let descriptors = layers
            .iter()
            .map(|layer| self.blob(GZIP_LAYER, gzip(layer)))
            .collect();
        let diff_ids: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
        self.image_of(tag, descriptors, &diff_ids)
    }

    pub(crate) fn image_of(
        &self,
        tag: &str,
        layers: Vec<serde_json::Value>,
        diff_ids: &[Digest],
    ) -> serde_json::Value {
        let config = serde_json::json!({
            "os": "linux", "architecture": "amd64",
            "config": {"Env": ["A=b"], "Entrypoint": ["/bin/app"], "Cmd": ["serve"], "User": "app"},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = self.blob(
            "application/vnd.oci.image.config.v1+json",
            config.to_string().into_bytes(),
        );
        let manifest = serde_json::json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers,
        });
        self.manifest(tag, OCI_MANIFEST, &manifest)
    }

    pub(crate) fn reference(&self, tag: &str) -> Reference {
        format!("{}/app:{tag}", self.host).parse().unwrap()
    }

    pub(crate) fn options(&self) -> PullOptions {
        PullOptions {
            endpoints: Arc::new(PlainHttp::default().with(&self.host, &self.host)),
            credentials: Arc::new(Anonymous),
            tls: TlsTrust::platform(),
            platform: Platform::linux("amd64"),
        }
    }

    /// The configuration of the image `tag`.
    pub(crate) fn config(&self, tag: &str) -> Bytes {
        let state = self.state.lock().unwrap();
        let (_, manifest) = &state.content[&format!("/v2/app/manifests/{tag}")];
        let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
        let digest = manifest["config"]["digest"].as_str().unwrap();
        let (_, bytes) = &state.content[&format!("/v2/app/blobs/{digest}")];
        bytes.clone()
    }

    /// Bytes of the configuration of the image `tag`.
    pub(crate) fn config_size(&self, tag: &str) -> usize {
        let state = self.state.lock().unwrap();
        let (_, manifest) = &state.content[&format!("/v2/app/manifests/{tag}")];
        let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
        usize::try_from(manifest["config"]["size"].as_u64().unwrap()).unwrap()
    }

    /// `PATH` of every request so far that has `part` in it.
    pub(crate) fn requests(&self, part: &str) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let requests = state.requests.iter();
        requests
            .filter(|path| path.contains(part))
            .cloned()
            .collect()
    }
}

fn serve(state: &Mutex<State>, request: &Request<Incoming>) -> Response<Body> {
    let mut state = state.lock().unwrap();
    let path = request.uri().path().to_owned();
    let before = state
        .requests
        .iter()
        .filter(|earlier| **earlier == path)
        .count();
    state.requests.push(path.clone());
    if let Some(response) = state.hook.as_ref().and_then(|hook| hook(request, before)) {
        return response;
    }
    match state.content.get(&path) {
        Some((content_type, bytes)) => Response::builder()
            .header("content-type", content_type)
            .body(body(bytes.clone()))
            .unwrap(),
        None => answer(
            404,
            r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such thing"}]}"#,
        ),
    }
}

pub(crate) fn descriptor(media_type: &str, bytes: &[u8]) -> serde_json::Value {
    serde_json::json!({
        "mediaType": media_type, "digest": Digest::of(bytes), "size": bytes.len(),
    })
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A plain archive, made entry by entry. Names are written as they are, however wrong.
pub(crate) struct Archive(tar::Builder<Vec<u8>>);

impl Archive {
    pub(crate) fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    pub(crate) fn entry(
        mut self,
        kind: EntryType,
        name: &str,
        link: &str,
        mode: u32,
        body: &[u8],
    ) -> Self {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_mode(mode);
        header.set_uid(12);
        header.set_gid(34);
        header.set_mtime(1_000_000_000);
        header.set_size(body.len() as u64);
        header.set_device_major(0).unwrap();
        header.set_device_minor(0).unwrap();
        header.set_cksum();
        self.0.append(&header, body).unwrap();
        self
    }

    pub(crate) fn file(self, name: &str, body: &str) -> Self {
        self.entry(EntryType::Regular, name, "", 0o644, body.as_bytes())
    }

    pub(crate) fn directory(self, name: &str, mode: u32) -> Self {
        self.entry(EntryType::Directory, name, "", mode, b"")
    }

    pub(crate) fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, name, target, 0o777, b"")
    }

    pub(crate) fn hard_link(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Link, name, target, 0o644, b"")
    }

    /// PAX records for the next entry.
    pub(crate) fn pax(mut self, records: &[(&str, &[u8])]) -> Self {
        self.0
            .append_pax_extensions(records.iter().copied())
            .unwrap();
        self
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}
