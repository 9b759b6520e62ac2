//! Small JSON records that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

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
    if durability == Durability::Machine
        && let Some(folder) = path.parent()
    {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(ShimError::io("sync", folder))?;
    }
    Ok(())
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
