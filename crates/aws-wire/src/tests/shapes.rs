//! A service made by hand, with every kind of shape and every trait, and random values of it.

use std::collections::BTreeMap;

use aws_schema::{
    Blob, Constraints, ErrorShape, Kind, Member, Operation, ReadError, Reader, Schema,
    ServiceSchema, Structure, Support, Timestamp, TimestampFormat, Value, Writer, write_member,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

pub(super) const fn shape(name: &'static str, kind: Kind) -> Schema {
    Schema {
        name,
        kind,
        constraints: Constraints::NONE,
        sensitive: false,
    }
}

pub(super) const fn member(name: &'static str, target: &'static Schema) -> Member {
    Member {
        name,
        location_name: None,
        query_name: None,
        target,
        required: false,
        flattened: false,
        timestamp_format: None,
        idempotency_token: false,
        exception: false,
        support: Support::Supported,
    }
}

static TEXT: Schema = shape("Text", Kind::String);
static SECRET: Schema = Schema {
    sensitive: true,
    ..shape("Secret", Kind::String)
};
static LEVEL: Schema = shape("Level", Kind::Enum(&["LOW", "HIGH"]));
static FLAG: Schema = shape("Flag", Kind::Boolean);
static SMALL: Schema = shape("Small", Kind::Integer);
static LARGE: Schema = shape("Large", Kind::Long);
static SINGLE: Schema = shape("Single", Kind::Float);
static DOUBLE: Schema = shape("Double", Kind::Double);
static MOMENT: Schema = shape("Moment", Kind::Timestamp(None));
static HTTP_MOMENT: Schema = shape(
    "HttpMoment",
    Kind::Timestamp(Some(TimestampFormat::HttpDate)),
);
static DATA: Schema = shape("Data", Kind::Blob);

static NAMES: Schema = shape("Names", Kind::List(&member("member", &TEXT)));
static MOMENTS: Schema = shape(
    "Moments",
    Kind::List(&Member {
        location_name: Some("When"),
        timestamp_format: Some(TimestampFormat::Iso8601),
        ..member("member", &MOMENT)
    }),
);
static THINGS: Schema = shape(
    "Things",
    Kind::List(&Member {
        location_name: Some("Thing"),
        ..member("member", &INNER)
    }),
);
static TAGS: Schema = shape(
    "Tags",
    Kind::Map(&member("key", &TEXT), &member("value", &TEXT)),
);
static COUNTS: Schema = shape(
    "Counts",
    Kind::Map(
        &Member {
            location_name: Some("Name"),
            ..member("key", &TEXT)
        },
        &Member {
            location_name: Some("Count"),
            ..member("value", &LARGE)
        },
    ),
);

static INNER: Schema = shape(
    "Inner",
    Kind::Structure(&[
        member("name", &TEXT),
        member("things", &THINGS),
        Member {
            location_name: Some("lookup"),
            ..member("map", &INNER_MAP)
        },
    ]),
);
static INNER_MAP: Schema = shape(
    "InnerMap",
    Kind::Map(&member("key", &TEXT), &member("value", &INNER)),
);
static CHOICE: Schema = shape(
    "Choice",
    Kind::Union(&[member("text", &TEXT), member("number", &SMALL)]),
);

pub(super) static EVERYTHING: Schema = shape(
    "Everything",
    Kind::Structure(&[
        member("text", &TEXT),
        member("secret", &SECRET),
        member("level", &LEVEL),
        member("flag", &FLAG),
        member("small", &SMALL),
        member("large", &LARGE),
        member("single", &SINGLE),
        member("double", &DOUBLE),
        member("at", &MOMENT),
        Member {
            timestamp_format: Some(TimestampFormat::UnixSeconds),
            ..member("atSeconds", &MOMENT)
        },
        member("atHttp", &HTTP_MOMENT),
        member("data", &DATA),
        Member {
            location_name: Some("nameList"),
            query_name: Some("QueryNames"),
            ..member("names", &NAMES)
        },
        member("moments", &MOMENTS),
        Member {
            flattened: true,
            ..member("things", &THINGS)
        },
        member("tags", &TAGS),
        Member {
            flattened: true,
            location_name: Some("Tally"),
            ..member("counts", &COUNTS)
        },
        member("inner", &INNER),
        member("choice", &CHOICE),
    ]),
);

macro_rules! structure {
    ($(#[$meta:meta])* $name:ident, $schema:ident { $($index:literal $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(super) struct $name { $(pub(super) $field: Option<$type>),* }

        impl Structure for $name {
            const SCHEMA: &'static Schema = &$schema;
            fn write_members(&self, writer: &mut dyn Writer) {
                $(write_member(writer, Self::SCHEMA, $index, &self.$field);)*
            }
            fn read_member(&mut self, index: usize, reader: &mut dyn Reader) -> Result<(), ReadError> {
                let Some(member) = Self::SCHEMA.members().get(index) else { return Ok(()) };
                match index {
                    $($index => self.$field = Some(Value::read(member.target, reader)?),)*
                    _ => {}
                }
                Ok(())
            }
        }
    };
}
pub(super) use structure;

structure!(Inner, INNER {
    0 name: String,
    1 things: Vec<Inner>,
    2 map: BTreeMap<String, Inner>,
});
structure!(Choice, CHOICE { 0 text: String, 1 number: i32 });
structure!(Everything, EVERYTHING {
    0 text: String,
    1 secret: String,
    2 level: String,
    3 flag: bool,
    4 small: i32,
    5 large: i64,
    6 single: f32,
    7 double: f64,
    8 at: Timestamp,
    9 at_seconds: Timestamp,
    10 at_http: Timestamp,
    11 data: Blob,
    12 names: Vec<String>,
    13 moments: Vec<Timestamp>,
    14 things: Vec<Inner>,
    15 tags: BTreeMap<String, String>,
    16 counts: BTreeMap<String, i64>,
    17 inner: Inner,
    18 choice: Choice,
});

static PROBLEM_SCHEMA: Schema = shape(
    "ProblemException",
    Kind::Structure(&[
        member("names", &NAMES),
        member("Message", &TEXT),
        member("inner", &INNER),
    ]),
);
structure!(Problem, PROBLEM_SCHEMA {
    0 names: Vec<String>,
    1 message: String,
    2 inner: Inner,
});
static PROBLEM: ErrorShape = ErrorShape {
    schema: &PROBLEM_SCHEMA,
    code: "Problem",
    status: 404,
};

pub(super) static OPERATION: Operation = Operation {
    name: "DoEverything",
    input: &EVERYTHING,
    output: &EVERYTHING,
    result_wrapper: Some("DoEverythingResult"),
    errors: &[&PROBLEM],
};

pub(super) static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "every",
    service_id: "Every",
    api_version: "2026-01-01",
    target_prefix: Some("Every_20260101"),
    xml_namespace: Some("https://every.example/doc/2026-01-01/"),
    protocols: &[],
    query_compatible: true,
    operations: &[&OPERATION],
    unsupported: &[],
};

/// Any characters, control characters and those beyond the basic plane among them.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..12).prop_map(|characters| characters.into_iter().collect())
}

/// Within the years that a text format can say, to the millisecond.
fn moment() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000..253_402_300_799_999_i64).prop_map(Timestamp::from_millis)
}

fn whole_second() -> impl Strategy<Value = Timestamp> {
    (0..253_402_300_799_i64).prop_map(|seconds| Timestamp::from_millis(seconds * 1000))
}

fn inner() -> impl Strategy<Value = Inner> {
    let leaf = option::of(text()).prop_map(|name| Inner {
        name,
        ..Inner::default()
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (
            option::of(text()),
            option::of(vec(inner.clone(), 0..3)),
            option::of(btree_map(text(), inner, 0..3)),
        )
            .prop_map(|(name, things, map)| Inner { name, things, map })
    })
}

/// Any value of [`Everything`] whose floats are numbers.
pub(super) fn everything() -> impl Strategy<Value = Everything> {
    let scalars = (
        option::of(text()),
        option::of(text()),
        option::of(prop_oneof![Just("LOW".to_owned()), Just("HIGH".to_owned())]),
        option::of(any::<bool>()),
        option::of(any::<i32>()),
        option::of(any::<i64>()),
        option::of(proptest::num::f32::NORMAL | proptest::num::f32::ZERO),
        option::of(
            proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::INFINITE,
        ),
        option::of(vec(any::<u8>(), 0..20).prop_map(Blob)),
    );
    let moments = (
        option::of(moment()),
        option::of(moment()),
        option::of(whole_second()),
        option::of(vec(moment(), 0..3)),
    );
    let nested = (
        option::of(vec(text(), 0..4)),
        option::of(vec(inner(), 0..3)),
        option::of(btree_map(text(), text(), 0..3)),
        option::of(btree_map(text(), any::<i64>(), 0..3)),
        option::of(inner()),
        option::of(prop_oneof![
            text().prop_map(|text| Choice {
                text: Some(text),
                number: None
            }),
            any::<i32>().prop_map(|number| Choice {
                text: None,
                number: Some(number)
            }),
        ]),
    );
    (scalars, moments, nested).prop_map(|(scalars, moments, nested)| {
        let (text, secret, level, flag, small, large, single, double, data) = scalars;
        let (at, at_seconds, at_http, moments) = moments;
        let (names, things, tags, counts, inner, choice) = nested;
        Everything {
            text,
            secret,
            level,
            flag,
            small,
            large,
            single,
            double,
            at,
            at_seconds,
            at_http,
            data,
            names,
            moments,
            things,
            tags,
            counts,
            inner,
            choice,
        }
    })
}
