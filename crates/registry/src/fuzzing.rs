//! What the fuzz targets need of this crate beyond what everybody sees; there with the cfg
//! `fuzzing` alone.

use crate::Digest;
use crate::manifest::{self, Manifest};
use crate::range::{self, Asked};
use crate::route::{self, Target};

/// What a manifest names: blobs, other manifests, its subject.
pub struct Named {
    /// The configuration and the layers, each with its size.
    pub blobs: Vec<(Digest, u64)>,
    /// The manifests of an index.
    pub manifests: Vec<Digest>,
    /// What it is about.
    pub subject: Option<Digest>,
}

/// Reads a manifest as a push does; `None` where it is refused.
#[must_use]
pub fn manifest(bytes: &[u8], content_type: Option<&str>) -> Option<Named> {
    let _ = manifest::annotations(bytes);
    let read = Manifest::read(bytes, content_type).map_err(|fault| fault.to_string());
    read.ok().map(|manifest| Named {
        blobs: manifest.blobs,
        manifests: manifest.manifests,
        subject: manifest.subject,
    })
}

/// The start and the length that a `Range` header asks for; `None` for no part.
#[must_use]
pub fn range(header: &str, size: u64) -> Option<(u64, u64)> {
    match range::asked(Some(header), size) {
        Asked::Part { start, length } => Some((start, length)),
        Asked::Whole | Asked::Unsatisfiable => None,
    }
}

/// The start and the length that a `Content-Range` header names.
#[must_use]
pub fn chunk(header: &str) -> Option<(u64, u64)> {
    range::chunk(header)
}

/// The repository that a path is about.
#[must_use]
pub fn repository(path: &str) -> Option<&str> {
    match route::target(path) {
        Ok(Target::Repository { name, .. }) => Some(name),
        Ok(Target::Base) | Err(_) => None,
    }
}
