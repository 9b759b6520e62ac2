//! A golden file for every stored type: what an earlier version wrote is read for ever, and a
//! change of what is written is seen.
//!
//! `GOLDEN_WRITE=1 cargo nextest run -p records` writes the files anew; then look at the difference:
//! a new member needs a default, anything else a new format.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ambient::{SystemClock, Timestamp};
use records::{Key, Record, Records, ec2, ecr, ecs, iam, logs};
use store::{MemoryStore, Op, Store, Txn};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Writes the record as it is stored and compares that with the file; reads the file and compares
/// that with the record.
async fn check<R: Record + PartialEq>(name: &str, record: R) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let records = Records::new(Arc::clone(&store));
    let key = Key::<R>::new(&["golden", name]);
    let mut transaction = records.transaction();
    transaction.create(&key, &record).unwrap();
    transaction.commit().await.unwrap();
    let written = store.get(key.bytes()).unwrap().unwrap().value;
    let value: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let pretty = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    let path = folder().join(format!("{name}.json"));
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        std::fs::write(&path, &pretty).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(pretty, golden, "{name} is written differently now");
    let put = Op::Put {
        key: key.bytes().clone(),
        value: golden.into(),
        lease: None,
    };
    store
        .txn(Txn {
            then: vec![put],
            ..Txn::default()
        })
        .await
        .unwrap();
    // Not all records may be printed.
    assert!(
        records.get(&key).unwrap().unwrap().record == record,
        "{name} is read differently now"
    );
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("team".to_owned(), "web".to_owned())])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_189_590_000 + seconds * 1000)
}

fn task() -> ecs::Task {
    ecs::Task {
        id: "0123456789abcdef0123456789abcdef".into(),
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        cluster: "default".into(),
        family: "web".into(),
        revision: 3,
        launch_type: ecs::LaunchType::Fargate,
        desired_status: ecs::DesiredStatus::Stopped,
        last_status: ecs::TaskStatus::Stopped,
        version: 5,
        cpu_units: 256,
        memory_mib: 512,
        ephemeral_storage_gib: 20,
        log_mode: None,
        architecture: None,
        containers: vec![ecs::Container {
            id: "6f1f9b1e-0000-4000-8000-000000000001".into(),
            name: "app".into(),
            image: "hello:1".into(),
            image_digest: Some("sha256:00".into()),
            runtime_id: Some("r".into()),
            status: ecs::ContainerStatus::Stopped,
            exit_code: Some(137),
            reason: Some("OutOfMemoryError".into()),
            essential: true,
            cpu_units: 128,
            memory_mib: Some(256),
            memory_reservation_mib: None,
            network_bindings: Vec::new(),
            health: None,
        }],
        overrides: aws_api::ecs::TaskOverride {
            cpu: Some("512".into()),
            ..aws_api::ecs::TaskOverride::default()
        },
        network: ecs::TaskNetwork {
            subnets: vec!["subnet-1".into()],
            security_groups: vec!["sg-1".into()],
            interface_id: Some("eni-1".into()),
            attachment_id: "a".into(),
            subnet_id: Some("subnet-1".into()),
            address: Some([172, 31, 0, 4].into()),
            mac: Some("02:4c:ac:1f:00:04".into()),
            private_dns_name: Some("ip-172-31-0-4.ec2.internal".into()),
            zone: Some("us-east-1a".into()),
            attached: false,
        },
        network_mode: ecs::NetworkMode::Awsvpc,
        host_ports: Vec::new(),
        node: Some("n1".into()),
        started_by: Some("me".into()),
        group: "family:web".into(),
        tags: tags(),
        timeline: ecs::Timeline {
            created_at: at(0),
            connectivity_at: Some(at(1)),
            pull_started_at: Some(at(2)),
            pull_stopped_at: Some(at(3)),
            started_at: Some(at(4)),
            stopping_at: Some(at(5)),
            execution_stopped_at: Some(at(6)),
            stopped_at: Some(at(7)),
        },
        stop_code: Some(ecs::StopCode::UserInitiated),
        stopped_reason: Some("enough".into()),
    }
}

/// The node of `ecs-node-format-1.json`.
fn node_of_format_1() -> ecs::Node {
    ecs::Node {
        id: "n1".into(),
        region: "us-east-1".parse().unwrap(),
        fargate: false,
        cluster: Some("default".into()),
        status: ecs::NodeStatus::Active,
        version: 1,
        cpu_units: 2048,
        memory_mib: 4096,
        reserved_ports: vec![port(22, ecs::PortProtocol::Tcp)],
        attributes: BTreeMap::from([("ecs.os-type".to_owned(), Some("linux".to_owned()))]),
        ec2_instance_id: Some("i-1".into()),
        agent_version: Some("0.1.0".into()),
        agent_hash: None,
        docker_version: None,
        tags: BTreeMap::new(),
        registered_at: at(0),
    }
}

fn port(port: u16, protocol: ecs::PortProtocol) -> ecs::ReservedPort {
    ecs::ReservedPort { port, protocol }
}

/// Reads a file that an earlier version wrote and nobody writes any more.
async fn check_old<R: Record + PartialEq>(name: &str, record: R) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let records = Records::new(Arc::clone(&store));
    let key = Key::<R>::new(&["golden", name]);
    let put = Op::Put {
        key: key.bytes().clone(),
        value: std::fs::read(folder().join(format!("{name}.json")))
            .unwrap()
            .into(),
        lease: None,
    };
    store
        .txn(Txn {
            then: vec![put],
            ..Txn::default()
        })
        .await
        .unwrap();
    assert!(
        records.get(&key).unwrap().unwrap().record == record,
        "{name} is read differently now"
    );
}

#[tokio::test]
async fn what_earlier_versions_wrote_is_read() {
    check_old("ecs-node-format-1", node_of_format_1()).await;
    check_old("ecs-task-before-ec2", task()).await;
}

#[tokio::test]
async fn ecs_records() {
    let mut task = task();
    task.network.attached = true;
    task.architecture = Some("arm64".into());
    task.log_mode = Some("non-blocking".into());
    task.network_mode = ecs::NetworkMode::Bridge;
    task.host_ports = vec![port(80, ecs::PortProtocol::Tcp)];
    for container in &mut task.containers {
        container.network_bindings = vec![
            ecs::NetworkBinding {
                bind_ip: "0.0.0.0".into(),
                protocol: ecs::PortProtocol::Tcp,
                ports: ecs::BoundPorts::One {
                    container: 8080,
                    host: 80,
                },
            },
            ecs::NetworkBinding {
                bind_ip: "0.0.0.0".into(),
                protocol: ecs::PortProtocol::Udp,
                ports: ecs::BoundPorts::Range {
                    container: "9000-9001".into(),
                    host: "32768-32769".into(),
                },
            },
        ];
        container.health = Some(ecs::ContainerHealth {
            status: ecs::HealthStatus::Healthy,
            since: at(4),
        });
    }
    check("ecs-task", task).await;
    check(
        "ecs-cluster",
        ecs::Cluster {
            name: "default".into(),
            status: ecs::ClusterStatus::Inactive,
            tags: tags(),
            deleted_at: Some(at(1)),
        },
    )
    .await;
    check("ecs-family", ecs::Family { latest_revision: 3 }).await;
    check(
        "ecs-task-definition",
        ecs::TaskDefinition {
            family: "web".into(),
            revision: 3,
            status: ecs::TaskDefinitionStatus::Active,
            registered_at: at(0),
            registered_by: "arn:aws:iam::123456789012:root".into(),
            definition: aws_api::ecs::TaskDefinition {
                cpu: Some("256".into()),
                network_mode: Some(aws_api::ecs::NetworkMode::Awsvpc),
                ..aws_api::ecs::TaskDefinition::default()
            },
            tags: tags(),
            deregistered_at: Some(at(1)),
            delete_requested_at: Some(at(2)),
        },
    )
    .await;
    check(
        "ecs-account-setting",
        ecs::AccountSetting {
            principal: "arn:aws:iam::123456789012:root".parse().unwrap(),
            name: "defaultLogDriverMode".into(),
            value: "blocking".into(),
        },
    )
    .await;
    check(
        "ecs-node",
        ecs::Node {
            id: "n1".into(),
            region: "us-east-1".parse().unwrap(),
            fargate: true,
            cluster: Some("default".into()),
            status: ecs::NodeStatus::Draining,
            version: 4,
            agent_hash: Some("abcdef".into()),
            docker_version: Some("crun 1.8".into()),
            tags: tags(),
            ..node_of_format_1()
        },
    )
    .await;
    check(
        "ecs-client-token",
        ecs::ClientToken {
            parameters_sha256: "00".into(),
            definition: Some(
                "arn:aws:ecs:us-east-1:123456789012:task-definition/web:3"
                    .parse()
                    .unwrap(),
            ),
            task_ids: vec!["t1".into()],
            failures: vec![ecs::LaunchFailure {
                arn: "arn:aws:ecs:us-east-1:123456789012:container-instance/default/i1".into(),
                reason: "RESOURCE:MEMORY".into(),
            }],
            used_at: at(0),
        },
    )
    .await;
}

/// What was written before a member was there is read without it.
#[tokio::test]
async fn ecs_records_of_before() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let records = Records::new(Arc::clone(&store));
    let put = |key: &'static str, value: &'static str| Op::Put {
        key: key.into(),
        value: value.into(),
        lease: None,
    };
    let then = vec![
        put(
            "c",
            r#"{"format":1,"data":{"name":"a","status":"Inactive","tags":{}}}"#,
        ),
        put(
            "d",
            r#"{"format":1,"data":{"family":"web","revision":3,"status":"Active",
                "registered_at":1795189590000,"registered_by":"me","definition":{"cpu":"256"},
                "tags":{}}}"#,
        ),
        put(
            "t",
            r#"{"format":1,"data":{"parameters_sha256":"00","task_ids":["t1"],
                "used_at":1795189590000}}"#,
        ),
    ];
    let txn = Txn {
        then,
        ..Txn::default()
    };
    store.txn(txn).await.unwrap();
    let cluster = records.get(&Key::<ecs::Cluster>::new(&["c"])).unwrap();
    assert_eq!(cluster.unwrap().record.deleted_at, None);
    let token = records.get(&Key::<ecs::ClientToken>::new(&["t"])).unwrap();
    let token = token.unwrap().record;
    assert_eq!((token.definition, token.failures), (None, Vec::new()));
    let key = Key::<ecs::TaskDefinition>::new(&["d"]);
    let definition = records.get(&key).unwrap().unwrap().record;
    assert_eq!(definition.delete_requested_at, None);
    assert_eq!(definition.definition.cpu.as_deref(), Some("256"));
    let key = Key::<ecs::TaskDefinitionHead>::new(&["d"]);
    let head = records.get(&key).unwrap().unwrap().record;
    assert_eq!(head.revision, 3);
    assert!(
        records.transaction().create(&key, &head).is_err(),
        "a head is only read"
    );
}

#[tokio::test]
async fn ec2_records() {
    let rule = |peer| ec2::SecurityGroupRule {
        protocol: "tcp".into(),
        ports: Some((80, 81)),
        peer,
    };
    check(
        "ec2-vpc",
        ec2::Vpc {
            id: "vpc-1".into(),
            cidr: "172.31.0.0/16".parse().unwrap(),
            is_default: true,
        },
    )
    .await;
    check(
        "ec2-subnet",
        ec2::Subnet {
            id: "subnet-1".into(),
            vpc_id: "vpc-1".into(),
            cidr: "172.31.0.0/20".parse().unwrap(),
            zone: "us-east-1a".into(),
            is_default: true,
        },
    )
    .await;
    check(
        "ec2-security-group",
        ec2::SecurityGroup {
            id: "sg-1".into(),
            vpc_id: "vpc-1".into(),
            name: "default".into(),
            description: "default VPC security group".into(),
            ingress: vec![rule(ec2::RulePeer::Group("sg-1".into()))],
            egress: vec![rule(ec2::RulePeer::Cidr("0.0.0.0/0".parse().unwrap()))],
        },
    )
    .await;
    check(
        "ec2-network-interface",
        ec2::NetworkInterface {
            id: "eni-1".into(),
            vpc_id: "vpc-1".into(),
            subnet_id: "subnet-1".into(),
            zone: "us-east-1a".into(),
            address: [172, 31, 0, 4].into(),
            mac: "02:4c:ac:1f:00:04".into(),
            security_groups: vec!["sg-1".into()],
            description: "arn:aws:ecs:us-east-1:123456789012:attachment/a".into(),
            task_arn: "arn:aws:ecs:us-east-1:123456789012:task/default/t1".into(),
            created_at: at(0),
        },
    )
    .await;
    check(
        "ec2-address-lease",
        ec2::AddressLease {
            interface_id: "eni-1".into(),
        },
    )
    .await;
}

#[tokio::test]
async fn ecr_records() {
    check(
        "ecr-repository",
        ecr::Repository {
            name: "team/app".into(),
            tags_are_immutable: true,
            mutability_exceptions: vec!["latest*".into()],
            created_at: at(0),
            tags: tags(),
            referrers_indexed: true,
        },
    )
    .await;
    check(
        "ecr-image",
        ecr::Image {
            digest: "sha256:00".into(),
            media_type: "application/vnd.oci.image.manifest.v1+json".into(),
            manifest_size: 400,
            blobs_size: 1000,
            artifact_media_type: Some("application/vnd.oci.image.config.v1+json".into()),
            subject: None,
            manifests: vec!["sha256:01".into()],
            pushed_at: at(0),
            tags: Some(["v1".into()].into()),
            indexes: Some(["sha256:02".into()].into()),
        },
    )
    .await;
    check(
        "ecr-image-tag",
        ecr::ImageTag {
            digest: "sha256:00".into(),
        },
    )
    .await;
    check("ecr-blob-link", ecr::BlobLink { size: 1000 }).await;
    check("ecr-image-count", ecr::ImageCount { images: 7 }).await;
    check("ecr-referrer", ecr::Referrer {}).await;
    check(
        "ecr-registry-name",
        ecr::RegistryName {
            name: "10.0.0.1:4566".into(),
            told_at: at(0),
            is_operators: false,
        },
    )
    .await;
}

/// What was written before images knew their tags and indexes, and repositories exceptions and whether
/// their referrers are indexed.
#[test]
fn older_ecr_records_are_read() {
    let image = r#"{"format":1,"data":{"artifact_media_type":null,"blobs_size":1,"digest":"sha256:00",
        "manifest_size":1,"manifests":[],"media_type":"m","pushed_at":1795189590000,"subject":null}}"#;
    let image: ecr::Image = Records::decode(b"image", image.as_bytes()).unwrap();
    assert_eq!((image.tags, image.indexes), (None, None));
    let repository = r#"{"format":1,"data":{"created_at":1795189590000,"name":"web",
        "tags_are_immutable":true,"tags":{}}}"#;
    let repository: ecr::Repository = Records::decode(b"web", repository.as_bytes()).unwrap();
    assert!(repository.mutability_exceptions.is_empty() && !repository.referrers_indexed);
}

#[tokio::test]
async fn iam_records() {
    check(
        "iam-role",
        iam::Role {
            id: "AROA1".into(),
            name: "ecsTaskExecutionRole".into(),
            path: "/".into(),
            description: "d".into(),
            assume_role_policy: "{}".into(),
            created_at: at(0),
        },
    )
    .await;
    check(
        "iam-instance-key",
        iam::InstanceKey {
            access_key_id: "ASIA1".into(),
            secret_access_key: "secret".into(),
            account: "123456789012".parse().unwrap(),
            instance_id: "n1".into(),
        },
    )
    .await;
    check(
        "iam-server-secret",
        iam::ServerSecret {
            secret: "00".into(),
        },
    )
    .await;
}

#[tokio::test]
async fn logs_records() {
    check(
        "logs-group",
        logs::LogGroup {
            id: 7,
            name: "/ecs/hello".into(),
            class: logs::LogGroupClass::Standard,
            created_at: at(0),
            tags: tags(),
            retention_days: None,
            deleting: false,
        },
    )
    .await;
    check(
        "logs-group-to-go",
        logs::LogGroup {
            id: 7,
            name: "/ecs/hello".into(),
            class: logs::LogGroupClass::Standard,
            created_at: at(0),
            tags: tags(),
            retention_days: Some(30),
            deleting: true,
        },
    )
    .await;
    for (name, stream) in [
        ("logs-removal-group", None),
        ("logs-removal-stream", Some(8)),
    ] {
        check(name, logs::LogRemoval { group: 7, stream }).await;
    }
    check(
        "logs-stream",
        logs::LogStream {
            id: 9,
            group: "/ecs/hello".into(),
            name: "hello/web/0123".into(),
            created_at: at(0),
            node: None,
        },
    )
    .await;
    check(
        "logs-stream-of-node",
        logs::LogStream {
            id: 9,
            group: "/ecs/hello".into(),
            name: "hello/web/0123".into(),
            created_at: at(0),
            node: Some("0123456789abcdef0123456789abcdef".into()),
        },
    )
    .await;
}
