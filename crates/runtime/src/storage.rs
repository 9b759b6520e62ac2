//! A disk of a task's own: what limits the bytes that its containers write.
//!
//! A file of that size, reserved on the node's disk, with a file system of its own: neither can the
//! task write more, nor can another leave it less. Its content goes with the task, so it has
//! no journal. The loop device is the kernel's to take away, when nothing is mounted from it any more.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::FallocateFlags;

use crate::RuntimeError;
use crate::mounts::{mount_points, remove_folder};

/// What a reservation leaves of the node's disk, for images, logs and records.
const KEPT_FREE_BYTES: u64 = 1024 * 1024 * 1024;
/// Where the programs are on distributions that keep them from ordinary users' `PATH`.
const MORE_PATH: &str = ":/usr/sbin:/sbin";

/// Makes and mounts the disk, unless it is mounted already: of what an earlier attempt left half-way
/// nothing is used. May block.
pub(crate) fn prepare(file: &Path, folder: &Path, bytes: u64) -> Result<(), RuntimeError> {
    if is_mounted(folder)? {
        return Ok(());
    }
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(RuntimeError::io("remove", file)(error));
        }
        _ => {}
    }
    remove_folder(folder)?;
    fs::create_dir(folder).map_err(RuntimeError::io("make", folder))?;
    reserve(file, bytes)?;
    run(Command::new("mkfs.ext4")
        .args(["-q", "-F", "-m", "0", "-O", "^has_journal"])
        // The kernel clears tables as they are used; what was reserved stays so.
        .args(["-E", "lazy_itable_init=1,nodiscard"])
        .arg(file))?;
    run(Command::new("mount")
        .args(["-t", "ext4", "-o", "loop"])
        .arg(file)
        .arg(folder))
}

/// Whether a file system is mounted there.
fn is_mounted(folder: &Path) -> Result<bool, RuntimeError> {
    let Ok(folder) = fs::canonicalize(folder) else {
        return Ok(false);
    };
    let table = Path::new("/proc/self/mountinfo");
    let text = fs::read_to_string(table).map_err(RuntimeError::io("read", table))?;
    Ok(mount_points(&text).contains(&folder))
}

fn reserve(file: &Path, bytes: u64) -> Result<(), RuntimeError> {
    const WHAT: &str = "reserve the task's ephemeral storage in";
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(RuntimeError::io("make", file))?;
    let disk =
        rustix::fs::fstatvfs(&made).map_err(RuntimeError::os("look at the disk of", file))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < bytes.saturating_add(KEPT_FREE_BYTES) {
        let no_room = std::io::Error::new(
            std::io::ErrorKind::StorageFull,
            format!(
                "{} MiB are asked for and {} MiB are to stay free, but {} MiB are; make room on the node's disk",
                bytes >> 20,
                KEPT_FREE_BYTES >> 20,
                free >> 20
            ),
        );
        return Err(RuntimeError::io(WHAT, file)(no_room));
    }
    rustix::fs::fallocate(&made, FallocateFlags::empty(), 0, bytes)
        .map_err(RuntimeError::os(WHAT, file))
}

fn run(command: &mut Command) -> Result<(), RuntimeError> {
    let path = std::env::var("PATH").unwrap_or_default() + MORE_PATH;
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |message: String| RuntimeError::Command {
        command: format!("{name}, which ephemeralStorage needs,"),
        message,
    };
    let output = command
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                failed("it is not installed on the node (packages e2fsprogs and mount)".to_owned())
            }
            _ => failed(error.to_string()),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(format!("{message} ({})", output.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_node_has_no_room_for_is_refused_in_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("disk.img");
        let error = prepare(&file, &folder.path().join("disk"), 1 << 60).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("1099511627776 MiB are asked for"), "{text}");
        let room = fs::metadata(&file).unwrap().len();
        assert_eq!(room, 0, "nothing was reserved");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("mkfs.nobody-has-it")).unwrap_err();
        assert!(
            error.to_string().starts_with("mkfs.nobody-has-it"),
            "{error}"
        );
        assert!(error.to_string().contains("not installed"), "{error}");
    }
}
