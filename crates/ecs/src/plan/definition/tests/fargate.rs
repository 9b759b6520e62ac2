//! ecs-behaviour, "Task definitions": what Fargate refuses, and what it allows now.

use serde_json::{Value, json};

use super::{ec2, fargate, refusal, registered, with};
use crate::fixtures;

fn compatibilities(definition: Value) -> Value {
    fixtures::json(&registered(definition))["compatibilities"].clone()
}

#[test]
fn what_fargate_refuses_of_a_container() {
    let unsupported =
        |what: &str| format!("Fargate compatible task definitions do not support {what}");
    for (members, sentence) in [
        (
            json!({"privileged": true}),
            "Fargate requires that the 'privileged' setting be 'false'.".to_owned(),
        ),
        (
            json!({"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}}),
            unsupported("devices"),
        ),
        (
            json!({"linuxParameters": {"sharedMemorySize": 64}}),
            unsupported("sharedMemorySize"),
        ),
        (
            json!({"linuxParameters": {"maxSwap": 64}}),
            unsupported("maxSwap"),
        ),
        (
            json!({"linuxParameters": {"swappiness": 1}}),
            unsupported("swappiness"),
        ),
        (
            json!({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"]}}}),
            "NET_ADMIN is not allowed on Fargate.".to_owned(),
        ),
        (
            json!({"dockerSecurityOptions": ["no-new-privileges"]}),
            unsupported("dockerSecurityOptions"),
        ),
        (
            json!({"hostname": "web"}),
            "hostname is not supported on container when networkMode=awsvpc.".to_owned(),
        ),
        (
            json!({"extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.1"}]}),
            "Extra hosts are not supported on container when networkMode=awsvpc.".to_owned(),
        ),
        (
            json!({"dnsServers": ["10.0.0.1"]}),
            "DNS servers are not supported on container when networkMode=awsvpc.".to_owned(),
        ),
        (
            json!({"links": ["app"]}),
            "Links are not supported when networkMode=awsvpc.".to_owned(),
        ),
        (
            json!({"stopTimeout": 121}),
            "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.".to_owned(),
        ),
        (
            json!({"logConfiguration": {"logDriver": "json-file"}}),
            "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]".to_owned(),
        ),
        (
            json!({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}),
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match.".to_owned(),
        ),
    ] {
        assert_eq!(refusal(&fargate(members)), sentence);
    }
}

#[test]
fn what_fargate_refuses_of_a_task() {
    for (members, sentence) in [
        (
            json!({"networkMode": "bridge"}),
            "Fargate only supports network mode 'awsvpc'.",
        ),
        (
            json!({"ipcMode": "task"}),
            "Tasks using the Fargate launch type do not support ipcMode.",
        ),
        (
            json!({"pidMode": "host"}),
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
        ),
        (
            json!({"cpu": "16384", "memory": "122881"}),
            "No Fargate configuration exists for given values.",
        ),
        (
            json!({"volumes": [{"name": "v", "host": {"sourcePath": "/srv"}}]}),
            "Fargate compatible task definitions do not support sourcePath",
        ),
        (
            json!({"volumes": [{"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}]}),
            "Fargate compatible task definitions do not support dockerVolumeConfiguration",
        ),
    ] {
        assert_eq!(refusal(&with(fargate(json!({})), members)), sentence);
    }
    for (size, sentence) in [
        (
            "cpu",
            "Fargate requires that 'cpu' be defined at the task level.",
        ),
        (
            "memory",
            "Fargate requires that 'memory' be defined at the task level.",
        ),
    ] {
        let mut definition = fargate(json!({}));
        definition.as_object_mut().unwrap().remove(size);
        assert_eq!(refusal(&definition), sentence);
    }
}

#[test]
fn what_fargate_needs_a_role_for() {
    let logs = json!({"logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}}});
    assert_eq!(
        refusal(&fargate(logs.clone())),
        "Fargate requires task definition to have execution role ARN to support log driver awslogs."
    );
    let image = json!({"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1"});
    assert_eq!(
        refusal(&fargate(image.clone())),
        "Fargate requires task definition to have execution role ARN to support ECR images."
    );
    let role = json!({"executionRoleArn": "ecsTaskExecutionRole"});
    registered(with(fargate(logs), role.clone()));
    registered(with(fargate(image), role.clone()));
    let bare = json!({"logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": "g", "awslogs-region": "us-east-1"}}});
    registered(with(ec2(bare.clone()), role.clone()));
    assert_eq!(
        refusal(&with(fargate(bare), role)),
        "Log driver awslogs requires options: awslogs-stream-prefix",
        "a stream needs a name where nobody can look at the node"
    );
}

#[test]
fn what_fargate_allows() {
    for members in [
        json!({"linuxParameters": {"tmpfs": [{"containerPath": "/run", "size": 16}]}}),
        json!({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}}),
        json!({"linuxParameters": {"initProcessEnabled": true}}),
        json!({"systemControls": [{"namespace": "net.core.somaxconn", "value": "100"}]}),
        json!({"stopTimeout": 120, "startTimeout": 120}),
        json!({"portMappings": [{"containerPortRange": "9000-9001"}]}),
        json!({"ulimits": [{"name": "nofile", "softLimit": 65535, "hardLimit": 65535}]}),
    ] {
        registered(fargate(members));
    }
    registered(with(fargate(json!({})), json!({"pidMode": "task"})));
    registered(with(
        fargate(json!({"mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]})),
        json!({"volumes": [{"name": "v"}]}),
    ));
    registered(with(
        fargate(json!({})),
        json!({"cpu": "16 vCPU", "memory": "120 GB"}),
    ));
}

#[test]
fn a_definition_says_where_it_could_run() {
    assert_eq!(compatibilities(ec2(json!({}))), json!(["EC2"]));
    assert_eq!(
        compatibilities(fargate(json!({}))),
        json!(["EC2", "FARGATE"])
    );
    // Not asked for, but it would fit.
    let mut unasked = fargate(json!({}));
    unasked
        .as_object_mut()
        .unwrap()
        .remove("requiresCompatibilities");
    assert_eq!(compatibilities(unasked.clone()), json!(["EC2", "FARGATE"]));
    assert_eq!(
        compatibilities(with(unasked, json!({"ipcMode": "task"}))),
        json!(["EC2"])
    );
}

#[test]
fn ephemeral_storage_is_fargates_and_has_its_bounds() {
    let asking = |gib: i32| json!({"ephemeralStorage": {"sizeInGiB": gib}});
    for gib in [21, 200] {
        let shown = fixtures::json(&registered(with(fargate(json!({})), asking(gib))));
        assert_eq!(shown["ephemeralStorage"], json!({"sizeInGiB": gib}));
    }
    for gib in [0, 20, 201] {
        assert_eq!(
            refusal(&with(fargate(json!({})), asking(gib))),
            "ephemeralStorage.sizeInGiB must be between 21 and 200."
        );
    }
    assert_eq!(
        refusal(&with(ec2(json!({})), asking(30))),
        "ephemeralStorage is only supported for tasks using the Fargate launch type."
    );
}
