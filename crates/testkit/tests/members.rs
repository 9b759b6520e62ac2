//! The tables of members (`models/SERVICE.members`) against what real clients send: none of it
//! may be refused by mistake, and what is refused is named.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows test functions, and not what they call, as tests"
)]

use aws_api::{ecs, logs};
use aws_schema::{Protocol, Structure, Value as _};
use serde_json::{Value, json};

/// What of an input is not supported, as the gateway asks.
fn unsupported<T: Structure>(input: &Value) -> Option<String> {
    let body = input.to_string();
    let decoded = aws_wire::decode(Protocol::AwsJson11, body.as_bytes()).unwrap();
    let input = T::read(T::SCHEMA, &mut *decoded.reader()).unwrap();
    aws_wire::validate(&input).unwrap();
    aws_wire::unsupported(&input)
}

#[test]
fn an_unmodified_agent_is_not_refused() {
    // As amazon-ecs-agent 1.105.1 says it, with what it adds on EC2 and on a GPU instance.
    let registration = json!({
        "attributes": [{"name": "ecs.capability.ecr-endpoint"},
                       {"name": "ecs.os-type", "value": "linux"}],
        "clientToken": "d6463cf9-3036-4793-a8db-50b1209ad9c2",
        "cluster": "default",
        "instanceIdentityDocument": "{}",
        "instanceIdentityDocumentSignature": "c2lnbmVk",
        "platformDevices": [{"id": "gpu-0", "type": "GPU"}],
        "tags": [{"key": "team", "value": "a"}],
        "totalResources": [
            {"integerValue": 2048, "name": "CPU", "type": "INTEGER", "longValue": 0},
            {"name": "PORTS", "stringSetValue": ["22"], "type": "STRINGSET", "doubleValue": 0.0}],
        "versionInfo": {"agentHash": "a8b3e7d3", "agentVersion": "1.105.1",
                        "dockerVersion": "20.10.24"}
    });
    assert_eq!(
        unsupported::<ecs::RegisterContainerInstanceRequest>(&registration),
        None
    );
    let discovery = json!({"cluster": "default", "containerInstance": "i", "zoneId": ""});
    assert_eq!(
        unsupported::<ecs::DiscoverPollEndpointRequest>(&discovery),
        None
    );
    let binding = json!({"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 80,
                         "protocol": "tcp"});
    let report = json!({
        "attachments": [{"attachmentArn": "a", "status": "ATTACHED"}],
        "cluster": "default",
        "containers": [{"containerName": "app", "exitCode": 7, "runtimeId": "2a9f",
                        "status": "STOPPED", "networkBindings": [binding]}],
        "executionStoppedAt": 1795189599.552,
        "managedAgents": [{"containerName": "app", "managedAgentName": "ExecuteCommandAgent",
                           "status": "STOPPED", "reason": "r"}],
        "reason": "", "status": "STOPPED", "task": "t"
    });
    assert_eq!(
        unsupported::<ecs::SubmitTaskStateChangeRequest>(&report),
        None
    );
}

/// A registration as Terraform's provider words it, with the zero values that it puts in.
fn task_definition() -> Value {
    json!({
        "family": "hello", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"], "executionRoleArn": "ecsTaskExecutionRole",
        "taskRoleArn": "", "placementConstraints": [], "volumes": [], "tags": [],
        "enableFaultInjection": false, "inferenceAccelerators": [],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "containerDefinitions": [{
            "name": "web", "image": "hello:1", "cpu": 0, "essential": true,
            "environment": [{"name": "A", "value": "b"}], "environmentFiles": [],
            "mountPoints": [], "volumesFrom": [], "systemControls": [], "secrets": [],
            "privileged": false, "interactive": false, "pseudoTerminal": false, "links": [],
            "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
            "linuxParameters": {"initProcessEnabled": false, "capabilities": {"drop": ["ALL"]}},
            "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp",
                              "name": "web-8080-tcp", "appProtocol": "http"}],
            "logConfiguration": {"logDriver": "awslogs", "secretOptions": [],
                                 "options": {"awslogs-group": "/ecs/hello"}},
            "stopTimeout": 30, "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]
        }]
    })
}

#[test]
fn a_task_definition_of_a_usual_kind_is_not_refused() {
    let given = task_definition();
    assert_eq!(
        unsupported::<ecs::RegisterTaskDefinitionRequest>(&given),
        None
    );
}

#[test]
fn what_a_task_definition_asks_for_in_vain_is_named() {
    for (place, value, named) in [
        (
            "/containerDefinitions/0",
            json!({"secrets": [{"name": "A", "valueFrom": "b"}]}),
            "containerDefinitions[0].secrets",
        ),
        (
            "/containerDefinitions/0",
            json!({"firelensConfiguration": {"type": "fluentbit"}}),
            "containerDefinitions[0].firelensConfiguration",
        ),
        (
            "/containerDefinitions/0",
            json!({"disableNetworking": true}),
            "containerDefinitions[0].disableNetworking",
        ),
        (
            "/runtimePlatform",
            json!({"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
            "runtimePlatform.operatingSystemFamily WINDOWS_SERVER_2022_CORE",
        ),
        (
            "",
            json!({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]}),
            "volumes[0].efsVolumeConfiguration",
        ),
        (
            "",
            json!({"volumes": [{"name": "v", "s3filesVolumeConfiguration": {"fileSystemArn": "a"}}]}),
            "volumes[0].s3filesVolumeConfiguration",
        ),
        (
            "",
            json!({"proxyConfiguration": {"type": "APPMESH", "containerName": "envoy"}}),
            "proxyConfiguration",
        ),
    ] {
        let mut given = task_definition();
        let place = given.pointer_mut(place).unwrap().as_object_mut().unwrap();
        place.extend(value.as_object().unwrap().clone());
        assert_eq!(
            unsupported::<ecs::RegisterTaskDefinitionRequest>(&given).as_deref(),
            Some(named)
        );
    }
}

#[test]
fn what_run_task_asks_for_in_vain_is_named() {
    let usual = json!({
        "cluster": "demo", "count": 1, "launchType": "FARGATE", "taskDefinition": "hello",
        "enableECSManagedTags": false, "enableExecuteCommand": false, "propagateTags": "NONE",
        "placementConstraints": [], "placementStrategy": [],
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": []},
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-1"], "securityGroups": [], "assignPublicIp": "DISABLED"}}
    });
    assert_eq!(unsupported::<ecs::RunTaskRequest>(&usual), None);
    for (place, value, named) in [
        (
            "",
            json!({"enableExecuteCommand": true}),
            "enableExecuteCommand",
        ),
        ("", json!({"referenceId": "r"}), "referenceId"),
        (
            "",
            json!({"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}),
            "capacityProviderStrategy",
        ),
        (
            "/overrides",
            json!({"taskRoleArn": "r"}),
            "overrides.taskRoleArn",
        ),
        (
            "/networkConfiguration/awsvpcConfiguration",
            json!({"assignPublicIp": "ENABLED"}),
            "networkConfiguration.awsvpcConfiguration.assignPublicIp ENABLED",
        ),
    ] {
        let mut given = usual.clone();
        let place = given.pointer_mut(place).unwrap().as_object_mut().unwrap();
        place.extend(value.as_object().unwrap().clone());
        assert_eq!(
            unsupported::<ecs::RunTaskRequest>(&given).as_deref(),
            Some(named)
        );
    }
}

#[test]
fn log_groups_and_clusters_are_made_with_their_defaults_spelled_out() {
    let group = json!({"logGroupName": "g", "logGroupClass": "STANDARD",
                       "deletionProtectionEnabled": false, "tags": {"a": "b"}});
    assert_eq!(unsupported::<logs::CreateLogGroupRequest>(&group), None);
    let cluster = |insights: &str| {
        json!({"clusterName": "demo", "capacityProviders": [],
               "settings": [{"name": "containerInsights", "value": insights}]})
    };
    assert_eq!(
        unsupported::<ecs::CreateClusterRequest>(&cluster("disabled")),
        None
    );
    assert_eq!(
        unsupported::<ecs::CreateClusterRequest>(&cluster("enhanced")).as_deref(),
        Some("settings[0].value enhanced")
    );
}
