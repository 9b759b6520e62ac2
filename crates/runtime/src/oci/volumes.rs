//! What a container sees of the host's file system besides its root: files of `/etc`, volumes,
//! folders of the host.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, StatVfsMountFlags};

use super::folders::{Folders, make_passage};
use crate::mounts::remove_folder;
use crate::spec::Bind;
use crate::{ContainerName, ContainerSpec, MountSource, RuntimeError, TaskSpec};

/// How deep an image's folder is copied into a new volume.
const MAX_DEPTH: u32 = 128;

/// All that is to be bound, made where it is missing.
pub(super) fn prepare(
    folders: &Folders,
    spec: &ContainerSpec,
    task: &TaskSpec,
    rootfs: &Path,
    root: u32,
) -> Result<Vec<Bind>, RuntimeError> {
    let mut binds = Vec::new();
    for mount in &spec.mounts {
        let source = match &mount.source {
            MountSource::TaskVolume(name) => {
                let parent = folders.volumes(task);
                volume(&parent, name, rootfs, &mount.destination, root)?
            }
            MountSource::NodeVolume(name) => {
                let parent = folders.node_volumes();
                volume(&parent, name, rootfs, &mount.destination, root)?
            }
            MountSource::Host(path) => {
                if !path.exists() {
                    // As Docker does.
                    fs::create_dir_all(path).map_err(RuntimeError::io("make", path))?;
                }
                path.clone()
            }
            MountSource::Tmpfs { .. } => continue,
        };
        let bind = Bind::new(source, &mount.destination);
        binds.push(if mount.read_only {
            read_only(bind)?
        } else {
            bind
        });
    }
    let taken: BTreeSet<&str> = spec
        .mounts
        .iter()
        .map(|mount| mount.destination.as_str())
        .collect();
    let etc = etc(folders, spec, root)?;
    binds.extend(
        etc.into_iter()
            .filter(|bind| !taken.contains(bind.destination.as_str())),
    );
    Ok(binds)
}

/// The same, not to be written.
fn read_only(bind: Bind) -> Result<Bind, RuntimeError> {
    let flags = rustix::fs::statvfs(&bind.source)
        .map_err(RuntimeError::os("look at the file system of", &bind.source))?
        .f_flag;
    let keeps = [
        (StatVfsMountFlags::NOSUID, "nosuid"),
        (StatVfsMountFlags::NODEV, "nodev"),
        (StatVfsMountFlags::NOEXEC, "noexec"),
    ];
    Ok(Bind {
        read_only: true,
        keeps: keeps
            .into_iter()
            .filter(|(flag, _)| flags.contains(*flag))
            .map(|(_, option)| option)
            .collect(),
        ..bind
    })
}

/// The files that a runtime gives a container, as Docker does; it may write them as it may its
/// root.
fn etc(folders: &Folders, spec: &ContainerSpec, root: u32) -> Result<Vec<Bind>, RuntimeError> {
    let etc = folders.container(&spec.id).join("etc");
    make_passage(&etc)?;
    let hostname = Some(format!("{}\n", spec.hostname));
    let mut binds = Vec::new();
    for (name, content) in [
        ("hostname", hostname.as_ref()),
        ("hosts", spec.hosts.as_ref()),
        ("resolv.conf", spec.resolv_conf.as_ref()),
    ] {
        let Some(content) = content else { continue };
        let path = etc.join(name);
        fs::write(&path, content)
            .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
            .map_err(RuntimeError::io("write", &path))?;
        chown(&path, Some(root), Some(root)).map_err(RuntimeError::io("give away", &path))?;
        let bind = Bind::new(path, &format!("/etc/{name}"));
        binds.push(if spec.readonly_rootfs {
            read_only(bind)?
        } else {
            bind
        });
    }
    Ok(binds)
}

/// The volume's folder below `parent`. A new one starts with what the image has at `destination`.
fn volume(
    parent: &Path,
    name: &str,
    rootfs: &Path,
    destination: &str,
    root: u32,
) -> Result<PathBuf, RuntimeError> {
    let name: ContainerName = name.parse()?;
    make_passage(parent)?;
    let path = parent.join(name.as_str());
    // Who comes while another makes it finds it made.
    let _turn = Turn::take(&path);
    if path.exists() {
        // Its mode and content belong to those who have it.
        return Ok(path);
    }
    // Dots are in no volume's name. It appears whole or not at all; what a killed agent had of it goes.
    let new = parent.join(format!(".{name}.new"));
    remove_folder(&new)?;
    let what = RuntimeError::io("make the volume", &path);
    fs::create_dir(&new)
        .and_then(|()| match image_folder(rootfs, destination)? {
            Some(image) => copy_folder(&image, &new, 0),
            None => fs::set_permissions(&new, fs::Permissions::from_mode(0o755))
                .and_then(|()| chown(&new, Some(root), Some(root))),
        })
        .map_err(what)?;
    fs::rename(&new, &path).map_err(RuntimeError::io("make the volume", &path))?;
    Ok(path)
}

/// The volumes that are being made now, and who waits for one of them. One process makes all of a node.
static MAKING: (Mutex<BTreeSet<PathBuf>>, Condvar) = (Mutex::new(BTreeSet::new()), Condvar::new());

/// The right to make one volume, until it is dropped.
struct Turn(PathBuf);

impl Turn {
    /// Waits while another has it. Blocks.
    fn take(path: &Path) -> Self {
        let making = MAKING.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut making = MAKING
            .1
            .wait_while(making, |making| making.contains(path))
            .unwrap_or_else(PoisonError::into_inner);
        making.insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let making = MAKING.0.lock();
        making
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.0);
        MAKING.1.notify_all();
    }
}

/// The image's folder at a path of its own, whatever links lead there.
fn image_folder(rootfs: &Path, destination: &str) -> io::Result<Option<PathBuf>> {
    let root = rustix::fs::openat(
        CWD,
        rootfs,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    match rustix::fs::openat2(
        &root,
        destination.trim_start_matches('/'),
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
    ) {
        Ok(folder) => {
            use std::os::fd::AsRawFd;
            // The path without the links; nothing runs in the file system yet.
            fs::read_link(format!("/proc/self/fd/{}", folder.as_raw_fd())).map(Some)
        }
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Copies what is in a folder, with owners, modes and links as they are. Files that are no data
/// (sockets, devices) are left out, as they mean nothing in another place.
fn copy_folder(from: &Path, to: &Path, depth: u32) -> io::Result<()> {
    if depth == MAX_DEPTH {
        return Err(io::Error::other("the image's folder is too deep"));
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let file = fs::symlink_metadata(&source)?;
        let kind = file.file_type();
        if kind.is_dir() {
            fs::create_dir(&target)?;
            copy_folder(&source, &target, depth + 1)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
            lchown(&target, Some(file.uid()), Some(file.gid()))?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            give_like(&target, &file)?;
        } else if kind.is_fifo() {
            rustix::fs::mknodat(CWD, &target, FileType::Fifo, Mode::empty(), 0)?;
            give_like(&target, &file)?;
        }
    }
    give_like(to, &fs::metadata(from)?)
}

/// The owner first: changing it takes set-user-id bits away.
fn give_like(path: &Path, like: &fs::Metadata) -> io::Result<()> {
    chown(path, Some(like.uid()), Some(like.gid()))?;
    fs::set_permissions(path, like.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_images_folder_is_found_in_its_root_and_copied_once() {
        let folder = tempfile::tempdir().unwrap();
        let (rootfs, volumes) = (folder.path().join("rootfs"), folder.path().join("volumes"));
        fs::create_dir_all(rootfs.join("real/sub")).unwrap();
        fs::write(rootfs.join("real/sub/file"), "hello").unwrap();
        fs::set_permissions(rootfs.join("real/sub"), fs::Permissions::from_mode(0o2750)).unwrap();
        symlink("/etc/passwd", rootfs.join("real/link")).unwrap();
        // Absolute within the image: it must not lead to the host's.
        symlink("/real", rootfs.join("data")).unwrap();
        let image = image_folder(&rootfs, "/data").unwrap().unwrap();
        assert_eq!(image, fs::canonicalize(rootfs.join("real")).unwrap());
        assert_eq!(image_folder(&rootfs, "/none/there").unwrap(), None);
        assert_eq!(image_folder(&rootfs, "/data/sub/file").unwrap(), None);
        fs::create_dir(&volumes).unwrap();
        let to = volumes.join("v");
        fs::create_dir(&to).unwrap();
        copy_folder(&image, &to, 0).unwrap();
        assert_eq!(fs::read_to_string(to.join("sub/file")).unwrap(), "hello");
        assert_eq!(
            fs::metadata(to.join("sub")).unwrap().mode() & 0o7777,
            0o2750
        );
        assert_eq!(
            fs::read_link(to.join("link")).unwrap(),
            Path::new("/etc/passwd")
        );
    }

    /// Folders are given to the namespaces' group.
    mod root {
        use super::*;

        #[test]
        fn whoever_makes_a_volume_all_find_it_whole() {
            const FILES: usize = 200;
            let folder = tempfile::tempdir().unwrap();
            let (full, empty) = (folder.path().join("full"), folder.path().join("empty"));
            fs::create_dir_all(full.join("data")).unwrap();
            fs::create_dir(&empty).unwrap();
            for number in 0..FILES {
                fs::write(full.join("data").join(number.to_string()), "x").unwrap();
            }
            for round in 0..50 {
                let parent = folder.path().join(round.to_string());
                let make = |rootfs: &Path| {
                    let made = volume(&parent, "v", rootfs, "/data", 0).unwrap();
                    fs::read_dir(made).unwrap().count()
                };
                let found = std::thread::scope(|scope| {
                    let makers =
                        [&full, &empty, &full, &empty].map(|rootfs| scope.spawn(|| make(rootfs)));
                    makers.map(|maker| maker.join().unwrap())
                });
                // Whose it is depends on who is first; all have the same.
                assert!(found == [FILES; 4] || found == [0; 4], "{found:?}");
                assert_eq!(names_in(&parent), ["v"]);
            }
        }

        fn names_in(folder: &Path) -> Vec<std::ffi::OsString> {
            let entries = fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect()
        }
    }
}
