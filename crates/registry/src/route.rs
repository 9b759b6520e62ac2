//! What a request is about, from its path alone (OCI Distribution 1.1, "Endpoints").
//!
//! Names, tags and digests need no percent-encoding, so that a path with a `%` in it names nothing.

use crate::is_repository_name;

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// `/v2/`.
    Base,
    /// Something of a repository.
    Repository {
        /// The repository's name.
        name: &'a str,
        /// What of it.
        part: Part<'a>,
    },
}

/// What of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// `blobs/<digest>`.
    Blob(&'a str),
    /// `blobs/uploads/`.
    Uploads,
    /// `blobs/uploads/<id>`.
    Upload(&'a str),
    /// `manifests/<reference>`.
    Manifest(&'a str),
    /// `tags/list`.
    Tags,
    /// `referrers/<digest>`.
    Referrers(&'a str),
}

/// Why a path names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nowhere {
    /// The repository's name cannot be one.
    Name,
    /// It is no endpoint.
    Endpoint,
}

/// Reads a path.
pub(crate) fn target(path: &str) -> Result<Target<'_>, Nowhere> {
    let rest = match path {
        "/v2" | "/v2/" => return Ok(Target::Base),
        _ => path.strip_prefix("/v2/").ok_or(Nowhere::Endpoint)?,
    };
    let (name, part) = split(rest).ok_or(Nowhere::Endpoint)?;
    if is_repository_name(name) {
        Ok(Target::Repository { name, part })
    } else {
        Err(Nowhere::Name)
    }
}

/// From the end, for a repository may be called `blobs/uploads`.
fn split(rest: &str) -> Option<(&str, Part<'_>)> {
    let (before, last) = rest.rsplit_once('/')?;
    if let Some(name) = before.strip_suffix("/blobs/uploads") {
        let part = match last {
            "" => Part::Uploads,
            id => Part::Upload(id),
        };
        return Some((name, part));
    }
    let (name, kind) = before.rsplit_once('/')?;
    let part = match (kind, last) {
        ("blobs", "uploads") => Part::Uploads,
        ("blobs", digest) => Part::Blob(digest),
        ("manifests", reference) => Part::Manifest(reference),
        ("tags", "list") => Part::Tags,
        ("referrers", digest) => Part::Referrers(digest),
        _ => return None,
    };
    Some((name, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(path: &str) -> Option<(&str, Part<'_>)> {
        match target(path) {
            Ok(Target::Repository { name, part }) => Some((name, part)),
            _ => None,
        }
    }

    #[test]
    fn every_endpoint_is_found() {
        assert_eq!(target("/v2/"), Ok(Target::Base));
        for (path, name, expected) in [
            ("/v2/web/blobs/sha256:a", "web", Part::Blob("sha256:a")),
            ("/v2/a/b/c/blobs/uploads/", "a/b/c", Part::Uploads),
            ("/v2/web/blobs/uploads", "web", Part::Uploads),
            ("/v2/web/blobs/uploads/id", "web", Part::Upload("id")),
            ("/v2/web/manifests/latest", "web", Part::Manifest("latest")),
            ("/v2/web/tags/list", "web", Part::Tags),
            (
                "/v2/web/referrers/sha256:a",
                "web",
                Part::Referrers("sha256:a"),
            ),
            ("/v2/blobs/uploads/tags/list", "blobs/uploads", Part::Tags),
            ("/v2/web/tags/manifests/x", "web/tags", Part::Manifest("x")),
        ] {
            assert_eq!(part(path), Some((name, expected)), "{path}");
        }
    }

    #[test]
    fn hostile_paths_name_nothing() {
        for path in [
            "/v2/../../etc/manifests/passwd",
            "/v2/web/../other/manifests/x",
            "/v2/%2e%2e/manifests/x",
            "/v2//manifests/x",
            "/v2/Web/tags/list",
        ] {
            assert_eq!(target(path), Err(Nowhere::Name), "{path}");
        }
        for path in [
            "/",
            "/v3/",
            "/v2/_catalog",
            "/v2/web",
            "/v2/web/tags",
            "/v2/web/x/y",
        ] {
            assert_eq!(target(path), Err(Nowhere::Endpoint), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_breaks_it(path in "\\PC{0,64}") {
            if let Ok(Target::Repository { name, .. }) = target(&path) {
                prop_assert!(is_repository_name(name));
            }
        }
    }
}
