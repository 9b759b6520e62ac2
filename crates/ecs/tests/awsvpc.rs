//! The network of a task with an interface of its own: the subnets and security groups of its request.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod house;

use ambient::SystemRandom;
use aws_api::ecs::Ecs as _;
use aws_core::{AccountId, Region};
use house::{House, tasks};
use records::ec2::{DefaultNetwork, NetworkInterface, SecurityGroup, Subnet, default_network};
use serde_json::{Value, json};

fn home() -> (AccountId, Region) {
    (
        "123456789012".parse().unwrap(),
        "us-east-1".parse().unwrap(),
    )
}

/// Another VPC, with its subnets and its group.
async fn other_vpc(house: &House) -> DefaultNetwork {
    let (account, region) = home();
    let network = default_network(&region, 1, &SystemRandom).unwrap();
    let mut transaction = house.records.transaction();
    for subnet in &network.subnets {
        let key = Subnet::key(&account, &region, &subnet.id);
        transaction.create(&key, subnet).unwrap();
    }
    let group = &network.security_group;
    let key = SecurityGroup::key(&account, &region, &group.id);
    transaction.create(&key, group).unwrap();
    transaction.commit().await.unwrap();
    network
}

/// Groups `sg-0` to `sg-5` beside the VPC's default group.
async fn groups(house: &House) -> Vec<String> {
    let (account, region) = home();
    let all = house.records.all(&SecurityGroup::prefix(&account, &region));
    let default = all.unwrap().remove(0).record;
    let mut transaction = house.records.transaction();
    let mut ids = Vec::new();
    for number in 0..6 {
        let group = SecurityGroup {
            id: format!("sg-{number}"),
            name: format!("group {number}"),
            ..default.clone()
        };
        let key = SecurityGroup::key(&account, &region, &group.id);
        transaction.create(&key, &group).unwrap();
        ids.push(group.id);
    }
    transaction.commit().await.unwrap();
    ids
}

#[tokio::test]
async fn an_interface_is_in_the_subnet_and_the_groups_that_were_asked_for() {
    let house = House::new().await;
    house
        .define("web", json!({}), json!({"networkMode": "awsvpc"}))
        .await;
    let attributes = json!({"attributes": [{"name": "ecs.capability.task-eni"}]});
    let arn = house.join("a", 1024, 4096, attributes).await;
    let _node = house.connect(&arn).await;
    let (account, region) = home();
    let groups = groups(&house).await;
    let elsewhere = other_vpc(&house).await;
    let ran = async |network: Value| {
        let network = json!({"awsvpcConfiguration": network});
        call!(house, run_task, {"taskDefinition": "web", "networkConfiguration": network})
    };
    let interface = |answer: &Value| -> NetworkInterface {
        let task = tasks(answer)[0].to_owned();
        assert!(!task.is_empty());
        let details = answer["tasks"][0]["attachments"][0]["details"].as_array();
        let id = details
            .unwrap()
            .iter()
            .find(|detail| detail["name"] == "networkInterfaceId");
        let id = id.unwrap()["value"].as_str().unwrap();
        let key = NetworkInterface::key(&account, &region, id);
        house.records.get(&key).unwrap().unwrap().record
    };
    let two = json!({"subnets": [house.subnet], "securityGroups": [groups[3], groups[1]]});
    let two = interface(&ran(two).await.unwrap());
    assert_eq!(two.security_groups, [&*groups[3], &*groups[1]]);
    assert_eq!(two.subnet_id, house.subnet);
    let default = interface(&ran(json!({"subnets": [house.subnet]})).await.unwrap());
    assert!(
        !groups.contains(&default.security_groups[0]),
        "the VPC's own"
    );
    let theirs = &elsewhere.subnets[1];
    let there = interface(&ran(json!({"subnets": [theirs.id]})).await.unwrap());
    assert_eq!(there.subnet_id, theirs.id);
    assert!(theirs.cidr.contains(there.address), "{}", there.address);
    assert_eq!(there.security_groups, [&*elsewhere.security_group.id]);
    for (network, words) in [
        (
            json!({"subnets": [house.subnet], "securityGroups": groups}),
            "securityGroups can have at most 5 items.",
        ),
        (
            json!({"subnets": [house.subnet], "securityGroups": [elsewhere.security_group.id]}),
            "is not of the VPC that the subnets are of",
        ),
        (
            json!({"subnets": [house.subnet], "securityGroups": ["sg-9"]}),
            "The security group 'sg-9' does not exist (ErrorCode: InvalidGroup.NotFound)",
        ),
        (
            json!({"subnets": [house.subnet, theirs.id]}),
            "The subnets must be of one VPC.",
        ),
        (
            json!({"subnets": vec![house.subnet.clone(); 17]}),
            "subnets can have at most 16 items.",
        ),
        (json!({"subnets": []}), "subnets can not be empty."),
    ] {
        let refused = ran(network.clone()).await.expect_err(&network.to_string());
        assert!(refused.contains(words), "{network}: {refused}");
    }
}
