//! Requests that are signed and then changed. What was signed is let in; what says anything else is
//! not. Two requests say the same where AWS's canonical form lets them differ: the order of a query,
//! how its characters are encoded, dots in a path, white space in headers.

use ambient::Timestamp;
use aws_core::Principal;
use aws_sign::{
    Credentials, Key, Keys, Policy, Secret, SignedRequest, SigningKeys, Target, body_sha256,
    presign, sign_headers, verify,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::input::Input;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "secret";
const HOST: &str = "localhost:4566";
const NOW: Timestamp = Timestamp::from_millis(1_763_700_000_000);
const SERVICES: [&str; 5] = ["ecs", "ecr", "logs", "sts", "ec2"];
const METHODS: [&str; 3] = ["GET", "POST", "PUT"];
const CHANGES_MAX: usize = 4;

#[derive(Clone)]
struct Request {
    method: &'static str,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Vec<u8>,
}

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let service = *input.pick(&SERVICES);
    let presigned = input.flag();
    let method = *input.pick(&METHODS);
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static(HOST));
    let mut query = input.flag().then(|| visible(input.short()));
    let path = format!("/{}", visible(input.short()).replace(['?', '#'], "/"));
    let mut body = Vec::new();
    let credentials = Credentials {
        access_key_id: ID.to_owned(),
        secret: Secret::new(SECRET.to_owned()),
        session_token: None,
    };
    // A query of one's own that is signed already is a request that is signed twice.
    if query
        .as_deref()
        .is_some_and(|query| query.contains("X-Amz-"))
    {
        return;
    }
    let target = Target {
        region: "us-east-1",
        service,
        method,
        path: &path,
        query: query.as_deref(),
    };
    if presigned {
        let signed = presign(&credentials, &target, HOST, 60, NOW).expect("it can be signed");
        query = Some(signed);
    } else {
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-amz-json-1.1"),
        );
        if let Ok(value) = HeaderValue::from_bytes(input.short()) {
            headers.insert("x-amz-target", value);
        }
        body = input.short().to_vec();
        sign_headers(&credentials, &target, &mut headers, body_sha256(&body), NOW)
            .expect("it can be signed");
    }
    let signed = Request {
        method,
        path,
        query,
        headers,
        body,
    };
    assert!(signed.is_let_in(service), "what we sign, we accept");
    let mut changed = signed.clone();
    for _ in 0..CHANGES_MAX {
        if input.is_empty() {
            break;
        }
        change(&mut changed, &mut input);
    }
    if changed.is_let_in(service) {
        assert_eq!(changed.method, signed.method);
        assert_eq!(changed.body, signed.body);
        assert_eq!(segments(&changed.path), segments(&signed.path));
        assert_eq!(pairs(&changed), pairs(&signed));
        // In a query, the signature covers of the headers the host alone; the target may not be there.
        let covered = ["host", "x-amz-target", "content-type", "x-amz-date"];
        let covered = &covered[..if presigned { 2 } else { 4 }];
        for name in covered {
            assert_eq!(
                words(&changed.headers, name),
                words(&signed.headers, name),
                "{name}"
            );
        }
    }
}

impl Request {
    fn is_let_in(&self, service: &str) -> bool {
        let request = SignedRequest {
            method: self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &self.headers,
            body_sha256: body_sha256(&self.body),
        };
        verify(
            &request,
            &One,
            &SigningKeys::default(),
            Policy::of(service),
            NOW,
        )
        .is_ok()
    }
}

fn change(request: &mut Request, input: &mut Input<'_>) {
    match input.byte() % 8 {
        0 => request.method = *input.pick(&METHODS),
        1 => request.path = format!("/{}", altered(&request.path, input).trim_start_matches('/')),
        2 | 3 => request.query = request.query.take().map(|query| altered(&query, input)),
        4 => {
            // Parts of the query in another order, or one of them twice.
            let query = request.query.take().unwrap_or_default();
            let mut parts: Vec<&str> = query.split('&').collect();
            let (from, to) = (input.byte().into(), input.byte().into());
            let (from, to): (usize, usize) = (from, to);
            let count = parts.len();
            if input.flag() {
                parts.swap(from % count, to % count);
            } else {
                parts.insert(to % count, parts[from % count]);
            }
            request.query = Some(parts.join("&"));
        }
        5 => {
            let at = usize::from(input.byte());
            match request.body.get_mut(at) {
                Some(byte) => *byte ^= input.byte(),
                None => request.body.push(input.byte()),
            }
        }
        6 => {
            let names: Vec<HeaderName> = request.headers.keys().cloned().collect();
            let name = input.pick(&names).clone();
            let value = request
                .headers
                .get(&name)
                .map(|value| value.as_bytes().to_vec());
            let text = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
            if let Ok(value) = HeaderValue::from_str(&altered(&text, input)) {
                request.headers.insert(name, value);
            }
        }
        _ => {
            let name = *input.pick(&["x-amz-target", "host", "x-amz-date", "content-type", "date"]);
            if let Ok(value) = HeaderValue::from_bytes(input.short()) {
                request.headers.append(name, value);
            }
        }
    }
}

/// A text with some characters replaced, taken out or put in.
fn altered(text: &str, input: &mut Input<'_>) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = usize::from(input.byte()) % (characters.len() + 1);
    let taken = usize::from(input.byte() % 4);
    let end = (at + taken).min(characters.len());
    let put = visible(input.short());
    characters.splice(at..end, put.chars());
    characters.into_iter().collect()
}

/// What can stand in a request's line.
fn visible(bytes: &[u8]) -> String {
    let seen = bytes.iter().filter(|byte| byte.is_ascii_graphic());
    seen.map(|byte| char::from(*byte)).collect()
}

/// RFC 3986, "Remove Dot Segments"; empty segments count for nothing, either.
fn segments(path: &str) -> (Vec<&str>, bool) {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let folder = path.ends_with('/') && !kept.is_empty();
    (kept, folder)
}

/// What the query says, but for its signature.
fn pairs(request: &Request) -> Vec<(Vec<u8>, Vec<u8>)> {
    let query = request.query.as_deref().unwrap_or_default();
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .filter(|(name, _)| name != b"X-Amz-Signature")
        .collect();
    pairs.sort();
    pairs
}

/// A part of a form: `+` is a space, `%` and two digits a byte.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digit = |place: usize| {
            bytes
                .get(place)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'+', ..) => {
                out.push(b' ');
                at += 1;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// The words of all values of a header.
fn words(headers: &HeaderMap, name: &str) -> Vec<Vec<u8>> {
    let values: Vec<Vec<u8>> = headers
        .get_all(name)
        .iter()
        .map(|value| {
            let words: Vec<&[u8]> = value
                .as_bytes()
                .split(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty())
                .collect();
            words.join(&b' ')
        })
        .collect();
    // Joined as RFC 9110 joins the values of one header.
    vec![values.join(&b',')]
}

struct One;

impl Keys for One {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        (access_key_id == ID).then(|| Key {
            secret: Secret::new(SECRET.to_owned()),
            session_token: None,
            expires: None,
            principal: Principal::Root {
                account: "123456789012".parse().expect("an account"),
            },
        })
    }
}
