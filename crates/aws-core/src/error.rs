use aws_schema::Shape;
use thiserror::Error;

/// Errors that any operation of any service may answer with. The gateway turns each into the
/// code and status that the service at hand uses for it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Common {
    /// The signature is good and the principal known, but it may not.
    #[error("{0}")]
    AccessDenied(String),
    /// The request does not obey the model, or a rule that AWS answers with a validation error.
    #[error("{0}")]
    Validation(String),
    /// An operation or an option that AWS has and Longshore does not have yet; the message names
    /// what is missing.
    #[error("{0}")]
    NotSupported(String),
    /// Too much is asked at once; trying again later helps.
    #[error("{0}")]
    Throttling(String),
    /// Our fault. The message is for the log; the client is told only the request id.
    #[error("{0}")]
    Internal(String),
}

/// An error of one service: one that its model declares, or one that is common to all.
pub trait ServiceError: Send + Sync {
    /// The common error, where it is one; the rest is then not asked for.
    fn common(&self) -> Option<&Common>;
    /// The code on the wire, for instance `ClusterNotFoundException`.
    fn code(&self) -> &'static str;
    /// The HTTP status.
    fn status(&self) -> u16;
    /// The declared error's members.
    fn shape(&self) -> Option<&dyn Shape>;
    /// The message.
    fn message(&self) -> &str;
}
