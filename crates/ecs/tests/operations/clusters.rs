//! Clusters.

use std::sync::Arc;

use aws_core::{Arn, Authoriser, Caller, Decision, Principal};
use serde_json::json;

use crate::house;

/// As `iam::FirstPrincipals` for root: all, but nothing of another account.
struct OwnAccount;

impl Authoriser for OwnAccount {
    fn authorise(&self, principal: &Principal, _: &str, resource: Option<&Arn>) -> Decision {
        match resource {
            Some(arn) if arn.account != principal.account().as_str() => Decision::Deny,
            _ => Decision::Allow,
        }
    }
}

#[tokio::test]
async fn a_description_shows_what_was_asked_for() {
    let house = house();
    let tags = json!([{"key": "team", "value": "web"}]);
    let made = house
        .call("CreateCluster", json!({"clusterName": "a", "tags": tags}))
        .await;
    assert_eq!(made["cluster"]["tags"], tags);
    let settings = json!([{"name": "containerInsights", "value": "disabled"}]);
    assert_eq!(made["cluster"]["settings"], settings);
    let described = async |include: serde_json::Value| {
        let input = json!({"clusters": ["a"], "include": include});
        house.call("DescribeClusters", input).await["clusters"][0].clone()
    };
    let plain = described(json!([])).await;
    for hidden in ["tags", "settings", "statistics"] {
        assert_eq!(plain[hidden], json!([]), "{hidden}");
    }
    assert_eq!(plain.get("attachments"), None);
    assert_eq!(described(json!(["TAGS"])).await["tags"], tags);
    assert_eq!(described(json!(["SETTINGS"])).await["settings"], settings);
    assert_eq!(
        described(json!(["ATTACHMENTS"])).await["attachments"],
        json!([])
    );
    let statistics = described(json!(["STATISTICS"])).await["statistics"].clone();
    assert_eq!(
        statistics[1],
        json!({"name": "runningFargateTasksCount", "value": "0"})
    );
}

#[tokio::test]
async fn a_cluster_is_updated_to_what_is_supported() {
    let house = house();
    house
        .call("CreateCluster", json!({"clusterName": "a"}))
        .await;
    let settings = json!([{"name": "containerInsights", "value": "disabled"}]);
    for operation in ["UpdateCluster", "UpdateClusterSettings"] {
        let input = json!({"cluster": "a", "settings": settings});
        let updated = house.call(operation, input).await;
        assert_eq!(updated["cluster"]["settings"], settings);
        let input = json!({"cluster": "none", "settings": settings});
        assert_eq!(
            house.refused(operation, input).await,
            (
                "ClusterNotFoundException".to_owned(),
                "Cluster not found.".to_owned()
            )
        );
        let input = json!({"cluster": "a", "settings": [{"name": "speed", "value": "disabled"}]});
        let (code, message) = house.refused(operation, input).await;
        assert_eq!(code, "InvalidParameterException");
        assert!(message.contains("speed"), "{message}");
    }
    let empty = json!({"cluster": "a", "settings": []});
    assert_eq!(
        house.refused("UpdateClusterSettings", empty).await.0,
        "InvalidParameterException"
    );
}

#[tokio::test]
async fn a_deleted_cluster_is_shown_but_neither_listed_nor_changed() {
    let house = house();
    for name in ["a", "b"] {
        house
            .call("CreateCluster", json!({"clusterName": name}))
            .await;
    }
    let deleted = house.call("DeleteCluster", json!({"cluster": "a"})).await;
    assert_eq!(deleted["cluster"]["status"], "INACTIVE");
    let shown = house
        .call("DescribeClusters", json!({"clusters": ["a", "c"]}))
        .await;
    assert_eq!(shown["clusters"][0]["status"], "INACTIVE");
    assert_eq!(shown["failures"][0]["reason"], "MISSING");
    let elsewhere = [
        "arn:aws:ecs:us-east-1:111111111111:cluster/b",
        "arn:aws:ecs:eu-west-1:123456789012:cluster/b",
    ];
    let asked = json!({"clusters": [elsewhere[0], "b", elsewhere[1]]});
    let caller = Caller {
        authoriser: Arc::new(OwnAccount),
        ..house.root("DescribeClusters")
    };
    let shown = house.call_as(caller, asked).await.unwrap();
    assert_eq!(shown["clusters"].as_array().unwrap().len(), 1);
    assert_eq!(
        shown["failures"],
        json!(elsewhere.map(|arn| json!({"arn": arn, "reason": "MISSING"})))
    );
    let listed = house.call("ListClusters", json!({})).await;
    assert_eq!(listed["clusterArns"].as_array().unwrap().len(), 1);
    assert_eq!(
        house
            .refused("UpdateCluster", json!({"cluster": "a"}))
            .await
            .0,
        "ClusterNotFoundException"
    );
}
