//! Accepts connections and speaks HTTP/1.1 on each, within limits.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, SHUTDOWN_MAX_SECONDS};
use crate::peers::{Peers, Place};
use crate::route::Body;
use crate::stall::Stalling;

/// How long to wait after a failure to accept, which as a rule is a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What one listener allows.
pub(crate) struct Allowed {
    pub(crate) connections: usize,
    pub(crate) peer_connections: usize,
    pub(crate) head_read: Duration,
    pub(crate) write_stall: Duration,
}

/// Answers every request on `listener` with `answer` until `shutdown`; then lets those under way
/// end, for a bounded time.
pub(crate) async fn listen<F, A>(
    listener: TcpListener,
    allowed: Allowed,
    shutdown: impl Future<Output = ()> + Send,
    accepted: impl Fn() + Send,
    answer: F,
) where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(allowed.connections));
    let peers = Arc::new(Peers::new(allowed.peer_connections));
    let (closing, closed) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            (stream, slot, peer) = accept(&listener, &slots) => {
                accepted();
                let Some(place) = peers.enter(peer) else {
                    if let Some(refusal) = peers.refuse(stream) {
                        connections.spawn(refusal);
                    }
                    continue;
                };
                connections.spawn(converse(
                    Stalling::new(stream, allowed.write_stall),
                    (slot, place),
                    allowed.head_read,
                    closed.clone(),
                    answer.clone(),
                ));
            }
        }
    }
    drop(listener);
    closing.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(SHUTDOWN_MAX_SECONDS), ended)
        .await
        .is_err()
    {
        tracing::warn!(
            "connections were still open at the end of the time to shut down; cutting them"
        );
        connections.shutdown().await;
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit, IpAddr) {
    loop {
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else {
            // Nobody closes this semaphore.
            std::future::pending::<()>().await;
            continue;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot turn off Nagle's algorithm");
                }
                return (stream, slot, peer.ip());
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn converse<F, A>(
    stream: Stalling<TcpStream>,
    places: (OwnedSemaphorePermit, Place),
    head_read: Duration,
    mut closed: watch::Receiver<bool>,
    answer: F,
) where
    F: Fn(Request<Incoming>) -> A + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_read)
            .max_headers(HEADERS_MAX)
            .max_header_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    // The channel's one message is to close; its end means the same.
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = closed.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(places);
}
