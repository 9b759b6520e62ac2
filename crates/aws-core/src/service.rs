use ambient::BoxFuture;
use aws_schema::{Operation, ReadError, Reader, ServiceSchema, Shape};

use crate::{Caller, ServiceError};

/// What an operation answers: its output, or an error of its service.
pub type Answer = Result<Output, Box<dyn ServiceError>>;

/// The output of an operation.
pub enum Output {
    /// All of it.
    Whole(Box<dyn Shape>),
    /// What is known at once, and the events that follow it.
    Stream(Box<dyn Shape>, Box<dyn Events>),
}

impl From<Box<dyn Shape>> for Output {
    fn from(shape: Box<dyn Shape>) -> Self {
        Self::Whole(shape)
    }
}

/// Events that come one by one, for as long as somebody asks.
pub trait Events: Send {
    /// The next event: a shape of which the one member that is present is the event; `None` at the
    /// end. A future that is dropped loses no event.
    fn next(&mut self) -> BoxFuture<'_, Option<Box<dyn Shape>>>;
}

/// One service as the gateway sees it. Generated code implements it over the service's trait.
pub trait Service: Send + Sync {
    /// What is known of the service.
    fn schema(&self) -> &'static ServiceSchema;

    /// Reads the input of `operation`, checks it against the model, and returns the work to do.
    ///
    /// `validate` is the walk over the schema, which the generated code calls with the input
    /// before the handler gets it.
    ///
    /// # Errors
    /// When the input cannot be read or is refused by `validate`; nothing has been done then.
    fn call(
        &self,
        operation: &'static Operation,
        caller: Caller,
        input: &mut dyn Reader,
        validate: &dyn Fn(&dyn Shape) -> Result<(), crate::Common>,
    ) -> Result<BoxFuture<'static, Answer>, CallError>;
}

/// Why an operation was not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The body is not what the protocol asks for.
    Read(ReadError),
    /// The input does not obey the model.
    Refused(crate::Common),
}
