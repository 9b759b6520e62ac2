//! What the registry asks and notes, as records.

use std::sync::Arc;

use ambient::{BoxFuture, Clock};
use records::ecr::{BlobLink, Image, ImageTag, Repository};
use records::{Committed, RecordError, Records};
use registry::{
    Catalogue, CatalogueError, Digest, ManifestReference, NewManifest, Place, RepositoryInfo,
    StoredManifest,
};

/// How often a manifest is tried again when another push got in first.
const ATTEMPTS_MAX: usize = 16;

/// The catalogue over the records.
pub struct RecordCatalogue {
    records: Records,
    clock: Arc<dyn Clock>,
}

fn failed(error: RecordError) -> CatalogueError {
    CatalogueError::Failed(error.to_string())
}

impl RecordCatalogue {
    /// The catalogue over `records`.
    #[must_use]
    pub fn new(records: Records, clock: Arc<dyn Clock>) -> Self {
        Self { records, clock }
    }

    async fn put(
        &self,
        place: &Place,
        name: &str,
        new: &NewManifest,
    ) -> Result<(), CatalogueError> {
        let (account, region) = (&place.account, &place.region);
        for _ in 0..ATTEMPTS_MAX {
            let repository = self
                .records
                .get(&Repository::key(account, region, name))
                .map_err(failed)?
                .ok_or(CatalogueError::RepositoryGone)?;
            let digest = new.manifest.digest.as_str();
            let image_key = Image::key(account, region, name, digest);
            let image = Image {
                digest: digest.to_owned(),
                media_type: new.manifest.media_type.clone(),
                manifest_size: new.manifest.size,
                blobs_size: new.blobs_size,
                artifact_media_type: new.artifact_media_type.clone(),
                pushed_at: self.clock.now(),
            };
            let mut transaction = self.records.transaction();
            transaction.expect(&repository);
            match self.records.get(&image_key).map_err(failed)? {
                Some(before) => transaction.replace(&before, &image).map_err(failed)?,
                None => transaction.create(&image_key, &image).map_err(failed)?,
            }
            if let Some(tag) = &new.tag {
                let key = ImageTag::key(account, region, name, tag);
                let pointed = ImageTag {
                    digest: digest.to_owned(),
                };
                match self.records.get(&key).map_err(failed)? {
                    Some(before) if before.record == pointed => {}
                    Some(_) if repository.record.tags_are_immutable => {
                        return Err(CatalogueError::TagImmutable(tag.clone()));
                    }
                    Some(before) => transaction.replace(&before, &pointed).map_err(failed)?,
                    None => transaction.create(&key, &pointed).map_err(failed)?,
                }
            }
            if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                return Ok(());
            }
        }
        Err(CatalogueError::Failed(
            "too many pushes of one image at once".to_owned(),
        ))
    }
}

impl Catalogue for RecordCatalogue {
    fn repository(
        &self,
        place: &Place,
        name: &str,
    ) -> Result<Option<RepositoryInfo>, CatalogueError> {
        let key = Repository::key(&place.account, &place.region, name);
        let found = self.records.get(&key).map_err(failed)?;
        Ok(found.map(|stored| RepositoryInfo {
            tags_are_immutable: stored.record.tags_are_immutable,
        }))
    }

    fn has_blob(&self, place: &Place, name: &str, digest: &Digest) -> Result<bool, CatalogueError> {
        let key = BlobLink::key(&place.account, &place.region, name, digest.as_str());
        Ok(self.records.get(&key).map_err(failed)?.is_some())
    }

    fn link_blob<'a>(
        &'a self,
        place: &'a Place,
        name: &'a str,
        digest: &'a Digest,
        size: u64,
    ) -> BoxFuture<'a, Result<(), CatalogueError>> {
        Box::pin(async move {
            let key = BlobLink::key(&place.account, &place.region, name, digest.as_str());
            let link = BlobLink { size };
            self.records
                .change(&key, |existing| {
                    Ok::<_, RecordError>(existing.is_none().then(|| link.clone()))
                })
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn manifest(
        &self,
        place: &Place,
        name: &str,
        reference: &ManifestReference,
    ) -> Result<Option<StoredManifest>, CatalogueError> {
        let (account, region) = (&place.account, &place.region);
        let digest = match reference {
            ManifestReference::Digest(digest) => digest.to_string(),
            ManifestReference::Tag(tag) => {
                let key = ImageTag::key(account, region, name, tag);
                match self.records.get(&key).map_err(failed)? {
                    Some(stored) => stored.record.digest,
                    None => return Ok(None),
                }
            }
        };
        let key = Image::key(account, region, name, &digest);
        let Some(stored) = self.records.get(&key).map_err(failed)? else {
            return Ok(None);
        };
        let digest = digest
            .parse()
            .map_err(|error: registry::InvalidDigest| CatalogueError::Failed(error.to_string()))?;
        Ok(Some(StoredManifest {
            digest,
            media_type: stored.record.media_type,
            size: stored.record.manifest_size,
        }))
    }

    fn put_manifest<'a>(
        &'a self,
        place: &'a Place,
        name: &'a str,
        manifest: &'a NewManifest,
    ) -> BoxFuture<'a, Result<(), CatalogueError>> {
        Box::pin(self.put(place, name, manifest))
    }

    fn tags(
        &self,
        place: &Place,
        name: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, CatalogueError> {
        let prefix = ImageTag::prefix(&place.account, &place.region, name);
        let after = after.map(|tag| prefix.key(tag).bytes().clone());
        let listing = self
            .records
            .list(&prefix, after.as_ref(), limit)
            .map_err(failed)?;
        let tags = listing
            .items
            .into_iter()
            .map(|stored| records::Key::<ImageTag>::from_bytes(stored.key).last_part());
        Ok(tags.collect())
    }
}
