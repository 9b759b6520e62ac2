//! `lib.rs`: the list of services.

use std::fmt::Write as _;

use super::layout::HEADER;

/// The text of the file.
pub(crate) fn file(services: &[String]) -> String {
    let (mut modules, mut schemas, mut readers) = (String::new(), String::new(), String::new());
    for service in services {
        let _ = writeln!(modules, "pub mod {service};");
        let _ = write!(schemas, "&{service}::SERVICE,");
        let _ = write!(readers, "(&{service}::SERVICE, {service}::read_shape),");
    }
    let count = services.len();
    format!(
        "//! The AWS services' operations and shapes, generated from models/.\n//!\n\
         //! One module a service: its structures and enumerations, its error, a trait with one\n\
         //! method for each typed operation, and a `Server` that makes an `aws_core::Service` of\n\
         //! an implementation of the trait. No protocol and no behaviour is here.\n{HEADER}\n\
         #![forbid(unsafe_code)]\n\n\
         #[macro_use]\nmod macros;\nmod dispatch;\n\n{modules}\n\
         use aws_schema::ServiceSchema;\n\npub use dispatch::Streamed;\n\n\
         static SERVICES: [&ServiceSchema; {count}] = [{schemas}];\n\n\
         /// Every service, by the name of its module.\n\
         #[must_use]\n\
         pub fn services() -> &'static [&'static ServiceSchema] {{ &SERVICES }}\n\n\
         /// Reads a shape of one service by its name in the model.\n\
         #[cfg(feature = \"conformance\")]\n\
         pub type ShapeReader = fn(&str, &mut dyn aws_schema::Reader) -> Option<\
         Result<Box<dyn aws_schema::Shape>, aws_schema::ReadError>>;\n\n\
         #[cfg(feature = \"conformance\")]\n\
         static SHAPE_READERS: [(&ServiceSchema, ShapeReader); {count}] = [{readers}];\n\n\
         /// Every service with its `read_shape`.\n\
         #[cfg(feature = \"conformance\")]\n\
         #[must_use]\n\
         pub fn shape_readers() -> &'static [(&'static ServiceSchema, ShapeReader)] \
         {{ &SHAPE_READERS }}\n"
    )
}
