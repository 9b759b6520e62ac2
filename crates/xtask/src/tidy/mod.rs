//! `cargo xtask tidy`: holds the tree to rules that neither rustc nor clippy knows.
//!
//! Each rule is a pure function from a text to findings; only this file reads the tree.

mod behaviour;
mod floors;
mod manifest;
mod source;

use std::fmt;
use std::path::Path;

use crate::error::Error;
use crate::{named_test, tree};

/// Crates that hold `unsafe` code, each block with its reason.
const MAY_BE_UNSAFE: &[&str] = &["network", "runtime", "shim"];
/// Folders at the root whose files are held to the rules for text.
const TEXT_FOLDERS: &[&str] = &["bench", "crates", "docs", "examples", "tests"];
/// Kinds of files that are held to the rules for text.
const TEXT_KINDS: &[&str] = &["md", "py", "rs", "sh", "toml"];
const MAP: &str = "ARCHITECTURE.md";

/// A broken rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// The file, from the root.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The rule, in words.
    pub(crate) rule: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

impl Finding {
    pub(crate) fn new(file: &str, line: usize, rule: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            rule: rule.into(),
        }
    }
}

/// Checks every rule; fails with all findings.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let found = findings(root)?;
    if found.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    Err(Error::Untidy {
        findings: lines.join("\n"),
        count: found.len(),
    })
}

fn findings(root: &Path) -> Result<Vec<Finding>, Error> {
    let mut found = Vec::new();
    let map = root.join(MAP);
    // The page is written with the first release of the tree; until then there is no map.
    let map = if map.exists() {
        Some(tree::read(&map)?)
    } else {
        None
    };
    for folder in tree::entries(&root.join("crates"))? {
        let name = tree::name(&folder).to_owned();
        let file = format!("crates/{name}/Cargo.toml");
        let text = tree::read(&folder.join("Cargo.toml"))?;
        found.extend(floors::check(&name, &file, &manifest::dependencies(&text)));
        if let Some(map) = &map
            && !map.contains(&format!("`{name}`"))
        {
            found.push(Finding::new(
                MAP,
                1,
                format!("the map does not name the crate `{name}`"),
            ));
        }
        if folder.join("build.rs").exists() {
            let file = format!("crates/{name}/build.rs");
            found.push(Finding::new(&file, 1, "no build scripts of our own"));
        }
        for path in tree::files(&folder, "rs")? {
            let text = tree::read(&path)?;
            let file = relative(root, &path);
            let place = source::Place::new(&name, &file);
            found.extend(source::check(&place, &text));
            if !source::says_what_it_is_for(&text) && !said_by_parent(&path) {
                found.push(Finding::new(&file, 1, source::OPENING_RULE));
            }
            if place.is_crate_root() && !MAY_BE_UNSAFE.contains(&name.as_str()) {
                found.extend(source::forbids_unsafe(&place, &text));
            }
        }
    }
    for folder in TEXT_FOLDERS {
        let folder = root.join(folder);
        if !folder.is_dir() {
            continue;
        }
        for kind in TEXT_KINDS {
            for path in tree::files(&folder, kind)? {
                found.extend(source::postponed(
                    &relative(root, &path),
                    &tree::read(&path)?,
                ));
            }
        }
    }
    for path in tree::entries(root)? {
        let is_text = path
            .extension()
            .is_some_and(|end| end == "md" || end == "toml");
        if path.is_file() && (is_text || tree::name(&path) == "Makefile") {
            found.extend(source::postponed(
                &relative(root, &path),
                &tree::read(&path)?,
            ));
        }
    }
    let page = root.join(behaviour::PAGE);
    for row in behaviour::rows(&tree::read(&page)?) {
        let told = |rule| Finding::new(behaviour::PAGE, row.line, rule);
        if row.tests.is_empty() && !row.waits {
            found.push(told(
                "name the test that shows it, or what it waits for".to_owned(),
            ));
        }
        let missing = row.tests.iter().map(|test| named_test::find(root, test));
        found.extend(missing.filter_map(Result::err).map(told));
    }
    found.sort();
    Ok(found)
}

/// Whether the file that declares this one as a module says what it is for.
fn said_by_parent(path: &Path) -> bool {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else {
        return false;
    };
    // `a/mod.rs` is declared above `a`.
    let (folder, name) = match (stem.to_str(), folder.parent()) {
        (Some("mod"), Some(above)) => (above, tree::name(folder)),
        (Some(stem), _) => (folder, stem),
        (None, _) => return false,
    };
    ["lib.rs", "main.rs", "mod.rs"]
        .iter()
        .map(|parent| folder.join(parent))
        .chain([folder.with_extension("rs")])
        .filter_map(|parent| tree::read(&parent).ok())
        .any(|text| source::documents_module(&text, name))
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        run(&tree::root().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    }
}
