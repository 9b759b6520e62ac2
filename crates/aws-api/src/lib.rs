//! The AWS services' operations and shapes, generated from models/.
//!
//! One module a service: its structures and enumerations, its error, a trait with one
//! method for each typed operation, and a `Server` that makes an `aws_core::Service` of
//! an implementation of the trait. No protocol and no behaviour is here.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![forbid(unsafe_code)]

#[macro_use]
mod macros;
mod dispatch;

pub mod cloudwatch;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod iam;
pub mod logs;
pub mod sts;

use aws_schema::ServiceSchema;

pub use dispatch::Streamed;

static SERVICES: [&ServiceSchema; 7] = [
    &cloudwatch::SERVICE,
    &ec2::SERVICE,
    &ecr::SERVICE,
    &ecs::SERVICE,
    &iam::SERVICE,
    &logs::SERVICE,
    &sts::SERVICE,
];

/// Every service, by the name of its module.
#[must_use]
pub fn services() -> &'static [&'static ServiceSchema] {
    &SERVICES
}

/// Reads a shape of one service by its name in the model.
#[cfg(feature = "conformance")]
pub type ShapeReader = fn(
    &str,
    &mut dyn aws_schema::Reader,
) -> Option<Result<Box<dyn aws_schema::Shape>, aws_schema::ReadError>>;

#[cfg(feature = "conformance")]
static SHAPE_READERS: [(&ServiceSchema, ShapeReader); 7] = [
    (&cloudwatch::SERVICE, cloudwatch::read_shape),
    (&ec2::SERVICE, ec2::read_shape),
    (&ecr::SERVICE, ecr::read_shape),
    (&ecs::SERVICE, ecs::read_shape),
    (&iam::SERVICE, iam::read_shape),
    (&logs::SERVICE, logs::read_shape),
    (&sts::SERVICE, sts::read_shape),
];

/// Every service with its `read_shape`.
#[cfg(feature = "conformance")]
#[must_use]
pub fn shape_readers() -> &'static [(&'static ServiceSchema, ShapeReader)] {
    &SHAPE_READERS
}
