//! Blobs in a folder: `blobs/sha256/<two digits>/<all digits>`, and `uploads/<id>` while they come.
//!
//! A blob is written and synchronised under its upload's name, then renamed, then the folder is
//! synchronised: under a digest there is all of a blob or nothing, whenever the machine stops.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ambient::BoxFuture;
use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::Digest;
use crate::blob_store::{Blob, BlobError, BlobStore, Staging};
use crate::limits::READ_BYTES;

/// How many digits of a digest name the folder, so that none holds too many files.
const FOLDER_DIGITS: usize = 2;

/// A blob store in a folder.
#[derive(Debug)]
pub struct DiskBlobs {
    blobs: PathBuf,
    uploads: PathBuf,
}

impl DiskBlobs {
    /// Opens the store in `dir`, which is made if need be and belongs to this process alone, and
    /// throws away what earlier processes had not finished.
    ///
    /// # Errors
    /// When the folder cannot be made or cleaned.
    pub fn open(dir: &Path) -> Result<Self, BlobError> {
        let blobs = dir.join("blobs").join("sha256");
        let uploads = dir.join("uploads");
        for folder in [&blobs, &uploads] {
            fs::create_dir_all(folder).map_err(BlobError::io(format!(
                "make the folder {}",
                folder.display()
            )))?;
        }
        let clean = || -> io::Result<()> {
            for entry in fs::read_dir(&uploads)? {
                fs::remove_file(entry?.path())?;
            }
            sync_folder(&blobs)?;
            sync_folder(dir)
        };
        clean().map_err(BlobError::io(format!(
            "remove unfinished uploads from {}",
            uploads.display()
        )))?;
        Ok(Self { blobs, uploads })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let folder = hex.get(..FOLDER_DIGITS).unwrap_or_default();
        self.blobs.join(folder).join(hex)
    }
}

impl BlobStore for DiskBlobs {
    fn size<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Option<u64>, BlobError>> {
        Box::pin(async move {
            match tokio::fs::metadata(self.path(digest)).await {
                Ok(metadata) => Ok(Some(metadata.len())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(BlobError::io(format!("look at the blob {digest}"))(error)),
            }
        })
    }

    fn read<'a>(
        &'a self,
        digest: &'a Digest,
        start: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Option<Blob>, BlobError>> {
        Box::pin(async move {
            let what = || format!("read the blob {digest}");
            let mut file = match tokio::fs::File::open(self.path(digest)).await {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(BlobError::io(what())(error)),
            };
            file.seek(io::SeekFrom::Start(start))
                .await
                .map_err(BlobError::io(what()))?;
            let reader = ReaderStream::with_capacity(file.take(length), READ_BYTES);
            let body = StreamBody::new(reader.map_ok(Frame::data)).boxed();
            Ok(Some(Blob { body }))
        })
    }

    fn stage(&self, id: &str) -> BoxFuture<'_, Result<Box<dyn Staging>, BlobError>> {
        let path = self.uploads.join(id);
        Box::pin(async move {
            let staged = blocking(move || {
                let file = File::options()
                    .write(true)
                    .create_new(true)
                    .open(&path)
                    .map_err(BlobError::io(format!("make the file {}", path.display())))?;
                Ok(Staged {
                    file,
                    remains: Remains { path },
                    hash: Sha256::new(),
                    length: 0,
                })
            })
            .await?;
            Ok(Box::new(DiskStaging {
                staged: Some(staged),
                length: 0,
                blobs: self.blobs.clone(),
            }) as Box<dyn Staging>)
        })
    }
}

/// An upload on disk. What is written is away while a thread of its own writes it.
struct DiskStaging {
    staged: Option<Staged>,
    length: u64,
    blobs: PathBuf,
}

struct Staged {
    file: File,
    remains: Remains,
    hash: Sha256,
    length: u64,
}

/// The file of an upload, which goes when the upload does.
struct Remains {
    path: PathBuf,
}

impl Drop for Remains {
    fn drop(&mut self) {
        match fs::remove_file(&self.path) {
            Ok(()) => {}
            // A finished upload was renamed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "an unfinished upload stays on disk until the next start");
            }
        }
    }
}

impl Staging for DiskStaging {
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), BlobError>> {
        Box::pin(async move {
            let mut staged = self.staged.take().ok_or(BlobError::CutOff)?;
            let staged = blocking(move || {
                staged.hash.update(&bytes);
                staged
                    .file
                    .write_all(&bytes)
                    .map_err(BlobError::io(format!(
                        "write {}",
                        staged.remains.path.display()
                    )))?;
                staged.length += bytes.len() as u64;
                Ok(staged)
            })
            .await?;
            self.length = staged.length;
            self.staged = Some(staged);
            Ok(())
        })
    }

    fn length(&self) -> u64 {
        self.length
    }

    fn finish(self: Box<Self>, expected: &Digest) -> BoxFuture<'_, Result<(), BlobError>> {
        let expected = expected.clone();
        Box::pin(async move {
            let Self { staged, blobs, .. } = *self;
            let staged = staged.ok_or(BlobError::CutOff)?;
            blocking(move || finish(staged, &blobs, expected)).await
        })
    }
}

fn finish(staged: Staged, blobs: &Path, expected: Digest) -> Result<(), BlobError> {
    let Staged {
        file,
        remains,
        hash,
        ..
    } = staged;
    let found = Digest::from_state(hash);
    if found != expected {
        return Err(BlobError::Mismatch { expected, found });
    }
    let folder = blobs.join(expected.hex().get(..FOLDER_DIGITS).unwrap_or_default());
    let keep = || -> io::Result<()> {
        file.sync_all()?;
        match fs::create_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        fs::rename(&remains.path, folder.join(expected.hex()))?;
        sync_folder(&folder)?;
        // Always, for whoever made the folder may not have come to it yet.
        sync_folder(blobs)
    };
    keep().map_err(BlobError::io(format!("keep the blob {expected}")))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Runs what waits for the disk on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(BlobError::io("wait for the disk")(io::Error::other(error))),
    }
}

#[cfg(test)]
mod tests;
