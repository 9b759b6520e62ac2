//! Every member of a definition, all the way from the request to the payload.

use super::*;
use crate::fixtures::{EVERY_FIELD, document, placed_task};
use crate::plan::definition::normalise;
use ambient::Timestamp;
use records::ecs::TaskDefinitionStatus;
use serde_json::{Value, json};

/// What the node is told of a task of that definition, Docker's parts read out of their strings.
fn told(definition: Value, overrides: Value) -> Value {
    let normal = normalise(&document(definition)).unwrap();
    let mut task = placed_task();
    task.overrides = document(overrides);
    task.containers = normal
        .container_definitions
        .iter()
        .flatten()
        .map(|container| {
            let mut one = placed_task().containers.remove(0);
            one.name = container.name.clone().unwrap();
            one
        })
        .collect();
    let record = TaskDefinition {
        family: "web".into(),
        revision: 1,
        status: TaskDefinitionStatus::Active,
        registered_at: Timestamp::from_millis(0),
        registered_by: String::new(),
        definition: normal,
        tags: BTreeMap::new(),
        deregistered_at: None,
        delete_requested_at: None,
    };
    let payload = super::task(&task, &record, None, DesiredStatus::Running);
    let mut told = serde_json::to_value(payload).unwrap();
    for container in told["containers"].as_array_mut().unwrap() {
        for part in ["config", "hostConfig"] {
            let text = container["dockerConfig"][part].as_str().unwrap();
            container["dockerConfig"][part] = serde_json::from_str(text).unwrap();
        }
    }
    told
}

fn everything() -> Value {
    serde_json::from_str(EVERY_FIELD).unwrap()
}

#[test]
fn every_field_of_a_task_reaches_the_node() {
    let told = told(everything(), json!({}));
    assert_eq!(told["networkMode"], "bridge");
    assert_eq!(told["pidMode"], "task");
    assert_eq!(told["ipcMode"], "none");
    assert_eq!(
        told["volumes"],
        json!([
            {"name": "etc", "type": "host", "host": {"sourcePath": "/etc/app"}},
            {"name": "scratch", "type": "host", "host": {}},
            {"name": "kept", "type": "docker", "dockerVolumeConfiguration": {
                "scope": "shared", "autoprovision": true, "driver": "local",
                "driverOpts": {"device": "/srv", "o": "bind", "type": "none"}}},
        ])
    );
}

#[test]
fn every_field_of_a_container_reaches_the_node() {
    let told = told(everything(), json!({}));
    let mut app = told["containers"][0].clone();
    app.as_object_mut().unwrap().remove("containerArn");
    assert_eq!(
        app,
        json!({
            "name": "app", "image": "hello:1", "cpu": 128, "memory": 256, "essential": true,
            "entryPoint": ["/bin/sh"], "command": ["-c", "true"], "environment": {"A": "b"},
            "links": ["db:database"],
            "mountPoints": [{"sourceVolume": "etc", "containerPath": "/config", "readOnly": true}],
            "volumesFrom": [{"sourceContainer": "db", "readOnly": true}],
            "portMappings": [
                {"containerPort": 80, "hostPort": 8080, "protocol": "udp"},
                {"containerPort": 0, "containerPortRange": "9000-9010", "hostPort": 0,
                 "protocol": "tcp"}],
            "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
            "restartPolicy": {"enabled": true, "ignoredExitCodes": [0, 3],
                              "restartAttemptPeriod": 60},
            "startTimeout": 11, "stopTimeout": 12, "overrides": "{}",
            "dockerConfig": {
                "config": {"User": "1000:1000", "WorkingDir": "/srv", "Hostname": "web",
                           "Labels": {"team": "web"}, "Tty": true, "OpenStdin": true},
                "hostConfig": {
                    "LogConfig": {"Type": "json-file",
                                  "Config": {"max-size": "10m", "max-file": "3", "mode": "blocking"}},
                    "ReadonlyRootfs": true,
                    "Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}],
                    "CapAdd": ["NET_ADMIN"], "CapDrop": ["MKNOD"],
                    "MemoryReservation": 128 * 1024 * 1024,
                    "MemorySwap": (256 + 64) * 1024 * 1024, "MemorySwappiness": 10,
                    "Privileged": true,
                    "Devices": [{"PathOnHost": "/dev/fuse", "PathInContainer": "/dev/f",
                                 "CgroupPermissions": "rw"}],
                    "ShmSize": 128 * 1024 * 1024,
                    "Tmpfs": {"/run": "size=16777216,noexec"},
                    "Sysctls": {"net.core.somaxconn": "100"},
                    "ExtraHosts": ["db.example:10.0.0.9"],
                    "Dns": ["10.0.0.2"], "DnsSearch": ["corp.example"],
                    "Init": true, "SecurityOpt": ["no-new-privileges"]}}
        })
    );
}

#[test]
fn a_health_check_reaches_the_node() {
    let told = told(everything(), json!({}));
    let db = &told["containers"][1];
    assert_eq!(db["essential"], false);
    assert_eq!(db["healthCheckType"], "docker");
    assert_eq!(
        db["dockerConfig"]["config"]["Healthcheck"],
        json!({"Test": ["CMD-SHELL", "true"], "Interval": 10_000_000_000_i64,
               "Timeout": 4_000_000_000_i64, "StartPeriod": 30_000_000_000_i64, "Retries": 2})
    );
    assert_eq!(
        told["containers"][0].get("healthCheckType"),
        None,
        "the image's own is none of ECS's business"
    );
}

#[test]
fn what_is_left_out_is_told_as_its_default() {
    let told = told(
        json!({"family": "web", "containerDefinitions": [{
            "name": "app", "image": "hello:1", "memory": 64,
            "portMappings": [{"containerPort": 80}],
            "restartPolicy": {"enabled": true},
            "healthCheck": {"command": ["CMD", "true"]},
            "linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}}]}),
        json!({}),
    );
    assert_eq!(told["networkMode"], "bridge");
    let app = &told["containers"][0];
    assert_eq!(
        app["portMappings"],
        json!([{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]),
        "a port of the node's choice"
    );
    assert_eq!(app["restartPolicy"]["restartAttemptPeriod"], 300);
    assert_eq!(
        app["dockerConfig"]["config"]["Healthcheck"],
        json!({"Test": ["CMD", "true"], "Interval": 30_000_000_000_i64,
               "Timeout": 5_000_000_000_i64, "StartPeriod": 0, "Retries": 3})
    );
    assert_eq!(
        app["dockerConfig"]["hostConfig"]["Devices"],
        json!([{"PathOnHost": "/dev/fuse", "PathInContainer": "/dev/fuse",
                "CgroupPermissions": "rwm"}])
    );
}

/// ecs-behaviour, "Stopping": non-blocking unless the option or the account setting says otherwise.
#[test]
fn the_account_s_log_mode_holds_where_the_definition_names_none() {
    let mode = |driver: &str, options: Value| {
        let told = told(
            json!({"family": "web", "containerDefinitions": [{
                "name": "app", "image": "hello:1", "memory": 64,
                "logConfiguration": {"logDriver": driver, "options": options}}]}),
            json!({}),
        );
        let host = &told["containers"][0]["dockerConfig"]["hostConfig"];
        host["LogConfig"]["Config"]["mode"].clone()
    };
    let awslogs = |mut options: Value| {
        options["awslogs-group"] = json!("g");
        options["awslogs-region"] = json!("us-east-1");
        mode("awslogs", options)
    };
    // As the task has it here from the account.
    assert_eq!(awslogs(json!({})), "blocking");
    assert_eq!(mode("json-file", json!({})), "blocking");
    let own = json!({"mode": "non-blocking"});
    assert_eq!(awslogs(own.clone()), "non-blocking");
    assert_eq!(mode("json-file", own), "non-blocking");
    // Nobody takes its lines, so nobody can be waited for.
    assert_eq!(mode("none", json!({})), Value::Null);
}

#[test]
fn overrides_take_the_place_of_what_the_definition_says() {
    let told = told(
        everything(),
        json!({"containerOverrides": [{
            "name": "app", "command": ["-c", "false"], "cpu": 64, "memory": 200,
            "memoryReservation": 100,
            "environment": [{"name": "A", "value": "c"}, {"name": "B", "value": "d"}]}]}),
    );
    let app = &told["containers"][0];
    assert_eq!(app["command"], json!(["-c", "false"]));
    assert_eq!(app["cpu"], 64);
    assert_eq!(app["memory"], 200);
    assert_eq!(app["environment"], json!({"A": "c", "B": "d"}));
    let host = &app["dockerConfig"]["hostConfig"];
    assert_eq!(host["MemoryReservation"], 100 * 1024 * 1024);
    assert_eq!(
        host["MemorySwap"],
        (200 + 64) * 1024 * 1024,
        "swap is beside what memory is there"
    );
}

#[test]
fn a_variable_without_a_value_is_empty() {
    let environment = |overrides: Value| {
        let told = told(
            json!({"family": "web", "containerDefinitions": [{
                "name": "app", "image": "hello:1", "memory": 64,
                "environment": [{"name": "DEBUG"}, {"name": "MODE", "value": "fast"}]}]}),
            json!({"containerOverrides": [{"name": "app", "environment": overrides}]}),
        );
        told["containers"][0]["environment"].clone()
    };
    assert_eq!(environment(json!([])), json!({"DEBUG": "", "MODE": "fast"}));
    assert_eq!(
        environment(json!([{"name": "MODE"}, {"name": "MORE"}])),
        json!({"DEBUG": "", "MODE": "", "MORE": ""})
    );
}

#[test]
fn one_port_goes_to_the_node_with_each_of_its_protocols() {
    let told = told(
        json!({"family": "dns", "containerDefinitions": [{
            "name": "app", "image": "hello:1", "memory": 64,
            "portMappings": [
                {"containerPort": 53, "hostPort": 53},
                {"containerPort": 53, "hostPort": 53, "protocol": "udp"}]}]}),
        json!({}),
    );
    assert_eq!(
        told["containers"][0]["portMappings"],
        json!([
            {"containerPort": 53, "hostPort": 53, "protocol": "tcp"},
            {"containerPort": 53, "hostPort": 53, "protocol": "udp"}])
    );
}

#[test]
fn a_task_that_asks_for_storage_is_held_to_it_and_no_other() {
    let definition = |more: Value| {
        let mut definition = json!({
            "family": "web", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [{"name": "app", "image": "hello:1"}],
        });
        definition
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        definition
    };
    let asking = definition(json!({"ephemeralStorage": {"sizeInGiB": 30}}));
    assert_eq!(told(asking.clone(), json!({}))["ephemeralStorageGiB"], 30);
    let more = json!({"ephemeralStorage": {"sizeInGiB": 40}});
    assert_eq!(told(asking, more)["ephemeralStorageGiB"], 40);
    let nothing = told(definition(json!({})), json!({}));
    assert_eq!(nothing.get("ephemeralStorageGiB"), None);
}
