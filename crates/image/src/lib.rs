//! Images on a node: references, pulls, a content-addressed store, unpacked layers.
//!
//! [`ImageStore::pull`] asks a registry for an image, keeps its blobs by digest, and unpacks each
//! layer once per chain of layers, in the form that overlayfs takes as a `lowerdir`. What an
//! image says about running it comes back as [`ImageConfig`]; [`resolve_user`] turns its `user`
//! into numbers.
//!
//! Left to others: mounting layers and running containers (`runtime`), and choosing
//! credentials and the place where a registry is reached ([`Credentials`] and [`Endpoints`],
//! given by the caller). This crate knows nothing of tasks or clusters.

#![forbid(unsafe_code)]

mod challenge;
mod config;
mod digest;
mod directory_times;
mod dns;
mod download;
mod error;
mod fetch;
mod flight;
#[cfg(fuzzing)]
pub mod fuzzing;
mod holds;
mod layer_path;
mod layered_view;
mod limits;
mod manifest;
mod plain_archive;
mod platform;
mod reference;
mod registry_access;
mod registry_client;
mod store;
mod tar_stream;
mod tls;
mod unpack;
mod user;
mod zstd_stream;

pub use config::ImageConfig;
pub use digest::{Digest, DigestError};
pub use dns::{addresses, split_port};
pub use error::{Error, ErrorKind};
pub use holds::ImageHold;
pub use limits::Limits;
pub use platform::Platform;
pub use reference::{EcrRegistry, Reference, ReferenceError};
pub use registry_access::{
    Anonymous, BasicCredentials, CredentialError, Credentials, Endpoint, Endpoints, PlainHttp,
};
pub use store::{ImageStore, PullOptions, Pulled, SweepPolicy, Swept};
pub use tls::{TlsTrust, TrustError};
pub use user::{ResolvedUser, UserError, resolve_user};
