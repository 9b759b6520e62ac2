//! The shim's side of the spool.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ambient::Timestamp;

use super::frame::{
    FRAME_HEADER_BYTES, Frame, Parsed, SEGMENT_HEADER_BYTES, SegmentHeader, Stream, encode_dropped,
    encode_record, parse,
};
use super::{segment_name, segments};
use crate::ShimError;
use crate::room::{RESERVED_FREE_BYTES, UNRESERVED_BYTES, is_short};
use crate::settings::{LogLimits, LogMode, MIN_SPOOL_BYTES};

/// Into how many segments a spool of the allowed size is cut: what is freed at once.
const SEGMENTS_PER_SPOOL: u64 = 8;
/// The smallest segment; a longer record still fits, since a segment is closed after it.
const MIN_SEGMENT_BYTES: u64 = 64 * 1024;
/// How many bytes are taken between two looks at the free space of the disk.
const FREE_SPACE_STEP_BYTES: u64 = 1024 * 1024;
/// What the buffer keeps of its memory between writes.
const KEPT_BUFFER_BYTES: usize = 64 * 1024;

/// Appends records; knows when the spool is full.
#[derive(Debug)]
pub(crate) struct Writer {
    folder: PathBuf,
    mode: LogMode,
    max_bytes: u64,
    /// How much of the disk a large spool leaves free.
    reserved_bytes: u64,
    /// The offset at which it is next looked how much is free.
    next_look: u64,
    /// Less than the reserve was free when it was last looked.
    disk_is_short: bool,
    segment_bytes: u64,
    /// Segments older than the current one, with their sizes; the reader deletes them.
    closed: VecDeque<(u64, u64)>,
    number: u64,
    /// `None` as long as there is no room for it.
    file: Option<File>,
    written: u64,
    buffer: Vec<u8>,
    buffered_records: u64,
    /// As the current segment's header says.
    start: SegmentHeader,
    header: SegmentHeader,
    announced_drops: u64,
    /// True where the spool was found full since it was last said that it may have room again.
    found_full: bool,
}

impl Writer {
    /// Goes on behind what is there, in a new segment. Where there is no room for one, it is made
    /// as soon as there is.
    pub(crate) fn open(folder: &Path, limits: LogLimits) -> Result<Self, ShimError> {
        fs::create_dir_all(folder).map_err(ShimError::io("create", folder))?;
        let numbers = segments(folder).map_err(ShimError::io("list", folder))?;
        let mut header = SegmentHeader::default();
        // Of the newest segment with a whole header; the one behind it may have been torn.
        for number in numbers.iter().rev() {
            if let Some(found) = scan(&folder.join(segment_name(*number)))? {
                header = found;
                break;
            }
        }
        let mut closed = VecDeque::new();
        for number in &numbers {
            let path = folder.join(segment_name(*number));
            closed.push_back((*number, fs::metadata(path).map_or(0, |file| file.len())));
        }
        let max_bytes = limits.max_bytes.max(MIN_SPOOL_BYTES);
        let number = numbers.last().map_or(0, |last| last.saturating_add(1));
        let file = create_segment(folder, number, &header).ok();
        Ok(Self {
            folder: folder.to_owned(),
            mode: limits.mode,
            max_bytes,
            reserved_bytes: RESERVED_FREE_BYTES,
            next_look: header.offset,
            disk_is_short: false,
            segment_bytes: (max_bytes / SEGMENTS_PER_SPOOL).max(MIN_SEGMENT_BYTES),
            closed,
            number,
            file,
            written: SEGMENT_HEADER_BYTES as u64,
            buffer: Vec::new(),
            buffered_records: 0,
            start: header,
            header,
            announced_drops: header.dropped,
            found_full: false,
        })
    }

    /// How far a stream has come: bytes read of it that are records here (or were dropped).
    pub(crate) fn end(&self, stream: Stream) -> u64 {
        *self.header.ends.get(stream)
    }

    /// Lines dropped since the container's start.
    pub(crate) fn dropped(&self) -> u64 {
        self.header.dropped
    }

    /// True when nothing more may be taken. Closes the current segment then, so that the reader
    /// can free it.
    pub(crate) fn is_full(&mut self) -> bool {
        if self.bytes() < self.limit_bytes() {
            return false;
        }
        self.forget_freed();
        if self.bytes() < self.limit_bytes() {
            return false;
        }
        // Failure to roll leaves it full; the next call tries again.
        if self.written > SEGMENT_HEADER_BYTES as u64 && self.flush().is_ok() {
            let _ = self.roll();
        }
        true
    }

    /// How long it may become now: as asked, but not into the reserve of the disk.
    fn limit_bytes(&mut self) -> u64 {
        if self.bytes().min(self.max_bytes) < UNRESERVED_BYTES {
            return self.max_bytes;
        }
        if self.disk_is_short || self.header.offset >= self.next_look {
            self.disk_is_short = is_short(&self.folder, self.reserved_bytes);
            self.next_look = self.header.offset + FREE_SPACE_STEP_BYTES;
        }
        if self.disk_is_short {
            UNRESERVED_BYTES
        } else {
            self.max_bytes
        }
    }

    /// For tests of a disk with little room.
    #[cfg(test)]
    pub(super) fn reserve(&mut self, bytes: u64) {
        self.reserved_bytes = bytes;
    }

    /// The reader may have freed segments: without this, a spool that was found full stays so for
    /// [`LogMode::NonBlocking`]. To look is a system call a segment, too much for each dropped line.
    pub(crate) fn look_for_room(&mut self) {
        self.found_full = false;
    }

    /// Takes a record. When the spool is full, `NonBlocking` drops and counts it; `Blocking` takes
    /// it, since the shim stops reading and what it had read is bounded.
    pub(crate) fn append(
        &mut self,
        stream: Stream,
        at: Timestamp,
        partial: bool,
        end: u64,
        body: &[u8],
    ) {
        let offset = self.header.offset;
        let line_end = u64::from(!partial);
        self.header.offset += body.len() as u64 + line_end;
        *self.header.ends.get_mut(stream) = end;
        if self.mode == LogMode::NonBlocking {
            self.found_full = self.found_full || self.is_full();
            if self.found_full {
                self.header.dropped += 1;
                return;
            }
        }
        self.announce_drops(at);
        encode_record(&mut self.buffer, stream, at, offset, partial, end, body);
        self.buffered_records += 1;
    }

    /// Tells the reader of drops that it has not heard of.
    pub(crate) fn announce_drops(&mut self, at: Timestamp) {
        if self.header.dropped > self.announced_drops {
            encode_dropped(
                &mut self.buffer,
                at,
                self.header.offset,
                self.header.dropped,
            );
            self.announced_drops = self.header.dropped;
        }
    }

    /// Writes what is buffered. After an error nothing of it is in the file and all of it still
    /// in the buffer.
    pub(crate) fn flush(&mut self) -> Result<(), ShimError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self
                .file
                .insert(create_segment(&self.folder, self.number, &self.start)?),
        };
        if let Err(source) = file.write_all(&self.buffer) {
            // A part may be there: without it the next attempt would double it.
            let path = self.folder.join(segment_name(self.number));
            file.set_len(self.written)
                .map_err(ShimError::io("shorten the torn segment", &path))?;
            return Err(ShimError::io("append to", &path)(source));
        }
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER_BYTES);
        self.buffered_records = 0;
        if self.written >= self.segment_bytes {
            self.roll()?;
        }
        Ok(())
    }

    /// Gives up what could not be written, and counts it.
    pub(crate) fn discard(&mut self) {
        self.header.dropped += self.buffered_records;
        self.buffered_records = 0;
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER_BYTES);
    }

    /// Makes what was written survive the loss of power.
    pub(crate) fn sync(&self) -> Result<(), ShimError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        file.sync_data()
            .map_err(ShimError::io("sync", &self.folder))
    }

    fn bytes(&self) -> u64 {
        let closed: u64 = self.closed.iter().map(|(_, bytes)| bytes).sum();
        closed + self.written + self.buffer.len() as u64
    }

    fn forget_freed(&mut self) {
        let folder = &self.folder;
        self.closed
            .retain(|(number, _)| folder.join(segment_name(*number)).exists());
    }

    fn roll(&mut self) -> Result<(), ShimError> {
        let number = self.number + 1;
        let file = create_segment(&self.folder, number, &self.header)?;
        self.start = self.header;
        self.file = Some(file);
        self.closed.push_back((self.number, self.written));
        self.number = number;
        self.written = SEGMENT_HEADER_BYTES as u64;
        Ok(())
    }
}

/// A segment appears under its name with its header whole.
fn create_segment(folder: &Path, number: u64, header: &SegmentHeader) -> Result<File, ShimError> {
    let path = folder.join(segment_name(number));
    let temporary = path.with_extension("tmp");
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(ShimError::io("create", &temporary))?;
    file.set_len(0)
        .and_then(|()| file.write_all(&header.encode()))
        .map_err(ShimError::io("write", &temporary))?;
    fs::rename(&temporary, &path).map_err(ShimError::io("rename to", &path))?;
    Ok(file)
}

/// Where the spool stands at a segment's end; `None` when its header is torn.
fn scan(path: &Path) -> Result<Option<SegmentHeader>, ShimError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(ShimError::io("read", path))?;
    let Some(mut header) = SegmentHeader::decode(&bytes) else {
        return Ok(None);
    };
    let mut rest = bytes.get(SEGMENT_HEADER_BYTES..).unwrap_or_default();
    while let Parsed::Frame(frame, length) = parse(rest) {
        match frame {
            Frame::Record { record, end } => {
                header.offset = record.offset
                    + (length - FRAME_HEADER_BYTES) as u64
                    + u64::from(!record.partial);
                *header.ends.get_mut(record.stream) = end;
            }
            Frame::Dropped { count } => header.dropped = count,
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(Some(header))
}
