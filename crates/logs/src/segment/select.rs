//! Reading: a page of events of some streams, in the order of their positions.
//!
//! Batches may overlap in time in any way, so nothing on disk is sorted. What is known of each
//! segment and block is what it spans; they are opened in the order of the least position that
//! they can hold, and the page is full when the next of them can hold nothing before its last
//! event. Memory holds one page and one block, whatever overlaps.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::tail::{Block, Span, Tail};
use super::{SegmentError, Segments, StreamRef, file, frame};
use crate::position::Position;

/// The most bytes of events in one page, counted as PutLogEvents counts them (AWS: "Each page
/// returned can contain up to 1 MB of log events").
const PAGE_MAX_BYTES: usize = 1_048_576;
/// What an event counts for beside its message, in bytes.
pub(crate) const EVENT_OVERHEAD_BYTES: usize = 26;
/// How much is read for one page before it is given as it is, for the caller to go on.
pub(crate) const SCAN_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// In which direction events are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The oldest first.
    Forward,
    /// The newest first.
    Backward,
}

/// Which messages are wanted.
pub(crate) type Matcher = Box<dyn Fn(&str) -> bool + Send>;
/// Whether a page has taken its time.
pub(crate) type Late = Box<dyn Fn() -> bool + Send>;

/// What is asked for.
pub(crate) struct Query {
    /// Of which streams.
    pub(crate) streams: Vec<(StreamRef, Arc<Tail>)>,
    /// In which direction.
    pub(crate) order: Order,
    /// Only what follows this position in that direction.
    pub(crate) after: Option<Position>,
    /// Only what happened then or later, ms since the epoch.
    pub(crate) earliest: i64,
    /// Only what happened then or before, ms since the epoch.
    pub(crate) latest: i64,
    /// At most so many.
    pub(crate) limit: usize,
    /// After so many bytes read, a page that is a step ahead is given as it is.
    pub(crate) scan_bytes: u64,
    /// The same once it is late.
    pub(crate) late: Late,
    /// Only what is wanted.
    pub(crate) matches: Matcher,
}

/// An event that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its place, which is its id.
    pub(crate) position: Position,
    /// When it happened, ms since the epoch.
    pub(crate) timestamp: i64,
    /// When it came, ms since the epoch.
    pub(crate) ingested: i64,
    /// What happened.
    pub(crate) message: String,
}

/// Some of the events asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// In the order asked for.
    pub(crate) events: Vec<Found>,
    /// Where to go on after; `None` when there is no more.
    pub(crate) next: Option<Position>,
}

/// A position as the order asked for sees it: what comes first is least.
type Rank = (u64, u64, u64);

fn rank(order: Order, position: Position) -> Rank {
    let (a, b, c) = (position.timestamp, position.stream, position.sequence);
    match order {
        Order::Forward => (a, b, c),
        Order::Backward => (!a, !b, !c),
    }
}

fn position(order: Order, rank: Rank) -> Position {
    let (timestamp, stream, sequence) = match order {
        Order::Forward => rank,
        Order::Backward => (!rank.0, !rank.1, !rank.2),
    };
    Position {
        timestamp,
        stream,
        sequence,
    }
}

/// The rank just before.
fn before(rank: Rank) -> Rank {
    match rank {
        (0, 0, 0) => rank,
        (a, 0, 0) => (a - 1, u64::MAX, u64::MAX),
        (a, b, 0) => (a, b - 1, u64::MAX),
        (a, b, c) => (a, b, c - 1),
    }
}

/// The time of events is checked when they come: it is not before the epoch.
fn unsigned(timestamp: i64) -> u64 {
    u64::try_from(timestamp).unwrap_or(0)
}

/// The least and the greatest rank that events within a span can have.
fn ranks(order: Order, stream: u64, span: &Span) -> (Rank, Rank) {
    let least = Position {
        timestamp: unsigned(span.earliest),
        stream,
        sequence: span.first,
    };
    let greatest = Position {
        timestamp: unsigned(span.latest),
        stream,
        sequence: span.last,
    };
    match order {
        Order::Forward => (rank(order, least), rank(order, greatest)),
        Order::Backward => (rank(order, greatest), rank(order, least)),
    }
}

/// What may hold events of the page.
#[derive(Clone, Copy)]
enum Candidate {
    Segment(StreamRef, u64),
    Block(StreamRef, u64, Block),
}

/// The page that is being filled, by rank.
struct Filling {
    events: BTreeMap<Rank, Found>,
    bytes: usize,
    limit: usize,
    /// The least rank that found no room.
    ceiling: Option<Rank>,
}

impl Filling {
    fn has_room_for(&self, rank: Rank) -> bool {
        self.ceiling.is_none_or(|ceiling| rank < ceiling)
    }

    fn insert(&mut self, rank: Rank, event: Found) {
        self.bytes += event.message.len() + EVENT_OVERHEAD_BYTES;
        self.events.insert(rank, event);
        while self.events.len() > self.limit
            || (self.bytes > PAGE_MAX_BYTES && self.events.len() > 1)
        {
            let Some((rank, event)) = self.events.pop_last() else {
                return;
            };
            self.bytes -= event.message.len() + EVENT_OVERHEAD_BYTES;
            self.ceiling = Some(rank);
        }
    }

    /// Nothing from this rank on can come in.
    fn is_full_before(&self, rank: Rank) -> bool {
        let last = self.events.last_key_value();
        !self.has_room_for(rank)
            || (self.events.len() >= self.limit && last.is_none_or(|(last, _)| *last < rank))
    }
}

/// One run through the segments.
struct Selection<'a> {
    segments: &'a Segments,
    query: &'a Query,
    /// Whether nobody waits for the page any more.
    given_up: &'a dyn Fn() -> bool,
    after: Option<Rank>,
    heap: BinaryHeap<Reverse<(Rank, usize)>>,
    candidates: Vec<Candidate>,
    filling: Filling,
    read_bytes: u64,
    file: Option<(StreamRef, u64, File)>,
}

/// Finds a page, unless it is given up meanwhile. Blocks on the disk, and on costly patterns.
pub(super) fn select(
    segments: &Segments,
    query: &Query,
    given_up: &dyn Fn() -> bool,
) -> Result<Page, SegmentError> {
    let mut selection = Selection {
        segments,
        query,
        given_up,
        after: query.after.map(|position| rank(query.order, position)),
        heap: BinaryHeap::new(),
        candidates: Vec::new(),
        filling: Filling {
            events: BTreeMap::new(),
            bytes: 0,
            limit: query.limit.max(1),
            ceiling: None,
        },
        read_bytes: 0,
        file: None,
    };
    for (stream, tail) in &query.streams {
        selection.offer_stream(*stream, tail)?;
    }
    selection.run()
}

impl Selection<'_> {
    fn offer_stream(&mut self, stream: StreamRef, tail: &Tail) -> Result<(), SegmentError> {
        if tail.length == 0 {
            return Ok(());
        }
        // None of the stream's events is in the time asked for: no need to look closer.
        let times = tail.sums.times;
        if times.is_none_or(|(earliest, latest)| !self.is_asked_for(earliest, latest)) {
            return Ok(());
        }
        for number in tail.oldest..tail.newest {
            let span = self.segments.sealed_span(stream, number);
            if let Some(span) = self.unless_gone(stream, number, span)?.flatten() {
                self.offer(&span, stream, Candidate::Segment(stream, number));
            }
        }
        for block in &tail.blocks.0 {
            let candidate = Candidate::Block(stream, tail.newest, *block);
            self.offer(&block.span, stream, candidate);
        }
        Ok(())
    }

    /// What was read of a segment; `None` where it was removed since the page was begun.
    fn unless_gone<T>(
        &self,
        stream: StreamRef,
        number: u64,
        read: Result<T, SegmentError>,
    ) -> Result<Option<T>, SegmentError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.is_not_found() && self.segments.is_gone(stream, number) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_asked_for(&self, earliest: i64, latest: i64) -> bool {
        latest >= self.query.earliest && earliest <= self.query.latest
    }

    fn offer(&mut self, span: &Span, stream: StreamRef, candidate: Candidate) {
        let (least, greatest) = ranks(self.query.order, stream.id, span);
        let passed = self.after.is_some_and(|after| greatest <= after);
        if !passed && self.is_asked_for(span.earliest, span.latest) {
            self.heap.push(Reverse((least, self.candidates.len())));
            self.candidates.push(candidate);
        }
    }

    fn run(mut self) -> Result<Page, SegmentError> {
        let begin = self.heap.peek().map(|Reverse((least, _))| *least);
        let floor = self.after.max(begin);
        let mut cut = None;
        let mut more = false;
        while let Some(Reverse((least, index))) = self.heap.pop() {
            if self.filling.is_full_before(least) {
                more = true;
                break;
            }
            // All before `least` is known; a page that ends there is a step ahead.
            if (self.read_bytes >= self.query.scan_bytes || (self.query.late)())
                && floor.is_none_or(|floor| before(least) > floor)
            {
                cut = Some(least);
                break;
            }
            match self.candidates.get(index).copied() {
                Some(Candidate::Segment(stream, number)) => {
                    let index = self.segments.sealed_index(stream, number);
                    let Some(index) = self.unless_gone(stream, number, index)? else {
                        continue;
                    };
                    for block in &index.0 {
                        let candidate = Candidate::Block(stream, number, *block);
                        self.offer(&block.span, stream, candidate);
                    }
                }
                Some(Candidate::Block(stream, number, block)) => {
                    self.read(stream, number, &block)?;
                }
                None => {}
            }
        }
        Ok(self.page(cut, more))
    }

    fn page(self, cut: Option<Rank>, more: bool) -> Page {
        let order = self.query.order;
        let mut events = self.filling.events;
        if let Some(cut) = cut {
            events.split_off(&cut);
        }
        let last = events.last_key_value().map(|(rank, _)| *rank);
        let next = match cut {
            Some(cut) => Some(before(cut)),
            None if more || self.filling.ceiling.is_some() => last,
            None => None,
        };
        Page {
            events: events.into_values().collect(),
            next: next.map(|rank| position(order, rank)),
        }
    }

    fn read(&mut self, stream: StreamRef, number: u64, block: &Block) -> Result<(), SegmentError> {
        let path = file::path(&stream.folder(&self.segments.root), number);
        let open = self
            .file
            .take_if(|(of, at, _)| *of == stream && *at == number);
        let opened = match open {
            Some((_, _, opened)) => opened,
            None => {
                let opened = File::open(&path).map_err(SegmentError::io("open", &path));
                match self.unless_gone(stream, number, opened)? {
                    Some(opened) => opened,
                    None => return Ok(()),
                }
            }
        };
        let mut bytes = vec![0; block.length as usize];
        opened
            .read_exact_at(&mut bytes, block.offset)
            .map_err(SegmentError::io("read", &path))?;
        self.file = Some((stream, number, opened));
        self.read_bytes += u64::from(block.length);

        let query = self.query;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let damaged = || SegmentError::Damaged {
                path: path.clone(),
                at: block.offset + (bytes.len() - rest.len()) as u64,
                what: "a batch of events is not sound",
            };
            let frame = frame::parse(rest).ok_or_else(damaged)?;
            for event in frame.events() {
                if (self.given_up)() {
                    return Err(SegmentError::Closed);
                }
                let event = event.ok_or_else(damaged)?;
                let found = Position {
                    timestamp: unsigned(event.timestamp),
                    stream: stream.id,
                    sequence: event.sequence,
                };
                let rank = rank(query.order, found);
                let wanted = self.after.is_none_or(|after| rank > after)
                    && self.is_asked_for(event.timestamp, event.timestamp)
                    && self.filling.has_room_for(rank)
                    && (query.matches)(event.message);
                if wanted {
                    let event = Found {
                        position: found,
                        timestamp: event.timestamp,
                        ingested: frame.head.ingested,
                        message: event.message.to_owned(),
                    };
                    self.filling.insert(rank, event);
                }
            }
            rest = rest.get(frame.length..).unwrap_or_default();
        }
        Ok(())
    }
}
