//! One port: tells services apart, checks signatures and authority, speaks each protocol.
//!
//! A request passes these layers, top down; each is a module:
//!
//! | layer | module | refuses |
//! | --- | --- | --- |
//! | limits | [`limits`], `listen`, `peers`, `stall`, `body`, `buckets` | what is too long, too slow or too much |
//! | recognise | [`recognise`](mod@recognise) (pure) | nothing: it only says where a request belongs |
//! | authenticate | `admit`, `aws_sign::verify` | what is not signed by a known key |
//! | authorise | `admit`, [`aws_core::Authoriser`] | what the signer may do on no resource at all |
//! | decode, validate | `api`, `aws_wire` | what does not fit the model |
//! | handler | an [`aws_core::Service`] | what the service refuses |
//! | encode | `reply`, `vocabulary`, `aws_wire` | |
//! | measure | [`Metrics`] | |
//!
//! The gateway knows no service in particular: those it serves are given to it, and what differs
//! between them stands in tables (`aws_sign::Policy`, `vocabulary`). What is not an API call, the
//! registry and the agents' websockets, goes to a [`Route`] that it is given.

#![forbid(unsafe_code)]

pub mod admin;
mod admit;
mod api;
mod body;
mod buckets;
mod events;
mod gateway;
mod host;
pub mod limits;
mod listen;
mod metrics;
mod peers;
pub mod recognise;
mod reply;
mod route;
mod session;
mod stall;
mod unserved;
mod vocabulary;

pub use aws_sign::{Key, Keys, Secret};
pub use gateway::{Gateway, Parts};
pub use limits::Limits;
pub use metrics::Metrics;
pub use route::{Body, Route, Routes, full_body};
pub use unserved::Unserved;
