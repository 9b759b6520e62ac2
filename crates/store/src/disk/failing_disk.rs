//! A disk that stalls, fails, or loses its power, put under the store by the tests in
//! `failures.rs`.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use ambient::SystemClock;
use redb::StorageBackend;

use super::file::builder;
use super::{OpenDatabase, RedbStore};
use crate::StoreError;

/// A bound on waiting for what must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The piece that a disk writes wholly or not at all.
const SECTOR_BYTES: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing fails.
    None,
    /// After this many more operations that change the disk, one fails, or all from there on.
    After { operations: u32, for_ever: bool },
}

#[derive(Debug)]
pub(super) struct Platter {
    /// What reads give.
    seen: Vec<u8>,
    /// What a loss of power leaves for sure.
    synced: Vec<u8>,
    /// What was written since the last sync.
    unsynced: Vec<(usize, Vec<u8>)>,
    pub(super) syncs: u32,
    pub(super) fault: Fault,
    stalled: bool,
    /// Someone is held up by the stall.
    waiting: bool,
}

impl Platter {
    /// Counts one operation that changes the disk.
    fn operate(&mut self) -> io::Result<()> {
        match &mut self.fault {
            Fault::None => Ok(()),
            Fault::After {
                operations: 0,
                for_ever,
            } => {
                if !*for_ever {
                    self.fault = Fault::None;
                }
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            Fault::After { operations, .. } => {
                *operations -= 1;
                Ok(())
            }
        }
    }
}

/// A disk with one file on it, shared by those who open it again and again.
#[derive(Clone)]
pub(super) struct Disk {
    platter: Arc<(Mutex<Platter>, Condvar)>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    fn with(content: Vec<u8>) -> Self {
        let platter = Platter {
            synced: content.clone(),
            seen: content,
            unsynced: Vec::new(),
            syncs: 0,
            fault: Fault::None,
            stalled: false,
            waiting: false,
        };
        Self {
            platter: Arc::new((Mutex::new(platter), Condvar::new())),
        }
    }

    /// A disk with a new, empty store.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        drop(RedbStore::open(folder.path(), Arc::new(SystemClock)).unwrap());
        Self::with(std::fs::read(super::file::path(folder.path())).unwrap())
    }

    pub(super) fn platter(&self) -> MutexGuard<'_, Platter> {
        self.platter.0.lock().unwrap()
    }

    pub(super) fn fail(&self, fault: Fault) {
        self.platter().fault = fault;
    }

    pub(super) fn stall(&self, stalled: bool) {
        self.platter().stalled = stalled;
        self.platter.1.notify_all();
    }

    /// Waits until a sync is held up.
    pub(super) fn wait_for_stall(&self) {
        let (platter, changed) = &*self.platter;
        let (platter, _) = changed
            .wait_timeout_while(platter.lock().unwrap(), PATIENCE, |platter| {
                !platter.waiting
            })
            .unwrap();
        assert!(platter.waiting);
    }

    /// What a loss of power at this moment leaves: of what was not synced, any sectors, this
    /// many in a hundred.
    pub(super) fn lose_power(&self, moments: &mut Moments, kept_percent: u64) -> Self {
        let platter = self.platter();
        let mut left = platter.synced.clone();
        for (offset, bytes) in &platter.unsynced {
            for (index, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                if moments.below(100) >= kept_percent {
                    continue;
                }
                let start = offset + index * SECTOR_BYTES;
                let end = start + sector.len();
                if left.len() < end {
                    left.resize(end, 0);
                }
                left[start..end].copy_from_slice(sector);
            }
        }
        Self::with(left)
    }

    fn open_database(&self) -> OpenDatabase {
        let disk = self.clone();
        Arc::new(move |_: &Path| builder().create_with_backend(disk.clone()))
    }

    pub(super) fn store(&self, folder: &Path) -> Result<RedbStore, StoreError> {
        let clock = Arc::new(SystemClock);
        RedbStore::open_with(folder, clock, self.open_database())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.platter().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let platter = self.platter();
        let start = usize::try_from(offset).unwrap();
        let bytes = platter
            .seen
            .get(start..start + out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let mut platter = self.platter();
        platter.operate()?;
        let len = usize::try_from(len).unwrap();
        platter.seen.resize(len, 0);
        // A file system's journal keeps a length; shorter also takes what was beyond.
        platter.synced.resize(len, 0);
        platter
            .unsynced
            .retain(|(offset, bytes)| offset + bytes.len() <= len);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let (platter, changed) = &*self.platter;
        let mut platter = platter.lock().unwrap();
        if platter.stalled {
            platter.waiting = true;
            changed.notify_all();
            // Bounded, so that a test that fails meanwhile ends all the same.
            (platter, _) = changed
                .wait_timeout_while(platter, PATIENCE, |platter| platter.stalled)
                .unwrap();
        }
        platter.waiting = false;
        platter.operate()?;
        platter.syncs += 1;
        platter.synced = platter.seen.clone();
        platter.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut platter = self.platter();
        let start = usize::try_from(offset).unwrap();
        let whole = platter.operate();
        // A write that fails may have done its first half.
        let data = match &whole {
            Ok(()) => data,
            Err(_) => &data[..data.len() / 2],
        };
        let end = start + data.len();
        if platter.seen.len() < end {
            platter.seen.resize(end, 0);
        }
        platter.seen[start..end].copy_from_slice(data);
        platter.unsynced.push((start, data.to_vec()));
        whole
    }
}

/// A small generator (splitmix64).
pub(super) struct Moments(pub(super) u64);

impl Moments {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
