//! What a container is, from within and without.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use runtime::{
    LogLimits, LogMode, Mount, MountSource, Resources, Runtime, RuntimeError, Stream, TaskLimits,
    TaskNetwork, TaskSpec, USER_NAMESPACE_FIRST_ID, Ulimit, User,
};

use crate::node::{Node, bounded, status_field, text, text_of, until};

const MAPPED_ROOT: u32 = USER_NAMESPACE_FIRST_ID;

async fn echo(user_namespace: bool) {
    let mut node = Node::new();
    node.prepare(user_namespace, TaskLimits::default()).await;
    let spec = node.shell("echo hi; echo oops >&2; echo -n unfinished");
    node.run(&spec).await;
    let exit = node.wait().await;
    assert_eq!((exit.code, exit.signal), (Some(0), None), "{exit:?}");
    assert!(!exit.oom_killed);
    let records = node.output().await;
    assert_eq!(text_of(&records, Stream::Stdout), ["hi", "unfinished"]);
    assert_eq!(text_of(&records, Stream::Stderr), ["oops"]);
    node.finish().await;
}

#[tokio::test]
async fn output_and_exit_are_kept() {
    echo(false).await;
}

#[tokio::test]
async fn output_and_exit_are_kept_in_a_user_namespace() {
    echo(true).await;
}

#[tokio::test]
async fn an_exit_code_is_kept() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    node.run(&node.shell("exit 7")).await;
    assert_eq!(node.wait().await.code, Some(7));
    assert!(node.lines().await.is_empty());
    node.finish().await;
}

#[tokio::test]
async fn a_stop_signal_may_be_caught_and_kill_may_not() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell("trap 'echo caught' TERM; echo ready; while :; do sleep 0.05; done");
    node.run(&spec).await;
    let mut log = node.logs().await;
    assert_eq!(
        text(&bounded(log.next(1)).await.unwrap().records),
        ["ready"]
    );
    node.runtime.signal(&spec.id, libc::SIGTERM).await.unwrap();
    assert_eq!(
        text(&bounded(log.next(1)).await.unwrap().records),
        ["caught"]
    );
    node.runtime.signal(&spec.id, libc::SIGKILL).await.unwrap();
    let exit = node.wait().await;
    assert_eq!((exit.code, exit.signal), (Some(137), Some(9)));
    assert!(!exit.oom_killed);
    // What has ended takes signals without complaint.
    node.runtime.signal(&spec.id, libc::SIGTERM).await.unwrap();
    node.finish().await;
}

/// Whether this process has `CAP_SYS_RESOURCE` (24, linux/capability.h).
fn may_raise_limits() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    u64::from_str_radix(line.unwrap().trim(), 16).unwrap() & (1 << 24) != 0
}

#[tokio::test]
async fn a_container_sees_what_its_spec_says() {
    let mut node = Node::new();
    let limits = TaskLimits {
        cpu_millis: Some(250),
        memory_bytes: Some(256 << 20),
        pids: Some(200),
    };
    let sandbox = node.prepare(true, limits).await;
    // Where limits are seen, and what cpuShares of 0 become.
    let (limit_files, least_share) = if node.has_cgroups_v1() {
        let files = "memory/memory.limit_in_bytes pids/pids.max cpu/cpu.shares";
        (files, "2")
    } else {
        ("memory.max pids.max cpu.weight", "1")
    };
    let mut spec = node.shell(&format!(
        "id -u; id -g; id -G; pwd; echo $COLOUR; hostname; cat /etc/hosts /etc/resolv.conf; \
         ulimit -n; ulimit -Hn; (cd /sys/fs/cgroup; cat {limit_files}); echo x > /shared/x; \
         cat /etc/layer; ls /proc/self/fd",
    ));
    spec.user = User {
        uid: 1000,
        gid: 100,
        additional_gids: vec![7],
    };
    spec.cwd = "/made/for/it".into();
    spec.env = vec!["COLOUR=blue".into()];
    spec.hostname = "ip-10-0-0-1".into();
    spec.hosts = Some("10.0.0.1 ip-10-0-0-1\n".into());
    spec.resolv_conf = Some("nameserver 10.0.0.2\n".into());
    spec.ulimits = vec![Ulimit {
        name: "nofile".into(),
        soft: 512,
        hard: 1_000_000_000,
    }];
    spec.resources = Resources {
        cpu_shares: Some(0),
        memory_bytes: Some(64 << 20),
        memory_reservation_bytes: Some(32 << 20),
        pids: Some(50),
        ..Resources::default()
    };
    spec.mounts = vec![Mount {
        destination: "/shared".into(),
        source: MountSource::TaskVolume("data".into()),
        read_only: false,
    }];
    node.run(&spec).await;
    node.wait().await;
    let records = node.output().await;
    let hard = match rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum {
        // Who may raise limits raises this one as far as the kernel goes.
        _ if may_raise_limits() => fs::read_to_string("/proc/sys/fs/nr_open").unwrap(),
        maximum => maximum.unwrap().to_string(),
    };
    let mut expected: Vec<String> = [
        "1000",
        "100",
        "100 7",
        "/made/for/it",
        "blue",
        "ip-10-0-0-1",
        "10.0.0.1 ip-10-0-0-1",
        "nameserver 10.0.0.2",
        "512",
    ]
    .map(str::to_owned)
    .to_vec();
    expected.push(hard.trim().to_owned());
    expected.extend(["67108864", "50", least_share].map(str::to_owned));
    let stdout = text_of(&records, Stream::Stdout);
    assert_eq!(stdout[..expected.len()], expected);
    // Descriptors: the three and the listing's own.
    assert_eq!(stdout[expected.len()..], ["0", "1", "2", "3"]);
    let stderr = text_of(&records, Stream::Stderr);
    assert!(stderr[0].contains("/shared/x"), "{stderr:?}");
    assert!(
        stderr[1].contains("/etc/layer") && stderr[1].contains("Permission denied"),
        "{stderr:?}"
    );
    // The task's own limits are on the group above.
    let group = |file: &str| {
        fs::read_to_string(
            format!("/sys/fs/cgroup/{file}")
                .replace("TASK", &format!("{}/{}", node.cgroup, node.task)),
        )
        .unwrap()
    };
    let of_the_task = if node.has_cgroups_v1() {
        [
            ("cpu/TASK/cpu.cfs_quota_us", "25000"),
            ("memory/TASK/memory.limit_in_bytes", "268435456"),
            ("pids/TASK/pids.max", "200"),
        ]
    } else {
        [
            ("TASK/cpu.max", "25000 100000"),
            ("TASK/memory.max", "268435456"),
            ("TASK/pids.max", "200"),
        ]
    };
    for (file, limit) in of_the_task {
        assert_eq!(group(file).trim(), limit, "{file}");
    }
    assert!(sandbox.user_namespace.is_some());
    node.finish().await;
}

#[tokio::test]
async fn too_much_memory_ends_in_oom() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("");
    spec.args = ["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"]
        .map(str::to_owned)
        .to_vec();
    spec.args[0] = "/bin/dd".into();
    spec.resources.memory_bytes = Some(16 << 20);
    node.run(&spec).await;
    let exit = node.wait().await;
    assert_eq!((exit.code, exit.signal), (Some(137), Some(9)));
    assert!(exit.oom_killed);
    node.finish().await;
}

#[tokio::test]
async fn a_tasks_memory_limit_counts_for_its_containers() {
    let mut node = Node::new();
    let limits = TaskLimits {
        memory_bytes: Some(16 << 20),
        ..TaskLimits::default()
    };
    node.prepare(false, limits).await;
    let mut spec = node.shell("");
    spec.args = [
        "/bin/dd",
        "if=/dev/zero",
        "of=/dev/null",
        "bs=64M",
        "count=1",
    ]
    .map(str::to_owned)
    .to_vec();
    node.run(&spec).await;
    let exit = node.wait().await;
    assert_eq!(exit.code, Some(137));
    assert!(exit.oom_killed);
    node.finish().await;
}

#[tokio::test]
async fn root_in_a_user_namespace_is_nobody_outside() {
    let mut node = Node::new();
    let sandbox = node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell(
        "cat /etc/layer; id -u; echo changed >> /etc/layer; touch /new; stat -c %u /new /etc/layer /bin; \
         cat /proc/self/uid_map; echo ready; while :; do sleep 0.05; done",
    );
    let started = node.run(&spec).await;
    let mut log = node.logs().await;
    let mut lines = Vec::new();
    while lines.last().map(String::as_str) != Some("ready") {
        lines.extend(text(&bounded(log.next(1)).await.unwrap().records));
    }
    assert_eq!(lines[..5], ["upper", "0", "0", "0", "0"]);
    let map: Vec<_> = lines[5].split_whitespace().collect();
    assert_eq!(map, ["0", "1879048192", "65536"]);
    assert!(status_field(started.pid, "Uid").starts_with(&MAPPED_ROOT.to_string()));
    let namespace = |kind: &str| {
        fs::metadata(format!("/proc/{}/ns/{kind}", started.pid))
            .unwrap()
            .ino()
    };
    let pinned = |path: Option<std::path::PathBuf>| fs::metadata(path.unwrap()).unwrap().ino();
    assert_eq!(namespace("net"), pinned(sandbox.network_namespace));
    assert_eq!(namespace("user"), pinned(sandbox.user_namespace));
    // Its own files are the mapped root's; the shared layer is untouched.
    let new = node.container_folder().join("upper/new");
    assert_eq!(fs::metadata(new).unwrap().uid(), MAPPED_ROOT);
    let layer = node.layers[1].join("etc/layer");
    assert_eq!(fs::read_to_string(&layer).unwrap(), "upper\n");
    assert_eq!(fs::metadata(layer).unwrap().uid(), 0);
    // `remove` ends what still runs.
    drop(log);
    node.finish().await;
}

#[tokio::test]
async fn what_cannot_run_says_why() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("");
    spec.args = vec!["/no/such/program".into()];
    let error = node.runtime.create(&spec).await.unwrap_err();
    let RuntimeError::Create { message, .. } = &error else {
        panic!("{error}");
    };
    assert!(message.contains("/no/such/program"), "{message}");
    assert!(
        node.wait()
            .await
            .reason
            .unwrap()
            .contains("/no/such/program")
    );
    assert!(node.runtime.create(&spec).await.is_err());
    node.runtime.remove(&spec.id).await.unwrap();
    node.run(&node.shell("exit 3")).await;
    assert_eq!(node.wait().await.code, Some(3));
    node.finish().await;
}

#[tokio::test]
async fn a_blocking_log_loses_nothing() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("yes 0123456789012345678901234567890123456789 | head -n 60000");
    spec.log = LogLimits {
        mode: LogMode::Blocking,
        max_bytes: 1,
    };
    node.run(&spec).await;
    let spool = node.container_folder().join("spool");
    let size = || -> u64 {
        let files = fs::read_dir(&spool).unwrap().flatten();
        files
            .filter_map(|file| file.metadata().ok())
            .map(|file| file.len())
            .sum()
    };
    until("it does not fill", || size() > 600 << 10).await;
    assert!(size() < 900 << 10, "{}", size());
    let records = node.output().await;
    assert_eq!(records.len(), 60_000);
    let exit = node.wait().await;
    assert_eq!((exit.code, exit.log_dropped), (Some(0), 0));
    node.finish().await;
}

#[tokio::test]
async fn a_non_blocking_log_counts_what_it_drops() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("yes 0123456789012345678901234567890123456789 | head -n 60000");
    spec.log = LogLimits {
        mode: LogMode::NonBlocking,
        max_bytes: 1,
    };
    node.run(&spec).await;
    let exit = node.wait().await;
    assert!(exit.log_dropped > 0);
    let records = node.output().await;
    assert_eq!(records.len() as u64 + exit.log_dropped, 60_000);
    node.finish().await;
}

#[tokio::test]
async fn a_read_only_root_and_dropped_capabilities_hold() {
    let mut node = Node::new();
    node.prepare(false, TaskLimits::default()).await;
    let mut spec = node.shell("touch /x; id -u; cat /proc/self/status; cat /proc/kcore");
    spec.readonly_rootfs = true;
    spec.cap_drop = vec!["ALL".into()];
    node.run(&spec).await;
    node.wait().await;
    let records = node.output().await;
    let stdout = text_of(&records, Stream::Stdout);
    assert_eq!(stdout[0], "0");
    assert!(
        stdout.contains(&"CapBnd:\t0000000000000000".to_owned()),
        "{stdout:?}"
    );
    assert!(stdout.contains(&"Seccomp:\t2".to_owned()), "{stdout:?}");
    let stderr = text_of(&records, Stream::Stderr);
    assert!(stderr[0].contains("Read-only file system"), "{stderr:?}");
    node.finish().await;
}

#[tokio::test]
async fn a_state_folder_that_cannot_be_passed_is_refused_with_a_way_out() {
    let node = Node::new();
    let open = fs::metadata(node.folder.path()).unwrap().permissions();
    fs::set_permissions(node.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let spec = TaskSpec::new(node.task.clone(), true, TaskNetwork::Own);
    let error = node.runtime.prepare_task(&spec).await.unwrap_err();
    assert!(error.to_string().contains("chmod o+x"), "{error}");
    fs::set_permissions(node.folder.path(), open).unwrap();
    node.finish().await;
}

#[tokio::test]
async fn secrets_stay_off_the_disk() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("exit 0");
    spec.env = vec!["PASSWORD=swordfish".into()];
    node.runtime.create(&spec).await.unwrap();
    let found = Command::new("grep")
        .args(["-rlsF", "--devices=skip", "swordfish"])
        .arg(node.folder.path())
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    let run = node.folder.path().join("run");
    assert!(!found.is_empty());
    for path in found.lines() {
        assert!(path.starts_with(run.to_str().unwrap()), "{path}");
    }
    assert_eq!(fs::metadata(run).unwrap().mode() & 0o777, 0o700);
    assert!(!format!("{spec:?}").contains("swordfish"));
    node.finish().await;
}

#[tokio::test]
async fn a_task_may_use_the_hosts_network() {
    let node = Node::new();
    let spec = TaskSpec::new(node.task.clone(), false, TaskNetwork::Host);
    let sandbox = node.runtime.prepare_task(&spec).await.unwrap();
    assert_eq!(sandbox.network_namespace, None);
    let own = fs::metadata("/proc/self/ns/net").unwrap().ino();
    node.run(&node.shell("stat -L -c %i /proc/self/ns/net"))
        .await;
    node.wait().await;
    assert_eq!(node.lines().await, [own.to_string()]);
    node.finish().await;
    let mut spec = spec;
    spec.user_namespace = true;
    let node = Node::new();
    let error = node.runtime.prepare_task(&spec).await.unwrap_err();
    assert!(matches!(error, RuntimeError::Unsupported { .. }), "{error}");
    node.finish().await;
}
