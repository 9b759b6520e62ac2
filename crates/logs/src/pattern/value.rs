//! What a condition compares with: texts with `*` at either end, numbers, regular expressions.

use regex::bytes::Regex;

use super::Wrong;
use super::cursor::Cursor;

/// A comparison.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    operator: Operator,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug)]
enum Wanted {
    Text(Text),
    /// A number without quotes, which a text may be as well.
    Number(f64, Text),
    Regex(Regex),
}

/// A text; `*` at its ends stands for anything.
#[derive(Clone, Debug)]
struct Text {
    text: String,
    begins_with_any: bool,
    ends_with_any: bool,
}

impl Comparison {
    /// Reads an operator and what follows it.
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        cursor.skip_space();
        let operator = [
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ]
        .into_iter()
        .find_map(|(sign, operator)| cursor.eat(sign).then_some(operator))
        .ok_or(Wrong::Invalid)?;
        let wanted = Wanted::parse(cursor)?;
        let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        if is_equality || matches!(wanted, Wanted::Number(..)) {
            Ok(Self { operator, wanted })
        } else {
            Err(Wrong::Invalid)
        }
    }

    /// Whether it holds for a value, as a text and, where it is one, as a number.
    pub(super) fn holds(&self, text: &str, number: Option<f64>) -> bool {
        let equal = || match &self.wanted {
            Wanted::Text(wanted) => wanted.matches(text),
            Wanted::Number(wanted, as_text) => match number {
                #[expect(clippy::float_cmp, reason = "what was written the same is equal")]
                Some(number) => number == *wanted,
                None => as_text.matches(text),
            },
            Wanted::Regex(regex) => regex.is_match(text.as_bytes()),
        };
        let compared = || match &self.wanted {
            Wanted::Number(wanted, _) => number?.partial_cmp(wanted),
            Wanted::Text(_) | Wanted::Regex(_) => None,
        };
        match self.operator {
            Operator::Equal => equal(),
            Operator::NotEqual => !equal(),
            Operator::Less => compared().is_some_and(std::cmp::Ordering::is_lt),
            Operator::LessOrEqual => compared().is_some_and(std::cmp::Ordering::is_le),
            Operator::Greater => compared().is_some_and(std::cmp::Ordering::is_gt),
            Operator::GreaterOrEqual => compared().is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

impl Wanted {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Wrong> {
        cursor.skip_space();
        if cursor.eat("\"") {
            return Ok(Self::Text(Text::new(&cursor.quoted()?)));
        }
        if cursor.eat("%") {
            return Ok(Self::Regex(cursor.regex()?));
        }
        let word = cursor.word(|char| !char.is_whitespace() && !"()[]{}&|\"%,=<>!$".contains(char));
        if word.is_empty() {
            return Err(Wrong::Invalid);
        }
        let text = Text::new(word);
        Ok(match number(word) {
            Some(number) => Self::Number(number, text),
            None => Self::Text(text),
        })
    }
}

/// A number as AWS takes one: an integer or a decimal with a sign, and an exponent (User Guide,
/// "Numeric Comparisons"). Names such as `inf` are none.
pub(super) fn number(text: &str) -> Option<f64> {
    let is_number = text.contains(|char: char| char.is_ascii_digit())
        && text
            .chars()
            .all(|char| char.is_ascii_digit() || "+-.eE".contains(char));
    text.parse().ok().filter(|_| is_number)
}

impl Text {
    fn new(text: &str) -> Self {
        // AWS: an asterisk in the middle is an asterisk.
        let (text, begins_with_any) = match text.strip_prefix('*') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (text, ends_with_any) = match text.strip_suffix('*') {
            Some(rest) => (rest, true),
            None => (text, begins_with_any && text.is_empty()),
        };
        Self {
            text: text.to_owned(),
            begins_with_any,
            ends_with_any,
        }
    }

    fn matches(&self, text: &str) -> bool {
        match (self.begins_with_any, self.ends_with_any) {
            (false, false) => text == self.text,
            (false, true) => text.starts_with(&self.text),
            (true, false) => text.ends_with(&self.text),
            (true, true) => text.contains(&self.text),
        }
    }
}
