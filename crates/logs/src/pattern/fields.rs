//! Conditions on space-delimited fields: `[ip, user, ..., status = 4*, bytes > 100]`. In a message
//! what stands in quotes or in brackets is one field.

use super::Wrong;
use super::cursor::Cursor;
use super::value::{Comparison, number};

/// How many fields a message is cut into; one with more has no more to tell. A pattern of 1,024
/// characters names fewer.
const FIELDS_MAX: usize = 4096;

/// The fields that a message must have.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    first: Vec<Field>,
    /// What follows `...`, where it stands.
    last: Option<Vec<Field>>,
}

/// Alternatives, in each of which all must hold; a field without conditions has none.
#[derive(Clone, Debug, Default)]
struct Field(Vec<Vec<Comparison>>);

impl Fields {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let mut fields = Self::default();
        loop {
            if cursor.eat_next("...") {
                if fields.last.is_some() {
                    return Err(Wrong::Invalid);
                }
                fields.last = Some(Vec::new());
            } else {
                let field = Field::parse(cursor)?;
                fields
                    .last
                    .as_mut()
                    .unwrap_or(&mut fields.first)
                    .push(field);
            }
            cursor.skip_space();
            if cursor.is_at_end() {
                return Ok(fields);
            }
            cursor.expect(",")?;
        }
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let found: Vec<&str> = Split(message).take(FIELDS_MAX).collect();
        let named = self.first.len() + self.last.as_ref().map_or(0, Vec::len);
        let fits = match self.last {
            None => found.len() == named,
            Some(_) => found.len() >= named,
        };
        let last = self.last.as_deref().unwrap_or_default();
        let at_end = found.len().saturating_sub(last.len());
        fits && holds(&self.first, &found) && holds(last, found.get(at_end..).unwrap_or_default())
    }
}

fn holds(fields: &[Field], found: &[&str]) -> bool {
    fields
        .iter()
        .zip(found)
        .all(|(field, text)| field.holds(text))
}

impl Field {
    /// A name, or nothing, with conditions on it.
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let name = Self::name(cursor);
        cursor.skip_space();
        if cursor.is_at_end() || cursor.peek() == Some(',') {
            return Ok(Self::default());
        }
        if name.is_empty() {
            return Err(Wrong::Invalid);
        }
        let mut alternative = vec![Comparison::parse(cursor)?];
        let mut alternatives = Vec::new();
        loop {
            let is_and = cursor.eat_next("&&");
            if !is_and && !cursor.eat_next("||") {
                alternatives.push(alternative);
                return Ok(Self(alternatives));
            }
            // A condition on another field is refused by AWS, though its guide once had one
            // (awsdocs/amazon-cloudwatch-logs-user-guide#21).
            if Self::name(cursor) != name {
                return Err(Wrong::Invalid);
            }
            if !is_and {
                alternatives.push(std::mem::take(&mut alternative));
            }
            alternative.push(Comparison::parse(cursor)?);
        }
    }

    fn name<'a>(cursor: &mut Cursor<'a>) -> &'a str {
        cursor.skip_space();
        cursor.eat("$");
        cursor.word(|char| char.is_alphanumeric() || "_-".contains(char))
    }

    fn holds(&self, text: &str) -> bool {
        let all = |conditions: &Vec<Comparison>| {
            let number = number(text);
            conditions.iter().all(|one| one.holds(text, number))
        };
        self.0.is_empty() || self.0.iter().any(all)
    }
}

/// The fields of a message.
pub(super) struct Split<'a>(pub(super) &'a str);

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
        let mut chars = text.chars();
        let end = match chars.next()? {
            '"' => '"',
            '[' => ']',
            _ => {
                let end = text.find([' ', '\t', '\n', '\r']).unwrap_or(text.len());
                let (field, rest) = text.split_at(end);
                self.0 = rest;
                return Some(field);
            }
        };
        let inner = chars.as_str();
        let (field, rest) = inner.split_once(end).unwrap_or((inner, ""));
        self.0 = rest;
        Some(field)
    }
}
