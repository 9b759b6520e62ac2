//! Unpacks one layer's archive into a directory that overlayfs takes as a `lowerdir`.
//!
//! The archive is hostile until proved otherwise. Every name is resolved by the kernel beneath
//! the layer's root (`openat2` with `RESOLVE_BENEATH`): a relative link that stays inside is
//! followed, as docker does, and anything that would leave is refused. Sizes, counts and names
//! are bounded. Device nodes are left out: a container gets its own `/dev`, and a node from an
//! image would be a way to the host's devices wherever a mount forgets `nodev`. Attributes with
//! which overlayfs steers itself (`trusted.overlay.*`, `user.overlay.*`) are refused.
//!
//! Whiteouts become character devices 0:0, opaque marks the attribute that overlayfs reads (OCI
//! layer.md, "Whiteouts"; kernel documentation, overlayfs).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, ResolveFlags, Timespec, Timestamps, Uid, XattrFlags,
};
use rustix::io::Errno;

use crate::digest::Digest;
use crate::directory_times::DirectoryTimes;
use crate::download::check_free_space;
use crate::error::Error;
use crate::layer_path::{LayerPath, shown};
use crate::layered_view::{LayeredView, OPAQUE_XATTR, is_whiteout};
use crate::limits::{FREE_SPACE_STEP_BYTES, FREE_SPACE_STEP_ENTRIES, Limits};
use crate::plain_archive::{Plain, most_plain_bytes};
use crate::tar_stream::{Entry, Kind, TarError, TarStream};
use crate::zstd_stream::{self, ZstdReader};

const WHITEOUT_PREFIX: &[u8] = b".wh.";
const OPAQUE_NAME: &[u8] = b".wh..wh..opq";
/// AUFS's own bookkeeping, which old images carry.
const AUFS_PREFIX: &[u8] = b".wh..wh.";
const COPY_BUFFER_BYTES: usize = 128 << 10;
/// Mode of directories that neither the archive nor a lower layer describes.
const IMPLICIT_DIRECTORY_MODE: u32 = 0o755;

/// What is to be unpacked, and onto what.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// The layer, for errors.
    pub(crate) what: String,
    /// The blob: a tar archive, plain, gzip or zstd.
    pub(crate) blob: PathBuf,
    /// Digest of the plain archive, from the image's configuration.
    pub(crate) diff_id: Digest,
    /// Unpacked layers beneath, lowest first: what this one does not describe comes from them.
    pub(crate) lower: Vec<PathBuf>,
    /// An existing empty directory that nobody else uses.
    pub(crate) destination: PathBuf,
    pub(crate) limits: Limits,
}

/// Unpacks `layer` and syncs it to disk. After an error the destination holds a part of it, to
/// be thrown away.
pub(crate) fn unpack(layer: &Layer) -> Result<(), Error> {
    let blob = File::open(&layer.blob).map_err(Error::storage("open", &layer.blob))?;
    let mut blob = BufReader::with_capacity(COPY_BUFFER_BYTES, blob);
    let magic = blob
        .fill_buf()
        .map_err(Error::storage("read", &layer.blob))?;
    // Tools mislabel layers, so the content decides, as it does for docker.
    if magic.starts_with(&[0x1f, 0x8b]) {
        unpack_archive(layer, MultiGzDecoder::new(blob))
    } else if magic.starts_with(&zstd_stream::MAGIC) || is_skippable_frame(magic) {
        unpack_archive(layer, ZstdReader::new(blob))
    } else {
        unpack_archive(layer, blob)
    }
}

/// A zstd stream may begin with one of these (RFC 8878 section 3.1.2); no archive does, since
/// its first file's name would.
fn is_skippable_frame(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

fn unpack_archive(layer: &Layer, archive: impl Read) -> Result<(), Error> {
    let compressed = std::fs::metadata(&layer.blob)
        .map_err(Error::storage("read", &layer.blob))?
        .len();
    let disk = |action| Error::storage(action, &layer.destination);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let root = rustix::fs::open(&layer.destination, flags, Mode::empty())
        .map_err(|error| disk("open")(error.into()))?;
    let lower = LayeredView::open(&layer.lower).map_err(disk("open the layers beneath"))?;
    let mut tree = Tree {
        layer,
        root: Arc::new(root),
        lower,
        cached: None,
        directory_times: DirectoryTimes::default(),
        unchecked_bytes: FREE_SPACE_STEP_BYTES,
        entries: 0,
    };
    tree.describe_implicit(&LayerPath::root())?;
    let mut stream = TarStream::new(Plain::new(
        archive,
        most_plain_bytes(compressed).min(layer.limits.layer_unpacked_bytes),
    ));
    while let Some(entry) = stream
        .next_entry()
        .map_err(|error| layer.unreadable(error))?
    {
        tree.count_one()?;
        tree.place(&entry, &mut stream)?;
    }
    let mut plain = stream.into_inner();
    // The digest covers what follows the archive's end, too.
    io::copy(&mut plain, &mut io::sink()).map_err(|error| layer.unreadable(error.into()))?;
    let found = plain.digest();
    if found != layer.diff_id {
        return Err(Error::corrupt(
            &layer.what,
            format!(
                "the unpacked layer's digest is {found}, the image's configuration says {}",
                layer.diff_id
            ),
        ));
    }
    tree.finish()
}

impl Layer {
    fn unreadable(&self, error: TarError) -> Error {
        match error {
            TarError::Unsupported(what) => Error::unsupported(&self.what, what),
            TarError::Malformed(_) => Error::corrupt(&self.what, error),
            TarError::Read(error) => Error::corrupt(
                &self.what,
                format!("the layer's archive cannot be read: {error}"),
            ),
        }
    }

    fn refuse(&self, path: &[u8], why: impl std::fmt::Display) -> Error {
        Error::corrupt(
            &self.what,
            format!("entry '{}' is refused: {why}", shown(path)),
        )
    }
}

struct Tree<'a> {
    layer: &'a Layer,
    root: Arc<OwnedFd>,
    lower: LayeredView,
    /// The directory that was last used as a parent: entries come in order.
    cached: Option<(LayerPath, Arc<OwnedFd>)>,
    /// Times of directories are set at the end, because their entries change them.
    directory_times: DirectoryTimes,
    unchecked_bytes: u64,
    /// Entries, and directories made on the way to them.
    entries: u64,
}

impl Tree<'_> {
    /// Another file or directory is about to be made. Empty ones take room, too.
    fn count_one(&mut self) -> Result<(), Error> {
        let Limits {
            layer_entries,
            reserved_free_bytes,
            ..
        } = self.layer.limits;
        if self.entries == layer_entries {
            return Err(Error::corrupt(
                &self.layer.what,
                format!("more than {layer_entries} entries"),
            ));
        }
        if self.entries.is_multiple_of(FREE_SPACE_STEP_ENTRIES) {
            check_free_space(&self.root, &self.layer.destination, reserved_free_bytes)?;
        }
        self.entries += 1;
        Ok(())
    }

    fn place<R: Read>(&mut self, entry: &Entry, stream: &mut TarStream<R>) -> Result<(), Error> {
        let layer = self.layer;
        let path = LayerPath::parse(&entry.path).map_err(|why| layer.refuse(&entry.path, why))?;
        let Some((parent_path, name)) = path.split() else {
            return match entry.kind {
                Kind::Directory => {
                    let root = Arc::clone(&self.root);
                    self.describe_directory(&root, &path, entry)
                }
                _ => Err(layer.refuse(&entry.path, "the layer's root is not a directory")),
            };
        };
        let parent = self.parent(&parent_path)?;
        if name == OPAQUE_NAME {
            return self.mark_opaque(&parent_path);
        }
        if name.starts_with(AUFS_PREFIX) {
            return Ok(());
        }
        if let Some(hidden) = name.strip_prefix(WHITEOUT_PREFIX) {
            return self.white_out(&parent, &parent_path, hidden);
        }
        match entry.kind {
            Kind::Directory => {
                let directory = self.make_directory(&parent, &path, name)?;
                self.describe_directory(&directory, &path, entry)
            }
            Kind::File => {
                self.clear(&parent, &path, name)?;
                self.write_file(&parent, &path, name, entry, stream)
            }
            Kind::Symlink => {
                self.clear(&parent, &path, name)?;
                if entry.link.is_empty() || entry.link.contains(&0) {
                    return Err(layer.refuse(&entry.path, "a symbolic link without a target"));
                }
                self.check(
                    "create",
                    &path,
                    rustix::fs::symlinkat(&*entry.link, &parent, name),
                )?;
                self.describe_name(&parent, &path, name, entry)
            }
            Kind::HardLink => self.link(&parent, &path, name, &entry.link),
            Kind::Fifo => {
                self.clear(&parent, &path, name)?;
                let mode = Mode::from_raw_mode(entry.mode);
                self.check(
                    "create",
                    &path,
                    rustix::fs::mknodat(&parent, name, FileType::Fifo, mode, 0),
                )?;
                self.describe_name(&parent, &path, name, entry)?;
                // Past the umask, and after the owner, which takes set-id bits away.
                self.check(
                    "set the mode of",
                    &path,
                    rustix::fs::chmodat(&parent, name, mode, AtFlags::empty()),
                )
            }
            Kind::Device => {
                tracing::debug!(layer = %layer.what, entry = %shown(&entry.path), "device node left out");
                Ok(())
            }
        }
    }

    /// The directory in which an entry is placed, made if the archive did not describe it.
    fn parent(&mut self, path: &LayerPath) -> Result<Arc<OwnedFd>, Error> {
        if let Some((cached, directory)) = &self.cached
            && cached == path
        {
            return Ok(Arc::clone(directory));
        }
        let directory = self.open_or_make(path)?;
        self.cached = Some((path.clone(), Arc::clone(&directory)));
        Ok(directory)
    }

    fn open_or_make(&mut self, path: &LayerPath) -> Result<Arc<OwnedFd>, Error> {
        let Some((parent_path, name)) = path.split() else {
            return Ok(Arc::clone(&self.root));
        };
        match self.open_beneath(path) {
            Ok(directory) => return Ok(Arc::new(directory)),
            // Not there, or hidden by a whiteout that this layer brought.
            Err(Errno::NOENT | Errno::NOTDIR) => {}
            Err(error) => return Err(self.failed("open", path, error)),
        }
        let parent = self.open_or_make(&parent_path)?;
        match rustix::fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => {}
            Ok(stat) if is_whiteout(&stat) => {}
            Ok(_) => {
                return Err(self.layer.refuse(
                    path.as_bytes(),
                    "it is used as a directory but is none in this layer",
                ));
            }
            Err(error) => return Err(self.failed("look at", path, error)),
        }
        self.count_one()?;
        let directory = self.make_directory(&parent, path, name)?;
        self.describe_implicit(path)?;
        Ok(directory)
    }

    fn open_beneath(&self, path: &LayerPath) -> Result<OwnedFd, Errno> {
        let path: &[u8] = match path.as_bytes() {
            b"" => b".",
            path => path,
        };
        rustix::fs::openat2(
            &self.root,
            path,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
            ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV,
        )
    }

    /// Makes the directory `name`, or takes the one that is there. In the place of a whiteout it
    /// is opaque: what the lower layers had under this name stays hidden.
    fn make_directory(
        &mut self,
        parent: &OwnedFd,
        path: &LayerPath,
        name: &[u8],
    ) -> Result<Arc<OwnedFd>, Error> {
        let mut opaque = false;
        match rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                return self.open_child(parent, path, name);
            }
            Ok(stat) => {
                opaque = is_whiteout(&stat);
                self.clear(parent, path, name)?;
            }
            Err(Errno::NOENT) => {}
            Err(error) => return Err(self.failed("look at", path, error)),
        }
        let mode = Mode::from_raw_mode(IMPLICIT_DIRECTORY_MODE);
        self.check("create", path, rustix::fs::mkdirat(parent, name, mode))?;
        let directory = self.open_child(parent, path, name)?;
        // Past the umask.
        self.check(
            "set the mode of",
            path,
            rustix::fs::fchmod(&directory, mode),
        )?;
        if opaque {
            self.set_opaque(&directory, path)?;
        }
        Ok(directory)
    }

    fn open_child(
        &self,
        parent: &OwnedFd,
        path: &LayerPath,
        name: &[u8],
    ) -> Result<Arc<OwnedFd>, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(parent, name, flags, Mode::empty());
        self.check("open", path, opened).map(Arc::new)
    }

    /// Removes what an earlier entry of this archive put under `name`, so that the last wins.
    fn clear(&mut self, parent: &OwnedFd, path: &LayerPath, name: &[u8]) -> Result<(), Error> {
        match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
            Err(Errno::NOENT) => return Ok(()),
            Err(Errno::ISDIR) => match rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR) {
                Err(Errno::NOTEMPTY) => {
                    return Err(self
                        .layer
                        .refuse(path.as_bytes(), "it replaces a directory that has entries"));
                }
                removed => self.check("remove", path, removed)?,
            },
            removed => self.check("remove", path, removed)?,
        }
        // The name may have been a way to the cached directory.
        self.cached = None;
        Ok(())
    }

    fn write_file<R: Read>(
        &mut self,
        parent: &OwnedFd,
        path: &LayerPath,
        name: &[u8],
        entry: &Entry,
        stream: &mut TarStream<R>,
    ) -> Result<(), Error> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(parent, name, flags, Mode::RUSR | Mode::WUSR);
        let mut file = File::from(self.check("create", path, opened)?);
        let mut buffer = vec![0; COPY_BUFFER_BYTES];
        loop {
            let read = stream
                .read_body(&mut buffer)
                .map_err(|error| self.layer.unreadable(error))?;
            if read == 0 {
                break;
            }
            self.unchecked_bytes += read as u64;
            if self.unchecked_bytes >= FREE_SPACE_STEP_BYTES {
                self.unchecked_bytes = 0;
                let reserved = self.layer.limits.reserved_free_bytes;
                check_free_space(&file, &self.layer.destination, reserved)?;
            }
            file.write_all(buffer.get(..read).unwrap_or_default())
                .map_err(Error::storage("write", &self.on_disk(path)))?;
        }
        let file = OwnedFd::from(file);
        self.describe(&file, path, entry)?;
        let times = rustix::fs::futimens(&file, &times(entry));
        self.check("set the time of", path, times)
    }

    fn link(
        &mut self,
        parent: &OwnedFd,
        path: &LayerPath,
        name: &[u8],
        target: &[u8],
    ) -> Result<(), Error> {
        let layer = self.layer;
        let refuse = |why: &dyn std::fmt::Display| {
            layer.refuse(
                path.as_bytes(),
                format!("a hard link to '{}': {why}", shown(target)),
            )
        };
        let target_path = LayerPath::parse(target).map_err(|why| refuse(&why))?;
        if target_path == *path {
            return Ok(());
        }
        let Some((target_parent, target_name)) = target_path.split() else {
            return Err(refuse(&"it is the layer's root"));
        };
        let missing = "there is no such file in this layer";
        let target_parent = match self.open_beneath(&target_parent) {
            Ok(directory) => directory,
            Err(Errno::NOENT | Errno::NOTDIR) => return Err(refuse(&missing)),
            Err(error) => return Err(self.failed("open", &target_parent, error)),
        };
        match rustix::fs::statat(&target_parent, target_name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Err(refuse(&missing)),
            Ok(stat) if is_whiteout(&stat) => return Err(refuse(&missing)),
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                return Err(refuse(&"it is a directory"));
            }
            found => self.check("look at", &target_path, found)?,
        };
        self.clear(parent, path, name)?;
        // Without AT_SYMLINK_FOLLOW a link to a symbolic link is to the link itself.
        let linked =
            rustix::fs::linkat(&target_parent, target_name, parent, name, AtFlags::empty());
        self.check("link", path, linked)
    }

    /// `hidden` of the lower layers is gone. What this very layer has under that name stays: a
    /// whiteout only speaks of the layers beneath.
    fn white_out(
        &mut self,
        parent: &OwnedFd,
        parent_path: &LayerPath,
        hidden: &[u8],
    ) -> Result<(), Error> {
        let whiteout = [parent_path.as_bytes(), b"/", hidden].concat();
        if matches!(hidden, b"" | b"." | b"..") {
            return Err(self.layer.refuse(&whiteout, "a whiteout of no name"));
        }
        // The parent's path may be the root; the slash in front of the name then goes.
        let relative = whiteout.strip_prefix(b"/").unwrap_or(&whiteout);
        let path = LayerPath::parse(relative).map_err(|why| self.layer.refuse(relative, why))?;
        match rustix::fs::statat(parent, hidden, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                self.mark_opaque(&path)
            }
            Ok(_) => Ok(()),
            Err(Errno::NOENT) => {
                let (kind, mode) = (FileType::CharacterDevice, Mode::empty());
                let made = rustix::fs::mknodat(parent, hidden, kind, mode, 0);
                self.check("create a whiteout for", &path, made)
            }
            Err(error) => Err(self.failed("look at", &path, error)),
        }
    }

    fn mark_opaque(&mut self, path: &LayerPath) -> Result<(), Error> {
        let opened = self.open_beneath(path);
        let directory = self.check("open", path, opened)?;
        self.set_opaque(&directory, path)
    }

    fn set_opaque(&self, directory: &OwnedFd, path: &LayerPath) -> Result<(), Error> {
        let set = rustix::fs::fsetxattr(directory, OPAQUE_XATTR, b"y", XattrFlags::empty());
        self.check("make opaque", path, set)
    }

    /// A directory that the archive uses but does not describe looks as the highest lower layer
    /// has it; otherwise its being here would change `/tmp` or `/root` for the container.
    fn describe_implicit(&mut self, path: &LayerPath) -> Result<(), Error> {
        let below = self
            .lower
            .directory(path)
            .map_err(Error::storage("look beneath at", &self.on_disk(path)))?;
        let opened = self.open_beneath(path);
        let directory = self.check("open", path, opened)?;
        let Some(below) = below else {
            let mode = Mode::from_raw_mode(IMPLICIT_DIRECTORY_MODE);
            return self.check(
                "set the mode of",
                path,
                rustix::fs::fchmod(&directory, mode),
            );
        };
        let stat = self.check("look beneath at", path, rustix::fs::fstat(&below))?;
        let entry = Entry {
            kind: Kind::Directory,
            path: Vec::new(),
            link: Vec::new(),
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
            mtime_seconds: stat.st_mtime,
            mtime_nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
            xattrs: Vec::new(),
        };
        self.describe_directory(&directory, path, &entry)
    }

    fn describe_directory(
        &mut self,
        directory: &OwnedFd,
        path: &LayerPath,
        entry: &Entry,
    ) -> Result<(), Error> {
        self.describe(directory, path, entry)?;
        if self.directory_times.note(path, times(entry)) {
            return Ok(());
        }
        Err(self.layer.refuse(
            path.as_bytes(),
            "its directories have too many and too long paths for this node's memory",
        ))
    }

    /// Owner, then mode and attributes: changing the owner takes set-id bits and capabilities.
    fn describe(&self, file: &OwnedFd, path: &LayerPath, entry: &Entry) -> Result<(), Error> {
        let (uid, gid) = (Uid::from_raw(entry.uid), Gid::from_raw(entry.gid));
        let owned = rustix::fs::fchown(file, Some(uid), Some(gid));
        self.check("set the owner of", path, owned)?;
        let moded = rustix::fs::fchmod(file, Mode::from_raw_mode(entry.mode));
        self.check("set the mode of", path, moded)?;
        for (name, value) in &entry.xattrs {
            match attribute(name) {
                Attribute::Keep => {
                    let set = rustix::fs::fsetxattr(file, &**name, value, XattrFlags::empty());
                    self.check("set an extended attribute of", path, set)?;
                }
                Attribute::Drop => {}
                Attribute::Refuse => {
                    return Err(self.layer.refuse(
                        path.as_bytes(),
                        format!("extended attribute '{}' is overlayfs's own", shown(name)),
                    ));
                }
            }
        }
        Ok(())
    }

    /// The same for what cannot be opened: links and FIFOs.
    fn describe_name(
        &self,
        parent: &OwnedFd,
        path: &LayerPath,
        name: &[u8],
        entry: &Entry,
    ) -> Result<(), Error> {
        let (uid, gid) = (Uid::from_raw(entry.uid), Gid::from_raw(entry.gid));
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        let owned = rustix::fs::chownat(parent, name, Some(uid), Some(gid), flags);
        self.check("set the owner of", path, owned)?;
        let timed = rustix::fs::utimensat(parent, name, &times(entry), flags);
        self.check("set the time of", path, timed)
    }

    fn finish(self) -> Result<(), Error> {
        for (path, times) in self.directory_times.iter() {
            match self.open_beneath(path) {
                Ok(directory) => {
                    let set = rustix::fs::futimens(&directory, times);
                    self.check("set the time of", path, set)?;
                }
                // A later entry took its place.
                Err(Errno::NOENT | Errno::NOTDIR) => {}
                Err(error) => return Err(self.failed("open", path, error)),
            }
        }
        rustix::fs::syncfs(&self.root)
            .map_err(|error| Error::storage("sync", &self.layer.destination)(error.into()))
    }

    fn on_disk(&self, path: &LayerPath) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        let relative = Path::new(std::ffi::OsStr::from_bytes(path.as_bytes()));
        self.layer.destination.join(relative)
    }

    fn check<T>(
        &self,
        action: &'static str,
        path: &LayerPath,
        result: Result<T, Errno>,
    ) -> Result<T, Error> {
        result.map_err(|error| self.failed(action, path, error))
    }

    /// Tells what the archive does wrong from what the disk does wrong.
    fn failed(&self, action: &'static str, path: &LayerPath, error: Errno) -> Error {
        let why = match error {
            Errno::XDEV => "it leads outside the layer",
            Errno::LOOP => "it leads through too many symbolic links",
            Errno::NOTDIR => "it leads through something that is not a directory",
            Errno::NAMETOOLONG => "its name is too long",
            _ => return Error::storage(action, &self.on_disk(path))(error.into()),
        };
        self.layer.refuse(path.as_bytes(), why)
    }
}

enum Attribute {
    Keep,
    Drop,
    Refuse,
}

/// What containers use is kept: capabilities, access lists, users' own attributes. Labels of
/// other security modules belong to the machine that made the image.
fn attribute(name: &[u8]) -> Attribute {
    match name {
        b"security.capability" | b"system.posix_acl_access" | b"system.posix_acl_default" => {
            Attribute::Keep
        }
        overlay
            if overlay.starts_with(b"trusted.overlay.")
                || overlay.starts_with(b"user.overlay.") =>
        {
            Attribute::Refuse
        }
        user if user.starts_with(b"user.") && !user.contains(&0) => Attribute::Keep,
        _ => Attribute::Drop,
    }
}

fn times(entry: &Entry) -> Timestamps {
    let time = Timespec {
        tv_sec: entry.mtime_seconds,
        tv_nsec: entry.mtime_nanoseconds.into(),
    };
    Timestamps {
        last_access: time,
        last_modification: time,
    }
}
