//! Writes awsJson straight into bytes.

use aws_schema::{Member, Schema, Timestamp, TimestampFormat};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::reading::{float_digits, float_name};
use crate::timestamp::{self, Formats};

/// Collects one JSON value.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    formats: Formats,
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Opens an object that is no shape: an error, whose code stands beside its members.
    pub(crate) fn begin_object(&mut self) {
        self.separate();
        self.out.push(b'{');
    }

    /// A member of such an object.
    pub(crate) fn text_member(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text(value);
    }

    pub(crate) fn end_object(&mut self) {
        self.out.push(b'}');
    }

    /// A comma, unless the value is the first of its list or object or follows its own name.
    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':' | b',')) {
            self.out.push(b',');
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.text(name);
        self.out.push(b':');
    }

    fn raw(&mut self, text: &str) {
        self.separate();
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A string with RFC 8259's escapes.
    fn text(&mut self, text: &str) {
        self.separate();
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut copied = 0;
        for (at, byte) in bytes.iter().enumerate() {
            // What needs an escape is ASCII, so other characters are copied whole.
            let short = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0..b' ' => "",
                _ => continue,
            };
            self.out
                .extend_from_slice(bytes.get(copied..at).unwrap_or_default());
            copied = at + 1;
            if short.is_empty() {
                self.out
                    .extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            } else {
                self.out.extend_from_slice(short.as_bytes());
            }
        }
        self.out
            .extend_from_slice(bytes.get(copied..).unwrap_or_default());
        self.out.push(b'"');
    }
}

impl aws_schema::Writer for Writer {
    fn begin_structure(&mut self, schema: &'static Schema) {
        self.formats.begin(schema);
        self.begin_object();
    }

    fn member(&mut self, member: &'static Member) {
        self.formats.member(member);
        self.name(member.name);
    }

    fn end_structure(&mut self, _: &'static Schema) {
        self.formats.end();
        self.end_object();
    }

    fn begin_list(&mut self, schema: &'static Schema, _: usize) {
        self.formats.begin(schema);
        self.separate();
        self.out.push(b'[');
    }

    fn end_list(&mut self, _: &'static Schema) {
        self.formats.end();
        self.out.push(b']');
    }

    fn begin_map(&mut self, schema: &'static Schema, _: usize) {
        self.formats.begin(schema);
        self.begin_object();
    }

    fn key(&mut self, key: &str) {
        self.name(key);
    }

    fn end_map(&mut self, _: &'static Schema) {
        self.formats.end();
        self.end_object();
    }

    fn string(&mut self, _: &'static Schema, value: &str) {
        self.text(value);
    }

    fn boolean(&mut self, _: &'static Schema, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    fn integer(&mut self, _: &'static Schema, value: i64) {
        self.raw(&value.to_string());
    }

    fn float(&mut self, schema: &'static Schema, value: f64) {
        match float_name(value) {
            Some(name) => self.text(name),
            None => self.raw(&float_digits(schema, value)),
        }
    }

    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        let format = self.formats.of(schema, TimestampFormat::UnixSeconds);
        let text = timestamp::to_text(value, format);
        if format == TimestampFormat::UnixSeconds {
            self.raw(&text);
        } else {
            self.text(&text);
        }
    }

    fn blob(&mut self, _: &'static Schema, value: &[u8]) {
        self.text(&STANDARD.encode(value));
    }
}
