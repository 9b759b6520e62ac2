//! Blobs on disk, by digest.
//!
//! ```text
//! DIR/blobs/sha256/<digits>   whole blobs, synced, by rename
//! DIR/uploads/<id>            work in progress; emptied when the store is opened
//! ```

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::fs::File;

use crate::{Digest, OpenError};

/// The blobs of a registry on this machine's disk.
#[derive(Clone, Debug)]
pub struct DiskBlobs {
    blobs: PathBuf,
    uploads: PathBuf,
}

impl DiskBlobs {
    /// The blobs under `folder`, which is made if need be. Removes uploads that were cut off.
    ///
    /// # Errors
    /// When the folder cannot be made or emptied.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError { folder: folder.to_owned(), source };
        let store = Self { blobs: folder.join("blobs/sha256"), uploads: folder.join("uploads") };
        match fs::remove_dir_all(&store.uploads) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        for folder in [&store.blobs, &store.uploads] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        }
        Ok(store)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.blobs.join(digest.hex())
    }

    /// Where the bytes of an upload go.
    pub(crate) fn upload_path(&self, id: &str) -> PathBuf {
        self.uploads.join(id)
    }

    /// The blob's size, if it is here.
    pub(crate) async fn size(&self, digest: &Digest) -> io::Result<Option<u64>> {
        match tokio::fs::metadata(self.path(digest)).await {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The blob, to be read, and its size.
    pub(crate) async fn open_blob(&self, digest: &Digest) -> io::Result<Option<(File, u64)>> {
        match File::open(self.path(digest)).await {
            Ok(file) => {
                let size = file.metadata().await?.len();
                Ok(Some((file, size)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes an upload whose digest was verified a blob. Its bytes and its name are on disk when
    /// this returns.
    pub(crate) async fn publish(&self, upload: &Path, digest: &Digest) -> io::Result<()> {
        let (from, to, folder) = (upload.to_owned(), self.path(digest), self.blobs.clone());
        tokio::task::spawn_blocking(move || {
            fs::File::open(&from)?.sync_all()?;
            fs::rename(&from, &to)?;
            fs::File::open(&folder)?.sync_all()
        })
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// Writes a small blob whole.
    pub(crate) async fn write(&self, id: &str, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        if self.size(digest).await?.is_some() {
            return Ok(());
        }
        let path = self.upload_path(id);
        tokio::fs::write(&path, bytes).await?;
        self.publish(&path, digest).await
    }

    /// A small blob, whole.
    pub(crate) async fn read(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.path(digest)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
