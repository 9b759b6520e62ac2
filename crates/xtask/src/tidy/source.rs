//! The rules for one Rust file, and the one for every text file.
//!
//! They look at lines, not at syntax: cheap, and wrong only where a string holds code.

use super::Finding;
use super::floors;

/// A file of this many lines holds two ideas.
const FILE_MAX_LINES: usize = 700;
/// How generated files begin, below their first doc line.
const GENERATED: &str = "// Generated from models/ by `cargo xtask codegen`";
/// What a file breaks that neither says what it is for nor has it said where it is declared.
pub(crate) const OPENING_RULE: &str = "a file opens with what it is for: `//!`, or a doc comment \
     on its first item or where it is declared";
/// The crate that asks the operating system for the time.
const CLOCK_CRATE: &str = "ambient";
/// Words for what was put off. Written in two parts, so that this file passes its own rule.
const POSTPONED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
/// The services whose sentences are all in their tables.
const SENTENCES_IN_TABLES: [&str; 5] = ["ec2", "ecr", "ecs", "iam", "logs"];
/// What makes an error of a sentence, and which of its arguments that is.
const ERRORS: [(&str, usize); 9] = [
    ("invalid(", 0),
    ("client(", 0),
    ("wrong(", 1),
    ("_exception(", 0),
    ("undeclared(", 2),
    ("Common::AccessDenied(", 0),
    ("Common::NotSupported(", 0),
    ("Common::Throttling(", 0),
    ("Common::Validation(", 0),
];
/// How many lines such a call has up to its sentence.
const CALL_LINES_MAX: usize = 4;
const SLEEP: &str = concat!("thread::", "sleep");
const WALL_CLOCK: &str = concat!("SystemTime::", "now");
const MONOTONIC_CLOCK: &str = concat!("Instant::", "now");

/// Which file of which crate.
pub(crate) struct Place<'a> {
    crate_name: &'a str,
    /// From the root of the tree.
    file: &'a str,
    /// From the crate's folder.
    inner: &'a str,
}

impl<'a> Place<'a> {
    /// A file of a crate, by its path from the root of the tree.
    pub(crate) fn new(crate_name: &'a str, file: &'a str) -> Self {
        let inner = file
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_prefix(crate_name))
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(file);
        Self {
            crate_name,
            file,
            inner,
        }
    }

    /// A library's or a program's first file.
    pub(crate) fn is_crate_root(&self) -> bool {
        let in_bin = self
            .inner
            .strip_prefix("src/bin/")
            .is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"));
        matches!(self.inner, "src/lib.rs" | "src/main.rs") || in_bin
    }

    /// A file that holds nothing but tests.
    fn is_test(&self) -> bool {
        self.inner.starts_with("tests/")
            || self.inner.starts_with("benches/")
            || self.inner.ends_with("/tests.rs")
            || self.inner.contains("/tests/")
    }
}

/// All rules for a Rust file, but for the one on unsafe code.
pub(crate) fn check(place: &Place<'_>, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !text.lines().take(3).any(|line| line.starts_with(GENERATED)) {
        found.extend(length(place, text));
    }
    found.extend(clocks(place, text));
    found.extend(sentences(place, text));
    found
}

/// A crate root forbids unsafe code.
pub(crate) fn forbids_unsafe(place: &Place<'_>, text: &str) -> Option<Finding> {
    let forbidden = text
        .lines()
        .any(|line| line.trim() == "#![forbid(unsafe_code)]");
    (!forbidden).then(|| Finding::new(place.file, 1, "a crate root says `#![forbid(unsafe_code)]`"))
}

/// No notes to oneself: what is missing is an issue, or an honest error.
pub(crate) fn postponed(file: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in POSTPONED {
            let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            if words.any(|other| other == *word) {
                let rule = format!("no {word}: do it, or make it an issue");
                found.push(Finding::new(file, index + 1, rule));
            }
        }
    }
    found
}

fn length(place: &Place<'_>, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    (lines > FILE_MAX_LINES).then(|| {
        let rule = format!("{lines} lines, the most is {FILE_MAX_LINES}: make two files of it");
        Finding::new(place.file, FILE_MAX_LINES + 1, rule)
    })
}

/// A file says what it is for: with `//!` at its head, or with a doc comment on its first item
/// where the file is that one item's.
pub(crate) fn says_what_it_is_for(text: &str) -> bool {
    let mut in_use = false;
    for line in text.lines().map(str::trim) {
        if in_use {
            in_use = !line.ends_with(';');
            continue;
        }
        let is_use = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
            .iter()
            .any(|lead| line.starts_with(lead));
        if is_use {
            in_use = !line.ends_with(';');
            continue;
        }
        let says_it = line.starts_with("//!") || line.starts_with("///");
        let passed_over = line.is_empty()
            || line.starts_with("#[")
            || line.starts_with("#![")
            || line.starts_with("//");
        if says_it || !passed_over {
            return says_it;
        }
    }
    false
}

/// Whether a file declares the module `name` with a doc comment.
pub(crate) fn documents_module(text: &str, name: &str) -> bool {
    let mut documented = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("///") {
            documented = true;
        } else if line
            .strip_suffix(';')
            .and_then(|line| line.rsplit_once("mod "))
            .is_some_and(|(_, declared)| declared == name)
        {
            return documented;
        } else if !line.starts_with("#[") {
            documented = false;
        }
    }
    false
}

/// What a service says to callers stands in its table, with a source.
fn sentences(place: &Place<'_>, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !SENTENCES_IN_TABLES.contains(&place.crate_name) || place.is_test() {
        return found;
    }
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("//") {
            continue;
        }
        // A call is broken over lines where it is long.
        let following = lines.iter().skip(index).take(CALL_LINES_MAX);
        let call = following.copied().collect::<Vec<_>>().join("");
        let literal = |(name, argument): (&str, usize)| {
            let inside = line.find(name).and_then(|at| call.get(at + name.len()..));
            let mut arguments = inside.unwrap_or_default().split(',').skip(argument);
            let text = arguments.next().unwrap_or_default().trim_start();
            text.starts_with('"') || text.starts_with("format!(")
        };
        if ERRORS.into_iter().any(literal) {
            let rule = "what callers are told stands in the service's sentences, with a source";
            found.push(Finding::new(place.file, index + 1, rule));
        }
    }
    found
}

/// Time comes through `ambient::Clock`. On a node and in tests tokio's clock may be read too,
/// because tokio's own pause and timers go by it.
fn clocks(place: &Place<'_>, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if place.crate_name == CLOCK_CRATE {
        return found;
    }
    let imports_tokio_clock = text
        .lines()
        .any(|line| line.trim_start().starts_with("use tokio::time::") && line.contains("Instant"));
    let mut in_tests = place.is_test();
    for (index, line) in text.lines().enumerate() {
        in_tests |= line.trim() == "#[cfg(test)]";
        let code = line.split("//").next().unwrap_or(line);
        let mut report = |rule: &str| found.push(Finding::new(place.file, index + 1, rule));
        if code.contains(SLEEP) {
            report("no sleeping threads: wait on a condition, with a bound");
        }
        if code.contains(WALL_CLOCK) {
            report("the time comes from `ambient::Clock`");
        }
        if code.contains(MONOTONIC_CLOCK) {
            let tokio = imports_tokio_clock || code.contains("tokio::time::Instant");
            if !tokio {
                report("the time comes from `ambient::Clock`");
            } else if !in_tests && !floors::is_on_a_node(place.crate_name) {
                report("only node crates and tests read tokio's clock; use `ambient::Clock`");
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(crate_name: &str, file: &str, text: &str) -> Vec<usize> {
        let place = Place::new(crate_name, file);
        check(&place, text).iter().map(|found| found.line).collect()
    }

    #[test]
    fn crate_roots_are_told_from_modules() {
        for (file, root) in [
            ("crates/ecs/src/lib.rs", true),
            ("crates/ecs/src/bin/echo.rs", true),
            ("crates/ecs/src/api/lib.rs", false),
            ("crates/ecs/src/task.rs", false),
        ] {
            assert_eq!(Place::new("ecs", file).is_crate_root(), root, "{file}");
        }
    }

    #[test]
    fn unsafe_code_must_be_forbidden() {
        let place = Place::new("ecs", "crates/ecs/src/lib.rs");
        assert!(forbids_unsafe(&place, "//! It.\n\n#![forbid(unsafe_code)]\n").is_none());
        let found = forbids_unsafe(&place, "//! It.\n#![deny(unsafe_code)]\n").unwrap();
        assert!(found.to_string().starts_with("crates/ecs/src/lib.rs:1: "));
    }

    #[test]
    fn notes_to_oneself_are_found_as_words() {
        let text = format!("fine\n// {}: later\nMETHOD TODOS\n", POSTPONED[0]);
        let found = postponed("a.md", &text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
    }

    #[test]
    fn long_files_are_found_unless_generated() {
        let long = format!("//! It.\n{}", "fn f() {}\n".repeat(FILE_MAX_LINES));
        assert_eq!(
            rules("ecs", "crates/ecs/src/a.rs", &long),
            [FILE_MAX_LINES + 1]
        );
        let generated = format!("//! It.\n{GENERATED}: do not edit.\n{long}");
        assert!(rules("aws-api", "crates/aws-api/src/a.rs", &generated).is_empty());
        let short = "//! It.\nfn f() {}\n";
        assert!(rules("ecs", "crates/ecs/src/a.rs", short).is_empty());
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        for good in [
            "//! It.\n",
            "#![allow(x)]\n//! It.\n",
            "use a::{\n    b,\n};\n\n/// The one item.\n#[derive(Debug)]\nstruct A;\n",
        ] {
            assert!(says_what_it_is_for(good), "{good}");
        }
        for bad in [
            "",
            "use a::b;\n",
            "use a::b;\n\nstruct A;\n",
            "// Plain.\nfn f() {}\n",
        ] {
            assert!(!says_what_it_is_for(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_file_is_for_may_stand_where_it_is_declared() {
        let parent = "//! It.\n\n/// Said.\n#[cfg(test)]\nmod said;\npub(crate) mod unsaid;\n";
        assert!(documents_module(parent, "said"));
        assert!(!documents_module(parent, "unsaid"));
        assert!(!documents_module(parent, "absent"));
    }

    #[test]
    fn only_ambient_reads_the_time() {
        let text =
            format!("//! It.\nlet a = std::time::{WALL_CLOCK}();\nlet b = {MONOTONIC_CLOCK}();\n");
        assert_eq!(rules("ecs", "crates/ecs/src/a.rs", &text), [2, 3]);
        assert!(rules("ambient", "crates/ambient/src/clock.rs", &text).is_empty());
        let comment = format!("//! Not {WALL_CLOCK}.\nfn f() {{}} // nor {MONOTONIC_CLOCK}\n");
        assert!(rules("ecs", "crates/ecs/src/a.rs", &comment).is_empty());
    }

    #[test]
    fn tokio_s_clock_is_for_nodes_and_tests() {
        let text = format!("//! It.\nlet a = tokio::time::{MONOTONIC_CLOCK}();\n");
        assert_eq!(rules("ecs", "crates/ecs/src/a.rs", &text), [2]);
        assert!(rules("agent", "crates/agent/src/a.rs", &text).is_empty());
        assert!(rules("ecs", "crates/ecs/tests/a.rs", &text).is_empty());
        let imported = format!(
            "//! It.\nuse tokio::time::{{Duration, Instant}};\n#[cfg(test)]\nlet a = {MONOTONIC_CLOCK}();\n"
        );
        assert!(rules("ecs", "crates/ecs/src/a.rs", &imported).is_empty());
    }

    #[test]
    fn sentences_stand_in_their_table() {
        let text = "//! It.\nlet a = invalid(\"No.\");\nlet b = client(format!(\n    \"No {b}.\"\n));\n\
                    let c = wrong(\n    name,\n    \"No.\",\n);\nlet d = client(sentences::NO);\n\
                    let e = wrong(name, sentences::no(\"x\"));\n";
        assert_eq!(rules("ecs", "crates/ecs/src/api/a.rs", text), [2, 3, 6]);
        assert!(rules("ecs", "crates/ecs/tests/a.rs", text).is_empty());
        assert!(rules("store", "crates/store/src/a.rs", text).is_empty());
        let text = "//! It.\nlet a = Error::no_such_entity_exception(\"No.\");\n\
                    let b = Error::undeclared(\n    \"Code\",\n    400,\n    \"No.\",\n);\n\
                    let c = Error::undeclared(\"Code\", 400, sentences::NO);\n\
                    let d = Common::Throttling(\"No.\".to_owned());\n\
                    let e = Common::Internal(\"what is for the log\".to_owned());\n";
        assert_eq!(rules("ec2", "crates/ec2/src/a.rs", text), [2, 3, 9]);
    }

    #[test]
    fn nobody_sleeps() {
        let text = format!("//! It.\n#[cfg(test)]\nstd::{SLEEP}(d);\n");
        assert_eq!(rules("agent", "crates/agent/tests/a.rs", &text), [3]);
    }
}
