//! `Debug` for every generated shape: secrets, and only they, are left out.

use std::fmt;

use crate::{Member, Schema, Shape, Timestamp, Writer};

/// Formats `shape` for a log, with every sensitive value replaced by `***`.
///
/// # Errors
/// When the formatter fails.
pub fn debug(shape: &dyn Shape, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut writer = Redacting {
        out: String::new(),
        hidden: 0,
    };
    shape.write(&mut writer);
    f.write_str(&writer.out)
}

struct Redacting {
    out: String,
    /// How many sensitive shapes enclose the present value.
    hidden: usize,
}

impl Redacting {
    fn separate(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(['{', '[', ' ']) {
            self.out.push_str(", ");
        }
    }

    fn open(&mut self, schema: &'static Schema, bracket: char) {
        if self.hidden == 0 {
            self.separate();
            if schema.sensitive {
                self.out.push_str("***");
            } else {
                self.out.push(bracket);
            }
        }
        if schema.sensitive || self.hidden > 0 {
            self.hidden += 1;
        }
    }

    fn close(&mut self, bracket: char) {
        if self.hidden > 0 {
            self.hidden -= 1;
        } else {
            self.out.push(bracket);
        }
    }

    fn label(&mut self, name: &str) {
        if self.hidden == 0 {
            self.separate();
            self.out.push_str(name);
            self.out.push_str(": ");
        }
    }

    fn leaf(&mut self, schema: &'static Schema, text: fmt::Arguments<'_>) {
        if self.hidden > 0 {
            return;
        }
        self.separate();
        if schema.sensitive {
            self.out.push_str("***");
        } else {
            self.out.push_str(&text.to_string());
        }
    }
}

impl Writer for Redacting {
    fn begin_structure(&mut self, schema: &'static Schema) {
        self.open(schema, '{');
    }
    fn member(&mut self, member: &'static Member) {
        self.label(member.name);
    }
    fn end_structure(&mut self, _: &'static Schema) {
        self.close('}');
    }
    fn begin_list(&mut self, schema: &'static Schema, _: usize) {
        self.open(schema, '[');
    }
    fn end_list(&mut self, _: &'static Schema) {
        self.close(']');
    }
    fn begin_map(&mut self, schema: &'static Schema, _: usize) {
        self.open(schema, '{');
    }
    fn key(&mut self, key: &str) {
        self.label(key);
    }
    fn end_map(&mut self, _: &'static Schema) {
        self.close('}');
    }
    fn string(&mut self, schema: &'static Schema, value: &str) {
        self.leaf(schema, format_args!("{value:?}"));
    }
    fn boolean(&mut self, schema: &'static Schema, value: bool) {
        self.leaf(schema, format_args!("{value}"));
    }
    fn integer(&mut self, schema: &'static Schema, value: i64) {
        self.leaf(schema, format_args!("{value}"));
    }
    fn float(&mut self, schema: &'static Schema, value: f64) {
        self.leaf(schema, format_args!("{value}"));
    }
    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        self.leaf(schema, format_args!("@{}ms", value.as_millis()));
    }
    fn blob(&mut self, schema: &'static Schema, value: &[u8]) {
        self.leaf(schema, format_args!("{} bytes", value.len()));
    }
}
