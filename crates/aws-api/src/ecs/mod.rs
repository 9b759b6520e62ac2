//! ECS (2014-11-13), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Ecs, Server};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "ecs",
    service_id: "ECS",
    api_version: "2014-11-13",
    target_prefix: Some("AmazonEC2ContainerServiceV20141113"),
    xml_namespace: None,
    protocols: &[Protocol::AwsJson11],
    query_compatible: false,
    operations: &[
        &CREATE_CLUSTER,
        &DELETE_ACCOUNT_SETTING,
        &DELETE_CLUSTER,
        &DELETE_TASK_DEFINITIONS,
        &DEREGISTER_CONTAINER_INSTANCE,
        &DEREGISTER_TASK_DEFINITION,
        &DESCRIBE_CLUSTERS,
        &DESCRIBE_CONTAINER_INSTANCES,
        &DESCRIBE_TASK_DEFINITION,
        &DESCRIBE_TASKS,
        &DISCOVER_POLL_ENDPOINT,
        &LIST_ACCOUNT_SETTINGS,
        &LIST_CLUSTERS,
        &LIST_CONTAINER_INSTANCES,
        &LIST_TAGS_FOR_RESOURCE,
        &LIST_TASK_DEFINITION_FAMILIES,
        &LIST_TASK_DEFINITIONS,
        &LIST_TASKS,
        &PUT_ACCOUNT_SETTING,
        &PUT_ACCOUNT_SETTING_DEFAULT,
        &REGISTER_CONTAINER_INSTANCE,
        &REGISTER_TASK_DEFINITION,
        &RUN_TASK,
        &START_TASK,
        &STOP_TASK,
        &SUBMIT_ATTACHMENT_STATE_CHANGES,
        &SUBMIT_CONTAINER_STATE_CHANGE,
        &SUBMIT_TASK_STATE_CHANGE,
        &TAG_RESOURCE,
        &UNTAG_RESOURCE,
        &UPDATE_CLUSTER,
        &UPDATE_CLUSTER_SETTINGS,
        &UPDATE_CONTAINER_INSTANCES_STATE,
    ],
    unsupported: UNSUPPORTED,
};

static CREATE_CLUSTER: Operation = Operation {
    name: "CreateCluster",
    input: &schemas::CREATE_CLUSTER_REQUEST,
    output: &schemas::CREATE_CLUSTER_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::NAMESPACE_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DELETE_ACCOUNT_SETTING: Operation = Operation {
    name: "DeleteAccountSetting",
    input: &schemas::DELETE_ACCOUNT_SETTING_REQUEST,
    output: &schemas::DELETE_ACCOUNT_SETTING_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DELETE_CLUSTER: Operation = Operation {
    name: "DeleteCluster",
    input: &schemas::DELETE_CLUSTER_REQUEST,
    output: &schemas::DELETE_CLUSTER_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION,
        &error::ACCESS_DENIED_EXCEPTION,
        &error::CLUSTER_CONTAINS_SERVICES_EXCEPTION,
        &error::CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION,
        &error::CLUSTER_CONTAINS_TASKS_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::UPDATE_IN_PROGRESS_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static DELETE_TASK_DEFINITIONS: Operation = Operation {
    name: "DeleteTaskDefinitions",
    input: &schemas::DELETE_TASK_DEFINITIONS_REQUEST,
    output: &schemas::DELETE_TASK_DEFINITIONS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DEREGISTER_CONTAINER_INSTANCE: Operation = Operation {
    name: "DeregisterContainerInstance",
    input: &schemas::DEREGISTER_CONTAINER_INSTANCE_REQUEST,
    output: &schemas::DEREGISTER_CONTAINER_INSTANCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static DEREGISTER_TASK_DEFINITION: Operation = Operation {
    name: "DeregisterTaskDefinition",
    input: &schemas::DEREGISTER_TASK_DEFINITION_REQUEST,
    output: &schemas::DEREGISTER_TASK_DEFINITION_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DESCRIBE_CLUSTERS: Operation = Operation {
    name: "DescribeClusters",
    input: &schemas::DESCRIBE_CLUSTERS_REQUEST,
    output: &schemas::DESCRIBE_CLUSTERS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DESCRIBE_CONTAINER_INSTANCES: Operation = Operation {
    name: "DescribeContainerInstances",
    input: &schemas::DESCRIBE_CONTAINER_INSTANCES_REQUEST,
    output: &schemas::DESCRIBE_CONTAINER_INSTANCES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static DESCRIBE_TASK_DEFINITION: Operation = Operation {
    name: "DescribeTaskDefinition",
    input: &schemas::DESCRIBE_TASK_DEFINITION_REQUEST,
    output: &schemas::DESCRIBE_TASK_DEFINITION_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static DESCRIBE_TASKS: Operation = Operation {
    name: "DescribeTasks",
    input: &schemas::DESCRIBE_TASKS_REQUEST,
    output: &schemas::DESCRIBE_TASKS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static DISCOVER_POLL_ENDPOINT: Operation = Operation {
    name: "DiscoverPollEndpoint",
    input: &schemas::DISCOVER_POLL_ENDPOINT_REQUEST,
    output: &schemas::DISCOVER_POLL_ENDPOINT_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static LIST_ACCOUNT_SETTINGS: Operation = Operation {
    name: "ListAccountSettings",
    input: &schemas::LIST_ACCOUNT_SETTINGS_REQUEST,
    output: &schemas::LIST_ACCOUNT_SETTINGS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static LIST_CLUSTERS: Operation = Operation {
    name: "ListClusters",
    input: &schemas::LIST_CLUSTERS_REQUEST,
    output: &schemas::LIST_CLUSTERS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static LIST_CONTAINER_INSTANCES: Operation = Operation {
    name: "ListContainerInstances",
    input: &schemas::LIST_CONTAINER_INSTANCES_REQUEST,
    output: &schemas::LIST_CONTAINER_INSTANCES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static LIST_TAGS_FOR_RESOURCE: Operation = Operation {
    name: "ListTagsForResource",
    input: &schemas::LIST_TAGS_FOR_RESOURCE_REQUEST,
    output: &schemas::LIST_TAGS_FOR_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static LIST_TASK_DEFINITION_FAMILIES: Operation = Operation {
    name: "ListTaskDefinitionFamilies",
    input: &schemas::LIST_TASK_DEFINITION_FAMILIES_REQUEST,
    output: &schemas::LIST_TASK_DEFINITION_FAMILIES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static LIST_TASK_DEFINITIONS: Operation = Operation {
    name: "ListTaskDefinitions",
    input: &schemas::LIST_TASK_DEFINITIONS_REQUEST,
    output: &schemas::LIST_TASK_DEFINITIONS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static LIST_TASKS: Operation = Operation {
    name: "ListTasks",
    input: &schemas::LIST_TASKS_REQUEST,
    output: &schemas::LIST_TASKS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::SERVICE_NOT_FOUND_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static PUT_ACCOUNT_SETTING: Operation = Operation {
    name: "PutAccountSetting",
    input: &schemas::PUT_ACCOUNT_SETTING_REQUEST,
    output: &schemas::PUT_ACCOUNT_SETTING_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static PUT_ACCOUNT_SETTING_DEFAULT: Operation = Operation {
    name: "PutAccountSettingDefault",
    input: &schemas::PUT_ACCOUNT_SETTING_DEFAULT_REQUEST,
    output: &schemas::PUT_ACCOUNT_SETTING_DEFAULT_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static REGISTER_CONTAINER_INSTANCE: Operation = Operation {
    name: "RegisterContainerInstance",
    input: &schemas::REGISTER_CONTAINER_INSTANCE_REQUEST,
    output: &schemas::REGISTER_CONTAINER_INSTANCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static REGISTER_TASK_DEFINITION: Operation = Operation {
    name: "RegisterTaskDefinition",
    input: &schemas::REGISTER_TASK_DEFINITION_REQUEST,
    output: &schemas::REGISTER_TASK_DEFINITION_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
    ],
};
static RUN_TASK: Operation = Operation {
    name: "RunTask",
    input: &schemas::RUN_TASK_REQUEST,
    output: &schemas::RUN_TASK_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::CONFLICT_EXCEPTION,
        &error::ACCESS_DENIED_EXCEPTION,
        &error::PLATFORM_UNKNOWN_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::BLOCKED_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
        &error::PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION,
        &error::UNSUPPORTED_FEATURE_EXCEPTION,
    ],
};
static START_TASK: Operation = Operation {
    name: "StartTask",
    input: &schemas::START_TASK_REQUEST,
    output: &schemas::START_TASK_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::NAMESPACE_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
        &error::UNSUPPORTED_FEATURE_EXCEPTION,
    ],
};
static STOP_TASK: Operation = Operation {
    name: "StopTask",
    input: &schemas::STOP_TASK_REQUEST,
    output: &schemas::STOP_TASK_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static SUBMIT_ATTACHMENT_STATE_CHANGES: Operation = Operation {
    name: "SubmitAttachmentStateChanges",
    input: &schemas::SUBMIT_ATTACHMENT_STATE_CHANGES_REQUEST,
    output: &schemas::SUBMIT_ATTACHMENT_STATE_CHANGES_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static SUBMIT_CONTAINER_STATE_CHANGE: Operation = Operation {
    name: "SubmitContainerStateChange",
    input: &schemas::SUBMIT_CONTAINER_STATE_CHANGE_REQUEST,
    output: &schemas::SUBMIT_CONTAINER_STATE_CHANGE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static SUBMIT_TASK_STATE_CHANGE: Operation = Operation {
    name: "SubmitTaskStateChange",
    input: &schemas::SUBMIT_TASK_STATE_CHANGE_REQUEST,
    output: &schemas::SUBMIT_TASK_STATE_CHANGE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static TAG_RESOURCE: Operation = Operation {
    name: "TagResource",
    input: &schemas::TAG_RESOURCE_REQUEST,
    output: &schemas::TAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static UNTAG_RESOURCE: Operation = Operation {
    name: "UntagResource",
    input: &schemas::UNTAG_RESOURCE_REQUEST,
    output: &schemas::UNTAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static UPDATE_CLUSTER: Operation = Operation {
    name: "UpdateCluster",
    input: &schemas::UPDATE_CLUSTER_REQUEST,
    output: &schemas::UPDATE_CLUSTER_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::NAMESPACE_NOT_FOUND_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static UPDATE_CLUSTER_SETTINGS: Operation = Operation {
    name: "UpdateClusterSettings",
    input: &schemas::UPDATE_CLUSTER_SETTINGS_REQUEST,
    output: &schemas::UPDATE_CLUSTER_SETTINGS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::UPDATE_IN_PROGRESS_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};
static UPDATE_CONTAINER_INSTANCES_STATE: Operation = Operation {
    name: "UpdateContainerInstancesState",
    input: &schemas::UPDATE_CONTAINER_INSTANCES_STATE_REQUEST,
    output: &schemas::UPDATE_CONTAINER_INSTANCES_STATE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::SERVER_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::CLIENT_EXCEPTION,
        &error::CLUSTER_NOT_FOUND_EXCEPTION,
    ],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "AssociateGatewayWithCluster", "ContinueServiceDeployment", "CreateCapacityProvider",
    "CreateDaemon", "CreateExpressGatewayService", "CreateGateway", "CreateService",
    "CreateTaskSet", "DeleteAttributes", "DeleteCapacityProvider", "DeleteDaemon",
    "DeleteDaemonTaskDefinition", "DeleteExpressGatewayService", "DeleteGateway", "DeleteService",
    "DeleteTaskSet", "DescribeCapacityProviders", "DescribeDaemon", "DescribeDaemonDeployments",
    "DescribeDaemonRevisions", "DescribeDaemonTaskDefinition", "DescribeExpressGatewayService",
    "DescribeGateway", "DescribeGatewayResources", "DescribeGatewayRoute",
    "DescribeServiceDeployments", "DescribeServiceRevisions", "DescribeServices",
    "DescribeTaskSets", "DisassociateGatewayFromCluster", "ExecuteCommand", "GetTaskProtection",
    "ListAttributes", "ListDaemonDeployments", "ListDaemonTaskDefinitions", "ListDaemons",
    "ListGatewayClusterAssociations", "ListGatewayRoutes", "ListGateways",
    "ListServiceDeployments", "ListServices", "ListServicesByNamespace", "PutAttributes",
    "PutClusterCapacityProviders", "RegisterDaemonTaskDefinition", "StopServiceDeployment",
    "UpdateCapacityProvider", "UpdateContainerAgent", "UpdateDaemon",
    "UpdateExpressGatewayService", "UpdateGateway", "UpdateService", "UpdateServicePrimaryTaskSet",
    "UpdateTaskProtection", "UpdateTaskSet",
];
