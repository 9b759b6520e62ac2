//! The images of one node on its disk, and pulling them.
//!
//! ```text
//! DIR/lock                        held while the store is open
//! DIR/blobs/sha256/<digest>       manifests, configurations, layers as they came, verified
//! DIR/layers/sha256/<chain id>/   unpacked layers, each an overlayfs lowerdir
//! DIR/references/<digest>.json    which image a reference was last pulled as
//! DIR/ingest/                     work in progress; emptied when the store is opened
//! ```
//!
//! Everything appears under its name complete and synced, by rename, or not at all: so a name
//! that exists needs no check after a crash, and nothing has to be repaired.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambient::{Random, SystemRandom};
use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use crate::config::{self, ConfigFile, ImageConfig};
use crate::digest::Digest;
use crate::download::{self, Blob, publish};
use crate::error::Error;
use crate::flight::Flights;
use crate::layered_view::visible;
use crate::limits::{Limits, MAX_INDEX_DEPTH, MAX_PARALLEL_DOWNLOADS, MAX_PARALLEL_UNPACKS};
use crate::manifest::{self, Descriptor, Document, Manifest};
use crate::platform::Platform;
use crate::reference::Reference;
use crate::registry_access::{Credentials, Endpoints};
use crate::registry_client::RegistryClient;
use crate::tls::TlsTrust;
use crate::unpack::{self, Layer};

/// Where a pull goes and with what rights.
#[derive(Clone)]
pub struct PullOptions {
    /// How each registry is reached.
    pub endpoints: Arc<dyn Endpoints>,
    /// Credentials for each registry.
    pub credentials: Arc<dyn Credentials>,
    /// Whom registries' certificates may come from.
    pub tls: TlsTrust,
    /// Which image to take out of an index; [`Platform::host`] as a rule.
    pub platform: Platform,
}

/// An image that is on this node, ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// Digest of the image's own manifest, for this platform.
    pub digest: Digest,
    /// Digest of what the reference named: an index's, or the same as `digest`. This is what a
    /// tag is pinned to.
    pub reference_digest: Digest,
    /// How to run it.
    pub config: ImageConfig,
    /// Directories for overlayfs's `lowerdir`, lowest first (the kernel wants them reversed).
    /// Only root can look into them; never to be changed.
    pub layers: Vec<PathBuf>,
    /// Bytes of the layers as the registry has them, compressed.
    pub size: u64,
}

/// The images of this node. Clones are the same store.
#[derive(Clone)]
pub struct ImageStore(Arc<Inner>);

struct Inner {
    root: PathBuf,
    limits: Limits,
    random: Arc<dyn Random>,
    flights: Flights,
    downloads: Semaphore,
    unpacks: Semaphore,
    /// Makes names in `ingest/` unique; the lock makes this process its only user.
    ingested: AtomicU64,
    _lock: File,
}

/// What a file in `references/` holds.
#[derive(Serialize, Deserialize)]
struct StoredReference {
    /// Layout of this record; newer ones are not read.
    version: u32,
    reference: String,
    digest: Digest,
    reference_digest: Digest,
}

const STORED_REFERENCE_VERSION: u32 = 1;

impl ImageStore {
    /// Opens the store in `directory`, made if need be, with the default [`Limits`]. Removes
    /// what a killed process left half done. Blocks on the disk for a moment.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::open_with(directory, Limits::default())
    }

    /// The same with limits of the operator's choice.
    pub fn open_with(directory: impl Into<PathBuf>, limits: Limits) -> Result<Self, Error> {
        let root = directory.into();
        let ingest = root.join("ingest");
        for directory in [
            &root,
            &ingest,
            &root.join("blobs/sha256"),
            &root.join("layers/sha256"),
            &root.join("references"),
        ] {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory)
                .map_err(Error::storage("create", directory))?;
        }
        let lock_path = root.join("lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(Error::storage("open", &lock_path))?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::InUse(root)),
            Err(error) => return Err(Error::storage("lock", &lock_path)(error.into())),
        }
        empty(&ingest).map_err(Error::storage("remove what was left in", &ingest))?;
        Ok(Self(Arc::new(Inner {
            root,
            limits,
            random: Arc::new(SystemRandom),
            flights: Flights::default(),
            downloads: Semaphore::new(MAX_PARALLEL_DOWNLOADS),
            unpacks: Semaphore::new(MAX_PARALLEL_UNPACKS),
            ingested: AtomicU64::new(0),
            _lock: lock,
        })))
    }

    /// Pulls `reference`: asks its registry which image that is now, with the caller's own
    /// rights, and fetches and unpacks what is not here yet. Each blob is fetched and each layer
    /// unpacked once, however many callers want it at a time. May be cancelled at any point.
    pub async fn pull(
        &self,
        reference: &Reference,
        options: &PullOptions,
    ) -> Result<Pulled, Error> {
        let store = &self.0;
        let what = reference.to_string();
        let client = Arc::new(store.client(reference, options));
        let resolved = resolve(&client, &what, reference, &options.platform).await?;
        let config_blob = store
            .fetch(&client, &what, &resolved.manifest.config)
            .await?;
        let config_bytes = fs::read(&config_blob).map_err(Error::storage("read", &config_blob))?;
        let image = Image::new(&what, resolved.manifest, &config_bytes)?;

        let mut fetching: Vec<Option<AbortOnDropHandle<Result<PathBuf, Error>>>> = Vec::new();
        for (descriptor, chain) in image.manifest.layers.iter().zip(&image.chains) {
            let missing = !store.layer(chain).is_dir();
            fetching.push(missing.then(|| {
                let (store, client) = (Arc::clone(store), Arc::clone(&client));
                let (what, descriptor) = (what.clone(), descriptor.clone());
                AbortOnDropHandle::new(tokio::spawn(async move {
                    store.fetch(&client, &what, &descriptor).await
                }))
            }));
        }
        for (at, handle) in fetching.into_iter().enumerate() {
            if let Some(handle) = handle {
                let blob = handle.await.map_err(|error| {
                    Error::storage("fetch a layer into", &store.root)(io::Error::other(error))
                })??;
                store.unpack(&what, &image, at, blob).await?;
            }
        }
        let (store, reference) = (Arc::clone(store), reference.clone());
        let (root, bytes) = (store.root.clone(), resolved.bytes);
        let (digest, reference_digest) = (resolved.digest, resolved.reference_digest);
        tokio::task::spawn_blocking(move || {
            store.keep(&store.blob(&digest), &bytes)?;
            let stored = StoredReference {
                version: STORED_REFERENCE_VERSION,
                reference: what,
                digest,
                reference_digest,
            };
            let path = store.reference(&reference);
            let json = serde_json::to_vec(&stored)
                .map_err(|error| Error::storage("write", &path)(error.into()))?;
            store.keep(&path, &json)?;
            store.pulled(image, &stored)
        })
        .await
        .map_err(|error| Error::storage("write", &root)(io::Error::other(error)))?
    }

    /// The digest that `reference` stands for at its registry now: what a tag is pinned to (see
    /// [`Reference::pinned`]). Nothing is pulled.
    pub async fn resolve(
        &self,
        reference: &Reference,
        options: &PullOptions,
    ) -> Result<Digest, Error> {
        let client = self.0.client(reference, options);
        client
            .digest(&reference.to_string(), &reference.manifest_name())
            .await
    }

    /// The image that `reference` was last pulled as, if all of it is here. Asks nobody: use
    /// it where the caller has the right to the image already.
    pub async fn get(&self, reference: &Reference) -> Result<Option<Pulled>, Error> {
        let (store, reference) = (Arc::clone(&self.0), reference.clone());
        let root = store.root.clone();
        tokio::task::spawn_blocking(move || store.stored(&reference))
            .await
            .map_err(|error| Error::storage("read", &root)(io::Error::other(error)))?
    }
}

/// A manifest found for a reference, and the way it was found.
struct Resolved {
    manifest: Manifest,
    bytes: bytes::Bytes,
    digest: Digest,
    reference_digest: Digest,
}

/// Asks for the manifest, through indexes.
async fn resolve(
    client: &RegistryClient,
    what: &str,
    reference: &Reference,
    platform: &Platform,
) -> Result<Resolved, Error> {
    let mut name = reference.manifest_name();
    let mut reference_digest = None;
    for _ in 0..=MAX_INDEX_DEPTH {
        let raw = client.manifest(what, &name).await?;
        let reference_digest = *reference_digest.get_or_insert(raw.digest);
        match manifest::parse(what, raw.content_type.as_deref(), &raw.bytes)? {
            Document::Image(manifest) => {
                return Ok(Resolved {
                    manifest,
                    bytes: raw.bytes,
                    digest: raw.digest,
                    reference_digest,
                });
            }
            Document::Index(entries) => {
                let entry =
                    manifest::select(&entries, platform).ok_or_else(|| Error::NoPlatform {
                        what: what.to_owned(),
                        platform: platform.clone(),
                    })?;
                name = entry.digest.to_string();
            }
        }
    }
    Err(Error::corrupt(what, "an index of indexes of indexes"))
}

/// Manifest and configuration of one image, found to agree.
struct Image {
    manifest: Manifest,
    config: ConfigFile,
    /// The chain id of each layer, lowest first.
    chains: Vec<Digest>,
}

impl Image {
    fn new(what: &str, manifest: Manifest, config: &[u8]) -> Result<Self, Error> {
        let config = config::parse(what, config)?;
        if manifest.layers.len() != config.diff_ids.len() {
            return Err(Error::corrupt(
                what,
                format!(
                    "number of layers and diffIDs don't match: {} != {}",
                    manifest.layers.len(),
                    config.diff_ids.len()
                ),
            ));
        }
        let mut below: Option<Digest> = None;
        let chains = config
            .diff_ids
            .iter()
            .map(|diff| *below.insert(Digest::chain(below.as_ref(), diff)))
            .collect();
        Ok(Self {
            manifest,
            config,
            chains,
        })
    }
}

impl Inner {
    fn client(&self, reference: &Reference, options: &PullOptions) -> RegistryClient {
        RegistryClient {
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            endpoints: Arc::clone(&options.endpoints),
            credentials: Arc::clone(&options.credentials),
            tls: options.tls.clone(),
            random: Arc::clone(&self.random),
            authorization: std::sync::Mutex::default(),
        }
    }

    fn blob(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs/sha256").join(digest.hex())
    }

    fn layer(&self, chain: &Digest) -> PathBuf {
        self.root.join("layers/sha256").join(chain.hex())
    }

    fn reference(&self, reference: &Reference) -> PathBuf {
        let name = Digest::of(reference.to_string().as_bytes()).hex();
        self.root.join("references").join(name + ".json")
    }

    /// A name in `ingest/` that was never used.
    fn temporary(&self) -> PathBuf {
        let number = self.ingested.fetch_add(1, Ordering::Relaxed);
        self.root.join("ingest").join(number.to_string())
    }

    /// Writes a small file durably under its final name.
    fn keep(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let temporary = self.temporary();
        File::create_new(&temporary)
            .and_then(|mut file| {
                io::Write::write_all(&mut file, bytes)?;
                file.sync_all()
            })
            .map_err(Error::storage("write", &temporary))?;
        publish(&temporary, path)
    }

    /// The blob of `descriptor` on disk, fetched if it is not there.
    async fn fetch(
        &self,
        client: &RegistryClient,
        image: &str,
        descriptor: &Descriptor,
    ) -> Result<PathBuf, Error> {
        let destination = self.blob(&descriptor.digest);
        let _turn = self
            .flights
            .enter(format!("blob {}", descriptor.digest))
            .await;
        if destination.exists() {
            return Ok(destination);
        }
        // Never closed, so there is always a permit to come.
        let _permit = self.downloads.acquire().await.ok();
        let blob = Blob {
            what: format!("{image}, blob {}", descriptor.digest),
            digest: descriptor.digest,
            size: descriptor.size,
            temporary: self.temporary(),
            destination,
            reserved_free_bytes: self.limits.reserved_free_bytes,
        };
        download::download(client, &blob).await?;
        Ok(blob.destination)
    }

    /// Unpacks layer number `at` of `image` from `blob`; those beneath it are unpacked.
    async fn unpack(
        self: &Arc<Self>,
        what: &str,
        image: &Image,
        at: usize,
        blob: PathBuf,
    ) -> Result<(), Error> {
        let (Some(chain), Some(diff_id)) = (image.chains.get(at), image.config.diff_ids.get(at))
        else {
            return Ok(());
        };
        let destination = self.layer(chain);
        let turn = self.flights.enter(format!("layer {chain}")).await;
        if destination.is_dir() {
            return Ok(());
        }
        let beneath = image.chains.iter().take(at);
        let lower = visible(beneath.map(|chain| self.layer(chain)).collect())
            .map_err(Error::storage("open the layers beneath", &destination))?;
        let layer = Layer {
            what: format!("{what}, layer {diff_id}"),
            blob,
            diff_id: *diff_id,
            lower,
            destination: self.temporary(),
            limits: self.limits,
        };
        let store = Arc::clone(self);
        let permit = self.unpacks.acquire().await.ok();
        let unpacking = tokio::task::spawn_blocking(move || {
            // The thread goes on when its caller is cancelled, and keeps its turn until it ends.
            let _turn = turn;
            let _store = store;
            unpack_into_place(&layer, &destination)
        });
        let result = unpacking.await;
        drop(permit);
        result.map_err(|error| {
            Error::storage("unpack a layer into", &self.root)(io::Error::other(error))
        })?
    }

    /// Reads back what [`ImageStore::pull`] kept.
    fn stored(&self, reference: &Reference) -> Result<Option<Pulled>, Error> {
        let path = self.reference(reference);
        let Some(bytes) = read_if_there(&path)? else {
            return Ok(None);
        };
        let stored: StoredReference = serde_json::from_slice(&bytes)
            .map_err(|error| Error::storage("read", &path)(error.into()))?;
        if stored.version > STORED_REFERENCE_VERSION {
            let error = io::Error::other("it was written by a newer version of this software");
            return Err(Error::storage("read", &path)(error));
        }
        let what = reference.to_string();
        let Some(bytes) = read_if_there(&self.blob(&stored.digest))? else {
            return Ok(None);
        };
        let Document::Image(manifest) = manifest::parse(&what, None, &bytes)? else {
            return Err(Error::corrupt(&what, "the stored manifest is an index"));
        };
        let Some(config) = read_if_there(&self.blob(&manifest.config.digest))? else {
            return Ok(None);
        };
        let image = Image::new(&what, manifest, &config)?;
        if !image.chains.iter().all(|chain| self.layer(chain).is_dir()) {
            return Ok(None);
        }
        self.pulled(image, &stored).map(Some)
    }

    fn pulled(&self, image: Image, stored: &StoredReference) -> Result<Pulled, Error> {
        let layers = image.chains.iter().map(|chain| self.layer(chain)).collect();
        Ok(Pulled {
            digest: stored.digest,
            reference_digest: stored.reference_digest,
            config: image.config.config,
            layers: visible(layers).map_err(Error::storage("open the layers in", &self.root))?,
            size: image.manifest.layers.iter().map(|layer| layer.size).sum(),
        })
    }
}

fn unpack_into_place(layer: &Layer, destination: &Path) -> Result<(), Error> {
    let temporary = &layer.destination;
    DirBuilder::new()
        .mode(0o755)
        .create(temporary)
        .map_err(Error::storage("create", temporary))?;
    let result = unpack::unpack(layer).and_then(|()| publish(temporary, destination));
    if result.is_err() {
        // Whatever stays is removed when the store is next opened.
        let _ = fs::remove_dir_all(temporary);
    }
    result
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(Error::storage("read", path)),
    }
}

fn empty(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
