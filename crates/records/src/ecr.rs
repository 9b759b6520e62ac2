//! Repositories, their images, tags and blobs.

use std::collections::{BTreeMap, BTreeSet};

use ambient::Timestamp;
use aws_core::{AccountId, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// What takes the place of `/` in the names of repositories within keys: no name may hold it.
const NAME_SEPARATOR: &str = ":";

fn escaped(name: &str) -> String {
    name.replace('/', NAME_SEPARATOR)
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// The name, with its slashes.
    pub name: String,
    /// True where a tag, once set, stays where it is.
    pub tags_are_immutable: bool,
    /// Patterns, with `*` for any characters, of tags for which it is the other way round.
    #[serde(default)]
    pub mutability_exceptions: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Tags of the repository itself.
    pub tags: BTreeMap<String, String>,
    /// True where there is a [`Referrer`] for each image that has a subject; false in a record that was
    /// written before there were any.
    #[serde(default)]
    pub referrers_indexed: bool,
}

/// An image of a repository: a manifest and what points at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The digest of the manifest.
    pub digest: String,
    /// The manifest's media type.
    pub media_type: String,
    /// The bytes of the manifest.
    pub manifest_size: u64,
    /// The bytes of the blobs that it names.
    pub blobs_size: u64,
    /// The media type of its configuration.
    pub artifact_media_type: Option<String>,
    /// The digest of the manifest that this one is about.
    pub subject: Option<String>,
    /// The digests of the manifests that it is an index of.
    pub manifests: Vec<String>,
    /// When it was pushed first.
    pub pushed_at: Timestamp,
    /// The tags that point at it; `None` in a record that was written before there was this
    /// member, where only the tags themselves know.
    #[serde(default)]
    pub tags: Option<BTreeSet<String>>,
    /// The digests of the indexes that name it; `None` as of `tags`.
    #[serde(default)]
    pub indexes: Option<BTreeSet<String>>,
}

/// A tag of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageTag {
    /// The digest of the manifest that it points at.
    pub digest: String,
}

/// A name that callers were told as the registry's address, their own for it or the operator's: images that were pushed by it
/// are named by it in task definitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryName {
    /// A host, or `host:port`, in lower case.
    pub name: String,
    /// When it was told last, to the day.
    pub told_at: Timestamp,
    /// True where the operator gave it, not a caller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_operators: bool,
}

impl Record for RegistryName {
    const FORMAT: u32 = 1;
}

impl RegistryName {
    /// How many callers can give it.
    pub const COUNT_MAX: usize = 100;

    /// Where that one is.
    #[must_use]
    pub fn key(name: &str) -> Key<Self> {
        Self::everywhere().key(name)
    }

    /// All: the registry is one, whatever account and region its repositories are of.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecr", "registry-name"])
    }
}

/// That a repository has a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobLink {
    /// The blob's bytes.
    pub size: u64,
}

/// How many images of a repository have digests that begin with one hexadecimal digit. Where there is
/// none, nobody has counted them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCount {
    /// So many.
    pub images: u64,
}

/// That an image of a repository has a subject; which one and of what is in its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {}

impl Record for Referrer {
    const FORMAT: u32 = 1;
}

impl Referrer {
    /// All of a repository.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region, name: &str) -> Prefix<Self> {
        let (account, region) = (account.as_str(), region.as_str());
        Prefix::new(&["ecr", "referrer", account, region, &escaped(name)])
    }

    /// Those of the subject of that digest; the last part of their keys is their own.
    #[must_use]
    pub fn of(account: &AccountId, region: &Region, name: &str, subject: &str) -> Prefix<Self> {
        let (account, region) = (account.as_str(), region.as_str());
        Prefix::new(&["ecr", "referrer", account, region, &escaped(name), subject])
    }
}

impl Record for Repository {
    const FORMAT: u32 = 1;
}

fn unescaped(part: &str) -> String {
    part.replace(NAME_SEPARATOR, "/")
}

impl Repository {
    /// All of all accounts and regions.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["ecr", "repository"])
    }

    /// Account, region and name that a key of [`Self::everywhere`] has.
    #[must_use]
    pub fn place(key: &Key<Self>) -> Option<(AccountId, Region, String)> {
        let text = std::str::from_utf8(key.bytes()).ok()?;
        let mut parts = text.strip_prefix("ecr/repository/")?.splitn(3, '/');
        let (account, region) = (parts.next()?, parts.next()?);
        let name = unescaped(parts.next()?);
        Some((account.parse().ok()?, region.parse().ok()?, name))
    }

    /// Where the repository of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, name: &str) -> Key<Self> {
        Self::prefix(account, region).key(&escaped(name))
    }

    /// All of a region.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
        Prefix::new(&["ecr", "repository", account.as_str(), region.as_str()])
    }
}

macro_rules! of_a_repository {
    ($type:ty, $kind:literal, $what:literal) => {
        impl Record for $type {
            const FORMAT: u32 = 1;
        }

        impl $type {
            #[doc = concat!("Where the one of that ", $what, " is.")]
            #[must_use]
            pub fn key(account: &AccountId, region: &Region, name: &str, last: &str) -> Key<Self> {
                Self::prefix(account, region, name).key(last)
            }

            /// All of a repository.
            #[must_use]
            pub fn prefix(account: &AccountId, region: &Region, name: &str) -> Prefix<Self> {
                Prefix::new(&[
                    "ecr",
                    $kind,
                    account.as_str(),
                    region.as_str(),
                    &escaped(name),
                ])
            }
        }
    };
}
of_a_repository!(Image, "image", "digest");
of_a_repository!(ImageTag, "tag", "name");
of_a_repository!(BlobLink, "blob", "digest");
of_a_repository!(ImageCount, "image-count", "digit");
