//! The sentences of validation.

use std::collections::BTreeMap;

use aws_schema::{
    Blob, Constraints, Kind, Member, ReadError, Reader, Schema, Structure, Value, Writer,
    write_member,
};

use super::shapes::{Choice, Everything, member, shape, structure};
use crate::{VIOLATIONS_REPORTED_MAX, validate};

const fn bounded(schema: Schema, min: Option<i64>, max: Option<i64>) -> Schema {
    Schema {
        constraints: Constraints {
            min,
            max,
            pattern: None,
        },
        ..schema
    }
}

const fn required(member: Member) -> Member {
    Member {
        required: true,
        ..member
    }
}

static NAME: Schema = Schema {
    constraints: Constraints {
        min: Some(1),
        max: Some(5),
        pattern: Some("[a-z]*"),
    },
    ..shape("Name", Kind::String)
};
static SECRET: Schema = Schema {
    sensitive: true,
    ..bounded(shape("Secret", Kind::String), None, Some(3))
};
static COLOUR: Schema = shape("Colour", Kind::Enum(&["RED", "BLUE"]));
static COUNT: Schema = bounded(shape("Count", Kind::Integer), Some(1), Some(10));
static RATIO: Schema = bounded(shape("Ratio", Kind::Double), Some(0), Some(1));
static DATA: Schema = bounded(shape("Data", Kind::Blob), Some(2), None);
static NAMES: Schema = bounded(
    shape("Names", Kind::List(&member("member", &NAME))),
    None,
    Some(2),
);
static SECRETS: Schema = shape("Secrets", Kind::List(&member("member", &SECRET)));
static COLOURS: Schema = shape(
    "Colours",
    Kind::Map(&member("key", &NAME), &member("value", &COLOUR)),
);
static PART: Schema = shape(
    "Part",
    Kind::Structure(&[required(member("Name", &NAME)), member("parts", &PARTS)]),
);
static PARTS: Schema = bounded(
    shape("Parts", Kind::List(&member("member", &PART))),
    None,
    Some(3),
);
static PART_MAP: Schema = shape(
    "PartMap",
    Kind::Map(&member("key", &SECRET), &member("value", &PART)),
);
static HIDDEN_PART: Schema = Schema {
    sensitive: true,
    ..shape("HiddenPart", Kind::Structure(&[member("name", &NAME)]))
};
static INPUT: Schema = shape(
    "Input",
    Kind::Structure(&[
        member("SAMLName", &NAME),
        member("secret", &SECRET),
        member("colour", &COLOUR),
        member("count", &COUNT),
        member("ratio", &RATIO),
        member("data", &DATA),
        member("names", &NAMES),
        member("secrets", &SECRETS),
        member("colours", &COLOURS),
        member("parts", &PARTS),
        member("partMap", &PART_MAP),
        member("hidden", &HIDDEN_PART),
    ]),
);

structure!(Part, PART { 0 name: String, 1 parts: Vec<Part> });
structure!(Hidden, HIDDEN_PART { 0 name: String });
structure!(Input, INPUT {
    0 name: String,
    1 secret: String,
    2 colour: String,
    3 count: i32,
    4 ratio: f64,
    5 data: Blob,
    6 names: Vec<String>,
    7 secrets: Vec<String>,
    8 colours: BTreeMap<String, String>,
    9 parts: Vec<Part>,
    10 part_map: BTreeMap<String, Part>,
    11 hidden: Hidden,
});

/// The message for an input with these members, empty where there is none.
fn message(set: impl FnOnce(&mut Input)) -> String {
    let mut input = Input::default();
    set(&mut input);
    validate(&input)
        .err()
        .map(|violations| violations.to_string())
        .unwrap_or_default()
}

fn part(name: Option<&str>, parts: Option<Vec<Part>>) -> Part {
    Part {
        name: name.map(Into::into),
        parts,
    }
}

#[test]
fn scalars() {
    assert_eq!(message(|_| ()), "");
    assert_eq!(message(|input| input.name = Some("abcde".into())), "");
    // Characters are counted, not bytes.
    assert!(!message(|input| input.name = Some("äöüßé".into())).contains("length"));
    assert_eq!(
        message(|input| input.name = Some("abcdef".into())),
        "1 validation error detected: Value 'abcdef' at 'sAMLName' failed to satisfy constraint: \
         Member must have length less than or equal to 5"
    );
    assert_eq!(
        message(|input| input.name = Some(String::new())),
        "1 validation error detected: Value '' at 'sAMLName' failed to satisfy constraint: \
         Member must have length greater than or equal to 1"
    );
    assert_eq!(
        message(|input| input.name = Some("ABCDEF".into())),
        "2 validation errors detected: Value 'ABCDEF' at 'sAMLName' failed to satisfy \
         constraint: Member must have length less than or equal to 5; Value 'ABCDEF' at \
         'sAMLName' failed to satisfy constraint: Member must satisfy regular expression \
         pattern: [a-z]*"
    );
    assert_eq!(
        message(|input| input.colour = Some("GREEN".into())),
        "1 validation error detected: Value 'GREEN' at 'colour' failed to satisfy constraint: \
         Member must satisfy enum value set: [RED, BLUE]"
    );
    assert_eq!(
        message(|input| input.count = Some(0)),
        "1 validation error detected: Value '0' at 'count' failed to satisfy constraint: \
         Member must have value greater than or equal to 1"
    );
    assert_eq!(
        message(|input| input.ratio = Some(1.5)),
        "1 validation error detected: Value '1.5' at 'ratio' failed to satisfy constraint: \
         Member must have value less than or equal to 1"
    );
    assert_eq!(
        message(|input| input.data = Some(Blob(vec![7]))),
        "1 validation error detected: Value '1 bytes' at 'data' failed to satisfy constraint: \
         Member must have length greater than or equal to 2"
    );
}

#[test]
fn lists_and_maps() {
    assert_eq!(
        message(|input| input.names = Some(vec!["a".into(), "b".into(), "c".into()])),
        "1 validation error detected: Value '[a, b, c]' at 'names' failed to satisfy \
         constraint: Member must have length less than or equal to 2"
    );
    assert_eq!(
        message(|input| input.names = Some(vec!["A".into(), "B".into()])),
        "1 validation error detected: Value '[A, B]' at 'names' failed to satisfy constraint: \
         Member must satisfy constraint: [Member must have length less than or equal to 5, \
         Member must have length greater than or equal to 1, Member must satisfy regular \
         expression pattern: [a-z]*]"
    );
    let colours = |pairs: [(&str, &str); 2]| {
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        message(|input| input.colours = Some(pairs.into()))
    };
    assert_eq!(colours([("a", "RED"), ("b", "BLUE")]), "");
    assert_eq!(
        colours([("a", "RED"), ("b", "GREEN")]),
        "1 validation error detected: Value '{a=RED, b=GREEN}' at 'colours' failed to satisfy \
         constraint: Map value must satisfy constraint: [Member must satisfy enum value set: \
         [RED, BLUE]]"
    );
    assert!(colours([("A", "RED"), ("b", "RED")]).contains(
        "Value '{A=RED, b=RED}' at 'colours' failed to satisfy constraint: Map keys must \
         satisfy constraint: [Member must have length less than or equal to 5, "
    ));
}

#[test]
fn paths_lead_to_what_is_missing() {
    assert_eq!(
        message(|input| input.parts = Some(vec![part(Some("a"), None), part(None, None)])),
        "1 validation error detected: Value null at 'parts.2.member.name' failed to satisfy \
         constraint: Member must not be null"
    );
    let nested = vec![part(Some("a"), Some(vec![part(Some("A"), None)]))];
    assert_eq!(
        message(|input| input.parts = Some(nested)),
        "1 validation error detected: Value 'A' at 'parts.1.member.parts.1.member.name' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*"
    );
    let four = vec![part(Some("a"), None); 4];
    assert_eq!(
        message(|input| input.parts = Some(four)),
        "1 validation error detected: Value '[Part, Part, Part, Part]' at 'parts' failed to \
         satisfy constraint: Member must have length less than or equal to 3"
    );
}

#[test]
fn secrets_are_not_quoted() {
    let secret = "hunter2";
    let messages = [
        message(|input| input.secret = Some(secret.into())),
        message(|input| input.secrets = Some(vec![secret.into()])),
        message(|input| input.part_map = Some([(secret.to_owned(), part(None, None))].into())),
        message(|input| {
            input.hidden = Some(Hidden {
                name: Some(secret.into()),
            });
        }),
    ];
    assert_eq!(
        messages[0],
        "1 validation error detected: Value at 'secret' failed to satisfy constraint: \
         Member must have length less than or equal to 3"
    );
    assert!(messages[2].contains("Value null at 'partMap.***.member.name'"));
    for message in messages {
        assert!(
            !message.is_empty() && !message.contains(secret),
            "{message}"
        );
    }
}

#[test]
fn unions_have_one_member() {
    let choice = |text: Option<&str>, number| {
        let choice = Choice {
            text: text.map(Into::into),
            number,
        };
        validate(&Everything {
            choice: Some(choice),
            ..Everything::default()
        })
    };
    assert_eq!(choice(Some("a"), None), Ok(()));
    assert_eq!(choice(None, Some(1)), Ok(()));
    for wrong in [choice(None, None), choice(Some("a"), Some(1))] {
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "1 validation error detected: Value 'Choice' at 'choice' failed to satisfy \
             constraint: Member must have exactly one of its members"
        );
    }
}

#[test]
fn messages_are_bounded() {
    let many = vec![part(None, None); 1000];
    let message_of_many = message(|input| input.parts = Some(many));
    assert!(message_of_many.starts_with(&format!("{VIOLATIONS_REPORTED_MAX} validation errors")));
    assert_eq!(
        message_of_many.matches("; ").count(),
        VIOLATIONS_REPORTED_MAX - 1
    );
    let long = message(|input| input.name = Some("x".repeat(1 << 20)));
    assert!(
        long.len() < 1000 && long.contains("xxx...'"),
        "{}",
        long.len()
    );
}
