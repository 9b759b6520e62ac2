//! Tags of groups, by either family of operations.

use super::*;

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:g";

fn pairs(keys: &[&str]) -> Option<BTreeMap<String, String>> {
    let pair = |key: &&str| ((*key).to_owned(), format!("{key} value"));
    Some(keys.iter().map(pair).collect())
}

impl Stand {
    async fn tag(&self, arn: &str, keys: &[&str]) -> Result<(), Error> {
        let input = model::TagResourceRequest {
            resource_arn: text(arn),
            tags: pairs(keys),
        };
        let caller = caller("TagResource");
        self.logs.tag_resource(&caller, input).await.map(|_| ())
    }

    async fn tags(&self) -> Option<BTreeMap<String, String>> {
        let input = model::ListTagsForResourceRequest {
            resource_arn: text(ARN),
        };
        let asking = caller("ListTagsForResource");
        let listed = self.logs.list_tags_for_resource(&asking, input);
        let listed = listed.await.unwrap().tags;
        let input = model::ListTagsLogGroupRequest {
            log_group_name: text("g"),
        };
        let older = self.logs.list_tags_log_group(&asking, input);
        assert_eq!(older.await.unwrap().tags, listed);
        listed
    }
}

#[tokio::test]
async fn tags_are_put_replaced_and_taken_away() {
    let stand = stand();
    stand.group("g").await;
    assert_eq!(stand.tags().await, pairs(&[]));
    stand.tag(ARN, &["a", "b"]).await.unwrap();
    let input = model::TagLogGroupRequest {
        log_group_name: text("g"),
        tags: Some(BTreeMap::from([
            ("b".to_owned(), "b value".to_owned()),
            ("c".to_owned(), "c value".to_owned()),
        ])),
    };
    let asking = caller("TagLogGroup");
    let tagged = stand.logs.tag_log_group(&asking, input);
    tagged.await.unwrap();
    assert_eq!(stand.tags().await, pairs(&["a", "b", "c"]));
    let input = model::UntagResourceRequest {
        resource_arn: text(ARN),
        tag_keys: Some(vec!["a".into(), "none".into()]),
    };
    let asking = caller("UntagResource");
    let untagged = stand.logs.untag_resource(&asking, input);
    untagged.await.unwrap();
    assert_eq!(stand.tags().await, pairs(&["b", "c"]));
    let input = model::UntagLogGroupRequest {
        log_group_name: text("g"),
        tags: Some(vec!["c".into()]),
    };
    let asking = caller("UntagLogGroup");
    let untagged = stand.logs.untag_log_group(&asking, input);
    untagged.await.unwrap();
    assert_eq!(stand.tags().await, pairs(&["b"]));
}

#[tokio::test]
async fn what_cannot_be_tagged_is_refused() {
    let stand = stand();
    stand.group("g").await;
    let keys: Vec<String> = (0..51).map(|number| format!("k{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    stand.tag(ARN, &keys[..50]).await.unwrap();
    let error = stand.tag(ARN, &keys[50..]).await.unwrap_err();
    assert_eq!(error.code(), "TooManyTagsException");
    assert_eq!(stand.tags().await.unwrap().len(), 50);
    let error = stand.tag(ARN, &["aws:mine"]).await.unwrap_err();
    assert_eq!(error.message(), sentences::TAG_KEY_RESERVED);
    for (arn, code) in [
        ("g", "InvalidParameterException"),
        (
            "arn:aws:logs:us-east-1:123456789012:log-group:h",
            "ResourceNotFoundException",
        ),
        (
            "arn:aws:logs:us-east-1:123456789012:destination:g",
            "ResourceNotFoundException",
        ),
        (
            "arn:aws:logs:eu-west-1:123456789012:log-group:g",
            "ResourceNotFoundException",
        ),
    ] {
        assert_eq!(
            stand.tag(arn, &["a"]).await.unwrap_err().code(),
            code,
            "{arn}"
        );
    }
    let secret = "arn:aws:logs:us-east-1:123456789012:log-group:secret";
    let error = stand.tag(secret, &["a"]).await.unwrap_err();
    assert!(matches!(error, Error::Common(Common::AccessDenied(_))));
}
