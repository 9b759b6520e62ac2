//! What the registry asks and notes, as records.

use std::collections::BTreeSet;

use records::ecr::{BlobLink, Image, ImageTag, Repository};
use records::{Committed, Key, RecordError, Records, Stored, Transaction};
use registry::{Answer, Catalogue, CatalogueError, Digest, ManifestEntry, Reference};

/// How often a change is tried again when another got in first.
const ATTEMPTS_MAX: usize = 32;
/// The AWS quota for images of one repository.
const IMAGES_PER_REPOSITORY_MAX: usize = 100_000;
/// Manifests of one index: each is a part of the transaction that records the index, and the
/// store takes 128. Ours: ECR publishes no number.
const MANIFESTS_PER_INDEX_MAX: usize = 100;
/// How many operations a transaction of the store takes; an image with more tags goes in parts.
const TAGS_PER_TRANSACTION: usize = 64;

/// The catalogue over the records.
pub struct RecordCatalogue {
    records: Records,
}

type Outcome<T> = Result<T, CatalogueError>;

fn failed(error: RecordError) -> CatalogueError {
    match error {
        RecordError::Contended { .. } => CatalogueError::Busy,
        other => CatalogueError::Failed(Box::new(other)),
    }
}

fn digest(text: &str) -> Outcome<Digest> {
    text.parse()
        .map_err(|error| CatalogueError::Failed(Box::new(error) as _))
}

fn entry(image: &Image) -> Outcome<ManifestEntry> {
    Ok(ManifestEntry {
        digest: digest(&image.digest)?,
        media_type: image.media_type.clone(),
        manifest_bytes: image.manifest_size,
        image_bytes: image.blobs_size,
        artifact_media_type: image.artifact_media_type.clone(),
        subject: image.subject.as_deref().map(digest).transpose()?,
        manifests: image
            .manifests
            .iter()
            .map(|one| digest(one))
            .collect::<Outcome<_>>()?,
        pushed_at: image.pushed_at,
    })
}

impl RecordCatalogue {
    /// The catalogue over `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }

    fn repository(&self, at: &registry::Repository) -> Outcome<Stored<Repository>> {
        self.records
            .get(&Repository::key(&at.account, &at.region, &at.name))
            .map_err(failed)?
            .ok_or(CatalogueError::RepositoryUnknown)
    }

    fn image_key(at: &registry::Repository, digest: &str) -> Key<Image> {
        Image::key(&at.account, &at.region, &at.name, digest)
    }

    fn tag_key(at: &registry::Repository, tag: &str) -> Key<ImageTag> {
        ImageTag::key(&at.account, &at.region, &at.name, tag)
    }

    fn find(&self, at: &registry::Repository, reference: &Reference) -> Outcome<Option<Image>> {
        self.repository(at)?;
        let digest = match reference {
            Reference::Digest(digest) => digest.to_string(),
            Reference::Tag(tag) => {
                match self.records.get(&Self::tag_key(at, tag)).map_err(failed)? {
                    Some(stored) => stored.record.digest,
                    None => return Ok(None),
                }
            }
        };
        let found = self
            .records
            .get(&Self::image_key(at, &digest))
            .map_err(failed)?;
        Ok(found.map(|stored| stored.record))
    }

    fn images(&self, at: &registry::Repository) -> Outcome<Vec<Stored<Image>>> {
        self.records
            .all(&Image::prefix(&at.account, &at.region, &at.name))
            .map_err(failed)
    }

    async fn put(
        &self,
        at: &registry::Repository,
        new: &ManifestEntry,
        tag: Option<&str>,
    ) -> Outcome<()> {
        let image = Image {
            digest: new.digest.to_string(),
            media_type: new.media_type.clone(),
            manifest_size: new.manifest_bytes,
            blobs_size: new.image_bytes,
            artifact_media_type: new.artifact_media_type.clone(),
            subject: new.subject.as_ref().map(ToString::to_string),
            manifests: new.manifests.iter().map(ToString::to_string).collect(),
            pushed_at: new.pushed_at,
        };
        for _ in 0..ATTEMPTS_MAX {
            let repository = self.repository(at)?;
            let mut transaction = self.records.transaction();
            transaction.expect(&repository);
            let key = Self::image_key(at, &image.digest);
            match self.records.get(&key).map_err(failed)? {
                // Written again, so that it cannot be deleted at the same time as a tag is set.
                Some(before) => transaction
                    .replace(&before, &before.record)
                    .map_err(failed)?,
                None => {
                    if self.images(at)?.len() >= IMAGES_PER_REPOSITORY_MAX {
                        return Err(CatalogueError::LimitExceeded(format!(
                            "A repository has at most {IMAGES_PER_REPOSITORY_MAX} images."
                        )));
                    }
                    transaction.create(&key, &image).map_err(failed)?;
                    self.hold_manifests(at, &image, &mut transaction)?;
                }
            }
            if let Some(tag) = tag {
                let key = Self::tag_key(at, tag);
                let pointed = ImageTag {
                    digest: image.digest.clone(),
                };
                match self.records.get(&key).map_err(failed)? {
                    Some(before) if before.record == pointed => transaction.expect(&before),
                    Some(_) if repository.record.tags_are_immutable => {
                        return Err(CatalogueError::TagImmutable);
                    }
                    Some(before) => transaction.replace(&before, &pointed).map_err(failed)?,
                    None => transaction.create(&key, &pointed).map_err(failed)?,
                }
            }
            if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                return Ok(());
            }
        }
        Err(CatalogueError::Busy)
    }

    /// Has `transaction` fail where one of an index's manifests is deleted meanwhile, and a
    /// deletion of one under way begin anew and find the index.
    fn hold_manifests(
        &self,
        at: &registry::Repository,
        index: &Image,
        transaction: &mut Transaction,
    ) -> Outcome<()> {
        let manifests: BTreeSet<&String> = index.manifests.iter().collect();
        if manifests.len() > MANIFESTS_PER_INDEX_MAX {
            return Err(CatalogueError::LimitExceeded(format!(
                "An index names at most {MANIFESTS_PER_INDEX_MAX} manifests."
            )));
        }
        for digest in manifests {
            let key = Self::image_key(at, digest);
            // The registry found it just now; whoever tries again is told that it is gone.
            let stored = self.records.get(&key).map_err(failed)?;
            let stored = stored.ok_or(CatalogueError::Busy)?;
            transaction
                .replace(&stored, &stored.record)
                .map_err(failed)?;
        }
        Ok(())
    }

    async fn delete(&self, at: &registry::Repository, reference: &Reference) -> Outcome<bool> {
        for _ in 0..ATTEMPTS_MAX {
            self.repository(at)?;
            let mut transaction = self.records.transaction();
            match reference {
                Reference::Tag(tag) => {
                    let Some(stored) = self.records.get(&Self::tag_key(at, tag)).map_err(failed)?
                    else {
                        return Ok(false);
                    };
                    transaction.delete(&stored);
                }
                Reference::Digest(digest) => {
                    let digest = digest.to_string();
                    let key = Self::image_key(at, &digest);
                    let Some(image) = self.records.get(&key).map_err(failed)? else {
                        return Ok(false);
                    };
                    let by: Vec<String> = self
                        .images(at)?
                        .into_iter()
                        .filter(|other| other.record.manifests.contains(&digest))
                        .map(|other| other.record.digest)
                        .collect();
                    if !by.is_empty() {
                        return Err(CatalogueError::Referenced { by });
                    }
                    let prefix = ImageTag::prefix(&at.account, &at.region, &at.name);
                    let mut tags = self.records.all(&prefix).map_err(failed)?;
                    tags.retain(|tag| tag.record.digest == digest);
                    for tag in tags.iter().take(TAGS_PER_TRANSACTION) {
                        transaction.delete(tag);
                    }
                    if tags.len() > TAGS_PER_TRANSACTION {
                        // Some tags first; the image goes with the last of them.
                        transaction.commit().await.map_err(failed)?;
                        continue;
                    }
                    transaction.delete(&image);
                }
            }
            if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                return Ok(true);
            }
        }
        Err(CatalogueError::Busy)
    }
}

impl Catalogue for RecordCatalogue {
    fn check<'a>(&'a self, repository: &'a registry::Repository) -> Answer<'a, ()> {
        Box::pin(async move { self.repository(repository).map(|_| ()) })
    }

    fn blob<'a>(
        &'a self,
        repository: &'a registry::Repository,
        digest: &'a Digest,
    ) -> Answer<'a, Option<u64>> {
        Box::pin(async move {
            self.repository(repository)?;
            let registry::Repository {
                account,
                region,
                name,
            } = repository;
            let key = BlobLink::key(account, region, name, digest.as_str());
            let found = self.records.get(&key).map_err(failed)?;
            Ok(found.map(|stored| stored.record.size))
        })
    }

    fn link_blob<'a>(
        &'a self,
        repository: &'a registry::Repository,
        digest: &'a Digest,
        bytes: u64,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            self.repository(repository)?;
            let registry::Repository {
                account,
                region,
                name,
            } = repository;
            let key = BlobLink::key(account, region, name, digest.as_str());
            let link = BlobLink { size: bytes };
            self.records
                .change(&key, |existing| {
                    Ok::<_, RecordError>(existing.is_none().then(|| link.clone()))
                })
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn manifest<'a>(
        &'a self,
        repository: &'a registry::Repository,
        reference: &'a Reference,
    ) -> Answer<'a, Option<ManifestEntry>> {
        Box::pin(async move {
            self.find(repository, reference)?
                .map(|image| entry(&image))
                .transpose()
        })
    }

    fn put_manifest<'a>(
        &'a self,
        repository: &'a registry::Repository,
        entry: &'a ManifestEntry,
        tag: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(self.put(repository, entry, tag))
    }

    fn delete_manifest<'a>(
        &'a self,
        repository: &'a registry::Repository,
        reference: &'a Reference,
    ) -> Answer<'a, bool> {
        Box::pin(self.delete(repository, reference))
    }

    fn tags<'a>(
        &'a self,
        repository: &'a registry::Repository,
        after: Option<&'a str>,
        limit: usize,
    ) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            self.repository(repository)?;
            let registry::Repository {
                account,
                region,
                name,
            } = repository;
            let prefix = ImageTag::prefix(account, region, name);
            let after = after.map(|tag| prefix.key(tag).bytes().clone());
            let listing = self
                .records
                .list(&prefix, after.as_ref(), limit)
                .map_err(failed)?;
            let tags = listing.items.into_iter();
            Ok(tags
                .map(|stored| Key::<ImageTag>::from_bytes(stored.key).last_part())
                .collect())
        })
    }

    fn referrers<'a>(
        &'a self,
        repository: &'a registry::Repository,
        digest: &'a Digest,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>> {
        Box::pin(async move {
            self.repository(repository)?;
            let images = self
                .images(repository)?
                .into_iter()
                .map(|stored| stored.record);
            images
                .filter(|image| image.subject.as_deref() == Some(digest.as_str()))
                .filter(|image| after.is_none_or(|after| image.digest.as_str() > after.as_str()))
                .take(limit)
                .map(|image| entry(&image))
                .collect()
        })
    }
}
