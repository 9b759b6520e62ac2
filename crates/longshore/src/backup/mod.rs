//! `longshore backup` and `longshore restore`: everything that a control plane keeps, in one file,
//! taken while it runs.
//!
//! The file is a tar archive: [`MANIFEST`] first, then the keys of root and node, the registry's
//! blobs and the log segments, each under its path in the data folder, and last [`STORE`], the store's
//! snapshot. The snapshot is taken before anything is copied, and the registry deletes no blob until all
//! of them are: whatever it names is in the archive, which may hold more. The records come last, so that a restore that is cut off leaves no store that
//! could be started. What a node keeps is not in it: images are pulled again, and of tasks that a
//! restored store names and no node has, the nodes say that they are lost.

mod restore;
mod snapshot_socket;
mod take;

use serde::{Deserialize, Serialize};

pub(crate) use restore::{check_finished, restore};
pub(crate) use snapshot_socket::SnapshotSocket;
pub(crate) use take::take;

/// The newest form of the archive that this release knows, and the one it writes.
const FORMAT: u32 = 1;
/// The archive's first entry.
const MANIFEST: &str = "backup.json";
/// The archive's last entry: what `store::Snapshot::write` writes.
const STORE: &str = "store.snapshot";
/// Folders of the data folder that are copied as they are.
const FOLDERS: [&str; 2] = ["registry", "logs"];
/// What of these folders is not: uploads that nobody finished.
const LEFT_OUT: &str = "registry/uploads";
/// Locks of folders, which mean nothing elsewhere.
const LOCK: &str = "lock";

/// What an archive says of itself.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    format: u32,
    /// The release that made it.
    longshore: String,
    /// Milliseconds since the epoch.
    created_at: i64,
}
