//! Reads bodies within limits.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::gateway::kib;
use crate::limits::{DISCARD_MAX_SECONDS, DISCARDED_BYTES_MAX};

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    TooLarge,
    TooSlow,
    /// The bodies that are here already leave no room.
    NoRoom,
    /// The connection broke.
    Broken,
}

/// The room that a body takes of what all bodies may. It is taken as bytes arrive: what is only announced
/// takes none, or a few who announce much and send nothing would shut everybody else out.
pub(crate) struct Room {
    /// In KiB.
    all: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room {
    pub(crate) fn new(all: Arc<Semaphore>) -> Self {
        Self { all, taken: None }
    }

    /// Makes it as large as so many bytes.
    fn hold(&mut self, bytes: usize) -> Result<(), Unread> {
        let has = self
            .taken
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = kib(bytes).saturating_sub(has);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more)
            .ok()
            .and_then(|more| Arc::clone(&self.all).try_acquire_many_owned(more).ok())
            .ok_or(Unread::NoRoom)?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        Ok(())
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(
    body: &mut Incoming,
    limit: usize,
    time: Duration,
    room: &mut Room,
) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    if usize::try_from(announced).map_or(true, |length| length > limit) {
        return Err(Unread::TooLarge);
    }
    tokio::time::timeout(time, collect(body, limit, room))
        .await
        .unwrap_or(Err(Unread::TooSlow))
}

async fn collect(body: &mut Incoming, limit: usize, room: &mut Room) -> Result<Bytes, Unread> {
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if all.len().saturating_add(data.len()) > limit {
            return Err(Unread::TooLarge);
        }
        room.hold(all.len() + data.len())?;
        all.extend_from_slice(&data);
    }
    Ok(all.freeze())
}

/// Reads on and throws away, so that a client which sends before it reads gets to see the
/// refusal instead of a broken connection.
pub(crate) async fn discard(mut body: Incoming) {
    let throw_away = async {
        let mut left = DISCARDED_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Past its time the connection is cut with what is left unread.
    let _ = tokio::time::timeout(Duration::from_secs(DISCARD_MAX_SECONDS), throw_away).await;
}
