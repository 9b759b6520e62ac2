//! Tags of what there is.

use records::ecs::Cluster;
use serde_json::{Value, json};

use crate::{House, house};

const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster/a";

async fn tags(house: &House, arn: &str) -> Value {
    let input = json!({"resourceArn": arn});
    house.call("ListTagsForResource", input).await["tags"].clone()
}

#[tokio::test]
async fn resources_are_tagged_and_untagged() {
    let house = house();
    house
        .call("CreateCluster", json!({"clusterName": "a"}))
        .await;
    let definition = house.register("web").await;
    for arn in [CLUSTER, &definition] {
        assert_eq!(tags(&house, arn).await, json!([]));
        let one = json!([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]);
        house
            .call("TagResource", json!({"resourceArn": arn, "tags": one}))
            .await;
        let two = json!([{"key": "b", "value": "3"}, {"key": "c"}]);
        house
            .call("TagResource", json!({"resourceArn": arn, "tags": two}))
            .await;
        assert_eq!(
            tags(&house, arn).await,
            json!([{"key": "a", "value": "1"}, {"key": "b", "value": "3"},
                   {"key": "c", "value": ""}]),
            "those that are not named stay"
        );
        let input = json!({"resourceArn": arn, "tagKeys": ["a", "c", "never"]});
        house.call("UntagResource", input).await;
        assert_eq!(tags(&house, arn).await, json!([{"key": "b", "value": "3"}]));
    }
    let input = json!({"taskDefinition": "web", "include": ["TAGS"]});
    let shown = house.call("DescribeTaskDefinition", input).await;
    assert_eq!(shown["tags"], json!([{"key": "b", "value": "3"}]));
}

#[tokio::test]
async fn a_task_is_tagged() {
    let house = house();
    let text = include_str!("../../../records/tests/golden/ecs-task.json");
    let mut stored: Value = serde_json::from_str(text).unwrap();
    stored["data"]["tags"] = json!({});
    let task: records::ecs::Task = serde_json::from_value(stored["data"].clone()).unwrap();
    let mut transaction = house.records.transaction();
    transaction.create(&task.own_key(), &task).unwrap();
    transaction.commit().await.unwrap();
    let arn = task.arn().to_string();
    let new = json!([{"key": "a", "value": "1"}]);
    house
        .call("TagResource", json!({"resourceArn": arn, "tags": new}))
        .await;
    assert_eq!(tags(&house, &arn).await, new);
    let short = arn.replace(&format!("{}/", task.cluster), "");
    let input = json!({"resourceArn": short, "tags": new});
    let (code, message) = house.refused("TagResource", input).await;
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(
        message,
        "Long arn format must be used for tagging operations"
    );
}

#[tokio::test]
async fn what_cannot_be_tagged() {
    let house = house();
    house
        .call("CreateCluster", json!({"clusterName": "a"}))
        .await;
    house
        .call("CreateCluster", json!({"clusterName": "gone"}))
        .await;
    house
        .call("DeleteCluster", json!({"cluster": "gone"}))
        .await;
    let tag = json!([{"key": "a", "value": "1"}]);
    let arn = |resource: &str| format!("arn:aws:ecs:us-east-1:123456789012:{resource}");
    for (resource, code, part) in [
        (
            arn("cluster/none"),
            "ClusterNotFoundException",
            "Cluster not found.",
        ),
        (
            arn("cluster/gone"),
            "InvalidParameterException",
            "The specified cluster is inactive. Specify an active cluster and try again.",
        ),
        (
            arn("task-definition/web:1"),
            "ResourceNotFoundException",
            "could not be found",
        ),
        (
            arn("task-definition/web"),
            "InvalidParameterException",
            "Invalid resourceArn",
        ),
        (
            arn("task/a/0123"),
            "ResourceNotFoundException",
            "could not be found",
        ),
        (
            arn("moon/a"),
            "InvalidParameterException",
            "Invalid resourceArn",
        ),
        (arn("service/a/b"), "NotSupported", "tags of a service"),
        (
            "a".to_owned(),
            "InvalidParameterException",
            "Invalid resourceArn",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:cluster/a".to_owned(),
            "InvalidParameterException",
            "Identifier is for eu-west-1. Your region is us-east-1",
        ),
        (
            "arn:aws:ecs:us-east-1:210987654321:cluster/a".to_owned(),
            "InvalidParameterException",
            "Invalid resourceArn",
        ),
        (
            "arn:aws:ecr:us-east-1:123456789012:repository/a".to_owned(),
            "InvalidParameterException",
            "Invalid resourceArn",
        ),
    ] {
        let input = json!({"resourceArn": resource, "tags": tag});
        let (got, message) = house.refused("TagResource", input).await;
        assert_eq!(got, code, "{resource}: {message}");
        assert!(message.contains(part), "{resource}: {message}");
    }
    let missing = json!({"resourceArn": arn("task-definition/web:1")});
    let (code, _) = house.refused("ListTagsForResource", missing).await;
    assert_eq!(
        code, "InvalidParameterException",
        "the only one that it declares"
    );
    for tags in [
        json!([]),
        json!([{"key": "aws:a", "value": ""}]),
        json!([{"key": "a", "value": "AWS:b"}]),
        json!([{"key": "a", "value": ""}, {"key": "a", "value": ""}]),
        json!(
            (0..51)
                .map(|n| json!({"key": n.to_string()}))
                .collect::<Vec<_>>()
        ),
    ] {
        let input = json!({"resourceArn": CLUSTER, "tags": tags});
        let (code, _) = house.refused("TagResource", input).await;
        assert_eq!(code, "InvalidParameterException");
    }
    let thirty = |from: usize| -> Value {
        (from..from + 30)
            .map(|n| json!({"key": n.to_string(), "value": ""}))
            .collect()
    };
    house
        .call(
            "TagResource",
            json!({"resourceArn": CLUSTER, "tags": thirty(0)}),
        )
        .await;
    let more = json!({"resourceArn": CLUSTER, "tags": thirty(100)});
    let (code, _) = house.refused("TagResource", more).await;
    assert_eq!(code, "InvalidParameterException", "60 together");
    assert_eq!(tags(&house, CLUSTER).await.as_array().unwrap().len(), 30);
    for keys in [json!([]), json!(["aws:a"])] {
        let input = json!({"resourceArn": CLUSTER, "tagKeys": keys});
        let (code, _) = house.refused("UntagResource", input).await;
        assert_eq!(code, "InvalidParameterException");
    }
}

/// The account setting `tagResourceAuthorization`.
#[tokio::test]
async fn tags_at_creation_need_an_authority_of_their_own() {
    let house = house();
    let denied = "ecs:TagResource".to_owned();
    house.authoriser.0.lock().unwrap().push(denied);
    let tags = json!([{"key": "a", "value": "1"}]);
    let cluster = json!({"clusterName": "a", "tags": tags});
    let (code, message) = house.refused("CreateCluster", cluster.clone()).await;
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("ecs:TagResource"), "{message}");
    let key = Cluster::key(&house.account, &house.region, "a");
    assert!(house.records.get(&key).unwrap().is_none());
    let definition = json!({"family": "web", "tags": tags, "containerDefinitions": [
        {"name": "app", "image": "hello:1", "memory": 64}]});
    let (code, _) = house
        .refused("RegisterTaskDefinition", definition.clone())
        .await;
    assert_eq!(code, "AccessDenied");
    house
        .call("CreateCluster", json!({"clusterName": "bare"}))
        .await;
    house.register("plain").await;
    let task = json!({"cluster": "bare", "taskDefinition": "plain", "tags": tags});
    let (code, message) = house.refused("RunTask", task.clone()).await;
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("task/bare/*"), "{message}");
    let off = json!({"name": "tagResourceAuthorization", "value": "off"});
    house.call("PutAccountSettingDefault", off).await;
    house.call("CreateCluster", cluster).await;
    house.call("RegisterTaskDefinition", definition).await;
    let (_, message) = house.refused("RunTask", task).await;
    assert!(
        message.contains("No Container Instances"),
        "it got further: {message}"
    );
}
