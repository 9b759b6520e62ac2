//! Tags, between the API's lists and the records' maps.

use std::collections::BTreeMap;

use aws_api::ecs::Tag;

use crate::error::{Failure, invalid};

/// The AWS quota for tags of one resource.
const TAGS_MAX: usize = 50;

/// The tags as a map; `aws:` is AWS's own prefix.
pub(super) fn to_map(tags: Option<Vec<Tag>>) -> Result<BTreeMap<String, String>, Failure> {
    let tags = tags.unwrap_or_default();
    if tags.len() > TAGS_MAX {
        return Err(invalid(format!("A resource has at most {TAGS_MAX} tags.")));
    }
    let mut map = BTreeMap::new();
    for tag in tags {
        let key = tag.key.unwrap_or_default();
        if key.is_empty() {
            return Err(invalid("Tag key can not be blank."));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys that begin with 'aws:' are reserved."));
        }
        if map
            .insert(key.clone(), tag.value.unwrap_or_default())
            .is_some()
        {
            return Err(invalid(format!("Duplicate tag keys found: '{key}'.")));
        }
    }
    Ok(map)
}

/// The tags as a list, in the order of their keys.
pub(super) fn to_list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}
