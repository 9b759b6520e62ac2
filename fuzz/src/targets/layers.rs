//! Archives of layers, unpacked into a folder in memory: any bytes, plain and compressed, and
//! archives of sound headers with hostile names. Nothing beside the folder is touched or can be read
//! through it, and the limits hold.
//!
//! Needs root, as unpacking does.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use image::{
    Digest, Limits,
    fuzzing::{plain, unpack},
    resolve_user,
};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use sha2::Digest as _;
use tar::{EntryType, Header};
use tempfile::TempDir;

use super::folder_in_memory;
use crate::input::Input;

const UNPACKED_MAX_BYTES: u64 = 256 * 1024;
const ENTRIES_MAX: u64 = 24;
/// In the account file that stands outside.
const OUTSIDER: &str = "outsider";

/// A folder with `layer`, which is unpacked into, between `lower`, a layer beneath, and `outside`.
struct Place {
    folder: TempDir,
    outside: BTreeMap<PathBuf, Seen>,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let folder = folder_in_memory("layers");
    let at = |name: &str| folder.path().join(name);
    for name in ["outside", "outside/folder", "lower", "lower/a", "lower/etc"] {
        fs::create_dir(at(name)).expect("a folder can be made");
    }
    let passwd = format!("{OUTSIDER}:x:4242:4242::/:/bin/sh\n");
    fs::write(at("outside/passwd"), &passwd).expect("a file can be written");
    fs::write(at("outside/folder/file"), "secret").expect("a file can be written");
    fs::write(at("lower/a/file"), "below").expect("a file can be written");
    symlink("../outside/folder", at("lower/b")).expect("a link can be made");
    symlink(at("outside/passwd"), at("lower/etc/passwd")).expect("a link can be made");
    let outside = look(folder.path());
    Place { folder, outside }
});

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let how = input.byte();
    let made = how & 1 == 1;
    let compressed = how & 2 == 2;
    let mut blob = if made {
        archive(&mut input)
    } else {
        input.rest().to_vec()
    };
    if compressed {
        blob = if how & 4 == 4 {
            compress_to_vec(blob.as_slice(), CompressionLevel::Fastest)
        } else {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            let _ = encoder.write_all(&blob);
            encoder.finish().unwrap_or_default()
        };
    }
    let place = &*PLACE;
    let at = |name: &str| place.folder.path().join(name);
    let (file, layer, lower) = (at("blob"), at("layer"), at("lower"));
    fs::write(&file, &blob).expect("a blob can be written");
    fs::create_dir(&layer).expect("a folder can be made");
    let limits = Limits {
        layer_unpacked_bytes: UNPACKED_MAX_BYTES,
        layer_entries: ENTRIES_MAX,
        reserved_free_bytes: 0,
    };
    let _ = unpack(
        &file,
        diff_id(&blob),
        std::slice::from_ref(&lower),
        &layer,
        limits,
    );
    let unpacked = look(&layer);
    let bytes: u64 = unpacked.values().map(|seen| seen.blocks).sum();
    // A file of one byte takes a page.
    assert!(bytes <= UNPACKED_MAX_BYTES + unpacked.len() as u64 * 4096);
    if made {
        // Its own files never hold the name, so that it can come from outside alone.
        let user = resolve_user(&[lower, layer.clone()], OUTSIDER);
        assert!(user.is_err(), "an account file outside was read");
    }
    fs::remove_dir_all(&layer).expect("what was unpacked can be removed");
    fs::remove_file(&file).expect("a blob can be removed");
    assert!(
        look(place.folder.path()) == place.outside,
        "something outside has changed"
    );
}

/// The digest of the plain archive, so that unpacking comes to its end.
fn diff_id(blob: &[u8]) -> Digest {
    let plain = plain(blob, UNPACKED_MAX_BYTES + 1);
    let sum = sha2::Sha256::digest(&plain);
    let digits: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}").parse().expect("a digest")
}

/// What can be seen of a file without following it.
#[derive(PartialEq)]
struct Seen {
    mode: u32,
    owner: (u32, u32),
    links: u64,
    changed: (i64, i64),
    blocks: u64,
    content: Option<Vec<u8>>,
}

/// Everything below a folder.
fn look(folder: &Path) -> BTreeMap<PathBuf, Seen> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be listed") {
            let entry = entry.expect("an entry can be read");
            let meta = entry.metadata().expect("a file can be looked at");
            if meta.is_dir() {
                folders.push(entry.path());
            }
            found.insert(entry.path(), seen(&entry.path(), &meta));
        }
    }
    found
}

fn seen(path: &Path, meta: &Metadata) -> Seen {
    Seen {
        mode: meta.mode(),
        owner: (meta.uid(), meta.gid()),
        links: meta.nlink(),
        changed: (meta.ctime(), meta.ctime_nsec()),
        blocks: if meta.is_file() {
            meta.blocks() * 512
        } else {
            0
        },
        content: (meta.is_file() && meta.len() < 64).then(|| fs::read(path).unwrap_or_default()),
    }
}

/// An archive of sound headers.
fn archive(input: &mut Input<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    // One more than is taken.
    for _ in 0..=ENTRIES_MAX {
        if input.is_empty() {
            break;
        }
        entry(&mut out, input);
    }
    out.extend([0; 1024]);
    out
}

const KINDS: [EntryType; 10] = [
    EntryType::Regular,
    EntryType::Directory,
    EntryType::Symlink,
    EntryType::Link,
    EntryType::Fifo,
    EntryType::Char,
    EntryType::XHeader,
    EntryType::XGlobalHeader,
    EntryType::GNULongName,
    EntryType::GNULongLink,
];

fn entry(out: &mut Vec<u8>, input: &mut Input<'_>) {
    let kind = *input.pick(&KINDS);
    let (path, link) = (name(input), name(input));
    let body = match kind {
        EntryType::XHeader | EntryType::XGlobalHeader => records(input),
        EntryType::GNULongName | EntryType::GNULongLink => name(input),
        EntryType::Regular => vec![b'x'; usize::from(input.byte()) * usize::from(input.byte())],
        _ => Vec::new(),
    };
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(u32::from(input.byte()) << 4 | 0o7);
    header.set_uid(input.skewed());
    header.set_gid(input.skewed());
    header.set_mtime(input.skewed());
    let size = if input.byte() == 255 {
        input.skewed()
    } else {
        body.len() as u64
    };
    header.set_size(size);
    let old = header.as_old_mut();
    for (field, bytes) in [(&mut old.name, &path), (&mut old.linkname, &link)] {
        for (to, from) in field.iter_mut().zip(bytes) {
            *to = *from;
        }
    }
    header.set_cksum();
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(&body);
    out.resize(out.len().next_multiple_of(512), 0);
}

/// Up to three parts of a path, most of them those that other entries have.
fn name(input: &mut Input<'_>) -> Vec<u8> {
    const PARTS: [&[u8]; 18] = [
        b"a",
        b"b",
        b"c",
        b"etc",
        b"passwd",
        b"group",
        b".",
        b"..",
        b"",
        b"outside",
        b"folder",
        b"file",
        b"lower",
        b".wh.a",
        b".wh.b",
        b".wh..wh..opq",
        b".wh.",
        b"OUTSIDE",
    ];
    let parts: Vec<Vec<u8>> = (0..=input.byte() % 4)
        .map(|_| match input.byte() {
            200.. => input.bytes(4).to_vec(),
            chosen => match PARTS[usize::from(chosen) % PARTS.len()] {
                b"OUTSIDE" => {
                    let outside = PLACE.folder.path().join("outside");
                    outside.as_os_str().as_bytes().to_vec()
                }
                part => part.to_vec(),
            },
        })
        .collect();
    parts.join(&b'/')
}

/// Records of a PAX header, most with the length that they have.
fn records(input: &mut Input<'_>) -> Vec<u8> {
    const KEYS: [&str; 9] = [
        "path",
        "linkpath",
        "size",
        "uid",
        "mtime",
        "SCHILY.xattr.user.note",
        "SCHILY.xattr.trusted.overlay.opaque",
        "SCHILY.xattr.user.overlay.redirect",
        "SCHILY.xattr.security.capability",
    ];
    let mut out = Vec::new();
    for _ in 0..=input.byte() % 3 {
        let key = *input.pick(&KEYS);
        let value = match key {
            "path" | "linkpath" => name(input),
            "size" | "uid" | "mtime" => input.skewed().to_string().into_bytes(),
            _ => input.bytes(8).to_vec(),
        };
        let rest = 3 + key.len() + value.len();
        let mut length = rest + rest.to_string().len();
        length = rest + length.to_string().len();
        if input.byte() == 255 {
            length = usize::from(input.byte());
        }
        out.extend(format!("{length} {key}=").bytes());
        out.extend(value);
        out.push(b'\n');
    }
    out
}
