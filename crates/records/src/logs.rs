//! Log groups and log streams. Their events are no records: crate `logs` keeps them in segments,
//! in folders that bear the ids given here.

use std::collections::BTreeMap;

use ambient::Timestamp;
use aws_core::{AccountId, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Random, of this group alone: a later group of the same name has another.
    pub id: u64,
    /// Letters, digits and `_-/.#`, at most 512.
    pub name: String,
    /// What can be done with its events.
    pub class: LogGroupClass,
    /// When it was made.
    pub created_at: Timestamp,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// How long events are kept, in days; `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
    /// Somebody asked to delete it: nobody sees it any more, and its streams are going. It is the
    /// last of its records to go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleting: bool,
}

/// Events that are to be removed from disk: written together with the deletion of their record,
/// and deleted when they are gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRemoval {
    /// The group's id.
    pub group: u64,
    /// One stream's id; `None`: all of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<u64>,
}

/// What can be done with the events of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogGroupClass {
    /// All of it.
    Standard,
}

/// A log stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStream {
    /// Random, never 0, of this stream alone: a later stream of the same name has another.
    pub id: u64,
    /// The name of its group.
    pub group: String,
    /// Any characters but `:` and `*`, at most 512.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The node that made it, which alone of all nodes may write to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

impl Record for LogGroup {
    const FORMAT: u32 = 1;
}

impl Record for LogStream {
    const FORMAT: u32 = 1;
}

impl Record for LogRemoval {
    const FORMAT: u32 = 1;
}

impl LogRemoval {
    /// Where it is.
    #[must_use]
    pub fn key(&self) -> Key<Self> {
        let stream = self
            .stream
            .map_or_else(|| "all".to_owned(), |id| format!("{id:016x}"));
        Self::prefix().key(&format!("{:016x}-{stream}", self.group))
    }

    /// All that is to be removed.
    #[must_use]
    pub fn prefix() -> Prefix<Self> {
        Prefix::new(&["logs", "removal"])
    }
}

impl LogGroup {
    /// Where the group of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, name: &str) -> Key<Self> {
        Self::prefix(account, region).key(&key_part(name))
    }

    /// All of a region, in the order of their names' bytes.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region) -> Prefix<Self> {
        Prefix::new(&["logs", "group", account.as_str(), region.as_str()])
    }

    /// All of every account and region.
    #[must_use]
    pub fn everywhere() -> Prefix<Self> {
        Prefix::new(&["logs", "group"])
    }

    /// The account and region of a group, from its key.
    #[must_use]
    pub fn place(key: &[u8]) -> Option<(AccountId, Region)> {
        let mut parts = std::str::from_utf8(key).ok()?.split('/').skip(2);
        let account = parts.next()?.parse().ok()?;
        Some((account, parts.next()?.parse().ok()?))
    }
}

impl LogStream {
    /// Where the stream of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, group: &str, name: &str) -> Key<Self> {
        Self::prefix(account, region, group).key(&key_part(name))
    }

    /// All of a group, in the order of their names' bytes.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region, group: &str) -> Prefix<Self> {
        Prefix::new(&[
            "logs",
            "stream",
            account.as_str(),
            region.as_str(),
            &key_part(group),
        ])
    }
}

/// A name as a part of a key, which may hold no `/`. Keys sort as the names do, and a name that
/// begins with another has a key that begins with the other's.
fn key_part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '.' => part.push_str(".0"),
            '/' => part.push_str(".1"),
            other => part.push(other),
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_are_as_the_names(one in "[-./0a]{0,4}", other in "[-./0a]{0,4}") {
            let (a, b) = (key_part(&one), key_part(&other));
            prop_assert!(!a.contains('/'));
            prop_assert_eq!(a.cmp(&b), one.cmp(&other));
            prop_assert_eq!(a.starts_with(&b), one.starts_with(&other));
        }
    }

    /// What is on disk: a change here needs a new format.
    #[test]
    fn stored_forms_stay() {
        let group = LogGroup {
            id: 7,
            name: "/ecs/web".into(),
            class: LogGroupClass::Standard,
            created_at: Timestamp::from_millis(1),
            tags: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
            retention_days: None,
            deleting: false,
        };
        assert_eq!(
            serde_json::to_string(&group).unwrap(),
            r#"{"id":7,"name":"/ecs/web","class":"Standard","created_at":1,"tags":{"k":"v"}}"#
        );
        let stream = LogStream {
            id: 8,
            group: "/ecs/web".into(),
            name: "web/app/1".into(),
            created_at: Timestamp::from_millis(2),
            node: None,
        };
        assert_eq!(
            serde_json::to_string(&stream).unwrap(),
            r#"{"id":8,"group":"/ecs/web","name":"web/app/1","created_at":2}"#
        );
        let account = "123456789012".parse().unwrap();
        let region = "us-east-1".parse().unwrap();
        let key = LogStream::key(&account, &region, &stream.group, &stream.name);
        assert_eq!(
            key.bytes().as_ref(),
            b"logs/stream/123456789012/us-east-1/.1ecs.1web/web.1app.11"
        );
        let key = LogGroup::key(&account, &region, &group.name);
        assert_eq!(LogGroup::place(key.bytes()), Some((account, region)));
    }
}
