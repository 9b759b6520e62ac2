//! Segments on a real disk: order, resends, ends of segments, torn tails, failing writes, pages.

use std::fs::OpenOptions;
use std::io::Write;

use super::appender::Appender;
use super::*;
use crate::position::Position;

const STREAM: StreamRef = StreamRef { group: 1, id: 5 };
const SMALL: Settings = Settings {
    segment_bytes: 2000,
    disk_reserve_bytes: 0,
    filter_streams_max: 10,
};

fn open(folder: &tempfile::TempDir) -> Arc<Segments> {
    Arc::new(Segments::open(folder.path(), SMALL).unwrap())
}

fn batch(events: &[(i64, &str)]) -> Batch {
    let event = |(timestamp, message): &(i64, &str)| NewEvent {
        timestamp: *timestamp,
        message: (*message).to_owned(),
        offset: None,
    };
    Batch {
        ingested: 1000,
        events: events.iter().map(event).collect(),
        source: None,
    }
}

fn sent(offset: u64, events: &[(i64, &str)]) -> Batch {
    Batch {
        source: Some(Source {
            container: "c1".into(),
            offset,
        }),
        ..batch(events)
    }
}

async fn query(segments: &Arc<Segments>, streams: &[StreamRef], order: Order) -> Query {
    let mut tails = Vec::new();
    for stream in streams {
        tails.push((*stream, segments.tail(*stream).await.unwrap()));
    }
    Query {
        streams: tails,
        order,
        after: None,
        earliest: 0,
        latest: i64::MAX,
        limit: 10_000,
        scan_bytes: SCAN_MAX_BYTES,
        late: Box::new(|| false),
        matches: Box::new(|_| true),
    }
}

async fn messages(segments: &Arc<Segments>) -> Vec<String> {
    let query = query(segments, &[STREAM], Order::Forward).await;
    let page = segments.select(query).await.unwrap();
    page.events.into_iter().map(|event| event.message).collect()
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart_in_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    assert_eq!(messages(&segments).await, Vec::<String>::new());
    segments
        .append(STREAM, batch(&[(5, "c"), (9, "e")]))
        .await
        .unwrap();
    segments
        .append(STREAM, batch(&[(1, "a"), (5, "d")]))
        .await
        .unwrap();
    let next = segments.append(STREAM, batch(&[(3, "b")])).await.unwrap();
    assert_eq!((next.next, next.taken), (5, 1));
    let expected = ["a", "b", "c", "d", "e"];
    assert_eq!(messages(&segments).await, expected);
    let before = segments.tail(STREAM).await.unwrap();
    drop(segments);
    let segments = open(&folder);
    assert_eq!(messages(&segments).await, expected);
    assert_eq!(segments.tail(STREAM).await.unwrap(), before);
    assert_eq!(before.sums.times, Some((1, 9)));
}

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder);
    let second = Segments::open(folder.path(), SMALL);
    assert!(matches!(second, Err(SegmentError::Locked { .. })));
    drop(first);
    assert!(Segments::open(folder.path(), SMALL).is_ok());
}

#[tokio::test]
async fn a_resend_is_one_effect_also_after_a_restart_and_in_later_segments() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    let filler = "x".repeat(900);
    for round in 0..3_u64 {
        let at = i64::try_from(round).unwrap();
        let message = format!("{round} {filler}");
        for _ in 0..2 {
            let batch = sent(round * 1000 + 100, &[(at, &message)]);
            segments.append(STREAM, batch).await.unwrap();
        }
    }
    // The newest segment is to have nothing of the container but what it began with.
    let newest = segments.tail(STREAM).await.unwrap().newest;
    while segments.tail(STREAM).await.unwrap().newest == newest {
        let kept = segments.append(STREAM, batch(&[(3, &filler)])).await;
        kept.unwrap();
    }
    let kept = messages(&segments).await.len();
    drop(segments);
    let segments = open(&folder);
    segments
        .append(STREAM, sent(2100, &[(9, "again")]))
        .await
        .unwrap();
    segments
        .append(STREAM, sent(100, &[(9, "much later")]))
        .await
        .unwrap();
    assert_eq!(messages(&segments).await.len(), kept);
    segments
        .append(STREAM, sent(2101, &[(9, "new")]))
        .await
        .unwrap();
    assert_eq!(messages(&segments).await.last().unwrap(), "new");
}

#[tokio::test]
async fn with_an_offset_each_only_the_events_that_are_there_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    segments
        .append(STREAM, sent(20, &[(1, "a"), (2, "b")]))
        .await
        .unwrap();
    let mut cut_otherwise = sent(30, &[(2, "b"), (3, "c")]);
    cut_otherwise.events[0].offset = Some(20);
    cut_otherwise.events[1].offset = Some(30);
    let kept = segments.append(STREAM, cut_otherwise.clone()).await;
    assert_eq!(kept.unwrap().taken, 1);
    let kept = segments.append(STREAM, cut_otherwise).await;
    assert_eq!(kept.unwrap().taken, 0);
    assert_eq!(messages(&segments).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_torn_tail_is_cut_off_wherever_it_was_torn() {
    let mut frame = Vec::new();
    frame::encode(&mut frame, 1000, 1, None, &[(7, "torn")]);
    for kept in 1..frame.len() {
        let folder = tempfile::tempdir().unwrap();
        let segments = open(&folder);
        segments
            .append(STREAM, batch(&[(1, "whole")]))
            .await
            .unwrap();
        drop(segments);
        let path = file::path(&STREAM.folder(folder.path()), 0);
        let mut newest = OpenOptions::new().append(true).open(&path).unwrap();
        newest.write_all(&frame[..kept]).unwrap();
        let segments = open(&folder);
        // Whoever comes first repairs: now one who reads, now one who writes.
        if kept % 2 == 0 {
            assert_eq!(messages(&segments).await, ["whole"], "{kept}");
        }
        segments
            .append(STREAM, batch(&[(2, "after")]))
            .await
            .unwrap();
        drop(segments);
        assert_eq!(messages(&open(&folder)).await, ["whole", "after"]);
    }
}

#[tokio::test]
async fn a_segment_that_was_being_made_is_forgotten_and_a_damaged_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    for at in 0..4 {
        let message = "x".repeat(1000);
        segments
            .append(STREAM, batch(&[(at, &message)]))
            .await
            .unwrap();
    }
    drop(segments);
    let stream = STREAM.folder(folder.path());
    let half_made = stream.join("0000000000000002.new");
    std::fs::write(&half_made, b"LSLOGS01 and then the light went out").unwrap();
    let segments = open(&folder);
    assert_eq!(messages(&segments).await.len(), 4);
    assert!(!half_made.exists());
    drop(segments);

    let path = file::path(&stream, 0);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let segments = open(&folder);
    let query = query(&segments, &[STREAM], Order::Forward).await;
    let error = segments.select(query).await.unwrap_err();
    assert!(matches!(error, SegmentError::Damaged { .. }), "{error}");
}

#[test]
fn after_a_failed_write_nothing_of_it_is_there_and_the_next_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let stream = STREAM.folder(folder.path());
    let mut appender = Appender::create(&stream).unwrap();
    appender.append(batch(&[(1, "kept")]), 1 << 20).unwrap();
    appender.flush().unwrap();
    let kept = appender.durable().clone();
    // Read-only: writing and truncating both fail.
    let path = file::path(&stream, 0);
    let writable = appender.swap_file(std::fs::File::open(&path).unwrap());
    appender.append(sent(10, &[(2, "lost")]), 1 << 20).unwrap();
    assert!(appender.flush().is_err());
    assert_eq!(*appender.durable(), kept);
    assert!(appender.append(batch(&[(3, "refused")]), 1 << 20).is_err());
    // What the failed write may have left on disk.
    std::fs::write(
        &path,
        [std::fs::read(&path).unwrap(), b"left over".to_vec()].concat(),
    )
    .unwrap();
    drop(appender.swap_file(writable));
    appender
        .append(sent(10, &[(4, "resent")]), 1 << 20)
        .unwrap();
    appender.flush().unwrap();
    let reopened = Appender::open(&stream).unwrap().unwrap();
    assert_eq!(reopened.durable(), appender.durable());
    assert_eq!(reopened.durable().sums.next_sequence, 2);
}

#[tokio::test]
async fn the_reserve_of_the_disk_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        disk_reserve_bytes: u64::MAX,
        ..SMALL
    };
    let segments = Segments::open(folder.path(), settings).unwrap();
    let error = segments
        .append(STREAM, batch(&[(1, "a")]))
        .await
        .unwrap_err();
    assert!(matches!(error, SegmentError::NoSpace { .. }), "{error}");
}

#[tokio::test]
async fn those_who_wait_for_one_file_share_its_sync() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    let mut puts = tokio::task::JoinSet::new();
    for number in 0..200 {
        let segments = Arc::clone(&segments);
        puts.spawn(async move {
            let message = number.to_string();
            segments
                .append(STREAM, batch(&[(number, &message)]))
                .await
                .unwrap();
        });
    }
    puts.join_all().await;
    let counts = segments.counts();
    assert_eq!(counts.batches, 200);
    assert!(counts.syncs < 100, "{counts:?}");
    assert_eq!(messages(&segments).await.len(), 200);
}

/// Every way to walk gives each event once and in order, however batches overlap and wherever
/// pages end.
#[tokio::test]
async fn pages_in_both_directions_are_whole_whatever_overlaps() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    let streams = [3, 4, 9].map(|id| StreamRef { group: 2, id });
    let mut expected = Vec::new();
    // A small generator, for batches that overlap in no pattern; the seed is the first state.
    let mut state = 42_u64;
    let mut below = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    for _ in 0..120 {
        let stream = streams[usize::try_from(below(3)).unwrap()];
        let mut times: Vec<i64> = (0..=below(5))
            .map(|_| i64::try_from(below(50)).unwrap())
            .collect();
        times.sort_unstable();
        let filler = "y".repeat(usize::try_from(below(300)).unwrap());
        let events: Vec<(i64, &str)> = times.iter().map(|time| (*time, filler.as_str())).collect();
        let next = segments.append(stream, batch(&events)).await.unwrap();
        let first = next.next - events.len() as u64;
        for (index, time) in times.iter().enumerate() {
            expected.push(Position {
                timestamp: time.unsigned_abs(),
                stream: stream.id,
                sequence: first + index as u64,
            });
        }
    }
    expected.sort_unstable();
    for order in [Order::Forward, Order::Backward] {
        // The last two give a page up as soon as they may.
        for (limit, scan_bytes, late) in [
            (1, SCAN_MAX_BYTES, false),
            (7, SCAN_MAX_BYTES, false),
            (10_000, SCAN_MAX_BYTES, false),
            (10_000, 0, false),
            (10_000, SCAN_MAX_BYTES, true),
        ] {
            let mut walked = Vec::new();
            let mut after = None;
            loop {
                let query = Query {
                    after,
                    limit,
                    scan_bytes,
                    late: Box::new(move || late),
                    ..query(&segments, &streams, order).await
                };
                let page = segments.select(query).await.unwrap();
                walked.extend(page.events.iter().map(|event| event.position));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            if order == Order::Backward {
                walked.reverse();
            }
            assert_eq!(walked, expected, "{order:?} by {limit} and {scan_bytes}");
        }
    }
    let within = Query {
        earliest: 10,
        latest: 20,
        ..query(&segments, &streams, Order::Forward).await
    };
    let found = segments.select(within).await.unwrap().events;
    let expected: Vec<_> = expected
        .into_iter()
        .filter(|position| (10..=20).contains(&position.timestamp))
        .collect();
    let found: Vec<_> = found.iter().map(|event| event.position).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_page_that_nobody_waits_for_is_not_read_on() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    let events: Vec<(i64, &str)> = (0..100).map(|at| (at, "x")).collect();
    segments.append(STREAM, batch(&events)).await.unwrap();
    let (looked, told) = std::sync::mpsc::channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let costly = Query {
        matches: Box::new(move |_| {
            looked.send(()).unwrap();
            let _ = wait.recv();
            false
        }),
        ..query(&segments, &[STREAM], Order::Forward).await
    };
    let reader = Arc::clone(&segments);
    let reading = tokio::spawn(async move { reader.select(costly).await });
    let told = tokio::task::spawn_blocking(move || {
        told.recv().unwrap();
        told
    });
    let told = told.await.unwrap();
    reading.abort();
    assert!(reading.await.unwrap_err().is_cancelled());
    // The thread still has its turn, and gives it back when it has seen that it was given up.
    assert_eq!(segments.reads.available_permits(), READS_MAX - 1);
    drop(go_on);
    let turns = u32::try_from(READS_MAX).unwrap();
    let _all = segments.reads.acquire_many(turns).await.unwrap();
    assert_eq!(told.try_iter().count(), 0, "it went on to the next event");
}

#[tokio::test]
async fn a_page_has_a_size_and_goes_on_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    let large = "z".repeat(400_000);
    for at in 0..5 {
        segments
            .append(STREAM, batch(&[(at, &large)]))
            .await
            .unwrap();
    }
    let first = query(&segments, &[STREAM], Order::Forward).await;
    let first = segments.select(first).await.unwrap();
    assert_eq!(first.events.len(), 2);
    let rest = Query {
        after: first.next,
        ..query(&segments, &[STREAM], Order::Backward).await
    };
    // Backward from there: what stands before it.
    let rest = segments.select(rest).await.unwrap();
    assert_eq!(rest.events.len(), 1);
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn the_bytes_of_a_group_are_those_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let segments = open(&folder);
    assert_eq!(segments.stored_bytes(STREAM.group).await.unwrap(), 0);
    segments.append(STREAM, batch(&[(1, "a")])).await.unwrap();
    let counted = segments.stored_bytes(STREAM.group).await.unwrap();
    drop(segments);
    let fresh = open(&folder).stored_bytes(STREAM.group).await.unwrap();
    assert!(counted > 0 && counted <= fresh, "{counted} {fresh}");
}
