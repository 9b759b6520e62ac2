//! The names of repositories and tags.

/// ECR's limits for a repository's name (API reference, `CreateRepository`).
const REPOSITORY_NAME_BYTES: std::ops::RangeInclusive<usize> = 2..=256;
const TAG_MAX_BYTES: usize = 128;

/// Whether `name` can be a repository's: 2 to 256 characters of lower-case words, digits and
/// separators in segments between slashes (ECR API reference, `CreateRepository`; OCI
/// Distribution 1.1, "Pulling manifests"). No such name is a path that leads elsewhere.
#[must_use]
pub fn is_repository_name(name: &str) -> bool {
    REPOSITORY_NAME_BYTES.contains(&name.len()) && name.split('/').all(is_segment)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
fn is_segment(segment: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut rest = segment.as_bytes();
    loop {
        let word = rest.iter().take_while(|byte| is_word(byte)).count();
        let (_, after) = rest.split_at(word);
        if word == 0 {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        let separator = after.iter().take_while(|byte| !is_word(byte)).count();
        let (separator, after) = after.split_at(separator);
        let allowed =
            matches!(separator, b"." | b"_" | b"__") || separator.iter().all(|byte| *byte == b'-');
        if !allowed {
            return false;
        }
        rest = after;
    }
}

/// Whether `tag` can be a tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (OCI Distribution 1.1,
/// "Pulling manifests").
#[must_use]
pub fn is_tag(tag: &str) -> bool {
    let mut bytes = tag.bytes();
    let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= TAG_MAX_BYTES
        && bytes.next().is_some_and(first)
        && bytes.all(|byte| first(byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_as_ecr_has_them() {
        for name in ["web", "team/web-app", "a.b/c_d/e__f", "a---b", "00", "a/b"] {
            assert!(is_repository_name(name), "{name}");
        }
        let long = "a".repeat(257);
        for name in [
            "", "a", "Web", "a/", "/a", "a//b", "..", "a/../b", "a..b", "a___b", "-a", "a-",
            "a._b", "a b", "a:b", "ä/b", "a\0b", "%2e", &long,
        ] {
            assert!(!is_repository_name(name), "{name}");
        }
    }

    #[test]
    fn tags_as_oci_has_them() {
        for tag in ["latest", "1.0", "_a", "A-b.C", &"x".repeat(128)] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in [
            "",
            ".a",
            "-a",
            "a/b",
            "a:b",
            "..",
            "a b",
            "ä",
            &"x".repeat(129),
        ] {
            assert!(!is_tag(tag), "{tag}");
        }
    }

    proptest! {
        /// What a name may hold keeps it inside any folder and any key.
        #[test]
        fn no_name_leads_elsewhere(name in "[a-z0-9./_-]{2,12}") {
            if is_repository_name(&name) {
                prop_assert!(name.split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
            }
        }
    }
}
