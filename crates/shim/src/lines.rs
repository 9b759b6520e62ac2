//! From the bytes of a stream to lines.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use crate::ShimError;
use crate::spool::MAX_EVENT_BYTES;

/// The tail file's header: where in the stream the tail starts, and its length.
const TAIL_HEADER_BYTES: u64 = 16;
/// What the buffer keeps of its memory between lines.
const KEPT_BUFFER_BYTES: usize = 16 * 1024;

/// A line, or a part of one longer than [`MAX_EVENT_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) bytes: &'a [u8],
    /// The line goes on in the next one.
    pub(crate) partial: bool,
    /// The stream's position behind it, newline included.
    pub(crate) end: u64,
}

/// Cuts one stream into lines. A line that has not ended is kept here and, through
/// [`Lines::save_tail`], in a file, so that the shim's death does not lose it.
#[derive(Debug)]
pub(crate) struct Lines {
    pending: Vec<u8>,
    start: u64,
    tail: File,
    tail_start: Option<u64>,
    tail_bytes: usize,
}

impl Lines {
    /// Goes on at the stream's position `end`, with the tail that an earlier shim saved for it.
    pub(crate) fn open(tail_path: &Path, end: u64) -> Result<Self, ShimError> {
        let tail = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(tail_path)
            .map_err(ShimError::io("open", tail_path))?;
        let pending = saved_tail(&tail, end).unwrap_or_default();
        Ok(Self {
            pending,
            start: end,
            tail,
            tail_start: None,
            tail_bytes: 0,
        })
    }

    /// Takes what was read; `emit` gets every line that has ended, in order.
    pub(crate) fn push(&mut self, mut chunk: &[u8], emit: &mut dyn FnMut(Line<'_>)) {
        while let Some(newline) = chunk.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = chunk.split_at(newline);
            self.extend(line, emit);
            self.start += self.pending.len() as u64 + 1;
            emit(Line {
                bytes: &self.pending,
                partial: false,
                end: self.start,
            });
            self.pending.clear();
            chunk = rest.get(1..).unwrap_or_default();
        }
        self.extend(chunk, emit);
        if self.pending.len() < KEPT_BUFFER_BYTES {
            self.pending.shrink_to(KEPT_BUFFER_BYTES);
        }
    }

    /// Ends the stream: what is pending is a line.
    pub(crate) fn finish(&mut self, emit: &mut dyn FnMut(Line<'_>)) {
        if !self.pending.is_empty() {
            self.start += self.pending.len() as u64;
            emit(Line {
                bytes: &self.pending,
                partial: false,
                end: self.start,
            });
            self.pending = Vec::new();
        }
    }

    /// Saves what is pending. To be called once the lines before it are in the spool: their end
    /// is what tells a living tail from a stale one.
    pub(crate) fn save_tail(&mut self) -> std::io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.tail_start != Some(self.start) {
            self.tail_start = Some(self.start);
            self.tail_bytes = 0;
        }
        let news = self.pending.get(self.tail_bytes..).unwrap_or_default();
        self.tail
            .write_all_at(news, TAIL_HEADER_BYTES + self.tail_bytes as u64)?;
        self.tail_bytes = self.pending.len();
        let mut header = [0; TAIL_HEADER_BYTES as usize];
        let (start, length) = header.split_at_mut(8);
        start.copy_from_slice(&self.start.to_le_bytes());
        length.copy_from_slice(&(self.tail_bytes as u64).to_le_bytes());
        self.tail.write_all_at(&header, 0)
    }

    fn extend(&mut self, mut bytes: &[u8], emit: &mut dyn FnMut(Line<'_>)) {
        while self.pending.len() + bytes.len() > MAX_EVENT_BYTES {
            let room = MAX_EVENT_BYTES - self.pending.len();
            let (front, back) = bytes.split_at(room.min(bytes.len()));
            self.pending.extend_from_slice(front);
            bytes = back;
            let cut = character_boundary(&self.pending);
            self.start += cut as u64;
            let (part, _) = self.pending.split_at(cut);
            emit(Line {
                bytes: part,
                partial: true,
                end: self.start,
            });
            self.pending.drain(..cut);
        }
        self.pending.extend_from_slice(bytes);
    }
}

/// Where to cut so that no UTF-8 character is halved; the whole length when it is not UTF-8.
fn character_boundary(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => error.valid_up_to(),
        _ => bytes.len(),
    }
}

/// The saved tail, if it belongs to the position `end`.
fn saved_tail(file: &File, end: u64) -> Option<Vec<u8>> {
    let mut start = [0; 8];
    let mut length = [0; 8];
    file.read_exact_at(&mut start, 0).ok()?;
    file.read_exact_at(&mut length, 8).ok()?;
    let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
    if u64::from_le_bytes(start) != end || length > MAX_EVENT_BYTES {
        return None;
    }
    let mut tail = vec![0; length];
    file.read_exact_at(&mut tail, TAIL_HEADER_BYTES).ok()?;
    Some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collect(lines: &mut Lines, chunk: &[u8]) -> Vec<(Vec<u8>, bool, u64)> {
        let mut out = Vec::new();
        lines.push(chunk, &mut |line| {
            out.push((line.bytes.to_vec(), line.partial, line.end));
        });
        out
    }

    #[test]
    fn lines_are_cut_at_newlines_and_the_rest_waits() {
        let folder = tempfile::tempdir().unwrap();
        let mut lines = Lines::open(&folder.path().join("tail"), 0).unwrap();
        assert_eq!(
            collect(&mut lines, b"a\n\nbc"),
            [(b"a".to_vec(), false, 2), (b"".to_vec(), false, 3)]
        );
        assert_eq!(collect(&mut lines, b"d\n"), [(b"bcd".to_vec(), false, 7)]);
        assert_eq!(collect(&mut lines, b"end"), []);
        let mut last = Vec::new();
        lines.finish(&mut |line| last.push((line.bytes.to_vec(), line.partial)));
        assert_eq!(last, [(b"end".to_vec(), false)]);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_one_event() {
        let folder = tempfile::tempdir().unwrap();
        let mut lines = Lines::open(&folder.path().join("tail"), 0).unwrap();
        let mut text = vec![b'x'; MAX_EVENT_BYTES];
        text.push(b'\n');
        let out = collect(&mut lines, &text);
        assert_eq!(out.len(), 1);
        assert!(!out[0].1);
    }

    #[test]
    fn a_longer_line_is_split_and_characters_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut lines = Lines::open(&folder.path().join("tail"), 0).unwrap();
        let mut text = vec![b'x'; MAX_EVENT_BYTES - 1];
        text.extend_from_slice("é tail\n".as_bytes());
        let out = collect(&mut lines, &text);
        assert_eq!(out.len(), 2);
        assert_eq!((out[0].0.len(), out[0].1), (MAX_EVENT_BYTES - 1, true));
        assert_eq!(out[1].0, "é tail".as_bytes());
        assert_eq!(out[1].2, text.len() as u64);
    }

    #[test]
    fn a_saved_tail_is_taken_up_and_a_stale_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tail");
        let mut lines = Lines::open(&path, 0).unwrap();
        collect(&mut lines, b"first\nhal");
        lines.save_tail().unwrap();
        collect(&mut lines, b"f a ");
        lines.save_tail().unwrap();
        let mut again = Lines::open(&path, 6).unwrap();
        assert_eq!(
            collect(&mut again, b"line\n"),
            [(b"half a line".to_vec(), false, 18)]
        );
        let mut later = Lines::open(&path, 18).unwrap();
        assert_eq!(collect(&mut later, b"x\n"), [(b"x".to_vec(), false, 20)]);
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..500), cut in 1_usize..50) {
            let folder = tempfile::tempdir().unwrap();
            let mut whole = Lines::open(&folder.path().join("a"), 0).unwrap();
            let mut pieces = Lines::open(&folder.path().join("b"), 0).unwrap();
            let expected = collect(&mut whole, &text);
            let mut out = Vec::new();
            for chunk in text.chunks(cut) {
                out.extend(collect(&mut pieces, chunk));
            }
            prop_assert_eq!(out, expected);
        }
    }
}
