//! The last wanted state of each VPC, as files, so that a restarted agent enforces what it did before
//! until it hears more.
//!
//! Written aside and renamed, not synced: the kernel's rules that they belong to do not survive what an
//! unsynced file does not.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, VpcState};

/// Far above a VPC of thousands of members.
const RECORD_MAX_BYTES: u64 = 64 * 1024 * 1024;

pub(super) struct Records {
    folder: PathBuf,
}

impl Records {
    /// Opens the records in `folder`, which is made, and reads them.
    pub(super) fn open(folder: &Path) -> Result<(Self, BTreeMap<String, VpcState>), Error> {
        let failed = |attempt, path: &Path| {
            let path = path.to_owned();
            move |source| Error::File {
                attempt,
                path,
                source,
            }
        };
        std::fs::create_dir_all(folder).map_err(failed("make the folder", folder))?;
        let mut states = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(failed("list", folder))? {
            let path = entry.map_err(failed("list", folder))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let state = read(&path).map_err(failed("read", &path))?;
            states.insert(state.vpc.id.clone(), state);
        }
        let folder = folder.to_owned();
        Ok((Self { folder }, states))
    }

    pub(super) fn write(&self, state: &VpcState) -> Result<(), Error> {
        let path = self.path(&state.vpc.id);
        let aside = path.with_extension("new");
        let write = || -> io::Result<()> {
            std::fs::write(&aside, serde_json::to_vec(state)?)?;
            std::fs::rename(&aside, &path)
        };
        write().map_err(|source| Error::File {
            attempt: "write",
            path: path.clone(),
            source,
        })
    }

    /// Removes a record; it may be gone.
    pub(super) fn remove(&self, vpc_id: &str) -> Result<(), Error> {
        let path = self.path(vpc_id);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::File {
                attempt: "remove",
                path,
                source,
            }),
            _ => Ok(()),
        }
    }

    fn path(&self, vpc_id: &str) -> PathBuf {
        self.folder.join(format!("{vpc_id}.json"))
    }
}

fn read(path: &Path) -> io::Result<VpcState> {
    if std::fs::metadata(path)?.len() > RECORD_MAX_BYTES {
        return Err(io::Error::other("it is larger than any record of ours"));
    }
    let state: VpcState = serde_json::from_slice(&std::fs::read(path)?)?;
    state.validate().map_err(io::Error::other)?;
    Ok(state)
}
