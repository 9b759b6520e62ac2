//! What was removed since the store was opened: a write that was on its way must not bring it
//! back, and a reader that comes too late finds nothing and not an error.

use std::sync::Mutex;

use super::StreamRef;
use super::recent::Recent;
use super::writer::lock;

/// Of how many streams, and of how many groups, it is remembered that they were removed. Ids are
/// never given twice, and what was on its way when they were removed ends within a minute.
const REMEMBERED_MAX: usize = 64 * 1024;

/// What is removed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    /// A group, by its id.
    Group(u64),
    /// One stream.
    Stream(StreamRef),
}

impl Removed {
    pub(super) fn covers(self, stream: StreamRef) -> bool {
        match self {
            Self::Group(group) => group == stream.group,
            Self::Stream(one) => one == stream,
        }
    }
}

/// What was removed.
pub(super) struct Gone {
    groups: Mutex<Recent<u64, ()>>,
    streams: Mutex<Recent<StreamRef, ()>>,
}

impl Gone {
    pub(super) fn new() -> Self {
        Self {
            groups: Mutex::new(Recent::new()),
            streams: Mutex::new(Recent::new()),
        }
    }

    pub(super) fn add(&self, removed: Removed) {
        match removed {
            Removed::Group(group) => {
                let mut groups = lock(&self.groups);
                groups.insert(group, (), 1);
                groups.trim(REMEMBERED_MAX);
            }
            Removed::Stream(stream) => {
                let mut streams = lock(&self.streams);
                streams.insert(stream, (), 1);
                streams.trim(REMEMBERED_MAX);
            }
        }
    }

    pub(super) fn has(&self, stream: StreamRef) -> bool {
        lock(&self.groups).get(&stream.group).is_some()
            || lock(&self.streams).get(&stream).is_some()
    }
}
