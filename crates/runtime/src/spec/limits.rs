//! Limits of each process.

use std::collections::BTreeMap;

use rustix::process::{Resource, getrlimit};
use serde_json::{Value, json};

use super::capabilities::HostCapabilities;
use crate::container::DEFAULT_NOFILE;
use crate::{RuntimeError, Ulimit};

/// The names that Docker takes, with the kernel's numbers for what rustix has.
const RESOURCES: [(&str, Resource); 15] = [
    ("core", Resource::Core),
    ("cpu", Resource::Cpu),
    ("data", Resource::Data),
    ("fsize", Resource::Fsize),
    ("locks", Resource::Locks),
    ("memlock", Resource::Memlock),
    ("msgqueue", Resource::Msgqueue),
    ("nice", Resource::Nice),
    ("nofile", Resource::Nofile),
    ("nproc", Resource::Nproc),
    ("rss", Resource::Rss),
    ("rtprio", Resource::Rtprio),
    ("rttime", Resource::Rttime),
    ("sigpending", Resource::Sigpending),
    ("stack", Resource::Stack),
];

/// How high this process may set the limits of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostLimits(BTreeMap<&'static str, u64>);

impl HostLimits {
    /// This process's own: without `CAP_SYS_RESOURCE` nobody rises above his hard limits.
    pub(crate) fn read() -> Self {
        let mut limits = BTreeMap::new();
        if !HostCapabilities::read().has("CAP_SYS_RESOURCE") {
            for (name, resource) in RESOURCES {
                if let Some(maximum) = getrlimit(resource).maximum {
                    limits.insert(name, maximum);
                }
            }
        }
        if let Ok(text) = std::fs::read_to_string("/proc/sys/fs/nr_open")
            && let Ok(most) = text.trim().parse::<u64>()
        {
            let nofile = limits.entry("nofile").or_insert(most);
            *nofile = most.min(*nofile);
        }
        Self(limits)
    }

    fn clamp(&self, name: &str, value: u64) -> u64 {
        self.0.get(name).map_or(value, |most| value.min(*most))
    }

    #[cfg(test)]
    pub(super) fn of(limits: &[(&'static str, u64)]) -> Self {
        Self(limits.iter().copied().collect())
    }
}

/// `process.rlimits`: what is asked, lowered to what the host allows. A container that gets less
/// than it asked still runs, as far as it comes; one that is refused runs nowhere.
pub(super) fn rlimits(ulimits: &[Ulimit], host: &HostLimits) -> Result<Value, RuntimeError> {
    let mut wanted: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    wanted.insert("nofile", (DEFAULT_NOFILE, DEFAULT_NOFILE));
    for ulimit in ulimits {
        let Some((name, _)) = RESOURCES.iter().find(|(name, _)| *name == ulimit.name) else {
            return Err(RuntimeError::Unsupported {
                what: format!("the resource limit {:?}", ulimit.name),
            });
        };
        // Negative is unlimited.
        let number = |value: i64| u64::try_from(value).unwrap_or(u64::MAX);
        wanted.insert(name, (number(ulimit.soft), number(ulimit.hard)));
    }
    Ok(wanted
        .into_iter()
        .map(|(name, (soft, hard))| {
            let hard = host.clamp(name, hard);
            json!({
                "type": format!("RLIMIT_{}", name.to_ascii_uppercase()),
                "soft": soft.min(hard),
                "hard": hard,
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulimit(name: &str, soft: i64, hard: i64) -> Ulimit {
        Ulimit {
            name: name.to_owned(),
            soft,
            hard,
        }
    }

    #[test]
    fn limits_are_lowered_to_the_hosts() {
        let host = HostLimits::of(&[("nofile", 20_000)]);
        assert_eq!(
            rlimits(&[], &host).unwrap(),
            json!([{ "type": "RLIMIT_NOFILE", "soft": 20_000, "hard": 20_000 }])
        );
        assert_eq!(
            rlimits(&[ulimit("nofile", 1024, -1), ulimit("core", -1, -1)], &host).unwrap(),
            json!([
                { "type": "RLIMIT_CORE", "soft": u64::MAX, "hard": u64::MAX },
                { "type": "RLIMIT_NOFILE", "soft": 1024, "hard": 20_000 },
            ])
        );
    }

    #[test]
    fn an_unknown_limit_is_refused_by_name() {
        let error = rlimits(&[ulimit("height", 1, 1)], &HostLimits::default()).unwrap_err();
        assert!(error.to_string().contains("height"));
    }
}
