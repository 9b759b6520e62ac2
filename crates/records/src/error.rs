use store::StoreError;
use thiserror::Error;

/// Why a record could not be read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    /// The bytes under a key are no record of the kind that belongs there.
    #[error("the record {key} cannot be read: {source}")]
    Corrupt {
        /// The key.
        key: String,
        /// What the decoder says.
        source: serde_json::Error,
    },
    /// A newer version of Longshore wrote the record.
    #[error(
        "the record {key} has format {found}, and this version of Longshore reads up to {known}: \
         run the version that wrote it, or a newer one"
    )]
    Newer {
        /// The key.
        key: String,
        /// The format found.
        found: u32,
        /// The newest format that is understood.
        known: u32,
    },
    /// Others kept changing a record for longer than it is tried.
    #[error("the record {key} is being changed by too many at once: try again")]
    Contended {
        /// The key.
        key: String,
    },
}

impl From<RecordError> for aws_core::Common {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Contended { .. } | RecordError::Store(StoreError::Overloaded { .. }) => {
                Self::Throttling("Rate exceeded".to_owned())
            }
            other => Self::Internal(other.to_string()),
        }
    }
}
