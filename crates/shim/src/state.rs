//! Where a container stands, as its shim last wrote it.

use ambient::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Identity;

/// The content of `state.json`. It appears when the container is created and stays when it has
/// ended; [`crate::Exit`] tells that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The container's first process.
    pub init: Identity,
    /// The shim that watches it.
    pub shim: Identity,
    /// When the OCI runtime had created it.
    pub created_at: Timestamp,
    /// When it was started; absent before.
    pub started_at: Option<Timestamp>,
    /// The shim's descriptor of the container's terminal, for pidfd_getfd(2): a terminal hangs up
    /// when nobody holds it any more, so somebody else should, too.
    #[serde(default)]
    pub console: Option<i32>,
}
