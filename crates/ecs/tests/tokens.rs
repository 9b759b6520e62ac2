//! Client tokens: the same request twice is one effect.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use std::sync::Arc;
use std::time::Duration;

use aws_api::ecs::Ecs as _;
use aws_core::{Arn, Authoriser, Caller, Decision, Principal};
use house::{House, reasons, tasks};
use serde_json::json;

#[tokio::test]
async fn a_token_is_one_effect_also_when_its_tasks_are_forgotten() {
    let house = House::new().await;
    house.define("web", json!({}), json!({})).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let request = json!({"taskDefinition": "web", "clientToken": "t1", "count": 2});
    // A request that came to nothing is no effect: its token may be used again.
    let away = call!(house, run_task, request.clone()).unwrap();
    assert_eq!(reasons(&away), ["AGENT"]);
    let node = house.connect(&arn).await;
    let first = call!(house, run_task, request.clone()).unwrap();
    let again = call!(house, run_task, request.clone()).unwrap();
    assert_eq!(tasks(&first).len(), 2);
    assert_eq!(tasks(&first), tasks(&again));
    let other = call!(house, run_task, {"taskDefinition": "web", "clientToken": "t1"});
    let conflict = other.unwrap_err();
    assert!(
        conflict.contains("ConflictException") && conflict.contains(tasks(&first)[0]),
        "{conflict}"
    );
    for task in tasks(&first) {
        house
            .report(&node.id, json!({"task": task, "status": "STOPPED"}))
            .await;
    }
    house.clock.pass(Duration::from_secs(3601));
    house.retention.pass().await.unwrap();
    let forgotten = call!(house, run_task, request.clone()).unwrap();
    assert_eq!(reasons(&forgotten), ["MISSING", "MISSING"]);
    assert!(tasks(&forgotten).is_empty());
    house.clock.pass(Duration::from_secs(24 * 3600));
    house.retention.pass().await.unwrap();
    let anew = call!(house, run_task, request).unwrap();
    assert_eq!(tasks(&anew).len(), 2);
}

/// Lets nobody do anything with the definition that it names.
struct AllBut(&'static str);

impl Authoriser for AllBut {
    fn authorise(&self, _: &Principal, _: &str, resource: Option<&Arn>) -> Decision {
        match resource {
            Some(arn) if arn.to_string().contains(self.0) => Decision::Deny,
            _ => Decision::Allow,
        }
    }
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_whatever_has_become_of_its_definition() {
    let house = House::new().await;
    house
        .define("web", json!({"memory": 3000}), json!({}))
        .await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let _node = house.connect(&arn).await;
    let request = json!({"taskDefinition": "web", "clientToken": "t1", "count": 2});
    let first = call!(house, run_task, request.clone()).unwrap();
    assert_eq!(
        (tasks(&first).len(), reasons(&first)),
        (1, vec!["RESOURCE:MEMORY"])
    );
    call!(house, deregister_task_definition, {"taskDefinition": "web:1"}).unwrap();
    let again = call!(house, run_task, request.clone()).unwrap();
    assert_eq!(tasks(&again), tasks(&first));
    assert_eq!(again["failures"], first["failures"]);
    let anew = call!(house, run_task, {"taskDefinition": "web", "clientToken": "t2"});
    assert!(anew.is_err(), "nothing new is started from it: {anew:?}");
    // What may be shown is decided by what was run.
    let denied = Caller {
        authoriser: Arc::new(AllBut("task-definition/web:1")),
        ..house.caller("run_task")
    };
    let refused = house.ecs.run_task(&denied, house::input(request)).await;
    let refused = format!("{:?}", refused.unwrap_err());
    assert!(refused.contains("AccessDenied"), "{refused}");
    for token in ["", "a b", "a\tb", "\u{7f}", "\u{e4}", &"x".repeat(65)] {
        let refused = call!(house, run_task, {"taskDefinition": "web", "clientToken": token});
        assert!(refused.unwrap_err().contains("clientToken"), "{token:?}");
    }
}
