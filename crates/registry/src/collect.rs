//! The collector: takes back the room of what nothing names any more, while pushes go on.
//!
//! Three sweeps, each of which can stop anywhere and be begun anew: files of uploads that nobody
//! writes to; a repository's links to blobs that none of its manifests name; and blobs that no
//! repository has, neither as a blob nor as a manifest. What is to go is claimed first
//! (`leases`), and whatever somebody has relied on since the sweep began to look is let be.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{COLLECT_EVERY_SECONDS, COLLECT_PAGE};
use crate::manifest::Manifest;
use crate::push::PushFault;
use crate::{Digest, ManifestEntry, Registry, RegistryError, Repository};

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Files of unfinished uploads that were removed.
    pub uploads: u64,
    /// Links to blobs that were taken back.
    pub links: u64,
    /// Blobs that were deleted.
    pub blobs: u64,
    /// The bytes of those.
    pub bytes: u64,
}

type Swept<T> = Result<T, PushFault>;

impl Registry {
    /// Collects now and then, for ever.
    pub async fn collect_always(&self) {
        // What an earlier process left is idle from now on.
        if let Err(error) = self.sweep_uploads(&mut Collected::default()).await {
            tracing::warn!(%error, "unfinished uploads could not be listed; it is tried again");
        }
        loop {
            tokio::time::sleep(Duration::from_secs(COLLECT_EVERY_SECONDS)).await;
            match self.collect().await {
                Ok(collected) if collected != Collected::default() => {
                    tracing::info!(?collected, "the registry collected what nothing names");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the registry could not collect; it is tried again");
                }
            }
        }
    }

    /// Collects once.
    ///
    /// # Errors
    /// Where the catalogue or the disk fails; what was collected until then is.
    pub async fn collect(&self) -> Swept<Collected> {
        let mut collected = Collected::default();
        self.sweep_uploads(&mut collected).await?;
        let looked = self.leases.now();
        let live = self.sweep_links(looked, &mut collected).await?;
        self.sweep_blobs(looked, &live, &mut collected).await?;
        self.leases.prune();
        Ok(collected)
    }

    /// Throws away uploads that nobody writes to. How long one that this process does not know has been
    /// idle is counted from when it was first seen as it is: the wall clock that its file's times are of
    /// may be wrong by more.
    async fn sweep_uploads(&self, collected: &mut Collected) -> Swept<()> {
        let now = self.clock.monotonic();
        self.uploads.end_idle(now);
        let staged = self.blobs.staged().await?;
        for remnant in self.uploads.idle_remnants(staged, now) {
            // It may have been taken up again since.
            if self.uploads.knows(&remnant) {
                continue;
            }
            self.blobs.unstage(&remnant).await?;
            collected.uploads += 1;
        }
        Ok(())
    }

    /// Takes back links, and says what is named when all of them have been looked at.
    async fn sweep_links(
        &self,
        looked: Duration,
        collected: &mut Collected,
    ) -> Swept<HashSet<[u8; 32]>> {
        let mut live = HashSet::new();
        let mut after: Option<Repository> = None;
        loop {
            let page = self.catalogue.repositories(after.as_ref(), COLLECT_PAGE);
            let page = page.await?;
            for repository in &page {
                let swept = self.sweep_repository(repository, looked, &mut live, collected);
                match swept.await {
                    // It was deleted just now.
                    Err(PushFault::Catalogue(crate::CatalogueError::RepositoryUnknown)) => {}
                    other => other?,
                }
            }
            if page.len() < COLLECT_PAGE {
                return Ok(live);
            }
            after = page.into_iter().next_back();
        }
    }

    async fn sweep_repository(
        &self,
        repository: &Repository,
        looked: Duration,
        live: &mut HashSet<[u8; 32]>,
        collected: &mut Collected,
    ) -> Swept<()> {
        // The links first and the manifests after: one that is put meanwhile holds its blobs.
        let mut unnamed = HashSet::new();
        let mut after: Option<Digest> = None;
        loop {
            let page = self
                .catalogue
                .blobs(repository, after.as_ref(), COLLECT_PAGE)
                .await?;
            for digest in &page {
                live.insert(digest.bytes());
                if self.leases.could_claim(digest, looked) {
                    unnamed.insert(digest.clone());
                }
            }
            if page.len() < COLLECT_PAGE {
                break;
            }
            after = page.into_iter().next_back();
        }
        let mut after: Option<Digest> = None;
        loop {
            let page = self
                .catalogue
                .manifests(repository, after.as_ref(), COLLECT_PAGE)
                .await?;
            for entry in &page {
                live.insert(entry.digest.bytes());
                if !unnamed.is_empty() {
                    self.spare(entry, &mut unnamed).await?;
                }
            }
            if page.len() < COLLECT_PAGE {
                break;
            }
            after = page.into_iter().next_back().map(|entry| entry.digest);
        }
        for digest in unnamed {
            let Some(_claim) = self.leases.claim(&digest, looked) else {
                continue;
            };
            if self.catalogue.unlink_blob(repository, &digest).await? {
                // Another repository may have it; then it is put back when that is looked at, or
                // was, so that it must not be taken out here. It goes the next time.
                collected.links += 1;
            }
        }
        Ok(())
    }

    /// Takes what the manifest names out of `unnamed`.
    async fn spare(&self, entry: &ManifestEntry, unnamed: &mut HashSet<Digest>) -> Swept<()> {
        // An index names manifests, and those are recorded themselves.
        if !entry.manifests.is_empty() {
            return Ok(());
        }
        let bytes = match self.manifest_bytes(entry).await {
            // Deleted since the page was read; and if it is lost, it names nothing that could
            // be pulled.
            Err(PushFault::Registry(RegistryError::Lost { .. })) => return Ok(()),
            other => other?,
        };
        if let Ok(manifest) = Manifest::read(&bytes, Some(&entry.media_type)) {
            for (digest, _) in &manifest.blobs {
                unnamed.remove(digest);
            }
        } else {
            // It was understood when it was pushed. Nothing is taken on a doubt.
            tracing::error!(digest = %entry.digest, "a recorded manifest cannot be read");
            unnamed.clear();
        }
        Ok(())
    }

    async fn sweep_blobs(
        &self,
        looked: Duration,
        live: &HashSet<[u8; 32]>,
        collected: &mut Collected,
    ) -> Swept<()> {
        for shard in 0..=u8::MAX {
            for digest in self.blobs.digests(shard).await? {
                if live.contains(&digest.bytes()) {
                    continue;
                }
                if Arc::strong_count(&self.kept) > 1 {
                    // The next collection finds them as well.
                    return Ok(());
                }
                let Some(_claim) = self.leases.claim(&digest, looked) else {
                    continue;
                };
                collected.bytes += self.blobs.delete(&digest).await?;
                collected.blobs += 1;
            }
        }
        Ok(())
    }
}
