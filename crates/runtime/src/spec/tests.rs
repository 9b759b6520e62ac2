//! What is asked, as `config.json` says it.

use serde_json::{Value, json};

use super::*;
use crate::{ContainerId, Mount, MountSource, Resources, User};

fn spec() -> ContainerSpec {
    let id = ContainerId::new(&"t1".parse().unwrap(), "web").unwrap();
    ContainerSpec::new(id, vec!["/layers/a".into()], vec!["/bin/web".into()])
}

fn placement() -> Placement {
    Placement {
        rootfs: "/state/rootfs".into(),
        cgroup: "/longshore/t1/web".into(),
        cgroups: CgroupVersion::Hybrid,
        counts_swap: false,
        network_namespace: Some("/state/ns/net".into()),
        user_namespace: Some("/state/ns/user".into()),
        pid: Sharing::Own,
        ipc: Ipc::Own,
        binds: vec![Bind::new("/state/hosts".into(), "/etc/hosts")],
        devices: Vec::new(),
        capabilities: HostCapabilities::ALL,
        limits: HostLimits::of(&[("nofile", 20_000)]),
    }
}

fn namespaces(config: &Value) -> Vec<(&str, Option<&str>)> {
    config["linux"]["namespaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["type"].as_str().unwrap(), entry["path"].as_str()))
        .collect()
}

#[test]
fn a_task_with_a_user_namespace_joins_both_by_path() {
    let config = generate(&spec(), &placement()).unwrap();
    let namespaces = namespaces(&config);
    assert!(namespaces.contains(&("network", Some("/state/ns/net"))));
    assert!(namespaces.contains(&("user", Some("/state/ns/user"))));
    assert!(namespaces.contains(&("pid", None)));
    assert!(!namespaces.iter().any(|(kind, _)| *kind == "cgroup"));
    assert_eq!(
        config["linux"]["uidMappings"],
        json!([{ "containerID": 0, "hostID": 1_879_048_192_u32, "size": 65_536 }])
    );
    assert_eq!(
        config["root"],
        json!({ "path": "/state/rootfs", "readonly": false })
    );
    assert_eq!(config["process"]["noNewPrivileges"], json!(false));
    assert_eq!(
        config["process"]["rlimits"],
        json!([{ "type": "RLIMIT_NOFILE", "soft": 20_000, "hard": 20_000 }])
    );
}

#[test]
fn without_namespaces_of_its_own_nothing_is_mapped_and_the_hosts_network_untouched() {
    let mut placement = placement();
    placement.user_namespace = None;
    placement.network_namespace = None;
    placement.cgroups = CgroupVersion::V2;
    let config = generate(&spec(), &placement).unwrap();
    let namespaces = namespaces(&config);
    assert!(
        !namespaces
            .iter()
            .any(|(kind, _)| ["user", "network"].contains(kind))
    );
    assert!(namespaces.contains(&("cgroup", None)));
    assert!(config["linux"].get("uidMappings").is_none());
    assert_eq!(config["linux"]["sysctl"], json!({}));
}

#[test]
fn limits_user_and_environment_are_what_was_asked() {
    let mut spec = spec();
    spec.user = User {
        uid: 1000,
        gid: 100,
        additional_gids: vec![7],
    };
    spec.env = vec!["A=b".into()];
    spec.resources = Resources {
        cpu_shares: Some(1),
        memory_bytes: Some(1 << 20),
        memory_reservation_bytes: Some(1 << 19),
        pids: Some(12),
        ..Resources::default()
    };
    let mut placement = placement();
    placement.counts_swap = true;
    let config = generate(&spec, &placement).unwrap();
    let process = &config["process"];
    assert_eq!(
        process["user"],
        json!({ "uid": 1000, "gid": 100, "additionalGids": [7] })
    );
    assert_eq!(process["env"], json!([DEFAULT_PATH, "A=b", "HOSTNAME=web"]));
    assert_eq!(process["capabilities"]["effective"], json!([]));
    assert_eq!(
        process["capabilities"]["bounding"]
            .as_array()
            .unwrap()
            .len(),
        14
    );
    let resources = &config["linux"]["resources"];
    assert_eq!(resources["cpu"]["shares"], json!(2));
    assert_eq!(
        resources["memory"],
        json!({ "limit": 1 << 20, "swap": 1 << 20, "reservation": 1 << 19 })
    );
    assert_eq!(resources["pids"]["limit"], json!(12));
}

#[test]
fn mounts_come_after_the_standard_ones() {
    let mut spec = spec();
    spec.mounts = vec![Mount {
        destination: "/tmp".into(),
        source: MountSource::Tmpfs { bytes: 4096 },
        read_only: false,
    }];
    let mut placement = placement();
    // The outer one comes first, however they are named.
    for (source, destination) in [("/inner", "/data/inner"), ("/srv", "/data")] {
        placement.binds.push(Bind {
            source: source.into(),
            destination: destination.into(),
            read_only: true,
            keeps: vec!["nodev"],
        });
    }
    let config = generate(&spec, &placement).unwrap();
    let destinations: Vec<_> = config["mounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| mount["destination"].as_str().unwrap())
        .collect();
    assert_eq!(
        destinations,
        [
            "/proc",
            "/dev",
            "/dev/pts",
            "/dev/shm",
            "/dev/mqueue",
            "/sys",
            "/sys/fs/cgroup",
            "/data",
            "/tmp",
            "/etc/hosts",
            "/data/inner"
        ]
    );
    assert_eq!(
        config["mounts"][7]["options"],
        json!(["rbind", "rprivate", "ro", "nodev"])
    );
}

#[test]
fn what_is_not_supported_is_refused() {
    let mut spec = spec();
    spec.cap_add = vec!["FLY".into()];
    assert!(generate(&spec, &placement()).is_err());
}
