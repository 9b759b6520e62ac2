//! What is killed, and what is not lost by it.

use std::fs;
use std::io::BufRead;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use runtime::{ContainerState, Mount, MountSource, Runtime, RuntimeError, Stream, TaskLimits};

use crate::node::{Node, bounded, kill, mount_run, processes, status_field, text_of, until};

/// How often agent and shim are killed at some moment of a container's creation and start.
const KILLS: u64 = 16;
/// Within how many milliseconds: longer than creation and start take together.
const KILL_WITHIN_MILLIS: u64 = 90;

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

/// An agent of its own process, which starts a container that waits for `go`.
fn agent(node: &Node) -> Child {
    Command::new(env!("CARGO_BIN_EXE_longshore-node-child"))
        .arg("agent")
        .arg(node.folder.path())
        .args([&node.cgroup, node.task.as_str()])
        .args(&node.layers)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn volume(node: &Node) -> PathBuf {
    let tasks = node.folder.path().join("state/tasks");
    tasks.join(node.task.as_str()).join("volumes/ctl")
}

fn go(node: &Node) {
    fs::write(volume(node).join("go"), "").unwrap();
}

/// A node with a patient container, which has said all it says before `go`.
async fn patiently_running() -> (Node, runtime::Started) {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let started = node.run(&patient(&node)).await;
    spoke(&node).await;
    (node, started)
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
    let (node, _) = patiently_running().await;
    let (runtime, id) = (node.runtime.clone(), node.id());
    let waiting = tokio::spawn(async move { runtime.wait(&id).await });
    let first = node.shim();
    kill(first.pid);
    until("no new shim", || node.shim() != first).await;
    go(&node);
    let exit = bounded(waiting).await.unwrap().unwrap();
    assert!(is_of_an_adopted(exit.code, 9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn a_restarted_agent_replaces_a_shim_that_died_meanwhile() {
    let (mut node, started) = patiently_running().await;
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
    let exit = node.wait().await;
    assert!(is_of_an_adopted(exit.code, 9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn an_exit_without_a_shim_is_known_to_an_agent_that_lived() {
    let (node, started) = patiently_running().await;
    kill(node.shim().pid);
    go(&node);
    let proc = format!("/proc/{}", started.pid);
    until("init lives", || !std::path::Path::new(&proc).exists()).await;
    let exit = node.wait().await;
    // The status outlives the process since Linux 6.15; before, nobody can know it.
    if kernel_keeps_exit_status() {
        assert_eq!((exit.code, &exit.reason), (Some(9), &None), "{exit:?}");
    } else {
        assert!(exit.code.is_none() && exit.reason.is_some(), "{exit:?}");
    }
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn an_exit_that_nobody_saw_is_known_where_the_kernel_keeps_it() {
    let (mut node, started) = patiently_running().await;
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
    if kernel_keeps_exit_status() {
        assert_eq!(exit.code, Some(9), "{exit:?}");
    } else {
        assert_eq!(exit.code, None);
        let reason = exit.reason.as_deref().unwrap();
        assert!(reason.contains("no shim"), "{exit:?}");
    }
    let reason = exit.reason.as_deref().unwrap();
    assert!(
        reason.contains("last lines may be lost") || !kernel_keeps_exit_status(),
        "{exit:?}"
    );
    // What was in the pipe went with its last descriptor; what was in the shim's hands did not.
    let records = node.output().await;
    assert_eq!(text_of(&records, Stream::Stdout), ["before", "half a "]);
    node.finish().await;
}

/// What a shim sees which is not the parent: where the kernel does not keep the exit code, none as a rule,
/// since a zombie has it only until somebody else reaps it.
pub(super) fn is_of_an_adopted(found: Option<i32>, code: i32) -> bool {
    found == Some(code) || (found.is_none() && !kernel_keeps_exit_status())
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
    let mut agent = agent(&node);
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
    assert_ne!(status_field(started.pid, "State").chars().next(), Some('Z'));
    go(&node);
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
async fn a_shim_is_small_alone_and_nobodys_child() {
    let (node, _) = patiently_running().await;
    let pid = node.shim().pid;
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let kib: u64 = rollup
        .lines()
        // Clean pages are the program's own, which it shares with every other shim and the agent.
        .filter(|line| line.starts_with("Private_Dirty:"))
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
async fn kills_at_any_moment_leave_what_can_be_adopted_and_removed() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let seed = std::process::id();
    println!("seed {seed}");
    let mut random = u64::from(seed);
    let mut seen = std::collections::BTreeMap::new();
    for round in 0..KILLS {
        // Knuth's MMIX constants.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut agent = agent(&node);
        // Not to wait for something, but to strike at a moment that nobody chose.
        tokio::time::sleep(Duration::from_millis((random >> 33) % KILL_WITHIN_MILLIS)).await;
        agent.kill().unwrap();
        agent.wait().unwrap();
        if round % 2 == 0 {
            for (pid, command) in processes(node.folder.path().to_str().unwrap()) {
                if command.contains("longshore-node-child shim") {
                    // It may have ended by itself.
                    let pid = rustix::process::Pid::from_raw(pid).unwrap();
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            }
        }
        node.reopen();
        let adopted = bounded(node.runtime.adopt()).await.unwrap();
        assert_eq!(adopted.len(), 1);
        let state = adopted[0]
            .containers
            .first()
            .map(|container| &container.state);
        let name = match state {
            None => "nothing",
            Some(ContainerState::Unfinished) => "unfinished",
            Some(ContainerState::Exited(exit)) => {
                assert!(exit.code.is_none(), "{exit:?}");
                let reason = exit.reason.as_deref().unwrap();
                assert!(reason.contains("killed before"), "{reason}");
                "never ran"
            }
            Some(ContainerState::Created { .. } | ContainerState::Running(_)) => {
                bounded(node.runtime.start(&node.id())).await.unwrap();
                go(&node);
                assert_eq!(node.wait().await.code, Some(9));
                assert_eq!(node.lines().await, ["before", "after"]);
                "ran"
            }
        };
        *seen.entry(name).or_insert(0) += 1;
        bounded(node.runtime.remove(&node.id())).await.unwrap();
        let _ = fs::remove_file(volume(&node).join("go"));
    }
    println!("{seen:?}");
    node.finish().await;
}

#[tokio::test]
async fn a_shim_killed_before_the_start_is_replaced_by_it() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell("echo started");
    node.runtime.create(&spec).await.unwrap();
    kill(node.shim().pid);
    bounded(node.runtime.start(&spec.id)).await.unwrap();
    let exit = node.wait().await;
    assert!(is_of_an_adopted(exit.code, 0), "{exit:?}");
    assert_eq!(node.lines().await, ["started"]);
    node.finish().await;
}

#[tokio::test]
async fn what_is_killed_before_its_start_has_no_exit_code() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell("echo started");
    node.runtime.create(&spec).await.unwrap();
    kill(node.state().init.pid);
    let exit = node.wait().await;
    assert_eq!(exit.code, None, "{exit:?}");
    assert!(exit.reason.unwrap().contains("before it was started"));
    let error = bounded(node.runtime.start(&spec.id)).await.unwrap_err();
    assert!(matches!(error, RuntimeError::Start { .. }), "{error}");
    assert!(node.lines().await.is_empty());
    // An agent that was killed while it removed such a container is followed by one that does not
    // take it for one that ran and ended.
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert_eq!(adopted[0].containers[0].state, ContainerState::Unfinished);
    node.finish().await;
}

/// What a reboot does, as far as a test may: no process, no mount and no tmpfs of before is
/// there, and the kernel has another boot id.
#[tokio::test]
async fn a_restart_of_the_machine_ends_containers_with_a_reason() {
    let (mut node, _) = patiently_running().await;
    let mut state = node.state();
    node.reopen();
    kill(state.shim.pid);
    kill(state.init.pid);
    let proc = format!("/proc/{}", state.init.pid);
    until("init lives", || !std::path::Path::new(&proc).exists()).await;
    let tasks = node.folder.path().join("state/tasks");
    for mounted in ["ns/user", "ns/net", "containers/web/rootfs"] {
        let path = tasks.join(node.task.as_str()).join(mounted);
        rustix::mount::unmount(path, rustix::mount::UnmountFlags::empty()).unwrap();
    }
    let run = node.folder.path().join("run");
    rustix::mount::unmount(&run, rustix::mount::UnmountFlags::empty()).unwrap();
    mount_run(node.folder.path());
    state.init.boot_id = "another boot".into();
    let path = node.container_folder().join(shim::file::STATE);
    shim::record::write(&path, &state, shim::record::Durability::Process).unwrap();
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert_eq!(adopted[0].sandbox, None);
    let ContainerState::Exited(exit) = &adopted[0].containers[0].state else {
        panic!("{adopted:?}");
    };
    assert_eq!(exit.code, None);
    assert!(
        exit.reason.as_deref().unwrap().contains("restarted"),
        "{exit:?}"
    );
    let records = node.output().await;
    assert_eq!(text_of(&records, Stream::Stdout), ["before", "half a "]);
    node.finish().await;
}

#[tokio::test]
async fn a_container_without_a_shim_goes_on_until_it_can_have_one() {
    let (node, started) = patiently_running().await;
    let settings = node.container_folder().join(shim::file::SETTINGS);
    let whole = fs::read(&settings).unwrap();
    fs::write(&settings, "{").unwrap();
    kill(node.shim().pid);
    let words = || {
        let log = fs::read_to_string(node.container_folder().join(shim::file::SHIM_LOG));
        log.unwrap_or_default().lines().count()
    };
    let (runtime, id) = (node.runtime.clone(), node.id());
    let waiting = tokio::spawn(async move { runtime.wait(&id).await });
    // More than one call's tries.
    until("it gave up", || words() >= 8 || waiting.is_finished()).await;
    assert!(
        !waiting.is_finished(),
        "the wait ended before the container"
    );
    // The agent that comes next takes it over all the same.
    let again = super::super::node::open(node.folder.path(), &node.cgroup);
    let adopted = bounded(again.adopt()).await.unwrap();
    assert_eq!(
        adopted[0].containers[0].state,
        ContainerState::Running(started)
    );
    fs::write(&settings, whole).unwrap();
    go(&node);
    let exit = bounded(waiting).await.unwrap().unwrap();
    assert!(is_of_an_adopted(exit.code, 9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn a_container_is_given_as_many_shims_as_are_killed() {
    let (node, _) = patiently_running().await;
    let (runtime, id) = (node.runtime.clone(), node.id());
    let waiting = tokio::spawn(async move { runtime.wait(&id).await });
    for _ in 0..8 {
        let before = node.shim();
        kill(before.pid);
        until("no new shim", || {
            node.shim() != before || waiting.is_finished()
        })
        .await;
    }
    go(&node);
    let exit = bounded(waiting).await.unwrap().unwrap();
    assert!(is_of_an_adopted(exit.code, 9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

#[tokio::test]
async fn the_last_words_of_shims_that_cannot_adopt_are_told() {
    let (node, started) = patiently_running().await;
    let settings = node.container_folder().join(shim::file::SETTINGS);
    let whole = fs::read(&settings).unwrap();
    fs::write(&settings, "{").unwrap();
    kill(node.shim().pid);
    go(&node);
    let proc = format!("/proc/{}", started.pid);
    until("init lives", || !std::path::Path::new(&proc).exists()).await;
    let error = bounded(node.runtime.wait(&node.id())).await.unwrap_err();
    assert!(error.to_string().contains(shim::file::SETTINGS), "{error}");
    let log = fs::read_to_string(node.container_folder().join(shim::file::SHIM_LOG)).unwrap();
    assert!(log.lines().count() >= 5, "{log}");
    // A later one that can finds everything as it was.
    fs::write(&settings, whole).unwrap();
    let exit = node.wait().await;
    assert!(is_of_an_adopted(exit.code, 9), "{exit:?}");
    all_said(&node).await;
    node.finish().await;
}

/// The state folder on a small file system of its own, so that it can be full.
async fn small(node: &mut Node) -> PathBuf {
    let state = node.folder.path().join("state");
    fs::remove_dir_all(&state).unwrap();
    fs::create_dir(&state).unwrap();
    rustix::mount::mount(
        "tmpfs",
        &state,
        "tmpfs",
        rustix::mount::MountFlags::empty(),
        Some(c"size=4m,mode=0711"),
    )
    .unwrap();
    node.reopen();
    node.prepare(true, TaskLimits::default()).await;
    state
}

/// Fills a file system to its last byte.
fn fill(folder: &std::path::Path) -> PathBuf {
    use std::io::Write;
    let path = folder.join("filling");
    let mut file = fs::File::create(&path).unwrap();
    for bytes in [64 * 1024, 4096, 1] {
        while file.write_all(&vec![b'x'; bytes]).is_ok() {}
    }
    path
}

#[tokio::test]
async fn a_full_disk_ends_no_container_and_takes_no_exit() {
    for kill_the_shim in [false, true] {
        let mut node = Node::new();
        let state = small(&mut node).await;
        let line = "x".repeat(1000);
        let mut spec = node.shell(&format!(
            "echo before; while echo {line}; do sleep 0.005; done"
        ));
        spec.env = vec!["PATH=/bin".into()];
        let started = node.run(&spec).await;
        // It has room for its first line.
        let mut output = node.runtime.logs(&spec.id).await.unwrap();
        bounded(output.next(1)).await.unwrap();
        drop(output);
        let filling = fill(&state);
        let more = state.join("more");
        let _ = fs::write(&more, "x");
        assert_eq!(fs::read(&more).unwrap_or_default(), b"", "there is room");
        let shim = node.shim();
        if kill_the_shim {
            kill(shim.pid);
            let (runtime, id) = (node.runtime.clone(), node.id());
            // Who waits gives it a new one, which has no room either.
            let waiting = tokio::spawn(async move { runtime.wait(&id).await });
            until("no new shim", || {
                waiting.is_finished() || node.shim() != shim
            })
            .await;
            assert!(!waiting.is_finished(), "{:?}", waiting.await);
            waiting.abort();
        }
        // It lives on without room, and says more than a pipe holds.
        let said = || {
            // With its children's that have ended.
            let io = fs::read_to_string(format!("/proc/{}/io", started.pid)).unwrap();
            let line = io.lines().find(|line| line.starts_with("wchar")).unwrap();
            line.split_once(' ').unwrap().1.parse::<u64>().unwrap()
        };
        let so_far = said();
        until("it does not go on", || said() > so_far + 96 * 1024).await;
        node.runtime.signal(&spec.id, libc::SIGKILL).await.unwrap();
        let exit = node.wait().await;
        let known = exit.code == Some(137);
        assert!(
            known || (kill_the_shim && is_of_an_adopted(exit.code, 137)),
            "{exit:?}"
        );
        // What there was no room for is counted.
        assert!(exit.log_dropped > 0, "{exit:?}");
        fs::remove_file(filling).unwrap();
        let lines = node.lines().await;
        assert_eq!(lines.first().map(String::as_str), Some("before"));
        bounded(node.runtime.remove_task(&node.task)).await.unwrap();
        rustix::mount::unmount(&state, rustix::mount::UnmountFlags::empty()).unwrap();
        node.reopen();
        node.finish().await;
    }
}
