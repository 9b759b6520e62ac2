//! Archives that try to write where they must not, as root, where nothing but this crate would
//! stop them.
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
    use std::path::Path;

    use image::{Digest, Error, ErrorKind, ImageStore, Limits};
    use tar::EntryType;
    use tempfile::TempDir;

    use crate::support::{Archive, GZIP_LAYER, Registry, gzip, zstd};

    const LIMITS: Limits = Limits {
        layer_unpacked_bytes: 1 << 20,
        layer_entries: 50,
        reserved_free_bytes: 0,
    };

    /// Every path under `folder`, with what tells a change.
    fn listing(folder: &Path) -> Vec<String> {
        let mut lines = Vec::new();
        let mut todo = vec![folder.to_owned()];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let metadata = fs::symlink_metadata(&path).unwrap();
                lines.push(format!(
                    "{} {:?} {:?}",
                    path.display(),
                    metadata.permissions(),
                    metadata.len()
                ));
                if metadata.is_dir() {
                    todo.push(path);
                }
            }
        }
        lines.sort();
        lines
    }

    /// Pulls an image of `blobs` into a store next to a victim, and returns the error.
    async fn refused(name: &str, blobs: &[Vec<u8>], diff_ids: &[Digest]) -> Error {
        let folder = TempDir::new().unwrap();
        let victim = folder.path().join("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("file"), "untouched").unwrap();
        let before = listing(&victim);
        let registry = Registry::start().await;
        let layers = blobs
            .iter()
            .map(|blob| registry.blob(GZIP_LAYER, blob.clone()))
            .collect();
        registry.image_of("1", layers, diff_ids);
        let store = ImageStore::open_with(folder.path().join("store"), LIMITS).unwrap();
        let result = store
            .pull(&registry.reference("1"), &registry.options())
            .await;
        let error = result.expect_err(name);
        assert_eq!(listing(&victim), before, "{name}");
        assert_eq!(
            fs::read_to_string(victim.join("file")).unwrap(),
            "untouched",
            "{name}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{name}");
        let of_store = |part: &str| fs::read_dir(folder.path().join("store").join(part)).unwrap();
        assert_eq!(of_store("ingest").count(), 0, "{name}");
        assert!(of_store("layers/sha256").count() < blobs.len(), "{name}");
        error
    }

    /// The way from a layer's root, while it is unpacked, to the victim.
    const VICTIM: &str = "../../../victim";

    #[tokio::test]
    async fn archives_that_reach_outside_are_refused() {
        let out = |name: &str| format!("{VICTIM}/{name}");
        let cases = [
            ("parent", Archive::new().file(&out("file"), "x"), "'..'"),
            (
                "hidden parent",
                Archive::new().file(&format!("a/../{VICTIM}/file"), "x"),
                "'..'",
            ),
            (
                "absolute",
                Archive::new().file("/tmp/longshore-absolute", "x"),
                "an absolute name",
            ),
            (
                "absolute directory",
                Archive::new().directory("/", 0o777),
                "an absolute name",
            ),
            (
                "link to a directory, then a file in it",
                Archive::new().symlink("a", VICTIM).file("a/file", "x"),
                "leads outside the layer",
            ),
            (
                "absolute link, then a file in it",
                Archive::new()
                    .symlink("a", "/tmp")
                    .file("a/longshore-x", "x"),
                "leads outside the layer",
            ),
            (
                "links in a row",
                Archive::new()
                    .directory("d", 0o755)
                    .symlink("d/a", "..")
                    .symlink("b", "d/a/../../..")
                    .symlink("c", "b/victim")
                    .file("c/file", "x"),
                "leads outside the layer",
            ),
            (
                "a directory through a link",
                Archive::new()
                    .symlink("a", VICTIM)
                    .directory("a/new", 0o777),
                "leads outside the layer",
            ),
            (
                "a whiteout through a link",
                Archive::new().symlink("a", VICTIM).file("a/.wh.file", ""),
                "leads outside the layer",
            ),
            (
                "an opaque mark through a link",
                Archive::new()
                    .symlink("a", VICTIM)
                    .file("a/.wh..wh..opq", ""),
                "leads outside the layer",
            ),
            (
                "a hard link through a link",
                Archive::new().symlink("a", VICTIM).hard_link("b", "a/file"),
                "leads outside the layer",
            ),
            (
                "hard link to a parent",
                Archive::new().hard_link("a", &out("file")),
                "'..'",
            ),
            (
                "hard link to the host",
                Archive::new().hard_link("a", "/etc/passwd"),
                "an absolute name",
            ),
            (
                "hard link to nothing",
                Archive::new().hard_link("a", "none"),
                "no such file",
            ),
            (
                "hard link to a directory",
                Archive::new().directory("d", 0o755).hard_link("a", "d"),
                "it is a directory",
            ),
            (
                "hard link to a whiteout",
                Archive::new().file(".wh.w", "").hard_link("a", "w"),
                "no such file",
            ),
            (
                "hard link to the root",
                Archive::new().hard_link("a", "./"),
                "root",
            ),
            (
                "links in a ring",
                Archive::new()
                    .symlink("a", "b")
                    .symlink("b", "a")
                    .file("a/x", ""),
                "too many symbolic links",
            ),
            (
                "a file as a directory",
                Archive::new().file("a", "").file("a/b", ""),
                "none in this layer",
            ),
            (
                "a whiteout of the parent",
                Archive::new().file("d/.wh...", ""),
                "whiteout of no name",
            ),
            (
                "a whiteout of here",
                Archive::new().file("d/.wh..", ""),
                "whiteout of no name",
            ),
            (
                "a whiteout of nothing",
                Archive::new().file("d/.wh.", ""),
                "whiteout of no name",
            ),
            (
                "the root as a link",
                Archive::new().symlink("./", "/tmp"),
                "root is not a directory",
            ),
            (
                "a file in place of a tree",
                Archive::new().file("d/a", "").file("d", ""),
                "replaces a directory",
            ),
            (
                "overlayfs's redirect",
                Archive::new()
                    .pax(&[("SCHILY.xattr.trusted.overlay.redirect", b"/etc")])
                    .directory("d", 0o755),
                "overlayfs's own",
            ),
            (
                "overlayfs's redirect for users",
                Archive::new()
                    .pax(&[("SCHILY.xattr.user.overlay.opaque", b"y")])
                    .file("d", ""),
                "overlayfs's own",
            ),
            (
                "a long path in a PAX record",
                Archive::new()
                    .pax(&[("path", "a/".repeat(3000).as_bytes())])
                    .file("x", ""),
                "path longer than",
            ),
            (
                "a zero byte in a PAX path",
                Archive::new().pax(&[("path", b"a\0b")]).file("x", ""),
                "zero byte",
            ),
            (
                "an escape in a PAX path",
                Archive::new()
                    .pax(&[("path", out("file").as_bytes())])
                    .file("x", "x"),
                "'..'",
            ),
            (
                "an escape in a PAX link",
                Archive::new()
                    .pax(&[("linkpath", out("file").as_bytes())])
                    .hard_link("x", "y"),
                "'..'",
            ),
            (
                "an owner that is none",
                Archive::new().pax(&[("uid", b"4294967295")]).file("x", ""),
                "no user or group number",
            ),
            (
                "an unknown kind",
                Archive::new().entry(EntryType::new(b'V'), "x", "", 0, b""),
                "not supported",
            ),
            (
                "a sparse file",
                Archive::new().entry(EntryType::GNUSparse, "x", "", 0, b""),
                "not supported",
            ),
            (
                "a directory that becomes a link, then a file in it",
                Archive::new()
                    .directory("d", 0o755)
                    .symlink("d", VICTIM)
                    .file("d/file", "x"),
                "leads outside the layer",
            ),
            (
                "a directory again, where a link has come",
                Archive::new()
                    .symlink("a", VICTIM)
                    .hard_link("b", "a")
                    .file("b/file", "x"),
                "leads outside the layer",
            ),
            (
                "more attributes than a kernel keeps",
                Archive::new()
                    .pax(&[
                        ("SCHILY.xattr.user.a", &[b'a'; 40_000]),
                        ("SCHILY.xattr.user.b", &[b'b'; 40_000]),
                    ])
                    .file("x", ""),
                "more extended attributes",
            ),
            (
                "a record that would fill the memory",
                Archive::new()
                    .pax(&[("comment", &vec![b'c'; 2 << 20])])
                    .file("x", ""),
                "too large",
            ),
            (
                "too many entries under one name",
                (0..51).fold(Archive::new(), |archive, _| archive.file("f", "")),
                "more than 50 entries",
            ),
            (
                "too many device nodes",
                (0..51).fold(Archive::new(), |archive, at| {
                    archive.entry(EntryType::Block, &format!("sd{at}"), "", 0o666, b"")
                }),
                "more than 50 entries",
            ),
            (
                "too many entries",
                (0..51).fold(Archive::new(), |archive, at| {
                    archive.file(&format!("f{at}"), "")
                }),
                "more than 50 entries",
            ),
            (
                "too many directories on the way",
                ["a/", "b/"].iter().fold(Archive::new(), |archive, name| {
                    archive.file(&format!("{}f", name.repeat(40)), "")
                }),
                "more than 50 entries",
            ),
            (
                "a bomb",
                Archive::new().file("zeros", &"\0".repeat(2 << 20)),
                "larger than this node accepts",
            ),
        ];
        for (name, archive, word) in cases {
            let plain = archive.bytes();
            let error = refused(name, &[gzip(&plain)], &[Digest::of(&plain)]).await;
            assert!(error.to_string().contains(word), "{name}: {error}");
            assert!(
                matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Unsupported),
                "{name}: {error}"
            );
        }
        assert!(!Path::new("/tmp/longshore-absolute").exists());
        assert!(!Path::new("/tmp/longshore-x").exists());
    }

    /// What is replaced is replaced, and not written through; of devices nothing is left.
    #[tokio::test]
    async fn the_last_of_several_entries_counts_and_devices_are_left_out() {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("victim")).unwrap();
        fs::write(folder.path().join("victim/file"), "untouched").unwrap();
        let plain = Archive::new()
            .symlink("a", &format!("{VICTIM}/file"))
            .file("a", "mine")
            .file("b", "first")
            .hard_link("c", "b")
            .file("b", "second")
            .entry(EntryType::Block, "dev/sda", "", 0o666, b"")
            .entry(EntryType::Char, "dev/mem", "", 0o666, b"")
            .file("dev/sda", "no disk")
            .bytes();
        let registry = Registry::start().await;
        let blob = registry.blob(GZIP_LAYER, gzip(&plain));
        registry.image_of("1", vec![blob], &[Digest::of(&plain)]);
        let store = ImageStore::open_with(folder.path().join("store"), LIMITS).unwrap();
        let pulled = store
            .pull(&registry.reference("1"), &registry.options())
            .await
            .unwrap();
        let root = &pulled.layers[0];
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
        assert_eq!(read("a"), "mine");
        assert_eq!((read("b"), read("c")), ("second".into(), "first".into()));
        assert_eq!(read("dev/sda"), "no disk");
        assert!(!root.join("dev/mem").exists());
        let victim = fs::read_to_string(folder.path().join("victim/file")).unwrap();
        assert_eq!(victim, "untouched");
    }

    #[tokio::test]
    async fn bytes_that_are_no_layer_are_refused() {
        let good = Archive::new().file("a", &"b".repeat(2000)).bytes();
        let mut after_the_end = good.clone();
        after_the_end.resize(2 << 20, 0);
        let cut_zstd = zstd(&good)[..60].to_vec();
        let zstd_with_a_tail = [zstd(&good), b"tail".to_vec()].concat();
        let zstd_bomb = zstd(&after_the_end);
        let cases = [
            (
                "text",
                b"hello, I am a layer".repeat(60),
                "not a tar archive",
            ),
            ("cut gzip", gzip(&good)[..60].to_vec(), "cannot be read"),
            ("cut archive", gzip(&good[..1000]), "within a file"),
            (
                "gzip with a tail",
                [gzip(&good), b"tail".to_vec()].concat(),
                "cannot be read",
            ),
            ("cut zstd", cut_zstd, "cannot be read"),
            ("zstd with a tail", zstd_with_a_tail, "cannot be read"),
            ("a zstd bomb", zstd_bomb, "larger than"),
            (
                "a bomb after the archive's end",
                gzip(&after_the_end),
                "larger than",
            ),
        ];
        for (name, blob, word) in cases {
            let error = refused(name, &[blob], &[Digest::of(&good)]).await;
            assert!(error.to_string().contains(word), "{name}: {error}");
        }
    }

    #[tokio::test]
    async fn a_link_of_a_lower_layer_leads_nowhere() {
        let lower = Archive::new().symlink("a", VICTIM).bytes();
        let upper = Archive::new().file("a/file", "x").bytes();
        // In its own layer `a` is a plain directory, so this is no attempt at anything; the
        // third layer makes the pull fail, as the others here do.
        let third = Archive::new().file("../x", "").bytes();
        let archives = [lower, upper, third];
        let blobs: Vec<_> = archives.iter().map(|archive| gzip(archive)).collect();
        let diff_ids: Vec<_> = archives.iter().map(|archive| Digest::of(archive)).collect();
        let error = refused("a link below", &blobs, &diff_ids).await;
        assert!(error.to_string().contains("'..'"), "{error}");
    }
}
