//! A service whose model is here and whose operations are not: recognised, authenticated, and
//! refused by name in its own form.

use ambient::BoxFuture;
use aws_core::{Answer, CallError, Caller, Common, Service};
use aws_schema::{Operation, Reader, ServiceSchema, Shape};

/// A service of which nothing is served yet.
pub struct Unserved(pub &'static ServiceSchema);

impl Service for Unserved {
    fn schema(&self) -> &'static ServiceSchema {
        self.0
    }

    fn call(
        &self,
        operation: &'static Operation,
        _caller: Caller,
        _input: &mut dyn Reader,
        _validate: &dyn Fn(&dyn Shape) -> Result<(), Common>,
    ) -> Result<BoxFuture<'static, Answer>, CallError> {
        Err(CallError::Refused(Common::NotSupported(format!(
            "Longshore does not support {}:{} yet.",
            self.0.action_prefix(),
            operation.name
        ))))
    }
}
