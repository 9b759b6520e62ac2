//! What an implementation of `logs` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    CreateLogGroupRequest, CreateLogGroupResponse, CreateLogStreamRequest, CreateLogStreamResponse,
    DeleteLogGroupRequest, DeleteLogGroupResponse, DeleteLogStreamRequest, DeleteLogStreamResponse,
    DeleteRetentionPolicyRequest, DeleteRetentionPolicyResponse, DescribeLogGroupsRequest,
    DescribeLogGroupsResponse, DescribeLogStreamsRequest, DescribeLogStreamsResponse,
    FilterLogEventsRequest, FilterLogEventsResponse, GetLogEventsRequest, GetLogEventsResponse,
    ListTagsForResourceRequest, ListTagsForResourceResponse, ListTagsLogGroupRequest,
    ListTagsLogGroupResponse, PutLogEventsRequest, PutLogEventsResponse, PutRetentionPolicyRequest,
    PutRetentionPolicyResponse, StartLiveTailRequest, StartLiveTailResponse, TagLogGroupRequest,
    TagLogGroupResponse, TagResourceRequest, TagResourceResponse, UntagLogGroupRequest,
    UntagLogGroupResponse, UntagResourceRequest, UntagResourceResponse,
};
use crate::dispatch::Streamed;

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Logs: Send + Sync + 'static {
    /// `CreateLogGroup`.
    fn create_log_group(
        &self,
        caller: &Caller,
        input: CreateLogGroupRequest,
    ) -> impl Future<Output = Result<CreateLogGroupResponse, Error>> + Send;

    /// `CreateLogStream`.
    fn create_log_stream(
        &self,
        caller: &Caller,
        input: CreateLogStreamRequest,
    ) -> impl Future<Output = Result<CreateLogStreamResponse, Error>> + Send;

    /// `DeleteLogGroup`.
    fn delete_log_group(
        &self,
        caller: &Caller,
        input: DeleteLogGroupRequest,
    ) -> impl Future<Output = Result<DeleteLogGroupResponse, Error>> + Send;

    /// `DeleteLogStream`.
    fn delete_log_stream(
        &self,
        caller: &Caller,
        input: DeleteLogStreamRequest,
    ) -> impl Future<Output = Result<DeleteLogStreamResponse, Error>> + Send;

    /// `DeleteRetentionPolicy`.
    fn delete_retention_policy(
        &self,
        caller: &Caller,
        input: DeleteRetentionPolicyRequest,
    ) -> impl Future<Output = Result<DeleteRetentionPolicyResponse, Error>> + Send;

    /// `DescribeLogGroups`.
    fn describe_log_groups(
        &self,
        caller: &Caller,
        input: DescribeLogGroupsRequest,
    ) -> impl Future<Output = Result<DescribeLogGroupsResponse, Error>> + Send;

    /// `DescribeLogStreams`.
    fn describe_log_streams(
        &self,
        caller: &Caller,
        input: DescribeLogStreamsRequest,
    ) -> impl Future<Output = Result<DescribeLogStreamsResponse, Error>> + Send;

    /// `FilterLogEvents`.
    fn filter_log_events(
        &self,
        caller: &Caller,
        input: FilterLogEventsRequest,
    ) -> impl Future<Output = Result<FilterLogEventsResponse, Error>> + Send;

    /// `GetLogEvents`.
    fn get_log_events(
        &self,
        caller: &Caller,
        input: GetLogEventsRequest,
    ) -> impl Future<Output = Result<GetLogEventsResponse, Error>> + Send;

    /// `ListTagsForResource`.
    fn list_tags_for_resource(
        &self,
        caller: &Caller,
        input: ListTagsForResourceRequest,
    ) -> impl Future<Output = Result<ListTagsForResourceResponse, Error>> + Send;

    /// `ListTagsLogGroup`.
    fn list_tags_log_group(
        &self,
        caller: &Caller,
        input: ListTagsLogGroupRequest,
    ) -> impl Future<Output = Result<ListTagsLogGroupResponse, Error>> + Send;

    /// `PutLogEvents`.
    fn put_log_events(
        &self,
        caller: &Caller,
        input: PutLogEventsRequest,
    ) -> impl Future<Output = Result<PutLogEventsResponse, Error>> + Send;

    /// `PutRetentionPolicy`.
    fn put_retention_policy(
        &self,
        caller: &Caller,
        input: PutRetentionPolicyRequest,
    ) -> impl Future<Output = Result<PutRetentionPolicyResponse, Error>> + Send;

    /// `StartLiveTail`.
    fn start_live_tail(
        &self,
        caller: &Caller,
        input: StartLiveTailRequest,
    ) -> impl Future<Output = Result<Streamed<StartLiveTailResponse>, Error>> + Send;

    /// `TagLogGroup`.
    fn tag_log_group(
        &self,
        caller: &Caller,
        input: TagLogGroupRequest,
    ) -> impl Future<Output = Result<TagLogGroupResponse, Error>> + Send;

    /// `TagResource`.
    fn tag_resource(
        &self,
        caller: &Caller,
        input: TagResourceRequest,
    ) -> impl Future<Output = Result<TagResourceResponse, Error>> + Send;

    /// `UntagLogGroup`.
    fn untag_log_group(
        &self,
        caller: &Caller,
        input: UntagLogGroupRequest,
    ) -> impl Future<Output = Result<UntagLogGroupResponse, Error>> + Send;

    /// `UntagResource`.
    fn untag_resource(
        &self,
        caller: &Caller,
        input: UntagResourceRequest,
    ) -> impl Future<Output = Result<UntagResourceResponse, Error>> + Send;
}

server!(Logs {
    "CreateLogGroup" => create_log_group,
    "CreateLogStream" => create_log_stream,
    "DeleteLogGroup" => delete_log_group,
    "DeleteLogStream" => delete_log_stream,
    "DeleteRetentionPolicy" => delete_retention_policy,
    "DescribeLogGroups" => describe_log_groups,
    "DescribeLogStreams" => describe_log_streams,
    "FilterLogEvents" => filter_log_events,
    "GetLogEvents" => get_log_events,
    "ListTagsForResource" => list_tags_for_resource,
    "ListTagsLogGroup" => list_tags_log_group,
    "PutLogEvents" => put_log_events,
    "PutRetentionPolicy" => put_retention_policy,
    "StartLiveTail" => start_live_tail,
    "TagLogGroup" => tag_log_group,
    "TagResource" => tag_resource,
    "UntagLogGroup" => untag_log_group,
    "UntagResource" => untag_resource,
});

shape_reader! {
    "AccessDeniedException" => AccessDeniedException,
    "CreateLogGroupRequest" => CreateLogGroupRequest,
    "CreateLogGroupResponse" => CreateLogGroupResponse,
    "CreateLogStreamRequest" => CreateLogStreamRequest,
    "CreateLogStreamResponse" => CreateLogStreamResponse,
    "DataAlreadyAcceptedException" => DataAlreadyAcceptedException,
    "DeleteLogGroupRequest" => DeleteLogGroupRequest,
    "DeleteLogGroupResponse" => DeleteLogGroupResponse,
    "DeleteLogStreamRequest" => DeleteLogStreamRequest,
    "DeleteLogStreamResponse" => DeleteLogStreamResponse,
    "DeleteRetentionPolicyRequest" => DeleteRetentionPolicyRequest,
    "DeleteRetentionPolicyResponse" => DeleteRetentionPolicyResponse,
    "DescribeLogGroupsRequest" => DescribeLogGroupsRequest,
    "DescribeLogGroupsResponse" => DescribeLogGroupsResponse,
    "DescribeLogStreamsRequest" => DescribeLogStreamsRequest,
    "DescribeLogStreamsResponse" => DescribeLogStreamsResponse,
    "FilterLogEventsRequest" => FilterLogEventsRequest,
    "FilterLogEventsResponse" => FilterLogEventsResponse,
    "GetLogEventsRequest" => GetLogEventsRequest,
    "GetLogEventsResponse" => GetLogEventsResponse,
    "InvalidOperationException" => InvalidOperationException,
    "InvalidParameterException" => InvalidParameterException,
    "InvalidSequenceTokenException" => InvalidSequenceTokenException,
    "LimitExceededException" => LimitExceededException,
    "ListTagsForResourceRequest" => ListTagsForResourceRequest,
    "ListTagsForResourceResponse" => ListTagsForResourceResponse,
    "ListTagsLogGroupRequest" => ListTagsLogGroupRequest,
    "ListTagsLogGroupResponse" => ListTagsLogGroupResponse,
    "OperationAbortedException" => OperationAbortedException,
    "PutLogEventsRequest" => PutLogEventsRequest,
    "PutLogEventsResponse" => PutLogEventsResponse,
    "PutRetentionPolicyRequest" => PutRetentionPolicyRequest,
    "PutRetentionPolicyResponse" => PutRetentionPolicyResponse,
    "ResourceAlreadyExistsException" => ResourceAlreadyExistsException,
    "ResourceNotFoundException" => ResourceNotFoundException,
    "ServiceUnavailableException" => ServiceUnavailableException,
    "StartLiveTailRequest" => StartLiveTailRequest,
    "StartLiveTailResponse" => StartLiveTailResponse,
    "StartLiveTailResponseStream" => StartLiveTailResponseStream,
    "TagLogGroupRequest" => TagLogGroupRequest,
    "TagLogGroupResponse" => TagLogGroupResponse,
    "TagResourceRequest" => TagResourceRequest,
    "TagResourceResponse" => TagResourceResponse,
    "TooManyTagsException" => TooManyTagsException,
    "UnrecognizedClientException" => UnrecognizedClientException,
    "UntagLogGroupRequest" => UntagLogGroupRequest,
    "UntagLogGroupResponse" => UntagLogGroupResponse,
    "UntagResourceRequest" => UntagResourceRequest,
    "UntagResourceResponse" => UntagResourceResponse,
    "ValidationException" => ValidationException,
}
