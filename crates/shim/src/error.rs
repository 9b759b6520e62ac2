//! What can go wrong in a shim.

use std::io;
use std::path::{Path, PathBuf};

/// An error of a shim. The message names the file or command and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ShimError {
    /// A file or FIFO could not be used.
    #[error("could not {what} {path}: {source}")]
    Io {
        /// What was tried, for instance `open the FIFO`.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A system call on no file failed.
    #[error("could not {what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A record cannot be read.
    #[error("{path} is not a record that this version understands: {source}")]
    Record {
        /// The file.
        path: PathBuf,
        /// Where it is wrong.
        source: serde_json::Error,
    },
    /// Another shim holds the lock.
    #[error("another shim already watches {path}; leave the container to it")]
    Locked {
        /// The container's folder.
        path: PathBuf,
    },
    /// The container was created before: a bundle is started once.
    #[error(
        "the container in {path} was started before; adopt it, or remove it and create a new one"
    )]
    AlreadyStarted {
        /// The container's folder.
        path: PathBuf,
    },
    /// The OCI runtime refused. The message is the runtime's own.
    #[error("{action} failed: {message}")]
    Runtime {
        /// The command, for instance `runc create`.
        action: String,
        /// The runtime's last error.
        message: String,
    },
    /// Whoever asked for the container does not want it any more, or is gone.
    #[error("the container is not wanted any more")]
    NotWanted,
    /// Wrong arguments.
    #[error(
        "usage: shim [--start [--wait] | --adopt [--pidfd] [--console PID:FD] | --restart] [--lock] DIR; {problem}"
    )]
    Usage {
        /// What was wrong.
        problem: String,
    },
}

impl ShimError {
    /// For `map_err` on a file operation.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }

    /// The same for rustix.
    pub(crate) fn os(what: &'static str, path: &Path) -> impl FnOnce(rustix::io::Errno) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            what,
            path,
            source: source.into(),
        }
    }

    /// For a call without a file.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |source| Self::System {
            what,
            source: source.into(),
        }
    }
}
