//! Who has which address and ports of the bridge network, as files: nobody but this node knows.
//!
//! A file for each container, named by its address, and written before the kernel is told. They are of one
//! boot: namespaces end with it, and with them whatever had these addresses.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Error, Ipv4Cidr, PublishedPort};

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
const NETWORK_FILE: &str = "network.json";
/// Far above a container with a thousand ports.
const RECORD_MAX_BYTES: u64 = 1024 * 1024;

/// A container's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) owner_id: String,
    pub(super) address: Ipv4Addr,
    pub(super) ports: Vec<PublishedPort>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct NetworkRecord {
    block: Ipv4Cidr,
    boot_id: String,
}

/// The files, and what they say.
pub(super) struct BridgeRecords {
    folder: PathBuf,
    block: Option<Ipv4Cidr>,
    /// By their owners.
    places: BTreeMap<String, Place>,
}

impl BridgeRecords {
    /// Reads the records in `folder`, which may not be there. Those of an earlier boot are removed.
    pub(super) fn open(folder: PathBuf) -> Result<Self, Error> {
        let mut records = Self {
            folder,
            block: None,
            places: BTreeMap::new(),
        };
        let path = records.folder.join(NETWORK_FILE);
        let network: Option<NetworkRecord> = match read(&path) {
            Ok(network) => Some(network),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(records),
            // Within one boot it is whole or not there; a power cut can leave it empty.
            Err(error) if is_unreadable(&error) => None,
            Err(error) => return Err(failed("read", &path)(error)),
        };
        let boot_id = boot_id()?;
        let Some(network) = network.filter(|network| network.boot_id == boot_id) else {
            records.clear()?;
            return Ok(records);
        };
        records.block = Some(network.block);
        let list = || failed("list", &records.folder);
        for entry in std::fs::read_dir(&records.folder).map_err(list())? {
            let path = entry.map_err(list())?.path();
            let is_place = path
                .extension()
                .is_some_and(|extension| extension == "json")
                && path.file_name().is_some_and(|name| name != NETWORK_FILE);
            if is_place {
                let place: Place = read(&path).map_err(failed("read", &path))?;
                records.places.insert(place.owner_id.clone(), place);
            }
        }
        Ok(records)
    }

    /// The network's block, once it is chosen.
    pub(super) fn block(&self) -> Option<Ipv4Cidr> {
        self.block
    }

    pub(super) fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    pub(super) fn choose(&mut self, block: Ipv4Cidr) -> Result<(), Error> {
        std::fs::create_dir_all(&self.folder).map_err(failed("make the folder", &self.folder))?;
        let boot_id = boot_id()?;
        write(
            &self.folder.join(NETWORK_FILE),
            &NetworkRecord { block, boot_id },
        )?;
        self.block = Some(block);
        Ok(())
    }

    pub(super) fn put(&mut self, place: Place) -> Result<(), Error> {
        write(&self.path(place.address), &place)?;
        self.places.insert(place.owner_id.clone(), place);
        Ok(())
    }

    pub(super) fn remove(&mut self, owner_id: &str) -> Result<(), Error> {
        let Some(place) = self.places.get(owner_id) else {
            return Ok(());
        };
        let path = self.path(place.address);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove", &path)(error));
            }
            _ => {}
        }
        self.places.remove(owner_id);
        Ok(())
    }

    /// Removes all.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove", &self.folder)(error));
            }
            _ => {}
        }
        self.block = None;
        self.places.clear();
        Ok(())
    }

    fn path(&self, address: Ipv4Addr) -> PathBuf {
        self.folder.join(format!("{address}.json"))
    }
}

/// serde_json tells of a malformed or cut text in these two ways.
fn is_unreadable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

fn boot_id() -> Result<String, Error> {
    let path = Path::new(BOOT_ID);
    std::fs::read_to_string(path).map_err(failed("read", path))
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    if std::fs::metadata(path)?.len() > RECORD_MAX_BYTES {
        return Err(io::Error::other("it is larger than any record of ours"));
    }
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// Aside and renamed, so that no crash leaves half a file. Not synced: nothing outlives the boot.
fn write<T: Serialize>(path: &Path, record: &T) -> Result<(), Error> {
    let aside = path.with_extension("new");
    let write = || -> io::Result<()> {
        std::fs::write(&aside, serde_json::to_vec(record)?)?;
        std::fs::rename(&aside, path)
    };
    write().map_err(failed("write", path))
}

fn failed(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File {
        attempt,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    fn place(owner_id: &str, last: u8) -> Place {
        Place {
            owner_id: owner_id.to_owned(),
            address: Ipv4Addr::new(172, 17, 0, last),
            ports: vec![PublishedPort {
                container_port: 80,
                host_port: 8_080,
                length: 1,
                protocol: Protocol::Tcp,
            }],
        }
    }

    #[test]
    fn what_is_written_is_read_by_the_next_process() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("bridge");
        let mut records = BridgeRecords::open(folder.clone()).unwrap();
        assert!(!folder.exists(), "nothing is made before it is needed");
        records.choose("172.17.0.0/20".parse().unwrap()).unwrap();
        records.put(place("a/web", 4)).unwrap();
        records.put(place("b/web", 5)).unwrap();
        records.remove("b/web").unwrap();
        let read = BridgeRecords::open(folder.clone()).unwrap();
        assert_eq!(read.block(), Some("172.17.0.0/20".parse().unwrap()));
        assert_eq!(read.places(), records.places());
        assert_eq!(read.places().len(), 1);

        // Another boot.
        let path = folder.join(NETWORK_FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        let boot = boot_id().unwrap();
        std::fs::write(&path, text.replace(boot.trim(), "another")).unwrap();
        let read = BridgeRecords::open(folder.clone()).unwrap();
        assert_eq!((read.block(), read.places().len()), (None, 0));
        assert!(!folder.exists());

        // A power cut.
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&path, "").unwrap();
        assert_eq!(BridgeRecords::open(folder.clone()).unwrap().block(), None);
        assert!(!folder.exists());
    }
}
