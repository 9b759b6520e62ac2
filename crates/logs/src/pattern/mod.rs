//! Filter patterns (Amazon CloudWatch Logs User Guide, "Filter pattern syntax"): terms that must
//! or must not occur, conditions on JSON, conditions on space-delimited fields; regular
//! expressions in all of them. A parser and a matcher without effects, bounded in memory and in
//! time: what is compared is linear in the message, times the length of the pattern.
//!
//! `terms`, `json` and `fields` are the three kinds, `value` what they compare with, `regular` the
//! regular expressions that AWS takes, `cursor` what their parsers read with.

mod cursor;
mod fields;
mod json;
mod regular;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use crate::sentences;
use cursor::Cursor;

/// The longest pattern, in characters (AWS: the constraint of `FilterPattern`).
const LENGTH_MAX_CHARS: usize = 1024;

/// A pattern that was read.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Terms(terms::Terms),
    Json(json::Expression),
    Fields(fields::Fields),
}

/// Why a pattern cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is of no kind.
    Invalid,
    /// It begins with `{` and does not end with `}`.
    BraceNotClosed,
    /// It begins with `[` and does not end with `]`.
    BracketNotClosed,
    /// It has more regular expressions than AWS takes.
    TooManyRegexes,
}

impl Wrong {
    /// What the caller is told.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Invalid => sentences::PATTERN_INVALID,
            Self::BraceNotClosed => sentences::PATTERN_BRACE,
            Self::BracketNotClosed => sentences::PATTERN_BRACKET,
            Self::TooManyRegexes => sentences::PATTERN_REGEXES,
        }
    }
}

impl Pattern {
    /// Reads a pattern; the empty one takes all.
    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        if text.chars().count() > LENGTH_MAX_CHARS {
            return Err(Wrong::Invalid);
        }
        let text = text.trim();
        if let Some(inner) = text.strip_prefix('{') {
            let inner = inner.strip_suffix('}').ok_or(Wrong::BraceNotClosed)?;
            let expression = json::Expression::parse(&mut Cursor::new(inner))?;
            return Ok(Self(Kind::Json(expression)));
        }
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(Wrong::BracketNotClosed)?;
            let fields = fields::Fields::parse(&mut Cursor::new(inner))?;
            return Ok(Self(Kind::Fields(fields)));
        }
        let terms = terms::Terms::parse(&mut Cursor::new(text))?;
        Ok(Self(Kind::Terms(terms)))
    }

    /// Whether the message is wanted.
    pub(crate) fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Kind::Terms(terms) => terms.matches(message),
            Kind::Json(expression) => expression.matches(message),
            Kind::Fields(fields) => fields.matches(message),
        }
    }
}
