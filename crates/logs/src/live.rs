//! Live Tail sessions: who wants to see which events as they come, and what waits for each.
//! PutLogEvents offers what it has kept; a thread of the session's own picks what is wanted, which an
//! expression may make costly; and the session takes what was picked once a second. What waits for the
//! thread and for the session is bounded, and the oldest is lost: nobody waits for a session.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use aws_api::logs::{LiveTailSessionLogEvent, LiveTailSessionUpdate};

use crate::pattern::Pattern;
use crate::segment::NewEvent;

/// AWS: "up to 15 concurrent Live Tail sessions" (quotas of CloudWatch Logs).
pub(crate) const SESSIONS_MAX: usize = 15;
/// AWS: "The array of log events contained in a LiveTailSessionUpdate can include as many as 500".
pub(crate) const UPDATE_MAX_EVENTS: usize = 500;
/// AWS: "CloudWatch Logs buffers up to 10 LiveTailSessionUpdate events or 5000 log events, after
/// which it starts dropping the oldest events."
const WAITING_MAX_EVENTS: usize = 5000;
/// The messages that may wait for one session, in bytes.
const WAITING_MAX_BYTES: usize = 8 * 1024 * 1024;

/// What may wait to be looked at for one session, in bytes of memory.
const ARRIVED_MAX_BYTES: usize = 16 * 1024 * 1024;

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

/// Events that were kept, of one stream.
#[derive(Clone)]
pub(crate) struct Fresh {
    /// The stream's name.
    pub(crate) stream: Arc<str>,
    /// When they came, ms since the epoch.
    pub(crate) ingested: i64,
    /// Of these the last ones.
    pub(crate) events: Arc<Vec<NewEvent>>,
    /// How many.
    pub(crate) taken: usize,
}

impl Fresh {
    fn events(&self) -> &[NewEvent] {
        let first = self.events.len().saturating_sub(self.taken);
        self.events.get(first..).unwrap_or_default()
    }

    /// What all events of the batch take in memory, in bytes: many short ones are more than their messages.
    fn size(&self) -> usize {
        let one = |event: &NewEvent| size_of::<NewEvent>() + event.message.len();
        self.events.iter().map(one).sum()
    }
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
    arrived: Mutex<Arrived>,
    /// Something arrived, or it is over.
    news: Condvar,
    waiting: Mutex<Waiting>,
    over: AtomicBool,
}

/// What is to be looked at.
#[derive(Default)]
struct Arrived {
    batches: VecDeque<(u64, Fresh)>,
    bytes: usize,
    /// True while the thread looks at what it took.
    busy: bool,
    /// Some were lost since the last update.
    lost: bool,
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
    /// Opens a session; `None` where there are as many as may be, or the machine has no thread for it.
    pub(crate) fn open(self: &Arc<Self>, wanted: Wanted) -> Option<Watcher> {
        let mut sessions = lock(&self.0);
        if sessions.open.len() >= SESSIONS_MAX {
            return None;
        }
        sessions.last += 1;
        let number = sessions.last;
        let session = Arc::new(Session {
            wanted,
            arrived: Mutex::default(),
            news: Condvar::new(),
            waiting: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let looking = Arc::clone(&session);
        std::thread::Builder::new()
            .name(format!("live-tail-{number}"))
            .spawn(move || looking.run())
            .inspect_err(|error| tracing::error!(%error, "no thread for a Live Tail session"))
            .ok()?;
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
    pub(crate) fn offer(&self, group: u64, fresh: &Fresh) {
        for session in lock(&self.0).open.values() {
            if session.wanted.is_of(group, &fresh.stream) {
                session.arrive(group, fresh.clone());
            }
        }
    }
}

#[cfg(test)]
impl Live {
    /// Waits until the sessions' threads have looked at all that was offered.
    pub(crate) fn settle(&self) {
        let sessions: Vec<Arc<Session>> = lock(&self.0).open.values().cloned().collect();
        for session in sessions {
            let is_done = || {
                let arrived = lock(&session.arrived);
                arrived.batches.is_empty() && !arrived.busy
            };
            while !is_done() {
                std::thread::yield_now();
            }
        }
    }
}

impl Wanted {
    /// Whether events of the stream may be wanted.
    fn is_of(&self, group: u64, stream: &str) -> bool {
        let is_named = self.streams.is_empty() || self.streams.iter().any(|it| it == stream);
        let begins = |prefix: &String| stream.starts_with(prefix.as_str());
        self.groups.contains_key(&group)
            && is_named
            && (self.prefixes.is_empty() || self.prefixes.iter().any(begins))
    }
}

impl Session {
    fn arrive(&self, group: u64, fresh: Fresh) {
        let mut arrived = lock(&self.arrived);
        arrived.bytes += fresh.size();
        arrived.batches.push_back((group, fresh));
        while arrived.bytes > ARRIVED_MAX_BYTES
            && let Some((_, oldest)) = arrived.batches.pop_front()
        {
            arrived.bytes -= oldest.size();
            arrived.lost = true;
        }
        drop(arrived);
        self.news.notify_one();
    }

    /// Looks at what arrives until the session is over.
    fn run(&self) {
        while let Some((group, fresh)) = self.next() {
            let identifier = self.wanted.groups.get(&group);
            for event in fresh.events() {
                if self.over.load(Ordering::Relaxed) {
                    return;
                }
                if !self.wanted.pattern.matches(&event.message) {
                    continue;
                }
                let shown = LiveTailSessionLogEvent {
                    ingestion_time: Some(fresh.ingested),
                    log_group_identifier: identifier.cloned(),
                    log_stream_name: Some(fresh.stream.to_string()),
                    message: Some(event.message.clone()),
                    timestamp: Some(event.timestamp),
                };
                lock(&self.waiting).push(shown);
            }
        }
    }

    fn next(&self) -> Option<(u64, Fresh)> {
        let mut arrived = lock(&self.arrived);
        arrived.busy = false;
        loop {
            if self.over.load(Ordering::Relaxed) {
                return None;
            }
            if let Some((group, fresh)) = arrived.batches.pop_front() {
                arrived.bytes -= fresh.size();
                arrived.busy = true;
                return Some((group, fresh));
            }
            arrived = self
                .news
                .wait(arrived)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self) {
        // With the lock, or it would be missed between the thread's look and its wait.
        let _arrived = lock(&self.arrived);
        self.over.store(true, Ordering::Relaxed);
        self.news.notify_one();
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
        let overrun = std::mem::take(&mut lock(&self.session.arrived).lost);
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
                sampled: Some(overrun || waiting.lost || count > UPDATE_MAX_EVENTS),
            }),
            session_results: Some(taken.map(|(_, event)| event).collect()),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        lock(&self.live.0).open.remove(&self.number);
        self.session.end();
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
        let event = |timestamp| NewEvent {
            timestamp,
            message: message.to_owned(),
            offset: None,
        };
        let events: Vec<NewEvent> = (0..times).map(event).collect();
        let taken = events.len();
        let fresh = Fresh {
            stream: stream.into(),
            ingested: 9,
            events: Arc::new(events),
            taken,
        };
        offer_and_wait(live, group, &fresh);
    }

    /// Offers, and waits until the sessions have looked at it.
    fn offer_and_wait(live: &Live, group: u64, fresh: &Fresh) {
        live.offer(group, fresh);
        live.settle();
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
    fn of_a_batch_only_what_is_new_is_shown() {
        let live = Arc::new(Live::default());
        let watcher = live.open(wanted("", &[], &[])).unwrap();
        let event = |timestamp| NewEvent {
            timestamp,
            message: "m".to_owned(),
            offset: None,
        };
        let fresh = Fresh {
            stream: "s".into(),
            ingested: 9,
            events: Arc::new((0..3).map(event).collect()),
            taken: 1,
        };
        let times: Vec<i64> = fresh.events().iter().map(|one| one.timestamp).collect();
        assert_eq!(times, [2]);
        offer_and_wait(&live, 1, &fresh);
        assert_eq!(seen(&watcher), (1, false));
    }

    #[test]
    fn a_session_that_is_costly_holds_nobody_up_and_loses_the_oldest() {
        let live = Arc::new(Live::default());
        let watcher = live.open(wanted("", &[], &[])).unwrap();
        // Its thread gets nowhere meanwhile.
        let held = lock(&watcher.session.waiting);
        let large = "x".repeat(1_000_000);
        let fresh = Fresh {
            stream: "s".into(),
            ingested: 9,
            events: Arc::new(vec![NewEvent {
                timestamp: 1,
                message: large,
                offset: None,
            }]),
            taken: 1,
        };
        for _ in 0..20 {
            live.offer(1, &fresh);
        }
        let arrived = lock(&watcher.session.arrived);
        assert!(arrived.bytes <= ARRIVED_MAX_BYTES, "{}", arrived.bytes);
        drop((arrived, held));
        assert_eq!(
            watcher.update().session_metadata.unwrap().sampled,
            Some(true)
        );
    }

    #[test]
    fn short_events_that_wait_are_bounded_by_what_they_take_themselves() {
        let live = Arc::new(Live::default());
        let watcher = live.open(wanted("", &[], &[])).unwrap();
        let held = lock(&watcher.session.waiting);
        let event = |timestamp| NewEvent {
            timestamp,
            message: "m".to_owned(),
            offset: None,
        };
        let fresh = Fresh {
            stream: "s".into(),
            ingested: 9,
            events: Arc::new((0..10_000).map(event).collect()),
            // Those before it are held as well.
            taken: 1,
        };
        for _ in 0..100 {
            live.offer(1, &fresh);
        }
        let arrived = lock(&watcher.session.arrived);
        let events: usize = arrived
            .batches
            .iter()
            .map(|(_, one)| one.events.len())
            .sum();
        let bytes = events * size_of::<NewEvent>();
        assert!((1..=ARRIVED_MAX_BYTES).contains(&bytes), "{bytes}");
        assert!(arrived.lost);
        drop((arrived, held));
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
        for _ in 0..20 {
            offer(&live, 1, "s", &large, 1);
        }
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
