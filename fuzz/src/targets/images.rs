//! What a registry tells a node: manifests, indexes, configurations, references, challenges; and
//! the account files of an image.

use image::fuzzing::{challenge, config, document, user};
use image::{Digest, EcrRegistry, Reference};

use crate::input::Input;

/// Layers of an image (Docker's overlay driver).
const LAYERS_MAX: usize = 127;
/// The largest user or group number, and what passwd may hold beyond it.
const GROUPS_MAX: usize = 65_536;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    match input.byte() % 5 {
        0 => {
            let content_type = input.text_line();
            let content_type = (!content_type.is_empty()).then_some(content_type);
            let body = input.rest();
            let is_index = body.windows(11).any(|part| part == b"\"manifests\"");
            if let Some(count) = document(body, content_type.as_deref())
                && !is_index
            {
                assert!(count <= LAYERS_MAX);
            }
        }
        1 => {
            let _ = config(input.rest());
        }
        2 => reference(&String::from_utf8_lossy(input.rest())),
        3 => {
            let _ = challenge(&String::from_utf8_lossy(input.rest()));
        }
        _ => {
            let name = input.text_line();
            let passwd = String::from_utf8_lossy(input.short()).into_owned();
            let group = String::from_utf8_lossy(input.rest()).into_owned();
            if let Some(found) = user(&name, &passwd, &group) {
                assert!(found.additional_gids.len() <= GROUPS_MAX);
                assert!(found.additional_gids.is_sorted());
            }
        }
    }
}

fn reference(text: &str) {
    let _ = EcrRegistry::of_host(text);
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string(), text);
    }
    let Ok(reference) = text.parse::<Reference>() else {
        return;
    };
    let whole = reference.to_string();
    assert_eq!(
        whole.parse::<Reference>().as_ref(),
        Ok(&reference),
        "{text}"
    );
    // Its parts become parts of a URL and of file names.
    for part in [reference.registry(), reference.repository()] {
        let harmless = part
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'%' | b'@'));
        assert!(harmless && !part.is_empty(), "{text}");
        assert!(
            part.split('/')
                .all(|part| !part.is_empty() && part != "." && part != "..")
        );
    }
}
