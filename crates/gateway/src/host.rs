//! The address that a request was sent to, as its `Host` header names it (RFC 9110, section 7.2).
//!
//! Clients send any header they like. What is read here is to be believed of a request whose
//! signature is good alone: every signature covers `Host` (`aws_sign::verify`).

use http::HeaderMap;
use http::header::HOST;
use http::uri::Authority;

/// The longest name of the DNS (RFC 1035, section 2.3.4), a colon, and a port.
const HOST_MAX_BYTES: usize = 255 + 6;

/// A host, or `host:port`, in lower case. None where there is no such header, or more than one, or
/// where it could not stand in an address that is handed out.
pub(crate) fn named_host(headers: &HeaderMap) -> Option<String> {
    let mut named = headers.get_all(HOST).iter();
    let (Some(only), None) = (named.next(), named.next()) else {
        return None;
    };
    let text = only.to_str().ok()?.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if text.len() > HOST_MAX_BYTES || !text.bytes().all(plain) {
        return None;
    }
    let authority: Authority = text.parse().ok()?;
    let port_is_sound = authority.port_u16().is_some() || authority.host() == text;
    (port_is_sound && !authority.host().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let values = values.iter().copied().map(HeaderValue::from_static);
        values.map(|value| (HOST, value)).collect()
    }

    #[test]
    fn a_host_is_what_can_stand_in_an_address() {
        for named in ["10.0.0.1:4566", "longshore", "ls.example", "[::1]:4566"] {
            assert_eq!(named_host(&headers(&[named])).as_deref(), Some(named));
        }
        let capitals = named_host(&headers(&["LS.Example:80"]));
        assert_eq!(capitals.as_deref(), Some("ls.example:80"));
        for odd in [
            "", ":4566", "a b", "a/b", "a?b", "root@a", "a:b", "a:99999", "a:", "[::1", "a%41",
        ] {
            assert_eq!(named_host(&headers(&[odd])), None, "{odd}");
        }
        assert_eq!(named_host(&headers(&[])), None);
        assert_eq!(named_host(&headers(&["a", "a"])), None);
    }
}
