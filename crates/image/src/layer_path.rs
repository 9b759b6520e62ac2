//! Names inside a layer's archive, made harmless: relative, without `..`, bounded.

use crate::limits::{MAX_NAME_BYTES, MAX_PATH_BYTES, MAX_PATH_DEPTH};

/// A path beneath a layer's root, its components joined by single slashes; the root is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LayerPath(Vec<u8>);

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    #[error("an absolute name")]
    Absolute,
    #[error("a name with '..'")]
    Parent,
    #[error("a name with a zero byte")]
    Zero,
    #[error("a path longer than {MAX_PATH_BYTES} bytes")]
    PathTooLong,
    #[error("a name longer than {MAX_NAME_BYTES} bytes")]
    NameTooLong,
    #[error("a path deeper than {MAX_PATH_DEPTH} directories")]
    TooDeep,
}

impl LayerPath {
    pub(crate) fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads a name as an archive has it: `./a//b/` is `a/b`, and `./` is the root.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, PathError> {
        if raw.len() > MAX_PATH_BYTES {
            return Err(PathError::PathTooLong);
        }
        if raw.contains(&0) {
            return Err(PathError::Zero);
        }
        if raw.starts_with(b"/") {
            return Err(PathError::Absolute);
        }
        let mut path = Vec::with_capacity(raw.len());
        let mut depth = 0;
        for component in raw.split(|byte| *byte == b'/') {
            match component {
                b"" | b"." => continue,
                b".." => return Err(PathError::Parent),
                long if long.len() > MAX_NAME_BYTES => return Err(PathError::NameTooLong),
                name => {
                    depth += 1;
                    if !path.is_empty() {
                        path.push(b'/');
                    }
                    path.extend_from_slice(name);
                }
            }
        }
        if depth > MAX_PATH_DEPTH {
            return Err(PathError::TooDeep);
        }
        Ok(Self(path))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The directory and the name in it; none for the root.
    pub(crate) fn split(&self) -> Option<(Self, &[u8])> {
        if self.0.is_empty() {
            return None;
        }
        let slash = self.0.iter().rposition(|byte| *byte == b'/');
        let (parent, name) = match slash {
            Some(at) => (self.0.get(..at)?, self.0.get(at + 1..)?),
            None => (&[][..], self.0.as_slice()),
        };
        Some((Self(parent.to_vec()), name))
    }

    pub(crate) fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0
            .split(|byte| *byte == b'/')
            .filter(|component| !component.is_empty())
    }
}

/// A name for people: one line, bounded.
pub(crate) fn shown(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw)
        .escape_debug()
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_or_refused() {
        let long_name = "n".repeat(256);
        let long_path = "p/".repeat(2100);
        let deep = "d/".repeat(256);
        for (raw, expected) in [
            ("", Ok("")),
            ("./", Ok("")),
            ("a", Ok("a")),
            ("./a//b/./c/", Ok("a/b/c")),
            ("..a/b..", Ok("..a/b..")),
            ("/a", Err(PathError::Absolute)),
            ("//", Err(PathError::Absolute)),
            ("..", Err(PathError::Parent)),
            ("a/../b", Err(PathError::Parent)),
            ("a/..", Err(PathError::Parent)),
            ("a\0b", Err(PathError::Zero)),
            (&long_name, Err(PathError::NameTooLong)),
            (&long_path, Err(PathError::PathTooLong)),
            (&deep, Err(PathError::TooDeep)),
        ] {
            let path = LayerPath::parse(raw.as_bytes());
            let text = path
                .as_ref()
                .map(|path| std::str::from_utf8(path.as_bytes()).unwrap())
                .map_err(|error| *error);
            assert_eq!(text, expected, "{raw:?}");
        }
    }

    #[test]
    fn a_path_splits_into_directory_and_name() {
        let path = |raw: &[u8]| LayerPath::parse(raw).unwrap();
        assert_eq!(path(b"").split(), None);
        assert_eq!(path(b"a").split(), Some((path(b""), &b"a"[..])));
        assert_eq!(path(b"a/b/c").split(), Some((path(b"a/b"), &b"c"[..])));
    }
}
