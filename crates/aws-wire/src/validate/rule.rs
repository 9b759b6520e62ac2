//! One constraint of a scalar, a list or a map: whether a value obeys it, and its words.

use std::cmp::Ordering;
use std::fmt;

use aws_schema::{Kind, Schema};

use crate::pattern;

/// What of a value its rules bound.
pub(super) enum Measure<'a> {
    /// A string: its characters are counted, its text is matched.
    Text(&'a str),
    /// Bytes of a blob, items of a list, entries of a map.
    Length(usize),
    Integer(i64),
    Float(f64),
    /// Booleans and moments, which no model bounds.
    None,
}

/// One rule.
pub(super) enum Rule {
    Greatest { bound: i64, of: Bounded },
    Least { bound: i64, of: Bounded },
    Pattern(&'static str),
    OneOf(&'static [&'static str]),
}

#[derive(Clone, Copy)]
pub(super) enum Bounded {
    Length,
    Value,
}

/// The rules of a shape itself, not of what it holds, in the order in which AWS lists them.
pub(super) fn rules(schema: &Schema) -> impl Iterator<Item = Rule> {
    let constraints = &schema.constraints;
    let of = match schema.kind {
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => Bounded::Value,
        _ => Bounded::Length,
    };
    let values = match schema.kind {
        Kind::Enum(values) => Some(Rule::OneOf(values)),
        _ => None,
    };
    [
        constraints.max.map(|bound| Rule::Greatest { bound, of }),
        constraints.min.map(|bound| Rule::Least { bound, of }),
        constraints.pattern.map(Rule::Pattern),
        values,
    ]
    .into_iter()
    .flatten()
}

impl Rule {
    pub(super) fn is_obeyed(&self, measure: &Measure<'_>) -> bool {
        match self {
            Self::Greatest { bound, .. } => measure.compare(*bound) != Some(Ordering::Greater),
            Self::Least { bound, .. } => measure.compare(*bound) != Some(Ordering::Less),
            Self::Pattern(pattern) => match measure {
                Measure::Text(text) => pattern::matches(pattern, text),
                _ => true,
            },
            Self::OneOf(values) => match measure {
                Measure::Text(text) => values.contains(text),
                _ => true,
            },
        }
    }
}

impl Measure<'_> {
    /// How the value stands to a bound; `None` where it cannot be said.
    fn compare(&self, bound: i64) -> Option<Ordering> {
        match self {
            Self::Text(text) => i64::try_from(text.chars().count()).ok(),
            Self::Length(length) => i64::try_from(*length).ok(),
            Self::Integer(value) => Some(*value),
            #[expect(
                clippy::cast_precision_loss,
                reason = "the models' bounds of floats are small whole numbers"
            )]
            Self::Float(value) => return value.partial_cmp(&(bound as f64)),
            Self::None => None,
        }
        .map(|number| number.cmp(&bound))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Greatest { bound, of } => {
                write!(f, "Member must have {of} less than or equal to {bound}")
            }
            Self::Least { bound, of } => {
                write!(f, "Member must have {of} greater than or equal to {bound}")
            }
            Self::Pattern(pattern) => {
                write!(
                    f,
                    "Member must satisfy regular expression pattern: {pattern}"
                )
            }
            Self::OneOf(values) => {
                let values = values.join(", ");
                write!(f, "Member must satisfy enum value set: [{values}]")
            }
        }
    }
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "length",
            Self::Value => "value",
        })
    }
}
