//! Filter patterns for unstructured events (Amazon CloudWatch Logs User Guide, "Filter pattern
//! syntax"): terms that all must occur, quoted phrases, `-` for what must not, `?` for one of
//! several. Patterns for JSON, for space-delimited fields and regular expressions are refused by
//! name.

use crate::error::{Failure, invalid, not_supported};
use crate::sentences;

/// What a message must have in it. Case counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    required: Vec<String>,
    excluded: Vec<String>,
    optional: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; the empty one takes all.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let mut rest = text.trim();
        match rest.chars().next() {
            Some('{') => return Err(not_supported("a filterPattern for JSON ('{ ... }')")),
            Some('[') => {
                return Err(not_supported(
                    "a filterPattern for space-delimited events ('[ ... ]')",
                ));
            }
            _ => {}
        }
        let mut pattern = Self::default();
        while !rest.is_empty() {
            let (terms, term) = if let Some(term) = rest.strip_prefix('-') {
                (&mut pattern.excluded, term)
            } else if let Some(term) = rest.strip_prefix('?') {
                (&mut pattern.optional, term)
            } else {
                (&mut pattern.required, rest)
            };
            if term.starts_with('%') {
                return Err(not_supported(
                    "a filterPattern with a regular expression ('%...%')",
                ));
            }
            let (term, after) = take_term(term)?;
            if !term.is_empty() {
                terms.push(term);
            }
            rest = after.trim_start();
        }
        // AWS: "If you combine "?" with other filter patterns, all question mark terms will be
        // ignored."
        if !pattern.required.is_empty() || !pattern.excluded.is_empty() {
            pattern.optional.clear();
        }
        Ok(pattern)
    }

    /// Whether the message is wanted.
    pub(crate) fn matches(&self, message: &str) -> bool {
        let has = |term: &String| message.contains(term.as_str());
        self.required.iter().all(has)
            && !self.excluded.iter().any(has)
            && (self.optional.is_empty() || self.optional.iter().any(has))
    }
}

/// A word or a quoted phrase, and what follows it. In quotes, `\` takes the next character as it
/// is.
fn take_term(text: &str) -> Result<(String, &str), Failure> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return Ok((word.to_owned(), rest));
    };
    let mut phrase = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next() {
            Some('"') => return Ok((phrase, chars.as_str())),
            Some('\\') => phrase.extend(chars.next()),
            Some(char) => phrase.push(char),
            None => return Err(invalid(sentences::QUOTE_NOT_CLOSED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_core::{Common, ServiceError};

    use super::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn terms_phrases_exclusions_and_options() {
        for (pattern, message, expected) in [
            ("", "anything", true),
            ("ERROR", "[ERROR 400] BAD REQUEST", true),
            ("ERROR", "[error 400] bad request", false),
            ("ERROR REQUEST", "REQUEST failed: ERROR", true),
            ("ERROR REQUEST", "ERROR", false),
            ("\"BAD REQUEST\"", "[ERROR 400] BAD REQUEST", true),
            ("\"BAD REQUEST\"", "REQUEST BAD", false),
            ("\"say \\\"hi\\\"\"", "they say \"hi\"", true),
            ("ERROR -EXITING", "ERROR EXITING", false),
            ("ERROR -\"NOT EXITING\"", "ERROR EXITING", true),
            ("?ERROR ?ARGUMENTS", "INVALID ARGUMENTS", true),
            ("?ERROR ?ARGUMENTS", "fine", false),
            ("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST", true),
        ] {
            assert_eq!(
                matches(pattern, message),
                expected,
                "{pattern} on {message}"
            );
        }
    }

    #[test]
    fn what_is_not_supported_is_named() {
        for (pattern, named) in [
            ("{ $.a = 1 }", "JSON"),
            ("[ip, user]", "space-delimited"),
            ("%a+%", "regular expression"),
            ("ERROR -%a+%", "regular expression"),
        ] {
            let Failure(error) = Pattern::parse(pattern).unwrap_err();
            match error.common() {
                Some(Common::NotSupported(text)) => assert!(text.contains(named), "{text}"),
                other => panic!("{pattern}: {other:?}"),
            }
        }
        let Failure(error) = Pattern::parse("\"open").unwrap_err();
        assert_eq!(error.code(), "InvalidParameterException");
    }
}
