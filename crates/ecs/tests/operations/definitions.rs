//! The life of task definitions, and their lists.

use records::ecs::TaskDefinition;
use serde_json::{Value, json};
use store::{Op, Txn};

use crate::house;

#[tokio::test]
async fn a_definition_is_registered_deregistered_and_deleted() {
    let house = house();
    let first = house.register("web").await;
    let second = house.register("web").await;
    let status = async |arn: &str| {
        let input = json!({"taskDefinition": arn});
        let shown = house.call("DescribeTaskDefinition", input).await["taskDefinition"].clone();
        (shown["status"].clone(), shown)
    };
    let (before, _) = status(&second).await;
    assert_eq!(before, "ACTIVE");
    let early = house
        .call(
            "DeleteTaskDefinitions",
            json!({"taskDefinitions": [second]}),
        )
        .await;
    assert_eq!(early["taskDefinitions"], json!([]));
    assert_eq!(
        early["failures"],
        json!([{"arn": second, "reason": "The specified task definition is still in ACTIVE status. Please deregister the target and try again."}])
    );

    let deregister = json!({"taskDefinition": "web:2"});
    let gone = house
        .call("DeregisterTaskDefinition", deregister.clone())
        .await;
    assert_eq!(gone["taskDefinition"]["status"], "INACTIVE");
    let when = gone["taskDefinition"]["deregisteredAt"].clone();
    assert!(when.is_number(), "{when}");
    let again = house.call("DeregisterTaskDefinition", deregister).await;
    assert_eq!(again["taskDefinition"]["deregisteredAt"], when, "once");
    assert_eq!(status(&second).await.0, "INACTIVE", "it can still be seen");
    assert_eq!(
        status("web").await.1["taskDefinitionArn"],
        first.as_str(),
        "the newest active one is meant by the family"
    );

    let input = json!({"taskDefinitions": [second, "web:9", "web", "a b:1"]});
    let deleted = house.call("DeleteTaskDefinitions", input).await;
    assert_eq!(
        deleted["taskDefinitions"][0]["status"],
        "DELETE_IN_PROGRESS"
    );
    assert!(deleted["taskDefinitions"][0]["deleteRequestedAt"].is_number());
    let unknown = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.";
    assert_eq!(
        deleted["failures"],
        json!([
            {"arn": "web:9", "reason": "The specified task definition does not exist. Specify a valid account, family, revision and try again."},
            {"arn": "web", "reason": unknown},
            {"arn": "a b:1", "reason": unknown},
        ])
    );
    assert_eq!(status(&second).await.0, "DELETE_IN_PROGRESS");
    assert_eq!(
        house.register("web").await,
        second.replace("web:2", "web:3"),
        "numbers go on"
    );
}

/// A family keeps its inactive revisions for ever; who asks for the active one must not pay for them
/// each time. What cannot be read any more tells whether it was looked at.
#[tokio::test]
async fn the_newest_active_revision_is_found_without_looking_at_all_that_are_over_again() {
    let house = house();
    let first = house.register("web").await;
    for revision in [2, 3] {
        house.register("web").await;
        let input = json!({"taskDefinition": format!("web:{revision}")});
        house.call("DeregisterTaskDefinition", input).await;
    }
    let newest = async || {
        let input = json!({"taskDefinition": "web"});
        let shown = house.call("DescribeTaskDefinition", input).await;
        shown["taskDefinition"]["taskDefinitionArn"].clone()
    };
    assert_eq!(newest().await, first.as_str());
    let garbage = [2, 3].map(|revision| {
        let key = TaskDefinition::key(&house.account, &house.region, "web", revision);
        Op::Put {
            key: key.bytes().clone(),
            value: "{".into(),
            lease: None,
        }
    });
    let txn = Txn {
        then: garbage.into(),
        ..Txn::default()
    };
    house.records.store().txn(txn).await.unwrap();
    assert_eq!(newest().await, first.as_str());
    let fourth = house.register("web").await;
    assert_eq!(newest().await, fourth.as_str());
    for (revision, left) in [("web:4", Some(&first)), ("web:1", None)] {
        let input = json!({"taskDefinition": revision});
        house.call("DeregisterTaskDefinition", input).await;
        if let Some(left) = left {
            assert_eq!(newest().await, left.as_str());
        }
    }
    let input = json!({"taskDefinition": "web"});
    let (code, _) = house.refused("DescribeTaskDefinition", input).await;
    assert_eq!(code, "ClientException", "none is active");
}

#[tokio::test]
async fn what_cannot_be_deregistered_or_deleted() {
    let house = house();
    house.register("web").await;
    for (reference, code, part) in [
        (
            "web:2",
            "ClientException",
            "The specified task definition does not exist.",
        ),
        (
            "none:1",
            "ClientException",
            "The specified task definition does not exist.",
        ),
        (
            "web",
            "InvalidParameterException",
            "A revision must be specified",
        ),
        ("", "ClientException", "TaskDefinition can not be blank."),
        (
            "a b:1",
            "InvalidParameterException",
            "Invalid task definition reference",
        ),
    ] {
        let input = json!({"taskDefinition": reference});
        let (got, message) = house.refused("DeregisterTaskDefinition", input).await;
        assert_eq!(got, code, "{reference}: {message}");
        assert!(message.contains(part), "{message}");
    }
    let many: Vec<String> = (1..=11).map(|revision| format!("web:{revision}")).collect();
    for list in [json!([]), json!(many)] {
        let input = json!({"taskDefinitions": list});
        house.refused("DeleteTaskDefinitions", input).await;
    }
    house.authoriser.0.lock().unwrap().extend([
        "ecs:DeregisterTaskDefinition".to_owned(),
        "ecs:DeleteTaskDefinitions".to_owned(),
    ]);
    let input = json!({"taskDefinition": "web:1"});
    let (code, _) = house.refused("DeregisterTaskDefinition", input).await;
    assert_eq!(code, "AccessDenied");
    let input = json!({"taskDefinitions": ["web:1"]});
    let (code, _) = house.refused("DeleteTaskDefinitions", input).await;
    assert_eq!(code, "AccessDenied");
}

/// ecs-behaviour: RunTask refuses INACTIVE task definitions.
#[tokio::test]
async fn no_task_is_run_of_an_inactive_definition() {
    let house = house();
    house.call("CreateCluster", json!({})).await;
    house.register("web").await;
    let input = json!({"taskDefinition": "web:1"});
    house.call("DeregisterTaskDefinition", input).await;
    let run = json!({"taskDefinition": "web:1", "launchType": "FARGATE"});
    let inactive = (
        "ClientException".to_owned(),
        "TaskDefinition is inactive".to_owned(),
    );
    assert_eq!(house.refused("RunTask", run.clone()).await, inactive);
    let input = json!({"taskDefinitions": ["web:1"]});
    house.call("DeleteTaskDefinitions", input).await;
    assert_eq!(house.refused("RunTask", run).await, inactive);
}

fn numbers(pages: &[Vec<String>]) -> Vec<Vec<&str>> {
    pages
        .iter()
        .map(|page| {
            page.iter()
                .map(|arn| arn.rsplit('/').next().unwrap())
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn definitions_are_listed_in_order_page_by_page() {
    let house = house();
    // "web-b" is before "web" as a key, and after it as a name.
    for family in ["web-b", "api", "web", "api", "web", "web"] {
        house.register(family).await;
    }
    let list = async |input: Value| {
        house
            .pages("ListTaskDefinitions", "taskDefinitionArns", input)
            .await
    };
    let all = ["api:1", "api:2", "web:1", "web:2", "web:3", "web-b:1"];
    assert_eq!(numbers(&list(json!({})).await), [all.to_vec()]);
    let by_two = list(json!({"maxResults": 2})).await;
    assert_eq!(
        numbers(&by_two),
        [all[..2].to_vec(), all[2..4].to_vec(), all[4..].to_vec()],
        "and no page more than needed"
    );
    let mut backwards = all;
    backwards.reverse();
    let four = list(json!({"sort": "DESC", "maxResults": 4})).await;
    assert_eq!(
        numbers(&four),
        [backwards[..4].to_vec(), backwards[4..].to_vec()]
    );
    let family = list(json!({"familyPrefix": "web", "maxResults": 2})).await;
    assert_eq!(
        numbers(&family),
        [vec!["web:1", "web:2"], vec!["web:3"]],
        "the whole name is meant"
    );
    assert_eq!(
        list(json!({"familyPrefix": "we"})).await,
        [Vec::<String>::new()]
    );

    house
        .call(
            "DeregisterTaskDefinition",
            json!({"taskDefinition": "web:2"}),
        )
        .await;
    house
        .call(
            "DeregisterTaskDefinition",
            json!({"taskDefinition": "api:1"}),
        )
        .await;
    house
        .call(
            "DeleteTaskDefinitions",
            json!({"taskDefinitions": ["api:1"]}),
        )
        .await;
    let of = async |status: &str| {
        let pages = list(json!({"status": status, "maxResults": 1})).await;
        pages.concat().join(" ")
    };
    let arn = |name: &str| format!("arn:aws:ecs:us-east-1:123456789012:task-definition/{name}");
    assert_eq!(of("INACTIVE").await, arn("web:2"));
    assert_eq!(of("DELETE_IN_PROGRESS").await, arn("api:1"));
    assert_eq!(of("ACTIVE").await.split(' ').count(), 4);
}

#[tokio::test]
async fn a_list_refuses_what_is_wrong() {
    let house = house();
    house.register("web").await;
    house.register("web").await;
    for input in [
        json!({"status": "NEW"}),
        json!({"sort": "RANDOM"}),
        json!({"maxResults": 0}),
        json!({"maxResults": 101}),
        json!({"familyPrefix": "a b"}),
        json!({"nextToken": "x"}),
    ] {
        let (code, _) = house.refused("ListTaskDefinitions", input).await;
        assert_eq!(code, "InvalidParameterException");
    }
    let page = house
        .call("ListTaskDefinitions", json!({"maxResults": 1}))
        .await;
    let other = json!({"nextToken": page["nextToken"], "sort": "DESC"});
    let (code, _) = house.refused("ListTaskDefinitions", other).await;
    assert_eq!(code, "InvalidParameterException", "a token of another list");
}

#[tokio::test]
async fn families_are_listed_by_what_is_in_them() {
    let house = house();
    for family in ["api", "web", "web-b", "old", "old"] {
        house.register(family).await;
    }
    for reference in ["old:1", "old:2", "web:1"] {
        let input = json!({"taskDefinition": reference});
        house.call("DeregisterTaskDefinition", input).await;
    }
    house.register("web").await;
    let list = async |input: Value| {
        let operation = "ListTaskDefinitionFamilies";
        house.pages(operation, "families", input).await
    };
    assert_eq!(list(json!({})).await, [["api", "old", "web", "web-b"]]);
    assert_eq!(
        list(json!({"status": "ACTIVE"})).await,
        [["api", "web", "web-b"]]
    );
    assert_eq!(list(json!({"status": "INACTIVE"})).await, [["old"]]);
    assert_eq!(
        list(json!({"status": "ALL", "maxResults": 3})).await,
        [vec!["api", "old", "web"], vec!["web-b"]]
    );
    assert_eq!(
        list(json!({"familyPrefix": "web"})).await,
        [["web", "web-b"]],
        "here it is a prefix"
    );
    let (code, _) = house
        .refused("ListTaskDefinitionFamilies", json!({"status": "SOME"}))
        .await;
    assert_eq!(code, "InvalidParameterException");
}

#[tokio::test]
async fn a_list_goes_on_over_many_revisions_that_it_does_not_show() {
    let house = house();
    for _ in 0..205 {
        house.register("web").await;
    }
    for revision in 2..=204 {
        let input = json!({"taskDefinition": format!("web:{revision}")});
        house.call("DeregisterTaskDefinition", input).await;
    }
    let list = async |input: Value| {
        house
            .pages("ListTaskDefinitions", "taskDefinitionArns", input)
            .await
    };
    let up = list(json!({"maxResults": 1})).await;
    assert_eq!(numbers(&up), [["web:1"], ["web:205"]]);
    let down = list(json!({"maxResults": 1, "sort": "DESC"})).await;
    assert_eq!(numbers(&down), [["web:205"], ["web:1"]]);
    let inactive = list(json!({"status": "INACTIVE", "sort": "DESC"})).await;
    assert_eq!(
        inactive.iter().map(Vec::len).collect::<Vec<_>>(),
        [100, 100, 3]
    );
    assert!(inactive[0][0].ends_with(":204") && inactive[2][2].ends_with(":2"));
}
