//! How a handler fails.

use aws_api::logs::Error;
use aws_core::Common;
use records::RecordError;

use crate::segment::SegmentError;
use crate::sentences;

/// Why an operation was not done: an error as the API shows it. It exists so that `?` takes the
/// errors of records and segments as well as the API's own.
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

impl From<SegmentError> for Failure {
    fn from(error: SegmentError) -> Self {
        if matches!(error, SegmentError::Gone) {
            return Self(Error::resource_not_found_exception(
                sentences::STREAM_NOT_FOUND,
            ));
        }
        // Where this machine keeps its files is not for clients to know; the log has it.
        tracing::error!(%error, "log events could not be written or read");
        match error {
            SegmentError::NoSpace { .. } => {
                Self(Error::service_unavailable_exception(sentences::DISK_FULL))
            }
            SegmentError::Io { .. } | SegmentError::Closed | SegmentError::Gone => {
                Self(Error::service_unavailable_exception(sentences::DISK_FAILS))
            }
            SegmentError::Locked { .. } | SegmentError::Damaged { .. } => {
                Self(Error::from(Common::Internal(error.to_string())))
            }
        }
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
