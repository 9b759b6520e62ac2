//! What clients of the registry send: manifests, paths, names, tags, digests, ranges.

use registry::fuzzing::{chunk, manifest, range, repository};
use registry::{Digest, is_repository_name, limits::DESCRIPTORS_MAX};

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
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.as_str(), text);
        is_digest(&digest);
    }
}

fn is_digest(digest: &Digest) {
    assert_eq!(digest.hex().len(), 64);
}
