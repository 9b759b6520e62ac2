//! What can go wrong with containers on a node.

use std::io;
use std::path::{Path, PathBuf};

use crate::{ContainerId, TaskId};

/// An error of a runtime. The message tells what was tried, on what, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// A name that cannot be a folder's or a cgroup's.
    #[error("{name:?} is no {what}: use 1 to {max} letters, digits, hyphens and underscores")]
    Name {
        /// Which kind of name.
        what: &'static str,
        /// The name.
        name: String,
        /// The longest allowed.
        max: usize,
    },
    /// A file, mount or namespace could not be handled.
    #[error("could not {what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A command could not be run or failed.
    #[error("{command} failed: {message}")]
    Command {
        /// For instance `longshore sandbox`.
        command: String,
        /// What it said.
        message: String,
    },
    /// The OCI runtime would not create the container. The message is the runtime's.
    #[error("container {container} could not be created: {message}")]
    Create {
        /// The container.
        container: ContainerId,
        /// Why not.
        message: String,
    },
    /// The OCI runtime would not start the container. The message is the runtime's.
    #[error("container {container} could not be started: {message}")]
    Start {
        /// The container.
        container: ContainerId,
        /// Why not.
        message: String,
    },
    /// There is no such container here.
    #[error("there is no container {container} on this node; create it first")]
    NoSuchContainer {
        /// The container.
        container: ContainerId,
    },
    /// The container does not run, so nothing can be run in it.
    #[error("container {container} does not run; start it first")]
    NotRunning {
        /// The container.
        container: ContainerId,
    },
    /// A command could not be run in a container. The message is the runtime's.
    #[error("a command could not be run in container {container}: {message}")]
    Exec {
        /// The container.
        container: ContainerId,
        /// Why not.
        message: String,
    },
    /// There is no such task here.
    #[error("there is no task {task} on this node; prepare it first")]
    NoSuchTask {
        /// The task.
        task: TaskId,
    },
    /// A process did not do in time what it should have.
    #[error("gave up waiting for {what} of {container} after {seconds} s; try again")]
    Late {
        /// What was awaited.
        what: &'static str,
        /// The container.
        container: ContainerId,
        /// For how long.
        seconds: u64,
    },
    /// Something asked for is not supported.
    #[error("not supported: {what}")]
    Unsupported {
        /// What it is.
        what: String,
    },
    /// No OCI runtime fits this machine.
    #[error("{message}")]
    NoRuntime {
        /// What was looked for and what to install.
        message: String,
    },
    /// From a container's records or spool.
    #[error(transparent)]
    Shim(#[from] shim::ShimError),
}

impl RuntimeError {
    /// A container's own network where its task has none for each.
    pub(crate) fn not_per_container(id: &ContainerId) -> Self {
        Self::Unsupported {
            what: format!("a network of its own for {id}, whose task has another network mode"),
        }
    }

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
}
