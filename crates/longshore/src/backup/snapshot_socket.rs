//! A socket in the data folder, for root alone, that gives the store's snapshot to whoever connects:
//! a second process cannot open a store that is in use. The registry's blobs are kept from before the
//! snapshot until the other side says that it is done, or is gone.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
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
    /// Connects to the one of the data folder.
    pub(super) fn connect(folder: &Path) -> Result<UnixStream, Failure> {
        by_short_path(folder, |path| UnixStream::connect(path)).map_err(Failure::when(format!(
            "cannot reach the control plane at {}; is it running with this --data-dir, and are you root?",
            folder.join(NAME).display()
        )))
    }

    /// Serves it for as long as this process lives, one connection at a time. The store's lock is held
    /// by now, so a socket that is there is one of a process that has ended.
    pub(crate) fn serve(
        folder: &Path,
        store: Weak<RedbStore>,
        registry: Weak<Registry>,
    ) -> Result<(), Failure> {
        let path = folder.join(NAME);
        let failed = || Failure::when(format!("cannot make the socket {}", path.display()));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed()(error));
            }
            _ => {}
        }
        let listener = by_short_path(folder, |path| UnixListener::bind(path)).map_err(failed())?;
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

/// Gives `work` a path of the socket that is short however long the folder's is: a socket's address has
/// room for 107 bytes (unix(7)).
fn by_short_path<T>(
    folder: &Path,
    work: impl FnOnce(&Path) -> std::io::Result<T>,
) -> std::io::Result<T> {
    let folder = File::open(folder)?;
    work(
        &Path::new("/proc/self/fd")
            .join(folder.as_raw_fd().to_string())
            .join(NAME),
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_may_be_deep() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("d".repeat(200));
        fs::create_dir(&folder).unwrap();
        SnapshotSocket::serve(&folder, Weak::new(), Weak::new()).unwrap();
        let mut connection = SnapshotSocket::connect(&folder).unwrap();
        // There is no store, so nothing is sent.
        assert_eq!(connection.read(&mut [0]).unwrap(), 0);
    }
}
