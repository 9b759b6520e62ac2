//! What is mounted below a folder, and how it is taken away.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::mount::{UnmountFlags, unmount};

use crate::RuntimeError;

/// Field 5 of a line of proc_pid_mountinfo(5).
const MOUNT_POINT: usize = 4;

/// Unmounts everything at and below `folder`, the latest first. Nothing mounted is no error.
pub(crate) fn unmount_beneath(folder: &Path) -> Result<(), RuntimeError> {
    let folder = match fs::canonicalize(folder) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(RuntimeError::io("find", folder)(source)),
    };
    let table = Path::new("/proc/self/mountinfo");
    let text = fs::read_to_string(table).map_err(RuntimeError::io("read", table))?;
    for mount in mount_points(&text).iter().rev() {
        if mount.starts_with(&folder) {
            match unmount(mount, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
                // Not (any longer) a mount point.
                Ok(()) | Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => {}
                Err(error) => return Err(RuntimeError::os("unmount", mount)(error)),
            }
        }
    }
    Ok(())
}

/// Removes a folder and what is in it, after unmounting what is mounted there. None there is no
/// error.
pub(crate) fn remove_folder(folder: &Path) -> Result<(), RuntimeError> {
    unmount_beneath(folder)?;
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(RuntimeError::io("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

/// The mount points of a mountinfo table, in its order.
pub(crate) fn mount_points(mountinfo: &str) -> Vec<PathBuf> {
    mountinfo
        .lines()
        .filter_map(|line| line.split(' ').nth(MOUNT_POINT))
        .map(unescape)
        .collect()
}

/// Undoes the kernel's octal escapes: `\040` for a blank.
pub(crate) fn unescape(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'\\'
            && let Some((digits, after)) = tail.split_first_chunk::<3>()
            && let Ok(digits) = std::str::from_utf8(digits)
            && let Ok(byte) = u8::from_str_radix(digits, 8)
        {
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_with_their_escapes() {
        let text = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
                    40 27 0:30 / /a\\040b\\134c rw shared:1 - ext4 /dev/vda rw\n";
        assert_eq!(
            mount_points(text),
            [PathBuf::from("/proc"), PathBuf::from("/a b\\c")]
        );
    }
}
