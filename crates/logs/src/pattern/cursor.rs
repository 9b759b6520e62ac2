//! Reads a pattern from its front.

use regex::bytes::Regex;

use super::{Wrong, regular};

/// AWS: "There is a limit of 2 regex for each filter pattern when creating a delimited or JSON
/// filter pattern [...] or when filtering log events or Live Tail."
const REGEXES_MAX: usize = 2;
/// How deep parentheses may stand in each other.
const DEPTH_MAX: usize = 32;
/// AWS: "up to three wildcard selectors in a filter pattern with compound expressions".
const WILDCARDS_MAX: usize = 3;

/// What is left of a pattern, and what was counted of it.
pub(super) struct Cursor<'a> {
    rest: &'a str,
    regexes: usize,
    depth: usize,
    wildcards: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            regexes: 0,
            depth: 0,
            wildcards: 0,
        }
    }

    pub(super) fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Whether `text` stood there; it is passed then.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The same, with space before it.
    pub(super) fn eat_next(&mut self, text: &str) -> bool {
        self.skip_space();
        self.eat(text)
    }

    /// Refuses all but `text`, with space before it.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), Wrong> {
        if self.eat_next(text) {
            Ok(())
        } else {
            Err(Wrong::Invalid)
        }
    }

    /// The characters up to the first that is not of a word.
    pub(super) fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|char| !belongs(char));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// What stands between this place and the next `end`, which is passed.
    pub(super) fn until(&mut self, end: char) -> Result<&'a str, Wrong> {
        let (inner, rest) = self.rest.split_once(end).ok_or(Wrong::Invalid)?;
        self.rest = rest;
        Ok(inner)
    }

    /// A quoted phrase, whose opening quote was passed. `\` takes the next character as it is.
    pub(super) fn quoted(&mut self) -> Result<String, Wrong> {
        let mut phrase = String::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next() {
                Some('"') => {
                    self.rest = chars.as_str();
                    return Ok(phrase);
                }
                Some('\\') => phrase.push(chars.next().ok_or(Wrong::Invalid)?),
                Some(char) => phrase.push(char),
                None => return Err(Wrong::Invalid),
            }
        }
    }

    /// A regular expression, whose opening `%` was passed.
    pub(super) fn regex(&mut self) -> Result<Regex, Wrong> {
        self.regexes += 1;
        if self.regexes > REGEXES_MAX {
            return Err(Wrong::TooManyRegexes);
        }
        regular::compile(self.until('%')?)
    }

    /// Counts a wildcard among the selectors.
    pub(super) fn wildcard(&mut self) -> Result<(), Wrong> {
        self.wildcards += 1;
        if self.wildcards > WILDCARDS_MAX {
            return Err(Wrong::Invalid);
        }
        Ok(())
    }

    /// Reads what stands in parentheses, the first of which was passed.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Wrong>,
    ) -> Result<T, Wrong> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Wrong::Invalid);
        }
        let inner = read(self)?;
        self.expect(")")?;
        self.depth -= 1;
        Ok(inner)
    }
}
