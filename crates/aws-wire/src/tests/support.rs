//! What of an input is not supported: only what asks for something, by the path to it.

use std::collections::BTreeMap;

use aws_schema::{
    Blob, Kind, Member, ReadError, Reader, Schema, Structure, Timestamp, Value, Writer,
    write_member,
};

use super::shapes::structure;
use crate::unsupported;

static TEXT: Schema = Schema::new("Text", Kind::String);
static SECRET: Schema = Schema::new("Secret", Kind::String).sensitive();
static FLAG: Schema = Schema::new("Flag", Kind::Boolean);
static NUMBER: Schema = Schema::new("Number", Kind::Integer);
static RATIO: Schema = Schema::new("Ratio", Kind::Double);
static MOMENT: Schema = Schema::new("Moment", Kind::Timestamp(None));
static DATA: Schema = Schema::new("Data", Kind::Blob);
static TEXTS: Schema = Schema::new("Texts", Kind::List(&Member::new("member", &TEXT)));
static NUMBERS: Schema = Schema::new("Numbers", Kind::List(&Member::new("member", &NUMBER)));
static PAIRS: Schema = Schema::new(
    "Pairs",
    Kind::Map(&Member::new("key", &TEXT), &Member::new("value", &TEXT)),
);
static CHECK: Schema = Schema::new(
    "Check",
    Kind::Structure(&[
        Member::new("command", &TEXTS),
        Member::new("retries", &NUMBER).refused(),
    ]),
);
static BOX: Schema = Schema::new(
    "Box",
    Kind::Structure(&[
        Member::new("name", &TEXT),
        Member::new("HealthCheck", &CHECK).refused(),
        Member::new("address", &TEXT).refused_unless(&["DISABLED", "NONE"]),
        Member::new("flag", &FLAG).refused(),
        Member::new("number", &NUMBER).refused(),
        Member::new("ratio", &RATIO).refused(),
        Member::new("moment", &MOMENT).refused(),
        Member::new("data", &DATA).refused(),
        Member::new("texts", &TEXTS).refused(),
        Member::new("numbers", &NUMBERS).refused(),
        Member::new("pairs", &PAIRS).refused(),
        Member::new("fine", &PAIRS),
        Member::new("check", &CHECK),
        Member::new("secret", &SECRET).refused_unless(&["none"]),
    ]),
);
static BOXES: Schema = Schema::new("Boxes", Kind::List(&Member::new("member", &BOX)));
static BOXES_BY_NAME: Schema = Schema::new(
    "BoxesByName",
    Kind::Map(&Member::new("key", &TEXT), &Member::new("value", &BOX)),
);
static ROOT: Schema = Schema::new(
    "Root",
    Kind::Structure(&[
        Member::new("Boxes", &BOXES),
        Member::new("byName", &BOXES_BY_NAME),
        Member::new("one", &BOX),
    ]),
);

structure!(Check, CHECK { 0 command: Vec<String>, 1 retries: i32 });
structure!(Case, BOX {
    0 name: String,
    1 health_check: Check,
    2 address: String,
    3 flag: bool,
    4 number: i32,
    5 ratio: f64,
    6 moment: Timestamp,
    7 data: Blob,
    8 texts: Vec<String>,
    9 numbers: Vec<i32>,
    10 pairs: BTreeMap<String, String>,
    11 fine: BTreeMap<String, String>,
    12 check: Check,
    13 secret: String,
});
structure!(Root, ROOT {
    0 boxes: Vec<Case>,
    1 by_name: BTreeMap<String, Case>,
    2 one: Case,
});

fn pairs() -> Option<BTreeMap<String, String>> {
    Some(BTreeMap::from([("k".to_owned(), String::new())]))
}

#[test]
fn what_asks_for_nothing_passes() {
    let nothing = Case {
        name: Some("n".to_owned()),
        health_check: Some(Check {
            command: Some(Vec::new()),
            retries: Some(0),
        }),
        address: Some(String::new()),
        flag: Some(false),
        number: Some(0),
        ratio: Some(0.0),
        moment: None,
        data: Some(Blob::default()),
        texts: Some(Vec::new()),
        numbers: Some(Vec::new()),
        pairs: Some(BTreeMap::new()),
        fine: pairs(),
        check: Some(Check {
            command: Some(vec!["c".to_owned()]),
            retries: None,
        }),
        secret: None,
    };
    assert_eq!(unsupported(&nothing), None);
    assert_eq!(unsupported(&Case::default()), None);
    for says_what_is_so in ["DISABLED", "NONE"] {
        let address = Some(says_what_is_so.to_owned());
        let case = Case {
            address,
            ..Case::default()
        };
        assert_eq!(unsupported(&case), None);
    }
}

#[test]
fn whatever_asks_is_named() {
    type Ask = fn(&mut Case);
    let cases: [(&str, Ask); 14] = [
        // Where another value would pass, the value is named.
        ("address ENABLED", |it| {
            it.address = Some("ENABLED".to_owned());
        }),
        ("secret", |it| it.secret = Some("hunter2".to_owned())),
        ("flag", |it| it.flag = Some(true)),
        ("number", |it| it.number = Some(-1)),
        ("ratio", |it| it.ratio = Some(0.5)),
        ("ratio", |it| it.ratio = Some(f64::NAN)),
        ("moment", |it| it.moment = Some(Timestamp::from_millis(0))),
        ("data", |it| it.data = Some(Blob(vec![0]))),
        ("texts", |it| it.texts = Some(vec![String::new()])),
        ("texts", |it| it.texts = Some(vec!["DISABLED".to_owned()])),
        ("numbers", |it| it.numbers = Some(vec![0])),
        ("pairs", |it| it.pairs = pairs()),
        // The outermost member is what the caller has to leave out.
        ("healthCheck", |it| {
            it.health_check.get_or_insert_default().retries = Some(3);
        }),
        ("check.retries", |it| {
            it.check.get_or_insert_default().retries = Some(3);
        }),
    ];
    for (path, ask) in cases {
        let mut case = Case::default();
        ask(&mut case);
        assert_eq!(unsupported(&case).as_deref(), Some(path));
    }
}

#[test]
fn the_path_leads_through_lists_and_maps_to_the_first() {
    let asks = || Case {
        flag: Some(true),
        numbers: Some(vec![1]),
        ..Case::default()
    };
    let mut root = Root {
        boxes: Some(vec![Case::default(), asks(), asks()]),
        by_name: Some(BTreeMap::from([
            ("a".to_owned(), Case::default()),
            ("b".repeat(70), asks()),
        ])),
        one: Some(asks()),
    };
    let path = |root: &Root| unsupported(root).unwrap();
    assert_eq!(path(&root), "boxes[1].flag");
    root.boxes = Some(Vec::new());
    assert_eq!(path(&root), format!("byName[{}].flag", "b".repeat(64)));
    root.by_name = None;
    assert_eq!(path(&root), "one.flag");
}

#[test]
fn a_member_that_asks_for_nothing_does_not_hide_what_follows() {
    let case = Case {
        health_check: Some(Check {
            command: Some(Vec::new()),
            retries: None,
        }),
        pairs: pairs(),
        ..Case::default()
    };
    assert_eq!(unsupported(&case).as_deref(), Some("pairs"));
}
