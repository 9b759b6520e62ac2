//! What the registry asks and notes, as records.
//!
//! An image knows its tags and the indexes that name it, so that it is shown and deleted without
//! reading all others. Records of an older version do not know; then all tags, or all images, are
//! read, and the next change writes down what was found.

use std::collections::{BTreeMap, BTreeSet};

use records::ecr::{BlobLink, Image, ImageTag, Repository};
use records::{Committed, Key, RecordError, Records, Stored, Transaction};
use registry::{Answer, Catalogue, CatalogueError, Digest, ManifestEntry, Reference};

use crate::referrers::forget;
use crate::sentences;

/// How often a change is tried again when another got in first.
pub(crate) const ATTEMPTS_MAX: usize = 32;
/// The AWS quota for images of one repository.
const IMAGES_PER_REPOSITORY_MAX: u64 = 100_000;
/// Manifests of one index: each is a part of the transaction that records the index, and the
/// store takes 128. Ours: ECR publishes no number.
const MANIFESTS_PER_INDEX_MAX: usize = 100;
/// The AWS quota for tags of one image.
const TAGS_PER_IMAGE_MAX: usize = 1000;
/// Indexes that name one image. Ours: ECR publishes no number.
const INDEXES_PER_IMAGE_MAX: usize = 1000;
/// How many tags go with one transaction, beside an index's manifests; an image with more goes in
/// parts.
const TAGS_PER_TRANSACTION: usize = 24;

/// The catalogue over the records.
pub struct RecordCatalogue {
    pub(crate) records: Records,
}

pub(crate) type Outcome<T> = Result<T, CatalogueError>;

pub(crate) fn failed(error: RecordError) -> CatalogueError {
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

    pub(crate) fn repository(&self, at: &registry::Repository) -> Outcome<Stored<Repository>> {
        self.records
            .get(&Repository::key(&at.account, &at.region, &at.name))
            .map_err(failed)?
            .ok_or(CatalogueError::RepositoryUnknown)
    }

    pub(crate) fn image_key(at: &registry::Repository, digest: &str) -> Key<Image> {
        Image::key(&at.account, &at.region, &at.name, digest)
    }

    fn link_key(at: &registry::Repository, digest: &Digest) -> Key<BlobLink> {
        BlobLink::key(&at.account, &at.region, &at.name, digest.as_str())
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

    pub(crate) fn images(&self, at: &registry::Repository) -> Outcome<Vec<Stored<Image>>> {
        self.records
            .all(&Image::prefix(&at.account, &at.region, &at.name))
            .map_err(failed)
    }

    /// The tags that point at an image.
    pub(crate) fn tags_of(
        &self,
        at: &registry::Repository,
        image: &Image,
    ) -> Outcome<BTreeSet<String>> {
        if let Some(tags) = &image.tags {
            return Ok(tags.clone());
        }
        let prefix = ImageTag::prefix(&at.account, &at.region, &at.name);
        let all = self.records.all(&prefix).map_err(failed)?.into_iter();
        Ok(all
            .filter(|tag| tag.record.digest == image.digest)
            .map(|tag| Key::<ImageTag>::from_bytes(tag.key).last_part())
            .collect())
    }

    /// The indexes that name an image.
    fn indexes_of(&self, at: &registry::Repository, image: &Image) -> Outcome<BTreeSet<String>> {
        if let Some(indexes) = &image.indexes {
            return Ok(indexes.clone());
        }
        let all = self.images(at)?.into_iter();
        Ok(all
            .filter(|other| other.record.manifests.contains(&image.digest))
            .map(|other| other.record.digest)
            .collect())
    }

    /// The image with what it knows of tags and indexes filled in.
    fn knowing(&self, at: &registry::Repository, image: &Image) -> Outcome<Image> {
        Ok(Image {
            tags: Some(self.tags_of(at, image)?),
            indexes: Some(self.indexes_of(at, image)?),
            ..image.clone()
        })
    }

    async fn put(
        &self,
        at: &registry::Repository,
        new: &ManifestEntry,
        tag: Option<&str>,
    ) -> Outcome<bool> {
        let fresh = Image {
            digest: new.digest.to_string(),
            media_type: new.media_type.clone(),
            manifest_size: new.manifest_bytes,
            blobs_size: new.image_bytes,
            artifact_media_type: new.artifact_media_type.clone(),
            subject: new.subject.as_ref().map(ToString::to_string),
            manifests: new.manifests.iter().map(ToString::to_string).collect(),
            pushed_at: new.pushed_at,
            tags: Some(BTreeSet::new()),
            indexes: Some(BTreeSet::new()),
        };
        for _ in 0..ATTEMPTS_MAX {
            let repository = self.repository(at)?;
            let mut transaction = self.records.transaction();
            transaction.expect(&repository);
            let key = Self::image_key(at, &fresh.digest);
            let before = self.records.get(&key).map_err(failed)?;
            let mut image = match &before {
                Some(before) => self.knowing(at, &before.record)?,
                None => fresh.clone(),
            };
            let mut changed = before.is_none();
            let mut changes = Changes::new();
            if let Some(tag) = tag {
                let key = Self::tag_key(at, tag);
                let pointed = ImageTag {
                    digest: image.digest.clone(),
                };
                match self.records.get(&key).map_err(failed)? {
                    Some(before) if before.record == pointed => transaction.expect(&before),
                    Some(_) if !may_move(&repository.record, tag) => {
                        return Err(CatalogueError::TagImmutable);
                    }
                    Some(before) => {
                        changed = true;
                        transaction.replace(&before, &pointed).map_err(failed)?;
                        self.untag(at, &before.record.digest, tag, &mut changes)?;
                    }
                    None => {
                        changed = true;
                        transaction.create(&key, &pointed).map_err(failed)?;
                    }
                }
                let tags = image.tags.get_or_insert_default();
                tags.insert(tag.to_owned());
                if tags.len() > TAGS_PER_IMAGE_MAX {
                    return Err(CatalogueError::LimitExceeded(
                        sentences::too_many_image_tags(TAGS_PER_IMAGE_MAX),
                    ));
                }
            }
            match &before {
                // Written again, so that it cannot be deleted at the same time as a tag is set.
                Some(before) => transaction.replace(before, &image).map_err(failed)?,
                None => {
                    let mut tally = self.tally(at)?;
                    if tally.images() >= IMAGES_PER_REPOSITORY_MAX {
                        return Err(CatalogueError::LimitExceeded(sentences::too_many_images(
                            IMAGES_PER_REPOSITORY_MAX,
                        )));
                    }
                    tally.add(&image.digest);
                    tally.write(&mut transaction)?;
                    transaction.create(&key, &image).map_err(failed)?;
                    self.note_subject(at, &image, &mut transaction)?;
                    self.hold_manifests(at, &image, &mut changes)?;
                }
            }
            apply(&changes, &mut transaction)?;
            if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                return Ok(changed);
            }
        }
        Err(CatalogueError::Busy)
    }

    /// The image of that digest as it is to be after the transaction, or as it is.
    fn changed<'a>(
        &self,
        at: &registry::Repository,
        digest: &str,
        changes: &'a mut Changes,
    ) -> Outcome<Option<&'a mut Image>> {
        if !changes.contains_key(digest) {
            let key = Self::image_key(at, digest);
            let Some(stored) = self.records.get(&key).map_err(failed)? else {
                return Ok(None);
            };
            let image = self.knowing(at, &stored.record)?;
            changes.insert(digest.to_owned(), (stored, image));
        }
        Ok(changes.get_mut(digest).map(|(_, image)| image))
    }

    /// Has the image of that digest know a tag no more.
    fn untag(
        &self,
        at: &registry::Repository,
        digest: &str,
        tag: &str,
        changes: &mut Changes,
    ) -> Outcome<()> {
        if let Some(image) = self.changed(at, digest, changes)? {
            image.tags.get_or_insert_default().remove(tag);
        }
        Ok(())
    }

    /// Has an index's manifests know it, so that the transaction fails where one of them is
    /// deleted meanwhile, and a deletion of one under way begins anew and finds the index.
    fn hold_manifests(
        &self,
        at: &registry::Repository,
        index: &Image,
        changes: &mut Changes,
    ) -> Outcome<()> {
        let manifests: BTreeSet<&String> = index.manifests.iter().collect();
        if manifests.len() > MANIFESTS_PER_INDEX_MAX {
            return Err(CatalogueError::LimitExceeded(
                sentences::too_many_manifests(MANIFESTS_PER_INDEX_MAX),
            ));
        }
        for digest in manifests {
            // The registry found it just now; whoever tries again is told that it is gone.
            let image = self.changed(at, digest, changes)?;
            let indexes = &mut image.ok_or(CatalogueError::Busy)?.indexes;
            let indexes = indexes.get_or_insert_default();
            indexes.insert(index.digest.clone());
            if indexes.len() > INDEXES_PER_IMAGE_MAX {
                return Err(CatalogueError::LimitExceeded(sentences::too_many_indexes(
                    INDEXES_PER_IMAGE_MAX,
                )));
            }
        }
        Ok(())
    }

    async fn delete(&self, at: &registry::Repository, reference: &Reference) -> Outcome<bool> {
        for _ in 0..ATTEMPTS_MAX {
            self.repository(at)?;
            let mut transaction = self.records.transaction();
            let mut changes = Changes::new();
            match reference {
                Reference::Tag(tag) => {
                    let Some(stored) = self.records.get(&Self::tag_key(at, tag)).map_err(failed)?
                    else {
                        return Ok(false);
                    };
                    self.untag(at, &stored.record.digest, tag, &mut changes)?;
                    transaction.delete(&stored);
                }
                Reference::Digest(digest) => {
                    let key = Self::image_key(at, digest.as_str());
                    let Some(stored) = self.records.get(&key).map_err(failed)? else {
                        return Ok(false);
                    };
                    let mut image = self.knowing(at, &stored.record)?;
                    let by: Vec<String> = image.indexes.iter().flatten().cloned().collect();
                    if !by.is_empty() {
                        return Err(CatalogueError::Referenced { by });
                    }
                    let tags = image.tags.take().unwrap_or_default();
                    for tag in tags.iter().take(TAGS_PER_TRANSACTION) {
                        transaction.delete_any(&Self::tag_key(at, tag));
                    }
                    if tags.len() > TAGS_PER_TRANSACTION {
                        // Some tags first; the image goes with the last of them.
                        image.tags = Some(tags.into_iter().skip(TAGS_PER_TRANSACTION).collect());
                        transaction.replace(&stored, &image).map_err(failed)?;
                        transaction.commit().await.map_err(failed)?;
                        continue;
                    }
                    for manifest in &image.manifests {
                        if let Some(other) = self.changed(at, manifest, &mut changes)? {
                            let indexes = other.indexes.get_or_insert_default();
                            indexes.remove(&image.digest);
                        }
                    }
                    let mut tally = self.tally_with(at, &image.digest)?;
                    tally.take(&image.digest);
                    tally.write(&mut transaction)?;
                    forget(at, &image, &mut transaction);
                    transaction.delete(&stored);
                }
            }
            apply(&changes, &mut transaction)?;
            if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                return Ok(true);
            }
        }
        Err(CatalogueError::Busy)
    }
}

/// Images that a transaction changes, by digest: as they are, and as they are to be. More than
/// one thing of an image may change, and a transaction writes a record once.
type Changes = BTreeMap<String, (Stored<Image>, Image)>;

fn apply(changes: &Changes, transaction: &mut Transaction) -> Outcome<()> {
    for (stored, image) in changes.values() {
        transaction.replace(stored, image).map_err(failed)?;
    }
    Ok(())
}

/// Whether a tag of the repository that is set may be set to another image.
fn may_move(repository: &Repository, tag: &str) -> bool {
    let exception = repository
        .mutability_exceptions
        .iter()
        .any(|pattern| matches_wildcard(pattern, tag));
    repository.tags_are_immutable == exception
}

/// Whether a text is as a pattern, in which `*` stands for any characters.
fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let Some((middle, last)) = rest.rsplit_once('*') else {
        return text.ends_with(rest);
    };
    for part in middle.split('*') {
        match text.split_once(part) {
            // An empty part, of two stars in a row, splits off nothing.
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
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
            let key = Self::link_key(repository, digest);
            for _ in 0..ATTEMPTS_MAX {
                let at = self.repository(repository)?;
                if self.records.get(&key).map_err(failed)?.is_some() {
                    return Ok(());
                }
                let mut transaction = self.records.transaction();
                // Not into a repository that is deleted at the same time.
                transaction.expect_exists(&Key::<Repository>::from_bytes(at.key));
                let link = BlobLink { size: bytes };
                transaction.create(&key, &link).map_err(failed)?;
                if let Committed::Yes(_) = transaction.commit().await.map_err(failed)? {
                    return Ok(());
                }
            }
            Err(CatalogueError::Busy)
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
    ) -> Answer<'a, bool> {
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
            let images = self.images_about(repository, digest, after, limit).await?;
            images.iter().map(entry).collect()
        })
    }

    fn repositories<'a>(
        &'a self,
        after: Option<&'a registry::Repository>,
        limit: usize,
    ) -> Answer<'a, Vec<registry::Repository>> {
        Box::pin(async move {
            let after = after.map(|at| Repository::key(&at.account, &at.region, &at.name));
            let listing = self.records.list(
                &Repository::everywhere(),
                after.as_ref().map(Key::bytes),
                limit,
            );
            let found = listing.map_err(failed)?.items.into_iter();
            Ok(found
                .filter_map(|stored| Repository::place(&Key::from_bytes(stored.key)))
                .map(|(account, region, name)| registry::Repository {
                    account,
                    region,
                    name,
                })
                .collect())
        })
    }

    fn blobs<'a>(
        &'a self,
        repository: &'a registry::Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<Digest>> {
        Box::pin(async move {
            self.repository(repository)?;
            let at = repository;
            let prefix = BlobLink::prefix(&at.account, &at.region, &at.name);
            let after = after.map(|digest| Self::link_key(at, digest));
            let listing = self
                .records
                .list(&prefix, after.as_ref().map(Key::bytes), limit)
                .map_err(failed)?;
            let links = listing.items.into_iter();
            links
                .map(|stored| digest(&Key::<BlobLink>::from_bytes(stored.key).last_part()))
                .collect()
        })
    }

    fn manifests<'a>(
        &'a self,
        repository: &'a registry::Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>> {
        Box::pin(async move {
            self.repository(repository)?;
            let at = repository;
            let prefix = Image::prefix(&at.account, &at.region, &at.name);
            let after = after.map(|digest| Self::image_key(at, digest.as_str()));
            let listing = self
                .records
                .list(&prefix, after.as_ref().map(Key::bytes), limit)
                .map_err(failed)?;
            listing
                .items
                .iter()
                .map(|stored| entry(&stored.record))
                .collect()
        })
    }

    fn unlink_blob<'a>(
        &'a self,
        repository: &'a registry::Repository,
        digest: &'a Digest,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            let key = Self::link_key(repository, digest);
            let Some(stored) = self.records.get(&key).map_err(failed)? else {
                return Ok(false);
            };
            let mut transaction = self.records.transaction();
            transaction.delete(&stored);
            let committed = transaction.commit().await.map_err(failed)?;
            Ok(matches!(committed, Committed::Yes(_)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("latest", "latest", true),
            ("latest", "latest1", false),
            ("latest*", "latest1", true),
            ("*", "anything", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("v*-rc*", "v1-rc2", true),
            ("v*-rc*", "v1", false),
            ("*dev*test*", "a-dev-b-test-c", true),
            ("*dev*test*", "a-test-b-dev-c", false),
            ("a**b", "ab", true),
        ] {
            assert_eq!(
                matches_wildcard(pattern, text),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
