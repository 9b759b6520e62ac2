//! Writes a shape as XML elements.

use aws_schema::{Kind, Member, Schema, Timestamp, TimestampFormat};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::reading::{float_digits, float_name};
use crate::timestamp::{self, Formats};

/// Collects one document.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
    formats: Formats,
    /// What encloses the next value.
    open: Vec<Open>,
    /// The member just named.
    next: Option<Place>,
}

/// Where a value is to stand.
#[derive(Clone, Copy)]
struct Place {
    /// The element's name.
    name: &'static str,
    /// True where a list or map has no element of its own.
    flattened: bool,
}

/// A structure, list or map that is not closed yet.
struct Open {
    /// The element to close with it; a flattened one and the outermost structure have none.
    element: Option<&'static str>,
    inside: Inside,
}

#[derive(Clone, Copy)]
enum Inside {
    Structure,
    List {
        item: &'static str,
    },
    Map {
        entry: &'static str,
        key: &'static str,
        value: &'static str,
    },
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    pub(crate) fn begin_element(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element in a namespace, which its children share.
    pub(crate) fn begin_root(&mut self, name: &str, namespace: Option<&str>) {
        self.out.push('<');
        self.out.push_str(name);
        if let Some(namespace) = namespace {
            self.out.push_str(" xmlns=\"");
            self.text(namespace);
            self.out.push('"');
        }
        self.out.push('>');
    }

    pub(crate) fn end_element(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    pub(crate) fn text_element(&mut self, name: &str, text: &str) {
        self.begin_element(name);
        self.text(text);
        self.end_element(name);
    }

    /// Escapes what XML 1.0 gives a meaning, and carriage returns, which a parser would turn
    /// into line feeds. Characters that XML cannot carry at all become U+FFFD.
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                '"' => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#xD;"),
                '\t' | '\n' => self.out.push(character),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.out.push('\u{fffd}'),
                other => self.out.push(other),
            }
        }
    }

    /// Where the value that now begins is to stand; `None` for the outermost.
    fn place(&mut self) -> Option<Place> {
        self.next.take().or_else(|| {
            let name = match self.open.last()?.inside {
                Inside::Structure => return None,
                Inside::List { item } => item,
                Inside::Map { value, .. } => value,
            };
            Some(Place {
                name,
                flattened: false,
            })
        })
    }

    fn begin(&mut self, schema: &'static Schema, element: Option<&'static str>, inside: Inside) {
        self.formats.begin(schema);
        if let Some(name) = element {
            self.begin_element(name);
        }
        self.open.push(Open { element, inside });
    }

    fn end(&mut self) {
        self.formats.end();
        if let Some(name) = self.open.pop().and_then(|open| open.element) {
            self.end_element(name);
        }
        self.end_value();
    }

    /// A map's entry ends with its value.
    fn end_value(&mut self) {
        if let Some(Inside::Map { entry, .. }) = self.open.last().map(|open| open.inside) {
            self.end_element(entry);
        }
    }

    fn leaf(&mut self, text: &str) {
        match self.place() {
            Some(place) => self.text_element(place.name, text),
            None => self.text(text),
        }
        self.end_value();
    }
}

/// The element of a member: that of a flattened list bears the name of the items.
fn element_name(member: &'static Member) -> &'static str {
    let item_name = match &member.target.kind {
        Kind::List(item) if member.flattened => item.location_name,
        _ => None,
    };
    item_name.or(member.location_name).unwrap_or(member.name)
}

impl aws_schema::Writer for Writer {
    fn begin_structure(&mut self, schema: &'static Schema) {
        let element = self.place().map(|place| place.name);
        self.begin(schema, element, Inside::Structure);
    }

    fn member(&mut self, member: &'static Member) {
        self.formats.member(member);
        self.next = Some(Place {
            name: element_name(member),
            flattened: member.flattened,
        });
    }

    fn end_structure(&mut self, _: &'static Schema) {
        self.end();
    }

    fn begin_list(&mut self, schema: &'static Schema, _: usize) {
        let place = self.place();
        let item_name = match &schema.kind {
            Kind::List(item) => item.location_name,
            _ => None,
        };
        match place {
            Some(Place {
                name,
                flattened: true,
            }) => self.begin(schema, None, Inside::List { item: name }),
            other => self.begin(
                schema,
                other.map(|place| place.name),
                Inside::List {
                    item: item_name.unwrap_or("member"),
                },
            ),
        }
    }

    fn end_list(&mut self, _: &'static Schema) {
        self.end();
    }

    fn begin_map(&mut self, schema: &'static Schema, _: usize) {
        let place = self.place();
        let (key, value) = match &schema.kind {
            Kind::Map(key, value) => (key.location_name, value.location_name),
            _ => (None, None),
        };
        let (key, value) = (key.unwrap_or("key"), value.unwrap_or("value"));
        let (element, entry) = match place {
            Some(Place {
                name,
                flattened: true,
            }) => (None, name),
            other => (other.map(|place| place.name), "entry"),
        };
        self.begin(schema, element, Inside::Map { entry, key, value });
    }

    fn key(&mut self, key: &str) {
        if let Some(Inside::Map {
            entry, key: name, ..
        }) = self.open.last().map(|open| open.inside)
        {
            self.begin_element(entry);
            self.text_element(name, key);
        }
    }

    fn end_map(&mut self, _: &'static Schema) {
        self.end();
    }

    fn string(&mut self, _: &'static Schema, value: &str) {
        self.leaf(value);
    }

    fn boolean(&mut self, _: &'static Schema, value: bool) {
        self.leaf(if value { "true" } else { "false" });
    }

    fn integer(&mut self, _: &'static Schema, value: i64) {
        self.leaf(&value.to_string());
    }

    fn float(&mut self, schema: &'static Schema, value: f64) {
        match float_name(value) {
            Some(name) => self.leaf(name),
            None => self.leaf(&float_digits(schema, value)),
        }
    }

    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        let format = self.formats.of(schema, TimestampFormat::Iso8601);
        self.leaf(&timestamp::to_text(value, format));
    }

    fn blob(&mut self, _: &'static Schema, value: &[u8]) {
        self.leaf(&STANDARD.encode(value));
    }
}
