//! Devices of the host, looked up for a container.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::spec::DeviceNode;
use crate::{Device, RuntimeError};

/// The most devices that a container gets; a machine's `/dev` has a few hundred.
const MAX_DEVICES: usize = 4096;
/// How deep folders of devices are searched.
const MAX_DEPTH: u32 = 8;
const DEV: &str = "/dev";
/// What a privileged container does not get of the host's `/dev`, as in Docker: what it has itself.
const OWN: [&str; 8] = [
    "console", "core", "fd", "mqueue", "ptmx", "pts", "shm", "stdin",
];
/// The bits of a mode that are permissions.
const PERMISSIONS: u32 = 0o7777;

/// Those that were asked for, and all of the host's for a privileged container.
pub(super) fn resolve(
    wanted: &[Device],
    privileged: bool,
) -> Result<Vec<DeviceNode>, RuntimeError> {
    let mut nodes = Vec::new();
    if privileged {
        for entry in fs::read_dir(DEV)
            .map_err(RuntimeError::io("list", Path::new(DEV)))?
            .flatten()
        {
            let name = entry.file_name();
            if !name.to_str().is_none_or(|name| OWN.contains(&name)) {
                let path = entry.path();
                collect(&path, &path.to_string_lossy(), "rwm", 0, &mut nodes)?;
            }
        }
    }
    for device in wanted {
        let knows = |letter: char| "rwm".contains(letter);
        if device.access.is_empty() || !device.access.chars().all(knows) {
            return Err(RuntimeError::Unsupported {
                what: format!(
                    "access {:?} to a device; it is made of r, w and m",
                    device.access
                ),
            });
        }
        // A link may be named, as in /dev/disk.
        let path = fs::canonicalize(&device.host_path)
            .map_err(RuntimeError::io("find the device", &device.host_path))?;
        let before = nodes.len();
        nodes.retain(|node: &DeviceNode| node.path != device.container_path);
        let kept = nodes.len();
        collect(&path, &device.container_path, &device.access, 0, &mut nodes)?;
        if nodes.len() == kept && before == kept {
            return Err(RuntimeError::Unsupported {
                what: format!("{} as a device: it is none", path.display()),
            });
        }
    }
    Ok(nodes)
}

/// The device at a path, or those in the folder there. Links in folders are passed over.
fn collect(
    path: &Path,
    place: &str,
    access: &str,
    depth: u32,
    nodes: &mut Vec<DeviceNode>,
) -> Result<(), RuntimeError> {
    let Ok(file) = fs::symlink_metadata(path) else {
        // A device may be unplugged at any moment.
        return Ok(());
    };
    let kind = file.file_type();
    if kind.is_dir() {
        if depth == MAX_DEPTH {
            return Ok(());
        }
        for entry in fs::read_dir(path)
            .map_err(RuntimeError::io("list", path))?
            .flatten()
        {
            if let Some(name) = entry.file_name().to_str() {
                let place = format!("{}/{name}", place.trim_end_matches('/'));
                collect(&entry.path(), &place, access, depth + 1, nodes)?;
            }
        }
        return Ok(());
    }
    let letter = match (kind.is_char_device(), kind.is_block_device()) {
        (true, _) => 'c',
        (_, true) => 'b',
        _ => return Ok(()),
    };
    if nodes.len() == MAX_DEVICES {
        return Err(RuntimeError::Unsupported {
            what: format!("more than {MAX_DEVICES} devices"),
        });
    }
    nodes.push(DeviceNode {
        path: place.to_owned(),
        kind: letter,
        major: rustix::fs::major(file.rdev()),
        minor: rustix::fs::minor(file.rdev()),
        mode: file.mode() & PERMISSIONS,
        uid: file.uid(),
        gid: file.gid(),
        access: access.to_owned(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(path: &str, access: &str) -> Device {
        Device {
            host_path: path.into(),
            container_path: "/dev/mine".into(),
            access: access.into(),
        }
    }

    #[test]
    fn a_device_is_found_with_its_numbers() {
        let nodes = resolve(&[device("/dev/full", "r")], false).unwrap();
        assert_eq!(nodes.len(), 1);
        let node = &nodes[0];
        assert_eq!((node.kind, node.major, node.minor), ('c', 1, 7));
        assert_eq!(
            (node.path.as_str(), node.access.as_str()),
            ("/dev/mine", "r")
        );
    }

    #[test]
    fn what_is_no_device_is_refused_by_name() {
        for (path, access, word) in [
            ("/proc/version", "r", "/proc/version"),
            ("/no/such/device", "r", "/no/such/device"),
            ("/dev/full", "x", "\"x\""),
            ("/dev/full", "", "\"\""),
        ] {
            let error = resolve(&[device(path, access)], false).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn a_privileged_container_gets_the_hosts_devices_but_not_its_terminals() {
        let nodes = resolve(&[], true).unwrap();
        assert!(nodes.iter().any(|node| node.path == "/dev/full"));
        assert!(!nodes.iter().any(|node| node.path.starts_with("/dev/pts")));
    }
}
