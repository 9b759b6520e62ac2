//! RunTask and StartTask on container instances: which instance takes a task, and what is said where
//! none does.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use std::time::Duration;

use aws_api::ecs::Ecs as _;
use house::{House, amount, node_id, reasons, tasks};
use serde_json::{Value, json};

#[tokio::test]
async fn placement_is_decided_in_the_request() {
    let house = House::new().await;
    call!(house, create_cluster, {"clusterName": "other"}).unwrap();
    house
        .define(
            "web",
            json!({"cpu": 512, "portMappings": [{"containerPort": 80, "hostPort": 80}]}),
            json!({}),
        )
        .await;
    house
        .define("big", json!({"memory": 5000}), json!({}))
        .await;
    house.define("fast", json!({"cpu": 4000}), json!({})).await;
    let nobody = call!(house, run_task, {"taskDefinition": "web"});
    assert!(
        nobody
            .unwrap_err()
            .contains("No Container Instances were found in your cluster.")
    );
    let arn = house.join("a", 2048, 4096, json!({})).await;
    // In another cluster there are still none.
    let elsewhere = call!(house, run_task, {"taskDefinition": "web", "cluster": "other"});
    assert!(
        elsewhere
            .unwrap_err()
            .contains("No Container Instances were found in your cluster.")
    );
    let away = call!(house, run_task, {"taskDefinition": "web", "launchType": "EC2"}).unwrap();
    assert_eq!(reasons(&away), ["AGENT"]);
    assert_eq!(away["failures"][0]["arn"], json!(arn));
    let mut node = house.connect(&arn).await;
    // Only one of them can have port 80; what came of the other is told, and it waits for nothing.
    let ran = call!(house, run_task, {"taskDefinition": "web", "count": 2}).unwrap();
    assert_eq!(tasks(&ran).len(), 1);
    assert_eq!(reasons(&ran), ["RESOURCE:PORTS"]);
    let task = &ran["tasks"][0];
    assert_eq!(task["lastStatus"], "PENDING");
    assert_eq!(task["launchType"], "EC2");
    assert_eq!(task["containerInstanceArn"], json!(arn));
    assert_eq!(
        (&task["cpu"], &task["memory"]),
        (&json!("512"), &json!("128"))
    );
    assert_eq!(task["attachments"], json!([]));
    let payload = node.payload().await;
    assert_eq!(payload.tasks[0].arn, tasks(&ran)[0]);
    assert_eq!(payload.tasks[0].network_mode, "bridge");
    // What its containers need is no limit of the task as a whole.
    assert_eq!(
        (payload.tasks[0].memory, payload.tasks[0].cpu.to_bits()),
        (0, 0.0_f64.to_bits())
    );
    for (family, reason) in [("big", "RESOURCE:MEMORY"), ("fast", "RESOURCE:CPU")] {
        let refused = call!(house, run_task, {"taskDefinition": family}).unwrap();
        assert_eq!(reasons(&refused), [reason]);
        assert!(tasks(&refused).is_empty());
    }
    let of_all = call!(house, list_tasks, {}).unwrap();
    assert_eq!(of_all["taskArns"].as_array().unwrap().len(), 1);
    let platform = call!(house, run_task, {"taskDefinition": "web", "platformVersion": "LATEST"});
    assert!(
        platform
            .unwrap_err()
            .contains("platform version must be null")
    );
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let bridge = call!(house, run_task, {"taskDefinition": "web", "networkConfiguration": network});
    assert!(
        bridge
            .unwrap_err()
            .contains("not valid for the given networkMode")
    );
}

#[tokio::test]
async fn requests_at_once_do_not_overfill_an_instance() {
    let house = House::new().await;
    house
        .define("web", json!({"memory": 1000}), json!({}))
        .await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let _node = house.connect(&arn).await;
    let requests = (0..10).map(|_| async {
        let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
        (tasks(&ran).len(), reasons(&ran).len())
    });
    let results = futures_util::future::join_all(requests).await;
    let placed: usize = results.iter().map(|(placed, _)| placed).sum();
    let refused: usize = results.iter().map(|(_, refused)| refused).sum();
    assert_eq!((placed, refused), (4, 6));
    assert_eq!(
        amount(&house.instance(&arn).await["remainingResources"], "MEMORY"),
        96
    );
}

#[tokio::test]
async fn an_awsvpc_task_gets_an_interface_and_the_others_none() {
    let house = House::new().await;
    for mode in ["awsvpc", "host", "none"] {
        house
            .define(mode, json!({}), json!({"networkMode": mode}))
            .await;
    }
    let attributes = json!([{"name": "ecs.capability.task-eni"}]);
    let arn = house
        .join("a", 1024, 4096, json!({"attributes": attributes}))
        .await;
    let mut node = house.connect(&arn).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    for mode in ["host", "none"] {
        let ran = call!(house, run_task, {"taskDefinition": mode}).unwrap();
        assert_eq!(ran["tasks"][0]["attachments"], json!([]));
        let payload = node.payload().await;
        assert_eq!(payload.tasks[0].network_mode, mode);
        assert!(payload.tasks[0].elastic_network_interfaces.is_empty());
    }
    assert_eq!(house.interfaces(), (0, 0));
    let without = call!(house, run_task, {"taskDefinition": "awsvpc"});
    assert!(
        without
            .unwrap_err()
            .contains("Network Configuration must be provided")
    );
    let request = json!({"taskDefinition": "awsvpc", "networkConfiguration": network});
    let ran = call!(house, run_task, request.clone()).unwrap();
    let payload = node.payload().await;
    assert_eq!(payload.tasks[0].elastic_network_interfaces.len(), 1);
    assert_eq!(house.interfaces(), (1, 1));
    let attachment = &ran["tasks"][0]["attachments"][0];
    assert_eq!(attachment["type"], "ElasticNetworkInterface");
    let mut named = request;
    named["containerInstances"] = json!([arn]);
    let started = call!(house, start_task, named).unwrap();
    assert_eq!(house.interfaces(), (2, 2));
    for answer in [&ran, &started] {
        house
            .report(
                &node.id,
                json!({"task": tasks(answer)[0], "status": "STOPPED"}),
            )
            .await;
    }
    assert_eq!(house.interfaces(), (0, 0));
}

#[tokio::test]
async fn constraints_and_strategies_choose() {
    let house = House::new().await;
    house.define("web", json!({"cpu": 10}), json!({})).await;
    let mut arns = Vec::new();
    let mut nodes = Vec::new();
    for (id, memory, zone) in [("a", 3000, "1"), ("b", 2000, "2"), ("c", 1000, "1")] {
        let attributes = json!([{"name": "zone", "value": zone}]);
        let arn = house
            .join(id, 1000, memory, json!({"attributes": attributes}))
            .await;
        nodes.push(house.connect(&arn).await);
        arns.push(arn);
    }
    let place = async |more: Value| {
        let mut request = json!({"taskDefinition": "web"});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        let ran = call!(house, run_task, request)?;
        let placed = ran["tasks"].as_array().unwrap().iter();
        let on: Vec<String> = placed
            .map(|task| task["containerInstanceArn"].as_str().unwrap().to_owned())
            .collect();
        let why: Vec<String> = reasons(&ran).into_iter().map(str::to_owned).collect();
        for task in tasks(&ran) {
            call!(house, stop_task, {"task": task}).unwrap();
            let node = house.task(task).await["containerInstanceArn"].clone();
            let node = node
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned();
            house
                .report(&node, json!({"task": task, "status": "STOPPED"}))
                .await;
        }
        Ok::<_, String>((on, why))
    };
    let strategy =
        |kind: &str, field: &str| json!({"placementStrategy": [{"type": kind, "field": field}]});
    let one = |arn: &String| Ok((vec![arn.clone()], Vec::<String>::new()));
    assert_eq!(place(strategy("binpack", "memory")).await, one(&arns[2]));
    assert_eq!(place(json!({})).await, one(&arns[0]));
    let (mut on, why) = place(json!({"count": 3, "group": "mine",
        "placementStrategy": [{"type": "spread", "field": "instanceId"}]}))
    .await
    .unwrap();
    on.sort();
    assert_eq!((&on, why.len()), (&arns, 0));
    let (on, _) = place(
        json!({"count": 4, "placementStrategy": [{"type": "spread", "field": "attribute:zone"}]}),
    )
    .await
    .unwrap();
    assert_eq!(
        on.iter().filter(|arn| **arn == arns[1]).count(),
        2,
        "{on:?}"
    );
    // Four do not fit where no two may be together.
    let distinct = json!({"count": 4, "placementConstraints": [{"type": "distinctInstance"}]});
    let (on, why) = place(distinct).await.unwrap();
    assert_eq!(on.len(), 3);
    assert_eq!(
        why,
        ["DistinctInstance placement constraint unsatisfied."; 3]
    );
    let member = |expression: &str| json!({"placementConstraints": [{"type": "memberOf", "expression": expression}]});
    assert_eq!(place(member("attribute:zone == 2")).await, one(&arns[1]));
    let (on, why) = place(member("attribute:zone == 9")).await.unwrap();
    assert!(on.is_empty());
    assert_eq!(why, ["MemberOf placement constraint unsatisfied."; 3]);
    assert!(
        place(member("attribute:zone =="))
            .await
            .unwrap_err()
            .contains("Invalid expression")
    );
    assert!(
        place(strategy("binpack", "disk"))
            .await
            .unwrap_err()
            .contains("'disk'")
    );
    let (on, _) = place(json!({"placementStrategy": [{"type": "random"}]}))
        .await
        .unwrap();
    assert_eq!(on.len(), 1);
}

#[tokio::test]
async fn the_constraints_of_a_definition_hold_for_each_of_its_tasks() {
    let house = House::new().await;
    let zone = |number: &str| json!({"attributes": [{"name": "zone", "value": number}]});
    let mut arns = Vec::new();
    let mut nodes = Vec::new();
    for name in ["a", "b"] {
        let arn = house.join(name, 1024, 4096, zone(name)).await;
        nodes.push(house.connect(&arn).await);
        arns.push(arn);
    }
    let in_b = json!([{"type": "memberOf", "expression": "attribute:zone == b"}]);
    house
        .define("picky", json!({}), json!({"placementConstraints": in_b}))
        .await;
    let shown = call!(house, describe_task_definition, {"taskDefinition": "picky"}).unwrap();
    assert_eq!(shown["taskDefinition"]["placementConstraints"], in_b);
    let ran = call!(house, run_task, {"taskDefinition": "picky", "count": 3}).unwrap();
    assert_eq!(tasks(&ran).len(), 3);
    for task in ran["tasks"].as_array().unwrap() {
        assert_eq!(task["containerInstanceArn"], json!(arns[1]));
    }
    // Those of the request come on top.
    let in_a = json!([{"type": "memberOf", "expression": "attribute:zone == a"}]);
    let ran = call!(house, run_task, {"taskDefinition": "picky", "placementConstraints": in_a});
    assert_eq!(
        reasons(&ran.unwrap()),
        ["MemberOf placement constraint unsatisfied."; 2]
    );
    let ten = vec![in_a[0].clone(); 10];
    let many = call!(house, run_task, {"taskDefinition": "picky", "placementConstraints": ten});
    assert!(many.unwrap_err().contains("at most 10 items"));
    // StartTask names the instance, and is held to it as well.
    let started =
        call!(house, start_task, {"taskDefinition": "picky", "containerInstances": arns}).unwrap();
    assert_eq!(tasks(&started).len(), 1);
    assert_eq!(started["tasks"][0]["containerInstanceArn"], json!(arns[1]));
    assert_eq!(
        reasons(&started),
        ["MemberOf placement constraint unsatisfied."]
    );
}

#[tokio::test]
async fn attributes_that_a_definition_requires_are_looked_for() {
    let house = House::new().await;
    house
        .define("web", json!({"privileged": true}), json!({}))
        .await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let _node = house.connect(&arn).await;
    let refused = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(reasons(&refused), ["ATTRIBUTE"]);
    let named = json!([{"name": "com.amazonaws.ecs.capability.privileged-container"}]);
    house
        .join("a", 1024, 4096, json!({"attributes": named}))
        .await;
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(tasks(&ran).len(), 1);
}

#[tokio::test]
async fn tasks_start_on_the_instances_that_are_named() {
    let house = House::new().await;
    house
        .define(
            "web",
            json!({}),
            json!({"tags": [{"key": "of", "value": "definition"}]}),
        )
        .await;
    let a = house.join("a", 1024, 1000, json!({})).await;
    let b = house.join("b", 1024, 1000, json!({})).await;
    let away = house.join("c", 1024, 1000, json!({})).await;
    let gone = house.join("d", 1024, 1000, json!({})).await;
    let _nodes = (house.connect(&a).await, house.connect(&b).await);
    call!(house, deregister_container_instance, {"containerInstance": gone}).unwrap();
    let missing = node_id("e");
    let started = call!(house, start_task, {
        "cluster": "default", "taskDefinition": "web", "containerInstances": [a, b, away, gone, missing],
        "group": "mine", "startedBy": "me", "enableECSManagedTags": true, "propagateTags": "TASK_DEFINITION",
        "tags": [{"key": "own", "value": "1"}],
        "overrides": {"containerOverrides": [{"name": "app", "memory": 600}]},
    })
    .unwrap();
    assert_eq!(reasons(&started), ["AGENT", "INACTIVE", "MISSING"]);
    let on: Vec<_> = started["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| &task["containerInstanceArn"])
        .collect();
    assert_eq!(on, [&json!(a), &json!(b)]);
    let task = house.task(tasks(&started)[0]).await;
    assert_eq!(
        (&task["group"], &task["startedBy"]),
        (&json!("mine"), &json!("me"))
    );
    assert_eq!(task["memory"], "600");
    assert_eq!(
        task["tags"],
        json!([
            {"key": "aws:ecs:clusterName", "value": "default"},
            {"key": "of", "value": "definition"},
            {"key": "own", "value": "1"},
        ])
    );
    let full = call!(house, start_task, {"taskDefinition": "web", "containerInstances": [a],
        "overrides": {"memory": "700"}})
    .unwrap();
    assert_eq!(reasons(&full), ["RESOURCE:MEMORY"]);
    assert!(call!(house, start_task, {"taskDefinition": "web", "containerInstances": []}).is_err());
    let of_b = call!(house, list_tasks, {"containerInstance": b}).unwrap();
    assert_eq!(of_b["taskArns"], json!([tasks(&started)[1]]));
}

#[tokio::test]
async fn overrides_change_what_a_task_takes() {
    let house = House::new().await;
    house
        .define(
            "web",
            json!({"cpu": 100, "memory": 500, "memoryReservation": 200}),
            json!({}),
        )
        .await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let mut node = house.connect(&arn).await;
    for (overrides, cpu, memory) in [
        (json!({}), "100", "200"),
        (
            json!({"containerOverrides": [{"name": "app", "cpu": 50, "memory": 400, "memoryReservation": 300}]}),
            "50",
            "300",
        ),
        (json!({"cpu": "256", "memory": "512"}), "256", "512"),
    ] {
        let ran = call!(house, run_task, {"taskDefinition": "web", "overrides": overrides, "startedBy": cpu}).unwrap();
        let task = house.task(tasks(&ran)[0]).await;
        assert_eq!(
            (&task["cpu"], &task["memory"]),
            (&json!(cpu), &json!(memory))
        );
        assert_eq!(task["startedBy"], cpu);
        let sent = node.payload().await.tasks[0].clone();
        let asked = overrides.get("memory").is_some();
        assert_eq!(sent.memory, if asked { 512 } else { 0 });
    }
    let remaining = house.instance(&arn).await["remainingResources"].clone();
    assert_eq!(amount(&remaining, "CPU"), 1024 - 100 - 50 - 256);
    assert_eq!(amount(&remaining, "MEMORY"), 4096 - 200 - 300 - 512);
    let unknown = json!({"containerOverrides": [{"name": "nobody"}]});
    let refused = call!(house, run_task, {"taskDefinition": "web", "overrides": unknown});
    assert!(
        refused.unwrap_err().contains(
            "Override for container named nobody is not a container in the TaskDefinition."
        )
    );
}

#[tokio::test]
async fn the_size_of_a_definition_is_what_its_tasks_take_and_may_use() {
    let house = House::new().await;
    house
        .define(
            "web",
            json!({}),
            json!({"cpu": ".5 vCPU", "memory": "1 GB"}),
        )
        .await;
    let attributes = json!({"attributes": [{"name": "ecs.capability.task-cpu-mem-limit"}]});
    let arn = house.join("a", 1024, 4096, attributes).await;
    let mut node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web", "count": 2}).unwrap();
    assert_eq!(tasks(&ran).len(), 2);
    let mut sent = Vec::new();
    while sent.len() < 2 {
        sent.extend(node.payload().await.tasks);
    }
    for task in sent {
        assert_eq!((task.cpu.to_bits(), task.memory), (0.5_f64.to_bits(), 1024));
    }
    let remaining = house.instance(&arn).await["remainingResources"].clone();
    assert_eq!(
        (amount(&remaining, "CPU"), amount(&remaining, "MEMORY")),
        (0, 2048)
    );
    let full = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(reasons(&full), ["RESOURCE:CPU"]);
}

#[tokio::test]
async fn what_no_definition_may_have_no_override_gives() {
    let house = House::new().await;
    house
        .define("web", json!({"memoryReservation": 100}), json!({}))
        .await;
    let sized = json!({"cpu": "256", "memory": "512"});
    house.define("sized", json!({}), sized).await;
    let arn = house
        .join(
            "a",
            1024,
            4096,
            json!({"attributes": [{"name": "ecs.capability.task-cpu-mem-limit"}]}),
        )
        .await;
    let _node = house.connect(&arn).await;
    let of_app = |members: Value| {
        let mut app = json!({"name": "app"});
        app.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        json!({"containerOverrides": [app]})
    };
    let variable = |name: &str| json!({"environment": [{"name": name, "value": "x"}]});
    for (family, overrides, words) in [
        (
            "web",
            of_app(json!({"memory": -1_000_000})),
            "'memory' must be at least 6",
        ),
        (
            "web",
            of_app(json!({"memory": 0})),
            "'memory' must be at least 6",
        ),
        (
            "web",
            of_app(json!({"memory": 5})),
            "'memory' must be at least 6",
        ),
        (
            "web",
            of_app(json!({"memoryReservation": -1})),
            "'memoryReservation' must be at least 6",
        ),
        (
            "web",
            of_app(json!({"cpu": -1})),
            "'cpu' must be at least 0",
        ),
        // The definition's reservation is above the limit that is asked for, and the other way round.
        (
            "web",
            of_app(json!({"memory": 99})),
            "greater than or equal to 'memoryReservation'",
        ),
        (
            "web",
            of_app(json!({"memoryReservation": 129})),
            "greater than or equal to 'memoryReservation'",
        ),
        (
            "web",
            of_app(variable("")),
            "A name in 'environment' is blank",
        ),
        (
            "web",
            of_app(variable("A=B")),
            "'A=B' is no name of a variable",
        ),
        ("web", json!({"cpu": "1"}), "Invalid 'cpu' setting for task"),
        (
            "web",
            json!({"memory": "-512"}),
            "Invalid 'memory' setting for task",
        ),
        (
            "sized",
            of_app(json!({"memory": 513})),
            "is greater than for the task",
        ),
        (
            "sized",
            json!({"memory": "127"}),
            "is greater than for the task",
        ),
        (
            "web",
            of_app(json!({"environment": [{"name": "A", "value": "b\0"}]})),
            "'environment' has a NUL",
        ),
        (
            "web",
            of_app(json!({"command": ["a\0"]})),
            "'command' has a NUL",
        ),
        (
            "web",
            json!({"containerOverrides": [{"name": "app", "cpu": 1}, {"name": "app", "cpu": 2}]}),
            "more than one override for container named app",
        ),
        (
            "web",
            json!({"containerOverrides": [{"cpu": 1}]}),
            "Override for container named  is not a container in the TaskDefinition.",
        ),
    ] {
        let asked = json!({"taskDefinition": family, "overrides": overrides,
            "containerInstances": [arn]});
        let started = call!(house, start_task, asked.clone());
        let mut asked = asked;
        asked.as_object_mut().unwrap().remove("containerInstances");
        for refused in [call!(house, run_task, asked), started] {
            let said = refused.expect_err(&overrides.to_string());
            assert!(said.contains(words), "{overrides}: {said}");
        }
    }
    let remaining = house.instance(&arn).await["remainingResources"].clone();
    assert_eq!(
        (amount(&remaining, "CPU"), amount(&remaining, "MEMORY")),
        (1024, 4096)
    );
    // A size that is blank is none: the definition's holds, and what has none has no limit.
    let blank = json!({"cpu": "", "memory": ""});
    let ran = call!(house, run_task, {"taskDefinition": "sized", "overrides": blank}).unwrap();
    assert_eq!(
        (&ran["tasks"][0]["cpu"], &ran["tasks"][0]["memory"]),
        (&json!("256"), &json!("512"))
    );
    assert!(ran["tasks"][0]["overrides"].get("cpu").is_none());
}

#[tokio::test]
async fn a_fargate_task_waits_for_the_processors_that_it_is_made_for() {
    let house = House::new().await;
    let node = |architecture: &str| {
        json!({"attributes": [
            {"name": "longshore.capacity.fargate"},
            {"name": "ecs.cpu-architecture", "value": architecture}]})
    };
    let intel = house.join("a", 1024, 2048, node("x86_64")).await;
    let _intel = house.connect(&intel).await;
    let made_for_arm = json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"], "runtimePlatform": {"cpuArchitecture": "ARM64"}});
    house.define("arm", json!({}), made_for_arm).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let ran = call!(house, run_task, {"taskDefinition": "arm", "launchType": "FARGATE",
        "networkConfiguration": network, "count": 2})
    .unwrap();
    assert_eq!(
        ran["tasks"][0]["attributes"],
        json!([{"name": "ecs.cpu-architecture", "value": "arm64"}])
    );
    house.placement.pass().await.unwrap();
    let status = async |index: usize| house.task(tasks(&ran)[index]).await;
    assert_eq!(status(0).await["lastStatus"], "PROVISIONING");
    // As on AWS, what nobody has room for is told after a while.
    house.clock.pass(Duration::from_secs(61));
    house.placement.pass().await.unwrap();
    for index in [0, 1] {
        let task = status(index).await;
        assert_eq!(task["lastStatus"], "STOPPED");
        assert!(
            task["stoppedReason"]
                .as_str()
                .unwrap()
                .starts_with("Capacity is unavailable at this time"),
            "{task}"
        );
    }
    let arm = house.join("b", 1024, 2048, node("arm64")).await;
    let arm = house.connect(&arm).await;
    let again = call!(house, run_task, {"taskDefinition": "arm", "launchType": "FARGATE",
        "networkConfiguration": network})
    .unwrap();
    house.placement.pass().await.unwrap();
    let task = house.task(tasks(&again)[0]).await;
    assert_eq!(task["lastStatus"], "PENDING");
    assert_eq!(house.board.tasks_of_node(&arm.id).len(), 1);
}

#[tokio::test]
async fn fargate_and_a_cluster_draw_from_one_pool() {
    let house = House::new().await;
    let sized = json!({"networkMode": "awsvpc", "cpu": "512", "memory": "1024", "requiresCompatibilities": ["FARGATE"]});
    house.define("fargate", json!({}), sized).await;
    house
        .define("web", json!({"memory": 1024}), json!({}))
        .await;
    let both =
        json!({"cluster": "default", "attributes": [{"name": "longshore.capacity.fargate"}]});
    let arn = house.join("a", 1024, 2048, both).await;
    let _node = house.connect(&arn).await;
    let network = json!({"awsvpcConfiguration": {"subnets": [house.subnet]}});
    let ran = call!(house, run_task, {"taskDefinition": "fargate", "launchType": "FARGATE", "networkConfiguration": network}).unwrap();
    assert!(ran["tasks"][0].get("containerInstanceArn").is_none());
    house.placement.pass().await.unwrap();
    assert_eq!(house.task(tasks(&ran)[0]).await["lastStatus"], "PENDING");
    let first = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(tasks(&first).len(), 1);
    let second = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    assert_eq!(reasons(&second), ["RESOURCE:MEMORY"]);
    let more = call!(house, run_task, {"taskDefinition": "fargate", "launchType": "FARGATE", "networkConfiguration": network}).unwrap();
    house.placement.pass().await.unwrap();
    assert_eq!(
        house.task(tasks(&more)[0]).await["lastStatus"],
        "PROVISIONING"
    );
    let shown = house.instance(&arn).await;
    assert_eq!(amount(&shown["remainingResources"], "MEMORY"), 0);
    assert_eq!(shown["pendingTasksCount"], 1, "Fargate's are not shown");
    for more in [
        json!({"placementConstraints": [{"type": "distinctInstance"}]}),
        json!({"placementStrategy": [{"type": "random"}]}),
    ] {
        let mut request = json!({"taskDefinition": "fargate", "launchType": "FARGATE", "networkConfiguration": network});
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        assert!(
            call!(house, run_task, request)
                .unwrap_err()
                .contains("not supported with FARGATE launch type")
        );
    }
}
