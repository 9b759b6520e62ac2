//! The sentences that ECS says, each with its source.
//!
//! People and tools match on them, so they are AWS's own words where those are known. Sources:
//! `thread`: seen in public issue threads; `docs`: on an AWS documentation page; `linter`: quoted as
//! RegisterTaskDefinition's answer by public checkers of templates and test suites, whose last full
//! stop may be ours; `unverified`: our words, where AWS's are not known.

mod definition;

pub use definition::*;

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

/// `thread`: aws-actions/amazon-ecs-deploy-task-definition#616.
pub const NETWORK_CONFIGURATION_NOT_VALID: &str =
    "Network Configuration is not valid for the given networkMode of this task definition.";
/// `thread`: aws/amazon-ecs-cli#1122, an InvalidParameterException of RunTask.
pub const NO_CONTAINER_INSTANCES: &str = "No Container Instances were found in your cluster.";
/// `unverified`.
pub const PLATFORM_VERSION_ON_EC2: &str =
    "The platform version must be null when specifying an EC2 launch type.";
/// `thread`: GetSimpl/cloudlift#138, CreateService.
pub const CONSTRAINTS_ON_FARGATE: &str =
    "Placement constraints are not supported with FARGATE launch type.";
/// `unverified`.
pub const STRATEGIES_ON_FARGATE: &str =
    "Placement strategies are not supported with FARGATE launch type.";
/// `unverified`.
pub const EXPRESSION_ON_DISTINCT_INSTANCE: &str =
    "Expression can not be specified for placement constraint of type distinctInstance.";
/// `unverified`.
pub const PROPAGATE_TAGS_OF_SERVICE: &str =
    "SERVICE is not a valid value for propagateTags of a task that no service starts.";
/// `unverified`.
pub const INSTANCES_BLANK: &str = "Container instances can not be blank.";
/// `unverified`.
pub const INSTANCE_ID_INVALID: &str =
    "Invalid identifier: it is no container instance's id or ARN.";
/// `unverified`.
pub const INSTANCE_NOT_FOUND: &str = "The referenced container instance was not found.";
/// `unverified`.
pub const INSTANCE_HAS_TASKS: &str = "Found running tasks on the instance.";
/// `unverified`.
pub const INSTANCE_STATUS_INVALID: &str = "status must be ACTIVE or DRAINING.";
/// `unverified`.
pub const INSTANCE_DEREGISTERED: &str = "The container instance was deregistered.";
/// `unverified`.
pub const OUT_OF_CONTACT: &str =
    "The agent of the task's host has been out of contact for too long.";
/// `unverified`.
pub const ATTACHMENT_NOT_FOUND: &str = "The referenced attachment was not found.";

/// Why an instance cannot take a task. `memberOf`: `thread`, aws/amazon-ecs-agent#3044; all others:
/// `unverified`.
#[must_use]
pub fn refusal(refusal: crate::plan::instances::Refusal) -> &'static str {
    use crate::plan::instances::Refusal;
    match refusal {
        Refusal::Agent => "AGENT",
        Refusal::Attribute => "ATTRIBUTE",
        Refusal::DistinctInstance => "DistinctInstance placement constraint unsatisfied.",
        Refusal::MemberOf => "MemberOf placement constraint unsatisfied.",
        Refusal::Cpu => "RESOURCE:CPU",
        Refusal::Memory => "RESOURCE:MEMORY",
        Refusal::Ports => "RESOURCE:PORTS",
    }
}

/// `thread`: aws-samples/aws-cdk-examples#628, RegisterTaskDefinition with `distinctInstance`.
#[must_use]
pub fn constraint_type_not_supported(kind: &str) -> String {
    format!("constraint.type '{kind}' is not supported.")
}

/// `unverified`.
#[must_use]
pub fn too_many_constraints(most: usize) -> String {
    format!(
        "placementConstraints can have at most {most} items, those of the task definition included."
    )
}

/// `unverified`.
#[must_use]
pub fn placement_type_unknown(kind: &str) -> String {
    format!("Unknown placement constraint type '{kind}'.")
}

/// `unverified`.
#[must_use]
pub fn strategy_field_invalid(kind: &str, field: &str) -> String {
    format!("The placement strategy '{kind}' can not have the field '{field}'.")
}

/// `thread`: turbot/steampipe-plugin-aws#1415, ListTasks.
pub const SERVICE_NOT_FOUND: &str = "Service not found.";
/// `unverified`.
pub const STARTED_BY_INVALID: &str = "startedBy contains invalid characters: letters, numbers, \
     hyphens, forward slashes and underscores are allowed.";
/// `unverified`.
pub const GROUP_OF_SERVICE: &str =
    "Invalid namespace for group: 'service:' is for the tasks of services.";

/// `thread`: boto/boto3#874 for `serviceName`, aws/aws-sdk-go-v2#1893 for `startedBy`.
#[must_use]
pub fn filter_stands_alone(filter: &str) -> String {
    format!("cannot specify {filter} with other arguments")
}

/// `thread`: convox/rack#1727, when 36 characters were allowed.
#[must_use]
pub fn started_by_too_long(most: usize) -> String {
    format!("startedBy longer than {most}.")
}

/// `unverified`.
pub const CLIENT_TOKEN_USED: &str = "The client token was used before with other parameters.";

/// `unverified`.
#[must_use]
pub fn client_token_invalid(most: usize) -> String {
    format!("clientToken must have from 1 to {most} ASCII characters, none of them a blank.")
}

/// `thread`: RunTask.
#[must_use]
pub fn override_of_no_container(name: &str) -> String {
    format!("Override for container named {name} is not a container in the TaskDefinition.")
}

/// `unverified`.
#[must_use]
pub fn override_twice(name: &str) -> String {
    format!("There is more than one override for container named {name}.")
}

/// `unverified`.
#[must_use]
pub fn registered_elsewhere(cluster: &str) -> String {
    format!(
        "The container instance has tasks of the cluster '{cluster}', which it is registered in; \
         it can join another one when they are over."
    )
}

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

/// `linter`.
pub const CONTAINER_NAMES_NOT_UNIQUE: &str =
    "Container names must be unique within a task definition.";
/// `docs`, Amazon ECS Developer Guide, troubleshooting "Invalid CPU or memory value specified".
pub const TASK_CPU_INVALID: &str = "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
/// `unverified`: after the one for cpu.
pub const TASK_MEMORY_INVALID: &str = "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
/// `unverified`.
pub const FARGATE_CPU_OF_CONTAINERS: &str =
    "The sum of the containers' cpu must not be greater than the task's 'cpu'.";
/// `thread`: cn-terraform/terraform-aws-ecs-fargate#2.
pub const FARGATE_IPC_MODE: &str = "Tasks using the Fargate launch type do not support ipcMode.";
/// `linter`.
pub const FARGATE_PRIVILEGED: &str = "Fargate requires that the 'privileged' setting be 'false'.";
/// `thread`: what CloudFormation shows of RegisterTaskDefinition's refusal.
pub const FARGATE_STOP_TIMEOUT: &str = "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.";
/// `unverified`: after the one for the stop timeout.
pub const FARGATE_START_TIMEOUT: &str = "Tasks using the Fargate launch type must have a container start timeout of less than 120 seconds.";
/// `unverified`.
pub const EPHEMERAL_STORAGE_NOT_ON_FARGATE: &str =
    "ephemeralStorage is only supported for tasks using the Fargate launch type.";
/// `thread`: labd/ecs-deplojo#26.
pub const AWSVPC_HOSTNAME: &str = "hostname is not supported on container when networkMode=awsvpc.";
/// `linter`.
pub const AWSVPC_EXTRA_HOSTS: &str =
    "Extra hosts are not supported on container when networkMode=awsvpc.";
/// `linter`.
pub const AWSVPC_DNS_SERVERS: &str =
    "DNS servers are not supported on container when networkMode=awsvpc.";
/// `unverified`: after the one for DNS servers.
pub const AWSVPC_DNS_SEARCH_DOMAINS: &str =
    "DNS search domains are not supported on container when networkMode=awsvpc.";
/// `unverified`.
pub const PORTS_WITHOUT_NETWORK: &str = "Port mappings are not supported when networkMode=none.";
/// `linter`.
pub const PORT_AND_RANGE: &str = "cannot specify both single port and port range";
/// `linter`.
pub const PORT_RANGE_INVALID: &str = "Invalid 'containerPortRange' setting";
/// `linter`.
pub const PORT_NAME_TWICE: &str = "port mapping name is already used";
/// `thread`: boto/boto3#2436.
pub const DEPENDENCY_ESSENTIAL: &str =
    "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container";
/// `thread`.
pub const DEPENDENCY_WITHOUT_HEALTH_CHECK: &str =
    "A dependency container with HEALTHY condition must have health check configured";
/// `unverified`.
pub const DEPENDENCIES_CYCLIC: &str = "Container dependencies must not form a cycle.";

/// `linter`.
#[must_use]
pub fn memory_greater_than_task(container: &str) -> String {
    format!("The 'memory' setting for container '{container}' is greater than for the task.")
}

/// `linter`: for `restartAttemptPeriod`; for other settings `unverified`.
#[must_use]
pub fn setting_out_of_range(setting: &str, container: &str, least: i32, most: i32) -> String {
    format!(
        "The '{setting}' setting for container '{container}' must be between {least} and {most}."
    )
}

/// `linter`.
#[must_use]
pub fn fargate_pid_mode(mode: &str) -> String {
    format!(
        "Tasks using the Fargate launch type do not support pidMode '{mode}'. The supported value for pidMode is 'task'."
    )
}

/// `linter`: for devices, sharedMemorySize, maxSwap, sourcePath, dockerVolumeConfiguration,
/// dockerSecurityOptions, constraints.
#[must_use]
pub fn fargate_unsupported(member: &str) -> String {
    format!("Fargate compatible task definitions do not support {member}")
}

/// `linter`.
#[must_use]
pub fn fargate_capability(capability: &str) -> String {
    format!("{capability} is not allowed on Fargate.")
}

/// `thread`.
#[must_use]
pub fn fargate_log_driver(driver: &str) -> String {
    format!("{driver} is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]")
}

/// `linter`.
#[must_use]
pub fn log_options_missing(driver: &str, options: &[&str]) -> String {
    format!(
        "Log driver {driver} requires options: {}",
        options.join(", ")
    )
}

/// `unverified`.
pub const MAX_FILE_WITHOUT_MAX_SIZE: &str =
    "The log option 'max-file' has no effect without 'max-size'.";
/// `thread`: aws-observability/aws-otel-collector#1359, for awsvpc.
#[must_use]
pub fn links_not_supported(network_mode: &str) -> String {
    format!("Links are not supported when networkMode={network_mode}.")
}

/// `thread`: for awsvpc; `linter`: for host.
#[must_use]
pub fn ports_must_match(network_mode: &str) -> String {
    format!(
        "When networkMode={network_mode}, the host ports and container ports in port mappings must match."
    )
}

/// `thread`: aws/amazon-ecs-cli#661.
#[must_use]
pub fn port_twice(port: i32, container: &str) -> String {
    format!("Container port {port} is used in more than one port mapping for container {container}")
}

/// `linter`: without the number.
#[must_use]
pub fn port_twice_in_task(port: i32) -> String {
    format!("container port is used multiple times in task: {port}")
}

/// `thread`: ansible/ansible#35751.
#[must_use]
pub fn unknown_volume(volume: &str) -> String {
    format!("Unknown volume '{volume}'.")
}

/// `linter`.
#[must_use]
pub fn volumes_from_unknown(container: &str) -> String {
    format!("Invalid 'volumesFrom' setting. Unknown container: '{container}'")
}

/// `linter`.
#[must_use]
pub fn dependency_missing(container: &str) -> String {
    format!("Cannot depend on container {container} because it does not exist")
}

/// `unverified`.
#[must_use]
pub fn unknown_value(member: &str, value: &str) -> String {
    format!("Invalid value '{value}' for '{member}'.")
}

/// `thread`: what Terraform's provider waits for when it reads the tags of a deleted cluster.
pub const CLUSTER_INACTIVE: &str =
    "The specified cluster is inactive. Specify an active cluster and try again.";
/// `thread`: reproio/ecs_deploy#49.
pub const SHORT_ARN: &str = "Long arn format must be used for tagging operations";
/// `unverified`.
pub const ARN_INVALID: &str = "Invalid resourceArn: it is no ARN of a resource of this account.";
/// `unverified`.
pub const RESOURCE_NOT_FOUND: &str = "The specified resource could not be found.";
/// `thread`: aws/aws-cli#3785.
pub const SETTING_VALUE_INVALID: &str = "Invalid setting 'value'";
/// `unverified`: after the one for the value.
pub const SETTING_NAME_INVALID: &str = "Invalid setting 'name'";
/// `unverified`.
pub const SETTING_MANAGED: &str =
    "The setting guardDutyActivate is managed by AWS: it is read-only.";
/// `docs`: as a rule of ListAccountSettings, in our words.
pub const SETTING_VALUE_WITHOUT_NAME: &str =
    "A value can only be given with the name of a setting.";
/// `unverified`.
pub const PRINCIPAL_INVALID: &str =
    "Invalid principalArn: it is no user, role or root user of this account.";
/// `docs`: as a rule of PutAccountSetting, in our words.
pub const PRINCIPAL_OF_OTHERS: &str =
    "Only the root user may change or list the settings of another principal.";
/// `thread`.
pub const DEFINITION_DOES_NOT_EXIST: &str = "The specified task definition does not exist.";
/// `linter`: DeleteTaskDefinitions.
pub const DEFINITION_DOES_NOT_EXIST_ANYWHERE: &str = "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
/// `linter`: DeleteTaskDefinitions.
pub const DEFINITION_STILL_ACTIVE: &str = "The specified task definition is still in ACTIVE status. Please deregister the target and try again.";
/// `linter`: DeleteTaskDefinitions.
pub const DEFINITION_IDENTIFIER_INVALID: &str = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.";
/// `unverified`.
pub const DEFINITION_REVISION_MISSING: &str =
    "A revision must be specified: family:revision or an ARN.";

/// `unverified`.
#[must_use]
pub fn too_many_tags(most: usize) -> String {
    format!("A resource has at most {most} tags.")
}

/// `thread`: what AWS says of every request that comes too often.
pub const RATE_EXCEEDED: &str = "Rate exceeded";
/// `thread`: DescribeTasks and StopTask.
pub const TASK_ID_LENGTH: &str = "taskId length should be one of [32,36]";
/// `unverified`.
pub const TASK_ID_INVALID: &str = "Invalid identifier: a task's id has letters and digits only.";
/// `unverified`.
pub const TASK_ARN_INVALID: &str = "Invalid identifier: it is no task's ARN.";
/// `unverified`.
pub const INSTANCE_ARN_INVALID: &str = "Invalid identifier: it is no container instance's ARN.";
/// `unverified`.
pub const TOKEN_INVALID: &str = "Invalid token.";
/// `unverified`.
pub const TAG_KEY_BLANK: &str = "Tag key can not be blank.";
/// `unverified`.
pub const TAG_KEY_RESERVED: &str = "Tag keys that begin with 'aws:' are reserved.";
/// `unverified`.
pub const TAG_VALUE_RESERVED: &str = "Tag values that begin with 'aws:' are reserved.";
/// `unverified`.
pub const SUBNETS_OF_SEVERAL_VPCS: &str = "The subnets must be of one VPC.";

/// `unverified`.
#[must_use]
pub fn tag_key_twice(key: &str) -> String {
    format!("Duplicate tag keys found: '{key}'.")
}

/// `unverified`.
#[must_use]
pub fn empty(member: &str) -> String {
    format!("{member} can not be empty.")
}

/// `unverified`.
#[must_use]
pub fn too_long(member: &str, most: usize) -> String {
    format!("{member} must have at most {most} characters.")
}

/// `unverified`.
#[must_use]
pub fn too_many_items(member: &str, most: usize) -> String {
    format!("{member} can have at most {most} items.")
}

/// `unverified`.
#[must_use]
pub fn too_many_at_once(most: usize, what: &str, done: &str) -> String {
    format!("At most {most} {what} can be {done} at once.")
}

/// `unverified`.
#[must_use]
pub fn cluster_name_reserved(name: &str) -> String {
    format!("The cluster name '{name}' is reserved.")
}

/// `unverified`.
#[must_use]
pub fn definition_reference_invalid(text: &str) -> String {
    format!("Invalid task definition reference: '{text}'.")
}

/// `unverified`.
#[must_use]
pub fn security_group_of_other_vpc(group: &str) -> String {
    format!("The security group '{group}' is not of the VPC that the subnets are of.")
}

/// `unverified`: `of` is a task or an attachment.
#[must_use]
pub fn unknown_status(of: &str, status: &str) -> String {
    format!("Unknown {of} status '{status}'.")
}

/// `unverified`: the task has no node, whose reports on it would be believed.
#[must_use]
pub fn task_on_no_node(task: &aws_core::Arn) -> String {
    format!("The task {task} is on no node yet that could report on it.")
}

/// `unverified`: after the words of IAM.
#[must_use]
pub fn task_of_other_node(node: &aws_core::Arn, action: &str, task: &aws_core::Arn) -> String {
    format!(
        "User: {node} is not authorized to perform: {action} on resource: {task}: the task was \
         not placed on this instance"
    )
}

/// `unverified`.
#[must_use]
pub fn expression_invalid(found: &str, expected: &str) -> String {
    format!("Invalid expression: at '{found}', where {expected} is expected.")
}

/// `unverified`; the number of characters is an AWS quota.
#[must_use]
pub fn expression_too_large(most_chars: usize, most_deep: usize) -> String {
    format!(
        "Invalid expression: it may have {most_chars} characters and be nested {most_deep} deep."
    )
}

/// `unverified`.
pub const POLL_NAMES_NO_INSTANCE: &str = "containerInstanceArn names no container instance";

/// `unverified`: after the words of IAM.
#[must_use]
pub fn poll_of_other_node(node: &aws_core::Arn, instance: &aws_core::Arn) -> String {
    format!("User: {node} is not authorized to perform: ecs:Poll on resource: {instance}")
}

/// `unverified`: AWS supports it.
#[must_use]
pub fn not_supported(what: &str) -> String {
    format!("Longshore does not support {what} yet.")
}
