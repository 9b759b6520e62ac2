//! A node under test: folders, an image layer, and the proof that nothing is left.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use runtime::{
    Cgroups, ContainerId, ContainerSpec, LogReader, OciConfig, OciRuntime, Record, Runtime,
    RuntimeChoice, Stream, TaskId, TaskLimits, TaskNetwork, TaskSandbox, TaskSpec, choose,
};
use tempfile::TempDir;

/// Mounts the tmpfs for what must not survive the machine's run.
pub fn mount_run(folder: &Path) {
    rustix::mount::mount(
        "tmpfs",
        folder.join("run"),
        "tmpfs",
        rustix::mount::MountFlags::NOSUID | rustix::mount::MountFlags::NODEV,
        Some(c"mode=700"),
    )
    .unwrap();
}

/// Longer than anything here takes, on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Commands that the layer has besides `sh`.
const APPLETS: [&str; 26] = [
    "sh", "echo", "cat", "id", "sleep", "ls", "env", "touch", "dd", "kill", "pwd", "hostname",
    "stat", "true", "yes", "head", "mount", "tty", "ps", "df", "mknod", "setsid", "ip", "grep",
    "wc", "ln",
];

pub struct Node {
    pub folder: TempDir,
    pub runtime: OciRuntime,
    pub layers: Vec<PathBuf>,
    pub cgroup: String,
    pub task: TaskId,
    /// Numbers of the task's namespaces.
    namespaces: Vec<u64>,
}

impl Node {
    /// Whether resources are limited in hierarchies of cgroup v1.
    pub fn has_cgroups_v1(&self) -> bool {
        Path::new("/sys/fs/cgroup/memory").is_dir()
    }

    /// The folder of the group of its container, in a hierarchy that counts processes.
    pub fn container_group(&self) -> PathBuf {
        let root = Path::new("/sys/fs/cgroup");
        let root = if self.has_cgroups_v1() {
            root.join("pids")
        } else {
            root.to_owned()
        };
        root.join(&self.cgroup).join(self.task.as_str()).join("web")
    }

    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("longshore-test-")
            .permissions(fs::Permissions::from_mode(0o711))
            .tempdir()
            .unwrap();
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let cgroup = name.replace('.', "-");
        fs::create_dir(folder.path().join("run")).unwrap();
        mount_run(folder.path());
        let layers = make_layers(folder.path());
        let runtime = open(folder.path(), &cgroup);
        Self {
            runtime,
            layers,
            cgroup,
            task: "0123456789abcdef".parse().unwrap(),
            folder,
            namespaces: Vec::new(),
        }
    }

    /// A restarted agent's view of the same node.
    pub fn reopen(&mut self) {
        self.runtime = open(self.folder.path(), &self.cgroup);
    }

    pub async fn prepare(&mut self, user_namespace: bool, limits: TaskLimits) -> TaskSandbox {
        let spec = TaskSpec {
            limits,
            ..TaskSpec::new(self.task.clone(), user_namespace, TaskNetwork::Own)
        };
        self.prepare_as(&spec).await
    }

    pub async fn prepare_as(&mut self, spec: &TaskSpec) -> TaskSandbox {
        let sandbox = self.runtime.prepare_task(spec).await.unwrap();
        let all = [
            &sandbox.network_namespace,
            &sandbox.user_namespace,
            &sandbox.ipc_namespace,
            &sandbox.pid_namespace,
        ];
        for path in all.into_iter().flatten() {
            self.namespaces.push(fs::metadata(path).unwrap().ino());
        }
        assert_eq!(
            self.runtime.prepare_task(spec).await.unwrap(),
            sandbox,
            "preparing twice is preparing once"
        );
        sandbox
    }

    pub fn id(&self) -> ContainerId {
        ContainerId::new(&self.task, "web").unwrap()
    }

    pub fn shell(&self, script: &str) -> ContainerSpec {
        self.shell_as("web", script)
    }

    /// The same for a container of another name.
    pub fn shell_as(&self, name: &str, script: &str) -> ContainerSpec {
        let args = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let id = ContainerId::new(&self.task, name).unwrap();
        ContainerSpec::new(id, self.layers.clone(), args)
    }

    /// Runs a container to its end, and returns its lines.
    pub async fn run_to_end(&self, spec: &ContainerSpec) -> Vec<String> {
        self.run(spec).await;
        self.wait().await;
        self.lines().await
    }

    /// Waits for a line.
    pub async fn said(&self, log: &mut Box<dyn LogReader>, line: &str) {
        loop {
            let batch = bounded(log.next(1)).await.unwrap();
            assert!(!batch.ended, "it never said {line:?}");
            if text(&batch.records).iter().any(|said| said == line) {
                return;
            }
        }
    }

    pub fn container_folder(&self) -> PathBuf {
        self.folder
            .path()
            .join("state/tasks")
            .join(self.task.as_str())
            .join("containers/web")
    }

    pub fn shim(&self) -> shim::Identity {
        self.state().shim
    }

    pub fn state(&self) -> shim::State {
        shim::record::read(&self.container_folder().join(shim::file::STATE))
            .unwrap()
            .unwrap()
    }

    /// Creates and starts, as agents do.
    pub async fn run(&self, spec: &ContainerSpec) -> runtime::Started {
        self.runtime.run(spec).await.unwrap()
    }

    pub async fn wait(&self) -> runtime::Exit {
        bounded(self.runtime.wait(&self.id())).await.unwrap()
    }

    pub async fn logs(&self) -> Box<dyn LogReader> {
        self.runtime.logs(&self.id()).await.unwrap()
    }

    /// All output to the end.
    pub async fn output(&self) -> Vec<Record> {
        let mut log = self.logs().await;
        let mut records = Vec::new();
        loop {
            let batch = bounded(log.next(1 << 20)).await.unwrap();
            records.extend(batch.records);
            if batch.ended {
                return records;
            }
            log.acknowledge(batch.cursor).await.unwrap();
        }
    }

    pub async fn lines(&self) -> Vec<String> {
        text(&self.output().await)
    }

    /// Removes the task and proves that nothing of it is left.
    pub async fn finish(self) {
        bounded(self.runtime.remove_task(&self.task)).await.unwrap();
        self.runtime.remove_task(&self.task).await.unwrap();
        assert!(self.runtime.adopt().await.unwrap().is_empty());
        let folder = self.folder.path().to_owned();
        let tasks = fs::read_dir(folder.join("state/tasks")).unwrap().count();
        assert_eq!(tasks, 0, "folders of tasks are left");
        for left in ["run/bundles", "run/oci"] {
            let count = fs::read_dir(folder.join(left)).map_or(0, Iterator::count);
            assert_eq!(count, 0, "something is left in {left}");
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let own: Vec<_> = mounts
            .lines()
            .filter(|line| line.contains(folder.to_str().unwrap()))
            .collect();
        assert_eq!(own.len(), 1, "mounts are left: {own:?}");
        for hierarchy in fs::read_dir("/sys/fs/cgroup").unwrap() {
            let left = hierarchy.unwrap().path().join(&self.cgroup);
            assert!(!left.exists(), "a cgroup is left: {}", left.display());
        }
        // A shim that has removed its container is about to end.
        let marker = folder.to_str().unwrap().to_owned();
        until("processes are left", || processes(&marker).is_empty()).await;
        let namespaces = self.namespaces.clone();
        until("namespaces are left", || {
            !namespaces_in_use()
                .iter()
                .any(|number| namespaces.contains(number))
        })
        .await;
        rustix::mount::unmount(folder.join("run"), rustix::mount::UnmountFlags::empty()).unwrap();
        self.folder.close().unwrap();
        assert!(!folder.exists());
    }
}

pub fn open(folder: &Path, cgroup: &str) -> OciRuntime {
    let cgroups = Cgroups::detect(cgroup).unwrap();
    OciRuntime::open(OciConfig {
        state_dir: folder.join("state"),
        run_dir: folder.join("run"),
        runtime: choose(RuntimeChoice::Auto, &cgroups).unwrap(),
        program: env!("CARGO_BIN_EXE_longshore-node-child").into(),
        cgroups,
    })
    .unwrap()
}

pub async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .expect("it takes too long")
}

/// Waits for a condition, with a bound.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !holds() {
        assert!(tokio::time::Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn text(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .map(|record| String::from_utf8(record.bytes.clone()).unwrap())
        .collect()
}

/// The lines of one stream.
pub fn text_of(records: &[Record], stream: Stream) -> Vec<String> {
    let own: Vec<Record> = records
        .iter()
        .filter(|record| record.stream == stream)
        .cloned()
        .collect();
    text(&own)
}

pub fn kill(pid: i32) {
    send(pid, rustix::process::Signal::KILL);
}

pub fn send(pid: i32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// A field of `/proc/PID/status`.
pub fn status_field(pid: i32, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_once(':').unwrap().1.trim().to_owned()
}

/// Two layers: busybox below, some files above.
fn make_layers(folder: &Path) -> Vec<PathBuf> {
    let (lower, upper) = (folder.join("layers/1"), folder.join("layers/2"));
    for path in ["bin", "etc", "tmp"] {
        fs::create_dir_all(lower.join(path)).unwrap();
    }
    let busybox = ["/bin/busybox", "/usr/bin/busybox"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("busybox-static is installed");
    fs::copy(busybox, lower.join("bin/busybox")).unwrap();
    for name in APPLETS {
        symlink("busybox", lower.join("bin").join(name)).unwrap();
    }
    fs::write(lower.join("etc/passwd"), "root:x:0:0::/:/bin/sh\n").unwrap();
    fs::write(lower.join("etc/layer"), "lower\n").unwrap();
    fs::create_dir_all(upper.join("etc")).unwrap();
    fs::write(upper.join("etc/layer"), "upper\n").unwrap();
    fs::set_permissions(upper.join("etc/layer"), fs::Permissions::from_mode(0o600)).unwrap();
    vec![lower, upper]
}

/// Processes whose command line names the folder: ids and command lines.
pub fn processes(marker: &str) -> Vec<(i32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else {
            continue;
        };
        let Ok(command) = fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        if command.contains(marker) {
            found.push((pid, command));
        }
    }
    found
}

/// Numbers of all namespaces of the kinds here that a process is in.
fn namespaces_in_use() -> Vec<u64> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        for kind in ["ns/net", "ns/user", "ns/ipc", "ns/pid"] {
            if let Ok(namespace) = fs::metadata(entry.path().join(kind)) {
                numbers.push(namespace.ino());
            }
        }
    }
    numbers
}
