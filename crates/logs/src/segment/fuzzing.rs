//! What the fuzz targets need of segments; there with the cfg `fuzzing` alone.

use std::path::Path;

use super::file::{self, Header};
use super::frame::{self as bytes, Source};

/// A frame with its checksum.
#[must_use]
pub fn frame(
    ingested: i64,
    first_sequence: u64,
    source: Option<(&str, u64)>,
    events: &[(i64, &str)],
) -> Vec<u8> {
    let source = source.map(|(container, offset)| Source {
        container: container.to_owned(),
        offset,
    });
    let mut out = Vec::new();
    bytes::encode(&mut out, ingested, first_sequence, source.as_ref(), events);
    out
}

/// The frames at the front of `bytes`: the length of each, and how many events it says that it has
/// and how many can be read.
#[must_use]
pub fn frames(mut rest: &[u8]) -> Vec<(usize, u32, usize)> {
    let mut found = Vec::new();
    while let Some(frame) = bytes::parse(rest) {
        let whole = frame.events().map_while(|event| event).count();
        found.push((frame.length, frame.head.count, whole));
        rest = rest.get(frame.length..).unwrap_or_default();
    }
    found
}

/// The header of a segment without events before it.
#[must_use]
pub fn header(next_sequence: u64) -> Vec<u8> {
    let mut header = Header::default();
    header.sums.next_sequence = next_sequence;
    file::header_bytes(&header).unwrap_or_default()
}

/// Up to where the segment in a file is whole, and its length; `None` where it is damaged.
#[must_use]
pub fn scan(path: &Path) -> Option<(u64, u64)> {
    let _ = file::sealed_index(path);
    let scan = file::scan(path).ok()?;
    let _ = scan.blocks.span();
    Some((scan.whole, scan.length))
}
