//! What is held of a running container beside its shim: should the shim die and the container
//! after it, before there is a new shim, this still knows how it ended and what it said last.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use shim::{State, file, pidfd};

use crate::RuntimeError;

/// Three descriptors, and a fourth of a container with a terminal.
#[derive(Debug)]
pub(super) struct Held {
    /// A pidfd of the container's first process, opened while it lived: since Linux 6.15 it knows
    /// the exit status when the process is reaped.
    pub(super) init: OwnedFd,
    /// The output FIFOs: what a pipe holds is lost with its last descriptor. Nothing is read here.
    _output: [File; 2],
    /// The container's terminal, which would hang up with its last holder.
    console: Option<OwnedFd>,
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
        let output = [fifo(file::STDOUT)?, fifo(file::STDERR)?];
        // With the container may have gone what was in the pipes that these are now.
        if pidfd::has_ended(&init, 0).unwrap_or(true) {
            return Ok(None);
        }
        Ok(Some(Self {
            console: state.console.and_then(|number| console(state, number)),
            init,
            _output: output,
        }))
    }
}

impl Held {
    /// Where a new shim finds the terminal, as its argument `--console` wants it.
    pub(super) fn console(&self) -> Option<String> {
        let console = self.console.as_ref()?;
        Some(format!("{}:{}", std::process::id(), console.as_raw_fd()))
    }
}

/// The shim's terminal. Without it the container has its own only as long as its shim lives.
fn console(state: &State, number: i32) -> Option<OwnedFd> {
    let shim = state.shim.open().ok()??;
    pidfd_getfd(shim, number, PidfdGetfdFlags::empty())
        .inspect_err(|error| tracing::warn!(%error, "a container's terminal cannot be held"))
        .ok()
}
