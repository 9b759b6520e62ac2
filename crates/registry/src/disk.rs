//! Blobs in a folder: `blobs/sha256/<two digits>/<all digits>`, and `uploads/<name>` while they come.
//!
//! A blob is written and synchronised under its upload's name, then renamed, then the folder is
//! synchronised: under a digest there is all of a blob or nothing, whenever the machine stops. An
//! upload's file outlives its process but is not synchronised before it is a blob: what a machine
//! loses of it when its power fails, its client is told to send again.

mod staging;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ambient::{BoxFuture, Timestamp};
use futures_util::TryStreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::Digest;
use crate::blob_store::{Blob, BlobError, BlobStore, Remnant, Staging, Unfinished};
use crate::limits::READ_BYTES;
use staging::{DiskStaging, Staged};

/// How many digits of a digest name the folder, so that none holds too many files.
const FOLDER_DIGITS: usize = 2;

/// A blob store in a folder.
#[derive(Debug)]
pub struct DiskBlobs {
    blobs: PathBuf,
    uploads: PathBuf,
}

impl DiskBlobs {
    /// Opens the store in `dir`, which is made if need be and belongs to this process alone.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(dir: &Path) -> Result<Self, BlobError> {
        let blobs = dir.join("blobs").join("sha256");
        let uploads = dir.join("uploads");
        let make = || -> io::Result<()> {
            fs::create_dir_all(&blobs)?;
            fs::create_dir_all(&uploads)?;
            let mut made = false;
            for shard in 0..=u8::MAX {
                match fs::create_dir(blobs.join(hex::encode([shard]))) {
                    Ok(()) => made = true,
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            if made {
                // Once, so that no blob need wait for the folder of its folder.
                sync_folder(&blobs)?;
                sync_folder(dir)?;
            }
            Ok(())
        };
        make().map_err(BlobError::io(format!(
            "make the folders of blobs in {}",
            dir.display()
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

    fn stage(
        &self,
        name: &str,
        unfinished: Unfinished,
    ) -> BoxFuture<'_, Result<Box<dyn Staging>, BlobError>> {
        let path = self.uploads.join(name);
        Box::pin(async move {
            let staged = blocking(move || Staged::begin(path, unfinished)).await?;
            Ok(Box::new(DiskStaging::new(staged, self.blobs.clone())) as Box<dyn Staging>)
        })
    }

    fn resume(&self, name: &str) -> BoxFuture<'_, Result<Option<Box<dyn Staging>>, BlobError>> {
        let path = self.uploads.join(name);
        Box::pin(async move {
            let resumed = blocking(move || Staged::resume(path)).await?;
            Ok(resumed.map(|staged| {
                Box::new(DiskStaging::new(staged, self.blobs.clone())) as Box<dyn Staging>
            }))
        })
    }

    fn staged(&self) -> BoxFuture<'_, Result<Vec<Remnant>, BlobError>> {
        let uploads = self.uploads.clone();
        Box::pin(blocking(move || {
            let read = || -> io::Result<Vec<Remnant>> {
                let mut remnants = Vec::new();
                for entry in fs::read_dir(&uploads)? {
                    let entry = entry?;
                    let modified = match entry.metadata() {
                        Ok(metadata) => metadata.modified()?,
                        Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                        Err(error) => return Err(error),
                    };
                    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
                    let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
                    // Every name there is one of ours, and those are ASCII.
                    if let Ok(name) = entry.file_name().into_string() {
                        remnants.push(Remnant {
                            name,
                            written_at: Timestamp::from_millis(millis),
                        });
                    }
                }
                Ok(remnants)
            };
            read().map_err(BlobError::io(format!("list {}", uploads.display())))
        }))
    }

    fn unstage(&self, name: &str) -> BoxFuture<'_, Result<(), BlobError>> {
        let path = self.uploads.join(name);
        Box::pin(blocking(move || {
            remove(&path)
                .map(|_| ())
                .map_err(BlobError::io(format!("remove {}", path.display())))
        }))
    }

    fn digests(&self, shard: u8) -> BoxFuture<'_, Result<Vec<Digest>, BlobError>> {
        let folder = self.blobs.join(hex::encode([shard]));
        Box::pin(blocking(move || {
            let read = || -> io::Result<Vec<Digest>> {
                let mut digests = Vec::new();
                for entry in fs::read_dir(&folder)? {
                    let name = entry?.file_name();
                    let text = format!("sha256:{}", name.to_string_lossy());
                    digests.extend(text.parse::<Digest>().ok());
                }
                Ok(digests)
            };
            read().map_err(BlobError::io(format!("list {}", folder.display())))
        }))
    }

    fn delete<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<u64, BlobError>> {
        let path = self.path(digest);
        Box::pin(async move {
            let what = format!("delete the blob {digest}");
            // Not synchronised: a blob that is back after a power failure goes the next time.
            blocking(move || remove(&path).map_err(BlobError::io(what))).await
        })
    }
}

/// Removes a file and says how many bytes it had; 0 where there is none.
fn remove(path: &Path) -> io::Result<u64> {
    let removed = fs::metadata(path).and_then(|metadata| {
        fs::remove_file(path)?;
        Ok(metadata.len())
    });
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        other => other,
    }
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
