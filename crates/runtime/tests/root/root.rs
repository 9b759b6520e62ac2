//! The tests.

use std::fs;
use std::io::BufRead;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use runtime::{
    ContainerState, LogLimits, LogMode, Mount, MountSource, Resources, Runtime, RuntimeError,
    Stream, TaskLimits, USER_NAMESPACE_FIRST_ID, Ulimit, User,
};

use crate::node::{Node, bounded, kill, status_field, text, text_of, until};

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

#[tokio::test]
async fn a_container_sees_what_its_spec_says() {
    let mut node = Node::new();
    let limits = TaskLimits {
        cpu_millis: Some(250),
        memory_bytes: Some(256 << 20),
        pids: Some(200),
    };
    let sandbox = node.prepare(true, limits).await;
    let mut spec = node.shell(
        "id -u; id -g; id -G; pwd; echo $COLOUR; hostname; cat /etc/hosts /etc/resolv.conf; \
         ulimit -n; ulimit -Hn; cat /sys/fs/cgroup/memory/memory.limit_in_bytes \
         /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.shares; echo x > /shared/x; \
         cat /etc/layer; ls /proc/self/fd",
    );
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
    };
    spec.mounts = vec![Mount {
        destination: "/shared".into(),
        source: MountSource::TaskVolume("data".into()),
        read_only: false,
    }];
    node.run(&spec).await;
    node.wait().await;
    let records = node.output().await;
    let hard = rustix::process::getrlimit(rustix::process::Resource::Nofile)
        .maximum
        .unwrap();
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
    expected.push(hard.min(1_000_000_000).to_string());
    expected.extend(["67108864", "50", "2"].map(str::to_owned));
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
    assert_eq!(group("cpu/TASK/cpu.cfs_quota_us").trim(), "25000");
    assert_eq!(
        group("memory/TASK/memory.limit_in_bytes").trim(),
        "268435456"
    );
    assert_eq!(group("pids/TASK/pids.max").trim(), "200");
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

/// Runs until the file `go` appears in its volume, then speaks and exits with 9.
fn patient(node: &Node) -> runtime::ContainerSpec {
    let mut spec = node.shell(
        "echo before; echo -n 'half a '; echo half-said >&2; \
         while [ ! -e /ctl/go ]; do sleep 0.02; done; echo line; exit 9",
    );
    spec.mounts = vec![Mount {
        destination: "/ctl".into(),
        source: MountSource::TaskVolume("ctl".into()),
        read_only: false,
    }];
    spec
}

fn go(node: &Node) {
    let volume = node
        .folder
        .path()
        .join("state/tasks")
        .join(node.task.as_str());
    fs::write(volume.join("volumes/ctl/go"), "").unwrap();
}

/// Waits until the container has said all it says before `go`.
async fn spoke(node: &Node) {
    let folder = node.container_folder();
    until("it says nothing", || {
        let spool =
            fs::read(folder.join("spool").join(format!("{:016x}.spool", 0))).unwrap_or_default();
        let tail = fs::read(folder.join("tail.stdout")).unwrap_or_default();
        let holds = |bytes: &[u8], text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        holds(&spool, "half-said") && holds(&tail, "half a ")
    })
    .await;
}

async fn all_said(node: &Node) {
    let records = node.output().await;
    assert_eq!(text_of(&records, Stream::Stdout), ["before", "half a line"]);
    assert_eq!(text_of(&records, Stream::Stderr), ["half-said"]);
    let offsets: Vec<u64> = records.iter().map(|record| record.offset).collect();
    assert!(offsets.is_sorted_by(|a, b| a < b), "{offsets:?}");
}

#[tokio::test]
async fn a_killed_shim_is_replaced_while_the_agent_waits() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    node.run(&patient(&node)).await;
    spoke(&node).await;
    let (runtime, id) = (node.runtime.clone(), node.id());
    let waiting = tokio::spawn(async move { runtime.wait(&id).await });
    let first = node.shim();
    kill(first.pid);
    until("no new shim", || node.shim() != first).await;
    go(&node);
    let exit = bounded(waiting).await.unwrap().unwrap();
    assert_eq!(exit.code, Some(9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn a_restarted_agent_replaces_a_shim_that_died_meanwhile() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let started = node.run(&patient(&node)).await;
    spoke(&node).await;
    let first = node.shim();
    kill(first.pid);
    until(
        "the shim lives",
        || !matches!(first.stat(), Ok(Some(stat)) if stat.zombie_status.is_none()),
    )
    .await;
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert_eq!(adopted.len(), 1);
    assert!(adopted[0].sandbox.is_some());
    assert_eq!(
        adopted[0].containers[0].state,
        ContainerState::Running(started)
    );
    assert_ne!(node.shim(), first);
    go(&node);
    assert_eq!(node.wait().await.code, Some(9));
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn an_exit_without_a_shim_is_known_to_an_agent_that_lived() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let started = node.run(&patient(&node)).await;
    spoke(&node).await;
    kill(node.shim().pid);
    go(&node);
    let proc = format!("/proc/{}", started.pid);
    until("init lives", || !std::path::Path::new(&proc).exists()).await;
    let exit = node.wait().await;
    // The status outlives the process since Linux 6.15; before, nobody can know it.
    if kernel_keeps_exit_status() {
        assert_eq!(exit.code, Some(9), "{exit:?}");
    } else {
        assert!(exit.code.is_none() && exit.reason.is_some(), "{exit:?}");
    }
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn an_exit_that_nobody_saw_is_absent_with_a_reason() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let started = node.run(&patient(&node)).await;
    spoke(&node).await;
    // The agent forgets its pidfds as a killed one would.
    node.reopen();
    kill(node.shim().pid);
    go(&node);
    let proc = format!("/proc/{}", started.pid);
    until("init lives", || !std::path::Path::new(&proc).exists()).await;
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    let ContainerState::Exited(exit) = &adopted[0].containers[0].state else {
        panic!("{adopted:?}");
    };
    assert_eq!(exit.code, None);
    assert!(
        exit.reason.as_deref().unwrap().contains("no shim"),
        "{exit:?}"
    );
    // What was in the pipe went with its last descriptor; what was in the shim's hands did not.
    let records = node.output().await;
    assert_eq!(text_of(&records, Stream::Stdout), ["before", "half a "]);
    node.finish().await;
}

fn kernel_keeps_exit_status() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release
        .split(['.', '-'])
        .map_while(|part| part.parse::<u32>().ok());
    (numbers.next().unwrap(), numbers.next().unwrap()) >= (6, 15)
}

#[tokio::test]
async fn a_killed_agent_leaves_the_container_running() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let volume = node
        .folder
        .path()
        .join("state/tasks")
        .join(node.task.as_str());
    let mut agent = Command::new(env!("CARGO_BIN_EXE_longshore-node-child"))
        .arg("agent")
        .arg(node.folder.path())
        .args([&node.cgroup, node.task.as_str()])
        .args(&node.layers)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(agent.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line.trim(), "started");
    agent.kill().unwrap();
    agent.wait().unwrap();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    let ContainerState::Running(started) = adopted[0].containers[0].state else {
        panic!("{adopted:?}");
    };
    assert_eq!(status_field(started.pid, "State").chars().next(), Some('S'));
    fs::write(volume.join("volumes/ctl/go"), "").unwrap();
    assert_eq!(node.wait().await.code, Some(9));
    assert_eq!(node.lines().await, ["before", "after"]);
    node.finish().await;
}

#[tokio::test]
async fn a_bundle_is_started_once() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    node.run(&patient(&node)).await;
    let shim = |flags: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_longshore-node-child"))
            .arg("shim")
            .args(flags)
            .arg(node.container_folder())
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), message)
    };
    let (code, message) = shim(&[]);
    assert_eq!(code, Some(3));
    assert!(message.contains("another shim"), "{message}");
    assert_eq!(shim(&["--adopt"]).0, Some(3));
    go(&node);
    assert_eq!(node.wait().await.code, Some(9));
    let (code, message) = shim(&[]);
    assert_eq!(code, Some(3));
    assert!(message.contains("started before"), "{message}");
    // Creating and starting again does nothing either.
    node.runtime.create(&patient(&node)).await.unwrap();
    assert_eq!(node.wait().await.code, Some(9));
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
async fn a_shim_is_small_alone_and_nobodys_child() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    node.run(&patient(&node)).await;
    spoke(&node).await;
    let pid = node.shim().pid;
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let kib: u64 = rollup
        .lines()
        .filter(|line| line.starts_with("Private_"))
        .map(|line| {
            line.split_whitespace()
                .nth(1)
                .unwrap()
                .parse::<u64>()
                .unwrap()
        })
        .sum();
    println!("the shim holds {kib} KiB of its own");
    assert!(kib < 1536, "{rollup}");
    assert_eq!(status_field(pid, "Threads"), "1");
    assert_ne!(status_field(pid, "PPid"), std::process::id().to_string());
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let session = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .nth(3)
        .unwrap()
        .to_owned();
    assert_eq!(session, pid.to_string());
    // Signals that the agent ignored are not ignored by the container. SIGQUIT is its shell's own
    // doing, 32 and 33 are the C library's when it starts a process.
    let ignored = status_field(node.state().init.pid, "SigIgn");
    let ignored = u64::from_str_radix(&ignored, 16).unwrap();
    assert_eq!(ignored & !(1 << 2 | 0b11 << 31), 0, "{ignored:x}");
    go(&node);
    node.wait().await;
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
