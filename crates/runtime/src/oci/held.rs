//! What is held of a running container beside its shim: should the shim die and the container
//! after it, before there is a new shim, this still knows how it ended and what it said last.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use shim::{State, file};

use crate::RuntimeError;

/// Three descriptors.
#[derive(Debug)]
pub(super) struct Held {
    /// A pidfd of the container's first process, opened while it lived: since Linux 6.15 it knows
    /// the exit status when the process is reaped.
    pub(super) init: OwnedFd,
    /// The output FIFOs: what a pipe holds is lost with its last descriptor. Nothing is read here.
    _output: [File; 2],
}

impl Held {
    /// Takes hold of a container; `None` when it has ended.
    pub(super) fn open(folder: &Path, state: &State) -> Result<Option<Self>, RuntimeError> {
        let opened = state.init.open().map_err(RuntimeError::io(
            "find a container's first process in",
            Path::new("/proc"),
        ))?;
        let Some(init) = opened else { return Ok(None) };
        let fifo = |name| {
            let path = folder.join(name);
            OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW)
                .open(&path)
                .map_err(RuntimeError::io("open the FIFO", &path))
        };
        Ok(Some(Self {
            init,
            _output: [fifo(file::STDOUT)?, fifo(file::STDERR)?],
        }))
    }
}
