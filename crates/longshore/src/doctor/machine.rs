//! What can be seen of this machine without changing it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ambient::{Clock, SystemClock};
use runtime::{CgroupVersion, Cgroups};
use rustix::process::{Resource, getrlimit};

use super::subject::Subject;
use crate::{files, node};

/// How long a command that is asked may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked whether it has ended.
const COMMAND_POLL: Duration = Duration::from_millis(10);

/// Everything that is judged.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// The options that it is judged for.
    pub(super) judged_for: String,
    pub(super) is_root: bool,
    /// As `uname -r` says it.
    pub(super) kernel: String,
    /// The content of /proc/filesystems.
    pub(super) file_systems: String,
    /// How many user namespaces a user may make; `None` where the kernel has none.
    pub(super) user_namespaces_max: Option<u64>,
    pub(super) has_seccomp: bool,
    /// The layout, or why there is none.
    pub(super) cgroups: Result<CgroupVersion, String>,
    /// With [`CgroupVersion::V2`]: the controllers at its root.
    pub(super) controllers: Option<String>,
    /// The OCI runtime's command, or why there is none.
    pub(super) oci_runtime: Result<PathBuf, String>,
    /// What `nft --json list chains` says, or why it cannot.
    pub(super) nft_chains: Result<String, String>,
    /// Why nft and the kernel would not take the rules of a task's network, if so.
    pub(super) nft_refuses: Option<String>,
    /// What `iptables-legacy -S FORWARD` says, where that command is.
    pub(super) legacy_forward: Option<String>,
    pub(super) firewalld_runs: bool,
    pub(super) listen: PortUse,
    pub(super) admin_listen: PortUse,
    pub(super) disk: Disk,
    /// What keeps a task from a disk of its own, if anything does.
    pub(super) no_task_disks: Option<String>,
    /// Why containers could not pass to their file systems, if so.
    pub(super) impassable: Option<String>,
    /// Seconds that the clock stands behind the making of this program.
    pub(super) seconds_behind: u64,
    /// Whether something keeps the clock right, where that can be told.
    pub(super) clock_is_synchronised: Option<bool>,
    /// The most open files of a process that can be had.
    pub(super) open_files_max: Option<u64>,
    /// Those that a process has before it raises its limit.
    pub(super) open_files_now: Option<u64>,
    pub(super) memory_mib: u64,
}

/// An address that is to be listened at.
#[derive(Clone, Debug)]
pub(super) struct PortUse {
    pub(super) address: SocketAddr,
    pub(super) state: PortState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PortState {
    Free,
    /// By a Longshore with the same data folder.
    Ours,
    /// Why it cannot be had.
    Taken(String),
}

/// The disk under the data folder.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    /// The folder, or the nearest above it that is there.
    pub(super) folder: PathBuf,
    pub(super) free_bytes: Option<u64>,
    /// The magic number of statfs(2).
    pub(super) file_system: Option<u64>,
}

/// Looks.
pub(super) fn look(subject: &Subject) -> Machine {
    let cgroups = Cgroups::detect(node::CGROUP_PARENT);
    let read = |path: &str| fs::read_to_string(path).ok();
    let folder = subject
        .data_dir
        .ancestors()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("/"))
        .to_owned();
    let ours = files::read_endpoint(&subject.data_dir)
        .ok()
        .filter(|_| files::is_in_use(&subject.data_dir))
        .is_some();
    Machine {
        judged_for: format!(
            "--listen {} --data-dir {}; what doctor is not given is taken from {}",
            subject.listen,
            subject.data_dir.display(),
            subject.otherwise
        ),
        is_root: rustix::process::geteuid().is_root(),
        kernel: rustix::system::uname()
            .release()
            .to_string_lossy()
            .into_owned(),
        file_systems: read("/proc/filesystems").unwrap_or_default(),
        user_namespaces_max: read("/proc/sys/user/max_user_namespaces")
            .and_then(|text| text.trim().parse().ok()),
        has_seccomp: Path::new("/proc/sys/kernel/seccomp/actions_avail").exists(),
        controllers: read("/sys/fs/cgroup/cgroup.controllers"),
        oci_runtime: match &cgroups {
            Ok(cgroups) => runtime::choose(node::runtime_choice(subject.runtime), cgroups)
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        },
        cgroups: cgroups
            .map(|cgroups| cgroups.version())
            .map_err(|error| error.to_string()),
        nft_chains: output("nft", &["--json", "list", "chains"]),
        // Below the first line it shows the rule.
        nft_refuses: output("nft", &["--check", &network::sample_rules()])
            .err()
            .and_then(|error| error.lines().next().map(str::to_owned)),
        legacy_forward: output("iptables-legacy", &["-w", "1", "-S", "FORWARD"]).ok(),
        firewalld_runs: Path::new("/run/firewalld").exists(),
        listen: port(subject.listen, ours),
        admin_listen: port(subject.admin_listen, ours),
        disk: Disk {
            free_bytes: files::free_bytes(&folder).ok(),
            file_system: rustix::fs::statfs(&folder)
                .ok()
                .and_then(|stat| u64::try_from(stat.f_type).ok()),
            folder: folder.clone(),
        },
        no_task_disks: no_task_disks(),
        impassable: files::check_passable(&folder)
            .err()
            .map(|failure| failure.to_string()),
        seconds_behind: seconds_behind(),
        clock_is_synchronised: output("timedatectl", &["show", "--property=NTPSynchronized"])
            .ok()
            .and_then(|text| match text.trim() {
                "NTPSynchronized=yes" => Some(true),
                "NTPSynchronized=no" => Some(false),
                _ => None,
            }),
        open_files_max: getrlimit(Resource::Nofile).maximum,
        open_files_now: getrlimit(Resource::Nofile).current,
        memory_mib: {
            let info = rustix::system::sysinfo();
            info.totalram
                .saturating_mul(u64::from(info.mem_unit.max(1)))
                / (1024 * 1024)
        },
    }
}

/// What is missing of what `ephemeralStorage` needs. A loop device's module is loaded with its first use,
/// so that only its control file can be looked for.
fn no_task_disks() -> Option<String> {
    let programs = ["mkfs.ext4", "mount"]
        .into_iter()
        .find_map(|program| output(program, &["-V"]).err());
    programs.or_else(|| {
        let control = Path::new("/dev/loop-control");
        (!control.exists()).then(|| format!("{} is not there", control.display()))
    })
}

/// What a command prints, or why it does not.
fn output(program: &str, arguments: &[&str]) -> Result<String, String> {
    use std::process::Stdio;
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let failed = |error: std::io::Error| format!("{program}: {error}");
    let out = tempfile::tempfile().map_err(failed)?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::null())
        .stdout(out.try_clone().map_err(failed)?)
        .stderr(out.try_clone().map_err(failed)?)
        .spawn()
        .map_err(failed)?;
    let clock = SystemClock;
    let until = clock.monotonic() + COMMAND_TIMEOUT;
    let status = loop {
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None if clock.monotonic() > until => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program} does not answer"));
            }
            None => std::thread::park_timeout(COMMAND_POLL),
        }
    };
    let mut text = String::new();
    let mut out = out;
    std::io::Seek::rewind(&mut out)
        .and_then(|()| std::io::Read::read_to_string(&mut out, &mut text))
        .map_err(failed)?;
    if status.success() {
        Ok(text)
    } else {
        Err(format!("{program}: {}", text.trim()))
    }
}

fn port(address: SocketAddr, ours: bool) -> PortUse {
    let state = match TcpListener::bind(address) {
        Ok(_) => PortState::Free,
        Err(_) if ours => PortState::Ours,
        Err(error) => PortState::Taken(error.to_string()),
    };
    PortUse { address, state }
}

/// No clock is right that stands before the making of the program that asks it.
fn seconds_behind() -> u64 {
    let made = std::env::current_exe()
        .and_then(fs::metadata)
        .map_or(0, |metadata| metadata.ctime().min(metadata.mtime()));
    let now = SystemClock.now().as_millis() / 1000;
    u64::try_from(made - now).unwrap_or(0)
}
