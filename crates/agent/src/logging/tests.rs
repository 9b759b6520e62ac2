//! Drivers, and what they make of a disk and a sink that fail for a while.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ambient::{BoxFuture, SystemClock, Timestamp};
use aws_sign::{Credentials, Reason, Secret};
use runtime::{Cursor, LogBatch, LogReader, Record, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn config(driver: &str, options: &[(&str, &str)]) -> LogConfig {
    LogConfig {
        r#type: driver.into(),
        config: options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn driver(config: &LogConfig) -> Result<Driver, String> {
    driver_with(config, Path::new("/nonexistent"))
}

fn driver_with(config: &LogConfig, files: &Path) -> Result<Driver, String> {
    let none = BTreeMap::new();
    Driver::of(
        Some(config),
        &Origin {
            container: "app",
            task: "0123",
            runtime_id: "feed",
            region: "eu-west-1",
            labels: &none,
            environment: &none,
            files,
        },
    )
}

#[test]
fn an_option_that_is_not_known_is_refused() {
    for name in ["awslogs", "json-file", "none"] {
        let error = driver(&config(name, &[("colour", "red")])).unwrap_err();
        assert_eq!(
            error,
            format!("logger: unknown log opt 'colour' for {name} log driver")
        );
        let common = [("mode", "blocking"), ("max-buffer-size", "1m")];
        assert!(driver(&config(name, &common)).is_ok(), "{name}");
    }
    assert!(
        driver(&config("splunk", &[]))
            .unwrap_err()
            .contains("splunk")
    );
}

#[test]
fn the_buffer_has_a_mode_and_a_size() {
    let given = config("none", &[("mode", "blocking"), ("max-buffer-size", "4kb")]);
    let found = limits(Some(&given)).unwrap();
    assert_eq!((found.mode, found.max_bytes), (LogMode::Blocking, 4096));
    assert_eq!(limits(None).unwrap(), LogLimits::default());
    assert!(limits(Some(&config("none", &[("mode", "fast")]))).is_err());
    assert!(limits(Some(&config("none", &[("max-buffer-size", "m")]))).is_err());
    assert_eq!(bytes("25m"), Some(25 << 20));
}

/// Answers a call: its target and body, to a status and a body.
type Answers = dyn Fn(&str, &str) -> (u16, String) + Send + Sync;

/// A control plane that answers as told, and the bodies of the batches that it took.
async fn sink(answers: Arc<Answers>) -> (ControlPlane, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&answers), Arc::clone(&kept)));
        }
    });
    let key = Credentials {
        access_key_id: "ASIATEST".into(),
        secret: Secret::new("secret".to_owned()),
        session_token: None,
    };
    let clock = Arc::new(SystemClock);
    (ControlPlane::new(&endpoint, key, clock), taken)
}

async fn answer(mut stream: TcpStream, answers: Arc<Answers>, taken: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        let header = |name: &str, head: &str| -> String {
            let line = head.lines().find(|line| {
                let line = line.to_ascii_lowercase();
                line.starts_with(&format!("{name}: "))
            });
            line.and_then(|line| line.split_once(": "))
                .map_or(String::new(), |(_, value)| value.to_owned())
        };
        let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
            header("content-length", head).parse::<usize>().unwrap() == body.len()
        });
        if let Some((head, body)) = whole {
            let (status, answer) = answers(&header("x-amz-target", head), body);
            if status == 200 && body.contains("logEvents") {
                taken.lock().unwrap().push(body.to_owned());
            }
            let length = answer.len();
            let answer = format!(
                "HTTP/1.1 {status} So\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            return;
        }
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
}

/// Gives each line as a batch of its own, with errors in between.
#[derive(Default)]
struct Disk {
    /// `None` for an error.
    reads: VecDeque<Option<&'static str>>,
    /// When the lines were written, as far as that matters.
    times: VecDeque<Timestamp>,
    offset: u64,
    /// How often nothing can be written.
    full: usize,
    acknowledged: Arc<Mutex<Option<Cursor>>>,
    /// The end comes once everything was freed: the container stands still until then.
    is_blocking: bool,
}

fn no_room() -> RuntimeError {
    RuntimeError::Io {
        what: "write",
        path: "/spool/cursor.json".into(),
        source: std::io::Error::from_raw_os_error(28),
    }
}

impl LogReader for Disk {
    fn next(&mut self, _: usize) -> BoxFuture<'_, Result<LogBatch, RuntimeError>> {
        Box::pin(async move {
            let records = match self.reads.pop_front() {
                Some(None) => return Err(no_room()),
                Some(Some(line)) => {
                    let offset = self.offset;
                    self.offset += line.len() as u64 + 1;
                    vec![Record {
                        stream: Stream::Stdout,
                        at: self.times.pop_front().unwrap_or_default(),
                        offset,
                        partial: false,
                        bytes: line.as_bytes().to_vec(),
                    }]
                }
                None => {
                    let freed = (*self.acknowledged.lock().unwrap()).unwrap_or_default();
                    if self.is_blocking && freed.position < self.offset {
                        std::future::pending::<()>().await;
                    }
                    Vec::new()
                }
            };
            Ok(LogBatch {
                ended: records.is_empty(),
                records,
                cursor: Cursor {
                    position: self.offset,
                    ..Cursor::default()
                },
                dropped: 0,
            })
        })
    }

    fn acknowledge(&mut self, cursor: Cursor) -> BoxFuture<'_, Result<(), RuntimeError>> {
        Box::pin(async move {
            if self.full > 0 {
                self.full -= 1;
                return Err(no_room());
            }
            *self.acknowledged.lock().unwrap() = Some(cursor);
            Ok(())
        })
    }
}

fn id() -> ContainerId {
    ContainerId::new(&"0123456789abcdef0123456789abcdef".parse().unwrap(), "app").unwrap()
}

async fn ship(control_plane: ControlPlane, disk: Disk) -> Lost {
    let options = [("awslogs-group", "g"), ("awslogs-stream-prefix", "p")];
    let Driver::Awslogs(awslogs) = driver(&config("awslogs", &options)).unwrap() else {
        unreachable!()
    };
    let shipper = Shipper {
        control_plane,
        clock: Arc::new(SystemClock),
        awslogs,
        source: "source".to_owned(),
    };
    let mut spool = Spool::new(Box::new(disk), id());
    let shipped = shipper.run(&mut spool);
    tokio::time::timeout(Duration::from_secs(20), shipped)
        .await
        .expect("everything is shipped")
}

fn with_lines(taken: &Mutex<Vec<String>>) -> String {
    taken.lock().unwrap().join("\n")
}

#[tokio::test]
async fn errors_of_the_disk_that_pass_lose_no_line() {
    let (control_plane, taken) = sink(Arc::new(|_, _| (200, "{}".to_owned()))).await;
    let disk = Disk {
        reads: [Some("one"), None, Some("two"), None, None, Some("three")].into(),
        full: 3,
        is_blocking: true,
        ..Disk::default()
    };
    let acknowledged = Arc::clone(&disk.acknowledged);
    assert_eq!(ship(control_plane, disk).await, Lost::default());
    let taken = with_lines(&taken);
    for line in ["one", "two", "three"] {
        assert!(taken.contains(&format!("\"{line}\"")), "{line}: {taken}");
    }
    let all = "one two three ".len() as u64;
    assert_eq!(acknowledged.lock().unwrap().unwrap().position, all);
}

#[tokio::test]
async fn a_region_that_is_not_served_fails_the_start_at_once_and_loses_no_line() {
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    // The control plane serves the region from the fourth call on.
    let (control_plane, taken) = sink(Arc::new(move |_, _| {
        if counted.fetch_add(1, Ordering::Relaxed) >= 3 {
            return (200, "{}".to_owned());
        }
        let refusal = aws_sign::Policy::of("logs").reject(Reason::Region("eu-west-1".to_owned()));
        let message = format!("{} Served here: us-east-1.", refusal.message.trim_end());
        let error = serde_json::json!({"__type": refusal.code, "message": message});
        (refusal.status, error.to_string())
    }))
    .await;
    let options = [("awslogs-group", "g"), ("awslogs-stream-prefix", "p")];
    let Driver::Awslogs(awslogs) = driver(&config("awslogs", &options)).unwrap() else {
        unreachable!()
    };
    let failed = awslogs.prepare(&control_plane).await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "failed to validate logger args: awslogs-region: Credential should be scoped to a valid region, \
         not 'eu-west-1'. Served here: us-east-1."
    );
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // Those of a container that runs wait until it is served again.
    let disk = Disk {
        reads: [Some("one")].into(),
        ..Disk::default()
    };
    assert_eq!(ship(control_plane, disk).await, Lost::default());
    assert!(with_lines(&taken).contains("\"one\""));
}

#[tokio::test]
async fn lines_behind_refused_ones_are_taken_once_the_group_is_there_again() {
    let gone = |what: &str, body: &str| {
        // The group is away while the second line comes.
        if body.contains("two") || (what.ends_with("CreateLogStream")) {
            let error = r#"{"__type":"ResourceNotFoundException","message":"no group"}"#;
            return (400, error.to_owned());
        }
        (200, "{}".to_owned())
    };
    let (control_plane, taken) = sink(Arc::new(gone)).await;
    let disk = Disk {
        reads: [Some("one"), Some("two"), Some("three")].into(),
        ..Disk::default()
    };
    let lost = ship(control_plane, disk).await;
    assert_eq!(lost.lines, 1);
    let reason = lost.reason().unwrap();
    assert!(
        reason.starts_with("1 log lines were not taken: ") && reason.contains("no group"),
        "{reason}"
    );
    let taken = with_lines(&taken);
    assert!(
        taken.contains("\"one\"") && taken.contains("\"three\""),
        "{taken}"
    );
}

/// How AWS judges times, for a sink whose clock is that far behind: the messages that it takes go to
/// `taken`.
fn judging(behind: Duration, taken: Arc<Mutex<Vec<String>>>) -> Arc<Answers> {
    const FUTURE_MAX: Duration = Duration::from_secs(2 * 3600);
    const AGE_MAX: Duration = Duration::from_secs(14 * 24 * 3600);
    Arc::new(move |_, body| {
        let now = SystemClock.now().minus(behind);
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let events = body["logEvents"].as_array().unwrap();
        let before = |limit: Timestamp| {
            let is_before = |event: &serde_json::Value| {
                event["timestamp"].as_i64().unwrap() < limit.as_millis()
            };
            events.partition_point(is_before)
        };
        let old = before(now.minus(AGE_MAX));
        let new = before(now.plus(FUTURE_MAX));
        let messages = events[old..new].iter();
        let messages = messages.map(|event| event["message"].as_str().unwrap().to_owned());
        taken.lock().unwrap().extend(messages);
        let mut rejected = serde_json::Map::new();
        if old > 0 {
            rejected.insert("tooOldLogEventEndIndex".to_owned(), old.into());
        }
        if new < events.len() {
            rejected.insert("tooNewLogEventStartIndex".to_owned(), new.into());
        }
        let answer = serde_json::json!({ "rejectedLogEventsInfo": rejected });
        (200, answer.to_string())
    })
}

#[tokio::test]
async fn a_line_is_taken_whatever_the_clocks_were() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    // The sink's clock is that far behind the node's: more than a signature would be taken with.
    for behind in [0, 3, 9].map(hours) {
        let now = SystemClock.now();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (control_plane, _) = sink(judging(behind, Arc::clone(&taken))).await;
        let disk = Disk {
            reads: ["good", "ahead", "1970", "behind", "good again"]
                .map(Some)
                .into(),
            times: [
                now,
                now.plus(hours(3)),
                Timestamp::default(),
                now.minus(hours(15 * 24)),
                now,
            ]
            .into(),
            ..Disk::default()
        };
        assert_eq!(ship(control_plane, disk).await, Lost::default());
        let expected = ["good", "ahead", "1970", "behind", "good again"];
        assert_eq!(*taken.lock().unwrap(), expected, "{behind:?}");
    }
}

#[tokio::test]
async fn a_line_that_is_passed_over_all_the_same_is_counted() {
    for (told, words) in [
        (
            "expiredLogEventEndIndex",
            "older than their log group keeps",
        ),
        ("tooOldLogEventEndIndex", "older than the 14 days"),
    ] {
        let answers = move |_: &str, body: &str| {
            let is_old = body.contains("old");
            let answer = format!(r#"{{"rejectedLogEventsInfo":{{"{told}":1}}}}"#);
            (200, if is_old { answer } else { "{}".to_owned() })
        };
        let (control_plane, _) = sink(Arc::new(answers)).await;
        let disk = Disk {
            reads: ["one", "old", "two"].map(Some).into(),
            ..Disk::default()
        };
        let lost = ship(control_plane, disk).await;
        assert_eq!(lost.lines, 1);
        let reason = lost.reason().unwrap();
        assert!(reason.contains(words), "{reason}");
    }
    // However far back its time is put.
    let never = |_: &str, _: &str| {
        let answer = r#"{"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":0}}"#;
        (200, answer.to_owned())
    };
    let (control_plane, _) = sink(Arc::new(never)).await;
    let disk = Disk {
        reads: [Some("one")].into(),
        ..Disk::default()
    };
    let lost = ship(control_plane, disk).await;
    assert_eq!(lost.lines, 1);
    assert!(lost.why.contains("in the future"), "{lost:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_for_a_while_has_every_line_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("logs");
    let Driver::JsonFile(file) = driver_with(&config("json-file", &[]), &files).unwrap() else {
        unreachable!()
    };
    // Something stands in the way, and goes once a line waits for it.
    std::fs::write(&files, "").unwrap();
    let disk = Disk {
        reads: [Some("one"), None, Some("two")].into(),
        full: 1,
        ..Disk::default()
    };
    let mut spool = Spool::new(Box::new(disk), id());
    let run = file.run(&mut spool, id());
    tokio::pin!(run);
    let waits = tokio::time::timeout(Duration::from_millis(50), &mut run);
    assert!(waits.await.is_err(), "it waits");
    std::fs::remove_file(&files).unwrap();
    tokio::time::timeout(Duration::from_secs(20), run)
        .await
        .expect("everything is written");
    let text = std::fs::read_to_string(folder.path().join("logs/0123/feed-json.log")).unwrap();
    let lines: Vec<bool> = text.lines().map(|line| line.contains("one")).collect();
    assert_eq!(lines, [true, false], "{text}");
}
