//! What is wrong wherever it runs.

use serde_json::{Value, json};

use super::{ec2, refusal, registered, two, with};

#[test]
fn containers_as_a_whole() {
    assert_eq!(
        refusal(&json!({"family": "web", "containerDefinitions": []})),
        "Container list cannot be empty."
    );
    let mut twice = two(json!({}), json!({}));
    twice["containerDefinitions"][1]["name"] = json!("app");
    assert_eq!(
        refusal(&twice),
        "Container names must be unique within a task definition."
    );
    assert!(refusal(&ec2(json!({"essential": false}))).contains("essential"));
    let many: Vec<Value> = (0..11)
        .map(|number| json!({"name": format!("c{number}"), "image": "a", "memory": 6}))
        .collect();
    assert!(
        refusal(&json!({"family": "web", "containerDefinitions": many})).contains("at most 10")
    );
    for (member, value) in [
        ("requiresCompatibilities", json!(["EXTERNAL"])),
        ("requiresCompatibilities", json!(["MANAGED_INSTANCES"])),
    ] {
        assert!(refusal(&with(ec2(json!({})), json!({member: value}))).contains("NotSupported"));
    }
    for (member, value) in [
        ("networkMode", json!("overlay")),
        ("pidMode", json!("none")),
        ("ipcMode", json!("shared")),
        ("requiresCompatibilities", json!(["LAMBDA"])),
    ] {
        assert!(
            refusal(&with(ec2(json!({})), json!({member: value})))
                .contains("Member must satisfy enum value set")
        );
    }
}

#[test]
fn names_and_images() {
    for (members, part) in [
        (
            json!({"name": ""}),
            "Container.name should not be null or empty.",
        ),
        (json!({"name": "a b"}), "container name 'a b'"),
        (
            json!({"image": ""}),
            "Container.image should not be null or empty.",
        ),
        (json!({"image": "a".repeat(256)}), "at most 255 characters"),
        (json!({"image": "a@sha256:12"}), "64 hexadecimal digits"),
        (json!({"image": "a@md5:12"}), "64 hexadecimal digits"),
        (json!({"hostname": "a b"}), "'a b' is no host name"),
        (json!({"dnsServers": ["dns"]}), "'dns' is no IP address"),
        (
            json!({"dnsSearchDomains": ["a b"]}),
            "'a b' is no domain name",
        ),
        (
            json!({"extraHosts": [{"hostname": "a", "ipAddress": "b"}]}),
            "'b' is no IP address",
        ),
        (
            json!({"environment": [{"name": "A=B", "value": ""}]}),
            "'A=B' is no name",
        ),
        (
            json!({"environment": [{"name": "A", "value": "b\0"}]}),
            "'environment' has a NUL",
        ),
        (json!({"command": ["a", "\0"]}), "'command' has a NUL"),
        (json!({"entryPoint": ["a\0b"]}), "'entryPoint' has a NUL"),
        (
            json!({"healthCheck": {"command": ["CMD", "a\0b"]}}),
            "'healthCheck' has a NUL",
        ),
        (json!({"user": "root\0"}), "'user' has a NUL"),
        (
            json!({"workingDirectory": "/\0"}),
            "'workingDirectory' has a NUL",
        ),
        (json!({"versionConsistency": "on"}), "[enabled, disabled]"),
    ] {
        let sentence = refusal(&ec2(members));
        assert!(sentence.contains(part), "{sentence}");
    }
    // Before the @ counts, not the digest.
    let digest = format!("{}@sha256:{}", "a".repeat(255), "0".repeat(64));
    registered(ec2(json!({"image": digest})));
}

/// ecs-behaviour: "memoryReservation is the soft limit".
#[test]
fn sizes() {
    for (members, sentence) in [
        (
            json!({"memory": 5}),
            "Invalid setting for container 'app'. 'memory' must be at least 6.",
        ),
        (
            json!({"cpu": -1}),
            "Invalid setting for container 'app'. 'cpu' must be at least 0.",
        ),
        (
            json!({"memory": 64, "memoryReservation": 65}),
            "Invalid setting for container 'app'. The 'memory' value must be greater than or equal to 'memoryReservation'.",
        ),
        (
            json!({"memory": null}),
            "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
        ),
    ] {
        assert_eq!(refusal(&ec2(members)), sentence);
    }
    for (members, part) in [
        (json!({"cpu": "64"}), "Invalid 'cpu' setting for task."),
        (json!({"cpu": "196609"}), "Invalid 'cpu' setting for task."),
        (
            json!({"memory": "much"}),
            "Invalid 'memory' setting for task.",
        ),
        (
            json!({"memory": "32"}),
            "The 'memory' setting for container 'app' is greater than for the task.",
        ),
    ] {
        let sentence = refusal(&with(ec2(json!({})), members));
        assert!(sentence.starts_with(part), "{sentence}");
    }
    assert!(
        refusal(&with(two(json!({}), json!({})), json!({"memory": "100"})))
            .starts_with("The sum of the containers' memory")
    );
    registered(with(ec2(json!({"memory": null})), json!({"memory": "100"})));
}

#[test]
fn dependencies() {
    let on = |name: &str, condition: &str| json!({"dependsOn": [{"containerName": name, "condition": condition}]});
    for (app, db, sentence) in [
        (
            on("cache", "START"),
            json!({}),
            "Cannot depend on container cache because it does not exist",
        ),
        (
            on("db", "SUCCESS"),
            json!({}),
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
        ),
        (
            on("db", "COMPLETE"),
            json!({}),
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
        ),
        (
            on("db", "HEALTHY"),
            json!({}),
            "A dependency container with HEALTHY condition must have health check configured",
        ),
        (
            on("db", "SOON"),
            json!({}),
            "1 validation error detected: Value 'SOON' at \
             'containerDefinitions.1.member.dependsOn.1.member.condition' failed to satisfy \
             constraint: Member must satisfy enum value set: [START, COMPLETE, SUCCESS, HEALTHY]",
        ),
        (
            on("app", "START"),
            json!({}),
            "Container dependencies must not form a cycle.",
        ),
        (
            on("db", "START"),
            on("app", "START"),
            "Container dependencies must not form a cycle.",
        ),
        (
            on("db", "START"),
            json!({"volumesFrom": [{"sourceContainer": "app"}]}),
            "Container dependencies must not form a cycle.",
        ),
        (
            json!({"links": ["db"]}),
            json!({"links": ["app:web"]}),
            "Container dependencies must not form a cycle.",
        ),
        (
            json!({"volumesFrom": [{"sourceContainer": "cache"}]}),
            json!({}),
            "Invalid 'volumesFrom' setting. Unknown container: 'cache'",
        ),
        (
            json!({"links": ["cache:c"]}),
            json!({}),
            "Invalid setting for container 'app'. 'links' names the unknown container 'cache'.",
        ),
    ] {
        assert_eq!(refusal(&two(app, db)), sentence);
    }
    registered(two(on("db", "COMPLETE"), json!({"essential": false})));
    registered(two(
        on("db", "HEALTHY"),
        json!({"healthCheck": {"command": ["CMD", "true"]}}),
    ));
}

/// ecs-behaviour: "restartAttemptPeriod 60 to 1800 s".
#[test]
fn health_and_restarts() {
    let check = |members: Value| {
        let mut check = json!({"command": ["CMD", "true"]});
        super::merge(&mut check, members);
        json!({"healthCheck": check})
    };
    for (members, part) in [
        (
            check(json!({"interval": 4})),
            "The 'interval' setting for container 'app' must be between 5 and 300.",
        ),
        (check(json!({"interval": 301})), "'interval'"),
        (
            check(json!({"timeout": 1})),
            "The 'timeout' setting for container 'app' must be between 2 and 60.",
        ),
        (check(json!({"timeout": 61})), "'timeout'"),
        (
            check(json!({"retries": 0})),
            "The 'retries' setting for container 'app' must be between 1 and 10.",
        ),
        (check(json!({"retries": 11})), "'retries'"),
        (
            check(json!({"startPeriod": 301})),
            "The 'startPeriod' setting for container 'app' must be between 0 and 300.",
        ),
        (
            check(json!({"command": []})),
            "The command of 'healthCheck'",
        ),
        (
            check(json!({"command": ["true"]})),
            "The command of 'healthCheck'",
        ),
        (
            check(json!({"command": ["CMD"]})),
            "The command of 'healthCheck'",
        ),
        (
            check(json!({"command": ["CMD-SHELL", "a", "b"]})),
            "The command of 'healthCheck'",
        ),
        (
            json!({"restartPolicy": {"enabled": true, "restartAttemptPeriod": 59}}),
            "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
        ),
        (
            json!({"restartPolicy": {"enabled": true, "restartAttemptPeriod": 1801}}),
            "between 60 and 1800",
        ),
        (
            json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": vec![0; 51]}}),
            "at most 50 items",
        ),
        (
            json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": [256]}}),
            "'ignoredExitCodes'",
        ),
        (
            json!({"startTimeout": 0}),
            "'startTimeout' must be at least 1",
        ),
        (
            json!({"stopTimeout": -1}),
            "'stopTimeout' must be at least 1",
        ),
    ] {
        let sentence = refusal(&ec2(members));
        assert!(sentence.contains(part), "{sentence}");
    }
    registered(ec2(json!({"stopTimeout": 600, "startTimeout": 600})));
}

#[test]
fn volumes_and_mounts() {
    let volumes = |list: Value| with(ec2(json!({})), json!({"volumes": list}));
    for (list, part) in [
        (json!([{"name": ""}]), "volume name ''"),
        (json!([{"name": "v"}, {"name": "v"}]), "used more than once"),
        (
            json!([{"name": "v", "host": {"sourcePath": "srv"}}]),
            "absolute path",
        ),
        (
            json!([{"name": "v", "host": {"sourcePath": "/a/../b"}}]),
            "absolute path",
        ),
        (
            json!([{"name": "v", "host": {"sourcePath": "/a"}, "dockerVolumeConfiguration": {}}]),
            "both 'host' and 'dockerVolumeConfiguration'",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"driver": "rexray"}}]),
            "does not support volumes[0].dockerVolumeConfiguration.driver rexray",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"scope": "node"}}]),
            "[task, shared]",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"size": "1"}}}]),
            "the driver option 'size' with the value '1'",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"type": "tmpfs"}}}]),
            "the driver option 'type' with the value 'tmpfs'",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"o": "bind", "device": "srv"}}}]),
            "the driver option 'device' with the value 'srv'",
        ),
        (
            json!([{"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"o": "bind"}}}]),
            "driverOpts without 'o' as 'bind'",
        ),
    ] {
        let sentence = refusal(&volumes(list));
        assert!(sentence.contains(part), "{sentence}");
    }
    let mounts = |list: Value| {
        with(
            ec2(json!({"mountPoints": list})),
            json!({"volumes": [{"name": "v"}]}),
        )
    };
    for (list, part) in [
        (
            json!([{"sourceVolume": "w", "containerPath": "/w"}]),
            "Unknown volume 'w'.",
        ),
        (
            json!([{"sourceVolume": "v", "containerPath": "w"}]),
            "must be absolute",
        ),
        (
            json!([{"sourceVolume": "v", "containerPath": "/w"}, {"sourceVolume": "v", "containerPath": "/w/"}]),
            "Two mount points",
        ),
    ] {
        let sentence = refusal(&mounts(list));
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn linux_parameters() {
    let linux = |members: Value| json!({"linuxParameters": members});
    for (members, part) in [
        (
            linux(json!({"capabilities": {"drop": ["FLY"]}})),
            "'FLY' is no capability",
        ),
        (
            linux(json!({"devices": [{"hostPath": "fuse"}]})),
            "must be absolute",
        ),
        (linux(json!({"devices": [{"hostPath": ""}]})), "is blank"),
        (
            linux(json!({"devices": [{"hostPath": "/dev/a", "permissions": ["own"]}]})),
            "[read, write, mknod]",
        ),
        (linux(json!({"sharedMemorySize": 0})), "at least 1 MiB"),
        (
            linux(json!({"tmpfs": [{"containerPath": "run", "size": 1}]})),
            "must be absolute",
        ),
        (
            linux(json!({"tmpfs": [{"containerPath": "/run", "size": 0}]})),
            "at least 1 MiB",
        ),
        (
            linux(
                json!({"tmpfs": [{"containerPath": "/run", "size": 1, "mountOptions": ["shared"]}]}),
            ),
            "option 'shared'",
        ),
        (
            linux(
                json!({"tmpfs": [{"containerPath": "/run", "size": 1, "mountOptions": ["mode=1,exec"]}]}),
            ),
            "option 'mode=1,exec'",
        ),
        (
            linux(json!({"maxSwap": -1})),
            "'maxSwap' must be at least 0",
        ),
        (
            linux(json!({"maxSwap": 1, "swappiness": 101})),
            "must be between 0 and 100",
        ),
        (
            linux(json!({"swappiness": 10})),
            "no effect without 'maxSwap'",
        ),
        (
            json!({"ulimits": [{"name": "pages", "softLimit": 1, "hardLimit": 1}]}),
            "Value 'pages' at 'containerDefinitions.1.member.ulimits.1.member.name'",
        ),
        (
            json!({"ulimits": [{"name": "core", "softLimit": 2, "hardLimit": 1}]}),
            "must not be greater",
        ),
        (
            json!({"ulimits": [{"name": "core", "softLimit": -1, "hardLimit": 1}]}),
            "must not be greater",
        ),
        (
            json!({"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}, {"name": "core", "softLimit": 1, "hardLimit": 1}]}),
            "given twice",
        ),
        (
            json!({"systemControls": [{"namespace": "kernel.panic", "value": "1"}]}),
            "no kernel parameter of a namespace",
        ),
        (
            json!({"systemControls": [{"namespace": "net.core.somaxconn", "value": ""}]}),
            "has no value",
        ),
        (
            json!({"dockerSecurityOptions": ["label:user"]}),
            "the security option 'label:user'",
        ),
    ] {
        let sentence = refusal(&ec2(members));
        assert!(sentence.contains(part), "{sentence}");
    }
    let control = |name: &str| ec2(json!({"systemControls": [{"namespace": name, "value": "1"}]}));
    assert!(
        refusal(&with(
            control("net.core.somaxconn"),
            json!({"networkMode": "host"})
        ))
        .contains("not supported when networkMode=host")
    );
    assert!(
        refusal(&with(control("kernel.shmmax"), json!({"ipcMode": "host"})))
            .contains("not supported when ipcMode=host")
    );
    registered(control("fs.mqueue.msg_max"));
    registered(ec2(
        json!({"ulimits": [{"name": "core", "softLimit": -1, "hardLimit": -1}]}),
    ));
}

#[test]
fn log_configurations() {
    let logs = |driver: &str, options: Value| {
        ec2(json!({"logConfiguration": {"logDriver": driver, "options": options}}))
    };
    let awslogs = |members: Value| {
        let mut options = json!({"awslogs-group": "g", "awslogs-region": "us-east-1"});
        super::merge(&mut options, members);
        logs("awslogs", options)
    };
    assert_eq!(
        refusal(&logs("awslogs", json!({}))),
        "Log driver awslogs requires options: awslogs-group, awslogs-region"
    );
    assert_eq!(
        refusal(&awslogs(json!({"tag": "t"}))),
        "Log driver awslogs disallows options: tag."
    );
    for (definition, part) in [
        (
            awslogs(json!({"mode": "sometimes"})),
            "'mode' cannot be 'sometimes'",
        ),
        (
            awslogs(json!({"max-buffer-size": "0m"})),
            "'max-buffer-size' cannot be '0m'",
        ),
        (
            awslogs(json!({"max-buffer-size": "much"})),
            "'max-buffer-size' cannot be 'much'",
        ),
        (
            awslogs(json!({"max-buffer-size": "1073741825"})),
            "'max-buffer-size' can be at most 1073741824 bytes",
        ),
        (
            logs("json-file", json!({"max-buffer-size": "500g"})),
            "'max-buffer-size' can be at most 1073741824 bytes",
        ),
        (
            awslogs(json!({"awslogs-create-group": "maybe"})),
            "'awslogs-create-group' cannot be 'maybe'",
        ),
        (
            awslogs(json!({"awslogs-endpoint": "e"})),
            "the log option 'awslogs-endpoint'",
        ),
        (
            awslogs(json!({"awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^a"})),
            "You cannot configure both",
        ),
        (
            logs("json-file", json!({"tag": "a"})),
            "the log option 'tag'",
        ),
        (
            logs("json-file", json!({"max-file": "0"})),
            "'max-file' cannot be '0'",
        ),
        (
            logs("json-file", json!({"max-size": "1m", "max-file": "1001"})),
            "'max-file' cannot be '1001'",
        ),
        (
            logs("json-file", json!({"max-file": "2"})),
            "'max-file' has no effect without 'max-size'",
        ),
        (
            logs("json-file", json!({"max-size": "1kg"})),
            "'max-size' cannot be '1kg'",
        ),
        (
            logs("json-file", json!({"max-size": "18446744073709551615g"})),
            "'max-size' cannot be",
        ),
        (
            logs("json-file", json!({"mode": "sometimes"})),
            "'mode' cannot be 'sometimes'",
        ),
        (
            logs("none", json!({"max-file": "1"})),
            "Log driver none disallows options: max-file.",
        ),
        (logs("syslog", json!({})), "the log driver 'syslog'"),
        (
            logs("cloud", json!({})),
            "Invalid value 'cloud' for 'logDriver'",
        ),
    ] {
        let sentence = refusal(&definition);
        assert!(sentence.contains(part), "{sentence}");
    }
    registered(awslogs(json!({
        "awslogs-stream-prefix": "p", "awslogs-create-group": "True", "mode": "non-blocking",
        "max-buffer-size": "1g", "awslogs-datetime-format": "%Y-%m-%d"})));
    registered(logs(
        "json-file",
        json!({"max-size": "10MB", "max-file": "1000", "mode": "blocking", "max-buffer-size": "4096"}),
    ));
    // One file is what there is without a size, too.
    registered(logs("json-file", json!({"max-file": "1"})));
    registered(logs("none", json!({})));
}

#[test]
fn placement_constraints_are_expressions() {
    let constrained = |kind: &str, expression: &str, count: usize| {
        let one = json!({"type": kind, "expression": expression});
        with(
            ec2(json!({})),
            json!({"placementConstraints": vec![one; count]}),
        )
    };
    let linux = "attribute:ecs.os-type == linux";
    let shown = crate::fixtures::json(&registered(constrained("memberOf", linux, 10)));
    assert_eq!(shown["compatibilities"], json!(["EC2"]));
    assert_eq!(
        shown["placementConstraints"][9],
        json!({"type": "memberOf", "expression": linux})
    );
    for (definition, sentence) in [
        (
            constrained("distinctInstance", "", 1),
            "constraint.type 'distinctInstance' is not supported.",
        ),
        (
            constrained("memberOf", "attribute:a ==", 1),
            "Invalid expression",
        ),
        (constrained("memberOf", "", 1), "Invalid expression"),
        (constrained("memberOf", linux, 11), "at most 10 items"),
        (
            with(
                super::fargate(json!({})),
                json!({"placementConstraints": [{"type": "memberOf", "expression": linux}]}),
            ),
            "Fargate compatible task definitions do not support constraints",
        ),
    ] {
        let said = refusal(&definition);
        assert!(said.contains(sentence), "{said}");
    }
}
