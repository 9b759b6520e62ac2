//! Host ports that are held while a container publishes them.
//!
//! A published port is the packet filter's, which asks nobody whether a process of the host listens there,
//! and no process would notice it. So this process binds a socket to each: that finds out whether the
//! port is free, and keeps others from it (also the kernel, when it chooses a port for somebody). Nothing
//! ever arrives there. The kernel lets go of the sockets when this process ends; the next one takes
//! them again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{
    AddressFamily, Shutdown, SocketFlags, SocketType, bind, listen, shutdown, socket_with,
};

use crate::bridge::dynamic_candidates;
use crate::{Error, PortRequest, Protocol, PublishedPort};

/// Held ports, each with its socket.
pub(super) type Holds = BTreeMap<(Protocol, u16), OwnedFd>;

/// Holds one port of the calling thread's namespace, at all of its addresses.
pub(super) fn hold(protocol: Protocol, port: u16) -> io::Result<OwnedFd> {
    let kind = match protocol {
        Protocol::Tcp => SocketType::STREAM,
        Protocol::Udp => SocketType::DGRAM,
    };
    let socket = socket_with(AddressFamily::INET, kind, SocketFlags::CLOEXEC, None)?;
    if protocol == Protocol::Tcp {
        // So that connections that have ended and only wait out their time do not count.
        set_socket_reuseaddr(&socket, true)?;
    }
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))?;
    if protocol == Protocol::Tcp {
        // Only a listener keeps others from the port who reuse addresses too; and only one that listens
        // no more refuses connections, where a listener would let them wait. What stays is a bound
        // socket that shares with nobody.
        listen(&socket, 0)?;
        shutdown(&socket, Shutdown::Read)?;
        set_socket_reuseaddr(&socket, false)?;
    }
    Ok(socket)
}

/// What was asked for, chosen and held.
#[derive(Debug)]
pub(super) struct Acquired {
    /// One for each request, in their order.
    pub(super) published: Vec<PublishedPort>,
    pub(super) holds: Holds,
}

/// Chooses and holds the host ports of a container in the calling thread's namespace; all or none.
/// `kept` are those that it has already, by the request's place. `start`: where to begin to look for dynamic ones.
pub(super) fn acquire(
    requests: &[PortRequest],
    kept: &BTreeMap<usize, PublishedPort>,
    mut taken: BTreeSet<(Protocol, u16)>,
    range: &RangeInclusive<u16>,
    start: u16,
) -> Result<Acquired, Error> {
    let mut acquired = Acquired {
        published: Vec::new(),
        holds: Holds::new(),
    };
    taken.extend(kept.values().flat_map(PublishedPort::host_ports));
    for (place, request) in requests.iter().enumerate() {
        if let Some(kept) = kept.get(&place) {
            acquired.published.push(*kept);
            continue;
        }
        let (published, holds) = match request.host_port {
            Some(port) => fixed(request, port, &taken)?,
            None => dynamic(request, &taken, range, start)?,
        };
        taken.extend(published.host_ports());
        acquired.published.push(published);
        acquired.holds.extend(holds);
    }
    Ok(acquired)
}

fn fixed(
    request: &PortRequest,
    host_port: u16,
    taken: &BTreeSet<(Protocol, u16)>,
) -> Result<(PublishedPort, Holds), Error> {
    let published = published(request, host_port);
    if let Some((protocol, port)) = published.host_ports().find(|port| taken.contains(port)) {
        return Err(Error::PortInUse { port, protocol });
    }
    match hold_all(&published)? {
        Ok(holds) => Ok((published, holds)),
        Err((protocol, port)) => Err(Error::PortInUse { port, protocol }),
    }
}

fn dynamic(
    request: &PortRequest,
    taken: &BTreeSet<(Protocol, u16)>,
    range: &RangeInclusive<u16>,
    start: u16,
) -> Result<(PublishedPort, Holds), Error> {
    let PortRequest {
        length, protocol, ..
    } = *request;
    for candidate in dynamic_candidates(range, length, start, protocol, taken) {
        let published = published(request, candidate);
        if let Ok(holds) = hold_all(&published)? {
            return Ok((published, holds));
        }
    }
    Err(Error::NoFreePort {
        wanted: length,
        protocol,
        first: *range.start(),
        last: *range.end(),
    })
}

fn published(request: &PortRequest, host_port: u16) -> PublishedPort {
    PublishedPort {
        container_port: request.container_port,
        host_port,
        length: request.length,
        protocol: request.protocol,
    }
}

/// Holds all ports, or tells which is taken.
fn hold_all(published: &PublishedPort) -> Result<Result<Holds, (Protocol, u16)>, Error> {
    let mut holds = Holds::new();
    for (protocol, port) in published.host_ports() {
        match hold(protocol, port) {
            Ok(socket) => {
                holds.insert((protocol, port), socket);
            }
            Err(error) if error.raw_os_error() == Some(Errno::ADDRINUSE.raw_os_error()) => {
                return Ok(Err((protocol, port)));
            }
            Err(error) => {
                let attempt = format!("hold the host port {port}/{protocol}");
                return Err(Error::kernel(attempt, error));
            }
        }
    }
    Ok(Ok(holds))
}
