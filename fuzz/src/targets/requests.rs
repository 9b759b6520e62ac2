//! Heads of requests as they come: `METHOD TARGET`, lines of headers, an empty line, the body. Where
//! each belongs is told without contradictions, and without the secret none is let in.

use ambient::Timestamp;
use aws_api::services;
use aws_core::{Arn, Principal};
use aws_sign::{Claim, Key, Keys, Policy, Secret, SignedRequest, SigningKeys, body_sha256, verify};
use gateway::recognise::{Destination, Found, Head, find, recognise};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::input::Input;

/// 2015-08-30T12:36:00Z, when the examples of AWS's documentation were signed.
const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let first = input.text_line();
    let Some((method, target)) = first.split_once(' ') else {
        if let Ok(arn) = first.parse::<Arn>() {
            assert_eq!(arn.to_string(), first);
        }
        return;
    };
    let Ok(method) = method.parse::<Method>() else {
        return;
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let mut headers = HeaderMap::new();
    loop {
        let line = input.line();
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name),
            HeaderValue::from_bytes(value[1..].trim_ascii()),
        ) {
            headers.append(name, value);
        }
    }
    let body = input.rest();
    let claim = Claim::read(query, &headers);
    let scope = match &claim {
        Ok(claim) => Some(claim.scope.clone()),
        Err(reason) => {
            let _ = reason.to_string();
            None
        }
    };
    for service in ["ecs", "ec2", "s3", "logs"] {
        let request = SignedRequest {
            method: method.as_str(),
            path,
            query,
            headers: &headers,
            body_sha256: body_sha256(body),
        };
        let keys = Secretly;
        let policy = Policy::of(service);
        let verified = verify(&request, &keys, &SigningKeys::default(), policy, NOW);
        let rejection = verified.expect_err("nobody has the secret");
        assert!((400..500).contains(&rejection.status));
    }
    let head = Head {
        method: &method,
        path,
        query,
        headers: &headers,
    };
    let address = match recognise(services(), &head, scope.as_ref()) {
        Destination::Health | Destination::Registry => {
            assert!(scope.is_none(), "what is signed is for an API");
            return;
        }
        Destination::AgentSession(_) => return,
        Destination::Api(address) => address,
    };
    let Some(service) = address.service.map(|place| services()[place]) else {
        return;
    };
    assert_eq!(address.signing_name.as_deref(), Some(service.signing_name));
    if let Some(scope) = &scope {
        assert_eq!(scope.service, service.signing_name);
    }
    assert!(service.protocols.contains(&address.protocol));
    match find(service, &address.sign, body, query) {
        Found::Typed { operation, .. } => {
            assert!(service.operation(operation.name).is_some());
        }
        Found::Unsupported(name) => assert!(service.unsupported.contains(&name)),
        Found::Unknown { .. } | Found::Unnamed => {}
    }
}

/// One key for every id, whose secret nobody knows.
struct Secretly;

impl Keys for Secretly {
    fn find(&self, _: &str) -> Option<Key> {
        Some(Key {
            secret: Secret::new("of no one's knowledge".to_owned()),
            session_token: None,
            expires: None,
            principal: Principal::Root {
                account: "123456789012".parse().expect("an account"),
            },
        })
    }
}
