//! OCI Distribution 1.1 over a content-addressed blob store.
//!
//! [`Registry::handle`] answers every request under `/v2/`: pushes and pulls of blobs, manifests
//! and indexes, tags and referrers. Bytes are in a [`BlobStore`], each blob once, under its
//! digest. What is in which repository is asked of a [`Catalogue`], who may do what of
//! [`Tokens`]: crate `ecr` is both, and this crate knows neither records nor ECR's API.
//!
//! Uploads that were not finished end with the process. A blob is durable before its upload is
//! answered, and linked to its repository after; a manifest is durable before the catalogue hears
//! of it. Bytes that nothing links any more are not collected yet.

#![forbid(unsafe_code)]

mod blob_store;
mod catalogue;
mod digest;
mod disk;
mod error;
pub mod limits;
mod manifest;
mod name;
mod range;
mod refusal;
mod registry;
mod route;
mod serve;
mod tokens;
mod uploads;

pub use blob_store::{Blob, BlobError, BlobStore, Staging};
pub use catalogue::{Answer, Catalogue, CatalogueError, ManifestEntry, Reference, Repository};
pub use digest::{Digest, InvalidDigest};
pub use disk::DiskBlobs;
pub use error::RegistryError;
pub use name::{is_repository_name, is_tag};
pub use registry::{Body, Registry};
pub use tokens::{Grant, Right, TokenRefusal, Tokens};
