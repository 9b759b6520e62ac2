use thiserror::Error;

use crate::{BlobError, CatalogueError};

/// What goes wrong on our side. Clients are told no more than that something did.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// Bytes could not be kept or read.
    #[error("the registry's blobs: {0}")]
    Blobs(#[from] BlobError),
    /// The catalogue failed.
    #[error("the registry's catalogue: {0}")]
    Catalogue(#[source] CatalogueError),
    /// The catalogue names a blob that is not there.
    #[error("the blob {digest} is in the catalogue and not in the blob store")]
    Lost {
        /// Which.
        digest: String,
    },
}
