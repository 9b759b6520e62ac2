//! What the kernel tells of the connections that it tracks, as far as it takes to name one
//! (linux/netfilter/nfnetlink_conntrack.h).
//!
//! Pure: bytes of netlink messages in, parts of them out. All numbers are the machine's own way round, but
//! for addresses.

use std::net::Ipv4Addr;

use crate::linux::nfnetlink::{
    CTA_IP_V4_SRC, CTA_TUPLE_IP, CTA_TUPLE_ORIG, CTA_TUPLE_REPLY, GENERIC_HEADER_BYTES,
    HEADER_BYTES, NFNL_SUBSYS_CTNETLINK, NLMSG_ERROR,
};

const NLMSG_DONE: u16 = 3;
const IPCTNL_MSG_CT_NEW: u16 = 0;
/// The bits of an attribute's type that are no flags.
const TYPE_MASK: u16 = 0x3fff;

/// Some of an answer to a request for all tracked connections.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// How each connection was begun: the payload of its `CTA_TUPLE_ORIG`, which names it.
    pub(super) begun: Vec<Vec<u8>>,
    /// Nothing more comes.
    pub(super) is_last: bool,
}

/// Of the messages that answer request `number`, the connections whose answers come from `address`.
pub(super) fn flows_from(mut bytes: &[u8], number: u32, address: Ipv4Addr) -> Part {
    let mut part = Part::default();
    while let Some((kind, of, body, rest)) = next_message(bytes) {
        bytes = rest;
        if of != number {
            continue;
        }
        if matches!(kind, NLMSG_DONE | NLMSG_ERROR) {
            part.is_last = true;
        }
        if kind != NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW {
            continue;
        }
        let attributes = body.get(GENERIC_HEADER_BYTES..).unwrap_or_default();
        let answers_from = find(attributes, CTA_TUPLE_REPLY)
            .and_then(|reply| find(reply, CTA_TUPLE_IP))
            .and_then(|addresses| find(addresses, CTA_IP_V4_SRC));
        if answers_from == Some(&address.octets())
            && let Some(begun) = find(attributes, CTA_TUPLE_ORIG)
        {
            part.begun.push(begun.to_owned());
        }
    }
    part
}

/// Type, sequence number and body of the first message, and what follows it.
fn next_message(bytes: &[u8]) -> Option<(u16, u32, &[u8], &[u8])> {
    let length = usize::try_from(u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?)).ok()?;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    let number = u32::from_ne_bytes(bytes.get(8..12)?.try_into().ok()?);
    let body = bytes.get(HEADER_BYTES..length)?;
    let rest = bytes.get(length.checked_next_multiple_of(4)?..);
    Some((kind, number, body, rest.unwrap_or_default()))
}

/// The payload of the first attribute of a type.
fn find(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
        let payload = bytes.get(4..length)?;
        if kind & TYPE_MASK == wanted {
            return Some(payload);
        }
        bytes = bytes.get(length.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::nfnetlink::{NLA_F_NESTED, attribute, generic_header, message};

    const NUMBER: u32 = 7;

    fn flow(out: &mut Vec<u8>, from: u32, begun: &[u8], answers_from: Ipv4Addr) {
        let kind = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
        message(out, kind, 0, from, |out| {
            generic_header(out, 2, 0);
            attribute(out, CTA_TUPLE_ORIG | NLA_F_NESTED, |out| out.extend(begun));
            attribute(out, CTA_TUPLE_REPLY | NLA_F_NESTED, |out| {
                attribute(out, CTA_TUPLE_IP | NLA_F_NESTED, |out| {
                    attribute(out, CTA_IP_V4_SRC, |out| out.extend(answers_from.octets()));
                });
            });
        });
    }

    #[test]
    fn the_connections_to_an_address_are_found() {
        let (gone, other) = (Ipv4Addr::new(172, 17, 0, 4), Ipv4Addr::new(172, 17, 0, 5));
        let mut bytes = Vec::new();
        flow(&mut bytes, NUMBER, b"one", gone);
        flow(&mut bytes, NUMBER, b"two", other);
        flow(&mut bytes, NUMBER + 1, b"not asked for", gone);
        flow(&mut bytes, NUMBER, b"three", gone);
        let begun = vec![b"one".to_vec(), b"three".to_vec()];
        let more = Part {
            begun: begun.clone(),
            is_last: false,
        };
        assert_eq!(flows_from(&bytes, NUMBER, gone), more);
        message(&mut bytes, NLMSG_DONE, 0, NUMBER, |out| out.extend([0; 4]));
        let last = Part {
            begun,
            is_last: true,
        };
        assert_eq!(flows_from(&bytes, NUMBER, gone), last);
        // Broken off anywhere, it is less.
        for length in 0..bytes.len() {
            let part = flows_from(&bytes[..length], NUMBER, gone);
            assert!(part.begun.len() <= 2 && !part.is_last);
        }
    }
}
