//! The canonical request: the bytes that both sides hash.

use http::{HeaderMap, HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::PathRule;

/// All but RFC 3986's unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// As [`QUERY`], with the separator of segments left as it is.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// The parameter that carries the signature of a presigned request, which cannot sign itself.
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// The parts of a canonical request.
pub(crate) struct Canonical<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) signed_headers: &'a [String],
    pub(crate) payload: &'a str,
}

impl Canonical<'_> {
    /// The canonical request; `None` when a header that is said to be signed is not there.
    /// `path` and `query` must be canonical already.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(512);
        for line in [self.method, self.path, self.query] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        for name in self.signed_headers {
            out.extend_from_slice(name.to_ascii_lowercase().as_bytes());
            out.push(b':');
            header_values(self.headers, name, &mut out)?;
            out.push(b'\n');
        }
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.join(";").as_bytes());
        out.push(b'\n');
        out.extend_from_slice(self.payload.as_bytes());
        Some(out)
    }
}

/// The values of a header in the order they came, joined with commas; runs of white space in
/// each become one space.
fn header_values(headers: &HeaderMap, name: &str, out: &mut Vec<u8>) -> Option<()> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut any = false;
    for value in headers.get_all(name) {
        if any {
            out.push(b',');
        }
        any = true;
        let words = value
            .as_bytes()
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        for (index, word) in words.enumerate() {
            if index > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
    }
    any.then_some(())
}

/// The canonical form of a path as it stood on the wire.
pub(crate) fn path(path: &str, rule: PathRule) -> String {
    match rule {
        PathRule::AsSent if path.is_empty() => "/".to_owned(),
        PathRule::AsSent => path.to_owned(),
        // What is percent-encoded on the wire is encoded once more.
        PathRule::Normalised => percent_encode(normalise(path).as_bytes(), PATH).to_string(),
    }
}

/// Takes out dot segments (RFC 3986 section 5.2.4) and empty segments.
fn normalise(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut out = format!("/{}", kept.join("/"));
    if path.ends_with('/') && !kept.is_empty() {
        out.push('/');
    }
    out
}

/// The canonical forms of a query as it stood on the wire: those of AWS's rule, and of a signer
/// that takes the text as it is.
///
/// The two differ only where a client left a reserved character bare. The rule decodes and
/// encodes anew; the Go SDK signs a `+` of the query as the space that it stands for, which is
/// how the ECS agent opens its websocket. botocore sorts the text without looking into it. Both
/// forms cover every byte of the query, so accepting either gives nothing away.
pub(crate) fn queries(query: &str) -> Vec<String> {
    let pairs = || {
        query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .filter(|(name, _)| *name != SIGNATURE_PARAMETER)
    };
    let mut encoded: Vec<(String, String)> = pairs()
        .map(|(name, value)| (encode_anew(name), encode_anew(value)))
        .collect();
    encoded.sort();
    let mut bare: Vec<(&str, &str)> = pairs().collect();
    bare.sort_unstable();
    let encoded = join(
        encoded
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let bare = join(bare.into_iter());
    if encoded == bare {
        vec![encoded]
    } else {
        vec![encoded, bare]
    }
}

fn join<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

fn encode_anew(text: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(&text.replace('+', " ")).collect();
    percent_encode(&decoded, QUERY).to_string()
}

/// Percent-encodes a value for a query.
pub(crate) fn encode(text: &str) -> String {
    percent_encode(text.as_bytes(), QUERY).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded_once_more() {
        for (given, expected) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/a/./b/", "/a/b/"),
            ("/a/../..", "/"),
            ("//a//b//", "/a/b/"),
            ("/a%20b", "/a%2520b"),
            ("/a b~_-.", "/a%20b~_-."),
            ("/\u{1234}", "/%E1%88%B4"),
        ] {
            assert_eq!(path(given, PathRule::Normalised), expected, "{given}");
        }
        assert_eq!(path("/a/../b//c%20", PathRule::AsSent), "/a/../b//c%20");
    }

    #[test]
    fn queries_are_sorted_by_encoded_name_then_value() {
        assert_eq!(queries("b=2&a=2&a=1"), ["a=1&a=2&b=2"]);
        assert_eq!(queries("a&b="), ["a=&b="]);
        assert_eq!(queries(""), [""]);
        assert_eq!(queries("x=a+b"), ["x=a%20b", "x=a+b"]);
        assert_eq!(queries("x=a/b"), ["x=a%2Fb", "x=a/b"]);
        assert_eq!(queries("x=%7e"), ["x=~", "x=%7e"]);
        assert_eq!(queries("a=1&X-Amz-Signature=ff"), ["a=1"]);
    }

    #[test]
    fn header_values_are_trimmed_and_joined() {
        let mut headers = HeaderMap::new();
        headers.append("a", "  x   y  ".parse().unwrap());
        headers.append("a", "z".parse().unwrap());
        let mut out = Vec::new();
        assert!(header_values(&headers, "A", &mut out).is_some());
        assert_eq!(out, b"x y,z");
        assert!(header_values(&headers, "b", &mut out).is_none());
        assert!(header_values(&headers, "not a name", &mut out).is_none());
    }
}
