//! Deleting a repository with all that is in it.
//!
//! The repository itself goes last, in a transaction that holds only if nothing is left in it: a
//! deletion that is cut off leaves a repository that can be deleted again, and never leaves what
//! a later repository of the same name would find.

use records::ecr::{BlobLink, Image, ImageTag, Repository};
use records::{Committed, Prefix, Record, RecordError};
use registry::CatalogueError;

use crate::RecordCatalogue;
use crate::catalogue::{ATTEMPTS_MAX, failed};
use crate::referrers::forget;

/// How many records go with one transaction.
const RECORDS_PER_TRANSACTION: usize = 100;
/// How many images do, each perhaps with the record of its subject, beside the counts.
const IMAGES_PER_TRANSACTION: usize = 50;

/// Why a repository was not deleted.
#[derive(Debug)]
pub(crate) enum NotDeleted {
    /// It has images.
    Images,
    /// The catalogue says so.
    Catalogue(CatalogueError),
}

impl From<RecordError> for NotDeleted {
    fn from(error: RecordError) -> Self {
        Self::Catalogue(failed(error))
    }
}

impl RecordCatalogue {
    /// Deletes a repository; one that has images only where `force` is true.
    pub(crate) async fn delete_repository(
        &self,
        at: &registry::Repository,
        force: bool,
    ) -> Result<(), NotDeleted> {
        let images = Image::prefix(&at.account, &at.region, &at.name);
        let tags = ImageTag::prefix(&at.account, &at.region, &at.name);
        let links = BlobLink::prefix(&at.account, &at.region, &at.name);
        for _ in 0..ATTEMPTS_MAX {
            let repository = self.repository(at).map_err(NotDeleted::Catalogue)?;
            if !force && !self.records.list(&images, None, 1)?.items.is_empty() {
                return Err(NotDeleted::Images);
            }
            // Images before their tags: no tag is set to an image that is gone.
            if force {
                if !self.delete_images(at).await? {
                    continue;
                }
                self.delete_all(&tags).await?;
            }
            self.delete_all(&links).await?;
            let mut transaction = self.records.transaction();
            let tally = self.tally(at).map_err(NotDeleted::Catalogue)?;
            tally.delete(&mut transaction);
            transaction.expect_none(&images);
            transaction.expect_none(&tags);
            transaction.expect_none(&links);
            transaction.delete::<Repository>(&repository);
            if let Committed::Yes(_) = transaction.commit().await? {
                return Ok(());
            }
        }
        Err(NotDeleted::Catalogue(CatalogueError::Busy))
    }

    /// Deletes all images; false where others got in between.
    async fn delete_images(&self, at: &registry::Repository) -> Result<bool, NotDeleted> {
        let images = Image::prefix(&at.account, &at.region, &at.name);
        loop {
            let page = self.records.list(&images, None, IMAGES_PER_TRANSACTION)?;
            if page.items.is_empty() {
                return Ok(true);
            }
            let mut tally = self.tally(at).map_err(NotDeleted::Catalogue)?;
            let mut transaction = self.records.transaction();
            for stored in &page.items {
                tally.take(&stored.record.digest);
                forget(at, &stored.record, &mut transaction);
                transaction.delete(stored);
            }
            tally
                .write(&mut transaction)
                .map_err(NotDeleted::Catalogue)?;
            if transaction.commit().await? == Committed::Conflict {
                return Ok(false);
            }
        }
    }

    async fn delete_all<R: Record>(&self, prefix: &Prefix<R>) -> Result<(), RecordError> {
        loop {
            let page = self.records.list(prefix, None, RECORDS_PER_TRANSACTION)?;
            if page.items.is_empty() {
                return Ok(());
            }
            let mut transaction = self.records.transaction();
            for stored in &page.items {
                transaction.delete_any(&records::Key::<R>::from_bytes(stored.key.clone()));
            }
            transaction.commit().await?;
        }
    }
}
