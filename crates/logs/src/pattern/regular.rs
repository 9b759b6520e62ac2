//! The regular expressions that AWS takes: a subset without groups, matched in linear time.

use regex::bytes::{Regex, RegexBuilder};

use super::Wrong;

/// How much memory a compiled expression may take, in bytes; counted repetitions make them large.
const COMPILED_MAX_BYTES: usize = 1 << 20;
/// How much memory the automaton that is built while matching may take, in bytes.
const AUTOMATON_MAX_BYTES: usize = 1 << 20;
/// AWS: "Supported symbol characters". The colon is in some editions of that list.
const SYMBOLS: &str = ":_#=@/;,-";
/// AWS: "Supported operators".
const OPERATORS: &str = "^$?[]{}|*+.";
/// What may follow a backslash beside a symbol or an operator: classes, and `\xhh`.
const CLASSES: &str = "dDsSwW";

/// Compiles what stands between two percent signs.
pub(super) fn compile(text: &str) -> Result<Regex, Wrong> {
    check(text).ok_or(Wrong::Invalid)?;
    RegexBuilder::new(text)
        // AWS: "Multi-byte characters are not supported."
        .unicode(false)
        .size_limit(COMPILED_MAX_BYTES)
        .dfa_size_limit(AUTOMATON_MAX_BYTES)
        .build()
        .map_err(|_| Wrong::Invalid)
}

/// Whether it is made of nothing that AWS does not take.
fn check(text: &str) -> Option<()> {
    let taken = |char: char| {
        char.is_ascii_alphanumeric() || SYMBOLS.contains(char) || OPERATORS.contains(char)
    };
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            taken(char).then_some(())?;
            continue;
        }
        match chars.next()? {
            'x' => {
                for _ in 0..2 {
                    chars.next()?.is_ascii_hexdigit().then_some(())?;
                }
            }
            class if class.is_ascii_alphanumeric() => CLASSES.contains(class).then_some(())?,
            escaped => escaped.is_ascii_punctuation().then_some(())?,
        }
    }
    (!text.is_empty()).then_some(())
}
