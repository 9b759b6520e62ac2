//! Uploads under way: each a file and the running digest of what it holds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use ambient::{Clock, Random};
use sha2::{Digest as _, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

use crate::blobs::DiskBlobs;
use crate::{Digest, Place};

/// How many uploads may be under way; the longest idle one makes room.
const UPLOADS_MAX: usize = 1000;
/// An upload that nobody has touched for this long is over.
const UPLOAD_IDLE_MAX: Duration = Duration::from_secs(3600);
/// ECR's quota for one layer, 52,000 MiB.
pub(crate) const BLOB_MAX_BYTES: u64 = 52_000 * 1024 * 1024;

/// One upload. Requests to it come one at a time.
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
    file: File,
    hasher: Sha256,
}

impl Upload {
    /// Adds bytes at the end.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.length.saturating_add(bytes.len() as u64) > BLOB_MAX_BYTES {
            return Err(std::io::Error::new(
                std::io::ErrorKind::FileTooLarge,
                "the blob is larger than a registry takes",
            ));
        }
        self.file.write_all(bytes).await?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// The digest of all that was written.
    pub(crate) async fn digest(&mut self) -> std::io::Result<Digest> {
        self.file.flush().await?;
        Ok(Digest::finish(self.hasher.clone()))
    }
}

struct Slot {
    upload: Arc<Mutex<Upload>>,
    touched: Duration,
}

/// The uploads under way.
pub(crate) struct Uploads {
    slots: StdMutex<BTreeMap<String, Slot>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Uploads {
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { slots: StdMutex::default(), clock, random }
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A new name for an upload.
    pub(crate) fn new_id(&self) -> String {
        self.random.uuid()
    }

    /// Begins an upload.
    pub(crate) async fn begin(
        &self,
        blobs: &DiskBlobs,
        place: Place,
        name: &str,
    ) -> std::io::Result<Arc<Mutex<Upload>>> {
        let id = self.new_id();
        let path = blobs.upload_path(&id);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        let upload = Arc::new(Mutex::new(Upload {
            id: id.clone(),
            place,
            name: name.to_owned(),
            path,
            length: 0,
            file,
            hasher: Sha256::new(),
        }));
        let slot = Slot { upload: Arc::clone(&upload), touched: self.clock.monotonic() };
        let over = {
            let mut slots = self.slots();
            slots.insert(id, slot);
            self.take_those_that_are_over(&mut slots)
        };
        for upload in over {
            remove(upload).await;
        }
        Ok(upload)
    }

    fn take_those_that_are_over(
        &self,
        slots: &mut BTreeMap<String, Slot>,
    ) -> Vec<Arc<Mutex<Upload>>> {
        let now = self.clock.monotonic();
        let mut over: Vec<String> = slots
            .iter()
            .filter(|(_, slot)| now.saturating_sub(slot.touched) > UPLOAD_IDLE_MAX)
            .map(|(id, _)| id.clone())
            .collect();
        if slots.len() > UPLOADS_MAX {
            let longest_idle = slots.iter().min_by_key(|(_, slot)| slot.touched);
            over.extend(longest_idle.map(|(id, _)| id.clone()));
        }
        over.iter().filter_map(|id| slots.remove(id)).map(|slot| slot.upload).collect()
    }

    /// The upload of that id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Mutex<Upload>>> {
        let now = self.clock.monotonic();
        let mut slots = self.slots();
        let slot = slots.get_mut(id)?;
        slot.touched = now;
        Some(Arc::clone(&slot.upload))
    }

    /// Forgets an upload; its file is the caller's.
    pub(crate) fn forget(&self, id: &str) {
        self.slots().remove(id);
    }
}

/// Removes the file of an upload that is over.
pub(crate) async fn remove(upload: Arc<Mutex<Upload>>) {
    let upload = upload.lock().await;
    if let Err(error) = tokio::fs::remove_file(&upload.path).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %upload.path.display(), %error, "could not remove an upload");
    }
}
