//! What can go wrong with an image, in words that a task's owner reads.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::digest::Digest;
use crate::platform::Platform;

/// Why an image could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry has no such repository, tag or blob.
    #[error("{what}: not found in the registry ({detail}); check the name, and that it was pushed")]
    NotFound {
        /// What was asked for.
        what: String,
        /// What the registry said.
        detail: String,
    },
    /// The registry wants credentials, or does not take the ones given.
    #[error("{what}: the registry refused access ({detail}); check the credentials and the role")]
    Unauthorized {
        /// What was asked for.
        what: String,
        /// What the registry said, or why there are no credentials.
        detail: String,
    },
    /// The registry could not be reached, or went on failing, after all attempts.
    #[error("{what}: failed after {attempts} attempt(s): {detail}")]
    Network {
        /// What was asked for.
        what: String,
        /// How often it was tried.
        attempts: u32,
        /// What happened the last time.
        detail: String,
    },
    /// The registry asks for fewer requests, and went on after all attempts.
    #[error(
        "{what}: the registry limits the rate of pulls ({detail}); wait, or pull with credentials"
    )]
    RateLimited {
        /// What was asked for.
        what: String,
        /// How often it was tried.
        attempts: u32,
        /// What the registry said.
        detail: String,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// What arrived is not what its digest or its format says, or breaks a limit, or tries to
    /// reach outside its layer.
    #[error("{what}: {detail}")]
    Corrupt {
        /// The manifest, configuration or layer.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Well-formed, but of a kind that this software does not handle; the text names it.
    #[error("{what}: {detail}")]
    Unsupported {
        /// The manifest, configuration or layer.
        what: String,
        /// The kind, and what to do instead.
        detail: String,
    },
    /// An index has no image for the platform.
    #[error("{what}: image Manifest does not contain descriptor matching platform '{platform}'")]
    NoPlatform {
        /// The index.
        what: String,
        /// What was looked for.
        platform: Platform,
    },
    /// The node's own disk failed, or is too full.
    #[error("{action} {}: {source}", path.display())]
    Storage {
        /// What was being done.
        action: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process has the store open.
    #[error("the image store {} is in use by another process; stop it, or use another directory", .0.display())]
    InUse(PathBuf),
}

/// The classes of [`Error`] that callers decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No such image.
    NotFound,
    /// Credentials are missing or not enough.
    Unauthorized,
    /// The registry cannot be reached; trying again later may help.
    Network,
    /// The registry limits the rate of pulls.
    RateLimited,
    /// The image's content is wrong or hostile.
    Corrupt,
    /// The image, or the way to its registry, is of a kind that is not handled.
    Unsupported,
    /// This node's disk.
    Storage,
}

impl Error {
    /// The class of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Unauthorized { .. } => ErrorKind::Unauthorized,
            Self::Network { .. } => ErrorKind::Network,
            Self::RateLimited { .. } => ErrorKind::RateLimited,
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Unsupported { .. } | Self::NoPlatform { .. } => ErrorKind::Unsupported,
            Self::Storage { .. } | Self::InUse(_) => ErrorKind::Storage,
        }
    }

    /// The reason that a container or task shows when it is stopped for this error.
    ///
    /// The code and the shape of the sentences for missing images, refused access and missing
    /// platforms are those of Fargate (Amazon ECS developer guide, "CannotPullContainer task
    /// errors"); the others carry the code and our own words.
    #[must_use]
    pub fn stopped_reason(&self) -> String {
        match self {
            Self::NotFound { what, .. } => format!(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed \
                 to resolve ref {what}: {what}: not found"
            ),
            Self::Unauthorized { what, detail } => format!(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed \
                 to resolve ref {what}: pull access denied, repository does not exist or may \
                 require authorization: {detail}"
            ),
            Self::Network {
                what,
                attempts,
                detail,
            }
            | Self::RateLimited {
                what,
                attempts,
                detail,
                ..
            } => format!(
                "CannotPullContainerError: pull image manifest has been retried {attempts} \
                 time(s): failed to resolve ref {what}: {detail}"
            ),
            Self::NoPlatform { platform, .. } => format!(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): image \
                 Manifest does not contain descriptor matching platform '{platform}'"
            ),
            Self::Corrupt { .. }
            | Self::Unsupported { .. }
            | Self::Storage { .. }
            | Self::InUse(_) => format!("CannotPullContainerError: {self}"),
        }
    }

    /// Whether the same request may succeed a moment later.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::RateLimited { .. })
    }

    /// How long the registry wants to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn with_attempts(mut self, made: u32) -> Self {
        if let Self::Network { attempts, .. } | Self::RateLimited { attempts, .. } = &mut self {
            *attempts = made;
        }
        self
    }

    pub(crate) fn corrupt(what: impl ToString, detail: impl ToString) -> Self {
        Self::Corrupt {
            what: what.to_string(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn unsupported(what: impl ToString, detail: impl ToString) -> Self {
        Self::Unsupported {
            what: what.to_string(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn network(what: impl ToString, detail: impl ToString) -> Self {
        Self::Network {
            what: what.to_string(),
            attempts: 1,
            detail: detail.to_string(),
        }
    }

    pub(crate) fn mismatch(what: impl ToString, expected: &Digest, found: &Digest) -> Self {
        Self::corrupt(
            what,
            format!(
                "the content's digest is {found}, not {expected}; it was changed on its way or in the registry"
            ),
        )
    }

    pub(crate) fn storage(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Storage {
            action,
            path,
            source,
        }
    }
}
