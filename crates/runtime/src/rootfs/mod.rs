//! A container's root file system: an overlay of the image's layers and a folder of its own.

mod idmap;

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, open};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::mounts::unmount_beneath;
use crate::{RuntimeError, USER_NAMESPACE_FIRST_ID};

/// The most layers of an image: what Docker allows. The names of so many descriptors fit the
/// 4096 bytes that mount(2) takes as options.
const MAX_LAYERS: usize = 127;

const ROOTFS: &str = "rootfs";
const UPPER: &str = "upper";
const WORK: &str = "work";
const LOWER: &str = "lower";

/// Mounts `layers` (lowest first) below `folder` and returns the path of the root; what is written
/// goes below `writable`. With a user namespace, what
/// belongs to root in a layer belongs to the namespace's root in the container: the layers
/// themselves are shared and not changed. May block.
pub(crate) fn prepare(
    folder: &Path,
    writable: &Path,
    layers: &[PathBuf],
    user_namespace: Option<&Path>,
) -> Result<PathBuf, RuntimeError> {
    if layers.len() > MAX_LAYERS {
        return Err(RuntimeError::Unsupported {
            what: format!("an image of {} layers; at most {MAX_LAYERS}", layers.len()),
        });
    }
    // After a crash half-way, from the start.
    unmount_beneath(folder)?;
    let make_in = |place: &Path, name: &str| {
        let path = place.join(name);
        fs::create_dir_all(&path).map_err(RuntimeError::io("make", &path))?;
        Ok::<_, RuntimeError>(path)
    };
    let make = |name| make_in(folder, name);
    let (rootfs, lower) = (make(ROOTFS)?, make(LOWER)?);
    let (upper, work) = (make_in(writable, UPPER)?, make_in(writable, WORK)?);
    let empty = make("lower/empty")?;
    let layers = if layers.is_empty() {
        std::slice::from_ref(&empty)
    } else {
        layers
    };
    // The upper folder's own attributes are the root's in the container.
    let top = layers.last().unwrap_or(&empty);
    let mode = fs::metadata(top)
        .map_err(RuntimeError::io("read the layer", top))?
        .mode();
    let owner = user_namespace.map(|_| USER_NAMESPACE_FIRST_ID);
    for path in [&upper, &work] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7777))
            .map_err(RuntimeError::io("set the mode of", path))?;
        chown(path, owner, owner).map_err(RuntimeError::io("give away", path))?;
    }
    let mapping = user_namespace.map(open_file).transpose()?;
    let mut mapped = Vec::new();
    let mut descriptors = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        descriptors.push(match &mapping {
            None => open_folder(layer)?,
            Some(namespace) => {
                // Kernels before 6.15 overlay nothing that is mounted nowhere.
                let place = lower.join(index.to_string());
                fs::create_dir_all(&place).map_err(RuntimeError::io("make", &place))?;
                idmap::mount_mapped(layer, &place, namespace)?;
                let descriptor = open_folder(&place)?;
                mapped.push(place);
                descriptor
            }
        });
    }
    let (upper, work) = (open_folder(&upper)?, open_folder(&work)?);
    // By descriptor, since paths would have to be escaped and 127 of them do not fit.
    let name = |descriptor: &OwnedFd| format!("/proc/self/fd/{}", descriptor.as_raw_fd());
    let lowers: Vec<String> = descriptors.iter().rev().map(name).collect();
    let options = format!(
        "lowerdir={},upperdir={},workdir={}",
        lowers.join(":"),
        name(&upper),
        name(&work)
    );
    mount(
        "overlay",
        &rootfs,
        "overlay",
        MountFlags::empty(),
        Some(
            std::ffi::CString::new(options)
                .unwrap_or_default()
                .as_c_str(),
        ),
    )
    .map_err(RuntimeError::os("mount the root file system at", &rootfs))?;
    drop(descriptors);
    // The overlay holds them by itself.
    for place in mapped {
        unmount(&place, UnmountFlags::DETACH).map_err(RuntimeError::os("unmount", &place))?;
    }
    let _ = fs::remove_dir_all(&lower);
    Ok(rootfs)
}

fn open_folder(path: &Path) -> Result<OwnedFd, RuntimeError> {
    open(
        path,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(RuntimeError::os("open", path))
}

fn open_file(path: &Path) -> Result<OwnedFd, RuntimeError> {
    rustix::fs::openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .map_err(RuntimeError::os("open", path))
}
