//! What is made of what was seen. Pure.

use std::net::SocketAddr;

use runtime::CgroupVersion;

use super::machine::{Machine, PortState, PortUse};
use super::{Finding, Verdict};
use crate::run::ROOT_ADVICE;

/// The first kernel with idmapped mounts of overlayfs's layers (mount_setattr(2)); images of Fargate
/// tasks need them.
const KERNEL_MIN: (u32, u32) = (5, 12);
/// Below this, logs are not taken any more (`logs` leaves as much free).
const DISK_MIN_BYTES: u64 = 1024 * 1024 * 1024;
/// Below this, a few images fill the disk.
const DISK_GOOD_BYTES: u64 = 5 * DISK_MIN_BYTES;
/// What Fargate gives a container (ECS developer guide, "Fargate task definition differences").
const OPEN_FILES_GOOD: u64 = 65_535;
/// The smallest Fargate task, and what the host keeps.
const MEMORY_MIN_MIB: u64 = 1024;
/// A clock that is so far behind makes every signature wrong.
const BEHIND_MAX_SECONDS: u64 = 300;

/// Magic numbers of statfs(2), from linux/magic.h.
const NFS: u64 = 0x6969;
const OVERLAY: u64 = 0x794c_7630;
const TMPFS: u64 = 0x0102_1994;

/// Every finding, in the order in which things are best mended.
pub(super) fn judge(machine: &Machine) -> Vec<Finding> {
    vec![
        ok("options", machine.judged_for.clone()),
        root(machine),
        kernel(machine),
        file_systems(machine),
        user_namespaces(machine),
        seccomp(machine),
        cgroups(machine),
        oci_runtime(machine),
        nftables(machine),
        forwarding(machine),
        port("port", "--listen", &machine.listen),
        port("admin port", "--admin-listen", &machine.admin_listen),
        exposure(machine.listen.address),
        data_folder(machine),
        disk(machine),
        task_disks(machine),
        clock(machine),
        open_files(machine),
        memory(machine),
    ]
}

fn ok(check: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        check,
        verdict: Verdict::Ok,
        found: found.into(),
        advice: String::new(),
    }
}

fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding {
        check,
        verdict: Verdict::Warning,
        found: found.into(),
        advice: advice.into(),
    }
}

fn failure(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding {
        verdict: Verdict::Failure,
        ..warning(check, found, advice)
    }
}

fn root(machine: &Machine) -> Finding {
    if machine.is_root {
        ok("root", "runs as root")
    } else {
        failure("root", "does not run as root", ROOT_ADVICE)
    }
}

fn kernel(machine: &Machine) -> Finding {
    let mut numbers = machine
        .kernel
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version >= KERNEL_MIN {
        ok("kernel", machine.kernel.clone())
    } else {
        failure(
            "kernel",
            machine.kernel.clone(),
            format!(
                "idmapped mounts came with Linux {}.{}: run a newer kernel",
                KERNEL_MIN.0, KERNEL_MIN.1
            ),
        )
    }
}

fn file_systems(machine: &Machine) -> Finding {
    let has = |name: &str| {
        machine
            .file_systems
            .lines()
            .any(|line| line.split_whitespace().next_back() == Some(name))
    };
    if has("overlay") {
        ok("overlayfs", "known to the kernel")
    } else {
        failure(
            "overlayfs",
            "not known to the kernel",
            "load it with `modprobe overlay`, and put `overlay` into /etc/modules-load.d/longshore.conf",
        )
    }
}

fn user_namespaces(machine: &Machine) -> Finding {
    match machine.user_namespaces_max {
        Some(0) => failure(
            "user namespaces",
            "none may be made",
            "Fargate tasks run in user namespaces: `sysctl -w user.max_user_namespaces=15000`, and put it \
             into /etc/sysctl.d/longshore.conf",
        ),
        Some(most) => ok("user namespaces", format!("up to {most}")),
        None => failure(
            "user namespaces",
            "the kernel has none",
            "Fargate tasks run in user namespaces: run a kernel that was built with CONFIG_USER_NS",
        ),
    }
}

fn seccomp(machine: &Machine) -> Finding {
    if machine.has_seccomp {
        ok("seccomp", "known to the kernel")
    } else {
        failure(
            "seccomp",
            "not known to the kernel",
            "containers are confined by seccomp: run a kernel that was built with CONFIG_SECCOMP_FILTER",
        )
    }
}

fn cgroups(machine: &Machine) -> Finding {
    let advice = "mount cgroups at /sys/fs/cgroup; systemd does, and so does `longshore` in a container \
                  that was started with --privileged";
    match &machine.cgroups {
        Err(error) => failure("cgroups", error.clone(), advice),
        Ok(CgroupVersion::V1) => ok("cgroups", "version 1"),
        Ok(CgroupVersion::Hybrid) => ok("cgroups", "version 1, with version 2 beside it"),
        Ok(CgroupVersion::V2) => {
            let there = machine.controllers.as_deref().unwrap_or_default();
            let missing: Vec<&str> = ["cpu", "memory", "pids"]
                .into_iter()
                .filter(|needed| !there.split_whitespace().any(|one| one == *needed))
                .collect();
            if missing.is_empty() {
                ok("cgroups", "version 2")
            } else {
                failure(
                    "cgroups",
                    format!("version 2 without {}", missing.join(", ")),
                    "let the controllers pass down to here (in a container: start it with --privileged \
                     and --cgroupns=host), or enable them on the kernel's command line \
                     (cgroup_enable=memory)",
                )
            }
        }
    }
}

fn oci_runtime(machine: &Machine) -> Finding {
    match &machine.oci_runtime {
        Ok(path) => ok("OCI runtime", path.display().to_string()),
        Err(error) => failure(
            "OCI runtime",
            error.clone(),
            "`apt install runc` or `apt install crun`",
        ),
    }
}

fn nftables(machine: &Machine) -> Finding {
    match (&machine.nft_chains, &machine.nft_refuses) {
        (Err(error), _) => failure(
            "nftables",
            error.clone(),
            "`apt install nftables`, and run this as root; the kernel needs nf_tables",
        ),
        (Ok(_), Some(error)) => failure(
            "nftables",
            format!("the rules of tasks' networks are not taken: {error}"),
            "no task would start: the kernel needs nf_tables for IPv4 and bridges with NAT, conntrack, \
             reject and connection limits (modules nft_ct, nft_nat, nft_masq, nft_reject_ipv4 and \
             nft_connlimit)",
        ),
        (Ok(_), None) => ok("nftables", "nft takes the rules of tasks' networks"),
    }
}

/// Who else forwards packets here and drops what is not theirs. Longshore's networks pass through a
/// router namespace of their own, but to the outside they go through the host's forward hook.
fn forwarding(machine: &Machine) -> Finding {
    const CHECK: &str = "forwarding";
    if machine
        .legacy_forward
        .as_deref()
        .is_some_and(|rules| rules.lines().any(|line| line.trim() == "-P FORWARD DROP"))
    {
        return failure(
            CHECK,
            "legacy iptables drop forwarded packets (Docker's rule, mostly)",
            "tasks would reach nothing outside: let `update-alternatives --set iptables \
             /usr/sbin/iptables-nft` be in force and restart Docker, or run \
             `iptables-legacy -I FORWARD -i ls-+ -j ACCEPT` and `iptables-legacy -I FORWARD -o ls-+ -j ACCEPT` \
             at each start",
        );
    }
    let drops = machine
        .nft_chains
        .as_deref()
        .is_ok_and(network::drops_forwarded);
    match (machine.firewalld_runs, drops) {
        (true, _) => warning(
            CHECK,
            "firewalld runs",
            "each reload of firewalld rewrites its chains; Longshore lets its own links through again at \
             its next change. To be sure at all times: `firewall-cmd --permanent --zone=trusted \
             --add-interface=ls-+` and `firewall-cmd --reload`",
        ),
        (false, true) => ok(
            CHECK,
            "another program drops forwarded packets by default; Longshore's own links are let through",
        ),
        (false, false) => ok(CHECK, "nobody drops forwarded packets by default"),
    }
}

fn port(check: &'static str, option: &str, port: &PortUse) -> Finding {
    match &port.state {
        PortState::Free => ok(check, format!("{} is free", port.address)),
        PortState::Ours => ok(
            check,
            format!(
                "{} is served by the Longshore of this data folder",
                port.address
            ),
        ),
        PortState::Taken(error) => failure(
            check,
            format!("{} cannot be had: {error}", port.address),
            format!(
                "choose another address with {option}, or end what has it (`ss -ltnp 'sport = :{}'` shows)",
                port.address.port()
            ),
        ),
    }
}

/// Who can read along.
fn exposure(listen: SocketAddr) -> Finding {
    const CHECK: &str = "plain HTTP";
    if listen.ip().is_loopback() {
        return ok(CHECK, "on loopback alone");
    }
    let found = if listen.ip().is_unspecified() {
        format!("{listen} is on every interface of this machine")
    } else {
        format!("{listen} is open to other machines")
    };
    warning(
        CHECK,
        found,
        "nobody can call without a key, but who is on the way reads images, logs and the registry's passwords: \
         let trusted networks alone reach it, or listen on 127.0.0.1 behind a proxy with TLS and name that \
         with --advertise https://HOST",
    )
}

fn data_folder(machine: &Machine) -> Finding {
    const CHECK: &str = "data folder";
    let folder = machine.disk.folder.display();
    if let Some(problem) = &machine.impassable {
        return failure(
            CHECK,
            format!("{folder}: not for containers"),
            problem.clone(),
        );
    }
    match machine.disk.file_system {
        Some(NFS) => failure(
            CHECK,
            format!("{folder} is on NFS"),
            "the store and overlayfs need a local disk: choose another folder with --data-dir",
        ),
        Some(OVERLAY) => failure(
            CHECK,
            format!("{folder} is on overlayfs"),
            "overlayfs cannot lie on overlayfs: in a container, give the data folder a volume (-v)",
        ),
        Some(TMPFS) => warning(
            CHECK,
            format!("{folder} is in memory"),
            "it is gone with the next reboot: choose a folder on a disk with --data-dir",
        ),
        _ => ok(
            CHECK,
            format!("{folder}: on a local disk that containers can pass to"),
        ),
    }
}

fn disk(machine: &Machine) -> Finding {
    const CHECK: &str = "disk";
    const MIB: u64 = 1024 * 1024;
    let Some(free) = machine.disk.free_bytes else {
        return failure(
            CHECK,
            "cannot be looked at",
            "choose another folder with --data-dir",
        );
    };
    let found = format!("{} MiB free", free / MIB);
    if free < DISK_MIN_BYTES {
        failure(CHECK, found, "no log line is taken below 1 GiB: make room")
    } else if free < DISK_GOOD_BYTES {
        warning(
            CHECK,
            found,
            "a few images fill it: make room, 5 GiB are a good start",
        )
    } else {
        ok(CHECK, found)
    }
}

fn task_disks(machine: &Machine) -> Finding {
    const CHECK: &str = "task disks";
    match &machine.no_task_disks {
        None => ok(CHECK, "mkfs.ext4, mount and loop devices are there"),
        Some(missing) => warning(
            CHECK,
            missing.clone(),
            "tasks with ephemeralStorage cannot start: `apt install e2fsprogs mount`, and \
             `modprobe loop`; in a container, start it with --privileged",
        ),
    }
}

fn clock(machine: &Machine) -> Finding {
    const CHECK: &str = "clock";
    if machine.seconds_behind > BEHIND_MAX_SECONDS {
        return failure(
            CHECK,
            format!(
                "{} s behind the making of this program",
                machine.seconds_behind
            ),
            "signatures are good for five minutes: set the clock, with `timedatectl set-ntp true` it \
             stays right",
        );
    }
    match machine.clock_is_synchronised {
        Some(true) => ok(CHECK, "synchronised"),
        Some(false) => warning(
            CHECK,
            "not synchronised",
            "nodes and clients whose clocks differ by more than five minutes are refused: \
             `timedatectl set-ntp true`",
        ),
        None => ok(
            CHECK,
            "plausible; whether something keeps it right cannot be told",
        ),
    }
}

fn open_files(machine: &Machine) -> Finding {
    let number =
        |files: Option<u64>| files.map_or("any number".to_owned(), |most| most.to_string());
    let (now, most) = (machine.open_files_now, machine.open_files_max);
    let mut found = format!("at most {} a process", number(most));
    if now != most {
        found += &format!(
            "; it starts with {}, and Longshore raises that",
            number(now)
        );
    }
    match most {
        Some(most) if most < OPEN_FILES_GOOD => warning(
            "open files",
            found,
            format!(
                "containers get no more than that, where Fargate gives {OPEN_FILES_GOOD}, and each connection \
                 and container takes some: raise it with LimitNOFILE= in the unit, or `ulimit -Hn`"
            ),
        ),
        _ => ok("open files", found),
    }
}

fn memory(machine: &Machine) -> Finding {
    let found = format!("{} MiB", machine.memory_mib);
    if machine.memory_mib < MEMORY_MIN_MIB {
        warning(
            "memory",
            found,
            "512 MiB are kept for the host: hardly a Fargate task fits beside them",
        )
    } else {
        ok("memory", found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::Disk;
    use super::*;

    fn healthy() -> Machine {
        let free = |port: u16| PortUse {
            address: ([127, 0, 0, 1], port).into(),
            state: PortState::Free,
        };
        Machine {
            judged_for: "the defaults".to_owned(),
            is_root: true,
            kernel: "6.1.0-18-cloud-amd64".to_owned(),
            file_systems: "nodev\tproc\nnodev\toverlay\n\text4\n".to_owned(),
            user_namespaces_max: Some(1000),
            has_seccomp: true,
            cgroups: Ok(CgroupVersion::V2),
            controllers: Some("cpuset cpu io memory pids".to_owned()),
            oci_runtime: Ok("/usr/bin/crun".into()),
            nft_chains: Ok("{\"nftables\":[]}".to_owned()),
            nft_refuses: None,
            legacy_forward: None,
            firewalld_runs: false,
            listen: free(4566),
            admin_listen: free(4567),
            disk: Disk {
                folder: "/var/lib".into(),
                free_bytes: Some(100 << 30),
                file_system: Some(0xef53),
            },
            no_task_disks: None,
            impassable: None,
            seconds_behind: 0,
            clock_is_synchronised: Some(true),
            open_files_max: Some(1 << 20),
            open_files_now: Some(1024),
            memory_mib: 2048,
        }
    }

    /// What is not as it should be: check and verdict.
    fn complaints(change: impl FnOnce(&mut Machine)) -> Vec<(&'static str, Verdict)> {
        let mut machine = healthy();
        change(&mut machine);
        let findings = judge(&machine);
        for finding in &findings {
            assert_eq!(
                finding.verdict == Verdict::Ok,
                finding.advice.is_empty(),
                "{finding:?}"
            );
        }
        findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Ok)
            .map(|finding| (finding.check, finding.verdict))
            .collect()
    }

    #[test]
    fn a_machine_as_it_should_be_gives_no_advice() {
        assert_eq!(complaints(|_| {}), []);
    }

    #[test]
    fn both_limits_of_open_files_are_told() {
        let said = open_files(&healthy()).found;
        assert!(said.contains("1048576") && said.contains("1024"), "{said}");
        let machine = Machine {
            open_files_now: Some(1 << 20),
            ..healthy()
        };
        assert!(!open_files(&machine).found.contains("raises"));
    }

    #[test]
    fn each_thing_that_is_wrong_is_named_once() {
        type Change = fn(&mut Machine);
        let cases: [(&str, Verdict, Change); 26] = [
            ("root", Verdict::Failure, |m| m.is_root = false),
            ("kernel", Verdict::Failure, |m| m.kernel = "5.10.0-1".into()),
            ("kernel", Verdict::Failure, |m| m.kernel = "unknown".into()),
            ("overlayfs", Verdict::Failure, |m| {
                m.file_systems = "nodev\tproc\n".into()
            }),
            ("user namespaces", Verdict::Failure, |m| {
                m.user_namespaces_max = Some(0)
            }),
            ("user namespaces", Verdict::Failure, |m| {
                m.user_namespaces_max = None
            }),
            ("seccomp", Verdict::Failure, |m| m.has_seccomp = false),
            ("cgroups", Verdict::Failure, |m| {
                m.cgroups = Err("none".into())
            }),
            ("cgroups", Verdict::Failure, |m| {
                m.controllers = Some("cpu pids".into())
            }),
            ("OCI runtime", Verdict::Failure, |m| {
                m.oci_runtime = Err("none".into())
            }),
            ("nftables", Verdict::Failure, |m| {
                m.nft_chains = Err("nft: not found".into())
            }),
            ("nftables", Verdict::Failure, |m| {
                m.nft_refuses = Some("Could not process rule: No such file or directory".into());
            }),
            ("forwarding", Verdict::Failure, |m| {
                m.legacy_forward = Some("-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n".into());
            }),
            ("forwarding", Verdict::Warning, |m| m.firewalld_runs = true),
            ("port", Verdict::Failure, |m| {
                m.listen.state = PortState::Taken("in use".into())
            }),
            ("plain HTTP", Verdict::Warning, |m| {
                m.listen.address = ([0, 0, 0, 0], 4566).into()
            }),
            ("plain HTTP", Verdict::Warning, |m| {
                m.listen.address = ([10, 0, 0, 1], 4566).into()
            }),
            ("data folder", Verdict::Failure, |m| {
                m.impassable = Some("chmod".into())
            }),
            ("data folder", Verdict::Failure, |m| {
                m.disk.file_system = Some(OVERLAY)
            }),
            ("data folder", Verdict::Warning, |m| {
                m.disk.file_system = Some(TMPFS)
            }),
            ("disk", Verdict::Failure, |m| {
                m.disk.free_bytes = Some(1 << 20)
            }),
            ("disk", Verdict::Warning, |m| {
                m.disk.free_bytes = Some(2 << 30)
            }),
            ("task disks", Verdict::Warning, |m| {
                m.no_task_disks = Some("mkfs.ext4: not found".into())
            }),
            ("clock", Verdict::Failure, |m| m.seconds_behind = 1_000_000),
            ("clock", Verdict::Warning, |m| {
                m.clock_is_synchronised = Some(false)
            }),
            ("open files", Verdict::Warning, |m| {
                m.open_files_max = Some(1024)
            }),
        ];
        for (check, verdict, change) in cases {
            assert_eq!(complaints(change), [(check, verdict)]);
        }
    }

    #[test]
    fn dockers_drop_in_nftables_is_no_complaint_since_our_links_are_let_through() {
        let docker = r#"{"nftables": [{"chain": {"family": "ip", "table": "filter", "name": "FORWARD",
            "hook": "forward", "prio": 0, "policy": "drop"}}]}"#;
        assert_eq!(complaints(|m| m.nft_chains = Ok(docker.to_owned())), []);
        let machine = Machine {
            nft_chains: Ok(docker.to_owned()),
            ..healthy()
        };
        let found = judge(&machine);
        assert!(
            found
                .iter()
                .any(|finding| finding.found.contains("drops forwarded packets"))
        );
    }
}
