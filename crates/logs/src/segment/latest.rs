//! The streams of a group in the order of their last events, so that a page of them does not need
//! every stream to be looked at. Made when first asked for, kept while groups are asked about,
//! followed by the threads that write; a cache of what the streams know themselves.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use super::recent::Recent;
use super::writer::lock;
use super::{Removed, StreamRef};

/// How many streams are indexed, of all groups together. Some 200 bytes each.
const STREAMS_MAX: usize = 256 * 1024;

/// The groups that were asked about last.
pub(super) struct Latest(Mutex<Recent<u64, Group>>);

#[derive(Default)]
struct Group {
    /// Every stream is in it.
    is_whole: bool,
    streams: HashMap<u64, (i64, Arc<str>)>,
    order: BTreeSet<(i64, Arc<str>, u64)>,
}

/// A stream's place: when its last event happened (0: never), its name, its id.
pub(crate) type Place = (i64, Arc<str>, u64);

impl Latest {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Recent::new()))
    }

    /// Begins to index a group, if it is not indexed yet; says whether it has to be filled. From
    /// now on new streams and new events are followed.
    pub(super) fn begin(&self, group: u64) -> bool {
        let mut groups = lock(&self.0);
        if let Some(found) = groups.get(&group) {
            return !found.is_whole;
        }
        groups.insert(group, Group::default(), 1);
        true
    }

    /// All streams of the group were told.
    pub(super) fn finish(&self, group: u64) {
        let mut groups = lock(&self.0);
        let Some(mut found) = groups.remove(&group) else {
            return;
        };
        found.is_whole = true;
        let weight = found.streams.len().max(1);
        groups.insert(group, found, weight);
        groups.trim(STREAMS_MAX);
    }

    /// There is such a stream; nothing is known of its events.
    pub(super) fn add(&self, stream: StreamRef, name: &str) {
        if let Some(group) = lock(&self.0).get(&stream.group) {
            let name: Arc<str> = Arc::from(name);
            let entry = group.streams.entry(stream.id);
            let (time, name) = entry.or_insert((0, name)).clone();
            group.order.insert((time, name, stream.id));
        }
    }

    /// The last event of a stream is not before `time`, ms since the epoch.
    pub(super) fn raise(&self, stream: StreamRef, time: i64) {
        let mut groups = lock(&self.0);
        let Some(group) = groups.get(&stream.group) else {
            return;
        };
        let Some((last, name)) = group.streams.get_mut(&stream.id) else {
            return;
        };
        if time > *last {
            group.order.remove(&(*last, Arc::clone(name), stream.id));
            *last = time;
            group.order.insert((time, Arc::clone(name), stream.id));
        }
    }

    pub(super) fn remove(&self, removed: Removed) {
        let mut groups = lock(&self.0);
        match removed {
            Removed::Group(group) => {
                groups.remove(&group);
            }
            Removed::Stream(stream) => {
                if let Some(group) = groups.get(&stream.group)
                    && let Some((time, name)) = group.streams.remove(&stream.id)
                {
                    group.order.remove(&(time, name, stream.id));
                }
            }
        }
    }

    /// At most `most` streams that follow a time and a name in the order asked for.
    pub(super) fn page(
        &self,
        group: u64,
        after: Option<(i64, &str)>,
        descending: bool,
        most: usize,
    ) -> Vec<Place> {
        let mut groups = lock(&self.0);
        let Some(group) = groups.get(&group) else {
            return Vec::new();
        };
        let after = after.map(|(time, name)| (time, Arc::from(name)));
        if descending {
            let end = after.map(|(time, name)| (time, name, 0));
            let all = group.order.iter().rev();
            match end {
                None => all.take(most).cloned().collect(),
                Some(end) => group.order.range(..end).rev().take(most).cloned().collect(),
            }
        } else {
            let begin = after.map_or((i64::MIN, Arc::from(""), 0), |(time, name)| {
                (time, name, u64::MAX)
            });
            group.order.range(begin..).take(most).cloned().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_move_as_their_events_come() {
        let latest = Latest::new();
        let stream = |id| StreamRef { group: 1, id };
        latest.add(stream(1), "unheard");
        assert!(latest.begin(1));
        for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
            latest.add(stream(id), name);
        }
        latest.raise(stream(2), 20);
        latest.raise(stream(1), 30);
        latest.raise(stream(1), 10);
        latest.finish(1);
        assert!(!latest.begin(1));
        let names = |after, descending, most| -> Vec<String> {
            let page = latest.page(1, after, descending, most);
            page.iter().map(|(_, name, _)| name.to_string()).collect()
        };
        assert_eq!(names(None, false, 9), ["c", "b", "a"]);
        assert_eq!(names(Some((0, "c")), false, 1), ["b"]);
        assert_eq!(names(None, true, 2), ["a", "b"]);
        assert_eq!(names(Some((20, "b")), true, 9), ["c"]);
        latest.add(stream(1), "a");
        latest.remove(Removed::Stream(stream(2)));
        assert_eq!(names(None, false, 9), ["c", "a"]);
        latest.remove(Removed::Group(1));
        assert!(names(None, false, 9).is_empty());
    }
}
