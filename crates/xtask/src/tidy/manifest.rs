//! Reads the names of dependencies out of a `Cargo.toml`. Our manifests name one dependency a
//! line, so that lines are all that is looked at.

/// One dependency as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// True for what only tests use.
    pub(crate) dev: bool,
}

/// The dependencies of every kind, in the order of the file.
pub(crate) fn dependencies(manifest: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    // Whether the present table holds dependencies, and whether only tests use them.
    let mut table: Option<bool> = None;
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            let (kind, name) = split_header(header);
            table = match kind {
                Some("dev-dependencies") => Some(true),
                Some("dependencies" | "build-dependencies") => Some(false),
                _ => None,
            };
            // `[dependencies.name]`: what follows are the entries of one dependency.
            if let (Some(dev), Some(name)) = (table, name) {
                found.push(Dependency {
                    name: name.to_owned(),
                    line: index + 1,
                    dev,
                });
                table = None;
            }
        } else if let (Some(dev), Some((key, _))) = (table, line.split_once('=')) {
            let name = key
                .split('.')
                .next()
                .unwrap_or(key)
                .trim()
                .trim_matches('"');
            if !name.is_empty() && !name.starts_with('#') {
                found.push(Dependency {
                    name: name.to_owned(),
                    line: index + 1,
                    dev,
                });
            }
        }
    }
    found
}

/// The kind of table and, where the header itself names one, the dependency:
/// `target.'cfg(unix)'.dependencies`, `dev-dependencies.tokio`.
fn split_header(header: &str) -> (Option<&str>, Option<&str>) {
    for kind in ["dev-dependencies", "build-dependencies", "dependencies"] {
        let whole = header == kind || header.ends_with(&format!(".{kind}"));
        if whole && !header.starts_with("workspace") {
            return (Some(kind), None);
        }
        if let Some(name) = header
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('.'))
        {
            return (Some(kind), Some(name));
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_dependency_is_seen() {
        let manifest = r#"
[package]
name = "x"

[features]
store = []

[dependencies]
a.workspace = true
b = { path = "../b" } # with a reason
# c.workspace = true

[target.'cfg(target_os = "linux")'.dependencies]
d = "1"

[dev-dependencies.e]
workspace = true

[dev-dependencies]
f.workspace = true

[lints]
workspace = true
"#;
        let names: Vec<(String, bool)> = dependencies(manifest)
            .into_iter()
            .map(|found| (found.name, found.dev))
            .collect();
        let expected = [
            ("a", false),
            ("b", false),
            ("d", false),
            ("e", true),
            ("f", true),
        ];
        assert_eq!(names, expected.map(|(name, dev)| (name.to_owned(), dev)));
    }

    #[test]
    fn the_line_is_the_dependency_s_own() {
        let found = dependencies("[dependencies]\n\na.workspace = true\n");
        assert_eq!(found.first().map(|found| found.line), Some(3));
    }
}
