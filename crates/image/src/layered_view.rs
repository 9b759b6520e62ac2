//! Looks into a stack of unpacked layers without mounting it, as overlayfs would show them:
//! upper before lower, whiteouts hide, opaque directories do not merge, links stay inside.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::layer_path::LayerPath;

/// The mark of a directory that hides what lower layers have in its place (kernel
/// documentation, overlayfs, "whiteouts and opaque directories").
pub(crate) const OPAQUE_XATTR: &str = "trusted.overlay.opaque";
/// Symbolic links followed for one path, as in the kernel.
const MAX_LINKS: usize = 40;

/// The same directory in several layers, highest first.
type Merged = Vec<Arc<OwnedFd>>;

pub(crate) struct LayeredView {
    roots: Merged,
}

enum Step {
    Missing,
    Directory(Merged),
    Link(Vec<u8>),
    /// Something else, in this directory.
    Leaf(Arc<OwnedFd>),
}

impl LayeredView {
    /// `layers` lowest first, as everywhere outside this file.
    pub(crate) fn open(layers: &[PathBuf]) -> io::Result<Self> {
        let roots = layers
            .iter()
            .rev()
            .map(|layer| Ok(Arc::new(open_directory(CWD, layer)?)))
            .collect::<io::Result<_>>()?;
        Ok(Self { roots })
    }

    /// The directory `path` in the highest layer that has it; links are not followed.
    pub(crate) fn directory(&self, path: &LayerPath) -> io::Result<Option<Arc<OwnedFd>>> {
        let mut here = self.roots.clone();
        for name in path.components() {
            match step(&here, name)? {
                Step::Directory(next) => here = next,
                Step::Missing | Step::Link(_) | Step::Leaf(_) => return Ok(None),
            }
        }
        Ok(here.into_iter().next())
    }

    /// The regular file `path`, of which at most `limit` bytes are accepted.
    pub(crate) fn read_file(&self, path: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut todo: VecDeque<Vec<u8>> = split(path.as_bytes()).collect();
        let mut trail = vec![self.roots.clone()];
        let mut links = 0;
        while let Some(name) = todo.pop_front() {
            if name == b".." {
                // The root's parent is the root.
                if trail.len() > 1 {
                    trail.pop();
                }
                continue;
            }
            let Some(here) = trail.last() else {
                return Ok(None);
            };
            match step(here, &name)? {
                Step::Missing => return Ok(None),
                Step::Directory(next) => trail.push(next),
                Step::Link(target) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::LOOP.into());
                    }
                    if target.starts_with(b"/") {
                        trail.truncate(1);
                    }
                    for part in split(&target).rev() {
                        todo.push_front(part);
                    }
                }
                Step::Leaf(directory) if todo.is_empty() => {
                    return read_leaf(&directory, &name, limit).map(Some);
                }
                Step::Leaf(_) => return Ok(None),
            }
        }
        Err(Errno::ISDIR.into())
    }
}

/// The layers that are seen at all, lowest first: overlayfs pays no heed to the opaque mark on a
/// layer's root, so the layers beneath such a root are left out.
pub(crate) fn visible(layers: Vec<PathBuf>) -> io::Result<Vec<PathBuf>> {
    let mut first = 0;
    for (at, layer) in layers.iter().enumerate() {
        if is_opaque(&open_directory(CWD, layer)?)? {
            first = at;
        }
    }
    Ok(layers.into_iter().skip(first).collect())
}

/// A character device 0:0 says that the name does not exist.
pub(crate) fn is_whiteout(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice && stat.st_rdev == 0
}

fn split(path: &[u8]) -> impl DoubleEndedIterator<Item = Vec<u8>> {
    path.split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .map(<[u8]>::to_vec)
}

fn step(here: &Merged, name: &[u8]) -> io::Result<Step> {
    let mut merged = Vec::new();
    for directory in here {
        let stat = match rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => continue,
            stat => stat?,
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                let found = open_directory(directory, name)?;
                let opaque = is_opaque(&found)?;
                merged.push(Arc::new(found));
                if opaque {
                    break;
                }
            }
            _ if is_whiteout(&stat) || !merged.is_empty() => break,
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(directory, name, Vec::new())?;
                return Ok(Step::Link(target.into_bytes()));
            }
            _ => return Ok(Step::Leaf(Arc::clone(directory))),
        }
    }
    Ok(if merged.is_empty() {
        Step::Missing
    } else {
        Step::Directory(merged)
    })
}

fn open_directory(at: impl AsFd, path: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(at, path, flags, Mode::empty())?)
}

fn is_opaque(directory: &OwnedFd) -> io::Result<bool> {
    let mut value = [0; 1];
    match rustix::fs::fgetxattr(directory, OPAQUE_XATTR, &mut value) {
        Ok(1) => Ok(value == *b"y"),
        Ok(_) | Err(Errno::NODATA | Errno::RANGE | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn read_leaf(directory: &OwnedFd, name: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    // Not to wait on a FIFO, should the file be one.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::openat(directory, name, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {limit} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn upper_layers_win_and_links_stay_inside() {
        let folder = tempfile::tempdir().unwrap();
        let lower = folder.path().join("lower");
        let upper = folder.path().join("upper");
        fs::create_dir_all(lower.join("etc")).unwrap();
        fs::create_dir_all(lower.join("usr/share")).unwrap();
        fs::create_dir_all(upper.join("etc")).unwrap();
        fs::write(lower.join("etc/a"), "lower a").unwrap();
        fs::write(lower.join("etc/b"), "lower b").unwrap();
        fs::write(lower.join("usr/share/c"), "c").unwrap();
        fs::write(lower.join("usr/file"), "hidden").unwrap();
        fs::write(upper.join("etc/a"), "upper a").unwrap();
        symlink("/../../usr/share/../share/c", upper.join("etc/link")).unwrap();
        symlink("b", upper.join("etc/relative")).unwrap();
        symlink("loop", upper.join("etc/loop")).unwrap();
        symlink("/etc", upper.join("alias")).unwrap();
        let view = LayeredView::open(&[lower, upper]).unwrap();
        let read = |path| {
            view.read_file(path, 100)
                .map(|bytes| bytes.map(|bytes| String::from_utf8(bytes).unwrap()))
        };
        for (path, content) in [
            ("etc/a", Some("upper a")),
            ("/etc/b", Some("lower b")),
            ("etc/link", Some("c")),
            ("alias/relative", Some("lower b")),
            ("../../../etc/a", Some("upper a")),
            ("etc/a/x", None),
            ("etc/none", None),
            ("none/a", None),
        ] {
            assert_eq!(read(path).unwrap().as_deref(), content, "{path}");
        }
        assert!(read("etc").is_err());
        assert!(read("etc/loop").is_err());
        assert!(view.read_file("etc/a", 3).is_err());
    }
}
