//! What a container's definition asks for, seen from within.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use runtime::{
    Device, Mount, MountSource, Resources, Runtime, RuntimeError, TaskLimits, Tmpfs,
    USER_NAMESPACE_FIRST_ID,
};

use crate::node::{Node, bounded, until};

async fn node(user_namespace: bool) -> Node {
    let mut node = Node::new();
    node.prepare(user_namespace, TaskLimits::default()).await;
    node
}

#[tokio::test]
async fn shared_memory_and_file_systems_in_memory_have_their_size_and_options() {
    for user_namespace in [true, false] {
        let node = node(user_namespace).await;
        let mut spec = node.shell(
            "grep -E ' (/dev/shm|/scratch|/more/inner) ' /proc/mounts; stat -c %a /more/inner; \
             touch /scratch/x; touch /scratch/y",
        );
        spec.shm_bytes = Some(8 << 20);
        spec.tmpfs = vec![
            Tmpfs {
                path: "/more/inner".into(),
                bytes: 2 << 20,
                options: vec!["exec".into(), "mode=0700".into()],
            },
            Tmpfs {
                path: "/scratch".into(),
                bytes: 1 << 20,
                options: vec!["nr_inodes=2".into()],
            },
        ];
        let lines = node.run_to_end(&spec).await;
        let options = |path: &str| {
            let line = lines.iter().find(|line| line.contains(path)).unwrap();
            let options = line.split(' ').nth(3).unwrap();
            options.split(',').map(str::to_owned).collect::<Vec<_>>()
        };
        let has = |path: &str, option: &str| options(path).iter().any(|have| have == option);
        assert!(has(" /dev/shm ", "size=8192k"), "{lines:?}");
        assert!(has(" /scratch ", "size=1024k") && has(" /scratch ", "noexec"));
        assert!(has(" /more/inner ", "size=2048k") && has(" /more/inner ", "nosuid"));
        assert!(!has(" /more/inner ", "noexec"), "{lines:?}");
        assert_eq!(lines[3], "700", "{lines:?}");
        // One inode is the root's.
        assert!(
            lines[4].contains("/scratch/y") && lines[4].contains("No space"),
            "{lines:?}"
        );
        node.finish().await;
    }
}

#[tokio::test]
async fn kernel_parameters_of_the_containers_own_are_set_and_others_refused() {
    for user_namespace in [true, false] {
        let node = node(user_namespace).await;
        let mut spec = node.shell("cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax");
        spec.sysctls = BTreeMap::from([
            ("net.ipv4.ip_default_ttl".to_owned(), "61".to_owned()),
            ("kernel.msgmax".to_owned(), "12345".to_owned()),
        ]);
        assert_eq!(node.run_to_end(&spec).await, ["61", "12345"]);
        node.runtime.remove(&spec.id).await.unwrap();
        spec.sysctls = BTreeMap::from([("vm.swappiness".to_owned(), "1".to_owned())]);
        let error = node.runtime.create(&spec).await.unwrap_err();
        assert!(error.to_string().contains("vm.swappiness"), "{error}");
        node.finish().await;
    }
}

#[tokio::test]
async fn a_privileged_container_may_do_what_root_may() {
    let node = node(false).await;
    let mut spec = node.shell(
        "cat /proc/self/status | grep -E 'Seccomp:|CapEff'; mount -t tmpfs none /tmp && echo mounted; \
         ls -d /dev/full /dev/kmsg; cat /sys/fs/cgroup/pids/pids.max >/dev/null; \
         grep ' /sys ' /proc/mounts; test -w /proc/sys/kernel/panic && echo writable",
    );
    spec.privileged = true;
    let lines = node.run_to_end(&spec).await;
    assert!(lines.contains(&"mounted".to_owned()), "{lines:?}");
    assert!(lines.contains(&"Seccomp:\t0".to_owned()), "{lines:?}");
    assert!(lines.contains(&"writable".to_owned()), "{lines:?}");
    assert!(lines.contains(&"/dev/kmsg".to_owned()), "{lines:?}");
    let sys = lines.iter().find(|line| line.contains(" /sys ")).unwrap();
    assert!(sys.contains("rw,"), "{sys}");
    node.finish().await;
}

#[tokio::test]
async fn an_ordinary_container_may_not() {
    let node = node(false).await;
    let spec = node.shell(
        "mount -t tmpfs none /tmp || echo no mount; mknod /tmp/kmsg c 1 11; \
         cat /tmp/kmsg || echo no device; test -w /proc/sys/kernel/panic && echo x > /proc/sys/kernel/panic || echo no sysctl",
    );
    let lines = node.run_to_end(&spec).await;
    for refused in ["no mount", "no device", "no sysctl"] {
        assert!(lines.contains(&refused.to_owned()), "{lines:?}");
    }
    node.finish().await;
}

#[tokio::test]
async fn a_device_may_be_used_as_far_as_it_was_given() {
    let node = node(false).await;
    let mut spec = node.shell(
        "head -c 1 /dev/mine | wc -c; (echo x > /dev/mine) 2>&1; stat -c %t:%T /dev/mine; \
         head -c 1 /dev/kmsg || echo none",
    );
    // Not among those that every container may use.
    spec.devices = vec![Device {
        host_path: "/dev/hwrng".into(),
        container_path: "/dev/mine".into(),
        access: "r".into(),
    }];
    if fs::metadata("/dev/hwrng").is_err() {
        spec.devices[0].host_path = "/dev/loop0".into();
    }
    let number = fs::metadata(&spec.devices[0].host_path).unwrap().rdev();
    let expected = format!(
        "{:x}:{:x}",
        rustix::fs::major(number),
        rustix::fs::minor(number)
    );
    let lines = node.run_to_end(&spec).await;
    assert!(lines.contains(&expected), "{lines:?}");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("/dev/mine") && line.contains("Operation not permitted")),
        "{lines:?}"
    );
    assert!(lines.contains(&"none".to_owned()), "{lines:?}");
    node.finish().await;
}

#[tokio::test]
async fn the_hosts_power_is_refused_in_a_user_namespace() {
    let node = node(true).await;
    let mut privileged = node.shell("true");
    privileged.privileged = true;
    let mut device = node.shell("true");
    device.devices = vec![Device {
        host_path: "/dev/full".into(),
        container_path: "/dev/mine".into(),
        access: "r".into(),
    }];
    for spec in [privileged, device] {
        let error = node.runtime.create(&spec).await.unwrap_err();
        assert!(matches!(error, RuntimeError::Unsupported { .. }), "{error}");
        node.runtime.remove(&spec.id).await.unwrap();
    }
    node.finish().await;
}

#[tokio::test]
async fn no_new_privileges_holds() {
    let node = node(true).await;
    let mut spec = node.shell("grep NoNewPrivs /proc/self/status");
    spec.no_new_privileges = true;
    assert_eq!(node.run_to_end(&spec).await, ["NoNewPrivs:\t1"]);
    node.finish().await;
}

#[tokio::test]
async fn swap_is_limited_as_asked() {
    let mut node = Node::new();
    let limits = TaskLimits {
        memory_bytes: Some(256 << 20),
        ..TaskLimits::default()
    };
    node.prepare(false, limits).await;
    let group = format!("/sys/fs/cgroup/memory/{}/{}", node.cgroup, node.task);
    let read = |file: &str| fs::read_to_string(format!("{group}/{file}")).unwrap_or_default();
    let counts = !read("memory.memsw.limit_in_bytes").is_empty();
    let mut spec =
        node.shell("cd /sys/fs/cgroup/memory; cat memory.memsw.limit_in_bytes memory.swappiness");
    spec.resources = Resources {
        memory_bytes: Some(32 << 20),
        memory_swap_bytes: Some(48 << 20),
        swappiness: Some(7),
        ..Resources::default()
    };
    if !counts {
        let error = node.runtime.create(&spec).await.unwrap_err();
        let why = if node.has_cgroups_v1() {
            "swapaccount"
        } else {
            "swappiness on a machine with cgroups v2"
        };
        assert!(error.to_string().contains(why), "{error}");
        return node.finish().await;
    }
    assert_eq!(
        read("memory.memsw.limit_in_bytes").trim(),
        (256 << 20).to_string()
    );
    assert_eq!(
        node.run_to_end(&spec).await,
        [(48 << 20).to_string(), "7".to_owned()]
    );
    // The task's limit does not stand in its way, now and after a restart of the agent.
    let unlimited = |text: String| text.trim().parse::<u64>().unwrap() > 1 << 60;
    assert!(unlimited(read("memory.memsw.limit_in_bytes")));
    node.prepare(false, limits).await;
    assert!(unlimited(read("memory.memsw.limit_in_bytes")));
    node.finish().await;
}

#[tokio::test]
async fn an_init_reaps_orphans_and_leaves_signals_their_effect() {
    for user_namespace in [true, false] {
        let node = node(user_namespace).await;
        let mut spec = node.shell("(sleep 0.01 &); echo ready; exec sleep 1000");
        spec.init = true;
        let started = node.run(&spec).await;
        let mut log = node.logs().await;
        node.said(&mut log, "ready").await;
        let namespace = fs::read_link(format!("/proc/{}/ns/pid", started.pid)).unwrap();
        let inside = || {
            let all = fs::read_dir("/proc").unwrap().flatten();
            all.filter(|entry| {
                fs::read_link(entry.path().join("ns/pid")).is_ok_and(|other| other == namespace)
            })
            .count()
        };
        // The first process and the container's; without an init the orphan would stay, a zombie.
        until("an orphan is not reaped", || inside() == 2).await;
        // The first process of a namespace takes no signal that it does not handle: this is not it.
        node.runtime.signal(&spec.id, libc::SIGTERM).await.unwrap();
        let exit = node.wait().await;
        assert_eq!((exit.code, exit.signal), (Some(143), Some(libc::SIGTERM)));
        // It starts once more, and nothing of it stays when it is removed.
        bounded(node.runtime.restart(&spec.id)).await.unwrap();
        node.runtime.signal(&spec.id, libc::SIGKILL).await.unwrap();
        assert_eq!(node.wait().await.code, Some(137));
        drop(log);
        node.runtime.remove(&spec.id).await.unwrap();
        until("the first process is left", || inside() == 0).await;
        node.finish().await;
    }
}

#[tokio::test]
async fn a_terminal_is_standard_input_and_output() {
    for user_namespace in [true, false] {
        let node = node(user_namespace).await;
        let mut spec = node
            .shell("tty; echo out; echo err >&2; test -t 0 && test -t 1 && echo all; echo $TERM");
        spec.tty = true;
        let lines = node.run_to_end(&spec).await;
        let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        assert_eq!(lines, ["/dev/pts/0", "out", "err", "all", "xterm"]);
        assert_eq!(node.wait().await.code, Some(0));
        node.finish().await;
    }
}

#[tokio::test]
async fn standard_input_stays_open_where_that_is_asked() {
    let node = node(true).await;
    let mut spec = node.shell("echo before; cat; echo after");
    assert_eq!(node.run_to_end(&spec).await, ["before", "after"]);
    node.runtime.remove(&spec.id).await.unwrap();
    spec.stdin_open = true;
    let started = node.run(&spec).await;
    let mut log = node.logs().await;
    node.said(&mut log, "before").await;
    // `cat` is where it waits: the shell's child, reading from a pipe.
    until("cat does not wait", || {
        let children = format!("/proc/{0}/task/{0}/children", started.pid);
        let children = fs::read_to_string(children).unwrap();
        children.split_whitespace().any(|pid| {
            fs::read_to_string(format!("/proc/{pid}/wchan"))
                .is_ok_and(|place| place.contains("pipe"))
                || fs::read_to_string(format!("/proc/{pid}/syscall"))
                    .is_ok_and(|call| call.starts_with("0 0x0 "))
        })
    })
    .await;
    drop(log);
    node.finish().await;
}

fn volume(name: &str, source: fn(String) -> MountSource, destination: &str) -> Mount {
    Mount {
        destination: destination.into(),
        source: source(name.into()),
        read_only: false,
    }
}

#[tokio::test]
async fn a_new_volume_starts_with_what_the_image_has_and_a_nodes_volume_stays() {
    let mut node = node(true).await;
    let layer = &node.layers[1];
    fs::create_dir_all(layer.join("data/sub")).unwrap();
    fs::write(layer.join("data/sub/file"), "from the image\n").unwrap();
    fs::set_permissions(layer.join("data"), fs::Permissions::from_mode(0o1770)).unwrap();
    let mut spec = node.shell(
        "cat /data/sub/file /kept/sub/file; stat -c %a:%u /data /empty; echo mine > /kept/sub/file; \
         echo ours > /data/new; echo ours > /empty/new; cat /data/new /empty/new",
    );
    spec.mounts = vec![
        volume("data", MountSource::TaskVolume, "/data"),
        volume("kept", MountSource::NodeVolume, "/kept"),
        volume("empty", MountSource::TaskVolume, "/empty"),
    ];
    std::os::unix::fs::symlink("data", node.layers[1].join("kept")).unwrap();
    let lines = node.run_to_end(&spec).await;
    let said = ["from the image", "from the image", "1770:0", "755:0"];
    assert_eq!(lines[..4], said);
    // Its root may write to the task's own, too.
    assert_eq!(lines[4..], ["ours"; 2]);
    let kept = node.folder.path().join("state/volumes/kept/sub/file");
    assert_eq!(fs::metadata(&kept).unwrap().uid(), USER_NAMESPACE_FIRST_ID);
    node.runtime.remove_task(&node.task).await.unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), "mine\n");
    // The next task finds it as it was left.
    node.prepare(true, TaskLimits::default()).await;
    let mut spec = node.shell("cat /kept/sub/file; echo x > /kept/sub/file");
    spec.mounts = vec![volume("kept", MountSource::NodeVolume, "/kept")];
    spec.mounts[0].read_only = true;
    let lines = node.run_to_end(&spec).await;
    assert_eq!(lines[0], "mine");
    assert!(lines[1].contains("Read-only file system"), "{lines:?}");
    node.finish().await;
}

#[tokio::test]
async fn containers_that_are_made_at_once_find_their_volume_whole() {
    const FILES: usize = 300;
    let node = node(true).await;
    let data = node.layers[1].join("data");
    fs::create_dir(&data).unwrap();
    for number in 0..FILES {
        fs::write(data.join(number.to_string()), "x").unwrap();
    }
    for kind in [MountSource::TaskVolume, MountSource::NodeVolume] {
        let specs = ["web", "second", "third"].map(|name| {
            let mut spec = node.shell_as(name, "ls /data | wc -l");
            spec.mounts = vec![volume("data", kind, "/data")];
            spec
        });
        let [first, second, third] = &specs;
        let made = tokio::join!(
            node.runtime.run(first),
            node.runtime.run(second),
            node.runtime.run(third)
        );
        made.0.unwrap();
        made.1.unwrap();
        made.2.unwrap();
        node.wait().await;
        assert_eq!(node.lines().await, [FILES.to_string()]);
        for spec in &specs {
            bounded(node.runtime.remove(&spec.id)).await.unwrap();
        }
    }
    node.finish().await;
}

#[tokio::test]
async fn a_folder_of_the_host_is_made_and_mounted_with_what_lies_in_it() {
    let node = node(false).await;
    let host = node.folder.path().join("host/folder");
    let mut spec = node
        .shell("echo hello > /outer/file; grep -c ' /outer/inner ' /proc/mounts; cat /etc/hosts");
    fs::write(node.folder.path().join("hosts"), "mine\n").unwrap();
    spec.hosts = Some("not mine\n".into());
    spec.mounts = vec![
        volume("inner", MountSource::TaskVolume, "/outer/inner"),
        Mount {
            destination: "/outer".into(),
            source: MountSource::Host(host.clone()),
            read_only: false,
        },
        // The user's wins.
        Mount {
            destination: "/etc/hosts".into(),
            source: MountSource::Host(node.folder.path().join("hosts")),
            read_only: true,
        },
    ];
    assert_eq!(node.run_to_end(&spec).await, ["1", "mine"]);
    assert_eq!(fs::read_to_string(host.join("file")).unwrap(), "hello\n");
    node.finish().await;
}
