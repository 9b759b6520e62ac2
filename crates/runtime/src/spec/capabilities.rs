//! Which capabilities a container has.

use crate::RuntimeError;

/// Docker's default (Docker documentation, "Runtime privilege and Linux capabilities").
const DEFAULT: [&str; 14] = [
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// All that capabilities(7) names up to Linux 5.9, what every supported OCI runtime knows.
const ALL: [&str; 41] = [
    "CAP_AUDIT_CONTROL",
    "CAP_AUDIT_READ",
    "CAP_AUDIT_WRITE",
    "CAP_BLOCK_SUSPEND",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_KILL",
    "CAP_LEASE",
    "CAP_LINUX_IMMUTABLE",
    "CAP_MAC_ADMIN",
    "CAP_MAC_OVERRIDE",
    "CAP_MKNOD",
    "CAP_NET_ADMIN",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_RAW",
    "CAP_PERFMON",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYSLOG",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_CHROOT",
    "CAP_SYS_MODULE",
    "CAP_SYS_NICE",
    "CAP_SYS_PACCT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_WAKE_ALARM",
];

/// The default, with `add` and without `drop`; what is in both is added, as in Docker. `ALL` is what
/// `has` says that there is to give.
pub(super) fn resolve(
    add: &[String],
    drop: &[String],
    has: &HostCapabilities,
) -> Result<Vec<String>, RuntimeError> {
    let add = normalise(add)?;
    let drop = normalise(drop)?;
    let named = |list: &[String], name: &str| list.iter().any(|entry| entry == name);
    let kept = |name: &&&str| {
        if named(&add, name) {
            return true;
        }
        if named(&drop, name) {
            return false;
        }
        (named(&add, "ALL") && has.has(name)) || (!named(&drop, "ALL") && DEFAULT.contains(name))
    };
    Ok(ALL
        .iter()
        .filter(kept)
        .map(|name| (*name).to_owned())
        .collect())
}

/// What this process may give away: a machine may be without some, as a container is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostCapabilities(u64);

impl HostCapabilities {
    /// All: those of a user namespace's root, whatever this process has.
    pub(crate) const ALL: Self = Self(u64::MAX);

    /// This process's own.
    pub(crate) fn read() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self::parse(&status)
    }

    fn parse(status: &str) -> Self {
        let mask = status
            .lines()
            .filter_map(|line| line.strip_prefix("CapEff:"))
            .find_map(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        Self(mask.unwrap_or_default())
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.0 & (1 << number(name)) != 0
    }
}

/// The kernel's number of a capability (linux/capability.h).
fn number(name: &str) -> u32 {
    match name {
        "CAP_CHOWN" => 0,
        "CAP_DAC_OVERRIDE" => 1,
        "CAP_DAC_READ_SEARCH" => 2,
        "CAP_FOWNER" => 3,
        "CAP_FSETID" => 4,
        "CAP_KILL" => 5,
        "CAP_SETGID" => 6,
        "CAP_SETUID" => 7,
        "CAP_SETPCAP" => 8,
        "CAP_LINUX_IMMUTABLE" => 9,
        "CAP_NET_BIND_SERVICE" => 10,
        "CAP_NET_BROADCAST" => 11,
        "CAP_NET_ADMIN" => 12,
        "CAP_NET_RAW" => 13,
        "CAP_IPC_LOCK" => 14,
        "CAP_IPC_OWNER" => 15,
        "CAP_SYS_MODULE" => 16,
        "CAP_SYS_RAWIO" => 17,
        "CAP_SYS_CHROOT" => 18,
        "CAP_SYS_PTRACE" => 19,
        "CAP_SYS_PACCT" => 20,
        "CAP_SYS_ADMIN" => 21,
        "CAP_SYS_BOOT" => 22,
        "CAP_SYS_NICE" => 23,
        "CAP_SYS_RESOURCE" => 24,
        "CAP_SYS_TIME" => 25,
        "CAP_SYS_TTY_CONFIG" => 26,
        "CAP_MKNOD" => 27,
        "CAP_LEASE" => 28,
        "CAP_AUDIT_WRITE" => 29,
        "CAP_AUDIT_CONTROL" => 30,
        "CAP_SETFCAP" => 31,
        "CAP_MAC_OVERRIDE" => 32,
        "CAP_MAC_ADMIN" => 33,
        "CAP_SYSLOG" => 34,
        "CAP_WAKE_ALARM" => 35,
        "CAP_BLOCK_SUSPEND" => 36,
        "CAP_AUDIT_READ" => 37,
        "CAP_PERFMON" => 38,
        "CAP_BPF" => 39,
        "CAP_CHECKPOINT_RESTORE" => 40,
        _ => u64::BITS - 1,
    }
}

fn normalise(names: &[String]) -> Result<Vec<String>, RuntimeError> {
    names
        .iter()
        .map(|name| {
            let upper = name.to_ascii_uppercase();
            if upper == "ALL" {
                return Ok(upper);
            }
            let full = if upper.starts_with("CAP_") {
                upper
            } else {
                format!("CAP_{upper}")
            };
            if ALL.contains(&full.as_str()) {
                Ok(full)
            } else {
                Err(RuntimeError::Unsupported {
                    what: format!("the capability {name:?}"),
                })
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn resolve(add: &[String], drop: &[String]) -> Result<Vec<String>, RuntimeError> {
        super::resolve(add, drop, &HostCapabilities::ALL)
    }

    #[test]
    fn all_is_what_there_is() {
        let has = HostCapabilities::parse("CapPrm:\tff\nCapEff:\t0000000000000021\n");
        let all = super::resolve(&list(&["ALL"]), &[], &has).unwrap();
        // The default ones are asked for by themselves.
        assert!(all.contains(&"CAP_CHOWN".to_owned()) && all.contains(&"CAP_KILL".to_owned()));
        assert!(!all.contains(&"CAP_SYS_ADMIN".to_owned()), "{all:?}");
        let numbers: std::collections::BTreeSet<u32> =
            ALL.iter().map(|name| number(name)).collect();
        assert_eq!(numbers, (0..41).collect());
    }

    #[test]
    fn add_and_drop_work_as_in_docker() {
        assert_eq!(resolve(&[], &[]).unwrap(), DEFAULT);
        assert_eq!(resolve(&list(&["ALL"]), &[]).unwrap(), ALL);
        assert!(resolve(&[], &list(&["all"])).unwrap().is_empty());
        assert_eq!(
            resolve(&list(&["NET_ADMIN"]), &list(&["ALL"])).unwrap(),
            ["CAP_NET_ADMIN"]
        );
        let all_but_one = resolve(&list(&["ALL"]), &list(&["CAP_SYS_ADMIN"])).unwrap();
        assert_eq!(all_but_one.len(), ALL.len() - 1);
        let added = resolve(&list(&["SYS_PTRACE"]), &list(&["MKNOD"])).unwrap();
        assert!(added.contains(&"CAP_SYS_PTRACE".to_owned()));
        assert!(!added.contains(&"CAP_MKNOD".to_owned()));
        assert!(resolve(&list(&["FLY"]), &[]).is_err());
    }
}
