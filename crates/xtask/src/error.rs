//! What can go wrong in a developers' tool, told to a developer.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a command of `cargo xtask` failed.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The command line was not understood.
    #[error("{0}")]
    Usage(&'static str),
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A file is not the JSON that it should be.
    #[error("{path} is not a service model: {source}")]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
    /// No botocore package was named or found.
    #[error(
        "no botocore package found: pass --botocore DIR, set LONGSHORE_BOTOCORE to its folder, \
         or make a venv at .venv and `pip install botocore` there"
    )]
    NoBotocore,
    /// The model has something that the importer or the generator was not taught.
    #[error("models/{service}: {problem}")]
    Model { service: String, problem: String },
    /// rustfmt could not be run or refused the code.
    #[error("rustfmt failed on {path}: {problem}")]
    Format { path: PathBuf, problem: String },
    /// The generated code is not what the models say.
    #[error("generated code differs from the models; run `cargo xtask codegen`:\n{0}")]
    Stale(String),
    /// Rules of the tree are broken.
    #[error("{findings}\n{count} broken rules")]
    Untidy { findings: String, count: usize },
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// A complaint about one service's model.
    pub(crate) fn model(service: &str, problem: impl Into<String>) -> Self {
        Self::Model {
            service: service.to_owned(),
            problem: problem.into(),
        }
    }
}
