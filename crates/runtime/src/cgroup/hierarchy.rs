//! Which cgroup hierarchies are mounted where.

use std::path::PathBuf;

use crate::mounts::unescape;

/// Options of a v1 mount that are no controllers (cgroups(7), "Mounting v1 controllers").
const NO_CONTROLLERS: [&str; 7] = [
    "rw",
    "ro",
    "xattr",
    "noprefix",
    "clone_children",
    "cpuset_v2_mode",
    "favordynmods",
];

/// A mounted hierarchy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mounted {
    pub(super) point: PathBuf,
    pub(super) v2: bool,
    /// v1 only.
    pub(super) controllers: Vec<String>,
}

/// Those in a table as proc_pid_mountinfo(5) describes it.
pub(super) fn parse(mountinfo: &str) -> Vec<Mounted> {
    mountinfo.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Mounted> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut file_system = file_system.split(' ');
    let v2 = match file_system.next()? {
        "cgroup" => false,
        "cgroup2" => true,
        _ => return None,
    };
    let options = file_system.nth(1).unwrap_or_default();
    let controllers = options
        .split(',')
        .filter(|option| !v2 && !option.contains('=') && !NO_CONTROLLERS.contains(option))
        .map(str::to_owned)
        .collect();
    Some(Mounted {
        point: unescape(mount.split(' ').nth(4)?),
        v2,
        controllers,
    })
}
