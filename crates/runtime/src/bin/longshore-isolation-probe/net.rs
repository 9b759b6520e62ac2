//! The network's settings, from within it, and sockets that lead into the kernel. What a container's
//! packets reach is tried by the crate `network` with real frames, and end to end.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::calls::{attempt, call};
use super::{Attempt, Outcome};

pub(super) const ATTEMPTS: &[Attempt] = &[
    ("net.new-link", |_| netlink(0, 16)),
    ("net.new-address", |_| netlink(0, 20)),
    ("net.new-route", |_| netlink(0, 24)),
    ("net.new-neighbour", |_| netlink(0, 28)),
    // NFNL_MSG_BATCH_BEGIN
    ("net.packet-filter", |_| netlink(12, 16)),
    // XFRM_MSG_NEWSA
    ("net.ipsec", |_| netlink(6, 16)),
    // AUDIT_SET
    ("net.audit", |_| netlink(9, 1001)),
    ("net.alg-socket", |_| socket(38, 5, 0).map(|_| ()).into()),
    ("net.vsock-socket", |_| socket(40, 1, 0).map(|_| ()).into()),
    ("net.link-flags", |_| down()),
];

pub(super) fn socket(family: usize, kind: usize, protocol: usize) -> io::Result<OwnedFd> {
    let number = call(libc::SYS_socket, [family, kind, protocol, 0, 0, 0])?;
    let number = i32::try_from(number).map_err(io::Error::other)?;
    // SAFETY: the kernel has just given this descriptor, and nobody else has it. Needed: the call
    // was made by its number.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

pub(super) fn number(descriptor: &OwnedFd) -> usize {
    usize::try_from(descriptor.as_raw_fd()).unwrap_or_default()
}

/// Sends a request of this kind with nothing in it, which the kernel looks at only for those who may,
/// and gives its answer.
fn netlink(protocol: usize, kind: u16) -> Outcome {
    const LENGTH: u32 = 64;
    /// `NLM_F_REQUEST | NLM_F_ACK`
    const FLAGS: u16 = 5;
    /// `NLMSG_ERROR`
    const ERROR: u16 = 2;
    let exchange = || {
        let socket = socket(16, 3, protocol)?;
        let mut message = [0u8; LENGTH as usize];
        let head = LENGTH
            .to_ne_bytes()
            .into_iter()
            .chain(kind.to_ne_bytes())
            .chain(FLAGS.to_ne_bytes());
        for (place, byte) in message.iter_mut().zip(head) {
            *place = byte;
        }
        let (place, size) = (message.as_mut_ptr() as usize, message.len());
        call(libc::SYS_sendto, [number(&socket), place, size, 0, 0, 0])?;
        let wait = libc::MSG_DONTWAIT as usize;
        call(
            libc::SYS_recvfrom,
            [number(&socket), place, size, wait, 0, 0],
        )?;
        let word = |at: usize| {
            message.get(at..at + 4).map_or([0; 4], |bytes| {
                let mut word = [0; 4];
                word.copy_from_slice(bytes);
                word
            })
        };
        let [low, high, ..] = word(4);
        match (
            u16::from_ne_bytes([low, high]),
            i32::from_ne_bytes(word(16)),
        ) {
            (ERROR, error @ ..0) => Err(io::Error::from_raw_os_error(-error)),
            _ => Ok(()),
        }
    };
    exchange().into()
}

/// Takes the loopback down and up again, by the old call.
fn down() -> Outcome {
    /// `SIOCSIFFLAGS`
    const SET_FLAGS: usize = 0x8914;
    /// `IFF_UP | IFF_LOOPBACK | IFF_RUNNING`: as it is.
    const FLAGS: u8 = 0x49;
    let mut request = [0u8; 40];
    for (place, byte) in request.iter_mut().zip(*b"lo") {
        *place = byte;
    }
    if let Some(flags) = request.get_mut(16) {
        *flags = FLAGS;
    }
    match socket(2, 2, 0) {
        Ok(socket) => attempt(
            libc::SYS_ioctl,
            [number(&socket), SET_FLAGS, request.as_ptr() as usize],
        ),
        Err(error) => Outcome::Refused(error),
    }
}
