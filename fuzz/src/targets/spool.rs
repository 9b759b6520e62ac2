//! The spool of a container's output: segments of sound frames, damaged or not. A reader comes to an
//! end, gives no record twice, and goes on from its cursor as if it had never stopped.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use shim::spool::fuzzing::{dropped, header, parse, record, segment_name};
use shim::spool::{MAX_EVENT_BYTES, Reader, Record};
use tempfile::TempDir;

use super::folder_in_memory;
use crate::input::Input;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| folder_in_memory("spool"));
const SEGMENTS_MAX: u64 = 3;
const FRAMES_MAX: usize = 16;
const READ_BYTES: usize = 64;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let folder = FOLDER.path().join("spool");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder can be made");
    let first = u64::from(input.byte());
    let mut written = 0;
    for number in 0..SEGMENTS_MAX {
        let bytes = segment(&mut input);
        let _ = parse(&bytes);
        written += bytes.len();
        let path = folder.join(segment_name(first + number));
        fs::write(path, bytes).expect("a segment can be written");
        if input.is_empty() {
            break;
        }
    }
    let all = read(&folder, usize::MAX);
    let bytes: usize = all.iter().map(|record| record.bytes.len()).sum();
    assert!(bytes <= written);
    assert!(
        all.iter()
            .all(|record| record.bytes.len() <= MAX_EVENT_BYTES)
    );
    assert!(
        read(&folder, READ_BYTES) == all,
        "in parts it is something else"
    );
    // With a cursor that is kept after each part, and another reader for each.
    let mut again = Vec::new();
    loop {
        let mut reader = Reader::open(&folder).expect("a spool can be opened");
        let records = reader.read(READ_BYTES).expect("a spool can be read");
        if records.is_empty() {
            break;
        }
        again.extend(records);
        reader
            .acknowledge(&reader.cursor())
            .expect("a cursor can be kept");
    }
    assert!(again == all, "after each part anew it is something else");
}

fn read(folder: &Path, most: usize) -> Vec<Record> {
    let mut reader = Reader::open(folder).expect("a spool can be opened");
    let mut all = Vec::new();
    loop {
        let records = reader.read(most).expect("a spool can be read");
        if records.is_empty() {
            break all;
        }
        all.extend(records);
    }
}

fn segment(input: &mut Input<'_>) -> Vec<u8> {
    if input.byte() == 255 {
        return input.short().to_vec();
    }
    let mut out = header(
        input.skewed(),
        input.skewed(),
        input.skewed(),
        input.skewed(),
    );
    for _ in 0..FRAMES_MAX {
        match input.byte() % 8 {
            0 => break,
            1 => out.extend(dropped(input.skewed(), input.skewed())),
            2 => out.extend_from_slice(input.short()),
            _ => {
                let (millis, offset, end) = (input.skewed(), input.skewed(), input.skewed());
                let partial = input.flag();
                out.extend(record(millis as i64, offset, partial, end, input.short()));
            }
        }
    }
    // A change or a cut after the checksums were made.
    let at = usize::from(input.byte());
    match input.byte() {
        0 => {}
        1 => out.truncate(out.len().saturating_sub(at)),
        change => {
            let length = out.len();
            out[at % length] ^= change;
        }
    }
    out
}
