//! A client's side of the two Query protocols: writes a shape as a form.

use aws_schema::{Kind, Member, Protocol, Schema, Shape, Timestamp, TimestampFormat, Writer};
use base64::Engine as _;

use crate::timestamp::{Formats, to_text};

/// The form of an input.
pub(super) fn form(protocol: Protocol, input: &dyn Shape) -> Vec<u8> {
    let mut writer = Form {
        ec2: protocol == Protocol::Ec2Query,
        pairs: form_urlencoded::Serializer::new(String::new()),
        formats: Formats::default(),
        open: Vec::new(),
        next: None,
    };
    input.write(&mut writer);
    writer.pairs.finish().into_bytes()
}

struct Form {
    ec2: bool,
    pairs: form_urlencoded::Serializer<'static, String>,
    formats: Formats,
    open: Vec<Open>,
    /// The whole name of the member just named, and whether it is flattened.
    next: Option<(String, bool)>,
}

struct Open {
    /// What the names inside begin with.
    prefix: String,
    count: usize,
    /// Of a map: the last parts of its entries' names.
    map: Option<(&'static str, &'static str)>,
    list: bool,
}

impl Form {
    /// The name of the value that now begins.
    fn place(&mut self) -> (String, bool) {
        if let Some(next) = self.next.take() {
            return next;
        }
        let Some(open) = self.open.last_mut() else {
            return (String::new(), false);
        };
        match open.map {
            Some((_, value)) => (format!("{}.{}.{value}", open.prefix, open.count), false),
            None => {
                open.count += 1;
                (format!("{}.{}", open.prefix, open.count), false)
            }
        }
    }

    fn begin(&mut self, schema: &'static Schema, name: &str, prefix: String, len: Option<usize>) {
        // What has no part would otherwise not be there at all.
        if len == Some(0) {
            self.pairs.append_pair(name, "");
        }
        self.formats.begin(schema);
        self.open.push(Open {
            prefix,
            count: 0,
            map: match &schema.kind {
                Kind::Map(key, value) => Some((
                    key.location_name.unwrap_or("key"),
                    value.location_name.unwrap_or("value"),
                )),
                _ => None,
            },
            list: matches!(schema.kind, Kind::List(_)),
        });
    }

    fn end(&mut self) {
        self.formats.end();
        self.open.pop();
    }

    fn leaf(&mut self, text: &str) {
        let (name, _) = self.place();
        self.pairs.append_pair(&name, text);
    }
}

impl Writer for Form {
    fn begin_structure(&mut self, schema: &'static Schema) {
        let (name, _) = self.place();
        if !name.is_empty() {
            self.pairs.append_pair(&name, "");
        }
        self.begin(schema, &name.clone(), name, None);
    }
    fn member(&mut self, member: &'static Member) {
        self.formats.member(member);
        let name = if self.ec2 {
            member.query_name.map_or_else(
                || {
                    let name = member.location_name.unwrap_or(member.name);
                    name[..1].to_uppercase() + &name[1..]
                },
                str::to_owned,
            )
        } else {
            let item = match &member.target.kind {
                Kind::List(item) if member.flattened => item.location_name,
                _ => None,
            };
            item.or(member.location_name)
                .unwrap_or(member.name)
                .to_owned()
        };
        let open = self.open.last().unwrap();
        assert!(!open.list && open.map.is_none());
        let whole = if open.prefix.is_empty() {
            name
        } else {
            format!("{}.{name}", open.prefix)
        };
        self.next = Some((whole, member.flattened));
    }
    fn end_structure(&mut self, _: &'static Schema) {
        self.end();
    }
    fn begin_list(&mut self, schema: &'static Schema, len: usize) {
        let (name, flattened) = self.place();
        let Kind::List(item) = &schema.kind else {
            unreachable!()
        };
        let prefix = if flattened || self.ec2 {
            name.clone()
        } else {
            format!("{name}.{}", item.location_name.unwrap_or("member"))
        };
        self.begin(schema, &name, prefix, Some(len));
    }
    fn end_list(&mut self, _: &'static Schema) {
        self.end();
    }
    fn begin_map(&mut self, schema: &'static Schema, len: usize) {
        let (name, flattened) = self.place();
        let prefix = if flattened || self.ec2 {
            name.clone()
        } else {
            format!("{name}.entry")
        };
        self.begin(schema, &name, prefix, Some(len));
    }
    fn key(&mut self, key: &str) {
        let open = self.open.last_mut().unwrap();
        open.count += 1;
        let name = format!("{}.{}.{}", open.prefix, open.count, open.map.unwrap().0);
        self.pairs.append_pair(&name, key);
    }
    fn end_map(&mut self, _: &'static Schema) {
        self.end();
    }
    fn string(&mut self, _: &'static Schema, value: &str) {
        self.leaf(value);
    }
    fn boolean(&mut self, _: &'static Schema, value: bool) {
        self.leaf(&value.to_string());
    }
    fn integer(&mut self, _: &'static Schema, value: i64) {
        self.leaf(&value.to_string());
    }
    fn float(&mut self, _: &'static Schema, value: f64) {
        match crate::reading::float_name(value) {
            Some(name) => self.leaf(name),
            None => self.leaf(&format!("{value:?}")),
        }
    }
    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        let format = self.formats.of(schema, TimestampFormat::Iso8601);
        self.leaf(&to_text(value, format));
    }
    fn blob(&mut self, _: &'static Schema, value: &[u8]) {
        self.leaf(&base64::engine::general_purpose::STANDARD.encode(value));
    }
}
