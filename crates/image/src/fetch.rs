//! One HTTP/1.1 GET over plain TCP, with a bound on every wait and every body.
//!
//! A connection per request: a pull makes a handful of them, and large bodies go in parallel.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::Error;
use crate::limits::{ANSWER_TIMEOUT, BODY_STALL_TIMEOUT, CONNECT_TIMEOUT};

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `host:port` to connect to.
    pub(crate) connect: String,
    /// The Host header.
    pub(crate) host: String,
    /// Path and query.
    pub(crate) path: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("connect to {address}: {source}")]
    Connect { address: String, source: io::Error },
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
    /// The failure of a request for `what`; all but too large an answer may pass with time.
    pub(crate) fn about(&self, what: &str) -> Error {
        match self {
            Self::TooLarge(_) | Self::Address(_) => Error::corrupt(what, self),
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

/// Sends a GET and returns the head of its answer; the body is still to be read.
pub(crate) async fn get(
    address: &Address,
    headers: HeaderMap,
) -> Result<Response<Incoming>, FetchError> {
    let mut request = Request::get(&address.path)
        .header(header::HOST, &address.host)
        .body(Empty::<Bytes>::new())
        .map_err(|_| FetchError::Address(format!("{}{}", address.host, address.path)))?;
    request.headers_mut().extend(headers);
    request.headers_mut().insert(
        header::USER_AGENT,
        header::HeaderValue::from_static(concat!("longshore/", env!("CARGO_PKG_VERSION"))),
    );
    let stream = within(
        "connecting",
        CONNECT_TIMEOUT,
        TcpStream::connect(&address.connect),
    )
    .await?
    .map_err(|source| FetchError::Connect {
        address: address.connect.clone(),
        source,
    })?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // The connection ends by itself once the answer's body is read or dropped; its error, if
    // any, also reaches the reader of the body.
    tokio::spawn(connection);
    Ok(within("the answer", ANSWER_TIMEOUT, sender.send_request(request)).await??)
}

/// The next piece of a body; none at its end.
pub(crate) async fn next_chunk(body: &mut Incoming) -> Result<Option<Bytes>, FetchError> {
    loop {
        match within("the next bytes", BODY_STALL_TIMEOUT, body.frame()).await? {
            None => return Ok(None),
            Some(frame) => {
                if let Ok(data) = frame?.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// A whole body of at most `limit` bytes.
pub(crate) async fn read_all(mut body: Incoming, limit: u64) -> Result<Bytes, FetchError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = next_chunk(&mut body).await? {
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
