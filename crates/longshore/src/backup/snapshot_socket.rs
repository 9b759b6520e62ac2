//! A socket in the data folder, for root alone, that gives the store's snapshot to whoever connects:
//! a second process cannot open a store that is in use. The registry's blobs are kept from before the
//! snapshot until the other side says that it is done, or is gone.

use std::fs;
use std::io::{BufWriter, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::time::Duration;

use registry::Registry;
use store::RedbStore;

use crate::error::Failure;

/// Its name in the data folder.
const NAME: &str = "snapshot.sock";
/// How long the other side may take for each part of what it is sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long blobs are kept for one backup: one that hangs does not fill the disk for ever.
const COPY_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// The socket of a control plane that runs.
pub(crate) struct SnapshotSocket;

impl SnapshotSocket {
    /// Where it is.
    pub(super) fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Serves it for as long as this process lives, one connection at a time. The store's lock is held
    /// by now, so a socket that is there is one of a process that has ended.
    pub(crate) fn serve(
        folder: &Path,
        store: Weak<RedbStore>,
        registry: Weak<Registry>,
    ) -> Result<(), Failure> {
        let path = Self::path(folder);
        let failed = || Failure::when(format!("cannot make the socket {}", path.display()));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed()(error));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed())?;
        // Until here only the folder's mode kept others out, and others can pass that: but what the
        // socket gives is sent after the mode is set, and to root or nobody.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed())?;
        std::thread::Builder::new()
            .name("snapshot-socket".to_owned())
            .spawn(move || serve(&listener, &store, &registry))
            .map_err(failed())?;
        Ok(())
    }
}

fn serve(listener: &UnixListener, store: &Weak<RedbStore>, registry: &Weak<Registry>) {
    for connection in listener.incoming() {
        let sent = connection.and_then(|connection| {
            let kept = match registry.upgrade() {
                Some(registry) => registry.keep_blobs(),
                None => return Ok(()),
            };
            match store.upgrade() {
                Some(store) => send(&connection, &store)?,
                None => return Ok(()),
            }
            // The store is not held meanwhile.
            connection.shutdown(Shutdown::Write)?;
            connection.set_read_timeout(Some(COPY_TIMEOUT))?;
            let done = (&connection).read(&mut [0]);
            drop(kept);
            done.map(drop)
        });
        if let Err(error) = sent {
            tracing::warn!(%error, "a backup could not be given the store");
        }
    }
}

fn send(connection: &UnixStream, store: &RedbStore) -> std::io::Result<()> {
    let peer = rustix::net::sockopt::socket_peercred(connection)?;
    if peer.uid != rustix::process::geteuid() {
        return Err(std::io::Error::other(format!(
            "user {} asked for it, which is not ours",
            peer.uid.as_raw()
        )));
    }
    connection.set_write_timeout(Some(WRITE_TIMEOUT))?;
    let snapshot = store.snapshot();
    tracing::info!(
        revision = snapshot.revision(),
        "the store is given to a backup"
    );
    let mut to = BufWriter::new(connection);
    snapshot.write(&mut to)?;
    to.flush()
}
