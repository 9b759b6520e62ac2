//! Tasks for tests.

use std::collections::BTreeMap;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Timestamp};
use records::Records;
use records::ecs::{
    Container, ContainerStatus, DesiredStatus, LaunchType, NetworkMode, Node, NodeStatus, Task,
    TaskNetwork, TaskStatus, Timeline,
};

/// A Fargate task with one container `app` that was placed on node `n1`.
pub(crate) fn placed_task() -> Task {
    Task {
        id: "0123456789abcdef0123456789abcdef".into(),
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        cluster: "default".into(),
        family: "web".into(),
        revision: 1,
        launch_type: LaunchType::Fargate,
        desired_status: DesiredStatus::Running,
        last_status: TaskStatus::Pending,
        version: 2,
        cpu_units: 256,
        memory_mib: 512,
        ephemeral_storage_gib: 20,
        log_mode: Some("blocking".to_owned()),
        architecture: None,
        containers: vec![Container {
            id: "6f1f9b1e-0000-4000-8000-000000000001".into(),
            name: "app".into(),
            image: "hello:1".into(),
            image_digest: None,
            runtime_id: None,
            status: ContainerStatus::Pending,
            exit_code: None,
            reason: None,
            essential: true,
            cpu_units: 0,
            memory_mib: None,
            memory_reservation_mib: None,
            network_bindings: Vec::new(),
            health: None,
        }],
        overrides: aws_api::ecs::TaskOverride::default(),
        network: TaskNetwork {
            subnets: vec!["subnet-1".into()],
            security_groups: vec!["sg-1".into()],
            interface_id: Some("eni-1".into()),
            attachment_id: "a1".into(),
            subnet_id: Some("subnet-1".into()),
            address: Some([172, 31, 0, 4].into()),
            ..TaskNetwork::default()
        },
        network_mode: NetworkMode::Awsvpc,
        host_ports: Vec::new(),
        node: Some("n1".into()),
        started_by: None,
        group: "family:web".into(),
        tags: BTreeMap::new(),
        timeline: Timeline {
            created_at: Timestamp::from_millis(0),
            ..Timeline::default()
        },
        stop_code: None,
        stopped_reason: None,
    }
}

/// A definition for EC2 with every member that reaches the node, each with a value of its own.
pub(crate) const EVERY_FIELD: &str = r#"{
        "family": "web", "networkMode": "bridge", "pidMode": "task", "ipcMode": "none",
        "cpu": "1 vCPU", "memory": "1 GB",
        "volumes": [
            {"name": "etc", "host": {"sourcePath": "/etc/app"}},
            {"name": "scratch"},
            {"name": "kept", "dockerVolumeConfiguration": {
                "scope": "shared", "autoprovision": true, "driver": "local",
                "driverOpts": {"type": "none", "o": "bind", "device": "/srv"}}}],
        "containerDefinitions": [{
            "name": "app", "image": "hello:1", "cpu": 128, "memory": 256, "memoryReservation": 128,
            "entryPoint": ["/bin/sh"], "command": ["-c", "true"], "essential": true,
            "environment": [{"name": "A", "value": "b"}],
            "links": ["db:database"],
            "portMappings": [{"containerPort": 80, "hostPort": 8080, "protocol": "udp"},
                             {"containerPortRange": "9000-9010"}],
            "mountPoints": [{"sourceVolume": "etc", "containerPath": "/config", "readOnly": true}],
            "volumesFrom": [{"sourceContainer": "db", "readOnly": true}],
            "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
            "startTimeout": 11, "stopTimeout": 12,
            "hostname": "web", "user": "1000:1000", "workingDirectory": "/srv",
            "privileged": true, "readonlyRootFilesystem": true,
            "interactive": true, "pseudoTerminal": true,
            "dnsServers": ["10.0.0.2"], "dnsSearchDomains": ["corp.example"],
            "extraHosts": [{"hostname": "db.example", "ipAddress": "10.0.0.9"}],
            "dockerSecurityOptions": ["no-new-privileges"],
            "dockerLabels": {"team": "web"},
            "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}],
            "systemControls": [{"namespace": "net.core.somaxconn", "value": "100"}],
            "logConfiguration": {"logDriver": "json-file",
                                 "options": {"max-size": "10m", "max-file": "3"}},
            "restartPolicy": {"enabled": true, "ignoredExitCodes": [0, 3],
                              "restartAttemptPeriod": 60},
            "linuxParameters": {
                "capabilities": {"add": ["NET_ADMIN"], "drop": ["MKNOD"]},
                "devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/f",
                             "permissions": ["read", "write"]}],
                "initProcessEnabled": true, "sharedMemorySize": 128, "maxSwap": 64,
                "swappiness": 10,
                "tmpfs": [{"containerPath": "/run", "size": 16, "mountOptions": ["noexec"]}]}
        }, {
            "name": "db", "image": "db:1", "essential": false,
            "mountPoints": [{"sourceVolume": "kept", "containerPath": "/data"},
                            {"sourceVolume": "scratch", "containerPath": "/tmp/scratch"}],
            "healthCheck": {"command": ["CMD-SHELL", "true"], "interval": 10, "timeout": 4,
                            "retries": 2, "startPeriod": 30}
        }]
    }"#;

/// An API document from its JSON.
pub(crate) fn document<T: aws_schema::Structure>(json: serde_json::Value) -> T {
    aws_wire::document::deserialize(json).unwrap()
}

/// The JSON of an API document.
pub(crate) fn json<T: aws_schema::Structure>(document: &T) -> serde_json::Value {
    aws_wire::document::serialize(document, serde_json::value::Serializer).unwrap()
}

/// The node that the task is on: of the fleet alone.
pub(crate) fn node() -> Node {
    Node {
        id: "n1".into(),
        region: "us-east-1".parse().unwrap(),
        fargate: true,
        cluster: None,
        status: NodeStatus::Active,
        version: 1,
        cpu_units: 1024,
        memory_mib: 2048,
        reserved_ports: Vec::new(),
        attributes: BTreeMap::new(),
        ec2_instance_id: None,
        agent_version: None,
        agent_hash: None,
        docker_version: None,
        tags: BTreeMap::new(),
        registered_at: Timestamp::from_millis(0),
    }
}

/// A clock that is turned by hand.
#[derive(Default)]
pub(crate) struct HandClock(Mutex<(i64, Duration)>);

impl HandClock {
    /// Sets both clocks: the wall's in seconds, and the one that never goes back.
    pub(crate) fn set(&self, wall_seconds: i64, monotonic: Duration) {
        *self.0.lock().unwrap() = (wall_seconds * 1000, monotonic);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.lock().unwrap().0)
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

/// Records in memory.
pub(crate) fn records(clock: &Arc<HandClock>) -> Records {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    Records::new(Arc::new(store::MemoryStore::new(clock)))
}
