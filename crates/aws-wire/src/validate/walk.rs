//! The walk over an input: it keeps the path, quotes what offends, and words each violation.

use std::fmt;

use aws_schema::{Kind, Member, Schema, Timestamp, Writer};

use super::VIOLATIONS_REPORTED_MAX;
use super::rule::{Measure, rules};
use crate::reading::float_digits;
use crate::timestamp::unix_seconds;

/// How much of an offending value is quoted, in characters.
const QUOTED_MAX_CHARACTERS: usize = 256;

#[derive(Default)]
pub(super) struct Walk {
    /// Whether violations are worded. What is fine needs no words, and their making costs more than
    /// all the rest: a walk without them only tells whether there is any.
    words: bool,
    /// Empty ones where there are no words.
    sentences: Vec<String>,
    /// The parts of the path to the present value.
    path: Vec<Part>,
    open: Vec<Open>,
}

/// A part of a path.
enum Part {
    Member(&'static str),
    /// Counted from 1.
    Item(usize),
    Entry(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // As Java's accessors are named: `sAMLOptions` for `SAMLOptions`.
            Self::Member(name) => {
                let mut characters = name.chars();
                let first = characters.next().map(|first| first.to_ascii_lowercase());
                write!(f, "{}{}", first.unwrap_or_default(), characters.as_str())
            }
            Self::Item(number) => write!(f, "{number}.member"),
            Self::Entry(key) => write!(f, "{key}.member"),
        }
    }
}

/// A structure, list or map that is not closed yet.
struct Open {
    schema: &'static Schema,
    /// True inside of a sensitive shape.
    hidden: bool,
    /// Of a structure: which members were there. Of a list or map: how many items.
    present: Present,
    /// The text of a list or map, to be quoted.
    quote: Quote,
    /// True when a scalar among the items or values, or a key, violates its shape.
    bad_item: bool,
    bad_key: bool,
}

enum Present {
    Members(Vec<bool>),
    Items(usize),
    Entries { len: usize, key: String },
}

/// The beginning of a value's text.
#[derive(Default)]
struct Quote {
    text: String,
    /// True when something in it is sensitive, so that none of it may be shown.
    hidden: bool,
}

impl Quote {
    fn of(text: &str, hidden: bool) -> Self {
        let mut quote = Self {
            hidden,
            ..Self::default()
        };
        if !hidden {
            quote.push(text);
        }
        quote
    }

    fn push(&mut self, text: &str) {
        let held = self.text.chars().count();
        if held < QUOTED_MAX_CHARACTERS {
            let left = QUOTED_MAX_CHARACTERS - held;
            self.text.extend(text.chars().take(left));
            if text.chars().nth(left).is_some() {
                self.text.push_str("...");
            }
        }
    }
}

impl Walk {
    pub(super) fn in_words() -> Self {
        Self {
            words: true,
            ..Self::default()
        }
    }

    /// The beginning of a text, where there are words.
    fn quote(&self, text: &str, hidden: bool) -> Quote {
        if self.words {
            Quote::of(text, hidden)
        } else {
            Quote::default()
        }
    }

    pub(super) fn has_found_any(&self) -> bool {
        !self.sentences.is_empty()
    }

    pub(super) fn into_sentences(self) -> Vec<String> {
        self.sentences
    }

    fn report(&mut self, quote: Option<&Quote>, constraint: &str) {
        if self.sentences.len() >= VIOLATIONS_REPORTED_MAX {
            return;
        }
        if !self.words {
            self.sentences.push(String::new());
            return;
        }
        let value = match quote {
            None => "Value null".to_owned(),
            Some(Quote { hidden: true, .. }) => "Value".to_owned(),
            Some(Quote { text, .. }) => format!("Value '{text}'"),
        };
        let path: Vec<_> = self.path.iter().map(ToString::to_string).collect();
        let path = path.join(".");
        self.sentences.push(format!(
            "{value} at '{path}' failed to satisfy constraint: {constraint}"
        ));
    }

    /// True where the present value stands inside of a sensitive shape.
    fn is_hidden(&self) -> bool {
        self.open.last().is_some_and(|open| open.hidden)
    }

    /// A value begins: an item or entry adds its part to the path; a member has done so.
    fn arrive(&mut self) {
        let words = self.words;
        let part = match self.open.last_mut() {
            Some(Open {
                present: Present::Items(count),
                ..
            }) => {
                *count += 1;
                Part::Item(*count)
            }
            Some(Open {
                present: Present::Entries { key, .. },
                ..
            }) => Part::Entry(if words { key.clone() } else { String::new() }),
            _ => return,
        };
        self.path.push(part);
    }

    /// The value is over; `quote` is what a list or map around it shows of it.
    fn leave(&mut self, quote: &Quote) {
        self.path.pop();
        if let Some(around) = self.open.last_mut().filter(|_| self.words) {
            let separator = match &around.present {
                Present::Members(_) => return,
                Present::Items(1) => String::new(),
                Present::Items(_) => ", ".to_owned(),
                Present::Entries { len: 1, key } => format!("{key}="),
                Present::Entries { key, .. } => format!(", {key}="),
            };
            around.quote.hidden |= quote.hidden;
            if !around.quote.hidden {
                around.quote.push(&separator);
                around.quote.push(&quote.text);
            }
        }
    }

    fn leaf(
        &mut self,
        schema: &'static Schema,
        measure: &Measure<'_>,
        text: impl FnOnce() -> String,
    ) {
        self.arrive();
        let violated: Vec<_> = rules(schema)
            .filter(|rule| !rule.is_obeyed(measure))
            .collect();
        let hidden = self.is_hidden() || schema.sensitive;
        match self.open.last_mut() {
            Some(Open {
                present: Present::Items(_) | Present::Entries { .. },
                bad_item,
                ..
            }) => {
                *bad_item |= !violated.is_empty();
                let quote = if self.words {
                    Quote::of(&text(), hidden)
                } else {
                    Quote::default()
                };
                self.leave(&quote);
            }
            // Most values are fine, and their text is not asked for.
            _ if violated.is_empty() => self.leave(&Quote::default()),
            _ => {
                let quote = Quote::of(&text(), hidden);
                for rule in violated {
                    self.report(Some(&quote), &rule.to_string());
                }
                self.leave(&quote);
            }
        }
    }

    fn begin(&mut self, schema: &'static Schema, present: Present) {
        let hidden = self.is_hidden() || schema.sensitive;
        self.arrive();
        self.open.push(Open {
            schema,
            hidden,
            present,
            quote: Quote {
                hidden,
                ..Quote::default()
            },
            bad_item: false,
            bad_key: false,
        });
    }

    fn end_collection(&mut self, opening: &str, closing: &str) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let len = match open.present {
            Present::Items(len) | Present::Entries { len, .. } => len,
            Present::Members(_) => 0,
        };
        let quote = Quote {
            text: if self.words {
                format!("{opening}{}{closing}", open.quote.text)
            } else {
                String::new()
            },
            hidden: open.quote.hidden,
        };
        for rule in rules(open.schema) {
            if !rule.is_obeyed(&Measure::Length(len)) {
                self.report(Some(&quote), &rule.to_string());
            }
        }
        match &open.schema.kind {
            Kind::List(item) if open.bad_item => {
                let all = all_rules(item.target);
                self.report(
                    Some(&quote),
                    &format!("Member must satisfy constraint: [{all}]"),
                );
            }
            Kind::Map(key, value) => {
                for (bad, what, schema) in [
                    (open.bad_key, "Map keys", key.target),
                    (open.bad_item, "Map value", value.target),
                ] {
                    if bad {
                        let all = all_rules(schema);
                        self.report(
                            Some(&quote),
                            &format!("{what} must satisfy constraint: [{all}]"),
                        );
                    }
                }
            }
            _ => {}
        }
        self.leave(&quote);
    }
}

/// The rules of a scalar in a list or map, as AWS lists them.
fn all_rules(schema: &Schema) -> String {
    let all: Vec<_> = rules(schema).map(|rule| rule.to_string()).collect();
    all.join(", ")
}

impl Writer for Walk {
    fn begin_structure(&mut self, schema: &'static Schema) {
        self.begin(
            schema,
            Present::Members(vec![false; schema.members().len()]),
        );
    }

    fn member(&mut self, member: &'static Member) {
        if let Some(Open {
            schema,
            present: Present::Members(present),
            ..
        }) = self.open.last_mut()
        {
            let members = schema.members().iter();
            for (known, present) in members.zip(present) {
                *present |= std::ptr::eq(known, member);
            }
        }
        self.path.push(Part::Member(member.name));
    }

    fn end_structure(&mut self, _: &'static Schema) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let Present::Members(present) = open.present else {
            return;
        };
        let shown = self.quote(open.schema.name, open.hidden);
        for (member, present) in open.schema.members().iter().zip(&present) {
            if member.required && !present {
                self.path.push(Part::Member(member.name));
                self.report(None, "Member must not be null");
                self.path.pop();
            }
        }
        let count = present.iter().filter(|present| **present).count();
        if matches!(open.schema.kind, Kind::Union(_)) && count != 1 {
            self.report(Some(&shown), "Member must have exactly one of its members");
        }
        self.leave(&shown);
    }

    fn begin_list(&mut self, schema: &'static Schema, _: usize) {
        self.begin(schema, Present::Items(0));
    }

    fn end_list(&mut self, _: &'static Schema) {
        self.end_collection("[", "]");
    }

    fn begin_map(&mut self, schema: &'static Schema, _: usize) {
        self.begin(
            schema,
            Present::Entries {
                len: 0,
                key: String::new(),
            },
        );
    }

    fn key(&mut self, text: &str) {
        let words = self.words;
        let Some(Open {
            schema,
            present: Present::Entries { len, key },
            hidden,
            quote,
            bad_key,
            ..
        }) = self.open.last_mut()
        else {
            return;
        };
        let Kind::Map(key_member, _) = &schema.kind else {
            return;
        };
        *len += 1;
        *bad_key |= !rules(key_member.target).all(|rule| rule.is_obeyed(&Measure::Text(text)));
        let key_hidden = *hidden || key_member.target.sensitive;
        quote.hidden |= key_hidden;
        if words {
            *key = Quote::of(if key_hidden { "***" } else { text }, false).text;
        }
    }

    fn end_map(&mut self, _: &'static Schema) {
        self.end_collection("{", "}");
    }

    fn string(&mut self, schema: &'static Schema, value: &str) {
        self.leaf(schema, &Measure::Text(value), || value.to_owned());
    }

    fn boolean(&mut self, schema: &'static Schema, value: bool) {
        self.leaf(schema, &Measure::None, || value.to_string());
    }

    fn integer(&mut self, schema: &'static Schema, value: i64) {
        self.leaf(schema, &Measure::Integer(value), || value.to_string());
    }

    fn float(&mut self, schema: &'static Schema, value: f64) {
        self.leaf(schema, &Measure::Float(value), || {
            float_digits(schema, value)
        });
    }

    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        self.leaf(schema, &Measure::None, || unix_seconds(value));
    }

    fn blob(&mut self, schema: &'static Schema, value: &[u8]) {
        self.leaf(schema, &Measure::Length(value.len()), || {
            format!("{} bytes", value.len())
        });
    }
}
