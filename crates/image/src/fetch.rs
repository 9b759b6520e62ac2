//! One HTTP/1.1 request over TCP or TLS, with a bound on every wait and every body.
//!
//! A connection per request: a pull makes a handful of them, and large bodies go in parallel.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Response, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use crate::dns;
use crate::error::Error;
use crate::limits::{
    ADDRESS_TIMEOUT, ANSWER_TIMEOUT, BODY_STALL_TIMEOUT, CONNECT_TIMEOUT, LEAST_BODY_BYTES,
};
use crate::tls::TlsTrust;

const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// How it is reached.
    pub(crate) way: Way,
    /// The Host header: a host with an optional port.
    pub(crate) host: String,
    /// Path and query.
    pub(crate) path: String,
}

/// How a host is reached.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// Plain HTTP.
    Plain {
        /// Where, as `host:port`.
        connect: String,
    },
    /// TLS to the host itself.
    Tls { trust: TlsTrust },
}

impl Address {
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.way, Way::Tls { .. })
    }

    /// Whether what may be shown to one may be shown to the other.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        self.host == other.host && self.is_tls() == other.is_tls()
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("connect to {address}: {source}")]
    Connect { address: String, source: io::Error },
    #[error("TLS to {host}: {detail}")]
    Tls { host: String, detail: String },
    #[error("{waiting_for} took longer than {} s", .limit.as_secs())]
    Timeout {
        waiting_for: &'static str,
        limit: Duration,
    },
    #[error("{0} is not an address that a request can be sent to")]
    Address(String),
    #[error("{}", innermost(.0))]
    Http(#[from] hyper::Error),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
}

impl FetchError {
    /// The failure of a request for `what`; what may pass with time is a network error.
    pub(crate) fn about(&self, what: &str) -> Error {
        match self {
            Self::TooLarge(_) | Self::Address(_) => Error::corrupt(what, self),
            Self::Tls { .. } => Error::unsupported(what, self),
            Self::Connect { .. } | Self::Timeout { .. } | Self::Http(_) => {
                Error::network(what, self)
            }
        }
    }
}

/// hyper's own text is "error reading a body from connection"; what happened is its source.
fn innermost(error: &hyper::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Sends a request without a body and returns the head of its answer; the body is still to be
/// read.
pub(crate) async fn send(
    method: Method,
    address: &Address,
    headers: HeaderMap,
) -> Result<Response<Incoming>, FetchError> {
    let mut request = Request::builder()
        .method(method)
        .uri(&address.path)
        .header(header::HOST, &address.host)
        .body(Empty::<Bytes>::new())
        .map_err(|_| FetchError::Address(format!("{}{}", address.host, address.path)))?;
    request.headers_mut().extend(headers);
    request.headers_mut().insert(
        header::USER_AGENT,
        header::HeaderValue::from_static(concat!("longshore/", env!("CARGO_PKG_VERSION"))),
    );
    match &address.way {
        Way::Plain { connect } => {
            let stream = open(connect, HTTP_PORT).await?;
            exchange(stream, request).await
        }
        Way::Tls { trust } => {
            let stream = open(&address.host, HTTPS_PORT).await?;
            let stream = within("TLS", CONNECT_TIMEOUT, shake_hands(trust, address, stream));
            exchange(stream.await??, request).await
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Empty<Bytes>>,
) -> Result<Response<Incoming>, FetchError> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends by itself once the answer's body is read or dropped; its error, if
    // any, also reaches the reader of the body.
    tokio::spawn(connection);
    Ok(within("the answer", ANSWER_TIMEOUT, sender.send_request(request)).await??)
}

/// A TCP connection to the first address of `authority` that takes one.
async fn open(authority: &str, default_port: u16) -> Result<TcpStream, FetchError> {
    let failed = |source| FetchError::Connect {
        address: authority.to_owned(),
        source,
    };
    let (host, port) = dns::split_port(authority, default_port)
        .ok_or_else(|| FetchError::Address(authority.to_owned()))?;
    within("connecting", CONNECT_TIMEOUT, async {
        let mut last = io::Error::other("the name has no address");
        for address in dns::addresses(host, port).await? {
            match timeout(ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    })
    .await?
    .map_err(failed)
}

async fn shake_hands(
    trust: &TlsTrust,
    address: &Address,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, FetchError> {
    let refused = |detail: String| FetchError::Tls {
        host: address.host.clone(),
        detail,
    };
    let config = trust.config().map_err(refused)?;
    let (host, _) = dns::split_port(&address.host, HTTPS_PORT)
        .ok_or_else(|| FetchError::Address(address.host.clone()))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| FetchError::Address(address.host.clone()))?;
    let connected = TlsConnector::from(config).connect(name, stream).await;
    connected.map_err(|source| match source.get_ref() {
        // What rustls says of a certificate will be said again the next time.
        Some(error) if error.is::<rustls::Error>() => refused(error.to_string()),
        _ => FetchError::Connect {
            address: address.host.clone(),
            source,
        },
    })
}

/// A body as it is read: so much of it comes in a while, or it has failed.
pub(crate) struct Paced<B> {
    body: B,
    /// What is left of the while, without the time that the reader takes itself.
    left: Duration,
    /// What came in it.
    bytes: u64,
}

impl<B> Paced<B>
where
    B: Body<Data = Bytes, Error = hyper::Error> + Unpin,
{
    pub(crate) fn new(body: B) -> Self {
        Self {
            body,
            left: BODY_STALL_TIMEOUT,
            bytes: 0,
        }
    }

    /// The next piece of the body; none at its end.
    pub(crate) async fn next_chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            let begun = Instant::now();
            let frame = timeout(self.left, self.body.frame()).await;
            self.left = self.left.saturating_sub(begun.elapsed());
            let frame = frame.map_err(|_| FetchError::Timeout {
                waiting_for: "the next bytes",
                limit: BODY_STALL_TIMEOUT,
            })?;
            let Some(frame) = frame else {
                return Ok(None);
            };
            if let Ok(data) = frame?.into_data() {
                self.bytes += data.len() as u64;
                if self.bytes >= LEAST_BODY_BYTES {
                    (self.left, self.bytes) = (BODY_STALL_TIMEOUT, 0);
                }
                return Ok(Some(data));
            }
        }
    }
}

/// A whole body of at most `limit` bytes.
pub(crate) async fn read_all(body: Incoming, limit: u64) -> Result<Bytes, FetchError> {
    let mut body = Paced::new(body);
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.next_chunk().await? {
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(FetchError::TooLarge(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

async fn within<T>(
    waiting_for: &'static str,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, FetchError> {
    timeout(limit, work)
        .await
        .map_err(|_| FetchError::Timeout { waiting_for, limit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    /// Pieces of so many bytes, a while apart.
    fn dripping(
        bytes: usize,
        pause: Duration,
    ) -> impl Body<Data = Bytes, Error = hyper::Error> + Unpin {
        let pieces = stream::unfold(0, move |_| async move {
            tokio::time::sleep(pause).await;
            Some((Ok(Frame::data(Bytes::from(vec![0; bytes]))), 0))
        });
        StreamBody::new(Box::pin(pieces))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_fails_and_a_slow_one_goes_on() {
        let least = usize::try_from(LEAST_BODY_BYTES).unwrap();
        let mut drips = Paced::new(dripping(1, Duration::from_secs(1)));
        let begun = Instant::now();
        let error = loop {
            match drips.next_chunk().await {
                Ok(piece) => assert!(piece.is_some()),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, FetchError::Timeout { .. }), "{error}");
        assert_eq!(begun.elapsed().as_secs(), BODY_STALL_TIMEOUT.as_secs());
        let mut slow = Paced::new(dripping(least / 2, Duration::from_secs(25)));
        for _ in 0..100 {
            assert!(slow.next_chunk().await.unwrap().is_some());
            // A reader that is slow itself is no fault of the registry.
            tokio::time::sleep(BODY_STALL_TIMEOUT).await;
        }
    }
}
