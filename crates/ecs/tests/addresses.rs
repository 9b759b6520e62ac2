//! What agents are told of addresses: where their sessions are, and by which names the registry is known.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use aws_api::ecs::{self as model, Ecs as _};
use aws_core::Caller;
use records::ecr::RegistryName;
use serde_json::json;

use house::{House, node_id};

#[tokio::test]
async fn an_agent_is_told_the_address_that_it_came_by() {
    let house = House::new().await;
    let found = |host: Option<&str>| {
        let caller = Caller {
            host: host.map(str::to_owned),
            ..house.node_caller(&node_id("a"))
        };
        let house = &house;
        async move {
            let input = model::DiscoverPollEndpointRequest::default();
            let found = house.ecs.discover_poll_endpoint(&caller, input).await;
            found.unwrap().endpoint.unwrap()
        }
    };
    assert_eq!(found(Some("10.0.0.1:80")).await, "http://10.0.0.1:80/acs/");
    // Where the house is said to be.
    assert_eq!(found(None).await, "http://127.0.0.1:4566/acs/");
}

#[tokio::test]
async fn nodes_are_told_each_name_that_a_caller_was_told() {
    let house = House::new().await;
    let arn = house.join("a", 1024, 1024, json!({})).await;
    let name = RegistryName {
        name: "10.0.0.1:4566".to_owned(),
        told_at: ambient::Timestamp::from_millis(0),
        is_operators: false,
    };
    let mut transaction = house.records.transaction();
    let key = RegistryName::key(&name.name);
    transaction.create(&key, &name).unwrap();
    transaction.commit().await.unwrap();
    let mut node = house.connect(&arn).await;
    let hosts = node.state().await.registry_hosts;
    assert_eq!(hosts, ["localhost:4566", "10.0.0.1:4566"]);
}
