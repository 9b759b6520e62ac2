//! Manifests and tags.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LINK, LOCATION};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;

use crate::error::RegistryError;
use crate::manifest::understand;
use crate::registry::{Body, Registry, empty, full, set, set_digest};
use crate::request;
use crate::{Digest, ManifestReference, NewManifest, Place, StoredManifest};

/// The largest manifest: what the distribution specification asks registries to take at least.
const MANIFEST_MAX_BYTES: usize = 4 * 1024 * 1024;
/// How many tags a list gives when not asked, and at most.
const TAGS_PAGE_MAX: usize = 1000;

impl Registry {
    pub(crate) async fn read_manifest(
        &self,
        place: &Place,
        name: &str,
        reference: &ManifestReference,
        head: bool,
    ) -> Result<Response<Body>, RegistryError> {
        self.check_repository(place, name)?;
        let unknown = || {
            RegistryError::new("MANIFEST_UNKNOWN", StatusCode::NOT_FOUND, "Requested image not found")
        };
        let known = self.catalogue.manifest(place, name, reference)?.ok_or_else(unknown)?;
        let bytes = self
            .blobs
            .read(&known.digest)
            .await
            .map_err(|error| RegistryError::internal("read a manifest", &error))?
            .ok_or_else(unknown)?;
        let length = bytes.len();
        let mut response = Response::new(full(if head { Bytes::new() } else { bytes.into() }));
        set(&mut response, CONTENT_TYPE, &known.media_type);
        set(&mut response, CONTENT_LENGTH, &length.to_string());
        set_digest(&mut response, &known.digest);
        Ok(response)
    }

    pub(crate) async fn write_manifest<B>(
        &self,
        place: &Place,
        name: &str,
        reference: &ManifestReference,
        request: Request<B>,
    ) -> Result<Response<Body>, RegistryError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        self.check_repository(place, name)?;
        let invalid = |message: String| {
            RegistryError::new("MANIFEST_INVALID", StatusCode::BAD_REQUEST, message)
        };
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = read_manifest_body(request.into_body()).await.map_err(invalid)?;
        let digest = Digest::of(&bytes);
        if let ManifestReference::Digest(named) = reference
            && *named != digest
        {
            return Err(RegistryError::new(
                "DIGEST_INVALID",
                StatusCode::BAD_REQUEST,
                format!("the manifest's digest is {digest} and not {named}"),
            ));
        }
        let understood = understand(&bytes, &content_type).map_err(invalid)?;
        self.check_contents(place, name, &understood).await?;
        self.blobs
            .write(&self.uploads.new_id(), &digest, &bytes)
            .await
            .map_err(|error| RegistryError::internal("keep a manifest", &error))?;
        let new = NewManifest {
            manifest: StoredManifest {
                digest: digest.clone(),
                media_type: understood.media_type,
                size: bytes.len() as u64,
            },
            tag: match reference {
                ManifestReference::Tag(tag) => Some(tag.clone()),
                ManifestReference::Digest(_) => None,
            },
            artifact_media_type: understood.artifact_media_type,
            blobs_size: understood.blobs.iter().map(|(_, size)| size).sum(),
        };
        self.catalogue.put_manifest(place, name, &new).await?;
        let mut response = empty(StatusCode::CREATED);
        set(&mut response, LOCATION, &format!("/v2/{name}/manifests/{digest}"));
        set_digest(&mut response, &digest);
        Ok(response)
    }

    /// A manifest can be kept only where all that it names is in the repository, with the sizes
    /// that it says.
    async fn check_contents(
        &self,
        place: &Place,
        name: &str,
        understood: &crate::manifest::Understood,
    ) -> Result<(), RegistryError> {
        for (digest, size) in &understood.blobs {
            let unknown = |what: String| {
                RegistryError::new("MANIFEST_BLOB_UNKNOWN", StatusCode::BAD_REQUEST, what)
            };
            if !self.catalogue.has_blob(place, name, digest)? {
                return Err(unknown(format!("the repository has no blob {digest}")));
            }
            let has = self
                .blobs
                .size(digest)
                .await
                .map_err(|error| RegistryError::internal("read a blob", &error))?;
            if has != Some(*size) {
                return Err(unknown(format!("the blob {digest} has another size than the manifest says")));
            }
        }
        for digest in &understood.manifests {
            let reference = ManifestReference::Digest(digest.clone());
            if self.catalogue.manifest(place, name, &reference)?.is_none() {
                return Err(RegistryError::new(
                    "MANIFEST_UNKNOWN",
                    StatusCode::BAD_REQUEST,
                    format!("the repository has no manifest {digest}"),
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn list_tags(
        &self,
        place: &Place,
        name: &str,
        query: Option<&str>,
    ) -> Result<Response<Body>, RegistryError> {
        self.check_repository(place, name)?;
        let asked = request::parameter(query, "n").and_then(|text| text.parse::<usize>().ok());
        let limit = asked.unwrap_or(TAGS_PAGE_MAX).min(TAGS_PAGE_MAX);
        let last = request::parameter(query, "last");
        let mut tags = self.catalogue.tags(place, name, last.as_deref(), limit + 1)?;
        let more = tags.len() > limit;
        tags.truncate(limit);
        let document = serde_json::json!({ "name": name, "tags": tags });
        let mut response = Response::new(full(document.to_string()));
        set(&mut response, CONTENT_TYPE, "application/json");
        if more && let Some(last) = tags.last() {
            set(&mut response, LINK, &format!("</v2/{name}/tags/list?n={limit}&last={last}>; rel=\"next\""));
        }
        Ok(response)
    }
}

async fn read_manifest_body<B>(mut body: B) -> Result<Bytes, String>
where
    B: hyper::body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the manifest was cut off: {error}"))?;
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > MANIFEST_MAX_BYTES {
                return Err(format!("a manifest has at most {MANIFEST_MAX_BYTES} bytes"));
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes.into())
}
