//! `cargo xtask codegen`: writes `aws-api` from the checked-in models.
//!
//! The generated code states facts; what they mean is in `aws-api`'s own `macros.rs` and
//! `dispatch.rs`, which are written by hand.

mod api;
mod error;
mod layout;
mod library;
mod names;
mod operations;
mod rustfmt;
mod schemas;
mod types;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::{models, tree};

const TARGET: &str = "crates/aws-api/src";
/// What is written by hand there.
const BY_HAND: &[&str] = &["macros.rs", "dispatch.rs"];

/// Writes every generated file that differs, and removes what is no longer generated.
pub(crate) fn write(root: &Path) -> Result<(), Error> {
    let folder = root.join(TARGET);
    let generated = generate(root)?;
    for (path, text) in &generated {
        let path = folder.join(path);
        // An unchanged file keeps its time, so that cargo does not build it again.
        if tree::read(&path).is_ok_and(|present| present == *text) {
            continue;
        }
        tree::write(&path, text)?;
        println!(
            "wrote {}",
            path.strip_prefix(root).unwrap_or(&path).display()
        );
    }
    for path in leftovers(&folder, &generated)? {
        std::fs::remove_file(&path).map_err(Error::file("remove", &path))?;
        println!("removed {}", path.display());
    }
    Ok(())
}

/// Fails, with a summary, unless the tree holds just what would be written.
pub(crate) fn check(root: &Path) -> Result<(), Error> {
    let differences = compare(&root.join(TARGET), &generate(root)?)?;
    if differences.is_empty() {
        Ok(())
    } else {
        Err(Error::Stale(differences.join("\n")))
    }
}

/// How a folder differs from what would be written to it, a line for each file.
fn compare(folder: &Path, generated: &BTreeMap<PathBuf, String>) -> Result<Vec<String>, Error> {
    let mut differences: Vec<String> = generated
        .iter()
        .filter_map(|(path, text)| {
            let present = tree::read(&folder.join(path)).unwrap_or_default();
            layout::difference(&present, text)
                .map(|difference| format!("{TARGET}/{}: {difference}", path.display()))
        })
        .collect();
    for path in leftovers(folder, generated)? {
        let path = path.strip_prefix(folder).unwrap_or(&path);
        differences.push(format!("{TARGET}/{}: is not generated", path.display()));
    }
    Ok(differences)
}

/// Every generated file, formatted, by its path below the target.
fn generate(root: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut raw = BTreeMap::new();
    let services = models::services(root)?;
    for service in &services {
        let model = models::load(root, service)?;
        let api = api::Api::new(service, model)?;
        for (file, text) in [
            ("mod.rs", operations::module(&api)?),
            ("types.rs", types::file(&api)?),
            ("schemas.rs", schemas::file(&api)?),
            ("error.rs", error::file(&api)?),
            ("server.rs", operations::server(&api)?),
        ] {
            raw.insert(Path::new(service).join(file), text);
        }
    }
    raw.insert(PathBuf::from("lib.rs"), library::file(&services));
    raw.into_iter()
        .map(|(path, text)| {
            let text = rustfmt::format(root, &path, &text)?;
            Ok((path, text))
        })
        .collect()
}

/// Rust files in the target that are neither generated nor known to be written by hand.
fn leftovers(folder: &Path, generated: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, Error> {
    let mut found = tree::files(folder, "rs")?;
    found.retain(|path| {
        let inner = path.strip_prefix(folder).unwrap_or(path);
        !generated.contains_key(inner) && !BY_HAND.iter().any(|name| inner == Path::new(name))
    });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stale_missing_or_left_over_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let generated: BTreeMap<PathBuf, String> = ["lib.rs", "ecs/mod.rs", "ecs/types.rs"]
            .iter()
            .map(|name| (PathBuf::from(name), format!("// {name}\n")))
            .collect();
        for (name, text) in [
            ("lib.rs", "// lib.rs\n"),
            ("macros.rs", "// by hand\n"),
            ("ecs/types.rs", "// edited\n"),
            ("gone/mod.rs", "// of a service that was removed\n"),
        ] {
            tree::write(&folder.path().join(name), text).unwrap();
        }
        let told = compare(folder.path(), &generated).unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("ecs/mod.rs: is missing"), "{told:?}");
        assert!(
            told[1].contains("ecs/types.rs: differs from line 1"),
            "{told:?}"
        );
        assert!(
            told[2].contains("gone/mod.rs: is not generated"),
            "{told:?}"
        );
    }

    #[test]
    fn the_generated_code_is_what_the_models_say() {
        check(&tree::root().unwrap()).unwrap();
    }
}
