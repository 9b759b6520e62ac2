//! A container's output on disk: framed, timestamped lines in numbered segment files, bounded.
//!
//! One writer (the shim) and one reader (the agent) share the folder without locks. The writer
//! appends to the newest segment only, and never again to one that it did not open itself; the
//! reader deletes segments that its durable cursor has passed, never the newest. A frame that is
//! torn by a crash fails its checksum and ends its segment.
//!
//! Lines survive the death of any process. The segments are synced when the container ends, not
//! line by line: the loss of power may take the last seconds of output.

mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod reader;
mod writer;

pub use frame::{MAX_EVENT_BYTES, Record, Stream};
pub use reader::{Cursor, Reader};
pub(crate) use writer::Writer;

/// The name of the segment with this number.
fn segment_name(number: u64) -> String {
    format!("{number:016x}.spool")
}

/// The number in a segment's name.
fn segment_number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".spool")?;
    (digits.len() == 16).then(|| u64::from_str_radix(digits, 16).ok())?
}

/// The numbers of the segments in `folder`, ascending; none when there is no folder.
fn segments(folder: &std::path::Path) -> std::io::Result<Vec<u64>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        if let Some(number) = entry?.file_name().to_str().and_then(segment_number) {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

#[cfg(test)]
mod tests;
