//! The collector, while pushes go on and the process is ended at any moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Random, SystemClock, SystemRandom, Timestamp};
use bytes::Bytes;
use http::{Method, StatusCode};
use registry::{Catalogue, Digest, ManifestPush, PushFault, Reference, Registry, Repository};

use crate::house::{ACCOUNT, House, InMemory, OCI_MANIFEST, Passwords, REGION, descriptor};

const GRACE: Duration = Duration::from_millis(300);
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// Time as it passes, and what a test adds.
#[derive(Default)]
struct Ahead {
    system: SystemClock,
    millis: AtomicI64,
    /// How far the wall clock alone is ahead.
    wrong_millis: AtomicI64,
}

impl Ahead {
    fn added(&self) -> i64 {
        self.millis.load(Ordering::SeqCst)
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let wrong = self.wrong_millis.load(Ordering::SeqCst);
        Timestamp::from_millis(self.system.now().as_millis() + self.added() + wrong)
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic() + Duration::from_millis(self.added().unsigned_abs())
    }
}

/// The same numbers for the same seed; how threads take them is the machine's.
struct Seeded(AtomicU64);

impl Seeded {
    fn below(&self, most: u64) -> u64 {
        // SplitMix64.
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }
}

fn repository(name: &str) -> Repository {
    Repository {
        account: ACCOUNT.parse().unwrap(),
        region: REGION.parse().unwrap(),
        name: name.to_owned(),
    }
}

fn manifest(layers: &[String]) -> Bytes {
    let layers: Vec<_> = layers
        .iter()
        .map(|layer| descriptor(LAYER, layer))
        .collect();
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(CONFIG, "{}"),
        "layers": layers,
    });
    manifest.to_string().into()
}

/// What was acknowledged, and by whom it may be deleted: repository and digest, with the layers.
type Kept = Arc<Mutex<BTreeMap<(String, String), Vec<String>>>>;

struct World {
    clock: Arc<Ahead>,
    catalogue: Arc<InMemory>,
    dir: tempfile::TempDir,
    random: Seeded,
    kept: Kept,
    /// What would be a fault of the collector.
    lost: Mutex<Vec<String>>,
    /// The process is being ended.
    ending: AtomicBool,
}

impl World {
    fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            clock: Arc::default(),
            catalogue: Arc::new(InMemory::new(&["web", "team/other"])),
            dir: tempfile::tempdir().unwrap(),
            random: Seeded(AtomicU64::new(seed)),
            kept: Kept::default(),
            lost: Mutex::default(),
            ending: AtomicBool::new(false),
        })
    }

    fn registry(&self) -> Arc<Registry> {
        let registry = Registry::open(
            self.dir.path(),
            Arc::clone(&self.catalogue) as Arc<dyn Catalogue>,
            Arc::new(Passwords),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Arc::new(SystemRandom) as Arc<dyn Random>,
        );
        Arc::new(registry.unwrap().with_grace(GRACE))
    }

    async fn pause(&self) {
        let millis = self.random.below(15);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    /// One push, as a client does it: it sends what it is not told is there.
    async fn push(&self, registry: &Registry) -> Result<(), PushFault> {
        let name = ["web", "team/other"][usize::try_from(self.random.below(2)).unwrap()];
        let at = repository(name);
        let began = self.clock.monotonic();
        // Few layers, so that pushes meet, and meet what is being collected.
        let layers: Vec<String> = (0..=self.random.below(2))
            .map(|_| format!("layer {}", self.random.below(12)).repeat(50))
            .collect();
        for bytes in layers.iter().map(String::as_str).chain(["{}"]) {
            let digest = Digest::of(bytes.as_bytes());
            if registry.layer(&at, &digest).await?.is_none() {
                let id = registry.begin_upload(&at).await?;
                let bytes = Bytes::from(bytes.to_owned());
                registry.append_part(&at, &id, 0, bytes).await?;
                registry.complete_parts(&at, &id, &digest).await?;
            }
            self.pause().await;
        }
        let bytes = manifest(&layers);
        let push = ManifestPush {
            bytes: &bytes,
            media_type: Some(OCI_MANIFEST),
            digest: None,
            tag: None,
        };
        match registry.put_manifest(&at, &push).await {
            Ok((entry, _)) => {
                let key = (name.to_owned(), entry.digest.to_string());
                self.kept.lock().unwrap().insert(key, layers);
                Ok(())
            }
            // A push that took longer than the grace was told no lie.
            Err(PushFault::LayersMissing(_)) if self.clock.monotonic() - began > GRACE => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn delete(&self) {
        let image = {
            let mut kept = self.kept.lock().unwrap();
            let at = self.random.below(kept.len().max(1) as u64);
            let key = kept.keys().nth(usize::try_from(at).unwrap()).cloned();
            // Before it is asked for: if the process ends, it may be there or not.
            key.inspect(|key| {
                kept.remove(key);
            })
        };
        if let Some((name, digest)) = image {
            let reference = Reference::Digest(digest.parse().unwrap());
            let at = repository(&name);
            self.catalogue
                .delete_manifest(&at, &reference)
                .await
                .unwrap();
        }
    }

    /// What was acknowledged can be pulled, whole.
    async fn check(&self, registry: &Registry) {
        let kept = self.kept.lock().unwrap().clone();
        for ((name, digest), layers) in kept {
            let at = repository(&name);
            let reference = Reference::Digest(digest.parse().unwrap());
            let entry = self.catalogue.manifest(&at, &reference).await.unwrap();
            let entry = entry.unwrap_or_else(|| panic!("the record of {name}@{digest} is lost"));
            assert_eq!(
                registry.manifest_bytes(&entry).await.unwrap(),
                manifest(&layers)
            );
            for layer in layers.iter().map(String::as_str).chain(["{}"]) {
                let of_layer = Digest::of(layer.as_bytes());
                let size = registry.layer(&at, &of_layer).await.unwrap();
                assert_eq!(
                    size,
                    Some(layer.len() as u64),
                    "{name}@{digest} lost a layer"
                );
            }
        }
    }
}

/// One life of a process, which ends wherever it is.
fn live(world: &Arc<World>) -> u64 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let collected = Arc::new(AtomicU64::new(0));
    let registry = world.registry();
    runtime.block_on(world.check(&registry));
    for _ in 0..4 {
        let (world, registry) = (Arc::clone(world), Arc::clone(&registry));
        runtime.spawn(async move {
            loop {
                let pushed = world.push(&registry).await;
                // The disk's threads go before those who wait for them.
                let ended = world.ending.load(Ordering::SeqCst);
                if let Err(fault) = pushed
                    && !(ended && matches!(fault, PushFault::Blob(_)))
                {
                    world.lost.lock().unwrap().push(format!("{fault:?}"));
                }
                if world.random.below(10) < 8 {
                    world.delete().await;
                }
            }
        });
    }
    let (counted, collecting) = (Arc::clone(&collected), Arc::clone(&registry));
    runtime.spawn(async move {
        loop {
            let Ok(did) = collecting.collect().await else {
                return;
            };
            counted.fetch_add(did.blobs, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let life = GRACE * 3 + Duration::from_millis(world.random.below(200));
    runtime.block_on(async { tokio::time::sleep(life).await });
    // Futures are dropped where they wait, and what a thread has begun it ends.
    world.ending.store(true, Ordering::SeqCst);
    drop(runtime);
    world.ending.store(false, Ordering::SeqCst);
    collected.load(Ordering::SeqCst)
}

/// `LONGSHORE_SEED` gives another seed.
#[test]
fn pushes_lose_nothing_to_the_collector_and_it_takes_all_that_is_left() {
    let seed = std::env::var("LONGSHORE_SEED").ok();
    let seed = seed.map_or(7, |seed| seed.parse().unwrap());
    let world = World::new(seed);
    let collected: u64 = (0..5).map(|_| live(&world)).sum();
    assert_eq!(
        *world.lost.lock().unwrap(),
        Vec::<String>::new(),
        "seed {seed}"
    );
    assert!(
        collected > 20,
        "the collector had hardly anything to do: {collected}"
    );

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let registry = world.registry();
        world.check(&registry).await;
        for name in ["web", "team/other"] {
            let at = repository(name);
            for entry in world.catalogue.manifests(&at, None, 10_000).await.unwrap() {
                let reference = Reference::Digest(entry.digest);
                world
                    .catalogue
                    .delete_manifest(&at, &reference)
                    .await
                    .unwrap();
            }
        }
        // What earlier lives left of uploads is seen now, and idle from now on.
        registry.collect().await.unwrap();
        world.clock.millis.store(2 * 3600 * 1000, Ordering::SeqCst);
        // Links first; what two repositories had goes with the next.
        registry.collect().await.unwrap();
        registry.collect().await.unwrap();
    });
    let mut left = Vec::new();
    for folder in ["uploads", "blobs/sha256"] {
        for entry in std::fs::read_dir(world.dir.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.extend(
                    std::fs::read_dir(path)
                        .unwrap()
                        .map(|one| one.unwrap().path()),
                );
            } else {
                left.push(path);
            }
        }
    }
    assert!(left.is_empty(), "seed {seed}: {left:?}");
}

#[tokio::test]
async fn room_is_taken_back_after_the_grace_and_not_before() {
    let world = World::new(1);
    let registry = world.registry();
    let at = repository("web");
    let upload = async |bytes: &'static str| {
        let id = registry.begin_upload(&at).await.unwrap();
        registry
            .append_part(&at, &id, 0, bytes.into())
            .await
            .unwrap();
        let digest = Digest::of(bytes.as_bytes());
        registry.complete_parts(&at, &id, &digest).await.unwrap();
        digest
    };
    let kept = upload("layer 1").await;
    let unnamed = upload("layer 2").await;
    upload("{}").await;
    let bytes = manifest(&["layer 1".to_owned()]);
    let push = ManifestPush {
        bytes: &bytes,
        media_type: Some(OCI_MANIFEST),
        digest: None,
        tag: Some("v1"),
    };
    registry.put_manifest(&at, &push).await.unwrap();
    world.clock.millis.fetch_add(200, Ordering::SeqCst);
    assert_eq!(registry.collect().await.unwrap().blobs, 0);
    // Somebody is told that it is there, and so it stays for the grace from then on.
    assert!(registry.layer(&at, &unnamed).await.unwrap().is_some());
    world.clock.millis.fetch_add(200, Ordering::SeqCst);
    assert_eq!(registry.collect().await.unwrap().blobs, 0);
    world.clock.millis.fetch_add(301, Ordering::SeqCst);
    // While blobs are copied, none goes, though nothing names it any more.
    let copying = registry.keep_blobs();
    let first = registry.collect().await.unwrap();
    assert_eq!((first.links, first.blobs), (1, 0));
    assert!(registry.layer(&at, &unnamed).await.unwrap().is_none());
    assert_eq!(registry.collect().await.unwrap().blobs, 0);
    drop(copying);
    let second = registry.collect().await.unwrap();
    assert_eq!(
        (first.blobs + second.blobs, first.bytes + second.bytes),
        (1, 7)
    );
    assert!(registry.layer(&at, &kept).await.unwrap().is_some());
}

const TWO_HOURS_MILLIS: i64 = 2 * 3600 * 1000;

#[tokio::test]
async fn an_upload_that_was_left_is_idle_by_no_wrong_clock() {
    let world = World::new(1);
    let at = repository("web");
    let registry = world.registry();
    let id = registry.begin_upload(&at).await.unwrap();
    registry
        .append_part(&at, &id, 0, "hello".into())
        .await
        .unwrap();
    drop(registry);
    // A process begins, sees it, and its clock is set wrongly.
    let registry = world.registry();
    assert_eq!(registry.collect().await.unwrap().uploads, 0);
    let wrong = &world.clock.wrong_millis;
    wrong.store(TWO_HOURS_MILLIS, Ordering::SeqCst);
    assert_eq!(registry.collect().await.unwrap().uploads, 0);
    let more = registry.append_part(&at, &id, 5, ", world".into());
    more.await.unwrap();
    drop(registry);
    // The next one never hears of it, for an hour and more.
    let registry = world.registry();
    assert_eq!(registry.collect().await.unwrap().uploads, 0);
    wrong.store(-TWO_HOURS_MILLIS, Ordering::SeqCst);
    world
        .clock
        .millis
        .fetch_add(TWO_HOURS_MILLIS, Ordering::SeqCst);
    assert_eq!(registry.collect().await.unwrap().uploads, 1);
    assert_eq!(registry.collect().await.unwrap().uploads, 0);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let mut house = House::open().await;
    let path = house.begin_upload("web").await;
    let headers = [("content-range", "0-4")];
    let sent = house.ask_as(Some("push"), Method::PATCH, &path, &headers, "hello");
    assert_eq!(sent.await.status, StatusCode::ACCEPTED);
    house = house.restart().await;
    let status = house.get(&path).await;
    assert_eq!(
        (status.status, status.header("range")),
        (StatusCode::NO_CONTENT, "0-4")
    );
    let other = path.replace("/web/", "/team/other/");
    assert_eq!(house.get(&other).await.status, StatusCode::NOT_FOUND);
    let digest = Digest::of(b"hello, world");
    let end = format!("{path}?digest={digest}");
    let done = house.ask_as(Some("push"), Method::PUT, &end, &[], ", world");
    assert_eq!(done.await.status, StatusCode::CREATED);
    let blob = house.get(&format!("/v2/web/blobs/{digest}")).await;
    assert_eq!(blob.body, "hello, world");
    assert!(house.upload_files().is_empty());
}

#[tokio::test]
async fn a_link_reads_its_blob_and_nothing_else() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"linked").await;
    let other = house.push_blob("web", b"other").await;
    let ask = async |path: &str, method: Method| {
        house
            .ask_as(None, method, path, &[("range", "bytes=1-3")], "")
            .await
    };
    let path = format!("/v2/web/blobs/{digest}?link={digest}");
    let part = ask(&path, Method::GET).await;
    assert_eq!(
        (part.status, &part.body[..]),
        (StatusCode::PARTIAL_CONTENT, &b"ink"[..])
    );
    for (path, method) in [
        (format!("/v2/web/blobs/{other}?link={digest}"), Method::GET),
        (
            format!("/v2/team/other/blobs/{digest}?link={digest}"),
            Method::GET,
        ),
        (
            format!("/v2/web/manifests/{digest}?link={digest}"),
            Method::GET,
        ),
        (path.clone(), Method::PUT),
        (format!("/v2/web/blobs/{digest}?link=expired"), Method::GET),
        (format!("/v2/web/blobs/{digest}?link=forged"), Method::GET),
    ] {
        let reply = ask(&path, method).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(reply.error().0, "DENIED");
    }
}
