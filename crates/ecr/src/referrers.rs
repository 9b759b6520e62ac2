//! Which images of a repository have a certain subject, without a look at all of them: a record for each,
//! by its subject, comes and goes with the image in one transaction.
//!
//! A repository of an older version has none. They are made when they are first asked for.

use records::ecr::{Image, Referrer, Repository};
use records::{Committed, Key, Stored, Transaction};
use registry::{CatalogueError, Digest};

use crate::RecordCatalogue;
use crate::catalogue::{ATTEMPTS_MAX, Outcome, failed};

/// For how many images the record is made at once.
const IMAGES_PER_TRANSACTION: usize = 50;

fn key(at: &registry::Repository, image: &Image) -> Option<Key<Referrer>> {
    let subject = image.subject.as_deref()?;
    let prefix = Referrer::of(&at.account, &at.region, &at.name, subject);
    Some(prefix.key(&image.digest))
}

/// An image that is deleted refers to nothing.
pub(crate) fn forget(at: &registry::Repository, image: &Image, transaction: &mut Transaction) {
    if let Some(key) = key(at, image) {
        transaction.delete_any(&key);
    }
}

impl RecordCatalogue {
    /// Has an image that is made be found by its subject.
    pub(crate) fn note_subject(
        &self,
        at: &registry::Repository,
        image: &Image,
        transaction: &mut Transaction,
    ) -> Outcome<()> {
        let Some(key) = key(at, image) else {
            return Ok(());
        };
        match self.records.get(&key).map_err(failed)? {
            Some(stored) => transaction.expect(&stored),
            None => transaction.create(&key, &Referrer {}).map_err(failed)?,
        }
        Ok(())
    }

    /// At most `limit` images whose subject is `subject`, in the order of their digests, those after `after`.
    pub(crate) async fn images_about(
        &self,
        at: &registry::Repository,
        subject: &Digest,
        after: Option<&Digest>,
        limit: usize,
    ) -> Outcome<Vec<Image>> {
        if !self.repository(at)?.record.referrers_indexed {
            self.index_referrers(at).await?;
        }
        let prefix = Referrer::of(&at.account, &at.region, &at.name, subject.as_str());
        let mut after = after.map(|after| prefix.key(after.as_str()).bytes().clone());
        let mut found = Vec::new();
        loop {
            let wanted = limit.saturating_sub(found.len());
            let page = self.records.list(&prefix, after.as_ref(), wanted);
            let page = page.map_err(failed)?;
            after = page.items.last().map(|stored| stored.key.clone());
            for stored in page.items {
                let digest = Key::<Referrer>::from_bytes(stored.key).last_part();
                let image = self.records.get(&Self::image_key(at, &digest));
                // One that was deleted since is none.
                found.extend(image.map_err(failed)?.map(|stored| stored.record));
            }
            if !page.more || found.len() >= limit {
                return Ok(found);
            }
        }
    }

    /// Makes the records of all images, and notes that they are there.
    async fn index_referrers(&self, at: &registry::Repository) -> Outcome<()> {
        for _ in 0..ATTEMPTS_MAX {
            let repository = self.repository(at)?;
            if repository.record.referrers_indexed || self.index_images(at, &repository).await? {
                return Ok(());
            }
        }
        Err(CatalogueError::Busy)
    }

    /// True where nobody got in between.
    async fn index_images(
        &self,
        at: &registry::Repository,
        repository: &Stored<Repository>,
    ) -> Outcome<bool> {
        let mut about = self.images(at)?;
        about.retain(|stored| stored.record.subject.is_some());
        for some in about.chunks(IMAGES_PER_TRANSACTION) {
            let mut transaction = self.records.transaction();
            for stored in some {
                // Not of one that is deleted at the same time.
                transaction.expect(stored);
                self.note_subject(at, &stored.record, &mut transaction)?;
            }
            if transaction.commit().await.map_err(failed)? == Committed::Conflict {
                return Ok(false);
            }
        }
        let mut transaction = self.records.transaction();
        let indexed = Repository {
            referrers_indexed: true,
            ..repository.record.clone()
        };
        transaction.replace(repository, &indexed).map_err(failed)?;
        let committed = transaction.commit().await.map_err(failed)?;
        Ok(matches!(committed, Committed::Yes(_)))
    }
}
