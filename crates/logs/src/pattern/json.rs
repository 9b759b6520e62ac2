//! Conditions on messages that are JSON: `{ $.a.b[0] = "x" && ($.n > 5 || $.s = foo*) }`. A message
//! that is no JSON meets none, and a comparison is of texts and numbers only.

use serde_json::Value;

use super::Wrong;
use super::cursor::Cursor;
use super::value::Comparison;

/// A condition, or several.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    One(Selector, Test),
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Compare(Comparison),
    Is(Value),
    NotExists,
}

/// Where in the JSON.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    AnyMember,
    AnyItem,
}

impl Expression {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let expression = Self::any(cursor)?;
        cursor.skip_space();
        if cursor.is_at_end() {
            Ok(expression)
        } else {
            Err(Wrong::Invalid)
        }
    }

    // AWS: "Compound expressions [...] follow a standard order of operations: () > && > ||".
    fn any(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let mut parts = vec![Self::all(cursor)?];
        while cursor.eat_next("||") {
            parts.push(Self::all(cursor)?);
        }
        Ok(Self::Any(parts))
    }

    fn all(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        let mut parts = vec![Self::one(cursor)?];
        while cursor.eat_next("&&") {
            parts.push(Self::one(cursor)?);
        }
        Ok(Self::All(parts))
    }

    fn one(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        if cursor.eat_next("(") {
            return cursor.nested(Self::any);
        }
        let selector = Selector::parse(cursor)?;
        cursor.skip_space();
        if !cursor.peek().is_some_and(char::is_alphabetic) {
            let test = Test::Compare(Comparison::parse(cursor)?);
            return Ok(Self::One(selector, test));
        }
        let mut keyword = || {
            cursor.skip_space();
            cursor.word(char::is_alphabetic)
        };
        let test = match (keyword(), keyword()) {
            ("IS", "NULL") => Test::Is(Value::Null),
            ("IS", "TRUE") => Test::Is(Value::Bool(true)),
            ("IS", "FALSE") => Test::Is(Value::Bool(false)),
            ("NOT", "EXISTS") => Test::NotExists,
            _ => return Err(Wrong::Invalid),
        };
        Ok(Self::One(selector, test))
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        // Deeper than 128 levels is no JSON to this reader, which so needs little stack.
        let value = serde_json::from_str::<Value>(message).ok();
        value.is_some_and(|value| (value.is_object() || value.is_array()) && self.holds(&value))
    }

    fn holds(&self, root: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(root)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(root)),
            Self::One(selector, Test::NotExists) => !selector.finds(root, &|_| true),
            Self::One(selector, Test::Is(wanted)) => selector.finds(root, &|found| found == wanted),
            Self::One(selector, Test::Compare(comparison)) => {
                selector.finds(root, &|found| match found {
                    Value::String(text) => comparison.holds(text, None),
                    Value::Number(number) => comparison.holds(&number.to_string(), number.as_f64()),
                    // AWS: "If it points to an array or object, the filter will not be applied".
                    _ => false,
                })
            }
        }
    }
}

impl Selector {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        cursor.expect("$")?;
        let mut steps = Vec::new();
        loop {
            let dotted = cursor.eat(".");
            if cursor.eat("[") {
                steps.push(Self::bracket(cursor)?);
            } else if dotted && cursor.eat("*") {
                steps.push(Step::AnyMember);
            } else if dotted {
                // AWS: "Property selectors are alphanumeric strings that also support hyphen (-)
                // and underscore (_) characters."
                let name = cursor.word(|char| char.is_alphanumeric() || "-_".contains(char));
                if name.is_empty() {
                    return Err(Wrong::Invalid);
                }
                steps.push(Step::Member(name.to_owned()));
            } else {
                break;
            }
        }
        let is_any = |step: &&Step| matches!(step, Step::AnyMember | Step::AnyItem);
        match steps.iter().filter(is_any).count() {
            0 => {}
            // AWS: "You can only use up to one wildcard selector in a property selector".
            1 => cursor.wildcard()?,
            _ => return Err(Wrong::Invalid),
        }
        if steps.is_empty() {
            return Err(Wrong::Invalid);
        }
        Ok(Self(steps))
    }

    /// What stands in brackets, the first of which was passed.
    fn bracket(cursor: &mut Cursor<'_>) -> Result<Step, Wrong> {
        let quote = cursor.peek().filter(|char| "'\"".contains(*char));
        if let Some(quote) = quote {
            cursor.eat(quote.encode_utf8(&mut [0; 4]));
            let name = cursor.until(quote)?.to_owned();
            return cursor
                .eat("]")
                .then_some(Step::Member(name))
                .ok_or(Wrong::Invalid);
        }
        match cursor.until(']')?.trim() {
            "*" => Ok(Step::AnyItem),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map(Step::Item).map_err(|_| Wrong::Invalid)
            }
            _ => Err(Wrong::Invalid),
        }
    }

    /// Whether it leads to something that is wanted.
    fn finds(&self, root: &Value, wanted: &dyn Fn(&Value) -> bool) -> bool {
        find(root, &self.0, wanted)
    }
}

/// There is one wildcard at most, so the whole is looked at once.
fn find(value: &Value, steps: &[Step], wanted: &dyn Fn(&Value) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return wanted(value);
    };
    let mut inner = |value: &Value| find(value, rest, wanted);
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => members.get(name).is_some_and(inner),
        (Step::Item(index), Value::Array(items)) => items.get(*index).is_some_and(inner),
        (Step::AnyMember, Value::Object(members)) => members.values().any(&mut inner),
        (Step::AnyItem, Value::Array(items)) => items.iter().any(&mut inner),
        _ => false,
    }
}
