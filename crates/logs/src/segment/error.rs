use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

/// Why events could not be written or read.
#[derive(Clone, Debug, Error)]
pub enum SegmentError {
    /// The operating system says no.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
    /// Another process has the folder.
    #[error(
        "the log folder {path} is in use by another process: end that one, or give this one another folder"
    )]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// What was acknowledged is not there as it was written.
    #[error(
        "the log segment {path} is damaged at byte {at}: {what}; restore it from a backup, or move it away"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// The disk is kept from filling up.
    #[error(
        "{free_bytes} bytes are free on the disk of {path}, and {reserve_bytes} are kept free: free some space"
    )]
    NoSpace {
        /// The folder.
        path: PathBuf,
        /// Free now.
        free_bytes: u64,
        /// Kept free.
        reserve_bytes: u64,
    },
    /// The stream was removed.
    #[error("the log stream was deleted")]
    Gone,
    /// The store of segments has ended.
    #[error("the log segments are closed")]
    Closed,
}

impl SegmentError {
    /// Whether it is that a file is not there.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// For `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source: Arc::new(source),
        }
    }
}
