//! The schemas of `ecs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ACCESS_DENIED_EXCEPTION: Schema = Schema::new(
    "AccessDeniedException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static AGENT_UPDATE_STATUS: Schema = Schema::new(
    "AgentUpdateStatus",
    Kind::Enum(types::AgentUpdateStatus::VALUES),
);
pub(super) static APPLICATION_PROTOCOL: Schema = Schema::new(
    "ApplicationProtocol",
    Kind::Enum(types::ApplicationProtocol::VALUES),
);
pub(super) static ASSIGN_PUBLIC_IP: Schema =
    Schema::new("AssignPublicIp", Kind::Enum(types::AssignPublicIp::VALUES));
pub(super) static ATTACHMENT: Schema = Schema::new(
    "Attachment",
    Kind::Structure(&[
        Member::new("details", &ATTACHMENT_DETAILS),
        Member::new("id", &STRING),
        Member::new("status", &STRING),
        Member::new("type", &STRING),
    ]),
);
pub(super) static ATTACHMENT_DETAILS: Schema = Schema::new(
    "AttachmentDetails",
    Kind::List(&Member::new("member", &KEY_VALUE_PAIR)),
);
pub(super) static ATTACHMENT_STATE_CHANGE: Schema = Schema::new(
    "AttachmentStateChange",
    Kind::Structure(&[
        Member::new("attachmentArn", &STRING).required(),
        Member::new("status", &STRING).required(),
    ]),
);
pub(super) static ATTACHMENT_STATE_CHANGES: Schema = Schema::new(
    "AttachmentStateChanges",
    Kind::List(&Member::new("member", &ATTACHMENT_STATE_CHANGE)),
);
pub(super) static ATTACHMENTS: Schema = Schema::new(
    "Attachments",
    Kind::List(&Member::new("member", &ATTACHMENT)),
);
pub(super) static ATTESTATION_POLICY_STATUS: Schema = Schema::new(
    "AttestationPolicyStatus",
    Kind::Enum(types::AttestationPolicyStatus::VALUES),
);
pub(super) static ATTRIBUTE: Schema = Schema::new(
    "Attribute",
    Kind::Structure(&[
        Member::new("name", &STRING).required(),
        Member::new("targetId", &STRING).refused(),
        Member::new("targetType", &TARGET_TYPE).refused(),
        Member::new("value", &STRING),
    ]),
);
pub(super) static ATTRIBUTES: Schema =
    Schema::new("Attributes", Kind::List(&Member::new("member", &ATTRIBUTE)));
pub(super) static AWS_VPC_CONFIGURATION: Schema = Schema::new(
    "AwsVpcConfiguration",
    Kind::Structure(&[
        Member::new("assignPublicIp", &ASSIGN_PUBLIC_IP).refused_unless(&["DISABLED"]),
        Member::new("securityGroups", &STRING_LIST),
        Member::new("subnets", &STRING_LIST).required(),
    ]),
);
pub(super) static BLOCKED_EXCEPTION: Schema = Schema::new(
    "BlockedException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static BOOLEAN: Schema = Schema::new("Boolean", Kind::Boolean);
pub(super) static BOXED_BOOLEAN: Schema = Schema::new("BoxedBoolean", Kind::Boolean);
pub(super) static BOXED_INTEGER: Schema = Schema::new("BoxedInteger", Kind::Integer);
pub(super) static CPU_ARCHITECTURE: Schema = Schema::new(
    "CPUArchitecture",
    Kind::Enum(types::CPUArchitecture::VALUES),
);
pub(super) static CAPACITY_PROVIDER_STRATEGY: Schema = Schema::new(
    "CapacityProviderStrategy",
    Kind::List(&Member::new("member", &CAPACITY_PROVIDER_STRATEGY_ITEM)),
);
pub(super) static CAPACITY_PROVIDER_STRATEGY_ITEM: Schema = Schema::new(
    "CapacityProviderStrategyItem",
    Kind::Structure(&[
        Member::new("base", &CAPACITY_PROVIDER_STRATEGY_ITEM_BASE).refused(),
        Member::new("capacityProvider", &STRING)
            .required()
            .refused(),
        Member::new("weight", &CAPACITY_PROVIDER_STRATEGY_ITEM_WEIGHT).refused(),
    ]),
);
pub(super) static CAPACITY_PROVIDER_STRATEGY_ITEM_BASE: Schema =
    Schema::new("CapacityProviderStrategyItemBase", Kind::Integer)
        .min(0)
        .max(100000);
pub(super) static CAPACITY_PROVIDER_STRATEGY_ITEM_WEIGHT: Schema =
    Schema::new("CapacityProviderStrategyItemWeight", Kind::Integer)
        .min(0)
        .max(1000);
pub(super) static CLIENT_EXCEPTION: Schema = Schema::new(
    "ClientException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER: Schema = Schema::new(
    "Cluster",
    Kind::Structure(&[
        Member::new("activeServicesCount", &INTEGER),
        Member::new("attachments", &ATTACHMENTS),
        Member::new("attachmentsStatus", &STRING),
        Member::new("capacityProviders", &STRING_LIST),
        Member::new("clusterArn", &STRING),
        Member::new("clusterName", &STRING),
        Member::new("configuration", &CLUSTER_CONFIGURATION),
        Member::new(
            "defaultCapacityProviderStrategy",
            &CAPACITY_PROVIDER_STRATEGY,
        ),
        Member::new("pendingTasksCount", &INTEGER),
        Member::new("registeredContainerInstancesCount", &INTEGER),
        Member::new("runningTasksCount", &INTEGER),
        Member::new("serviceConnectDefaults", &CLUSTER_SERVICE_CONNECT_DEFAULTS),
        Member::new("settings", &CLUSTER_SETTINGS),
        Member::new("statistics", &STATISTICS),
        Member::new("status", &STRING),
        Member::new("tags", &TAGS),
    ]),
);
pub(super) static CLUSTER_CONFIGURATION: Schema = Schema::new(
    "ClusterConfiguration",
    Kind::Structure(&[
        Member::new(
            "executeCommandConfiguration",
            &EXECUTE_COMMAND_CONFIGURATION,
        )
        .refused(),
        Member::new(
            "managedStorageConfiguration",
            &MANAGED_STORAGE_CONFIGURATION,
        )
        .refused(),
    ]),
);
pub(super) static CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION: Schema = Schema::new(
    "ClusterContainsCapacityProviderException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION: Schema = Schema::new(
    "ClusterContainsContainerInstancesException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER_CONTAINS_SERVICES_EXCEPTION: Schema = Schema::new(
    "ClusterContainsServicesException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER_CONTAINS_TASKS_EXCEPTION: Schema = Schema::new(
    "ClusterContainsTasksException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER_FIELD: Schema =
    Schema::new("ClusterField", Kind::Enum(types::ClusterField::VALUES));
pub(super) static CLUSTER_FIELD_LIST: Schema = Schema::new(
    "ClusterFieldList",
    Kind::List(&Member::new("member", &CLUSTER_FIELD)),
);
pub(super) static CLUSTER_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ClusterNotFoundException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static CLUSTER_SERVICE_CONNECT_DEFAULTS: Schema = Schema::new(
    "ClusterServiceConnectDefaults",
    Kind::Structure(&[Member::new("namespace", &STRING)]),
);
pub(super) static CLUSTER_SERVICE_CONNECT_DEFAULTS_REQUEST: Schema = Schema::new(
    "ClusterServiceConnectDefaultsRequest",
    Kind::Structure(&[Member::new("namespace", &STRING).required().refused()]),
);
pub(super) static CLUSTER_SETTING: Schema = Schema::new(
    "ClusterSetting",
    Kind::Structure(&[
        Member::new("name", &CLUSTER_SETTING_NAME),
        Member::new("value", &STRING).refused_unless(&["disabled"]),
    ]),
);
pub(super) static CLUSTER_SETTING_NAME: Schema = Schema::new(
    "ClusterSettingName",
    Kind::Enum(types::ClusterSettingName::VALUES),
);
pub(super) static CLUSTER_SETTINGS: Schema = Schema::new(
    "ClusterSettings",
    Kind::List(&Member::new("member", &CLUSTER_SETTING)),
);
pub(super) static CLUSTERS: Schema =
    Schema::new("Clusters", Kind::List(&Member::new("member", &CLUSTER)));
pub(super) static COMPATIBILITY: Schema =
    Schema::new("Compatibility", Kind::Enum(types::Compatibility::VALUES));
pub(super) static COMPATIBILITY_LIST: Schema = Schema::new(
    "CompatibilityList",
    Kind::List(&Member::new("member", &COMPATIBILITY)),
);
pub(super) static CONFLICT_EXCEPTION: Schema = Schema::new(
    "ConflictException",
    Kind::Structure(&[
        Member::new("message", &STRING),
        Member::new("resourceIds", &RESOURCE_IDS),
    ]),
);
pub(super) static CONNECTIVITY: Schema =
    Schema::new("Connectivity", Kind::Enum(types::Connectivity::VALUES));
pub(super) static CONTAINER: Schema = Schema::new(
    "Container",
    Kind::Structure(&[
        Member::new("containerArn", &STRING),
        Member::new("cpu", &STRING),
        Member::new("exitCode", &BOXED_INTEGER),
        Member::new("gpuIds", &GPU_IDS),
        Member::new("gpuSharingStrategy", &SHARING_STRATEGY),
        Member::new("healthStatus", &HEALTH_STATUS),
        Member::new("image", &STRING),
        Member::new("imageDigest", &STRING),
        Member::new("lastStatus", &STRING),
        Member::new("managedAgents", &MANAGED_AGENTS),
        Member::new("memory", &STRING),
        Member::new("memoryReservation", &STRING),
        Member::new("name", &STRING),
        Member::new("networkBindings", &NETWORK_BINDINGS),
        Member::new("networkInterfaces", &NETWORK_INTERFACES),
        Member::new("neuronDeviceIds", &NEURON_DEVICE_IDS),
        Member::new("reason", &STRING),
        Member::new("runtimeId", &STRING),
        Member::new("taskArn", &STRING),
    ]),
);
pub(super) static CONTAINER_CONDITION: Schema = Schema::new(
    "ContainerCondition",
    Kind::Enum(types::ContainerCondition::VALUES),
);
pub(super) static CONTAINER_DEFINITION: Schema = Schema::new(
    "ContainerDefinition",
    Kind::Structure(&[
        Member::new("command", &STRING_LIST),
        Member::new("cpu", &INTEGER),
        Member::new("credentialSpecs", &STRING_LIST).refused(),
        Member::new("dependsOn", &CONTAINER_DEPENDENCIES),
        Member::new("disableNetworking", &BOXED_BOOLEAN).refused(),
        Member::new("dnsSearchDomains", &STRING_LIST),
        Member::new("dnsServers", &STRING_LIST),
        Member::new("dockerLabels", &DOCKER_LABELS_MAP),
        Member::new("dockerSecurityOptions", &STRING_LIST),
        Member::new("entryPoint", &STRING_LIST),
        Member::new("environment", &ENVIRONMENT_VARIABLES),
        Member::new("environmentFiles", &ENVIRONMENT_FILES).refused(),
        Member::new("essential", &BOXED_BOOLEAN),
        Member::new("extraHosts", &HOST_ENTRY_LIST),
        Member::new("firelensConfiguration", &FIRELENS_CONFIGURATION).refused(),
        Member::new("healthCheck", &HEALTH_CHECK),
        Member::new("hostname", &STRING),
        Member::new("image", &STRING),
        Member::new("interactive", &BOXED_BOOLEAN),
        Member::new("links", &STRING_LIST),
        Member::new("linuxParameters", &LINUX_PARAMETERS),
        Member::new("logConfiguration", &LOG_CONFIGURATION),
        Member::new("memory", &BOXED_INTEGER),
        Member::new("memoryReservation", &BOXED_INTEGER),
        Member::new("mountPoints", &MOUNT_POINT_LIST),
        Member::new("name", &STRING),
        Member::new("portMappings", &PORT_MAPPING_LIST),
        Member::new("privileged", &BOXED_BOOLEAN),
        Member::new("pseudoTerminal", &BOXED_BOOLEAN),
        Member::new("readonlyRootFilesystem", &BOXED_BOOLEAN),
        Member::new("repositoryCredentials", &REPOSITORY_CREDENTIALS).refused(),
        Member::new("resourceRequirements", &RESOURCE_REQUIREMENTS).refused(),
        Member::new("restartPolicy", &CONTAINER_RESTART_POLICY),
        Member::new("secrets", &SECRET_LIST).refused(),
        Member::new("startTimeout", &BOXED_INTEGER),
        Member::new("stopTimeout", &BOXED_INTEGER),
        Member::new("systemControls", &SYSTEM_CONTROLS),
        Member::new("ulimits", &ULIMIT_LIST),
        Member::new("user", &STRING),
        Member::new("versionConsistency", &VERSION_CONSISTENCY),
        Member::new("volumesFrom", &VOLUME_FROM_LIST),
        Member::new("workingDirectory", &STRING),
    ]),
);
pub(super) static CONTAINER_DEFINITIONS: Schema = Schema::new(
    "ContainerDefinitions",
    Kind::List(&Member::new("member", &CONTAINER_DEFINITION)),
);
pub(super) static CONTAINER_DEPENDENCIES: Schema = Schema::new(
    "ContainerDependencies",
    Kind::List(&Member::new("member", &CONTAINER_DEPENDENCY)),
);
pub(super) static CONTAINER_DEPENDENCY: Schema = Schema::new(
    "ContainerDependency",
    Kind::Structure(&[
        Member::new("condition", &CONTAINER_CONDITION).required(),
        Member::new("containerName", &STRING).required(),
    ]),
);
pub(super) static CONTAINER_INSTANCE: Schema = Schema::new(
    "ContainerInstance",
    Kind::Structure(&[
        Member::new("agentConnected", &BOOLEAN),
        Member::new("agentUpdateStatus", &AGENT_UPDATE_STATUS),
        Member::new("attachments", &ATTACHMENTS),
        Member::new("attributes", &ATTRIBUTES),
        Member::new("capacityProviderName", &STRING),
        Member::new("containerInstanceArn", &STRING),
        Member::new("ec2InstanceId", &STRING),
        Member::new("gpuDevices", &GPU_DEVICES),
        Member::new("healthStatus", &CONTAINER_INSTANCE_HEALTH_STATUS),
        Member::new("pendingTasksCount", &INTEGER),
        Member::new("registeredAt", &TIMESTAMP),
        Member::new("registeredResources", &RESOURCES),
        Member::new("remainingResources", &RESOURCES),
        Member::new("runningTasksCount", &INTEGER),
        Member::new("status", &STRING),
        Member::new("statusReason", &STRING),
        Member::new("tags", &TAGS),
        Member::new("version", &LONG),
        Member::new("versionInfo", &VERSION_INFO),
    ]),
);
pub(super) static CONTAINER_INSTANCE_FIELD: Schema = Schema::new(
    "ContainerInstanceField",
    Kind::Enum(types::ContainerInstanceField::VALUES),
);
pub(super) static CONTAINER_INSTANCE_FIELD_LIST: Schema = Schema::new(
    "ContainerInstanceFieldList",
    Kind::List(&Member::new("member", &CONTAINER_INSTANCE_FIELD)),
);
pub(super) static CONTAINER_INSTANCE_HEALTH_STATUS: Schema = Schema::new(
    "ContainerInstanceHealthStatus",
    Kind::Structure(&[
        Member::new("details", &INSTANCE_HEALTH_CHECK_RESULT_LIST),
        Member::new("overallStatus", &INSTANCE_HEALTH_CHECK_STATE),
    ]),
);
pub(super) static CONTAINER_INSTANCE_STATUS: Schema = Schema::new(
    "ContainerInstanceStatus",
    Kind::Enum(types::ContainerInstanceStatus::VALUES),
);
pub(super) static CONTAINER_INSTANCES: Schema = Schema::new(
    "ContainerInstances",
    Kind::List(&Member::new("member", &CONTAINER_INSTANCE)),
);
pub(super) static CONTAINER_OVERRIDE: Schema = Schema::new(
    "ContainerOverride",
    Kind::Structure(&[
        Member::new("command", &STRING_LIST),
        Member::new("cpu", &BOXED_INTEGER),
        Member::new("environment", &ENVIRONMENT_VARIABLES),
        Member::new("environmentFiles", &ENVIRONMENT_FILES).refused(),
        Member::new("memory", &BOXED_INTEGER),
        Member::new("memoryReservation", &BOXED_INTEGER),
        Member::new("name", &STRING),
        Member::new("resourceRequirements", &RESOURCE_REQUIREMENTS).refused(),
    ]),
);
pub(super) static CONTAINER_OVERRIDES: Schema = Schema::new(
    "ContainerOverrides",
    Kind::List(&Member::new("member", &CONTAINER_OVERRIDE)),
);
pub(super) static CONTAINER_RESTART_POLICY: Schema = Schema::new(
    "ContainerRestartPolicy",
    Kind::Structure(&[
        Member::new("enabled", &BOXED_BOOLEAN).required(),
        Member::new("ignoredExitCodes", &INTEGER_LIST),
        Member::new("restartAttemptPeriod", &BOXED_INTEGER),
    ]),
);
pub(super) static CONTAINER_STATE_CHANGE: Schema = Schema::new(
    "ContainerStateChange",
    Kind::Structure(&[
        Member::new("containerName", &STRING),
        Member::new("exitCode", &BOXED_INTEGER),
        Member::new("imageDigest", &STRING),
        Member::new("networkBindings", &NETWORK_BINDINGS),
        Member::new("reason", &STRING),
        Member::new("runtimeId", &STRING),
        Member::new("status", &STRING),
    ]),
);
pub(super) static CONTAINER_STATE_CHANGES: Schema = Schema::new(
    "ContainerStateChanges",
    Kind::List(&Member::new("member", &CONTAINER_STATE_CHANGE)),
);
pub(super) static CONTAINERS: Schema =
    Schema::new("Containers", Kind::List(&Member::new("member", &CONTAINER)));
pub(super) static CREATE_CLUSTER_REQUEST: Schema = Schema::new(
    "CreateClusterRequest",
    Kind::Structure(&[
        Member::new("capacityProviders", &STRING_LIST).refused(),
        Member::new("clusterName", &STRING),
        Member::new("configuration", &CLUSTER_CONFIGURATION).refused(),
        Member::new(
            "defaultCapacityProviderStrategy",
            &CAPACITY_PROVIDER_STRATEGY,
        )
        .refused(),
        Member::new(
            "serviceConnectDefaults",
            &CLUSTER_SERVICE_CONNECT_DEFAULTS_REQUEST,
        )
        .refused(),
        Member::new("settings", &CLUSTER_SETTINGS),
        Member::new("tags", &TAGS),
    ]),
);
pub(super) static CREATE_CLUSTER_RESPONSE: Schema = Schema::new(
    "CreateClusterResponse",
    Kind::Structure(&[Member::new("cluster", &CLUSTER)]),
);
pub(super) static DELETE_ACCOUNT_SETTING_REQUEST: Schema = Schema::new(
    "DeleteAccountSettingRequest",
    Kind::Structure(&[
        Member::new("name", &SETTING_NAME).required(),
        Member::new("principalArn", &STRING),
    ]),
);
pub(super) static DELETE_ACCOUNT_SETTING_RESPONSE: Schema = Schema::new(
    "DeleteAccountSettingResponse",
    Kind::Structure(&[Member::new("setting", &SETTING)]),
);
pub(super) static DELETE_CLUSTER_REQUEST: Schema = Schema::new(
    "DeleteClusterRequest",
    Kind::Structure(&[Member::new("cluster", &STRING).required()]),
);
pub(super) static DELETE_CLUSTER_RESPONSE: Schema = Schema::new(
    "DeleteClusterResponse",
    Kind::Structure(&[Member::new("cluster", &CLUSTER)]),
);
pub(super) static DELETE_TASK_DEFINITIONS_REQUEST: Schema = Schema::new(
    "DeleteTaskDefinitionsRequest",
    Kind::Structure(&[Member::new("taskDefinitions", &STRING_LIST).required()]),
);
pub(super) static DELETE_TASK_DEFINITIONS_RESPONSE: Schema = Schema::new(
    "DeleteTaskDefinitionsResponse",
    Kind::Structure(&[
        Member::new("failures", &FAILURES),
        Member::new("taskDefinitions", &TASK_DEFINITION_LIST),
    ]),
);
pub(super) static DEREGISTER_CONTAINER_INSTANCE_REQUEST: Schema = Schema::new(
    "DeregisterContainerInstanceRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstance", &STRING).required(),
        Member::new("force", &BOXED_BOOLEAN),
    ]),
);
pub(super) static DEREGISTER_CONTAINER_INSTANCE_RESPONSE: Schema = Schema::new(
    "DeregisterContainerInstanceResponse",
    Kind::Structure(&[Member::new("containerInstance", &CONTAINER_INSTANCE)]),
);
pub(super) static DEREGISTER_TASK_DEFINITION_REQUEST: Schema = Schema::new(
    "DeregisterTaskDefinitionRequest",
    Kind::Structure(&[Member::new("taskDefinition", &STRING).required()]),
);
pub(super) static DEREGISTER_TASK_DEFINITION_RESPONSE: Schema = Schema::new(
    "DeregisterTaskDefinitionResponse",
    Kind::Structure(&[Member::new("taskDefinition", &TASK_DEFINITION)]),
);
pub(super) static DESCRIBE_CLUSTERS_REQUEST: Schema = Schema::new(
    "DescribeClustersRequest",
    Kind::Structure(&[
        Member::new("clusters", &STRING_LIST),
        Member::new("include", &CLUSTER_FIELD_LIST),
    ]),
);
pub(super) static DESCRIBE_CLUSTERS_RESPONSE: Schema = Schema::new(
    "DescribeClustersResponse",
    Kind::Structure(&[
        Member::new("clusters", &CLUSTERS),
        Member::new("failures", &FAILURES),
    ]),
);
pub(super) static DESCRIBE_CONTAINER_INSTANCES_REQUEST: Schema = Schema::new(
    "DescribeContainerInstancesRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstances", &STRING_LIST).required(),
        Member::new("include", &CONTAINER_INSTANCE_FIELD_LIST),
    ]),
);
pub(super) static DESCRIBE_CONTAINER_INSTANCES_RESPONSE: Schema = Schema::new(
    "DescribeContainerInstancesResponse",
    Kind::Structure(&[
        Member::new("containerInstances", &CONTAINER_INSTANCES),
        Member::new("failures", &FAILURES),
    ]),
);
pub(super) static DESCRIBE_TASK_DEFINITION_REQUEST: Schema = Schema::new(
    "DescribeTaskDefinitionRequest",
    Kind::Structure(&[
        Member::new("include", &TASK_DEFINITION_FIELD_LIST),
        Member::new("taskDefinition", &STRING).required(),
    ]),
);
pub(super) static DESCRIBE_TASK_DEFINITION_RESPONSE: Schema = Schema::new(
    "DescribeTaskDefinitionResponse",
    Kind::Structure(&[
        Member::new("tags", &TAGS),
        Member::new("taskDefinition", &TASK_DEFINITION),
    ]),
);
pub(super) static DESCRIBE_TASKS_REQUEST: Schema = Schema::new(
    "DescribeTasksRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("include", &TASK_FIELD_LIST),
        Member::new("tasks", &STRING_LIST).required(),
    ]),
);
pub(super) static DESCRIBE_TASKS_RESPONSE: Schema = Schema::new(
    "DescribeTasksResponse",
    Kind::Structure(&[
        Member::new("failures", &FAILURES),
        Member::new("tasks", &TASKS),
    ]),
);
pub(super) static DESIRED_STATUS: Schema =
    Schema::new("DesiredStatus", Kind::Enum(types::DesiredStatus::VALUES));
pub(super) static DEVICE: Schema = Schema::new(
    "Device",
    Kind::Structure(&[
        Member::new("containerPath", &STRING),
        Member::new("hostPath", &STRING).required(),
        Member::new("permissions", &DEVICE_CGROUP_PERMISSIONS),
    ]),
);
pub(super) static DEVICE_CGROUP_PERMISSION: Schema = Schema::new(
    "DeviceCgroupPermission",
    Kind::Enum(types::DeviceCgroupPermission::VALUES),
);
pub(super) static DEVICE_CGROUP_PERMISSIONS: Schema = Schema::new(
    "DeviceCgroupPermissions",
    Kind::List(&Member::new("member", &DEVICE_CGROUP_PERMISSION)),
);
pub(super) static DEVICES_LIST: Schema =
    Schema::new("DevicesList", Kind::List(&Member::new("member", &DEVICE)));
pub(super) static DISCOVER_POLL_ENDPOINT_REQUEST: Schema = Schema::new(
    "DiscoverPollEndpointRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstance", &STRING),
    ]),
);
pub(super) static DISCOVER_POLL_ENDPOINT_RESPONSE: Schema = Schema::new(
    "DiscoverPollEndpointResponse",
    Kind::Structure(&[
        Member::new("endpoint", &STRING),
        Member::new("serviceConnectEndpoint", &STRING),
        Member::new("telemetryEndpoint", &STRING),
    ]),
);
pub(super) static DOCKER_LABELS_MAP: Schema = Schema::new(
    "DockerLabelsMap",
    Kind::Map(&Member::new("key", &STRING), &Member::new("value", &STRING)),
);
pub(super) static DOCKER_VOLUME_CONFIGURATION: Schema = Schema::new(
    "DockerVolumeConfiguration",
    Kind::Structure(&[
        Member::new("autoprovision", &BOXED_BOOLEAN),
        Member::new("driver", &STRING).refused_unless(&["local"]),
        Member::new("driverOpts", &STRING_MAP),
        Member::new("labels", &STRING_MAP).refused(),
        Member::new("scope", &SCOPE),
    ]),
);
pub(super) static DOUBLE: Schema = Schema::new("Double", Kind::Double);
pub(super) static EBSKMS_KEY_ID: Schema = Schema::new("EBSKMSKeyId", Kind::String);
pub(super) static EBS_RESOURCE_TYPE: Schema = Schema::new(
    "EBSResourceType",
    Kind::Enum(types::EBSResourceType::VALUES),
);
pub(super) static EBS_SNAPSHOT_ID: Schema = Schema::new("EBSSnapshotId", Kind::String);
pub(super) static EBS_TAG_SPECIFICATION: Schema = Schema::new(
    "EBSTagSpecification",
    Kind::Structure(&[
        Member::new("propagateTags", &PROPAGATE_TAGS).refused(),
        Member::new("resourceType", &EBS_RESOURCE_TYPE)
            .required()
            .refused(),
        Member::new("tags", &TAGS).refused(),
    ]),
);
pub(super) static EBS_TAG_SPECIFICATIONS: Schema = Schema::new(
    "EBSTagSpecifications",
    Kind::List(&Member::new("member", &EBS_TAG_SPECIFICATION)),
);
pub(super) static EBS_VOLUME_TYPE: Schema = Schema::new("EBSVolumeType", Kind::String);
pub(super) static ECS_VOLUME_NAME: Schema = Schema::new("ECSVolumeName", Kind::String);
pub(super) static EFS_AUTHORIZATION_CONFIG: Schema = Schema::new(
    "EFSAuthorizationConfig",
    Kind::Structure(&[
        Member::new("accessPointId", &STRING).refused(),
        Member::new("iam", &EFS_AUTHORIZATION_CONFIG_IAM).refused(),
    ]),
);
pub(super) static EFS_AUTHORIZATION_CONFIG_IAM: Schema = Schema::new(
    "EFSAuthorizationConfigIAM",
    Kind::Enum(types::EFSAuthorizationConfigIAM::VALUES),
);
pub(super) static EFS_TRANSIT_ENCRYPTION: Schema = Schema::new(
    "EFSTransitEncryption",
    Kind::Enum(types::EFSTransitEncryption::VALUES),
);
pub(super) static EFS_VOLUME_CONFIGURATION: Schema = Schema::new(
    "EFSVolumeConfiguration",
    Kind::Structure(&[
        Member::new("authorizationConfig", &EFS_AUTHORIZATION_CONFIG).refused(),
        Member::new("fileSystemId", &STRING).required().refused(),
        Member::new("rootDirectory", &STRING).refused(),
        Member::new("transitEncryption", &EFS_TRANSIT_ENCRYPTION).refused(),
        Member::new("transitEncryptionPort", &BOXED_INTEGER).refused(),
    ]),
);
pub(super) static ENVIRONMENT_FILE: Schema = Schema::new(
    "EnvironmentFile",
    Kind::Structure(&[
        Member::new("type", &ENVIRONMENT_FILE_TYPE)
            .required()
            .refused(),
        Member::new("value", &STRING).required().refused(),
    ]),
);
pub(super) static ENVIRONMENT_FILE_TYPE: Schema = Schema::new(
    "EnvironmentFileType",
    Kind::Enum(types::EnvironmentFileType::VALUES),
);
pub(super) static ENVIRONMENT_FILES: Schema = Schema::new(
    "EnvironmentFiles",
    Kind::List(&Member::new("member", &ENVIRONMENT_FILE)),
);
pub(super) static ENVIRONMENT_VARIABLES: Schema = Schema::new(
    "EnvironmentVariables",
    Kind::List(&Member::new("member", &KEY_VALUE_PAIR)),
)
.sensitive();
pub(super) static EPHEMERAL_STORAGE: Schema = Schema::new(
    "EphemeralStorage",
    Kind::Structure(&[Member::new("sizeInGiB", &INTEGER).required()]),
);
pub(super) static EXECUTE_COMMAND_CONFIGURATION: Schema = Schema::new(
    "ExecuteCommandConfiguration",
    Kind::Structure(&[
        Member::new("kmsKeyId", &STRING).refused(),
        Member::new("logConfiguration", &EXECUTE_COMMAND_LOG_CONFIGURATION).refused(),
        Member::new("logging", &EXECUTE_COMMAND_LOGGING).refused(),
    ]),
);
pub(super) static EXECUTE_COMMAND_LOG_CONFIGURATION: Schema = Schema::new(
    "ExecuteCommandLogConfiguration",
    Kind::Structure(&[
        Member::new("cloudWatchEncryptionEnabled", &BOOLEAN).refused(),
        Member::new("cloudWatchLogGroupName", &STRING).refused(),
        Member::new("s3BucketName", &STRING).refused(),
        Member::new("s3EncryptionEnabled", &BOOLEAN).refused(),
        Member::new("s3KeyPrefix", &STRING).refused(),
    ]),
);
pub(super) static EXECUTE_COMMAND_LOGGING: Schema = Schema::new(
    "ExecuteCommandLogging",
    Kind::Enum(types::ExecuteCommandLogging::VALUES),
);
pub(super) static F_SX_WINDOWS_FILE_SERVER_AUTHORIZATION_CONFIG: Schema = Schema::new(
    "FSxWindowsFileServerAuthorizationConfig",
    Kind::Structure(&[
        Member::new("credentialsParameter", &STRING)
            .required()
            .refused(),
        Member::new("domain", &STRING).required().refused(),
    ]),
);
pub(super) static F_SX_WINDOWS_FILE_SERVER_VOLUME_CONFIGURATION: Schema = Schema::new(
    "FSxWindowsFileServerVolumeConfiguration",
    Kind::Structure(&[
        Member::new(
            "authorizationConfig",
            &F_SX_WINDOWS_FILE_SERVER_AUTHORIZATION_CONFIG,
        )
        .required()
        .refused(),
        Member::new("fileSystemId", &STRING).required().refused(),
        Member::new("rootDirectory", &STRING).required().refused(),
    ]),
);
pub(super) static FAILURE: Schema = Schema::new(
    "Failure",
    Kind::Structure(&[
        Member::new("arn", &STRING),
        Member::new("detail", &STRING),
        Member::new("reason", &STRING),
    ]),
);
pub(super) static FAILURES: Schema =
    Schema::new("Failures", Kind::List(&Member::new("member", &FAILURE)));
pub(super) static FIRELENS_CONFIGURATION: Schema = Schema::new(
    "FirelensConfiguration",
    Kind::Structure(&[
        Member::new("options", &FIRELENS_CONFIGURATION_OPTIONS_MAP).refused(),
        Member::new("type", &FIRELENS_CONFIGURATION_TYPE)
            .required()
            .refused(),
    ]),
);
pub(super) static FIRELENS_CONFIGURATION_OPTIONS_MAP: Schema = Schema::new(
    "FirelensConfigurationOptionsMap",
    Kind::Map(&Member::new("key", &STRING), &Member::new("value", &STRING)),
);
pub(super) static FIRELENS_CONFIGURATION_TYPE: Schema = Schema::new(
    "FirelensConfigurationType",
    Kind::Enum(types::FirelensConfigurationType::VALUES),
);
pub(super) static GPU_DEVICE: Schema = Schema::new(
    "GpuDevice",
    Kind::Structure(&[
        Member::new("containerCount", &BOXED_INTEGER),
        Member::new("gpuId", &STRING),
        Member::new("remainingMemoryInMiB", &BOXED_INTEGER),
        Member::new("sharingMode", &GPU_SHARING_MODE),
        Member::new("totalMemoryInMiB", &BOXED_INTEGER),
    ]),
);
pub(super) static GPU_DEVICES: Schema = Schema::new(
    "GpuDevices",
    Kind::List(&Member::new("member", &GPU_DEVICE)),
);
pub(super) static GPU_IDS: Schema =
    Schema::new("GpuIds", Kind::List(&Member::new("member", &STRING)));
pub(super) static GPU_SHARING_MODE: Schema =
    Schema::new("GpuSharingMode", Kind::Enum(types::GpuSharingMode::VALUES));
pub(super) static HEALTH_CHECK: Schema = Schema::new(
    "HealthCheck",
    Kind::Structure(&[
        Member::new("command", &STRING_LIST).required(),
        Member::new("interval", &BOXED_INTEGER),
        Member::new("retries", &BOXED_INTEGER),
        Member::new("startPeriod", &BOXED_INTEGER),
        Member::new("timeout", &BOXED_INTEGER),
    ]),
);
pub(super) static HEALTH_STATUS: Schema =
    Schema::new("HealthStatus", Kind::Enum(types::HealthStatus::VALUES));
pub(super) static HOST_ENTRY: Schema = Schema::new(
    "HostEntry",
    Kind::Structure(&[
        Member::new("hostname", &STRING).required(),
        Member::new("ipAddress", &STRING).required(),
    ]),
);
pub(super) static HOST_ENTRY_LIST: Schema = Schema::new(
    "HostEntryList",
    Kind::List(&Member::new("member", &HOST_ENTRY)),
);
pub(super) static HOST_VOLUME_PROPERTIES: Schema = Schema::new(
    "HostVolumeProperties",
    Kind::Structure(&[Member::new("sourcePath", &STRING)]),
);
pub(super) static IAM_ROLE_ARN: Schema = Schema::new("IAMRoleArn", Kind::String);
pub(super) static INFERENCE_ACCELERATOR: Schema = Schema::new(
    "InferenceAccelerator",
    Kind::Structure(&[
        Member::new("deviceName", &STRING).required().refused(),
        Member::new("deviceType", &STRING).required().refused(),
    ]),
);
pub(super) static INFERENCE_ACCELERATOR_OVERRIDE: Schema = Schema::new(
    "InferenceAcceleratorOverride",
    Kind::Structure(&[
        Member::new("deviceName", &STRING).refused(),
        Member::new("deviceType", &STRING).refused(),
    ]),
);
pub(super) static INFERENCE_ACCELERATOR_OVERRIDES: Schema = Schema::new(
    "InferenceAcceleratorOverrides",
    Kind::List(&Member::new("member", &INFERENCE_ACCELERATOR_OVERRIDE)),
);
pub(super) static INFERENCE_ACCELERATORS: Schema = Schema::new(
    "InferenceAccelerators",
    Kind::List(&Member::new("member", &INFERENCE_ACCELERATOR)),
);
pub(super) static INSTANCE_HEALTH_CHECK_RESULT: Schema = Schema::new(
    "InstanceHealthCheckResult",
    Kind::Structure(&[
        Member::new("lastStatusChange", &TIMESTAMP),
        Member::new("lastUpdated", &TIMESTAMP),
        Member::new("status", &INSTANCE_HEALTH_CHECK_STATE),
        Member::new("statusReason", &STRING),
        Member::new("type", &INSTANCE_HEALTH_CHECK_TYPE),
    ]),
);
pub(super) static INSTANCE_HEALTH_CHECK_RESULT_LIST: Schema = Schema::new(
    "InstanceHealthCheckResultList",
    Kind::List(&Member::new("member", &INSTANCE_HEALTH_CHECK_RESULT)),
);
pub(super) static INSTANCE_HEALTH_CHECK_STATE: Schema = Schema::new(
    "InstanceHealthCheckState",
    Kind::Enum(types::InstanceHealthCheckState::VALUES),
);
pub(super) static INSTANCE_HEALTH_CHECK_TYPE: Schema = Schema::new(
    "InstanceHealthCheckType",
    Kind::Enum(types::InstanceHealthCheckType::VALUES),
);
pub(super) static INTEGER: Schema = Schema::new("Integer", Kind::Integer);
pub(super) static INTEGER_LIST: Schema = Schema::new(
    "IntegerList",
    Kind::List(&Member::new("member", &BOXED_INTEGER)),
);
pub(super) static INVALID_PARAMETER_EXCEPTION: Schema = Schema::new(
    "InvalidParameterException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static IPC_MODE: Schema = Schema::new("IpcMode", Kind::Enum(types::IpcMode::VALUES));
pub(super) static ISOLATION_MODE: Schema =
    Schema::new("IsolationMode", Kind::Enum(types::IsolationMode::VALUES));
pub(super) static KERNEL_CAPABILITIES: Schema = Schema::new(
    "KernelCapabilities",
    Kind::Structure(&[
        Member::new("add", &STRING_LIST),
        Member::new("drop", &STRING_LIST),
    ]),
);
pub(super) static KEY_VALUE_PAIR: Schema = Schema::new(
    "KeyValuePair",
    Kind::Structure(&[Member::new("name", &STRING), Member::new("value", &STRING)]),
);
pub(super) static LAUNCH_TYPE: Schema =
    Schema::new("LaunchType", Kind::Enum(types::LaunchType::VALUES));
pub(super) static LIMIT_EXCEEDED_EXCEPTION: Schema = Schema::new(
    "LimitExceededException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static LINUX_PARAMETERS: Schema = Schema::new(
    "LinuxParameters",
    Kind::Structure(&[
        Member::new("capabilities", &KERNEL_CAPABILITIES),
        Member::new("devices", &DEVICES_LIST),
        Member::new("initProcessEnabled", &BOXED_BOOLEAN),
        Member::new("maxSwap", &BOXED_INTEGER),
        Member::new("sharedMemorySize", &BOXED_INTEGER),
        Member::new("swappiness", &BOXED_INTEGER),
        Member::new("tmpfs", &TMPFS_LIST),
    ]),
);
pub(super) static LIST_ACCOUNT_SETTINGS_REQUEST: Schema = Schema::new(
    "ListAccountSettingsRequest",
    Kind::Structure(&[
        Member::new("effectiveSettings", &BOOLEAN),
        Member::new("maxResults", &INTEGER),
        Member::new("name", &SETTING_NAME),
        Member::new("nextToken", &STRING),
        Member::new("principalArn", &STRING),
        Member::new("value", &STRING),
    ]),
);
pub(super) static LIST_ACCOUNT_SETTINGS_RESPONSE: Schema = Schema::new(
    "ListAccountSettingsResponse",
    Kind::Structure(&[
        Member::new("nextToken", &STRING),
        Member::new("settings", &SETTINGS),
    ]),
);
pub(super) static LIST_CLUSTERS_REQUEST: Schema = Schema::new(
    "ListClustersRequest",
    Kind::Structure(&[
        Member::new("maxResults", &BOXED_INTEGER),
        Member::new("nextToken", &STRING),
    ]),
);
pub(super) static LIST_CLUSTERS_RESPONSE: Schema = Schema::new(
    "ListClustersResponse",
    Kind::Structure(&[
        Member::new("clusterArns", &STRING_LIST),
        Member::new("nextToken", &STRING),
    ]),
);
pub(super) static LIST_CONTAINER_INSTANCES_REQUEST: Schema = Schema::new(
    "ListContainerInstancesRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("filter", &STRING),
        Member::new("maxResults", &BOXED_INTEGER),
        Member::new("nextToken", &STRING),
        Member::new("status", &CONTAINER_INSTANCE_STATUS),
    ]),
);
pub(super) static LIST_CONTAINER_INSTANCES_RESPONSE: Schema = Schema::new(
    "ListContainerInstancesResponse",
    Kind::Structure(&[
        Member::new("containerInstanceArns", &STRING_LIST),
        Member::new("nextToken", &STRING),
    ]),
);
pub(super) static LIST_TAGS_FOR_RESOURCE_REQUEST: Schema = Schema::new(
    "ListTagsForResourceRequest",
    Kind::Structure(&[Member::new("resourceArn", &STRING).required()]),
);
pub(super) static LIST_TAGS_FOR_RESOURCE_RESPONSE: Schema = Schema::new(
    "ListTagsForResourceResponse",
    Kind::Structure(&[Member::new("tags", &TAGS)]),
);
pub(super) static LIST_TASK_DEFINITION_FAMILIES_REQUEST: Schema = Schema::new(
    "ListTaskDefinitionFamiliesRequest",
    Kind::Structure(&[
        Member::new("familyPrefix", &STRING),
        Member::new("maxResults", &BOXED_INTEGER),
        Member::new("nextToken", &STRING),
        Member::new("status", &TASK_DEFINITION_FAMILY_STATUS),
    ]),
);
pub(super) static LIST_TASK_DEFINITION_FAMILIES_RESPONSE: Schema = Schema::new(
    "ListTaskDefinitionFamiliesResponse",
    Kind::Structure(&[
        Member::new("families", &STRING_LIST),
        Member::new("nextToken", &STRING),
    ]),
);
pub(super) static LIST_TASK_DEFINITIONS_REQUEST: Schema = Schema::new(
    "ListTaskDefinitionsRequest",
    Kind::Structure(&[
        Member::new("familyPrefix", &STRING),
        Member::new("maxResults", &BOXED_INTEGER),
        Member::new("nextToken", &STRING),
        Member::new("sort", &SORT_ORDER),
        Member::new("status", &TASK_DEFINITION_STATUS),
    ]),
);
pub(super) static LIST_TASK_DEFINITIONS_RESPONSE: Schema = Schema::new(
    "ListTaskDefinitionsResponse",
    Kind::Structure(&[
        Member::new("nextToken", &STRING),
        Member::new("taskDefinitionArns", &STRING_LIST),
    ]),
);
pub(super) static LIST_TASKS_REQUEST: Schema = Schema::new(
    "ListTasksRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstance", &STRING),
        Member::new("daemonName", &STRING).refused(),
        Member::new("desiredStatus", &DESIRED_STATUS),
        Member::new("family", &STRING),
        Member::new("launchType", &LAUNCH_TYPE),
        Member::new("maxResults", &BOXED_INTEGER),
        Member::new("nextToken", &STRING),
        Member::new("serviceName", &STRING),
        Member::new("startedBy", &STRING),
    ]),
);
pub(super) static LIST_TASKS_RESPONSE: Schema = Schema::new(
    "ListTasksResponse",
    Kind::Structure(&[
        Member::new("nextToken", &STRING),
        Member::new("taskArns", &STRING_LIST),
    ]),
);
pub(super) static LOG_CONFIGURATION: Schema = Schema::new(
    "LogConfiguration",
    Kind::Structure(&[
        Member::new("logDriver", &LOG_DRIVER).required(),
        Member::new("options", &LOG_CONFIGURATION_OPTIONS_MAP),
        Member::new("secretOptions", &SECRET_LIST).refused(),
    ]),
);
pub(super) static LOG_CONFIGURATION_OPTIONS_MAP: Schema = Schema::new(
    "LogConfigurationOptionsMap",
    Kind::Map(&Member::new("key", &STRING), &Member::new("value", &STRING)),
);
pub(super) static LOG_DRIVER: Schema = Schema::new("LogDriver", Kind::String);
pub(super) static LONG: Schema = Schema::new("Long", Kind::Long);
pub(super) static MANAGED_AGENT: Schema = Schema::new(
    "ManagedAgent",
    Kind::Structure(&[
        Member::new("lastStartedAt", &TIMESTAMP),
        Member::new("lastStatus", &STRING),
        Member::new("name", &MANAGED_AGENT_NAME),
        Member::new("reason", &STRING),
    ]),
);
pub(super) static MANAGED_AGENT_NAME: Schema = Schema::new(
    "ManagedAgentName",
    Kind::Enum(types::ManagedAgentName::VALUES),
);
pub(super) static MANAGED_AGENT_STATE_CHANGE: Schema = Schema::new(
    "ManagedAgentStateChange",
    Kind::Structure(&[
        Member::new("containerName", &STRING).required(),
        Member::new("managedAgentName", &MANAGED_AGENT_NAME).required(),
        Member::new("reason", &STRING),
        Member::new("status", &STRING).required(),
    ]),
);
pub(super) static MANAGED_AGENT_STATE_CHANGES: Schema = Schema::new(
    "ManagedAgentStateChanges",
    Kind::List(&Member::new("member", &MANAGED_AGENT_STATE_CHANGE)),
);
pub(super) static MANAGED_AGENTS: Schema = Schema::new(
    "ManagedAgents",
    Kind::List(&Member::new("member", &MANAGED_AGENT)),
);
pub(super) static MANAGED_STORAGE_CONFIGURATION: Schema = Schema::new(
    "ManagedStorageConfiguration",
    Kind::Structure(&[
        Member::new("fargateEphemeralStorageKmsKeyId", &STRING).refused(),
        Member::new("kmsKeyId", &STRING).refused(),
    ]),
);
pub(super) static MOUNT_POINT: Schema = Schema::new(
    "MountPoint",
    Kind::Structure(&[
        Member::new("containerPath", &STRING),
        Member::new("readOnly", &BOXED_BOOLEAN),
        Member::new("sourceVolume", &STRING),
    ]),
);
pub(super) static MOUNT_POINT_LIST: Schema = Schema::new(
    "MountPointList",
    Kind::List(&Member::new("member", &MOUNT_POINT)),
);
pub(super) static NAMESPACE_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "NamespaceNotFoundException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static NETWORK_BINDING: Schema = Schema::new(
    "NetworkBinding",
    Kind::Structure(&[
        Member::new("bindIP", &STRING),
        Member::new("containerPort", &BOXED_INTEGER),
        Member::new("containerPortRange", &STRING),
        Member::new("hostPort", &BOXED_INTEGER),
        Member::new("hostPortRange", &STRING),
        Member::new("protocol", &TRANSPORT_PROTOCOL),
    ]),
);
pub(super) static NETWORK_BINDINGS: Schema = Schema::new(
    "NetworkBindings",
    Kind::List(&Member::new("member", &NETWORK_BINDING)),
);
pub(super) static NETWORK_CONFIGURATION: Schema = Schema::new(
    "NetworkConfiguration",
    Kind::Structure(&[Member::new("awsvpcConfiguration", &AWS_VPC_CONFIGURATION)]),
);
pub(super) static NETWORK_INTERFACE: Schema = Schema::new(
    "NetworkInterface",
    Kind::Structure(&[
        Member::new("attachmentId", &STRING),
        Member::new("ipv6Address", &STRING),
        Member::new("privateIpv4Address", &STRING),
    ]),
);
pub(super) static NETWORK_INTERFACES: Schema = Schema::new(
    "NetworkInterfaces",
    Kind::List(&Member::new("member", &NETWORK_INTERFACE)),
);
pub(super) static NETWORK_MODE: Schema =
    Schema::new("NetworkMode", Kind::Enum(types::NetworkMode::VALUES));
pub(super) static NEURON_DEVICE_IDS: Schema = Schema::new(
    "NeuronDeviceIds",
    Kind::List(&Member::new("member", &STRING)),
);
pub(super) static NVIDIA_MPS_ALLOCATION: Schema = Schema::new(
    "NvidiaMpsAllocation",
    Kind::Structure(&[
        Member::new(
            "maxComputePercent",
            &NVIDIA_MPS_ALLOCATION_MAX_COMPUTE_PERCENT_INTEGER,
        )
        .refused(),
        Member::new("memory", &NVIDIA_MPS_ALLOCATION_MEMORY_INTEGER)
            .required()
            .refused(),
    ]),
);
pub(super) static NVIDIA_MPS_ALLOCATION_MAX_COMPUTE_PERCENT_INTEGER: Schema =
    Schema::new("NvidiaMpsAllocationMaxComputePercentInteger", Kind::Integer)
        .min(1)
        .max(100);
pub(super) static NVIDIA_MPS_ALLOCATION_MEMORY_INTEGER: Schema =
    Schema::new("NvidiaMpsAllocationMemoryInteger", Kind::Integer).min(1);
pub(super) static OS_FAMILY: Schema = Schema::new("OSFamily", Kind::Enum(types::OSFamily::VALUES));
pub(super) static PID_MODE: Schema = Schema::new("PidMode", Kind::Enum(types::PidMode::VALUES));
pub(super) static PLACEMENT_CONSTRAINT: Schema = Schema::new(
    "PlacementConstraint",
    Kind::Structure(&[
        Member::new("expression", &STRING),
        Member::new("type", &PLACEMENT_CONSTRAINT_TYPE),
    ]),
);
pub(super) static PLACEMENT_CONSTRAINT_TYPE: Schema = Schema::new(
    "PlacementConstraintType",
    Kind::Enum(types::PlacementConstraintType::VALUES),
);
pub(super) static PLACEMENT_CONSTRAINTS: Schema = Schema::new(
    "PlacementConstraints",
    Kind::List(&Member::new("member", &PLACEMENT_CONSTRAINT)),
);
pub(super) static PLACEMENT_STRATEGIES: Schema = Schema::new(
    "PlacementStrategies",
    Kind::List(&Member::new("member", &PLACEMENT_STRATEGY)),
);
pub(super) static PLACEMENT_STRATEGY: Schema = Schema::new(
    "PlacementStrategy",
    Kind::Structure(&[
        Member::new("field", &STRING),
        Member::new("type", &PLACEMENT_STRATEGY_TYPE),
    ]),
);
pub(super) static PLACEMENT_STRATEGY_TYPE: Schema = Schema::new(
    "PlacementStrategyType",
    Kind::Enum(types::PlacementStrategyType::VALUES),
);
pub(super) static PLATFORM_DEVICE: Schema = Schema::new(
    "PlatformDevice",
    Kind::Structure(&[
        Member::new("id", &STRING).required(),
        Member::new("type", &PLATFORM_DEVICE_TYPE).required(),
    ]),
);
pub(super) static PLATFORM_DEVICE_TYPE: Schema = Schema::new(
    "PlatformDeviceType",
    Kind::Enum(types::PlatformDeviceType::VALUES),
);
pub(super) static PLATFORM_DEVICES: Schema = Schema::new(
    "PlatformDevices",
    Kind::List(&Member::new("member", &PLATFORM_DEVICE)),
);
pub(super) static PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION: Schema = Schema::new(
    "PlatformTaskDefinitionIncompatibilityException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static PLATFORM_UNKNOWN_EXCEPTION: Schema = Schema::new(
    "PlatformUnknownException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static PORT_MAPPING: Schema = Schema::new(
    "PortMapping",
    Kind::Structure(&[
        Member::new("appProtocol", &APPLICATION_PROTOCOL),
        Member::new("containerPort", &BOXED_INTEGER),
        Member::new("containerPortRange", &STRING),
        Member::new("hostPort", &BOXED_INTEGER),
        Member::new("name", &STRING),
        Member::new("protocol", &TRANSPORT_PROTOCOL),
    ]),
);
pub(super) static PORT_MAPPING_LIST: Schema = Schema::new(
    "PortMappingList",
    Kind::List(&Member::new("member", &PORT_MAPPING)),
);
pub(super) static PROPAGATE_TAGS: Schema =
    Schema::new("PropagateTags", Kind::Enum(types::PropagateTags::VALUES));
pub(super) static PROXY_CONFIGURATION: Schema = Schema::new(
    "ProxyConfiguration",
    Kind::Structure(&[
        Member::new("containerName", &STRING).required().refused(),
        Member::new("properties", &PROXY_CONFIGURATION_PROPERTIES).refused(),
        Member::new("type", &PROXY_CONFIGURATION_TYPE).refused(),
    ]),
);
pub(super) static PROXY_CONFIGURATION_PROPERTIES: Schema = Schema::new(
    "ProxyConfigurationProperties",
    Kind::List(&Member::new("member", &KEY_VALUE_PAIR)),
);
pub(super) static PROXY_CONFIGURATION_TYPE: Schema = Schema::new(
    "ProxyConfigurationType",
    Kind::Enum(types::ProxyConfigurationType::VALUES),
);
pub(super) static PUT_ACCOUNT_SETTING_DEFAULT_REQUEST: Schema = Schema::new(
    "PutAccountSettingDefaultRequest",
    Kind::Structure(&[
        Member::new("name", &SETTING_NAME).required(),
        Member::new("value", &STRING).required(),
    ]),
);
pub(super) static PUT_ACCOUNT_SETTING_DEFAULT_RESPONSE: Schema = Schema::new(
    "PutAccountSettingDefaultResponse",
    Kind::Structure(&[Member::new("setting", &SETTING)]),
);
pub(super) static PUT_ACCOUNT_SETTING_REQUEST: Schema = Schema::new(
    "PutAccountSettingRequest",
    Kind::Structure(&[
        Member::new("name", &SETTING_NAME).required(),
        Member::new("principalArn", &STRING),
        Member::new("value", &STRING).required(),
    ]),
);
pub(super) static PUT_ACCOUNT_SETTING_RESPONSE: Schema = Schema::new(
    "PutAccountSettingResponse",
    Kind::Structure(&[Member::new("setting", &SETTING)]),
);
pub(super) static REGISTER_CONTAINER_INSTANCE_REQUEST: Schema = Schema::new(
    "RegisterContainerInstanceRequest",
    Kind::Structure(&[
        Member::new("attributes", &ATTRIBUTES),
        Member::new("cluster", &STRING),
        Member::new("containerInstanceArn", &STRING),
        Member::new("instanceIdentityDocument", &STRING),
        Member::new("instanceIdentityDocumentSignature", &STRING),
        Member::new("platformDevices", &PLATFORM_DEVICES),
        Member::new("tags", &TAGS),
        Member::new("totalResources", &RESOURCES),
        Member::new("versionInfo", &VERSION_INFO),
    ]),
);
pub(super) static REGISTER_CONTAINER_INSTANCE_RESPONSE: Schema = Schema::new(
    "RegisterContainerInstanceResponse",
    Kind::Structure(&[Member::new("containerInstance", &CONTAINER_INSTANCE)]),
);
pub(super) static REGISTER_TASK_DEFINITION_REQUEST: Schema = Schema::new(
    "RegisterTaskDefinitionRequest",
    Kind::Structure(&[
        Member::new("containerDefinitions", &CONTAINER_DEFINITIONS).required(),
        Member::new("cpu", &STRING),
        Member::new("enableFaultInjection", &BOXED_BOOLEAN).refused(),
        Member::new("ephemeralStorage", &EPHEMERAL_STORAGE),
        Member::new("executionRoleArn", &STRING),
        Member::new("family", &STRING).required(),
        Member::new("inferenceAccelerators", &INFERENCE_ACCELERATORS).refused(),
        Member::new("ipcMode", &IPC_MODE),
        Member::new("memory", &STRING),
        Member::new("networkMode", &NETWORK_MODE),
        Member::new("pidMode", &PID_MODE),
        Member::new(
            "placementConstraints",
            &TASK_DEFINITION_PLACEMENT_CONSTRAINTS,
        ),
        Member::new("proxyConfiguration", &PROXY_CONFIGURATION).refused(),
        Member::new("requiresCompatibilities", &COMPATIBILITY_LIST),
        Member::new("runtimePlatform", &RUNTIME_PLATFORM),
        Member::new("tags", &TAGS),
        Member::new("taskRoleArn", &STRING).refused(),
        Member::new(
            "trustedExecutionConfiguration",
            &TRUSTED_EXECUTION_CONFIGURATION,
        )
        .refused(),
        Member::new("volumes", &VOLUME_LIST),
    ]),
);
pub(super) static REGISTER_TASK_DEFINITION_RESPONSE: Schema = Schema::new(
    "RegisterTaskDefinitionResponse",
    Kind::Structure(&[
        Member::new("tags", &TAGS),
        Member::new("taskDefinition", &TASK_DEFINITION),
    ]),
);
pub(super) static REPOSITORY_CREDENTIALS: Schema = Schema::new(
    "RepositoryCredentials",
    Kind::Structure(&[Member::new("credentialsParameter", &STRING)
        .required()
        .refused()]),
)
.sensitive();
pub(super) static REQUIRES_ATTRIBUTES: Schema = Schema::new(
    "RequiresAttributes",
    Kind::List(&Member::new("member", &ATTRIBUTE)),
);
pub(super) static RESOURCE: Schema = Schema::new(
    "Resource",
    Kind::Structure(&[
        Member::new("doubleValue", &DOUBLE).refused(),
        Member::new("integerValue", &INTEGER),
        Member::new("longValue", &LONG).refused(),
        Member::new("name", &STRING),
        Member::new("stringSetValue", &STRING_LIST),
        Member::new("type", &STRING),
    ]),
);
pub(super) static RESOURCE_IDS: Schema =
    Schema::new("ResourceIds", Kind::List(&Member::new("member", &STRING)));
pub(super) static RESOURCE_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ResourceNotFoundException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static RESOURCE_REQUIREMENT: Schema = Schema::new(
    "ResourceRequirement",
    Kind::Structure(&[
        Member::new("sharingStrategy", &SHARING_STRATEGY).refused(),
        Member::new("type", &RESOURCE_TYPE).required().refused(),
        Member::new("value", &STRING).refused(),
    ]),
);
pub(super) static RESOURCE_REQUIREMENTS: Schema = Schema::new(
    "ResourceRequirements",
    Kind::List(&Member::new("member", &RESOURCE_REQUIREMENT)),
);
pub(super) static RESOURCE_TYPE: Schema =
    Schema::new("ResourceType", Kind::Enum(types::ResourceType::VALUES));
pub(super) static RESOURCES: Schema =
    Schema::new("Resources", Kind::List(&Member::new("member", &RESOURCE)));
pub(super) static RUN_TASK_REQUEST: Schema = Schema::new(
    "RunTaskRequest",
    Kind::Structure(&[
        Member::new("capacityProviderStrategy", &CAPACITY_PROVIDER_STRATEGY).refused(),
        Member::new("clientToken", &STRING).idempotency_token(),
        Member::new("cluster", &STRING),
        Member::new("count", &BOXED_INTEGER),
        Member::new("enableECSManagedTags", &BOOLEAN),
        Member::new("enableExecuteCommand", &BOOLEAN).refused(),
        Member::new("group", &STRING),
        Member::new("launchType", &LAUNCH_TYPE),
        Member::new("networkConfiguration", &NETWORK_CONFIGURATION),
        Member::new("overrides", &TASK_OVERRIDE),
        Member::new("placementConstraints", &PLACEMENT_CONSTRAINTS),
        Member::new("placementStrategy", &PLACEMENT_STRATEGIES),
        Member::new("platformVersion", &STRING),
        Member::new("propagateTags", &PROPAGATE_TAGS),
        Member::new("referenceId", &STRING).refused(),
        Member::new("startedBy", &STRING),
        Member::new("tags", &TAGS),
        Member::new("taskDefinition", &STRING).required(),
        Member::new("volumeConfigurations", &TASK_VOLUME_CONFIGURATIONS).refused(),
    ]),
);
pub(super) static RUN_TASK_RESPONSE: Schema = Schema::new(
    "RunTaskResponse",
    Kind::Structure(&[
        Member::new("failures", &FAILURES),
        Member::new("tasks", &TASKS),
    ]),
);
pub(super) static RUNTIME_PLATFORM: Schema = Schema::new(
    "RuntimePlatform",
    Kind::Structure(&[
        Member::new("cpuArchitecture", &CPU_ARCHITECTURE),
        Member::new("operatingSystemFamily", &OS_FAMILY).refused_unless(&["LINUX"]),
    ]),
);
pub(super) static S3_FILES_VOLUME_CONFIGURATION: Schema = Schema::new(
    "S3FilesVolumeConfiguration",
    Kind::Structure(&[
        Member::new("accessPointArn", &STRING).refused(),
        Member::new("fileSystemArn", &STRING).required().refused(),
        Member::new("rootDirectory", &STRING).refused(),
        Member::new("transitEncryptionPort", &BOXED_INTEGER).refused(),
    ]),
);
pub(super) static SCOPE: Schema = Schema::new("Scope", Kind::Enum(types::Scope::VALUES));
pub(super) static SECRET: Schema = Schema::new(
    "Secret",
    Kind::Structure(&[
        Member::new("name", &STRING).required().refused(),
        Member::new("valueFrom", &STRING).required().refused(),
    ]),
);
pub(super) static SECRET_LIST: Schema =
    Schema::new("SecretList", Kind::List(&Member::new("member", &SECRET)));
pub(super) static SERVER_EXCEPTION: Schema = Schema::new(
    "ServerException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static SERVICE_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ServiceNotFoundException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static SETTING: Schema = Schema::new(
    "Setting",
    Kind::Structure(&[
        Member::new("name", &SETTING_NAME),
        Member::new("principalArn", &STRING),
        Member::new("type", &SETTING_TYPE),
        Member::new("value", &STRING),
    ]),
);
pub(super) static SETTING_NAME: Schema =
    Schema::new("SettingName", Kind::Enum(types::SettingName::VALUES));
pub(super) static SETTING_TYPE: Schema =
    Schema::new("SettingType", Kind::Enum(types::SettingType::VALUES));
pub(super) static SETTINGS: Schema =
    Schema::new("Settings", Kind::List(&Member::new("member", &SETTING)));
pub(super) static SHARING_STRATEGY: Schema = Schema::new(
    "SharingStrategy",
    Kind::Union(&[Member::new("nvidiaMps", &NVIDIA_MPS_ALLOCATION).refused()]),
);
pub(super) static SORT_ORDER: Schema =
    Schema::new("SortOrder", Kind::Enum(types::SortOrder::VALUES));
pub(super) static START_TASK_REQUEST: Schema = Schema::new(
    "StartTaskRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstances", &STRING_LIST).required(),
        Member::new("enableECSManagedTags", &BOOLEAN),
        Member::new("enableExecuteCommand", &BOOLEAN).refused(),
        Member::new("group", &STRING),
        Member::new("networkConfiguration", &NETWORK_CONFIGURATION),
        Member::new("overrides", &TASK_OVERRIDE),
        Member::new("propagateTags", &PROPAGATE_TAGS),
        Member::new("referenceId", &STRING).refused(),
        Member::new("startedBy", &STRING),
        Member::new("tags", &TAGS),
        Member::new("taskDefinition", &STRING).required(),
        Member::new("volumeConfigurations", &TASK_VOLUME_CONFIGURATIONS).refused(),
    ]),
);
pub(super) static START_TASK_RESPONSE: Schema = Schema::new(
    "StartTaskResponse",
    Kind::Structure(&[
        Member::new("failures", &FAILURES),
        Member::new("tasks", &TASKS),
    ]),
);
pub(super) static STATISTICS: Schema = Schema::new(
    "Statistics",
    Kind::List(&Member::new("member", &KEY_VALUE_PAIR)),
);
pub(super) static STOP_TASK_REQUEST: Schema = Schema::new(
    "StopTaskRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("reason", &STRING),
        Member::new("task", &STRING).required(),
    ]),
);
pub(super) static STOP_TASK_RESPONSE: Schema = Schema::new(
    "StopTaskResponse",
    Kind::Structure(&[Member::new("task", &TASK)]),
);
pub(super) static STRING: Schema = Schema::new("String", Kind::String);
pub(super) static STRING_LIST: Schema =
    Schema::new("StringList", Kind::List(&Member::new("member", &STRING)));
pub(super) static STRING_MAP: Schema = Schema::new(
    "StringMap",
    Kind::Map(&Member::new("key", &STRING), &Member::new("value", &STRING)),
);
pub(super) static SUBMIT_ATTACHMENT_STATE_CHANGES_REQUEST: Schema = Schema::new(
    "SubmitAttachmentStateChangesRequest",
    Kind::Structure(&[
        Member::new("attachments", &ATTACHMENT_STATE_CHANGES).required(),
        Member::new("cluster", &STRING),
    ]),
);
pub(super) static SUBMIT_ATTACHMENT_STATE_CHANGES_RESPONSE: Schema = Schema::new(
    "SubmitAttachmentStateChangesResponse",
    Kind::Structure(&[Member::new("acknowledgment", &STRING)]),
);
pub(super) static SUBMIT_CONTAINER_STATE_CHANGE_REQUEST: Schema = Schema::new(
    "SubmitContainerStateChangeRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerName", &STRING),
        Member::new("exitCode", &BOXED_INTEGER),
        Member::new("networkBindings", &NETWORK_BINDINGS),
        Member::new("reason", &STRING),
        Member::new("runtimeId", &STRING),
        Member::new("status", &STRING),
        Member::new("task", &STRING),
    ]),
);
pub(super) static SUBMIT_CONTAINER_STATE_CHANGE_RESPONSE: Schema = Schema::new(
    "SubmitContainerStateChangeResponse",
    Kind::Structure(&[Member::new("acknowledgment", &STRING)]),
);
pub(super) static SUBMIT_TASK_STATE_CHANGE_REQUEST: Schema = Schema::new(
    "SubmitTaskStateChangeRequest",
    Kind::Structure(&[
        Member::new("attachments", &ATTACHMENT_STATE_CHANGES),
        Member::new("cluster", &STRING),
        Member::new("containers", &CONTAINER_STATE_CHANGES),
        Member::new("executionStoppedAt", &TIMESTAMP),
        Member::new("managedAgents", &MANAGED_AGENT_STATE_CHANGES),
        Member::new("pullStartedAt", &TIMESTAMP),
        Member::new("pullStoppedAt", &TIMESTAMP),
        Member::new("reason", &STRING),
        Member::new("status", &STRING),
        Member::new("task", &STRING),
    ]),
);
pub(super) static SUBMIT_TASK_STATE_CHANGE_RESPONSE: Schema = Schema::new(
    "SubmitTaskStateChangeResponse",
    Kind::Structure(&[Member::new("acknowledgment", &STRING)]),
);
pub(super) static SYSTEM_CONTROL: Schema = Schema::new(
    "SystemControl",
    Kind::Structure(&[
        Member::new("namespace", &STRING),
        Member::new("value", &STRING),
    ]),
);
pub(super) static SYSTEM_CONTROLS: Schema = Schema::new(
    "SystemControls",
    Kind::List(&Member::new("member", &SYSTEM_CONTROL)),
);
pub(super) static TAG: Schema = Schema::new(
    "Tag",
    Kind::Structure(&[
        Member::new("key", &TAG_KEY),
        Member::new("value", &TAG_VALUE),
    ]),
);
pub(super) static TAG_KEY: Schema = Schema::new("TagKey", Kind::String)
    .min(1)
    .max(128)
    .pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
pub(super) static TAG_KEYS: Schema =
    Schema::new("TagKeys", Kind::List(&Member::new("member", &TAG_KEY)));
pub(super) static TAG_RESOURCE_REQUEST: Schema = Schema::new(
    "TagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &STRING).required(),
        Member::new("tags", &TAGS).required(),
    ]),
);
pub(super) static TAG_RESOURCE_RESPONSE: Schema =
    Schema::new("TagResourceResponse", Kind::Structure(&[]));
pub(super) static TAG_VALUE: Schema = Schema::new("TagValue", Kind::String)
    .min(0)
    .max(256)
    .pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
pub(super) static TAGS: Schema = Schema::new("Tags", Kind::List(&Member::new("member", &TAG)))
    .min(0)
    .max(50);
pub(super) static TARGET_TYPE: Schema =
    Schema::new("TargetType", Kind::Enum(types::TargetType::VALUES));
pub(super) static TASK: Schema = Schema::new(
    "Task",
    Kind::Structure(&[
        Member::new("attachments", &ATTACHMENTS),
        Member::new("attributes", &ATTRIBUTES),
        Member::new("availabilityZone", &STRING),
        Member::new("capacityProviderName", &STRING),
        Member::new("clusterArn", &STRING),
        Member::new("connectivity", &CONNECTIVITY),
        Member::new("connectivityAt", &TIMESTAMP),
        Member::new("containerInstanceArn", &STRING),
        Member::new("containers", &CONTAINERS),
        Member::new("cpu", &STRING),
        Member::new("createdAt", &TIMESTAMP),
        Member::new("desiredStatus", &STRING),
        Member::new("enableExecuteCommand", &BOOLEAN),
        Member::new("ephemeralStorage", &EPHEMERAL_STORAGE),
        Member::new("executionStoppedAt", &TIMESTAMP),
        Member::new("fargateEphemeralStorage", &TASK_EPHEMERAL_STORAGE),
        Member::new("group", &STRING),
        Member::new("healthStatus", &HEALTH_STATUS),
        Member::new("inferenceAccelerators", &INFERENCE_ACCELERATORS),
        Member::new("lastStatus", &STRING),
        Member::new("launchType", &LAUNCH_TYPE),
        Member::new("memory", &STRING),
        Member::new("overrides", &TASK_OVERRIDE),
        Member::new("platformFamily", &STRING),
        Member::new("platformVersion", &STRING),
        Member::new("pullStartedAt", &TIMESTAMP),
        Member::new("pullStoppedAt", &TIMESTAMP),
        Member::new("startedAt", &TIMESTAMP),
        Member::new("startedBy", &STRING),
        Member::new("stopCode", &TASK_STOP_CODE),
        Member::new("stoppedAt", &TIMESTAMP),
        Member::new("stoppedReason", &STRING),
        Member::new("stoppingAt", &TIMESTAMP),
        Member::new("tags", &TAGS),
        Member::new("taskArn", &STRING),
        Member::new("taskDefinitionArn", &STRING),
        Member::new("trustedExecutionSummary", &TRUSTED_EXECUTION_SUMMARY),
        Member::new("version", &LONG),
    ]),
);
pub(super) static TASK_DEFINITION: Schema = Schema::new(
    "TaskDefinition",
    Kind::Structure(&[
        Member::new("compatibilities", &COMPATIBILITY_LIST),
        Member::new("containerDefinitions", &CONTAINER_DEFINITIONS),
        Member::new("cpu", &STRING),
        Member::new("deleteRequestedAt", &TIMESTAMP),
        Member::new("deregisteredAt", &TIMESTAMP),
        Member::new("enableFaultInjection", &BOXED_BOOLEAN),
        Member::new("ephemeralStorage", &EPHEMERAL_STORAGE),
        Member::new("executionRoleArn", &STRING),
        Member::new("family", &STRING),
        Member::new("inferenceAccelerators", &INFERENCE_ACCELERATORS),
        Member::new("ipcMode", &IPC_MODE),
        Member::new("memory", &STRING),
        Member::new("networkMode", &NETWORK_MODE),
        Member::new("pidMode", &PID_MODE),
        Member::new(
            "placementConstraints",
            &TASK_DEFINITION_PLACEMENT_CONSTRAINTS,
        ),
        Member::new("proxyConfiguration", &PROXY_CONFIGURATION),
        Member::new("registeredAt", &TIMESTAMP),
        Member::new("registeredBy", &STRING),
        Member::new("requiresAttributes", &REQUIRES_ATTRIBUTES),
        Member::new("requiresCompatibilities", &COMPATIBILITY_LIST),
        Member::new("revision", &INTEGER),
        Member::new("runtimePlatform", &RUNTIME_PLATFORM),
        Member::new("status", &TASK_DEFINITION_STATUS),
        Member::new("taskDefinitionArn", &STRING),
        Member::new("taskRoleArn", &STRING),
        Member::new(
            "trustedExecutionConfiguration",
            &TRUSTED_EXECUTION_CONFIGURATION,
        ),
        Member::new("volumes", &VOLUME_LIST),
    ]),
);
pub(super) static TASK_DEFINITION_FAMILY_STATUS: Schema = Schema::new(
    "TaskDefinitionFamilyStatus",
    Kind::Enum(types::TaskDefinitionFamilyStatus::VALUES),
);
pub(super) static TASK_DEFINITION_FIELD: Schema = Schema::new(
    "TaskDefinitionField",
    Kind::Enum(types::TaskDefinitionField::VALUES),
);
pub(super) static TASK_DEFINITION_FIELD_LIST: Schema = Schema::new(
    "TaskDefinitionFieldList",
    Kind::List(&Member::new("member", &TASK_DEFINITION_FIELD)),
);
pub(super) static TASK_DEFINITION_LIST: Schema = Schema::new(
    "TaskDefinitionList",
    Kind::List(&Member::new("member", &TASK_DEFINITION)),
);
pub(super) static TASK_DEFINITION_PLACEMENT_CONSTRAINT: Schema = Schema::new(
    "TaskDefinitionPlacementConstraint",
    Kind::Structure(&[
        Member::new("expression", &STRING),
        Member::new("type", &TASK_DEFINITION_PLACEMENT_CONSTRAINT_TYPE),
    ]),
);
pub(super) static TASK_DEFINITION_PLACEMENT_CONSTRAINT_TYPE: Schema =
    Schema::new("TaskDefinitionPlacementConstraintType", Kind::String);
pub(super) static TASK_DEFINITION_PLACEMENT_CONSTRAINTS: Schema = Schema::new(
    "TaskDefinitionPlacementConstraints",
    Kind::List(&Member::new(
        "member",
        &TASK_DEFINITION_PLACEMENT_CONSTRAINT,
    )),
);
pub(super) static TASK_DEFINITION_STATUS: Schema = Schema::new(
    "TaskDefinitionStatus",
    Kind::Enum(types::TaskDefinitionStatus::VALUES),
);
pub(super) static TASK_EPHEMERAL_STORAGE: Schema = Schema::new(
    "TaskEphemeralStorage",
    Kind::Structure(&[
        Member::new("kmsKeyId", &STRING),
        Member::new("sizeInGiB", &INTEGER),
    ]),
);
pub(super) static TASK_FIELD: Schema =
    Schema::new("TaskField", Kind::Enum(types::TaskField::VALUES));
pub(super) static TASK_FIELD_LIST: Schema = Schema::new(
    "TaskFieldList",
    Kind::List(&Member::new("member", &TASK_FIELD)),
);
pub(super) static TASK_FILESYSTEM_TYPE: Schema = Schema::new(
    "TaskFilesystemType",
    Kind::Enum(types::TaskFilesystemType::VALUES),
);
pub(super) static TASK_MANAGED_EBS_VOLUME_CONFIGURATION: Schema = Schema::new(
    "TaskManagedEBSVolumeConfiguration",
    Kind::Structure(&[
        Member::new("encrypted", &BOXED_BOOLEAN).refused(),
        Member::new("filesystemType", &TASK_FILESYSTEM_TYPE).refused(),
        Member::new("iops", &BOXED_INTEGER).refused(),
        Member::new("kmsKeyId", &EBSKMS_KEY_ID).refused(),
        Member::new("roleArn", &IAM_ROLE_ARN).required().refused(),
        Member::new("sizeInGiB", &BOXED_INTEGER).refused(),
        Member::new("snapshotId", &EBS_SNAPSHOT_ID).refused(),
        Member::new("tagSpecifications", &EBS_TAG_SPECIFICATIONS).refused(),
        Member::new(
            "terminationPolicy",
            &TASK_MANAGED_EBS_VOLUME_TERMINATION_POLICY,
        )
        .refused(),
        Member::new("throughput", &BOXED_INTEGER).refused(),
        Member::new("volumeInitializationRate", &BOXED_INTEGER).refused(),
        Member::new("volumeType", &EBS_VOLUME_TYPE).refused(),
    ]),
);
pub(super) static TASK_MANAGED_EBS_VOLUME_TERMINATION_POLICY: Schema = Schema::new(
    "TaskManagedEBSVolumeTerminationPolicy",
    Kind::Structure(&[Member::new("deleteOnTermination", &BOXED_BOOLEAN)
        .required()
        .refused()]),
);
pub(super) static TASK_OVERRIDE: Schema = Schema::new(
    "TaskOverride",
    Kind::Structure(&[
        Member::new("containerOverrides", &CONTAINER_OVERRIDES),
        Member::new("cpu", &STRING),
        Member::new("ephemeralStorage", &EPHEMERAL_STORAGE),
        Member::new("executionRoleArn", &STRING),
        Member::new(
            "inferenceAcceleratorOverrides",
            &INFERENCE_ACCELERATOR_OVERRIDES,
        )
        .refused(),
        Member::new("memory", &STRING),
        Member::new("taskRoleArn", &STRING).refused(),
    ]),
);
pub(super) static TASK_STOP_CODE: Schema =
    Schema::new("TaskStopCode", Kind::Enum(types::TaskStopCode::VALUES));
pub(super) static TASK_VOLUME_CONFIGURATION: Schema = Schema::new(
    "TaskVolumeConfiguration",
    Kind::Structure(&[
        Member::new("managedEBSVolume", &TASK_MANAGED_EBS_VOLUME_CONFIGURATION).refused(),
        Member::new("name", &ECS_VOLUME_NAME).required().refused(),
    ]),
);
pub(super) static TASK_VOLUME_CONFIGURATIONS: Schema = Schema::new(
    "TaskVolumeConfigurations",
    Kind::List(&Member::new("member", &TASK_VOLUME_CONFIGURATION)),
);
pub(super) static TASKS: Schema = Schema::new("Tasks", Kind::List(&Member::new("member", &TASK)));
pub(super) static TIMESTAMP: Schema = Schema::new("Timestamp", Kind::Timestamp(None));
pub(super) static TMPFS: Schema = Schema::new(
    "Tmpfs",
    Kind::Structure(&[
        Member::new("containerPath", &STRING).required(),
        Member::new("mountOptions", &STRING_LIST),
        Member::new("size", &INTEGER).required(),
    ]),
);
pub(super) static TMPFS_LIST: Schema =
    Schema::new("TmpfsList", Kind::List(&Member::new("member", &TMPFS)));
pub(super) static TRANSPORT_PROTOCOL: Schema = Schema::new(
    "TransportProtocol",
    Kind::Enum(types::TransportProtocol::VALUES),
);
pub(super) static TRUSTED_EXECUTION_CONFIGURATION: Schema = Schema::new(
    "TrustedExecutionConfiguration",
    Kind::Structure(&[
        Member::new("attestationPolicy", &STRING).refused(),
        Member::new("isolationMode", &ISOLATION_MODE)
            .required()
            .refused(),
    ]),
);
pub(super) static TRUSTED_EXECUTION_SUMMARY: Schema = Schema::new(
    "TrustedExecutionSummary",
    Kind::Structure(&[
        Member::new("attestationPolicyStatus", &ATTESTATION_POLICY_STATUS),
        Member::new("isolationMode", &ISOLATION_MODE).required(),
    ]),
);
pub(super) static ULIMIT: Schema = Schema::new(
    "Ulimit",
    Kind::Structure(&[
        Member::new("hardLimit", &INTEGER).required(),
        Member::new("name", &ULIMIT_NAME).required(),
        Member::new("softLimit", &INTEGER).required(),
    ]),
);
pub(super) static ULIMIT_LIST: Schema =
    Schema::new("UlimitList", Kind::List(&Member::new("member", &ULIMIT)));
pub(super) static ULIMIT_NAME: Schema =
    Schema::new("UlimitName", Kind::Enum(types::UlimitName::VALUES));
pub(super) static UNSUPPORTED_FEATURE_EXCEPTION: Schema = Schema::new(
    "UnsupportedFeatureException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static UNTAG_RESOURCE_REQUEST: Schema = Schema::new(
    "UntagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &STRING).required(),
        Member::new("tagKeys", &TAG_KEYS).required(),
    ]),
);
pub(super) static UNTAG_RESOURCE_RESPONSE: Schema =
    Schema::new("UntagResourceResponse", Kind::Structure(&[]));
pub(super) static UPDATE_CLUSTER_REQUEST: Schema = Schema::new(
    "UpdateClusterRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING).required(),
        Member::new("configuration", &CLUSTER_CONFIGURATION).refused(),
        Member::new(
            "serviceConnectDefaults",
            &CLUSTER_SERVICE_CONNECT_DEFAULTS_REQUEST,
        )
        .refused(),
        Member::new("settings", &CLUSTER_SETTINGS),
    ]),
);
pub(super) static UPDATE_CLUSTER_RESPONSE: Schema = Schema::new(
    "UpdateClusterResponse",
    Kind::Structure(&[Member::new("cluster", &CLUSTER)]),
);
pub(super) static UPDATE_CLUSTER_SETTINGS_REQUEST: Schema = Schema::new(
    "UpdateClusterSettingsRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING).required(),
        Member::new("settings", &CLUSTER_SETTINGS).required(),
    ]),
);
pub(super) static UPDATE_CLUSTER_SETTINGS_RESPONSE: Schema = Schema::new(
    "UpdateClusterSettingsResponse",
    Kind::Structure(&[Member::new("cluster", &CLUSTER)]),
);
pub(super) static UPDATE_CONTAINER_INSTANCES_STATE_REQUEST: Schema = Schema::new(
    "UpdateContainerInstancesStateRequest",
    Kind::Structure(&[
        Member::new("cluster", &STRING),
        Member::new("containerInstances", &STRING_LIST).required(),
        Member::new("status", &CONTAINER_INSTANCE_STATUS).required(),
    ]),
);
pub(super) static UPDATE_CONTAINER_INSTANCES_STATE_RESPONSE: Schema = Schema::new(
    "UpdateContainerInstancesStateResponse",
    Kind::Structure(&[
        Member::new("containerInstances", &CONTAINER_INSTANCES),
        Member::new("failures", &FAILURES),
    ]),
);
pub(super) static UPDATE_IN_PROGRESS_EXCEPTION: Schema = Schema::new(
    "UpdateInProgressException",
    Kind::Structure(&[Member::new("message", &STRING)]),
);
pub(super) static VERSION_CONSISTENCY: Schema = Schema::new(
    "VersionConsistency",
    Kind::Enum(types::VersionConsistency::VALUES),
);
pub(super) static VERSION_INFO: Schema = Schema::new(
    "VersionInfo",
    Kind::Structure(&[
        Member::new("agentHash", &STRING),
        Member::new("agentVersion", &STRING),
        Member::new("dockerVersion", &STRING),
    ]),
);
pub(super) static VOLUME: Schema = Schema::new(
    "Volume",
    Kind::Structure(&[
        Member::new("configuredAtLaunch", &BOXED_BOOLEAN).refused(),
        Member::new("dockerVolumeConfiguration", &DOCKER_VOLUME_CONFIGURATION),
        Member::new("efsVolumeConfiguration", &EFS_VOLUME_CONFIGURATION).refused(),
        Member::new(
            "fsxWindowsFileServerVolumeConfiguration",
            &F_SX_WINDOWS_FILE_SERVER_VOLUME_CONFIGURATION,
        )
        .refused(),
        Member::new("host", &HOST_VOLUME_PROPERTIES),
        Member::new("name", &STRING),
        Member::new("s3filesVolumeConfiguration", &S3_FILES_VOLUME_CONFIGURATION).refused(),
    ]),
);
pub(super) static VOLUME_FROM: Schema = Schema::new(
    "VolumeFrom",
    Kind::Structure(&[
        Member::new("readOnly", &BOXED_BOOLEAN),
        Member::new("sourceContainer", &STRING),
    ]),
);
pub(super) static VOLUME_FROM_LIST: Schema = Schema::new(
    "VolumeFromList",
    Kind::List(&Member::new("member", &VOLUME_FROM)),
);
pub(super) static VOLUME_LIST: Schema =
    Schema::new("VolumeList", Kind::List(&Member::new("member", &VOLUME)));
