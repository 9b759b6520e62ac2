//! What the fuzz targets need of this crate beyond what everybody sees; there with the cfg
//! `fuzzing` alone.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::challenge::Challenge;
use crate::digest::Digest;
use crate::limits::Limits;
use crate::manifest::{self, Document};
use crate::platform::Platform;
use crate::unpack::{self, Layer};
use crate::zstd_stream::{self, ZstdReader};
use crate::{ResolvedUser, config, user};

/// How many layers a manifest has, or entries an index; `None` where the document is refused.
#[must_use]
pub fn document(bytes: &[u8], content_type: Option<&str>) -> Option<usize> {
    match manifest::parse("fuzzed", content_type, bytes).ok()? {
        Document::Image(image) => Some(image.layers.len()),
        Document::Index(entries) => {
            let _ = manifest::select(&entries, &Platform::linux("amd64"));
            Some(entries.len())
        }
    }
}

/// Whether an image's configuration can be read.
#[must_use]
pub fn config(bytes: &[u8]) -> bool {
    config::parse("fuzzed", bytes).is_ok()
}

/// Resolves a user against account files.
#[must_use]
pub fn user(text: &str, passwd: &str, group: &str) -> Option<ResolvedUser> {
    user::resolve(text, passwd, group).ok()
}

/// Reads a `WWW-Authenticate` header; whether it is a challenge.
#[must_use]
pub fn challenge(text: &str) -> bool {
    Challenge::parse(text).is_some_and(|challenge| {
        let _ = (challenge.is("bearer"), challenge.parameter("realm"));
        true
    })
}

/// The plain bytes of a layer, as far as they can be read, and at most so many.
#[must_use]
pub fn plain(blob: &[u8], most: u64) -> Vec<u8> {
    let reader: Box<dyn Read + '_> = if blob.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(blob))
    } else if blob.starts_with(&zstd_stream::MAGIC) {
        Box::new(ZstdReader::new(blob))
    } else {
        Box::new(blob)
    };
    let mut plain = Vec::new();
    let _ = reader.take(most).read_to_end(&mut plain);
    plain
}

/// Unpacks the layer in the file `blob`, whose plain archive's digest is `diff_id`, into the empty
/// folder `destination`; whether it is taken.
#[must_use]
pub fn unpack(
    blob: &Path,
    diff_id: Digest,
    lower: &[PathBuf],
    destination: &Path,
    limits: Limits,
) -> bool {
    unpack::unpack(&Layer {
        what: "fuzzed".to_owned(),
        blob: blob.to_owned(),
        diff_id,
        lower: lower.to_owned(),
        destination: destination.to_owned(),
        limits,
    })
    .is_ok()
}
