//! The errors of `ecs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::ErrorShape;

use super::schemas;

pub(super) static ACCESS_DENIED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::ACCESS_DENIED_EXCEPTION,
    code: "AccessDeniedException",
    status: 400,
};
pub(super) static BLOCKED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::BLOCKED_EXCEPTION,
    code: "BlockedException",
    status: 400,
};
pub(super) static CLIENT_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLIENT_EXCEPTION,
    code: "ClientException",
    status: 400,
};
pub(super) static CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION,
    code: "ClusterContainsCapacityProviderException",
    status: 400,
};
pub(super) static CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION,
    code: "ClusterContainsContainerInstancesException",
    status: 400,
};
pub(super) static CLUSTER_CONTAINS_SERVICES_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLUSTER_CONTAINS_SERVICES_EXCEPTION,
    code: "ClusterContainsServicesException",
    status: 400,
};
pub(super) static CLUSTER_CONTAINS_TASKS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLUSTER_CONTAINS_TASKS_EXCEPTION,
    code: "ClusterContainsTasksException",
    status: 400,
};
pub(super) static CLUSTER_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CLUSTER_NOT_FOUND_EXCEPTION,
    code: "ClusterNotFoundException",
    status: 400,
};
pub(super) static CONFLICT_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::CONFLICT_EXCEPTION,
    code: "ConflictException",
    status: 400,
};
pub(super) static INVALID_PARAMETER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::INVALID_PARAMETER_EXCEPTION,
    code: "InvalidParameterException",
    status: 400,
};
pub(super) static LIMIT_EXCEEDED_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::LIMIT_EXCEEDED_EXCEPTION,
    code: "LimitExceededException",
    status: 400,
};
pub(super) static NAMESPACE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::NAMESPACE_NOT_FOUND_EXCEPTION,
    code: "NamespaceNotFoundException",
    status: 400,
};
pub(super) static PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION,
    code: "PlatformTaskDefinitionIncompatibilityException",
    status: 400,
};
pub(super) static PLATFORM_UNKNOWN_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::PLATFORM_UNKNOWN_EXCEPTION,
    code: "PlatformUnknownException",
    status: 400,
};
pub(super) static RESOURCE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::RESOURCE_NOT_FOUND_EXCEPTION,
    code: "ResourceNotFoundException",
    status: 400,
};
pub(super) static SERVER_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::SERVER_EXCEPTION,
    code: "ServerException",
    status: 500,
};
pub(super) static SERVICE_NOT_FOUND_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::SERVICE_NOT_FOUND_EXCEPTION,
    code: "ServiceNotFoundException",
    status: 400,
};
pub(super) static UNSUPPORTED_FEATURE_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UNSUPPORTED_FEATURE_EXCEPTION,
    code: "UnsupportedFeatureException",
    status: 400,
};
pub(super) static UPDATE_IN_PROGRESS_EXCEPTION: ErrorShape = ErrorShape {
    schema: &schemas::UPDATE_IN_PROGRESS_EXCEPTION,
    code: "UpdateInProgressException",
    status: 400,
};

errors! {
    AccessDeniedException access_denied_exception ACCESS_DENIED_EXCEPTION message,
    BlockedException blocked_exception BLOCKED_EXCEPTION message,
    ClientException client_exception CLIENT_EXCEPTION message,
    ClusterContainsCapacityProviderException cluster_contains_capacity_provider_exception CLUSTER_CONTAINS_CAPACITY_PROVIDER_EXCEPTION message,
    ClusterContainsContainerInstancesException cluster_contains_container_instances_exception CLUSTER_CONTAINS_CONTAINER_INSTANCES_EXCEPTION message,
    ClusterContainsServicesException cluster_contains_services_exception CLUSTER_CONTAINS_SERVICES_EXCEPTION message,
    ClusterContainsTasksException cluster_contains_tasks_exception CLUSTER_CONTAINS_TASKS_EXCEPTION message,
    ClusterNotFoundException cluster_not_found_exception CLUSTER_NOT_FOUND_EXCEPTION message,
    ConflictException conflict_exception CONFLICT_EXCEPTION message,
    InvalidParameterException invalid_parameter_exception INVALID_PARAMETER_EXCEPTION message,
    LimitExceededException limit_exceeded_exception LIMIT_EXCEEDED_EXCEPTION message,
    NamespaceNotFoundException namespace_not_found_exception NAMESPACE_NOT_FOUND_EXCEPTION message,
    PlatformTaskDefinitionIncompatibilityException platform_task_definition_incompatibility_exception PLATFORM_TASK_DEFINITION_INCOMPATIBILITY_EXCEPTION message,
    PlatformUnknownException platform_unknown_exception PLATFORM_UNKNOWN_EXCEPTION message,
    ResourceNotFoundException resource_not_found_exception RESOURCE_NOT_FOUND_EXCEPTION message,
    ServerException server_exception SERVER_EXCEPTION message,
    ServiceNotFoundException service_not_found_exception SERVICE_NOT_FOUND_EXCEPTION message,
    UnsupportedFeatureException unsupported_feature_exception UNSUPPORTED_FEATURE_EXCEPTION message,
    UpdateInProgressException update_in_progress_exception UPDATE_IN_PROGRESS_EXCEPTION message,
}
