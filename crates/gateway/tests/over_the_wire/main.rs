//! The whole gateway over real sockets, with a service of our own behind it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy sees only the functions marked as tests"
)]

mod calls;
mod house;
mod limits;
mod routes;
