//! How many connections each peer has, so that one alone cannot take all places.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::limits::{
    DISCARDED_BYTES_MAX, PEER_PREFIX_V6, PEER_REFUSAL_MAX_SECONDS, PEER_REFUSALS_MAX,
};

/// What a peer with too many connections is told; which of the services it wants is not known yet.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\nconnection: close\r\nretry-after: 1\r\n\
    content-length: 49\r\n\r\n\
    Too many connections are open from this address.\n";

/// The peers that have connections now. Their number is bounded by that of connections.
pub(crate) struct Peers {
    most: usize,
    open: Mutex<HashMap<IpAddr, usize>>,
    refusals: Arc<Semaphore>,
}

/// A connection's place among those of its peer, until dropped.
pub(crate) struct Place {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Peers {
    /// Each peer may have `most` connections.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::default(),
            refusals: Arc::new(Semaphore::new(PEER_REFUSALS_MAX)),
        }
    }

    /// A place for one more connection; `None` when the peer has all that it may have.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let peer = peer_of(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(peer).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place {
            peers: Arc::clone(self),
            peer,
        })
    }

    /// Says so to a peer that has too many; `None` when too many are being told already.
    pub(crate) fn refuse(&self, mut stream: TcpStream) -> Option<impl Future<Output = ()> + use<>> {
        let permit = Arc::clone(&self.refusals).try_acquire_owned().ok()?;
        Some(async move {
            let tell = async {
                stream.write_all(REFUSAL).await?;
                stream.shutdown().await?;
                // Closed with a request unread, the connection would break before the refusal is
                // read.
                let mut rest = stream.take(DISCARDED_BYTES_MAX as u64);
                tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
            };
            let time = Duration::from_secs(PEER_REFUSAL_MAX_SECONDS);
            let _ = tokio::time::timeout(time, tell).await;
            drop(permit);
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self
            .peers
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.peer);
            }
        }
    }
}

fn peer_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::MAX << (Ipv6Addr::BITS - PEER_PREFIX_V6);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_its_places_and_no_more() {
        let peers = Arc::new(Peers::new(2));
        let enter = |address: &str| peers.enter(address.parse().unwrap());
        let first = enter("10.0.0.1").unwrap();
        let _second = enter("::ffff:10.0.0.1").unwrap();
        assert!(enter("10.0.0.1").is_none());
        let other = enter("10.0.0.2").unwrap();
        drop(first);
        let _again = enter("10.0.0.1").unwrap();
        assert!(enter("10.0.0.1").is_none());
        // All of a /64 are one, and what is empty is forgotten.
        let six = [
            enter("2001:db8::1").unwrap(),
            enter("2001:db8::2:1").unwrap(),
        ];
        assert!(enter("2001:db8::3").is_none());
        assert!(enter("2001:db8:0:1::1").is_some());
        drop((six, other));
        assert_eq!(peers.open.lock().unwrap().len(), 1);
    }

    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let text = String::from_utf8(REFUSAL.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())));
    }
}
