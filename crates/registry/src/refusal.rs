//! What is answered when something cannot be done: the codes of OCI Distribution 1.1, in ECR's
//! words where those are known from public issue threads, and in ours where they are not.

use aws_core::Arn;
use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::registry::{Body, full};
use crate::{BlobError, CatalogueError, Digest, PushFault, Reference, RegistryError, Repository};

/// How long a client that came at a bad moment is asked to wait.
const RETRY_AFTER_SECONDS: &str = "1";

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    headers: Vec<(HeaderName, String)>,
}

/// The error body of OCI Distribution 1.1, "Error Codes".
#[derive(Serialize)]
struct Errors<'a> {
    errors: [OneError<'a>; 1],
}

#[derive(Serialize)]
struct OneError<'a> {
    code: &'a str,
    message: &'a str,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// No credentials, or none that were ever good. `realm` is where they would be good.
    pub(crate) fn unauthorized(realm: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Not Authorized").with(
            WWW_AUTHENTICATE,
            format!("Basic realm=\"{realm}\",service=\"ecr.amazonaws.com\""),
        )
    }

    /// ECR's own words, from many public threads.
    pub(crate) fn expired() -> Self {
        let message = "Your authorization token has expired. Reauthenticate and try again.";
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    /// As `expired`, of a link.
    pub(crate) fn link_expired() -> Self {
        let message = "The link has expired: ask for another with GetDownloadUrlForLayer.";
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    /// The link was not made here, or is another blob's.
    pub(crate) fn link_invalid() -> Self {
        let message = "The link is not good for this address.";
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    /// The token is for another account or region than the host name.
    pub(crate) fn elsewhere() -> Self {
        let message = "The authorization token is for another account or region than this \
                       registry's. Get a token there, and try again.";
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    pub(crate) fn may_not(principal: &Arn, action: &str, repository: &Repository) -> Self {
        let message = format!(
            "User: {principal} is not authorized to perform: ecr:{action} on resource: {}",
            repository.arn()
        );
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    pub(crate) fn name_invalid() -> Self {
        let message = "The repository's name is not valid: 2 to 256 lower-case letters, digits \
                       and separators between slashes.";
        Self::new(StatusCode::BAD_REQUEST, "NAME_INVALID", message)
    }

    /// ECR's own words, from many public threads.
    pub(crate) fn name_unknown(repository: &Repository) -> Self {
        let message = format!(
            "The repository with name '{}' does not exist in the registry with id '{}'",
            repository.name, repository.account
        );
        Self::new(StatusCode::NOT_FOUND, "NAME_UNKNOWN", message)
    }

    pub(crate) fn manifest_unknown(repository: &Repository, reference: &Reference) -> Self {
        let message = match reference {
            Reference::Tag(tag) => format!(
                "The image with tag '{tag}' does not exist in the repository with name '{}'",
                repository.name
            ),
            Reference::Digest(digest) => format!(
                "The image with digest '{digest}' does not exist in the repository with name '{}'",
                repository.name
            ),
        };
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", message)
    }

    pub(crate) fn manifest_invalid(fault: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MANIFEST_INVALID", fault)
    }

    /// Nearly ECR's own words (google/go-containerregistry#1568).
    pub(crate) fn manifest_digest(repository: &Repository, said: &Digest) -> Self {
        let message = format!(
            "The image with digest '{said}' in repository '{}' and registry ID '{}' does not \
             match the digest of its manifest.",
            repository.name, repository.account
        );
        Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", message)
    }

    pub(crate) fn too_large(what: &str, most: u64) -> Self {
        let message = format!("The {what} is larger than {most} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", message)
    }

    /// ECR's own words for images, and alike for layers.
    pub(crate) fn blobs_unknown(repository: &Repository, what: &str, missing: &[Digest]) -> Self {
        let digests: Vec<&str> = missing.iter().map(Digest::as_str).collect();
        let message = format!(
            "{what} with digests '[{}]' required for pushing image into repository with name \
             '{}' in the registry with id '{}' do not exist",
            digests.join(", "),
            repository.name,
            repository.account
        );
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_BLOB_UNKNOWN", message)
    }

    pub(crate) fn blob_size(digest: &Digest, said: u64, found: u64) -> Self {
        let message = format!(
            "The manifest says that the blob '{digest}' has {said} bytes, and it has {found}."
        );
        Self::new(StatusCode::BAD_REQUEST, "SIZE_INVALID", message)
    }

    /// ECR's own words (osscontainertools/kaniko#204, August 2025).
    pub(crate) fn tag_immutable(repository: &Repository, tag: &str) -> Self {
        let message = format!(
            "The image tag '{tag}' already exists in the '{}' repository and cannot be \
             overwritten because the tag is immutable.",
            repository.name
        );
        Self::new(StatusCode::BAD_REQUEST, "TAG_INVALID", message)
    }

    pub(crate) fn reference_invalid() -> Self {
        let message = "A manifest is named by a tag of at most 128 letters, digits, '_', '.' and \
                       '-', or by a sha256 digest.";
        Self::new(StatusCode::BAD_REQUEST, "TAG_INVALID", message)
    }

    pub(crate) fn digest_invalid() -> Self {
        let message = crate::InvalidDigest.to_string();
        Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", message)
    }

    pub(crate) fn blob_unknown() -> Self {
        let message = "The blob does not exist in this repository.";
        Self::new(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", message)
    }

    pub(crate) fn upload_unknown() -> Self {
        let message = "The upload does not exist, was finished, or was cut off: begin it anew.";
        Self::new(StatusCode::NOT_FOUND, "BLOB_UPLOAD_UNKNOWN", message)
    }

    pub(crate) fn upload_busy() -> Self {
        let message = "Another request is writing to this upload.";
        Self::new(StatusCode::CONFLICT, "BLOB_UPLOAD_INVALID", message)
    }

    pub(crate) fn upload_invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BLOB_UPLOAD_INVALID", message)
    }

    /// The chunk does not go on where the upload is.
    pub(crate) fn out_of_order(location: &str, range: String) -> Self {
        let message = "The chunk does not begin where the upload ends; the Range header says \
                       where that is.";
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        Self::new(status, "BLOB_UPLOAD_INVALID", message)
            .with(LOCATION, location)
            .with(RANGE, range)
    }

    pub(crate) fn size_invalid() -> Self {
        let message = "The body is not as long as its Content-Range says.";
        Self::new(StatusCode::BAD_REQUEST, "SIZE_INVALID", message)
    }

    pub(crate) fn body_cut_off() -> Self {
        let message = "The body ended early, or paused for too long.";
        Self::new(StatusCode::BAD_REQUEST, "BLOB_UPLOAD_INVALID", message)
    }

    pub(crate) fn range_unsatisfiable(size: u64) -> Self {
        let message = "The blob has no such bytes.";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_INVALID", message)
            .with(CONTENT_RANGE, format!("bytes */{size}"))
    }

    pub(crate) fn manifests_many() -> Self {
        let message = "Too many manifests are being pushed: try again later.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", message)
            .with(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    pub(crate) fn uploads_many() -> Self {
        let message = "Too many uploads are under way: try again later.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", message)
            .with(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    pub(crate) fn query_invalid(message: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "PAGINATION_NUMBER_INVALID",
            message,
        )
    }

    pub(crate) fn unsupported(what: &str) -> Self {
        let message = format!("Longshore does not support {what} yet.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", message)
    }

    pub(crate) fn nothing_here() -> Self {
        let message = "There is nothing at this address.";
        Self::new(StatusCode::NOT_FOUND, "UNSUPPORTED", message)
    }

    /// What the catalogue said; `tag` is the one that was to be set.
    pub(crate) fn from_catalogue(
        error: CatalogueError,
        repository: &Repository,
        tag: Option<&str>,
    ) -> Self {
        match error {
            CatalogueError::RepositoryUnknown => Self::name_unknown(repository),
            CatalogueError::TagImmutable => {
                Self::tag_immutable(repository, tag.unwrap_or_default())
            }
            CatalogueError::Referenced { by } => {
                let message = format!(
                    "The image is referenced by the manifest list [{}]: delete that first.",
                    by.join(", ")
                );
                Self::new(StatusCode::FORBIDDEN, "DENIED", message)
            }
            CatalogueError::LimitExceeded(message) => {
                Self::new(StatusCode::FORBIDDEN, "DENIED", message)
            }
            CatalogueError::Busy => {
                let message = "Too many changes at once: try again later.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", message)
                    .with(RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            failed @ CatalogueError::Failed(_) => RegistryError::Catalogue(failed).into(),
        }
    }

    /// What a step of a push said; `tag` is the one that was to be set.
    pub(crate) fn from_fault(fault: PushFault, repository: &Repository, tag: Option<&str>) -> Self {
        match fault {
            PushFault::Catalogue(error) => Self::from_catalogue(error, repository, tag),
            PushFault::Blob(error) => error.into(),
            PushFault::Registry(error) => error.into(),
            PushFault::UploadUnknown => Self::upload_unknown(),
            PushFault::UploadBusy => Self::upload_busy(),
            PushFault::UploadsMany => Self::uploads_many(),
            PushFault::TooLarge { what, most } => Self::too_large(what, most),
            PushFault::ManifestInvalid(fault) => Self::manifest_invalid(fault),
            PushFault::ManifestDigest { said } => Self::manifest_digest(repository, &said),
            PushFault::LayersMissing(missing) => {
                Self::blobs_unknown(repository, "Layers", &missing)
            }
            PushFault::ImagesMissing(missing) => {
                Self::blobs_unknown(repository, "Images", &missing)
            }
            PushFault::LayerSize {
                digest,
                said,
                found,
            } => Self::blob_size(&digest, said, found),
            // Of ECR's API alone.
            PushFault::OutOfOrder { .. } | PushFault::Empty | PushFault::PartTooSmall => {
                Self::upload_invalid(&fault.to_string())
            }
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let body = Errors {
            errors: [OneError {
                code: self.code,
                message: &self.message,
            }],
        };
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(full(Bytes::from(bytes)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Our fault: told to the log here, and to the client only that it is so.
impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        tracing::error!(%error, "a request to the registry failed");
        let message = "The registry failed; its log says why.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", message)
    }
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Mismatch { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", error.to_string())
            }
            BlobError::CutOff => Self::upload_unknown(),
            BlobError::Full { .. } => {
                tracing::error!(%error, "a request to the registry failed");
                let message = "The registry's disk is full.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "UNKNOWN", message)
            }
            BlobError::Io { .. } => RegistryError::Blobs(error).into(),
        }
    }
}
