//! The ports of a node that its containers take.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use aws_api::ecs::Ecs as _;
use house::{House, ports, reasons, tasks};
use serde_json::{Value, json};

#[tokio::test]
async fn ports_that_a_node_chose_are_shown_and_taken() {
    let house = House::new().await;
    house
        .define(
            "web",
            json!({"portMappings": [{"containerPort": 80}]}),
            json!({}),
        )
        .await;
    house
        .define(
            "fixed",
            json!({"portMappings": [{"containerPort": 80, "hostPort": 32768}]}),
            json!({}),
        )
        .await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let bindings = json!([
        {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"},
        {"bindIP": "10.0.0.1", "containerPortRange": "90-91", "hostPortRange": "40000-40001", "protocol": "udp"},
    ]);
    house
        .report(&node.id, json!({"task": tasks(&ran)[0], "status": "RUNNING",
            "containers": [{"containerName": "app", "status": "RUNNING", "networkBindings": bindings}]}))
        .await;
    let task = house.task(tasks(&ran)[0]).await;
    assert_eq!(task["containers"][0]["networkBindings"], bindings);
    let remaining = house.instance(&arn).await["remainingResources"].clone();
    assert_eq!(ports(&remaining, "PORTS"), ["32768"]);
    assert_eq!(ports(&remaining, "PORTS_UDP"), ["40000", "40001"]);
    let taken = call!(house, run_task, {"taskDefinition": "fixed"}).unwrap();
    assert_eq!(reasons(&taken), ["RESOURCE:PORTS"]);
    // A container says the same of itself.
    let other = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let caller = house.node_caller(&node.id);
    let one =
        json!({"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32769, "protocol": "tcp"});
    let said = json!({"task": tasks(&other)[0], "containerName": "app", "status": "RUNNING", "networkBindings": [one]});
    house
        .ecs
        .submit_container_state_change(&caller, house::input(said))
        .await
        .unwrap();
    let task = house.task(tasks(&other)[0]).await;
    assert_eq!(task["containers"][0]["networkBindings"], json!([one]));
}

#[tokio::test]
async fn each_protocol_has_ports_of_its_own() {
    let house = House::new().await;
    let mapping =
        |protocol: &str| json!({"containerPort": 53, "hostPort": 53, "protocol": protocol});
    let (tcp, udp) = (mapping("tcp"), mapping("udp"));
    for (family, mappings) in [
        ("tcp", json!([tcp])),
        ("udp", json!([udp])),
        ("both", json!([tcp, udp])),
    ] {
        let container = json!({"portMappings": mappings});
        house.define(family, container, json!({})).await;
    }
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let mut node = house.connect(&arn).await;
    let run = async |family: &str| call!(house, run_task, {"taskDefinition": family}).unwrap();
    let first = run("both").await;
    let told = &node.payload().await.tasks[0].containers[0].port_mappings;
    let told: Vec<_> = told
        .iter()
        .map(|port| (port.container_port, port.host_port, port.protocol.as_str()))
        .collect();
    assert_eq!(told, [(53, 53, "tcp"), (53, 53, "udp")]);
    let remaining = house.instance(&arn).await["remainingResources"].clone();
    assert_eq!(ports(&remaining, "PORTS"), ["53"]);
    assert_eq!(ports(&remaining, "PORTS_UDP"), ["53"]);
    for family in ["tcp", "udp", "both"] {
        assert_eq!(reasons(&run(family).await), ["RESOURCE:PORTS"], "{family}");
    }
    let bindings = json!(["tcp", "udp"].map(|protocol| json!({
        "bindIP": "0.0.0.0", "containerPort": 53, "hostPort": 53, "protocol": protocol})));
    house
        .report(&node.id, json!({"task": tasks(&first)[0], "status": "RUNNING",
            "containers": [{"containerName": "app", "status": "RUNNING", "networkBindings": bindings}]}))
        .await;
    let task = house.task(tasks(&first)[0]).await;
    assert_eq!(task["containers"][0]["networkBindings"], bindings);
    house
        .report(
            &node.id,
            json!({"task": tasks(&first)[0], "status": "STOPPED"}),
        )
        .await;
    // Two tasks share the number, each with a protocol of its own.
    for family in ["tcp", "udp"] {
        assert_eq!(tasks(&run(family).await).len(), 1, "{family}");
    }
    assert_eq!(reasons(&run("both").await), ["RESOURCE:PORTS"]);
}

#[tokio::test]
async fn no_container_has_more_ports_than_there_are() {
    let house = House::new().await;
    let port = json!({"portMappings": [{"containerPort": 80}]});
    house.define("web", port, json!({})).await;
    let arn = house.join("a", 1024, 4096, json!({})).await;
    let node = house.connect(&arn).await;
    let ran = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    let range = |last: u32| {
        json!({"bindIP": "0.0.0.0", "containerPortRange": "1-65535",
        "hostPortRange": format!("1-{last}"), "protocol": "tcp"})
    };
    let all: Vec<Value> = (65_435..65_535).map(range).collect();
    house
        .report(
            &node.id,
            json!({"task": tasks(&ran)[0], "status": "RUNNING",
            "containers": [{"containerName": "app", "status": "RUNNING", "networkBindings": all}]}),
        )
        .await;
    let task = house.task(tasks(&ran)[0]).await;
    assert_eq!(task["containers"][0]["networkBindings"], json!([all[0]]));
    // All ports of the host are as many as there can be.
    let whole = json!([range(65_535)]);
    let other = call!(house, run_task, {"taskDefinition": "web"}).unwrap();
    house
        .report(&node.id, json!({"task": tasks(&other)[0], "status": "RUNNING",
            "containers": [{"containerName": "app", "status": "RUNNING", "networkBindings": whole}]}))
        .await;
    let task = house.task(tasks(&other)[0]).await;
    assert_eq!(task["containers"][0]["networkBindings"], whole);
}
