//! What a request is about: pure functions of its path, query and headers.

use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST};

use crate::name::{is_repository_name, is_tag};
use crate::{Digest, ManifestReference};

/// What a path under `/v2/` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `/v2/`: is there a registry, and may I?
    Version,
    /// `/v2/NAME/blobs/DIGEST`.
    Blob { name: String, digest: Digest },
    /// `/v2/NAME/blobs/uploads/`.
    NewUpload { name: String },
    /// `/v2/NAME/blobs/uploads/ID`.
    Upload { name: String, id: String },
    /// `/v2/NAME/manifests/REFERENCE`.
    Manifest { name: String, reference: ManifestReference },
    /// `/v2/NAME/tags/list`.
    Tags { name: String },
    /// `/v2/NAME/referrers/DIGEST`.
    Referrers,
}

/// Why a path names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadTarget {
    Unknown,
    Name,
    Digest,
    Tag,
}

pub(crate) fn target(path: &str) -> Result<Target, BadTarget> {
    let rest = path.strip_prefix("/v2").ok_or(BadTarget::Unknown)?;
    if rest.is_empty() || rest == "/" {
        return Ok(Target::Version);
    }
    let rest = rest.strip_prefix('/').ok_or(BadTarget::Unknown)?;
    let named = |name: &str| {
        if is_repository_name(name) { Ok(name.to_owned()) } else { Err(BadTarget::Name) }
    };
    if let Some(name) = rest.strip_suffix("/tags/list") {
        return Ok(Target::Tags { name: named(name)? });
    }
    if let Some(name) = rest.strip_suffix("/blobs/uploads/").or(rest.strip_suffix("/blobs/uploads")) {
        return Ok(Target::NewUpload { name: named(name)? });
    }
    let (before, last) = rest.rsplit_once('/').ok_or(BadTarget::Unknown)?;
    if let Some(name) = before.strip_suffix("/blobs/uploads") {
        return Ok(Target::Upload { name: named(name)?, id: last.to_owned() });
    }
    if let Some(name) = before.strip_suffix("/blobs") {
        let digest = last.parse().map_err(|_| BadTarget::Digest)?;
        return Ok(Target::Blob { name: named(name)?, digest });
    }
    if let Some(name) = before.strip_suffix("/manifests") {
        let reference = if last.contains(':') {
            ManifestReference::Digest(last.parse().map_err(|_| BadTarget::Digest)?)
        } else if is_tag(last) {
            ManifestReference::Tag(last.to_owned())
        } else {
            return Err(BadTarget::Tag);
        };
        return Ok(Target::Manifest { name: named(name)?, reference });
    }
    if let Some(name) = before.strip_suffix("/referrers") {
        named(name)?;
        return Ok(Target::Referrers);
    }
    Err(BadTarget::Unknown)
}

/// User and password of HTTP Basic.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    use base64::Engine as _;
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Account and region of a host `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, port or not.
pub(crate) fn ecr_host(headers: &HeaderMap) -> Option<(String, String)> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let host = host.split(':').next()?;
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    let region = rest.strip_suffix(".amazonaws.com")?;
    Some((account.to_owned(), region.to_owned()))
}

/// The value of a query parameter, percent-decoded.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// First and last byte of `Range: bytes=a-b` within `size` bytes; `None` where there is no range
/// or one that is not understood, which means the whole (RFC 9110, section 14.2).
pub(crate) fn range(value: Option<&str>, size: u64) -> Result<Option<(u64, u64)>, ()> {
    let Some(spec) = value.and_then(|value| value.strip_prefix("bytes=")) else {
        return Ok(None);
    };
    let Some((first, last)) = spec.split_once('-') else {
        return Ok(None);
    };
    let end = size.checked_sub(1).ok_or(())?;
    let (first, last) = match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) if first <= last => (first, last.min(end)),
        (Some(first), None) if last.is_empty() => (first, end),
        (None, Some(length)) if first.is_empty() && length > 0 => {
            (size.saturating_sub(length), end)
        }
        _ => return Ok(None),
    };
    if first > end { Err(()) } else { Ok(Some((first, last))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(target("/v2/"), Ok(Target::Version));
        assert_eq!(target("/v2/a/b/tags/list"), Ok(Target::Tags { name: "a/b".into() }));
        assert!(matches!(target(&format!("/v2/a/b/blobs/{digest}")), Ok(Target::Blob { name, .. }) if name == "a/b"));
        assert_eq!(target("/v2/ab/blobs/uploads/"), Ok(Target::NewUpload { name: "ab".into() }));
        assert!(matches!(target("/v2/ab/manifests/1.0"), Ok(Target::Manifest { .. })));
        assert_eq!(target("/v2/../x/manifests/1"), Err(BadTarget::Name));
        assert_eq!(target("/v2/ab/blobs/sha256:zz"), Err(BadTarget::Digest));
        assert_eq!(target("/v2/ab/manifests/a%2f"), Err(BadTarget::Tag));
        assert_eq!(target("/v2/ab"), Err(BadTarget::Unknown));
    }

    #[test]
    fn ranges() {
        assert_eq!(range(None, 10), Ok(None));
        assert_eq!(range(Some("bytes=2-4"), 10), Ok(Some((2, 4))));
        assert_eq!(range(Some("bytes=2-"), 10), Ok(Some((2, 9))));
        assert_eq!(range(Some("bytes=-3"), 10), Ok(Some((7, 9))));
        assert_eq!(range(Some("bytes=2-99"), 10), Ok(Some((2, 9))));
        assert_eq!(range(Some("bytes=10-"), 10), Err(()));
        assert_eq!(range(Some("bytes=x"), 10), Ok(None));
    }
}
