//! Container instances from registration to the end, and what their agents report, over the handlers,
//! the board and a session as a node has it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use std::time::Duration;

use agent_wire::{
    CONTAINER_RUNTIME, ContainerHealth, Frame, Health, InstanceStatus, InstanceStatuses, TaskHealth,
};
use aws_api::ecs::Ecs as _;
use house::{House, amount, node_id, ports, reasons, tasks};
use records::ecs::FARGATE_CLUSTER;
use serde_json::{Value, json};

/// As long as the house's nodes may be out of contact.
const LOST_AFTER: Duration = Duration::from_secs(60);

#[tokio::test]
async fn what_an_agent_registers_is_shown() {
    let house = House::new().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    let arn = house
        .join("a", 2048, 4096, json!({
            "cluster": "other",
            "attributes": [{"name": "ssd"}, {"name": "disk", "value": "big"}],
            "tags": [{"key": "team", "value": "web"}],
            "versionInfo": {"agentVersion": "1.2.3", "agentHash": "abc", "dockerVersion": "crun"},
            "totalResources": [
                {"name": "CPU", "type": "INTEGER", "integerValue": i32::MAX},
                {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
                {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22"]},
                {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
            ],
        }))
        .await;
    assert!(arn.ends_with(&format!("container-instance/other/{}", node_id("a"))));
    let shown = call!(house, describe_container_instances, {
        "cluster": "other", "containerInstances": [arn], "include": ["TAGS"],
    });
    let shown = shown.unwrap()["containerInstances"][0].clone();
    assert_eq!(shown["tags"], json!([{"key": "team", "value": "web"}]));
    assert_eq!(shown["versionInfo"]["agentVersion"], "1.2.3");
    assert_eq!(shown["versionInfo"]["agentHash"], "abc");
    assert_eq!(shown["versionInfo"]["dockerVersion"], "crun");
    let attributes = shown["attributes"].as_array().unwrap();
    assert!(attributes.contains(&json!({"name": "ssd"})));
    assert!(attributes.contains(&json!({"name": "disk", "value": "big"})));
    let registered = &shown["registeredResources"];
    assert_eq!(amount(registered, "MEMORY"), 4096);
    // No machine has that much: what a node says of itself is bounded.
    assert_eq!(amount(registered, "CPU"), 4096 * 1024);
    assert_eq!(ports(registered, "PORTS"), ["22"]);
    assert_eq!(ports(registered, "PORTS_UDP"), ["53"]);
    // It is of one cluster, and no other shows it.
    let elsewhere =
        call!(house, describe_container_instances, {"containerInstances": [node_id("a")]});
    assert_eq!(reasons(&elsewhere.unwrap()), ["MISSING"]);
    let missing = house
        .ecs
        .register_container_instance(
            &house.node_caller(&node_id("b")),
            house::input(json!({"cluster": "nowhere"})),
        )
        .await;
    assert!(
        format!("{missing:?}").contains("Cluster not found."),
        "{missing:?}"
    );
}

#[tokio::test]
async fn an_instance_is_tagged() {
    let house = House::new().await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let tags = json!([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]);
    call!(house, tag_resource, {"resourceArn": arn, "tags": tags}).unwrap();
    call!(house, untag_resource, {"resourceArn": arn, "tagKeys": ["a"]}).unwrap();
    let left = json!([{"key": "b", "value": "2"}]);
    let listed = call!(house, list_tags_for_resource, {"resourceArn": arn}).unwrap();
    assert_eq!(listed["tags"], left);
    assert_eq!(house.instance(&arn).await["tags"], left);
    // Its id alone is not enough: it is of another cluster than that.
    let elsewhere = arn.replace("/default/", "/other/");
    for refused in [
        call!(house, tag_resource, {"resourceArn": elsewhere, "tags": tags}),
        call!(house, list_tags_for_resource, {"resourceArn": elsewhere}),
    ] {
        assert!(refused.unwrap_err().contains("could not be found"));
    }
}

#[tokio::test]
async fn an_instance_is_described() {
    let house = House::new().await;
    house
        .define(
            "web",
            json!({"cpu": 100, "portMappings": [{"containerPort": 80, "hostPort": 8080}]}),
            json!({}),
        )
        .await;
    let arn = house
        .join(
            "a",
            1024,
            1000,
            json!({"tags": [{"key": "k", "value": "v"}]}),
        )
        .await;
    assert_eq!(house.instance(&arn).await["agentConnected"], false);
    let node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let shown = house.instance(&arn).await;
    assert_eq!(shown["agentConnected"], true);
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(
        (&shown["pendingTasksCount"], &shown["runningTasksCount"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(amount(&shown["registeredResources"], "CPU"), 1024);
    assert_eq!(amount(&shown["remainingResources"], "CPU"), 924);
    assert_eq!(amount(&shown["remainingResources"], "MEMORY"), 872);
    assert_eq!(ports(&shown["remainingResources"], "PORTS"), ["8080"]);
    house
        .report(
            &node.id,
            json!({"task": tasks(&ran)[0], "status": "RUNNING"}),
        )
        .await;
    let shown = house.instance(&arn).await;
    assert_eq!(
        (&shown["pendingTasksCount"], &shown["runningTasksCount"]),
        (&json!(0), &json!(1))
    );
    // What is not asked for is not told.
    let bare = call!(house, describe_container_instances, {"containerInstances": [node_id("a"), node_id("b")]}).unwrap();
    assert_eq!(bare["containerInstances"][0]["tags"], json!([]));
    assert!(bare["containerInstances"][0].get("healthStatus").is_none());
    assert_eq!(reasons(&bare), ["MISSING"]);
    assert!(call!(house, describe_container_instances, {"containerInstances": []}).is_err());
    let clusters = call!(house, describe_clusters, {}).unwrap();
    assert_eq!(
        clusters["clusters"][0]["registeredContainerInstancesCount"],
        1
    );
}

#[tokio::test]
async fn an_instance_is_as_well_as_its_agent_says() {
    let house = House::new().await;
    let arn = house.join("a", 1024, 1000, json!({})).await;
    let health = async || {
        let described = call!(house, describe_container_instances, {
            "containerInstances": [arn], "include": ["CONTAINER_INSTANCE_HEALTH"],
        });
        described.unwrap()["containerInstances"][0]["healthStatus"].clone()
    };
    let unknown = json!({"overallStatus": "INSUFFICIENT_DATA", "details": []});
    assert_eq!(health().await, unknown);
    let mut node = house.connect(&arn).await;
    for (status, reason) in [("OK", ""), ("IMPAIRED", "runc is gone")] {
        let said = InstanceStatus {
            r#type: CONTAINER_RUNTIME.into(),
            status: status.into(),
            status_reason: reason.into(),
            last_updated: 30.0,
            last_status_change: 20.0,
        };
        let statuses = vec![said; 100];
        node.say(&Frame::InstanceStatuses(InstanceStatuses { statuses }))
            .await;
        house
            .until("it to be told", || {
                let known = house.sessions.statuses(&node.id);
                known.first().is_some_and(|one| one.status == status)
            })
            .await;
        let shown = health().await;
        assert_eq!(shown["overallStatus"], status);
        assert_eq!(
            shown["details"].as_array().unwrap().len(),
            8,
            "no more are kept"
        );
        let detail = &shown["details"][0];
        assert_eq!(detail["type"], "CONTAINER_RUNTIME");
        assert_eq!(
            (&detail["lastUpdated"], &detail["lastStatusChange"]),
            (&json!(30), &json!(20))
        );
        let told = detail["statusReason"].as_str().unwrap_or_default();
        assert_eq!(told, reason);
    }
    // Nobody knows how one is that is away.
    house.lose(node).await;
    assert_eq!(health().await, unknown);
}

#[tokio::test]
async fn instances_are_listed_by_status_and_filter_in_pages() {
    let house = House::new().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    let mut arns = Vec::new();
    for (id, zone) in [("a", "1"), ("b", "2"), ("c", "1"), ("d", "1")] {
        let attributes = json!([{"name": "zone", "value": zone}]);
        arns.push(
            house
                .join(id, 1000, 1000, json!({"attributes": attributes}))
                .await,
        );
    }
    house
        .join("e", 1000, 1000, json!({"cluster": "other"}))
        .await;
    call!(house, update_container_instances_state, {"containerInstances": [arns[2]], "status": "DRAINING"}).unwrap();
    call!(house, deregister_container_instance, {"containerInstance": arns[3]}).unwrap();
    let list = async |request: Value| {
        call!(house, list_container_instances, request).unwrap()["containerInstanceArns"].clone()
    };
    assert_eq!(list(json!({})).await, json!([arns[0], arns[1], arns[2]]));
    assert_eq!(
        list(json!({"status": "ACTIVE"})).await,
        json!([arns[0], arns[1]])
    );
    assert_eq!(list(json!({"status": "DRAINING"})).await, json!([arns[2]]));
    assert_eq!(
        list(json!({"filter": "attribute:zone == 1"})).await,
        json!([arns[0], arns[2]])
    );
    assert_eq!(
        list(json!({"cluster": "other"}))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let first = call!(house, list_container_instances, {"maxResults": 2}).unwrap();
    let token = first["nextToken"].clone();
    let second =
        call!(house, list_container_instances, {"maxResults": 2, "nextToken": token}).unwrap();
    assert_eq!(second["containerInstanceArns"], json!([arns[2]]));
    assert!(second.get("nextToken").is_none());
    assert!(call!(house, list_container_instances, {"filter": "zone is 1"}).is_err());
    assert!(call!(house, list_container_instances, {"nextToken": "x"}).is_err());
}

#[tokio::test]
async fn a_drained_instance_gets_no_new_task() {
    let house = House::new().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    house.define("web", json!({}), json!({})).await;
    let a = house.join("a", 1024, 4096, json!({})).await;
    let b = house.join("b", 1024, 1024, json!({})).await;
    let (node, _other) = (house.connect(&a).await, house.connect(&b).await);
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(ran["tasks"][0]["containerInstanceArn"], json!(a));
    house
        .report(
            &node.id,
            json!({"task": tasks(&ran)[0], "status": "RUNNING"}),
        )
        .await;
    let drained = call!(house, update_container_instances_state, {
        "cluster": "default", "containerInstances": [a, node_id("f")], "status": "DRAINING",
    })
    .unwrap();
    assert_eq!(drained["containerInstances"][0]["status"], "DRAINING");
    assert_eq!(reasons(&drained), ["MISSING"]);
    let wrong = call!(house, update_container_instances_state, {
        "cluster": "other", "containerInstances": [node_id("a")], "status": "ACTIVE",
    });
    assert_eq!(reasons(&wrong.unwrap()), ["MISSING"]);
    // A standalone task is untouched.
    let task = house.task(tasks(&ran)[0]).await;
    assert_eq!(
        (&task["lastStatus"], &task["desiredStatus"]),
        (&json!("RUNNING"), &json!("RUNNING"))
    );
    let next = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(next["tasks"][0]["containerInstanceArn"], json!(b));
    let named =
        call!(house, start_task, {"taskDefinition": "web", "containerInstances": [a]}).unwrap();
    assert_eq!(reasons(&named), ["DRAINING"]);
    // An agent that comes back does not undo it.
    house.join("a", 1024, 4096, json!({})).await;
    assert_eq!(house.instance(&a).await["status"], "DRAINING");
    call!(house, update_container_instances_state, {"containerInstances": [a], "status": "ACTIVE"})
        .unwrap();
    let back = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(back["tasks"][0]["containerInstanceArn"], json!(a));
    let unknown = call!(house, update_container_instances_state, {"containerInstances": [a], "status": "REGISTERING"});
    assert!(unknown.is_err());
}

#[tokio::test]
async fn a_deregistered_instance_ends_its_tasks() {
    let house = House::new().await;
    house.define("web", json!({}), json!({})).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let mut node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web", "count": 2}).unwrap();
    for task in tasks(&ran) {
        house
            .report(&node.id, json!({"task": task, "status": "RUNNING"}))
            .await;
    }
    node.payload().await;
    let busy = call!(house, deregister_container_instance, {"containerInstance": arn});
    assert!(
        busy.unwrap_err()
            .contains("Found running tasks on the instance.")
    );
    let busy = call!(house, delete_cluster, {"cluster": "default"});
    assert!(
        busy.unwrap_err()
            .contains("Container Instances are active or draining")
    );
    let gone = call!(house, deregister_container_instance, {
        "cluster": "default", "containerInstance": node_id("a"), "force": true,
    });
    assert_eq!(gone.unwrap()["containerInstance"]["status"], "INACTIVE");
    // The node is there and is told to stop them; they are over when it says so.
    let stop = node.payload().await;
    assert!(
        stop.tasks
            .iter()
            .all(|task| task.desired_status == "STOPPED")
    );
    for arn in tasks(&ran) {
        let task = house.task(arn).await;
        assert_eq!(task["desiredStatus"], "STOPPED");
        assert_ne!(task["lastStatus"], "STOPPED");
        house
            .report(&node.id, json!({"task": arn, "status": "STOPPED"}))
            .await;
        let task = house.task(arn).await;
        assert_eq!(
            (&task["lastStatus"], &task["stopCode"]),
            (&json!("STOPPED"), &json!("TerminationNotice"))
        );
    }
    let none = call!(house, run_task, {"taskDefinition": "web"});
    assert!(none.unwrap_err().contains("No Container Instances"));
    let twice = call!(house, deregister_container_instance, {"containerInstance": arn});
    assert!(twice.unwrap_err().contains("not found"));
    assert_eq!(house.instance(&arn).await["status"], "INACTIVE");
    call!(house, delete_cluster, {"cluster": "default"}).unwrap();
}

#[tokio::test]
async fn tasks_of_a_deregistered_instance_that_is_away_are_over_at_once() {
    let house = House::new().await;
    house
        .define("web", json!({}), json!({"networkMode": "awsvpc"}))
        .await;
    let attributes = json!([{"name": "ecs.capability.task-eni"}]);
    let arn = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let node = house.connect(&arn).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let ran =
        call!(house, run_task, {"taskDefinition": "web", "networkConfiguration": network}).unwrap();
    house.lose(node).await;
    call!(house, deregister_container_instance, {"containerInstance": arn, "force": true}).unwrap();
    let task = house.task(tasks(&ran)[0]).await;
    assert_eq!(task["lastStatus"], "STOPPED");
    assert_eq!(
        house.interfaces(),
        (0, 0),
        "whoever deregistered it has said that it is gone"
    );
}

#[tokio::test]
async fn when_a_deregistered_instance_went_is_forgotten() {
    let house = House::new().await;
    let stays = house.join("a", 1024, 4096, json!({})).await;
    let goes = house.join("b", 1024, 4096, json!({})).await;
    for arn in [&stays, &goes] {
        let node = house.connect(arn).await;
        house.clock.pass(Duration::from_secs(1));
        house.lose(node).await;
    }
    let went = |arn: &str| {
        let id = arn.rsplit('/').next().unwrap();
        house.sessions.away_since(id).unwrap()
    };
    assert!(went(&goes) > went(&stays) && went(&stays) > Duration::ZERO);
    call!(house, deregister_container_instance, {"containerInstance": goes}).unwrap();
    house.contact.pass().await.unwrap();
    assert_eq!(went(&goes), Duration::ZERO, "as if it had never come");
    assert!(went(&stays) > Duration::ZERO, "it is missed");
}

#[tokio::test]
async fn an_agent_that_comes_back_stays_deregistered() {
    let house = House::new().await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    call!(house, deregister_container_instance, {"containerInstance": arn}).unwrap();
    house
        .join("a", 1024, 4096, json!({"containerInstanceArn": arn}))
        .await;
    assert_eq!(house.instance(&arn).await["status"], "INACTIVE");
    // One that starts anew joins again.
    house.join("a", 1024, 4096, json!({})).await;
    assert_eq!(house.instance(&arn).await["status"], "ACTIVE");
}

#[tokio::test]
async fn attachments_that_are_there_are_shown_as_attached() {
    let house = House::new().await;
    house
        .define("web", json!({}), json!({"networkMode": "awsvpc"}))
        .await;
    let attributes = json!([{"name": "ecs.capability.task-eni"}]);
    let arn = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let node = house.connect(&arn).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let ran = call!(house, run_task, {"taskDefinition": "web", "networkConfiguration": network, "count": 2}).unwrap();
    let attachment = async |task: &str| house.task(task).await["attachments"][0].clone();
    let name = |attachment: &Value| {
        let id = attachment["id"].as_str().unwrap();
        format!("arn:aws:ecs:us-east-1:123456789012:attachment/{id}")
    };
    let (first, second) = (tasks(&ran)[0], tasks(&ran)[1]);
    assert_eq!(attachment(first).await["status"], "ATTACHING");
    let said = json!({"attachments": [{"attachmentArn": name(&attachment(first).await), "status": "ATTACHED"}]});
    let caller = house.node_caller(&node.id);
    house
        .ecs
        .submit_attachment_state_changes(&caller, house::input(said.clone()))
        .await
        .unwrap();
    assert_eq!(attachment(first).await["status"], "ATTACHED");
    assert_eq!(attachment(second).await["status"], "ATTACHING");
    let said_with_task = json!({"task": second,
        "attachments": [{"attachmentArn": name(&attachment(second).await), "status": "ATTACHED"}]});
    house.report(&node.id, said_with_task).await;
    assert_eq!(attachment(second).await["status"], "ATTACHED");
    // Another node's attachments are none of its business.
    let stranger = house.node_caller(&node_id("b"));
    let refused = house
        .ecs
        .submit_attachment_state_changes(&stranger, house::input(said))
        .await;
    assert!(
        format!("{refused:?}").contains("AccessDenied"),
        "{refused:?}"
    );
    for (arn, status) in [
        (
            "arn:aws:ecs:us-east-1:123456789012:attachment/none",
            "ATTACHED",
        ),
        (&*name(&attachment(first).await), "LOST"),
    ] {
        let wrong = json!({"attachments": [{"attachmentArn": arn, "status": status}]});
        assert!(
            house
                .ecs
                .submit_attachment_state_changes(&caller, house::input(wrong))
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn health_comes_over_the_session() {
    let house = House::new().await;
    let check = json!({"healthCheck": {"command": ["CMD", "true"]}});
    let attributes = json!([{"name": "ecs.capability.container-health-check"}]);
    house.define("web", check, json!({})).await;
    let a = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let b = house
        .join("b", 1024, 1024, json!({"attributes": attributes}))
        .await;
    let (mut node, mut stranger) = (house.connect(&a).await, house.connect(&b).await);
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let arn = tasks(&ran)[0];
    let status = async || {
        let task = house.task(arn).await;
        (
            task["healthStatus"].clone(),
            task["containers"][0]["healthStatus"].clone(),
        )
    };
    assert_eq!(status().await, (json!("UNKNOWN"), json!("UNKNOWN")));
    let health = |status: &str, since: f64| {
        Frame::Health(Health {
            tasks: vec![TaskHealth {
                task_arn: arn.to_owned(),
                containers: vec![ContainerHealth {
                    container_name: "app".into(),
                    health_status: status.into(),
                    status_since: since,
                }],
                ..TaskHealth::default()
            }],
        })
    };
    let until = async |wanted: &str| {
        let wanted = (json!(wanted), json!(wanted));
        for _ in 0..2000 {
            if status().await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("never {wanted:?}, but {:?}", status().await);
    };
    stranger.say(&health("UNHEALTHY", 9.0)).await;
    node.say(&health("HEALTHY", 5.0)).await;
    until("HEALTHY").await;
    // The node's clock is set back meanwhile.
    node.say(&health("UNHEALTHY", 4.0)).await;
    until("UNHEALTHY").await;
    // The node comes anew, and what was still on its way over the old session is no news any more.
    let mut newer = house.connect(&a).await;
    newer.tasks_to_have().await;
    node.say(&health("UNKNOWN", 9.0)).await;
    node.ended().await;
    house.board.catch_up().await;
    until("UNHEALTHY").await;
    newer.say(&health("HEALTHY", 3.0)).await;
    until("HEALTHY").await;
    assert_eq!(
        house.task(arn).await["desiredStatus"],
        "RUNNING",
        "a standalone task keeps running"
    );
}

#[tokio::test]
async fn a_node_out_of_contact_keeps_its_tasks_for_a_while() {
    let house = House::new().await;
    house
        .define("web", json!({}), json!({"networkMode": "awsvpc"}))
        .await;
    let attributes = json!([{"name": "ecs.capability.task-eni"}]);
    let arn = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let node = house.connect(&arn).await;
    let id = node.id.clone();
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let request = json!({"taskDefinition": "web", "networkConfiguration": network});
    let ran = call!(house, run_task, request.clone()).unwrap();
    let task = tasks(&ran)[0];
    house
        .report(&id, json!({"task": task, "status": "RUNNING"}))
        .await;
    assert_eq!(house.task(task).await["connectivity"], "CONNECTED");
    house.lose(node).await;
    assert_eq!(house.instance(&arn).await["agentConnected"], false);
    let shown = house.task(task).await;
    assert_eq!(
        (
            &shown["lastStatus"],
            &shown["connectivity"],
            &shown["healthStatus"]
        ),
        (&json!("RUNNING"), &json!("DISCONNECTED"), &json!("UNKNOWN"))
    );
    assert_eq!(
        reasons(&call!(house, run_task, request.clone()).unwrap()),
        ["AGENT"]
    );
    house.clock.pass(LOST_AFTER - Duration::from_millis(1));
    house.contact.pass().await.unwrap();
    assert_eq!(house.task(task).await["lastStatus"], "RUNNING");
    // It comes back in time, and the time begins anew.
    let node = house.connect(&arn).await;
    house.lose(node).await;
    house.clock.pass(LOST_AFTER - Duration::from_millis(1));
    house.contact.pass().await.unwrap();
    assert_eq!(house.task(task).await["lastStatus"], "RUNNING");
    house.clock.pass(Duration::from_millis(1));
    house.contact.pass().await.unwrap();
    let shown = house.task(task).await;
    assert_eq!(
        (&shown["lastStatus"], &shown["stopCode"]),
        (&json!("STOPPED"), &json!("TerminationNotice"))
    );
    assert!(
        shown["stoppedReason"]
            .as_str()
            .unwrap()
            .contains("out of contact")
    );
    // Its address is nobody else's before the node has spoken.
    assert_eq!(house.interfaces(), (1, 1));
    let _node = house.connect(&arn).await;
    house
        .report(&id, json!({"task": task, "status": "STOPPED"}))
        .await;
    assert_eq!(house.interfaces(), (0, 0));
}

#[tokio::test]
async fn what_nobody_reports_any_more_is_free_when_its_task_is_forgotten() {
    let house = House::new().await;
    house
        .define("web", json!({}), json!({"networkMode": "awsvpc"}))
        .await;
    let attributes = json!([{"name": "ecs.capability.task-eni"}]);
    let arn = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let node = house.connect(&arn).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    call!(house, run_task, {"taskDefinition": "web", "networkConfiguration": network}).unwrap();
    house.lose(node).await;
    house.clock.pass(LOST_AFTER);
    house.contact.pass().await.unwrap();
    house.clock.pass(Duration::from_secs(3601));
    house.retention.pass().await.unwrap();
    assert_eq!(house.interfaces(), (1, 1), "the node may still have it");
    let _node = house.connect(&arn).await;
    house.retention.pass().await.unwrap();
    assert_eq!(house.interfaces(), (0, 0));
}

#[tokio::test]
async fn a_node_with_tasks_does_not_change_its_cluster() {
    let house = House::new().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    house.define("web", json!({}), json!({})).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let other = json!({"cluster": "other"});
    let caller = house.node_caller(&node.id);
    let refused = house
        .ecs
        .register_container_instance(&caller, house::input(other.clone()))
        .await;
    assert!(
        format!("{refused:?}").contains("tasks of the cluster 'default'"),
        "{refused:?}"
    );
    house
        .report(
            &node.id,
            json!({"task": tasks(&ran)[0], "status": "STOPPED"}),
        )
        .await;
    house.join("a", 1024, 4096, other).await;
    let moved = call!(house, list_container_instances, {"cluster": "other"}).unwrap();
    assert_eq!(moved["containerInstanceArns"].as_array().unwrap().len(), 1);
    let left = call!(house, list_container_instances, {}).unwrap();
    assert_eq!(left["containerInstanceArns"], json!([]));
}

#[tokio::test]
async fn nodes_that_serve_fargate_alone_are_told_of_by_the_name_in_their_arns() {
    let house = House::new().await;
    let fargate = json!({"attributes": [{"name": "longshore.capacity.fargate"}]});
    let alone = house.join("a", 1024, 4096, fargate).await;
    let member = house.join("b", 1024, 4096, json!({})).await;
    let listed = async |cluster: &str| {
        let listed = call!(house, list_container_instances, {"cluster": cluster});
        listed.unwrap()["containerInstanceArns"].clone()
    };
    assert_eq!(listed("default").await, json!([member]));
    assert_eq!(listed(FARGATE_CLUSTER).await, json!([alone]));
    let asked = json!({"cluster": FARGATE_CLUSTER, "containerInstances": [alone, node_id("b")]});
    let shown = call!(house, describe_container_instances, asked).unwrap();
    assert_eq!(shown["containerInstances"][0]["agentConnected"], false);
    assert_eq!(reasons(&shown), ["MISSING"], "it is of a cluster");
    // It is no cluster for all that.
    let clusters = call!(house, describe_clusters, {"clusters": [FARGATE_CLUSTER]}).unwrap();
    assert_eq!(reasons(&clusters), ["MISSING"]);
    let run = call!(house, run_task, {"cluster": FARGATE_CLUSTER, "taskDefinition": "web"});
    assert!(run.unwrap_err().contains("ClusterNotFoundException"));
}
