//! Live Tail sessions: who wants to see which events as they come, and what waits for each.
//! PutLogEvents offers what it has kept; a session takes what waits once a second. A session that
//! takes nothing keeps a bounded number of events, and loses the oldest: nobody waits for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_api::logs::{LiveTailSessionLogEvent, LiveTailSessionUpdate};

use crate::pattern::Pattern;

/// AWS: "up to 15 concurrent Live Tail sessions" (quotas of CloudWatch Logs).
pub(crate) const SESSIONS_MAX: usize = 15;
/// AWS: "The array of log events contained in a LiveTailSessionUpdate can include as many as 500".
pub(crate) const UPDATE_MAX_EVENTS: usize = 500;
/// AWS: "CloudWatch Logs buffers up to 10 LiveTailSessionUpdate events or 5000 log events, after
/// which it starts dropping the oldest events."
const WAITING_MAX_EVENTS: usize = 5000;
/// The messages that may wait for one session, in bytes.
const WAITING_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Which events a session wants.
pub(crate) struct Wanted {
    /// Of which groups, by their ids, with what the session calls them.
    pub(crate) groups: BTreeMap<u64, String>,
    /// Only of these streams, where any are named.
    pub(crate) streams: Vec<String>,
    /// Only of streams whose names begin so, where any are given.
    pub(crate) prefixes: Vec<String>,
    /// Only with such messages.
    pub(crate) pattern: Pattern,
}

/// An event that was kept.
pub(crate) struct Fresh<'a> {
    pub(crate) timestamp: i64,
    pub(crate) message: &'a str,
}

/// The sessions.
#[derive(Default)]
pub(crate) struct Live(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    last: u64,
    open: BTreeMap<u64, Arc<Session>>,
}

struct Session {
    wanted: Wanted,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<LiveTailSessionLogEvent>,
    bytes: usize,
    /// Some were lost since the last update.
    lost: bool,
}

/// A session that is open until this is dropped.
pub(crate) struct Watcher {
    live: Arc<Live>,
    number: u64,
    session: Arc<Session>,
}

impl Live {
    /// Opens a session; `None` where there are as many as may be.
    pub(crate) fn open(self: &Arc<Self>, wanted: Wanted) -> Option<Watcher> {
        let mut sessions = lock(&self.0);
        if sessions.open.len() >= SESSIONS_MAX {
            return None;
        }
        sessions.last += 1;
        let number = sessions.last;
        let session = Arc::new(Session {
            wanted,
            waiting: Mutex::default(),
        });
        sessions.open.insert(number, Arc::clone(&session));
        Some(Watcher {
            live: Arc::clone(self),
            number,
            session,
        })
    }

    /// Whether anybody wants to see events of the group.
    pub(crate) fn is_watched(&self, group: u64) -> bool {
        let sessions = lock(&self.0);
        let mut open = sessions.open.values();
        open.any(|session| session.wanted.groups.contains_key(&group))
    }

    /// Shows what was kept to those who want to see it.
    pub(crate) fn offer(&self, group: u64, stream: &str, ingested: i64, events: &[Fresh<'_>]) {
        let sessions: Vec<Arc<Session>> = lock(&self.0).open.values().cloned().collect();
        for session in sessions {
            session.offer(group, stream, ingested, events);
        }
    }
}

impl Session {
    fn offer(&self, group: u64, stream: &str, ingested: i64, events: &[Fresh<'_>]) {
        let wanted = &self.wanted;
        let Some(identifier) = wanted.groups.get(&group) else {
            return;
        };
        let is_named = wanted.streams.is_empty() || wanted.streams.iter().any(|it| it == stream);
        let begins = |prefix: &String| stream.starts_with(prefix.as_str());
        if !is_named || !(wanted.prefixes.is_empty() || wanted.prefixes.iter().any(begins)) {
            return;
        }
        let wanted = |event: &&Fresh<'_>| wanted.pattern.matches(event.message);
        for event in events.iter().filter(wanted) {
            let shown = LiveTailSessionLogEvent {
                ingestion_time: Some(ingested),
                log_group_identifier: Some(identifier.clone()),
                log_stream_name: Some(stream.to_owned()),
                message: Some(event.message.to_owned()),
                timestamp: Some(event.timestamp),
            };
            lock(&self.waiting).push(shown);
        }
    }
}

impl Waiting {
    fn push(&mut self, event: LiveTailSessionLogEvent) {
        self.bytes += size(&event);
        self.events.push_back(event);
        while self.events.len() > WAITING_MAX_EVENTS || self.bytes > WAITING_MAX_BYTES {
            let Some(oldest) = self.events.pop_front() else {
                return;
            };
            self.bytes -= size(&oldest);
            self.lost = true;
        }
    }
}

fn size(event: &LiveTailSessionLogEvent) -> usize {
    event.message.as_ref().map_or(0, String::len)
}

impl Watcher {
    /// What has come since the last time: all of it, or an even sample.
    pub(crate) fn update(&self) -> LiveTailSessionUpdate {
        let waiting = std::mem::take(&mut *lock(&self.session.waiting));
        let count = waiting.events.len();
        let is_taken = |index: usize| {
            count <= UPDATE_MAX_EVENTS
                || index * UPDATE_MAX_EVENTS / count != (index + 1) * UPDATE_MAX_EVENTS / count
        };
        let events = waiting.events.into_iter().enumerate();
        let taken = events.filter(|(index, _)| is_taken(*index));
        LiveTailSessionUpdate {
            session_metadata: Some(aws_api::logs::LiveTailSessionMetadata {
                sampled: Some(waiting.lost || count > UPDATE_MAX_EVENTS),
            }),
            session_results: Some(taken.map(|(_, event)| event).collect()),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        lock(&self.live.0).open.remove(&self.number);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(pattern: &str, streams: &[&str], prefixes: &[&str]) -> Wanted {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Wanted {
            groups: BTreeMap::from([(1, "g".to_owned())]),
            streams: owned(streams),
            prefixes: owned(prefixes),
            pattern: Pattern::parse(pattern).unwrap(),
        }
    }

    fn offer(live: &Live, group: u64, stream: &str, message: &str, times: i64) {
        let fresh = |timestamp| Fresh { timestamp, message };
        let events: Vec<Fresh<'_>> = (0..times).map(fresh).collect();
        live.offer(group, stream, 9, &events);
    }

    fn seen(watcher: &Watcher) -> (usize, bool) {
        let update = watcher.update();
        let sampled = update.session_metadata.unwrap().sampled.unwrap();
        (update.session_results.unwrap().len(), sampled)
    }

    #[test]
    fn a_session_sees_what_it_wants() {
        let live = Arc::new(Live::default());
        let all = live.open(wanted("", &[], &[])).unwrap();
        let errors = live.open(wanted("ERROR", &[], &[])).unwrap();
        let one = live.open(wanted("", &["s"], &[])).unwrap();
        let begun = live.open(wanted("", &[], &["t", "u"])).unwrap();
        assert!(live.is_watched(1) && !live.is_watched(2));
        offer(&live, 1, "s", "fine", 1);
        offer(&live, 1, "t1", "ERROR", 2);
        offer(&live, 2, "s", "ERROR", 4);
        assert_eq!(seen(&all), (3, false));
        assert_eq!(seen(&errors), (2, false));
        assert_eq!(seen(&one), (1, false));
        assert_eq!(seen(&begun), (2, false));
        assert_eq!(seen(&all), (0, false));
        drop((all, errors, one, begun));
        assert!(!live.is_watched(1));
    }

    #[test]
    fn many_events_are_sampled_evenly_and_what_waits_is_bounded() {
        let live = Arc::new(Live::default());
        let watcher = live.open(wanted("", &[], &[])).unwrap();
        offer(&live, 1, "s", "m", 500);
        assert_eq!(seen(&watcher), (500, false));
        offer(&live, 1, "s", "m", 1000);
        let update = watcher.update().session_results.unwrap();
        let times: Vec<i64> = update
            .iter()
            .map(|event| event.timestamp.unwrap())
            .collect();
        assert_eq!(times.len(), UPDATE_MAX_EVENTS);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 2));
        // Of so many the last are kept.
        offer(&live, 1, "s", "m", 20_000);
        let update = watcher.update();
        assert_eq!(update.session_metadata.unwrap().sampled, Some(true));
        let first = update.session_results.unwrap()[0].timestamp.unwrap();
        assert!(first >= 15_000, "{first}");
        let large = "x".repeat(1_000_000);
        offer(&live, 1, "s", &large, 20);
        assert_eq!(seen(&watcher), (8, true));
    }

    #[test]
    fn there_are_no_more_sessions_than_may_be() {
        let live = Arc::new(Live::default());
        let open = || live.open(wanted("", &[], &[]));
        let mut watchers: Vec<Watcher> = (0..SESSIONS_MAX).map(|_| open().unwrap()).collect();
        assert!(open().is_none());
        watchers.pop();
        assert!(open().is_some());
    }
}
