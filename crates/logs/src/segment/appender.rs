//! The growing end of one stream. Batches are gathered, written with one write and made durable
//! with one sync; a batch is whole or not there.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::frame::{self, Source};
use super::tail::{Blocks, Tail};
use super::{SegmentError, file};

/// A segment takes batches for no longer than this after its first, so that what has expired can
/// go a day later at most: segments go as a whole.
const SEGMENT_MAX_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// An event that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewEvent {
    /// When it happened, ms since the epoch.
    pub(crate) timestamp: i64,
    /// What happened.
    pub(crate) message: String,
    /// Its own offset among its container's output, where the batch says it event by event.
    pub(crate) offset: Option<u64>,
}

/// Events that came together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// When they came, ms since the epoch.
    pub(crate) ingested: i64,
    /// In chronological order.
    pub(crate) events: Vec<NewEvent>,
    /// Where they come from, when a resend is to be told from news.
    pub(crate) source: Option<Source>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The sequence of the event that will come next.
    pub(crate) next: u64,
    /// How many of the batch's events were taken: its last ones; the others were there.
    pub(crate) taken: usize,
}

impl Drop for Appender {
    fn drop(&mut self) {
        // The last chance, for a stream that is closed while a failed write is not cut off.
        if let Err(error) = self.repair() {
            tracing::error!(%error, "what a failed write left of a log segment stays there");
        }
    }
}

/// The growing end of a stream.
pub(super) struct Appender {
    folder: PathBuf,
    file: File,
    /// Frames that are not written yet.
    pending: Vec<u8>,
    /// With what is pending.
    tail: Tail,
    /// Without.
    durable: Tail,
    /// A write failed, and what it left could not be cut off yet.
    torn: bool,
    /// Bytes made durable since it was opened.
    flushed: u64,
}

impl Appender {
    /// Opens the stream in `folder`; `None` when it has no segment. What a crash tore off is cut
    /// away.
    pub(super) fn open(folder: &Path) -> Result<Option<Self>, SegmentError> {
        let Some((oldest, newest)) = file::ends(folder)? else {
            return Ok(None);
        };
        let path = file::path(folder, newest);
        let scan = file::scan(&path)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(SegmentError::io("open", &path))?;
        if scan.whole < scan.length {
            tracing::warn!(
                path = %path.display(),
                bytes = scan.length - scan.whole,
                "cut off a batch of log events that a crash tore before it was acknowledged"
            );
            file.set_len(scan.whole)
                .map_err(SegmentError::io("truncate", &path))?;
        }
        // What a killed process wrote and did not sync counts from now on, so it is synced.
        file.sync_data().map_err(SegmentError::io("sync", &path))?;
        let tail = Tail {
            oldest,
            newest,
            length: scan.whole,
            blocks: scan.blocks,
            begun: scan.begun,
            sums: scan.sums,
        };
        Ok(Some(Self::at(folder, file, tail)))
    }

    /// Makes the first segment of a stream, and its folder in that of its group.
    pub(super) fn create(folder: &Path) -> Result<Self, SegmentError> {
        if let Some(group) = folder.parent() {
            file::create_folder(group)?;
        }
        file::create_folder(folder)?;
        let (file, length) = file::create(folder, 0, &file::Header::default())?;
        let tail = Tail {
            length,
            ..Tail::default()
        };
        Ok(Self::at(folder, file, tail))
    }

    fn at(folder: &Path, file: File, tail: Tail) -> Self {
        Self {
            folder: folder.to_owned(),
            file,
            pending: Vec::new(),
            durable: tail.clone(),
            tail,
            torn: false,
            flushed: 0,
        }
    }

    /// How many bytes were made durable since it was opened.
    pub(super) fn flushed_bytes(&self) -> u64 {
        self.flushed
    }

    /// The stream as it is on disk, durably.
    pub(super) fn durable(&self) -> &Tail {
        &self.durable
    }

    /// The sequence of the event that comes next.
    pub(super) fn next_sequence(&self) -> u64 {
        self.tail.sums.next_sequence
    }

    /// Takes a batch in, to be made durable by [`Appender::flush`], and says how many of its events. What
    /// the same container sent before is left out. Segments longer than `segment_bytes` are ended.
    pub(super) fn append(
        &mut self,
        mut batch: Batch,
        segment_bytes: u64,
    ) -> Result<usize, SegmentError> {
        self.repair()?;
        if let Some(source) = &batch.source
            && let Some(known) = self.tail.sums.offset_of(&source.container)
        {
            if source.offset <= known {
                return Ok(0);
            }
            batch
                .events
                .retain(|event| event.offset.is_none_or(|offset| offset > known));
        }
        if batch.events.is_empty() {
            return Ok(0);
        }
        // What spans no more than a time can be removed when that has expired.
        let is_old = self
            .tail
            .begun
            .is_some_and(|begun| batch.ingested.saturating_sub(begun) > SEGMENT_MAX_MILLIS);
        let is_full = self.tail.length >= segment_bytes && !self.tail.blocks.0.is_empty();
        if is_full || is_old {
            self.flush()?;
            self.roll()?;
        }
        let events: Vec<(i64, &str)> = batch
            .events
            .iter()
            .map(|event| (event.timestamp, event.message.as_str()))
            .collect();
        let before = self.pending.len();
        let head = frame::encode(
            &mut self.pending,
            batch.ingested,
            self.tail.sums.next_sequence,
            batch.source.as_ref(),
            &events,
        );
        let length = u32::try_from(self.pending.len() - before).unwrap_or(u32::MAX);
        self.tail.blocks.push(self.tail.length, length, &head);
        self.tail.sums.add(&head);
        self.tail.begun.get_or_insert(head.ingested);
        self.tail.length += u64::from(length);
        Ok(events.len())
    }

    /// Makes durable what was taken in. When that fails, none of it was taken.
    pub(super) fn flush(&mut self) -> Result<(), SegmentError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let path = file::path(&self.folder, self.durable.newest);
        let written = self
            .file
            .write_all_at(&self.pending, self.durable.length)
            .and_then(|()| self.file.sync_data());
        let bytes = self.pending.len() as u64;
        self.pending.clear();
        match written {
            Ok(()) => {
                self.flushed += bytes;
                self.durable = self.tail.clone();
                Ok(())
            }
            Err(error) => {
                self.tail = self.durable.clone();
                self.torn = true;
                // Cut off at once if that can be, else before the next batch.
                let _ = self.repair();
                Err(SegmentError::io("append to", &path)(error))
            }
        }
    }

    /// Cuts off what a failed write left. After a failed sync the pages in memory cannot be
    /// trusted to be on disk, so they must not be read back as if they were.
    fn repair(&mut self) -> Result<(), SegmentError> {
        if !self.torn {
            return Ok(());
        }
        let path = file::path(&self.folder, self.durable.newest);
        self.file
            .set_len(self.durable.length)
            .and_then(|()| self.file.sync_data())
            .map_err(SegmentError::io("truncate", &path))?;
        self.torn = false;
        Ok(())
    }

    /// Removes the segments, from the oldest on, in which every event happened before `cutoff`, ms
    /// since the epoch. The newest is ended for that, so that what the stream knows of itself
    /// stays. All is flushed. Gives how many bytes it freed.
    pub(super) fn expire(&mut self, cutoff: i64) -> Result<u64, SegmentError> {
        self.repair()?;
        let is_over = |span: Option<super::Span>| span.is_none_or(|span| span.latest < cutoff);
        let newest = self.durable.blocks.span();
        if newest.is_some() && is_over(newest) {
            self.roll()?;
        }
        let mut freed = 0;
        while self.durable.oldest < self.durable.newest {
            let next = file::path(&self.folder, self.durable.oldest + 1);
            if !is_over(file::header(&next)?.previous) {
                break;
            }
            let path = file::path(&self.folder, self.durable.oldest);
            let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            std::fs::remove_file(&path).map_err(SegmentError::io("remove", &path))?;
            freed += bytes;
            self.durable.oldest += 1;
            self.tail.oldest = self.durable.oldest;
        }
        if freed > 0 {
            file::sync_folder(&self.folder)?;
        }
        Ok(freed)
    }

    /// For tests of what happens when the disk fails.
    #[cfg(test)]
    pub(super) fn swap_file(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    /// Ends the segment and begins the next.
    fn roll(&mut self) -> Result<(), SegmentError> {
        let number = self.durable.newest + 1;
        let header = file::Header {
            sums: self.durable.sums.clone(),
            previous: self.durable.blocks.span(),
        };
        let (file, length) = file::create(&self.folder, number, &header)?;
        self.file = file;
        self.tail.newest = number;
        self.tail.length = length;
        self.tail.blocks = Blocks::default();
        self.tail.begun = None;
        self.durable = self.tail.clone();
        Ok(())
    }
}
