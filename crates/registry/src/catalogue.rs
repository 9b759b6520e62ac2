//! What is in which repository: asked of whoever keeps records.

use std::error::Error;
use std::fmt;

use ambient::{BoxFuture, Timestamp};
use aws_core::{AccountId, Arn, Region};
use thiserror::Error as ThisError;

use crate::{Digest, is_tag};

/// A repository, which may or may not exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Repository {
    /// The account, which ECR calls the registry's id.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// A name for which [`crate::is_repository_name`] holds.
    pub name: String,
}

impl Repository {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Arn {
        let resource = format!("repository/{}", self.name);
        Arn::new("ecr", &self.region, &self.account, &resource)
    }
}

/// Names a manifest within a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// By what it is.
    Digest(Digest),
    /// By a tag, which may move.
    Tag(String),
}

impl Reference {
    /// Reads a digest or a tag.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(digest) => Some(Self::Digest(digest)),
            Err(_) => is_tag(text).then(|| Self::Tag(text.to_owned())),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => digest.fmt(f),
            Self::Tag(tag) => f.write_str(tag),
        }
    }
}

/// What is recorded of a manifest or an index; its bytes are a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The digest of its bytes.
    pub digest: Digest,
    /// The media type under which it was pushed.
    pub media_type: String,
    /// How many bytes the manifest itself has.
    pub manifest_bytes: u64,
    /// The layers' and the configuration's sizes together; of an index, the greatest size among
    /// its manifests.
    pub image_bytes: u64,
    /// What kind of artifact it is: `artifactType`, or else its configuration's media type. None
    /// for an index that does not say.
    pub artifact_media_type: Option<String>,
    /// The manifest that this one is about.
    pub subject: Option<Digest>,
    /// The manifests that it is an index of.
    pub manifests: Vec<Digest>,
    /// When it was pushed first.
    pub pushed_at: Timestamp,
}

/// Why the catalogue did not do something.
#[derive(Debug, ThisError)]
pub enum CatalogueError {
    /// There is no such repository.
    #[error("there is no such repository")]
    RepositoryUnknown,
    /// The repository's tags do not move, and this one is another image's.
    #[error("the tag is taken, and tags of this repository do not move")]
    TagImmutable,
    /// An index names the manifest that was to be deleted.
    #[error("the manifest is referenced by {}", .by.join(", "))]
    Referenced {
        /// The digests of the indexes.
        by: Vec<String>,
    },
    /// A quota is reached; the message names it.
    #[error("{0}")]
    LimitExceeded(String),
    /// Too many changes at once; trying again later helps.
    #[error("too many changes at once")]
    Busy,
    /// The records cannot be read or written.
    #[error("the catalogue failed: {0}")]
    Failed(Box<dyn Error + Send + Sync>),
}

/// The answer of a catalogue.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, CatalogueError>>;

/// What is in which repository. Everything is durable once it is answered. Where a repository
/// does not exist, every function answers [`CatalogueError::RepositoryUnknown`].
pub trait Catalogue: Send + Sync {
    /// Answers nothing, if the repository exists.
    fn check<'a>(&'a self, repository: &'a Repository) -> Answer<'a, ()>;

    /// The size of a blob in bytes, if it is linked to the repository.
    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
    ) -> Answer<'a, Option<u64>>;

    /// Links a blob of `bytes` bytes to the repository.
    fn link_blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        bytes: u64,
    ) -> Answer<'a, ()>;

    /// The manifest that `reference` names.
    fn manifest<'a>(
        &'a self,
        repository: &'a Repository,
        reference: &'a Reference,
    ) -> Answer<'a, Option<ManifestEntry>>;

    /// Records a manifest, and has `tag` name it from now on. One that is recorded already stays
    /// as it is. False where all of it was so before.
    fn put_manifest<'a>(
        &'a self,
        repository: &'a Repository,
        entry: &'a ManifestEntry,
        tag: Option<&'a str>,
    ) -> Answer<'a, bool>;

    /// Takes away a tag, or a manifest with all its tags; false where there is none.
    fn delete_manifest<'a>(
        &'a self,
        repository: &'a Repository,
        reference: &'a Reference,
    ) -> Answer<'a, bool>;

    /// At most `limit` tags in the order of their bytes, those after `after` where it is given.
    fn tags<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a str>,
        limit: usize,
    ) -> Answer<'a, Vec<String>>;

    /// At most `limit` manifests whose subject is `digest`, in the order of their digests, those
    /// after `after` where it is given.
    fn referrers<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>>;

    /// At most `limit` repositories of all accounts and regions in an order of their own, those
    /// after `after` where it is given.
    fn repositories<'a>(
        &'a self,
        after: Option<&'a Repository>,
        limit: usize,
    ) -> Answer<'a, Vec<Repository>>;

    /// At most `limit` blobs that are linked to the repository, in the order of their digests,
    /// those after `after` where it is given.
    fn blobs<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<Digest>>;

    /// At most `limit` manifests in the order of their digests, those after `after` where it is
    /// given.
    fn manifests<'a>(
        &'a self,
        repository: &'a Repository,
        after: Option<&'a Digest>,
        limit: usize,
    ) -> Answer<'a, Vec<ManifestEntry>>;

    /// Takes back the link of a blob to the repository; false where there is none.
    fn unlink_blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
    ) -> Answer<'a, bool>;
}
