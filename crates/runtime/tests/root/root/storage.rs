//! A task's own disk: what it holds, what it limits, and that it goes.

use std::fs;

use runtime::{ContainerState, Mount, MountSource, Runtime, TaskNetwork, TaskSpec};

use crate::node::{Node, bounded, until};

/// Small enough for a test, large enough for a file system.
const DISK_BYTES: u64 = 64 << 20;

fn spec(node: &Node, user_namespace: bool) -> TaskSpec {
    TaskSpec {
        storage_bytes: Some(DISK_BYTES),
        ..TaskSpec::new(node.task.clone(), user_namespace, TaskNetwork::Own)
    }
}

/// Files that loop devices show, of this node's folder.
fn looped(node: &str) -> Vec<String> {
    let devices = fs::read_dir("/sys/block").unwrap().flatten();
    devices
        .filter_map(|device| fs::read_to_string(device.path().join("loop/backing_file")).ok())
        .filter(|file| file.contains(node))
        .collect()
}

async fn finish(node: Node) {
    let folder = node.folder.path().to_str().unwrap().to_owned();
    node.finish().await;
    until("a loop device is left", || looped(&folder).is_empty()).await;
}

#[tokio::test]
async fn a_task_writes_no_more_than_its_disk_holds() {
    for user_namespace in [true, false] {
        let mut node = Node::new();
        let task = spec(&node, user_namespace);
        node.prepare_as(&task).await;
        let volume = |container: &mut runtime::ContainerSpec| {
            container.mounts = vec![Mount {
                destination: "/data".into(),
                source: MountSource::TaskVolume("data".into()),
                read_only: false,
            }];
        };
        // Root file systems and volumes share it.
        let mut first = node.shell_as(
            "first",
            "dd if=/dev/zero of=/big bs=1M count=30 2>/dev/null && echo fits; exec sleep 1000",
        );
        volume(&mut first);
        node.run(&first).await;
        let mut log = node.runtime.logs(&first.id).await.unwrap();
        node.said(&mut log, "fits").await;
        let mut second = node.shell(
            "dd if=/dev/zero of=/data/big bs=1M count=60 2>&1 | grep -o 'No space left on device'; \
             touch /small 2>&1; echo ended",
        );
        volume(&mut second);
        let lines = node.run_to_end(&second).await;
        assert_eq!(lines[0], "No space left on device", "{lines:?}");
        assert_eq!(lines.last().unwrap(), "ended");
        // What a container wrote goes with it.
        node.runtime.remove(&first.id).await.unwrap();
        let disk = node
            .folder
            .path()
            .join("state/tasks")
            .join(node.task.as_str())
            .join("disk");
        assert!(!disk.join("containers/first").exists() && disk.join("volumes/data/big").exists());
        finish(node).await;
    }
}

#[tokio::test]
async fn a_restarted_agent_finds_the_disk_as_it_was() {
    let mut node = Node::new();
    let task = spec(&node, true);
    node.prepare_as(&task).await;
    node.run(&node.shell(
        "echo kept > /note; echo written; while [ ! -e /go ]; do sleep 0.02; done; cat /note",
    ))
    .await;
    let mut log = node.logs().await;
    node.said(&mut log, "written").await;
    drop(log);
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert_eq!(adopted[0].spec, task);
    assert!(matches!(
        adopted[0].containers[0].state,
        ContainerState::Running(_)
    ));
    // Preparing it again changes nothing of it.
    node.prepare_as(&task).await;
    let root = node.container_folder().join("rootfs");
    fs::write(root.join("go"), "").unwrap();
    assert_eq!(node.wait().await.code, Some(0));
    assert_eq!(node.lines().await.last().unwrap(), "kept");
    finish(node).await;
}

#[tokio::test]
async fn what_a_crash_left_of_a_disk_is_made_anew_or_removed() {
    let mut node = Node::new();
    let folder = node
        .folder
        .path()
        .join("state/tasks")
        .join(node.task.as_str());
    // Reserved, and no more.
    fs::create_dir_all(folder.join("disk")).unwrap();
    fs::write(folder.join("disk.img"), "half").unwrap();
    let task = spec(&node, true);
    node.prepare_as(&task).await;
    assert_eq!(node.run_to_end(&node.shell("echo hi")).await, ["hi"]);
    // Mounted, but the task was never written down.
    fs::remove_file(folder.join("task.json")).unwrap();
    node.reopen();
    assert!(bounded(node.runtime.adopt()).await.unwrap().is_empty());
    assert!(!folder.exists());
    finish(node).await;
}
