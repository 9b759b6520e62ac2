//! The bytes of a frame: one batch of events, whole or not there. All integers are little-endian.
//!
//! | frame | bytes | | event | bytes |
//! | --- | --- | --- | --- | --- |
//! | length of all that follows the checksum | 4 | | timestamp, ms | 8 |
//! | CRC-32 of it | 4 | | length of the message | 4 |
//! | ingestion time, ms | 8 | | message, UTF-8 | |
//! | sequence of the first event | 8 | | | |
//! | earliest timestamp, ms | 8 | | | |
//! | latest timestamp, ms | 8 | | | |
//! | number of events | 4 | | | |
//! | length of the container's id; 0: no source | 2 | | | |
//! | zero | 2 | | | |
//! | the container's id, then its offset in 8 bytes | | | | |
//! | the events | | | | |

/// The most bytes of messages in one batch: PutLogEvents takes 1,048,576, overhead included.
pub(crate) const BATCH_MESSAGES_MAX_BYTES: usize = 1_048_576;
/// The most events of one batch (AWS: "The maximum number of log events in a batch is 10,000").
pub(crate) const BATCH_MAX_EVENTS: usize = 10_000;
/// The longest id of a container. Those of ECS are UUIDs, those of Docker 64 digits.
pub(crate) const CONTAINER_ID_MAX_BYTES: usize = 256;

const PREFIX_BYTES: usize = 8;
const HEAD_BYTES: usize = 48;
const EVENT_HEAD_BYTES: usize = 12;
/// The longest frame.
pub(super) const FRAME_MAX_BYTES: usize = HEAD_BYTES
    + CONTAINER_ID_MAX_BYTES
    + 8
    + BATCH_MESSAGES_MAX_BYTES
    + BATCH_MAX_EVENTS * EVENT_HEAD_BYTES;

/// Where a batch comes from: a container's output up to an offset.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Source {
    pub(crate) container: String,
    /// Of the batch's last event among the container's output.
    pub(crate) offset: u64,
}

/// What a frame says of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) ingested: i64,
    pub(super) first_sequence: u64,
    pub(super) earliest: i64,
    pub(super) latest: i64,
    pub(super) count: u32,
    pub(super) source: Option<Source>,
}

/// An event of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameEvent<'a> {
    pub(super) sequence: u64,
    pub(super) timestamp: i64,
    pub(super) message: &'a str,
}

/// A frame that was read.
pub(super) struct Frame<'a> {
    pub(super) head: Head,
    /// Of all of the frame.
    pub(super) length: usize,
    events: &'a [u8],
}

/// Appends a frame; says what its head is. `events` are a timestamp in ms and a message each.
pub(super) fn encode(
    out: &mut Vec<u8>,
    ingested: i64,
    first_sequence: u64,
    source: Option<&Source>,
    events: &[(i64, &str)],
) -> Head {
    let times = || events.iter().map(|(timestamp, _)| *timestamp);
    let head = Head {
        ingested,
        first_sequence,
        earliest: times().min().unwrap_or_default(),
        latest: times().max().unwrap_or_default(),
        count: u32::try_from(events.len()).unwrap_or(u32::MAX),
        source: source.cloned(),
    };
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX_BYTES]);
    out.extend_from_slice(&head.ingested.to_le_bytes());
    out.extend_from_slice(&head.first_sequence.to_le_bytes());
    out.extend_from_slice(&head.earliest.to_le_bytes());
    out.extend_from_slice(&head.latest.to_le_bytes());
    out.extend_from_slice(&head.count.to_le_bytes());
    let container = source.map_or("", |source| source.container.as_str());
    let container_length = u16::try_from(container.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&container_length.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    if let Some(source) = source {
        out.extend_from_slice(source.container.as_bytes());
        out.extend_from_slice(&source.offset.to_le_bytes());
    }
    for (timestamp, message) in events {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&timestamp.to_le_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(message.as_bytes());
    }
    if let Some((prefix, rest)) = out
        .get_mut(start..)
        .and_then(|frame| frame.split_first_chunk_mut::<PREFIX_BYTES>())
    {
        let length = u32::try_from(rest.len()).unwrap_or(u32::MAX);
        *prefix = prefix_of(length, crc32fast::hash(rest));
    }
    head
}

fn prefix_of(length: u32, sum: u32) -> [u8; PREFIX_BYTES] {
    (u64::from(length) | (u64::from(sum) << 32)).to_le_bytes()
}

/// Reads the frame at the front of `bytes`; `None` when no whole and sound one stands there.
pub(super) fn parse(bytes: &[u8]) -> Option<Frame<'_>> {
    let mut fields = Fields(bytes);
    let length = fields.u32()? as usize;
    let sum = fields.u32()?;
    if !(HEAD_BYTES - PREFIX_BYTES..=FRAME_MAX_BYTES).contains(&length) {
        return None;
    }
    let rest = fields.0.get(..length)?;
    if crc32fast::hash(rest) != sum {
        return None;
    }
    let mut fields = Fields(rest);
    let ingested = fields.i64()?;
    let first_sequence = fields.u64()?;
    let earliest = fields.i64()?;
    let latest = fields.i64()?;
    let count = fields.u32()?;
    // No batch is numbered beyond the last number, whatever its checksum says.
    first_sequence.checked_add(u64::from(count))?;
    let container_length = usize::from(u16::from_le_bytes(fields.array()?));
    fields.array::<2>()?;
    let source = if container_length == 0 {
        None
    } else {
        let container = fields.bytes(container_length)?;
        Some(Source {
            container: std::str::from_utf8(container).ok()?.to_owned(),
            offset: fields.u64()?,
        })
    };
    Some(Frame {
        head: Head {
            ingested,
            first_sequence,
            earliest,
            latest,
            count,
            source,
        },
        length: PREFIX_BYTES + length,
        events: fields.0,
    })
}

impl<'a> Frame<'a> {
    /// The events, in order; `None` in the place of one that is not as it was written.
    pub(super) fn events(&self) -> impl Iterator<Item = Option<FrameEvent<'a>>> {
        let mut fields = Fields(self.events);
        let first = self.head.first_sequence;
        (0..self.head.count).map(move |index| {
            let timestamp = fields.i64()?;
            let length = fields.u32()? as usize;
            let message = std::str::from_utf8(fields.bytes(length)?).ok()?;
            Some(FrameEvent {
                sequence: first + u64::from(index),
                timestamp,
                message,
            })
        })
    }
}

/// Reads integers off the front of bytes.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        let mut bytes = Vec::new();
        let source = Source {
            container: "c1".into(),
            offset: 77,
        };
        encode(&mut bytes, 5, 40, Some(&source), &[(3, "a"), (4, "bé")]);
        bytes
    }

    /// What is on disk.
    #[test]
    fn the_bytes_stay() {
        let mut bytes = Vec::new();
        encode(&mut bytes, 1, 2, None, &[(3, "x")]);
        let zeros = |count| "00".repeat(count);
        let expected = [
            "3500000074faed45".to_owned(),
            format!("01{}02{}", zeros(7), zeros(7)),
            format!("03{}03{}", zeros(7), zeros(7)),
            format!("01{}{}", zeros(3), zeros(4)),
            format!("03{}01{}78", zeros(7), zeros(3)),
        ];
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected.concat());
    }

    #[test]
    fn a_frame_reads_back() {
        let bytes = sample();
        let frame = parse(&bytes).unwrap();
        assert_eq!(frame.length, bytes.len());
        assert_eq!(frame.head.source.as_ref().unwrap().offset, 77);
        assert_eq!((frame.head.earliest, frame.head.latest), (3, 4));
        let events: Vec<_> = frame.events().map(Option::unwrap).collect();
        assert_eq!(events.len(), 2);
        assert_eq!((events[1].sequence, events[1].message), (41, "bé"));
    }

    #[test]
    fn a_frame_beyond_the_last_sequence_is_none() {
        let frame = |first| {
            let mut bytes = Vec::new();
            encode(&mut bytes, 5, first, None, &[(3, "a"), (4, "b")]);
            parse(&bytes).is_some()
        };
        assert!(frame(u64::MAX - 2));
        assert!(!frame(u64::MAX - 1));
    }

    proptest! {
        #[test]
        fn no_damaged_frame_is_taken(at in 0_usize..100, bit in 0_u8..8, cut in 1_usize..100) {
            let whole = sample();
            let mut flipped = whole.clone();
            let at = at % whole.len();
            flipped[at] ^= 1 << bit;
            prop_assert!(parse(&flipped).is_none());
            prop_assert!(parse(&whole[..whole.len() - cut.min(whole.len())]).is_none());
        }
    }
}
