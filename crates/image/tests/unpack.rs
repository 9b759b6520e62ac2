//! Layers on disk, as root: what is unpacked, how overlayfs sees it, and what is left after
//! cancellation and after SIGKILL.
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
    use std::collections::BTreeSet;
    use std::ffi::CString;
    use std::fs;
    use std::io;
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
    use std::os::unix::process::ExitStatusExt;
    use std::path::{Path, PathBuf};
    use std::process::Stdio;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use ambient::Timestamp;
    use bytes::Bytes;
    use futures_util::stream;
    use http::Response;
    use http_body_util::{BodyExt, StreamBody};
    use hyper::body::Frame;
    use image::{Digest, ErrorKind, ImageStore, Limits, Pulled, SweepPolicy, resolve_user};
    use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
    use tar::EntryType;
    use tempfile::TempDir;
    use tokio::process::Command;
    use tokio::sync::Notify;

    use crate::support::{
        Archive, GZIP_LAYER, PLAIN_LAYER, Registry, ZSTD_LAYER, answer, gzip, zstd,
    };

    async fn pull(registry: &Registry, store: &ImageStore) -> Pulled {
        store
            .pull(&registry.reference("1"), &registry.options())
            .await
            .unwrap()
    }

    fn xattr(path: &Path, name: &str) -> Option<Vec<u8>> {
        let mut value = [0; 64];
        let length = rustix::fs::lgetxattr(path, name, &mut value).ok()?;
        Some(value[..length].to_vec())
    }

    /// `(lowerdir)` of the layers shown as one tree, in a mount that ends with this value.
    struct Merged {
        folder: TempDir,
    }

    impl Merged {
        fn of(layers: &[PathBuf]) -> Self {
            let folder = tempfile::Builder::new()
                .prefix("longshore-image-")
                .tempdir()
                .unwrap();
            for name in ["upper", "work", "merged"] {
                fs::create_dir(folder.path().join(name)).unwrap();
            }
            let lower: Vec<_> = layers
                .iter()
                .rev()
                .map(|layer| layer.to_str().unwrap())
                .collect();
            let at = folder.path().display();
            let lower = lower.join(":");
            let data = format!("lowerdir={lower},upperdir={at}/upper,workdir={at}/work");
            let data = CString::new(data).unwrap();
            let target = folder.path().join("merged");
            mount("longshore", &target, "overlay", MountFlags::empty(), &*data).unwrap();
            Self { folder }
        }

        fn path(&self, relative: &str) -> PathBuf {
            self.folder.path().join("merged").join(relative)
        }

        fn names(&self, relative: &str) -> BTreeSet<String> {
            fs::read_dir(self.path(relative))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        }
    }

    impl Drop for Merged {
        fn drop(&mut self) {
            unmount(self.folder.path().join("merged"), UnmountFlags::DETACH).unwrap();
        }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[tokio::test]
    async fn a_zstd_layer_is_unpacked_like_any_other() {
        let registry = Registry::start().await;
        let plain = Archive::new().file("a", &"b".repeat(500_000)).bytes();
        // Two frames, as parallel compressors make them.
        let (first, second) = plain.split_at(200_000);
        let layer = registry.blob(ZSTD_LAYER, [zstd(first), zstd(second)].concat());
        registry.image_of("1", vec![layer], &[Digest::of(&plain)]);
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let pulled = pull(&registry, &store).await;
        let content = fs::read(pulled.layers[0].join("a")).unwrap();
        assert_eq!(content, "b".repeat(500_000).into_bytes());
    }

    #[tokio::test]
    async fn files_keep_what_the_archive_says_of_them() {
        let registry = Registry::start().await;
        let archive = Archive::new()
            .directory("./", 0o755)
            .pax(&[("mtime", b"5")])
            .directory("bin/", 0o700)
            .directory("bin/", 0o1777)
            .pax(&[
                ("SCHILY.xattr.user.note", b"line\nline"),
                (
                    "SCHILY.xattr.security.capability",
                    b"\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                ),
                ("SCHILY.xattr.security.selinux", b"label"),
                ("mtime", b"1234567890.5"),
            ])
            .entry(EntryType::Regular, "bin/app", "", 0o4755, b"program")
            .hard_link("bin/same", "bin/app")
            .symlink("bin/link", "../../outside")
            .hard_link("bin/link2", "./bin/link")
            .entry(EntryType::Fifo, "bin/fifo", "", 0o622, b"")
            .entry(EntryType::Char, "bin/null", "", 0o666, b"")
            .file("deep/er/file", "implicit")
            .file("twice", "first")
            .file("twice", "second")
            .directory("gone", 0o700)
            .file("gone", "a file now")
            .symlink("lib", "usr/lib")
            .directory("usr/lib/", 0o755)
            .file("lib/through", "a link that stays inside")
            .bytes();
        // Plain, and marked as such; the next gzip but marked plain, as tools do.
        let second = Archive::new().file("second", "").bytes();
        let plain = registry.blob(PLAIN_LAYER, archive.clone());
        let mislabelled = registry.blob(PLAIN_LAYER, gzip(&second));
        let size = plain["size"].as_u64().unwrap() + mislabelled["size"].as_u64().unwrap();
        let diff_ids = [Digest::of(&archive), Digest::of(&second)];
        registry.image_of("1", vec![plain, mislabelled], &diff_ids);
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let pulled = pull(&registry, &store).await;
        assert_eq!(pulled.size, size);
        assert_eq!(pulled.layers.len(), 2);
        assert!(pulled.layers[1].join("second").is_file());

        let root = &pulled.layers[0];
        let stat = |name: &str| fs::symlink_metadata(root.join(name)).unwrap();
        let app = stat("bin/app");
        assert_eq!(
            (app.uid(), app.gid(), app.mode() & 0o7777),
            (12, 34, 0o4755)
        );
        assert_eq!(
            (app.mtime(), app.mtime_nsec()),
            (1_234_567_890, 500_000_000)
        );
        assert_eq!(app.nlink(), 2);
        assert_eq!(stat("bin/same").ino(), app.ino());
        assert_eq!(
            xattr(&root.join("bin/app"), "user.note").unwrap(),
            b"line\nline"
        );
        assert!(xattr(&root.join("bin/app"), "security.capability").is_some());
        assert_eq!(xattr(&root.join("bin/app"), "security.selinux"), None);
        let bin = stat("bin");
        assert_eq!((bin.mode() & 0o7777, bin.mtime()), (0o1777, 1_000_000_000));
        let link = stat("bin/link");
        assert_eq!(
            (link.uid(), link.mtime(), link.nlink()),
            (12, 1_000_000_000, 2)
        );
        assert_eq!(
            fs::read_link(root.join("bin/link")).unwrap(),
            Path::new("../../outside")
        );
        let fifo = stat("bin/fifo");
        assert!(fifo.file_type().is_fifo());
        assert_eq!(fifo.mode() & 0o7777, 0o622);
        assert!(!root.join("bin/null").exists());
        assert_eq!(
            (stat("deep").uid(), stat("deep").mode() & 0o7777),
            (0, 0o755)
        );
        assert_eq!(fs::read_to_string(root.join("twice")).unwrap(), "second");
        assert!(stat("gone").is_file());
        assert!(root.join("usr/lib/through").is_file());
        // Only root can look in: layers hold programs with set-id bits.
        assert_eq!(
            fs::metadata(folder.path().join("layers")).unwrap().mode() & 0o777,
            0o700
        );
    }

    #[tokio::test]
    async fn overlayfs_shows_whiteouts_opaque_directories_and_implicit_ones() {
        let registry = Registry::start().await;
        let lower = Archive::new()
            .directory("tmp", 0o1777)
            .directory("etc", 0o750)
            .file("etc/passwd", "app:x:7:8::/srv:\n")
            .file("etc/old", "")
            .directory("data", 0o755)
            .file("data/a", "")
            .directory("again", 0o755)
            .file("again/a", "")
            .directory("later", 0o755)
            .file("later/a", "")
            .file("plain", "lower")
            .bytes();
        let upper = Archive::new()
            .file("tmp/new", "")
            .file("etc/.wh.old", "")
            .file("data/b", "")
            .file("data/.wh..wh..opq", "")
            // Gone, and made anew: nothing of the old one shines through, in either order.
            .file(".wh.again", "")
            .file("again/b", "")
            .directory("later", 0o700)
            .file(".wh.later", "")
            .file(".wh..wh.plnk", "AUFS")
            // A whiteout speaks of the layers beneath, not of its own.
            .file("plain", "upper")
            .file(".wh.plain", "")
            .bytes();
        registry.image("1", &[lower, upper]);
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let pulled = pull(&registry, &store).await;
        {
            let merged = Merged::of(&pulled.layers);
            let all = ["again", "data", "etc", "later", "plain", "tmp"];
            assert_eq!(merged.names(""), names(&all));
            assert_eq!(merged.names("etc"), names(&["passwd"]));
            assert_eq!(merged.names("data"), names(&["b"]));
            assert_eq!(merged.names("again"), names(&["b"]));
            assert_eq!(merged.names("later"), names(&[]));
            assert_eq!(fs::read_to_string(merged.path("plain")).unwrap(), "upper");
            let tmp = fs::metadata(merged.path("tmp")).unwrap();
            assert_eq!((tmp.mode() & 0o7777, tmp.uid()), (0o1777, 12));
            assert_eq!(
                fs::metadata(merged.path("etc")).unwrap().mode() & 0o7777,
                0o750
            );
        }
        let app = resolve_user(&pulled.layers, "app").unwrap();
        assert_eq!((app.uid, app.gid, app.home.as_str()), (7, 8, "/srv"));

        // Accounts that an upper layer took away are gone.
        let without = Archive::new().file("etc/.wh.passwd", "").bytes();
        let base = Archive::new()
            .file("etc/passwd", "app:x:7:8::/srv:\n")
            .bytes();
        registry.image("1", &[base.clone(), without]);
        assert!(resolve_user(&pull(&registry, &store).await.layers, "app").is_err());

        // An opaque root hides everything beneath, which overlayfs alone would not do.
        let opaque = Archive::new()
            .file(".wh..wh..opq", "")
            .file("only", "")
            .bytes();
        registry.image("1", &[base, opaque]);
        let merged = Merged::of(&pull(&registry, &store).await.layers);
        assert_eq!(merged.names(""), names(&["only"]));
    }

    fn layers(count: usize) -> Vec<Vec<u8>> {
        let body = "x".repeat(100_000);
        (0..count)
            .map(|at| {
                Archive::new()
                    .file(&format!("layer-{at}"), &body)
                    .file("all", &body)
                    .bytes()
            })
            .collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn concurrent_pulls_fetch_and_unpack_once() {
        let registry = Registry::start().await;
        registry.image("1", &layers(6));
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let pulls: Vec<_> = (0..8)
            .map(|_| {
                let (store, options) = (store.clone(), registry.options());
                let reference = registry.reference("1");
                tokio::spawn(async move { store.pull(&reference, &options).await.unwrap() })
            })
            .collect();
        let mut results = Vec::new();
        for pull in pulls {
            results.push(pull.await.unwrap());
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(
            registry.requests("/blobs/").len(),
            7,
            "a configuration and six layers"
        );
        // Each asked for itself whether it may have the image.
        assert_eq!(registry.requests("/manifests/").len(), 8);
        assert_eq!(
            fs::read_dir(folder.path().join("layers/sha256"))
                .unwrap()
                .count(),
            6
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_registry_that_never_ends_holds_up_no_pull_from_another() {
        let (good, evil) = (Registry::start().await, Registry::start().await);
        let layers = layers(2);
        good.image("1", &layers);
        // It names the other's layers and more of its own than come at a time, and sends none of them.
        let many: Vec<Vec<u8>> = (0..8)
            .map(|at| Archive::new().file(&format!("evil-{at}"), "").bytes())
            .collect();
        evil.image("1", &[layers, many].concat());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let config = Digest::of(&evil.config("1")).to_string();
        evil.hook(move |request, _| {
            let path = request.uri().path();
            (path.contains("/blobs/") && !path.ends_with(&config)).then(|| {
                count.fetch_add(1, Ordering::Relaxed);
                let never = StreamBody::new(stream::pending::<Result<Frame<Bytes>, io::Error>>());
                Response::new(never.boxed())
            })
        });
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let (first, options) = (store.clone(), evil.options());
        let reference = evil.reference("1");
        let evil_pull = tokio::spawn(async move { first.pull(&reference, &options).await });
        // As many as come at a time, the good one's layers among them.
        tokio::time::timeout(Duration::from_secs(20), async {
            while asked.load(Ordering::Relaxed) < 4 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        let pulled = tokio::time::timeout(Duration::from_secs(20), pull(&good, &store));
        assert_eq!(pulled.await.unwrap().layers.len(), 2);
        assert_eq!(asked.load(Ordering::Relaxed), 4);
        evil_pull.abort();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_layer_that_comes_as_several_blobs_is_there_once() {
        let registry = Registry::start().await;
        let layers = layers(2);
        let diff_ids: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
        for (tag, compress) in [("0", gzip as fn(&[u8]) -> Vec<u8>), ("1", zstd)] {
            let blobs = layers.iter().map(|layer| compress(layer));
            let blobs = blobs.map(|blob| registry.blob(GZIP_LAYER, blob)).collect();
            registry.image_of(tag, blobs, &diff_ids);
        }
        for _ in 0..10 {
            let folder = TempDir::new().unwrap();
            let store = ImageStore::open(folder.path()).unwrap();
            let options = registry.options();
            let references = ["0", "1"].map(|tag| registry.reference(tag));
            let (first, second) = tokio::join!(
                store.pull(&references[0], &options),
                store.pull(&references[1], &options)
            );
            assert_eq!(first.unwrap().layers, second.unwrap().layers);
            let count = |part: &str| fs::read_dir(folder.path().join(part)).unwrap().count();
            assert_eq!((count("layers/sha256"), count("ingest")), (2, 0));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn images_share_their_layers() {
        let registry = Registry::start().await;
        let layers = layers(6);
        registry.image("1", &layers[..3]);
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let three = pull(&registry, &store).await;
        registry.image("1", &layers);
        let six = pull(&registry, &store).await;
        assert_eq!(six.layers[..3], three.layers);
        assert_eq!(registry.requests("/blobs/").len(), 2 + 6);
        // What another image unpacked is not fetched, even if its blob is gone.
        fs::remove_dir_all(folder.path().join("blobs/sha256")).unwrap();
        fs::create_dir(folder.path().join("blobs/sha256")).unwrap();
        assert_eq!(store.get(&registry.reference("1")).await.unwrap(), None);
        assert_eq!(pull(&registry, &store).await, six);
        assert_eq!(registry.requests("/blobs/").len(), 2 + 6 + 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_cancelled_pull_leaves_the_next_free_to_work() {
        let registry = Registry::start().await;
        registry.image("1", &layers(2));
        let asked = Arc::new(Notify::new());
        let notify = Arc::clone(&asked);
        registry.hook(move |request, _| {
            if request.uri().path().contains("/blobs/") {
                notify.notify_one();
            }
            None
        });
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        let (first, options) = (store.clone(), registry.options());
        let reference = registry.reference("1");
        let pulling = tokio::spawn(async move { first.pull(&reference, &options).await });
        asked.notified().await;
        pulling.abort();
        let _ = pulling.await;
        let pulled = tokio::time::timeout(Duration::from_secs(20), pull(&registry, &store));
        assert_eq!(pulled.await.unwrap().layers.len(), 2);
    }

    #[tokio::test]
    async fn a_wrong_diff_id_and_a_wrong_count_are_refused() {
        let registry = Registry::start().await;
        let layer = Archive::new().file("a", "b").bytes();
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        for (diff_ids, word) in [
            (vec![Digest::of(b"other")], "configuration says"),
            (vec![], "number of layers and diffIDs don't match: 1 != 0"),
        ] {
            let blob = registry.blob(GZIP_LAYER, gzip(&layer));
            registry.image_of("1", vec![blob], &diff_ids);
            let error = store
                .pull(&registry.reference("1"), &registry.options())
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt);
            assert!(error.to_string().contains(word), "{error}");
            assert_eq!(store.get(&registry.reference("1")).await.unwrap(), None);
        }
        assert_eq!(
            fs::read_dir(folder.path().join("layers/sha256"))
                .unwrap()
                .count(),
            0
        );
        assert_eq!(
            fs::read_dir(folder.path().join("ingest")).unwrap().count(),
            0
        );
    }

    #[tokio::test]
    async fn a_full_disk_is_told_before_it_is_full() {
        let registry = Registry::start().await;
        registry.image("1", &layers(1));
        let folder = TempDir::new().unwrap();
        let limits = Limits {
            reserved_free_bytes: u64::MAX,
            ..Limits::default()
        };
        let store = ImageStore::open_with(folder.path(), limits).unwrap();
        let error = store
            .pull(&registry.reference("1"), &registry.options())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.to_string().contains("are kept in reserve"), "{error}");
    }

    /// A file system of its own, until it is dropped.
    struct Disk(TempDir);

    impl Disk {
        fn with(options: &std::ffi::CStr) -> Self {
            let folder = tempfile::Builder::new()
                .prefix("longshore-image-")
                .tempdir()
                .unwrap();
            mount(
                "tmpfs",
                folder.path(),
                "tmpfs",
                MountFlags::empty(),
                Some(options),
            )
            .unwrap();
            Self(folder)
        }
    }

    impl Drop for Disk {
        fn drop(&mut self) {
            unmount(self.0.path(), UnmountFlags::DETACH).unwrap();
        }
    }

    #[tokio::test]
    async fn files_without_content_and_implied_directories_leave_inodes_to_others() {
        const INODES: u64 = 6_000;
        const RESERVED_INODES: u64 = 2_000;
        let empty_files = (0..8_000).fold(Archive::new(), |archive, number| {
            archive.file(&number.to_string(), "")
        });
        let deep = "d/".repeat(40);
        let implied = (0..200).fold(Archive::new(), |archive, number| {
            archive.file(&format!("{number}/{deep}file"), "")
        });
        for archive in [empty_files, implied] {
            let registry = Registry::start().await;
            registry.image("1", &[archive.bytes()]);
            let disk = Disk::with(c"size=1g,nr_inodes=6000");
            let limits = Limits {
                reserved_free_bytes: RESERVED_INODES * (16 << 10),
                ..Limits::default()
            };
            let store = ImageStore::open_with(disk.0.path(), limits).unwrap();
            let error = store
                .pull(&registry.reference("1"), &registry.options())
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Storage);
            let said = error.to_string();
            assert!(said.contains("inodes are free and 2000 are kept"), "{said}");
            // Nothing of it stays.
            let left = rustix::fs::statvfs(disk.0.path()).unwrap().f_favail;
            assert!(left > INODES - 100, "{left}");
        }
    }

    #[tokio::test]
    async fn a_disk_without_inodes_is_full() {
        let files = (0..900).fold(Archive::new(), |archive, number| {
            archive.file(&number.to_string(), "")
        });
        let registry = Registry::start().await;
        registry.image("1", &[files.bytes()]);
        let disk = Disk::with(c"size=1g,nr_inodes=1000");
        let limits = Limits {
            reserved_free_bytes: 0,
            ..Limits::default()
        };
        let store = ImageStore::open_with(disk.0.path(), limits).unwrap();
        drop(pull(&registry, &store).await);
        let policy = SweepPolicy {
            minimum_age_when_full: Duration::ZERO,
            ..SweepPolicy::default()
        };
        let now = ambient::Clock::now(&ambient::SystemClock);
        let soon = Timestamp::from_millis(now.as_millis() + 60_000);
        // The first one only knows of what was held since another.
        let first = store.sweep(policy, soon).await.unwrap();
        let second = store.sweep(policy, soon).await.unwrap();
        assert_eq!(first.images + second.images, 1, "{first:?} {second:?}");
        assert!(second.disk_percent < 10, "{second:?}");
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_removed() {
        let folder = TempDir::new().unwrap();
        let left = folder.path().join("ingest/3/etc");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("passwd"), "").unwrap();
        fs::set_permissions(&left, fs::Permissions::from_mode(0o000)).unwrap();
        fs::write(folder.path().join("ingest/4"), "half a blob").unwrap();
        ImageStore::open(folder.path()).unwrap();
        assert_eq!(
            fs::read_dir(folder.path().join("ingest")).unwrap().count(),
            0
        );
    }

    /// Kills the real thing at many moments of a pull; what it leaves under a final name is
    /// whole, and the next pull completes it.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_pull_that_is_killed_at_any_moment_is_completed_by_the_next() {
        const KILLS: usize = 24;
        const LAYERS: usize = 16;
        let program = std::env::current_exe().unwrap();
        let program = program
            .parent()
            .unwrap()
            .with_file_name("examples")
            .join("pull");
        let registry = Registry::start().await;
        registry.image("1", &layers(LAYERS));
        let folder = TempDir::new().unwrap();
        let store = folder.path().join("store");
        let run = || {
            Command::new(&program)
                .arg(&store)
                .arg(registry.reference("1").to_string())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        };
        let unpacked = || -> Vec<PathBuf> {
            let layers = fs::read_dir(store.join("layers/sha256"))
                .into_iter()
                .flatten();
            layers.map(|layer| layer.unwrap().path()).collect()
        };
        let mut killed = 0;
        for kill in 0..KILLS {
            // Every third round goes on with what the one before it left.
            if kill % 3 != 2 && store.exists() {
                fs::remove_dir_all(&store).unwrap();
            }
            // Half of them die at a request for a blob, which is then still to be answered; the
            // others up to some milliseconds later, while layers are unpacked.
            let reached = Arc::new(Notify::new());
            let (notify, requests) = (Arc::clone(&reached), AtomicUsize::new(0));
            let last = 1 + kill % (LAYERS + 1);
            registry.hook(move |request, _| {
                let is_blob = request.uri().path().contains("/blobs/");
                if is_blob && requests.fetch_add(1, Ordering::Relaxed) + 1 == last {
                    notify.notify_one();
                }
                None
            });
            let mut child = run();
            let later = Duration::from_millis(if kill % 2 == 0 { 0 } else { kill as u64 });
            tokio::select! {
                () = reached.notified() => {
                    let _ = tokio::time::timeout(later, child.wait()).await;
                }
                // It had all that it needed from the round before.
                _ = child.wait() => {}
            }
            // Nobody is there to kill when the pull was the faster one.
            let _ = child.start_kill();
            killed += usize::from(child.wait().await.unwrap().signal().is_some());
            for layer in unpacked() {
                let files: Vec<_> = fs::read_dir(&layer).unwrap().collect();
                assert_eq!(files.len(), 2, "{}", layer.display());
                for file in files {
                    assert_eq!(file.unwrap().metadata().unwrap().len(), 100_000);
                }
            }
        }
        assert!(
            killed >= KILLS / 3,
            "only {killed} of {KILLS} were still at work"
        );
        assert!(run().wait().await.unwrap().success());
        assert_eq!(unpacked().len(), LAYERS);
        assert_eq!(fs::read_dir(store.join("ingest")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_stray_answer_is_no_layer() {
        let registry = Registry::start().await;
        registry.image("1", &layers(1));
        registry.hook(|request, before| {
            let is_blob = request.uri().path().contains("/blobs/");
            (is_blob && before == 0).then(|| answer(502, "<html>"))
        });
        let folder = TempDir::new().unwrap();
        let store = ImageStore::open(folder.path()).unwrap();
        assert_eq!(pull(&registry, &store).await.layers.len(), 1);
    }
}
