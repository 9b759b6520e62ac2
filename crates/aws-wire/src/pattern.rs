//! The models' regular expressions: Java's dialect, matched against the whole value, as AWS does.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aws_schema::{Kind, Schema, ServiceSchema};
use regex::{Regex, RegexBuilder};

/// Patterns that cannot be compiled here, each with why. A value is not held against them.
/// [`unchecked_patterns`] tells a test what belongs here.
const UNCHECKED: [(&str, &str); 0] = [];

/// What one compiled pattern may take, in bytes; the repetitions in the models stay far below.
const COMPILED_MAX_BYTES: usize = 10 << 20;

/// Compiled patterns by the place of their text, which is static: there are no more of them than
/// the models have.
type Cache = RwLock<HashMap<(usize, usize), Option<Arc<Regex>>>>;

/// True where `value` obeys `pattern`. A pattern that is neither compiled nor listed as unchecked
/// refuses everything, so that it is noticed.
pub(crate) fn matches(pattern: &'static str, value: &str) -> bool {
    static CACHE: OnceLock<Cache> = OnceLock::new();
    let cache = CACHE.get_or_init(Cache::default);
    let place = (pattern.as_ptr().addr(), pattern.len());
    let found = cache
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&place)
        .cloned();
    let compiled = found.unwrap_or_else(|| {
        let compiled = compile(pattern).map(Arc::new);
        cache
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(place, compiled.clone());
        compiled
    });
    match compiled {
        Some(regex) => regex.is_match(value),
        None => UNCHECKED.iter().any(|(listed, _)| *listed == pattern),
    }
}

/// The patterns among the inputs of `services` that cannot be compiled and are not listed as
/// unchecked. A test over all services holds this list empty.
#[must_use]
pub fn unchecked_patterns(services: &[&'static ServiceSchema]) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for service in services {
        for operation in service.operations {
            visit(operation.input, &mut seen);
        }
    }
    seen.iter()
        .filter_map(|schema| schema.constraints.pattern)
        .filter(|pattern| compile(pattern).is_none())
        .filter(|pattern| !UNCHECKED.iter().any(|(listed, _)| listed == pattern))
        .collect()
}

fn visit(schema: &'static Schema, seen: &mut Vec<&'static Schema>) {
    if seen.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    seen.push(schema);
    match &schema.kind {
        Kind::Structure(members) | Kind::Union(members) => {
            for member in *members {
                visit(member.target, seen);
            }
        }
        Kind::List(item) => visit(item.target, seen),
        Kind::Map(key, value) => {
            visit(key.target, seen);
            visit(value.target, seen);
        }
        _ => {}
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    // Between \A and \z, for AWS matches the whole value, with or without anchors.
    RegexBuilder::new(&format!(r"\A(?:{})\z", from_java(pattern)))
        .size_limit(COMPILED_MAX_BYTES)
        .build()
        .ok()
}

/// What Java writes otherwise: `\w`, `\d` and `\s` are ASCII there, and the POSIX
/// classes have names of their own (java.util.regex.Pattern).
fn from_java(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
            Some('h') => out.push_str(r"[ \t\xA0]"),
            Some('Z') => out.push_str(r"\z"),
            Some('p') => {
                let (class, after) = posix_class(rest.as_str());
                out.push_str(class);
                rest = after.chars();
            }
            // These two alone may not follow a backslash in Rust.
            Some(sign @ ('<' | '>')) => out.push(sign),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}

/// The ASCII class after `\p`, and what follows it; Unicode's own classes are left as they are.
fn posix_class(after: &str) -> (&'static str, &str) {
    for (name, class) in [
        ("{Alnum}", "[0-9A-Za-z]"),
        ("{Alpha}", "[A-Za-z]"),
        ("{ASCII}", r"[\x00-\x7F]"),
        ("{Digit}", "[0-9]"),
        ("{Graph}", r"[\x21-\x7E]"),
        ("{Lower}", "[a-z]"),
        ("{Print}", r"[\x20-\x7E]"),
        ("{Punct}", r"[!-/:-@\[-`{-~]"),
        ("{Space}", r"[ \t\n\x0B\f\r]"),
        ("{Upper}", "[A-Z]"),
        ("{XDigit}", "[0-9A-Fa-f]"),
    ] {
        if let Some(rest) = after.strip_prefix(name) {
            return (class, rest);
        }
    }
    (r"\p", after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_value_must_match() {
        assert!(matches("[0-9]{12}", "123456789012"));
        assert!(!matches("[0-9]{12}", "x123456789012"));
        assert!(!matches("^[0-9]{12}$", "123456789012\n"));
        assert!(!matches("a|b", "ab"));
    }

    #[test]
    fn java_classes_are_ascii() {
        assert!(matches(r"[\w+=,.@-]+", "a.b-c@d"));
        assert!(!matches(r"[\w]+", "ä"));
        assert!(!matches(r"^\d{3}$", "٣٣٣"));
        assert!(matches(r"^\S+$", "a\u{a0}b"));
        assert!(matches(r"\p{Alnum}+", "aZ9"));
        assert!(!matches(r"\p{Alpha}+", "é"));
    }

    #[test]
    fn patterns_of_the_models_compile() {
        let tags = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)";
        assert!(matches(tags, "Größe 3 = ok"));
        assert!(!matches(tags, "a#b"));
        let path = r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)";
        assert!(matches(path, "/") && matches(path, "/a/b/"));
        assert!(!matches(path, "/a"));
        let repository = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*";
        assert!(matches(repository, "team/web-app"));
        assert!(!matches(repository, "Team/web"));
        assert!(matches(r"[\.\-_/#A-Za-z0-9]+", "/ecs/hello#1"));
        assert!(matches(r"[\w#+=/:,.@-]*", "arn:aws:x/y"));
    }

    #[test]
    fn a_pattern_that_does_not_compile_refuses() {
        assert!(!matches("(?=a)a", "a"));
    }
}
