//! Which devices a container has and may use.

use serde_json::{Value, json};

use super::DeviceNode;

/// `linux.resources.devices`: nothing but what every container needs, by major and minor number
/// (kernel documentation, admin-guide/devices), and what was asked for. Making nodes is harmless
/// without using them.
pub(super) fn rules(devices: &[DeviceNode], privileged: bool) -> Value {
    if privileged {
        return json!([{ "allow": true, "access": "rwm" }]);
    }
    let character = |major: u32, minor: u32| json!({ "allow": true, "type": "c", "major": major, "minor": minor, "access": "rwm" });
    let mut rules = vec![
        json!({ "allow": false, "access": "rwm" }),
        json!({ "allow": true, "type": "c", "access": "m" }),
        json!({ "allow": true, "type": "b", "access": "m" }),
        // null, zero, full, random, urandom
        character(1, 3),
        character(1, 5),
        character(1, 7),
        character(1, 8),
        character(1, 9),
        // tty, console, ptmx, pseudo-terminals
        character(5, 0),
        character(5, 1),
        character(5, 2),
        json!({ "allow": true, "type": "c", "major": 136, "access": "rwm" }),
    ];
    rules.extend(devices.iter().map(|device| {
        json!({
            "allow": true,
            "type": device.kind.to_string(),
            "major": device.major,
            "minor": device.minor,
            "access": device.access,
        })
    }));
    Value::Array(rules)
}

/// `linux.devices`: the nodes to be made.
pub(super) fn nodes(devices: &[DeviceNode]) -> Value {
    devices
        .iter()
        .map(|device| {
            json!({
                "path": device.path,
                "type": device.kind.to_string(),
                "major": device.major,
                "minor": device.minor,
                "fileMode": device.mode,
                "uid": device.uid,
                "gid": device.gid,
            })
        })
        .collect()
}
