//! Names of registries, and of the control plane, to addresses.
//!
//! Through our own resolver and not the C library's: a static binary cannot load the C library's
//! name service modules, and would find names on one machine and not on the next. What is read
//! is what those modules read as a rule: `/etc/hosts` and `/etc/resolv.conf`, anew for every
//! pull, so that a machine that changed its network needs no restart.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hickory_resolver::TokioResolver;

use crate::limits::MAX_ADDRESSES_TRIED;

/// The addresses of `host` (a name, an IPv4 address, or an IPv6 address in brackets), in the
/// order in which they are to be tried.
///
/// # Errors
/// When nothing says what its addresses are, or it has none.
pub async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if is_localhost(bare) {
        // RFC 6761 section 6.3: never asked of a server.
        return Ok(vec![
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
        ]);
    }
    let resolver = TokioResolver::builder_tokio()
        .and_then(|builder| builder.build())
        .map_err(|error| io::Error::other(format!("the machine's resolver: {error}")))?;
    let found = resolver.lookup_ip(bare).await.map_err(io::Error::other)?;
    let found: Vec<_> = found
        .iter()
        .take(MAX_ADDRESSES_TRIED)
        .map(|address| SocketAddr::new(address, port))
        .collect();
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(found)
}

/// Whether `host` is this machine by its name alone.
pub(crate) fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// `host:port` apart; `default` where there is no port, and `None` where that is no number.
#[must_use]
pub fn split_port(authority: &str, default: u16) -> Option<(&str, u16)> {
    match authority.rsplit_once(':') {
        // Colons of an IPv6 address stand within its brackets.
        Some((host, port)) if !port.ends_with(']') => Some((host, port.parse().ok()?)),
        _ => Some((authority, default)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_and_localhost_need_no_server() {
        for (host, expected) in [
            ("127.0.0.2", &["127.0.0.2:7"][..]),
            ("[::1]", &["[::1]:7"]),
            ("localhost", &["127.0.0.1:7", "[::1]:7"]),
            ("app.localhost", &["127.0.0.1:7", "[::1]:7"]),
        ] {
            let found = addresses(host, 7).await.unwrap();
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{host}");
        }
    }

    #[test]
    fn ports_are_split_off() {
        for (authority, expected) in [
            ("host", Some(("host", 443))),
            ("host:5000", Some(("host", 5000))),
            ("[::1]", Some(("[::1]", 443))),
            ("[::1]:80", Some(("[::1]", 80))),
            ("host:x", None),
            ("host:70000", None),
        ] {
            assert_eq!(split_port(authority, 443), expected, "{authority}");
        }
    }
}
