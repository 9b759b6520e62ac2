//! The agent's side of the spool.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::frame::{
    FRAME_HEADER_BYTES, Frame, MAX_EVENT_BYTES, Parsed, Record, SEGMENT_HEADER_BYTES,
    SegmentHeader, parse,
};
use super::{segment_name, segments};
use crate::ShimError;
use crate::record::{self, Durability};

/// The cursor's file, beside the segments.
const CURSOR: &str = "cursor.json";
/// The most bytes of a segment held in memory: one longest frame and as much again.
const WINDOW_BYTES: usize = 2 * (MAX_EVENT_BYTES + FRAME_HEADER_BYTES);

/// How far a reader has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The segment.
    pub segment: u64,
    /// The byte in it.
    pub position: u64,
    /// Lines known to have been dropped by then.
    pub dropped: u64,
}

/// Reads records in order from the durable cursor on.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    cursor: Cursor,
    /// False until the cursor's segment was seen: there is none before the first output.
    placed: bool,
    file: Option<File>,
    window: Vec<u8>,
    /// Bytes of the window behind the cursor.
    consumed: usize,
}

impl Reader {
    /// A reader that goes on where [`Reader::acknowledge`] was last called.
    ///
    /// # Errors
    /// When the cursor cannot be read.
    pub fn open(folder: &Path) -> Result<Self, ShimError> {
        let cursor: Option<Cursor> = record::read(&folder.join(CURSOR))?;
        Ok(Self {
            folder: folder.to_owned(),
            placed: cursor.is_some(),
            cursor: cursor.unwrap_or_default(),
            file: None,
            window: Vec::new(),
            consumed: 0,
        })
    }

    /// Behind the last record that [`Reader::read`] gave.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Lines dropped before the cursor, since the container's start.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.cursor.dropped
    }

    /// The next records, until their bytes reach `max_bytes` (one record at least); none when
    /// nothing new is there now.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn read(&mut self, max_bytes: usize) -> Result<Vec<Record>, ShimError> {
        let mut records = Vec::new();
        let mut bytes = 0;
        while bytes < max_bytes {
            let record = match self.next() {
                // What was read is behind the cursor now, and would not be given again.
                Err(_) if !records.is_empty() => break,
                next => next?,
            };
            let Some(record) = record else { break };
            bytes += record.bytes.len();
            records.push(record);
        }
        Ok(records)
    }

    /// Makes `cursor` durable and frees the segments before it.
    ///
    /// # Errors
    /// When the cursor cannot be written or a segment not be deleted.
    pub fn acknowledge(&self, cursor: &Cursor) -> Result<(), ShimError> {
        record::write(&self.folder.join(CURSOR), cursor, Durability::Machine)?;
        let numbers = segments(&self.folder).map_err(ShimError::io("list", &self.folder))?;
        // The newest stays: a new writer learns from it where the container's output stands.
        let newest = numbers.last().copied().unwrap_or_default();
        for number in numbers {
            if number < cursor.segment && number < newest {
                let path = self.folder.join(segment_name(number));
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(ShimError::io("delete the consumed segment", &path)(error));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Record>, ShimError> {
        if !self.placed {
            let numbers = segments(&self.folder).map_err(ShimError::io("list", &self.folder))?;
            let Some(first) = numbers.first() else {
                return Ok(None);
            };
            self.cursor.segment = *first;
            self.placed = true;
        }
        // True once the next segment was seen to exist: the writer has left this one for good, so
        // what is not whole now never will be.
        let mut left = false;
        loop {
            match self.step()? {
                Step::Record(record) => return Ok(Some(record)),
                Step::Other => {}
                Step::End if left => self.enter(self.cursor.segment + 1),
                Step::End => {
                    let next = self.folder.join(segment_name(self.cursor.segment + 1));
                    if !next.exists() {
                        return Ok(None);
                    }
                    left = true;
                    continue;
                }
            }
            left = false;
        }
    }

    fn enter(&mut self, segment: u64) {
        self.cursor.segment = segment;
        self.cursor.position = 0;
        self.file = None;
        self.clear();
    }

    fn clear(&mut self) {
        self.window = Vec::new();
        self.consumed = 0;
    }

    fn ahead(&self) -> &[u8] {
        self.window.get(self.consumed..).unwrap_or_default()
    }

    fn step(&mut self) -> Result<Step, ShimError> {
        if self.cursor.position == 0 {
            self.fill()?;
            let Some(header) = SegmentHeader::decode(self.ahead()) else {
                return Ok(Step::End);
            };
            self.cursor.dropped = self.cursor.dropped.max(header.dropped);
            self.advance(SEGMENT_HEADER_BYTES);
        }
        let mut parsed = parse(self.ahead());
        if parsed == Parsed::Incomplete {
            self.fill()?;
            parsed = parse(self.ahead());
        }
        match parsed {
            Parsed::Frame(Frame::Record { record, .. }, length) => {
                self.advance(length);
                Ok(Step::Record(record))
            }
            Parsed::Frame(Frame::Dropped { count }, length) => {
                self.advance(length);
                self.cursor.dropped = self.cursor.dropped.max(count);
                Ok(Step::Other)
            }
            Parsed::Incomplete | Parsed::Corrupt => {
                // Read anew next time: bytes seen now may have been half-written.
                self.clear();
                Ok(Step::End)
            }
        }
    }

    fn advance(&mut self, length: usize) {
        self.consumed += length;
        self.cursor.position += length as u64;
    }

    /// Reads the segment from the cursor on, as far as the window reaches.
    fn fill(&mut self) -> Result<(), ShimError> {
        let path = self.folder.join(segment_name(self.cursor.segment));
        if self.file.is_none() {
            match File::open(&path) {
                Ok(file) => self.file = Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(ShimError::io("open", &path)(source)),
            }
        }
        self.clear();
        let Some(file) = &self.file else {
            return Ok(());
        };
        let length = file.metadata().map_err(ShimError::io("read", &path))?.len();
        let ahead = length.saturating_sub(self.cursor.position);
        let ahead = usize::try_from(ahead).map_or(WINDOW_BYTES, |ahead| ahead.min(WINDOW_BYTES));
        let mut window = vec![0; ahead];
        let mut filled = 0;
        while let Some(free) = window.get_mut(filled..).filter(|free| !free.is_empty()) {
            match file.read_at(free, self.cursor.position + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    // Opened anew next time.
                    self.file = None;
                    return Err(ShimError::io("read", &path)(source));
                }
            }
        }
        window.truncate(filled);
        self.window = window;
        Ok(())
    }
}

enum Step {
    Record(Record),
    Other,
    End,
}
