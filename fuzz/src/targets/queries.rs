//! The cluster query language: the first line is the expression, the rest what an instance has. What is
//! understood can be written down again and is then understood the same, is true of an instance or is
//! not, and its negation is true where it is not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ecs::plan::instances::{Facts, Instance};
use ecs::plan::query::{Operator, Query, QueryError, Subject};

use crate::input::Input;

/// Names of attributes that expressions are likely to ask for.
const NAMES: [&str; 3] = ["a", "b", "ecs.instance-type"];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let text = input.text_line();
    let query = match Query::parse(&text) {
        Ok(query) => query,
        Err(wrong) => {
            assert!(!wrong.to_string().is_empty());
            return;
        }
    };
    let values = [input.text_line(), input.text_line(), input.text_line()];
    let instance = instance(&mut input, &values);
    let is_true = query.matches(&instance);
    assert_eq!(is_true, truth(&query, &instance), "{text:?}");

    let written = write(&query);
    match Query::parse(&written) {
        Ok(again) => assert_eq!(again, query, "{text:?} as {written:?}"),
        // What `>=` stands for is longer and deeper.
        Err(QueryError::TooLarge) => {}
        Err(wrong) => panic!("{text:?} as {written:?}: {wrong}"),
    }
    match Query::parse(&format!("not ({written})")) {
        Ok(negated) => assert_ne!(negated.matches(&instance), is_true, "not ({written:?})"),
        Err(QueryError::TooLarge) => {}
        Err(wrong) => panic!("not ({written:?}): {wrong}"),
    }
}

fn instance<'a>(input: &mut Input<'_>, values: &'a [String; 3]) -> Instance<'a> {
    let mut attributes = BTreeMap::new();
    for (name, value) in NAMES.iter().zip(values) {
        match input.byte() % 3 {
            0 => {}
            1 => drop(attributes.insert((*name).to_owned(), None)),
            _ => drop(attributes.insert((*name).to_owned(), Some(value.clone()))),
        }
    }
    let [version, id, group] = values;
    Instance {
        attributes: Cow::Owned(attributes),
        groups: [(group.clone(), usize::from(input.byte() % 2))].into(),
        facts: Facts {
            agent_version: input.flag().then_some(version),
            ec2_instance_id: input.flag().then_some(id),
            running_tasks: i64::from(input.byte()),
        },
        ..Instance::default()
    }
}

/// Whether the query is true by its parts, each alone.
fn truth(query: &Query, instance: &Instance<'_>) -> bool {
    match query {
        Query::And(a, b) => truth(a, instance) && truth(b, instance),
        Query::Or(a, b) => truth(a, instance) || truth(b, instance),
        Query::Not(a) => !truth(a, instance),
        Query::Test(..) => query.matches(instance),
    }
}

/// The query as an expression, with no parentheses that it can do without.
fn write(query: &Query) -> String {
    match query {
        Query::Or(a, b) => format!("{} or {}", write(a), within(b, is_or)),
        Query::And(a, b) => format!(
            "{} and {}",
            within(a, is_or),
            within(b, |b| is_or(b) || is_and(b))
        ),
        Query::Not(a) => match &**a {
            Query::Test(subject, operator) => test(subject, operator, true),
            other => format!("not {}", within(other, |a| is_or(a) || is_and(a))),
        },
        Query::Test(subject, operator) => test(subject, operator, false),
    }
}

fn within(query: &Query, needs_parentheses: impl Fn(&Query) -> bool) -> String {
    let written = write(query);
    if needs_parentheses(query) {
        format!("({written})")
    } else {
        written
    }
}

fn is_or(query: &Query) -> bool {
    matches!(query, Query::Or(..))
}

fn is_and(query: &Query) -> bool {
    matches!(query, Query::And(..))
}

fn test(subject: &Subject, operator: &Operator, negated: bool) -> String {
    let subject = match subject {
        Subject::Attribute(name) => format!("attribute:{name}"),
        Subject::AgentVersion => "agentVersion".to_owned(),
        Subject::Ec2InstanceId => "ec2InstanceId".to_owned(),
        Subject::RunningTasksCount => "runningTasksCount".to_owned(),
        Subject::TaskGroup => "task:group".to_owned(),
    };
    let not = if negated { "!" } else { "" };
    match operator {
        Operator::Exists => format!("{subject} {not}exists"),
        Operator::In(values) => {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            format!("{subject} {not}in [{}]", values.join(", "))
        }
        Operator::Equals(value) => {
            let sign = if negated { "!=" } else { "==" };
            format!("{subject} {sign} {}", quoted(value))
        }
        Operator::Matches(value) => {
            let sign = if negated { "!~" } else { "=~" };
            format!("{subject} {sign} {}", quoted(value))
        }
        // These two have no sign of their own for what they are not.
        Operator::Greater(value) => compared(&subject, ">", value, negated),
        Operator::Less(value) => compared(&subject, "<", value, negated),
    }
}

fn compared(subject: &str, sign: &str, value: &str, negated: bool) -> String {
    let not = if negated { "not " } else { "" };
    format!("{not}{subject} {sign} {}", quoted(value))
}

/// A value in quotes that it has none of. What has both kinds was no quoted word, and needs no quotes.
fn quoted(value: &str) -> String {
    ['"', '\'']
        .into_iter()
        .find(|quote| !value.contains(*quote))
        .map_or_else(
            || value.to_owned(),
            |quote| format!("{quote}{value}{quote}"),
        )
}
