//! Which kernel parameters a container may set: those of its own namespaces.

use std::collections::BTreeMap;

use crate::RuntimeError;

/// What belongs to an IPC namespace (namespaces(7), ipc_namespaces(7)).
const IPC: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];
const IPC_PREFIX: &str = "fs.mqueue.";
const NETWORK_PREFIX: &str = "net.";

/// `linux.sysctl`. In a network namespace of the container's own every port may be bound by
/// everybody, unless something else is asked: what would be a risk on the host is none there, and
/// Docker's images count on it.
pub(super) fn resolve(
    wanted: &BTreeMap<String, String>,
    own_network: bool,
    own_ipc: bool,
) -> Result<BTreeMap<String, String>, RuntimeError> {
    let mut all = BTreeMap::new();
    if own_network {
        let everybody = "net.ipv4.ip_unprivileged_port_start".to_owned();
        all.insert(everybody, "0".to_owned());
    }
    for (name, value) in wanted {
        // sysctl(8) takes both.
        let name = name.replace('/', ".");
        let refuse = |why: &str| {
            Err(RuntimeError::Unsupported {
                what: format!("the kernel parameter {name:?}{why}"),
            })
        };
        if name.starts_with(NETWORK_PREFIX) {
            if !own_network {
                return refuse(" in the host's network: it would change the whole machine");
            }
        } else if name.starts_with(IPC_PREFIX) || IPC.contains(&name.as_str()) {
            if !own_ipc {
                return refuse(" in the host's IPC namespace: it would change the whole machine");
            }
        } else {
            return refuse(", which belongs to the whole machine");
        }
        all.insert(name, value.clone());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> BTreeMap<String, String> {
        [(name.to_owned(), "7".to_owned())].into()
    }

    #[test]
    fn only_what_belongs_to_a_namespace_of_its_own_is_set() {
        let set = resolve(&one("net.core.somaxconn"), true, false).unwrap();
        assert_eq!(set["net.core.somaxconn"], "7");
        assert_eq!(set["net.ipv4.ip_unprivileged_port_start"], "0");
        let start = "net.ipv4.ip_unprivileged_port_start";
        assert_eq!(resolve(&one(start), true, true).unwrap()[start], "7");
        assert_eq!(
            resolve(&one("kernel.msgmax"), false, true).unwrap().len(),
            1
        );
        assert_eq!(
            resolve(&one("fs/mqueue/msg_max"), false, true).unwrap()["fs.mqueue.msg_max"],
            "7"
        );
        for (name, network, ipc) in [
            ("net.core.somaxconn", false, true),
            ("kernel.msgmax", true, false),
            ("fs.mqueue.msg_max", true, false),
            ("kernel.panic", true, true),
            ("vm.swappiness", true, true),
            ("fs.file-max", true, true),
        ] {
            let error = resolve(&one(name), network, ipc).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
