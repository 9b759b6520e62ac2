//! Images that go, as root: which, when, and that none goes under a container, whatever goes on at the
//! same time and whenever the process is killed. `LONGSHORE_SEED` gives another seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

// Each test binary uses its own part of what tests share.
#[allow(dead_code)]
mod support;

mod root {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Stdio;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    use ambient::{Clock, SystemClock, Timestamp};
    use image::{ImageStore, Limits, Pulled, SweepPolicy};
    use tempfile::TempDir;
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::process::Command;

    use crate::support::{Archive, Registry};

    const SEED: u64 = 20_261_121;
    const IMAGES: usize = 7;
    const FILE_BYTES: usize = 20_000;
    /// Whatever is not held goes, however full the disk is.
    const AT_ONCE: SweepPolicy = SweepPolicy {
        minimum_age: Duration::ZERO,
        images_a_sweep: usize::MAX,
        high_disk_percent: u8::MAX,
        low_disk_percent: 0,
        minimum_age_when_full: Duration::ZERO,
    };
    const HOUR: Duration = Duration::from_secs(3600);

    fn seed() -> u64 {
        let seed = std::env::var("LONGSHORE_SEED").ok();
        let seed = seed.map_or(SEED, |seed| seed.parse().unwrap());
        println!("LONGSHORE_SEED={seed}");
        seed
    }

    /// Marsaglia's xorshift.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 11).unwrap() % bound
        }
    }

    fn now() -> Timestamp {
        SystemClock.now()
    }

    fn layer(name: &str) -> Vec<u8> {
        let body = "x".repeat(FILE_BYTES);
        Archive::new()
            .file(&format!("one-{name}"), &body)
            .file("all", &body)
            .bytes()
    }

    /// Images by the tags `0`, `1`, ...: every one has the lowest layer, some share the next, and
    /// each has two of its own.
    fn images(registry: &Registry) {
        for at in 0..IMAGES {
            let own = |part| layer(&format!("{at}-{part}"));
            let layers = [
                layer("base"),
                layer(&format!("shared-{}", at % 3)),
                own("a"),
                own("b"),
            ];
            registry.image(&at.to_string(), &layers);
        }
    }

    async fn pull(registry: &Registry, store: &ImageStore, tag: &str) -> Pulled {
        store
            .pull(&registry.reference(tag), &registry.options())
            .await
            .unwrap()
    }

    fn is_whole(layers: &[PathBuf]) -> bool {
        layers.iter().all(|layer| {
            let files: Vec<_> = fs::read_dir(layer).into_iter().flatten().collect();
            files.len() == 2
                && files.into_iter().all(|file| {
                    let length = file.and_then(|file| Ok(file.metadata()?.len()));
                    length.is_ok_and(|length| length == FILE_BYTES as u64)
                })
        })
    }

    fn count(store: &Path, part: &str) -> usize {
        fs::read_dir(store.join(part)).unwrap().count()
    }

    /// Images, layers, blobs, names, and what is under way.
    fn counts(store: &Path) -> [usize; 5] {
        [
            "images",
            "layers/sha256",
            "blobs/sha256",
            "references",
            "ingest",
        ]
        .map(|part| count(store, part))
    }

    #[tokio::test]
    async fn an_image_goes_an_hour_after_its_last_use() {
        let folder = TempDir::new().unwrap();
        let registry = Registry::start().await;
        images(&registry);
        let store = ImageStore::open(folder.path()).unwrap();
        let policy = SweepPolicy {
            high_disk_percent: u8::MAX,
            ..SweepPolicy::default()
        };
        let start = now();
        let runs = pull(&registry, &store, "0").await;
        drop(pull(&registry, &store, "1").await);
        // What is unpacked is not kept as it came: two manifests and two configurations are left.
        assert_eq!(counts(folder.path()), [2, 1 + 2 + 4, 4, 2, 0]);

        // Used until now.
        let swept = store.sweep(policy, start.plus(2 * HOUR)).await.unwrap();
        assert_eq!((swept.images, swept.layers, swept.blobs), (0, 0, 0));
        let just_before = start.plus(3 * HOUR - Duration::from_secs(1));
        assert_eq!(store.sweep(policy, just_before).await.unwrap().images, 0);
        let swept = store.sweep(policy, start.plus(3 * HOUR)).await.unwrap();
        assert_eq!((swept.images, swept.layers, swept.blobs), (1, 3, 2));
        assert!(store.get(&registry.reference("1")).await.unwrap().is_none());
        assert!(is_whole(&runs.layers));
        assert_eq!(counts(folder.path()), [1, 4, 2, 1, 0]);

        // Its use ends, which the next sweep takes for the moment of it.
        drop(runs);
        let end = start.plus(10 * HOUR);
        assert_eq!(store.sweep(policy, end).await.unwrap().images, 0);
        assert_eq!(store.sweep(policy, end.plus(HOUR)).await.unwrap().images, 1);
        assert_eq!(counts(folder.path()), [0; 5]);
        // And it can be had again.
        assert!(is_whole(&pull(&registry, &store, "0").await.layers));
    }

    #[tokio::test]
    async fn a_full_disk_takes_the_longest_unused_until_there_is_room() {
        let folder = TempDir::new().unwrap();
        let registry = Registry::start().await;
        images(&registry);
        let store = ImageStore::open(folder.path()).unwrap();
        for tag in 0..IMAGES {
            drop(pull(&registry, &store, &tag.to_string()).await);
        }
        let start = now().plus(HOUR);
        // Full, and never empty enough; but what was used two minutes ago stays.
        let full = SweepPolicy {
            high_disk_percent: 0,
            low_disk_percent: 0,
            ..SweepPolicy::default()
        };
        assert_eq!(store.sweep(full, start).await.unwrap().images, 0);
        let runs = pull(&registry, &store, "3").await;
        let later = start.plus(Duration::from_secs(120));
        assert_eq!(store.sweep(full, later).await.unwrap().images, IMAGES - 1);
        assert!(is_whole(&runs.layers));
        assert_eq!(counts(folder.path()), [1, 4, 2, 1, 0]);

        // Full, and with room after the first.
        drop(runs);
        drop(pull(&registry, &store, "1").await);
        let room = SweepPolicy {
            high_disk_percent: 0,
            low_disk_percent: u8::MAX,
            ..SweepPolicy::default()
        };
        store.sweep(room, later).await.unwrap();
        let later = later.plus(Duration::from_secs(120));
        assert_eq!(store.sweep(room, later).await.unwrap().images, 1);
        assert_eq!(count(folder.path(), "images"), 1);
    }

    #[tokio::test]
    async fn a_tag_that_moved_takes_nothing_from_what_runs() {
        let folder = TempDir::new().unwrap();
        let registry = Registry::start().await;
        registry.image("1", &[layer("base"), layer("old")]);
        let digest = {
            let store = ImageStore::open(folder.path()).unwrap();
            pull(&registry, &store, "1").await.digest
        };
        // The agent was killed, and the next knows the digest.
        registry.image("1", &[layer("base"), layer("new")]);
        let store = ImageStore::open(folder.path()).unwrap();
        let runs = store.get_by_digest(digest).await.unwrap().unwrap();
        let new = pull(&registry, &store, "1").await;
        assert_ne!(new.digest, runs.digest);
        drop(new);
        for _ in 0..2 {
            store.sweep(AT_ONCE, now()).await.unwrap();
        }
        assert!(is_whole(&runs.layers));
        assert_eq!(counts(folder.path()), [1, 2, 2, 0, 0]);
        drop(runs);
        for _ in 0..2 {
            store.sweep(AT_ONCE, now()).await.unwrap();
        }
        assert_eq!(counts(folder.path()), [0; 5]);
        assert!(store.get_by_digest(digest).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn whoever_cannot_tell_what_it_needs_keeps_everything() {
        let folder = TempDir::new().unwrap();
        let registry = Registry::start().await;
        images(&registry);
        let store = ImageStore::open(folder.path()).unwrap();
        drop(pull(&registry, &store, "0").await);
        let before = counts(folder.path());
        let hold = store.hold_everything();
        for _ in 0..2 {
            store.sweep(AT_ONCE, now()).await.unwrap();
        }
        assert_eq!(counts(folder.path()), before);
        drop(hold);
        store.sweep(AT_ONCE, now()).await.unwrap();
        assert_eq!(counts(folder.path()), [0; 5]);
    }

    /// Pulls, starts, ends, cancellations and sweeps at random and at once.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_goes_under_a_container_while_everything_goes_on() {
        const ACTORS: u64 = 6;
        const ROUNDS: usize = 60;
        let folder = TempDir::new().unwrap();
        let registry = Arc::new(Registry::start().await);
        images(&registry);
        let limits = Limits {
            reserved_free_bytes: 0,
            ..Limits::default()
        };
        let store = ImageStore::open_with(folder.path(), limits).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let sweeper = {
            let (store, over) = (store.clone(), Arc::clone(&over));
            tokio::spawn(async move {
                let mut images = 0;
                while !over.load(Ordering::Relaxed) {
                    images += store.sweep(AT_ONCE, now()).await.unwrap().images;
                }
                images
            })
        };
        let (started, cancelled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let seed = seed();
        let actors: Vec<_> = (1..=ACTORS)
            .map(|actor| {
                let (store, registry) = (store.clone(), Arc::clone(&registry));
                let (started, cancelled) = (Arc::clone(&started), Arc::clone(&cancelled));
                tokio::spawn(async move {
                    let mut dice = Dice(seed.wrapping_mul(actor) | 1);
                    for _ in 0..ROUNDS {
                        let tag = dice.below(IMAGES).to_string();
                        let patience = [1, 4, 16, 10_000][dice.below(4)];
                        let pulling = tokio::time::timeout(
                            Duration::from_millis(patience),
                            pull(&registry, &store, &tag),
                        );
                        let Ok(pulled) = pulling.await else {
                            cancelled.fetch_add(1, Ordering::Relaxed);
                            continue;
                        };
                        started.fetch_add(1, Ordering::Relaxed);
                        for _ in 0..dice.below(8) {
                            assert!(is_whole(&pulled.layers), "{tag}");
                            tokio::time::sleep(Duration::from_millis(1)).await;
                        }
                        if dice.below(3) == 0 {
                            let again = store.get_by_digest(pulled.digest).await.unwrap().unwrap();
                            drop(pulled);
                            assert!(is_whole(&again.layers), "{tag}");
                        }
                    }
                })
            })
            .collect();
        for actor in actors {
            actor.await.unwrap();
        }
        over.store(true, Ordering::Relaxed);
        let swept = sweeper.await.unwrap();
        let (started, cancelled) = (
            started.load(Ordering::Relaxed),
            cancelled.load(Ordering::Relaxed),
        );
        println!("{started} started, {cancelled} cancelled, {swept} images swept");
        assert!(started > 50 && cancelled > 20 && swept > 10);
        // A thread that unpacks for a pull that was cancelled may be on its last layer.
        tokio::time::timeout(Duration::from_secs(20), async {
            while counts(folder.path()) != [0; 5] {
                store.sweep(AT_ONCE, now()).await.unwrap();
            }
        })
        .await
        .unwrap_or_else(|_| panic!("left: {:?}", counts(folder.path())));
    }

    /// The process dies again and again amid pulls and sweeps, and what containers run on is there.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_goes_under_a_container_however_often_the_agent_is_killed() {
        const KILLS: usize = 40;
        const RUNNING_MAX: usize = 3;
        let program = std::env::current_exe().unwrap();
        let program = program.parent().unwrap().with_file_name("examples");
        let folder = TempDir::new().unwrap();
        let registry = Registry::start().await;
        images(&registry);
        let host = registry.reference("0").registry().to_owned();
        let mut dice = Dice(seed() | 1);
        let mut running: Vec<(String, Vec<PathBuf>)> = Vec::new();
        let (mut amid, mut a_pull) = (0, Duration::ZERO);
        for kill in 0..KILLS {
            {
                let store = ImageStore::open(folder.path()).unwrap();
                if running.len() == RUNNING_MAX || (!running.is_empty() && dice.below(3) == 0) {
                    running.remove(dice.below(running.len()));
                }
                let began = SystemClock.monotonic();
                let pulled = pull(&registry, &store, &dice.below(IMAGES).to_string()).await;
                a_pull = (a_pull + SystemClock.monotonic() - began) / 2;
                running.push((pulled.digest.to_string(), pulled.layers));
            }
            let mut child = Command::new(program.join("churn"))
                .arg(folder.path())
                .arg(&host)
                .arg(kill.to_string())
                .args(running.iter().map(|(digest, _)| digest))
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));
            // Amid its first pulls, however slow the machine is.
            let later = (a_pull * 4).max(Duration::from_millis(120));
            let later = later * u32::try_from(dice.below(100)).unwrap() / 100;
            // It goes on until it is killed.
            assert!(tokio::time::timeout(later, child.wait()).await.is_err());
            child.kill().await.unwrap();
            amid += usize::from(count(folder.path(), "ingest") > 0);
            for (digest, layers) in &running {
                assert!(is_whole(layers), "{digest} after kill {kill}");
            }
        }
        println!("{amid} of {KILLS} kills left something half done");
        assert!(amid > 0);
        running.clear();
        let store = ImageStore::open(folder.path()).unwrap();
        for _ in 0..2 {
            store.sweep(AT_ONCE, now()).await.unwrap();
        }
        assert_eq!(counts(folder.path()), [0; 5]);
    }
}
