//! OCI Distribution 1.1 over a content-addressed blob store.
//!
//! [`Registry::handle`] answers every request under `/v2/`: pushes and pulls of blobs, manifests
//! and indexes, tags and referrers. Bytes are in a [`BlobStore`], each blob once, under its
//! digest. What is in which repository is asked of a [`Catalogue`], who may do what of
//! [`Tokens`]: crate `ecr` is both, and this crate knows neither records nor ECR's API.
//!
//! A blob is durable before its upload is answered, and linked to its repository after; a manifest
//! is durable before the catalogue hears of it. Uploads go on after a restart. What nothing names
//! any more is collected while pushes go on ([`Registry::collect`]).

#![forbid(unsafe_code)]

mod blob_store;
mod catalogue;
mod collect;
mod digest;
mod disk;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod leases;
pub mod limits;
mod manifest;
mod name;
mod push;
mod range;
mod refusal;
mod registry;
mod route;
mod serve;
mod tokens;
mod uploads;

pub use blob_store::{Blob, BlobError, BlobStore, Remnant, Staging, Unfinished};
pub use catalogue::{Answer, Catalogue, CatalogueError, ManifestEntry, Reference, Repository};
pub use collect::Collected;
pub use digest::{Digest, InvalidDigest};
pub use disk::DiskBlobs;
pub use error::RegistryError;
pub use name::{is_repository_name, is_tag};
pub use push::{ManifestPush, PushFault};
pub use registry::{BlobsKept, Body, LINK_PARAMETER, Registry};
pub use tokens::{Grant, LinkGrant, Right, TokenRefusal, Tokens};
