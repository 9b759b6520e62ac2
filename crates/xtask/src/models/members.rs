//! `models/<service>.members`: what becomes of every member of every input of a typed operation.
//! Whether a line tells the truth is for those to see who write and read handlers; here it is
//! held that no member is left out and none is invented.
//!
//! One line a member, sorted: `Shape.member STATUS`, where the status is `effect <- FILE::TEST...`
//! (the tests that fail where the member has none, as many as its way has parts that can each forget
//! it), `refused`, `refused unless VALUE...`
//! (values that say what is so without them), or `ignored` for what changes nothing by its nature. A
//! note follows `#`; `ignored` must have one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Model, read};
use crate::error::Error;
use crate::{named_test, tree};

/// How many members a complaint lists.
const LISTED_MAX: usize = 8;

/// The lines of a table by `Shape.member`.
type Table = BTreeMap<String, Line>;

#[derive(Debug, PartialEq, Eq)]
struct Line {
    status: Status,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Status {
    Effect {
        /// `FILE::TEST`, from the root of the tree.
        shown_by: Vec<String>,
    },
    Refused {
        unless: Vec<String>,
    },
    Ignored,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.status {
            Status::Effect { shown_by } => write!(f, "effect <- {}", shown_by.join(" "))?,
            Status::Refused { unless } if unless.is_empty() => f.write_str("refused")?,
            Status::Refused { unless } => write!(f, "refused unless {}", unless.join(" "))?,
            Status::Ignored => f.write_str("ignored")?,
        }
        match &self.note {
            Some(note) => write!(f, " # {note}"),
            None => Ok(()),
        }
    }
}

/// Adds the members that the tables of `services` lack, as refused, and takes out those that no
/// input reaches any more; of all services where none is named.
pub(crate) fn complete(root: &Path, services: &[&str]) -> Result<(), Error> {
    let all = super::services(root)?;
    let chosen: Vec<&str> = if services.is_empty() {
        all.iter().map(String::as_str).collect()
    } else {
        services.to_vec()
    };
    for service in chosen {
        let model = read(root, service)?;
        let path = path(root, service);
        let mut table = if path.exists() {
            parse(service, &tree::read(&path)?)?
        } else {
            Table::new()
        };
        let reached = reached(&model);
        let gone: Vec<String> = table
            .keys()
            .filter(|name| !reached.contains(*name))
            .cloned()
            .collect();
        for name in gone {
            println!("{service}: {name} is reached no more, and was taken out");
            table.remove(&name);
        }
        for name in reached {
            table.entry(name).or_insert_with_key(|name| {
                println!("{service}: {name} is refused, until somebody knows better");
                Line {
                    status: Status::Refused { unless: Vec::new() },
                    note: None,
                }
            });
        }
        tree::write(&path, &render(&table))?;
    }
    Ok(())
}

/// Writes into `model` what the service's table says.
pub(super) fn apply(root: &Path, service: &str, model: &mut Model) -> Result<(), Error> {
    let table = parse(service, &tree::read(&path(root, service))?)?;
    check(service, &table, model)?;
    check_tests(root, service, &table)?;
    for (name, line) in table {
        let Status::Refused { unless } = line.status else {
            continue;
        };
        let found = name
            .split_once('.')
            .and_then(|(shape, member)| model.shapes.get_mut(shape)?.members.get_mut(member));
        if let Some(member) = found {
            member.refused = Some(unless);
        }
    }
    Ok(())
}

/// Holds a table against its model.
fn check(service: &str, table: &Table, model: &Model) -> Result<(), Error> {
    let reached = reached(model);
    let missing: Vec<&str> = reached
        .iter()
        .filter(|name| !table.contains_key(*name))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        return Err(Error::model(
            service,
            format!(
                "{service}.members lacks {}; `cargo xtask members {service}` adds them as refused",
                list(&missing)
            ),
        ));
    }
    let gone: Vec<&str> = table
        .keys()
        .filter(|name| !reached.contains(*name))
        .map(String::as_str)
        .collect();
    if !gone.is_empty() {
        return Err(Error::model(
            service,
            format!(
                "{service}.members names {}, which no input of a typed operation reaches; \
                 `cargo xtask members {service}` takes them out",
                list(&gone)
            ),
        ));
    }
    for (name, line) in table {
        let Status::Refused { unless } = &line.status else {
            continue;
        };
        let target = name
            .split_once('.')
            .and_then(|(shape, member)| model.shapes.get(shape)?.members.get(member))
            .and_then(|member| model.shapes.get(&member.shape));
        let unfit = unless.iter().find(|value| {
            target.is_none_or(|shape| {
                shape.kind != "string"
                    || (!shape.values.is_empty() && !shape.values.contains(value))
            })
        });
        if let Some(value) = unfit {
            return Err(Error::model(
                service,
                format!("{service}.members: {name} cannot have the value {value}"),
            ));
        }
    }
    Ok(())
}

/// Holds that every test that the table names is there.
fn check_tests(root: &Path, service: &str, table: &Table) -> Result<(), Error> {
    for (name, line) in table {
        let Status::Effect { shown_by } = &line.status else {
            continue;
        };
        let wrong =
            |problem: &str| Error::model(service, format!("{service}.members: {name}: {problem}"));
        for test in shown_by {
            named_test::find(root, test).map_err(|problem| wrong(&problem))?;
        }
    }
    Ok(())
}

fn list(names: &[&str]) -> String {
    let shown = names.get(..LISTED_MAX).unwrap_or(names).join(", ");
    match names.len().checked_sub(LISTED_MAX) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

/// Every `Shape.member` that an input of a typed operation reaches.
fn reached(model: &Model) -> BTreeSet<String> {
    let mut waiting: Vec<&str> = model
        .operations
        .values()
        .filter_map(|operation| operation.input.as_ref())
        .map(|input| input.shape.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    let mut members = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let Some(shape) = model.shapes.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        members.extend(
            shape
                .members
                .keys()
                .map(|member| format!("{name}.{member}")),
        );
        waiting.extend(shape.targets());
    }
    members
}

fn parse(service: &str, text: &str) -> Result<Table, Error> {
    let mut table = Table::new();
    let mut last = String::new();
    for (number, text) in (1..).zip(text.lines()) {
        let wrong =
            |problem: &str| Error::model(service, format!("{service}.members:{number}: {problem}"));
        let (words, note) = match text.split_once('#') {
            Some((words, note)) => (words, Some(note.trim().to_owned())),
            None => (text, None),
        };
        let note = note.filter(|note| !note.is_empty());
        let words: Vec<&str> = words.split_whitespace().collect();
        let (name, status) = match words.as_slice() {
            [name, "effect", "<-", tests @ ..] if !tests.is_empty() => {
                let shown_by = tests.iter().map(|test| (*test).to_owned()).collect();
                (*name, Status::Effect { shown_by })
            }
            [_, "effect", ..] => return Err(wrong("name after <- the test that shows the effect")),
            [name, "refused"] => (*name, Status::Refused { unless: Vec::new() }),
            [name, "refused", "unless", values @ ..] if !values.is_empty() => {
                let unless = values.iter().map(|value| (*value).to_owned()).collect();
                (*name, Status::Refused { unless })
            }
            [name, "ignored"] if note.is_some() => (*name, Status::Ignored),
            [_, "ignored"] => return Err(wrong("say after # why it may be ignored")),
            _ => {
                return Err(wrong(
                    "a line is `Shape.member`, then `effect <- FILE::TEST...`, `refused`, \
                     `refused unless VALUE...` or `ignored`, then perhaps a note after #",
                ));
            }
        };
        if *name <= *last {
            return Err(wrong(&format!(
                "{name} does not stand after {last}: lines are sorted"
            )));
        }
        name.clone_into(&mut last);
        table.insert(name.to_owned(), Line { status, note });
    }
    Ok(table)
}

fn render(table: &Table) -> String {
    table
        .iter()
        .map(|(name, line)| format!("{name} {line}\n"))
        .collect()
}

fn path(root: &Path, service: &str) -> PathBuf {
    root.join("models").join(format!("{service}.members"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "In.a refused\nIn.deep effect <- t::a t::b # below\nIn.level refused unless LOW MID\n\
                         In.token ignored # a retry's\nItem.b effect <- t::b\n";

    fn model() -> Model {
        serde_json::from_str(
            r#"{
                "metadata": {"apiVersion": "1", "endpointPrefix": "x", "serviceId": "X",
                             "protocols": ["json"]},
                "operations": {"A": {"input": {"shape": "In"}, "output": {"shape": "Out"}}},
                "shapes": {
                    "In": {"type": "structure", "members": {
                        "a": {"shape": "S"}, "deep": {"shape": "Map"}, "token": {"shape": "S"},
                        "level": {"shape": "Level"}}},
                    "Map": {"type": "map", "key": {"shape": "S"}, "value": {"shape": "List"}},
                    "List": {"type": "list", "member": {"shape": "Item"}},
                    "Item": {"type": "structure", "members": {"b": {"shape": "List"}}},
                    "Level": {"type": "string", "enum": ["LOW", "MID", "HIGH"]},
                    "Out": {"type": "structure", "members": {"c": {"shape": "S"}}},
                    "S": {"type": "string"}
                }
            }"#,
        )
        .unwrap()
    }

    fn refusal(text: &str) -> String {
        let table = parse("x", text);
        let checked = table.and_then(|table| check("x", &table, &model()));
        checked.unwrap_err().to_string()
    }

    #[test]
    fn what_an_input_reaches_is_listed_and_nothing_else() {
        let table = parse("x", TABLE).unwrap();
        check("x", &table, &model()).unwrap();
        assert_eq!(render(&table), TABLE);
        assert_eq!(reached(&model()), table.into_keys().collect());

        let less = TABLE.replace("Item.b effect <- t::b\n", "");
        assert!(refusal(&less).contains("x.members lacks Item.b;"));
        let more = format!("{TABLE}Out.c refused\n");
        assert!(refusal(&more).contains("x.members names Out.c, which no input"));
    }

    #[test]
    fn lines_are_sorted_and_understood() {
        for (line, problem) in [
            (
                "In.token refused\nIn.a refused\n",
                "x.members:2: In.a does not stand after In.token",
            ),
            (
                "In.a refused\nIn.a refused\n",
                "x.members:2: In.a does not stand after",
            ),
            ("In.a ignored\n", "x.members:1: say after # why"),
            ("In.a ignored #\n", "x.members:1: say after # why"),
            ("In.a effect\n", "x.members:1: name after <- the test"),
            ("In.a effect # below\n", "x.members:1: name after <-"),
            ("In.a perhaps\n", "x.members:1: a line is"),
            ("In.a refused unless\n", "x.members:1: a line is"),
            ("In.a\n", "x.members:1: a line is"),
        ] {
            let said = refusal(line);
            assert!(said.contains(problem), "{line}: {said}");
        }
    }

    #[test]
    fn a_value_that_is_excepted_is_one_that_the_member_can_have() {
        let odd = TABLE.replace("LOW MID", "LOW NONE");
        assert!(refusal(&odd).contains("In.level cannot have the value NONE"));
        let list = TABLE.replace("Item.b effect <- t::b", "Item.b refused unless LOW");
        assert!(refusal(&list).contains("Item.b cannot have the value LOW"));
    }

    #[test]
    fn the_table_is_written_into_the_model() {
        let root = tempfile::tempdir().unwrap();
        tree::write(&path(root.path(), "x"), TABLE).unwrap();
        tree::write(&root.path().join("t"), "fn a() {}\nfn b() {}\n").unwrap();
        let mut model = model();
        apply(root.path(), "x", &mut model).unwrap();
        let members = &model.shapes["In"].members;
        assert_eq!(members["a"].refused, Some(Vec::new()));
        let low_and_mid = vec!["LOW".to_owned(), "MID".to_owned()];
        assert_eq!(members["level"].refused, Some(low_and_mid));
        assert_eq!(members["token"].refused, None);
        assert_eq!(model.shapes["Item"].members["b"].refused, None);
    }

    #[test]
    fn a_test_that_shows_an_effect_is_there() {
        let root = tempfile::tempdir().unwrap();
        tree::write(&root.path().join("t/some.py"), "def test_one(x):\n").unwrap();
        let checked = |test: &str| {
            let table = parse("x", &format!("In.a effect <- {test} # seen\n")).unwrap();
            assert!(render(&table).contains(test));
            check_tests(root.path(), "x", &table).map_err(|error| error.to_string())
        };
        checked("t/some.py::test_one").unwrap();
        let more = checked("t/some.py::test_one t/some.py::test_three").unwrap_err();
        assert!(more.contains("'test_three'"), "each of several: {more}");
        let missing = checked("t/some.py::test_two").unwrap_err();
        assert!(missing.contains("x.members: In.a:"), "{missing}");
    }

    #[test]
    fn missing_lines_are_added_as_refused_and_others_kept() {
        let root = tempfile::tempdir().unwrap();
        let models = root.path().join("models");
        let text = serde_json::to_string(&model()).unwrap();
        tree::write(&models.join("x.json"), &text).unwrap();
        tree::write(&models.join("x.operations"), "A\n").unwrap();
        complete(root.path(), &["x"]).unwrap();
        let all = tree::read(&models.join("x.members")).unwrap();
        assert_eq!(all.lines().count(), 5);
        assert!(all.lines().all(|line| line.ends_with(" refused")), "{all}");

        let stale = TABLE.replace("Item.b effect <- t::b\n", "Old.z refused\n");
        tree::write(&models.join("x.members"), &stale).unwrap();
        complete(root.path(), &[]).unwrap();
        let now = tree::read(&models.join("x.members")).unwrap();
        assert_eq!(
            now,
            TABLE.replace("Item.b effect <- t::b", "Item.b refused")
        );
    }

    #[test]
    fn the_tables_of_this_tree_list_every_member_of_its_models() {
        let root = tree::root().unwrap();
        for service in super::super::services(&root).unwrap() {
            let model = read(&root, &service).unwrap();
            let text = tree::read(&path(&root, &service)).unwrap();
            let table = parse(&service, &text).unwrap();
            check(&service, &table, &model).unwrap();
            check_tests(&root, &service, &table).unwrap();
            assert_eq!(reached(&model), table.into_keys().collect(), "{service}");
        }
    }
}
