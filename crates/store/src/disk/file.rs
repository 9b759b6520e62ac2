//! The store's file: three redb tables, how they are created, read whole and written to.
//! When to do so is the committer's affair.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use redb::{
    Builder, Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase, ReadableTable,
    StorageError, TableDefinition, TableError,
};

use crate::draft::Effects;
use crate::state::{Lease, State};
use crate::{KeyValue, LEASE_TTL_MAX_SECONDS, LeaseId, StoreError};

/// The newest layout of the tables that this release knows, and the one it writes.
const FORMAT: u64 = 1;

/// Beyond what epochs, revisions, versions and leases come to, counted one by one. What says more was
/// not written here, and the next one might not be a number any more. etcd's revisions are int64.
pub(super) const COUNT_MAX: u64 = i64::MAX as u64;

const FILE_NAME: &str = "store.redb";
const NEW_FILE_NAME: &str = "store.redb.new";
const LOCK_FILE_NAME: &str = "lock";

/// redb's own page cache. Reads come from our memory, so it only has to hold the inner pages that
/// commits pass through.
const PAGE_CACHE_BYTES: usize = 8 * 1_024 * 1_024;

/// Single numbers, by name.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const META_FORMAT: &str = "format";
const META_EPOCH: &str = "epoch";
const META_REVISION: &str = "revision";
const META_LAST_LEASE: &str = "last_lease";
/// How often the file was opened again after an error. Its rewriting also proves that the disk
/// takes writes again.
const META_RECOVERIES: &str = "recoveries";

/// A key to its entry: [`HEADER_BYTES`] (create revision, mod revision, version, lease or 0, each
/// as a big-endian u64), then the value.
const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");
const HEADER_BYTES: usize = 32;

/// A lease to its time in milliseconds.
const LEASES: TableDefinition<'_, u64, u64> = TableDefinition::new("leases");

/// Opens the database in a file that is there. Tests put a failing disk in between.
pub(super) type OpenDatabase = Arc<dyn Fn(&Path) -> Result<Database, DatabaseError> + Send + Sync>;

/// The ordinary way to open the database.
pub(super) fn open_database() -> OpenDatabase {
    Arc::new(|path| builder().open(path))
}

pub(super) fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(PAGE_CACHE_BYTES);
    builder
}

/// Holds the data folder for this process until dropped. redb locks its file as well, but lets go
/// of it each time the file is opened again.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// Makes the folder if need be, readable for this user alone, and locks it.
pub(super) fn lock_folder(folder: &Path) -> Result<FolderLock, StoreError> {
    let make = || {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    };
    make().map_err(|error| io_error("make the folder", folder, error))?;
    let path = folder.join(LOCK_FILE_NAME);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| io_error("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked {
            folder: folder.to_owned(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(io_error("lock", &path, error)),
    }
}

/// Where the folder's store is.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Makes an empty store in the folder unless there is one, and gives its path. The file gets its
/// name only when it is whole, so that no end of this process leaves half of one.
pub(super) fn create_if_absent(
    folder: &Path,
    epoch: impl FnOnce() -> u64,
) -> Result<PathBuf, StoreError> {
    let path = path(folder);
    match path.try_exists() {
        Ok(true) => return Ok(path),
        Ok(false) => {}
        Err(error) => return Err(io_error("look for", &path, error)),
    }
    let unfinished = Unfinished::make(folder, epoch())?;
    unfinished.put_in_place(folder)?;
    Ok(path)
}

/// A store's file that has not got its name yet.
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// An empty store, in place of one that was never finished.
    pub(super) fn make(folder: &Path, epoch: u64) -> Result<Self, StoreError> {
        let path = folder.join(NEW_FILE_NAME);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| io_error("create", &path, error))?;
        let database = builder()
            .create_file(file)
            .map_err(|error| redb_error("create", &path, error))?;
        write_empty(&database, epoch).map_err(|error| redb_error("create", &path, error))?;
        Ok(Self { path })
    }

    /// Where it is until then.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file, which must be closed, its name.
    pub(super) fn put_in_place(self, folder: &Path) -> Result<(), StoreError> {
        let path = path(folder);
        let put = || {
            File::open(&self.path)?.sync_all()?;
            fs::rename(&self.path, &path)?;
            File::open(folder)?.sync_all()
        };
        put().map_err(|error| io_error("put in place", &path, error))
    }
}

fn write_empty(database: &Database, epoch: u64) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    {
        let mut meta = write.open_table(META)?;
        meta.insert(META_FORMAT, FORMAT)?;
        meta.insert(META_EPOCH, epoch)?;
        meta.insert(META_REVISION, 0)?;
        meta.insert(META_LAST_LEASE, 0)?;
        meta.insert(META_RECOVERIES, 0)?;
        write.open_table(KEYS)?;
        write.open_table(LEASES)?;
    }
    Ok(write.commit()?)
}

/// All that the file holds.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) state: State,
    pub(super) epoch: u64,
}

/// When a commit failed.
#[derive(Debug)]
pub(super) enum CommitFailure {
    /// Before redb was told to commit: nothing was applied.
    Before(redb::Error),
    /// While redb committed: all was applied, or nothing.
    During(redb::Error),
}

/// The open file.
#[derive(Debug)]
pub(super) struct StoreFile {
    database: Database,
    path: PathBuf,
}

impl StoreFile {
    pub(super) fn open(path: &Path, open: &OpenDatabase) -> Result<Self, StoreError> {
        match open(path) {
            Ok(database) => Ok(Self {
                database,
                path: path.to_owned(),
            }),
            Err(DatabaseError::DatabaseAlreadyOpen) => Err(StoreError::Locked {
                folder: path.parent().unwrap_or(path).to_owned(),
            }),
            Err(error) => Err(redb_error("open", path, error)),
        }
    }

    /// Reads everything, and refuses what cannot be true.
    pub(super) fn load(&self) -> Result<Loaded, StoreError> {
        let read = self
            .database
            .begin_read()
            .map_err(|error| redb_error("read", &self.path, error))?;
        let meta = self.load_meta(&read)?;
        for (what, number) in [
            ("epoch", meta.epoch),
            ("revision", meta.revision),
            ("last lease", meta.last_lease),
        ] {
            if number > COUNT_MAX {
                return Err(self.corrupt(format!("no store comes to the {what} {number}")));
            }
        }
        let mut state = State {
            revision: meta.revision,
            last_lease: meta.last_lease,
            ..State::default()
        };
        let leases = self.table(read.open_table(LEASES))?;
        for row in self.read(leases.iter())? {
            let (id, ttl) = self.read(row)?;
            let (id, ttl) = (LeaseId(id.value()), Duration::from_millis(ttl.value()));
            if id.0 > meta.last_lease || ttl > Duration::from_secs(LEASE_TTL_MAX_SECONDS) {
                return Err(self.corrupt(format!("no lease {id} of {ttl:?} was granted")));
            }
            let keys = Default::default();
            state.leases.insert(id, Lease { ttl, keys });
        }
        let keys = self.table(read.open_table(KEYS))?;
        for row in self.read(keys.iter())? {
            let (key, entry) = self.read(row)?;
            let key = Bytes::copy_from_slice(key.value());
            let kv = decode(&key, entry.value())
                .ok_or_else(|| self.corrupt(format!("the entry of {key:?} is cut short")))?;
            if kv.mod_revision > state.revision {
                return Err(self.corrupt(format!(
                    "{key:?} has revision {}, but the store is at {}",
                    kv.mod_revision, state.revision
                )));
            }
            if kv.create_revision > kv.mod_revision || kv.version > COUNT_MAX {
                return Err(self.corrupt(format!(
                    "{key:?} cannot have been made at {} and be at its version {}",
                    kv.create_revision, kv.version
                )));
            }
            if let Some(lease) = kv.lease
                && !state.leases.contains_key(&lease)
            {
                return Err(self.corrupt(format!("{key:?} has lease {lease}, which is not there")));
            }
            state.set(&key, Some(kv));
        }
        Ok(Loaded {
            state,
            epoch: meta.epoch,
        })
    }

    /// Writes a batch durably: one commit, one sync.
    pub(super) fn commit(&self, effects: &Effects) -> Result<(), CommitFailure> {
        let write = self.draft(effects).map_err(CommitFailure::Before)?;
        write
            .commit()
            .map_err(|error| CommitFailure::During(error.into()))
    }

    fn draft(&self, effects: &Effects) -> Result<redb::WriteTransaction, redb::Error> {
        let mut write = self.database.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        {
            let mut keys = write.open_table(KEYS)?;
            for (key, entry) in &effects.keys {
                match entry {
                    Some(kv) => keys.insert(key.as_ref(), encode(kv).as_slice())?,
                    None => keys.remove(key.as_ref())?,
                };
            }
            let mut leases = write.open_table(LEASES)?;
            for (id, ttl) in &effects.leases {
                match ttl {
                    Some(ttl) => {
                        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
                        leases.insert(id.0, millis)?
                    }
                    None => leases.remove(id.0)?,
                };
            }
            let mut meta = write.open_table(META)?;
            meta.insert(META_REVISION, effects.revision)?;
            meta.insert(META_LAST_LEASE, effects.last_lease)?;
        }
        Ok(write)
    }

    /// Writes what comes of a backup.
    pub(super) fn write_restored(&self, effects: &Effects) -> Result<(), StoreError> {
        self.commit(effects).map_err(|failure| match failure {
            CommitFailure::Before(error) | CommitFailure::During(error) => {
                redb_error("write", &self.path, error)
            }
        })
    }

    /// Counts a recovery: a real write, which proves that the disk takes writes again.
    pub(super) fn count_recovery(&self) -> Result<u64, StoreError> {
        self.change_meta(META_RECOVERIES, |count| count + 1)
    }

    fn change_meta(&self, name: &str, change: impl FnOnce(u64) -> u64) -> Result<u64, StoreError> {
        let run = || -> Result<u64, redb::Error> {
            let mut write = self.database.begin_write()?;
            write.set_durability(Durability::Immediate)?;
            let new = {
                let mut meta = write.open_table(META)?;
                let old = meta.get(name)?.map_or(0, |number| number.value());
                let new = change(old);
                meta.insert(name, new)?;
                new
            };
            write.commit()?;
            Ok(new)
        };
        run().map_err(|error| redb_error("write", &self.path, error))
    }

    fn load_meta(&self, read: &ReadTransaction) -> Result<Meta, StoreError> {
        let table = self.table(read.open_table(META))?;
        let number = |name: &str| -> Result<u64, StoreError> {
            self.read(table.get(name))?
                .map(|number| number.value())
                .ok_or_else(|| self.corrupt(format!("it does not say its {name}")))
        };
        let format = number(META_FORMAT)?;
        if format > FORMAT {
            return Err(StoreError::NewerFormat {
                path: self.path.clone(),
                found: format,
                known: FORMAT,
            });
        }
        Ok(Meta {
            epoch: number(META_EPOCH)?,
            revision: number(META_REVISION)?,
            last_lease: number(META_LAST_LEASE)?,
        })
    }

    /// Every table was made with the file, so one that is not there, or is not what it was, is
    /// damage.
    fn table<T>(&self, table: Result<T, TableError>) -> Result<T, StoreError> {
        table.map_err(|error| match error {
            TableError::Storage(error) => redb_error("read", &self.path, error),
            error => self.corrupt(error.to_string()),
        })
    }

    fn read<T>(&self, read: Result<T, StorageError>) -> Result<T, StoreError> {
        read.map_err(|error| redb_error("read", &self.path, error))
    }

    pub(super) fn corrupt(&self, detail: String) -> StoreError {
        StoreError::Corrupt {
            path: self.path.clone(),
            detail,
        }
    }
}

struct Meta {
    epoch: u64,
    revision: u64,
    last_lease: u64,
}

pub(super) fn encode(kv: &KeyValue) -> Vec<u8> {
    let mut entry = Vec::with_capacity(HEADER_BYTES + kv.value.len());
    let lease = kv.lease.map_or(0, |lease| lease.0);
    for number in [kv.create_revision, kv.mod_revision, kv.version, lease] {
        entry.extend_from_slice(&number.to_be_bytes());
    }
    entry.extend_from_slice(&kv.value);
    entry
}

pub(super) fn decode(key: &Bytes, entry: &[u8]) -> Option<KeyValue> {
    let (header, value) = entry.split_first_chunk::<HEADER_BYTES>()?;
    let (numbers, _) = header.as_chunks::<8>();
    let [create_revision, mod_revision, version, lease] = *numbers else {
        return None;
    };
    let lease = u64::from_be_bytes(lease);
    Some(KeyValue {
        key: key.clone(),
        value: Bytes::copy_from_slice(value),
        create_revision: u64::from_be_bytes(create_revision),
        mod_revision: u64::from_be_bytes(mod_revision),
        version: u64::from_be_bytes(version),
        lease: (lease != 0).then_some(LeaseId(lease)),
    })
}

fn io_error(action: &'static str, path: &Path, error: io::Error) -> StoreError {
    StoreError::Io {
        action,
        path: path.to_owned(),
        source: Arc::new(error),
    }
}

pub(super) fn redb_error(
    action: &'static str,
    path: &Path,
    error: impl Into<redb::Error>,
) -> StoreError {
    match error.into() {
        redb::Error::Corrupted(detail) => StoreError::Corrupt {
            path: path.to_owned(),
            detail,
        },
        error => StoreError::Io {
            action,
            path: path.to_owned(),
            source: Arc::new(error),
        },
    }
}
