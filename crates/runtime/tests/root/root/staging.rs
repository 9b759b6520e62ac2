//! Containers that are made ready before they are run.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;

use runtime::{ContainerSpec, ContainerState, Runtime, STAGED_PER_CORE, TaskLimits};
use rustix::fs::OFlags;
use rustix::process::Signal;

use crate::node::{Node, bounded, kill, processes, send, status_field, until};

/// A node whose container says `line`, and is made ready.
async fn staged(line: &str) -> (Node, ContainerSpec) {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let spec = node.shell(&format!("echo {line}"));
    bounded(node.runtime.stage(&spec)).await.unwrap();
    (node, spec)
}

/// The process ids of the container's shim: of its own, and of the one that it came from.
fn shims(node: &Node) -> Vec<i32> {
    let marker = node.container_folder().display().to_string();
    let mut shims: Vec<i32> = processes(&marker).into_iter().map(|(pid, _)| pid).collect();
    shims.sort_unstable();
    shims
}

#[tokio::test]
async fn what_is_made_ready_runs_when_it_is_run_and_not_before() {
    let (node, spec) = staged("here").await;
    assert!(!node.container_folder().join(shim::file::STATE).exists());
    assert_eq!(node.run_to_end(&spec).await, ["here"]);
    node.finish().await;
}

#[tokio::test]
async fn what_is_asked_for_otherwise_is_made_anew() {
    let (node, _) = staged("this").await;
    let lines = node.run_to_end(&node.shell("echo that")).await;
    assert_eq!(lines, ["that"]);
    node.finish().await;
}

#[tokio::test]
async fn what_is_not_wanted_any_more_leaves_nothing() {
    let (node, _) = staged("never").await;
    until("no shim waits", || !shims(&node).is_empty()).await;
    node.finish().await;
}

#[tokio::test]
async fn a_shim_that_is_killed_before_it_was_told_is_followed_by_another() {
    let (node, spec) = staged("here").await;
    until("no shim of its own", || shims(&node).len() == 2).await;
    for pid in shims(&node) {
        kill(pid);
    }
    assert_eq!(node.run_to_end(&spec).await, ["here"]);
    node.finish().await;
}

#[tokio::test]
async fn what_an_agent_that_is_gone_made_ready_is_unfinished() {
    let (mut node, _) = staged("never").await;
    node.reopen();
    until("its shim goes on", || shims(&node).is_empty()).await;
    let adopted = node.runtime.adopt().await.unwrap();
    let [container] = adopted[0].containers.as_slice() else {
        panic!("{adopted:?}");
    };
    assert_eq!(container.state, ContainerState::Unfinished);
    bounded(node.runtime.remove(&node.id())).await.unwrap();
    assert!(fs::metadata(node.container_folder()).is_err());
    assert_eq!(node.run_to_end(&node.shell("echo anew")).await, ["anew"]);
    node.finish().await;
}

/// Stops the shim that waits, and gives its process id: what it is told lies in its pipe from now on.
async fn stop_shim(node: &Node) -> i32 {
    let mut own = None;
    until("no shim of its own", || {
        // It leads a session; who it came from does not.
        own = shims(node)
            .into_iter()
            .find(|pid| status_field(*pid, "NSsid") == pid.to_string());
        own.is_some()
    })
    .await;
    let own = own.unwrap();
    send(own, Signal::STOP);
    // Until then it may still take what it is told.
    until("it goes on", || status_field(own, "State").starts_with('T')).await;
    own
}

/// True once the word to begin waits in the pipe of the shim.
fn is_told(shim: i32) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{shim}/fd")).unwrap().flatten();
    descriptors
        .filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            target.to_str()?.starts_with("pipe:").then_some(())?;
            let pipe = OpenOptions::new()
                .read(true)
                .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
                .open(entry.path())
                .ok()?;
            rustix::io::ioctl_fionread(pipe).ok()
        })
        .any(|bytes| bytes > 0)
}

#[tokio::test]
async fn a_launcher_that_is_killed_once_the_shim_is_told_costs_no_container() {
    let (node, spec) = staged("here; sleep 1000").await;
    let own = stop_shim(&node).await;
    let running = {
        let (runtime, spec) = (node.runtime.clone(), spec.clone());
        tokio::spawn(async move { runtime.run(&spec).await })
    };
    until("the shim is never told", || is_told(own)).await;
    for launcher in shims(&node).into_iter().filter(|pid| *pid != own) {
        kill(launcher);
    }
    send(own, Signal::CONT);
    bounded(running).await.unwrap().unwrap();
    let mut log = node.logs().await;
    node.said(&mut log, "here").await;
    node.finish().await;
}

#[tokio::test]
async fn what_was_told_to_begin_before_the_agent_was_killed_is_adopted() {
    let (mut node, spec) = staged("here; sleep 1000").await;
    let own = stop_shim(&node).await;
    let running = {
        let (runtime, spec) = (node.runtime.clone(), spec.clone());
        tokio::spawn(async move { runtime.run(&spec).await })
    };
    until("the shim is never told", || is_told(own)).await;
    // The agent is gone, and the shim has not yet removed the sign that nothing was begun.
    running.abort();
    let _ = running.await;
    node.reopen();
    let (adopted, ()) = tokio::join!(bounded(node.runtime.adopt()), async {
        // The adoption has looked before it is polled for the second time.
        send(own, Signal::CONT);
    });
    let state = adopted.unwrap()[0].containers[0].state.clone();
    assert!(matches!(state, ContainerState::Running(_)), "{state:?}");
    node.finish().await;
}

#[tokio::test]
async fn only_so_many_are_made_ready_at_a_time_and_the_others_are_run_all_the_same() {
    let mut node = Node::new();
    node.prepare(true, TaskLimits::default()).await;
    let most = STAGED_PER_CORE * std::thread::available_parallelism().unwrap().get();
    let name = |number: usize| format!("web{number}");
    for number in 0..=most {
        let spec = node.shell_as(&name(number), "echo up");
        bounded(node.runtime.stage(&spec)).await.unwrap();
    }
    let folder = node.container_folder();
    let is_made = |number: usize| folder.with_file_name(name(number)).exists();
    assert!((0..most).all(is_made));
    assert!(!is_made(most));
    // Who is run makes room for another.
    let first = node.shell_as(&name(0), "echo up");
    let last = node.shell_as(&name(most), "echo up");
    bounded(node.runtime.run(&first)).await.unwrap();
    bounded(node.runtime.stage(&last)).await.unwrap();
    assert!(is_made(most));
    bounded(node.runtime.run(&last)).await.unwrap();
    node.finish().await;
}
