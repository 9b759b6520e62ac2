//! Which ports a container may have.

use serde_json::{Value, json};

use super::{ec2, refusal, registered, two, with};

#[test]
fn ports_of_each_network_mode() {
    let ports = |list: Value| json!({"portMappings": list});
    let twice = "Container port 80 is used in more than one port mapping for container app";
    for (mode, list, sentence) in [
        (
            "none",
            json!([{"containerPort": 80}]),
            "Port mappings are not supported when networkMode=none.",
        ),
        (
            "host",
            json!([{"containerPort": 80, "hostPort": 81}]),
            "When networkMode=host, the host ports and container ports in port mappings must match.",
        ),
        (
            "awsvpc",
            json!([{"containerPort": 80, "hostPort": 81}]),
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
        ),
        (
            "host",
            json!([{"containerPortRange": "80-81"}]),
            "Invalid setting for container 'app'. 'containerPortRange' is not supported when networkMode=host.",
        ),
        (
            "bridge",
            json!([{"containerPort": 80}, {"containerPort": 80}]),
            twice,
        ),
        (
            "bridge",
            json!([
                {"containerPort": 80, "protocol": "udp"},
                {"containerPort": 80},
                {"containerPort": 80, "protocol": "udp"},
            ]),
            twice,
        ),
        (
            "bridge",
            json!([{"containerPortRange": "70-90"}, {"containerPort": 80}]),
            twice,
        ),
        (
            "bridge",
            json!([{"containerPort": 80, "hostPort": 90}, {"containerPort": 81, "hostPort": 90}]),
            "container port is used multiple times in task: 90",
        ),
        (
            "bridge",
            json!([{"containerPort": 80, "containerPortRange": "90-91"}]),
            "Invalid setting for container 'app'. cannot specify both single port and port range",
        ),
        (
            "bridge",
            json!([{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
            "port mapping name is already used",
        ),
    ] {
        let definition = with(ec2(ports(list)), json!({"networkMode": mode}));
        assert_eq!(refusal(&definition), sentence);
    }
    // Each protocol has ports of its own.
    for mode in ["bridge", "host", "awsvpc"] {
        let both = json!([{"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}]);
        registered(with(ec2(ports(both)), json!({"networkMode": mode})));
    }
    for range in [
        "91-90",
        "90-90",
        "90",
        "0-3",
        "65535-65536",
        "a-b",
        // What a node could not read.
        "90 - 92",
        " 90-92",
        "90-92 ",
    ] {
        assert_eq!(
            refusal(&ec2(ports(json!([{"containerPortRange": range}])))),
            "Invalid setting for container 'app'. Invalid 'containerPortRange' setting"
        );
    }
    for (list, part) in [
        (json!([{"containerPort": 0}]), "between 1 and 65535"),
        (json!([{"containerPort": 65536}]), "between 1 and 65535"),
        (
            json!([{"containerPort": 1, "hostPort": 65536}]),
            "between 0 and 65535",
        ),
        (
            json!([{"containerPort": 1, "name": "Web"}]),
            "port mapping name 'Web'",
        ),
    ] {
        let sentence = refusal(&ec2(ports(list)));
        assert!(sentence.contains(part), "{sentence}");
    }
    let both = two(
        ports(json!([{"containerPort": 80}])),
        ports(json!([{"containerPort": 80}])),
    );
    for mode in ["host", "awsvpc"] {
        assert_eq!(
            refusal(&with(both.clone(), json!({"networkMode": mode}))),
            "container port is used multiple times in task: 80",
            "they share one network namespace"
        );
    }
    registered(both);
}
