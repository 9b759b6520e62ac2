//! The body of a response that goes on: events, each sent when it comes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_core::Events;
use aws_schema::Protocol;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

use crate::limits::{EVENT_STALL_MAX_SECONDS, EVENTS_WAITING_MAX};
use crate::route::Body;

/// A body that begins with `first` and goes on with `events`. They are asked for one by one, as the
/// client takes them; a client that takes none for a time is let go, and so is one that has gone.
pub(crate) fn body(protocol: Protocol, first: Bytes, mut events: Box<dyn Events>) -> Body {
    let (sender, rest) = mpsc::channel(EVENTS_WAITING_MAX);
    tokio::spawn(async move {
        let stall = Duration::from_secs(EVENT_STALL_MAX_SECONDS);
        loop {
            let next = tokio::select! {
                () = sender.closed() => return,
                next = events.next() => next,
            };
            let Some(event) = next else { return };
            let bytes = aws_wire::event_stream::event(protocol, &*event);
            match tokio::time::timeout(stall, sender.send(bytes)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => {
                    tracing::debug!("a client took no event of its stream; it is let go");
                    return;
                }
            }
        }
    });
    let first = Some(first);
    EventBody { first, rest }.boxed()
}

struct EventBody {
    first: Option<Bytes>,
    rest: mpsc::Receiver<Bytes>,
}

impl HttpBody for EventBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let next = self.rest.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
