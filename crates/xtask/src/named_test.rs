//! Tests that tables of the tree name, as `FILE::TEST`: whether they are there. That they show what
//! the table says is for readers to see.

use std::path::Path;

use crate::tree;

/// Looks for the test of that name, for instance `tests/e2e/test_api.py::test_lists_are_paged`; modules may
/// stand between file and test.
///
/// # Errors
/// Why there is none, in words.
pub(crate) fn find(root: &Path, name: &str) -> Result<(), String> {
    let Some((file, test)) = name.split_once("::") else {
        return Err(format!("'{name}': a test is named as FILE::TEST"));
    };
    let test = test.rsplit("::").next().unwrap_or(test);
    let text = tree::read(&root.join(file)).map_err(|error| error.to_string())?;
    if ["fn", "def"]
        .iter()
        .any(|word| text.contains(&format!("{word} {test}(")))
    {
        Ok(())
    } else {
        Err(format!("{file} has no test '{test}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_found_by_its_whole_name() {
        let root = tempfile::tempdir().unwrap();
        let tests = "def test_one(x):\n    pass\nfn two() {}\n";
        tree::write(&root.path().join("t/some.py"), tests).unwrap();
        let found = |name: &str| find(root.path(), name);
        assert_eq!(found("t/some.py::test_one"), Ok(()));
        assert_eq!(found("t/some.py::module::two"), Ok(()));
        let missing = found("t/some.py::test_on").unwrap_err();
        assert!(missing.contains("no test 'test_on'"), "{missing}");
        assert!(found("t/other.py::test_one").is_err());
        assert!(found("test_one").unwrap_err().contains("FILE::TEST"));
    }
}
