//! What a container says: from its streams into the spool.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use ambient::{Clock, SystemClock, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::lines::Lines;
use crate::spool::{Stream, Writer};
use crate::stdio::Stdio;
use crate::{LogMode, Settings, ShimError, file};

/// The most that is read of a stream at once: a pipe's usual capacity (pipe(7)).
const READ_BYTES: usize = 64 * 1024;
/// How often a full spool is looked at again.
const FULL_POLL: Duration = Duration::from_millis(20);

pub(crate) struct Output {
    pub(crate) stdio: Stdio,
    mode: LogMode,
    spool: Writer,
    stdout: Lines,
    stderr: Lines,
    buffer: Vec<u8>,
    /// The spool could not be written; blocking mode waits, with what it has in memory.
    stalled: bool,
    /// When it is next looked whether a full spool has room again, on the monotonic clock.
    next_look: Duration,
}

impl Output {
    /// Opens the streams and goes on behind what is in the spool.
    pub(crate) fn open(folder: &Path, settings: &Settings) -> Result<Self, ShimError> {
        let stdio = Stdio::open(folder, settings)?;
        let spool = Writer::open(&folder.join(file::SPOOL), settings.log)?;
        Ok(Self {
            stdio,
            mode: settings.log.mode,
            stdout: Lines::open(&folder.join("tail.stdout"), spool.end(Stream::Stdout))?,
            stderr: Lines::open(&folder.join("tail.stderr"), spool.end(Stream::Stderr))?,
            spool,
            buffer: vec![0; READ_BYTES],
            stalled: false,
            next_look: Duration::ZERO,
        })
    }

    /// Moves what is said into the spool until one of `others` can be read, or `patience` is over; `None`
    /// has no end. Tells which of them can be read.
    pub(crate) fn pump_until<const N: usize>(
        &mut self,
        others: [BorrowedFd<'_>; N],
        patience: Option<Duration>,
        clock: &SystemClock,
    ) -> Result<[bool; N], ShimError> {
        let deadline = patience.map(|patience| clock.monotonic() + patience);
        loop {
            let full = self.mode == LogMode::Blocking && (self.stalled || self.spool.is_full());
            let left = deadline.map(|deadline| deadline.saturating_sub(clock.monotonic()));
            let mut fds: Vec<PollFd<'_>> = others
                .iter()
                .map(|other| PollFd::new(other, PollFlags::IN))
                .collect();
            if !full {
                for stream in Stream::ALL {
                    fds.push(PollFd::new(self.stdio.output(stream), PollFlags::IN));
                }
            }
            let wait = full.then_some(FULL_POLL).into_iter().chain(left).min();
            match poll(&mut fds, wait.map(timespec).as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(ShimError::system("poll")(error)),
            }
            let is_ready = |index: usize| fds.get(index).is_some_and(|fd| !fd.revents().is_empty());
            let found = std::array::from_fn(is_ready);
            let said = [is_ready(N), is_ready(N + 1)];
            let now = clock.monotonic();
            if now >= self.next_look {
                self.next_look = now + FULL_POLL;
                self.spool.look_for_room();
            }
            for (stream, _) in Stream::ALL.into_iter().zip(said).filter(|(_, said)| *said) {
                self.pump(stream, clock)?;
            }
            self.store();
            if found.contains(&true) || left.is_some_and(|left| left.is_zero()) {
                return Ok(found);
            }
        }
    }

    /// Reads once, and gives how much; 0 when the stream has nothing now.
    fn pump(&mut self, stream: Stream, clock: &SystemClock) -> Result<usize, ShimError> {
        let count = match rustix::io::read(self.stdio.output(stream), &mut self.buffer) {
            Ok(count) => count,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(0),
            Err(error) => return Err(ShimError::system("read the container's output")(error)),
        };
        let at = clock.now();
        let lines = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let spool = &mut self.spool;
        lines.push(self.buffer.get(..count).unwrap_or_default(), &mut |line| {
            spool.append(stream, at, line.partial, line.end, line.bytes);
        });
        Ok(count)
    }

    /// Writes what was read. A spool that cannot be written (a full disk) ends neither shim nor
    /// container: blocking waits, non-blocking drops and counts.
    fn store(&mut self) {
        let failed = self.spool.flush().err();
        let first = failed.is_some() && !self.stalled;
        self.stalled = failed.is_some();
        if let Some(error) = failed {
            if first {
                say!("{error}");
            }
            if self.mode == LogMode::NonBlocking {
                self.spool.discard();
            }
            return;
        }
        for lines in [&mut self.stdout, &mut self.stderr] {
            if let Err(error) = lines.save_tail() {
                // Only a shim killed in the middle of this line would miss it.
                say!("could not save an unfinished line: {error}");
            }
        }
    }

    /// Takes what is left when nobody says anything any more, and makes it survive the loss of power.
    /// Gives the time of the end.
    pub(crate) fn finish(&mut self, clock: &SystemClock) -> Result<Timestamp, ShimError> {
        self.spool.look_for_room();
        for stream in Stream::ALL {
            // What the container said is in the pipe, which holds so much. Others may go on writing: with
            // shared process ids a sibling can open what was the container's standard output.
            let mut left = capacity(self.stdio.output(stream));
            while left > 0 {
                match self.pump(stream, clock)? {
                    0 => break,
                    count => left = left.saturating_sub(count),
                }
            }
        }
        let at = clock.now();
        let spool = &mut self.spool;
        for (stream, lines) in [
            (Stream::Stdout, &mut self.stdout),
            (Stream::Stderr, &mut self.stderr),
        ] {
            lines.finish(&mut |line| {
                spool.append(stream, at, line.partial, line.end, line.bytes);
            });
        }
        self.spool.announce_drops(at);
        if let Err(error) = self.spool.flush().and_then(|()| self.spool.sync()) {
            say!("{error}");
            self.spool.discard();
        }
        Ok(at)
    }

    /// Lines dropped since the container's start.
    pub(crate) fn dropped(&self) -> u64 {
        self.spool.dropped()
    }

    /// Waits for a process's end, and meanwhile moves what is said. False where it takes too long.
    pub(crate) fn pump_until_ended(
        &mut self,
        pidfd: impl AsFd,
        patience: Duration,
        clock: &SystemClock,
    ) -> io::Result<bool> {
        self.pump_until([pidfd.as_fd()], Some(patience), clock)
            .map(|[ended]| ended)
            .map_err(io::Error::other)
    }
}

/// The most bytes that a stream can hold. A terminal holds less than a pipe.
fn capacity(stream: impl AsFd) -> usize {
    rustix::pipe::fcntl_getpipe_size(stream).unwrap_or(READ_BYTES)
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}
