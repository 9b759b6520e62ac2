//! Which system calls a container may make: Docker's default profile, as a table of facts.
//!
//! `syscalls.json` lists the names that are always allowed, those that come with a capability, and
//! those of an architecture (moby/profiles, seccomp/default.json, as of 2026). The rules on
//! arguments are here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

/// Names separated by blanks, in lines.
#[derive(Deserialize)]
struct Table {
    always: Vec<String>,
    with_capability: BTreeMap<String, Vec<String>>,
    on_architecture: BTreeMap<String, Vec<String>>,
}

const TABLE: &str = include_str!("syscalls.json");

const EPERM: u32 = 1;
const ENOSYS: u32 = 38;
/// `CLONE_NEW*`, all of them but `CLONE_NEWTIME`, which shares its bit with exit signals.
const CLONE_NAMESPACES: u64 = 0x7e02_0000;
/// Personalities that are harmless: Linux, `PER_LINUX32`, `UNAME26` with each, and the question.
const PERSONALITIES: [u64; 5] = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];
/// Address families that kernels of today let loose on themselves: `AF_ALG`, and `AF_VSOCK`, which
/// leads to the hypervisor.
const AF_ALG: u64 = 38;
const AF_VSOCK: u64 = 40;

/// `linux.seccomp` for a container with these capabilities.
pub(super) fn profile(capabilities: &[String], architecture: &str) -> Value {
    // A test reads the table; should it ever be unreadable, nothing is allowed.
    let table: Table = serde_json::from_str(TABLE).unwrap_or(Table {
        always: Vec::new(),
        with_capability: BTreeMap::new(),
        on_architecture: BTreeMap::new(),
    });
    let has = |name: &str| capabilities.iter().any(|capability| capability == name);
    let mut names: BTreeSet<&str> = words(&table.always).collect();
    for (capability, more) in &table.with_capability {
        if has(capability) {
            names.extend(words(more));
        }
    }
    if let Some(more) = table.on_architecture.get(architecture) {
        names.extend(words(more));
    }
    let mut rules = vec![json!({ "names": names, "action": "SCMP_ACT_ALLOW" })];
    for value in PERSONALITIES {
        rules.push(on_argument("personality", 0, value, "SCMP_CMP_EQ"));
    }
    // Below, between and above the two.
    rules.push(on_argument("socket", 0, AF_ALG, "SCMP_CMP_LT"));
    rules.push(on_argument("socket", 0, AF_ALG + 1, "SCMP_CMP_EQ"));
    rules.push(on_argument("socket", 0, AF_VSOCK, "SCMP_CMP_GT"));
    if !has("CAP_SYS_ADMIN") {
        // No new namespaces: the value is the mask, and what it leaves must equal `valueTwo`.
        rules.push(json!({
            "names": ["clone"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{
                "index": 0,
                "value": CLONE_NAMESPACES,
                "valueTwo": 0,
                "op": "SCMP_CMP_MASKED_EQ",
            }],
        }));
        // Its flags are in memory, out of a filter's sight; C libraries fall back on clone.
        rules.push(json!({
            "names": ["clone3"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": ENOSYS,
        }));
    }
    let architectures: &[&str] = match architecture {
        // Docker has x32 too. The runtime makes a filter for each at every start, and nothing
        // here is known to need that one; its calls end a process.
        "x86_64" => &["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
        "aarch64" => &["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        _ => &[],
    };
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": EPERM,
        "architectures": architectures,
        "syscalls": rules,
    })
}

fn words(lines: &[String]) -> impl Iterator<Item = &str> {
    lines.iter().flat_map(|line| line.split(' '))
}

fn on_argument(name: &str, index: u32, value: u64, operator: &str) -> Value {
    json!({
        "names": [name],
        "action": "SCMP_ACT_ALLOW",
        "args": [{ "index": index, "value": value, "op": operator }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(profile: &Value) -> Vec<&str> {
        profile["syscalls"][0]["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect()
    }

    #[test]
    fn the_table_is_read_and_names_are_names() {
        let profile = profile(&[], "x86_64");
        let names = allowed(&profile);
        assert!(names.len() > 350, "{}", names.len());
        for name in &names {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
                "{name:?}"
            );
        }
        for name in ["read", "execve", "openat2", "arch_prctl", "futex_waitv"] {
            assert!(names.contains(&name), "{name}");
        }
        for name in [
            "mount",
            "bpf",
            "unshare",
            "setns",
            "keyctl",
            "kexec_load",
            "clone3",
            "clone",
        ] {
            assert!(!names.contains(&name), "{name}");
        }
    }

    #[test]
    fn capabilities_bring_their_calls() {
        let profile = profile(&["CAP_SYS_ADMIN".to_owned()], "aarch64");
        let names = allowed(&profile);
        for name in ["mount", "unshare", "clone", "clone3"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(!names.contains(&"arch_prctl"));
        let rules = profile["syscalls"].as_array().unwrap();
        assert!(!rules.iter().any(|rule| rule["action"] == "SCMP_ACT_ERRNO"));
    }
}
