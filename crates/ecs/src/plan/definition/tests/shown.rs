//! What is kept of a definition and shown, with the defaults that ECS fills in.

use serde_json::{Value, json};

use super::{ec2, fargate, registered, with};
use crate::fixtures;

fn shown(definition: Value) -> Value {
    fixtures::json(&registered(definition))
}

#[test]
fn a_container_is_shown_with_its_defaults() {
    assert_eq!(
        shown(ec2(json!({}))),
        json!({
            "family": "web", "compatibilities": ["EC2"], "volumes": [], "placementConstraints": [],
            "containerDefinitions": [{
                "name": "app", "image": "hello:1", "memory": 64, "cpu": 0, "essential": true,
                "environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": [],
                "portMappings": []}]
        })
    );
}

/// What the checks of `everything` in the payload's tests do not show: what was given comes back.
#[test]
fn what_was_given_is_shown_again() {
    for container in [
        json!({"restartPolicy": {"enabled": false, "restartAttemptPeriod": 90}}),
        json!({"versionConsistency": "disabled"}),
        json!({"hostname": "h"}),
        json!({"dockerLabels": {"a": "b"}}),
        json!({"linuxParameters": {"tmpfs": [{"containerPath": "/a", "size": 1}]}}),
        json!({"logConfiguration": {"logDriver": "none"}}),
        json!({"interactive": true, "pseudoTerminal": true}),
        json!({"extraHosts": [{"hostname": "a", "ipAddress": "::1"}]}),
    ] {
        let shown = shown(ec2(container.clone()));
        for (member, value) in container.as_object().unwrap() {
            assert_eq!(&shown["containerDefinitions"][0][member], value);
        }
    }
    let task = json!({"networkMode": "host", "pidMode": "host", "ipcMode": "task",
                      "runtimePlatform": {"cpuArchitecture": "ARM64",
                                          "operatingSystemFamily": "LINUX"}});
    let shown = shown(with(ec2(json!({})), task.clone()));
    for (member, value) in task.as_object().unwrap() {
        assert_eq!(&shown[member], value);
    }
}

#[test]
fn health_checks_and_volumes_are_shown_with_their_defaults() {
    let shown = shown(with(
        ec2(json!({"healthCheck": {"command": ["CMD-SHELL", "true"]}})),
        json!({"volumes": [{"name": "a"}, {"name": "b", "dockerVolumeConfiguration": {}}]}),
    ));
    assert_eq!(
        shown["containerDefinitions"][0]["healthCheck"],
        json!({"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 5, "retries": 3})
    );
    assert_eq!(
        shown["volumes"],
        json!([
            {"name": "a", "host": {}},
            {"name": "b", "dockerVolumeConfiguration": {"scope": "task", "driver": "local"}},
        ])
    );
}

#[test]
fn ports_are_shown_as_each_network_mode_has_them() {
    for (mode, host_port) in [("bridge", 0), ("host", 80), ("awsvpc", 80)] {
        let shown = shown(with(
            ec2(json!({"portMappings": [
                {"containerPort": 80, "protocol": "sctp", "name": "web", "appProtocol": "http"}]})),
            json!({"networkMode": mode}),
        ));
        assert_eq!(
            shown["containerDefinitions"][0]["portMappings"],
            json!([{"containerPort": 80, "hostPort": host_port, "protocol": "tcp",
                    "name": "web", "appProtocol": "http"}]),
            "ECS takes any other protocol as TCP"
        );
    }
}

#[test]
fn a_task_s_size_is_shown_as_a_number() {
    let shown = shown(with(
        fargate(json!({})),
        json!({"cpu": ".5 vCPU", "memory": "1 GB"}),
    ));
    assert_eq!(shown["cpu"], "512");
    assert_eq!(shown["memory"], "1024");
}

#[test]
fn what_a_container_instance_must_be_able_to_do() {
    let logs = json!({"logDriver": "awslogs",
                      "options": {"awslogs-group": "g", "awslogs-region": "us-east-1"}});
    let shown = shown(with(
        ec2(json!({
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1", "privileged": true,
            "healthCheck": {"command": ["CMD", "true"]}, "logConfiguration": logs,
            "restartPolicy": {"enabled": true},
            "portMappings": [{"containerPortRange": "80-81"}]})),
        json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512", "pidMode": "task",
               "executionRoleArn": "ecsTaskExecutionRole",
               "runtimePlatform": {"cpuArchitecture": "ARM64"},
               "volumes": [{"name": "v", "dockerVolumeConfiguration": {"driver": "local"}}]}),
    ));
    let names: Vec<&str> = shown["requiresAttributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "com.amazonaws.ecs.capability.ecr-auth",
            "com.amazonaws.ecs.capability.logging-driver.awslogs",
            "com.amazonaws.ecs.capability.privileged-container",
            "ecs.capability.container-health-check",
            "ecs.capability.container-port-range",
            "ecs.capability.container-restart-policy",
            "ecs.capability.docker-plugin.local",
            "ecs.capability.execution-role-awslogs",
            "ecs.capability.execution-role-ecr-pull",
            "ecs.capability.pid-ipc-namespace-sharing",
            "ecs.capability.task-cpu-mem-limit",
            "ecs.capability.task-eni",
            "ecs.cpu-architecture",
        ]
    );
    let architecture = shown["requiresAttributes"]
        .as_array()
        .unwrap()
        .last()
        .unwrap();
    assert_eq!(architecture["value"], "arm64");
}

/// Deployment tools take what DescribeTaskDefinition shows, change an image, and register that.
#[test]
fn what_is_shown_can_be_registered_again() {
    let everything: Value = serde_json::from_str(fixtures::EVERY_FIELD).unwrap();
    let on_fargate = with(
        fargate(
            json!({"portMappings": [{"containerPort": 80}, {"containerPortRange": "90-99"}],
                       "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]}),
        ),
        json!({"volumes": [{"name": "v"}], "pidMode": "task"}),
    );
    for definition in [ec2(json!({})), everything, on_fargate] {
        let first = shown(definition);
        let mut again = first.clone();
        for added in ["compatibilities", "requiresAttributes"] {
            again.as_object_mut().unwrap().remove(added);
        }
        assert_eq!(shown(again), first);
    }
}
