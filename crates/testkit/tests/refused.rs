//! Every member that the tables (`models/SERVICE.members`) call refused: asked for, it is named, and
//! the tables and the schemas call the same members so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows test functions, and not what they call, as tests"
)]

use std::collections::BTreeSet;

use aws_schema::{Kind, Member, Protocol, Schema, Support};
use serde_json::{Value, json};

/// A member that is refused, in one of the places where an input has it.
struct Place {
    /// `Shape.member`.
    member: String,
    /// An input that asks for something by it.
    asks: Value,
    /// How it is named then.
    named: String,
    /// Inputs that say by it what is so without it.
    passes: Vec<Value>,
}

/// Where a walk over the schema of an input is.
struct Here<'a> {
    /// The structures around, so that one that holds itself is gone into once.
    around: Vec<&'static str>,
    /// Puts a value where the walk is.
    input: &'a dyn Fn(Value) -> Value,
    /// The path to it.
    path: String,
    /// The path to the outermost refused member around it.
    refused: Option<String>,
}

impl Here<'_> {
    /// The place inside a list or a map.
    fn inside<'b>(&self, input: &'b dyn Fn(Value) -> Value, at: &str) -> Here<'b> {
        Here {
            around: self.around.clone(),
            input,
            path: format!("{}[{at}]", self.path),
            refused: self.refused.clone(),
        }
    }
}

/// A value by which a client asks for something.
fn asking(schema: &'static Schema, unless: &[&str], depth: usize) -> Value {
    const DEPTH_MAX: usize = 8;
    assert!(depth < DEPTH_MAX, "{} holds itself", schema.name);
    let of = |member: &'static Member| asking(member.target, &[], depth + 1);
    match schema.kind {
        Kind::Structure(members) | Kind::Union(members) => match members.first() {
            Some(first) => json!({first.name: of(first)}),
            None => json!({}),
        },
        Kind::List(item) => json!([of(item)]),
        Kind::Map(_, value) => json!({"key": of(value)}),
        Kind::String => json!("x"),
        Kind::Enum(values) => {
            let mut others = values.iter().filter(|value| !unless.contains(value));
            json!(others.next().copied().unwrap_or("x"))
        }
        Kind::Boolean => json!(true),
        Kind::Integer | Kind::Long | Kind::Timestamp(_) => json!(1),
        Kind::Float | Kind::Double => json!(0.5),
        Kind::Blob => json!("eA=="),
    }
}

fn walk(schema: &'static Schema, here: &Here<'_>, found: &mut Vec<Place>) {
    match schema.kind {
        Kind::List(item) => {
            let input = |value: Value| (here.input)(json!([value]));
            return walk(item.target, &here.inside(&input, "0"), found);
        }
        Kind::Map(_, value) => {
            let input = |value: Value| (here.input)(json!({"key": value}));
            return walk(value.target, &here.inside(&input, "key"), found);
        }
        _ => {}
    }
    if here.around.contains(&schema.name) {
        return;
    }
    for member in schema.members() {
        let input = |value: Value| (here.input)(json!({member.name: value}));
        let (first, rest) = member.name.split_at(1);
        let name = format!("{}{rest}", first.to_ascii_lowercase());
        let path = match here.path.as_str() {
            "" => name,
            path => format!("{path}.{name}"),
        };
        let mut refused = here.refused.clone();
        if let Support::Refused { unless } = member.support {
            let value = asking(member.target, unless, 0);
            let named = refused.clone().unwrap_or_else(|| match value.as_str() {
                Some(text) if !unless.is_empty() && !member.target.sensitive => {
                    format!("{path} {text}")
                }
                _ => path.clone(),
            });
            let passes = unless.iter().filter(|_| here.refused.is_none());
            found.push(Place {
                member: format!("{}.{}", schema.name, member.name),
                asks: input(value),
                named,
                passes: passes.map(|value| input(json!(value))).collect(),
            });
            refused = refused.or_else(|| Some(path.clone()));
        }
        let mut around = here.around.clone();
        around.push(schema.name);
        let inner = Here {
            around,
            input: &input,
            path,
            refused,
        };
        walk(member.target, &inner, found);
    }
}

/// The members that a service's table calls refused.
fn table(service: &str) -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    let text = std::fs::read_to_string(format!("{folder}/{service}.members")).unwrap();
    let refused = text.lines().filter_map(|line| {
        let (member, status) = line.split_once(' ')?;
        status.starts_with("refused").then(|| member.to_owned())
    });
    refused.collect()
}

#[test]
fn what_the_tables_refuse_is_refused_by_name_wherever_an_input_has_it() {
    for (service, read_shape) in aws_api::shape_readers() {
        let unsupported = |shape: &str, input: &Value| {
            let body = input.to_string();
            let decoded = aws_wire::decode(Protocol::AwsJson11, body.as_bytes()).unwrap();
            let input = read_shape(shape, &mut *decoded.reader()).unwrap().unwrap();
            aws_wire::unsupported(&*input)
        };
        let mut members = BTreeSet::new();
        for operation in service.operations {
            let mut found = Vec::new();
            let start = Here {
                around: Vec::new(),
                input: &|value| value,
                path: String::new(),
                refused: None,
            };
            walk(operation.input, &start, &mut found);
            for place in found {
                let said = unsupported(operation.input.name, &place.asks);
                assert_eq!(
                    said,
                    Some(place.named),
                    "{}: {}",
                    operation.name,
                    place.asks
                );
                for input in &place.passes {
                    let said = unsupported(operation.input.name, input);
                    assert_eq!(said, None, "{}: {input}", operation.name);
                }
                members.insert(place.member);
            }
        }
        let name = service.action_prefix();
        assert_eq!(
            members,
            table(name),
            "the members of {name} that are refused"
        );
    }
}
