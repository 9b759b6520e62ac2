//! The json-file driver: a container's lines in a file of the node, in Docker's format, so that what
//! collects Docker's files collects these.
//!
//! `container-logs/TASK/CONTAINER-ID-json.log` below the state folder; `max-size` and `max-file` as in
//! Docker. Each line is there once, however often the agent dies: beside the file stands how far it
//! goes, and what is behind that is cut off before the lines are read again. The files stay a while
//! after their task.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use ambient::Timestamp;
use runtime::room::{self, RESERVED_FREE_BYTES, UNRESERVED_BYTES};
use runtime::{ContainerId, Record, Stream};
use serde::{Deserialize, Serialize};

use super::spool::{Patience, Spool};
use super::{Origin, only, size};

/// The options of the driver, beside those of every driver.
const OPTIONS: [&str; 4] = ["max-size", "max-file", "labels", "env"];
/// How long the files stay after their task's end: as long as Amazon's agent leaves a container
/// (`ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION`).
const KEPT: Duration = Duration::from_secs(3 * 3600);
/// The most files that `max-file` may ask for.
const FILES_MAX: u32 = 1000;
const READ_BYTES: usize = 512 * 1024;

/// Where a container's lines are written.
#[derive(Clone, Debug)]
pub(crate) struct JsonFile {
    folder: PathBuf,
    name: String,
    /// When a file is full; `None` for never.
    max_bytes: Option<u64>,
    /// How much of the disk a file that is never full leaves free.
    reserved_bytes: u64,
    /// How many files there are at most, the one that is written included.
    max_files: u32,
    /// What is said with every line.
    attributes: BTreeMap<String, String>,
}

/// A line as Docker writes it.
#[derive(Serialize)]
struct Line<'a> {
    log: &'a str,
    stream: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attrs: &'a BTreeMap<String, String>,
    time: String,
}

/// How far the file goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// The offset of the last line in it.
    last: Option<u64>,
    /// Its length.
    bytes: u64,
}

impl JsonFile {
    /// What the options ask for.
    ///
    /// # Errors
    /// In words for the container's reason.
    pub(super) fn of(
        options: &BTreeMap<String, String>,
        origin: &Origin<'_>,
    ) -> Result<Self, String> {
        only(options, "json-file", &OPTIONS)?;
        let max_bytes = match options.get("max-size").map(String::as_str) {
            None | Some("-1") => None,
            Some(text) => Some(size("max-size", text)?),
        };
        let max_files = match options.get("max-file") {
            None => 1,
            Some(text) => text
                .parse()
                .ok()
                .filter(|files| (1..=FILES_MAX).contains(files))
                .ok_or_else(|| {
                    format!("logger: max-file: '{text}' is not from 1 to {FILES_MAX}")
                })?,
        };
        let named = |option: &str, source: &BTreeMap<String, String>| {
            let names = options.get(option).map_or("", String::as_str);
            let found = names.split(',').filter_map(|name| {
                let (name, value) = source.get_key_value(name.trim())?;
                Some((name.clone(), value.clone()))
            });
            found.collect::<BTreeMap<_, _>>()
        };
        let mut attributes = named("labels", origin.labels);
        attributes.extend(named("env", origin.environment));
        Ok(Self {
            folder: origin.files.join(origin.task),
            name: format!("{}-json.log", origin.runtime_id),
            max_bytes,
            reserved_bytes: RESERVED_FREE_BYTES,
            max_files,
            attributes,
        })
    }

    /// Writes to the end, as soon as there is room.
    pub(super) async fn run(self, spool: &mut Spool, container: ContainerId) {
        let mut patience =
            Patience::new(container, "the container's file of logs cannot be written");
        let mut writer = None;
        loop {
            let batch = spool.next(READ_BYTES).await;
            let records = Arc::new(batch.records);
            writer = loop {
                let (config, open, records) = (self.clone(), writer.take(), Arc::clone(&records));
                let written = blocking(move || {
                    // One that failed is opened anew: that cuts off what it wrote of these lines.
                    let mut writer = match open {
                        Some(writer) => writer,
                        None => Writer::open(config)?,
                    };
                    writer.write(&records).map(|()| writer)
                });
                match written.await {
                    Ok(writer) => break Some(writer),
                    Err(error) => tokio::time::sleep(patience.failed(&error)).await,
                }
            };
            patience.worked();
            spool.acknowledge(batch.cursor).await;
            if batch.ended {
                return;
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Writes a file and turns it over when it is full.
struct Writer {
    config: JsonFile,
    file: File,
    position: Position,
}

impl Writer {
    fn open(config: JsonFile) -> io::Result<Self> {
        // The lines may hold secrets.
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.folder)?;
        let mut position: Position = match fs::read(config.folder.join(position_name(&config.name)))
        {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Position::default(),
            Err(error) => return Err(error),
        };
        let file = append(&config.folder.join(&config.name))?;
        // What was written after the position was kept comes again. A file that was turned over
        // meanwhile is shorter.
        position.bytes = position.bytes.min(file.metadata()?.len());
        file.set_len(position.bytes)?;
        Ok(Self {
            config,
            file,
            position,
        })
    }

    fn write(&mut self, records: &[Record]) -> io::Result<()> {
        let JsonFile {
            folder,
            max_bytes: None,
            reserved_bytes,
            ..
        } = &self.config
        else {
            return self.write_all(records);
        };
        if self.position.bytes >= UNRESERVED_BYTES && room::is_short(folder, *reserved_bytes) {
            let message = format!(
                "less than the {reserved_bytes} bytes are free that a file without max-size leaves"
            );
            return Err(io::Error::new(io::ErrorKind::StorageFull, message));
        }
        self.write_all(records)
    }

    fn write_all(&mut self, records: &[Record]) -> io::Result<()> {
        let mut text = Vec::new();
        for record in records {
            if self.position.last.is_some_and(|last| record.offset <= last) {
                continue;
            }
            let full = |bytes| self.config.max_bytes.is_some_and(|max| bytes >= max);
            if full(self.position.bytes) {
                self.file.write_all(&std::mem::take(&mut text))?;
                self.turn_over()?;
            }
            let before = text.len();
            self.config.line(record, &mut text)?;
            self.position.bytes += (text.len() - before) as u64;
            self.position.last = Some(record.offset);
        }
        self.file.write_all(&text)?;
        self.keep_position()
    }

    /// The file becomes the first of the old ones, the oldest goes.
    fn turn_over(&mut self) -> io::Result<()> {
        self.keep_position()?;
        let path = |number: u32| {
            let name = &self.config.name;
            self.config.folder.join(match number {
                0 => name.clone(),
                number => format!("{name}.{number}"),
            })
        };
        for number in (0..self.config.max_files.saturating_sub(1)).rev() {
            match fs::rename(path(number), path(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = append(&path(0))?;
        self.file.set_len(0)?;
        self.position.bytes = 0;
        self.keep_position()
    }

    fn keep_position(&self) -> io::Result<()> {
        let name = position_name(&self.config.name);
        let unfinished = self.config.folder.join(format!("{name}.new"));
        fs::write(&unfinished, serde_json::to_vec(&self.position)?)?;
        fs::rename(unfinished, self.config.folder.join(name))
    }
}

impl JsonFile {
    fn line(&self, record: &Record, text: &mut Vec<u8>) -> io::Result<()> {
        let mut log = String::from_utf8_lossy(&record.bytes).into_owned();
        if !record.partial {
            log.push('\n');
        }
        let time = jiff::Timestamp::from_millisecond(record.at.as_millis())
            .map_err(io::Error::other)?
            .to_string();
        let line = Line {
            log: &log,
            stream: match record.stream {
                Stream::Stdout => "stdout",
                Stream::Stderr => "stderr",
            },
            attrs: &self.attributes,
            time,
        };
        serde_json::to_writer(&mut *text, &line)?;
        text.push(b'\n');
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o640)
        .open(path)
}

fn position_name(name: &str) -> String {
    format!("{name}.position")
}

/// Removes the files of tasks that are over, once they are old enough. May block.
pub(crate) fn remove_old(
    files: &Path,
    tasks_here: &BTreeSet<String>,
    now: Timestamp,
) -> io::Result<()> {
    let entries = match fs::read_dir(files) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let is_here = tasks_here.contains(&*entry.file_name().to_string_lossy());
        if !is_here && now.since(last_change(&entry.path())?) >= KEPT {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// When something in the folder was last written.
fn last_change(folder: &Path) -> io::Result<Timestamp> {
    let mut latest = fs::metadata(folder)?.modified()?;
    for entry in fs::read_dir(folder)? {
        latest = latest.max(entry?.metadata()?.modified()?);
    }
    let since = latest.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::default().plus(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(offset: u64, text: &str) -> Record {
        Record {
            stream: Stream::Stderr,
            at: Timestamp::from_millis(1_795_189_590_120),
            offset,
            partial: false,
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn driver(folder: &Path, options: &[(&str, &str)]) -> Result<JsonFile, String> {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        JsonFile::of(
            &map(options),
            &Origin {
                container: "app",
                task: "0123",
                runtime_id: "feed",
                region: "us-east-1",
                labels: &map(&[("team", "blue"), ("other", "x")]),
                environment: &map(&[("STAGE", "prod")]),
                files: folder,
            },
        )
    }

    fn text(folder: &Path, name: &str) -> String {
        fs::read_to_string(folder.join("0123").join(name)).unwrap_or_default()
    }

    #[test]
    fn lines_are_written_as_docker_writes_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = driver(folder.path(), &[("labels", "team,none"), ("env", "STAGE")]).unwrap();
        let mut writer = Writer::open(file).unwrap();
        writer.write(&[record(0, "a \"b\"")]).unwrap();
        assert_eq!(
            text(folder.path(), "feed-json.log"),
            "{\"log\":\"a \\\"b\\\"\\n\",\"stream\":\"stderr\",\
             \"attrs\":{\"STAGE\":\"prod\",\"team\":\"blue\"},\"time\":\"2026-11-20T15:46:30.12Z\"}\n"
        );
    }

    #[test]
    fn a_full_file_is_turned_over() {
        let folder = tempfile::tempdir().unwrap();
        let options = [("max-size", "100"), ("max-file", "2")];
        let mut writer = Writer::open(driver(folder.path(), &options).unwrap()).unwrap();
        for offset in 0..6 {
            writer
                .write(&[record(offset, &format!("line {offset}"))])
                .unwrap();
        }
        let (now, before) = (
            text(folder.path(), "feed-json.log"),
            text(folder.path(), "feed-json.log.1"),
        );
        assert!(now.contains("line 4") && now.contains("line 5"), "{now}");
        assert!(
            before.contains("line 2") && before.contains("line 3"),
            "{before}"
        );
        assert_eq!(text(folder.path(), "feed-json.log.2"), "");
    }

    #[test]
    fn a_file_that_is_never_full_leaves_the_reserve_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let line = "x".repeat(1 << 20);
        let fill = |options: &[(&str, &str)]| {
            let mut file = driver(folder.path(), options).unwrap();
            // However much is free.
            file.reserved_bytes = u64::MAX;
            let mut writer = Writer::open(file).unwrap();
            (0..20).find_map(|offset| writer.write(&[record(offset, &line)]).err())
        };
        let error = fill(&[]).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        let written = text(folder.path(), "feed-json.log").len() as u64;
        assert!((UNRESERVED_BYTES..UNRESERVED_BYTES + (2 << 20)).contains(&written));
        fs::remove_dir_all(folder.path().join("0123")).unwrap();
        assert!(fill(&[("max-size", "15m")]).is_none());
    }

    #[test]
    fn a_line_is_there_once_though_its_writer_dies() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Writer::open(driver(folder.path(), &[]).unwrap()).unwrap();
        open().write(&[record(0, "one")]).unwrap();
        // Written, and its writer died before it kept how far it was.
        let mut cut_off = open();
        cut_off.file.write_all(b"{\"log\":\"tw").unwrap();
        drop(cut_off);
        open().write(&[record(0, "one"), record(4, "two")]).unwrap();
        let found = text(folder.path(), "feed-json.log");
        assert_eq!(found.lines().count(), 2, "{found}");
        assert!(found.contains("one") && found.contains("two"));
    }

    #[test]
    fn files_go_a_while_after_their_task() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(driver(folder.path(), &[]).unwrap()).unwrap();
        writer.write(&[record(0, "one")]).unwrap();
        let here = BTreeSet::from(["0123".to_owned()]);
        let path = folder.path().join("0123");
        let written = last_change(&path).unwrap();
        remove_old(folder.path(), &here, written.plus(KEPT)).unwrap();
        remove_old(folder.path(), &BTreeSet::new(), written).unwrap();
        assert!(path.exists());
        remove_old(folder.path(), &BTreeSet::new(), written.plus(KEPT)).unwrap();
        assert!(!path.exists());
        remove_old(&folder.path().join("none"), &here, written).unwrap();
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for options in [("max-size", "x"), ("max-file", "0"), ("compress", "true")] {
            assert!(driver(folder.path(), &[options]).is_err(), "{options:?}");
        }
        let unlimited = driver(folder.path(), &[("max-size", "-1")]).unwrap();
        assert_eq!(unlimited.max_bytes, None);
    }
}
