//! Segments of log events on disk: sound frames with any numbers in them, damaged or not. What is
//! whole is found, and nothing behind it.

use std::fs;
use std::sync::LazyLock;

use logs::fuzzing::{frame, frames, header, scan};
use tempfile::TempDir;

use super::folder_in_memory;
use crate::input::Input;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| folder_in_memory("segments"));
const FRAMES_MAX: usize = 16;
const EVENTS_MAX: u8 = 8;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut next = input.skewed();
    let mut out = header(next);
    let start = out.len();
    for _ in 0..FRAMES_MAX {
        if input.is_empty() {
            break;
        }
        if input.byte() == 255 {
            out.extend_from_slice(input.short());
            continue;
        }
        let events: Vec<(i64, String)> = (0..input.byte() % EVENTS_MAX)
            .map(|_| {
                (
                    input.skewed() as i64,
                    String::from_utf8_lossy(input.short()).into_owned(),
                )
            })
            .collect();
        let events: Vec<(i64, &str)> = events
            .iter()
            .map(|(at, text)| (*at, text.as_str()))
            .collect();
        let container = String::from_utf8_lossy(input.bytes(8)).into_owned();
        let source = (!container.is_empty()).then(|| (container.as_str(), input.skewed()));
        let first = if input.byte() == 255 {
            input.skewed()
        } else {
            next
        };
        let bytes = frame(input.skewed() as i64, first, source, &events);
        // Where a sequence would go beyond its type, there is no such frame.
        let count = events.len();
        let whole = first.checked_add(count as u64).is_some();
        let expected = whole.then_some((bytes.len(), count as u32, count));
        assert_eq!(frames(&bytes), Vec::from_iter(expected));
        out.extend(bytes);
        next = first.wrapping_add(events.len() as u64);
    }
    let mut damaged = out.clone();
    let at = usize::from(input.byte());
    match input.byte() {
        0 => {}
        1 => damaged.truncate(out.len().saturating_sub(at)),
        change => damaged[at % out.len()] ^= change,
    }
    for (length, count, whole) in frames(damaged.get(start..).unwrap_or_default()) {
        assert!(length <= damaged.len());
        assert!(whole <= count as usize);
    }
    let path = FOLDER.path().join("segment");
    fs::write(&path, &damaged).expect("a segment can be written");
    if let Some((whole, length)) = scan(&path) {
        assert_eq!(length, damaged.len() as u64);
        assert!(whole <= length);
        let whole = usize::try_from(whole).expect("it is in memory");
        assert!(
            out.starts_with(&damaged[..whole]),
            "something else is taken for whole"
        );
    }
}
