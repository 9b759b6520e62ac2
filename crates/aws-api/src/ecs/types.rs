//! The structures and enumerations of `ecs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use std::collections::BTreeMap;

use aws_schema::Timestamp;

#[derive(Clone, Default, PartialEq)]
pub struct AccessDeniedException {
    pub message: Option<String>,
}
structure!(AccessDeniedException, ACCESS_DENIED_EXCEPTION, [0 message]);

enumeration!(AgentUpdateStatus {
    Pending = "PENDING", Staging = "STAGING", Staged = "STAGED", Updating = "UPDATING",
    Updated = "UPDATED", Failed = "FAILED",
});

enumeration!(ApplicationProtocol {
    Http = "http", Http2 = "http2", Grpc = "grpc",
});

enumeration!(AssignPublicIp {
    Enabled = "ENABLED", Disabled = "DISABLED",
});

#[derive(Clone, Default, PartialEq)]
pub struct Attachment {
    pub details: Option<Vec<KeyValuePair>>,
    pub id: Option<String>,
    pub status: Option<String>,
    pub r#type: Option<String>,
}
structure!(Attachment, ATTACHMENT, [0 details, 1 id, 2 status, 3 r#type]);

#[derive(Clone, Default, PartialEq)]
pub struct AttachmentStateChange {
    pub attachment_arn: Option<String>,
    pub status: Option<String>,
}
structure!(AttachmentStateChange, ATTACHMENT_STATE_CHANGE, [0 attachment_arn, 1 status]);

enumeration!(AttestationPolicyStatus {
    Configured = "CONFIGURED",
});

#[derive(Clone, Default, PartialEq)]
pub struct Attribute {
    pub name: Option<String>,
    pub target_id: Option<String>,
    pub target_type: Option<TargetType>,
    pub value: Option<String>,
}
structure!(Attribute, ATTRIBUTE, [0 name, 1 target_id, 2 target_type, 3 value]);

#[derive(Clone, Default, PartialEq)]
pub struct AwsVpcConfiguration {
    pub assign_public_ip: Option<AssignPublicIp>,
    pub security_groups: Option<Vec<String>>,
    pub subnets: Option<Vec<String>>,
}
structure!(AwsVpcConfiguration, AWS_VPC_CONFIGURATION, [
    0 assign_public_ip, 1 security_groups, 2 subnets,
]);

#[derive(Clone, Default, PartialEq)]
pub struct BlockedException {
    pub message: Option<String>,
}
structure!(BlockedException, BLOCKED_EXCEPTION, [0 message]);

enumeration!(CPUArchitecture {
    X8664 = "X86_64", Arm64 = "ARM64",
});

#[derive(Clone, Default, PartialEq)]
pub struct CapacityProviderStrategyItem {
    pub base: Option<i32>,
    pub capacity_provider: Option<String>,
    pub weight: Option<i32>,
}
structure!(CapacityProviderStrategyItem, CAPACITY_PROVIDER_STRATEGY_ITEM, [
    0 base, 1 capacity_provider, 2 weight,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClientException {
    pub message: Option<String>,
}
structure!(ClientException, CLIENT_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct Cluster {
    pub active_services_count: Option<i32>,
    pub attachments: Option<Vec<Attachment>>,
    pub attachments_status: Option<String>,
    pub capacity_providers: Option<Vec<String>>,
    pub cluster_arn: Option<String>,
    pub cluster_name: Option<String>,
    pub configuration: Option<ClusterConfiguration>,
    pub default_capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    pub pending_tasks_count: Option<i32>,
    pub registered_container_instances_count: Option<i32>,
    pub running_tasks_count: Option<i32>,
    pub service_connect_defaults: Option<ClusterServiceConnectDefaults>,
    pub settings: Option<Vec<ClusterSetting>>,
    pub statistics: Option<Vec<KeyValuePair>>,
    pub status: Option<String>,
    pub tags: Option<Vec<Tag>>,
}
structure!(Cluster, CLUSTER, [
    0 active_services_count, 1 attachments, 2 attachments_status, 3 capacity_providers,
    4 cluster_arn, 5 cluster_name, 6 configuration, 7 default_capacity_provider_strategy,
    8 pending_tasks_count, 9 registered_container_instances_count, 10 running_tasks_count,
    11 service_connect_defaults, 12 settings, 13 statistics, 14 status, 15 tags,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterConfiguration {
    pub execute_command_configuration: Option<ExecuteCommandConfiguration>,
    pub managed_storage_configuration: Option<ManagedStorageConfiguration>,
}
structure!(ClusterConfiguration, CLUSTER_CONFIGURATION, [
    0 execute_command_configuration, 1 managed_storage_configuration,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterContainsCapacityProviderException {
    pub message: Option<String>,
}
structure!(ClusterContainsCapacityProviderException, CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION, [
    0 message,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterContainsContainerInstancesException {
    pub message: Option<String>,
}
structure!(ClusterContainsContainerInstancesException, CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION, [
    0 message,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterContainsServicesException {
    pub message: Option<String>,
}
structure!(ClusterContainsServicesException, CLUSTER_CONTAINS_SERVICES_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterContainsTasksException {
    pub message: Option<String>,
}
structure!(ClusterContainsTasksException, CLUSTER_CONTAINS_TASKS_EXCEPTION, [0 message]);

enumeration!(ClusterField {
    Attachments = "ATTACHMENTS", Configurations = "CONFIGURATIONS", Settings = "SETTINGS",
    Statistics = "STATISTICS", Tags = "TAGS",
});

#[derive(Clone, Default, PartialEq)]
pub struct ClusterNotFoundException {
    pub message: Option<String>,
}
structure!(ClusterNotFoundException, CLUSTER_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterServiceConnectDefaults {
    pub namespace: Option<String>,
}
structure!(ClusterServiceConnectDefaults, CLUSTER_SERVICE_CONNECT_DEFAULTS, [0 namespace]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterServiceConnectDefaultsRequest {
    pub namespace: Option<String>,
}
structure!(ClusterServiceConnectDefaultsRequest, CLUSTER_SERVICE_CONNECT_DEFAULTS_REQUEST, [
    0 namespace,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ClusterSetting {
    pub name: Option<ClusterSettingName>,
    pub value: Option<String>,
}
structure!(ClusterSetting, CLUSTER_SETTING, [0 name, 1 value]);

enumeration!(ClusterSettingName {
    ContainerInsights = "containerInsights",
});

enumeration!(Compatibility {
    Ec2 = "EC2", Fargate = "FARGATE", External = "EXTERNAL",
    ManagedInstances = "MANAGED_INSTANCES",
});

#[derive(Clone, Default, PartialEq)]
pub struct ConflictException {
    pub message: Option<String>,
    pub resource_ids: Option<Vec<String>>,
}
structure!(ConflictException, CONFLICT_EXCEPTION, [0 message, 1 resource_ids]);

enumeration!(Connectivity {
    Connected = "CONNECTED", Disconnected = "DISCONNECTED",
});

#[derive(Clone, Default, PartialEq)]
pub struct Container {
    pub container_arn: Option<String>,
    pub cpu: Option<String>,
    pub exit_code: Option<i32>,
    pub gpu_ids: Option<Vec<String>>,
    pub gpu_sharing_strategy: Option<SharingStrategy>,
    pub health_status: Option<HealthStatus>,
    pub image: Option<String>,
    pub image_digest: Option<String>,
    pub last_status: Option<String>,
    pub managed_agents: Option<Vec<ManagedAgent>>,
    pub memory: Option<String>,
    pub memory_reservation: Option<String>,
    pub name: Option<String>,
    pub network_bindings: Option<Vec<NetworkBinding>>,
    pub network_interfaces: Option<Vec<NetworkInterface>>,
    pub neuron_device_ids: Option<Vec<String>>,
    pub reason: Option<String>,
    pub runtime_id: Option<String>,
    pub task_arn: Option<String>,
}
structure!(Container, CONTAINER, [
    0 container_arn, 1 cpu, 2 exit_code, 3 gpu_ids, 4 gpu_sharing_strategy, 5 health_status,
    6 image, 7 image_digest, 8 last_status, 9 managed_agents, 10 memory, 11 memory_reservation,
    12 name, 13 network_bindings, 14 network_interfaces, 15 neuron_device_ids, 16 reason,
    17 runtime_id, 18 task_arn,
]);

enumeration!(ContainerCondition {
    Start = "START", Complete = "COMPLETE", Success = "SUCCESS", Healthy = "HEALTHY",
});

#[derive(Clone, Default, PartialEq)]
pub struct ContainerDefinition {
    pub command: Option<Vec<String>>,
    pub cpu: Option<i32>,
    pub credential_specs: Option<Vec<String>>,
    pub depends_on: Option<Vec<ContainerDependency>>,
    pub disable_networking: Option<bool>,
    pub dns_search_domains: Option<Vec<String>>,
    pub dns_servers: Option<Vec<String>>,
    pub docker_labels: Option<BTreeMap<String, String>>,
    pub docker_security_options: Option<Vec<String>>,
    pub entry_point: Option<Vec<String>>,
    pub environment: Option<Vec<KeyValuePair>>,
    pub environment_files: Option<Vec<EnvironmentFile>>,
    pub essential: Option<bool>,
    pub extra_hosts: Option<Vec<HostEntry>>,
    pub firelens_configuration: Option<FirelensConfiguration>,
    pub health_check: Option<HealthCheck>,
    pub hostname: Option<String>,
    pub image: Option<String>,
    pub interactive: Option<bool>,
    pub links: Option<Vec<String>>,
    pub linux_parameters: Option<LinuxParameters>,
    pub log_configuration: Option<LogConfiguration>,
    pub memory: Option<i32>,
    pub memory_reservation: Option<i32>,
    pub mount_points: Option<Vec<MountPoint>>,
    pub name: Option<String>,
    pub port_mappings: Option<Vec<PortMapping>>,
    pub privileged: Option<bool>,
    pub pseudo_terminal: Option<bool>,
    pub readonly_root_filesystem: Option<bool>,
    pub repository_credentials: Option<RepositoryCredentials>,
    pub resource_requirements: Option<Vec<ResourceRequirement>>,
    pub restart_policy: Option<ContainerRestartPolicy>,
    pub secrets: Option<Vec<Secret>>,
    pub start_timeout: Option<i32>,
    pub stop_timeout: Option<i32>,
    pub system_controls: Option<Vec<SystemControl>>,
    pub ulimits: Option<Vec<Ulimit>>,
    pub user: Option<String>,
    pub version_consistency: Option<VersionConsistency>,
    pub volumes_from: Option<Vec<VolumeFrom>>,
    pub working_directory: Option<String>,
}
structure!(ContainerDefinition, CONTAINER_DEFINITION, [
    0 command, 1 cpu, 2 credential_specs, 3 depends_on, 4 disable_networking, 5 dns_search_domains,
    6 dns_servers, 7 docker_labels, 8 docker_security_options, 9 entry_point, 10 environment,
    11 environment_files, 12 essential, 13 extra_hosts, 14 firelens_configuration, 15 health_check,
    16 hostname, 17 image, 18 interactive, 19 links, 20 linux_parameters, 21 log_configuration,
    22 memory, 23 memory_reservation, 24 mount_points, 25 name, 26 port_mappings, 27 privileged,
    28 pseudo_terminal, 29 readonly_root_filesystem, 30 repository_credentials,
    31 resource_requirements, 32 restart_policy, 33 secrets, 34 start_timeout, 35 stop_timeout,
    36 system_controls, 37 ulimits, 38 user, 39 version_consistency, 40 volumes_from,
    41 working_directory,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ContainerDependency {
    pub condition: Option<ContainerCondition>,
    pub container_name: Option<String>,
}
structure!(ContainerDependency, CONTAINER_DEPENDENCY, [0 condition, 1 container_name]);

#[derive(Clone, Default, PartialEq)]
pub struct ContainerInstance {
    pub agent_connected: Option<bool>,
    pub agent_update_status: Option<AgentUpdateStatus>,
    pub attachments: Option<Vec<Attachment>>,
    pub attributes: Option<Vec<Attribute>>,
    pub capacity_provider_name: Option<String>,
    pub container_instance_arn: Option<String>,
    pub ec2_instance_id: Option<String>,
    pub gpu_devices: Option<Vec<GpuDevice>>,
    pub health_status: Option<ContainerInstanceHealthStatus>,
    pub pending_tasks_count: Option<i32>,
    pub registered_at: Option<Timestamp>,
    pub registered_resources: Option<Vec<Resource>>,
    pub remaining_resources: Option<Vec<Resource>>,
    pub running_tasks_count: Option<i32>,
    pub status: Option<String>,
    pub status_reason: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub version: Option<i64>,
    pub version_info: Option<VersionInfo>,
}
structure!(ContainerInstance, CONTAINER_INSTANCE, [
    0 agent_connected, 1 agent_update_status, 2 attachments, 3 attributes,
    4 capacity_provider_name, 5 container_instance_arn, 6 ec2_instance_id, 7 gpu_devices,
    8 health_status, 9 pending_tasks_count, 10 registered_at, 11 registered_resources,
    12 remaining_resources, 13 running_tasks_count, 14 status, 15 status_reason, 16 tags,
    17 version, 18 version_info,
]);

enumeration!(ContainerInstanceField {
    Tags = "TAGS", ContainerInstanceHealth = "CONTAINER_INSTANCE_HEALTH",
});

#[derive(Clone, Default, PartialEq)]
pub struct ContainerInstanceHealthStatus {
    pub details: Option<Vec<InstanceHealthCheckResult>>,
    pub overall_status: Option<InstanceHealthCheckState>,
}
structure!(ContainerInstanceHealthStatus, CONTAINER_INSTANCE_HEALTH_STATUS, [
    0 details, 1 overall_status,
]);

enumeration!(ContainerInstanceStatus {
    Active = "ACTIVE", Draining = "DRAINING", Registering = "REGISTERING",
    Deregistering = "DEREGISTERING", RegistrationFailed = "REGISTRATION_FAILED",
});

#[derive(Clone, Default, PartialEq)]
pub struct ContainerOverride {
    pub command: Option<Vec<String>>,
    pub cpu: Option<i32>,
    pub environment: Option<Vec<KeyValuePair>>,
    pub environment_files: Option<Vec<EnvironmentFile>>,
    pub memory: Option<i32>,
    pub memory_reservation: Option<i32>,
    pub name: Option<String>,
    pub resource_requirements: Option<Vec<ResourceRequirement>>,
}
structure!(ContainerOverride, CONTAINER_OVERRIDE, [
    0 command, 1 cpu, 2 environment, 3 environment_files, 4 memory, 5 memory_reservation, 6 name,
    7 resource_requirements,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ContainerRestartPolicy {
    pub enabled: Option<bool>,
    pub ignored_exit_codes: Option<Vec<i32>>,
    pub restart_attempt_period: Option<i32>,
}
structure!(ContainerRestartPolicy, CONTAINER_RESTART_POLICY, [
    0 enabled, 1 ignored_exit_codes, 2 restart_attempt_period,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ContainerStateChange {
    pub container_name: Option<String>,
    pub exit_code: Option<i32>,
    pub image_digest: Option<String>,
    pub network_bindings: Option<Vec<NetworkBinding>>,
    pub reason: Option<String>,
    pub runtime_id: Option<String>,
    pub status: Option<String>,
}
structure!(ContainerStateChange, CONTAINER_STATE_CHANGE, [
    0 container_name, 1 exit_code, 2 image_digest, 3 network_bindings, 4 reason, 5 runtime_id,
    6 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateClusterRequest {
    pub capacity_providers: Option<Vec<String>>,
    pub cluster_name: Option<String>,
    pub configuration: Option<ClusterConfiguration>,
    pub default_capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    pub service_connect_defaults: Option<ClusterServiceConnectDefaultsRequest>,
    pub settings: Option<Vec<ClusterSetting>>,
    pub tags: Option<Vec<Tag>>,
}
structure!(CreateClusterRequest, CREATE_CLUSTER_REQUEST, [
    0 capacity_providers, 1 cluster_name, 2 configuration, 3 default_capacity_provider_strategy,
    4 service_connect_defaults, 5 settings, 6 tags,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateClusterResponse {
    pub cluster: Option<Cluster>,
}
structure!(CreateClusterResponse, CREATE_CLUSTER_RESPONSE, [0 cluster]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteAccountSettingRequest {
    pub name: Option<SettingName>,
    pub principal_arn: Option<String>,
}
structure!(DeleteAccountSettingRequest, DELETE_ACCOUNT_SETTING_REQUEST, [0 name, 1 principal_arn]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteAccountSettingResponse {
    pub setting: Option<Setting>,
}
structure!(DeleteAccountSettingResponse, DELETE_ACCOUNT_SETTING_RESPONSE, [0 setting]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteClusterRequest {
    pub cluster: Option<String>,
}
structure!(DeleteClusterRequest, DELETE_CLUSTER_REQUEST, [0 cluster]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteClusterResponse {
    pub cluster: Option<Cluster>,
}
structure!(DeleteClusterResponse, DELETE_CLUSTER_RESPONSE, [0 cluster]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteTaskDefinitionsRequest {
    pub task_definitions: Option<Vec<String>>,
}
structure!(DeleteTaskDefinitionsRequest, DELETE_TASK_DEFINITIONS_REQUEST, [0 task_definitions]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteTaskDefinitionsResponse {
    pub failures: Option<Vec<Failure>>,
    pub task_definitions: Option<Vec<TaskDefinition>>,
}
structure!(DeleteTaskDefinitionsResponse, DELETE_TASK_DEFINITIONS_RESPONSE, [
    0 failures, 1 task_definitions,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeregisterContainerInstanceRequest {
    pub cluster: Option<String>,
    pub container_instance: Option<String>,
    pub force: Option<bool>,
}
structure!(DeregisterContainerInstanceRequest, DEREGISTER_CONTAINER_INSTANCE_REQUEST, [
    0 cluster, 1 container_instance, 2 force,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeregisterContainerInstanceResponse {
    pub container_instance: Option<ContainerInstance>,
}
structure!(DeregisterContainerInstanceResponse, DEREGISTER_CONTAINER_INSTANCE_RESPONSE, [
    0 container_instance,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeregisterTaskDefinitionRequest {
    pub task_definition: Option<String>,
}
structure!(DeregisterTaskDefinitionRequest, DEREGISTER_TASK_DEFINITION_REQUEST, [
    0 task_definition,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeregisterTaskDefinitionResponse {
    pub task_definition: Option<TaskDefinition>,
}
structure!(DeregisterTaskDefinitionResponse, DEREGISTER_TASK_DEFINITION_RESPONSE, [
    0 task_definition,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeClustersRequest {
    pub clusters: Option<Vec<String>>,
    pub include: Option<Vec<ClusterField>>,
}
structure!(DescribeClustersRequest, DESCRIBE_CLUSTERS_REQUEST, [0 clusters, 1 include]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeClustersResponse {
    pub clusters: Option<Vec<Cluster>>,
    pub failures: Option<Vec<Failure>>,
}
structure!(DescribeClustersResponse, DESCRIBE_CLUSTERS_RESPONSE, [0 clusters, 1 failures]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeContainerInstancesRequest {
    pub cluster: Option<String>,
    pub container_instances: Option<Vec<String>>,
    pub include: Option<Vec<ContainerInstanceField>>,
}
structure!(DescribeContainerInstancesRequest, DESCRIBE_CONTAINER_INSTANCES_REQUEST, [
    0 cluster, 1 container_instances, 2 include,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeContainerInstancesResponse {
    pub container_instances: Option<Vec<ContainerInstance>>,
    pub failures: Option<Vec<Failure>>,
}
structure!(DescribeContainerInstancesResponse, DESCRIBE_CONTAINER_INSTANCES_RESPONSE, [
    0 container_instances, 1 failures,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeTaskDefinitionRequest {
    pub include: Option<Vec<TaskDefinitionField>>,
    pub task_definition: Option<String>,
}
structure!(DescribeTaskDefinitionRequest, DESCRIBE_TASK_DEFINITION_REQUEST, [
    0 include, 1 task_definition,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeTaskDefinitionResponse {
    pub tags: Option<Vec<Tag>>,
    pub task_definition: Option<TaskDefinition>,
}
structure!(DescribeTaskDefinitionResponse, DESCRIBE_TASK_DEFINITION_RESPONSE, [
    0 tags, 1 task_definition,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeTasksRequest {
    pub cluster: Option<String>,
    pub include: Option<Vec<TaskField>>,
    pub tasks: Option<Vec<String>>,
}
structure!(DescribeTasksRequest, DESCRIBE_TASKS_REQUEST, [0 cluster, 1 include, 2 tasks]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeTasksResponse {
    pub failures: Option<Vec<Failure>>,
    pub tasks: Option<Vec<Task>>,
}
structure!(DescribeTasksResponse, DESCRIBE_TASKS_RESPONSE, [0 failures, 1 tasks]);

enumeration!(DesiredStatus {
    Running = "RUNNING", Pending = "PENDING", Stopped = "STOPPED",
});

#[derive(Clone, Default, PartialEq)]
pub struct Device {
    pub container_path: Option<String>,
    pub host_path: Option<String>,
    pub permissions: Option<Vec<DeviceCgroupPermission>>,
}
structure!(Device, DEVICE, [0 container_path, 1 host_path, 2 permissions]);

enumeration!(DeviceCgroupPermission {
    Read = "read", Write = "write", Mknod = "mknod",
});

#[derive(Clone, Default, PartialEq)]
pub struct DiscoverPollEndpointRequest {
    pub cluster: Option<String>,
    pub container_instance: Option<String>,
}
structure!(DiscoverPollEndpointRequest, DISCOVER_POLL_ENDPOINT_REQUEST, [
    0 cluster, 1 container_instance,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DiscoverPollEndpointResponse {
    pub endpoint: Option<String>,
    pub service_connect_endpoint: Option<String>,
    pub telemetry_endpoint: Option<String>,
}
structure!(DiscoverPollEndpointResponse, DISCOVER_POLL_ENDPOINT_RESPONSE, [
    0 endpoint, 1 service_connect_endpoint, 2 telemetry_endpoint,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DockerVolumeConfiguration {
    pub autoprovision: Option<bool>,
    pub driver: Option<String>,
    pub driver_opts: Option<BTreeMap<String, String>>,
    pub labels: Option<BTreeMap<String, String>>,
    pub scope: Option<Scope>,
}
structure!(DockerVolumeConfiguration, DOCKER_VOLUME_CONFIGURATION, [
    0 autoprovision, 1 driver, 2 driver_opts, 3 labels, 4 scope,
]);

enumeration!(EBSResourceType {
    Volume = "volume",
});

#[derive(Clone, Default, PartialEq)]
pub struct EBSTagSpecification {
    pub propagate_tags: Option<PropagateTags>,
    pub resource_type: Option<EBSResourceType>,
    pub tags: Option<Vec<Tag>>,
}
structure!(EBSTagSpecification, EBS_TAG_SPECIFICATION, [0 propagate_tags, 1 resource_type, 2 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct EFSAuthorizationConfig {
    pub access_point_id: Option<String>,
    pub iam: Option<EFSAuthorizationConfigIAM>,
}
structure!(EFSAuthorizationConfig, EFS_AUTHORIZATION_CONFIG, [0 access_point_id, 1 iam]);

enumeration!(EFSAuthorizationConfigIAM {
    Enabled = "ENABLED", Disabled = "DISABLED",
});

enumeration!(EFSTransitEncryption {
    Enabled = "ENABLED", Disabled = "DISABLED",
});

#[derive(Clone, Default, PartialEq)]
pub struct EFSVolumeConfiguration {
    pub authorization_config: Option<EFSAuthorizationConfig>,
    pub file_system_id: Option<String>,
    pub root_directory: Option<String>,
    pub transit_encryption: Option<EFSTransitEncryption>,
    pub transit_encryption_port: Option<i32>,
}
structure!(EFSVolumeConfiguration, EFS_VOLUME_CONFIGURATION, [
    0 authorization_config, 1 file_system_id, 2 root_directory, 3 transit_encryption,
    4 transit_encryption_port,
]);

#[derive(Clone, Default, PartialEq)]
pub struct EnvironmentFile {
    pub r#type: Option<EnvironmentFileType>,
    pub value: Option<String>,
}
structure!(EnvironmentFile, ENVIRONMENT_FILE, [0 r#type, 1 value]);

enumeration!(EnvironmentFileType {
    S3 = "s3",
});

#[derive(Clone, Default, PartialEq)]
pub struct EphemeralStorage {
    pub size_in_gi_b: Option<i32>,
}
structure!(EphemeralStorage, EPHEMERAL_STORAGE, [0 size_in_gi_b]);

#[derive(Clone, Default, PartialEq)]
pub struct ExecuteCommandConfiguration {
    pub kms_key_id: Option<String>,
    pub log_configuration: Option<ExecuteCommandLogConfiguration>,
    pub logging: Option<ExecuteCommandLogging>,
}
structure!(ExecuteCommandConfiguration, EXECUTE_COMMAND_CONFIGURATION, [
    0 kms_key_id, 1 log_configuration, 2 logging,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ExecuteCommandLogConfiguration {
    pub cloud_watch_encryption_enabled: Option<bool>,
    pub cloud_watch_log_group_name: Option<String>,
    pub s3_bucket_name: Option<String>,
    pub s3_encryption_enabled: Option<bool>,
    pub s3_key_prefix: Option<String>,
}
structure!(ExecuteCommandLogConfiguration, EXECUTE_COMMAND_LOG_CONFIGURATION, [
    0 cloud_watch_encryption_enabled, 1 cloud_watch_log_group_name, 2 s3_bucket_name,
    3 s3_encryption_enabled, 4 s3_key_prefix,
]);

enumeration!(ExecuteCommandLogging {
    None = "NONE", Default = "DEFAULT", Override = "OVERRIDE",
});

#[derive(Clone, Default, PartialEq)]
pub struct FSxWindowsFileServerAuthorizationConfig {
    pub credentials_parameter: Option<String>,
    pub domain: Option<String>,
}
structure!(FSxWindowsFileServerAuthorizationConfig, F_SX_WINDOWS_FILE_SERVER_AUTHORIZATION_CONFIG, [
    0 credentials_parameter, 1 domain,
]);

#[derive(Clone, Default, PartialEq)]
pub struct FSxWindowsFileServerVolumeConfiguration {
    pub authorization_config: Option<FSxWindowsFileServerAuthorizationConfig>,
    pub file_system_id: Option<String>,
    pub root_directory: Option<String>,
}
structure!(FSxWindowsFileServerVolumeConfiguration, F_SX_WINDOWS_FILE_SERVER_VOLUME_CONFIGURATION, [
    0 authorization_config, 1 file_system_id, 2 root_directory,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Failure {
    pub arn: Option<String>,
    pub detail: Option<String>,
    pub reason: Option<String>,
}
structure!(Failure, FAILURE, [0 arn, 1 detail, 2 reason]);

#[derive(Clone, Default, PartialEq)]
pub struct FirelensConfiguration {
    pub options: Option<BTreeMap<String, String>>,
    pub r#type: Option<FirelensConfigurationType>,
}
structure!(FirelensConfiguration, FIRELENS_CONFIGURATION, [0 options, 1 r#type]);

enumeration!(FirelensConfigurationType {
    Fluentd = "fluentd", Fluentbit = "fluentbit",
});

#[derive(Clone, Default, PartialEq)]
pub struct GpuDevice {
    pub container_count: Option<i32>,
    pub gpu_id: Option<String>,
    pub remaining_memory_in_mi_b: Option<i32>,
    pub sharing_mode: Option<GpuSharingMode>,
    pub total_memory_in_mi_b: Option<i32>,
}
structure!(GpuDevice, GPU_DEVICE, [
    0 container_count, 1 gpu_id, 2 remaining_memory_in_mi_b, 3 sharing_mode,
    4 total_memory_in_mi_b,
]);

enumeration!(GpuSharingMode {
    Idle = "IDLE", NvidiaMps = "NVIDIA_MPS", Dedicated = "DEDICATED",
});

#[derive(Clone, Default, PartialEq)]
pub struct HealthCheck {
    pub command: Option<Vec<String>>,
    pub interval: Option<i32>,
    pub retries: Option<i32>,
    pub start_period: Option<i32>,
    pub timeout: Option<i32>,
}
structure!(HealthCheck, HEALTH_CHECK, [
    0 command, 1 interval, 2 retries, 3 start_period, 4 timeout,
]);

enumeration!(HealthStatus {
    Healthy = "HEALTHY", Unhealthy = "UNHEALTHY", UnknownValue = "UNKNOWN",
});

#[derive(Clone, Default, PartialEq)]
pub struct HostEntry {
    pub hostname: Option<String>,
    pub ip_address: Option<String>,
}
structure!(HostEntry, HOST_ENTRY, [0 hostname, 1 ip_address]);

#[derive(Clone, Default, PartialEq)]
pub struct HostVolumeProperties {
    pub source_path: Option<String>,
}
structure!(HostVolumeProperties, HOST_VOLUME_PROPERTIES, [0 source_path]);

#[derive(Clone, Default, PartialEq)]
pub struct InferenceAccelerator {
    pub device_name: Option<String>,
    pub device_type: Option<String>,
}
structure!(InferenceAccelerator, INFERENCE_ACCELERATOR, [0 device_name, 1 device_type]);

#[derive(Clone, Default, PartialEq)]
pub struct InferenceAcceleratorOverride {
    pub device_name: Option<String>,
    pub device_type: Option<String>,
}
structure!(InferenceAcceleratorOverride, INFERENCE_ACCELERATOR_OVERRIDE, [
    0 device_name, 1 device_type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct InstanceHealthCheckResult {
    pub last_status_change: Option<Timestamp>,
    pub last_updated: Option<Timestamp>,
    pub status: Option<InstanceHealthCheckState>,
    pub status_reason: Option<String>,
    pub r#type: Option<InstanceHealthCheckType>,
}
structure!(InstanceHealthCheckResult, INSTANCE_HEALTH_CHECK_RESULT, [
    0 last_status_change, 1 last_updated, 2 status, 3 status_reason, 4 r#type,
]);

enumeration!(InstanceHealthCheckState {
    Ok = "OK", Impaired = "IMPAIRED", InsufficientData = "INSUFFICIENT_DATA",
    Initializing = "INITIALIZING",
});

enumeration!(InstanceHealthCheckType {
    ContainerRuntime = "CONTAINER_RUNTIME", AcceleratedCompute = "ACCELERATED_COMPUTE",
    Daemon = "DAEMON", AgentConnectivity = "AGENT_CONNECTIVITY",
});

#[derive(Clone, Default, PartialEq)]
pub struct InvalidParameterException {
    pub message: Option<String>,
}
structure!(InvalidParameterException, INVALID_PARAMETER_EXCEPTION, [0 message]);

enumeration!(IpcMode {
    Host = "host", Task = "task", None = "none",
});

enumeration!(IsolationMode {
    Shared = "SHARED", IsolatedSandbox = "ISOLATED_SANDBOX",
    ConfidentialSandbox = "CONFIDENTIAL_SANDBOX",
});

#[derive(Clone, Default, PartialEq)]
pub struct KernelCapabilities {
    pub add: Option<Vec<String>>,
    pub drop: Option<Vec<String>>,
}
structure!(KernelCapabilities, KERNEL_CAPABILITIES, [0 add, 1 drop]);

#[derive(Clone, Default, PartialEq)]
pub struct KeyValuePair {
    pub name: Option<String>,
    pub value: Option<String>,
}
structure!(KeyValuePair, KEY_VALUE_PAIR, [0 name, 1 value]);

enumeration!(LaunchType {
    Ec2 = "EC2", Fargate = "FARGATE", External = "EXTERNAL",
    ManagedInstances = "MANAGED_INSTANCES",
});

#[derive(Clone, Default, PartialEq)]
pub struct LimitExceededException {
    pub message: Option<String>,
}
structure!(LimitExceededException, LIMIT_EXCEEDED_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct LinuxParameters {
    pub capabilities: Option<KernelCapabilities>,
    pub devices: Option<Vec<Device>>,
    pub init_process_enabled: Option<bool>,
    pub max_swap: Option<i32>,
    pub shared_memory_size: Option<i32>,
    pub swappiness: Option<i32>,
    pub tmpfs: Option<Vec<Tmpfs>>,
}
structure!(LinuxParameters, LINUX_PARAMETERS, [
    0 capabilities, 1 devices, 2 init_process_enabled, 3 max_swap, 4 shared_memory_size,
    5 swappiness, 6 tmpfs,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListAccountSettingsRequest {
    pub effective_settings: Option<bool>,
    pub max_results: Option<i32>,
    pub name: Option<SettingName>,
    pub next_token: Option<String>,
    pub principal_arn: Option<String>,
    pub value: Option<String>,
}
structure!(ListAccountSettingsRequest, LIST_ACCOUNT_SETTINGS_REQUEST, [
    0 effective_settings, 1 max_results, 2 name, 3 next_token, 4 principal_arn, 5 value,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListAccountSettingsResponse {
    pub next_token: Option<String>,
    pub settings: Option<Vec<Setting>>,
}
structure!(ListAccountSettingsResponse, LIST_ACCOUNT_SETTINGS_RESPONSE, [0 next_token, 1 settings]);

#[derive(Clone, Default, PartialEq)]
pub struct ListClustersRequest {
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}
structure!(ListClustersRequest, LIST_CLUSTERS_REQUEST, [0 max_results, 1 next_token]);

#[derive(Clone, Default, PartialEq)]
pub struct ListClustersResponse {
    pub cluster_arns: Option<Vec<String>>,
    pub next_token: Option<String>,
}
structure!(ListClustersResponse, LIST_CLUSTERS_RESPONSE, [0 cluster_arns, 1 next_token]);

#[derive(Clone, Default, PartialEq)]
pub struct ListContainerInstancesRequest {
    pub cluster: Option<String>,
    pub filter: Option<String>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub status: Option<ContainerInstanceStatus>,
}
structure!(ListContainerInstancesRequest, LIST_CONTAINER_INSTANCES_REQUEST, [
    0 cluster, 1 filter, 2 max_results, 3 next_token, 4 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListContainerInstancesResponse {
    pub container_instance_arns: Option<Vec<String>>,
    pub next_token: Option<String>,
}
structure!(ListContainerInstancesResponse, LIST_CONTAINER_INSTANCES_RESPONSE, [
    0 container_instance_arns, 1 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceRequest {
    pub resource_arn: Option<String>,
}
structure!(ListTagsForResourceRequest, LIST_TAGS_FOR_RESOURCE_REQUEST, [0 resource_arn]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceResponse {
    pub tags: Option<Vec<Tag>>,
}
structure!(ListTagsForResourceResponse, LIST_TAGS_FOR_RESOURCE_RESPONSE, [0 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTaskDefinitionFamiliesRequest {
    pub family_prefix: Option<String>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub status: Option<TaskDefinitionFamilyStatus>,
}
structure!(ListTaskDefinitionFamiliesRequest, LIST_TASK_DEFINITION_FAMILIES_REQUEST, [
    0 family_prefix, 1 max_results, 2 next_token, 3 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTaskDefinitionFamiliesResponse {
    pub families: Option<Vec<String>>,
    pub next_token: Option<String>,
}
structure!(ListTaskDefinitionFamiliesResponse, LIST_TASK_DEFINITION_FAMILIES_RESPONSE, [
    0 families, 1 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTaskDefinitionsRequest {
    pub family_prefix: Option<String>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub sort: Option<SortOrder>,
    pub status: Option<TaskDefinitionStatus>,
}
structure!(ListTaskDefinitionsRequest, LIST_TASK_DEFINITIONS_REQUEST, [
    0 family_prefix, 1 max_results, 2 next_token, 3 sort, 4 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTaskDefinitionsResponse {
    pub next_token: Option<String>,
    pub task_definition_arns: Option<Vec<String>>,
}
structure!(ListTaskDefinitionsResponse, LIST_TASK_DEFINITIONS_RESPONSE, [
    0 next_token, 1 task_definition_arns,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTasksRequest {
    pub cluster: Option<String>,
    pub container_instance: Option<String>,
    pub daemon_name: Option<String>,
    pub desired_status: Option<DesiredStatus>,
    pub family: Option<String>,
    pub launch_type: Option<LaunchType>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub service_name: Option<String>,
    pub started_by: Option<String>,
}
structure!(ListTasksRequest, LIST_TASKS_REQUEST, [
    0 cluster, 1 container_instance, 2 daemon_name, 3 desired_status, 4 family, 5 launch_type,
    6 max_results, 7 next_token, 8 service_name, 9 started_by,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTasksResponse {
    pub next_token: Option<String>,
    pub task_arns: Option<Vec<String>>,
}
structure!(ListTasksResponse, LIST_TASKS_RESPONSE, [0 next_token, 1 task_arns]);

#[derive(Clone, Default, PartialEq)]
pub struct LogConfiguration {
    pub log_driver: Option<LogDriver>,
    pub options: Option<BTreeMap<String, String>>,
    pub secret_options: Option<Vec<Secret>>,
}
structure!(LogConfiguration, LOG_CONFIGURATION, [0 log_driver, 1 options, 2 secret_options]);

enumeration!(LogDriver {
    JsonFile = "json-file", Syslog = "syslog", Journald = "journald", Gelf = "gelf",
    Fluentd = "fluentd", Awslogs = "awslogs", Splunk = "splunk", Awsfirelens = "awsfirelens",
});

#[derive(Clone, Default, PartialEq)]
pub struct ManagedAgent {
    pub last_started_at: Option<Timestamp>,
    pub last_status: Option<String>,
    pub name: Option<ManagedAgentName>,
    pub reason: Option<String>,
}
structure!(ManagedAgent, MANAGED_AGENT, [0 last_started_at, 1 last_status, 2 name, 3 reason]);

enumeration!(ManagedAgentName {
    ExecuteCommandAgent = "ExecuteCommandAgent",
});

#[derive(Clone, Default, PartialEq)]
pub struct ManagedAgentStateChange {
    pub container_name: Option<String>,
    pub managed_agent_name: Option<ManagedAgentName>,
    pub reason: Option<String>,
    pub status: Option<String>,
}
structure!(ManagedAgentStateChange, MANAGED_AGENT_STATE_CHANGE, [
    0 container_name, 1 managed_agent_name, 2 reason, 3 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ManagedStorageConfiguration {
    pub fargate_ephemeral_storage_kms_key_id: Option<String>,
    pub kms_key_id: Option<String>,
}
structure!(ManagedStorageConfiguration, MANAGED_STORAGE_CONFIGURATION, [
    0 fargate_ephemeral_storage_kms_key_id, 1 kms_key_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct MountPoint {
    pub container_path: Option<String>,
    pub read_only: Option<bool>,
    pub source_volume: Option<String>,
}
structure!(MountPoint, MOUNT_POINT, [0 container_path, 1 read_only, 2 source_volume]);

#[derive(Clone, Default, PartialEq)]
pub struct NamespaceNotFoundException {
    pub message: Option<String>,
}
structure!(NamespaceNotFoundException, NAMESPACE_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkBinding {
    pub bind_ip: Option<String>,
    pub container_port: Option<i32>,
    pub container_port_range: Option<String>,
    pub host_port: Option<i32>,
    pub host_port_range: Option<String>,
    pub protocol: Option<TransportProtocol>,
}
structure!(NetworkBinding, NETWORK_BINDING, [
    0 bind_ip, 1 container_port, 2 container_port_range, 3 host_port, 4 host_port_range,
    5 protocol,
]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkConfiguration {
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}
structure!(NetworkConfiguration, NETWORK_CONFIGURATION, [0 awsvpc_configuration]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterface {
    pub attachment_id: Option<String>,
    pub ipv6_address: Option<String>,
    pub private_ipv4_address: Option<String>,
}
structure!(NetworkInterface, NETWORK_INTERFACE, [
    0 attachment_id, 1 ipv6_address, 2 private_ipv4_address,
]);

enumeration!(NetworkMode {
    Bridge = "bridge", Host = "host", Awsvpc = "awsvpc", None = "none",
});

#[derive(Clone, Default, PartialEq)]
pub struct NvidiaMpsAllocation {
    pub max_compute_percent: Option<i32>,
    pub memory: Option<i32>,
}
structure!(NvidiaMpsAllocation, NVIDIA_MPS_ALLOCATION, [0 max_compute_percent, 1 memory]);

enumeration!(OSFamily {
    WindowsServer2019Full = "WINDOWS_SERVER_2019_FULL",
    WindowsServer2019Core = "WINDOWS_SERVER_2019_CORE",
    WindowsServer2016Full = "WINDOWS_SERVER_2016_FULL",
    WindowsServer2004Core = "WINDOWS_SERVER_2004_CORE",
    WindowsServer2022Core = "WINDOWS_SERVER_2022_CORE",
    WindowsServer2022Full = "WINDOWS_SERVER_2022_FULL",
    WindowsServer2025Core = "WINDOWS_SERVER_2025_CORE",
    WindowsServer2025Full = "WINDOWS_SERVER_2025_FULL",
    WindowsServer20H2Core = "WINDOWS_SERVER_20H2_CORE", Linux = "LINUX",
});

enumeration!(PidMode {
    Host = "host", Task = "task",
});

#[derive(Clone, Default, PartialEq)]
pub struct PlacementConstraint {
    pub expression: Option<String>,
    pub r#type: Option<PlacementConstraintType>,
}
structure!(PlacementConstraint, PLACEMENT_CONSTRAINT, [0 expression, 1 r#type]);

enumeration!(PlacementConstraintType {
    DistinctInstance = "distinctInstance", MemberOf = "memberOf",
});

#[derive(Clone, Default, PartialEq)]
pub struct PlacementStrategy {
    pub field: Option<String>,
    pub r#type: Option<PlacementStrategyType>,
}
structure!(PlacementStrategy, PLACEMENT_STRATEGY, [0 field, 1 r#type]);

enumeration!(PlacementStrategyType {
    Random = "random", Spread = "spread", Binpack = "binpack",
});

#[derive(Clone, Default, PartialEq)]
pub struct PlatformDevice {
    pub id: Option<String>,
    pub r#type: Option<PlatformDeviceType>,
}
structure!(PlatformDevice, PLATFORM_DEVICE, [0 id, 1 r#type]);

enumeration!(PlatformDeviceType {
    Gpu = "GPU", NeuronDevice = "NEURON_DEVICE",
});

#[derive(Clone, Default, PartialEq)]
pub struct PlatformTaskDefinitionIncompatibilityException {
    pub message: Option<String>,
}
structure!(PlatformTaskDefinitionIncompatibilityException, PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION, [
    0 message,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PlatformUnknownException {
    pub message: Option<String>,
}
structure!(PlatformUnknownException, PLATFORM_UNKNOWN_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct PortMapping {
    pub app_protocol: Option<ApplicationProtocol>,
    pub container_port: Option<i32>,
    pub container_port_range: Option<String>,
    pub host_port: Option<i32>,
    pub name: Option<String>,
    pub protocol: Option<TransportProtocol>,
}
structure!(PortMapping, PORT_MAPPING, [
    0 app_protocol, 1 container_port, 2 container_port_range, 3 host_port, 4 name, 5 protocol,
]);

enumeration!(PropagateTags {
    TaskDefinition = "TASK_DEFINITION", Service = "SERVICE", None = "NONE",
});

#[derive(Clone, Default, PartialEq)]
pub struct ProxyConfiguration {
    pub container_name: Option<String>,
    pub properties: Option<Vec<KeyValuePair>>,
    pub r#type: Option<ProxyConfigurationType>,
}
structure!(ProxyConfiguration, PROXY_CONFIGURATION, [0 container_name, 1 properties, 2 r#type]);

enumeration!(ProxyConfigurationType {
    Appmesh = "APPMESH",
});

#[derive(Clone, Default, PartialEq)]
pub struct PutAccountSettingDefaultRequest {
    pub name: Option<SettingName>,
    pub value: Option<String>,
}
structure!(PutAccountSettingDefaultRequest, PUT_ACCOUNT_SETTING_DEFAULT_REQUEST, [0 name, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct PutAccountSettingDefaultResponse {
    pub setting: Option<Setting>,
}
structure!(PutAccountSettingDefaultResponse, PUT_ACCOUNT_SETTING_DEFAULT_RESPONSE, [0 setting]);

#[derive(Clone, Default, PartialEq)]
pub struct PutAccountSettingRequest {
    pub name: Option<SettingName>,
    pub principal_arn: Option<String>,
    pub value: Option<String>,
}
structure!(PutAccountSettingRequest, PUT_ACCOUNT_SETTING_REQUEST, [
    0 name, 1 principal_arn, 2 value,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutAccountSettingResponse {
    pub setting: Option<Setting>,
}
structure!(PutAccountSettingResponse, PUT_ACCOUNT_SETTING_RESPONSE, [0 setting]);

#[derive(Clone, Default, PartialEq)]
pub struct RegisterContainerInstanceRequest {
    pub attributes: Option<Vec<Attribute>>,
    pub cluster: Option<String>,
    pub container_instance_arn: Option<String>,
    pub instance_identity_document: Option<String>,
    pub instance_identity_document_signature: Option<String>,
    pub platform_devices: Option<Vec<PlatformDevice>>,
    pub tags: Option<Vec<Tag>>,
    pub total_resources: Option<Vec<Resource>>,
    pub version_info: Option<VersionInfo>,
}
structure!(RegisterContainerInstanceRequest, REGISTER_CONTAINER_INSTANCE_REQUEST, [
    0 attributes, 1 cluster, 2 container_instance_arn, 3 instance_identity_document,
    4 instance_identity_document_signature, 5 platform_devices, 6 tags, 7 total_resources,
    8 version_info,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RegisterContainerInstanceResponse {
    pub container_instance: Option<ContainerInstance>,
}
structure!(RegisterContainerInstanceResponse, REGISTER_CONTAINER_INSTANCE_RESPONSE, [
    0 container_instance,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RegisterTaskDefinitionRequest {
    pub container_definitions: Option<Vec<ContainerDefinition>>,
    pub cpu: Option<String>,
    pub enable_fault_injection: Option<bool>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub execution_role_arn: Option<String>,
    pub family: Option<String>,
    pub inference_accelerators: Option<Vec<InferenceAccelerator>>,
    pub ipc_mode: Option<IpcMode>,
    pub memory: Option<String>,
    pub network_mode: Option<NetworkMode>,
    pub pid_mode: Option<PidMode>,
    pub placement_constraints: Option<Vec<TaskDefinitionPlacementConstraint>>,
    pub proxy_configuration: Option<ProxyConfiguration>,
    pub requires_compatibilities: Option<Vec<Compatibility>>,
    pub runtime_platform: Option<RuntimePlatform>,
    pub tags: Option<Vec<Tag>>,
    pub task_role_arn: Option<String>,
    pub trusted_execution_configuration: Option<TrustedExecutionConfiguration>,
    pub volumes: Option<Vec<Volume>>,
}
structure!(RegisterTaskDefinitionRequest, REGISTER_TASK_DEFINITION_REQUEST, [
    0 container_definitions, 1 cpu, 2 enable_fault_injection, 3 ephemeral_storage,
    4 execution_role_arn, 5 family, 6 inference_accelerators, 7 ipc_mode, 8 memory, 9 network_mode,
    10 pid_mode, 11 placement_constraints, 12 proxy_configuration, 13 requires_compatibilities,
    14 runtime_platform, 15 tags, 16 task_role_arn, 17 trusted_execution_configuration, 18 volumes,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RegisterTaskDefinitionResponse {
    pub tags: Option<Vec<Tag>>,
    pub task_definition: Option<TaskDefinition>,
}
structure!(RegisterTaskDefinitionResponse, REGISTER_TASK_DEFINITION_RESPONSE, [
    0 tags, 1 task_definition,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RepositoryCredentials {
    pub credentials_parameter: Option<String>,
}
structure!(RepositoryCredentials, REPOSITORY_CREDENTIALS, [0 credentials_parameter]);

#[derive(Clone, Default, PartialEq)]
pub struct Resource {
    pub double_value: Option<f64>,
    pub integer_value: Option<i32>,
    pub long_value: Option<i64>,
    pub name: Option<String>,
    pub string_set_value: Option<Vec<String>>,
    pub r#type: Option<String>,
}
structure!(Resource, RESOURCE, [
    0 double_value, 1 integer_value, 2 long_value, 3 name, 4 string_set_value, 5 r#type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ResourceNotFoundException {
    pub message: Option<String>,
}
structure!(ResourceNotFoundException, RESOURCE_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ResourceRequirement {
    pub sharing_strategy: Option<SharingStrategy>,
    pub r#type: Option<ResourceType>,
    pub value: Option<String>,
}
structure!(ResourceRequirement, RESOURCE_REQUIREMENT, [0 sharing_strategy, 1 r#type, 2 value]);

enumeration!(ResourceType {
    Gpu = "GPU", InferenceAccelerator = "InferenceAccelerator", NeuronDevice = "NeuronDevice",
});

#[derive(Clone, Default, PartialEq)]
pub struct RunTaskRequest {
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    pub client_token: Option<String>,
    pub cluster: Option<String>,
    pub count: Option<i32>,
    pub enable_ecs_managed_tags: Option<bool>,
    pub enable_execute_command: Option<bool>,
    pub group: Option<String>,
    pub launch_type: Option<LaunchType>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub overrides: Option<TaskOverride>,
    pub placement_constraints: Option<Vec<PlacementConstraint>>,
    pub placement_strategy: Option<Vec<PlacementStrategy>>,
    pub platform_version: Option<String>,
    pub propagate_tags: Option<PropagateTags>,
    pub reference_id: Option<String>,
    pub started_by: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub task_definition: Option<String>,
    pub volume_configurations: Option<Vec<TaskVolumeConfiguration>>,
}
structure!(RunTaskRequest, RUN_TASK_REQUEST, [
    0 capacity_provider_strategy, 1 client_token, 2 cluster, 3 count, 4 enable_ecs_managed_tags,
    5 enable_execute_command, 6 group, 7 launch_type, 8 network_configuration, 9 overrides,
    10 placement_constraints, 11 placement_strategy, 12 platform_version, 13 propagate_tags,
    14 reference_id, 15 started_by, 16 tags, 17 task_definition, 18 volume_configurations,
]);

#[derive(Clone, Default, PartialEq)]
pub struct RunTaskResponse {
    pub failures: Option<Vec<Failure>>,
    pub tasks: Option<Vec<Task>>,
}
structure!(RunTaskResponse, RUN_TASK_RESPONSE, [0 failures, 1 tasks]);

#[derive(Clone, Default, PartialEq)]
pub struct RuntimePlatform {
    pub cpu_architecture: Option<CPUArchitecture>,
    pub operating_system_family: Option<OSFamily>,
}
structure!(RuntimePlatform, RUNTIME_PLATFORM, [0 cpu_architecture, 1 operating_system_family]);

#[derive(Clone, Default, PartialEq)]
pub struct S3FilesVolumeConfiguration {
    pub access_point_arn: Option<String>,
    pub file_system_arn: Option<String>,
    pub root_directory: Option<String>,
    pub transit_encryption_port: Option<i32>,
}
structure!(S3FilesVolumeConfiguration, S3_FILES_VOLUME_CONFIGURATION, [
    0 access_point_arn, 1 file_system_arn, 2 root_directory, 3 transit_encryption_port,
]);

enumeration!(Scope {
    Task = "task", Shared = "shared",
});

#[derive(Clone, Default, PartialEq)]
pub struct Secret {
    pub name: Option<String>,
    pub value_from: Option<String>,
}
structure!(Secret, SECRET, [0 name, 1 value_from]);

#[derive(Clone, Default, PartialEq)]
pub struct ServerException {
    pub message: Option<String>,
}
structure!(ServerException, SERVER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ServiceNotFoundException {
    pub message: Option<String>,
}
structure!(ServiceNotFoundException, SERVICE_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct Setting {
    pub name: Option<SettingName>,
    pub principal_arn: Option<String>,
    pub r#type: Option<SettingType>,
    pub value: Option<String>,
}
structure!(Setting, SETTING, [0 name, 1 principal_arn, 2 r#type, 3 value]);

enumeration!(SettingName {
    ServiceLongArnFormat = "serviceLongArnFormat", TaskLongArnFormat = "taskLongArnFormat",
    ContainerInstanceLongArnFormat = "containerInstanceLongArnFormat",
    AwsvpcTrunking = "awsvpcTrunking", ContainerInsights = "containerInsights",
    FargateFipsMode = "fargateFIPSMode", TagResourceAuthorization = "tagResourceAuthorization",
    FargateTaskRetirementWaitPeriod = "fargateTaskRetirementWaitPeriod",
    GuardDutyActivate = "guardDutyActivate", DefaultLogDriverMode = "defaultLogDriverMode",
    FargateEventWindows = "fargateEventWindows",
});

enumeration!(SettingType {
    User = "user", AwsManaged = "aws_managed",
});

#[derive(Clone, Default, PartialEq)]
pub struct SharingStrategy {
    pub nvidia_mps: Option<NvidiaMpsAllocation>,
}
structure!(SharingStrategy, SHARING_STRATEGY, [0 nvidia_mps]);

enumeration!(SortOrder {
    Asc = "ASC", Desc = "DESC",
});

#[derive(Clone, Default, PartialEq)]
pub struct StartTaskRequest {
    pub cluster: Option<String>,
    pub container_instances: Option<Vec<String>>,
    pub enable_ecs_managed_tags: Option<bool>,
    pub enable_execute_command: Option<bool>,
    pub group: Option<String>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub overrides: Option<TaskOverride>,
    pub propagate_tags: Option<PropagateTags>,
    pub reference_id: Option<String>,
    pub started_by: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub task_definition: Option<String>,
    pub volume_configurations: Option<Vec<TaskVolumeConfiguration>>,
}
structure!(StartTaskRequest, START_TASK_REQUEST, [
    0 cluster, 1 container_instances, 2 enable_ecs_managed_tags, 3 enable_execute_command, 4 group,
    5 network_configuration, 6 overrides, 7 propagate_tags, 8 reference_id, 9 started_by, 10 tags,
    11 task_definition, 12 volume_configurations,
]);

#[derive(Clone, Default, PartialEq)]
pub struct StartTaskResponse {
    pub failures: Option<Vec<Failure>>,
    pub tasks: Option<Vec<Task>>,
}
structure!(StartTaskResponse, START_TASK_RESPONSE, [0 failures, 1 tasks]);

#[derive(Clone, Default, PartialEq)]
pub struct StopTaskRequest {
    pub cluster: Option<String>,
    pub reason: Option<String>,
    pub task: Option<String>,
}
structure!(StopTaskRequest, STOP_TASK_REQUEST, [0 cluster, 1 reason, 2 task]);

#[derive(Clone, Default, PartialEq)]
pub struct StopTaskResponse {
    pub task: Option<Task>,
}
structure!(StopTaskResponse, STOP_TASK_RESPONSE, [0 task]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitAttachmentStateChangesRequest {
    pub attachments: Option<Vec<AttachmentStateChange>>,
    pub cluster: Option<String>,
}
structure!(SubmitAttachmentStateChangesRequest, SUBMIT_ATTACHMENT_STATE_CHANGES_REQUEST, [
    0 attachments, 1 cluster,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitAttachmentStateChangesResponse {
    pub acknowledgment: Option<String>,
}
structure!(SubmitAttachmentStateChangesResponse, SUBMIT_ATTACHMENT_STATE_CHANGES_RESPONSE, [
    0 acknowledgment,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitContainerStateChangeRequest {
    pub cluster: Option<String>,
    pub container_name: Option<String>,
    pub exit_code: Option<i32>,
    pub network_bindings: Option<Vec<NetworkBinding>>,
    pub reason: Option<String>,
    pub runtime_id: Option<String>,
    pub status: Option<String>,
    pub task: Option<String>,
}
structure!(SubmitContainerStateChangeRequest, SUBMIT_CONTAINER_STATE_CHANGE_REQUEST, [
    0 cluster, 1 container_name, 2 exit_code, 3 network_bindings, 4 reason, 5 runtime_id, 6 status,
    7 task,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitContainerStateChangeResponse {
    pub acknowledgment: Option<String>,
}
structure!(SubmitContainerStateChangeResponse, SUBMIT_CONTAINER_STATE_CHANGE_RESPONSE, [
    0 acknowledgment,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitTaskStateChangeRequest {
    pub attachments: Option<Vec<AttachmentStateChange>>,
    pub cluster: Option<String>,
    pub containers: Option<Vec<ContainerStateChange>>,
    pub execution_stopped_at: Option<Timestamp>,
    pub managed_agents: Option<Vec<ManagedAgentStateChange>>,
    pub pull_started_at: Option<Timestamp>,
    pub pull_stopped_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub status: Option<String>,
    pub task: Option<String>,
}
structure!(SubmitTaskStateChangeRequest, SUBMIT_TASK_STATE_CHANGE_REQUEST, [
    0 attachments, 1 cluster, 2 containers, 3 execution_stopped_at, 4 managed_agents,
    5 pull_started_at, 6 pull_stopped_at, 7 reason, 8 status, 9 task,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubmitTaskStateChangeResponse {
    pub acknowledgment: Option<String>,
}
structure!(SubmitTaskStateChangeResponse, SUBMIT_TASK_STATE_CHANGE_RESPONSE, [0 acknowledgment]);

#[derive(Clone, Default, PartialEq)]
pub struct SystemControl {
    pub namespace: Option<String>,
    pub value: Option<String>,
}
structure!(SystemControl, SYSTEM_CONTROL, [0 namespace, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}
structure!(Tag, TAG, [0 key, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceRequest {
    pub resource_arn: Option<String>,
    pub tags: Option<Vec<Tag>>,
}
structure!(TagResourceRequest, TAG_RESOURCE_REQUEST, [0 resource_arn, 1 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceResponse {}
structure!(TagResourceResponse, TAG_RESOURCE_RESPONSE, []);

enumeration!(TargetType {
    ContainerInstance = "container-instance",
});

#[derive(Clone, Default, PartialEq)]
pub struct Task {
    pub attachments: Option<Vec<Attachment>>,
    pub attributes: Option<Vec<Attribute>>,
    pub availability_zone: Option<String>,
    pub capacity_provider_name: Option<String>,
    pub cluster_arn: Option<String>,
    pub connectivity: Option<Connectivity>,
    pub connectivity_at: Option<Timestamp>,
    pub container_instance_arn: Option<String>,
    pub containers: Option<Vec<Container>>,
    pub cpu: Option<String>,
    pub created_at: Option<Timestamp>,
    pub desired_status: Option<String>,
    pub enable_execute_command: Option<bool>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub execution_stopped_at: Option<Timestamp>,
    pub fargate_ephemeral_storage: Option<TaskEphemeralStorage>,
    pub group: Option<String>,
    pub health_status: Option<HealthStatus>,
    pub inference_accelerators: Option<Vec<InferenceAccelerator>>,
    pub last_status: Option<String>,
    pub launch_type: Option<LaunchType>,
    pub memory: Option<String>,
    pub overrides: Option<TaskOverride>,
    pub platform_family: Option<String>,
    pub platform_version: Option<String>,
    pub pull_started_at: Option<Timestamp>,
    pub pull_stopped_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub started_by: Option<String>,
    pub stop_code: Option<TaskStopCode>,
    pub stopped_at: Option<Timestamp>,
    pub stopped_reason: Option<String>,
    pub stopping_at: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
    pub task_arn: Option<String>,
    pub task_definition_arn: Option<String>,
    pub trusted_execution_summary: Option<TrustedExecutionSummary>,
    pub version: Option<i64>,
}
structure!(Task, TASK, [
    0 attachments, 1 attributes, 2 availability_zone, 3 capacity_provider_name, 4 cluster_arn,
    5 connectivity, 6 connectivity_at, 7 container_instance_arn, 8 containers, 9 cpu,
    10 created_at, 11 desired_status, 12 enable_execute_command, 13 ephemeral_storage,
    14 execution_stopped_at, 15 fargate_ephemeral_storage, 16 group, 17 health_status,
    18 inference_accelerators, 19 last_status, 20 launch_type, 21 memory, 22 overrides,
    23 platform_family, 24 platform_version, 25 pull_started_at, 26 pull_stopped_at, 27 started_at,
    28 started_by, 29 stop_code, 30 stopped_at, 31 stopped_reason, 32 stopping_at, 33 tags,
    34 task_arn, 35 task_definition_arn, 36 trusted_execution_summary, 37 version,
]);

#[derive(Clone, Default, PartialEq)]
pub struct TaskDefinition {
    pub compatibilities: Option<Vec<Compatibility>>,
    pub container_definitions: Option<Vec<ContainerDefinition>>,
    pub cpu: Option<String>,
    pub delete_requested_at: Option<Timestamp>,
    pub deregistered_at: Option<Timestamp>,
    pub enable_fault_injection: Option<bool>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub execution_role_arn: Option<String>,
    pub family: Option<String>,
    pub inference_accelerators: Option<Vec<InferenceAccelerator>>,
    pub ipc_mode: Option<IpcMode>,
    pub memory: Option<String>,
    pub network_mode: Option<NetworkMode>,
    pub pid_mode: Option<PidMode>,
    pub placement_constraints: Option<Vec<TaskDefinitionPlacementConstraint>>,
    pub proxy_configuration: Option<ProxyConfiguration>,
    pub registered_at: Option<Timestamp>,
    pub registered_by: Option<String>,
    pub requires_attributes: Option<Vec<Attribute>>,
    pub requires_compatibilities: Option<Vec<Compatibility>>,
    pub revision: Option<i32>,
    pub runtime_platform: Option<RuntimePlatform>,
    pub status: Option<TaskDefinitionStatus>,
    pub task_definition_arn: Option<String>,
    pub task_role_arn: Option<String>,
    pub trusted_execution_configuration: Option<TrustedExecutionConfiguration>,
    pub volumes: Option<Vec<Volume>>,
}
structure!(TaskDefinition, TASK_DEFINITION, [
    0 compatibilities, 1 container_definitions, 2 cpu, 3 delete_requested_at, 4 deregistered_at,
    5 enable_fault_injection, 6 ephemeral_storage, 7 execution_role_arn, 8 family,
    9 inference_accelerators, 10 ipc_mode, 11 memory, 12 network_mode, 13 pid_mode,
    14 placement_constraints, 15 proxy_configuration, 16 registered_at, 17 registered_by,
    18 requires_attributes, 19 requires_compatibilities, 20 revision, 21 runtime_platform,
    22 status, 23 task_definition_arn, 24 task_role_arn, 25 trusted_execution_configuration,
    26 volumes,
]);

enumeration!(TaskDefinitionFamilyStatus {
    Active = "ACTIVE", Inactive = "INACTIVE", All = "ALL",
});

enumeration!(TaskDefinitionField {
    Tags = "TAGS",
});

#[derive(Clone, Default, PartialEq)]
pub struct TaskDefinitionPlacementConstraint {
    pub expression: Option<String>,
    pub r#type: Option<TaskDefinitionPlacementConstraintType>,
}
structure!(TaskDefinitionPlacementConstraint, TASK_DEFINITION_PLACEMENT_CONSTRAINT, [
    0 expression, 1 r#type,
]);

enumeration!(TaskDefinitionPlacementConstraintType {
    MemberOf = "memberOf",
});

enumeration!(TaskDefinitionStatus {
    Active = "ACTIVE", Inactive = "INACTIVE", DeleteInProgress = "DELETE_IN_PROGRESS",
});

#[derive(Clone, Default, PartialEq)]
pub struct TaskEphemeralStorage {
    pub kms_key_id: Option<String>,
    pub size_in_gi_b: Option<i32>,
}
structure!(TaskEphemeralStorage, TASK_EPHEMERAL_STORAGE, [0 kms_key_id, 1 size_in_gi_b]);

enumeration!(TaskField {
    Tags = "TAGS",
});

enumeration!(TaskFilesystemType {
    Ext3 = "ext3", Ext4 = "ext4", Xfs = "xfs", Ntfs = "ntfs",
});

#[derive(Clone, Default, PartialEq)]
pub struct TaskManagedEBSVolumeConfiguration {
    pub encrypted: Option<bool>,
    pub filesystem_type: Option<TaskFilesystemType>,
    pub iops: Option<i32>,
    pub kms_key_id: Option<String>,
    pub role_arn: Option<String>,
    pub size_in_gi_b: Option<i32>,
    pub snapshot_id: Option<String>,
    pub tag_specifications: Option<Vec<EBSTagSpecification>>,
    pub termination_policy: Option<TaskManagedEBSVolumeTerminationPolicy>,
    pub throughput: Option<i32>,
    pub volume_initialization_rate: Option<i32>,
    pub volume_type: Option<String>,
}
structure!(TaskManagedEBSVolumeConfiguration, TASK_MANAGED_EBS_VOLUME_CONFIGURATION, [
    0 encrypted, 1 filesystem_type, 2 iops, 3 kms_key_id, 4 role_arn, 5 size_in_gi_b,
    6 snapshot_id, 7 tag_specifications, 8 termination_policy, 9 throughput,
    10 volume_initialization_rate, 11 volume_type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct TaskManagedEBSVolumeTerminationPolicy {
    pub delete_on_termination: Option<bool>,
}
structure!(TaskManagedEBSVolumeTerminationPolicy, TASK_MANAGED_EBS_VOLUME_TERMINATION_POLICY, [
    0 delete_on_termination,
]);

#[derive(Clone, Default, PartialEq)]
pub struct TaskOverride {
    pub container_overrides: Option<Vec<ContainerOverride>>,
    pub cpu: Option<String>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub execution_role_arn: Option<String>,
    pub inference_accelerator_overrides: Option<Vec<InferenceAcceleratorOverride>>,
    pub memory: Option<String>,
    pub task_role_arn: Option<String>,
}
structure!(TaskOverride, TASK_OVERRIDE, [
    0 container_overrides, 1 cpu, 2 ephemeral_storage, 3 execution_role_arn,
    4 inference_accelerator_overrides, 5 memory, 6 task_role_arn,
]);

enumeration!(TaskStopCode {
    TaskFailedToStart = "TaskFailedToStart", EssentialContainerExited = "EssentialContainerExited",
    UserInitiated = "UserInitiated", ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
    SpotInterruption = "SpotInterruption", TerminationNotice = "TerminationNotice",
    InfrastructureHealth = "InfrastructureHealth",
});

#[derive(Clone, Default, PartialEq)]
pub struct TaskVolumeConfiguration {
    pub managed_ebs_volume: Option<TaskManagedEBSVolumeConfiguration>,
    pub name: Option<String>,
}
structure!(TaskVolumeConfiguration, TASK_VOLUME_CONFIGURATION, [0 managed_ebs_volume, 1 name]);

#[derive(Clone, Default, PartialEq)]
pub struct Tmpfs {
    pub container_path: Option<String>,
    pub mount_options: Option<Vec<String>>,
    pub size: Option<i32>,
}
structure!(Tmpfs, TMPFS, [0 container_path, 1 mount_options, 2 size]);

enumeration!(TransportProtocol {
    Tcp = "tcp", Udp = "udp",
});

#[derive(Clone, Default, PartialEq)]
pub struct TrustedExecutionConfiguration {
    pub attestation_policy: Option<String>,
    pub isolation_mode: Option<IsolationMode>,
}
structure!(TrustedExecutionConfiguration, TRUSTED_EXECUTION_CONFIGURATION, [
    0 attestation_policy, 1 isolation_mode,
]);

#[derive(Clone, Default, PartialEq)]
pub struct TrustedExecutionSummary {
    pub attestation_policy_status: Option<AttestationPolicyStatus>,
    pub isolation_mode: Option<IsolationMode>,
}
structure!(TrustedExecutionSummary, TRUSTED_EXECUTION_SUMMARY, [
    0 attestation_policy_status, 1 isolation_mode,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Ulimit {
    pub hard_limit: Option<i32>,
    pub name: Option<UlimitName>,
    pub soft_limit: Option<i32>,
}
structure!(Ulimit, ULIMIT, [0 hard_limit, 1 name, 2 soft_limit]);

enumeration!(UlimitName {
    Core = "core", Cpu = "cpu", Data = "data", Fsize = "fsize", Locks = "locks",
    Memlock = "memlock", Msgqueue = "msgqueue", Nice = "nice", Nofile = "nofile", Nproc = "nproc",
    Rss = "rss", Rtprio = "rtprio", Rttime = "rttime", Sigpending = "sigpending", Stack = "stack",
});

#[derive(Clone, Default, PartialEq)]
pub struct UnsupportedFeatureException {
    pub message: Option<String>,
}
structure!(UnsupportedFeatureException, UNSUPPORTED_FEATURE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceRequest {
    pub resource_arn: Option<String>,
    pub tag_keys: Option<Vec<String>>,
}
structure!(UntagResourceRequest, UNTAG_RESOURCE_REQUEST, [0 resource_arn, 1 tag_keys]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceResponse {}
structure!(UntagResourceResponse, UNTAG_RESOURCE_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateClusterRequest {
    pub cluster: Option<String>,
    pub configuration: Option<ClusterConfiguration>,
    pub service_connect_defaults: Option<ClusterServiceConnectDefaultsRequest>,
    pub settings: Option<Vec<ClusterSetting>>,
}
structure!(UpdateClusterRequest, UPDATE_CLUSTER_REQUEST, [
    0 cluster, 1 configuration, 2 service_connect_defaults, 3 settings,
]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateClusterResponse {
    pub cluster: Option<Cluster>,
}
structure!(UpdateClusterResponse, UPDATE_CLUSTER_RESPONSE, [0 cluster]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateClusterSettingsRequest {
    pub cluster: Option<String>,
    pub settings: Option<Vec<ClusterSetting>>,
}
structure!(UpdateClusterSettingsRequest, UPDATE_CLUSTER_SETTINGS_REQUEST, [0 cluster, 1 settings]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateClusterSettingsResponse {
    pub cluster: Option<Cluster>,
}
structure!(UpdateClusterSettingsResponse, UPDATE_CLUSTER_SETTINGS_RESPONSE, [0 cluster]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateContainerInstancesStateRequest {
    pub cluster: Option<String>,
    pub container_instances: Option<Vec<String>>,
    pub status: Option<ContainerInstanceStatus>,
}
structure!(UpdateContainerInstancesStateRequest, UPDATE_CONTAINER_INSTANCES_STATE_REQUEST, [
    0 cluster, 1 container_instances, 2 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateContainerInstancesStateResponse {
    pub container_instances: Option<Vec<ContainerInstance>>,
    pub failures: Option<Vec<Failure>>,
}
structure!(UpdateContainerInstancesStateResponse, UPDATE_CONTAINER_INSTANCES_STATE_RESPONSE, [
    0 container_instances, 1 failures,
]);

#[derive(Clone, Default, PartialEq)]
pub struct UpdateInProgressException {
    pub message: Option<String>,
}
structure!(UpdateInProgressException, UPDATE_IN_PROGRESS_EXCEPTION, [0 message]);

enumeration!(VersionConsistency {
    Enabled = "enabled", Disabled = "disabled",
});

#[derive(Clone, Default, PartialEq)]
pub struct VersionInfo {
    pub agent_hash: Option<String>,
    pub agent_version: Option<String>,
    pub docker_version: Option<String>,
}
structure!(VersionInfo, VERSION_INFO, [0 agent_hash, 1 agent_version, 2 docker_version]);

#[derive(Clone, Default, PartialEq)]
pub struct Volume {
    pub configured_at_launch: Option<bool>,
    pub docker_volume_configuration: Option<DockerVolumeConfiguration>,
    pub efs_volume_configuration: Option<EFSVolumeConfiguration>,
    pub fsx_windows_file_server_volume_configuration:
        Option<FSxWindowsFileServerVolumeConfiguration>,
    pub host: Option<HostVolumeProperties>,
    pub name: Option<String>,
    pub s3files_volume_configuration: Option<S3FilesVolumeConfiguration>,
}
structure!(Volume, VOLUME, [
    0 configured_at_launch, 1 docker_volume_configuration, 2 efs_volume_configuration,
    3 fsx_windows_file_server_volume_configuration, 4 host, 5 name, 6 s3files_volume_configuration,
]);

#[derive(Clone, Default, PartialEq)]
pub struct VolumeFrom {
    pub read_only: Option<bool>,
    pub source_container: Option<String>,
}
structure!(VolumeFrom, VOLUME_FROM, [0 read_only, 1 source_container]);
