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

/// The default, with `add` and without `drop`; what is in both is added, as in Docker.
pub(super) fn resolve(add: &[String], drop: &[String]) -> Result<Vec<String>, RuntimeError> {
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
        named(&add, "ALL") || (!named(&drop, "ALL") && DEFAULT.contains(name))
    };
    Ok(ALL
        .iter()
        .filter(kept)
        .map(|name| (*name).to_owned())
        .collect())
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
