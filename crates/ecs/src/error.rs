//! How a handler fails.

use aws_api::ecs::Error;
use aws_core::Common;
use records::RecordError;

use crate::sentences;

/// Why an operation was not done: an error as the API shows it. It exists so that `?` takes a
/// record's error as well as the API's own.
#[derive(Debug)]
pub struct Failure(pub Error);

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
#[must_use]
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure(Error::invalid_parameter_exception(message))
}

/// Something that the caller asked for and that is not so.
#[must_use]
pub(crate) fn client(message: impl Into<String>) -> Failure {
    Failure(Error::client_exception(message))
}

/// Something that AWS has and Longshore does not have yet.
#[must_use]
pub(crate) fn not_supported(what: &str) -> Failure {
    Failure(Error::from(Common::NotSupported(sentences::not_supported(
        what,
    ))))
}
