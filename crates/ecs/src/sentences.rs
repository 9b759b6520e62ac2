//! The sentences that ECS says, each with its source.
//!
//! People and tools match on them, so they are AWS's own words where those are known. Sources:
//! `thread`: seen in public issue threads; `docs`: on an AWS documentation page; `unverified`: our
//! words, where AWS's are not known.

/// `thread`.
pub const CLUSTER_NOT_FOUND: &str = "Cluster not found.";
/// `thread`.
pub const CLUSTER_CONTAINS_TASKS: &str = "The Cluster cannot be deleted while Tasks are active.";
/// `thread`.
pub const CLUSTER_CONTAINS_INSTANCES: &str =
    "The Cluster cannot be deleted while Container Instances are active or draining.";
/// `thread`: DescribeTaskDefinition.
pub const DEFINITION_CANNOT_BE_DESCRIBED: &str = "Unable to describe task definition.";
/// `thread`: RunTask.
pub const DEFINITION_NOT_FOUND: &str = "TaskDefinition not found.";
/// `thread`: RunTask.
pub const DEFINITION_INACTIVE: &str = "TaskDefinition is inactive";
/// `thread`.
pub const DEFINITION_BLANK: &str = "TaskDefinition can not be blank.";
/// `thread`.
pub const CONTAINERS_EMPTY: &str = "Container list cannot be empty.";
/// `thread`.
pub const CONTAINER_NAME_BLANK: &str = "Container.name should not be null or empty.";
/// `thread`.
pub const CONTAINER_IMAGE_BLANK: &str = "Container.image should not be null or empty.";
/// `docs`, Amazon ECS Developer Guide, troubleshooting "Invalid CPU or memory value specified".
pub const FARGATE_SIZE: &str = "No Fargate configuration exists for given values.";
/// `thread`.
pub const FARGATE_NETWORK_MODE: &str = "Fargate only supports network mode 'awsvpc'.";
/// `thread`.
pub const FARGATE_NEEDS_SIZE: &str = "Fargate requires that 'cpu' be defined at the task level.";
/// `thread`.
pub const FARGATE_NEEDS_MEMORY: &str =
    "Fargate requires that 'memory' be defined at the task level.";
/// `thread`: the same sentence is known with "ECR images" in the place of "log driver awslogs".
pub const FARGATE_LOGS_NEED_ROLE: &str =
    "Fargate requires task definition to have execution role ARN to support log driver awslogs.";
/// `thread`: jenkinsci/amazon-ecs-plugin#95.
pub const FARGATE_ECR_NEEDS_ROLE: &str =
    "Fargate requires task definition to have execution role ARN to support ECR images.";
/// `thread`.
pub const NETWORK_CONFIGURATION_MISSING: &str =
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
/// `thread`.
pub const ESSENTIAL_CONTAINER_EXITED: &str = "Essential container in task exited";
/// `docs`, Amazon ECS Developer Guide, "Stopped tasks error messages".
pub const TASK_FAILED_TO_START: &str = "Task failed to start";
/// `thread`.
pub const STOPPED_BY_USER: &str = "Task stopped by user";
/// `thread`.
pub const TASK_NOT_FOUND: &str = "The referenced task was not found.";
/// `thread`.
pub const TASKS_BLANK: &str = "Tasks can not be blank.";
/// `docs`, Amazon ECS Developer Guide, "Stopped tasks error messages".
pub const NO_CAPACITY: &str = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
/// `unverified`.
pub const NO_ADDRESSES: &str = "No private IP address is free in the subnets of the task.";
/// `thread`.
pub const ROLE_INVALID: &str = "Role is not valid";

/// `thread`: RunTask with a role that cannot be assumed.
#[must_use]
pub fn role_cannot_be_assumed(role: &str) -> String {
    format!(
        "ECS was unable to assume the role '{role}' that was provided for this task. Please verify \
         that the role being passed has the proper trust relationship and permissions and that \
         your IAM user has permissions to pass this role."
    )
}

/// `thread`: RunTask with a subnet that does not exist.
#[must_use]
pub fn subnet_not_found(subnet: &str) -> String {
    format!(
        "Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not \
         exist (ErrorCode: InvalidSubnetID.NotFound)"
    )
}

/// `thread`: RunTask with a security group that does not exist.
#[must_use]
pub fn security_group_not_found(group: &str) -> String {
    format!(
        "Error retrieving security group information for [{group}]: The security group '{group}' \
         does not exist (ErrorCode: InvalidGroup.NotFound)"
    )
}

/// `thread`: RunTask with a launch type that the definition does not name.
#[must_use]
pub fn launch_type_incompatible(launch_type: &str) -> String {
    format!("Task definition does not support launch_type {launch_type}.")
}

/// `thread`: awsdocs/amazon-ecs-developer-guide#149, a task definition of more than 64 KiB.
#[must_use]
pub fn definition_too_long(bytes: usize, most: usize) -> String {
    format!("Actual length: '{bytes}'. Max allowed length is '{most}' bytes.")
}

/// `thread`: convox/rack#1906, RunTask.
#[must_use]
pub fn overrides_too_long(most: usize) -> String {
    format!("Container Overrides length must be at most {most}")
}

/// `thread`: an ARN of another region.
#[must_use]
pub fn identifier_of_other_region(theirs: &str, ours: &str) -> String {
    format!("Identifier is for {theirs}. Your region is {ours}")
}

/// `unverified`.
#[must_use]
pub fn out_of_range(name: &str, least: i32, most: i32) -> String {
    format!("{name} must be between {least} and {most}.")
}

/// `unverified`.
#[must_use]
pub fn invalid_name(what: &str, name: &str) -> String {
    format!(
        "Invalid {what} '{name}': up to 255 letters (uppercase and lowercase), numbers, \
         underscores, and hyphens are allowed."
    )
}
