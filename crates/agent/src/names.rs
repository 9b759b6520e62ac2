//! How names of the control plane are looked up: as those of registries are (`image::addresses`), because the C
//! library's way does not work in a static program.

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use ambient::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::TcpStream;
use tower_service::Service;

/// What a `http://` address means without a port.
const HTTP_PORT: u16 = 80;

/// The resolver of the client of all calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names;

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        // The client fills in the port.
        Box::pin(async move { Ok(image::addresses(name.as_str(), 0).await?.into_iter()) })
    }
}

/// Connects to `host:port` at the first of its addresses that answers.
pub(crate) async fn connect(authority: &str) -> io::Result<TcpStream> {
    let (host, port) = image::split_port(authority, HTTP_PORT).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{authority} is not HOST:PORT"),
        )
    })?;
    let addresses = image::addresses(host, port).await?;
    TcpStream::connect(addresses.as_slice()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_connected_to_at_its_addresses() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let authority = format!("control-plane.localhost:{}", address.port());
        let stream = connect(&authority).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
        let error = connect("localhost:many").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let name: Name = "control-plane.localhost".parse().unwrap();
        let found: Vec<SocketAddr> = Names.call(name).await.unwrap().collect();
        assert_eq!(found[0].ip(), address.ip());
    }
}
