//! What is written is read back the same, in every protocol that both writes and reads a format,
//! and from a client's form in the two that do not.

use aws_schema::{Protocol, ReadError, Reader, Structure as _, Value as _};
use proptest::prelude::*;

use super::form::form;
use super::shapes::{Everything, OPERATION, SERVICE, everything};
use crate::{decode, encode};

fn read(protocol: Protocol, body: &[u8]) -> Result<Everything, ReadError> {
    let decoded = decode(protocol, body)?;
    Everything::read(Everything::SCHEMA, &mut *decoded.reader())
}

fn write(protocol: Protocol, value: &Everything) -> Vec<u8> {
    encode(protocol, &SERVICE, &OPERATION, value, "request")
        .body
        .to_vec()
}

proptest! {
    #[test]
    fn json(value in everything()) {
        let body = write(Protocol::AwsJson11, &value);
        prop_assert_eq!(read(Protocol::AwsJson11, &body), Ok(value.clone()));
        // Other readers of JSON agree that it is JSON.
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        prop_assert_eq!(body, write(Protocol::AwsJson10, &value));
    }

    #[test]
    fn cbor(value in everything()) {
        let body = write(Protocol::RpcV2Cbor, &value);
        prop_assert_eq!(read(Protocol::RpcV2Cbor, &body), Ok(value));
    }

    #[test]
    fn query(value in everything()) {
        let body = form(Protocol::AwsQuery, &value);
        prop_assert_eq!(read(Protocol::AwsQuery, &body), Ok(value));
    }

    #[test]
    fn ec2(value in everything()) {
        let body = form(Protocol::Ec2Query, &value);
        prop_assert_eq!(read(Protocol::Ec2Query, &body), Ok(value));
    }
}

#[test]
fn an_empty_body_is_an_empty_input() {
    for protocol in [
        Protocol::AwsJson10,
        Protocol::AwsJson11,
        Protocol::AwsQuery,
        Protocol::Ec2Query,
        Protocol::RpcV2Cbor,
    ] {
        assert_eq!(
            read(protocol, b""),
            Ok(Everything::default()),
            "{protocol:?}"
        );
    }
}

#[test]
fn not_a_number_goes_through_every_protocol() {
    let value = Everything {
        double: Some(f64::NAN),
        single: Some(f32::NEG_INFINITY),
        ..Everything::default()
    };
    for (protocol, body) in [
        (Protocol::AwsJson11, write(Protocol::AwsJson11, &value)),
        (Protocol::RpcV2Cbor, write(Protocol::RpcV2Cbor, &value)),
        (Protocol::AwsQuery, form(Protocol::AwsQuery, &value)),
    ] {
        let back = read(protocol, &body).unwrap();
        assert!(back.double.unwrap().is_nan(), "{protocol:?}");
        assert_eq!(back.single, Some(f32::NEG_INFINITY), "{protocol:?}");
    }
}

#[test]
fn json_is_read_as_aws_reads_it() {
    let json = |body: &str| read(Protocol::AwsJson11, body.as_bytes());
    assert_eq!(json(r#"{"small": 2.0}"#).unwrap().small, Some(2));
    assert_eq!(json(r#"{"text": null}"#), Ok(Everything::default()));
    assert_eq!(
        json(r#"{"unknown": [{"deep": 1}]}"#),
        Ok(Everything::default())
    );
    for (body, message) in [
        (
            r#"{"small": "1"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#"{"text": 1}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            r#"{"flag": "true"}"#,
            "STRING_VALUE can not be converted to a Boolean",
        ),
        (
            r#"{"text": true}"#,
            "TRUE_VALUE can not be converted to a String",
        ),
        (r#"{"text": []}"#, "Start of list found where not expected."),
        (
            r#"{"text": {}}"#,
            "Start of structure or map found where not expected.",
        ),
        (
            r#"{"names": [null]}"#,
            "NULL_VALUE can not be converted to a String",
        ),
        (
            r#"{"small": 1.5}"#,
            "expected a whole number within 64 bits",
        ),
        (
            r#"{"small": 3000000000}"#,
            "number out of range for a 32-bit integer",
        ),
        (r#"{"data": "?"}"#, "expected bytes in base64"),
        ("{", "the body is not JSON: line 1, column 1"),
        ("{} {}", "the body is not JSON: line 1, column 4"),
    ] {
        assert_eq!(json(body), Err(ReadError::new(message)), "{body}");
    }
    assert!(json("[]").is_err());
}

#[test]
fn forms_are_read_as_aws_reads_them() {
    let aws = |body: &str| read(Protocol::AwsQuery, body.as_bytes());
    let ec2 = |body: &str| read(Protocol::Ec2Query, body.as_bytes());
    let names = |value: Result<Everything, ReadError>| value.unwrap().names.unwrap();

    // Numbers in their own order, and not necessarily without gaps.
    let form = "nameList.member.10=c&nameList.member.9=b&nameList.member.2=a";
    assert_eq!(names(aws(form)), ["a", "b", "c"]);
    assert_eq!(names(aws("nameList=")), [""; 0]);
    assert_eq!(names(ec2("QueryNames.1=a&QueryNames.2=b")), ["a", "b"]);
    assert_eq!(ec2("NameList.1=a"), Ok(Everything::default()));
    assert_eq!(ec2("Text=a%20b+c").unwrap().text.unwrap(), "a b c");
    assert_eq!(
        ec2("Inner.Lookup.1.key=k&Inner.Lookup.1.value.Name=n")
            .unwrap()
            .inner
            .unwrap()
            .map
            .unwrap()["k"]
            .name
            .as_deref(),
        Some("n")
    );
    // A flattened list goes by the name of its items.
    let things = aws("Thing.1.name=x&Thing.2.things.Thing.1.name=y")
        .unwrap()
        .things
        .unwrap();
    assert_eq!(things[0].name.as_deref(), Some("x"));
    assert_eq!(
        things[1].things.as_ref().unwrap()[0].name.as_deref(),
        Some("y")
    );
    let counts = aws("Tally.1.Name=a&Tally.1.Count=5")
        .unwrap()
        .counts
        .unwrap();
    assert_eq!(counts["a"], 5);
    assert_eq!(
        aws("Action=X&Version=1&other.1.x=y"),
        Ok(Everything::default())
    );

    for body in [
        "nameList.1=a",
        "nameList=a",
        "nameList.member.x=a",
        "text.a=b",
        "flag=yes",
        "small=",
        "small=1.5",
        "double=inf",
        "double=nan",
        "at=now",
        "tags.entry.1.key=a",
        "tags.entry.1.value=a",
        "tags.entry.x.key=a&tags.entry.x.value=b",
    ] {
        assert!(aws(body).is_err(), "{body}");
    }
}

/// The reader of a protocol, asked for a kind that the value is not of, says so.
#[test]
fn every_mismatch_is_an_error() {
    let value = Everything {
        text: Some("?".into()),
        ..Everything::default()
    };
    for protocol in [Protocol::AwsJson11, Protocol::RpcV2Cbor] {
        let decoded = decode(protocol, &write(protocol, &value)).unwrap();
        let schema = Everything::SCHEMA;
        let refused = |ask: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>| {
            let whole = ask(&mut *decoded.reader());
            let text = decoded
                .reader()
                .structure(schema, &mut |_, reader| ask(reader));
            whole.is_err() && text.is_err()
        };
        assert!(refused(&mut |reader| reader.boolean(schema).map(drop)));
        assert!(refused(&mut |reader| reader.integer(schema).map(drop)));
        assert!(refused(&mut |reader| reader.float(schema).map(drop)));
        assert!(refused(&mut |reader| reader.timestamp(schema).map(drop)));
        assert!(refused(&mut |reader| reader.blob(schema).map(drop)));
        assert!(refused(&mut |reader| reader.list(schema, &mut |_| Ok(()))));
    }
}
