//! Removing images that nobody uses: by age, and sooner where the disk fills up.
//!
//! A sweep decides which images go ([`victims`], pure), forgets them, and then removes every blob and
//! layer that no image here needs. Each goes by a rename into `ingest/` under the lock of the holds, so
//! a pull or a start finds a thing whole or not at all; the deletion comes after, and what a killed
//! process had left of it goes when the store is next opened.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ambient::Timestamp;

use super::{ImageStore, Inner, StoredReference, remove_entry};
use crate::digest::Digest;
use crate::error::{Error, ErrorKind};
use crate::holds::{Holds, Item};

/// When an image goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepPolicy {
    /// How long an image was not used before it goes (Amazon's agent,
    /// `ECS_IMAGE_MINIMUM_CLEANUP_AGE`: 1 hour since its pull).
    pub minimum_age: Duration,
    /// How many go at once while there is room on the disk, those that were not used for longest
    /// (Amazon's agent, `ECS_NUM_IMAGES_DELETE_PER_CYCLE`).
    pub images_a_sweep: usize,
    /// From this use of the disk on, images go until it is below `low_disk_percent` (the kubelet's
    /// `imageGCHighThresholdPercent`). Above 100, never.
    pub high_disk_percent: u8,
    /// See `high_disk_percent` (the kubelet's `imageGCLowThresholdPercent`).
    pub low_disk_percent: u8,
    /// `minimum_age` while the disk is full, where it is shorter (the kubelet's `imageMinimumGCAge`).
    pub minimum_age_when_full: Duration,
}

impl Default for SweepPolicy {
    fn default() -> Self {
        Self {
            minimum_age: Duration::from_secs(3600),
            images_a_sweep: 5,
            high_disk_percent: 85,
            low_disk_percent: 80,
            minimum_age_when_full: Duration::from_secs(120),
        }
    }
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Images.
    pub images: usize,
    /// Unpacked layers.
    pub layers: usize,
    /// Manifests, configurations, and layers as they came.
    pub blobs: usize,
    /// How full the disk is afterwards.
    pub disk_percent: u8,
}

/// An image that is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    digest: Digest,
    last_used: Timestamp,
}

/// Which of the images go next, of those that are not held.
fn victims(
    mut images: Vec<Kept>,
    disk_is_full: bool,
    now: Timestamp,
    policy: &SweepPolicy,
) -> Vec<Digest> {
    images.sort_by_key(|image| (image.last_used, image.digest));
    // One after the other where it is about room: how much an image gives back is seen afterwards.
    let (age, most) = if disk_is_full {
        (policy.minimum_age_when_full.min(policy.minimum_age), 1)
    } else {
        (policy.minimum_age, policy.images_a_sweep)
    };
    let old = images
        .into_iter()
        .filter(|image| now.since(image.last_used) >= age);
    old.take(most).map(|image| image.digest).collect()
}

impl ImageStore {
    /// Removes images that were not used for as long as `policy` says, or sooner where the disk is
    /// full, and whatever belongs to no image. Pulls go on meanwhile. What is held stays: hold what
    /// containers run on before the first sweep.
    ///
    /// # Errors
    /// Where the disk fails; what was removed until then is.
    pub async fn sweep(&self, policy: SweepPolicy, now: Timestamp) -> Result<Swept, Error> {
        let store = Arc::clone(&self.0);
        let turn = store.flights.enter("sweep".to_owned()).await;
        let root = store.root.clone();
        tokio::task::spawn_blocking(move || {
            // The thread goes on when its caller is cancelled, and keeps its turn until it ends.
            let _turn = turn;
            store.sweep(&policy, now)
        })
        .await
        .map_err(|error| Error::storage("sweep", &root)(io::Error::other(error)))?
    }
}

/// Ends the sweep among the holds, however it ends itself.
struct Sweeping<'a>(&'a Holds);

impl Drop for Sweeping<'_> {
    fn drop(&mut self) {
        self.0.end_sweep();
    }
}

impl Inner {
    fn sweep(&self, policy: &SweepPolicy, now: Timestamp) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let used = self.holds.begin_sweep();
        let _sweeping = Sweeping(&self.holds);
        for digest in &used {
            self.mark(digest, Some(now))?;
        }
        let mut percent = self.disk_percent()?;
        let full = percent >= policy.high_disk_percent;
        while !self.holds.holds_everything() {
            let mut images = self.kept(now)?;
            images.retain(|image| !used.contains(&image.digest));
            let mut forgotten = 0;
            for digest in victims(images, full, now, policy) {
                let path = self.mark_path(&digest);
                let names = self
                    .names_of(&digest)
                    .map_err(Error::storage("look for the names of", &path))?;
                forgotten += usize::from(
                    self.holds
                        .take(Item::Image(digest), || self.forget(&digest, &names))
                        .map_err(Error::storage("forget the image", &path))?,
                );
            }
            swept.images += forgotten;
            self.remove_unneeded(&mut swept)?;
            percent = self.disk_percent()?;
            if !full || forgotten == 0 || percent < policy.low_disk_percent {
                break;
            }
        }
        swept.disk_percent = percent;
        Ok(swept)
    }

    /// The images that are here, with their last uses.
    fn kept(&self, now: Timestamp) -> Result<Vec<Kept>, Error> {
        let mut images = Vec::new();
        for digest in self.names("images")? {
            let path = self.mark_path(&digest);
            let modified = match fs::metadata(&path).and_then(|metadata| metadata.modified()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                modified => modified.map_err(Error::storage("look at", &path))?,
            };
            let age = modified
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default();
            let mut last_used =
                Timestamp::from_millis(i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
            if last_used > now {
                // The clock went back. It is counted from here, or it would stay for that long.
                self.mark(&digest, Some(now))?;
                last_used = now;
            }
            images.push(Kept { digest, last_used });
        }
        Ok(images)
    }

    /// The files with an image's names.
    fn names_of(&self, digest: &Digest) -> io::Result<Vec<PathBuf>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join("references"))? {
            let path = entry?.path();
            if is_name_of(&path, digest)? {
                names.push(path);
            }
        }
        Ok(names)
    }

    /// Takes an image's names and its mark away. Called under the lock of the holds, for which pulls wait:
    /// so all names were read before, and it is only looked whether one means another image since. A new
    /// one of this image there is not: it would be held.
    fn forget(&self, digest: &Digest, names: &[PathBuf]) -> io::Result<()> {
        for path in names {
            if is_name_of(path, digest)? {
                fs::remove_file(path)?;
            }
        }
        fs::remove_file(self.mark_path(digest))
    }

    /// Removes the blobs and layers that no image here needs.
    fn remove_unneeded(&self, swept: &mut Swept) -> Result<(), Error> {
        let mut needed = HashSet::new();
        for digest in self.names("images")? {
            let image = match self.read_image(&digest.to_string(), &digest) {
                // Of one that is not whole nothing is needed: it would be pulled again.
                Err(error) if error.kind() == ErrorKind::Corrupt => None,
                image => image?,
            };
            if let Some(image) = image {
                needed.extend([Item::Blob(digest), Item::Blob(image.manifest.config.digest)]);
                needed.extend(image.chains.into_iter().map(Item::Layer));
            }
        }
        let mut removed = Vec::new();
        swept.layers += self.take_out_all("layers/sha256", Item::Layer, &needed, &mut removed)?;
        swept.blobs += self.take_out_all("blobs/sha256", Item::Blob, &needed, &mut removed)?;
        for path in removed {
            remove_entry(&path).map_err(Error::storage("remove", &path))?;
        }
        Ok(())
    }

    /// Moves what is in `folder` and not `needed` into `ingest/`; how much that was.
    fn take_out_all(
        &self,
        folder: &str,
        item: fn(Digest) -> Item,
        needed: &HashSet<Item>,
        removed: &mut Vec<PathBuf>,
    ) -> Result<usize, Error> {
        let before = removed.len();
        for item in self.names(folder)?.into_iter().map(item) {
            if !needed.contains(&item) {
                removed.extend(self.take_out(item)?);
            }
        }
        let count = removed.len() - before;
        if count > 0 {
            // The names are gone for good before anything under them is.
            let folder = self.root.join(folder);
            File::open(&folder)
                .and_then(|folder| folder.sync_all())
                .map_err(Error::storage("sync", &folder))?;
        }
        Ok(count)
    }

    /// Moves a blob or layer into `ingest/`, where nobody finds it, and says under which name; nothing
    /// where it is held or not there.
    pub(super) fn take_out(&self, item: Item) -> Result<Option<PathBuf>, Error> {
        let path = match &item {
            Item::Image(digest) => self.mark_path(digest),
            Item::Blob(digest) => self.blob(digest),
            Item::Layer(chain) => self.layer(chain),
        };
        let to = self.temporary();
        match self.holds.take(item, || fs::rename(&path, &to)) {
            Ok(taken) => Ok(taken.then_some(to)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::storage("move away", &path)(error)),
        }
    }

    /// The digests that a folder's entries are named by; others were not made by this store.
    fn names(&self, folder: &str) -> Result<Vec<Digest>, Error> {
        let folder = self.root.join(folder);
        let names = |folder: &Path| -> io::Result<Vec<Digest>> {
            let mut digests = Vec::new();
            for entry in fs::read_dir(folder)? {
                let name = entry?.file_name();
                let digest = name
                    .to_str()
                    .map(|name| format!("sha256:{name}").parse::<Digest>());
                digests.extend(digest.and_then(Result::ok));
            }
            Ok(digests)
        };
        names(&folder).map_err(Error::storage("read", &folder))
    }

    /// How full the disk is for everybody but root, as `df` has it: of bytes or of inodes, whichever is more.
    fn disk_percent(&self) -> Result<u8, Error> {
        let space = rustix::fs::statvfs(&self.root).map_err(|error| {
            Error::storage("measure the free space of", &self.root)(error.into())
        })?;
        let percent = |all: u64, free: u64, available: u64| {
            let used = all.saturating_sub(free);
            let all = used.saturating_add(available).max(1);
            u8::try_from(used.saturating_mul(100).div_ceil(all)).unwrap_or(100)
        };
        let bytes = percent(space.f_blocks, space.f_bfree, space.f_bavail);
        Ok(bytes.max(percent(space.f_files, space.f_ffree, space.f_favail)))
    }
}

/// Whether a file in `references/` says that its name means this image.
fn is_name_of(path: &Path, digest: &Digest) -> io::Result<bool> {
    let stored = serde_json::from_slice::<StoredReference>(&fs::read(path)?);
    Ok(stored.is_ok_and(|stored| stored.digest == *digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_go_first_and_sooner_when_the_disk_is_full() {
        let policy = SweepPolicy {
            images_a_sweep: 2,
            ..SweepPolicy::default()
        };
        let now = Timestamp::from_millis(100 * 3_600_000);
        let ago = |minutes: i64| Kept {
            digest: Digest::of(&minutes.to_be_bytes()),
            last_used: Timestamp::from_millis(now.as_millis() - minutes * 60_000),
        };
        let digests = |ages: &[i64]| -> Vec<Digest> {
            ages.iter().map(|minutes| ago(*minutes).digest).collect()
        };
        let images = vec![ago(59), ago(61), ago(3000), ago(60), ago(1)];
        assert_eq!(
            victims(images.clone(), false, now, &policy),
            digests(&[3000, 61])
        );
        assert_eq!(victims(images, true, now, &policy), digests(&[3000]));
        assert_eq!(
            victims(vec![ago(59), ago(1)], false, now, &policy),
            digests(&[])
        );
        assert_eq!(
            victims(vec![ago(1), ago(2)], true, now, &policy),
            digests(&[2])
        );
        assert_eq!(victims(vec![ago(1)], true, now, &policy), digests(&[]));
    }
}
