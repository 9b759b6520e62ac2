//! What RegisterTaskDefinition says of a definition that it does not take, beside what other requests
//! say, too. Sources as in [`super`].

use std::fmt::Display;

/// `thread`: RegisterTaskDefinition.
pub const REVISIONS_AT_ONCE: &str =
    "Too many concurrent attempts to create a new revision of the specified family.";
/// `unverified`.
pub const NONE_ESSENTIAL: &str = "At least one container must be marked as essential.";
/// `thread`.
pub const MEMORY_MISSING: &str =
    "At least one of 'memory' or 'memoryReservation' must be specified.";
/// `unverified`.
pub const MEMORY_BELOW_RESERVATION: &str =
    "The 'memory' value must be greater than or equal to 'memoryReservation'.";
/// `unverified`.
pub const MEMORY_OF_CONTAINERS: &str =
    "The sum of the containers' memory must not be greater than the task's 'memory'.";
/// `unverified`.
pub const IMAGE_DIGEST_INVALID: &str =
    "The digest of 'image' must be 'sha256:' and 64 hexadecimal digits.";
/// `unverified`.
pub const VARIABLE_BLANK: &str = "A name in 'environment' is blank.";
/// `unverified`.
pub const HEALTH_CHECK_COMMAND_INVALID: &str = "The command of 'healthCheck' must be CMD and a program with its arguments, or CMD-SHELL and one line.";
/// `unverified`.
pub const DEVICE_BLANK: &str = "The 'hostPath' of a device is blank.";
/// `unverified`.
pub const TMPFS_SIZE_INVALID: &str = "The 'size' of a tmpfs must be at least 1 MiB.";
/// `unverified`.
pub const MAX_SWAP_WITHOUT_MEMORY: &str = "'maxSwap' needs the container's 'memory'.";
/// `unverified`.
pub const SWAPPINESS_WITHOUT_MAX_SWAP: &str = "'swappiness' has no effect without 'maxSwap'.";
/// `unverified`.
pub const ULIMIT_NAME_MISSING: &str = "A ulimit has no 'name'.";
/// `unverified`.
pub const CONTAINER_PORT_INVALID: &str = "A container port is between 1 and 65535.";
/// `unverified`.
pub const HOST_PORT_INVALID: &str = "A host port is between 0 and 65535.";
/// `unverified`.
pub const LOG_DRIVER_BLANK: &str = "Log driver cannot be blank.";
/// `docs`, LogConfiguration of the API reference, as a rule.
pub const DATETIME_AND_MULTILINE: &str =
    "You cannot configure both the awslogs-datetime-format and awslogs-multiline-pattern options.";

/// `thread`.
#[must_use]
pub fn container_setting_invalid(container: &str, what: impl Display) -> String {
    format!("Invalid setting for container '{container}'. {what}")
}

/// `unverified`.
#[must_use]
pub fn too_many_containers(given: usize, most: usize) -> String {
    format!("Too many containers: {given} were given, and a task definition has at most {most}.")
}

/// `unverified`.
#[must_use]
pub fn at_least(setting: &str, least: impl Display) -> String {
    format!("'{setting}' must be at least {least}.")
}

/// `unverified`.
#[must_use]
pub fn is_no(text: &str, kind: &str) -> String {
    format!("'{text}' is no {kind}.")
}

/// `unverified`: what a program is started with ends at a NUL byte (execve(2)).
#[must_use]
pub fn holds_nul(member: &str) -> String {
    format!("'{member}' has a NUL character, and no process can be given one.")
}

/// `unverified`: after the one for links.
#[must_use]
pub fn not_supported_when(what: &str, member: &str, value: &str) -> String {
    format!("'{what}' is not supported when {member}={value}.")
}

/// `unverified`.
#[must_use]
pub fn path_not_absolute(path: &str, of: &str) -> String {
    format!("The path '{path}' of a {of} must be absolute.")
}

/// `unverified`.
#[must_use]
pub fn link_unknown(container: &str) -> String {
    format!("'links' names the unknown container '{container}'.")
}

/// `unverified`.
#[must_use]
pub fn ulimit_twice(name: &str) -> String {
    format!("The ulimit '{name}' is given twice.")
}

/// `unverified`.
#[must_use]
pub fn ulimit_soft_above_hard(name: &str) -> String {
    format!("The soft limit of '{name}' must not be greater than the hard limit.")
}

/// `unverified`.
#[must_use]
pub fn parameter_without_value(parameter: &str) -> String {
    format!("The kernel parameter '{parameter}' has no value.")
}

/// `thread`.
#[must_use]
pub fn log_option_disallowed(driver: &str, option: &str) -> String {
    format!("Log driver {driver} disallows options: {option}.")
}

/// `unverified`.
#[must_use]
pub fn log_option_invalid(option: &str, value: &str) -> String {
    format!("The log option '{option}' cannot be '{value}'.")
}

/// Ours: AWS leaves it to the memory of the instance.
#[must_use]
pub fn log_buffer_too_large(most_bytes: u64) -> String {
    format!("The log option 'max-buffer-size' can be at most {most_bytes} bytes (1g).")
}

/// `unverified`.
#[must_use]
pub fn too_many_port_ranges(most: usize) -> String {
    format!("'portMappings' can have at most {most} port ranges.")
}

/// `unverified`.
#[must_use]
pub fn port_name_invalid(name: &str) -> String {
    format!("Invalid port mapping name '{name}'.")
}

/// `unverified`.
#[must_use]
pub fn volume_twice(name: &str) -> String {
    format!("The volume name '{name}' is used more than once.")
}

/// `unverified`.
#[must_use]
pub fn volume_path_not_absolute(name: &str) -> String {
    format!("The 'host.sourcePath' of the volume '{name}' must be an absolute path.")
}

/// `unverified`.
#[must_use]
pub fn volume_of_two_kinds(name: &str) -> String {
    format!("The volume '{name}' has both 'host' and 'dockerVolumeConfiguration'.")
}

/// `unverified`.
#[must_use]
pub fn mount_not_absolute(path: &str) -> String {
    format!("The 'containerPath' '{path}' of a mount point must be absolute.")
}

/// `unverified`.
#[must_use]
pub fn mount_twice(path: &str) -> String {
    format!("Two mount points have the 'containerPath' '{path}'.")
}
