//! All that a store holds at one revision, as a stream of bytes: what a backup keeps.
//!
//! The stream, with numbers as big-endian u64 unless said otherwise: [`MAGIC`]; epoch, revision,
//! last lease, number of leases, number of keys; each lease as id and milliseconds; each key as
//! its length (u32), the key, the entry's length (u32), the entry as the file has it; the SHA-256
//! of all of that.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::file::{self, StoreFile};
use super::new_epoch;
use crate::draft::Effects;
use crate::state::State;
use crate::{LeaseId, Revision, StoreError};

/// The first bytes of a stream, with the number of the format that this release reads and writes.
const MAGIC: &[u8; 26] = b"longshore store snapshot 1";
/// Bytes of a SHA-256.
const SUM_BYTES: usize = 32;
/// The longest key or entry that a stream may hold. What was written lies far below: a
/// transaction has at most [`crate::TXN_MAX_BYTES`].
const PART_MAX_BYTES: usize = 16 * 1024 * 1024;
/// How many keys are written to a new store in one commit.
const COMMIT_KEYS: usize = 10_000;

/// All that a store held at one revision. Taking one copies no values and holds nobody up.
pub struct Snapshot {
    pub(super) state: State,
    pub(super) epoch: u64,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("epoch", &self.epoch)
            .field("revision", &self.state.revision)
            .field("keys", &self.state.keys.len())
            .finish()
    }
}

impl Snapshot {
    /// The revision that it shows.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.state.revision
    }

    /// Writes the stream. Values may be secrets: whoever can read it can do what the store's owner can.
    ///
    /// # Errors
    /// What `to` answers.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut to = Summing::new(to);
        to.write_all(MAGIC)?;
        let state = &self.state;
        let counts = [state.leases.len(), state.keys.len()]
            .map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        for number in [self.epoch, state.revision, state.last_lease]
            .into_iter()
            .chain(counts)
        {
            to.write_all(&number.to_be_bytes())?;
        }
        for (id, lease) in &state.leases {
            let millis = u64::try_from(lease.ttl.as_millis()).unwrap_or(u64::MAX);
            to.write_all(&id.0.to_be_bytes())?;
            to.write_all(&millis.to_be_bytes())?;
        }
        for kv in state.keys.values() {
            for part in [kv.key.as_ref(), file::encode(kv).as_slice()] {
                let length = u32::try_from(part.len()).map_err(io::Error::other)?;
                to.write_all(&length.to_be_bytes())?;
                to.write_all(part)?;
            }
        }
        to.end()
    }
}

/// Makes a store in `folder` of a stream that [`Snapshot::write`] wrote, and gives its revision. Its
/// epoch is higher than that of any store before it, so that whoever heard from one can tell.
///
/// The store gets its name only when it is whole: what is cut off half-way leaves none.
///
/// # Errors
/// [`StoreError::Exists`] where the folder has a store, [`StoreError::Locked`],
/// [`StoreError::Snapshot`] for a stream that is cut short, changed, or of a newer release,
/// [`StoreError::Corrupt`] for one that says what cannot be true, and [`StoreError::Io`].
pub fn restore(
    folder: &Path,
    from: &mut dyn Read,
    clock: &dyn Clock,
) -> Result<Revision, StoreError> {
    let _lock = file::lock_folder(folder)?;
    let path = file::path(folder);
    if path.exists() {
        return Err(StoreError::Exists { path });
    }
    let mut from = Stream {
        from: Summing::new(from),
    };
    let begin = from.array::<{ MAGIC.len() }>()?;
    if begin != *MAGIC {
        return Err(refused(
            "it does not begin as this release writes them; run the release that made it, or a newer one",
        ));
    }
    let epoch = from.number()?;
    if epoch > file::COUNT_MAX {
        return Err(refused(&format!("no store comes to the epoch {epoch}")));
    }
    let mut effects = Effects {
        revision: from.number()?,
        last_lease: from.number()?,
        ..Effects::default()
    };
    let (leases, mut keys) = (from.number()?, from.number()?);
    for _ in 0..leases {
        let id = LeaseId(from.number()?);
        let ttl = Duration::from_millis(from.number()?);
        effects.leases.insert(id, Some(ttl));
    }
    let unfinished = file::Unfinished::make(folder, new_epoch(epoch, clock))?;
    let open = file::open_database();
    let revision = effects.revision;
    {
        let new = StoreFile::open(unfinished.path(), &open)?;
        while keys > 0 {
            for _ in 0..COMMIT_KEYS.min(usize::try_from(keys).unwrap_or(COMMIT_KEYS)) {
                let (key, entry) = (Bytes::from(from.part()?), from.part()?);
                let kv = file::decode(&key, &entry)
                    .ok_or_else(|| refused(&format!("the entry of {key:?} is cut short")))?;
                effects.keys.insert(key, Some(kv));
                keys -= 1;
            }
            new.write_restored(&effects)?;
            effects.keys.clear();
        }
        new.write_restored(&effects)?;
        from.end()?;
        // Refuses what cannot be true before anybody relies on it.
        new.load()?;
    }
    unfinished.put_in_place(folder)?;
    Ok(revision)
}

fn refused(detail: &str) -> StoreError {
    StoreError::Snapshot {
        detail: detail.to_owned(),
    }
}

/// Passes bytes on and sums them up.
struct Summing<T> {
    inner: T,
    sum: Sha256,
}

impl<T> Summing<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            sum: Sha256::new(),
        }
    }
}

impl Summing<&mut dyn Write> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }

    fn end(self) -> io::Result<()> {
        self.inner.write_all(&self.sum.finalize())?;
        self.inner.flush()
    }
}

/// Reads a stream part by part.
struct Stream<'a> {
    from: Summing<&'a mut dyn Read>,
}

impl Stream<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), StoreError> {
        self.from
            .inner
            .read_exact(bytes)
            .map_err(|error| refused(&format!("it cannot be read to its end: {error}")))?;
        self.from.sum.update(&*bytes);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, StoreError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn part(&mut self) -> Result<Vec<u8>, StoreError> {
        let length = usize::try_from(u32::from_be_bytes(self.array()?)).unwrap_or(usize::MAX);
        if length > PART_MAX_BYTES {
            return Err(refused(&format!("a part of {length} bytes is too long")));
        }
        let mut bytes = vec![0; length];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn end(self) -> Result<(), StoreError> {
        let ours = self.from.sum.finalize();
        let mut said = [0; SUM_BYTES];
        self.from
            .inner
            .read_exact(&mut said)
            .map_err(|error| refused(&format!("it cannot be read to its end: {error}")))?;
        if ours.as_slice() == said {
            Ok(())
        } else {
            Err(refused("it was changed since it was written"))
        }
    }
}
