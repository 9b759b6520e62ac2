//! Tasks as they are reported on, described, listed and stopped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

mod house;

use std::time::Duration;

use aws_api::ecs::Ecs as _;
use aws_core::Caller;
use house::{House, Node, tasks};
use serde_json::{Value, json};

/// A house with a container instance of the cluster `default`, and the definition `web`.
async fn house() -> (House, String, Node) {
    let house = House::new().await;
    house.define("web", json!({}), json!({})).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let node = house.connect(&arn).await;
    (house, arn, node)
}

/// Runs a task as `request` says, of `web` where it names no other.
async fn run(house: &House, mut request: Value) -> String {
    if request.get("taskDefinition").is_none() {
        request["taskDefinition"] = json!("web");
    }
    let ran = call!(house, run_task, request).unwrap();
    tasks(&ran)[0].to_owned()
}

#[tokio::test]
async fn what_a_node_reports_of_a_task_is_shown() {
    let (house, _, node) = house().await;
    let two = json!([
        {"name": "app", "image": "hello:1", "memory": 64},
        {"name": "side", "image": "hello:1", "memory": 64, "essential": false},
    ]);
    house
        .define("two", json!({}), json!({"containerDefinitions": two}))
        .await;
    let arn = run(&house, json!({"taskDefinition": "two"})).await;
    let digest = format!("sha256:{}", "a".repeat(64));
    house
        .report(
            &node.id,
            json!({"task": arn, "status": "RUNNING", "pullStartedAt": 1_000_001.0,
                "pullStoppedAt": 1_000_002.0, "containers": [
                {"containerName": "side", "status": "RUNNING", "runtimeId": "r-side", "imageDigest": digest},
            ]}),
        )
        .await;
    let task = house.task(&arn).await;
    assert_eq!(task["lastStatus"], "RUNNING");
    assert_eq!(task["pullStartedAt"], 1_000_001);
    assert_eq!(task["pullStoppedAt"], 1_000_002);
    let of = |task: &Value, name: &str| {
        let containers = task["containers"].as_array().unwrap().iter();
        let mut found = containers.filter(|one| one["name"] == name);
        found.next().unwrap().clone()
    };
    let side = of(&task, "side");
    assert_eq!(side["lastStatus"], "RUNNING");
    assert_eq!(side["runtimeId"], "r-side");
    assert_eq!(side["imageDigest"], json!(digest));
    assert_eq!(of(&task, "app")["lastStatus"], "PENDING");
    assert!(of(&task, "app").get("runtimeId").is_none());
    house
        .report(
            &node.id,
            json!({"task": arn, "status": "STOPPED", "reason": "CannotStartContainerError: no",
                "executionStoppedAt": 1_000_003.0, "containers": [
                {"containerName": "side", "status": "STOPPED", "exitCode": 7, "reason": "OutOfMemoryError: x"},
            ]}),
        )
        .await;
    let task = house.task(&arn).await;
    assert_eq!(task["lastStatus"], "STOPPED");
    assert_eq!(task["executionStoppedAt"], 1_000_003);
    assert_eq!(task["stoppedReason"], "CannotStartContainerError: no");
    let side = of(&task, "side");
    assert_eq!(
        (&side["exitCode"], &side["reason"]),
        (&json!(7), &json!("OutOfMemoryError: x"))
    );
}

#[tokio::test]
async fn what_a_node_reports_of_a_container_is_shown() {
    let (house, _, node) = house().await;
    let arn = run(&house, json!({})).await;
    let other = run(&house, json!({})).await;
    let report = async |said: Value| {
        let caller = house.node_caller(&node.id);
        let input = house::input(said);
        house
            .ecs
            .submit_container_state_change(&caller, input)
            .await
            .map_err(|error| format!("{error:?}"))
    };
    report(json!({"task": arn, "containerName": "app", "status": "RUNNING", "runtimeId": "r1"}))
        .await
        .unwrap();
    let app = house.task(&arn).await["containers"][0].clone();
    assert_eq!(
        (&app["lastStatus"], &app["runtimeId"]),
        (&json!("RUNNING"), &json!("r1"))
    );
    report(json!({"task": arn, "containerName": "app", "status": "STOPPED", "exitCode": 3, "reason": "why"}))
        .await
        .unwrap();
    // Of a container that the task does not have, nothing is kept.
    report(json!({"task": arn, "containerName": "none", "status": "STOPPED", "exitCode": 4}))
        .await
        .unwrap();
    let task = house.task(&arn).await;
    let app = &task["containers"][0];
    assert_eq!(app["lastStatus"], "STOPPED");
    assert_eq!(
        (&app["exitCode"], &app["reason"]),
        (&json!(3), &json!("why"))
    );
    assert_eq!(task["containers"].as_array().unwrap().len(), 1);
    let untouched = house.task(&other).await["containers"][0].clone();
    assert_eq!(untouched["lastStatus"], "PENDING");
    let missing = arn.replace("default/", "default/00");
    assert!(
        report(json!({"task": missing, "containerName": "app", "status": "RUNNING"}))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn tasks_are_listed_by_each_of_their_marks() {
    let (house, arn, node) = house().await;
    let other = house.join("b", 1024, 4096, json!({})).await;
    let _other_node = house.connect(&other).await;
    call!(house, create_cluster, {"clusterName": "empty"}).unwrap();
    house.define("batch", json!({}), json!({})).await;
    let sized = json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"]});
    house.define("fleet", json!({}), sized).await;
    let started = async |request: Value| {
        let answer = call!(house, start_task, request).unwrap();
        tasks(&answer)[0].to_owned()
    };
    let plain = started(json!({"taskDefinition": "web", "containerInstances": [arn]})).await;
    let marked = started(
        json!({"taskDefinition": "web", "containerInstances": [other],
        "startedBy": "me", "group": "shop"}),
    )
    .await;
    let batch = started(json!({"taskDefinition": "batch", "containerInstances": [arn]})).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let fleet = run(
        &house,
        json!({"taskDefinition": "fleet", "launchType": "FARGATE", "networkConfiguration": network}),
    )
    .await;
    let over = started(json!({"taskDefinition": "web", "containerInstances": [arn]})).await;
    house
        .report(&node.id, json!({"task": over, "status": "STOPPED"}))
        .await;
    let sorted = |mut arns: Vec<String>| {
        arns.sort();
        arns
    };
    let list = async |request: Value| {
        let listed = call!(house, list_tasks, request).unwrap();
        sorted(serde_json::from_value(listed["taskArns"].clone()).unwrap())
    };
    let running = sorted(vec![
        plain.clone(),
        marked.clone(),
        batch.clone(),
        fleet.clone(),
    ]);
    assert_eq!(list(json!({})).await, running, "those that shall run");
    for (wanted, expected) in [
        (json!({"cluster": "default"}), running.clone()),
        (json!({"cluster": "empty"}), Vec::new()),
        (json!({"desiredStatus": "RUNNING"}), running.clone()),
        (json!({"desiredStatus": "STOPPED"}), vec![over]),
        (json!({"desiredStatus": "PENDING"}), Vec::new()),
        (json!({"family": "batch"}), vec![batch]),
        (json!({"startedBy": "me"}), vec![marked.clone()]),
        (
            json!({"startedBy": "me", "desiredStatus": "STOPPED"}),
            Vec::new(),
        ),
        (json!({"launchType": "FARGATE"}), vec![fleet]),
        (json!({"containerInstance": other}), vec![marked.clone()]),
        (
            json!({"family": "web", "launchType": "EC2"}),
            sorted(vec![plain, marked]),
        ),
    ] {
        assert_eq!(list(wanted.clone()).await, expected, "{wanted}");
    }
    let mut paged = Vec::new();
    let mut request = json!({"maxResults": 3});
    for expected in [3, 1] {
        let page = call!(house, list_tasks, request.clone()).unwrap();
        let arns: Vec<String> = serde_json::from_value(page["taskArns"].clone()).unwrap();
        assert_eq!(arns.len(), expected);
        paged.extend(arns);
        request["nextToken"] = page["nextToken"].clone();
    }
    assert_eq!(request["nextToken"], Value::Null);
    assert_eq!(sorted(paged), running);
}

#[tokio::test]
async fn a_task_has_the_log_mode_of_whoever_starts_it() {
    let house = House::new().await;
    let driver = "com.amazonaws.ecs.capability.logging-driver.json-file";
    let attributes = json!({"attributes": [{"name": driver}]});
    let arn = house.join("a", 1024, 4096, attributes).await;
    let mut node = house.connect(&arn).await;
    let logging = json!({"logDriver": "json-file", "options": {}});
    house
        .define("logs", json!({"logConfiguration": logging}), json!({}))
        .await;
    let root = house.caller("run_task");
    let other = house.node_caller(&node.id);
    let set = async |caller: &Caller, mode: &str| {
        let setting = json!({"name": "defaultLogDriverMode", "value": mode});
        let set = house
            .ecs
            .put_account_setting(caller, house::input(setting))
            .await;
        set.unwrap();
    };
    set(&other, "blocking").await;
    let told = async |node: &mut Node, caller: &Caller| {
        let request = house::input(json!({"taskDefinition": "logs"}));
        house.ecs.run_task(caller, request).await.unwrap();
        let sent = node.payload().await.tasks[0].clone();
        let host: Value =
            serde_json::from_str(&sent.containers[0].docker_config.host_config).unwrap();
        host["LogConfig"]["Config"]["mode"].clone()
    };
    assert_eq!(told(&mut node, &other).await, "blocking");
    assert_eq!(told(&mut node, &root).await, "non-blocking");
    // Root's is everybody's, but for those who have one of their own.
    set(&root, "blocking").await;
    set(&other, "non-blocking").await;
    assert_eq!(told(&mut node, &root).await, "blocking");
    assert_eq!(told(&mut node, &other).await, "non-blocking");
}

#[tokio::test]
async fn overrides_stay_within_the_size_of_a_fargate_task() {
    let house = House::new().await;
    let sized = json!({"networkMode": "awsvpc", "cpu": "512", "memory": "1024",
        "requiresCompatibilities": ["FARGATE"]});
    house.define("web", json!({"cpu": 300}), sized).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let ran = async |overrides: Value| {
        call!(house, run_task, {"taskDefinition": "web", "launchType": "FARGATE",
            "networkConfiguration": network, "overrides": overrides})
    };
    let of_app = |app: Value| json!({"containerOverrides": [app]});
    for (overrides, words) in [
        (
            json!({"cpu": "256", "memory": "512"}),
            "The sum of the containers' cpu",
        ),
        (
            of_app(json!({"name": "app", "cpu": 513})),
            "The sum of the containers' cpu",
        ),
        (
            of_app(json!({"name": "app", "memory": 1025})),
            "is greater than for the task",
        ),
        (
            of_app(json!({"name": "app", "memory": -1})),
            "'memory' must be at least 6",
        ),
        (
            json!({"cpu": "512", "memory": "512"}),
            "No Fargate configuration exists",
        ),
    ] {
        let refused = ran(overrides.clone())
            .await
            .expect_err(&overrides.to_string());
        assert!(refused.contains(words), "{overrides}: {refused}");
    }
    let most = ran(of_app(json!({"name": "app", "cpu": 512, "memory": 1024}))).await;
    assert_eq!(tasks(&most.unwrap()).len(), 1);
}

#[tokio::test]
async fn no_task_is_of_a_service_and_filters_that_stand_alone_do() {
    let (house, arn, _node) = house().await;
    for (filters, error, words) in [
        (
            json!({"serviceName": "shop"}),
            "ServiceNotFoundException",
            "Service not found.",
        ),
        (
            json!({"serviceName": "shop", "family": "web"}),
            "InvalidParameterException",
            "cannot specify serviceName with other arguments",
        ),
        (
            json!({"serviceName": "shop", "containerInstance": arn}),
            "InvalidParameterException",
            "cannot specify serviceName with other arguments",
        ),
        (
            json!({"startedBy": "me", "family": "web"}),
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
        ),
        (
            json!({"startedBy": "me", "launchType": "EC2"}),
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
        ),
        (
            json!({"startedBy": "me", "serviceName": "shop"}),
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
        ),
    ] {
        let refused = call!(house, list_tasks, filters.clone()).expect_err(&filters.to_string());
        assert!(
            refused.contains(error) && refused.contains(words),
            "{filters}: {refused}"
        );
    }
    for (marks, words) in [
        (
            json!({"group": "service:shop"}),
            "Invalid namespace for group",
        ),
        (
            json!({"startedBy": "a b"}),
            "startedBy contains invalid characters",
        ),
        (
            json!({"startedBy": "a:b"}),
            "startedBy contains invalid characters",
        ),
        (
            json!({"startedBy": "x".repeat(129)}),
            "startedBy longer than 128.",
        ),
    ] {
        let mut request = marks.clone();
        request["taskDefinition"] = json!("web");
        let ran = call!(house, run_task, request.clone());
        request["containerInstances"] = json!([arn]);
        for refused in [ran, call!(house, start_task, request)] {
            let refused = refused.expect_err(&marks.to_string());
            assert!(refused.contains(words), "{marks}: {refused}");
        }
    }
    let longest = "Aa0-/_".repeat(21);
    run(&house, json!({"startedBy": longest})).await;
    let listed = call!(house, list_tasks, {"startedBy": longest}).unwrap();
    assert_eq!(listed["taskArns"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn tasks_are_described_in_their_cluster_with_what_is_asked_for() {
    let (house, _, _node) = house().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    let tags = json!([{"key": "team", "value": "web"}]);
    let arn = run(&house, json!({"tags": tags})).await;
    let another = run(&house, json!({})).await;
    let id = arn.rsplit('/').next().unwrap();
    let without = call!(house, describe_tasks, {"tasks": [arn]}).unwrap();
    assert_eq!(tasks(&without), [&*arn]);
    assert_eq!(without["tasks"][0]["tags"], json!([]));
    let with = call!(house, describe_tasks, {"cluster": "default", "tasks": [id, another], "include": ["TAGS"]});
    let with = with.unwrap();
    assert_eq!(tasks(&with), [&*arn, &*another], "as they were asked for");
    assert_eq!(with["tasks"][0]["tags"], tags);
    let elsewhere = call!(house, describe_tasks, {"cluster": "other", "tasks": [id]}).unwrap();
    assert_eq!(house::reasons(&elsewhere), ["MISSING"]);
}

#[tokio::test]
async fn a_task_is_stopped_with_the_reason_that_is_given() {
    let (house, _, _node) = house().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    let arn = run(&house, json!({})).await;
    let another = run(&house, json!({})).await;
    let id = arn.rsplit('/').next().unwrap();
    let elsewhere = call!(house, stop_task, {"cluster": "other", "task": id});
    assert!(
        elsewhere
            .unwrap_err()
            .contains("The referenced task was not found.")
    );
    let stopped = call!(house, stop_task, {"cluster": "default", "task": id, "reason": "enough"});
    let stopped = stopped.unwrap()["task"].clone();
    assert_eq!(stopped["taskArn"], json!(arn));
    assert_eq!(stopped["desiredStatus"], "STOPPED");
    assert_eq!(stopped["stopCode"], "UserInitiated");
    assert_eq!(stopped["stoppedReason"], "enough");
    let untouched = house.task(&another).await;
    assert_eq!(untouched["desiredStatus"], "RUNNING");
    let unsaid = call!(house, stop_task, {"task": another}).unwrap();
    assert_eq!(unsaid["task"]["stoppedReason"], "Task stopped by user");
}

#[tokio::test]
async fn a_stopped_task_is_described_for_an_hour() {
    let (house, _, node) = house().await;
    let arn = run(&house, json!({})).await;
    house
        .report(&node.id, json!({"task": arn, "status": "STOPPED"}))
        .await;
    house.clock.pass(Duration::from_secs(3599));
    house.retention.pass().await.unwrap();
    assert_eq!(house.task(&arn).await["lastStatus"], "STOPPED");
    house.clock.pass(Duration::from_secs(2));
    house.retention.pass().await.unwrap();
    let gone = call!(house, describe_tasks, {"tasks": [arn]}).unwrap();
    assert_eq!(house::reasons(&gone), ["MISSING"]);
}

#[tokio::test]
async fn a_new_start_waits_its_own_while_and_a_node_that_is_back_stops_what_was_given_up() {
    let (house, instance, node) = house().await;
    let arn = run(&house, json!({})).await;
    house
        .report(&node.id, json!({"task": arn, "status": "RUNNING"}))
        .await;
    house.lose(node).await;
    let mut node = house.connect(&instance).await;
    assert_eq!(node.tasks_to_have().await, [&*arn]);
    house.lose(node).await;
    house.clock.pass(Duration::from_secs(60));
    let contact = house.contact_of_a_new_start();
    contact.pass().await.unwrap();
    assert_eq!(house.task(&arn).await["lastStatus"], "RUNNING");
    house.clock.pass(Duration::from_secs(60));
    contact.pass().await.unwrap();
    assert_eq!(house.task(&arn).await["lastStatus"], "STOPPED");
    let mut back = house.connect(&instance).await;
    assert!(back.tasks_to_have().await.is_empty(), "it stops all others");
}

#[tokio::test]
async fn a_role_that_is_given_instead_has_to_be_there() {
    let (house, _, _node) = house().await;
    let role = "arn:aws:iam::123456789012:role/nobody";
    let refused =
        call!(house, run_task, {"taskDefinition": "web", "overrides": {"executionRoleArn": role}});
    let refused = refused.unwrap_err();
    assert!(refused.contains(role), "{refused}");
}

#[tokio::test]
async fn storage_is_asked_for_on_fargate_alone() {
    let (house, _, _) = house().await;
    for (gib, code, sentence) in [
        (
            20,
            "ClientException",
            "overrides.ephemeralStorage.sizeInGiB must be between 21 and 200.",
        ),
        (
            30,
            "InvalidParameterException",
            "ephemeralStorage is only supported for tasks using the Fargate launch type.",
        ),
    ] {
        let refused = call!(house, run_task, {"taskDefinition": "web",
            "overrides": {"ephemeralStorage": {"sizeInGiB": gib}}})
        .unwrap_err();
        assert!(
            refused.contains(code) && refused.contains(sentence),
            "{refused}"
        );
    }
    let fargate = json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"], "ephemeralStorage": {"sizeInGiB": 50}});
    house.define("roomy", json!({}), fargate).await;
    let subnet = house.subnet.clone();
    for (overrides, gib) in [
        (json!({}), 50),
        (json!({"ephemeralStorage": {"sizeInGiB": 21}}), 21),
    ] {
        let ran = call!(house, run_task, {"taskDefinition": "roomy", "launchType": "FARGATE",
            "overrides": overrides, "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet]}}})
        .unwrap();
        let task = house.task(tasks(&ran)[0]).await;
        for member in ["ephemeralStorage", "fargateEphemeralStorage"] {
            assert_eq!(task[member], json!({"sizeInGiB": gib}), "{member}");
        }
    }
}

#[tokio::test]
async fn tags_come_from_request_definition_and_cluster() {
    let house = House::new().await;
    let of_definition = json!({"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]});
    house.define("web", json!({}), of_definition).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let _node = house.connect(&arn).await;
    let own = json!([{"key": "b", "value": "own"}]);
    for (more, expected) in [
        (json!({"tags": own}), json!([{"key": "b", "value": "own"}])),
        (
            json!({"tags": own, "propagateTags": "TASK_DEFINITION"}),
            json!([{"key": "a", "value": "1"}, {"key": "b", "value": "own"}]),
        ),
        (
            json!({"enableECSManagedTags": true, "propagateTags": "NONE"}),
            json!([{"key": "aws:ecs:clusterName", "value": "default"}]),
        ),
    ] {
        let mut request = json!({"taskDefinition": "web"});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        let ran = call!(house, run_task, request).unwrap();
        assert_eq!(house.task(tasks(&ran)[0]).await["tags"], expected);
    }
    let many = |prefix: &str, count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| json!({"key": format!("{prefix}{number}"), "value": ""}))
            .collect()
    };
    house
        .define("full", json!({}), json!({"tags": many("a", 50)}))
        .await;
    // As many as a resource may have, and one of AWS's own.
    let full = json!({"taskDefinition": "full", "propagateTags": "TASK_DEFINITION",
        "tags": many("a", 50), "enableECSManagedTags": true});
    let ran = call!(house, run_task, full).unwrap();
    let shown = house.task(tasks(&ran)[0]).await;
    assert_eq!(shown["tags"].as_array().unwrap().len(), 51);
    let beyond = json!({"taskDefinition": "full", "propagateTags": "TASK_DEFINITION",
        "tags": many("b", 1)});
    let refused = call!(house, run_task, beyond.clone()).unwrap_err();
    assert!(refused.contains("at most 50 tags"), "{refused}");
    let mut started = beyond;
    started["containerInstances"] = json!([arn]);
    let refused = call!(house, start_task, started).unwrap_err();
    assert!(refused.contains("at most 50 tags"), "{refused}");
    let service = call!(house, run_task, {"taskDefinition": "web", "propagateTags": "SERVICE"});
    assert!(service.unwrap_err().contains("propagateTags"));
}
