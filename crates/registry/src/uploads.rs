//! Uploads under way. Their bytes are files that outlive the process; what is here is who writes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Timestamp;

use crate::limits::{
    LAYER_PART_MIN_BYTES, REPOSITORY_UPLOADS_MAX, UPLOAD_EMPTY_MAX_SECONDS,
    UPLOAD_IDLE_MAX_SECONDS, UPLOADS_IN_FLIGHT_MAX,
};
use crate::{BlobError, BlobStore, Digest, Remnant, Repository, Staging, Unfinished};

/// How many digits of a digest tell repositories apart within the names of uploads.
const OWNER_DIGITS: usize = 32;
/// Longer than any id of ours.
const ID_MAX_BYTES: usize = 64;

/// The uploads under way, by the name of their files.
#[derive(Default)]
pub(crate) struct Uploads {
    sessions: Mutex<HashMap<String, Arc<Session>>>,
    /// Files that are no upload of this process, as they were first seen.
    remnants: Mutex<HashMap<String, Sighting>>,
    /// Held while one is taken up again, so that no file is ever written through two sessions.
    resuming: tokio::sync::Mutex<()>,
}

/// A file as it was first seen.
struct Sighting {
    written_at: Timestamp,
    /// Monotonic.
    seen_at: Duration,
}

/// One upload.
pub(crate) struct Session {
    name: String,
    /// Monotonic, in milliseconds.
    last_used: AtomicU64,
    length: AtomicU64,
    /// Finished or given up.
    ended: AtomicBool,
    /// The last part was shorter than ECR's API takes any but the last.
    short: AtomicBool,
    /// Such a part was not the last.
    too_short: AtomicBool,
    /// Whoever writes has the lock. None once it is a blob.
    pub(crate) staging: tokio::sync::Mutex<Option<Box<dyn Staging>>>,
}

/// The file's name says to which repository the upload belongs, so that an upload that is taken
/// up again by its id cannot be another repository's.
fn name(id: &str, repository: &Repository) -> Option<String> {
    let well_formed = (1..=ID_MAX_BYTES).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let owner = Digest::of(repository.arn().to_string().as_bytes());
    let owner = owner.hex().get(..OWNER_DIGITS)?;
    well_formed.then(|| format!("{id}.{owner}"))
}

impl Session {
    fn new(name: String, staging: Box<dyn Staging>, now: Duration) -> Self {
        Self {
            name,
            last_used: AtomicU64::new(millis(now)),
            length: AtomicU64::new(staging.length()),
            ended: AtomicBool::new(false),
            short: AtomicBool::new(false),
            too_short: AtomicBool::new(false),
            staging: tokio::sync::Mutex::new(Some(staging)),
        }
    }

    /// How many bytes are written.
    pub(crate) fn length(&self) -> u64 {
        match self.staging.try_lock().as_deref() {
            Ok(Some(staging)) => staging.length(),
            _ => self.length.load(Ordering::Relaxed),
        }
    }

    /// Notes that somebody wrote.
    pub(crate) fn wrote(&self, length: u64, now: Duration) {
        self.length.store(length, Ordering::Relaxed);
        self.last_used.store(millis(now), Ordering::Relaxed);
    }

    /// Notes a part of ECR's API.
    pub(crate) fn had_part(&self, bytes: u64) {
        if self
            .short
            .swap(bytes < LAYER_PART_MIN_BYTES, Ordering::Relaxed)
        {
            self.too_short.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a part that was not the last was too short for ECR's API.
    pub(crate) fn had_short_part(&self) -> bool {
        self.too_short.load(Ordering::Relaxed)
    }

    fn is_idle(&self, now: Duration) -> bool {
        let since = millis(now).saturating_sub(self.last_used.load(Ordering::Relaxed));
        let Ok(staging) = self.staging.try_lock() else {
            return false;
        };
        let is_empty = staging
            .as_ref()
            .is_some_and(|staging| staging.length() == 0);
        let most = if is_empty {
            UPLOAD_EMPTY_MAX_SECONDS
        } else {
            UPLOAD_IDLE_MAX_SECONDS
        };
        since > most * 1000
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if *self.ended.get_mut()
            && let Some(staging) = self.staging.get_mut()
        {
            staging.discard();
        }
    }
}

impl Uploads {
    /// Begins an upload; none where too many are under way, in all or to that repository. Those that nobody writes to are
    /// thrown away first.
    pub(crate) async fn begin(
        &self,
        blobs: &dyn BlobStore,
        id: &str,
        repository: &Repository,
        now: Duration,
    ) -> Result<Option<Arc<Session>>, BlobError> {
        let Some(name) = name(id, repository) else {
            return Ok(None);
        };
        self.end_idle(now);
        if !self.has_room_for(&name) {
            return Ok(None);
        }
        let staging = blobs.stage(&name, Unfinished::Kept).await?;
        let session = Arc::new(Session::new(name.clone(), staging, now));
        self.sessions().insert(name, Arc::clone(&session));
        Ok(Some(session))
    }

    fn has_room_for(&self, name: &str) -> bool {
        let owner = name.split_once('.').map(|(_, owner)| owner);
        let sessions = self.sessions();
        let of_owner = |other: &&String| other.split_once('.').map(|(_, owner)| owner) == owner;
        sessions.len() < UPLOADS_IN_FLIGHT_MAX
            && sessions.keys().filter(of_owner).count() < REPOSITORY_UPLOADS_MAX
    }

    /// The upload of that id to that repository, taken up again if an earlier process had it.
    pub(crate) async fn find(
        &self,
        blobs: &dyn BlobStore,
        id: &str,
        repository: &Repository,
        now: Duration,
    ) -> Result<Option<Arc<Session>>, BlobError> {
        let Some(name) = name(id, repository) else {
            return Ok(None);
        };
        let known = |name: &str| self.sessions().get(name).map(Arc::clone);
        if let Some(session) = known(&name) {
            return Ok(Some(session));
        }
        let _alone = self.resuming.lock().await;
        if let Some(session) = known(&name) {
            return Ok(Some(session));
        }
        if self.sessions().len() >= UPLOADS_IN_FLIGHT_MAX {
            return Ok(None);
        }
        let Some(staging) = blobs.resume(&name).await? else {
            return Ok(None);
        };
        let session = Arc::new(Session::new(name.clone(), staging, now));
        self.sessions().insert(name, Arc::clone(&session));
        Ok(Some(session))
    }

    /// Forgets an upload; its file goes when nobody writes to it any more, unless it is a blob.
    pub(crate) fn end(&self, session: &Session) {
        session.ended.store(true, Ordering::Relaxed);
        self.sessions().remove(&session.name);
    }

    /// Throws away those that nobody writes to.
    pub(crate) fn end_idle(&self, now: Duration) {
        self.sessions().retain(|_, session| {
            let idle = session.is_idle(now);
            if idle {
                session.ended.store(true, Ordering::Relaxed);
            }
            !idle
        });
    }

    /// The names of those files that are no upload of this process, and that have been seen unchanged for
    /// as long as an upload may be idle.
    pub(crate) fn idle_remnants(&self, staged: Vec<Remnant>, now: Duration) -> Vec<String> {
        let most = Duration::from_secs(UPLOAD_IDLE_MAX_SECONDS);
        let mut seen = self.remnants.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *seen);
        let mut idle = Vec::new();
        for remnant in staged {
            if self.knows(&remnant.name) {
                continue;
            }
            let sighting = before
                .remove(&remnant.name)
                .filter(|sighting| sighting.written_at == remnant.written_at)
                .unwrap_or(Sighting {
                    written_at: remnant.written_at,
                    seen_at: now,
                });
            if now.saturating_sub(sighting.seen_at) >= most {
                idle.push(remnant.name.clone());
            }
            seen.insert(remnant.name, sighting);
        }
        idle
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.sessions().contains_key(name)
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends an upload whose id nobody was told, however its request ends.
pub(crate) struct EndsWithRequest<'a> {
    pub(crate) uploads: &'a Uploads,
    pub(crate) session: &'a Session,
}

impl Drop for EndsWithRequest<'_> {
    fn drop(&mut self) {
        self.uploads.end(self.session);
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DiskBlobs;

    fn repository(name: &str) -> Repository {
        Repository {
            account: "123456789012".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            name: name.to_owned(),
        }
    }

    #[tokio::test]
    async fn an_upload_belongs_to_its_repository_also_when_it_is_taken_up_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = DiskBlobs::open(dir.path()).unwrap();
        let web = repository("web");
        let zero = Duration::ZERO;
        let first = Uploads::default();
        let begun = first.begin(&blobs, "one", &web, zero).await.unwrap();
        begun
            .unwrap()
            .staging
            .lock()
            .await
            .as_mut()
            .unwrap()
            .append("some".into())
            .await
            .unwrap();
        drop(first);
        let second = Uploads::default();
        for (id, other) in [("one", "other"), ("two", "web"), ("../one", "web")] {
            let other = repository(other);
            let found = second.find(&blobs, id, &other, zero).await.unwrap();
            assert!(found.is_none(), "{id}");
        }
        let found = second.find(&blobs, "one", &web, zero).await.unwrap();
        let found = found.unwrap();
        assert_eq!(found.length(), 4);
        second.end(&found);
        drop(found);
        let found = second.find(&blobs, "one", &web, zero).await.unwrap();
        assert!(found.is_none());
    }

    #[tokio::test]
    async fn idle_uploads_make_room_and_busy_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = DiskBlobs::open(dir.path()).unwrap();
        let uploads = Uploads::default();
        let web = repository("web-0");
        // As many of each repository as it may have.
        let begin = async |id: usize, now| {
            let repository = repository(&format!("web-{}", id / REPOSITORY_UPLOADS_MAX));
            let id = id.to_string();
            let begun = uploads.begin(&blobs, &id, &repository, now).await;
            begun.unwrap()
        };
        let start = Duration::from_secs(5);
        for id in 0..UPLOADS_IN_FLIGHT_MAX {
            assert!(begin(id, start).await.is_some());
        }
        assert!(begin(UPLOADS_IN_FLIGHT_MAX, start).await.is_none());
        let find = async |id: &str| uploads.find(&blobs, id, &web, start).await.unwrap();
        let later = start + Duration::from_secs(UPLOAD_EMPTY_MAX_SECONDS + 1);
        find("1").await.unwrap().wrote(7, later);
        // What has bytes is kept longer.
        let long = find("3").await.unwrap();
        let mut staging = long.staging.lock().await;
        staging.as_mut().unwrap().append("x".into()).await.unwrap();
        drop(staging);
        let session = find("2").await.unwrap();
        let writing = session.staging.try_lock().unwrap();
        assert!(begin(UPLOADS_IN_FLIGHT_MAX, later).await.is_some());
        assert!(find("0").await.is_none());
        assert!(find("1").await.is_some());
        drop(writing);
        assert!(find("2").await.is_some());
        assert!(find("3").await.is_some());
        assert_eq!(
            std::fs::read_dir(dir.path().join("uploads"))
                .unwrap()
                .count(),
            4
        );
        uploads.end_idle(start + Duration::from_secs(UPLOAD_IDLE_MAX_SECONDS + 1));
        assert!(!uploads.knows(&long.name));
    }

    #[test]
    fn only_parts_before_the_last_may_not_be_short() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let blobs = DiskBlobs::open(dir.path()).unwrap();
        let staging = runtime.block_on(blobs.stage("x", Unfinished::Discarded));
        let session = Session::new("x".to_owned(), staging.unwrap(), Duration::ZERO);
        session.had_part(LAYER_PART_MIN_BYTES);
        session.had_part(1);
        assert!(!session.had_short_part());
        session.had_part(LAYER_PART_MIN_BYTES);
        assert!(session.had_short_part());
    }
}
