//! What an agent remembers of a task across its own death.
//!
//! Two files a task: the payload, which may hold secrets, on tmpfs; and the outcome, once there
//! is one, on disk. A task of which neither the payload nor a container is left was lost with
//! the machine's memory, and is reported so.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ambient::Timestamp;
use serde::{Deserialize, Serialize};

/// The end of the name of a file that is being written.
const UNFINISHED: &str = "new";

/// What is on disk of a task: enough to say how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaskRecord {
    /// The task's ARN.
    pub(crate) arn: String,
    /// The names of its containers.
    pub(crate) containers: Vec<String>,
    /// How it ended, once it has; kept until the control plane has taken it.
    pub(crate) outcome: Option<Outcome>,
}

/// How a task ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Why, where there is more to say than that a container ended.
    pub(crate) reason: String,
    /// How its containers ended.
    pub(crate) containers: Vec<ContainerOutcome>,
    pub(crate) pull_started_at: Option<Timestamp>,
    pub(crate) pull_stopped_at: Option<Timestamp>,
    pub(crate) stopped_at: Option<Timestamp>,
}

/// How a container ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ContainerOutcome {
    pub(crate) name: String,
    pub(crate) exit_code: Option<i32>,
    pub(crate) reason: Option<String>,
    pub(crate) runtime_id: Option<String>,
    pub(crate) image_digest: Option<String>,
}

impl ContainerOutcome {
    /// Says something besides what is said already.
    pub(crate) fn add_reason(&mut self, reason: &str) {
        self.reason = Some(match self.reason.take() {
            Some(before) => format!("{before}; {reason}"),
            None => reason.to_owned(),
        });
    }
}

/// Why a container was given up before it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GivenUp {
    /// The container's reason.
    pub(crate) reason: String,
    /// True where it is the task's, too.
    pub(crate) ends_task: bool,
}

/// When a container was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum StartRecord {
    /// By the machine's own time, which nobody sets.
    Monotonic {
        /// How long it had run, its sleep left out, in ms.
        monotonic_millis: u64,
        /// What the runtime calls the moment: another one there is another start's.
        #[serde(default)]
        started_at: Option<Timestamp>,
    },
    /// By the wall, as earlier versions wrote it.
    At(Timestamp),
}

/// The folders of the records.
#[derive(Clone, Debug)]
pub(crate) struct RecordFolders {
    disk: PathBuf,
    memory: PathBuf,
    /// When containers were started, a folder a task.
    started: PathBuf,
    /// Which images containers run on, a folder a task.
    images: PathBuf,
    /// Which containers were given up before they ran, a folder a task.
    given_up: PathBuf,
}

impl RecordFolders {
    /// Folders under a state folder and a folder on tmpfs, made if need be.
    pub(crate) fn open(state_dir: &Path, run_dir: &Path) -> io::Result<Self> {
        let folders = Self {
            disk: state_dir.join("agent"),
            memory: run_dir.join("agent"),
            started: run_dir.join("agent-started"),
            images: run_dir.join("agent-images"),
            given_up: run_dir.join("agent-given-up"),
        };
        let Self {
            disk,
            memory,
            started,
            images,
            given_up,
        } = &folders;
        for folder in [disk, memory, started, images, given_up] {
            fs::create_dir_all(folder)?;
        }
        Ok(folders)
    }

    pub(crate) fn write_record(&self, id: &str, record: &TaskRecord) -> io::Result<()> {
        write(
            &self.disk,
            &format!("{id}.json"),
            &serde_json::to_vec(record)?,
        )?;
        self.sync_names()
    }

    /// The name itself must be there after a crash of the machine.
    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.disk)?.sync_all()
    }

    /// As [`RecordFolders::write_record`], but until [`RecordFolders::sync_record`] a crash of the
    /// machine, which ends what it tells of, may lose it.
    pub(crate) fn note_record(&self, id: &str, record: &TaskRecord) -> io::Result<()> {
        let name = format!("{id}.json");
        write_unsynced(&self.disk, &name, &serde_json::to_vec(record)?)
    }

    /// Makes a record survive a crash of the machine, if it is still there.
    pub(crate) fn sync_record(&self, id: &str) -> io::Result<()> {
        match File::open(self.disk.join(format!("{id}.json"))) {
            Ok(file) => file.sync_all()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        self.sync_names()
    }

    pub(crate) fn write_payload(&self, id: &str, task: &agent_wire::Task) -> io::Result<()> {
        write(
            &self.memory,
            &format!("{id}.json"),
            &serde_json::to_vec(task)?,
        )
    }

    /// Forgets what a task was to be: a later agent can only say that it lost it.
    pub(crate) fn remove_payload(&self, id: &str) -> io::Result<()> {
        match fs::remove_file(self.memory.join(format!("{id}.json"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn payload(&self, id: &str) -> io::Result<Option<agent_wire::Task>> {
        read(&self.memory.join(format!("{id}.json")))
    }

    /// Keeps when a container of a task was started, for as long as the machine runs.
    pub(crate) fn write_started(
        &self,
        id: &str,
        name: &str,
        monotonic: Duration,
        started_at: Timestamp,
    ) -> io::Result<()> {
        let at = StartRecord::Monotonic {
            monotonic_millis: u64::try_from(monotonic.as_millis()).unwrap_or(u64::MAX),
            started_at: Some(started_at),
        };
        let folder = self.started.join(id);
        fs::create_dir_all(&folder)?;
        write(&folder, name, &serde_json::to_vec(&at)?)
    }

    /// When a container was started, where that was kept.
    pub(crate) fn started(&self, id: &str, name: &str) -> Option<StartRecord> {
        read(&self.started.join(id).join(name)).ok().flatten()
    }

    /// Keeps which image a container of a task is made of, for as long as the machine runs: what its
    /// name means may be another one by the time that a later agent takes the container over.
    pub(crate) fn write_image(&self, id: &str, name: &str, digest: &str) -> io::Result<()> {
        let folder = self.images.join(id);
        fs::create_dir_all(&folder)?;
        write(&folder, name, &serde_json::to_vec(digest)?)
    }

    /// The digest of the image that a container is made of, where that was kept.
    pub(crate) fn image(&self, id: &str, name: &str) -> Option<String> {
        read(&self.images.join(id).join(name)).ok().flatten()
    }

    /// Keeps that a container of a task is not started any more, for as long as the machine runs: what
    /// waits for it must not be started by a later agent, nor it itself.
    pub(crate) fn write_given_up(&self, id: &str, name: &str, why: &GivenUp) -> io::Result<()> {
        let folder = self.given_up.join(id);
        fs::create_dir_all(&folder)?;
        write(&folder, name, &serde_json::to_vec(why)?)
    }

    /// Why a container was given up, where it was.
    pub(crate) fn given_up(&self, id: &str, name: &str) -> Option<GivenUp> {
        read(&self.given_up.join(id).join(name)).ok().flatten()
    }

    /// Every record, with its task's id. One that a crash of the machine has torn was never
    /// acknowledged, and goes.
    pub(crate) fn records(&self) -> io::Result<Vec<(String, TaskRecord)>> {
        let mut records = Vec::new();
        for entry in fs::read_dir(&self.disk)? {
            let path = entry?.path();
            let id = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
                && let Some(id) = id
            {
                match read(&path) {
                    Ok(Some(record)) => records.push((id, record)),
                    Ok(None) => {}
                    Err(error) if is_torn(&error) => {
                        tracing::warn!(task = id, %error, "a torn record is removed");
                        fs::remove_file(&path)?;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        records.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(records)
    }

    /// Removes what belongs to no record, because its writer died in between: payloads, which may hold
    /// secrets and were never acknowledged, and files that were not finished.
    pub(crate) fn remove_orphans(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.disk)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == UNFINISHED)
            {
                fs::remove_file(path)?;
            }
        }
        for entry in fs::read_dir(&self.memory)? {
            let entry = entry?;
            if !self.disk.join(entry.file_name()).exists() {
                fs::remove_file(entry.path())?;
            }
        }
        for folder in [&self.started, &self.images, &self.given_up] {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let id = entry.file_name();
                if !self.disk.join(format!("{}.json", id.display())).exists() {
                    fs::remove_dir_all(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Forgets a task.
    pub(crate) fn remove(&self, id: &str) -> io::Result<()> {
        for folder in [&self.started, &self.images, &self.given_up] {
            match fs::remove_dir_all(folder.join(id)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let file = format!("{id}.json");
        for path in [self.memory.join(&file), self.disk.join(&file)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// True where there is no room for more, or none may be written: what nobody can wait for.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(
        error.kind(),
        StorageFull | QuotaExceeded | ReadOnlyFilesystem
    )
}

/// What `serde_json` makes of a file that ends too soon or holds something else.
fn is_torn(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

/// Whole or not at all: a reader never sees half a file, nor does a restart of the machine.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write_with(folder, name, bytes, File::sync_all)
}

/// The same but for a restart of the machine.
fn write_unsynced(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write_with(folder, name, bytes, |_| Ok(()))
}

fn write_with(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    sync: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.{UNFINISHED}"));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            sync(&file)
        });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    fs::rename(&unfinished, folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_trouble() {
        // ENOSPC, EDQUOT, EROFS and EIO of errno(3).
        for (number, full) in [(28, true), (122, true), (30, true), (5, false)] {
            assert_eq!(is_full(&io::Error::from_raw_os_error(number)), full);
        }
    }

    #[test]
    fn a_record_outlives_its_writer_and_goes_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let folders =
            RecordFolders::open(&folder.path().join("s"), &folder.path().join("r")).unwrap();
        let record = TaskRecord {
            arn: "arn:aws:ecs:us-east-1:123456789012:task/default/t1".into(),
            containers: vec!["app".into()],
            outcome: None,
        };
        folders.write_record("t1", &record).unwrap();
        folders
            .write_payload("t1", &agent_wire::Task::default())
            .unwrap();
        let again =
            RecordFolders::open(&folder.path().join("s"), &folder.path().join("r")).unwrap();
        assert_eq!(
            again.records().unwrap(),
            [("t1".to_owned(), record.clone())]
        );
        assert!(again.payload("t1").unwrap().is_some());
        again
            .write_payload("t2", &agent_wire::Task::default())
            .unwrap();
        // An earlier writer died in the middle, or before it had written the record.
        let left = ["s/agent/t9.json.new", "r/agent/t1.json.new"];
        for path in left {
            fs::write(folder.path().join(path), "{").unwrap();
        }
        again.write_image("t9", "app", "sha256:1").unwrap();
        again.remove_orphans().unwrap();
        for path in left {
            assert!(!folder.path().join(path).exists(), "{path}");
        }
        assert_eq!(again.image("t9", "app"), None);
        assert!(again.payload("t1").unwrap().is_some() && again.payload("t2").unwrap().is_none());
        // What was noted is there for whoever comes next, torn or whole.
        again.note_record("t3", &record).unwrap();
        again.sync_record("t3").unwrap();
        again.sync_record("gone").unwrap();
        fs::write(folder.path().join("s/agent/t4.json"), "{\"arn\":").unwrap();
        fs::write(folder.path().join("s/agent/t5.json"), "").unwrap();
        let found: Vec<String> = again
            .records()
            .unwrap()
            .into_iter()
            .map(|one| one.0)
            .collect();
        assert_eq!(found, ["t1", "t3"]);
        assert!(!folder.path().join("s/agent/t4.json").exists());
        again.remove("t3").unwrap();
        // As an earlier version wrote it, and as this one does.
        let started = folder.path().join("r/agent-started/t1");
        fs::create_dir_all(&started).unwrap();
        fs::write(started.join("app"), "1795189590120").unwrap();
        let at = Timestamp::from_millis(1_795_189_590_120);
        assert_eq!(folders.started("t1", "app"), Some(StartRecord::At(at)));
        let monotonic = Duration::from_millis(7);
        again.write_started("t1", "app", monotonic, at).unwrap();
        let written = fs::read_to_string(started.join("app")).unwrap();
        assert_eq!(
            written,
            r#"{"monotonic_millis":7,"started_at":1795189590120}"#
        );
        let expected = StartRecord::Monotonic {
            monotonic_millis: 7,
            started_at: Some(at),
        };
        assert_eq!(folders.started("t1", "app"), Some(expected));
        again.write_image("t1", "app", "sha256:1").unwrap();
        assert_eq!(folders.image("t1", "app").as_deref(), Some("sha256:1"));
        again.remove_payload("t1").unwrap();
        again.remove_payload("t1").unwrap();
        assert!(again.payload("t1").unwrap().is_none());
        again.remove("t1").unwrap();
        again.remove("t1").unwrap();
        assert_eq!(folders.started("t1", "app"), None);
        assert_eq!(folders.image("t1", "app"), None);
        assert!(again.records().unwrap().is_empty() && again.payload("t1").unwrap().is_none());
    }
}
