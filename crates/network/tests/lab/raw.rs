//! Frames as a task with raw sockets can make them: whatever it likes.

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::sync::mpsc;
use std::thread;

use network::MacAddress;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{
    AddressFamily, Protocol, RawProtocol, RecvFlags, SendFlags, SocketFlags, SocketType, recv,
    sendto, socket_with,
};

use crate::lab::Netns;

pub(crate) const BROADCAST: [u8; 6] = [0xff; 6];
pub(crate) const ETHERTYPE_IPV4: u16 = 0x0800;
pub(crate) const ETHERTYPE_ARP: u16 = 0x0806;
pub(crate) const ETHERTYPE_VLAN: u16 = 0x8100;
pub(crate) const ETHERTYPE_IPV6: u16 = 0x86dd;
/// For local experiments (IEEE 802).
pub(crate) const ETHERTYPE_LOCAL: u16 = 0x88b5;
/// `ETH_P_ALL` in network byte order.
const EVERY_ETHERTYPE: u32 = (3_u16.to_be()) as u32;
/// By this a frame of a test is known wherever it comes out.
pub(crate) const MARK: &[u8] = b"longshore raw frame ";

/// `struct sockaddr_ll` of linux/if_packet.h.
#[repr(C)]
struct LinkAddress {
    family: u16,
    protocol: u16,
    interface: i32,
    hardware: u16,
    kind: u8,
    length: u8,
    address: [u8; 8],
}

// SAFETY: needed because rustix has no link addresses. Sound: the pointer is to a whole value of the kernel's
// own layout, which lives during the call, with its exact size.
unsafe impl SocketAddrArg for LinkAddress {
    unsafe fn with_sockaddr<R>(
        &self,
        f: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R,
    ) -> R {
        f(
            std::ptr::from_ref(self).cast(),
            u32::try_from(size_of::<Self>()).unwrap(),
        )
    }
}

fn packet_socket() -> OwnedFd {
    socket_with(
        AddressFamily::PACKET,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(Protocol::from_raw(
            RawProtocol::new(EVERY_ETHERTYPE).unwrap(),
        )),
    )
    .unwrap()
}

/// A frame.
pub(crate) fn frame(to: [u8; 6], from: [u8; 6], ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = [to, from].concat();
    frame.extend(ethertype.to_be_bytes());
    frame.extend(payload);
    frame.resize(frame.len().max(60), 0);
    frame
}

/// A UDP datagram in IPv4 that says what it is for.
pub(crate) fn datagram(from: Ipv4Addr, to: Ipv4Addr, port: u16, what: &str) -> Vec<u8> {
    let text = [MARK, what.as_bytes()].concat();
    let length = u16::try_from(28 + text.len()).unwrap();
    let mut header = vec![0x45, 0];
    header.extend(length.to_be_bytes());
    header.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
    header.extend(from.octets());
    header.extend(to.octets());
    let sum: u32 = header
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
        .sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    for part in [1_000, port, length - 20, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(text);
    header
}

/// An ARP answer that `address` is at `mac`, for whoever hears it.
pub(crate) fn arp_claim(address: Ipv4Addr, mac: [u8; 6]) -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4, 0, 2];
    packet.extend(mac);
    packet.extend(address.octets());
    packet.extend(mac);
    packet.extend(address.octets());
    packet.extend(MARK);
    packet
}

pub(crate) fn mac(address: Ipv4Addr) -> [u8; 6] {
    MacAddress::of(address).0
}

impl Netns {
    /// Sends frames on an interface.
    pub(crate) fn send_frames(&self, interface: &str, frames: Vec<Vec<u8>>) {
        let listing = self.run("ip", &["-o", "link", "show", interface]);
        let index = listing.split(':').next().unwrap().parse().unwrap();
        self.within(move || {
            let socket = packet_socket();
            let address = LinkAddress {
                family: AddressFamily::PACKET.as_raw(),
                protocol: 0,
                interface: index,
                hardware: 0,
                kind: 0,
                length: 0,
                address: [0; 8],
            };
            for frame in frames {
                sendto(&socket, &frame, SendFlags::empty(), &address).unwrap();
            }
        });
    }

    /// What the marked frames say that are seen on any interface here, coming or going.
    pub(crate) fn sniff(&self) -> mpsc::Receiver<String> {
        let socket = self.within(packet_socket);
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 2_048];
            while let Ok((length, _)) = recv(&socket, &mut *buffer, RecvFlags::empty()) {
                let frame = &buffer[..length];
                let Some(at) = frame.windows(MARK.len()).position(|part| part == MARK) else {
                    continue;
                };
                let text = String::from_utf8_lossy(&frame[at + MARK.len()..]);
                if sender.send(text.trim_end_matches('\0').to_owned()).is_err() {
                    return;
                }
            }
        });
        receiver
    }
}
