//! What clients of the registry send: manifests, paths, names, tags, digests, ranges.

use registry::fuzzing::{chunk, manifest, range, repository};
use registry::{Digest, is_repository_name, is_tag, limits::DESCRIPTORS_MAX};

use crate::input::Input;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    match input.byte() % 4 {
        0 => {
            let content_type = input.text_line();
            let content_type = (!content_type.is_empty()).then_some(content_type);
            let body = input.rest();
            let Some(named) = manifest(body, content_type.as_deref()) else {
                return;
            };
            // One more blob for the configuration.
            assert!(named.blobs.len() <= DESCRIPTORS_MAX + 1);
            assert!(named.manifests.len() <= DESCRIPTORS_MAX);
            // Nothing is an image and an index at once.
            assert!(named.blobs.is_empty() || named.manifests.is_empty());
            let digests = named.blobs.iter().map(|(digest, _)| digest);
            for digest in digests.chain(&named.manifests).chain(&named.subject) {
                is_digest(digest);
            }
        }
        1 => names(&String::from_utf8_lossy(input.rest())),
        2 => {
            let size = input.number();
            let header = String::from_utf8_lossy(input.rest()).into_owned();
            if let Some((start, length)) = range(&header, size) {
                assert!(length > 0);
                assert!(start.checked_add(length).is_some_and(|end| end <= size));
            }
        }
        _ => {
            let header = String::from_utf8_lossy(input.rest()).into_owned();
            if let Some((start, length)) = chunk(&header) {
                assert!(length > 0 && start.checked_add(length - 1).is_some());
            }
        }
    }
}

fn names(text: &str) {
    for path in [text.to_owned(), format!("/v2/{text}")] {
        if let Some(name) = repository(&path) {
            assert!(is_repository_name(name));
        }
    }
    if is_repository_name(text) {
        assert!(
            text.split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.'))
        );
        // What the registry takes, a node can ask for.
        let reference = format!("localhost:4566/{text}");
        if reference.len() <= 255 {
            let read = reference.parse::<image::Reference>();
            let is_digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(
                is_digits || read.is_ok_and(|read| read.repository() == text),
                "{text}"
            );
        }
    }
    if is_tag(text) {
        let reference: image::Reference =
            format!("a/b:{text}").parse().expect("a tag is one to all");
        assert_eq!(reference.tag(), Some(text));
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.as_str(), text);
        is_digest(&digest);
    }
}

fn is_digest(digest: &Digest) {
    assert_eq!(digest.hex().len(), 64);
    assert_eq!(
        digest
            .as_str()
            .parse::<image::Digest>()
            .map(|same| same.to_string())
            .ok()
            .as_deref(),
        Some(digest.as_str())
    );
}
