//! The images of one node on its disk, and pulling them.
//!
//! ```text
//! DIR/lock                        held while the store is open
//! DIR/blobs/sha256/<digest>       manifests and configurations, verified; layers as they came, until
//!                                 they are unpacked: kept longer, they would take their room twice
//! DIR/layers/sha256/<chain id>/   unpacked layers, each an overlayfs lowerdir
//! DIR/references/<digest>.json    which image a reference was last pulled as
//! DIR/images/<digest>             an image that is here, by its manifest; changed when last used
//! DIR/ingest/                     work in progress; emptied when the store is opened
//! ```
//!
//! Everything appears under its name complete and synced, by rename, or not at all: so a name
//! that exists needs no check after a crash, and nothing has to be repaired. How things go is in
//! `sweep`, and what keeps them in `holds`.

mod sweep;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambient::{Random, SystemRandom, Timestamp};
use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use crate::config::{self, ConfigFile, ImageConfig};
use crate::digest::Digest;
use crate::download::{self, Blob, publish};
use crate::error::Error;
use crate::flight::{Downloads, Flights};
use crate::holds::{Hold, Holds, ImageHold, Item};
use crate::layered_view::visible;
use crate::limits::{Limits, MAX_INDEX_DEPTH, MAX_PARALLEL_UNPACKS};
use crate::manifest::{self, Descriptor, Document, Manifest};
use crate::platform::Platform;
use crate::reference::Reference;
use crate::registry_access::{Credentials, Endpoints};
use crate::registry_client::RegistryClient;
use crate::tls::TlsTrust;
use crate::unpack::{self, Layer};

pub use sweep::{SweepPolicy, Swept};

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
    /// Keeps all of it here.
    pub hold: ImageHold,
}

/// The images of this node. Clones are the same store.
#[derive(Clone)]
pub struct ImageStore(Arc<Inner>);

struct Inner {
    root: PathBuf,
    limits: Limits,
    random: Arc<dyn Random>,
    flights: Flights,
    holds: Holds,
    downloads: Downloads,
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
            &root.join("images"),
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
        let inner = Inner {
            root,
            limits,
            random: Arc::new(SystemRandom),
            flights: Flights::default(),
            holds: Holds::default(),
            downloads: Downloads::default(),
            unpacks: Semaphore::new(MAX_PARALLEL_UNPACKS),
            ingested: AtomicU64::new(0),
            _lock: lock,
        };
        inner.mark_named()?;
        Ok(Self(Arc::new(inner)))
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
        let mut hold = store.holds.hold([
            Item::Image(resolved.digest),
            Item::Blob(resolved.digest),
            Item::Blob(resolved.manifest.config.digest),
        ]);
        let config_blob = store
            .fetch(&client, &what, &resolved.manifest.config)
            .await?;
        let config_bytes = self
            .read(move |_| fs::read(&config_blob).map_err(Error::storage("read", &config_blob)))
            .await?;
        let image = Image::new(&what, resolved.manifest, &config_bytes)?;
        hold.add(image.chains.iter().copied().map(Item::Layer));
        let hold = hold.give_out();
        let compressed: Vec<Item> = image.layer_blobs().collect();
        let fetching_hold = store.holds.hold(compressed.iter().copied());

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
                store.unpack(&what, &image, at, blob, hold.clone()).await?;
            }
        }
        let (store, reference) = (Arc::clone(store), reference.clone());
        let (root, bytes) = (store.root.clone(), resolved.bytes);
        let (digest, reference_digest) = (resolved.digest, resolved.reference_digest);
        tokio::task::spawn_blocking(move || {
            let manifest = store.blob(&digest);
            if !manifest.exists() {
                store.keep(&manifest, &bytes)?;
            }
            let stored = StoredReference {
                version: STORED_REFERENCE_VERSION,
                reference: what,
                digest,
                reference_digest,
            };
            let path = store.reference(&reference);
            let json = serde_json::to_vec(&stored)
                .map_err(|error| Error::storage("write", &path)(error.into()))?;
            if fs::read(&path).ok().as_ref() != Some(&json) {
                store.keep(&path, &json)?;
            }
            store.mark(&digest, None)?;
            drop(fetching_hold);
            for blob in compressed {
                // One that another pull is about to unpack stays until that is done.
                if let Some(taken) = store.take_out(blob)? {
                    remove_entry(&taken).map_err(Error::storage("remove", &taken))?;
                }
            }
            store.pulled(image, stored.digest, stored.reference_digest, hold)
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
        let reference = reference.clone();
        self.read(move |store| store.stored(&reference)).await
    }

    /// The image with this manifest, if all of it is here, whatever its name means now. Its
    /// `reference_digest` is its own. Asks nobody, as [`ImageStore::get`].
    pub async fn get_by_digest(&self, digest: Digest) -> Result<Option<Pulled>, Error> {
        self.read(move |store| store.whole(&digest.to_string(), digest, digest))
            .await
    }

    /// Keeps everything that is and will be here, for whoever cannot tell what it needs.
    #[must_use]
    pub fn hold_everything(&self) -> ImageHold {
        self.0.holds.everything().give_out()
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = Arc::clone(&self.0);
        let root = store.root.clone();
        tokio::task::spawn_blocking(move || work(&store))
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

    fn layer_blobs(&self) -> impl Iterator<Item = Item> {
        let layers = self.manifest.layers.iter();
        layers.map(|layer| Item::Blob(layer.digest))
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

    fn mark_path(&self, digest: &Digest) -> PathBuf {
        self.root.join("images").join(digest.hex())
    }

    /// Notes that an image is here and was used at `at`, or just now.
    fn mark(&self, digest: &Digest, at: Option<Timestamp>) -> Result<(), Error> {
        let path = self.mark_path(digest);
        let time = match at {
            None => rustix::fs::Timespec {
                tv_sec: 0,
                tv_nsec: rustix::fs::UTIME_NOW,
            },
            Some(at) => rustix::fs::Timespec {
                tv_sec: at.as_millis().div_euclid(1000),
                tv_nsec: at.as_millis().rem_euclid(1000) * 1_000_000,
            },
        };
        let times = rustix::fs::Timestamps {
            last_access: time,
            last_modification: time,
        };
        File::create(&path)
            .and_then(|file| Ok(rustix::fs::futimens(file, &times)?))
            .map_err(Error::storage("note the use of an image in", &path))
    }

    /// Marks the images that have a name and no mark: one of the two may be lost with the machine's
    /// power, and stores of earlier releases have no marks.
    fn mark_named(&self) -> Result<(), Error> {
        let folder = self.root.join("references");
        let named = || -> io::Result<Vec<Digest>> {
            let mut named = Vec::new();
            for entry in fs::read_dir(&folder)? {
                let bytes = fs::read(entry?.path())?;
                let stored = serde_json::from_slice::<StoredReference>(&bytes);
                named.extend(stored.map(|stored| stored.digest));
            }
            Ok(named)
        };
        for digest in named().map_err(Error::storage("read", &folder))? {
            if !self.mark_path(&digest).exists() {
                self.mark(&digest, None)?;
            }
        }
        Ok(())
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
        // Each registry for itself: one that is slow holds up nobody who asks another for the same.
        let _turn = self
            .flights
            .enter(format!("blob {} {}", client.registry, descriptor.digest))
            .await;
        if destination.exists() {
            return Ok(destination);
        }
        let _permit = self.downloads.of(&client.registry).await;
        // Another registry may have been faster.
        if destination.exists() {
            return Ok(destination);
        }
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
        hold: ImageHold,
    ) -> Result<(), Error> {
        let (Some(chain), Some(diff_id)) = (image.chains.get(at), image.config.diff_ids.get(at))
        else {
            return Ok(());
        };
        let destination = self.layer(chain);
        // By the blob, too: what a layer is to be, a configuration only says.
        let from = blob.display();
        let turn = self.flights.enter(format!("layer {chain} {from}")).await;
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
            // The thread goes on when its caller is cancelled, and keeps its turn and the layers
            // beneath until it ends.
            let _turn = turn;
            let _store = store;
            let _hold = hold;
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
        self.whole(
            &reference.to_string(),
            stored.digest,
            stored.reference_digest,
        )
    }

    /// The image with this manifest, if all of it is here. Held before it is looked for.
    fn whole(
        &self,
        what: &str,
        digest: Digest,
        reference_digest: Digest,
    ) -> Result<Option<Pulled>, Error> {
        let mut hold: Hold = self.holds.hold([Item::Image(digest), Item::Blob(digest)]);
        let Some(image) = self.read_image(what, &digest)? else {
            return Ok(None);
        };
        hold.add([Item::Blob(image.manifest.config.digest)]);
        hold.add(image.chains.iter().copied().map(Item::Layer));
        let config_is_here = self.blob(&image.manifest.config.digest).exists();
        if !config_is_here || !image.chains.iter().all(|chain| self.layer(chain).is_dir()) {
            return Ok(None);
        }
        self.pulled(image, digest, reference_digest, hold.give_out())
            .map(Some)
    }

    /// Manifest and configuration of an image, if they are here.
    fn read_image(&self, what: &str, digest: &Digest) -> Result<Option<Image>, Error> {
        let Some(bytes) = read_if_there(&self.blob(digest))? else {
            return Ok(None);
        };
        let Document::Image(manifest) = manifest::parse(what, None, &bytes)? else {
            return Err(Error::corrupt(what, "the stored manifest is an index"));
        };
        let Some(config) = read_if_there(&self.blob(&manifest.config.digest))? else {
            return Ok(None);
        };
        Image::new(what, manifest, &config).map(Some)
    }

    fn pulled(
        &self,
        image: Image,
        digest: Digest,
        reference_digest: Digest,
        hold: ImageHold,
    ) -> Result<Pulled, Error> {
        let layers = image.chains.iter().map(|chain| self.layer(chain)).collect();
        Ok(Pulled {
            digest,
            reference_digest,
            config: image.config.config,
            layers: visible(layers).map_err(Error::storage("open the layers in", &self.root))?,
            size: image.manifest.layers.iter().map(|layer| layer.size).sum(),
            hold,
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
    // Under its first name it is not there once it is published.
    let was_second = result.is_err() && temporary.exists() && destination.is_dir();
    if result.is_err() {
        // Whatever stays is removed when the store is next opened.
        let _ = fs::remove_dir_all(temporary);
    }
    // The layer is here: another blob with the same content was faster.
    if was_second { Ok(()) } else { result }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(Error::storage("read", path)),
    }
}

fn empty(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        remove_entry(&entry?.path())?;
    }
    Ok(())
}

/// Removes a file, or a folder with all that is in it.
fn remove_entry(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}
