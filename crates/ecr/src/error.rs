//! How a handler fails.

use aws_api::ecr::Error;
use aws_core::{Caller, Common};
use records::RecordError;
use registry::{BlobError, CatalogueError, PushFault};

use crate::sentences;

/// Why an operation was not done. It exists so that `?` takes a record's error as well as the
/// API's own.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Common> for Failure {
    fn from(error: Common) -> Self {
        Self(Error::from(error))
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self(Error::from(Common::from(error)))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

/// A parameter that is not as it should be.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure(Error::invalid_parameter_exception(message))
}

/// Something that AWS has and Longshore does not have yet.
pub(crate) fn not_supported(what: &str) -> Failure {
    Failure(Error::from(Common::NotSupported(sentences::not_supported(
        what,
    ))))
}

/// What the catalogue said; `tag` is the one that was to be set.
pub(crate) fn from_catalogue(
    error: CatalogueError,
    caller: &Caller,
    name: &str,
    tag: Option<&str>,
) -> Failure {
    let account = caller.account.as_str();
    match error {
        CatalogueError::RepositoryUnknown => Failure(Error::repository_not_found_exception(
            sentences::repository_not_found(name, account),
        )),
        CatalogueError::TagImmutable => Failure(Error::image_tag_already_exists_exception(
            sentences::tag_immutable(tag.unwrap_or_default(), name),
        )),
        CatalogueError::LimitExceeded(message) => Failure(Error::limit_exceeded_exception(message)),
        CatalogueError::Busy => {
            Failure::from(Common::Throttling(sentences::TOO_MANY_CHANGES.to_owned()))
        }
        // Told by image where it can happen.
        error @ (CatalogueError::Referenced { .. } | CatalogueError::Failed(_)) => {
            Failure::from(Common::Internal(error.to_string()))
        }
    }
}

/// What a step of a push said; `tag` is the one that was to be set.
pub(crate) fn from_fault(
    fault: PushFault,
    caller: &Caller,
    name: &str,
    tag: Option<&str>,
) -> Failure {
    let account = caller.account.as_str();
    let text = fault.to_string();
    Failure(match fault {
        PushFault::Catalogue(error) => return from_catalogue(error, caller, name, tag),
        PushFault::Blob(BlobError::Mismatch { .. }) => {
            Error::invalid_layer_exception(sentences::LAYER_DIGEST_DIFFERS)
        }
        PushFault::UploadUnknown | PushFault::Blob(BlobError::CutOff) => {
            Error::upload_not_found_exception(text)
        }
        PushFault::UploadBusy | PushFault::OutOfOrder { .. } => {
            Error::invalid_layer_part_exception(text)
        }
        PushFault::UploadsMany | PushFault::TooLarge { .. } => {
            Error::limit_exceeded_exception(text)
        }
        PushFault::Empty => Error::empty_upload_exception(text),
        PushFault::PartTooSmall => Error::layer_part_too_small_exception(sentences::PART_TOO_SMALL),
        PushFault::ManifestInvalid(why) => {
            Error::invalid_parameter_exception(sentences::invalid_manifest(&why))
        }
        PushFault::ManifestDigest { said } => Error::image_digest_does_not_match_exception(
            sentences::digest_does_not_match(said.as_str(), name, account),
        ),
        PushFault::LayersMissing(missing) => Error::layers_not_found_exception(
            sentences::parts_missing("Layers", &missing, name, account),
        ),
        PushFault::ImagesMissing(missing) => Error::referenced_images_not_found_exception(
            sentences::parts_missing("Images", &missing, name, account),
        ),
        PushFault::LayerSize { .. } => {
            Error::invalid_parameter_exception(sentences::invalid_manifest(&text))
        }
        PushFault::Blob(_) | PushFault::Registry(_) => Error::from(Common::Internal(text)),
    })
}
