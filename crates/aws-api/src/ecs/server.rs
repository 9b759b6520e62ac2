//! What an implementation of `ecs` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    CreateClusterRequest, CreateClusterResponse, DeleteAccountSettingRequest,
    DeleteAccountSettingResponse, DeleteClusterRequest, DeleteClusterResponse,
    DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse,
    DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse,
    DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse, DescribeClustersRequest,
    DescribeClustersResponse, DescribeContainerInstancesRequest,
    DescribeContainerInstancesResponse, DescribeTaskDefinitionRequest,
    DescribeTaskDefinitionResponse, DescribeTasksRequest, DescribeTasksResponse,
    DiscoverPollEndpointRequest, DiscoverPollEndpointResponse, ListAccountSettingsRequest,
    ListAccountSettingsResponse, ListClustersRequest, ListClustersResponse,
    ListContainerInstancesRequest, ListContainerInstancesResponse, ListTagsForResourceRequest,
    ListTagsForResourceResponse, ListTaskDefinitionFamiliesRequest,
    ListTaskDefinitionFamiliesResponse, ListTaskDefinitionsRequest, ListTaskDefinitionsResponse,
    ListTasksRequest, ListTasksResponse, PutAccountSettingDefaultRequest,
    PutAccountSettingDefaultResponse, PutAccountSettingRequest, PutAccountSettingResponse,
    RegisterContainerInstanceRequest, RegisterContainerInstanceResponse,
    RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse, RunTaskRequest, RunTaskResponse,
    StartTaskRequest, StartTaskResponse, StopTaskRequest, StopTaskResponse,
    SubmitAttachmentStateChangesRequest, SubmitAttachmentStateChangesResponse,
    SubmitContainerStateChangeRequest, SubmitContainerStateChangeResponse,
    SubmitTaskStateChangeRequest, SubmitTaskStateChangeResponse, TagResourceRequest,
    TagResourceResponse, UntagResourceRequest, UntagResourceResponse, UpdateClusterRequest,
    UpdateClusterResponse, UpdateClusterSettingsRequest, UpdateClusterSettingsResponse,
    UpdateContainerInstancesStateRequest, UpdateContainerInstancesStateResponse,
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

    /// `DeleteAccountSetting`.
    fn delete_account_setting(
        &self,
        caller: &Caller,
        input: DeleteAccountSettingRequest,
    ) -> impl Future<Output = Result<DeleteAccountSettingResponse, Error>> + Send;

    /// `DeleteCluster`.
    fn delete_cluster(
        &self,
        caller: &Caller,
        input: DeleteClusterRequest,
    ) -> impl Future<Output = Result<DeleteClusterResponse, Error>> + Send;

    /// `DeleteTaskDefinitions`.
    fn delete_task_definitions(
        &self,
        caller: &Caller,
        input: DeleteTaskDefinitionsRequest,
    ) -> impl Future<Output = Result<DeleteTaskDefinitionsResponse, Error>> + Send;

    /// `DeregisterContainerInstance`.
    fn deregister_container_instance(
        &self,
        caller: &Caller,
        input: DeregisterContainerInstanceRequest,
    ) -> impl Future<Output = Result<DeregisterContainerInstanceResponse, Error>> + Send;

    /// `DeregisterTaskDefinition`.
    fn deregister_task_definition(
        &self,
        caller: &Caller,
        input: DeregisterTaskDefinitionRequest,
    ) -> impl Future<Output = Result<DeregisterTaskDefinitionResponse, Error>> + Send;

    /// `DescribeClusters`.
    fn describe_clusters(
        &self,
        caller: &Caller,
        input: DescribeClustersRequest,
    ) -> impl Future<Output = Result<DescribeClustersResponse, Error>> + Send;

    /// `DescribeContainerInstances`.
    fn describe_container_instances(
        &self,
        caller: &Caller,
        input: DescribeContainerInstancesRequest,
    ) -> impl Future<Output = Result<DescribeContainerInstancesResponse, Error>> + Send;

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

    /// `ListAccountSettings`.
    fn list_account_settings(
        &self,
        caller: &Caller,
        input: ListAccountSettingsRequest,
    ) -> impl Future<Output = Result<ListAccountSettingsResponse, Error>> + Send;

    /// `ListClusters`.
    fn list_clusters(
        &self,
        caller: &Caller,
        input: ListClustersRequest,
    ) -> impl Future<Output = Result<ListClustersResponse, Error>> + Send;

    /// `ListContainerInstances`.
    fn list_container_instances(
        &self,
        caller: &Caller,
        input: ListContainerInstancesRequest,
    ) -> impl Future<Output = Result<ListContainerInstancesResponse, Error>> + Send;

    /// `ListTagsForResource`.
    fn list_tags_for_resource(
        &self,
        caller: &Caller,
        input: ListTagsForResourceRequest,
    ) -> impl Future<Output = Result<ListTagsForResourceResponse, Error>> + Send;

    /// `ListTaskDefinitionFamilies`.
    fn list_task_definition_families(
        &self,
        caller: &Caller,
        input: ListTaskDefinitionFamiliesRequest,
    ) -> impl Future<Output = Result<ListTaskDefinitionFamiliesResponse, Error>> + Send;

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

    /// `PutAccountSetting`.
    fn put_account_setting(
        &self,
        caller: &Caller,
        input: PutAccountSettingRequest,
    ) -> impl Future<Output = Result<PutAccountSettingResponse, Error>> + Send;

    /// `PutAccountSettingDefault`.
    fn put_account_setting_default(
        &self,
        caller: &Caller,
        input: PutAccountSettingDefaultRequest,
    ) -> impl Future<Output = Result<PutAccountSettingDefaultResponse, Error>> + Send;

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

    /// `StartTask`.
    fn start_task(
        &self,
        caller: &Caller,
        input: StartTaskRequest,
    ) -> impl Future<Output = Result<StartTaskResponse, Error>> + Send;

    /// `StopTask`.
    fn stop_task(
        &self,
        caller: &Caller,
        input: StopTaskRequest,
    ) -> impl Future<Output = Result<StopTaskResponse, Error>> + Send;

    /// `SubmitAttachmentStateChanges`.
    fn submit_attachment_state_changes(
        &self,
        caller: &Caller,
        input: SubmitAttachmentStateChangesRequest,
    ) -> impl Future<Output = Result<SubmitAttachmentStateChangesResponse, Error>> + Send;

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

    /// `TagResource`.
    fn tag_resource(
        &self,
        caller: &Caller,
        input: TagResourceRequest,
    ) -> impl Future<Output = Result<TagResourceResponse, Error>> + Send;

    /// `UntagResource`.
    fn untag_resource(
        &self,
        caller: &Caller,
        input: UntagResourceRequest,
    ) -> impl Future<Output = Result<UntagResourceResponse, Error>> + Send;

    /// `UpdateCluster`.
    fn update_cluster(
        &self,
        caller: &Caller,
        input: UpdateClusterRequest,
    ) -> impl Future<Output = Result<UpdateClusterResponse, Error>> + Send;

    /// `UpdateClusterSettings`.
    fn update_cluster_settings(
        &self,
        caller: &Caller,
        input: UpdateClusterSettingsRequest,
    ) -> impl Future<Output = Result<UpdateClusterSettingsResponse, Error>> + Send;

    /// `UpdateContainerInstancesState`.
    fn update_container_instances_state(
        &self,
        caller: &Caller,
        input: UpdateContainerInstancesStateRequest,
    ) -> impl Future<Output = Result<UpdateContainerInstancesStateResponse, Error>> + Send;
}

server!(Ecs {
    "CreateCluster" => create_cluster,
    "DeleteAccountSetting" => delete_account_setting,
    "DeleteCluster" => delete_cluster,
    "DeleteTaskDefinitions" => delete_task_definitions,
    "DeregisterContainerInstance" => deregister_container_instance,
    "DeregisterTaskDefinition" => deregister_task_definition,
    "DescribeClusters" => describe_clusters,
    "DescribeContainerInstances" => describe_container_instances,
    "DescribeTaskDefinition" => describe_task_definition,
    "DescribeTasks" => describe_tasks,
    "DiscoverPollEndpoint" => discover_poll_endpoint,
    "ListAccountSettings" => list_account_settings,
    "ListClusters" => list_clusters,
    "ListContainerInstances" => list_container_instances,
    "ListTagsForResource" => list_tags_for_resource,
    "ListTaskDefinitionFamilies" => list_task_definition_families,
    "ListTaskDefinitions" => list_task_definitions,
    "ListTasks" => list_tasks,
    "PutAccountSetting" => put_account_setting,
    "PutAccountSettingDefault" => put_account_setting_default,
    "RegisterContainerInstance" => register_container_instance,
    "RegisterTaskDefinition" => register_task_definition,
    "RunTask" => run_task,
    "StartTask" => start_task,
    "StopTask" => stop_task,
    "SubmitAttachmentStateChanges" => submit_attachment_state_changes,
    "SubmitContainerStateChange" => submit_container_state_change,
    "SubmitTaskStateChange" => submit_task_state_change,
    "TagResource" => tag_resource,
    "UntagResource" => untag_resource,
    "UpdateCluster" => update_cluster,
    "UpdateClusterSettings" => update_cluster_settings,
    "UpdateContainerInstancesState" => update_container_instances_state,
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
    "DeleteAccountSettingRequest" => DeleteAccountSettingRequest,
    "DeleteAccountSettingResponse" => DeleteAccountSettingResponse,
    "DeleteClusterRequest" => DeleteClusterRequest,
    "DeleteClusterResponse" => DeleteClusterResponse,
    "DeleteTaskDefinitionsRequest" => DeleteTaskDefinitionsRequest,
    "DeleteTaskDefinitionsResponse" => DeleteTaskDefinitionsResponse,
    "DeregisterContainerInstanceRequest" => DeregisterContainerInstanceRequest,
    "DeregisterContainerInstanceResponse" => DeregisterContainerInstanceResponse,
    "DeregisterTaskDefinitionRequest" => DeregisterTaskDefinitionRequest,
    "DeregisterTaskDefinitionResponse" => DeregisterTaskDefinitionResponse,
    "DescribeClustersRequest" => DescribeClustersRequest,
    "DescribeClustersResponse" => DescribeClustersResponse,
    "DescribeContainerInstancesRequest" => DescribeContainerInstancesRequest,
    "DescribeContainerInstancesResponse" => DescribeContainerInstancesResponse,
    "DescribeTaskDefinitionRequest" => DescribeTaskDefinitionRequest,
    "DescribeTaskDefinitionResponse" => DescribeTaskDefinitionResponse,
    "DescribeTasksRequest" => DescribeTasksRequest,
    "DescribeTasksResponse" => DescribeTasksResponse,
    "DiscoverPollEndpointRequest" => DiscoverPollEndpointRequest,
    "DiscoverPollEndpointResponse" => DiscoverPollEndpointResponse,
    "InvalidParameterException" => InvalidParameterException,
    "LimitExceededException" => LimitExceededException,
    "ListAccountSettingsRequest" => ListAccountSettingsRequest,
    "ListAccountSettingsResponse" => ListAccountSettingsResponse,
    "ListClustersRequest" => ListClustersRequest,
    "ListClustersResponse" => ListClustersResponse,
    "ListContainerInstancesRequest" => ListContainerInstancesRequest,
    "ListContainerInstancesResponse" => ListContainerInstancesResponse,
    "ListTagsForResourceRequest" => ListTagsForResourceRequest,
    "ListTagsForResourceResponse" => ListTagsForResourceResponse,
    "ListTaskDefinitionFamiliesRequest" => ListTaskDefinitionFamiliesRequest,
    "ListTaskDefinitionFamiliesResponse" => ListTaskDefinitionFamiliesResponse,
    "ListTaskDefinitionsRequest" => ListTaskDefinitionsRequest,
    "ListTaskDefinitionsResponse" => ListTaskDefinitionsResponse,
    "ListTasksRequest" => ListTasksRequest,
    "ListTasksResponse" => ListTasksResponse,
    "NamespaceNotFoundException" => NamespaceNotFoundException,
    "PlatformTaskDefinitionIncompatibilityException" => PlatformTaskDefinitionIncompatibilityException,
    "PlatformUnknownException" => PlatformUnknownException,
    "PutAccountSettingDefaultRequest" => PutAccountSettingDefaultRequest,
    "PutAccountSettingDefaultResponse" => PutAccountSettingDefaultResponse,
    "PutAccountSettingRequest" => PutAccountSettingRequest,
    "PutAccountSettingResponse" => PutAccountSettingResponse,
    "RegisterContainerInstanceRequest" => RegisterContainerInstanceRequest,
    "RegisterContainerInstanceResponse" => RegisterContainerInstanceResponse,
    "RegisterTaskDefinitionRequest" => RegisterTaskDefinitionRequest,
    "RegisterTaskDefinitionResponse" => RegisterTaskDefinitionResponse,
    "ResourceNotFoundException" => ResourceNotFoundException,
    "RunTaskRequest" => RunTaskRequest,
    "RunTaskResponse" => RunTaskResponse,
    "ServerException" => ServerException,
    "ServiceNotFoundException" => ServiceNotFoundException,
    "StartTaskRequest" => StartTaskRequest,
    "StartTaskResponse" => StartTaskResponse,
    "StopTaskRequest" => StopTaskRequest,
    "StopTaskResponse" => StopTaskResponse,
    "SubmitAttachmentStateChangesRequest" => SubmitAttachmentStateChangesRequest,
    "SubmitAttachmentStateChangesResponse" => SubmitAttachmentStateChangesResponse,
    "SubmitContainerStateChangeRequest" => SubmitContainerStateChangeRequest,
    "SubmitContainerStateChangeResponse" => SubmitContainerStateChangeResponse,
    "SubmitTaskStateChangeRequest" => SubmitTaskStateChangeRequest,
    "SubmitTaskStateChangeResponse" => SubmitTaskStateChangeResponse,
    "TagResourceRequest" => TagResourceRequest,
    "TagResourceResponse" => TagResourceResponse,
    "UnsupportedFeatureException" => UnsupportedFeatureException,
    "UntagResourceRequest" => UntagResourceRequest,
    "UntagResourceResponse" => UntagResourceResponse,
    "UpdateClusterRequest" => UpdateClusterRequest,
    "UpdateClusterResponse" => UpdateClusterResponse,
    "UpdateClusterSettingsRequest" => UpdateClusterSettingsRequest,
    "UpdateClusterSettingsResponse" => UpdateClusterSettingsResponse,
    "UpdateContainerInstancesStateRequest" => UpdateContainerInstancesStateRequest,
    "UpdateContainerInstancesStateResponse" => UpdateContainerInstancesStateResponse,
    "UpdateInProgressException" => UpdateInProgressException,
}
