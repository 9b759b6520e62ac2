//! Reads bodies within limits.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};

use crate::limits::{DISCARD_MAX_SECONDS, DISCARDED_BYTES_MAX};

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    TooLarge,
    TooSlow,
    /// The connection broke.
    Broken,
}

/// What a body says of its own length, in bytes; the limit where it says nothing.
pub(crate) fn announced(body: &Incoming, limit: usize) -> Result<usize, Unread> {
    match body.size_hint().exact() {
        None => Ok(limit),
        Some(length) => usize::try_from(length)
            .ok()
            .filter(|length| *length <= limit)
            .ok_or(Unread::TooLarge),
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(
    body: &mut Incoming,
    limit: usize,
    time: Duration,
) -> Result<Bytes, Unread> {
    tokio::time::timeout(time, collect(body, limit))
        .await
        .unwrap_or(Err(Unread::TooSlow))
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Unread> {
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if all.len().saturating_add(data.len()) > limit {
            return Err(Unread::TooLarge);
        }
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
