//! The FIFOs between a container, its shim and the agent.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{CWD, FileType, Gid, Mode, OFlags, Uid, chown, mknodat, open};

use crate::console::Console;
use crate::spool::Stream;
use crate::{Settings, ShimError, file};

/// The shim's ends. Each is open for reading and writing, so that neither end ever sees the other
/// go: the container's writes never fail for want of a reader, and reading never ends.
#[derive(Debug)]
pub(crate) struct Stdio {
    stdout: OwnedFd,
    stderr: OwnedFd,
    /// In place of standard output and error.
    console: Option<Console>,
    /// Open, so that the container never sees its end.
    _stdin: Option<OwnedFd>,
}

impl Stdio {
    /// Opens the FIFOs and makes those that are missing.
    pub(crate) fn open(folder: &Path, settings: &Settings) -> Result<Self, ShimError> {
        let owner = (settings.io_uid, settings.io_gid);
        Ok(Self {
            stdout: fifo(&folder.join(file::STDOUT), owner)?,
            stderr: fifo(&folder.join(file::STDERR), owner)?,
            console: None,
            _stdin: settings
                .stdin_open
                .then(|| fifo(&folder.join(file::STDIN), owner))
                .transpose()?,
        })
    }

    /// For [`crate::State::console`].
    pub(crate) fn console(&self) -> Option<i32> {
        self.console.as_ref().map(Console::number)
    }

    /// Output comes from a terminal from now on.
    pub(crate) fn set_console(&mut self, console: Option<Console>) {
        self.console = console;
    }

    pub(crate) fn output(&self, stream: Stream) -> &OwnedFd {
        match (stream, &self.console) {
            (Stream::Stdout, Some(console)) => console.terminal(),
            (Stream::Stdout, None) => &self.stdout,
            (Stream::Stderr, _) => &self.stderr,
        }
    }
}

/// The shim's end of the FIFO through which it is told to start the container.
pub(crate) fn control(folder: &Path) -> Result<OwnedFd, ShimError> {
    fifo(&folder.join(file::CONTROL), (0, 0))
}

/// The container's end. An open of its own, because `O_NONBLOCK` belongs to an open, and the
/// container's writes must block.
pub(crate) fn container_end(folder: &Path, name: &str) -> Result<OwnedFd, ShimError> {
    let path = folder.join(name);
    open(&path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
        .map_err(ShimError::os("open the FIFO", &path))
}

fn fifo(path: &Path, (uid, gid): (u32, u32)) -> Result<OwnedFd, ShimError> {
    match mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0) {
        // The container's user must own it, or it could not open /dev/stdout again.
        Ok(()) => chown(path, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))
            .map_err(ShimError::os("give the FIFO to the container's user", path))?,
        Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(ShimError::os("make the FIFO", path)(error)),
    }
    open(
        path,
        OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW,
        Mode::empty(),
    )
    .map_err(ShimError::os("open the FIFO", path))
}
