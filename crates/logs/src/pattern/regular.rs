//! The regular expressions that AWS takes: a subset without groups, matched in linear time.

use regex::bytes::{Regex, RegexBuilder};

use super::Wrong;

/// How much memory a compiled expression may take, in bytes; counted repetitions make them large. At worst
/// each byte of a message is compared with all of it: some seconds for a message of a megabyte. It is
/// enough for a class that is repeated three hundred times.
const COMPILED_MAX_BYTES: usize = 24 << 10;
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

/// Whether it is made of nothing that AWS does not take. A repetition of a repetition, such as `a**`,
/// says nothing that one does not say, takes long, and is refused.
fn check(text: &str) -> Option<()> {
    let (mut in_class, mut repeated) = (false, false);
    let taken = |char: char| {
        char.is_ascii_alphanumeric() || SYMBOLS.contains(char) || OPERATORS.contains(char)
    };
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let repeats = !in_class && "?*+{".contains(char);
        if repeats && repeated {
            return None;
        }
        repeated = repeats;
        if repeats && char == '{' {
            // Its counts.
            chars.by_ref().find(|char| *char == '}')?;
            continue;
        }
        if char != '\\' {
            taken(char).then_some(())?;
            in_class = (in_class || char == '[') && char != ']';
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
