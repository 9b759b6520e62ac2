//! Image references: `[registry/]name[:tag][@digest]`, with Docker's short names.
//!
//! The grammar is that of the distribution project's `reference` package, which docker, podman
//! and the ECS agent share; ECR's host names are told apart because they are reached elsewhere.

use std::fmt;
use std::str::FromStr;

use crate::digest::{Digest, DigestError};

/// The registry of names without a host.
const DEFAULT_REGISTRY: &str = "docker.io";
/// The tag of references with neither tag nor digest.
const DEFAULT_TAG: &str = "latest";
/// Longest repository name with its registry, as docker and ECR's image field have it.
const MAX_NAME_BYTES: usize = 255;
/// Longest tag (OCI Distribution, "Pulling manifests").
const MAX_TAG_BYTES: usize = 128;

/// Where an image is and which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// The account and region of an ECR private registry's host name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EcrRegistry {
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

/// Why a text is not an image reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Nothing was given.
    #[error("the image reference is empty")]
    Empty,
    /// The registry and repository together are too long.
    #[error("the image name is longer than {MAX_NAME_BYTES} characters")]
    NameTooLong,
    /// The part before the first `/` is no host name with an optional port.
    #[error("'{0}' is not a registry host name with an optional port")]
    Registry(String),
    /// The repository has characters or separators that are not allowed.
    #[error(
        "'{0}' is not a repository name: lower-case letters and digits, separated by '.', '_', \
         '__', dashes or '/'"
    )]
    Repository(String),
    /// The tag has characters that are not allowed, or is too long.
    #[error(
        "'{0}' is not a tag: at most {MAX_TAG_BYTES} letters, digits, '_', '.' and '-', \
         not beginning with '.' or '-'"
    )]
    Tag(String),
    /// The part after `@` is no digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl Reference {
    /// The registry's host with its port, if one was given, in lower case, unless it is only by
    /// its capitals that it is known for a host; `docker.io` for short names.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The name within the registry, such as `library/nginx`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; `latest` when the text had neither tag nor digest.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, which wins over the tag.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The same repository at `digest`: what a deployment pins.
    #[must_use]
    pub fn pinned(&self, digest: Digest) -> Self {
        Self {
            digest: Some(digest),
            ..self.clone()
        }
    }

    /// The last part of a manifest's address: the digest, or else the tag.
    pub(crate) fn manifest_name(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => DEFAULT_TAG.to_owned(),
        }
    }

    /// Account and region, when the registry is an ECR private registry by its host name
    /// (`<account>.dkr.ecr.<region>.amazonaws.com`, also `.com.cn` and `ecr-fips`); a port is
    /// left aside.
    #[must_use]
    pub fn ecr(&self) -> Option<EcrRegistry> {
        EcrRegistry::of_host(&self.registry)
    }
}

impl EcrRegistry {
    /// Parses a registry host, with or without a port.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.split_once(':').map_or(host, |(name, _port)| name);
        let labels = host
            .strip_suffix(".amazonaws.com")
            .or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
        let mut labels = labels.split('.');
        let account = labels.next()?;
        let kind = (labels.next()?, labels.next()?);
        let region = labels.next()?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_ecr = matches!(kind, ("dkr", "ecr" | "ecr-fips"));
        if !is_account || !is_ecr || region.is_empty() || labels.next().is_some() {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(out, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(out, "@{digest}")?;
        }
        Ok(())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        let (text, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse()?)),
            None => (text, None),
        };
        let last_slash = text.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match text.rfind(':') {
            Some(at) if at >= last_slash => {
                let (name, tag) = text.split_at(at);
                (name, Some(tag.get(1..).unwrap_or_default()))
            }
            _ => (text, None),
        };
        if let Some(tag) = tag
            && !is_tag(tag)
        {
            return Err(ReferenceError::Tag(shortened(tag)));
        }
        let (registry, repository) = split_registry(name);
        if !is_registry(registry) {
            return Err(ReferenceError::Registry(shortened(registry)));
        }
        let looks_like_a_digest =
            repository.len() == 64 && repository.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !repository.split('/').all(is_repository_component) || looks_like_a_digest {
            return Err(ReferenceError::Repository(shortened(repository)));
        }
        let (registry, repository) = match &*registry_name(registry) {
            "docker.io" | "index.docker.io" if !repository.contains('/') => {
                (DEFAULT_REGISTRY.to_owned(), format!("library/{repository}"))
            }
            "index.docker.io" => (DEFAULT_REGISTRY.to_owned(), repository.to_owned()),
            other => (other.to_owned(), repository.to_owned()),
        };
        // Of the whole name: a short one has become longer.
        if registry.len() + 1 + repository.len() > MAX_NAME_BYTES {
            return Err(ReferenceError::NameTooLong);
        }
        let tag = match (tag, &digest) {
            (Some(tag), _) => Some(tag.to_owned()),
            (None, Some(_)) => None,
            (None, None) => Some(DEFAULT_TAG.to_owned()),
        };
        Ok(Self {
            registry,
            repository,
            tag,
            digest,
        })
    }
}

fn split_registry(name: &str) -> (&str, &str) {
    match name.split_once('/') {
        Some((first, rest)) if is_host(first) => (first, rest),
        _ => (DEFAULT_REGISTRY, name),
    }
}

/// A first component is a host when it could not be part of a name: it has a dot, a port or
/// an upper-case letter, or is `localhost`.
fn is_host(first: &str) -> bool {
    first == "localhost"
        || first.contains(['.', ':'])
        || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// In lower case, unless that would be a repository of Docker Hub's: of `App/image` the capital
/// alone says that it begins with a host.
fn registry_name(host: &str) -> String {
    let lower = host.to_ascii_lowercase();
    if is_host(&lower) {
        lower
    } else {
        host.to_owned()
    }
}

fn is_registry(text: &str) -> bool {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((address, after)) = rest.split_once(']') else {
            return false;
        };
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return false;
        }
        match after.strip_prefix(':') {
            Some(port) => (None, Some(port)),
            None if after.is_empty() => (None, None),
            None => return false,
        }
    } else {
        match text.split_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(text), None),
        }
    };
    let host_is_good = host.is_none_or(|host| {
        host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
    });
    let port_is_good = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    host_is_good && port_is_good
}

/// Runs of lower-case letters and digits, separated by one dot, one or two underscores, or any
/// number of dashes.
fn is_repository_component(component: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_in_words = component.bytes().next().is_some_and(is_word)
        && component.bytes().next_back().is_some_and(is_word);
    ends_in_words
        && component
            .split(|character: char| character.is_ascii_lowercase() || character.is_ascii_digit())
            .all(|separator| {
                matches!(separator, "" | "." | "_" | "__")
                    || separator.bytes().all(|byte| byte == b'-')
            })
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= MAX_TAG_BYTES
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// Enough of a wrong text to recognise it in an error.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn texts_mean_what_they_mean_to_docker() {
        for (text, meaning) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.29", "docker.io/library/nginx:1.29"),
            ("bitnami/redis", "docker.io/bitnami/redis:latest"),
            ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
            ("docker.io/a/b:c", "docker.io/a/b:c"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000", "docker.io/library/localhost:5000"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("127.0.0.1:4566/a/b__c:v1", "127.0.0.1:4566/a/b__c:v1"),
            ("[::1]:4566/app:v1", "[::1]:4566/app:v1"),
            ("Registry.Example/app", "registry.example/app:latest"),
            ("LOCALHOST/app", "localhost/app:latest"),
            // Found by fuzzing: in capitals it was a registry of its own.
            ("Docker.io/nginx", "docker.io/library/nginx:latest"),
            ("Index.docker.io/a/b", "docker.io/a/b:latest"),
            // In lower case it would be another image, Docker Hub's (found by fuzzing).
            ("Registry/app", "Registry/app:latest"),
            (
                "public.ecr.aws/docker/library/alpine:3",
                "public.ecr.aws/docker/library/alpine:3",
            ),
            ("a--b/c.d:T_1.x-y", "docker.io/a--b/c.d:T_1.x-y"),
        ] {
            assert_eq!(
                text.parse::<Reference>().unwrap().to_string(),
                meaning,
                "{text}"
            );
        }
    }

    #[test]
    fn a_digest_wins_over_the_tag_and_takes_the_place_of_latest() {
        let both: Reference = format!("app:1@{DIGEST}").parse().unwrap();
        assert_eq!(both.tag(), Some("1"));
        assert_eq!(both.manifest_name(), DIGEST);
        let digest: Reference = format!("app@{DIGEST}").parse().unwrap();
        assert_eq!(digest.tag(), None);
        assert_eq!(
            digest.to_string(),
            format!("docker.io/library/app@{DIGEST}")
        );
        let tagged: Reference = "app:1".parse().unwrap();
        assert_eq!(tagged.pinned(DIGEST.parse().unwrap()), both);
    }

    #[test]
    fn the_name_that_is_meant_is_not_too_long() {
        let whole = "a".repeat(255 - "docker.io/library/".len());
        let reference: Reference = whole.parse().unwrap();
        assert_eq!(reference.to_string().parse(), Ok(reference));
        // Found by fuzzing: with what is left out it is one too long.
        let longer = format!("{whole}a").parse::<Reference>();
        assert_eq!(longer, Err(ReferenceError::NameTooLong));
    }

    #[test]
    fn wrong_texts_are_refused() {
        let long = "a".repeat(256);
        let hex = "0".repeat(64);
        for text in [
            "",
            ":",
            "@",
            "/",
            "a/",
            "/a",
            "a//b",
            "App",
            "a/App",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a._b",
            "a b",
            "a:",
            "a:-b",
            "a:.b",
            "a:b c",
            "é",
            "a@",
            "a@b",
            "../../etc/passwd",
            "a/../b",
            "host:0/a",
            "host:65536/a",
            "host:x/a",
            "-host.x/a",
            "h..x/a",
            "[::1/a",
            "[zz]/a",
            "[::1]x/a",
            "a@sha256:00",
            "http://host/a",
            "a:b@c",
            "a\n",
            "a%2f",
            &long,
            &hex,
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text:?}");
        }
        assert!(
            format!("a:{}", "t".repeat(128))
                .parse::<Reference>()
                .is_ok()
        );
        assert!(
            format!("a:{}", "t".repeat(129))
                .parse::<Reference>()
                .is_err()
        );
    }

    #[test]
    fn ecr_hosts_tell_account_and_region() {
        let ecr = |text: &str| text.parse::<Reference>().unwrap().ecr();
        let expected = |account: &str, region: &str| {
            Some(EcrRegistry {
                account: account.to_owned(),
                region: region.to_owned(),
            })
        };
        assert_eq!(
            ecr("123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:1"),
            expected("123456789012", "us-east-1")
        );
        assert_eq!(
            ecr("123456789012.dkr.ecr.eu-west-3.amazonaws.com:4566/app"),
            expected("123456789012", "eu-west-3")
        );
        assert_eq!(
            ecr("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app"),
            expected("123456789012", "us-gov-west-1")
        );
        assert_eq!(
            ecr("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app"),
            expected("123456789012", "cn-north-1")
        );
        for text in [
            "12345.dkr.ecr.us-east-1.amazonaws.com/app",
            "123456789012.dkr.ecr.amazonaws.com/app",
            "123456789012.dkr.ecr.us-east-1.x.amazonaws.com/app",
            "123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example/app",
            "public.ecr.aws/app",
            "nginx",
        ] {
            assert_eq!(ecr(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in ".{0,300}") {
            if let Ok(reference) = text.parse::<Reference>() {
                // What was understood is written so that it is understood the same way again.
                prop_assert_eq!(reference.to_string().parse::<Reference>(), Ok(reference));
            }
        }

        #[test]
        fn well_formed_references_keep_their_parts(
            registry in "([a-z0-9]{1,8}\\.){1,3}[a-z]{2,5}(:[1-9][0-9]{1,3})?",
            repository in "[a-z0-9]{1,9}((\\.|_|__|-{1,3})[a-z0-9]{1,5}){0,3}(/[a-z0-9]{1,9}){0,3}",
            tag in proptest::option::of("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"),
            digest in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..4)),
        ) {
            prop_assume!(!matches!(registry.as_str(), "docker.io" | "index.docker.io"));
            let digest = digest.map(|bytes| Digest::of(&bytes));
            let mut text = format!("{registry}/{repository}");
            if let Some(tag) = &tag { text = format!("{text}:{tag}"); }
            if let Some(digest) = &digest { text = format!("{text}@{digest}"); }
            let parsed: Reference = text.parse().unwrap();
            prop_assert_eq!(parsed.registry(), registry);
            prop_assert_eq!(parsed.repository(), repository);
            prop_assert_eq!(parsed.digest(), digest.as_ref());
            match (tag, digest) {
                (None, None) => prop_assert_eq!(parsed.tag(), Some("latest")),
                (tag, _) => prop_assert_eq!(parsed.tag(), tag.as_deref()),
            }
        }
    }
}
