//! Commands beside a container's first process, and containers that are started once more.

use std::fs;
use std::time::Duration;

use runtime::{
    Cgroups, ContainerState, ExecOutcome, ExecSpec, OciConfig, OciRuntime, Runtime, RuntimeError,
    TaskLimits, User,
};

use super::faults::is_of_an_adopted;
use crate::node::{Node, PATIENCE, bounded, kill, until};

/// For a command, also on an emulated machine.
const LONG_ENOUGH_TO_START: Duration = Duration::from_secs(3);

fn command(words: &[&str]) -> ExecSpec {
    ExecSpec::new(words.iter().map(|word| (*word).to_owned()).collect())
}

async fn run(node: &Node, spec: &ExecSpec) -> ExecOutcome {
    node.runtime.exec(&node.id(), spec, PATIENCE).await.unwrap()
}

fn text(outcome: &ExecOutcome) -> String {
    String::from_utf8(outcome.output.clone()).unwrap()
}

#[tokio::test]
async fn a_runtime_that_is_not_there_does_not_answer() {
    let node = Node::new();
    bounded(node.runtime.check()).await.unwrap();
    let gone = node.folder.path().join("gone");
    let broken = OciRuntime::open(OciConfig {
        state_dir: node.folder.path().join("state"),
        run_dir: node.folder.path().join("run"),
        runtime: gone.clone(),
        program: gone.clone(),
        cgroups: Cgroups::detect(&node.cgroup).unwrap(),
    });
    let error = bounded(broken.unwrap().check()).await.unwrap_err();
    assert!(
        error.to_string().contains(gone.to_str().unwrap()),
        "{error}"
    );
    node.finish().await;
}

#[tokio::test]
async fn a_command_is_confined_as_its_container() {
    for user_namespace in [true, false] {
        let mut node = Node::new();
        node.prepare(user_namespace, TaskLimits::default()).await;
        let mut spec = node.shell("exec sleep 1000");
        spec.env = vec!["COLOUR=blue".into(), "SHAPE=round".into()];
        spec.user = User {
            uid: 1000,
            gid: 100,
            additional_gids: vec![7],
        };
        spec.cwd = "/tmp".into();
        spec.cap_drop = vec!["NET_RAW".into()];
        let started = node.run(&spec).await;
        let script = "id -u; id -G; pwd; echo $COLOUR $SHAPE; grep -E 'CapBnd|Seccomp:|NoNewPrivs' \
                      /proc/self/status; stat -L -c %i /proc/self/ns/*; echo err >&2; exit 3";
        let mut check = command(&["sh", "-c", script]);
        check.env = vec!["SHAPE=square".into()];
        let outcome = run(&node, &check).await;
        assert_eq!(
            (outcome.code, outcome.timed_out),
            (Some(3), false),
            "{outcome:?}"
        );
        let said = text(&outcome);
        // Between two streams there is no order.
        assert_eq!(said.matches("err\n").count(), 1, "{said}");
        let said = said.replacen("err\n", "", 1);
        assert!(
            said.starts_with("1000\n100 7\n/tmp\nblue square\n"),
            "{said}"
        );
        let status = fs::read_to_string(format!("/proc/{}/status", started.pid)).unwrap();
        for field in ["CapBnd", "Seccomp:", "NoNewPrivs"] {
            let line = status.lines().find(|line| line.starts_with(field)).unwrap();
            assert!(said.contains(line), "{line} is not in {said}");
        }
        for kind in ["mnt", "net", "pid", "user", "ipc", "uts"] {
            use std::os::unix::fs::MetadataExt;
            let place = format!("/proc/{}/ns/{kind}", started.pid);
            let number = fs::metadata(place).unwrap().ino().to_string();
            assert!(said.lines().any(|line| line == number), "{kind}: {said}");
        }
        // Its limits are the container's: its group lies below.
        let outcome = run(&node, &command(&["cat", "/proc/self/cgroup"])).await;
        let (controllers, group) = if node.has_cgroups_v1() {
            let group = format!(":/{}/{}/web/longshore-exec-", node.cgroup, node.task);
            (&["memory", "pids", "cpu", "devices"][..], group)
        } else {
            // All in one, and as its namespace shows it: the container's own is the root.
            (&[""][..], ":/longshore-exec-".to_owned())
        };
        let said = text(&outcome);
        for controller in controllers {
            let line = said
                .lines()
                .find(|line| line.contains(&format!(":{controller}:")));
            assert!(
                line.is_some_and(|line| line.contains(&group)),
                "{controller}: {said}"
            );
        }
        let mut root = command(&["id", "-u"]);
        root.user = Some(User::default());
        assert_eq!(text(&run(&node, &root).await), "0\n");
        node.finish().await;
    }
}

#[tokio::test]
async fn a_command_is_bounded_in_time_and_output_and_leaves_nothing() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let started = node.run(&node.shell("exec sleep 1000")).await;
    let check = command(&["sh", "-c", "setsid sleep 4000 & echo here; exec sleep 5000"]);
    let outcome = node
        .runtime
        .exec(&node.id(), &check, LONG_ENOUGH_TO_START)
        .await
        .unwrap();
    assert!(outcome.timed_out && outcome.code.is_none(), "{outcome:?}");
    assert_eq!(text(&outcome), "here\n");
    // An orphan that holds the output open does not hold up the answer, and ends.
    let check = command(&["sh", "-c", "setsid sleep 6000 & echo there"]);
    let outcome = bounded(run(&node, &check)).await;
    assert_eq!(outcome.code, Some(0));
    assert_eq!(text(&outcome), "there\n");
    let outcome = run(
        &node,
        &command(&["sh", "-c", "yes | head -c 1000000; exit 4"]),
    )
    .await;
    assert_eq!((outcome.code, outcome.output.len()), (Some(4), 4096));
    // In the container's PID namespace only its first process is left, and orphans that it, which is
    // no init, does not reap.
    let namespace = fs::read_link(format!("/proc/{}/ns/pid", started.pid)).unwrap();
    until("something of a command is left", || {
        let inside = fs::read_dir("/proc").unwrap().flatten().filter(|entry| {
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            fs::read_link(entry.path().join("ns/pid")).is_ok_and(|other| other == namespace)
                && !status.contains("State:\tZ")
        });
        inside.count() == 1
    })
    .await;
    let bundle = node
        .folder
        .path()
        .join("run/bundles")
        .join(node.task.as_str())
        .join("web");
    let left: Vec<_> = fs::read_dir(bundle)
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["config.json"]);
    let below = fs::read_dir(node.container_group()).unwrap().flatten();
    assert_eq!(below.filter(|entry| entry.path().is_dir()).count(), 0);
    node.finish().await;
}

#[tokio::test]
async fn a_command_that_cannot_be_run_has_a_shells_code() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell("exec sleep 1000");
    node.runtime.create(&spec).await.unwrap();
    let early = node
        .runtime
        .exec(&spec.id, &command(&["true"]), PATIENCE)
        .await;
    assert!(
        matches!(early, Err(RuntimeError::NotRunning { .. })),
        "{early:?}"
    );
    node.runtime.start(&spec.id).await.unwrap();
    let outcome = run(&node, &command(&["no-such-program"])).await;
    assert_eq!(outcome.code, Some(127), "{outcome:?}");
    assert!(text(&outcome).contains("no-such-program"), "{outcome:?}");
    let outcome = run(&node, &command(&["/etc/passwd"])).await;
    assert_eq!(outcome.code, Some(126), "{outcome:?}");
    node.runtime.signal(&spec.id, libc::SIGKILL).await.unwrap();
    node.wait().await;
    let late = node
        .runtime
        .exec(&spec.id, &command(&["true"]), PATIENCE)
        .await;
    assert!(
        matches!(late, Err(RuntimeError::NotRunning { .. })),
        "{late:?}"
    );
    node.finish().await;
}

#[tokio::test]
async fn a_killed_agents_command_ends_with_the_next_agent() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    node.run(&node.shell("exec sleep 1000")).await;
    let (runtime, id) = (node.runtime.clone(), node.id());
    let check = command(&["sh", "-c", "exec sleep 7000"]);
    let running = tokio::spawn(async move { runtime.exec(&id, &check, PATIENCE).await });
    let group = node.container_group();
    let commands = || {
        let below = fs::read_dir(&group)
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        let procs =
            below.map(|path| fs::read_to_string(path.join("cgroup.procs")).unwrap_or_default());
        procs.filter(|pids| !pids.is_empty()).count()
    };
    until("the command does not run", || commands() == 1).await;
    // As far as a test may: nobody is left who waits.
    running.abort();
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert!(matches!(
        adopted[0].containers[0].state,
        ContainerState::Running(_)
    ));
    until("the command is left", || commands() == 0).await;
    node.finish().await;
}

#[tokio::test]
async fn a_container_is_started_once_more_with_what_it_wrote() {
    for tty in [false, true] {
        let mut node = Node::new();
        node.prepare(true, TaskLimits::default()).await;
        let mut spec = node.shell("echo x >> /count; wc -l < /count; exit $(wc -l < /count)");
        spec.tty = tty;
        let first = node.run(&spec).await;
        assert_eq!(node.wait().await.code, Some(1));
        let mut log = node.logs().await;
        let batch = bounded(log.next(1 << 20)).await.unwrap();
        log.acknowledge(batch.cursor).await.unwrap();
        for round in 2..5 {
            let started = bounded(node.runtime.restart(&spec.id)).await.unwrap();
            assert_ne!(started.pid, first.pid);
            assert!(started.started_at >= first.started_at);
            let exit = node.wait().await;
            assert_eq!(exit.code, Some(round), "{exit:?}");
        }
        let lines = node.lines().await;
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        assert_eq!(lines, ["2", "3", "4"]);
        node.finish().await;
    }
}

#[tokio::test]
async fn a_container_that_runs_is_not_started_again_and_one_that_never_ran_neither() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell("exec sleep 1000");
    let started = node.run(&spec).await;
    assert_eq!(node.runtime.restart(&spec.id).await.unwrap(), started);
    node.runtime.remove(&spec.id).await.unwrap();
    assert!(node.runtime.restart(&spec.id).await.is_err());
    let mut broken = node.shell("");
    broken.args = vec!["/no/such/program".into()];
    assert!(node.runtime.create(&broken).await.is_err());
    let error = node.runtime.restart(&spec.id).await.unwrap_err();
    assert!(error.to_string().contains("/no/such/program"), "{error}");
    node.finish().await;
}

#[tokio::test]
async fn a_restarted_container_survives_its_shim_and_its_terminal_too() {
    for tty in [false, true] {
        let mut node = Node::new();
        node.prepare(true, TaskLimits::default()).await;
        let mut spec = node.shell(
            "trap 'echo bye; exit 6' TERM; echo x >> /count; echo up $(wc -l < /count); \
             [ $(wc -l < /count) = 1 ] && exit 1; while :; do sleep 0.05; done",
        );
        spec.tty = tty;
        node.run(&spec).await;
        assert_eq!(node.wait().await.code, Some(1));
        node.runtime.restart(&spec.id).await.unwrap();
        let (runtime, id) = (node.runtime.clone(), node.id());
        let waiting = tokio::spawn(async move { runtime.wait(&id).await });
        let shim = node.shim();
        kill(shim.pid);
        until("no new shim", || node.shim() != shim).await;
        node.runtime.signal(&spec.id, libc::SIGTERM).await.unwrap();
        let exit = bounded(waiting).await.unwrap().unwrap();
        assert!(is_of_an_adopted(exit.code, 6), "{exit:?}");
        let lines = node.lines().await;
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        assert_eq!(lines, ["up 1", "up 2", "bye"]);
        node.finish().await;
    }
}
