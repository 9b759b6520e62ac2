//! What is known of a stream: its sums, and a sparse index of the segment that grows.

use super::frame::{Head, Source};

/// How many bytes of frames one entry of the index stands for, at least.
const BLOCK_MIN_BYTES: u32 = 64 * 1024;
/// Of how many containers a stream remembers the offset. An awslogs stream has one; more only
/// where people name streams themselves. The one that was not heard of for longest is forgotten.
pub(super) const SOURCES_MAX: usize = 64;

/// Frames that lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) span: Span,
}

/// What events span, in time and in sequence; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Span {
    pub(super) earliest: i64,
    pub(super) latest: i64,
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Span {
    fn of(head: &Head) -> Self {
        Self {
            earliest: head.earliest,
            latest: head.latest,
            first: head.first_sequence,
            last: head.first_sequence + u64::from(head.count).saturating_sub(1),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            earliest: self.earliest.min(other.earliest),
            latest: self.latest.max(other.latest),
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// The sparse index of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks(pub(super) Vec<Block>);

impl Blocks {
    /// Takes in a frame that follows those taken in before.
    pub(super) fn push(&mut self, offset: u64, length: u32, head: &Head) {
        let span = Span::of(head);
        match self.0.last_mut() {
            Some(last) if last.length < BLOCK_MIN_BYTES => {
                last.length += length;
                last.span = last.span.with(span);
            }
            _ => self.0.push(Block {
                offset,
                length,
                span,
            }),
        }
    }

    /// What the segment spans; `None` when it has no events.
    pub(super) fn span(&self) -> Option<Span> {
        self.0.iter().map(|block| block.span).reduce(Span::with)
    }
}

/// The sums of a stream, as each segment begins with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Sums {
    /// The sequence of the next event.
    pub(crate) next_sequence: u64,
    /// The earliest and the latest timestamp, ms.
    pub(crate) times: Option<(i64, i64)>,
    /// When the last batch came, ms.
    pub(crate) last_ingestion: Option<i64>,
    /// How far each container's output is here; the one heard of last stands last.
    pub(crate) sources: Vec<Source>,
}

impl Sums {
    /// Takes in a batch.
    pub(super) fn add(&mut self, head: &Head) {
        self.next_sequence = head.first_sequence + u64::from(head.count);
        self.times = Some(match self.times {
            Some((earliest, latest)) => (earliest.min(head.earliest), latest.max(head.latest)),
            None => (head.earliest, head.latest),
        });
        self.last_ingestion = Some(head.ingested);
        if let Some(source) = &head.source {
            self.sources
                .retain(|known| known.container != source.container);
            self.sources.push(source.clone());
            if self.sources.len() > SOURCES_MAX {
                self.sources.remove(0);
            }
        }
    }

    /// Up to which offset a container's output is here.
    pub(super) fn offset_of(&self, container: &str) -> Option<u64> {
        let known = self
            .sources
            .iter()
            .find(|known| known.container == container);
        known.map(|source| source.offset)
    }
}

/// A stream as it is on disk, durably.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The number of the oldest segment.
    pub(super) oldest: u64,
    /// The number of the segment that grows.
    pub(super) newest: u64,
    /// How long the newest segment is, in bytes; 0 when the stream has none.
    pub(super) length: u64,
    /// The index of the newest segment.
    pub(super) blocks: Blocks,
    /// When the newest segment's first batch came, ms.
    pub(super) begun: Option<i64>,
    /// The sums.
    pub(crate) sums: Sums,
}

impl Tail {
    /// About how much memory it takes, in bytes.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>()
            + self.blocks.0.len() * size_of::<Block>()
            + self.sums.sources.len() * (size_of::<Source>() + 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(first_sequence: u64, earliest: i64, latest: i64, source: Option<Source>) -> Head {
        Head {
            ingested: 9,
            first_sequence,
            earliest,
            latest,
            count: 2,
            source,
        }
    }

    #[test]
    fn small_frames_share_a_block() {
        let mut blocks = Blocks::default();
        blocks.push(100, 10, &head(0, 5, 6, None));
        blocks.push(110, BLOCK_MIN_BYTES, &head(2, 3, 4, None));
        blocks.push(110 + u64::from(BLOCK_MIN_BYTES), 10, &head(4, 7, 8, None));
        assert_eq!(blocks.0.len(), 2);
        assert_eq!(blocks.0[0].length, BLOCK_MIN_BYTES + 10);
        let span = blocks.span().unwrap();
        assert_eq!((span.earliest, span.latest), (3, 8));
        assert_eq!((span.first, span.last), (0, 5));
    }

    #[test]
    fn the_container_not_heard_of_for_longest_is_forgotten() {
        let mut sums = Sums::default();
        let source = |number: usize, offset| Source {
            container: format!("c{number}"),
            offset,
        };
        for number in 0..SOURCES_MAX {
            sums.add(&head(0, 0, 0, Some(source(number, 1))));
        }
        sums.add(&head(0, 0, 0, Some(source(0, 2))));
        sums.add(&head(0, 0, 0, Some(source(SOURCES_MAX, 1))));
        assert_eq!(sums.offset_of("c0"), Some(2));
        assert_eq!(sums.offset_of("c1"), None);
        assert_eq!(sums.sources.len(), SOURCES_MAX);
    }
}
