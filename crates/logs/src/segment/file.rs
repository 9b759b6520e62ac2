//! Segment files: their names, their headers, and the scan that finds what is whole in one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::SegmentError;
use super::frame::{self, FRAME_MAX_BYTES, Fields};
use super::tail::{Blocks, Span, Sums};

const MAGIC: [u8; 8] = *b"LSLOGS01";
/// Magic, length and checksum.
const HEADER_PREFIX_BYTES: usize = 16;
/// Longer than the sums of [`super::tail::SOURCES_MAX`] containers in JSON, every character of
/// their ids escaped.
const HEADER_MAX_BYTES: u64 = 256 * 1024;
/// A segment grows no longer than this, but for the batch that fills it.
pub(super) const SEGMENT_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// What a segment begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    /// The stream's sums before the first event of this segment.
    pub(super) sums: Sums,
    /// What the segment before this one spans.
    pub(super) previous: Option<Span>,
}

/// What is whole in a segment.
pub(super) struct Scan {
    pub(super) sums: Sums,
    pub(super) blocks: Blocks,
    /// When its first batch came, ms.
    pub(super) begun: Option<i64>,
    /// Up to where it is whole, in bytes.
    pub(super) whole: u64,
    /// How long it is, in bytes.
    pub(super) length: u64,
}

pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:016x}.log"))
}

/// The numbers of the oldest and the newest segment. What a crash left of a segment that was
/// being made is removed.
pub(super) fn ends(folder: &Path) -> Result<Option<(u64, u64)>, SegmentError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SegmentError::io("read the folder", folder)(error)),
    };
    let mut ends: Option<(u64, u64)> = None;
    for entry in entries {
        let entry = entry.map_err(SegmentError::io("read the folder", folder))?;
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if name.ends_with(".new") {
            let path = entry.path();
            fs::remove_file(&path).map_err(SegmentError::io("remove", &path))?;
        } else if let Some(number) = name
            .strip_suffix(".log")
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        {
            let (oldest, newest) = ends.unwrap_or((number, number));
            ends = Some((oldest.min(number), newest.max(number)));
        }
    }
    Ok(ends)
}

/// The number of the oldest segment; nothing is removed.
pub(super) fn oldest(folder: &Path) -> Option<u64> {
    let entries = fs::read_dir(folder).ok()?;
    let numbers = entries.flatten().filter_map(|entry| {
        let name = entry.file_name();
        let digits = name.to_str()?.strip_suffix(".log")?.to_owned();
        u64::from_str_radix(&digits, 16).ok()
    });
    numbers.min()
}

/// Removes a folder with all that is in it, if it is there, so that it stays removed after a loss
/// of power.
pub(super) fn remove_folder(folder: &Path) -> Result<(), SegmentError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SegmentError::io("remove", folder)(error)),
    }
}

/// Makes a folder whose own name survives a loss of power.
pub(super) fn create_folder(folder: &Path) -> Result<(), SegmentError> {
    match fs::create_dir(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(SegmentError::io("make the folder", folder)(error)),
    }
}

pub(super) fn sync_folder(folder: &Path) -> Result<(), SegmentError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(SegmentError::io("sync the folder", folder))
}

/// Makes a segment with its header, durably, or none. Gives it with its length in bytes.
pub(super) fn create(
    folder: &Path,
    number: u64,
    header: &Header,
) -> Result<(File, u64), SegmentError> {
    let path = path(folder, number);
    let bytes = header_bytes(header)
        .map_err(|error| SegmentError::io("write the header of", &path)(io::Error::other(error)))?;
    // A segment gets its name when its header is on disk: one with a name and no header is
    // damaged, not new.
    let new = path.with_extension("new");
    let written = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(&new)
        .and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            Ok(file)
        });
    let file = written.map_err(SegmentError::io("make", &path))?;
    sync_folder(folder)?;
    Ok((file, bytes.len() as u64))
}

pub(super) fn header_bytes(header: &Header) -> serde_json::Result<Vec<u8>> {
    let body = serde_json::to_vec(header)?;
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEADER_PREFIX_BYTES + body.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// Reads the header at the front of `bytes`, and says how long it is.
fn parse_header(bytes: &[u8]) -> Option<(Header, usize)> {
    let mut fields = Fields(bytes);
    if fields.array::<8>()? != MAGIC {
        return None;
    }
    let length = fields.u32()? as usize;
    let sum = fields.u32()?;
    let body = fields.0.get(..length)?;
    if crc32fast::hash(body) != sum {
        return None;
    }
    let header = serde_json::from_slice(body).ok()?;
    Some((header, HEADER_PREFIX_BYTES + length))
}

fn damaged(path: &Path, at: u64, what: &'static str) -> SegmentError {
    SegmentError::Damaged {
        path: path.to_owned(),
        at,
        what,
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, SegmentError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, most), &mut bytes))
        .map_err(SegmentError::io("read", path))?;
    Ok(bytes)
}

/// Reads the header of a segment.
pub(super) fn header(path: &Path) -> Result<Header, SegmentError> {
    let bytes = read(path, HEADER_MAX_BYTES)?;
    parse_header(&bytes)
        .map(|(header, _)| header)
        .ok_or_else(|| damaged(path, 0, "its header is not sound"))
}

/// Reads a whole segment, as far as it is whole.
pub(super) fn scan(path: &Path) -> Result<Scan, SegmentError> {
    let limit = SEGMENT_LIMIT_BYTES + FRAME_MAX_BYTES as u64 + HEADER_MAX_BYTES;
    let bytes = read(path, limit)?;
    let Some((header, start)) = parse_header(&bytes) else {
        return Err(damaged(path, 0, "its header is not sound"));
    };
    let mut scan = Scan {
        sums: header.sums,
        blocks: Blocks::default(),
        begun: None,
        whole: start as u64,
        length: bytes.len() as u64,
    };
    let mut rest = bytes.get(start..).unwrap_or_default();
    while let Some(frame) = frame::parse(rest) {
        // A frame that does not follow the one before it was never acknowledged here.
        if frame.head.first_sequence != scan.sums.next_sequence {
            break;
        }
        let length = u32::try_from(frame.length).unwrap_or(u32::MAX);
        scan.blocks.push(scan.whole, length, &frame.head);
        scan.sums.add(&frame.head);
        scan.begun.get_or_insert(frame.head.ingested);
        scan.whole += frame.length as u64;
        rest = rest.get(frame.length..).unwrap_or_default();
    }
    Ok(scan)
}

/// The index of a segment that grows no more, all of which was acknowledged.
pub(super) fn sealed_index(path: &Path) -> Result<Blocks, SegmentError> {
    let scan = scan(path)?;
    if scan.whole < scan.length {
        return Err(damaged(path, scan.whole, "a batch of events is not sound"));
    }
    Ok(scan.blocks)
}
