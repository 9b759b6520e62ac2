//! The spool from both sides at once.

use std::fs::OpenOptions;
use std::io::Write;

use ambient::Timestamp;
use proptest::prelude::*;

use super::frame::{Parsed, parse};
use super::*;
use crate::settings::{DEFAULT_SPOOL_BYTES, LogLimits, LogMode, MIN_SPOOL_BYTES};

const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn limits(mode: LogMode) -> LogLimits {
    LogLimits {
        mode,
        max_bytes: MIN_SPOOL_BYTES,
    }
}

fn line(writer: &mut Writer, body: &[u8]) {
    let end = writer.end(Stream::Stdout) + body.len() as u64 + 1;
    writer.append(Stream::Stdout, AT, false, end, body);
}

fn bodies(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .map(|record| String::from_utf8(record.bytes.clone()).unwrap())
        .collect()
}

#[test]
fn records_come_back_in_order_with_rising_offsets() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    let mut reader = Reader::open(folder.path()).unwrap();
    assert!(reader.read(1).unwrap().is_empty());
    line(&mut writer, b"one");
    writer.append(Stream::Stderr, AT, true, 3, b"par");
    writer.append(Stream::Stderr, AT, false, 7, b"ted");
    line(&mut writer, b"");
    writer.flush().unwrap();
    let records = reader.read(usize::MAX).unwrap();
    assert_eq!(bodies(&records), ["one", "par", "ted", ""]);
    assert_eq!(
        records
            .iter()
            .map(|record| record.offset)
            .collect::<Vec<_>>(),
        [0, 4, 7, 11]
    );
    assert_eq!(
        records
            .iter()
            .map(|record| record.partial)
            .collect::<Vec<_>>(),
        [false, true, false, false]
    );
    assert_eq!(records[1].stream, Stream::Stderr);
    assert_eq!(records[0].at, AT);
    assert!(reader.read(1).unwrap().is_empty());
}

#[test]
fn a_new_reader_starts_at_the_acknowledged_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    for body in ["a", "b", "c"] {
        line(&mut writer, body.as_bytes());
    }
    writer.flush().unwrap();
    let mut reader = Reader::open(folder.path()).unwrap();
    assert_eq!(bodies(&reader.read(1).unwrap()), ["a"]);
    reader.acknowledge(&reader.cursor()).unwrap();
    assert_eq!(bodies(&reader.read(1).unwrap()), ["b"]);
    let mut again = Reader::open(folder.path()).unwrap();
    assert_eq!(bodies(&again.read(usize::MAX).unwrap()), ["b", "c"]);
}

#[test]
fn what_was_read_before_an_error_is_given_and_the_rest_comes_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    let body = [b'x'; 10_000];
    let mut written = 0;
    while segments(folder.path()).unwrap().len() < 2 {
        line(&mut writer, &body);
        writer.flush().unwrap();
        written += 1;
    }
    // A folder in its place can be opened, and not be read.
    let second = folder
        .path()
        .join(segment_name(segments(folder.path()).unwrap()[1]));
    let aside = folder.path().join("aside");
    std::fs::rename(&second, &aside).unwrap();
    std::fs::create_dir(&second).unwrap();
    let mut reader = Reader::open(folder.path()).unwrap();
    let before = reader.read(usize::MAX).unwrap().len();
    assert!(reader.read(usize::MAX).is_err());
    std::fs::remove_dir(&second).unwrap();
    std::fs::rename(&aside, &second).unwrap();
    assert_eq!(before + reader.read(usize::MAX).unwrap().len(), written);
}

#[test]
fn a_full_blocking_spool_is_freed_by_its_reader() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    let body = [b'x'; 10_000];
    let mut written = 0;
    while !writer.is_full() {
        line(&mut writer, &body);
        writer.flush().unwrap();
        written += 1;
    }
    assert!(written >= 60, "{written}");
    let mut reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.read(usize::MAX).unwrap().len(), written);
    assert!(writer.is_full());
    reader.acknowledge(&reader.cursor()).unwrap();
    assert!(!writer.is_full());
    assert_eq!(segments(folder.path()).unwrap().len(), 1);
    line(&mut writer, b"after");
    writer.flush().unwrap();
    let records = reader.read(usize::MAX).unwrap();
    assert_eq!(bodies(&records), ["after"]);
    assert_eq!(records[0].offset, written as u64 * 10_001);
}

#[test]
fn a_full_non_blocking_spool_drops_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::NonBlocking)).unwrap();
    let body = [b'x'; 10_000];
    for _ in 0..200 {
        line(&mut writer, &body);
        writer.flush().unwrap();
    }
    let dropped = writer.dropped();
    assert!((100..150).contains(&dropped), "{dropped}");
    let size: u64 = segments(folder.path())
        .unwrap()
        .iter()
        .map(|number| {
            std::fs::metadata(folder.path().join(segment_name(*number)))
                .unwrap()
                .len()
        })
        .sum();
    assert!(size <= MIN_SPOOL_BYTES + 20_000, "{size}");
    let mut reader = Reader::open(folder.path()).unwrap();
    let read = reader.read(usize::MAX).unwrap().len() as u64;
    assert_eq!(read + dropped, 200);
    reader.acknowledge(&reader.cursor()).unwrap();
    // No line is worth a look by itself.
    line(&mut writer, &body);
    assert_eq!(writer.dropped(), dropped + 1);
    writer.look_for_room();
    line(&mut writer, b"after");
    writer.flush().unwrap();
    let records = reader.read(usize::MAX).unwrap();
    assert_eq!(bodies(&records), ["after"]);
    assert_eq!(records[0].offset, 201 * 10_001);
    assert_eq!(reader.dropped(), dropped + 1);
}

/// Writes up to 30 MiB, until the spool is full, and gives how much that was.
fn fill(writer: &mut Writer) -> u64 {
    const MOST_BYTES: u64 = 30 << 20;
    let body = [b'x'; 100_000];
    let mut written = 0;
    while written < MOST_BYTES && !writer.is_full() {
        line(writer, &body);
        writer.flush().unwrap();
        written += body.len() as u64;
    }
    written
}

#[test]
fn a_large_spool_leaves_the_reserve_of_the_disk_and_a_usual_one_need_not() {
    const NOTHING_IS_LEFT: u64 = u64::MAX;
    let large = LogLimits {
        max_bytes: 1 << 30,
        mode: LogMode::Blocking,
    };
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), large).unwrap();
    writer.reserve(NOTHING_IS_LEFT);
    let is_usual = |bytes: u64| bytes.abs_diff(DEFAULT_SPOOL_BYTES) < 200_000;
    let written = fill(&mut writer);
    assert!(is_usual(written), "{written}");
    // It goes on once its reader has freed something, or others have.
    let mut reader = Reader::open(folder.path()).unwrap();
    while !reader.read(1 << 20).unwrap().is_empty() {}
    reader.acknowledge(&reader.cursor()).unwrap();
    assert!(!writer.is_full());
    let more = fill(&mut writer);
    assert!(is_usual(more), "{more}");
    writer.reserve(0);
    assert!(!writer.is_full() && fill(&mut writer) > DEFAULT_SPOOL_BYTES);

    let folder = tempfile::tempdir().unwrap();
    let dropping = LogLimits {
        mode: LogMode::NonBlocking,
        ..large
    };
    let mut writer = Writer::open(folder.path(), dropping).unwrap();
    writer.reserve(NOTHING_IS_LEFT);
    for _ in 0..150 {
        line(&mut writer, &[b'x'; 100_000]);
        writer.flush().unwrap();
    }
    let dropped = writer.dropped();
    assert!((40..50).contains(&dropped), "{dropped}");
}

#[test]
fn a_writer_that_was_killed_is_followed_by_one_that_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    line(&mut writer, b"whole");
    writer.flush().unwrap();
    drop(writer);
    // The torn frame of a line whose writer died in the middle.
    let path = folder.path().join(segment_name(0));
    let whole = std::fs::read(&path).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&whole[frame::SEGMENT_HEADER_BYTES..whole.len() - 2])
        .unwrap();
    let mut reader = Reader::open(folder.path()).unwrap();
    assert_eq!(bodies(&reader.read(usize::MAX).unwrap()), ["whole"]);
    let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
    assert_eq!(writer.end(Stream::Stdout), 6);
    line(&mut writer, b"next");
    writer.flush().unwrap();
    let records = reader.read(usize::MAX).unwrap();
    assert_eq!(bodies(&records), ["next"]);
    assert_eq!(records[0].offset, 6);
}

proptest! {
    // Each case syncs files.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_parsed_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Parsed::Frame(_, length) = parse(&bytes) {
            prop_assert!(length <= bytes.len());
        }
    }

    #[test]
    fn what_is_written_is_read_across_restarts_of_both_sides(
        lines in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..3000)), 0..300),
        restart_every in 1_usize..50,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
        let mut read = Vec::new();
        for (index, (partial, body)) in lines.iter().enumerate() {
            writer.append(Stream::Stdout, AT, *partial, index as u64, body);
            writer.flush().unwrap();
            if index % restart_every == 0 {
                writer = Writer::open(folder.path(), limits(LogMode::Blocking)).unwrap();
                let mut reader = Reader::open(folder.path()).unwrap();
                read.extend(reader.read(4000).unwrap());
                reader.acknowledge(&reader.cursor()).unwrap();
            }
        }
        let mut reader = Reader::open(folder.path()).unwrap();
        read.extend(reader.read(usize::MAX).unwrap());
        prop_assert_eq!(read.len(), lines.len());
        let mut offset = 0;
        for (record, (partial, body)) in read.iter().zip(&lines) {
            prop_assert_eq!(record.offset, offset);
            prop_assert_eq!(&record.bytes, body);
            prop_assert_eq!(record.partial, *partial);
            offset += body.len() as u64 + u64::from(!partial);
        }
    }
}
