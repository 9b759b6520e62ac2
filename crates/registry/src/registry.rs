//! The way of one request, and blobs. Manifests and tags are in `manifests`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ambient::{Clock, Random};
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::blobs::DiskBlobs;
use crate::error::RegistryError;
use crate::request::{self, BadTarget, Target};
use crate::uploads::{self, Upload, Uploads};
use crate::{Access, Catalogue, Digest, OpenError, Place, Tokens};

/// The body of every answer.
pub type Body = BoxBody<Bytes, io::Error>;

/// How much of a blob is read from disk at once.
const READ_CHUNK_BYTES: usize = 128 * 1024;
const DIGEST_HEADER: HeaderName = HeaderName::from_static("docker-content-digest");
const UPLOAD_HEADER: HeaderName = HeaderName::from_static("docker-upload-uuid");
const VERSION_HEADER: HeaderName = HeaderName::from_static("docker-distribution-api-version");
const CHALLENGE: &str = "Basic realm=\"Longshore\",service=\"ecr.amazonaws.com\"";

/// The registry.
pub struct Registry {
    pub(crate) blobs: DiskBlobs,
    pub(crate) catalogue: Arc<dyn Catalogue>,
    pub(crate) uploads: Uploads,
    tokens: Arc<dyn Tokens>,
}

impl Registry {
    /// A registry whose blobs are under `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(
        folder: &Path,
        catalogue: Arc<dyn Catalogue>,
        tokens: Arc<dyn Tokens>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        let blobs = DiskBlobs::open(folder)?;
        Ok(Self { blobs, catalogue, uploads: Uploads::new(clock, random), tokens })
    }

    /// Answers a request under `/v2/`.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let mut response = match self.answer(request).await {
            Ok(response) => response,
            Err(error) => refusal(&error),
        };
        response
            .headers_mut()
            .insert(VERSION_HEADER, HeaderValue::from_static("registry/2.0"));
        response
    }

    async fn answer<B>(&self, request: Request<B>) -> Result<Response<Body>, RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let access = self.access(request.headers())?;
        let target = request::target(request.uri().path()).map_err(|bad| match bad {
            BadTarget::Unknown => {
                RegistryError::new("UNSUPPORTED", StatusCode::NOT_FOUND, "there is nothing at this path")
            }
            BadTarget::Name => RegistryError::new(
                "NAME_INVALID",
                StatusCode::BAD_REQUEST,
                "invalid repository name",
            ),
            BadTarget::Digest => RegistryError::new(
                "DIGEST_INVALID",
                StatusCode::BAD_REQUEST,
                "a digest is sha256: and 64 lower-case hexadecimal digits",
            ),
            BadTarget::Tag => {
                RegistryError::new("TAG_INVALID", StatusCode::BAD_REQUEST, "invalid tag")
            }
        })?;
        let method = request.method().clone();
        let reads = method == Method::GET || method == Method::HEAD;
        if !reads && !access.may_push {
            return Err(RegistryError::denied("this token allows pulling only"));
        }
        match target {
            Target::Version if reads => Ok(empty(StatusCode::OK)),
            Target::Blob { name, digest } if reads => {
                let range = request.headers().get(RANGE).and_then(|value| value.to_str().ok());
                self.read_blob(&access.place, &name, &digest, method == Method::HEAD, range).await
            }
            Target::NewUpload { name } if method == Method::POST => {
                self.new_upload(access.place, &name, request).await
            }
            Target::Upload { name, id } => {
                self.existing_upload(&access.place, &name, &id, &method, request).await
            }
            Target::Manifest { name, reference } if reads => {
                self.read_manifest(&access.place, &name, &reference, method == Method::HEAD).await
            }
            Target::Manifest { name, reference } if method == Method::PUT => {
                self.write_manifest(&access.place, &name, &reference, request).await
            }
            Target::Tags { name } if reads => {
                self.list_tags(&access.place, &name, request.uri().query())
            }
            Target::Referrers => {
                // Clients then look for a tag of the fallback scheme (specification 1.1,
                // "Unavailable Referrers API").
                Err(RegistryError::new("UNSUPPORTED", StatusCode::NOT_FOUND, "referrers are not supported yet"))
            }
            _ => Err(RegistryError::unsupported(format!("{method} is not supported here"))),
        }
    }

    /// What the request's password allows. A host of ECR's form must be the token's own registry.
    fn access(&self, headers: &HeaderMap) -> Result<Access, RegistryError> {
        let (user, password) = request::basic(headers).ok_or_else(RegistryError::unauthorized)?;
        let access =
            self.tokens.verify(&user, &password).ok_or_else(RegistryError::unauthorized)?;
        if let Some((account, region)) = request::ecr_host(headers)
            && (access.place.account.as_str() != account || access.place.region.as_str() != region)
        {
            return Err(RegistryError::denied("this token is for another registry"));
        }
        Ok(access)
    }

    /// Refuses a repository that is not there.
    pub(crate) fn check_repository(&self, place: &Place, name: &str) -> Result<(), RegistryError> {
        match self.catalogue.repository(place, name)? {
            Some(_) => Ok(()),
            None => Err(RegistryError::name_unknown(name, place.account.as_str())),
        }
    }

    async fn read_blob(
        &self,
        place: &Place,
        name: &str,
        digest: &Digest,
        head: bool,
        range: Option<&str>,
    ) -> Result<Response<Body>, RegistryError> {
        self.check_repository(place, name)?;
        let unknown = || {
            RegistryError::new("BLOB_UNKNOWN", StatusCode::NOT_FOUND, format!("the repository has no blob {digest}"))
        };
        if !self.catalogue.has_blob(place, name, digest)? {
            return Err(unknown());
        }
        let failed = |error: io::Error| RegistryError::internal("read a blob", &error);
        let (mut file, size) =
            self.blobs.open_blob(digest).await.map_err(failed)?.ok_or_else(unknown)?;
        let Ok(range) = request::range(range, size) else {
            let mut response = empty(StatusCode::RANGE_NOT_SATISFIABLE);
            set(&mut response, CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        };
        let (first, length) = range.map_or((0, size), |(first, last)| (first, last - first + 1));
        let body = if head {
            full(Bytes::new())
        } else {
            if first > 0 {
                file.seek(io::SeekFrom::Start(first)).await.map_err(failed)?;
            }
            let stream = ReaderStream::with_capacity(file.take(length), READ_CHUNK_BYTES);
            BodyExt::boxed(StreamBody::new(stream.map_ok(Frame::data)))
        };
        let mut response = Response::new(body);
        set(&mut response, CONTENT_TYPE, "application/octet-stream");
        set(&mut response, CONTENT_LENGTH, &length.to_string());
        set(&mut response, ACCEPT_RANGES, "bytes");
        set(&mut response, DIGEST_HEADER, digest.as_str());
        if let Some((first, last)) = range {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut response, CONTENT_RANGE, &format!("bytes {first}-{last}/{size}"));
        }
        Ok(response)
    }

    async fn new_upload<B>(
        &self,
        place: Place,
        name: &str,
        request: Request<B>,
    ) -> Result<Response<Body>, RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        self.check_repository(&place, name)?;
        let query = request.uri().query().map(str::to_owned);
        let parameter = |name: &str| request::parameter(query.as_deref(), name);
        if let (Some(digest), Some(from)) = (parameter("mount"), parameter("from"))
            && let Ok(digest) = digest.parse::<Digest>()
            && crate::is_repository_name(&from)
            && self.catalogue.has_blob(&place, &from, &digest)?
            && let Some(size) = self
                .blobs
                .size(&digest)
                .await
                .map_err(|error| RegistryError::internal("read a blob", &error))?
        {
            self.catalogue.link_blob(&place, name, &digest, size).await?;
            return Ok(created_blob(name, &digest));
        }
        let failed = |error: io::Error| RegistryError::internal("begin an upload", &error);
        let upload = self.uploads.begin(&self.blobs, place.clone(), name).await.map_err(failed)?;
        if let Some(digest) = parameter("digest") {
            return self.finish(&upload, &digest, request).await;
        }
        let upload = upload.lock().await;
        let mut response = upload_status(StatusCode::ACCEPTED, &upload);
        set(&mut response, CONTENT_LENGTH, "0");
        Ok(response)
    }

    async fn existing_upload<B>(
        &self,
        place: &Place,
        name: &str,
        id: &str,
        method: &Method,
        request: Request<B>,
    ) -> Result<Response<Body>, RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let unknown = || {
            RegistryError::new("BLOB_UPLOAD_UNKNOWN", StatusCode::NOT_FOUND, "there is no such upload")
        };
        let upload = self.uploads.find(id).ok_or_else(unknown)?;
        {
            let upload = upload.lock().await;
            if upload.place != *place || upload.name != name {
                return Err(unknown());
            }
        }
        match *method {
            Method::GET | Method::HEAD => {
                let upload = upload.lock().await;
                Ok(upload_status(StatusCode::NO_CONTENT, &upload))
            }
            Method::PATCH => {
                let mut upload = upload.lock().await;
                check_position(&upload, request.headers())?;
                self.receive(&mut upload, request).await?;
                Ok(upload_status(StatusCode::ACCEPTED, &upload))
            }
            Method::PUT => {
                let digest = request::parameter(request.uri().query(), "digest").ok_or_else(|| {
                    RegistryError::new("DIGEST_INVALID", StatusCode::BAD_REQUEST, "the upload has no digest")
                })?;
                self.finish(&upload, &digest, request).await
            }
            Method::DELETE => {
                self.uploads.forget(id);
                uploads::remove(upload).await;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            _ => Err(RegistryError::unsupported(format!("{method} is not supported here"))),
        }
    }

    /// Takes the body of a request into an upload.
    async fn receive<B>(
        &self,
        upload: &mut Upload,
        request: Request<B>,
    ) -> Result<(), RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                RegistryError::new("BLOB_UPLOAD_INVALID", StatusCode::BAD_REQUEST, format!("the upload was cut off: {error}"))
            })?;
            if let Some(bytes) = frame.data_ref() {
                upload.write(bytes).await.map_err(|error| match error.kind() {
                    io::ErrorKind::FileTooLarge => RegistryError::new(
                        "SIZE_INVALID",
                        StatusCode::PAYLOAD_TOO_LARGE,
                        error.to_string(),
                    ),
                    _ => RegistryError::internal("write an upload", &error),
                })?;
            }
        }
        Ok(())
    }

    /// Takes the last bytes, checks the digest, and makes the upload a blob of its repository.
    async fn finish<B>(
        &self,
        upload: &Arc<tokio::sync::Mutex<Upload>>,
        digest: &str,
        request: Request<B>,
    ) -> Result<Response<Body>, RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let failed = |error: io::Error| RegistryError::internal("keep a blob", &error);
        let mut held = upload.lock().await;
        let result: Result<Digest, RegistryError> = async {
            let digest: Digest = digest.parse().map_err(|error: crate::InvalidDigest| {
                RegistryError::new("DIGEST_INVALID", StatusCode::BAD_REQUEST, error.to_string())
            })?;
            check_position(&held, request.headers())?;
            self.receive(&mut held, request).await?;
            let is = held.digest().await.map_err(failed)?;
            if is != digest {
                return Err(RegistryError::new(
                    "DIGEST_INVALID",
                    StatusCode::BAD_REQUEST,
                    format!("the blob's digest is {is} and not {digest}"),
                ));
            }
            self.blobs.publish(&held.path, &digest).await.map_err(failed)?;
            Ok(digest)
        }
        .await;
        self.uploads.forget(&held.id);
        let (place, name, length) = (held.place.clone(), held.name.clone(), held.length);
        drop(held);
        match result {
            Ok(digest) => {
                self.catalogue.link_blob(&place, &name, &digest, length).await?;
                Ok(created_blob(&name, &digest))
            }
            Err(error) => {
                uploads::remove(Arc::clone(upload)).await;
                Err(error)
            }
        }
    }
}

/// A chunk must begin where the upload ends.
fn check_position(upload: &Upload, headers: &HeaderMap) -> Result<(), RegistryError> {
    let Some(value) = headers.get(CONTENT_RANGE) else {
        return Ok(());
    };
    let first = value
        .to_str()
        .ok()
        .map(|text| text.strip_prefix("bytes ").unwrap_or(text))
        .and_then(|text| text.split_once('-'))
        .and_then(|(first, _)| first.parse::<u64>().ok());
    if first == Some(upload.length) {
        return Ok(());
    }
    Err(RegistryError::new(
        "BLOB_UPLOAD_INVALID",
        StatusCode::RANGE_NOT_SATISFIABLE,
        format!("the next chunk begins at {}", upload.length),
    ))
}

fn upload_status(status: StatusCode, upload: &Upload) -> Response<Body> {
    let mut response = empty(status);
    set(&mut response, LOCATION, &format!("/v2/{}/blobs/uploads/{}", upload.name, upload.id));
    set(&mut response, UPLOAD_HEADER, &upload.id);
    set(&mut response, RANGE, &format!("0-{}", upload.length.saturating_sub(1)));
    response
}

fn created_blob(name: &str, digest: &Digest) -> Response<Body> {
    let mut response = empty(StatusCode::CREATED);
    set(&mut response, LOCATION, &format!("/v2/{name}/blobs/{digest}"));
    set(&mut response, DIGEST_HEADER, digest.as_str());
    response
}

pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// Sets a header whose value is made of digests, numbers and checked names.
pub(crate) fn set(response: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

pub(crate) fn set_digest(response: &mut Response<Body>, digest: &Digest) {
    set(response, DIGEST_HEADER, digest.as_str());
}

fn refusal(error: &RegistryError) -> Response<Body> {
    let document = serde_json::json!({
        "errors": [{ "code": error.code, "message": error.message }]
    });
    let mut response = Response::new(full(document.to_string()));
    *response.status_mut() = error.status;
    set(&mut response, CONTENT_TYPE, "application/json; charset=utf-8");
    if error.status == StatusCode::UNAUTHORIZED {
        set(&mut response, WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}
