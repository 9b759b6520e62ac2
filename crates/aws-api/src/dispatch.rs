//! The steps of a call that are the same for every operation. The rest is generated.

use aws_core::{Answer, CallError, Common, Events, Output, ServiceError};
#[cfg(feature = "conformance")]
use aws_schema::ReadError;
use aws_schema::{Reader, ServiceSchema, Shape, Structure, Value as _};

/// An operation under way, free of the request that it came from.
pub(crate) type Work = std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A shape read by name, or why it could not be.
#[cfg(feature = "conformance")]
pub(crate) type AnyShape = Result<Box<dyn Shape>, ReadError>;

/// Reads an input and checks it.
pub(crate) fn input<T: Structure>(
    reader: &mut dyn Reader,
    validate: &dyn Fn(&dyn Shape) -> Result<(), Common>,
) -> Result<T, CallError> {
    let input = T::read(T::SCHEMA, reader).map_err(CallError::Read)?;
    validate(&input).map_err(CallError::Refused)?;
    Ok(input)
}

/// An output that is followed by events.
pub struct Streamed<T> {
    /// What is known at once.
    pub output: T,
    /// What follows.
    pub events: Box<dyn Events>,
}

/// What a handler may give.
pub(crate) trait IntoOutput {
    fn into_output(self) -> Output;
}

impl<T: Structure + 'static> IntoOutput for T {
    fn into_output(self) -> Output {
        Output::Whole(Box::new(self))
    }
}

impl<T: Structure + 'static> IntoOutput for Streamed<T> {
    fn into_output(self) -> Output {
        Output::Stream(Box::new(self.output), self.events)
    }
}

/// Forgets the types of what a handler gave.
pub(crate) fn answer<T, E>(result: Result<T, E>) -> Answer
where
    T: IntoOutput,
    E: ServiceError + 'static,
{
    match result {
        Ok(output) => Ok(output.into_output()),
        Err(error) => Err(Box::new(error)),
    }
}

/// The refusal of an operation without generated types.
pub(crate) fn not_supported(service: &ServiceSchema, operation: &str) -> CallError {
    CallError::Refused(Common::NotSupported(format!(
        "The operation {operation} of {} is not supported yet.",
        service.service_id
    )))
}

/// The message of an error that is common to all services.
pub(crate) fn common_message(error: &Common) -> &str {
    match error {
        Common::AccessDenied(message)
        | Common::Validation(message)
        | Common::NotSupported(message)
        | Common::Throttling(message)
        | Common::Internal(message) => message,
    }
}

/// Reads a shape and forgets its type.
#[cfg(feature = "conformance")]
pub(crate) fn any_shape<T: Structure + 'static>(reader: &mut dyn Reader) -> AnyShape {
    Ok(Box::new(T::read(T::SCHEMA, reader)?))
}
