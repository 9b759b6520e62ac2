//! Containers that are made ready before they are run.

use std::fs;

use runtime::{ContainerSpec, ContainerState, Runtime, TaskLimits};

use crate::node::{Node, bounded, kill, processes, until};

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
