//! Looks in an input, in one walk, for what has no effect yet, so that nothing that a caller asks
//! for is passed over in silence. Which members those are is for the schemas to say.
//!
//! A member asks for something only by a value: an empty text, list, map or structure, false and 0
//! are what clients such as Terraform send for what was left out.

use std::fmt;

use aws_schema::{Member, Schema, Shape, Support, Timestamp, Writer};

/// How much of a map's key or of a value is shown, in characters.
const SHOWN_MAX_CHARACTERS: usize = 64;

/// The first member without effect by which `input` asks for something, as a path such as
/// `containerDefinitions[0].healthCheck`. Where other values of it pass, the value follows:
/// `networkConfiguration.awsvpcConfiguration.assignPublicIp ENABLED`.
#[must_use]
pub fn unsupported(input: &dyn Shape) -> Option<String> {
    let mut walk = Walk::default();
    input.write(&mut walk);
    walk.found
}

#[derive(Default)]
struct Walk {
    /// The parts of the path to the present value.
    path: Vec<Part>,
    open: Vec<Open>,
    /// The outermost refused member around the present value.
    refused: Option<Refused>,
    found: Option<String>,
}

enum Part {
    Member(&'static str),
    /// Counted from 0.
    Item(usize),
    Entry(String),
}

/// A structure, list or map that is not closed yet.
enum Open {
    Structure,
    /// How many items have begun.
    List(usize),
    /// The key of the present entry.
    Map(String),
}

struct Refused {
    /// How many parts the path to it has.
    depth: usize,
    unless: &'static [&'static str],
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => {
                let mut characters = name.chars();
                let first = characters.next().map(|first| first.to_ascii_lowercase());
                write!(f, "{}{}", first.unwrap_or_default(), characters.as_str())
            }
            Self::Item(index) => write!(f, "[{index}]"),
            Self::Entry(key) => {
                write!(f, "[{key:.SHOWN_MAX_CHARACTERS$}]")
            }
        }
    }
}

impl Walk {
    /// A value begins: an item or entry adds its part to the path; a member has done so.
    fn arrive(&mut self) {
        let part = match self.open.last_mut() {
            Some(Open::List(begun)) => {
                *begun += 1;
                Part::Item(*begun - 1)
            }
            Some(Open::Map(key)) => Part::Entry(std::mem::take(key)),
            Some(Open::Structure) | None => return,
        };
        self.path.push(part);
    }

    /// The present value asks for something.
    fn asks(&mut self, shown: Option<&str>) {
        if let (Some(refused), None) = (&self.refused, &self.found) {
            let mut found = String::new();
            for part in self.path.iter().take(refused.depth) {
                if matches!(part, Part::Member(_)) && !found.is_empty() {
                    found.push('.');
                }
                found.push_str(&part.to_string());
            }
            if let Some(value) = shown {
                found.push(' ');
                found.extend(value.chars().take(SHOWN_MAX_CHARACTERS));
            }
            self.found = Some(found);
        }
    }

    /// The value is over.
    fn leave(&mut self) {
        let depth = self.path.len();
        if self.refused.as_ref().is_some_and(|it| it.depth == depth) {
            self.refused = None;
        }
        self.path.pop();
    }

    fn leaf(&mut self, asks: bool) {
        self.arrive();
        if asks {
            self.asks(None);
        }
        self.leave();
    }

    fn begin(&mut self, open: Open, asks: bool) {
        self.arrive();
        if asks {
            self.asks(None);
        }
        self.open.push(open);
    }

    fn end(&mut self) {
        self.open.pop();
        self.leave();
    }
}

impl Writer for Walk {
    fn begin_structure(&mut self, _: &'static Schema) {
        self.begin(Open::Structure, false);
    }

    fn member(&mut self, member: &'static Member) {
        self.path.push(Part::Member(member.name));
        if let (None, Support::Refused { unless }) = (&self.refused, member.support) {
            self.refused = Some(Refused {
                depth: self.path.len(),
                unless,
            });
        }
    }

    fn end_structure(&mut self, _: &'static Schema) {
        self.end();
    }

    fn begin_list(&mut self, _: &'static Schema, len: usize) {
        self.begin(Open::List(0), len > 0);
    }

    fn end_list(&mut self, _: &'static Schema) {
        self.end();
    }

    fn begin_map(&mut self, _: &'static Schema, len: usize) {
        self.begin(Open::Map(String::new()), len > 0);
    }

    fn key(&mut self, key: &str) {
        if let Some(Open::Map(present)) = self.open.last_mut() {
            key.clone_into(present);
        }
    }

    fn end_map(&mut self, _: &'static Schema) {
        self.end();
    }

    fn string(&mut self, schema: &'static Schema, value: &str) {
        self.arrive();
        let unless = self.refused.as_ref().map_or(&[][..], |it| it.unless);
        if !value.is_empty() && !unless.contains(&value) {
            let shown = !unless.is_empty() && !schema.sensitive;
            self.asks(shown.then_some(value));
        }
        self.leave();
    }

    fn boolean(&mut self, _: &'static Schema, value: bool) {
        self.leaf(value);
    }

    fn integer(&mut self, _: &'static Schema, value: i64) {
        self.leaf(value != 0);
    }

    fn float(&mut self, _: &'static Schema, value: f64) {
        self.leaf(value != 0.0);
    }

    fn timestamp(&mut self, _: &'static Schema, _: Timestamp) {
        self.leaf(true);
    }

    fn blob(&mut self, _: &'static Schema, value: &[u8]) {
        self.leaf(!value.is_empty());
    }
}
