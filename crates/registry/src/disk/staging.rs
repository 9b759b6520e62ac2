//! A blob that is being written: a file, and the digest of what is in it so far.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambient::BoxFuture;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{FOLDER_DIGITS, blocking, sync_folder};
use crate::Digest;
use crate::blob_store::{BlobError, Staging, Unfinished};
use crate::limits::WRITE_BYTES;

/// An upload on disk. Whoever writes has the lock, on a thread that may wait for the disk.
pub(super) struct DiskStaging {
    staged: Arc<Mutex<Staged>>,
    blobs: PathBuf,
}

/// The file of an upload. Dropped, it goes or stays as it was told.
pub(super) struct Staged {
    path: PathBuf,
    file: File,
    unfinished: Unfinished,
    hash: Sha256,
    length: u64,
    /// There is more in the file than the hash has gone over.
    broken: bool,
    /// The file is a blob now, or gone.
    done: bool,
}

impl Staged {
    /// A new file.
    pub(super) fn begin(path: PathBuf, unfinished: Unfinished) -> Result<Self, BlobError> {
        let file = File::options()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(BlobError::io(format!("make the file {}", path.display())))?;
        Ok(Self {
            path,
            file,
            unfinished,
            hash: Sha256::new(),
            length: 0,
            broken: false,
            done: false,
        })
    }

    /// A file that is there, read once for its digest.
    pub(super) fn resume(path: PathBuf) -> Result<Option<Self>, BlobError> {
        let opened = File::options().append(true).read(true).open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BlobError::io(format!("open {}", path.display()))(error)),
        };
        let mut hash = Sha256::new();
        let mut length = 0;
        let mut buffer = vec![0; WRITE_BYTES];
        loop {
            let read = file
                .read(&mut buffer)
                .map_err(BlobError::io(format!("read {}", path.display())))?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            hash.update(bytes);
            length += bytes.len() as u64;
        }
        Ok(Some(Self {
            path,
            file,
            unfinished: Unfinished::Kept,
            hash,
            length,
            broken: false,
            done: false,
        }))
    }

    fn append(&mut self, bytes: &Bytes) -> Result<(), BlobError> {
        if self.broken {
            return Err(BlobError::CutOff);
        }
        if let Err(error) = self.file.write_all(bytes) {
            // What was written of it must not stay, for the next bytes are added at the end.
            self.broken = self.file.set_len(self.length).is_err();
            return Err(BlobError::io(format!("write {}", self.path.display()))(
                error,
            ));
        }
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn finish(&mut self, blobs: &Path, expected: Digest) -> Result<(), BlobError> {
        self.unfinished = Unfinished::Discarded;
        if self.broken {
            return Err(BlobError::CutOff);
        }
        let found = Digest::from_state(self.hash.clone());
        if found != expected {
            return Err(BlobError::Mismatch { expected, found });
        }
        let folder = blobs.join(expected.hex().get(..FOLDER_DIGITS).unwrap_or_default());
        let blob = folder.join(expected.hex());
        let keep = || -> io::Result<bool> {
            // Another push of the same bytes was first: its file is synchronised, its name may
            // not be yet.
            let there = fs::metadata(&blob).is_ok_and(|other| other.len() == self.length);
            if !there {
                self.file.sync_data()?;
                fs::rename(&self.path, &blob)?;
            }
            sync_folder(&folder)?;
            Ok(!there)
        };
        self.done = keep().map_err(BlobError::io(format!("keep the blob {expected}")))?;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.done || self.unfinished == Unfinished::Kept {
            return;
        }
        match fs::remove_file(&self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "an unfinished upload stays on disk until it is collected");
            }
        }
    }
}

impl DiskStaging {
    pub(super) fn new(staged: Staged, blobs: PathBuf) -> Self {
        Self {
            staged: Arc::new(Mutex::new(staged)),
            blobs,
        }
    }

    fn staged(&self) -> MutexGuard<'_, Staged> {
        lock(&self.staged)
    }
}

fn lock(staged: &Mutex<Staged>) -> MutexGuard<'_, Staged> {
    staged.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Staging for DiskStaging {
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), BlobError>> {
        let staged = Arc::clone(&self.staged);
        Box::pin(blocking(move || lock(&staged).append(&bytes)))
    }

    fn length(&self) -> u64 {
        self.staged().length
    }

    fn discard(&mut self) {
        self.staged().unfinished = Unfinished::Discarded;
    }

    fn finish(self: Box<Self>, expected: &Digest) -> BoxFuture<'_, Result<(), BlobError>> {
        let expected = expected.clone();
        Box::pin(blocking(move || {
            let Self { staged, blobs } = *self;
            lock(&staged).finish(&blobs, expected)
        }))
    }
}
