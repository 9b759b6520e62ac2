//! The shim's life: create, restart or adopt, watch, drain, record.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use ambient::{Clock, SystemClock};
use rustix::event::{Timespec, poll};
use rustix::process::{Pid, WaitOptions, getpid, set_child_subreaper, waitpid};

use crate::console::{Console, Socket};
use crate::launch::{Inherited, Ready};
use crate::lock;
use crate::oci::{Begin, Oci, Streams};
use crate::output::Output;
use crate::record::Durability;
use crate::stdio::{container_end, control};
use crate::{CONTROL_START, Exit, Identity, Settings, ShimError, State, exit, file, pidfd, record};

/// How long the kernel may take from a process's end to telling its status.
const STATUS_MILLIS: u32 = 2_000;
/// How often it is asked.
const STATUS_POLL_MILLIS: u32 = 1;
/// How often the lock is tried, and the pause between.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE_MILLIS: u32 = 5;
/// How often processes that outlived their container's first are killed, and the pause between.
const LEFTOVER_TRIES: u32 = 400;
const LEFTOVER_PAUSE_MILLIS: u32 = 5;
/// Bytes of commands read from the control FIFO at once.
const CONTROL_BYTES: usize = 64;

/// What is said of an end that nobody was there for.
const OUTPUT_LOST: &str = "its last lines may be lost: when it ended, neither its shim nor the agent was there to \
                           hold its output";

/// Creates the container, starts it if it is to begin at once, and watches it to its end.
pub(crate) fn create(
    folder: &Path,
    begin: Begin,
    inherited: Inherited,
    ready: &mut Ready,
) -> Result<(), ShimError> {
    let _lock = take_lock(folder, inherited.lock)?;
    let (state_path, exit_path) = (folder.join(file::STATE), folder.join(file::EXIT));
    if state_path.exists() || exit_path.exists() {
        return Err(ShimError::AlreadyStarted {
            path: folder.to_owned(),
        });
    }
    let settings = settings(folder)?;
    let shim = Shim::of_new(folder, &settings, begin, inherited.gate)?;
    ready.say();
    shim.run()
}

/// Creates and starts a container once more that has ended: with its file system, and its output
/// behind that of before.
pub(crate) fn restart(
    folder: &Path,
    inherited: Inherited,
    ready: &mut Ready,
) -> Result<(), ShimError> {
    let _lock = take_lock(folder, inherited.lock)?;
    let exit_path = folder.join(file::EXIT);
    if !exit_path.exists() {
        return Err(ShimError::AlreadyStarted {
            path: folder.to_owned(),
        });
    }
    let settings = settings(folder)?;
    // An earlier shim may have died before it had cleaned up.
    Oci::new(folder, &settings).delete_leftovers()?;
    pidfd::unpin(&folder.join(file::INIT));
    let shim = Shim::of_new(folder, &settings, Begin::AtOnce, None)?;
    // Not before: whoever adopts it up to here ends it, and it has ended as it had before.
    std::fs::remove_file(&exit_path).map_err(ShimError::io("remove", &exit_path))?;
    ready.say();
    shim.run()
}

/// Takes over a container whose shim has died. An inherited pidfd of its init knows the exit status
/// even when the process is long gone.
pub(crate) fn adopt(
    folder: &Path,
    inherited: Inherited,
    ready: &mut Ready,
) -> Result<(), ShimError> {
    let _lock = take_lock(folder, inherited.lock)?;
    let settings = settings(folder)?;
    let clock = SystemClock;
    let oci = Oci::new(folder, &settings);
    let exit_path = folder.join(file::EXIT);
    // A record that cannot be read was torn by the loss of power, which ended the container too.
    if let Ok(Some(_)) = record::read::<Exit>(&exit_path) {
        ready.say();
        return oci.delete();
    }
    let Ok(Some(mut state)) = record::read::<State>(&folder.join(file::STATE)) else {
        let deleted = oci.delete();
        let reason = "the shim was killed before it had recorded the container";
        record::write_reserved(
            &exit_path,
            &Exit::unknown(reason, clock.now()),
            Durability::Machine,
        )?;
        ready.say();
        return deleted;
    };
    let proc = ShimError::io("read", Path::new("/proc"));
    let same_boot = crate::identity::boot_id().map_err(proc)? == state.init.boot_id;
    let held = inherited.init.is_some();
    let init = match inherited.init {
        Some(pidfd) => Some(pidfd),
        None => state
            .init
            .open()
            .map_err(ShimError::io("find init in", Path::new("/proc")))?
            // What has been reaped long ago is known to its pin alone.
            .or_else(|| pidfd::pinned(&folder.join(file::INIT)).filter(|_| same_boot)),
    };
    state.shim = current_identity()?;
    let mut output = Output::open(folder, &settings)?;
    if settings.terminal {
        let console = inherited.console.and_then(|place| {
            Console::of_other(&place)
                .inspect_err(|error| say!("the terminal at {place} is lost: {error}"))
                .ok()
        });
        state.console = console.as_ref().map(Console::number);
        output.stdio.set_console(console);
    }
    let mut shim = Shim::new(
        folder,
        &settings,
        clock,
        (output, control(folder)?),
        state,
        init,
    );
    let status = match shim.init {
        Some(_) => {
            if shim.state.started_at.is_none() && shim.oci.is_started() {
                shim.state.started_at = Some(shim.clock.now());
            }
            shim.save_state()?;
            // Of a container that has ended the word comes with its record.
            if shim.has_ended() {
                shim.output_lost = !held;
            } else {
                ready.say();
            }
            shim.watch()?;
            shim.status()
        }
        None if same_boot => {
            Err("the container ended while no shim watched it, and its exit code was lost")
        }
        None => Err("the machine was restarted while the container ran"),
    };
    shim.finish(status)?;
    ready.say();
    Ok(())
}

/// Waits for the one byte that says that the container is wanted, and removes the sign that nothing was
/// begun.
fn pass(folder: &Path, gate: OwnedFd) -> Result<(), ShimError> {
    let told = File::from(gate).read(&mut [0]);
    let told = told.map_err(|source| ShimError::System {
        what: "wait to be told to begin",
        source,
    })?;
    if told == 0 {
        return Err(ShimError::NotWanted);
    }
    let waiting = folder.join(file::WAITING);
    std::fs::remove_file(&waiting).map_err(ShimError::io("remove", &waiting))
}

fn take_lock(folder: &Path, inherited: Option<OwnedFd>) -> Result<File, ShimError> {
    if let Some(lock) = inherited {
        return lock::inherit(folder, lock);
    }
    let mut tries = 1;
    loop {
        match lock::take(folder) {
            // It may be somebody who only asks whether a shim lives, and is gone in a moment.
            Err(ShimError::Locked { .. }) if tries < LOCK_TRIES => {
                tries += 1;
                pause(LOCK_PAUSE_MILLIS);
            }
            result => return result,
        }
    }
}

fn settings(folder: &Path) -> Result<Settings, ShimError> {
    let path = folder.join(file::SETTINGS);
    record::read(&path)?
        .ok_or_else(|| ShimError::io("read", &path)(io::Error::from(io::ErrorKind::NotFound)))
}

fn current_identity() -> Result<Identity, ShimError> {
    Identity::current().map_err(ShimError::io("read", Path::new("/proc/self/stat")))
}

struct Shim<'a> {
    folder: &'a Path,
    oom_events: Option<&'a Path>,
    leftovers: Option<&'a Path>,
    clock: SystemClock,
    oci: Oci<'a>,
    output: Output,
    control: OwnedFd,
    state: State,
    /// A pidfd of the container's first process, unless that was gone before.
    init: Option<OwnedFd>,
    /// Why the container could not be started.
    start_failure: Option<String>,
    /// The container ended while nobody held its pipes, and they with what was in them.
    output_lost: bool,
}

impl<'a> Shim<'a> {
    fn new(
        folder: &'a Path,
        settings: &'a Settings,
        clock: SystemClock,
        (output, control): (Output, OwnedFd),
        state: State,
        init: Option<OwnedFd>,
    ) -> Self {
        Self {
            folder,
            oom_events: settings.oom_events.as_deref(),
            leftovers: settings.leftovers.as_deref(),
            clock,
            oci: Oci::new(folder, settings),
            output,
            control,
            state,
            init,
            start_failure: None,
            output_lost: false,
        }
    }

    /// Creates the container when the gate says so, and records it: what it is, or why it is not. One
    /// that begins at once and whose shim is killed before the record is ended by the next shim, not
    /// started again.
    fn of_new(
        folder: &'a Path,
        settings: &'a Settings,
        begin: Begin,
        gate: Option<OwnedFd>,
    ) -> Result<Self, ShimError> {
        let clock = SystemClock;
        // So that the container's init becomes a child of this process when `create` ends.
        set_child_subreaper(Some(getpid())).map_err(ShimError::system("become a subreaper"))?;
        let exit_path = folder.join(file::EXIT);
        record::reserve(&exit_path)?;
        let mut output = Output::open(folder, settings)?;
        let control = control(folder)?;
        let oci = Oci::new(folder, settings);
        if let Some(gate) = gate {
            pass(folder, gate)?;
        }
        match create_init(folder, settings, begin, &oci, &mut output, &clock) {
            Ok((state, init)) => {
                let shim = Self::new(
                    folder,
                    settings,
                    clock,
                    (output, control),
                    state,
                    Some(init),
                );
                let path = folder.join(file::STATE);
                // Twice: what is replaced is the room for the next time.
                record::reserve(&path)?;
                shim.save_state()?;
                record::reserve(&path)?;
                Ok(shim)
            }
            Err(error) => {
                if let Err(error) = oci.delete() {
                    say!("{error}");
                }
                let exit = Exit::unknown(error.to_string(), clock.now());
                record::write_reserved(&exit_path, &exit, Durability::Machine)?;
                Err(error)
            }
        }
    }

    fn save_state(&self) -> Result<(), ShimError> {
        let path = self.folder.join(file::STATE);
        record::write_reserved(&path, &self.state, Durability::Process)
    }

    /// Watches the container to its end, and records that.
    fn run(mut self) -> Result<(), ShimError> {
        self.watch()?;
        let status = self.status();
        if self.state.started_at.is_none() {
            // The code is the OCI runtime's, whose process waited in the program's place.
            self.start_failure
                .get_or_insert_with(|| exit::NEVER_STARTED.to_owned());
        }
        self.finish(status)
    }

    fn has_ended(&self) -> bool {
        let ended = |init| pidfd::has_ended(init, 0).unwrap_or(true);
        self.init.as_ref().is_none_or(ended)
    }

    fn start(&mut self) -> Result<(), ShimError> {
        if self.state.started_at.is_some() {
            return Ok(());
        }
        match self.oci.start() {
            Ok(()) => {
                self.state.started_at = Some(self.clock.now());
                self.save_state()
            }
            Err(error) => {
                say!("{error}");
                self.start_failure = Some(error.to_string());
                if let Some(init) = &self.init {
                    pidfd::send(init, libc::SIGKILL).map_err(|source| ShimError::System {
                        what: "end a container that could not be started",
                        source,
                    })?;
                }
                Err(error)
            }
        }
    }

    /// Moves output and takes commands until init has ended.
    fn watch(&mut self) -> Result<(), ShimError> {
        loop {
            let Some(init) = &self.init else {
                return Ok(());
            };
            let others = [init.as_fd(), self.control.as_fd()];
            let [ended, commanded] = self.output.pump_until(others, None, &self.clock)?;
            if commanded && self.start_is_asked() {
                // The failure is kept for the exit record, and init is being killed.
                let _ = self.start();
            }
            if ended {
                return Ok(());
            }
        }
    }

    fn start_is_asked(&self) -> bool {
        let mut commands = [0; CONTROL_BYTES];
        match rustix::io::read(&self.control, &mut commands) {
            Ok(count) => commands
                .iter()
                .take(count)
                .any(|byte| *byte == CONTROL_START),
            Err(_) => false,
        }
    }

    /// The status of a process that has ended, from wait(2) when it is a child, else from its
    /// pidfd or, while it is a zombie, from `/proc`.
    fn status(&self) -> Result<i32, &'static str> {
        let mut waited = 0;
        loop {
            if let Some(pid) = Pid::from_raw(self.state.init.pid)
                && let Ok(Some((_, status))) = waitpid(Some(pid), WaitOptions::NOHANG)
            {
                return Ok(status.as_raw());
            }
            if let Some(init) = &self.init
                && let Ok(Some(status)) = pidfd::reaped_status(init)
            {
                return Ok(status);
            }
            if let Ok(Some(stat)) = self.state.init.stat()
                && let Some(status) = stat.zombie_status
            {
                return Ok(status);
            }
            if waited >= STATUS_MILLIS {
                return Err(
                    "the kernel did not tell the exit code to a shim that is not the parent",
                );
            }
            waited += STATUS_POLL_MILLIS;
            pause(STATUS_POLL_MILLIS);
        }
    }

    /// Drains what is left, records the end, and lets the OCI runtime clean up.
    fn finish(mut self, status: Result<i32, &'static str>) -> Result<(), ShimError> {
        if let Some(group) = self.leftovers {
            kill_leftovers(group);
        }
        let at = self.output.finish(&self.clock)?;
        let monotonic = self.clock.monotonic();
        let mut exit = match (self.start_failure.take(), status) {
            (Some(reason), _) => Exit::unknown(reason, at),
            (None, Ok(status)) => Exit::from_wait_status(status, at),
            (None, Err(reason)) => Exit::unknown(reason, at),
        };
        if self.output_lost {
            exit.reason.get_or_insert_with(|| OUTPUT_LOST.to_owned());
        }
        exit.monotonic_millis = u64::try_from(monotonic.as_millis()).ok();
        exit.log_dropped = self.output.dropped();
        // Before `delete`, which removes the cgroup.
        exit.oom_killed = self
            .oom_events
            .and_then(|path| std::fs::read_to_string(path).ok())
            .is_some_and(|events| exit::oom_kills(&events) > 0);
        record::write_reserved(&self.folder.join(file::EXIT), &exit, Durability::Machine)?;
        self.oci.delete()
    }
}

fn create_init(
    folder: &Path,
    settings: &Settings,
    begin: Begin,
    oci: &Oci<'_>,
    output: &mut Output,
    clock: &SystemClock,
) -> Result<(State, OwnedFd), ShimError> {
    let mut wait =
        |process: BorrowedFd<'_>, patience| output.pump_until_ended(process, patience, clock);
    let pid = if settings.terminal {
        let socket = Socket::listen(folder)?;
        let streams = Streams::Console(&socket.path());
        let pid = oci.create(begin, streams, &mut wait)?;
        output.stdio.set_console(Some(socket.receive()?));
        pid
    } else {
        let stdin = settings
            .stdin_open
            .then(|| container_end(folder, file::STDIN));
        let streams = Streams::Pipes {
            stdin: stdin.transpose()?,
            stdout: container_end(folder, file::STDOUT)?,
            stderr: container_end(folder, file::STDERR)?,
        };
        oci.create(begin, streams, &mut wait)?
    };
    // Init is a child of this process and not reaped before `status`: whatever becomes of it, the
    // number is still its own here.
    let init = Identity::of(pid).map_err(ShimError::io("find init in", Path::new("/proc")))?;
    let pidfd = init
        .open()
        .map_err(ShimError::io("open a pidfd from", Path::new("/proc")))?
        .ok_or_else(|| ShimError::System {
            what: "find the container's init",
            source: io::Error::from_raw_os_error(libc::ESRCH),
        })?;
    // Where the kernel cannot, an exit that nobody saw has no code.
    let _ = pidfd::pin(&pidfd, &folder.join(file::INIT));
    let now = clock.now();
    let state = State {
        init,
        shim: current_identity()?,
        created_at: now,
        started_at: (begin == Begin::AtOnce).then_some(now),
        console: output.stdio.console(),
    };
    Ok((state, pidfd))
}

/// Ends what outlived a container's first process, in its cgroup and those below.
fn kill_leftovers(group: &Path) {
    for _ in 0..LEFTOVER_TRIES {
        if kill_group(group) == 0 {
            return;
        }
        pause(LEFTOVER_PAUSE_MILLIS);
    }
    say!("processes are left in {}", group.display());
}

/// The number of those that were there.
fn kill_group(group: &Path) -> usize {
    let mut found = 0;
    for entry in std::fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found += kill_group(&entry.path());
        }
    }
    let pids = std::fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    for pid in pids.lines().filter_map(|line| line.parse().ok()) {
        if let Some(pid) = Pid::from_raw(pid) {
            found += 1;
            // It may be gone already.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
    found
}

/// Waits. A shim has one thread and nothing else to do.
fn pause(millis: u32) {
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(millis) * 1_000_000,
    };
    let _ = poll(&mut [], Some(&timeout));
}
