//! The table of what is tried from inside a container, which SECURITY.md shows as well.

use std::fs;
use std::path::Path;

/// Any of these may come of an attempt: kernels and OCI runtimes differ in how they refuse.
pub type Expected = Vec<String>;

/// A line of `isolation.table`.
pub struct Row {
    pub name: String,
    pub tried: String,
    /// In a user namespace.
    pub fargate: Expected,
    /// Without one.
    pub other: Expected,
}

const TABLE: &str = include_str!("isolation.table");
/// Where the table is in SECURITY.md.
const MARKS: [&str; 2] = [
    "<!-- isolation.table: begin -->\n",
    "<!-- isolation.table: end -->\n",
];

pub fn table() -> Vec<Row> {
    let words = |list: &str| list.split_whitespace().map(str::to_owned).collect();
    TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            let field = |number: usize| fields.get(number).copied();
            Row {
                name: field(0).unwrap().to_owned(),
                tried: field(1).unwrap().to_owned(),
                fargate: words(field(2).unwrap()),
                // Left out where it is the same.
                other: words(field(3).or(field(2)).unwrap()),
            }
        })
        .collect()
}

/// The same for people.
fn shown() -> String {
    let mut text =
        String::from("| tried | on Fargate | elsewhere, unprivileged |\n| --- | --- | --- |\n");
    for row in table() {
        let cell = |expected: &Expected| expected.join(" or ");
        text += &format!(
            "| {} | {} | {} |\n",
            row.tried,
            cell(&row.fargate),
            cell(&row.other)
        );
    }
    text
}

#[test]
fn security_md_says_what_is_tried() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../SECURITY.md");
    let text = fs::read_to_string(path).unwrap();
    let between = text
        .split_once(MARKS[0])
        .and_then(|(_, rest)| rest.split_once(MARKS[1]))
        .map(|(between, _)| between);
    assert_eq!(between, Some(shown().as_str()), "it is to be:\n{}", shown());
}

#[test]
fn no_attempt_is_expected_to_succeed() {
    for row in table() {
        for expected in [&row.fargate, &row.other] {
            assert!(!expected.is_empty(), "{}", row.name);
            assert!(
                !expected.iter().any(|outcome| outcome == "DONE"),
                "{}",
                row.name
            );
        }
    }
}
