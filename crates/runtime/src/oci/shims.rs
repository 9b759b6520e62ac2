//! Shims as processes: starting them, asking them, seeing their end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use shim::{CONTROL_START, EXIT_REFUSED, Identity, ShimError, file, lock};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::held::Held;
use crate::RuntimeError;
use crate::watch::register;

/// How often the lock is tried, and the pause between.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(2);
/// How much of a shim's log is searched for its last words.
const LOG_TAIL_BYTES: u64 = 1024;

/// How many containers are made at a time, for each core: a start is the processor's work, and of hundreds
/// at once none would end in time.
const STARTS_PER_CORE: usize = 8;
/// How many containers are made ready ahead at a time, for each core: as many as may begin at a time.
/// Until then each is two processes that wait, and some descriptors of this one.
pub const STAGED_PER_CORE: usize = STARTS_PER_CORE;

/// A shim that waits to be told to create its container and start it.
pub(super) struct StagedShim {
    launcher: Child,
    /// What it waits at. Closed, it ends.
    gate: ChildStdin,
    /// One of those that may wait at a time.
    place: OwnedSemaphorePermit,
}

/// Starts shims. They are no children of this process: each forks itself away.
pub(super) struct Shims {
    program: PathBuf,
    starts: Semaphore,
    staged: Arc<Semaphore>,
}

/// Permits for what is made so many at a time.
pub(super) fn starts() -> Semaphore {
    Semaphore::new(STARTS_PER_CORE * cores())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// How a start went.
#[derive(Debug)]
pub(super) enum Launched {
    /// The container is created or adopted.
    Done,
    /// Another shim is there, or was.
    Refused,
    /// It cannot be, with what the shim said.
    Failed(String),
}

impl Shims {
    pub(super) fn new(program: PathBuf) -> Self {
        Self {
            program,
            starts: starts(),
            staged: Arc::new(Semaphore::new(STAGED_PER_CORE * cores())),
        }
    }

    /// A place among the containers that are made ready ahead; `None` while there are as many as may be.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.staged).try_acquire_owned().ok()
    }

    /// Gives a new container its shim, which creates it.
    pub(super) async fn create(&self, folder: &Path) -> Result<Launched, RuntimeError> {
        let _turn = self.starts.acquire().await;
        self.launch(&[], folder, Stdio::null()).await
    }

    /// Gives a new container its shim, which creates it and starts it at once.
    pub(super) async fn run(&self, folder: &Path) -> Result<Launched, RuntimeError> {
        let _turn = self.starts.acquire().await;
        self.launch(&["--start"], folder, Stdio::null()).await
    }

    /// Gives a new container its shim, which does nothing yet; `None` when there is one.
    pub(super) async fn stage(
        &self,
        folder: &Path,
        place: OwnedSemaphorePermit,
    ) -> Result<Option<StagedShim>, RuntimeError> {
        let flags = &["--start", "--wait"];
        let Some(mut launcher) = self.spawn(flags, folder, Stdio::piped()).await? else {
            return Ok(None);
        };
        let gate = launcher.stdin.take();
        Ok(gate.map(|gate| StagedShim {
            launcher,
            gate,
            place,
        }))
    }

    /// Has a shim that waits create its container and start it.
    pub(super) async fn run_staged(
        &self,
        staged: StagedShim,
        folder: &Path,
    ) -> Result<Launched, RuntimeError> {
        let _turn = self.starts.acquire().await;
        let StagedShim {
            launcher,
            mut gate,
            place,
        } = staged;
        // Where nobody hears it, the launcher has ended.
        let _ = gate.write_all(&[CONTROL_START]).await;
        drop((gate, place));
        self.await_launch(launcher, folder).await
    }

    /// Gives a container that has ended a new shim, which creates and starts it once more.
    pub(super) async fn restart(&self, folder: &Path) -> Result<Launched, RuntimeError> {
        let _turn = self.starts.acquire().await;
        self.launch(&["--restart"], folder, Stdio::null()).await
    }

    /// Gives a container whose shim has died a new one. What is held of it is handed on: a pidfd
    /// that was opened before the end keeps the exit status.
    pub(super) async fn adopt(
        &self,
        folder: &Path,
        held: Option<&Held>,
    ) -> Result<Launched, RuntimeError> {
        let console = held.and_then(Held::console);
        let mut flags = vec!["--adopt"];
        if let Some(place) = &console {
            flags.extend(["--console", place]);
        }
        match held.map(|held| held.init.as_fd().try_clone_to_owned()) {
            Some(Ok(init)) => {
                flags.push("--pidfd");
                self.launch(&flags, folder, init.into()).await
            }
            Some(Err(_)) | None => self.launch(&flags, folder, Stdio::null()).await,
        }
    }

    async fn launch(
        &self,
        flags: &[&str],
        folder: &Path,
        stdin: Stdio,
    ) -> Result<Launched, RuntimeError> {
        match self.spawn(flags, folder, stdin).await? {
            Some(launcher) => self.await_launch(launcher, folder).await,
            None => Ok(Launched::Refused),
        }
    }

    /// Starts the process that a shim comes from; `None` when there is a shim.
    async fn spawn(
        &self,
        flags: &[&str],
        folder: &Path,
        stdin: Stdio,
    ) -> Result<Option<Child>, RuntimeError> {
        let Some(lock) = take_lock(folder).await? else {
            return Ok(None);
        };
        let launcher = Command::new(&self.program)
            .arg("shim")
            .args(flags)
            .arg("--lock")
            .arg(folder)
            // This process's may hold secrets.
            .env_clear()
            .stdin(stdin)
            // Handed on: were this process killed now, nobody could take it before the shim.
            .stdout(lock)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(RuntimeError::io("run", &self.program))?;
        Ok(Some(launcher))
    }

    /// Waits for what the shim has to say.
    async fn await_launch(&self, launcher: Child, folder: &Path) -> Result<Launched, RuntimeError> {
        let output = launcher
            .wait_with_output()
            .await
            .map_err(RuntimeError::io("wait for", &self.program))?;
        if output.status.success() {
            return Ok(Launched::Done);
        }
        if output.status.code() == Some(i32::from(EXIT_REFUSED)) {
            return Ok(Launched::Refused);
        }
        let mut message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if message.is_empty() || output.status.code().is_none() {
            message = format!("{message} (it ended with {})", output.status);
        }
        if let Some(tail) = log_tail(folder).filter(|tail| !message.contains(tail)) {
            message = format!("{message}: {tail}");
        }
        Ok(Launched::Failed(message))
    }
}

impl StagedShim {
    /// Ends the shim; its container will not be.
    pub(super) async fn give_up(self) -> io::Result<()> {
        drop(self.gate);
        self.launcher.wait_with_output().await.map(drop)
    }
}

/// The last line that a container's shims had to say.
fn log_tail(folder: &Path) -> Option<String> {
    let mut log = File::open(folder.join(file::SHIM_LOG)).ok()?;
    let length = log.metadata().ok()?.len();
    log.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))
        .ok()?;
    let mut text = Vec::new();
    log.take(LOG_TAIL_BYTES).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rfind(|line| !line.trim().is_empty())?;
    Some(last.trim().to_owned())
}

/// Takes a container's lock; `None` when a shim has it.
async fn take_lock(folder: &Path) -> Result<Option<File>, RuntimeError> {
    for _ in 1..LOCK_TRIES {
        match lock::take(folder) {
            Ok(lock) => return Ok(Some(lock)),
            // It may be another call here that only asks.
            Err(ShimError::Locked { .. }) => tokio::time::sleep(LOCK_PAUSE).await,
            Err(error) => return Err(error.into()),
        }
    }
    match lock::take(folder) {
        Ok(lock) => Ok(Some(lock)),
        Err(ShimError::Locked { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks the shim to start the container; false when there is no shim to hear it.
pub(super) fn ask_to_start(folder: &Path) -> Result<bool, RuntimeError> {
    let path = folder.join(file::CONTROL);
    let control = OpenOptions::new()
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(&path);
    match control.and_then(|mut control| control.write_all(&[CONTROL_START])) {
        Ok(()) => Ok(true),
        // No reader.
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => Ok(false),
        // Full: it was asked before.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
        Err(source) => Err(RuntimeError::io("ask the shim through", &path)(source)),
    }
}

/// Waits for a shim's end.
pub(super) async fn ended(shim: &Identity) -> Result<(), RuntimeError> {
    let proc = || RuntimeError::io("watch a shim through", Path::new("/proc"));
    let Some(pidfd) = shim.open().map_err(proc())? else {
        return Ok(());
    };
    readable(pidfd).await.map_err(proc())
}

/// Waits until a descriptor can be read: of a process, until it has ended.
pub(super) async fn readable(descriptor: OwnedFd) -> io::Result<()> {
    register(descriptor)?.readable().await.map(|_| ())
}
