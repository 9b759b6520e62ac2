//! A folder mounted once more, read-only, with its owners shifted into a user namespace
//! (mount_setattr(2), Linux 5.12; as an overlay's lower layer, Linux 5.19).

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};

use crate::RuntimeError;

/// linux/mount.h.
const MOUNT_ATTR_RDONLY: u64 = 0x1;
/// linux/mount.h.
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

/// `struct mount_attr` of linux/mount.h in its first published size.
#[repr(C)]
struct MountAttr {
    attr_set: u64,
    attr_clr: u64,
    propagation: u64,
    userns_fd: u64,
}

/// Mounts `source` at `target` with ids mapped as `namespace` maps them. Nothing is mounted when
/// it fails.
pub(super) fn mount_mapped(
    source: &Path,
    target: &Path,
    namespace: &OwnedFd,
) -> Result<(), RuntimeError> {
    let tree = open_tree(
        CWD,
        source,
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC,
    )
    .map_err(RuntimeError::os("clone the mount of", source))?;
    let attributes = MountAttr {
        attr_set: MOUNT_ATTR_RDONLY | MOUNT_ATTR_IDMAP,
        attr_clr: 0,
        propagation: 0,
        // Descriptors are never negative.
        userns_fd: u64::try_from(namespace.as_raw_fd()).unwrap_or_default(),
    };
    // SAFETY: the path is a NUL-terminated literal, the attributes are a live struct of the size
    // given, and both descriptors are open. Needed: no crate in use here wraps the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            &raw const attributes,
            size_of::<MountAttr>(),
        )
    };
    if result < 0 {
        let error = std::io::Error::last_os_error();
        return Err(RuntimeError::io("map the owners of", source)(error));
    }
    move_mount(
        &tree,
        "",
        CWD,
        target,
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
    )
    .map_err(RuntimeError::os("mount a layer at", target))
}
