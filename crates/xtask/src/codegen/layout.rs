//! Text: lists filled into lines, literals, and what differs between two texts.

use std::fmt::Write as _;

const LINE_MAX_CHARS: usize = 100;

/// Stands at the head of every generated file.
pub(crate) const HEADER: &str =
    "// Generated from models/ by `cargo xtask codegen`: do not edit.\n";

/// Items, each followed by a comma, in lines as long as may be. rustfmt leaves the insides of
/// our macros alone, so they are laid out here.
pub(crate) fn fill(items: &[String]) -> String {
    let mut out = String::new();
    let mut column = LINE_MAX_CHARS;
    for item in items {
        let width = item.chars().count() + 2;
        if column + width > LINE_MAX_CHARS {
            out.push_str("\n    ");
            column = 4;
        } else {
            out.push(' ');
        }
        let _ = write!(out, "{item},");
        column += width;
    }
    out.push('\n');
    out
}

/// A Rust string literal; raw where that spares escapes.
pub(crate) fn literal(text: &str) -> String {
    let printable = text.chars().all(|letter| !letter.is_control());
    if !printable || !text.contains(['\\', '"']) {
        return format!("{text:?}");
    }
    let mut fence = "#".to_owned();
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    if text.contains('"') {
        format!("r{fence}\"{text}\"{fence}")
    } else {
        format!("r\"{text}\"")
    }
}

/// Where two texts begin to differ, and by how many lines; `None` when they do not.
pub(crate) fn difference(present: &str, wanted: &str) -> Option<String> {
    if present == wanted {
        return None;
    }
    if present.is_empty() {
        return Some("is missing".to_owned());
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (present.lines().collect(), wanted.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let shown = |lines: &[&str]| {
        lines
            .get(same)
            .map_or_else(|| "(end)".to_owned(), |line| format!("`{}`", line.trim()))
    };
    Some(format!(
        "differs from line {} on: has {}, should have {} ({} lines, should be {})",
        same + 1,
        shown(&old),
        shown(&new),
        old.len(),
        new.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_read_back_as_they_were() {
        assert_eq!(literal("plain"), "\"plain\"");
        assert_eq!(literal(r"\d+"), r#"r"\d+""#);
        assert_eq!(literal(r#"a"#), "\"a\"");
        assert_eq!(literal("say \"#"), "r##\"say \"#\"##");
        assert_eq!(literal("tab\t\\"), "\"tab\\t\\\\\"");
    }

    #[test]
    fn a_difference_names_its_line() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        let found = difference("a\nb\n", "a\nc\n").unwrap();
        assert!(found.contains("line 2"), "{found}");
        assert!(found.contains("`b`") && found.contains("`c`"), "{found}");
        assert_eq!(difference("", "a\n").unwrap(), "is missing");
    }

    #[test]
    fn filled_lines_keep_to_their_width() {
        let items: Vec<String> = (0..60).map(|n| format!("item{n}")).collect();
        let text = fill(&items);
        assert!(
            text.lines().all(|line| line.len() <= LINE_MAX_CHARS),
            "{text}"
        );
        assert_eq!(text.matches("item").count(), 60);
    }
}
