//! AWS's own examples, what they leave open, and properties.

use proptest::prelude::*;

use super::fields::Split;
use super::*;

fn matches(pattern: &str, message: &str) -> bool {
    Pattern::parse(pattern)
        .unwrap_or_else(|wrong| panic!("{pattern}: {wrong:?}"))
        .matches(message)
}

fn check(message: &str, cases: &[(&str, bool)]) {
    for (pattern, expected) in cases {
        assert_eq!(
            matches(pattern, message),
            *expected,
            "{pattern} on {message}"
        );
    }
}

#[test]
fn terms_phrases_exclusions_and_options() {
    for (pattern, message, expected) in [
        ("", "anything", true),
        (" ", "anything", true),
        ("ERROR", "[ERROR 400] BAD REQUEST", true),
        ("ERROR", "[error 400] bad request", false),
        ("ERROR REQUEST", "REQUEST failed: ERROR", true),
        ("ERROR REQUEST", "ERROR", false),
        ("\"BAD REQUEST\"", "[ERROR 400] BAD REQUEST", true),
        ("\"BAD REQUEST\"", "REQUEST BAD", false),
        ("\"say \\\"hi\\\"\"", "they say \"hi\"", true),
        ("ERROR -EXITING", "ERROR EXITING", false),
        ("-EXITING", "ERROR", true),
        ("ERROR -\"NOT EXITING\"", "ERROR EXITING", true),
        ("?ERROR ?ARGUMENTS", "INVALID ARGUMENTS", true),
        ("?ERROR ?ARGUMENTS", "fine", false),
        ("?\"BAD ARGUMENTS\" ?WARN", "BAD ARGUMENTS", true),
        ("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST", true),
        ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true),
        ("%^AUTH%", "UNAUTHORIZED", false),
        ("ERROR -%4[0-9]{2}%", "ERROR 404", false),
        ("ERROR -%4[0-9]{2}%", "ERROR 504", true),
        ("?%a+b% ?x", "caab", true),
        ("%[*+]*a?b{1,2}3*%", "*ab3", true),
        ("%[a-f0-9]{64}%", "0123456789abcdef", false),
    ] {
        assert_eq!(
            matches(pattern, message),
            expected,
            "{pattern} on {message}"
        );
    }
}

/// The event of AWS's guide.
const TRAIL: &str = r#"{"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"], "objectList": [{"name": "a", "id": 1},
    {"name": "b", "id": 2}], "SomeObject": null, "ThisFlag": true, "cluster.name": "c"}"#;

#[test]
fn json_conditions() {
    check(
        TRAIL,
        &[
            ("{ $.eventType = \"UpdateTrail\" }", true),
            ("{$.eventType=UpdateTrail}", true),
            ("{ $.eventType = \"Update\" }", false),
            ("{ $.eventType = *Trail }", true),
            ("{ $.eventType = Update* }", true),
            ("{ $.eventType = \"*date*\" }", true),
            ("{ $.eventType = Up*rail }", false),
            ("{ $.eventType = * }", true),
            ("{ $.none = * }", false),
            ("{ $.sourceIPAddress != 123.123.* }", true),
            ("{ $.sourceIPAddress != 111.111.* }", false),
            ("{ $.arrayKey[0] = \"value\" }", true),
            ("{ $.eventType[0] = \"value\" }", false),
            ("{ $.objectList[1].id = 2 }", true),
            ("{ $.objectList[1].number = 2 }", false),
            ("{ $.objectList[*].name = b }", true),
            ("{ $.SomeObject IS NULL }", true),
            ("{ $.eventType IS NULL }", false),
            ("{ $.None IS NULL }", false),
            ("{ $.SomeOtherObject NOT EXISTS }", true),
            ("{ $.SomeObject NOT EXISTS }", false),
            ("{ $.ThisFlag IS TRUE }", true),
            ("{ $.ThisFlag IS FALSE }", false),
            ("{ $.['cluster.name'] = \"c\" }", true),
            ("{ $.eventType = %Trail% }", true),
            ("{ $.arrayKey[*] = %val.{2}% }", true),
            (r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }", true),
            (r"{ $.* = %112\.% }", false),
            // AWS: both fail where an array is.
            ("{ $.arrayKey = 1 }", false),
            ("{ $.arrayKey != 1 }", false),
        ],
    );
    assert!(!matches("{ $.a NOT EXISTS }", "no JSON"));
    assert!(!matches("{ $.a NOT EXISTS }", "7"));
}

#[test]
fn json_numbers_and_compounds() {
    check(
        r#"{"latency": 500, "big": 12.5, "code": "400", "user": {"id": 1, "email": "J.S@e.com"},
            "users": [{"id": 2, "email": "John.Doe@example.com"}], "actions": ["GET", "PUT"],
            "coordinates": [[0, 1, 2], [4, 5, 6]]}"#,
        &[
            ("{ $.latency >= 500 }", true),
            ("{ $.latency > 500 }", false),
            ("{ $.latency < 10e3 }", true),
            ("{ $.latency < 10e-3 }", false),
            ("{ $.latency <= +500.0 }", true),
            ("{ $.latency = 5e2 }", true),
            ("{ $.latency != 499.9 }", true),
            ("{ $.latency = 5* }", true),
            ("{ $.latency = \"500\" }", true),
            ("{ $.big > -12 }", true),
            ("{ $.code = 400 }", true),
            ("{ $.code > 1 }", false),
            (
                "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }",
                true,
            ),
            (
                "{ ($.user.id = 2 && $.users[0].email = \"n\") || $.actions[2] = \"GET\" }",
                false,
            ),
            (
                "{ $.user.id = 1 || $.coordinates[0][1] = n && $.actions[2] = n }",
                true,
            ),
            (
                "{ ($.user.id = 1 || $.coordinates[0][1] = n) && $.actions[1] = n }",
                false,
            ),
            ("{ $.coordinates[1][0] = 4 }", true),
        ],
    );
}

const ACCESS: &str =
    "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

#[test]
fn space_delimited_fields() {
    check(
        ACCESS,
        &[
            (
                "[ip, user, username, timestamp, request, status_code, bytes]",
                true,
            ),
            (
                "[ip, user, username, timestamp, request, status_code]",
                false,
            ),
            (
                "[ip, user, username, timestamp, request, status_code = 4*, bytes]",
                true,
            ),
            (
                "[ip, user, name, time, request = *html*, status = 4*, bytes > 1000]",
                true,
            ),
            (
                "[ip, user, name, time, request, status = 404 || status = 410, bytes]",
                true,
            ),
            (
                "[ip, user, name, time, request, status = 4* && status != 404, bytes]",
                false,
            ),
            (
                "[ip, user, name, time, request, status = 5* || status > 403 && status < 405, b]",
                true,
            ),
            ("[..., status_code, bytes]", true),
            ("[..., status_code = 404, bytes]", true),
            ("[..., request=*.html*, status_code=4*,]", true),
            ("[ip = 127.0.0.1, ..., bytes < 1000]", false),
            ("[ip, user, ...]", true),
            ("[...]", true),
            ("[a, b, c, d, e, f, g, ..., h]", false),
            ("[ip = %127\\.0\\.0\\.[0-9]{1,3}%, ..., bytes]", true),
            (
                "[..., time = \"10/Oct/2000:13:25:15 -0700\", r, s, b]",
                true,
            ),
        ],
    );
    let split: Vec<&str> = Split(ACCESS).collect();
    assert_eq!(split[3], "10/Oct/2000:13:25:15 -0700");
    assert_eq!(
        Split(" a  \"open end").collect::<Vec<_>>(),
        ["a", "open end"]
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence() {
    for (pattern, wrong) in [
        ("{ $.a = 1", Wrong::BraceNotClosed),
        ("[a, b", Wrong::BracketNotClosed),
        ("\"open", Wrong::Invalid),
        ("%open", Wrong::Invalid),
        ("%a!%", Wrong::Invalid),
        ("%(a)%", Wrong::Invalid),
        ("%\u{e9}%", Wrong::Invalid),
        (r"%\b%", Wrong::Invalid),
        (r"%\xg0%", Wrong::Invalid),
        ("%[a%", Wrong::Invalid),
        ("%%", Wrong::Invalid),
        ("%a{1000}{1000}{1000}%", Wrong::Invalid),
        ("%[a-z]{1000}%", Wrong::Invalid),
        ("%a**%", Wrong::Invalid),
        ("%a{2,}*%", Wrong::Invalid),
        ("%[*]+?%", Wrong::Invalid),
        ("%a% %b% %c%", Wrong::TooManyRegexes),
        (
            "{ $.a = %a% || $.a = %b% || $.a = %c% }",
            Wrong::TooManyRegexes,
        ),
        ("{}", Wrong::Invalid),
        ("{ a = 1 }", Wrong::Invalid),
        ("{ $ = 1 }", Wrong::Invalid),
        ("{ $.a }", Wrong::Invalid),
        ("{ $.a = }", Wrong::Invalid),
        ("{ $.a > x }", Wrong::Invalid),
        ("{ $.a > \"1\" }", Wrong::Invalid),
        ("{ $.a IS NOT }", Wrong::Invalid),
        ("{ $.a EXISTS }", Wrong::Invalid),
        ("{ $.a[x] = 1 }", Wrong::Invalid),
        ("{ $.a. = 1 }", Wrong::Invalid),
        ("{ ($.a = 1 }", Wrong::Invalid),
        ("{ $.a = 1 && }", Wrong::Invalid),
        ("{ $.a = 1 $.b = 2 }", Wrong::Invalid),
        ("{ $.*.* = 1 }", Wrong::Invalid),
        (
            "{ $.* = 1 || $.* = 2 || $.* = 3 || $.* = 4 }",
            Wrong::Invalid,
        ),
        ("[ip, ..., user, ...]", Wrong::Invalid),
        ("[ip user]", Wrong::Invalid),
        ("[= 1]", Wrong::Invalid),
        ("[status = 4* && bytes > 1000]", Wrong::Invalid),
    ] {
        assert_eq!(Pattern::parse(pattern).unwrap_err(), wrong, "{pattern}");
        assert!(!wrong.sentence().is_empty());
    }
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(400), ")".repeat(400));
    assert_eq!(Pattern::parse(&deep).unwrap_err(), Wrong::Invalid);
    assert!(Pattern::parse(&"x".repeat(LENGTH_MAX_CHARS)).is_ok());
    assert!(Pattern::parse(&"x".repeat(LENGTH_MAX_CHARS + 1)).is_err());
}

/// An expression over the numbers `$.a` to `$.c`, as text, and what it is for given ones.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(usize, u8),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Self::Leaf(name, value) => format!("$.{} = {value}", ["a", "b", "c"][*name]),
            Self::And(a, b) => format!("({}) && ({})", a.text(), b.text()),
            // `&&` binds closer, so these need no parentheses where an `||` follows.
            Self::Or(a, b) => format!("{}||{}", a.text(), b.text()),
        }
    }

    fn value(&self, of: &[u8; 3]) -> bool {
        match self {
            Self::Leaf(name, value) => of[*name] == *value,
            Self::And(a, b) => a.value(of) && b.value(of),
            Self::Or(a, b) => a.value(of) || b.value(of),
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (0_usize..3, 0_u8..3).prop_map(|(name, value)| Tree::Leaf(name, value));
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::And(a.into(), b.into())),
            (inner.clone(), inner).prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
        ]
    })
}

proptest! {
    #[test]
    fn an_expression_is_what_its_parts_are(tree in tree(), of: [u8; 3]) {
        let of = of.map(|value| value % 3);
        let message = format!("{{\"a\":{},\"b\":{},\"c\":{}}}", of[0], of[1], of[2]);
        let pattern = format!("{{ {} }}", tree.text());
        if pattern.chars().count() <= LENGTH_MAX_CHARS {
            prop_assert_eq!(matches(&pattern, &message), tree.value(&of), "{}", pattern);
        }
    }

    #[test]
    fn nothing_makes_it_panic(
        pattern in prop_oneof![
            ".{0,60}",
            r#"[{\[]([ $.a*,"%=<>!&|()\[\]'0-9]|IS|NULL|NOT EXISTS|\.\.\.){0,30}[}\]]"#,
        ],
        message in prop_oneof![".{0,60}", r#"[{}\[\]":,a0-9 .e-]{0,40}"#],
    ) {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            pattern.matches(&message);
        }
    }

    #[test]
    fn words_are_fields(words in prop::collection::vec("[a-z0-9.:/-]{1,8}", 1..9)) {
        let message = words.join(" ");
        prop_assert_eq!(Split(&message).collect::<Vec<_>>(), words);
    }
}
