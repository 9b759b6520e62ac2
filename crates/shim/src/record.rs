//! Small JSON records that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{CWD, FallocateFlags, RenameFlags, fallocate, renameat_with};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ShimError;

/// How far a record must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The death of any process. A reboot may lose it: for what a reboot ends anyway.
    Process,
    /// The loss of power: file and folder are synced.
    Machine,
}

/// Writes `value` as JSON under `path` (mode 0600), through a temporary file beside it.
///
/// # Errors
/// [`ShimError::Io`] when the file cannot be written or renamed.
pub fn write<T: Serialize>(
    path: &Path,
    value: &T,
    durability: Durability,
) -> Result<(), ShimError> {
    let json = serde_json::to_vec(value).map_err(|source| ShimError::Record {
        path: path.to_owned(),
        source,
    })?;
    let temporary = path.with_extension("tmp");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(ShimError::io("create", &temporary))?;
    file.write_all(&json)
        .map_err(ShimError::io("write", &temporary))?;
    if durability == Durability::Machine {
        file.sync_all().map_err(ShimError::io("sync", &temporary))?;
    }
    fs::rename(&temporary, path).map_err(ShimError::io("rename to", path))?;
    sync_folder(path, durability)
}

fn sync_folder(path: &Path, durability: Durability) -> Result<(), ShimError> {
    if durability == Durability::Machine
        && let Some(folder) = path.parent()
    {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(ShimError::io("sync", folder))?;
    }
    Ok(())
}

/// Bytes that are set aside for a record. The longest is an exit with a reason, which is bounded.
const RESERVED_BYTES: u64 = 8 * 1024;
const RESERVE: &str = "reserve";

/// Sets room aside for [`write_reserved`]. What is there already is kept.
///
/// # Errors
/// [`ShimError::Io`] when there is no room.
pub fn reserve(path: &Path) -> Result<(), ShimError> {
    let reserve = path.with_extension(RESERVE);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&reserve)
        .map_err(ShimError::io("create", &reserve))?;
    match fallocate(&file, FallocateFlags::empty(), 0, RESERVED_BYTES) {
        Err(rustix::io::Errno::OPNOTSUPP) => (&file)
            .write_all(&vec![
                b' ';
                usize::try_from(RESERVED_BYTES).unwrap_or_default()
            ])
            .map_err(ShimError::io("set room aside in", &reserve)),
        result => result.map_err(ShimError::os("set room aside in", &reserve)),
    }
}

/// As [`write`], into room that was set aside: it succeeds though the disk is full. What was there
/// before becomes the room for the next time.
///
/// # Errors
/// As [`write`].
pub fn write_reserved<T: Serialize>(
    path: &Path,
    value: &T,
    durability: Durability,
) -> Result<(), ShimError> {
    let reserve = path.with_extension(RESERVE);
    let mut json = serde_json::to_vec(value).map_err(|source| ShimError::Record {
        path: path.to_owned(),
        source,
    })?;
    let room = usize::try_from(RESERVED_BYTES).unwrap_or_default();
    let file = match OpenOptions::new().write(true).open(&reserve) {
        Ok(file) if json.len() <= room => file,
        // A shim of an earlier version set nothing aside.
        _ => return write(path, value, durability),
    };
    // Blanks behind it are none of JSON's business, and the room stays as it is.
    json.resize(room, b' ');
    file.write_all_at(&json, 0)
        .map_err(ShimError::io("write", &reserve))?;
    if durability == Durability::Machine {
        file.sync_all().map_err(ShimError::io("sync", &reserve))?;
    }
    match renameat_with(CWD, &reserve, CWD, path, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::rename(&reserve, path).map_err(ShimError::io("rename to", path))?;
        }
        Err(error) => return Err(ShimError::os("rename to", path)(error)),
    }
    sync_folder(path, durability)
}

/// Reads a record; `None` when there is none.
///
/// # Errors
/// [`ShimError::Io`] when it cannot be read, [`ShimError::Record`] when it cannot be understood.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ShimError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ShimError::io("read", path)(source)),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|source| ShimError::Record {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_set_aside_room_is_read_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exit.json");
        reserve(&path).unwrap();
        for text in ["first", "a longer second", "3"] {
            write_reserved(&path, &text, Durability::Process).unwrap();
            assert_eq!(read::<String>(&path).unwrap().as_deref(), Some(text));
        }
        // Without room, as any other.
        fs::remove_file(path.with_extension(RESERVE)).ok();
        write_reserved(&path, &"4", Durability::Machine).unwrap();
        assert_eq!(read::<String>(&path).unwrap().as_deref(), Some("4"));
    }
}
