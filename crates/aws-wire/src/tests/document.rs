//! Shapes inside serde records.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::shapes::{Everything, Inner, everything};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    #[serde(with = "crate::document")]
    whole: Everything,
    #[serde(with = "crate::document::option", default)]
    maybe: Option<Inner>,
    #[serde(with = "crate::document::list", default)]
    many: Vec<Inner>,
}

/// Serde buffers what stands inside of tagged enumerations; the adapter must bear that too.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One(Record),
}

proptest! {
    #[test]
    fn any_shape_comes_back(whole in everything(), maybe in any::<bool>()) {
        let record = Record {
            maybe: maybe.then(|| whole.inner.clone()).flatten(),
            many: whole.things.clone().unwrap_or_default(),
            whole,
        };
        let text = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Record>(&text).unwrap(), &record);
        let tagged = Tagged::One(record);
        let value = serde_json::to_value(&tagged).unwrap();
        prop_assert_eq!(serde_json::from_value::<Tagged>(value).unwrap(), tagged);
    }
}

#[test]
fn the_stored_form_is_the_wire_form() {
    let record = Record {
        whole: Everything {
            small: Some(1),
            ..Everything::default()
        },
        maybe: None,
        many: vec![Inner::default()],
    };
    let text = r#"{"whole":{"small":1},"maybe":null,"many":[{}]}"#;
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
    assert!(serde_json::from_str::<Record>(r#"{"whole":{"small":"x"}}"#).is_err());
    assert!(serde_json::from_str::<Record>(r#"{"whole":[]}"#).is_err());
}
