//! Uploads under way: in memory, for their bytes are a file of this process that goes with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::limits::{UPLOAD_IDLE_MAX_SECONDS, UPLOADS_IN_FLIGHT_MAX};
use crate::{Repository, Staging};

/// The uploads under way, by id.
#[derive(Default)]
pub(crate) struct Uploads {
    sessions: Mutex<HashMap<String, Arc<Session>>>,
}

/// One upload.
pub(crate) struct Session {
    repository: Repository,
    /// Monotonic, in milliseconds.
    last_used: AtomicU64,
    length: AtomicU64,
    /// Whoever writes has the lock. None once it is finished or given up.
    pub(crate) staging: tokio::sync::Mutex<Option<Box<dyn Staging>>>,
}

impl Session {
    /// How many bytes are written.
    pub(crate) fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }

    /// Notes that somebody wrote.
    pub(crate) fn wrote(&self, length: u64, now: Duration) {
        self.length.store(length, Ordering::Relaxed);
        self.last_used.store(millis(now), Ordering::Relaxed);
    }

    fn is_idle(&self, now: Duration) -> bool {
        let since = millis(now).saturating_sub(self.last_used.load(Ordering::Relaxed));
        since > UPLOAD_IDLE_MAX_SECONDS * 1000 && self.staging.try_lock().is_ok()
    }
}

impl Uploads {
    /// Adds an upload; none where too many are under way. Those that nobody writes to are thrown
    /// away here, with their files.
    pub(crate) fn begin(
        &self,
        id: &str,
        repository: &Repository,
        now: Duration,
    ) -> Option<Arc<Session>> {
        let mut sessions = self.sessions();
        sessions.retain(|_, session| !session.is_idle(now));
        if sessions.len() >= UPLOADS_IN_FLIGHT_MAX {
            return None;
        }
        let session = Arc::new(Session {
            repository: repository.clone(),
            last_used: AtomicU64::new(millis(now)),
            length: AtomicU64::new(0),
            staging: tokio::sync::Mutex::new(None),
        });
        sessions.insert(id.to_owned(), Arc::clone(&session));
        Some(session)
    }

    /// The upload of that id to that repository.
    pub(crate) fn find(&self, id: &str, repository: &Repository) -> Option<Arc<Session>> {
        let found = self.sessions().get(id).map(Arc::clone);
        found.filter(|session| session.repository == *repository)
    }

    /// Forgets an upload; its file goes when nobody writes to it any more.
    pub(crate) fn end(&self, id: &str) {
        self.sessions().remove(id);
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str) -> Repository {
        Repository {
            account: "123456789012".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn an_upload_belongs_to_its_repository() {
        let uploads = Uploads::default();
        let web = repository("web");
        uploads.begin("one", &web, Duration::ZERO).unwrap();
        assert!(uploads.find("one", &web).is_some());
        assert!(uploads.find("one", &repository("other")).is_none());
        assert!(uploads.find("two", &web).is_none());
        uploads.end("one");
        assert!(uploads.find("one", &web).is_none());
    }

    #[test]
    fn idle_uploads_make_room_and_busy_ones_do_not() {
        let uploads = Uploads::default();
        let web = repository("web");
        let begin = |id: usize, now| uploads.begin(&id.to_string(), &web, now);
        let start = Duration::from_secs(5);
        for id in 0..UPLOADS_IN_FLIGHT_MAX {
            assert!(begin(id, start).is_some());
        }
        assert!(begin(UPLOADS_IN_FLIGHT_MAX, start).is_none());
        let later = start + Duration::from_secs(UPLOAD_IDLE_MAX_SECONDS + 1);
        let written = uploads.find("1", &web).unwrap();
        written.wrote(7, later);
        let session = uploads.find("2", &web).unwrap();
        let _writing = session.staging.try_lock().unwrap();
        assert!(begin(UPLOADS_IN_FLIGHT_MAX, later).is_some());
        assert!(uploads.find("0", &web).is_none());
        assert_eq!(uploads.find("1", &web).unwrap().length(), 7);
        assert!(uploads.find("2", &web).is_some());
    }
}
