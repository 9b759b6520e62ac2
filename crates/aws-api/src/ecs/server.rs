//! What an implementation of `ecs` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    CreateClusterRequest, CreateClusterResponse, DeleteClusterRequest, DeleteClusterResponse,
    DescribeClustersRequest, DescribeClustersResponse, DescribeTaskDefinitionRequest,
    DescribeTaskDefinitionResponse, DescribeTasksRequest, DescribeTasksResponse,
    DiscoverPollEndpointRequest, DiscoverPollEndpointResponse, ListClustersRequest,
    ListClustersResponse, ListTaskDefinitionsRequest, ListTaskDefinitionsResponse,
    ListTasksRequest, ListTasksResponse, RegisterContainerInstanceRequest,
    RegisterContainerInstanceResponse, RegisterTaskDefinitionRequest,
    RegisterTaskDefinitionResponse, RunTaskRequest, RunTaskResponse, StopTaskRequest,
    StopTaskResponse, SubmitContainerStateChangeRequest, SubmitContainerStateChangeResponse,
    SubmitTaskStateChangeRequest, SubmitTaskStateChangeResponse,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Ecs: Send + Sync + 'static {
    /// `CreateCluster`.
    fn create_cluster(
        &self,
        caller: &Caller,
        input: CreateClusterRequest,
    ) -> impl Future<Output = Result<CreateClusterResponse, Error>> + Send;

    /// `DeleteCluster`.
    fn delete_cluster(
        &self,
        caller: &Caller,
        input: DeleteClusterRequest,
    ) -> impl Future<Output = Result<DeleteClusterResponse, Error>> + Send;

    /// `DescribeClusters`.
    fn describe_clusters(
        &self,
        caller: &Caller,
        input: DescribeClustersRequest,
    ) -> impl Future<Output = Result<DescribeClustersResponse, Error>> + Send;

    /// `DescribeTaskDefinition`.
    fn describe_task_definition(
        &self,
        caller: &Caller,
        input: DescribeTaskDefinitionRequest,
    ) -> impl Future<Output = Result<DescribeTaskDefinitionResponse, Error>> + Send;

    /// `DescribeTasks`.
    fn describe_tasks(
        &self,
        caller: &Caller,
        input: DescribeTasksRequest,
    ) -> impl Future<Output = Result<DescribeTasksResponse, Error>> + Send;

    /// `DiscoverPollEndpoint`.
    fn discover_poll_endpoint(
        &self,
        caller: &Caller,
        input: DiscoverPollEndpointRequest,
    ) -> impl Future<Output = Result<DiscoverPollEndpointResponse, Error>> + Send;

    /// `ListClusters`.
    fn list_clusters(
        &self,
        caller: &Caller,
        input: ListClustersRequest,
    ) -> impl Future<Output = Result<ListClustersResponse, Error>> + Send;

    /// `ListTaskDefinitions`.
    fn list_task_definitions(
        &self,
        caller: &Caller,
        input: ListTaskDefinitionsRequest,
    ) -> impl Future<Output = Result<ListTaskDefinitionsResponse, Error>> + Send;

    /// `ListTasks`.
    fn list_tasks(
        &self,
        caller: &Caller,
        input: ListTasksRequest,
    ) -> impl Future<Output = Result<ListTasksResponse, Error>> + Send;

    /// `RegisterContainerInstance`.
    fn register_container_instance(
        &self,
        caller: &Caller,
        input: RegisterContainerInstanceRequest,
    ) -> impl Future<Output = Result<RegisterContainerInstanceResponse, Error>> + Send;

    /// `RegisterTaskDefinition`.
    fn register_task_definition(
        &self,
        caller: &Caller,
        input: RegisterTaskDefinitionRequest,
    ) -> impl Future<Output = Result<RegisterTaskDefinitionResponse, Error>> + Send;

    /// `RunTask`.
    fn run_task(
        &self,
        caller: &Caller,
        input: RunTaskRequest,
    ) -> impl Future<Output = Result<RunTaskResponse, Error>> + Send;

    /// `StopTask`.
    fn stop_task(
        &self,
        caller: &Caller,
        input: StopTaskRequest,
    ) -> impl Future<Output = Result<StopTaskResponse, Error>> + Send;

    /// `SubmitContainerStateChange`.
    fn submit_container_state_change(
        &self,
        caller: &Caller,
        input: SubmitContainerStateChangeRequest,
    ) -> impl Future<Output = Result<SubmitContainerStateChangeResponse, Error>> + Send;

    /// `SubmitTaskStateChange`.
    fn submit_task_state_change(
        &self,
        caller: &Caller,
        input: SubmitTaskStateChangeRequest,
    ) -> impl Future<Output = Result<SubmitTaskStateChangeResponse, Error>> + Send;
}

server!(Ecs {
    "CreateCluster" => create_cluster,
    "DeleteCluster" => delete_cluster,
    "DescribeClusters" => describe_clusters,
    "DescribeTaskDefinition" => describe_task_definition,
    "DescribeTasks" => describe_tasks,
    "DiscoverPollEndpoint" => discover_poll_endpoint,
    "ListClusters" => list_clusters,
    "ListTaskDefinitions" => list_task_definitions,
    "ListTasks" => list_tasks,
    "RegisterContainerInstance" => register_container_instance,
    "RegisterTaskDefinition" => register_task_definition,
    "RunTask" => run_task,
    "StopTask" => stop_task,
    "SubmitContainerStateChange" => submit_container_state_change,
    "SubmitTaskStateChange" => submit_task_state_change,
});

shape_reader! {
    "AccessDeniedException" => AccessDeniedException,
    "BlockedException" => BlockedException,
    "ClientException" => ClientException,
    "ClusterContainsCapacityProviderException" => ClusterContainsCapacityProviderException,
    "ClusterContainsContainerInstancesException" => ClusterContainsContainerInstancesException,
    "ClusterContainsServicesException" => ClusterContainsServicesException,
    "ClusterContainsTasksException" => ClusterContainsTasksException,
    "ClusterNotFoundException" => ClusterNotFoundException,
    "ConflictException" => ConflictException,
    "CreateClusterRequest" => CreateClusterRequest,
    "CreateClusterResponse" => CreateClusterResponse,
    "DeleteClusterRequest" => DeleteClusterRequest,
    "DeleteClusterResponse" => DeleteClusterResponse,
    "DescribeClustersRequest" => DescribeClustersRequest,
    "DescribeClustersResponse" => DescribeClustersResponse,
    "DescribeTaskDefinitionRequest" => DescribeTaskDefinitionRequest,
    "DescribeTaskDefinitionResponse" => DescribeTaskDefinitionResponse,
    "DescribeTasksRequest" => DescribeTasksRequest,
    "DescribeTasksResponse" => DescribeTasksResponse,
    "DiscoverPollEndpointRequest" => DiscoverPollEndpointRequest,
    "DiscoverPollEndpointResponse" => DiscoverPollEndpointResponse,
    "InvalidParameterException" => InvalidParameterException,
    "LimitExceededException" => LimitExceededException,
    "ListClustersRequest" => ListClustersRequest,
    "ListClustersResponse" => ListClustersResponse,
    "ListTaskDefinitionsRequest" => ListTaskDefinitionsRequest,
    "ListTaskDefinitionsResponse" => ListTaskDefinitionsResponse,
    "ListTasksRequest" => ListTasksRequest,
    "ListTasksResponse" => ListTasksResponse,
    "NamespaceNotFoundException" => NamespaceNotFoundException,
    "PlatformTaskDefinitionIncompatibilityException" => PlatformTaskDefinitionIncompatibilityException,
    "PlatformUnknownException" => PlatformUnknownException,
    "RegisterContainerInstanceRequest" => RegisterContainerInstanceRequest,
    "RegisterContainerInstanceResponse" => RegisterContainerInstanceResponse,
    "RegisterTaskDefinitionRequest" => RegisterTaskDefinitionRequest,
    "RegisterTaskDefinitionResponse" => RegisterTaskDefinitionResponse,
    "RunTaskRequest" => RunTaskRequest,
    "RunTaskResponse" => RunTaskResponse,
    "ServerException" => ServerException,
    "ServiceNotFoundException" => ServiceNotFoundException,
    "StopTaskRequest" => StopTaskRequest,
    "StopTaskResponse" => StopTaskResponse,
    "SubmitContainerStateChangeRequest" => SubmitContainerStateChangeRequest,
    "SubmitContainerStateChangeResponse" => SubmitContainerStateChangeResponse,
    "SubmitTaskStateChangeRequest" => SubmitTaskStateChangeRequest,
    "SubmitTaskStateChangeResponse" => SubmitTaskStateChangeResponse,
    "UnsupportedFeatureException" => UnsupportedFeatureException,
    "UpdateInProgressException" => UpdateInProgressException,
}
