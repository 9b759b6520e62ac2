//! Verifies signed requests for `tests/conformance/test_sigv4.py`, which signs them with botocore.
//!
//! One JSON object a line on standard input, one answer a line on standard output. The first
//! line holds the keys: `{"keys": [{"id": .., "secret": .., "token": ..}]}`. Each further line is
//! a request as it stood on the wire, `{"service", "method", "path", "query", "headers": [[name,
//! value in hex]], "body" in hex, "now_ms"}`, and is answered by `{"access_key_id", "region",
//! "service"}` or `{"code", "status", "message"}`.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use ambient::Timestamp;
use aws_core::{AccountId, InvalidIdentity, Principal};
use aws_sign::{Key, Keys, Policy, Secret, SignedRequest, SigningKeys, body_sha256, verify};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use thiserror::Error;

#[derive(Debug, Error)]
enum Failure {
    #[error("cannot read or write a line: {0}")]
    Io(#[from] std::io::Error),
    #[error("a line is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a line lacks '{0}', or it is of another kind")]
    Lacks(&'static str),
    #[error("not hexadecimal: {0}")]
    Hex(#[from] hex::FromHexError),
    #[error("not a header: {0}")]
    Header(#[from] http::Error),
    #[error(transparent)]
    Account(#[from] InvalidIdentity),
}

struct Given(BTreeMap<String, Key>);

impl Keys for Given {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        self.0.get(access_key_id).cloned()
    }
}

fn main() -> Result<(), Failure> {
    let mut lines = std::io::stdin().lock().lines();
    let first = lines.next().ok_or(Failure::Lacks("keys"))??;
    let keys = read_keys(&serde_json::from_str(&first)?)?;
    let remembered = SigningKeys::default();
    let mut out = std::io::stdout().lock();
    for line in lines {
        let answer = answer(&serde_json::from_str(&line?)?, &keys, &remembered)?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, Failure> {
    value
        .get(name)
        .and_then(Value::as_str)
        .ok_or(Failure::Lacks(name))
}

fn read_keys(line: &Value) -> Result<Given, Failure> {
    let account: AccountId = "123456789012".parse()?;
    let list = line
        .get("keys")
        .and_then(Value::as_array)
        .ok_or(Failure::Lacks("keys"))?;
    let mut keys = BTreeMap::new();
    for given in list {
        let key = Key {
            secret: Secret::new(text(given, "secret")?.to_owned()),
            session_token: text(given, "token")
                .ok()
                .map(|token| Secret::new(token.to_owned())),
            expires: None,
            principal: Principal::Root {
                account: account.clone(),
            },
        };
        keys.insert(text(given, "id")?.to_owned(), key);
    }
    Ok(Given(keys))
}

fn answer(line: &Value, keys: &Given, remembered: &SigningKeys) -> Result<Value, Failure> {
    let mut headers = HeaderMap::new();
    for pair in line
        .get("headers")
        .and_then(Value::as_array)
        .ok_or(Failure::Lacks("headers"))?
    {
        let (Some(name), Some(value)) = (
            pair.get(0).and_then(Value::as_str),
            pair.get(1).and_then(Value::as_str),
        ) else {
            return Err(Failure::Lacks("headers"));
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(http::Error::from)?;
        let value = HeaderValue::from_bytes(&hex::decode(value)?).map_err(http::Error::from)?;
        headers.append(name, value);
    }
    let request = SignedRequest {
        method: text(line, "method")?,
        path: text(line, "path")?,
        query: text(line, "query").ok(),
        headers: &headers,
        body_sha256: body_sha256(&hex::decode(text(line, "body")?)?),
    };
    let now = line
        .get("now_ms")
        .and_then(Value::as_i64)
        .ok_or(Failure::Lacks("now_ms"))?;
    let policy = Policy::of(text(line, "service")?);
    Ok(
        match verify(
            &request,
            keys,
            remembered,
            policy,
            Timestamp::from_millis(now),
        ) {
            Ok(verified) => json!({
                "access_key_id": verified.access_key_id,
                "region": verified.region,
                "service": verified.service,
            }),
            Err(rejection) => json!({
                "code": rejection.code,
                "status": rejection.status,
                "message": rejection.message,
            }),
        },
    )
}
