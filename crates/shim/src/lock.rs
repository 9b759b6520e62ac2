//! The lock that makes a container's shim the only one.
//!
//! It belongs to an open file (flock(2)), so that it can be handed on: an agent takes it, hands it
//! to the shim that it starts, and may be killed at any moment without the lock ever being free in
//! between.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::{ShimError, file};

/// Takes the lock for as long as the file, or a duplicate of it, is open anywhere.
///
/// # Errors
/// [`ShimError::Locked`] when a shim has it, or somebody who asks just now ([`is_held`]);
/// [`ShimError::Io`] when the file cannot be opened.
pub fn take(folder: &Path) -> Result<File, ShimError> {
    let path = folder.join(file::LOCK);
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(ShimError::io("open", &path))?;
    own(folder, lock)
}

/// The lock that was handed on, if it is this folder's.
pub(crate) fn inherit(folder: &Path, lock: OwnedFd) -> Result<File, ShimError> {
    let path = folder.join(file::LOCK);
    let lock = File::from(lock);
    let number = |file: std::fs::Metadata| (file.dev(), file.ino());
    let handed = lock.metadata().map(number);
    let own_one = std::fs::metadata(&path).map(number);
    match (handed, own_one) {
        (Ok(handed), Ok(own_one)) if handed == own_one => own(folder, lock),
        _ => Err(ShimError::Usage {
            problem: format!(
                "--lock needs {} as standard output, open and locked",
                path.display()
            ),
        }),
    }
}

/// True while a shim watches the container. Asking may get in the way of a taker for a moment.
#[must_use]
pub fn is_held(folder: &Path) -> bool {
    let lock = OpenOptions::new().write(true).open(folder.join(file::LOCK));
    lock.is_ok_and(|lock| {
        flock(&lock, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
    })
}

fn own(folder: &Path, lock: File) -> Result<File, ShimError> {
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(lock),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(ShimError::Locked {
            path: folder.to_owned(),
        }),
        Err(error) => Err(ShimError::os("lock", &folder.join(file::LOCK))(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_until_its_last_duplicate_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_held(folder.path()));
        let lock = take(folder.path()).unwrap();
        assert!(is_held(folder.path()));
        assert!(matches!(take(folder.path()), Err(ShimError::Locked { .. })));
        let handed: OwnedFd = lock.try_clone().unwrap().into();
        drop(lock);
        let lock = inherit(folder.path(), handed).unwrap();
        assert!(is_held(folder.path()));
        drop(lock);
        assert!(!is_held(folder.path()));
        let other = File::create(folder.path().join("other")).unwrap();
        assert!(inherit(folder.path(), other.into()).is_err());
    }
}
