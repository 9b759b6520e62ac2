//! How each protocol writes an error.

use aws_schema::Protocol;

use super::shapes::{Inner, Problem, SERVICE};
use crate::{Encoded, Failure, encode_error};

fn problem() -> Problem {
    Problem {
        names: Some(vec!["a".into()]),
        message: Some("overridden".into()),
        inner: Some(Inner {
            name: Some("<n>".into()),
            ..Inner::default()
        }),
    }
}

fn answer(protocol: Protocol) -> Encoded {
    let failure = Failure {
        code: "Problem",
        status: 404,
        message: "No such \"thing\".",
        shape: Some(&problem()),
    };
    encode_error(protocol, &SERVICE, &failure, "id-1")
}

fn common(protocol: Protocol) -> Encoded {
    let failure = Failure {
        code: "InternalFailure",
        status: 500,
        message: "id-1",
        shape: None,
    };
    encode_error(protocol, &SERVICE, &failure, "id-1")
}

fn text(encoded: &Encoded) -> &str {
    std::str::from_utf8(&encoded.body).unwrap()
}

#[test]
fn json() {
    let answer = answer(Protocol::AwsJson11);
    assert_eq!(answer.content_type, "application/x-amz-json-1.1");
    assert_eq!(
        text(&answer),
        r#"{"__type":"ProblemException","Message":"No such \"thing\".","names":["a"],"inner":{"name":"<n>"}}"#
    );
    assert_eq!(
        answer.headers,
        [("x-amzn-query-error", "Problem;Sender".to_owned())]
    );
    let common = common(Protocol::AwsJson10);
    assert_eq!(common.content_type, "application/x-amz-json-1.0");
    assert_eq!(
        text(&common),
        r#"{"__type":"InternalFailure","message":"id-1"}"#
    );
    assert_eq!(
        common.headers,
        [("x-amzn-query-error", "InternalFailure;Receiver".to_owned())]
    );
}

#[test]
fn cbor() {
    let answer = common(Protocol::RpcV2Cbor);
    assert_eq!(answer.content_type, "application/cbor");
    assert_eq!(
        *answer.body,
        *b"\xbf\x66__type\x6fInternalFailure\x67message\x64id-1\xff"
    );
    assert_eq!(
        answer.headers,
        [
            ("smithy-protocol", "rpc-v2-cbor".to_owned()),
            ("x-amzn-query-error", "InternalFailure;Receiver".to_owned()),
        ]
    );
}

#[test]
fn query() {
    let answer = answer(Protocol::AwsQuery);
    assert_eq!(answer.content_type, "text/xml");
    assert_eq!(
        text(&answer),
        "<ErrorResponse xmlns=\"https://every.example/doc/2026-01-01/\"><Error>\
         <Type>Sender</Type><Code>Problem</Code><Message>No such &quot;thing&quot;.</Message>\
         <names><member>a</member></names><inner><name>&lt;n&gt;</name></inner>\
         </Error><RequestId>id-1</RequestId></ErrorResponse>"
    );
    assert!(answer.headers.is_empty());
}

#[test]
fn ec2() {
    assert_eq!(
        text(&common(Protocol::Ec2Query)),
        "<Response><Errors><Error><Code>InternalFailure</Code><Message>id-1</Message></Error>\
         </Errors><RequestID>id-1</RequestID></Response>"
    );
}
