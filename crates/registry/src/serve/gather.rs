//! Bodies in pieces that are worth a write.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;

use crate::limits::BODY_PAUSE_MAX_SECONDS;
use crate::registry::Inbound;

/// A piece of a body, and what follows it.
pub(super) enum Gathered {
    /// There may be more.
    Some(Bytes),
    /// These are the last bytes; there may be none.
    Last(Bytes),
    /// It broke off after these.
    Broken(Bytes),
}

/// Reads a body.
pub(super) struct Gatherer<'a> {
    body: &'a mut Inbound,
    most: usize,
    /// Of the last frame, what was too much for its piece.
    rest: Bytes,
    /// Memory of a piece that was done with: a large body takes two of them, not one for each piece.
    spare: BytesMut,
}

impl<'a> Gatherer<'a> {
    /// A reader of pieces of `most` bytes.
    pub(super) fn new(body: &'a mut Inbound, most: usize) -> Self {
        Self {
            body,
            most,
            rest: Bytes::new(),
            spare: BytesMut::new(),
        }
    }

    /// The next piece. It is copied together, for many small frames would each hold their buffer.
    pub(super) async fn next(&mut self) -> Gathered {
        let ahead = usize::try_from(self.body.size_hint().lower()).unwrap_or(self.most);
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.reserve(ahead.saturating_add(self.rest.len()).min(self.most));
        loop {
            let room = self.most - bytes.len();
            let part = self.rest.split_to(room.min(self.rest.len()));
            bytes.extend_from_slice(&part);
            if bytes.len() == self.most {
                return Gathered::Some(bytes.freeze());
            }
            let pause = Duration::from_secs(BODY_PAUSE_MAX_SECONDS);
            match tokio::time::timeout(pause, self.body.frame()).await {
                Ok(Some(Ok(frame))) => self.rest = frame.into_data().unwrap_or_default(),
                Ok(None) => return Gathered::Last(bytes.freeze()),
                Ok(Some(Err(_))) | Err(_) => return Gathered::Broken(bytes.freeze()),
            }
        }
    }

    /// Takes back what is done with.
    pub(super) fn take_back(&mut self, bytes: Bytes) {
        // Nothing else may still look at it.
        if let Ok(mut bytes) = bytes.try_into_mut() {
            bytes.clear();
            self.spare = bytes;
        }
    }
}
