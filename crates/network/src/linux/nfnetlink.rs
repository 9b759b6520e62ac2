//! Elements of nftables' sets and maps, added and removed by netlink; tracked connections, forgotten.
//!
//! Tables as a whole are `nft`'s, which reads them as text. A task that comes or goes changes a few
//! elements only, and for these a process would cost many times what the kernel needs. One batch is one
//! transaction: all or nothing (linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink_conntrack.h).

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::netlink::{NETFILTER, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

use crate::linux::flow_table::flows_from;
use crate::{MacAddress, Protocol};

/// The kernel answers within the call; this only bounds a wait for what never comes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// An answer is a header, an error number and at most the request.
const ANSWER_MAX_BYTES: usize = 8 * 1024;
/// Bytes of an interface's name in a key (IFNAMSIZ).
const INTERFACE_NAME_BYTES: usize = 16;

pub(super) const NLMSG_ERROR: u16 = 2;
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_ACK: u16 = 0x4;
const NLM_F_CREATE: u16 = 0x400;
const NFNL_MSG_BATCH_BEGIN: u16 = 0x10;
const NFNL_MSG_BATCH_END: u16 = 0x11;
const NFNL_SUBSYS_NFTABLES: u16 = 10;
const NFT_MSG_NEWSETELEM: u16 = 12;
const NFT_MSG_DELSETELEM: u16 = 14;
pub(super) const NLA_F_NESTED: u16 = 0x8000;
const NFTA_SET_ELEM_LIST_TABLE: u16 = 1;
const NFTA_SET_ELEM_LIST_SET: u16 = 2;
const NFTA_SET_ELEM_LIST_ELEMENTS: u16 = 3;
const NFTA_LIST_ELEM: u16 = 1;
const NFTA_SET_ELEM_KEY: u16 = 1;
const NFTA_SET_ELEM_DATA: u16 = 2;
const NFTA_DATA_VALUE: u16 = 1;
pub(super) const NFNL_SUBSYS_CTNETLINK: u16 = 1;
const IPCTNL_MSG_CT_DELETE: u16 = 2;
const IPCTNL_MSG_CT_GET: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
pub(super) const CTA_TUPLE_ORIG: u16 = 1;
pub(super) const CTA_TUPLE_REPLY: u16 = 2;
const CTA_FILTER: u16 = 25;
pub(super) const CTA_TUPLE_IP: u16 = 1;
pub(super) const CTA_IP_V4_SRC: u16 = 1;
const CTA_FILTER_REPLY_FLAGS: u16 = 2;
const CTA_FILTER_F_CTA_IP_SRC: u32 = 1;
pub(super) const HEADER_BYTES: usize = 16;
/// `struct nfgenmsg`.
pub(super) const GENERIC_HEADER_BYTES: usize = 4;
/// The kernel sends no more of a long answer at once.
const DUMP_PART_MAX_BYTES: usize = 32 * 1024;

/// A family of tables, by its number (`NFPROTO_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Ip = 2,
    Bridge = 7,
}

/// What is to become of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// It may be there.
    Add,
    /// It must be there.
    Remove,
}

/// An element of a set, or of a map when it has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) family: Family,
    pub(super) set: String,
    pub(super) key: Key,
    pub(super) value: Option<Key>,
}

/// A key or value: its parts one after another, each filled up to four bytes, as nftables keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key(Vec<u8>);

impl Key {
    fn part(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    pub(super) fn address(self, address: Ipv4Addr) -> Self {
        self.part(&address.octets())
    }

    pub(super) fn mac(self, mac: MacAddress) -> Self {
        self.part(&mac.0)
    }

    pub(super) fn protocol(self, protocol: Protocol) -> Self {
        self.part(&[match protocol {
            Protocol::Tcp => 6,
            Protocol::Udp => 17,
        }])
    }

    pub(super) fn port(self, port: u16) -> Self {
        self.part(&port.to_be_bytes())
    }

    pub(super) fn interface(self, name: &str) -> Self {
        let mut bytes: Vec<u8> = name.bytes().take(INTERFACE_NAME_BYTES - 1).collect();
        bytes.resize(INTERFACE_NAME_BYTES, 0);
        self.part(&bytes)
    }
}

/// A netlink socket of one namespace.
pub(super) struct NftSocket {
    state: Mutex<(OwnedFd, u32)>,
}

impl NftSocket {
    /// Opens a socket in the calling thread's namespace.
    pub(super) fn open() -> io::Result<Self> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            Some(NETFILTER),
        )?;
        set_socket_timeout(&socket, Timeout::Recv, Some(ANSWER_TIMEOUT))?;
        Ok(Self {
            state: Mutex::new((socket, 0)),
        })
    }

    /// Makes all changes to `table`, or none. The kernel works while the call is made, some tens of
    /// microseconds: less than handing it to another thread would cost, and nothing can come between
    /// when the caller's future is dropped.
    pub(super) fn change(&self, table: &str, changes: &[(Verb, Element)]) -> io::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (socket, sequence) = &mut *state;
        let begin = sequence.wrapping_add(1);
        let count = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        *sequence = begin.wrapping_add(count).wrapping_add(1);
        exchange(socket, &batch(table, changes, begin), begin, count)
    }

    /// Lets connection tracking forget what it sends on to `address`, which nobody has any more: without
    /// end it would send a peer's datagrams there that goes on from one port of its own. Kernels before
    /// 6.11 cannot find them by an address alone, and say so: then they are looked for here, one by one of
    /// all there are, which takes a while and the socket as long.
    pub(super) fn forget_flows_to(&self, address: Ipv4Addr) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (socket, sequence) = &mut *state;
        forget_by_address(socket, sequence, address)
            .or_else(|_| forget_one_by_one(socket, sequence, address))
    }
}

/// The kernel finds the connections.
fn forget_by_address(socket: &OwnedFd, sequence: &mut u32, address: Ipv4Addr) -> io::Result<()> {
    *sequence = sequence.wrapping_add(2);
    let begin = sequence.wrapping_sub(1);
    let mut request = Vec::new();
    let kind = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
    let flags = NLM_F_REQUEST | NLM_F_ACK;
    message(&mut request, kind, flags, *sequence, |out| {
        generic_header(out, Family::Ip as u8, 0);
        attribute(out, CTA_TUPLE_REPLY | NLA_F_NESTED, |out| {
            attribute(out, CTA_TUPLE_IP | NLA_F_NESTED, |out| {
                attribute(out, CTA_IP_V4_SRC, |out| out.extend(address.octets()));
            });
        });
        attribute(out, CTA_FILTER | NLA_F_NESTED, |out| {
            attribute(out, CTA_FILTER_REPLY_FLAGS, |out| {
                out.extend(CTA_FILTER_F_CTA_IP_SRC.to_ne_bytes());
            });
        });
    });
    exchange(socket, &request, begin, 1)
}

/// Lists all connections, and forgets those.
fn forget_one_by_one(socket: &OwnedFd, sequence: &mut u32, address: Ipv4Addr) -> io::Result<()> {
    *sequence = sequence.wrapping_add(1);
    let number = *sequence;
    let mut request = Vec::new();
    let kind = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
    message(
        &mut request,
        kind,
        NLM_F_REQUEST | NLM_F_DUMP,
        number,
        |out| {
            generic_header(out, Family::Ip as u8, 0);
        },
    );
    let kernel = SocketAddrNetlink::new(0, 0);
    sendto(socket, &request, SendFlags::empty(), &kernel)?;
    let mut begun = Vec::new();
    let mut buffer = vec![0; DUMP_PART_MAX_BYTES];
    loop {
        let (length, _) = recv(socket, &mut *buffer, RecvFlags::empty())?;
        let part = flows_from(buffer.get(..length).unwrap_or_default(), number, address);
        begun.extend(part.begun);
        if part.is_last {
            break;
        }
    }
    for tuple in begun {
        *sequence = sequence.wrapping_add(2);
        let mut request = Vec::new();
        let kind = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
        message(
            &mut request,
            kind,
            NLM_F_REQUEST | NLM_F_ACK,
            *sequence,
            |out| {
                generic_header(out, Family::Ip as u8, 0);
                attribute(out, CTA_TUPLE_ORIG | NLA_F_NESTED, |out| out.extend(tuple));
            },
        );
        match exchange(socket, &request, sequence.wrapping_sub(1), 1) {
            // It has ended by itself meanwhile.
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Sends messages and takes the answers to the `count` that follow number `begin`.
fn exchange(socket: &OwnedFd, request: &[u8], begin: u32, count: u32) -> io::Result<()> {
    sendto(
        socket,
        request,
        SendFlags::empty(),
        &SocketAddrNetlink::new(0, 0),
    )?;
    let mut refused = None;
    let mut answered = 0;
    let mut buffer = vec![0; ANSWER_MAX_BYTES];
    while answered < count {
        let (length, _) = recv(socket, &mut *buffer, RecvFlags::empty())?;
        let Some((number, error)) = read_answer(buffer.get(..length).unwrap_or_default()) else {
            continue;
        };
        let place = number.wrapping_sub(begin);
        // One of an earlier batch that was given up.
        if place > count {
            continue;
        }
        if error != 0 {
            refused.get_or_insert(error);
        }
        if place == 0 {
            break;
        }
        answered += 1;
    }
    match refused {
        Some(error) => Err(Errno::from_raw_os_error(error).into()),
        None => Ok(()),
    }
}

/// The sequence number and the error number (0: done) of an answer.
fn read_answer(answer: &[u8]) -> Option<(u32, i32)> {
    let number = |at: usize| -> Option<[u8; 4]> { answer.get(at..at + 4)?.try_into().ok() };
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    if kind != NLMSG_ERROR {
        return None;
    }
    let error = i32::from_ne_bytes(number(HEADER_BYTES)?);
    Some((u32::from_ne_bytes(number(8)?), error.saturating_neg()))
}

/// A whole batch, for one call of send.
fn batch(table: &str, changes: &[(Verb, Element)], begin: u32) -> Vec<u8> {
    let mut out = Vec::new();
    message(
        &mut out,
        NFNL_MSG_BATCH_BEGIN,
        NLM_F_REQUEST,
        begin,
        |out| {
            generic_header(out, 0, NFNL_SUBSYS_NFTABLES);
        },
    );
    let mut number = begin;
    for (verb, element) in changes {
        number = number.wrapping_add(1);
        let (kind, create) = match verb {
            Verb::Add => (NFT_MSG_NEWSETELEM, NLM_F_CREATE),
            Verb::Remove => (NFT_MSG_DELSETELEM, 0),
        };
        let kind = NFNL_SUBSYS_NFTABLES << 8 | kind;
        let flags = NLM_F_REQUEST | NLM_F_ACK | create;
        message(&mut out, kind, flags, number, |out| {
            generic_header(out, element.family as u8, 0);
            write_element(out, table, element, *verb);
        });
    }
    let end = number.wrapping_add(1);
    message(&mut out, NFNL_MSG_BATCH_END, NLM_F_REQUEST, end, |out| {
        generic_header(out, 0, NFNL_SUBSYS_NFTABLES);
    });
    out
}

fn write_element(out: &mut Vec<u8>, table: &str, element: &Element, verb: Verb) {
    let text = |text: &str| -> Vec<u8> { text.bytes().chain([0]).collect() };
    attribute(out, NFTA_SET_ELEM_LIST_TABLE, |out| {
        out.extend(text(table));
    });
    attribute(out, NFTA_SET_ELEM_LIST_SET, |out| {
        out.extend(text(&element.set));
    });
    let value = |out: &mut Vec<u8>, kind: u16, value: &Key| {
        attribute(out, kind | NLA_F_NESTED, |out| {
            attribute(out, NFTA_DATA_VALUE, |out| out.extend(&value.0));
        });
    };
    attribute(out, NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED, |out| {
        attribute(out, NFTA_LIST_ELEM | NLA_F_NESTED, |out| {
            value(out, NFTA_SET_ELEM_KEY, &element.key);
            if let Some(data) = &element.value
                && verb == Verb::Add
            {
                value(out, NFTA_SET_ELEM_DATA, data);
            }
        });
    });
}

/// `struct nfgenmsg`.
pub(super) fn generic_header(out: &mut Vec<u8>, family: u8, resource: u16) {
    out.extend([family, 0]);
    out.extend(resource.to_be_bytes());
}

pub(super) fn message(
    out: &mut Vec<u8>,
    kind: u16,
    flags: u16,
    number: u32,
    body: impl FnOnce(&mut Vec<u8>),
) {
    let mut inner = Vec::new();
    body(&mut inner);
    let length = u32::try_from(HEADER_BYTES + inner.len()).unwrap_or(u32::MAX);
    out.extend(length.to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(flags.to_ne_bytes());
    out.extend(number.to_ne_bytes());
    out.extend(0_u32.to_ne_bytes());
    out.extend(inner);
    out.resize(out.len().next_multiple_of(4), 0);
}

pub(super) fn attribute(out: &mut Vec<u8>, kind: u16, body: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    body(&mut inner);
    let length = u16::try_from(4 + inner.len()).unwrap_or(u16::MAX);
    out.extend(length.to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(inner);
    out.resize(out.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_as_nft_writes_them() {
        // What `nft --debug=netlink` shows of the same elements, in the bytes' own order.
        let port = Key::default()
            .interface("tac1f0005")
            .mac(MacAddress::of(Ipv4Addr::new(172, 31, 0, 5)))
            .address(Ipv4Addr::new(172, 31, 0, 5));
        assert_eq!(
            port.0,
            [
                0x74, 0x61, 0x63, 0x31, 0x66, 0x30, 0x30, 0x30, 0x35, 0, 0, 0, 0, 0, 0, 0, //
                0x02, 0x4c, 0xac, 0x1f, 0x00, 0x05, 0, 0, 0xac, 0x1f, 0x00, 0x05
            ]
        );
        let published = Key::default().protocol(Protocol::Tcp).port(80);
        assert_eq!(published.0, [6, 0, 0, 0, 0, 80, 0, 0]);
    }

    #[test]
    fn a_batch_begins_and_ends_and_numbers_its_messages() {
        let element = Element {
            family: Family::Ip,
            set: "s".to_owned(),
            key: Key::default().address(Ipv4Addr::new(10, 0, 0, 1)),
            value: None,
        };
        let bytes = batch("t", &[(Verb::Add, element)], 7);
        let mut kinds = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let length = u32::from_ne_bytes(rest[..4].try_into().unwrap()) as usize;
            kinds.push((
                u16::from_ne_bytes(rest[4..6].try_into().unwrap()),
                u32::from_ne_bytes(rest[8..12].try_into().unwrap()),
                length,
            ));
            rest = &rest[length..];
        }
        // The middle one is the very size that nft gives it.
        assert_eq!(kinds, [(16, 7, 20), (2572, 8, 56), (17, 9, 20)]);
    }

    #[test]
    fn an_answer_tells_which_and_why() {
        let mut answer = vec![36, 0, 0, 0];
        answer.extend(2_u16.to_ne_bytes());
        answer.extend(0_u16.to_ne_bytes());
        answer.extend(9_u32.to_ne_bytes());
        answer.extend(0_u32.to_ne_bytes());
        answer.extend((-2_i32).to_ne_bytes());
        assert_eq!(read_answer(&answer), Some((9, 2)));
        assert_eq!(read_answer(&answer[..18]), None);
    }
}
