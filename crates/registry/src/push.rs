//! What a push is made of, whoever asks for it: OCI clients (`serve`) or ECR's API (crate `ecr`).
//!
//! Whatever is relied on is held first (`leases`), so that the collector never takes what a push
//! has been told of.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use thiserror::Error;

use crate::leases::Held;
use crate::limits::{LAYER_MAX_BYTES, MANIFEST_MAX_BYTES};
use crate::manifest::Manifest;
use crate::uploads::Session;
use crate::{
    BlobError, CatalogueError, Digest, ManifestEntry, Reference, Registry, RegistryError,
    Repository, Unfinished,
};

/// Why a step of a push was not done.
#[derive(Debug, Error)]
pub enum PushFault {
    /// The catalogue said so.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The bytes could not be kept, or are not those of the digest.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// What is recorded is not there.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// There is no such upload, or it is finished.
    #[error("there is no such upload")]
    UploadUnknown,
    /// Somebody else writes to it.
    #[error("another request is writing to the upload")]
    UploadBusy,
    /// There are as many as there may be.
    #[error("too many uploads are under way")]
    UploadsMany,
    /// The part does not begin where the upload ends.
    #[error("the upload has {length} bytes")]
    OutOfOrder {
        /// How many bytes there are.
        length: u64,
    },
    /// The upload has no bytes.
    #[error("the upload has no bytes")]
    Empty,
    /// A part that was not the last is too short.
    #[error("a part that was not the last is too short")]
    PartTooSmall,
    /// More bytes than are taken.
    #[error("the {what} is larger than {most} bytes")]
    TooLarge {
        /// Of what: a layer or a manifest.
        what: &'static str,
        /// How many are taken.
        most: u64,
    },
    /// The manifest is not understood; the text says why.
    #[error("{0}")]
    ManifestInvalid(String),
    /// The manifest has another digest than was said.
    #[error("the manifest does not have the digest {said}")]
    ManifestDigest {
        /// What was said.
        said: Digest,
    },
    /// Layers that the manifest names are not in the repository.
    #[error("layers are missing")]
    LayersMissing(Vec<Digest>),
    /// Images that the index names are not in the repository.
    #[error("images are missing")]
    ImagesMissing(Vec<Digest>),
    /// A layer has another size than the manifest says.
    #[error("the blob '{digest}' has {found} bytes, and the manifest says {said}")]
    LayerSize {
        /// The layer.
        digest: Digest,
        /// What the manifest says.
        said: u64,
        /// What is so.
        found: u64,
    },
}

type Pushed<T> = Result<T, PushFault>;

/// A manifest to be put.
#[derive(Clone, Debug)]
pub struct ManifestPush<'a> {
    /// As they are to be kept.
    pub bytes: &'a Bytes,
    /// The media type under which it was sent, if that was said.
    pub media_type: Option<&'a str>,
    /// The digest that it should have, if one was said.
    pub digest: Option<&'a Digest>,
    /// The tag that is to name it.
    pub tag: Option<&'a str>,
}

impl Registry {
    /// Begins an upload and says its id.
    ///
    /// # Errors
    /// Where the repository is unknown, too many are under way, or the disk fails.
    pub async fn begin_upload(&self, repository: &Repository) -> Pushed<String> {
        self.catalogue.check(repository).await?;
        self.begin_session(repository).await.map(|(id, _)| id)
    }

    pub(crate) async fn begin_session(
        &self,
        repository: &Repository,
    ) -> Pushed<(String, Arc<Session>)> {
        let id = self.random.uuid();
        let now = self.clock.monotonic();
        let begun = self.uploads.begin(&*self.blobs, &id, repository, now);
        let session = begun.await?.ok_or(PushFault::UploadsMany)?;
        Ok((id, session))
    }

    pub(crate) async fn session(&self, repository: &Repository, id: &str) -> Pushed<Arc<Session>> {
        let now = self.clock.monotonic();
        let found = self.uploads.find(&*self.blobs, id, repository, now);
        found.await?.ok_or(PushFault::UploadUnknown)
    }

    /// Adds a part that begins at the byte `first` and says how many bytes there are then.
    ///
    /// # Errors
    /// Where there is no such upload, it is not as long as `first`, or the disk fails.
    pub async fn append_part(
        &self,
        repository: &Repository,
        id: &str,
        first: u64,
        bytes: Bytes,
    ) -> Pushed<u64> {
        self.catalogue.check(repository).await?;
        let session = self.session(repository, id).await?;
        let mut staging = session
            .staging
            .try_lock()
            .map_err(|_| PushFault::UploadBusy)?;
        let staging = staging.as_mut().ok_or(PushFault::UploadUnknown)?;
        let length = staging.length();
        if length != first {
            return Err(PushFault::OutOfOrder { length });
        }
        let part = bytes.len() as u64;
        if length.saturating_add(part) > LAYER_MAX_BYTES {
            return Err(PushFault::TooLarge {
                what: "layer",
                most: LAYER_MAX_BYTES,
            });
        }
        staging.append(bytes).await?;
        session.had_part(part);
        session.wrote(staging.length(), self.clock.monotonic());
        Ok(staging.length())
    }

    /// Makes the upload of parts a blob of the repository.
    ///
    /// # Errors
    /// Where there is no such upload, it has no bytes or too short a part, or the bytes have
    /// another digest, with which the upload is gone.
    pub async fn complete_parts(
        &self,
        repository: &Repository,
        id: &str,
        digest: &Digest,
    ) -> Pushed<()> {
        self.catalogue.check(repository).await?;
        let session = self.session(repository, id).await?;
        if session.length() == 0 {
            return Err(PushFault::Empty);
        }
        if session.had_short_part() {
            return Err(PushFault::PartTooSmall);
        }
        self.complete(repository, &session, digest).await
    }

    /// Makes an upload a blob, and links it.
    pub(crate) async fn complete(
        &self,
        repository: &Repository,
        session: &Session,
        digest: &Digest,
    ) -> Pushed<()> {
        let staging = session
            .staging
            .try_lock()
            .map_err(|_| PushFault::UploadBusy)?
            .take()
            .ok_or(PushFault::UploadUnknown)?;
        // Good or not, it cannot be gone on with.
        self.uploads.end(session);
        let bytes = staging.length();
        let _held = self.leases.hold(digest).await;
        staging.finish(digest).await?;
        self.catalogue.link_blob(repository, digest, bytes).await?;
        Ok(())
    }

    /// The size of a blob, if it is in the repository. Whoever is told can rely on it for the
    /// grace.
    ///
    /// # Errors
    /// Where the repository is unknown, or the disk fails.
    pub async fn layer(&self, repository: &Repository, digest: &Digest) -> Pushed<Option<u64>> {
        let held = self.leases.hold(digest).await;
        let linked = self.catalogue.blob(repository, digest).await;
        if !matches!(linked, Ok(Some(_))) {
            held.let_go();
            return Ok(linked?);
        }
        let size = linked?;
        if self.blobs.size(digest).await? != size {
            tracing::error!(%digest, "a blob is in the catalogue and not in the blob store");
            return Ok(None);
        }
        Ok(size)
    }

    /// Links a blob that another repository has to this one; false where it has not.
    pub(crate) async fn mount(
        &self,
        from: &Repository,
        to: &Repository,
        digest: &Digest,
    ) -> Pushed<bool> {
        match self.layer(from, digest).await {
            Ok(None) | Err(PushFault::Catalogue(CatalogueError::RepositoryUnknown)) => Ok(false),
            Err(fault) => Err(fault),
            Ok(Some(bytes)) => {
                self.catalogue.link_blob(to, digest, bytes).await?;
                Ok(true)
            }
        }
    }

    /// Puts a manifest or an index, all of whose parts are there. The answer's second part is
    /// false where all of it was so before.
    ///
    /// # Errors
    /// Where it is not understood, parts are missing, or the catalogue says so.
    pub async fn put_manifest(
        &self,
        repository: &Repository,
        push: &ManifestPush<'_>,
    ) -> Pushed<(ManifestEntry, bool)> {
        self.catalogue.check(repository).await?;
        if push.bytes.len() > MANIFEST_MAX_BYTES {
            return Err(PushFault::TooLarge {
                what: "manifest",
                most: MANIFEST_MAX_BYTES as u64,
            });
        }
        let digest = Digest::of(push.bytes);
        if let Some(said) = push.digest
            && *said != digest
        {
            return Err(PushFault::ManifestDigest { said: said.clone() });
        }
        let manifest = Manifest::read(push.bytes, push.media_type)
            .map_err(|fault| PushFault::ManifestInvalid(fault.to_string()))?;
        let mut held = Vec::new();
        let image_bytes = if manifest.manifests.is_empty() {
            self.layers_size(repository, &manifest, &mut held).await?
        } else {
            self.greatest_image(repository, &manifest).await?
        };
        held.push(self.leases.hold(&digest).await);
        self.keep(&digest, push.bytes).await?;
        let entry = ManifestEntry {
            digest,
            media_type: manifest.media_type,
            manifest_bytes: push.bytes.len() as u64,
            image_bytes,
            artifact_media_type: manifest.artifact_media_type,
            subject: manifest.subject,
            manifests: manifest.manifests,
            pushed_at: self.clock.now(),
        };
        let put = self.catalogue.put_manifest(repository, &entry, push.tag);
        let changed = put.await?;
        Ok((entry, changed))
    }

    /// The size of an image's blobs together; all must be in the repository, and as large as the
    /// manifest says.
    async fn layers_size<'a>(
        &'a self,
        repository: &Repository,
        manifest: &Manifest,
        held: &mut Vec<Held<'a>>,
    ) -> Pushed<u64> {
        let mut missing = Vec::new();
        let mut total: u64 = 0;
        // One blob may be several layers.
        let mut known = BTreeMap::new();
        for (digest, said) in &manifest.blobs {
            let found = match known.get(digest) {
                Some(found) => *found,
                None => {
                    let hold = self.leases.hold(digest).await;
                    let found = self.catalogue.blob(repository, digest).await?;
                    known.insert(digest, found);
                    if found.is_some() {
                        held.push(hold);
                    } else {
                        hold.let_go();
                        missing.push(digest.clone());
                    }
                    found
                }
            };
            match found {
                Some(found) if found != *said => {
                    return Err(PushFault::LayerSize {
                        digest: digest.clone(),
                        said: *said,
                        found,
                    });
                }
                Some(bytes) => total = total.saturating_add(bytes),
                None => {}
            }
        }
        if missing.is_empty() {
            Ok(total)
        } else {
            Err(PushFault::LayersMissing(missing))
        }
    }

    /// The size of the largest image of an index; all must be in the repository.
    async fn greatest_image(&self, repository: &Repository, manifest: &Manifest) -> Pushed<u64> {
        let mut missing = Vec::new();
        let mut greatest = 0;
        for digest in &manifest.manifests {
            let reference = Reference::Digest(digest.clone());
            match self.catalogue.manifest(repository, &reference).await? {
                Some(entry) => greatest = greatest.max(entry.image_bytes),
                None => missing.push(digest.clone()),
            }
        }
        if missing.is_empty() {
            Ok(greatest)
        } else {
            Err(PushFault::ImagesMissing(missing))
        }
    }

    /// Writes a manifest's bytes among the blobs.
    async fn keep(&self, digest: &Digest, bytes: &Bytes) -> Pushed<()> {
        if self.blobs.size(digest).await? == Some(bytes.len() as u64) {
            return Ok(());
        }
        let name = self.random.uuid();
        let mut staging = self.blobs.stage(&name, Unfinished::Discarded).await?;
        staging.append(bytes.clone()).await?;
        staging.finish(digest).await?;
        Ok(())
    }

    /// The bytes of a manifest that is recorded.
    ///
    /// # Errors
    /// Where they are lost, or the disk fails.
    pub async fn manifest_bytes(&self, entry: &ManifestEntry) -> Pushed<Bytes> {
        let lost = || RegistryError::Lost {
            digest: entry.digest.to_string(),
        };
        let blob = self.blobs.read(&entry.digest, 0, entry.manifest_bytes);
        let mut body = blob.await?.ok_or_else(lost)?.body;
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame.map_err(|_| lost())?.data_ref() {
                bytes.extend_from_slice(data);
            }
        }
        Ok(bytes.freeze())
    }
}
