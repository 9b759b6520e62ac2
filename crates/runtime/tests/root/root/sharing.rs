//! What the containers of a task share: processes, memory, networks.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use runtime::{ContainerId, IpcMode, PidMode, Runtime, RuntimeError, TaskNetwork, TaskSpec};

use crate::node::{Node, bounded, until};

fn inode(path: impl AsRef<std::path::Path>) -> u64 {
    fs::metadata(path).unwrap().ino()
}

fn sharing(node: &Node, user_namespace: bool, pid: PidMode, ipc: IpcMode) -> TaskSpec {
    TaskSpec {
        pid,
        ipc,
        ..TaskSpec::new(node.task.clone(), user_namespace, TaskNetwork::Own)
    }
}

#[tokio::test]
async fn the_containers_of_a_task_may_share_their_processes() {
    for user_namespace in [true, false] {
        let mut node = Node::new();
        let spec = sharing(&node, user_namespace, PidMode::Task, IpcMode::Container);
        let sandbox = node.prepare_as(&spec).await;
        let namespace = inode(sandbox.pid_namespace.unwrap());
        let first = node.shell_as("first", "echo up; exec sleep 1000");
        let started = node.run(&first).await;
        assert_eq!(inode(format!("/proc/{}/ns/pid", started.pid)), namespace);
        // The holder is nobody's way out of the container.
        let second = node.shell(
            "ps -o pid,args | grep -c 'sleep 100[0]'; ls /proc/1/root/ >/dev/null 2>&1 && echo way out; \
             ls /proc/1/fd/* >/dev/null 2>&1 && echo files; kill -9 1; kill -15 1; echo alive; \
             (setsid sleep 2000 &)",
        );
        node.run(&second).await;
        // Also what the container leaves behind ends with it.
        let exit = node.wait().await;
        assert_eq!(exit.code, Some(0));
        let lines: Vec<String> = node.lines().await;
        let lines: Vec<&str> = lines
            .iter()
            .map(String::as_str)
            .filter(|line| !line.contains("kill"))
            .collect();
        assert_eq!(lines, ["1", "alive"]);
        until("an orphan is left", || {
            !fs::read_dir("/proc").unwrap().flatten().any(|entry| {
                inode_of(&entry.path().join("ns/pid")) == Some(namespace)
                    && fs::read(entry.path().join("cmdline"))
                        .is_ok_and(|line| line.starts_with(b"sleep\x002000"))
            })
        })
        .await;
        // The first one goes on.
        assert!(fs::metadata(format!("/proc/{}", started.pid)).is_ok());
        node.finish().await;
    }
}

fn inode_of(path: &std::path::Path) -> Option<u64> {
    fs::metadata(path).ok().map(|file| file.ino())
}

#[tokio::test]
async fn a_restarted_agent_finds_shared_processes_again() {
    let mut node = Node::new();
    let spec = sharing(&node, true, PidMode::Task, IpcMode::Task);
    let sandbox = node.prepare_as(&spec).await;
    node.reopen();
    let adopted = bounded(node.runtime.adopt()).await.unwrap();
    assert_eq!(adopted[0].sandbox.as_ref(), Some(&sandbox));
    assert_eq!(adopted[0].spec, spec);
    assert_eq!(node.run_to_end(&node.shell("echo hi")).await, ["hi"]);
    node.finish().await;
}

#[tokio::test]
async fn containers_may_see_the_hosts_processes_and_memory() {
    let mut node = Node::new();
    let spec = sharing(&node, false, PidMode::Host, IpcMode::Host);
    node.prepare_as(&spec).await;
    let name = format!("longshore-test-{}", std::process::id());
    let file = std::path::Path::new("/dev/shm").join(&name);
    fs::write(&file, "shared\n").unwrap();
    let script = format!(
        "stat -L -c %i /proc/self/ns/pid /proc/self/ns/ipc; cat /dev/shm/{name}; (setsid sleep 3000 &)"
    );
    let lines = node.run_to_end(&node.shell(&script)).await;
    fs::remove_file(file).unwrap();
    let own = ["pid", "ipc"].map(|kind| inode(format!("/proc/self/ns/{kind}")).to_string());
    assert_eq!(lines, [own[0].as_str(), &own[1], "shared"]);
    node.finish().await;
    for (pid, ipc) in [
        (PidMode::Host, IpcMode::Container),
        (PidMode::Container, IpcMode::Host),
    ] {
        let node = Node::new();
        let spec = sharing(&node, true, pid, ipc);
        let error = node.runtime.prepare_task(&spec).await.unwrap_err();
        assert!(matches!(error, RuntimeError::Unsupported { .. }), "{error}");
        node.finish().await;
    }
}

#[tokio::test]
async fn the_containers_of_a_task_may_share_their_memory() {
    for user_namespace in [true, false] {
        let mut node = Node::new();
        let spec = TaskSpec {
            shm_bytes: Some(4 << 20),
            ..sharing(&node, user_namespace, PidMode::Container, IpcMode::Task)
        };
        let sandbox = node.prepare_as(&spec).await;
        let first = node.shell_as("first", "echo hello > /dev/shm/note; exec sleep 1000");
        let started = node.run(&first).await;
        let namespace = inode(sandbox.ipc_namespace.unwrap());
        assert_eq!(inode(format!("/proc/{}/ns/ipc", started.pid)), namespace);
        let second = node.shell(
            "while [ ! -s /dev/shm/note ]; do sleep 0.02; done; cat /dev/shm/note; \
             grep -c ' /dev/shm .*size=4096k' /proc/mounts",
        );
        assert_eq!(node.run_to_end(&second).await, ["hello", "1"]);
        node.finish().await;
    }
}

#[tokio::test]
async fn a_container_may_be_without_shared_memory() {
    let mut node = Node::new();
    node.prepare_as(&sharing(&node, true, PidMode::Container, IpcMode::None))
        .await;
    let lines = node
        .run_to_end(&node.shell("grep -c ' /dev/shm ' /proc/mounts; echo done"))
        .await;
    assert_eq!(lines, ["0", "done"]);
    node.finish().await;
}

#[tokio::test]
async fn each_container_may_have_a_network_of_its_own() {
    let mut node = Node::new();
    let spec = TaskSpec::new(node.task.clone(), false, TaskNetwork::PerContainer);
    let sandbox = node.prepare_as(&spec).await;
    assert_eq!(sandbox.network_namespace, None);
    let one = node.shell("stat -L -c %i /proc/self/ns/net; cat /sys/class/net/lo/flags");
    let error = node.runtime.create(&one).await.unwrap_err();
    assert!(error.to_string().contains("network"), "{error}");
    node.runtime.remove(&one.id).await.unwrap();
    let path = node
        .runtime
        .prepare_container_network(&one.id)
        .await
        .unwrap();
    let again = node
        .runtime
        .prepare_container_network(&one.id)
        .await
        .unwrap();
    assert_eq!(path, again);
    let other = ContainerId::new(&node.task, "other").unwrap();
    let other = node
        .runtime
        .prepare_container_network(&other)
        .await
        .unwrap();
    assert_ne!(inode(&path), inode(&other));
    // IFF_UP, IFF_LOOPBACK.
    assert_eq!(
        node.run_to_end(&one).await,
        [inode(&path).to_string(), "0x9".to_owned()]
    );
    node.runtime.remove(&one.id).await.unwrap();
    assert!(!path.exists() && other.exists());
    node.finish().await;
}

#[tokio::test]
async fn a_task_without_a_network_has_its_loopback() {
    let mut node = Node::new();
    let spec = TaskSpec::new(node.task.clone(), false, TaskNetwork::Own);
    node.prepare_as(&spec).await;
    let script = node.shell("ls /sys/class/net; cat /sys/class/net/lo/flags");
    assert_eq!(node.run_to_end(&script).await, ["lo", "0x9"]);
    let error = node
        .runtime
        .prepare_container_network(&node.id())
        .await
        .unwrap_err();
    assert!(matches!(error, RuntimeError::Unsupported { .. }), "{error}");
    node.finish().await;
}

#[tokio::test]
async fn a_container_ends_though_another_goes_on_writing_to_its_output() {
    let mut node = Node::new();
    node.prepare_as(&sharing(&node, false, PidMode::Host, IpcMode::Container))
        .await;
    let started = node.run(&node.shell("echo up; exec sleep 1000")).await;
    let mut log = node.logs().await;
    node.said(&mut log, "up").await;
    // As one that shares its process ids may.
    let mut output = fs::OpenOptions::new()
        .write(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(format!("/proc/{}/fd/1", started.pid))
        .unwrap();
    let goes_on = Arc::new(AtomicBool::new(true));
    let writer = std::thread::spawn({
        let goes_on = Arc::clone(&goes_on);
        move || {
            while goes_on.load(Ordering::Relaxed) {
                if output.write(&[b'x'; 4096]).is_err() {
                    std::thread::yield_now();
                }
            }
        }
    });
    bounded(node.runtime.signal(&node.id(), 9)).await.unwrap();
    let exit = node.wait().await;
    goes_on.store(false, Ordering::Relaxed);
    writer.join().unwrap();
    assert_eq!(exit.code, Some(137));
    node.finish().await;
}
