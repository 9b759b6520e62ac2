//! Fields of a task definition, from the payload to what the runtime is told and what is reported,
//! over a runtime that pretends. What real containers make of them: tests/e2e/test_task_fields.py.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::Engine;
use agent_wire as wire;
use runtime::{IpcMode, MountSource, PidMode, TaskNetwork};
use stand::{ARN, PATIENCE, Ran, Recorder, all_over, answering, control_plane, engine, state};

struct Node {
    folder: tempfile::TempDir,
    runtime: Recorder,
    bodies: Arc<Mutex<Vec<String>>>,
    engine: Engine,
}

impl Node {
    async fn new() -> Self {
        Self::of(control_plane().await).await
    }

    async fn of((endpoint, bodies): (String, Arc<Mutex<Vec<String>>>)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Recorder::new();
        let engine = engine(folder.path(), &endpoint, Arc::new(runtime.clone())).await;
        engine.accept_state(state()).await.unwrap();
        Self {
            folder,
            runtime,
            bodies,
            engine,
        }
    }

    async fn run(&self, task: wire::Task) {
        let payload = wire::Payload {
            tasks: vec![task],
            ..wire::Payload::default()
        };
        self.engine.accept(payload).await.unwrap();
    }

    async fn stop(&self) {
        let task = wire::Task {
            arn: ARN.into(),
            desired_status: "STOPPED".into(),
            ..wire::Task::default()
        };
        self.run(task).await;
        all_over(&self.engine).await;
    }

    /// The first request to the control plane with all of `parts` in it.
    async fn said(&self, parts: &[&str]) -> String {
        let found = async {
            loop {
                let said = self.bodies.lock().unwrap().clone();
                let found = said
                    .into_iter()
                    .find(|body| parts.iter().all(|part| body.contains(part)));
                if let Some(found) = found {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let Ok(found) = tokio::time::timeout(PATIENCE, found).await else {
            panic!("{parts:?} was not said: {:?}", self.bodies.lock().unwrap());
        };
        found
    }
}

fn words(words: &str) -> Option<Vec<String>> {
    Some(words.split(' ').map(str::to_owned).collect())
}

fn container(name: &str, command: &str) -> wire::Container {
    wire::Container {
        name: name.into(),
        essential: true,
        command: words(command),
        ..wire::Container::default()
    }
}

fn with_host(mut container: wire::Container, host: &wire::HostConfig) -> wire::Container {
    container.docker_config.host_config = serde_json::to_string(host).unwrap();
    container
}

fn with_check(mut container: wire::Container, check: &str) -> wire::Container {
    let config = wire::Config {
        healthcheck: Some(wire::Healthcheck {
            test: words(check).unwrap(),
            interval: 20_000_000,
            timeout: 1_000_000_000,
            retries: 2,
            start_period: 0,
        }),
        ..wire::Config::default()
    };
    container.docker_config.config = serde_json::to_string(&config).unwrap();
    container
}

fn depends(mut container: wire::Container, on: &str, condition: &str) -> wire::Container {
    container.depends_on.push(wire::ContainerDependency {
        container_name: on.into(),
        condition: condition.into(),
    });
    container
}

fn task(mode: &str, containers: Vec<wire::Container>) -> wire::Task {
    wire::Task {
        arn: ARN.into(),
        desired_status: "RUNNING".into(),
        launch_type: "EC2".into(),
        network_mode: mode.into(),
        containers,
        ..wire::Task::default()
    }
}

fn logging(driver: &str, options: &[(&str, &str)]) -> wire::HostConfig {
    wire::HostConfig {
        log_config: Some(wire::LogConfig {
            r#type: driver.into(),
            config: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }),
        ..wire::HostConfig::default()
    }
}

#[tokio::test]
async fn depends_on_healthy_waits_for_the_check_and_stops_the_other_way_round() {
    let node = Node::new().await;
    let db = with_check(container("db", "serve"), "CMD mock exit 0");
    let app = depends(container("app", "serve"), "db", "HEALTHY");
    node.run(task("none", vec![app, db])).await;
    node.said(&["\"RUNNING\"", "\"app\""]).await;
    node.stop().await;
    let made = node.runtime.containers.lock().unwrap().clone();
    let names: Vec<&str> = made.iter().map(|one| one.id.name.as_str()).collect();
    assert_eq!(names, ["db", "app"]);
    assert_eq!(*node.runtime.signals.lock().unwrap(), ["app", "db"]);
}

#[tokio::test]
async fn a_health_check_runs_at_its_interval_and_for_no_longer_than_it_may() {
    let node = Node::new().await;
    let app = with_check(container("app", "serve"), "CMD mock hang");
    node.run(task("none", vec![app])).await;
    // At the interval that holds where none is given, the second run would come too late.
    let commands = Arc::clone(&node.runtime.commands);
    let second = async {
        while commands.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, second)
        .await
        .expect("a second run");
    let run = Ran {
        args: words("mock hang").unwrap(),
        timeout: Duration::from_secs(1),
    };
    assert_eq!(commands.lock().unwrap()[..2], [run.clone(), run]);
    node.stop().await;
}

#[tokio::test]
async fn start_timeout_fails_what_waits_for_a_container_that_is_not_healthy_in_time() {
    let node = Node::new().await;
    let mut db = with_check(container("db", "serve"), "CMD mock exit 1");
    db.start_timeout = 1;
    let app = depends(container("app", "serve"), "db", "HEALTHY");
    node.run(task("none", vec![db, app])).await;
    node.said(&["has timed out."]).await;
    all_over(&node.engine).await;
    assert!(node.runtime.container("app").is_none());
}

#[tokio::test]
async fn restart_policy_starts_again_what_ran_long_enough() {
    let node = Node::new().await;
    let options = [("awslogs-group", "g"), ("awslogs-stream-prefix", "p")];
    let mut app = with_host(
        container("app", "mock say round exit 3 1100"),
        &logging("awslogs", &options),
    );
    app.restart_policy = Some(wire::RestartPolicy {
        enabled: true,
        ignored_exit_codes: vec![0],
        restart_attempt_period: 1,
    });
    node.run(task("none", vec![app.clone()])).await;
    let first = node.said(&["round", "longshore:"]).await;
    let second = async {
        loop {
            let said = node.bodies.lock().unwrap().clone();
            if said
                .iter()
                .any(|body| body.contains("round") && *body != first)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, second)
        .await
        .expect("a second round");
    assert_eq!(
        node.runtime.containers.lock().unwrap().len(),
        1,
        "it is the same container"
    );
    node.stop().await;

    // Before its period it is not started again, and the task ends with it.
    let node = Node::new().await;
    app.restart_policy.as_mut().unwrap().restart_attempt_period = 300;
    node.run(task("none", vec![app])).await;
    node.said(&["\"STOPPED\"", "\"exitCode\":3"]).await;
}

#[tokio::test]
async fn bridge_mode_reports_ports_and_tells_of_links() {
    let node = Node::new().await;
    let port = |container_port, range: &str, host_port| wire::PortMapping {
        container_port,
        container_port_range: range.into(),
        host_port,
        protocol: "tcp".into(),
    };
    let mut db = container("db", "serve");
    db.port_mappings = vec![port(5432, "", 0), port(0, "7000-7001", 0)];
    db.environment.insert("PASS".into(), "word".into());
    let mut app = container("app", "serve");
    app.links = vec!["db:database".into()];
    app.port_mappings = vec![port(80, "", 8080)];
    node.run(task("bridge", vec![app, db])).await;
    let said = node.said(&["\"RUNNING\"", "networkBindings"]).await;
    for part in [
        r#""containerPort":5432,"hostPort":32768"#,
        r#""containerPortRange":"7000-7001","hostPortRange":"32769-32770""#,
        r#""containerPort":80,"hostPort":8080"#,
        r#""bindIP":"0.0.0.0""#,
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let app = node.runtime.container("app").unwrap();
    let hosts = app.hosts.unwrap();
    let line = hosts
        .lines()
        .find(|line| line.contains("database"))
        .unwrap();
    let address = line.split(' ').next().unwrap();
    for pair in [
        format!("DATABASE_PORT_5432_TCP_ADDR={address}"),
        "DATABASE_ENV_PASS=word".to_owned(),
    ] {
        assert!(app.env.contains(&pair), "{pair}: {:?}", app.env);
    }
    assert_eq!(app.hostname.len(), 12);
    assert_eq!(
        node.runtime.tasks.lock().unwrap()[0].network,
        TaskNetwork::PerContainer
    );
    node.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_fails_the_start() {
    let node = Node::new().await;
    let port = wire::PortMapping {
        container_port: 80,
        host_port: 8080,
        ..wire::PortMapping::default()
    };
    let mut one = container("one", "serve");
    one.port_mappings = vec![port];
    let mut two = one.clone();
    two.name = "two".into();
    node.run(task("bridge", vec![one, two])).await;
    node.said(&["CannotStartContainerError", "port is already allocated"])
        .await;
    all_over(&node.engine).await;
}

#[tokio::test]
async fn pid_and_ipc_modes_and_host_network_reach_the_runtime() {
    let node = Node::new().await;
    let mut app = with_host(
        container("app", "serve"),
        &wire::HostConfig {
            shm_size: 8192,
            ..wire::HostConfig::default()
        },
    );
    app.port_mappings = vec![wire::PortMapping {
        container_port: 8080,
        ..wire::PortMapping::default()
    }];
    let mut wanted = task("host", vec![app]);
    wanted.pid_mode = "host".into();
    wanted.ipc_mode = "task".into();
    node.run(wanted).await;
    node.said(&["\"RUNNING\"", r#""containerPort":8080,"hostPort":8080"#])
        .await;
    let made = node.runtime.tasks.lock().unwrap()[0].clone();
    assert_eq!(made.network, TaskNetwork::Host);
    assert_eq!((made.pid, made.ipc), (PidMode::Host, IpcMode::Task));
    assert_eq!(made.shm_bytes, Some(8192));
    assert!(!made.user_namespace);
    node.stop().await;
}

#[tokio::test]
async fn volumes_reach_the_runtime_and_host_folders_are_made() {
    let node = Node::new().await;
    let folder = node.folder.path().join("srv/data");
    let mut app = container("app", "serve");
    let point = |volume: &str, path: &str| wire::MountPoint {
        source_volume: volume.into(),
        container_path: path.into(),
        read_only: false,
    };
    app.mount_points = vec![point("data", "/data"), point("scratch", "/s")];
    let volume = |name: &str, path: &Path| wire::Volume {
        name: name.into(),
        host: Some(wire::HostVolume {
            source_path: path.display().to_string(),
        }),
        ..wire::Volume::default()
    };
    let mut wanted = task("none", vec![app]);
    wanted.volumes = vec![volume("data", &folder), volume("scratch", Path::new(""))];
    node.run(wanted).await;
    node.said(&["\"RUNNING\""]).await;
    assert!(folder.is_dir());
    let mounts = node.runtime.container("app").unwrap().mounts;
    assert_eq!(mounts[0].source, MountSource::Host(folder));
    assert_eq!(mounts[1].source, MountSource::TaskVolume("scratch".into()));
    node.stop().await;
}

#[tokio::test]
async fn a_shared_volume_that_is_not_there_is_not_made_unasked() {
    let node = Node::new().await;
    let mut app = container("app", "serve");
    app.mount_points = vec![wire::MountPoint {
        source_volume: "kept".into(),
        container_path: "/k".into(),
        read_only: false,
    }];
    let mut wanted = task("none", vec![app]);
    wanted.volumes = vec![wire::Volume {
        name: "kept".into(),
        r#type: "docker".into(),
        docker_volume_configuration: Some(wire::DockerVolume {
            scope: "shared".into(),
            ..wire::DockerVolume::default()
        }),
        ..wire::Volume::default()
    }];
    node.run(wanted).await;
    node.said(&["CannotCreateContainerError", "autoprovision is false"])
        .await;
    all_over(&node.engine).await;
}

#[tokio::test]
async fn awslogs_names_streams_and_puts_lines_together() {
    let node = Node::new().await;
    let options = [
        ("awslogs-group", "g"),
        ("awslogs-multiline-pattern", "^INFO"),
    ];
    let app = with_host(
        container("app", "mock say INFO-a say at-b say INFO-c exit 0"),
        &logging("awslogs", &options),
    );
    node.run(task("none", vec![app])).await;
    let made = node.said(&["logStreamName"]).await;
    let stream = made.split("\"logStreamName\":\"").nth(1).unwrap();
    let stream = stream.split('"').next().unwrap();
    assert_eq!(stream.len(), 64, "the container's id: {stream}");
    node.said(&["runtimeId", stream]).await;
    node.said(&["logEvents", r#""INFO-a\nat-b\n""#]).await;
    node.said(&["logEvents", r#""INFO-c\n""#]).await;
    all_over(&node.engine).await;
}

#[tokio::test]
async fn lines_that_are_lost_are_said_in_the_containers_reason() {
    let refuses = |head: &str| {
        if head.contains("PutLogEvents") {
            let error = r#"{"__type":"InvalidParameterException","message":"not these"}"#;
            return (400, error.to_owned());
        }
        (200, "{}".to_owned())
    };
    let node = Node::of(answering(Arc::new(refuses)).await).await;
    node.runtime.log_dropped.store(3, Ordering::Relaxed);
    let options = [("awslogs-group", "g"), ("awslogs-stream-prefix", "p")];
    let app = with_host(
        container("app", "mock say one say two exit 0"),
        &logging("awslogs", &options),
    );
    node.run(task("none", vec![app])).await;
    node.said(&[
        "\"STOPPED\"",
        "3 log lines were dropped because the buffer was full; ",
        "2 log lines were not taken: ",
        "not these",
    ])
    .await;
    all_over(&node.engine).await;
}

#[tokio::test]
async fn last_lines_wait_for_a_control_plane_that_is_away() {
    // Minutes: each try is a pause of seconds after the one before.
    const TRIES: usize = 50;
    let tries = AtomicUsize::new(0);
    let away = move |head: &str| {
        let is_away =
            head.contains("PutLogEvents") && tries.fetch_add(1, Ordering::Relaxed) < TRIES;
        (if is_away { 0 } else { 200 }, "{}".to_owned())
    };
    let node = Node::of(answering(Arc::new(away)).await).await;
    let options = [("awslogs-group", "g"), ("awslogs-stream-prefix", "p")];
    let app = with_host(
        container("app", "mock say one exit 0"),
        &logging("awslogs", &options),
    );
    // Time passes for whoever waits, at once.
    tokio::time::pause();
    node.run(task("none", vec![app])).await;
    let mut count = node.engine.count();
    count.wait_for(|count| *count == 0).await.unwrap();
    let said = node.bodies.lock().unwrap().join("\n");
    assert!(said.contains("\"one\""), "{said}");
    assert!(!said.contains("were not taken"), "{said}");
}

#[tokio::test]
async fn json_file_is_a_file_of_the_node() {
    let node = Node::new().await;
    let app = with_host(
        container("app", "mock say hello exit 0"),
        &logging("json-file", &[("max-size", "1m")]),
    );
    node.run(task("none", vec![app])).await;
    all_over(&node.engine).await;
    let id = ARN.rsplit('/').next().unwrap();
    let folder = node.folder.path().join("state/container-logs").join(id);
    let file = std::fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension()
            .is_some_and(|end| end == "log")
            .then_some(path)
    });
    let text = std::fs::read_to_string(file.unwrap()).unwrap();
    assert!(
        text.starts_with(r#"{"log":"hello\n","stream":"stdout","time":"#),
        "{text}"
    );
}

#[tokio::test]
async fn a_log_option_that_is_not_known_fails_the_start() {
    let node = Node::new().await;
    let app = with_host(
        container("app", "serve"),
        &logging("json-file", &[("colour", "red")]),
    );
    node.run(task("none", vec![app])).await;
    node.said(&["unknown log opt 'colour' for json-file log driver"])
        .await;
    all_over(&node.engine).await;
}
