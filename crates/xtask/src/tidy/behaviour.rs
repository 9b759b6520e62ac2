//! `docs/ecs-behaviour.md`: each line of its tables names the tests that show it, or says after
//! `not yet: ` what it waits for.

/// Where the tables are.
pub(super) const PAGE: &str = "docs/ecs-behaviour.md";
const NOT_YET: &str = "not yet: ";

/// A line of a table: its number, and the tests that it names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) line: usize,
    pub(super) tests: Vec<&'a str>,
    /// True where the line says that it has no test, and what it waits for.
    pub(super) waits: bool,
}

/// The lines of the page's tables.
pub(super) fn rows(text: &str) -> Vec<Row<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_rule = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("| ---"));
    (1..)
        .zip(&lines)
        .filter(|(number, line)| {
            // The heading stands before the rule, at this line's number from 0 on.
            line.starts_with('|') && !is_rule(Some(line)) && !is_rule(lines.get(*number))
        })
        .map(|(line, text)| {
            let last = text.trim_end_matches('|').rsplit(" | ").next();
            let shown = last.unwrap_or_default().trim();
            let tests = shown.split('`').filter(|part| part.contains("::"));
            Row {
                line,
                tests: tests.collect(),
                waits: shown
                    .strip_prefix(NOT_YET)
                    .is_some_and(|what| !what.is_empty()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_tests_or_what_they_wait_for() {
        let text = "# Page\n\n| ECS | here |\n| --- | --- |\n| one `x` | `a.rs::b` `c.py::d` |\n\
                    | two | not yet: with services |\n| three | soon |\n| four | not yet: |\n";
        let rows = rows(text);
        let seen: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.tests.len(), row.waits))
            .collect();
        assert_eq!(
            seen,
            [(5, 2, false), (6, 0, true), (7, 0, false), (8, 0, false)]
        );
        assert_eq!(rows[0].tests, ["a.rs::b", "c.py::d"]);
    }
}
