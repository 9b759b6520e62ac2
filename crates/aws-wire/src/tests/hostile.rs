//! Whatever bytes come, reading ends in a value or an error.

use aws_schema::{Protocol, Structure as _, Value as _};
use proptest::collection::vec;
use proptest::prelude::*;

use super::form::form;
use super::shapes::{Everything, OPERATION, SERVICE, everything};
use crate::{NESTING_MAX_LEVELS, decode, encode, recognise};

const PROTOCOLS: [Protocol; 4] = [
    Protocol::AwsJson11,
    Protocol::AwsQuery,
    Protocol::Ec2Query,
    Protocol::RpcV2Cbor,
];

/// True where the bytes are read as a value.
fn is_read(protocol: Protocol, body: &[u8]) -> bool {
    decode(protocol, body)
        .and_then(|decoded| Everything::read(Everything::SCHEMA, &mut *decoded.reader()))
        .is_ok()
}

proptest! {
    #[test]
    fn any_bytes(body in vec(any::<u8>(), 0..200)) {
        for protocol in PROTOCOLS {
            is_read(protocol, &body);
        }
        let _ = recognise::action(&body);
    }

    #[test]
    fn any_text(body in any::<String>()) {
        for protocol in PROTOCOLS {
            is_read(protocol, body.as_bytes());
        }
        let _ = recognise::target(&body);
        let _ = recognise::rpc_path(&body);
    }

    /// Good bodies with a part cut out and another byte put in go deeper than noise does.
    #[test]
    fn damaged_bodies(value in everything(), at in any::<prop::sample::Index>(),
                      cut in 0..8_usize, byte in any::<u8>()) {
        for protocol in PROTOCOLS {
            let mut body = match protocol {
                Protocol::AwsQuery | Protocol::Ec2Query => form(protocol, &value),
                _ => encode(protocol, &SERVICE, &OPERATION, &value, "").body.to_vec(),
            };
            if !body.is_empty() {
                let start = at.index(body.len());
                let end = (start + cut).min(body.len());
                body.splice(start..end, [byte]);
            }
            is_read(protocol, &body);
        }
    }
}

#[test]
fn nesting_has_a_limit_in_every_protocol() {
    let json = |levels: usize| {
        let (open, close) = (r#"{"things":["#.repeat(levels), "]}".repeat(levels));
        format!("{open}{close}").into_bytes()
    };
    // A structure and a list are two levels.
    assert!(is_read(Protocol::AwsJson11, &json(NESTING_MAX_LEVELS / 2)));
    assert!(!is_read(
        Protocol::AwsJson11,
        &json(NESTING_MAX_LEVELS / 2 + 1)
    ));
    assert!(!is_read(Protocol::AwsJson11, &json(100_000)));

    let query =
        |levels: usize| format!("inner{}.name=x", ".things.Thing.1".repeat(levels)).into_bytes();
    assert!(is_read(
        Protocol::AwsQuery,
        &query(NESTING_MAX_LEVELS / 2 - 1)
    ));
    assert!(!is_read(Protocol::AwsQuery, &query(NESTING_MAX_LEVELS / 2)));
    assert!(!is_read(Protocol::AwsQuery, &query(100_000)));
}
