//! The published test vectors of Signature Version 4 (awslabs/aws-c-auth,
//! `tests/aws-signing-test-suite/v4`), as facts: what was asked, and the signature it has.
//!
//! Left out: `get-header-value-multiline`, whose folded header no HTTP/1.1 server accepts (RFC
//! 9112 section 5.2), and `get-space-unnormalized`, whose path cannot stand on the wire as it is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy sees only the functions marked as tests"
)]

use ambient::Timestamp;
use aws_core::Principal;
use aws_sign::{
    Credentials, Key, Keys, PathRule, Policy, Secret, SignedRequest, SigningKeys, Target,
    body_sha256, sign_headers, verify,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2015-08-30T12:36:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);
const TOKEN: Option<&str> =
    Some("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
const LONG_TOKEN: Option<&str> = Some(concat!(
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSP",
    "fIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT",
    "7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlz",
    "m8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
));

struct Vector {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    rule: PathRule,
    signed_headers: &'static str,
    signature: &'static str,
    token: Option<&'static str>,
}

struct OneKey(Option<&'static str>);

impl Keys for OneKey {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        (access_key_id == ACCESS_KEY_ID).then(|| Key {
            secret: Secret::new(SECRET.to_owned()),
            session_token: self.0.map(|token| Secret::new(token.to_owned())),
            expires: None,
            principal: Principal::Root {
                account: "123456789012".parse().unwrap(),
            },
        })
    }
}

fn head(vector: &Vector) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in vector.headers {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.trim().as_bytes()).unwrap(),
        );
    }
    if vector.signed_headers.contains("x-amz-content-sha256") {
        let hash: String = body_sha256(vector.body.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        headers.insert("x-amz-content-sha256", hash.parse().unwrap());
    }
    headers
}

#[test]
fn every_published_signature_is_accepted() {
    for vector in VECTORS {
        let mut headers = head(vector);
        headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
        if let Some(token) = vector.token {
            headers.insert("x-amz-security-token", token.parse().unwrap());
        }
        let authorization = |signature: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/20150830/us-east-1/service/\
                 aws4_request, SignedHeaders={}, Signature={signature}",
                vector.signed_headers
            )
        };
        let policy = Policy {
            path: vector.rule,
            ..Policy::of("service").clone()
        };
        let mut check = |signature: &str| {
            headers.insert("authorization", authorization(signature).parse().unwrap());
            verify(
                &SignedRequest {
                    method: vector.method,
                    path: vector.path,
                    query: Some(vector.query),
                    headers: &headers,
                    body_sha256: body_sha256(vector.body.as_bytes()),
                },
                &OneKey(vector.token),
                &SigningKeys::default(),
                &policy,
                NOW,
            )
        };
        let verified = check(vector.signature);
        assert!(verified.is_ok(), "{}: {verified:?}", vector.name);
        let wrong = vector.signature.replacen(
            &vector.signature[..1],
            if vector.signature.starts_with('0') {
                "1"
            } else {
                "0"
            },
            1,
        );
        assert!(check(&wrong).is_err(), "{}", vector.name);
    }
}

#[test]
fn we_sign_as_published() {
    // Of the vectors, those whose signed headers are the ones that we sign.
    let mut signed = 0;
    for vector in VECTORS {
        let ours = vector
            .signed_headers
            .split(';')
            .all(|name| matches!(name, "host" | "content-type") || name.starts_with("x-amz-"));
        if !ours || vector.rule == PathRule::AsSent {
            continue;
        }
        let mut headers = head(vector);
        sign_headers(
            &Credentials {
                access_key_id: ACCESS_KEY_ID.to_owned(),
                secret: Secret::new(SECRET.to_owned()),
                session_token: vector.token.map(|token| Secret::new(token.to_owned())),
            },
            &Target {
                region: "us-east-1",
                service: "service",
                method: vector.method,
                path: vector.path,
                query: Some(vector.query),
            },
            &mut headers,
            body_sha256(vector.body.as_bytes()),
            NOW,
        )
        .unwrap();
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(
            authorization.ends_with(&format!("Signature={}", vector.signature)),
            "{}: {authorization}",
            vector.name
        );
        signed += 1;
    }
    assert_eq!(signed, 23);
}

const VECTORS: &[Vector] = &[
    Vector {
        name: "get-header-key-duplicate",
        method: "GET",
        path: "/",
        query: "",
        headers: &[
            ("host", "example.amazonaws.com"),
            ("my-header1", "value2"),
            ("my-header1", "value2"),
            ("my-header1", "value1"),
        ],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;my-header1;x-amz-date",
        signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        token: None,
    },
    Vector {
        name: "get-header-value-order",
        method: "GET",
        path: "/",
        query: "",
        headers: &[
            ("host", "example.amazonaws.com"),
            ("my-header1", "value4"),
            ("my-header1", "value1"),
            ("my-header1", "value3"),
            ("my-header1", "value2"),
        ],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;my-header1;x-amz-date",
        signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        token: None,
    },
    Vector {
        name: "get-header-value-trim",
        method: "GET",
        path: "/",
        query: "",
        headers: &[
            ("host", "example.amazonaws.com"),
            ("my-header1", " value1"),
            ("my-header2", " \"a   b   c\""),
        ],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;my-header1;my-header2;x-amz-date",
        signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        token: None,
    },
    Vector {
        name: "get-relative-normalized",
        method: "GET",
        path: "/example/..",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-relative-relative-normalized",
        method: "GET",
        path: "/example1/example2/../..",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-relative-relative-unnormalized",
        method: "GET",
        path: "/example1/example2/../..",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b",
        token: None,
    },
    Vector {
        name: "get-relative-unnormalized",
        method: "GET",
        path: "/example/..",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282",
        token: None,
    },
    Vector {
        name: "get-slash-dot-slash-normalized",
        method: "GET",
        path: "/./",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-slash-dot-slash-unnormalized",
        method: "GET",
        path: "/./",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145",
        token: None,
    },
    Vector {
        name: "get-slash-normalized",
        method: "GET",
        path: "//",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-slash-pointless-dot-normalized",
        method: "GET",
        path: "/./example",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
        token: None,
    },
    Vector {
        name: "get-slash-pointless-dot-unnormalized",
        method: "GET",
        path: "/./example",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff",
        token: None,
    },
    Vector {
        name: "get-slash-unnormalized",
        method: "GET",
        path: "//",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e",
        token: None,
    },
    Vector {
        name: "get-slashes-normalized",
        method: "GET",
        path: "//example//",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
        token: None,
    },
    Vector {
        name: "get-slashes-unnormalized",
        method: "GET",
        path: "//example//",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::AsSent,
        signed_headers: "host;x-amz-date",
        signature: "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
        token: None,
    },
    Vector {
        name: "get-space-normalized",
        method: "GET",
        path: "/example space/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
        token: None,
    },
    Vector {
        name: "get-unreserved",
        method: "GET",
        path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        token: None,
    },
    Vector {
        name: "get-utf8",
        method: "GET",
        path: "/ሴ",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        token: None,
    },
    Vector {
        name: "get-vanilla",
        method: "GET",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-vanilla-empty-query-key",
        method: "GET",
        path: "/",
        query: "Param1=value1",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
        token: None,
    },
    Vector {
        name: "get-vanilla-query",
        method: "GET",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        token: None,
    },
    Vector {
        name: "get-vanilla-query-order-encoded",
        method: "GET",
        path: "/",
        query: "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        token: None,
    },
    Vector {
        name: "get-vanilla-query-order-key-case",
        method: "GET",
        path: "/",
        query: "Param2=value2&Param1=value1",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        token: None,
    },
    Vector {
        name: "get-vanilla-query-unreserved",
        method: "GET",
        path: "/",
        query: "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
        token: None,
    },
    Vector {
        name: "get-vanilla-utf8-query",
        method: "GET",
        path: "/",
        query: "ሴ=bar",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
        token: None,
    },
    Vector {
        name: "get-vanilla-with-session-token",
        method: "GET",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date;x-amz-security-token",
        signature: "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        token: TOKEN,
    },
    Vector {
        name: "post-header-key-case",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        token: None,
    },
    Vector {
        name: "post-header-key-sort",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com"), ("my-header1", "value1")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;my-header1;x-amz-date",
        signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        token: None,
    },
    Vector {
        name: "post-header-value-case",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com"), ("my-header1", "VALUE1")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;my-header1;x-amz-date",
        signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
        token: None,
    },
    Vector {
        name: "post-sts-header-after",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        token: None,
    },
    Vector {
        name: "post-sts-header-before",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date;x-amz-security-token",
        signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        token: LONG_TOKEN,
    },
    Vector {
        name: "post-vanilla",
        method: "POST",
        path: "/",
        query: "",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        token: None,
    },
    Vector {
        name: "post-vanilla-empty-query-value",
        method: "POST",
        path: "/",
        query: "Param1=value1",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        token: None,
    },
    Vector {
        name: "post-vanilla-query",
        method: "POST",
        path: "/",
        query: "Param1=value1",
        headers: &[("host", "example.amazonaws.com")],
        body: "",
        rule: PathRule::Normalised,
        signed_headers: "host;x-amz-date",
        signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        token: None,
    },
    Vector {
        name: "post-x-www-form-urlencoded",
        method: "POST",
        path: "/",
        query: "",
        headers: &[
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "example.amazonaws.com"),
            ("content-length", "13"),
        ],
        body: "Param1=value1",
        rule: PathRule::Normalised,
        signed_headers: "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
        signature: "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
        token: None,
    },
    Vector {
        name: "post-x-www-form-urlencoded-parameters",
        method: "POST",
        path: "/",
        query: "",
        headers: &[
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("host", "example.amazonaws.com"),
            ("content-length", "13"),
        ],
        body: "Param1=value1",
        rule: PathRule::Normalised,
        signed_headers: "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
        signature: "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
        token: None,
    },
];
