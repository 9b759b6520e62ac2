//! What the fuzz targets need of the spool; there with the cfg `fuzzing` alone.

use ambient::Timestamp;

use super::frame::{self, Frame, Parsed, PerStream, SegmentHeader, Stream};

/// The name of the segment with this number.
#[must_use]
pub fn segment_name(number: u64) -> String {
    super::segment_name(number)
}

/// A segment's header with its checksum.
#[must_use]
pub fn header(offset: u64, stdout: u64, stderr: u64, dropped: u64) -> Vec<u8> {
    SegmentHeader {
        offset,
        ends: PerStream { stdout, stderr },
        dropped,
    }
    .encode()
}

/// A record's frame with its checksum.
#[must_use]
pub fn record(millis: i64, offset: u64, partial: bool, end: u64, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let at = Timestamp::from_millis(millis);
    frame::encode_record(&mut out, Stream::Stdout, at, offset, partial, end, body);
    out
}

/// A count of dropped lines with its checksum.
#[must_use]
pub fn dropped(offset: u64, count: u64) -> Vec<u8> {
    let mut out = Vec::new();
    frame::encode_dropped(&mut out, Timestamp::from_millis(0), offset, count);
    out
}

/// The length of the frame at the front of `bytes`, and its body if it is a record's.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<(usize, Option<Vec<u8>>)> {
    match frame::parse(bytes) {
        Parsed::Frame(Frame::Record { record, .. }, length) => Some((length, Some(record.bytes))),
        Parsed::Frame(Frame::Dropped { .. }, length) => Some((length, None)),
        Parsed::Incomplete | Parsed::Corrupt => None,
    }
}
