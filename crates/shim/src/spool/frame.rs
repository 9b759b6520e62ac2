//! The bytes of a segment: a header, then frames. All integers are little-endian.
//!
//! | segment header | bytes | | frame | bytes |
//! | --- | --- | --- | --- | --- |
//! | magic | 8 | | length of the body | 4 |
//! | offset of the first record | 8 | | checksum of what follows | 4 |
//! | end of stdout so far | 8 | | stream (0: count of drops) | 1 |
//! | end of stderr so far | 8 | | flags (1: partial) | 1 |
//! | lines dropped so far | 8 | | zero | 6 |
//! | checksum of the above | 4 | | wall clock, ms | 8 |
//! | zero | 4 | | offset | 8 |
//! | | | | end of the stream with it | 8 |
//! | | | | body | |

use ambient::Timestamp;

/// The longest record. CloudWatch Logs took events of 256 KiB less 26 bytes of overhead for most of
/// its life, and Docker's awslogs driver splits there (`maximumBytesPerEvent`); what splits
/// lines at that length is what logging libraries expect.
pub const MAX_EVENT_BYTES: usize = 256 * 1024 - 26;

const MAGIC: [u8; 8] = *b"LSSPOOL1";
/// Bytes of a segment's header.
pub(super) const SEGMENT_HEADER_BYTES: usize = 48;
/// Bytes of a frame without its body.
pub(super) const FRAME_HEADER_BYTES: usize = 40;
const FLAG_PARTIAL: u8 = 1;
const MARKER: u8 = 0;

/// Which of the container's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    pub(crate) const ALL: [Self; 2] = [Self::Stdout, Self::Stderr];

    fn number(self) -> u8 {
        match self {
            Self::Stdout => 1,
            Self::Stderr => 2,
        }
    }
}

/// One value for each stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerStream<T> {
    pub(crate) stdout: T,
    pub(crate) stderr: T,
}

impl<T> PerStream<T> {
    pub(crate) fn get(&self, stream: Stream) -> &T {
        match stream {
            Stream::Stdout => &self.stdout,
            Stream::Stderr => &self.stderr,
        }
    }

    pub(crate) fn get_mut(&mut self, stream: Stream) -> &mut T {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }
}

/// A line of output, or a part of a very long one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it was written.
    pub stream: Stream,
    /// When the shim read its end.
    pub at: Timestamp,
    /// Its place among the container's records: unique, rising, equal however often it is read.
    /// A sink that remembers the highest one it took tells new from old. It counts bytes, with
    /// one for each line's end; gaps are dropped lines.
    pub offset: u64,
    /// True when the line goes on in the stream's next record.
    pub partial: bool,
    /// The line without its newline; at most [`MAX_EVENT_BYTES`].
    pub bytes: Vec<u8>,
}

/// Where a segment starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) offset: u64,
    pub(super) ends: PerStream<u64>,
    pub(super) dropped: u64,
}

impl SegmentHeader {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SEGMENT_HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        for number in [
            self.offset,
            self.ends.stdout,
            self.ends.stderr,
            self.dropped,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes.get(..SEGMENT_HEADER_BYTES)?);
        let summed = bytes.get(..40)?;
        if fields.array::<8>()? != MAGIC {
            return None;
        }
        let header = Self {
            offset: fields.u64()?,
            ends: PerStream {
                stdout: fields.u64()?,
                stderr: fields.u64()?,
            },
            dropped: fields.u64()?,
        };
        (fields.u32()? == checksum(summed)).then_some(header)
    }
}

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A record, and where its stream stands after it.
    Record { record: Record, end: u64 },
    /// Lines dropped since the container's start.
    Dropped { count: u64 },
}

/// What the front of a byte string is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A whole frame of so many bytes.
    Frame(Frame, usize),
    /// The beginning of a frame; more may come.
    Incomplete,
    /// No frame, and never one.
    Corrupt,
}

/// Appends a record's frame.
pub(super) fn encode_record(
    out: &mut Vec<u8>,
    stream: Stream,
    at: Timestamp,
    offset: u64,
    partial: bool,
    end: u64,
    body: &[u8],
) {
    let flags = if partial { FLAG_PARTIAL } else { 0 };
    encode(
        out,
        stream.number(),
        flags,
        at.as_millis(),
        offset,
        end,
        body,
    );
}

/// Appends a count of dropped lines.
pub(super) fn encode_dropped(out: &mut Vec<u8>, at: Timestamp, offset: u64, count: u64) {
    encode(out, MARKER, 0, at.as_millis(), offset, count, &[]);
}

fn encode(
    out: &mut Vec<u8>,
    stream: u8,
    flags: u8,
    millis: i64,
    offset: u64,
    end: u64,
    body: &[u8],
) {
    let mut rest = Vec::with_capacity(FRAME_HEADER_BYTES - 8);
    rest.extend_from_slice(&[stream, flags, 0, 0, 0, 0, 0, 0]);
    rest.extend_from_slice(&millis.to_le_bytes());
    rest.extend_from_slice(&offset.to_le_bytes());
    rest.extend_from_slice(&end.to_le_bytes());
    let sum = checksum_of(&[&rest, body]);
    // A body is at most MAX_EVENT_BYTES.
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&sum.to_le_bytes());
    out.extend_from_slice(&rest);
    out.extend_from_slice(body);
}

/// Reads the frame at the front of `bytes`.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    if bytes.len() < FRAME_HEADER_BYTES {
        return Parsed::Incomplete;
    }
    let mut fields = Fields(bytes);
    let (Some(length), Some(sum)) = (fields.u32(), fields.u32()) else {
        return Parsed::Incomplete;
    };
    let length = length as usize;
    if length > MAX_EVENT_BYTES {
        return Parsed::Corrupt;
    }
    let whole = FRAME_HEADER_BYTES + length;
    let (Some(summed), Some(body)) = (bytes.get(8..whole), bytes.get(FRAME_HEADER_BYTES..whole))
    else {
        return Parsed::Incomplete;
    };
    if checksum(summed) != sum {
        return Parsed::Corrupt;
    }
    decode(fields, body).map_or(Parsed::Corrupt, |frame| Parsed::Frame(frame, whole))
}

fn decode(mut fields: Fields<'_>, body: &[u8]) -> Option<Frame> {
    let [stream, flags, ..] = fields.array::<8>()?;
    let at = Timestamp::from_millis(i64::from_le_bytes(fields.array()?));
    let offset = fields.u64()?;
    let end = fields.u64()?;
    let stream = match stream {
        MARKER => return Some(Frame::Dropped { count: end }),
        1 => Stream::Stdout,
        2 => Stream::Stderr,
        _ => return None,
    };
    Some(Frame::Record {
        record: Record {
            stream,
            at,
            offset,
            partial: flags & FLAG_PARTIAL != 0,
            bytes: body.to_owned(),
        },
        end,
    })
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    checksum_of(&[bytes])
}

/// FNV-1a with 32 bits (IETF draft-eastlake-fnv): enough to tell a torn frame from a whole one.
fn checksum_of(parts: &[&[u8]]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for part in parts {
        for byte in *part {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}
