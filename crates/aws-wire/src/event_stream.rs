//! Event streams (`application/vnd.amazon.eventstream`): an output that goes on, as messages of
//! headers and a payload, each with its checksums. The form is that of Smithy's "Amazon Event
//! Stream" specification:
//!
//! | message | bytes | | header | bytes |
//! | --- | --- | --- | --- | --- |
//! | length of it all | 4 | | length of the name | 1 |
//! | length of the headers | 4 | | name | |
//! | CRC-32 of the eight bytes before | 4 | | 7: a string | 1 |
//! | headers | | | length of the value | 2 |
//! | payload | | | value | |
//! | CRC-32 of all before | 4 | | | |
//!
//! All integers are big-endian. Events whose members go into headers or raw payloads are not
//! written yet: no typed operation has one.

use aws_schema::{Member, Protocol, Schema, Shape, Timestamp, Writer};
use bytes::Bytes;

use crate::codec::Encoded;
use crate::{cbor, json};

const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";
/// Lengths and their checksum.
const PRELUDE_BYTES: usize = 12;
const CHECKSUM_BYTES: usize = 4;
const STRING: u8 = 7;

/// Begins the response: what of the output is known at once, as the stream's first message.
#[must_use]
pub fn begin(protocol: Protocol, output: &dyn Shape) -> Encoded {
    let (payload, _) = body(protocol, output, false);
    let content_type = match protocol {
        Protocol::AwsJson10 => "application/x-amz-json-1.0",
        Protocol::AwsJson11 => "application/x-amz-json-1.1",
        _ => payload_type(protocol),
    };
    let headers = [
        (":event-type", "initial-response"),
        (":content-type", content_type),
        (":message-type", "event"),
    ];
    Encoded {
        content_type: CONTENT_TYPE,
        body: message(&headers, &payload),
        headers: Vec::new(),
    }
}

/// One event: a shape of which one member is present, the event.
#[must_use]
pub fn event(protocol: Protocol, event: &dyn Shape) -> Bytes {
    let (payload, member) = body(protocol, event, true);
    let Some(member) = member else {
        return Bytes::new();
    };
    let (kind, name) = if member.exception {
        ("exception", ":exception-type")
    } else {
        ("event", ":event-type")
    };
    let headers = [
        (name, member.name),
        (":content-type", payload_type(protocol)),
        (":message-type", kind),
    ];
    message(&headers, &payload)
}

fn payload_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::RpcV2Cbor => "application/cbor",
        _ => "application/json",
    }
}

/// A payload in the protocol's format, and which event it is. The Query protocols have no event
/// streams.
fn body(
    protocol: Protocol,
    shape: &dyn Shape,
    is_event: bool,
) -> (Vec<u8>, Option<&'static Member>) {
    let write = |writer: &mut dyn Writer| {
        if !is_event {
            shape.write(writer);
            return None;
        }
        let mut inner = Inner {
            writer,
            depth: 0,
            member: None,
        };
        shape.write(&mut inner);
        inner.member
    };
    if protocol == Protocol::RpcV2Cbor {
        let mut writer = cbor::Writer::default();
        let member = write(&mut writer);
        (writer.into_bytes(), member)
    } else {
        let mut writer = json::Writer::default();
        let member = write(&mut writer);
        (writer.into_bytes(), member)
    }
}

fn message(headers: &[(&str, &str)], payload: &[u8]) -> Bytes {
    let mut fields = Vec::new();
    for (name, value) in headers {
        fields.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        fields.extend_from_slice(name.as_bytes());
        fields.push(STRING);
        fields.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        fields.extend_from_slice(value.as_bytes());
    }
    let length = PRELUDE_BYTES + fields.len() + payload.len() + CHECKSUM_BYTES;
    let mut out = Vec::with_capacity(length);
    for length in [length, fields.len()] {
        out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out.extend_from_slice(&fields);
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    Bytes::from(out)
}

/// Writes of a structure its one member alone, and says which it was.
struct Inner<'a> {
    writer: &'a mut dyn Writer,
    depth: usize,
    member: Option<&'static Member>,
}

impl Writer for Inner<'_> {
    fn begin_structure(&mut self, schema: &'static Schema) {
        if self.depth > 0 {
            self.writer.begin_structure(schema);
        }
        self.depth += 1;
    }

    fn member(&mut self, member: &'static Member) {
        if self.depth == 1 {
            self.member = Some(member);
        } else {
            self.writer.member(member);
        }
    }

    fn end_structure(&mut self, schema: &'static Schema) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            self.writer.end_structure(schema);
        }
    }

    fn begin_list(&mut self, schema: &'static Schema, len: usize) {
        self.writer.begin_list(schema, len);
    }

    fn end_list(&mut self, schema: &'static Schema) {
        self.writer.end_list(schema);
    }

    fn begin_map(&mut self, schema: &'static Schema, len: usize) {
        self.writer.begin_map(schema, len);
    }

    fn key(&mut self, key: &str) {
        self.writer.key(key);
    }

    fn end_map(&mut self, schema: &'static Schema) {
        self.writer.end_map(schema);
    }

    fn string(&mut self, schema: &'static Schema, value: &str) {
        self.writer.string(schema, value);
    }

    fn boolean(&mut self, schema: &'static Schema, value: bool) {
        self.writer.boolean(schema, value);
    }

    fn integer(&mut self, schema: &'static Schema, value: i64) {
        self.writer.integer(schema, value);
    }

    fn float(&mut self, schema: &'static Schema, value: f64) {
        self.writer.float(schema, value);
    }

    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        self.writer.timestamp(schema, value);
    }

    fn blob(&mut self, schema: &'static Schema, value: &[u8]) {
        self.writer.blob(schema, value);
    }
}
