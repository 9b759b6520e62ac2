//! Terms in unstructured messages: all must occur, `-` for what must not, `?` for one of several.

use regex::bytes::Regex;

use super::Wrong;
use super::cursor::Cursor;

/// What a message must have in it. Case counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    excluded: Vec<Term>,
    optional: Vec<Term>,
}

#[derive(Clone, Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Terms {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let mut pattern = Self::default();
        loop {
            cursor.skip_space();
            if cursor.is_at_end() {
                break;
            }
            let terms = if cursor.eat("-") {
                &mut pattern.excluded
            } else if cursor.eat("?") {
                &mut pattern.optional
            } else {
                &mut pattern.required
            };
            let term = if cursor.eat("%") {
                Term::Regex(cursor.regex()?)
            } else if cursor.eat("\"") {
                Term::Text(cursor.quoted()?)
            } else {
                Term::Text(cursor.word(|char| !char.is_whitespace()).to_owned())
            };
            if !matches!(&term, Term::Text(text) if text.is_empty()) {
                terms.push(term);
            }
        }
        // AWS: "If you combine "?" with other filter patterns, all question mark terms will be
        // ignored."
        if !pattern.required.is_empty() || !pattern.excluded.is_empty() {
            pattern.optional.clear();
        }
        Ok(pattern)
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let has = |term: &Term| match term {
            Term::Text(text) => message.contains(text.as_str()),
            Term::Regex(regex) => regex.is_match(message.as_bytes()),
        };
        self.required.iter().all(has)
            && !self.excluded.iter().any(has)
            && (self.optional.is_empty() || self.optional.iter().any(has))
    }
}
